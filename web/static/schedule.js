/* Lịch phát: gives the grid's blocks their places, moves an airing by mouse or key, keeps the page fresh. Whether an
   airing may stand there the server says; a refused block goes back. Baseline: Chrome 109, Firefox 115. */
(function () {
  "use strict";

  var MINUTE = 60;
  var PIXELS = 8; /* of a minute */
  var WAIT = 700; /* ms after the last key before a move is sent */
  var ASK_EVERY = 10000;
  var pending = null; /* { block, from, to, timer } */
  var drag = null;
  var busy = false;
  var offset = 0;

  function region() { return document.getElementById("lich"); }
  function each(selector, act, root) {
    Array.prototype.forEach.call((root || document).querySelectorAll(selector), act);
  }
  function two(number) { return (number < 10 ? "0" : "") + number; }
  function freshKey() {
    return Array.prototype.map.call(window.crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return byte.toString(16);
    }).join("-");
  }
  function say(text) { document.getElementById("lich-noi").textContent = text; }

  /* Places */
  function lay(root) {
    var grid = root.querySelector("[data-grid]");
    var sight = root.dataset.now;
    offset = Number(sight) - Date.now();
    if (!grid) return;
    var canvas = grid.querySelector("[data-canvas]");
    canvas.style.height = Number(grid.dataset.height) + 24 + "px";
    each("[data-top]", function (one) { one.style.top = one.dataset.top + "px"; }, grid);
    each(".open, .ev", function (one) { one.style.height = one.dataset.height + "px"; }, grid);
    each("[data-left]", function (one) { one.style.left = one.dataset.left + "%"; }, grid);
    each(".ev", function (one) {
      one.style.left = "calc(" + one.dataset.left + "% + 3px)";
      one.style.width = "calc(" + one.dataset.width + "% - 6px)";
    }, grid);
    each("[data-js]", function (one) { one.hidden = false; }, root);
    nowLine();
  }
  function nowLine() {
    var line = document.querySelector("[data-now-line]");
    var grid = document.querySelector("[data-grid]");
    if (!line || !grid) return;
    var top = ((Date.now() + offset) / 1000 - Number(grid.dataset.begins)) / MINUTE * PIXELS;
    line.hidden = top < 0 || top > Number(grid.dataset.height);
    line.style.top = top + "px";
  }
  function bring(root) {
    var body = root.querySelector("[data-body]");
    var first = root.querySelector("[data-now-line]:not([hidden])") || root.querySelector(".ev");
    if (body && first) body.scrollTop = Math.max(0, first.offsetTop - 60);
  }

  /* Drawn anew from an answer of the server; what had the focus has it again. */
  function draw(html) {
    var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("lich");
    if (!fresh) { window.location.reload(); return; }
    var old = region();
    var body = old.querySelector("[data-body]");
    var scrolled = body ? body.scrollTop : 0;
    var part = old.dataset.part;
    var had = document.activeElement && document.activeElement.id;
    old.replaceWith(document.adoptNode(fresh));
    lay(fresh);
    body = fresh.querySelector("[data-body]");
    if (body && fresh.dataset.part === part) body.scrollTop = scrolled;
    else bring(fresh);
    if (window.htmx) window.htmx.process(fresh);
    var next = fresh.querySelector("[data-focus]") || (had && document.getElementById(had));
    if (next) next.focus({ preventScroll: !next.hasAttribute("data-focus") });
    if (next && next.select) next.select();
    var fault = document.getElementById("khong-duoc");
    var told = document.getElementById("vua-lam-chu");
    var undo = document.getElementById("hoan-tac");
    if (fault) say(fault.textContent.trim());
    else if (told) say(told.textContent.trim() + (undo ? " " + undo.textContent.trim() + "." : ""));
  }
  function send(address, fields) {
    if (busy) return;
    busy = true;
    window.fetch(address, {
      method: "POST", body: fields, credentials: "same-origin",
      headers: { "X-CSRF-Token": document.body.dataset.csrf, "X-Act": freshKey() }
    }).then(function (answer) { return answer.text(); }).then(draw).catch(function () {
      say(region().dataset.lost);
      return load(region().dataset.here);
    }).then(function () { busy = false; });
  }
  function load(address) {
    return window.fetch(address, { credentials: "same-origin" }).then(function (answer) { return answer.text(); })
      .then(draw).catch(function () { say(region().dataset.lost); });
  }

  /* Moving */
  function shown(block, seconds) {
    block.style.top = Number(block.dataset.top) + (seconds - Number(block.dataset.at)) / MINUTE * PIXELS + "px";
    var wall = ((seconds + shift(block)) % 86400 + 86400) % 86400;
    var text = two(Math.floor(wall / 3600)) + ":" + two(Math.floor(wall / 60) % 60) + (wall % 60 ? ":" + two(wall % 60) : "");
    block.querySelector(".t").textContent = text;
    return text;
  }
  /* Seconds between the time a block shows and the epoch: the station's zone, as the server wrote it. */
  function shift(block) {
    if (!block.dataset.shift) {
      var told = block.querySelector(".t").textContent.split(":").map(Number);
      var wall = told[0] * 3600 + told[1] * 60 + (told[2] || 0);
      block.dataset.shift = String(wall - Number(block.dataset.at) % 86400);
    }
    return Number(block.dataset.shift);
  }
  function commit(block, to) {
    if (to === Number(block.dataset.at)) { shown(block, to); return; }
    block.classList.add("sent");
    var root = region();
    send(block.dataset.move, new URLSearchParams({
      at: String(to), thay: block.dataset.at, ngay: root.dataset.day, khung: root.dataset.part
    }));
  }
  function step(block, minutes) {
    if (pending && pending.block !== block) settle();
    if (!pending) pending = { block: block, to: Number(block.dataset.at) };
    pending.to += minutes * MINUTE;
    block.classList.add("moving");
    say(region().dataset.moving + " " + shown(block, pending.to));
    window.clearTimeout(pending.timer);
    pending.timer = window.setTimeout(settle, WAIT);
  }
  function settle() {
    if (!pending) return;
    window.clearTimeout(pending.timer);
    var one = pending;
    pending = null;
    one.block.classList.remove("moving");
    commit(one.block, one.to);
  }
  function forget() {
    if (!pending) return;
    window.clearTimeout(pending.timer);
    pending.block.classList.remove("moving");
    shown(pending.block, Number(pending.block.dataset.at));
    pending = null;
  }

  document.addEventListener("keydown", function (event) {
    var block = event.target.closest ? event.target.closest("button.ev") : null;
    if (block && !event.altKey && !event.ctrlKey && !event.metaKey) {
      var far = event.shiftKey ? 15 : 1;
      if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        event.preventDefault();
        if (!busy) step(block, event.key === "ArrowUp" ? -far : far);
      } else if (event.key === "Escape") forget();
      else if (event.key === "Enter") {
        event.preventDefault();
        forget();
        load(block.dataset.edit);
      }
    }
    var typing = event.target.closest && event.target.closest("input, textarea, select");
    if (event.key === "z" && event.ctrlKey && !event.shiftKey && !typing) {
      var undo = document.getElementById("hoan-tac");
      if (undo && !busy) { event.preventDefault(); undo.click(); }
    }
  });
  document.addEventListener("focusout", function (event) {
    if (pending && event.target === pending.block) settle();
  });
  document.addEventListener("pointerdown", function (event) {
    var block = event.target.closest ? event.target.closest("button.ev") : null;
    if (!block || event.button || busy) return;
    settle();
    drag = { block: block, y: event.clientY, scroll: document.querySelector("[data-body]").scrollTop, to: Number(block.dataset.at), id: event.pointerId };
    block.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", function (event) {
    if (!drag || event.pointerId !== drag.id) return;
    var moved = event.clientY - drag.y + document.querySelector("[data-body]").scrollTop - drag.scroll;
    if (Math.abs(moved) < PIXELS / 2 && !drag.moved) return;
    drag.moved = true;
    drag.block.classList.add("moving");
    drag.to = Number(drag.block.dataset.at) + Math.round(moved / PIXELS) * MINUTE;
    shown(drag.block, drag.to);
  });
  function drop(event, keeps) {
    if (!drag || event.pointerId !== drag.id) return;
    var one = drag;
    drag = null;
    one.block.classList.remove("moving");
    if (!one.moved) return;
    if (keeps) commit(one.block, one.to);
    else shown(one.block, Number(one.block.dataset.at));
  }
  document.addEventListener("pointerup", function (event) { drop(event, true); });
  document.addEventListener("pointercancel", function (event) { drop(event, false); });
  document.addEventListener("dblclick", function (event) {
    var block = event.target.closest ? event.target.closest("button.ev") : null;
    if (block) load(block.dataset.edit);
  });

  /* Forms and links of the region, without leaving it; the plain way does the same. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-lich") || !window.fetch) return;
    event.preventDefault();
    send(form.action, new URLSearchParams(new FormData(form)));
  }, true);
  document.addEventListener("click", function (event) {
    var close = event.target.closest ? event.target.closest("[data-close]") : null;
    var link = event.target.closest ? event.target.closest("[data-lich-link]") : null;
    if (close) {
      event.preventDefault();
      document.getElementById("vua-lam").remove();
    } else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      load(link.href);
    }
  });

  /* Fresh: what has aired, or somebody else has changed, is shown within seconds; never under somebody's hands. */
  function look() {
    var root = region();
    var active = document.activeElement;
    if (!root || document.hidden || busy || pending || drag) return;
    if (root.querySelector("tr.editing, #them") || (active && /^(INPUT|SELECT|TEXTAREA)$/.test(active.tagName))) return;
    window.fetch(root.dataset.ask, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok && !answer.redirected ? answer.text() : root.dataset.version;
    }).then(function (version) {
      if (version !== root.dataset.version && region() === root && !busy && !pending && !drag) load(root.dataset.here);
    }).catch(function () { return null; });
  }

  window.setInterval(look, ASK_EVERY);
  window.setInterval(nowLine, 5000);
  document.addEventListener("DOMContentLoaded", function () {
    lay(region());
    bring(region());
    var first = region().querySelector("[data-focus]");
    if (first) first.focus();
  });
})();
