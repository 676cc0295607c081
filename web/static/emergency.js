/* An order is sent without leaving its page blank: when the network is gone, the page says so and keeps what was typed.
   On the page of an order: the seconds that are left to take it back, and HỦY, which is sent again until it has arrived.
   Without this script both forms work as they are. Nothing here decides. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var AGAIN_AFTER = 500;

  function show(element, seen) {
    if (element) element.hidden = !seen;
  }
  function send(form) {
    return window.fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin"
    });
  }
  function busy(button, is) {
    var word = button && button.querySelector("[data-busy]");
    if (!word) return;
    if (!word.dataset.plain) word.dataset.plain = word.textContent;
    button.disabled = is;
    word.textContent = is ? word.dataset.busy : word.dataset.plain;
  }

  /* The answer is a page with its reason: it takes the place of this one, and is read out. */
  function drawn(text) {
    var main = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    if (!main) { window.location.reload(); return; }
    document.querySelector("main").replaceChildren.apply(document.querySelector("main"), Array.prototype.slice.call(main.childNodes));
    var fault = document.querySelector("main [role=alert]:not([hidden])");
    var field = document.querySelector("main [aria-invalid]");
    if (field) field.focus();
    else if (fault) { fault.tabIndex = -1; fault.focus(); }
  }

  function order(form) {
    var button = form.querySelector("button[type=submit]");
    busy(button, true);
    show(form.querySelector("[data-not-sent]"), false);
    form.dataset.sent = "yes";
    send(form).then(function (answer) {
      if (answer.redirected) { window.location.assign(answer.url); return null; }
      return answer.text().then(drawn);
    }).catch(function () {
      /* The same form again is the same order, so that pressing once more cannot air it twice. */
      form.dataset.sent = "";
      busy(button, false);
      show(form.querySelector("[data-not-sent]"), true);
      button.focus();
    });
  }

  function takeBack(form, button) {
    busy(button, true);
    send(form).then(function (answer) { window.location.assign(answer.url); }, function () {
      show(document.querySelector("[data-not-canceled]"), true);
      window.setTimeout(function () { takeBack(form, null); }, AGAIN_AFTER);
    });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.dataset || !window.fetch || !window.DOMParser) return;
    if ("order" in form.dataset) {
      event.preventDefault();
      event.stopPropagation();
      if (form.dataset.sent !== "yes") order(form);
    } else if ("takeBack" in form.dataset) {
      event.preventDefault();
      event.stopPropagation();
      if (form.dataset.sent === "yes") return;
      form.dataset.sent = "yes";
      takeBack(form, event.submitter);
    }
  }, true);

  /* The seconds that are left: told anew with each answer of the station, counted on by a clock that is never set. */
  var told = "";
  var until = 0;
  window.setInterval(function () {
    var place = document.querySelector("[data-grace]");
    if (!place) return;
    if (place.dataset.grace !== told) {
      told = place.dataset.grace;
      until = window.performance.now() + Number(told);
    }
    var left = String(Math.max(0, Math.ceil((until - window.performance.now()) / 1000)));
    if (place.textContent !== left) place.textContent = left;
  }, 200);
})();
