"""How fast the offline voice makes the message of dispatch 642: seconds of sound for each second of work.

Run: python bench/speak.py [FILE.json]   (default: ../shared/samples/dispatch-642.json; the wish is more than 10)
"""

import json
import statistics
import sys
import time
from pathlib import Path

from table import Figure, show

from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.normalise import normalise
from audio_assets.speech.voice import Voice

SAMPLE = Path(__file__).resolve().parents[2] / "shared" / "samples" / "dispatch-642.json"
BUNDLED = Path(__file__).resolve().parents[1] / "scheduler" / "samples" / "cong-van-mau.txt"
RUNS = 5
PROMISE = 10.0


def message():
    """The message of the file given, of the shared sample where it is at hand, else the bundled dispatch whole."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
    if path == SAMPLE and not path.exists():
        return BUNDLED.read_text(encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))["messages"][0]


def main() -> None:
    said = normalise(message()).text
    voice = Voice([EspeakEngine()], pause_ms=500, speed=1.0)
    speeds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        clip = voice.speak(said)
        speeds.append(clip.seconds / (time.perf_counter() - start))
    figures = [
        Figure("first run", speeds[0], "x", PROMISE, more_is_better=True),
        Figure("slowest run", min(speeds), "x", PROMISE, more_is_better=True),
        Figure(f"median of {RUNS} runs", statistics.median(speeds), "x", PROMISE, more_is_better=True),
    ]
    show(f"Seconds of sound a second of work: {len(said)} characters, {clip.seconds:.1f} s of sound", figures)


if __name__ == "__main__":
    main()
