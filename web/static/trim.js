/* The line that runs through a drawn sound, and cutting: two handles over the outline, by pointer, keys or typed
   seconds. The cut itself is made by the station from the two fields, which are all that is sent. Without this script
   the fields alone do it. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var STEP = 0.1;
  var LARGE = 1;
  var SHORTEST = 0.3;
  var EDGE = 2; /* seconds that are played at either edge */

  function each(selector, act, root) { Array.prototype.forEach.call((root || document).querySelectorAll(selector), act); }

  /* ---- a line through a drawn sound; a press goes there ---- */
  function run(wave) {
    var line = document.createElement("div");
    line.className = "playhead";
    line.hidden = true;
    wave.appendChild(line);
    function audio() { return document.getElementById(wave.dataset.wave); }
    function draw() {
      var sound = audio();
      if (!sound || !sound.duration || !isFinite(sound.duration)) return;
      line.hidden = sound.currentTime === 0;
      line.style.left = 100 * sound.currentTime / sound.duration + "%";
      if (!sound.paused) window.requestAnimationFrame(draw);
    }
    ["play", "timeupdate", "seeked"].forEach(function (type) {
      document.addEventListener(type, function (event) { if (event.target === audio()) draw(); }, true);
    });
  }

  /* ---- seconds as people write them ---- */
  function read(text) {
    var found = /^\s*(?:(\d{1,3}):)?(\d{1,4})(?:[.,](\d{1,3}))?\s*$/.exec(text);
    return found ? Number(found[1] || 0) * 60 + Number(found[2]) + Number("0." + (found[3] || "0")) : NaN;
  }
  function write(seconds) { return (Math.floor(seconds * 100 + 0.5) / 100).toFixed(2).replace(".", ","); }
  function long(seconds) {
    var whole = Math.floor(seconds * 10 + 0.5) / 10;
    var minutes = Math.floor(whole / 60);
    var rest = (whole - 60 * minutes).toFixed(1).replace(".", ",");
    return minutes + ":" + (whole - 60 * minutes < 10 ? "0" : "") + rest;
  }

  function trimmer(form) {
    var stage = form.querySelector("[data-trim-stage]");
    var sound = form.querySelector("[data-trim-sound]");
    var total = Number(form.dataset.seconds);
    var last = Math.floor(total * 100) / 100;
    var at = { start: 0, end: last };
    var until = null;
    var field = { start: form.elements.start, end: form.elements.end };
    var handle = { start: form.querySelector("[data-handle=start]"), end: form.querySelector("[data-handle=end]") };
    var cut = { start: form.querySelector("[data-cut-before]"), end: form.querySelector("[data-cut-after]") };
    var keeps = form.querySelector("[data-keeps]");

    function set(which, seconds, typing) {
      var low = which === "start" ? 0 : Math.min(last, at.start + SHORTEST);
      var high = which === "start" ? Math.max(0, at.end - SHORTEST) : last;
      at[which] = Math.min(high, Math.max(low, Math.floor(seconds * 100 + 0.5) / 100));
      if (!typing) field[which].value = write(at[which]);
      draw();
    }
    function draw() {
      ["start", "end"].forEach(function (which) {
        handle[which].style.left = 100 * at[which] / total + "%";
        handle[which].setAttribute("aria-valuenow", at[which].toFixed(2));
        handle[which].setAttribute("aria-valuetext", window.loaWord("{0} giây", write(at[which])));
      });
      handle.start.setAttribute("aria-valuemax", at.end.toFixed(2));
      handle.end.setAttribute("aria-valuemin", at.start.toFixed(2));
      cut.start.style.width = 100 * at.start / total + "%";
      cut.end.style.width = 100 - 100 * at.end / total + "%";
      var length = at.end - at.start;
      keeps.textContent = length < SHORTEST - 0.001 ? form.dataset.wordShort : form.dataset.wordKeeps
        .replace("{length}", long(length)).replace("{start}", long(at.start)).replace("{end}", long(at.end));
    }
    function second(event) {
      var box = stage.getBoundingClientRect();
      return total * Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    }
    ["start", "end"].forEach(function (which) {
      var one = handle[which];
      one.addEventListener("pointerdown", function (event) {
        event.preventDefault();
        one.focus();
        one.setPointerCapture(event.pointerId);
      });
      one.addEventListener("pointermove", function (event) {
        if (one.hasPointerCapture(event.pointerId)) set(which, second(event));
      });
      one.addEventListener("keydown", function (event) {
        var step = event.shiftKey ? LARGE : STEP;
        var to = { ArrowLeft: at[which] - step, ArrowDown: at[which] - step, ArrowRight: at[which] + step, ArrowUp: at[which] + step, PageDown: at[which] - LARGE, PageUp: at[which] + LARGE, Home: 0, End: last }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        set(which, to);
      });
      field[which].addEventListener("input", function () {
        var typed = read(field[which].value);
        if (!isNaN(typed)) set(which, typed, true);
      });
      field[which].addEventListener("change", function () {
        if (!isNaN(read(field[which].value))) set(which, read(field[which].value));
      });
    });

    /* ---- listening to what is kept ---- */
    var head = form.querySelector("[data-playhead]");
    function follow() {
      head.hidden = sound.currentTime === 0;
      head.style.left = 100 * sound.currentTime / total + "%";
      if (until !== null && sound.currentTime >= until) { sound.pause(); until = null; next(); }
      if (!sound.paused) window.requestAnimationFrame(follow);
    }
    var queue = [];
    function next() {
      var part = queue.shift();
      if (!part) return;
      sound.currentTime = part[0];
      until = part[1];
      sound.play().catch(function () {});
    }
    sound.addEventListener("play", follow);
    sound.addEventListener("timeupdate", follow);
    sound.addEventListener("seeking", follow);
    form.querySelector("[data-play-part]").addEventListener("click", function () { queue = [[at.start, at.end]]; next(); });
    form.querySelector("[data-play-edges]").addEventListener("click", function () {
      queue = [[at.start, Math.min(at.end, at.start + EDGE)], [Math.max(at.start, at.end - EDGE), at.end]];
      next();
    });
    ["start", "end"].forEach(function (which) {
      var typed = read(field[which].value);
      if (!isNaN(typed)) at[which] = Math.min(last, Math.max(0, typed));
      handle[which].hidden = false;
      cut[which].hidden = false;
    });
    draw();
  }

  function begin() {
    each("[data-wave]", function (wave) { if (!wave.dataset.begun) { wave.dataset.begun = "yes"; run(wave); } });
    each("form[data-trim]", function (form) { if (!form.dataset.begun) { form.dataset.begun = "yes"; trimmer(form); } });
  }
  begin();
  document.addEventListener("main:swapped", begin);
  document.addEventListener("htmx:after:swap", begin);
})();
