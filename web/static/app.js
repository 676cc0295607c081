/* What every page does beyond plain links and forms: the bar's clock and countdown between two reports, DỪNG without
   leaving the page, one press per button, printing, and saying so when the station is not heard any more. Times come
   from the server's clock; nothing here decides anything. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  /* Words that scripts say: the Vietnamese text, or its English where words.en.js was loaded before; {0} … are filled in. */
  window.loaWord = function (text) {
    var given = arguments;
    return ((window.loaWords || {})[text] || text).replace(/\{(\d)\}/g, function (gap, number) {
      var value = given[Number(number) + 1];
      return value === undefined ? gap : String(value);
    });
  };

  var SILENT_AFTER = 8000; /* the stream tells the time at least every 5 s */
  var LOST_AFTER = 11000;
  var STEPPED = 1500; /* by so much a clock that was set, or a machine that slept, differs from what has passed */
  var POLL_EVERY = 3000;
  var offset = 0;
  var heard = Date.now();
  var polled = 0;

  function each(selector, act, root) {
    Array.prototype.forEach.call((root || document).querySelectorAll(selector), act);
  }
  function two(number) { return (number < 10 ? "0" : "") + number; }
  function length(ms) {
    var seconds = Math.max(0, Math.round(ms / 1000));
    var hours = Math.floor(seconds / 3600);
    var minutes = Math.floor(seconds / 60) % 60;
    return hours ? hours + ":" + two(minutes) + ":" + two(seconds % 60) : minutes + ":" + two(seconds % 60);
  }
  function say(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }

  /* The station's clock: the difference is taken at the moment it is told anew. */
  var told = "";
  var midnight = null;
  function align() {
    var clock = document.querySelector("#gio .clock");
    if (!clock || clock.dataset.now === told) return;
    told = clock.dataset.now;
    heard = Date.now();
    offset = Number(told) - heard;
    midnight = Number(told) - Number(told) % 1000 - Number(clock.dataset.ofDay) * 1000;
  }

  /* This machine's clock was set, or the machine slept: what the station's clock says now has to be asked again. Only
     set back it is known to be a step; else the machine has more likely slept, and the time has really passed. */
  var seen = null;
  function noticeStep() {
    var date = Date.now(), passed = window.performance.now();
    var drift = seen ? date - seen.date - (passed - seen.passed) : 0;
    seen = { date: date, passed: passed };
    if (Math.abs(drift) < STEPPED) return;
    if (drift < 0) { offset -= drift; heard += drift; } else heard = date;
    ask();
  }

  function tick() {
    noticeStep();
    align();
    var server = Date.now() + offset;
    if (midnight !== null) {
      var seconds = ((Math.floor((server - midnight) / 1000) % 86400) + 86400) % 86400;
      say(document.querySelector("#gio [data-clock]"), two(Math.floor(seconds / 3600)) + ":" + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60));
    }
    each("[data-started]", function (place) {
      var total = Number(place.dataset.total);
      if (!total) return;
      var played = Math.min(total, Math.max(0, server - Number(place.dataset.started)));
      say(place.querySelector("[data-left]"), length(total - played));
      var bar = place.querySelector("progress");
      if (bar) bar.value = played;
      var song = place.querySelector("[data-song]");
      if (song) song.setAttribute("width", (Number(song.dataset.song) * played / total).toFixed(1));
    });
    var strip = document.querySelector("[data-begins] > [data-now-line]"), at = strip && ((server - Number(strip.parentNode.dataset.begins)) / 60000).toFixed(1);
    if (strip && strip.getAttribute("x1") !== at) { strip.setAttribute("x1", at); strip.setAttribute("x2", at); }
    listen();
  }

  function ask() {
    if (!window.htmx || !document.getElementById("hoi-lai")) return;
    polled = Date.now();
    window.htmx.trigger(document.getElementById("hoi-lai"), "poll");
    window.htmx.trigger(document.getElementById("su-kien"), "poll");
  }

  /* No word from the station: ask for the bar (and for the stream again); when that fails too, say so, and show no
     countdown that nobody has told. */
  function listen() {
    var lost = document.getElementById("mat-mang");
    if (!lost || !window.htmx || document.hidden) return;
    var silence = Date.now() - heard;
    if (silence > SILENT_AFTER && Math.abs(Date.now() - polled) > POLL_EVERY) ask();
    var gone = silence >= LOST_AFTER;
    lost.hidden = !gone;
    each("header [data-lost]", function (told) { told.hidden = !gone; });
    each("#thanh > .now", function (told) { told.hidden = gone; });
  }
  document.addEventListener("visibilitychange", function () {
    heard = Date.now();
    if (!document.hidden) ask(); /* what was told while nobody looked is old */
  });

  window.setInterval(tick, 500);
  document.addEventListener("DOMContentLoaded", function () {
    heard = Date.now();
    tick();
    var clock = document.getElementById("gio");
    if (clock) new MutationObserver(align).observe(clock, { attributes: true, childList: true, subtree: true });
  });

  /* DỪNG must not cost anybody a half-written text: the form is sent without leaving the page. If that does not work, it
     is sent the plain way, which shows why. */
  function sendQuietly(form, button) {
    var word = button.querySelector("[data-told]");
    var before = word.cloneNode(true);
    var fields = new URLSearchParams(new FormData(form));
    if (button.name) fields.set(button.name, button.value);
    button.disabled = true;
    say(word, word.dataset.told);
    window.fetch(form.action, {
      method: "POST", body: fields, headers: { "HX-Request": "true" }, credentials: "same-origin", redirect: "manual"
    }).then(function (answer) {
      if (answer.type !== "opaqueredirect") form.submit();
      form.elements.act.value = freshKey(); /* pressed again, it is another act */
      window.setTimeout(function () {
        button.disabled = false;
        word.replaceWith(before);
      }, 2500);
    }, function () { form.submit(); });
  }
  function freshKey() {
    return Array.prototype.map.call(window.crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return byte.toString(16);
    }).join("-");
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var button = event.submitter || form.querySelector("button[type=submit]");
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (form.hasAttribute("data-quiet") && window.fetch && button && button.querySelector("[data-told]")) {
      event.preventDefault();
      sendQuietly(form, button);
      return;
    }
    /* One press is one act: the key in the form makes sure of it, this only shows it. */
    window.setTimeout(function () {
      each("button[type=submit]", function (one) { one.disabled = true; }, form);
    }, 0);
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) window.location.reload(); /* a page kept from before may show what is over, or belong to nobody */
    each("button:disabled[type=submit]", function (button) { button.disabled = false; });
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-print]") : null;
    if (button) window.print();
  });
})();
