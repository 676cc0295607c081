/* Soạn bản tin: what is typed is kept at the station every few seconds and on leaving; a lost station is said and asked
   again; newer words of another tab are shown beside these, never overwritten. And the line that runs through a drawn
   sound. Everything works without it, by the form's own button. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var QUIET = 1500; /* ms after the last key */
  var LONGEST = 5000; /* ms that typing on may put it off */
  var AGAIN = 5000; /* ms until a lost station is asked again */

  function show(element, seen) { if (element) element.hidden = !seen; }
  function say(element, text) { if (element && element.textContent !== text) element.textContent = text; }

  function keeper(form) {
    var told = form.querySelector("[data-draft-told]");
    var clash = form.querySelector("[data-conflict]");
    var kept = words();
    var typedAt = 0;
    var timer = 0;
    var busy = false;
    var lost = false;
    var sent = false;
    var theirs = null;

    function fields() {
      var data = new URLSearchParams(new FormData(form));
      ["act", "then", "step"].forEach(function (name) { data.delete(name); });
      return data;
    }
    function words() {
      var data = fields();
      ["csrf", "revision", "version", "words", "draft"].forEach(function (name) { data.delete(name); });
      return data.toString();
    }
    function later(wait) {
      window.clearTimeout(timer);
      timer = window.setTimeout(keep, wait);
    }
    function keep() {
      window.clearTimeout(timer);
      if (busy || sent || theirs) { if (busy) later(QUIET); return; }
      var now = words();
      if (now === kept) { form.dataset.dirty = ""; return; }
      busy = true;
      typedAt = 0;
      window.fetch(form.dataset.draft, {
        method: "POST", body: fields(), credentials: "same-origin",
        headers: { "X-CSRF-Token": document.body.dataset.csrf || "", "HX-Request": "true" }
      }).then(function (answer) {
        busy = false;
        if (answer.status === 401 || answer.status === 403) { lost = true; say(told, form.dataset.overWord); later(AGAIN * 4); return null; }
        if (answer.status !== 200 && answer.status !== 409) { lost = true; say(told, form.dataset.fullWord); later(AGAIN * 4); return null; }
        return answer.json().then(function (found) {
          lost = false;
          if (answer.status === 409) { differ(found); return; }
          kept = now;
          form.elements.revision.value = found.revision;
          say(told, form.dataset.savedWord + " " + found.time);
          if (words() === now) form.dataset.dirty = "";
          else later(QUIET);
          named();
        });
      }).catch(function () {
        busy = false;
        lost = true;
        say(told, form.dataset.lostWord);
        later(AGAIN);
      });
    }
    /* A new form has no address of its own until its first keeping; afterwards a reload finds its words again. */
    function named() {
      if (form.elements.version || !window.history.replaceState) return;
      var address = new URL(window.location.href);
      if (address.searchParams.get("nhap") === form.elements.draft.value) return;
      address.searchParams.set("nhap", form.elements.draft.value);
      window.history.replaceState(null, "", address.pathname + address.search);
    }
    function differ(found) {
      theirs = found;
      say(clash.querySelector("[data-conflict-time]"), found.time);
      say(clash.querySelector("[data-conflict-title]"), found.title);
      say(clash.querySelector("[data-conflict-text]"), found.text);
      show(clash, true);
      clash.scrollIntoView({ block: "nearest" });
    }
    function settle(take) {
      if (!theirs) return;
      var other = theirs;
      theirs = null;
      form.elements.revision.value = other.revision;
      take(other);
      show(clash, false);
      form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
      form.elements.text.focus();
      keep();
    }
    form.addEventListener("click", function (event) {
      var button = event.target.closest ? event.target.closest("button") : null;
      if (!button) return;
      if ("conflictTake" in button.dataset) settle(function (other) { form.elements.title.value = other.title; form.elements.text.value = other.text; });
      if ("conflictKeep" in button.dataset) settle(function () {});
      if ("conflictJoin" in button.dataset) settle(function (other) { form.elements.text.value += "\n\n" + other.text; });
    });
    form.addEventListener("input", function () {
      if (!typedAt) typedAt = Date.now();
      later(Math.max(0, Math.min(QUIET, LONGEST - (Date.now() - typedAt))));
    });
    form.addEventListener("change", function () { later(QUIET); });
    form.addEventListener("submit", function () { sent = true; window.clearTimeout(timer); });
    window.addEventListener("pageshow", function () { sent = false; });

    function leave() {
      if (sent || theirs || words() === kept || !navigator.sendBeacon) return;
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

  function begin() {
    Array.prototype.forEach.call(document.querySelectorAll("form[data-draft]"), function (form) {
      if (form.dataset.begun) return;
      form.dataset.begun = "yes";
      keeper(form);
    });
  }
  begin();
  document.addEventListener("main:swapped", begin);
})();
