/* Hold to talk: takes the air, sends the voice in pieces, lets go. What the station says counts: when the chime is over,
   which byte it wants next, how much time is left. A piece that got lost is sent again from that byte. Baseline: Chrome
   109, Firefox 115. */
(function () {
  "use strict";

  var HOLD_MS = 250; /* a touch in passing is no talk */
  var ASK_EVERY = 250;
  var RETRY_AFTER = 300;
  var GIVE_UP_AFTER = 4000;
  var FLUSH_WITHIN = 1500;

  var place = document.getElementById("micro");
  if (!place) return;
  var csrf = document.body.dataset.csrf || "";
  var zone = document.getElementById("zone");
  var button = place.querySelector("[data-talk]");
  var toggle = place.querySelector("[data-toggle]");
  var meter = place.querySelector("meter");
  var talk = null;
  var port = null;
  var held = null;

  function show(name, seen) {
    var element = place.querySelector("[data-" + name + "]");
    if (element) element.hidden = !seen;
    return element;
  }
  function say(name, text) {
    var element = place.querySelector("[data-" + name + "]");
    text = window.loaWord(text);
    if (element && element.textContent !== text) element.textContent = text;
  }
  function fault(text) {
    show("fault", Boolean(text));
    say("fault", text || "");
  }
  function clock(ms) {
    var whole = Math.max(0, Math.ceil(ms / 1000));
    var rest = whole % 60;
    return Math.floor(whole / 60) + ":" + (rest < 10 ? "0" : "") + rest;
  }
  function looks(is, word, state) {
    button.dataset.is = is;
    say("talk-word", word);
    say("state", state);
  }
  function idle(state) {
    looks("", toggle.checked ? "BẤM ĐỂ NÓI" : "GIỮ ĐỂ NÓI", state || "Sẵn sàng.");
    show("left-told", false);
  }

  /* ---- the microphone ---- */
  function switchOn() {
    var on = place.querySelector("[data-switch-on]");
    var wanted = { audio: { echoCancellation: false, noiseSuppression: true, autoGainControl: true } };
    on.disabled = true;
    fault("");
    navigator.mediaDevices.getUserMedia(wanted).then(listen).then(function () {
      on.parentElement.hidden = true;
      show("ready", true);
      idle();
      button.focus();
    }).catch(function (error) {
      on.disabled = false;
      fault(error.name === "NotAllowedError" ? "Trình duyệt không cho dùng micro; hãy bấm biểu tượng micro hoặc ổ khóa cạnh địa chỉ trang rồi chọn cho phép."
        : error.name === "NotFoundError" ? "Máy này không có micro nào; hãy cắm micro rồi bấm lại."
        : "Không mở được micro; có thể chương trình khác đang giữ, hãy tắt chương trình ấy rồi bấm lại.");
    });
  }
  function listen(stream) {
    var context = new AudioContext();
    stream.getAudioTracks()[0].addEventListener("ended", function () {
      fault("Micro vừa bị rút ra; hãy cắm lại rồi mở lại trang này.");
      end();
    });
    return context.audioWorklet.addModule(place.dataset.worklet).then(function () {
      var node = new AudioWorkletNode(context, "microphone", {
        processorOptions: { pieceMs: Number(place.dataset.pieceMs) }
      });
      context.createMediaStreamSource(stream).connect(node);
      node.connect(context.destination); /* it gives out silence; some browsers run only what is heard */
      port = node.port;
      port.onmessage = heard;
      return context.resume();
    });
  }
  function heard(event) {
    meter.value = Math.max(0, Math.min(1, (20 * Math.log10(event.data.peak || 1e-6) + 60) / 60));
    if (!talk || talk.over || !talk.onAir) return;
    if (talk.ending && talk.flushed) return;
    if (event.data.pcm.byteLength) {
      talk.pieces.push({ at: talk.bytes, pcm: new Uint8Array(event.data.pcm) });
      talk.bytes += event.data.pcm.byteLength;
    }
    if (event.data.flushed) talk.flushed = true;
    pump();
  }

  /* ---- talking ---- */
  function post(address, body, extra) {
    var headers = Object.assign({ "X-CSRF-Token": csrf, "HX-Request": "true" }, extra || {});
    var stop = new AbortController();
    var timer = window.setTimeout(function () { stop.abort(); }, GIVE_UP_AFTER);
    return window.fetch(address, {
      method: "POST", body: body, headers: headers, credentials: "same-origin", signal: stop.signal
    }).then(function (answer) {
      window.clearTimeout(timer);
      var kind = answer.headers.get("Content-Type") || "";
      if (kind.indexOf("json") < 0) {
        var strange = new Error("strange");
        strange.lasting = answer.status < 500; /* signed out, or a form that is too old: asking again is no use */
        throw strange;
      }
      return answer.json();
    }, function (error) {
      window.clearTimeout(timer);
      throw error;
    });
  }
  function freshKey() {
    return Array.prototype.map.call(window.crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return byte.toString(16);
    }).join("-");
  }
  function begin() {
    if (talk || !port) return;
    var mine = talk = {
      id: "", pieces: [], bytes: 0, wanted: 0, sending: false, onAir: false, ending: false, flushed: false, over: false,
      speaksAt: null, endsAt: null, lastTold: Date.now()
    };
    fault("");
    show("done", false);
    looks("waiting", "ĐỢI…", "Đang xin phát…");
    post(place.dataset.take, new URLSearchParams({ zone: zone.value }), { "X-Act": freshKey() }).then(function (told) {
      if (!told.lease) { close(told.told); return; }
      mine.id = told.lease;
      if (mine.ending) { letGo(); return; }
      take(told);
      ask();
    }, function () {
      mine.over = true;
      close("Chưa phát được vì mất kết nối hoặc trang đã cũ; hãy mở lại trang này.");
    });
  }
  function take(told) {
    if (!talk) return;
    talk.lastTold = Date.now();
    talk.onAir = talk.onAir || told.on_air;
    if (told.speak_in_ms !== null) talk.speaksAt = Date.now() + told.speak_in_ms;
    talk.endsAt = Date.now() + told.left_ms;
    if (!told.open) { /* also while its last words are sent: nobody takes them any more */
      talk.over = talk.released = true;
      close(told.told || "Buổi nói đã kết thúc.", talk.bytes > 0);
    }
  }
  /* Until the airing has begun there is nothing to send: what is said before the chime is not for the street. */
  function ask() {
    var mine = talk;
    if (!mine || mine.over || mine.ending) return;
    if (!mine.onAir) {
      window.fetch(place.dataset.take + "/" + mine.id, { credentials: "same-origin" }).then(function (answer) {
        return answer.json();
      }).then(function (told) { if (talk === mine) take(told); }).catch(function () { /* asked again below */ });
    }
    window.setTimeout(ask, ASK_EVERY);
  }
  function pump() {
    var mine = talk;
    if (!mine || mine.sending || mine.over || !mine.id) return;
    while (mine.pieces.length && mine.pieces[0].at + mine.pieces[0].pcm.length <= mine.wanted) mine.pieces.shift();
    if (!mine.pieces.length) { if (mine.ending && mine.flushed) letGo(); return; }
    var body = joined(mine);
    var sent = Date.now();
    mine.sending = true;
    post(place.dataset.take + "/" + mine.id + "/" + mine.wanted, body, { "Content-Type": "application/octet-stream" }).then(function (told) {
      mine.sending = false;
      if (talk !== mine) return;
      var further = (told.wanted || 0) > mine.wanted;
      mine.wanted = Math.max(mine.wanted, told.wanted || 0);
      delay(Date.now() - sent);
      take(told);
      if (further) pump(); else window.setTimeout(pump, RETRY_AFTER); /* what is not taken is not sent at once again */
    }, function (error) {
      mine.sending = false;
      if (talk !== mine || mine.over) return;
      if (error.lasting) { mine.over = true; close("Trang đã cũ hoặc bạn đã thoát; hãy mở lại trang rồi nói."); return; }
      say("state", "Mạng chập chờn, đang gửi lại…");
      window.setTimeout(pump, RETRY_AFTER);
    });
  }
  function joined(mine) {
    /* From the wanted byte on, as much as one message may carry. */
    var most = Number(place.dataset.mostBytes);
    var parts = [];
    var size = 0;
    for (var index = 0; index < mine.pieces.length && size < most; index += 1) {
      var piece = mine.pieces[index];
      var part = piece.pcm.subarray(Math.max(0, mine.wanted - piece.at));
      part = part.subarray(0, most - size);
      parts.push(part);
      size += part.length;
    }
    return new Blob(parts);
  }
  function delay(roundTrip) {
    say("delay", ((Number(place.dataset.delayMs) + roundTrip) / 1000).toFixed(1).replace(".", ","));
  }

  /* ---- letting go ---- */
  function end() {
    window.clearTimeout(held);
    held = null;
    if (!talk || talk.ending || talk.over) return;
    talk.ending = true;
    looks("waiting", "ĐANG DỪNG…", "Đang phát nốt lời vừa nói…");
    var mine = talk;
    if (!mine.id) return; /* the answer to the request for the air lets go at once */
    if (mine.onAir && port) port.postMessage("flush"); else mine.flushed = true;
    pump();
    window.setTimeout(function () { if (talk === mine) letGo(); }, FLUSH_WITHIN);
  }
  function letGo() {
    var mine = talk;
    if (!mine || mine.released) return;
    mine.released = mine.over = true;
    var spoke = mine.bytes > 0;
    post(place.dataset.take + "/" + mine.id + "/tha", new URLSearchParams({ csrf: csrf })).then(function () {
      close("", spoke);
    }, function () {
      close("Mất mạng khi thả micro; trạm tự ngắt buổi nói sau ít giây.");
    });
  }
  function close(told, spoke) {
    talk = null;
    idle();
    fault(told);
    show("done", Boolean(spoke));
  }
  /* The page goes: there is no time for an answer. */
  function leave() {
    if (!talk || !talk.id || talk.released) return;
    talk.released = talk.over = true;
    navigator.sendBeacon(place.dataset.take + "/" + talk.id + "/tha", new URLSearchParams({ csrf: csrf }));
    close("");
  }

  window.setInterval(function () {
    if (!talk || talk.ending || talk.over || !talk.id) return;
    var now = Date.now();
    if (!talk.onAir) { looks("waiting", "ĐỢI…", "Đang chờ loa…"); return; }
    if (talk.speaksAt === null || now < talk.speaksAt) { looks("waiting", "ĐỢI…", "Đang phát nhạc hiệu…"); return; }
    looks("talking", "NÓI ĐI", toggle.checked ? "Đang phát ra loa. Bấm lần nữa để thôi." : "Đang phát ra loa. Thả ra là thôi.");
    show("left-told", true);
    say("left-time", clock(talk.endsAt - now));
    if (now >= talk.endsAt) end();
  }, 100);

  /* ---- the button ---- */
  function press() {
    if (talk || held) return;
    held = window.setTimeout(function () { held = null; begin(); }, HOLD_MS);
  }
  function turn() {
    if (talk) end(); else begin();
  }
  button.addEventListener("pointerdown", function (event) {
    if (toggle.checked || event.button > 0) return;
    try { button.setPointerCapture(event.pointerId); } catch (gone) { /* the pointer has left already */ }
    press();
  });
  ["pointerup", "pointercancel", "lostpointercapture"].forEach(function (name) {
    button.addEventListener(name, function () { if (!toggle.checked) end(); });
  });
  button.addEventListener("contextmenu", function (event) { event.preventDefault(); });
  button.addEventListener("keydown", function (event) {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (event.repeat) return;
    if (toggle.checked) turn(); else press();
  });
  button.addEventListener("keyup", function (event) {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!toggle.checked) end();
  });
  /* A click that no pointer made comes from a screen reader, which cannot hold. */
  button.addEventListener("click", function (event) {
    if (toggle.checked || event.detail === 0) turn();
  });
  button.addEventListener("blur", function () { if (!toggle.checked) end(); });
  window.addEventListener("blur", function () { if (!toggle.checked) end(); });
  document.addEventListener("visibilitychange", function () { if (document.hidden) end(); });
  window.addEventListener("pagehide", leave);
  toggle.addEventListener("change", function () { if (!talk) idle(); });

  var able = Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia && window.AudioWorkletNode);
  show("able", able);
  document.querySelector("[data-insecure]").hidden = able || window.isSecureContext;
  if (!able && window.isSecureContext) fault("Trình duyệt này không dùng được micro trực tiếp; hãy dùng Chrome hoặc Firefox bản mới hơn.");
  place.querySelector("[data-switch-on]").addEventListener("click", switchOn);
})();
