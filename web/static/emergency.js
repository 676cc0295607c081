/* The seconds in which an emergency order can still be taken back. It only delays the form: without it, or where it
   fails, the form is sent at once. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  function show(element, seen) {
    if (element) element.hidden = !seen;
  }

  function wait(form) {
    var told = form.querySelector("[data-countdown-told]");
    var seconds = told.querySelector("[data-seconds]");
    var button = form.querySelector("button[type=submit]");
    var until = Date.now() + Number(form.dataset.countdown) * 1000;
    var cancel = told.querySelector("[data-cancel]");
    function end() {
      window.clearInterval(timer);
      form.dataset.waits = "";
      show(told, false);
    }
    function tick() {
      var left = Math.ceil((until - Date.now()) / 1000);
      if (left > 0) { seconds.textContent = String(left); return; }
      end();
      form.dataset.agreed = "yes";
      button.disabled = false;
      form.requestSubmit(button);
      button.lastChild.textContent = form.hasAttribute("data-speaks") ? " Máy đang đọc, sắp phát…" : " Đang ra lệnh…";
    }
    var timer = window.setInterval(tick, 200);
    cancel.onclick = function () {
      end();
      button.disabled = false;
      show(form.querySelector("[data-canceled]"), true);
      button.focus();
    };
    form.dataset.waits = "yes";
    /* The button stays where it is, so that the second half of a double click does not land on the way out. */
    button.disabled = true;
    show(form.querySelector("[data-canceled]"), false);
    seconds.textContent = form.dataset.countdown;
    show(told, true);
    told.focus(); /* not the way out itself: Enter pressed twice must not take the order back */
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.dataset || !form.dataset.countdown || form.dataset.agreed === "yes") return;
    if (!form.requestSubmit || !form.querySelector("[data-countdown-told]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.waits !== "yes") wait(form);
  }, true);
})();
