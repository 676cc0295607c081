"""Play a WAV file at the instants of a schedule through the playout engine; for measuring with an onset harness.

    play_at.py SCHEDULE WAV [--buffer MS] [--system auto|pulse|alsa] [--pcm FIFO] [--config FILE] [--times N] [--verbose]

SCHEDULE: one epoch second (UTC) a line. WAV: 48 kHz, mono, 16 bit. `--times N`: N parts in a row each time, gapless.
`--pcm FIFO`: into a named pipe instead of the sound card; `--delay MS`: how long after it was written its reader sounds it.
`--config FILE`: into all outputs of a config.toml, which must be of one zone.
"""

import argparse
import sys
import threading
import time
import wave
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from scheduler.config import loading as configuration
from scheduler.core.model import DEFAULT_ZONE, Priority
from scheduler.kernel.clock import SystemClock
from scheduler.playout.engine import Engine
from scheduler.playout.outputs import outputs_of, soundcard
from scheduler.playout.outputs.alsa import AlsaStream
from scheduler.playout.outputs.fifo import Fifo
from scheduler.playout.outputs.pulse import PulseStream
from scheduler.playout.programme import Ended, Programme

ARM_AHEAD = timedelta(seconds=3)
SYSTEMS = {"pulse": (PulseStream,), "alsa": (AlsaStream,), "auto": (PulseStream, AlsaStream)}


@dataclass(frozen=True)
class Open:
    allowed: bool = True
    reason: str = ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("schedule", type=Path, nargs="?")
    parser.add_argument("wav", type=Path, nargs="?")
    parser.add_argument("--buffer", type=int, default=600)
    parser.add_argument("--system", choices=SYSTEMS, default="auto")
    parser.add_argument("--device", default="")
    parser.add_argument("--pcm", type=Path)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if options.wav is None:
        print("Onsets are measured from outside, with a sound card and a schedule: see --help")
        return 0

    soundcard._SYSTEMS = SYSTEMS[options.system]  # noqa: SLF001 - a bench may narrow the choice
    instants = [datetime.fromtimestamp(float(line), UTC) for line in options.schedule.read_text().split()]
    with wave.open(str(options.wav)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
    ended = threading.Semaphore(0)

    def tell(event):
        if options.verbose:
            print(event, flush=True)
        if isinstance(event, Ended):
            ended.release()

    if options.config:
        outputs = outputs_of(configuration.load(options.config))
    elif options.pcm:
        outputs = [Fifo("pcm", (DEFAULT_ZONE,), path=options.pcm, delay=options.delay / 1000)]
    else:
        outputs = [soundcard.SoundCard("card", (DEFAULT_ZONE,), device=options.device, buffer=options.buffer / 1000)]
    engine = Engine(SystemClock(), outputs, allow=lambda *_: Open(), on_event=tell)
    engine.start()
    for number, instant in enumerate(instants):
        wait = (instant - ARM_AHEAD - SystemClock().now()).total_seconds()
        time.sleep(max(0.0, wait))  # noqa: TID251 - a bench runs in real time
        parts = (sound,) * options.times
        engine.arm(Programme(str(number), DEFAULT_ZONE, Priority.NORMAL, parts), instant)
    for _ in instants:
        ended.acquire()
    engine.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
