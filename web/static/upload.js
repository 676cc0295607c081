/* Sends a large file in pieces and goes on where it was: after a lost network, a station that was started anew, a page
   that was opened again and the same file chosen. Every piece says where it belongs; at the end a check sum is held
   against what has come. Without this script the form sends the file whole. No inline code, no eval, nothing off-host.
   Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var FIRST_PIECE = 262144;
  var MARK_BYTES = 65536;
  var READ_BYTES = 4194304;
  var GIVE_UP_AFTER = 120000;
  var WAITS = [1, 2, 4, 8, 15, 30];
  var SIGNED_OUT = "Phiên làm việc đã hết; hãy đăng nhập lại rồi chọn lại đúng tệp này để tải tiếp.";
  var UNREADABLE = "Máy này không đọc được tệp nữa; hãy chọn lại tệp.";

  var table = new Int32Array(256);
  for (var byte = 0; byte < 256; byte += 1) {
    var value = byte;
    for (var bit = 0; bit < 8; bit += 1) value = value & 1 ? value >>> 1 ^ 0xEDB88320 : value >>> 1;
    table[byte] = value;
  }
  function crc(running, bytes) {
    var sum = running;
    for (var index = 0; index < bytes.length; index += 1) sum = sum >>> 8 ^ table[(sum ^ bytes[index]) & 255];
    return sum;
  }
  function done(running) {
    return (running ^ -1) >>> 0;
  }
  function read(file, start, end) {
    return file.slice(start, end).arrayBuffer().then(function (buffer) { return new Uint8Array(buffer); }, function () {
      throw new Error("unreadable");
    });
  }
  function pause(seconds) {
    return new Promise(function (resolve) {
      var timer = window.setTimeout(go, seconds * 1000);
      function go() { window.clearTimeout(timer); window.removeEventListener("online", go); resolve(); }
      window.addEventListener("online", go);
    });
  }

  /* The station's answer; an error with `told` is its refusal, one without is worth another try. */
  function ask(address, body) {
    var stop = new AbortController();
    var timer = window.setTimeout(function () { stop.abort(); }, GIVE_UP_AFTER);
    return window.fetch(address, {
      method: body === null ? "GET" : "POST", body: body, credentials: "same-origin", signal: stop.signal,
      headers: { "X-CSRF-Token": document.body.dataset.csrf || "", "HX-Request": "true" }
    }).then(function (answer) {
      window.clearTimeout(timer);
      var isJson = (answer.headers.get("Content-Type") || "").indexOf("json") >= 0;
      if (isJson) return answer.json().then(function (told) { if (answer.ok) return told; throw refusal(told.told, told.gone); });
      if (answer.status === 401) throw refusal(window.loaWord(SIGNED_OUT));
      if (answer.status >= 500) throw new Error("later");
      return answer.text().then(function (html) {
        var note = new DOMParser().parseFromString(html, "text/html").querySelector("main h1, main p");
        throw refusal(note ? note.textContent.trim() : window.loaWord("Máy trạm không nhận tệp này (mã {0}).", answer.status));
      });
    }, function (error) {
      window.clearTimeout(timer);
      throw error;
    });
  }
  function refusal(told, gone) {
    var error = new Error("refused");
    error.told = told;
    error.gone = Boolean(gone);
    return error;
  }

  /* `page`: name of the file, and what the form's page does: `share(0 to 1)`, `waiting(share)`, `failed(sentence)`,
     `done(address)`. */
  window.sendInPieces = function (form, file, page) {
    var upload = null;
    var size = file.size;
    var piece = FIRST_PIECE;
    var sum = -1;
    var summed = 0;
    var lost = 0;
    var begunAnew = 0;

    function begin() {
      return read(file, 0, MARK_BYTES).then(function (bytes) {
        var fields = new URLSearchParams({
          name: page.name, size: String(size), mark: done(crc(-1, bytes)).toString(16),
          title: form.elements.title ? form.elements.title.value : "", origin: form.elements.origin.value
        });
        return ask(form.dataset.pieces, fields);
      }).then(function (told) { upload = told; return told.received; });
    }
    function sumUpTo(end) {
      if (summed >= end) return Promise.resolve();
      return read(file, summed, Math.min(end, summed + READ_BYTES)).then(function (bytes) {
        if (!bytes.length) throw new Error("unreadable");
        sum = crc(sum, bytes);
        summed += bytes.length;
        return sumUpTo(end);
      });
    }
    function sendFrom(at) {
      page.share(at / size);
      if (at >= size) return finish();
      var end = Math.min(size, at + Math.min(piece, upload.piece_bytes));
      var started = Date.now();
      return sumUpTo(at).then(function () { return read(file, at, end); }).then(function (bytes) {
        if (bytes.length !== end - at) throw new Error("unreadable");
        if (summed === at) { sum = crc(sum, bytes); summed = end; }
        return ask(upload.address + "/" + at, bytes);
      }).then(function (told) {
        var took = Date.now() - started;
        piece = took < 1500 ? piece * 2 : took > 6000 ? Math.max(FIRST_PIECE / 4, piece / 2) : piece;
        piece = Math.min(piece, upload.piece_bytes);
        lost = 0;
        return sendFrom(told.received);
      });
    }
    function finish() {
      return sumUpTo(size).then(function () {
        return ask(upload.address + "/xong", new URLSearchParams({ crc32: String(done(sum)) }));
      }).then(function (told) { page.done(told.next); });
    }
    function goOn() {
      return ask(upload.address, null).then(function (told) { return told.received; });
    }
    function run(from) {
      from().then(sendFrom).catch(function (error) {
        if (error.message === "unreadable") { page.failed(window.loaWord(UNREADABLE)); return; }
        if (error.told && error.gone && begunAnew < 1) { begunAnew += 1; upload = null; run(begin); return; }
        if (error.told) { page.failed(error.told); return; }
        piece = FIRST_PIECE;
        page.waiting();
        pause(WAITS[Math.min(lost, WAITS.length - 1)]).then(function () { lost += 1; run(upload ? goOn : begin); });
      });
    }
    run(begin);
  };
})();
