"""The microphone's script against a station that has ended the talk, or answers nothing: how often it asks, what it says."""

import json
import shutil
import subprocess
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

SCRIPT = Path(__file__).parents[3] / "web" / "static" / "microphone.js"
NODE = shutil.which("node") or str(compute_driver_executable()[0])  # the browser driver brings one
PAGE = """
const fs = require("fs");
const seen = {};
const element = (name) => seen[name] = seen[name] || {
  name, dataset: {}, hidden: false, textContent: "", checked: false, parentElement: {}, disabled: false, value: 0,
  on: {}, addEventListener(kind, act) { this.on[kind] = act; }, setPointerCapture() {}, focus() {},
  querySelector: element,
};
const place = element("micro");
place.dataset = { take: "/take", worklet: "w", pieceMs: "200", mostBytes: "200000", delayMs: "1000", lostMs: "500" };
global.document = { body: { dataset: { csrf: "x" } }, getElementById: element, querySelector: element, addEventListener() {} };
const port = { postMessage(word) { if (word === "flush") port.onmessage({ data: { peak: 1, pcm: new ArrayBuffer(9600), flushed: true } }); } };
global.AudioContext = class { constructor() { this.audioWorklet = { addModule: () => Promise.resolve() }; }
  createMediaStreamSource() { return { connect() {} }; } resume() { return Promise.resolve(); } };
global.AudioWorkletNode = class { constructor() { this.port = port; } connect() {} };
const media = { getUserMedia: () => Promise.resolve({ getAudioTracks: () => [{ addEventListener() {} }] }) };
Object.defineProperty(global, "navigator", { value: { mediaDevices: media, sendBeacon() {} } });
global.window = global;
global.loaWord = (text) => text;
global.isSecureContext = true;
global.addEventListener = () => {};
const asked = [];
let open = true;
let away = false;
global.fetch = (address) => {
  asked.push(address);
  if (away) return Promise.reject(new TypeError("Failed to fetch"));
  const told = { lease: "a", delay_ms: 1000, wanted: 0, open, on_air: true, sounds: true, speak_in_ms: 0, left_ms: 60000,
                 at_end: "", ended: !open, told: open ? "" : "Có bản tin khẩn." };
  return Promise.resolve({ status: open ? 200 : 422, headers: { get: () => "application/json" }, json: () => Promise.resolve(told) });
};
eval(fs.readFileSync(process.argv[1], "utf8"));
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
(async () => {
  element("[data-switch-on]").on.click();
  await wait(50);
  element("[data-talk]").on.click({ detail: 0 });
  await wait(50);
  port.onmessage({ data: { peak: 1, pcm: new ArrayBuffer(9600) } });
  await wait(20);
  const seen_now = () => ({ asked: asked.length - before, told: element("[data-fault]").textContent,
                            state: element("[data-state]").textContent });
  const before = asked.length;
  const looks = [];
  if (process.argv[2] === "ended") {
    open = false;
    await wait(600);
    element("[data-talk]").on.click({ detail: 0 });
    await wait(1800);
  } else {
    away = true;
    const voice = setInterval(() => port.onmessage({ data: { peak: 1, pcm: new ArrayBuffer(9600) } }), 50);
    await wait(3000);
    looks.push(seen_now());
    await wait(3000);
    looks.push(seen_now());
    clearInterval(voice);
    away = open = false;
    await wait(2600);
  }
  console.log(JSON.stringify([...looks, seen_now()]));
  process.exit(0);
})();
"""


def looks(how):
    run = subprocess.run([NODE, "-e", PAGE, str(SCRIPT), how], check=True, capture_output=True, text=True, timeout=60)
    return json.loads(run.stdout)


def test_a_talk_that_the_station_has_ended_sends_no_storm_of_requests():
    (found,) = looks("ended")
    assert found["told"] == "Có bản tin khẩn."
    assert found["asked"] <= 3


def test_a_network_that_is_gone_is_told_at_once_and_asked_for_ever_more_rarely():
    away, given_up, back = looks("away")
    assert "không rõ lời nói có tới loa" in away["state"]
    assert "Mất liên lạc với trạm nên buổi nói phải dừng" in given_up["told"]
    assert given_up["asked"] <= 12
    assert back["told"] == "Có bản tin khẩn."
