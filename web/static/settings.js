/* Cài đặt: a row more for quiet hours when the last one is filled. Without it the form has its blank rows. Nothing is
   decided here. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var MOST = 8;

  function filled(row) {
    return Array.prototype.some.call(row.querySelectorAll("input"), function (one) { return one.value.trim() !== ""; });
  }

  function grow(box) {
    var rows = box.querySelectorAll(".window-row");
    var last = rows[rows.length - 1];
    if (!last || rows.length >= MOST || !filled(last)) return;
    var made = last.cloneNode(true);
    Array.prototype.forEach.call(made.querySelectorAll("input"), function (input, place) {
      var label = made.querySelectorAll("label")[place];
      input.value = "";
      input.id = input.id.replace(/\d+$/, String(rows.length + 1));
      label.htmlFor = input.id;
      label.textContent = label.textContent.replace(/\d+/, String(rows.length + 1));
    });
    last.parentNode.insertBefore(made, last.nextSibling);
  }

  document.addEventListener("input", function (event) {
    var box = event.target.closest("[data-rows]");
    if (box) grow(box);
  });
}());
