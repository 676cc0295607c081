/* Recording at this computer: counts to three, shows how loud it is and says what to mend, pauses, and keeps every take
   until one is chosen. Where the browser may not record, the form offers the phone's own recorder or a file. The chosen
   take is sent by pages.js as any file. No inline code, no eval, nothing off-host. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
  var WANTED = { audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } };
  var COUNT = 3;
  var LOOK = 80; /* ms between two looks at the level */
  var CLIPS = 0.97; /* of full scale */
  var QUIET = 0.06; /* a loudest peak below this in the last three seconds is too quiet */
  var SILENT = 0.0008;
  var NOISY = 0.012; /* mean level while nobody speaks */
  var HELD = 2500; /* ms that a warning stays */
  var WINDOW = 3000;

  function show(element, seen) { if (element) element.hidden = !seen; }
  function say(element, text) { if (element && element.textContent !== text) element.textContent = text; }
  function clock(seconds) {
    var whole = Math.max(0, Math.round(seconds));
    return Math.floor(whole / 60) + ":" + (whole % 60 < 10 ? "0" : "") + whole % 60;
  }
  function kind() {
    return TYPES.filter(function (type) { return window.MediaRecorder && MediaRecorder.isTypeSupported(type); })[0];
  }
  function able() { return Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia && kind()); }

  /* Peak and mean level of a stream, told every few hundredths of a second. */
  function listen(stream, heard) {
    var Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) return function () {};
    var context = new Context();
    var analyser = context.createAnalyser();
    analyser.fftSize = 4096;
    context.createMediaStreamSource(stream).connect(analyser);
    var samples = new Float32Array(analyser.fftSize);
    var timer = window.setInterval(function () {
      analyser.getFloatTimeDomainData(samples);
      var peak = 0;
      var sum = 0;
      for (var index = 0; index < samples.length; index += 1) {
        var size = Math.abs(samples[index]);
        if (size > peak) peak = size;
        sum += size * size;
      }
      heard(peak, Math.sqrt(sum / samples.length));
    }, LOOK);
    return function () { window.clearInterval(timer); context.close(); };
  }

  function recorder(form) {
    var word = form.dataset;
    var part = function (name) { return form.querySelector("[data-" + name + "]"); };
    var meter = form.querySelector("meter");
    var level = part("level");
    var told = part("told");
    var takes = [];
    var media = null;
    var state = "idle";

    show(part("live"), able());
    show(part("fallback"), !able());
    show(part("insecure"), !able() && !window.isSecureContext);
    show(part("send"), !able());
    if (!able()) return;

    function buttons(next) {
      state = next;
      show(part("start"), next === "idle");
      show(part("pause"), next === "running");
      show(part("resume"), next === "paused");
      show(part("stop"), next === "running" || next === "paused");
      part("start").disabled = next === "counting";
      if (next === "running") part("stop").focus();
      if (next === "idle" && takes.length) part("start").focus();
    }

    function judge(peak, mean, memory) {
      var now = Date.now();
      meter.value = Math.max(0, Math.min(1, (20 * Math.log10(peak || 1e-6) + 60) / 60));
      memory.peaks.push([now, peak]);
      while (memory.peaks.length && now - memory.peaks[0][0] > WINDOW) memory.peaks.shift();
      if (state === "counting") { memory.floor.push(mean); return; }
      if (peak >= CLIPS) memory.clipped = now;
      var loudest = memory.peaks.reduce(function (most, one) { return Math.max(most, one[1]); }, 0);
      var text = word.wordGood;
      var look = "good";
      if (now - memory.began < 1500) { text = ""; look = ""; }
      else if (now - memory.clipped < HELD) { text = word.wordClipping; look = "over"; }
      else if (loudest < SILENT) { text = word.wordSilent; look = "over"; }
      else if (loudest < QUIET) { text = word.wordQuiet; look = "under"; }
      if (text) say(level, text);
      level.className = "level small" + (look ? " " + look : "");
    }

    function count(left, done) {
      say(part("countdown"), String(left));
      window.setTimeout(function () { if (left > 1) count(left - 1, done); else { say(part("countdown"), ""); done(); } }, 700);
    }

    function take(stream) {
      var memory = { peaks: [], floor: [], clipped: 0, began: 0 };
      var still = listen(stream, function (peak, mean) { judge(peak, mean, memory); });
      var parts = [];
      var spent = 0;
      var since = 0;
      media = new MediaRecorder(stream, { mimeType: kind() });
      function length() { return (spent + (since ? Date.now() - since : 0)) / 1000; }
      var timer = window.setInterval(function () {
        if (state === "running") say(told, word.wordRunning + " · " + clock(length()));
        if (state === "paused") say(told, word.wordPaused + " · " + clock(length()));
      }, 250);
      media.ondataavailable = function (event) { if (event.data.size) parts.push(event.data); };
      media.onpause = function () { spent += Date.now() - since; since = 0; buttons("paused"); part("resume").focus(); };
      media.onresume = function () { since = Date.now(); buttons("running"); };
      media.onstop = function () {
        var lasted = length();
        window.clearInterval(timer);
        still();
        meter.value = 0;
        stream.getTracks().forEach(function (track) { track.stop(); });
        var type = media.mimeType.split(";")[0];
        var blob = new Blob(parts, { type: type });
        blob.suggested = "ghi-am." + (type.split("/")[1] || "webm");
        keep(blob, lasted);
        media = null;
        buttons("idle");
        say(told, word.wordDone.replace("{length}", clock(lasted)));
      };
      buttons("counting");
      say(told, word.wordCount);
      count(COUNT, function () {
        if (!media) return;
        var floor = memory.floor.slice(1);
        var mean = floor.reduce(function (sum, one) { return sum + one; }, 0) / Math.max(1, floor.length);
        memory.began = since = Date.now();
        if (floor.length && mean > NOISY) { say(level, word.wordNoisy); memory.began += HELD; }
        media.start(1000);
        buttons("running");
      });
    }

    /* Every take stays, with its own player, until the form is sent; the newest is chosen. */
    function keep(blob, seconds) {
      var number = takes.length + 1;
      var row = document.createElement("li");
      var label = document.createElement("label");
      var choice = document.createElement("input");
      var name = document.createElement("span");
      var sound = document.createElement("audio");
      label.className = "chk";
      choice.type = "radio";
      choice.name = "take"; /* never read by the station: the chosen take is the file */
      choice.value = String(number);
      name.className = "num";
      name.textContent = word.wordTake + " " + number + " · " + clock(seconds);
      label.append(choice, " ", name);
      sound.className = "sound";
      sound.controls = true;
      sound.src = URL.createObjectURL(blob);
      sound.setAttribute("aria-label", word.wordTake + " " + number);
      row.append(label, sound);
      part("takes").append(row);
      takes.push(blob);
      choice.addEventListener("change", function () { form.recorded = blob; });
      choice.checked = true;
      form.recorded = blob;
      show(part("send"), true);
    }

    form.addEventListener("click", function (event) {
      var button = event.target.closest ? event.target.closest("button") : null;
      if (!button) return;
      if ("start" in button.dataset) {
        navigator.mediaDevices.getUserMedia(WANTED).then(take, function () {
          say(told, word.wordBlocked);
          show(part("fallback"), true);
          show(part("send"), true);
        });
      }
      if ("pause" in button.dataset && media && media.state === "recording") media.pause();
      if ("resume" in button.dataset && media && media.state === "paused") media.resume();
      if ("stop" in button.dataset && media && media.state !== "inactive") media.stop();
    });
    window.addEventListener("beforeunload", function (event) {
      if (state !== "running" && state !== "paused") return;
      event.preventDefault();
      event.returnValue = ""; // Chrome before 119 asks only for this
    });
  }

  function begin() {
    Array.prototype.forEach.call(document.querySelectorAll("form[data-recorder]"), function (form) {
      if (form.dataset.begun) return;
      form.dataset.begun = "yes";
      recorder(form);
    });
  }
  begin();
  document.addEventListener("main:swapped", begin);
})();
