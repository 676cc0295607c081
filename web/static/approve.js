/* Duyệt: one large button in reach of a thumb plays and stops the sound; the sound's own controls do the same. */
(function () {
  "use strict";

  function toggle(button) {
    var audio = document.getElementById(button.dataset.playToggle);
    if (!audio) return;
    if (audio.paused) audio.play().catch(function () {});
    else audio.pause();
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-play-toggle]") : null;
    if (button) toggle(button);
  });
  function told(event) {
    Array.prototype.forEach.call(document.querySelectorAll("[data-play-toggle]"), function (button) {
      if (button.dataset.playToggle !== event.target.id) return;
      button.querySelector("[data-word]").textContent = event.target.paused ? button.dataset.wordPlay : button.dataset.wordPause;
      button.classList.toggle("is-on", !event.target.paused);
    });
  }
  ["play", "pause", "ended"].forEach(function (type) { document.addEventListener(type, told, true); });
})();
