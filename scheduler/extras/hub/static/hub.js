/* The list of wards to choose from, narrowed by a typed name. Without this script the whole list stands there.
   Nothing here decides. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  function bare(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\u0111/g, "d");
  }

  document.addEventListener("input", function (event) {
    var list = event.target.dataset && document.getElementById(event.target.dataset.narrows || "");
    if (!list) return;
    var wanted = bare(event.target.value.trim());
    Array.prototype.forEach.call(list.children, function (one) {
      var chosen = one.querySelector("input").checked;
      one.hidden = Boolean(wanted) && !chosen && bare(one.textContent).indexOf(wanted) < 0;
    });
  });
})();
