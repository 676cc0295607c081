/* Hold to talk: takes the air, sends the voice in pieces, lets go. What the station says counts: when the chime is over,
   which byte it wants next, how much time is left, why a talk ended. A piece that got lost is sent again from that byte,
   ever more rarely. Where no answer comes, nothing is said to sound. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var HOLD_MS = 250; /* a touch in passing is no talk */
  var ASK_EVERY = 250;
  var RETRY_AFTER = 300;
  var RETRY_MOST = 2400;
  var GIVE_UP_AFTER = 4000;
  var FLUSH_WITHIN = 1500;
  var UNANSWERED = 1500; /* without an answer for so long the page no longer says that it is heard */
  var LAST_WORDS = 8000; /* after letting go: what is in hand still sounds */
  var DOUBLE_CLICK = 600;
  var TRIPS = 10;
  var OLD_PAGE = "Trang đã cũ hoặc bạn đã thoát; hãy mở lại trang rồi nói.";
  var LEFT = "Bạn đã rời trang hoặc cửa sổ này nên buổi nói đã dừng.";

  var place = document.getElementById("micro");
  if (!place) return;
  var csrf = document.body.dataset.csrf || "";
  var zone = document.getElementById("zone");
  var button = place.querySelector("[data-talk]");
  var toggle = place.querySelector("[data-toggle]");
  var meter = place.querySelector("meter");
  var lease = place.dataset.take + "/";
  var talk = null;
  var latest = null; /* whose end is told: what came of an earlier talk is not told over a later one */
  var port = null;
  var heardAt = 0;
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
    say("delay", seconds(Number(place.dataset.delayMs)));
  }
  function seconds(ms) {
    return (ms / 1000).toFixed(1).replace(".", ",");
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
      var why = "Micro vừa bị rút ra; hãy cắm lại rồi mở lại trang này.";
      if (talk) end(why); else fault(why);
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
    heardAt = Date.now();
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
  function send(method, address, body, extra) {
    var headers = Object.assign({ "X-CSRF-Token": csrf, "HX-Request": "true" }, extra || {});
    var stop = new AbortController();
    var timer = window.setTimeout(function () { stop.abort(); }, GIVE_UP_AFTER);
    return window.fetch(address, {
      method: method, body: body, headers: headers, credentials: "same-origin", signal: stop.signal
    }).then(function (answer) {
      var kind = answer.headers.get("Content-Type") || "";
      if (kind.indexOf("json") < 0) {
        var strange = new Error("strange");
        strange.lasting = answer.status < 500; /* signed out, or a form that is too old: asking again is no use */
        throw strange;
      }
      return answer.json();
    }).then(function (told) {
      window.clearTimeout(timer);
      return told;
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
    var mine = latest = talk = {
      id: "", pieces: [], bytes: 0, wanted: 0, sending: false, onAir: false, ending: false, flushed: false, over: false,
      letting: false, released: false, speaksAt: null, endsAt: null, atEnd: "", why: "", sounds: true, failures: 0, waitsUntil: 0,
      trips: [], begun: Date.now(), overAt: 0, lastTold: Date.now()
    };
    fault("");
    show("done", false);
    looks("waiting", "ĐỢI…", "Đang xin phát…");
    send("POST", place.dataset.take, new URLSearchParams({ zone: zone.value }), { "X-Act": freshKey() }).then(function (told) {
      if (!told.lease) { close(told.told); return; }
      mine.id = told.lease;
      place.dataset.delayMs = told.delay_ms;
      if (mine.ending) { letGo(); return; }
      take(told);
      ask();
    }, function (error) {
      mine.over = true;
      close(error.lasting ? OLD_PAGE : "Mất kết nối khi xin phát, không rõ trạm đã nhận chưa; nếu đã nhận, trạm tự ngắt sau ít giây.");
    });
  }
  function take(told) {
    if (!talk) return;
    talk.lastTold = Date.now();
    talk.failures = 0;
    talk.onAir = talk.onAir || told.on_air;
    if (told.speak_in_ms !== null) talk.speaksAt = Date.now() + told.speak_in_ms;
    talk.endsAt = Date.now() + told.left_ms;
    talk.atEnd = told.at_end;
    talk.sounds = told.sounds;
    if (!told.open) { /* also while its last words are sent: nobody takes them any more */
      talk.over = talk.letting = talk.released = true;
      if (told.ended) finish(talk, told.told); else settle(talk);
    }
  }
  /* How long to wait after so many failures: an answer that does not come is not asked for all the time. */
  function pause(mine) {
    return Math.min(RETRY_MOST, RETRY_AFTER * Math.pow(2, Math.max(0, mine.failures - 1)));
  }
  /* Until the airing has begun there is nothing to send: what is said before the chime is not for the street. */
  function ask() {
    var mine = talk;
    if (!mine || mine.over || mine.ending || mine.onAir) return;
    send("GET", lease + mine.id).then(function (told) {
      if (talk !== mine || mine.ending) return;
      take(told);
      window.setTimeout(ask, ASK_EVERY);
    }, function (error) {
      if (talk !== mine || mine.ending) return;
      if (error.lasting) { mine.over = true; close(OLD_PAGE); return; }
      mine.failures += 1;
      window.setTimeout(ask, pause(mine));
    });
  }
  function pump() {
    var mine = talk;
    if (!mine || mine.sending || mine.over || !mine.id || Date.now() < mine.waitsUntil) return;
    while (mine.pieces.length && mine.pieces[0].at + mine.pieces[0].pcm.length <= mine.wanted) mine.pieces.shift();
    if (!mine.pieces.length) { if (mine.ending && mine.flushed) letGo(); return; }
    var body = joined(mine);
    var sent = Date.now();
    mine.sending = true;
    send("POST", lease + mine.id + "/" + mine.wanted, body, { "Content-Type": "application/octet-stream" }).then(function (told) {
      mine.sending = false;
      if (talk !== mine || mine.over) return;
      var further = (told.wanted || 0) > mine.wanted;
      mine.wanted = Math.max(mine.wanted, told.wanted || 0);
      delay(mine, Date.now() - sent);
      take(told);
      if (further) pump(); else later(mine, RETRY_AFTER); /* what is not taken is not sent at once again */
    }, function (error) {
      mine.sending = false;
      if (talk !== mine || mine.over) return;
      if (error.lasting) { mine.over = true; close(OLD_PAGE); return; }
      mine.failures += 1;
      later(mine, pause(mine));
    });
  }
  /* Nothing is sent before that: pieces keep coming from the microphone all the time. */
  function later(mine, ms) {
    mine.waitsUntil = Date.now() + ms;
    window.setTimeout(pump, ms + 1);
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
  /* The slowest of the last ways to the station counts: what was late is kept as late. */
  function delay(mine, roundTrip) {
    mine.trips.push(roundTrip);
    if (mine.trips.length > TRIPS) mine.trips.shift();
    say("delay", seconds(Number(place.dataset.delayMs) + Math.max.apply(null, mine.trips)));
  }

  /* ---- letting go ---- */
  function end(why) {
    window.clearTimeout(held);
    held = null;
    if (!talk || talk.ending || talk.over) return;
    var mine = talk;
    mine.ending = true;
    mine.why = why || "";
    looks("waiting", "ĐANG DỪNG…", "Đang phát nốt lời vừa nói…");
    show("left-told", false);
    if (!mine.id) return; /* the answer to the request for the air lets go at once */
    if (mine.onAir && port) port.postMessage("flush"); else mine.flushed = true;
    pump();
    window.setTimeout(function () { if (talk === mine) letGo(); }, FLUSH_WITHIN);
  }
  function letGo() {
    var mine = talk;
    if (!mine || mine.letting) return;
    mine.letting = mine.over = true;
    mine.failures = 0;
    settle(mine);
  }
  /* It is over here: it is let go of there, and the station asked how it ended until it says so. A page that cannot
     reach it is free at once and asks on, as long as nobody talks anew. */
  function settle(mine) {
    if (latest !== mine) return;
    mine.overAt = mine.overAt || Date.now();
    var answer = mine.released ? send("GET", lease + mine.id)
      : send("POST", lease + mine.id + "/tha", new URLSearchParams({ csrf: csrf }));
    answer.then(function (told) {
      mine.released = true;
      mine.failures = 0;
      if (told.ended || Date.now() - mine.overAt > LAST_WORDS) finish(mine, told.told);
      else window.setTimeout(settle, 2 * ASK_EVERY, mine);
    }, function (error) {
      if (error.lasting) { finish(mine, OLD_PAGE); return; }
      mine.failures += 1;
      if (talk === mine) close("Mất mạng khi thả micro; trạm tự ngắt buổi nói sau ít giây. Có mạng lại, trang này báo nó dừng vì sao.");
      window.setTimeout(settle, pause(mine), mine);
    });
  }
  function finish(mine, told) {
    if (latest === mine) close(told || mine.why, mine.bytes > 0);
  }
  function close(told, spoke) {
    talk = null;
    idle();
    fault(told);
    show("done", Boolean(spoke));
  }
  /* Nothing was answered for so long that the station has taken the microphone off the air. */
  function lose(mine, told) {
    mine.letting = mine.over = true;
    mine.failures = 0;
    mine.why = told;
    close(told);
    settle(mine);
  }
  /* The page goes: there is no time for an answer. */
  function leave() {
    if (!talk || !talk.id || talk.released) return;
    talk.released = talk.letting = talk.over = true;
    navigator.sendBeacon(lease + talk.id + "/tha", new URLSearchParams({ csrf: csrf }));
    latest = null;
    close(LEFT);
  }

  window.setInterval(function () {
    if (!talk || talk.ending || talk.over || !talk.id) return;
    var now = Date.now();
    var away = now - talk.lastTold;
    if (away > UNANSWERED) {
      var deaf = talk.onAir && now - heardAt > UNANSWERED;
      show("left-told", false);
      looks("waiting", "ĐỢI…", deaf ? "Micro không đưa tiếng vào; lời nói chưa tới loa."
        : talk.onAir ? "Mất liên lạc với trạm, không rõ lời nói có tới loa; đang gửi lại…" : "Mất liên lạc với trạm, đang thử lại…");
      if (talk.onAir && away > Number(place.dataset.lostMs) + GIVE_UP_AFTER) {
        lose(talk, deaf ? "Micro không đưa tiếng vào nữa nên buổi nói phải dừng; hãy mở lại trang này."
          : "Mất liên lạc với trạm nên buổi nói phải dừng. Có mạng lại, trang này báo nó dừng vì sao.");
      }
      return;
    }
    if (!talk.sounds) { looks("waiting", "ĐỢI…", "Bộ phát không trả lời; không rõ lời nói có tới loa."); show("left-told", false); return; }
    if (!talk.onAir) { looks("waiting", "ĐỢI…", "Đang chờ loa…"); return; }
    if (talk.speaksAt === null || now < talk.speaksAt) { looks("waiting", "ĐỢI…", "Đang phát nhạc hiệu…"); return; }
    looks("talking", "NÓI ĐI", toggle.checked ? "Đang phát ra loa. Bấm lần nữa để thôi." : "Đang phát ra loa. Thả ra là thôi.");
    show("left-told", true);
    say("left-time", clock(talk.endsAt - now));
    if (now >= talk.endsAt) end(talk.atEnd);
  }, 100);

  /* ---- the button ---- */
  function press() {
    if (talk || held) return;
    held = window.setTimeout(function () { held = null; begin(); }, HOLD_MS);
  }
  function turn() {
    if (!talk) begin(); else if (Date.now() - talk.begun > DOUBLE_CLICK) end();
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
  button.addEventListener("blur", function () { if (!toggle.checked) end(LEFT); });
  window.addEventListener("blur", function () { if (!toggle.checked) end(LEFT); });
  document.addEventListener("visibilitychange", function () { if (document.hidden) end(LEFT); });
  window.addEventListener("pagehide", leave);
  toggle.addEventListener("change", function () { if (!talk) idle(); });

  var able = Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia && window.AudioWorkletNode);
  show("able", able);
  document.querySelector("[data-insecure]").hidden = able || window.isSecureContext;
  if (!able && window.isSecureContext) fault("Trình duyệt này không dùng được micro trực tiếp; hãy dùng Chrome hoặc Firefox bản mới hơn.");
  place.querySelector("[data-switch-on]").addEventListener("click", switchOn);
})();
