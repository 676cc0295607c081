/* Duyệt: the station is told which seconds of a sound were played aloud here, no faster than 1.5 times; when it has all
   of them, the sheet draws its bar anew. One large button plays and stops; a sheet asks why something goes back.
   Nothing here decides: the station holds what it is told against the sound and its own clock.
   Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var word = window.loaWord;
  var FASTEST = 1.5;
  var LATE = 0.35; /* seconds by which a browser may tell of a place too late */
  var AGAIN = 3000;
  var listeners = new WeakMap();

  function each(selector, act, root) { Array.prototype.forEach.call((root || document).querySelectorAll(selector), act); }
  function say(element, text) { if (element && element.textContent !== text) element.textContent = text; }
  function clock(seconds) {
    var whole = Math.max(0, Math.round(seconds));
    return Math.floor(whole / 60) + ":" + (whole % 60 < 10 ? "0" : "") + whole % 60;
  }
  function told(audio, text) { each("[data-heard-told='" + audio.id + "']", function (one) { say(one, text); }); }
  function post(address, body) {
    return window.fetch(address, {
      method: "POST", credentials: "same-origin", body: body,
      headers: { "X-CSRF-Token": document.body.dataset.csrf, "Content-Type": "application/x-www-form-urlencoded" }
    });
  }

  /* ---- which seconds were played aloud ---- */
  function Listener(audio) {
    this.audio = audio;
    this.stretches = [];
    this.from = null; /* where the stretch in hand began to be played; null = nothing counts now */
    this.wall = 0;
    this.began = null;
    this.sent = false;
  }
  Listener.prototype.counts = function () {
    return !this.audio.muted && this.audio.volume > 0 && this.audio.playbackRate <= FASTEST && this.audio.playbackRate > 0;
  };
  Listener.prototype.step = function () {
    var now = this.audio.currentTime;
    var wall = performance.now();
    if (this.from !== null) {
      var moved = now - this.from;
      if (moved > 0 && moved <= (wall - this.wall) / 1000 * FASTEST + LATE) this.add(this.from, now);
    }
    this.from = this.audio.paused && !this.audio.ended || this.audio.seeking || !this.counts() ? null : now;
    this.wall = wall;
  };
  Listener.prototype.add = function (begun, ended) {
    var last = this.stretches[this.stretches.length - 1];
    if (last && Math.abs(last[1] - begun) < 0.01) last[1] = ended;
    else this.stretches.push([begun, ended]);
  };
  Listener.prototype.missing = function () {
    var until = 0;
    var sum = 0;
    this.stretches.slice().sort(function (one, other) { return one[0] - other[0]; }).forEach(function (part) {
      var first = Math.max(part[0], until);
      if (part[1] > first) { sum += part[1] - first; until = part[1]; }
    });
    return this.audio.duration - sum;
  };
  Listener.prototype.begin = function () {
    if (this.began) return;
    var self = this;
    this.began = post(this.audio.dataset.hearing, "").then(function (answer) {
      if (!answer.ok) throw new Error("refused");
      return answer.json();
    }).then(function (found) { return found.so; });
    this.began.catch(function () { self.began = null; });
  };
  Listener.prototype.ended = function () {
    var self = this;
    if (this.sent) return;
    var missing = this.missing();
    if (missing > 1) {
      told(this.audio, this.counts() ? word("Còn {0} giây chưa nghe; hãy nghe cả những đoạn còn lại.", Math.round(missing))
        : word("Đang tắt tiếng hoặc chạy nhanh nên chưa tính là nghe; hãy bật tiếng rồi nghe lại."));
      return;
    }
    this.sent = true;
    this.begin();
    this.began.then(function (number) {
      var parts = self.stretches.map(function (part) { return part[0].toFixed(3) + "-" + part[1].toFixed(3); });
      return post("/nghe/" + number + "/het", "doan=" + encodeURIComponent(parts.join(",")));
    }).then(function (answer) {
      return answer.json().then(function (found) {
        if (!answer.ok) { self.again(); told(self.audio, found.loi || word("Trạm chưa ghi được là đã nghe; hãy mở lại trang.")); return; }
        told(self.audio, word("Đã nghe hết."));
        redraw(self.audio);
      });
    }).catch(function () {
      told(self.audio, word("Mất liên lạc với máy trạm; đang gửi lại."));
      self.sent = false;
      setTimeout(function () { self.ended(); }, AGAIN);
    });
  };
  Listener.prototype.again = function () {
    this.stretches = [];
    this.began = null;
    this.sent = false;
  };

  ["play", "playing", "timeupdate", "pause", "seeking", "seeked", "volumechange", "ratechange", "ended"].forEach(function (type) {
    document.addEventListener(type, function (event) {
      var audio = event.target;
      if (!audio.dataset || !audio.dataset.hearing) return;
      var mine = listeners.get(audio);
      if (!mine) listeners.set(audio, mine = new Listener(audio));
      if (type === "play") mine.begin();
      if (type === "seeking" || type === "seeked") mine.from = null; /* what was jumped over was not played */
      mine.step();
      if (type === "ended") mine.ended();
      draw(audio);
    }, true);
  });

  /* ---- the sheet after its sound was heard ---- */
  function redraw(audio) {
    if (!document.getElementById("duyet") || audio.id !== "am-thanh-duyet") return;
    window.fetch(window.location.pathname, { credentials: "same-origin" }).then(function (answer) { return answer.text(); }).then(function (html) {
      var fresh = new DOMParser().parseFromString(html, "text/html");
      var mine = document.querySelector("#duyet [name=sha256]"), theirs = fresh.querySelector("#duyet [name=sha256]");
      if (!theirs || theirs.value !== mine.value) { window.location.reload(); return; } /* decided, another sound, or signed out */
      ["phat-khi-nao", "duyet"].forEach(function (id) {
        var now = fresh.getElementById(id);
        var old = document.getElementById(id);
        if (now && old) old.replaceWith(document.importNode(now, true));
      });
      each("[data-no-js]", function (one) { one.hidden = true; });
      var again = document.getElementById("nghe-lai");
      if (again) again.focus({ preventScroll: true }); /* no key that is still held down approves */
      draw(audio);
    }, function () { window.location.reload(); });
  }

  /* ---- one button plays and stops ---- */
  function draw(audio) {
    var length = audio.duration || 0;
    each("[data-at]", function (one) { if (one.closest(".card").contains(audio)) say(one, clock(audio.currentTime)); });
    each("[data-wave='" + audio.id + "']", function (wave) {
      var line = wave.querySelector(".playhead");
      if (!line) {
        line = document.createElement("div");
        line.className = "playhead";
        wave.appendChild(line);
      }
      line.style.left = (length ? 100 * audio.currentTime / length : 0) + "%";
    });
    each("[data-listen='" + audio.id + "']", function (button) {
      var text = button.querySelector("[data-word]");
      if (!text.dataset.first) text.dataset.first = text.textContent;
      var begun = audio.currentTime > 0 && !audio.ended;
      say(text, !audio.paused ? word("Dừng nghe") : begun ? word("Nghe tiếp") : text.dataset.first);
      var left = button.querySelector("[data-left]");
      if (left && length) say(left, clock(audio.ended ? length : length - audio.currentTime));
    });
  }
  document.addEventListener("click", function (event) {
    var target = event.target.closest ? event.target : null;
    if (!target) return;
    var button = target.closest("[data-listen]");
    if (button) {
      var audio = document.getElementById(button.dataset.listen);
      if (audio.paused) audio.play().catch(function () { told(audio, word("Chưa phát được âm thanh này; hãy bấm lại.")); });
      else audio.pause();
    }
    var opener = target.closest("[data-open]");
    var sheet = opener ? document.getElementById(opener.dataset.open) : null;
    if (sheet && sheet.showModal) {
      event.preventDefault();
      if (!sheet.open) sheet.showModal();
    }
    var closer = target.closest("[data-close]");
    if (closer && closer.closest("dialog")) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.id !== "duyet") return;
    var button = document.getElementById("nut-duyet");
    var missing = document.querySelector("input[name=luc]") && !document.querySelector("input[name=luc]:checked");
    if (!missing && !(button && button.getAttribute("aria-disabled") === "true")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    told(document.getElementById("am-thanh-duyet"), missing ? word("Hãy chọn một giờ phát.") : word("Chưa có giờ nào phát được; hãy trả lại người viết."));
    var first = document.querySelector("input[name=luc]");
    if (first) first.focus();
  }, true);
  document.addEventListener("change", function (event) {
    if (event.target.name !== "luc") return;
    each("[data-when-told]", function (one) { say(one, word("Duyệt, phát {0}", event.target.dataset.when)); });
  });
  document.addEventListener("DOMContentLoaded", function () {
    each("dialog.return[open]", function (sheet) {
      if (!sheet.showModal) return;
      sheet.close();
      sheet.showModal();
    });
  });
})();
