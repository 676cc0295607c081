/* The keyboard everywhere: "?" shows the keys, "g" and a letter opens a section, "/" goes to the page's search, "n" writes
   a new announcement, Esc leaves a field. None works while somebody types, none acts on the air, and all can be switched
   off (WCAG 2.1.4). Also: focus is not lost when a part of the page is drawn anew. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var OFF = "loa-khong-phim-tat", SIZE = "loa-co-chu";
  var CHORD = 1500; /* milliseconds between "g" and its letter */
  var began = 0;

  function sheet() { return document.getElementById("phim-tat"); }
  function stored(act) {
    try { return act(window.localStorage); } catch (blocked) { return null; }
  }
  function off() { return stored(function (box) { return box.getItem(OFF); }) === "1"; }
  function typing(target) {
    return Boolean(target && target.closest && target.closest("input, textarea, select, [contenteditable], [role=slider], [role=grid], audio, video"));
  }
  function go(link) {
    if (link) link.click();
    return Boolean(link);
  }
  function show() {
    var dialog = sheet();
    if (!dialog || !dialog.showModal || dialog.open) return;
    dialog.querySelector("[data-keys-on]").checked = !off();
    dialog.showModal();
  }
  function searched() {
    var field = document.querySelector("main input[type=search]:not([disabled])");
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  }
  function pressed(key) {
    if (Date.now() - began < CHORD) {
      began = 0;
      return /^[a-z]$/.test(key) && go(document.querySelector('nav.side a[data-key="' + key + '"]'));
    }
    if (key === "g") { began = Date.now(); return true; }
    if (key === "/") return searched();
    if (key === "n") {
      var fresh = document.querySelector("[data-new]");
      if (fresh) window.location.assign(fresh.dataset.new);
      return Boolean(fresh);
    }
    if (key === "?") { show(); return true; }
    return false;
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && typing(event.target) && !event.defaultPrevented && !event.target.closest("dialog")) {
      event.target.blur();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (off()) return; /* the sheet stays in reach by its button */
    if (pressed(event.key)) event.preventDefault();
  });
  document.addEventListener("click", function (event) {
    var target = event.target.closest ? event.target : null;
    if (!target) return;
    if (target.closest("[data-keys-help]")) show();
    else if (target.closest("[data-keys-close]")) sheet().close();
  });
  document.addEventListener("change", function (event) {
    if (!event.target.hasAttribute || !event.target.hasAttribute("data-keys-on")) return;
    var on = event.target.checked;
    stored(function (box) { if (on) box.removeItem(OFF); else box.setItem(OFF, "1"); });
    showSettings();
  });

  /* What this browser does: its keys, and the size of its letters. */
  function resize() {
    var size = stored(function (box) { return box.getItem(SIZE); });
    if (size) document.documentElement.dataset.size = size;
    else delete document.documentElement.dataset.size;
  }
  function showSettings() {
    Array.prototype.forEach.call(document.querySelectorAll("[data-keys-on]"), function (one) { one.checked = !off(); });
    var size = document.querySelector("[data-text-size]");
    if (size) size.value = stored(function (box) { return box.getItem(SIZE); }) || "";
  }
  resize();
  document.addEventListener("change", function (event) {
    if (!event.target.hasAttribute || !event.target.hasAttribute("data-text-size")) return;
    var size = event.target.value;
    stored(function (box) { if (size) box.setItem(SIZE, size); else box.removeItem(SIZE); });
    resize();
  });
  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll(".script-only"), function (one) { one.hidden = false; });
    showSettings();
  });

  /* A part that is drawn anew takes the focus with it: it goes to the same control, else to the part itself. */
  var held = null;
  function named(element) {
    if (element.id) return "#" + window.CSS.escape(element.id);
    if (element.name) return element.tagName.toLowerCase() + '[name="' + window.CSS.escape(element.name) + '"]';
    return "";
  }
  document.addEventListener("htmx:before:swap", function () {
    var focused = document.activeElement;
    held = null;
    if (!focused || focused === document.body) return;
    var part = focused.parentElement && focused.parentElement.closest("[id]");
    held = { element: focused, again: named(focused), part: part ? part.id : "" };
  });
  document.addEventListener("htmx:after:swap", function () {
    if (!held || document.contains(held.element)) return;
    var place = (held.again && document.querySelector(held.again)) || (held.part && document.getElementById(held.part));
    held = null;
    if (!place) return;
    if (!place.matches("a[href], button, input, select, textarea, [tabindex]")) place.setAttribute("tabindex", "-1");
    place.focus({ preventScroll: true });
  });
})();
