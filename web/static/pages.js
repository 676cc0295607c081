/* What the officer's pages do beyond plain forms: count, keep a draft, report a sound as heard, upload with progress.
   Every page works without it; nothing here decides anything. No inline code, no eval, nothing off-host.
   Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var word = window.loaWord;
  var WEEKDAYS = ["Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"];
  var HEARD_SHARE = 0.97;

  function each(selector, act, root) {
    Array.prototype.forEach.call((root || document).querySelectorAll(selector), act);
  }
  function on(type, selector, act, capture) {
    document.addEventListener(type, function (event) {
      var target = event.target;
      var found = target && target.closest ? target.closest(selector) : null;
      if (found) act(found, event);
    }, capture || false);
  }
  function clock(seconds) {
    var whole = Math.max(0, Math.round(seconds));
    var rest = whole % 60;
    return Math.floor(whole / 60) + ":" + (rest < 10 ? "0" : "") + rest;
  }
  function show(element, seen) {
    if (element) element.hidden = !seen;
  }
  function say(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }

  /* ---- count of characters and seconds ---- */
  function count(area) {
    var told = document.getElementById(area.dataset.count);
    var length = area.value.length;
    var syllables = (area.value.match(/\S+/g) || []).reduce(function (sum, word) {
      // Digits are read one by one, addresses are spelled.
      return sum + (/:\/\/|www\./.test(word) ? 14 : Math.max(1, (word.match(/\d/g) || []).length));
    }, 0);
    var limit = Number(area.dataset.limit || 0);
    var text = word("{0} ký tự", length.toLocaleString("vi-VN"));
    if (!("letters" in area.dataset)) text += " · " + word("khoảng {0} khi đọc", clock(syllables / 3.2)); // else the desk tells
    if (limit && length > limit) text += " · " + word("quá giới hạn {0} ký tự", limit.toLocaleString("vi-VN"));
    say(told, text);
    if (told) told.classList.toggle("over", Boolean(limit && length > limit));
  }
  on("input", "textarea[data-count]", count);

  /* ---- a button that says how many are ticked: a word for one, and one with a number ---- */
  function tally() {
    each("[data-tally]", function (button) {
      var count = document.querySelectorAll('[name="' + button.dataset.tally + '"]:checked').length, many = button.lastElementChild;
      say(many, many.textContent.replace(/\d+/, count));
      show(button.firstElementChild, count < 2);
      show(many, count > 1);
    });
  }
  on("change", "[type=checkbox]", tally);
  window.addEventListener("pageshow", tally);  // the browser may have put ticks back

  /* ---- draft kept in this browser until it is saved ---- */
  function store(act) {
    try { return act(window.localStorage); } catch (blocked) { return null; }
  }
  function draft(form) {
    var kept = {};
    each("[data-keep]", function (input) { kept[input.name] = input.value; }, form);
    return JSON.stringify(kept);
  }
  function differs(form, kept, property) {
    // "defaultValue" is what the station sent; "value" may be what the browser put back after a reload.
    var other = false;
    each("[data-keep]", function (input) {
      var seen = input[property].replace(/\r\n/g, "\n");
      if (typeof kept[input.name] === "string" && kept[input.name] !== seen) other = true;
    }, form);
    return other;
  }
  var timers = new WeakMap();
  on("input", "form[data-autosave]", function (form) {
    form.dataset.dirty = "yes";
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(function () {
      var saved = store(function (box) { box.setItem(form.dataset.autosave, draft(form)); return true; });
      if (saved) say(form.querySelector("[data-saved]"), word("Đã giữ bản đang viết trong máy này."));
    }, 400));
  });
  on("submit", "form[data-autosave]", function (form) {
    clearTimeout(timers.get(form));
    form.dataset.dirty = "";
    store(function (box) { box.setItem(form.dataset.autosave, draft(form)); });
  });
  on("click", "[data-restore]", function (button) {
    var form = button.closest("form");
    var kept = JSON.parse(store(function (box) { return box.getItem(form.dataset.autosave); }) || "{}");
    each("[data-keep]", function (input) {
      if (typeof kept[input.name] !== "string") return;
      input.value = kept[input.name];
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }, form);
    show(form.querySelector("[data-restorable]"), false);
  });
  on("click", "[data-forget]", function (button) {
    var form = button.closest("form");
    store(function (box) { box.removeItem(form.dataset.autosave); });
    show(form.querySelector("[data-restorable]"), false);
  });
  function offerDraft(form) {
    var kept = null;
    if (form.dataset.clears) {
      // What was begun as a new announcement is kept by the station now.
      try { kept = JSON.parse(store(function (box) { return box.getItem(form.dataset.clears); })); } catch (broken) { kept = null; }
      if (kept && !differs(form, kept, "defaultValue")) store(function (box) { box.removeItem(form.dataset.clears); });
    }
    kept = null;
    try { kept = JSON.parse(store(function (box) { return box.getItem(form.dataset.autosave); })); } catch (broken) { kept = null; }
    if (!kept) return;
    if (differs(form, kept, "value")) show(form.querySelector("[data-restorable]"), true);
    else if (!differs(form, kept, "defaultValue")) store(function (box) { box.removeItem(form.dataset.autosave); });
  }
  window.addEventListener("beforeunload", function (event) {
    each("form[data-dirty=yes]:not([data-draft])", function (form) {
      store(function (box) { box.setItem(form.dataset.autosave, draft(form)); });
      event.preventDefault();
      event.returnValue = ""; // Chrome before 119 asks only for this
    });
  });

  /* ---- a sound heard to its end is reported by its form ---- */
  function playedShare(audio) {
    var total = 0;
    for (var index = 0; index < audio.played.length; index += 1) total += audio.played.end(index) - audio.played.start(index);
    return audio.duration ? total / audio.duration : 0;
  }
  document.addEventListener("ended", function (event) {
    var audio = event.target;
    var form = audio.dataset && audio.dataset.heard ? document.getElementById(audio.dataset.heard) : null;
    if (!form) return;
    var told = form.querySelector("[data-heard-told]");
    if (playedShare(audio) < HEARD_SHARE) {
      say(told, word("Âm thanh đã bị tua qua; hãy nghe cả những đoạn còn lại."));
      return;
    }
    var box = form.querySelector("input[name=heard]");
    if (box) {
      box.checked = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    say(told, word("Đã nghe hết."));
    if (form.dataset.report === "now") form.requestSubmit();
  }, true);
  document.addEventListener("play", function (event) {
    each("audio", function (other) { if (other !== event.target) other.pause(); });
  }, true);

  /* ---- a file that was chosen is sent at once ---- */
  on("change", "input[type=file][data-send]", function (input) { if (input.files.length) input.form.requestSubmit(); });

  /* ---- both sides of a change light up together ---- */
  function light(mark, lit) {
    var root = mark.closest("[data-pairs]");
    if (!root) return;
    mark.dataset.key.split(" ").forEach(function (key) {
      each("mark[data-key~='" + key + "']", function (twin) { twin.classList.toggle("lit", lit); }, root);
    });
  }
  on("mouseover", "mark[data-key]", function (mark) { light(mark, true); });
  on("mouseout", "mark[data-key]", function (mark) { light(mark, false); });
  on("click", "[data-pairs] mark[data-key]", function (mark) {
    // Where the sides stand one above the other, the twin comes into view in its own pane.
    var root = mark.closest("[data-pairs]");
    each("mark.lit", function (other) { other.classList.remove("lit"); }, root);
    light(mark, true);
    each("mark[data-key~='" + mark.dataset.key.split(" ")[0] + "']", function (twin) {
      var pane = twin.closest(".kept-text");
      if (pane && !pane.contains(mark)) pane.scrollTop = twin.offsetTop - pane.offsetTop - pane.clientHeight / 3;
    }, root);
  });

  /* ---- a day in words beside its field ---- */
  function weekday(input) {
    var told = document.getElementById(input.dataset.weekday);
    var found = /^\s*(\d{1,2})[\/.\-](\d{1,2})[\/.\-](\d{4})\s*$/.exec(input.value);
    var text = "";
    if (found) {
      var day = new Date(Number(found[3]), Number(found[2]) - 1, Number(found[1]));
      var real = day.getDate() === Number(found[1]) && day.getMonth() === Number(found[2]) - 1;
      text = word(real ? WEEKDAYS[day.getDay()] : "Ngày này không có thật");
    }
    say(told, text);
  }
  on("input", "input[data-weekday]", weekday);
  function dayField(input, number) {
    if (input.dataset.weekday || !(input.placeholder === "dd/mm/yyyy" || /^\d{1,2}\/\d{1,2}\/\d{4}$/.test(input.value))) return;
    var told = document.createElement("span");
    told.id = "thu-" + number;
    told.className = "small mut weekday";
    input.dataset.weekday = told.id;
    input.insertAdjacentElement("afterend", told);
    if (!input.hasAttribute("aria-describedby")) input.setAttribute("aria-describedby", told.id);
    weekday(input);
  }
  document.addEventListener("DOMContentLoaded", function () {
    each("main input[inputmode=numeric]", dayField);
  });

  /* ---- rows of windows, and the unit of the boost ---- */
  on("click", "[data-add-window]", function (button) {
    var rows = document.getElementById(button.dataset.addWindow);
    var row = rows.firstElementChild.cloneNode(true);
    var input = row.querySelector("input");
    input.value = "";
    input.id = "window-" + rows.children.length;
    input.setAttribute("aria-label", word("Buổi phát {0}", rows.children.length + 1));
    rows.appendChild(row);
    input.focus();
  });
  on("click", "[data-drop-window]", function (button) {
    var row = button.closest("[data-window]");
    var rows = row.parentElement;
    if (rows.children.length > 1) row.remove();
    else row.querySelector("input").value = "";
  });
  function boost(select) {
    var option = select.options[select.selectedIndex];
    var none = select.value === "none";
    var value = document.getElementById(select.dataset.boost);
    if (!value) return;
    show(value.closest("[data-boost-value]"), !none);
    say(document.getElementById(select.dataset.boost + "-unit"), option.dataset.unit || "");
  }
  on("change", "select[data-boost]", boost);

  /* ---- upload with progress; the answer takes the place of the page's middle ---- */
  function swapMain(html, address) {
    var fresh = new DOMParser().parseFromString(html, "text/html").querySelector("main");
    var old = document.querySelector("main");
    if (!fresh || !old) { window.location.assign(address || window.location.href); return; }
    old.replaceWith(document.importNode(fresh, true));
    if (address && new URL(address).origin === window.location.origin) window.history.replaceState(null, "", address);
    var main = document.querySelector("main");
    if (window.htmx) window.htmx.process(main);
    begin(main);
    document.dispatchEvent(new CustomEvent("main:swapped"));
    main.focus();
  }
  function send(form, data) {
    var progress = form.querySelector("progress");
    var told = form.querySelector("[data-told]");
    var request = new XMLHttpRequest();
    var started = Date.now();
    request.open("POST", form.action);
    request.upload.onprogress = function (event) {
      if (!event.lengthComputable) return;
      var share = event.loaded / event.total;
      show(progress, true);
      progress.value = share;
      var left = share > 0.02 ? (Date.now() - started) / 1000 * (1 - share) / share : 0;
      say(told, Math.round(share * 100) + "%" + (left > 2 ? " · " + word("còn khoảng {0}", clock(left)) : ""));
    };
    function failed(sentence) {
      // The form keeps its file or recording, so that it can be sent again.
      show(progress, false);
      say(told, sentence);
      told.classList.add("over");
      each("button", function (button) { button.disabled = false; }, form);
    }
    request.onload = function () {
      if (request.status < 400 && "leave" in form.dataset) { window.location.assign(request.responseURL); return; }
      if (request.status < 400) { swapMain(request.responseText, request.responseURL); return; }
      var answer = new DOMParser().parseFromString(request.responseText, "text/html");
      var fault = answer.querySelector("main .note.err");
      failed(fault ? fault.textContent.trim() : word("Máy trạm không nhận tệp này (mã {0}).", request.status));
    };
    request.onerror = function () { failed(word("Mất kết nối khi tải lên; hãy bấm lại để gửi.")); };
    each("button", function (button) { button.disabled = true; }, form);
    told.classList.remove("over");
    say(told, word("Đang gửi…"));
    request.send(data);
  }
  on("submit", "form[data-upload]", function (form, event) {
    var input = form.querySelector("input[type=file]");
    var file = input.files && input.files[0];
    var data = new FormData(form);
    if (!file && form.recorded) { // put there by record.js
      data.delete(input.name);
      data.append(input.name, form.recorded, form.recorded.suggested);
    } else if (file && form.dataset.maxMb && file.size > Number(form.dataset.maxMb) * 1e6) {
      event.preventDefault();
      say(form.querySelector("[data-told]"), word("Tệp lớn quá {0} MB; hãy nén hoặc cắt ngắn.", form.dataset.maxMb));
      return;
    }
    event.preventDefault();
    var whole = file || form.recorded;
    if (window.sendInPieces && form.dataset.pieces && whole && whole.size > Number(form.dataset.piecesFrom)) {
      inPieces(form, whole, file ? file.name : whole.suggested);
    } else send(form, data);
  });
  on("change", "form[data-at-once] input[type=file]", function (input) { if (input.files.length) input.form.requestSubmit(); });
  function inPieces(form, whole, name) {
    var progress = form.querySelector("progress");
    var told = form.querySelector("[data-told]");
    var started = Date.now();
    var first = -1;
    var now = 0;
    function percent() { return Math.floor(now * 100) + "%"; }
    each("button", function (button) { button.disabled = true; }, form);
    told.classList.remove("over");
    say(told, word("Đang gửi…"));
    window.sendInPieces(form, whole, {
      name: name,
      share: function (share) {
        if (first < 0) first = share;
        now = share;
        show(progress, true);
        progress.value = share;
        var left = share - first > 0.02 ? (Date.now() - started) / 1000 * (1 - share) / (share - first) : 0;
        say(told, percent() + (left > 2 ? " · " + word("còn khoảng {0}", clock(left)) : ""));
      },
      waiting: function () { say(told, word("Mất kết nối; đang thử lại, đã gửi {0}.", percent())); },
      failed: function (sentence) {
        // The form keeps its file or recording; sent again, it goes on where it was.
        say(told, sentence);
        told.classList.add("over");
        each("button", function (button) { button.disabled = false; }, form);
      },
      done: function (address) {
        window.fetch(address, { credentials: "same-origin" }).then(function (answer) { return answer.text(); })
          .then(function (html) { swapMain(html, new URL(address, window.location.href).href); }, function () { window.location.assign(address); });
      }
    });
  }

  /* ---- begin, also for what htmx has just put in ---- */
  var begun = new WeakSet();
  function once(selector, act, root) {
    // The bar is swapped every few seconds: nothing that is in use may be begun anew by that.
    each(selector, function (element) {
      if (begun.has(element)) return;
      begun.add(element);
      act(element);
    }, root);
  }
  function begin(root) {
    once("textarea[data-count]", count, root);
    once("form[data-autosave]", offerDraft, root);
    once("input[data-weekday]", weekday, root);
    once("select[data-boost]", boost, root);
    each("[data-js]", function (element) { element.hidden = false; }, root);
    each("[data-no-js]", function (element) { element.hidden = true; }, root);
  }
  begin(document);
  /* What was done is told once: a reload, a bookmark or a sent address does not tell it again. A number is an undo. */
  var address = new URL(window.location.href);
  if (/^[a-z-]+$/.test(address.searchParams.get("xong") || "")) {
    address.searchParams.delete("xong");
    window.history.replaceState(window.history.state, "", address);
  }
  document.addEventListener("htmx:after:swap", function () { begin(document); });
})();
