/* Soạn bản tin on one screen: what is typed is kept at the station every few seconds and on leaving, becomes the
   bulletin when typing pauses, and is read aloud by the machine meanwhile; the time in the fields is judged as it is
   typed. Newer words of another tab are shown beside these, never overwritten. Everything works without it, by the
   form's own buttons. No inline code, no eval, nothing off-host. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var QUIET = 1500; /* ms after the last key until words are kept */
  var LONGEST = 5000; /* ms that typing on may put it off */
  var PAUSE = 1000; /* ms after that until they become the bulletin's and are read */
  var AGAIN = 5000; /* ms until a lost station is asked again */
  var JUDGED = 300; /* ms after the last key in a field of time */
  var SEEN = 700; /* ms after the last key in the text until its words are looked at */
  var POLL = 1000;
  var NO_WORDS = ["csrf", "act", "then", "revision", "version", "words", "draft", "ban_tin", "kind", "kieu", "ngay", "ngay_khac", "luc", "buoi", "luot", "trong", "vung", "bu"];
  var word = window.loaWord;

  function byId(id) { return document.getElementById(id); }
  function show(element, seen) { if (element) element.hidden = !seen; }
  function say(element, text) { if (element && element.textContent !== text) element.textContent = text; }
  function each(selector, act, root) { Array.prototype.forEach.call((root || document).querySelectorAll(selector), act); }
  function closest(event, selector) { return event.target && event.target.closest ? event.target.closest(selector) : null; }
  function clock(seconds) {
    var whole = Math.max(0, Math.round(seconds));
    var rest = whole % 60;
    return Math.floor(whole / 60) + ":" + (rest < 10 ? "0" : "") + rest;
  }

  function keeper(form) {
    var root = form.closest("[data-compose]");
    var saved = root.querySelector("[data-draft-told]");
    var clash = form.querySelector("[data-conflict]");
    var title = form.elements.title;
    var text = form.elements.text;
    /* Somebody who types before this script has come, or a browser that puts words back, is heard too. */
    var early = text.value !== text.defaultValue || title.value !== title.defaultValue;
    var kept = early ? "" : words();
    var settled = form.elements.ban_tin.value && !root.querySelector("#ban-kia") ? kept : "";
    var typedAt = 0;
    var timer = 0;
    var pause = 0;
    var poll = 0;
    var judge = 0;
    var asked = 0;
    var busy = false;
    var lost = false;
    var sent = false;
    var plays = false;
    var theirs = null;
    var over = null;

    function fields() {
      var data = new URLSearchParams(new FormData(form));
      ["act", "then"].forEach(function (name) { data.delete(name); });
      return data;
    }
    function words() {
      var data = fields();
      NO_WORDS.forEach(function (name) { data.delete(name); });
      return data.toString();
    }
    function once(address, data) {
      return window.fetch(address, {
        method: "POST", body: data, credentials: "same-origin",
        headers: { "X-CSRF-Token": document.body.dataset.csrf || "", "HX-Request": "true" }
      });
    }
    function post(address, data) {
      return once(address, data).then(function (answer) {
        if (!answer.headers.get("X-Form-Expired")) return answer;
        return renewed().then(function (mine) { return mine ? once(address, data) : answer; });
      });
    }
    /* The same person has signed in again in another tab: this page goes on with that session. */
    function renewed() {
      return window.fetch(window.location.pathname, { credentials: "same-origin" }).then(function (answer) { return answer.text(); }).then(function (html) {
        var fresh = new DOMParser().parseFromString(html, "text/html"), token = fresh.body.dataset.csrf || "";
        if (!token || token === document.body.dataset.csrf || who(fresh) !== who(document)) return false;
        document.body.dataset.csrf = token;
        each("input[name=csrf]", function (one) { one.value = token; });
        return true;
      });
    }
    function who(page) {
      var name = page.querySelector("nav.side .foot .vh");
      return name ? name.textContent : "";
    }
    function later(wait) {
      window.clearTimeout(timer);
      timer = window.setTimeout(keep, wait);
    }

    /* ---- words are kept ---- */
    function keep() {
      window.clearTimeout(timer);
      if (!form.dataset.draft) return;
      if (busy || sent || theirs) { if (busy) later(QUIET); return; }
      var now = words();
      if (now === kept) { form.dataset.dirty = ""; if (now !== settled) settleLater(); return; }
      busy = true;
      typedAt = 0;
      post(form.dataset.draft, fields()).then(function (answer) {
        busy = false;
        if (failed(answer, 409)) return null;
        return answer.json().then(function (found) {
          if (lost) look();
          lost = false;
          if (answer.status === 409) { differ(found); return; }
          kept = now;
          form.elements.revision.value = found.revision;
          say(saved, form.dataset.savedWord + " " + found.time);
          if (words() === now) { form.dataset.dirty = ""; settleLater(); } else later(QUIET);
          named();
        });
      }).catch(gone);
    }
    function failed(answer, also) {
      if (answer.status === 200 || answer.status === also) return false;
      lost = true;
      trouble(answer.status === 401 || answer.status === 403 || answer.headers.get("X-Form-Expired") ? form.dataset.overWord : form.dataset.fullWord);
      later(AGAIN * 4);
      return true;
    }
    function gone() {
      busy = false;
      lost = true;
      trouble(form.dataset.lostWord);
      later(AGAIN);
    }
    /* Said at the head and in the bar: who presses its button looks there. */
    function trouble(words) {
      say(saved, words);
      each("#thanh-gui p b", function (one) { say(one, words); }, root);
      each("#thanh-gui p span", function (one) { say(one, ""); }, root);
    }
    /* A new form has no address of its own until its first keeping; afterwards a reload finds its words again. */
    function named() {
      if (form.elements.ban_tin.value || !window.history.replaceState) return;
      var address = new URL(window.location.href);
      if (address.searchParams.get("nhap") === form.elements.draft.value) return;
      address.search = "";
      address.searchParams.set("nhap", form.elements.draft.value);
      window.history.replaceState(null, "", address.pathname + address.search);
    }

    /* ---- and become the bulletin's ---- */
    function settleLater() {
      window.clearTimeout(pause);
      pause = window.setTimeout(settle, PAUSE);
    }
    function settle() {
      window.clearTimeout(pause);
      if (!form.dataset.settle || sent || theirs) return;
      if (busy) { settleLater(); return; }
      var now = words();
      if (!text.value.trim() && !form.elements.ban_tin.value) return;
      if (now === settled && !plays) return;
      var data = fields();
      if (plays) data.set("doc", "yes");
      if ("auto" in title.dataset) data.set("title", "");
      busy = true;
      window.clearTimeout(timer);
      post(form.dataset.settle, data).then(function (answer) {
        busy = false;
        if (answer.status === 422 && !answer.headers.get("X-Form-Expired")) return answer.json().then(function (found) { settled = now; plays = false; refused(found); });
        if (failed(answer, 409)) return null;
        return answer.json().then(function (found) {
          lost = false;
          if (answer.status === 409) { if (found.text === over) follow(found); else differ(found); return; }
          if (!found.id) return;
          taken(found, now);
        });
      }).catch(gone);
    }
    function taken(found, now) {
      var same = words() === now;
      asked += 1; /* a look that was asked before knows nothing of this */
      form.elements.ban_tin.value = found.id;
      form.elements.version.value = found.version;
      form.elements.words.value = found.words;
      form.elements.draft.value = found.draft;
      form.elements.revision.value = found.revision;
      form.action = found.address + "/sua";
      form.dataset.autosave = found.draft;
      if ("auto" in title.dataset && document.activeElement !== title) title.value = found.title;
      if (window.history.replaceState) window.history.replaceState(null, "", found.address);
      each("[name=ban_tin][value=moi]", function (input) { input.value = found.id; });
      say(saved, form.dataset.savedWord + " " + found.time);
      if (same) { kept = settled = words(); form.dataset.dirty = ""; } else { settled = ""; later(QUIET); }
      put(found.pieces);
      if (found.told) refused(found);
    }
    function refused(found) {
      plays = false;
      say(root.querySelector("[data-sound-told]"), found.told);
    }
    function differ(found) {
      theirs = found;
      say(clash.querySelector("[data-conflict-time]"), found.time);
      say(clash.querySelector("[data-conflict-title]"), found.title);
      say(clash.querySelector("[data-conflict-text]"), found.text);
      show(clash, true);
      clash.scrollIntoView({ block: "nearest" });
    }
    /* What was shown and chosen over has become the bulletin's meanwhile: nothing new to ask about. */
    function follow(found) {
      form.elements.version.value = found.version;
      form.elements.words.value = found.words;
      settleLater();
    }
    function choose(take) {
      if (!theirs) return;
      var other = theirs;
      theirs = null;
      over = other.text;
      if (other.version) { form.elements.version.value = other.version; form.elements.words.value = other.words; } // the bulletin's: one's own draft goes on
      else form.elements.revision.value = other.revision;
      take(other);
      show(clash, false);
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
      settled = "";
      keep();
    }

    /* ---- the parts that follow ---- */
    function put(html) {
      var fresh = new DOMParser().parseFromString(html, "text/html");
      each("[data-into]", function (part) {
        var place = byId(part.dataset.into);
        if (!place || place.drawn === part.innerHTML) return;
        place.drawn = part.innerHTML;
        var held = place.contains(document.activeElement) ? nameOf(document.activeElement) : "";
        place.replaceChildren.apply(place, Array.prototype.slice.call(document.importNode(part, true).childNodes));
        each("[data-js]", function (element) { element.hidden = false; }, place);
        each("[data-no-js]", function (element) { element.hidden = true; }, place);
        var again = held ? place.querySelector(held) : null;
        if (again) again.focus();
      }, fresh);
      document.dispatchEvent(new CustomEvent("main:swapped"));
      drawn();
    }
    function nameOf(element) {
      if ("main" in element.dataset) return "[data-main]";
      if ("listen" in element.dataset) return "[data-listen]";
      if (element.dataset.word) return "[data-word=" + JSON.stringify(element.dataset.word) + "]";
      return element.id ? "#" + element.id : "";
    }
    function drawn() {
      var sound = root.querySelector("[data-sound]");
      var verdict = root.querySelector("#gio-noi .says");
      var wrong = verdict && verdict.classList.contains("err") ? verdict.dataset.field : "";
      ["luc", "ngay_khac"].forEach(function (id) {
        var field = byId(id);
        if (!field) return;
        if (id === wrong) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
      });
      window.clearTimeout(poll);
      if (sound && sound.dataset.sound === "working") poll = window.setTimeout(look, POLL);
      else if (plays && sound && sound.dataset.sound === "ready" && words() === settled) { plays = false; play(); }
      marks();
    }
    function look(part) {
      var number = asked += 1;
      var data = fields();
      window.clearTimeout(judge);
      if (part === "gio") data.set("chi", "gio");
      post(root.dataset.look, data).then(function (answer) {
        if (answer.status === 200) return answer.text().then(function (html) { if (number === asked) put(html); });
        if (number === asked && answer.status >= 500) lookLater(); /* busy, or its disk is full: it may be over soon */
        return null;
      }).catch(lookLater);
    }
    function lookLater() {
      window.clearTimeout(poll);
      poll = window.setTimeout(look, AGAIN);
    }
    function judgeLater(wait, part) {
      window.clearTimeout(judge);
      judge = window.setTimeout(look, wait, part);
    }

    /* ---- listening ---- */
    function play() {
      var audio = byId("nghe");
      if (audio) audio.play().catch(function () {});
    }
    function listen() {
      var sound = root.querySelector("[data-sound]").dataset.sound;
      var audio = byId("nghe");
      if (words() !== settled && form.dataset.settle) { plays = true; settle(); return; }
      if (sound === "ready" && audio) { if (audio.paused) play(); else audio.pause(); return; }
      plays = true;
      if (sound === "none") settle();
      say(root.querySelector("[data-sound-told]"), word("Máy đang làm âm thanh; xong là nghe được."));
    }
    function heard(event) {
      event.preventDefault();
      var report = event.target;
      post(report.action, new URLSearchParams(new FormData(report))).then(function () { look(); }).catch(gone);
    }
    function sounding(event) {
      var audio = event.target;
      if (audio.id !== "nghe") return;
      var button = root.querySelector("[data-listen]");
      var clocked = root.querySelector("[data-clock]");
      if (button) say(button.querySelector("[data-word]"), audio.paused ? button.dataset.wordPlay : button.dataset.wordPause);
      if (clocked && isFinite(audio.duration)) say(clocked, clock(audio.currentTime) + " / " + clock(audio.duration));
      if (event.type === "ended") window.setTimeout(function () {
        var note = root.querySelector("[data-heard-told]");
        if (note && note.textContent) say(root.querySelector("[data-sound-told]"), note.textContent);
      });
    }

    /* ---- the main button ---- */
    function send(event) {
      var button = closest(event, "[data-main]");
      if (words() !== settled && form.dataset.settle && text.value.trim()) { event.preventDefault(); settle(); tell(); return; }
      if (button.getAttribute("aria-disabled") === "true") { event.preventDefault(); tell(); go(); }
    }
    function tell() {
      var line = root.querySelector("#thanh-gui p");
      var place = byId("loi-bao");
      if (place) place.textContent = "";
      if (place && line) window.setTimeout(function () { place.textContent = line.textContent; }, 50);
    }
    function go() {
      var line = root.querySelector("#thanh-gui [data-missing]");
      var places = { text: "#text", words: "[data-unread]", sound: "[data-listen]", time: "[aria-invalid=true], #luc" };
      var place = line && root.querySelector(places[line.dataset.missing] || "#text");
      if (place) place.focus();
    }

    /* ---- marks under the words ---- */
    function marks() {
      var under = root.querySelector("[data-marks]");
      if (!under) return;
      var pieces = document.createDocumentFragment();
      var at = 0;
      ranges().forEach(function (one) {
        pieces.append(text.value.slice(at, one.start));
        var mark = document.createElement("mark");
        mark.className = one.unread ? "q" : "read";
        mark.textContent = text.value.slice(one.start, one.end);
        mark.dataset.of = one.word;
        pieces.append(mark);
        at = one.end;
      });
      pieces.append(text.value.slice(at) + "\n");
      under.replaceChildren(pieces);
      under.scrollTop = text.scrollTop;
    }
    function ranges() {
      var found = [];
      each("#cac-chu [data-word]", function (chip) {
        var sought = chip.dataset.word;
        for (var at = text.value.indexOf(sought); sought && at >= 0; at = text.value.indexOf(sought, at + sought.length)) {
          var end = at + sought.length;
          var alone = !/[\p{L}\p{N}]/u.test(text.value.charAt(at - 1)) && !/[\p{L}\p{N}]/u.test(text.value.charAt(end));
          if (alone) found.push({ start: at, end: end, word: sought, unread: "unread" in chip.dataset });
        }
      });
      found.sort(function (one, other) { return one.start - other.start || other.end - one.end; });
      return found.filter(function (one, index) { return !index || found.slice(0, index).every(function (other) { return other.end <= one.start; }); });
    }

    /* ---- a marked word is put right where it stands ---- */
    var pop = root.querySelector("#doc-chu");
    var reading = pop && pop.querySelector("form");
    var from = null; /* what was pressed: the focus goes back there */
    function told(text) { say(pop.querySelector("#doc-loi"), text); }
    function openAt(found, pressed) {
      var mark = null;
      each("[data-marks] mark", function (one) { one.classList.remove("on"); if (!mark && one.dataset.of === found) mark = one; }, root);
      from = pressed;
      pop.dataset.written = found;
      say(pop.querySelector("[data-written]"), found);
      told("");
      reading.elements.said.value = "";
      offer([]);
      show(pop, true);
      if (mark) mark.classList.add("on");
      place();
      show(pop.querySelector("[data-as-it-is]"), Boolean(confirming()));
      reading.elements.said.focus();
      window.fetch(pop.dataset.offer + "?viet=" + encodeURIComponent(found), { credentials: "same-origin" }).then(function (answer) { return answer.json(); }).then(function (known) {
        if (pop.dataset.written !== found) return;
        if (!reading.elements.said.value) { reading.elements.said.value = known.offered[0] || known.said; reading.elements.said.select(); }
        offer(known.offered);
      }).catch(function () { told(pop.dataset.lostWord); });
    }
    function place() {
      var box = root.getBoundingClientRect();
      var mark = root.querySelector("[data-marks] mark.on");
      var at = (mark && seenMark(mark) ? mark : from).getBoundingClientRect();
      var foot = byId("thanh-gui").getBoundingClientRect().top - box.top - 8;
      var below = at.bottom - box.top + 8;
      var height = pop.offsetHeight + 44; /* suggestions come when they are known */
      var top = below + height <= foot ? below : Math.max(0, Math.min(at.top - box.top - height - 8, foot - height));
      pop.style.top = top + "px";
      pop.style.left = Math.max(0, Math.min(at.left - box.left - 40, box.width - pop.offsetWidth)) + "px";
    }
    function seenMark(mark) {
      var area = text.getBoundingClientRect();
      var at = mark.getBoundingClientRect();
      return at.top >= area.top && at.bottom <= area.bottom;
    }
    function offer(readings) {
      var place = pop.querySelector("[data-offered]");
      each("button", function (old) { old.remove(); }, place);
      show(place, readings.length > 0);
      readings.forEach(function (one) {
        var chip = document.createElement("button");
        chip.type = "button";
        chip.className = "chip";
        chip.lang = "vi";
        chip.textContent = one;
        chip.setAttribute("aria-pressed", String(one === reading.elements.said.value));
        place.append(" ", chip);
      });
    }
    function shutPop() {
      if (!pop || pop.hidden) return;
      show(pop, false);
      each("[data-marks] mark.on", function (one) { one.classList.remove("on"); }, root);
      var back = from && from.isConnected ? from : root.querySelector("[data-word=" + JSON.stringify(pop.dataset.written) + "]");
      if (back && back.closest("details:not([open])")) back = back.closest("details").querySelector("summary");
      (back || root.querySelector("[data-listen]")).focus();
    }
    function wordFields() {
      var data = fields();
      data.set("written", pop.dataset.written);
      data.set("said", reading.elements.said.value);
      data.set("scope", reading.elements.scope.value);
      data.set("doc", "yes");
      return data;
    }
    function fix(event) {
      event.preventDefault();
      var now = words();
      if (busy) { window.setTimeout(function () { reading.requestSubmit(); }, 300); return; }
      busy = true;
      window.clearTimeout(timer);
      window.clearTimeout(pause);
      post(pop.dataset.keep, wordFields()).then(function (answer) {
        busy = false;
        if (answer.status === 422) return answer.json().then(function (found) { told(found.told); });
        if (answer.status !== 200) { told(pop.dataset.lostWord); return null; }
        return answer.json().then(function (found) {
          var same = words() === now;
          if (text.value !== found.text && same) { text.value = found.text; now = words(); }
          taken(found, now);
          shutPop();
        });
      }).catch(function () { busy = false; told(pop.dataset.lostWord); });
    }
    function hearIt() {
      told(pop.dataset.makingWord);
      if (!form.elements.ban_tin.value) settle();
      post(pop.dataset.hear, wordFields()).then(function (answer) {
        return answer.json().then(function (found) { if (found.address) awaitSound(found.address); else told(found.told || pop.dataset.lostWord); });
      }).catch(function () { told(pop.dataset.lostWord); });
    }
    function awaitSound(address) {
      window.fetch(address, { credentials: "same-origin" }).then(function (answer) { return answer.json(); }).then(function (found) {
        if (pop.hidden) return;
        if (found.told) { told(found.told); return; }
        if (!found.src) { window.setTimeout(awaitSound, POLL / 2, address); return; }
        told("");
        var sound = new Audio(found.src);
        pop.sounds = sound;
        sound.play().catch(function () {});
      }).catch(function () { told(pop.dataset.lostWord); });
    }
    function confirming() {
      var known = byId("doc-nhu-vay");
      return known ? Array.prototype.filter.call(known.elements.word.length ? known.elements.word : [known.elements.word], function (box) { return box.value === pop.dataset.written; })[0] : null;
    }
    function asItIs() {
      var box = confirming();
      if (!box) return;
      box.checked = true;
      post(box.form.action, new URLSearchParams(new FormData(box.form))).then(function () { shutPop(); look(); }).catch(gone);
    }
    if (pop) {
      pop.addEventListener("submit", fix);
      window.addEventListener("resize", function () { if (!pop.hidden) place(); });
      pop.addEventListener("keydown", function (event) { if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); shutPop(); } });
      pop.addEventListener("input", function () { each(".chip", function (chip) { chip.setAttribute("aria-pressed", String(chip.textContent === reading.elements.said.value)); }, pop); });
      pop.addEventListener("click", function (event) {
        if (closest(event, "[data-shut]")) shutPop();
        else if (closest(event, "[data-hear-it]")) hearIt();
        else if (closest(event, "[data-as-it-is]")) asItIs();
        else if (closest(event, ".chip")) { reading.elements.said.value = event.target.textContent; pop.dispatchEvent(new Event("input")); reading.elements.said.focus(); }
      });
      form.addEventListener("click", function (event) {
        var chip = closest(event, "#cac-chu [data-word]");
        if (!chip) return;
        event.preventDefault();
        openAt(chip.dataset.word, chip);
      });
      text.addEventListener("click", function () {
        var caret = text.selectionStart;
        if (caret !== text.selectionEnd) return;
        var hit = ranges().filter(function (one) { return caret > one.start && caret < one.end; })[0];
        if (hit) { text.setSelectionRange(hit.start, hit.end); openAt(hit.word, text); } else shutPopQuietly();
      });
    }
    function shutPopQuietly() { if (pop && !pop.hidden) { show(pop, false); each("[data-marks] mark.on", function (one) { one.classList.remove("on"); }, root); } }

    /* ---- what people press and type ---- */
    function isTime(target) { return target.closest(".when-card") !== null; }
    form.addEventListener("click", function (event) {
      var button = closest(event, "button");
      if (!button) return;
      if ("conflictTake" in button.dataset) choose(function (other) { title.value = other.title; text.value = other.text; });
      if ("conflictKeep" in button.dataset) choose(function () {});
      if ("conflictJoin" in button.dataset) choose(function (other) { text.value += "\n\n" + other.text; });
      if ("listen" in button.dataset) { event.preventDefault(); listen(); }
      if ("main" in button.dataset) send(event);
      if (button.dataset.at) {
        each("[name=ngay]", function (radio) { radio.checked = radio.value === button.dataset.day; }, form);
        form.elements.ngay_khac.value = button.dataset.other;
        form.elements.luc.value = button.dataset.at;
        form.elements.luc.focus();
        look("gio");
      }
    });
    form.addEventListener("input", function (event) {
      if (isTime(event.target)) { judgeLater(JUDGED, "gio"); return; }
      if (event.target === title) delete title.dataset.auto;
      if (event.target === text) marks();
      judgeLater(SEEN);
      if (!typedAt) typedAt = Date.now();
      window.clearTimeout(pause);
      later(Math.max(0, Math.min(QUIET, LONGEST - (Date.now() - typedAt))));
    });
    form.addEventListener("change", function (event) {
      if (event.target.name === "vung") zones(event.target);
      if (isTime(event.target)) { judgeLater(0, "gio"); return; }
      later(QUIET);
    });
    function zones(box) {
      var all = form.querySelector("[name=vung][value=all]");
      var places = root.querySelector("[data-where]");
      if (all && box === all && all.checked) each("[name=vung]", function (other) { other.checked = other === all; }, form);
      else if (all && box.checked) all.checked = false;
      var chosen = Array.prototype.filter.call(form.querySelectorAll("[name=vung]"), function (one) { return one.checked; });
      if (!chosen.length && all) { all.checked = true; chosen = [all]; }
      say(places, chosen.map(function (one) { return one.closest("label").textContent.trim(); }).join(", "));
    }
    form.addEventListener("submit", function () { sent = true; window.clearTimeout(timer); window.clearTimeout(pause); });
    text.addEventListener("scroll", function () { root.querySelector("[data-marks]").scrollTop = text.scrollTop; });
    root.addEventListener("submit", function (event) { if (event.target.id === "da-nghe") heard(event); });
    ["play", "pause", "ended", "timeupdate", "loadedmetadata"].forEach(function (type) { root.addEventListener(type, sounding, true); });
    root.addEventListener("keydown", function (event) {
      var main = root.querySelector("[data-main]");
      if (event.key === "Enter" && event.ctrlKey && main) { event.preventDefault(); main.click(); }
    });
    window.addEventListener("pageshow", function () { sent = false; });

    function leave() {
      if (sent || theirs || !form.dataset.draft || words() === kept || !navigator.sendBeacon) return;
      if (navigator.sendBeacon(form.dataset.draft, fields())) form.dataset.dirty = "";
    }
    document.addEventListener("visibilitychange", function () { if (document.hidden) keep(); });
    window.addEventListener("pagehide", leave);
    window.addEventListener("beforeunload", function (event) {
      if (sent || words() === kept || !(lost || theirs)) return;
      event.preventDefault();
      event.returnValue = ""; // Chrome before 119 asks only for this
    });
    window.addEventListener("online", keep);
    drawn();
    if (early) text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* The words that are kept at the station beside those in the form: take them, or put them behind one's own. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-take-other], [data-join-other]") : null;
    if (!button) return;
    var form = document.getElementById(button.dataset.takeOther || button.dataset.joinOther);
    var place = button.closest("[data-other]");
    var text = place.querySelector("[data-other-text]").textContent;
    if (button.dataset.takeOther) {
      form.elements.title.value = place.querySelector("[data-other-title]").textContent;
      form.elements.text.value = text;
    } else form.elements.text.value += "\n\n" + text;
    form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
    form.elements.text.focus();
  });

  /* ---- panels under the head: one at a time, closed by Escape and by a press elsewhere ---- */
  function shut(but) { each("details.drop[open]", function (one) { if (one !== but && !one.contains(but)) one.open = false; }); }
  document.addEventListener("click", function (event) { shut(closest(event, "details.drop")); });
  document.addEventListener("keydown", function (event) {
    var open = event.key === "Escape" ? closest(event, "details.drop[open]") : null;
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  each("#viet", keeper);
})();
