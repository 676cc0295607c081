"""One player measured once: schedule out, player started, sound captured, figures back.

The instants lie on odd fractions of a second, so that nothing that ticks in whole seconds is flattered.
"""

import os
import random
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from running import CLOCK, pause

from onset import priority
from onset.capture import FifoCard, Monitor
from onset.players import Task
from onset.scoring import Onsets, Tone, onsets, tone
from onset.usage import Meter

BENCH = Path(__file__).resolve().parents[1]
LEAD = 25.0
"""Seconds from the start of a player to the first instant: all of them are up by then, and a stream that stays open, as a
station's does for days, has told its delay for a while."""
_LISTEN_FIRST = 1.5
_TAIL = 2.5
_SEED = 1


@dataclass(frozen=True)
class Course:
    """What a player has to play."""

    n: int
    items: int
    gap: float
    """Seconds between instants, give or take half a second."""
    quiet: float
    """Seconds of silence after which a sound is no item of the last sequence."""

    def instants(self, first):
        odd = random.Random(_SEED)
        return [round(first + number * self.gap + odd.random(), 4) for number in range(self.n)]


def singles(n):
    return Course(n, items=1, gap=2.5, quiet=0.15)


def sequences(n):
    return Course(n, items=3, gap=5.5, quiet=1.5)


@dataclass(frozen=True)
class Measured:
    heard: Onsets | Tone
    cpu: float
    """Percent of one core between the first and the last instant."""
    rss: float
    """MB, the most seen."""
    underruns: int = 0
    log: str = ""


def with_bench_on_path(environment):
    """Players are scripts in folders below bench/ and share its modules."""
    path = [str(BENCH), *filter(None, [environment.get("PYTHONPATH")])]
    return {**environment, "PYTHONPATH": os.pathsep.join(path)}


@dataclass(frozen=True)
class Rig:
    """Where the players play: `environment` leads them to the sink; `realtime`: they may have our priority."""

    folder: Path
    environment: dict
    wav: Path
    mp3: Path | None = None
    realtime: bool = False
    card_buffer: float | None = None
    """Not None: no sound server, this is the sound card, with so many seconds of buffer, which the player is told."""

    def _ears(self, fifo):
        if self.card_buffer is None:
            return Monitor(self.environment)
        fifo.unlink(missing_ok=True)
        return FifoCard(fifo, self.card_buffer)

    def measure(self, player, course):
        ears = self._ears(self.folder / "card.fifo")
        pause(_LISTEN_FIRST)
        instants = course.instants(CLOCK.now().timestamp() + LEAD)
        schedule = self.folder / "schedule.txt"
        schedule.write_text("".join(f"{instant:.6f}\n" for instant in instants), encoding="ascii")
        fifo = self.folder / "card.fifo" if self.card_buffer is not None else None
        command = player.command(Task(schedule, self.wav, self.mp3, course.items, fifo, self.card_buffer or 0.0))
        recording, cpu, rss, log = self._play(command, player, ears, instants)
        # The onset of a sequence is that of its first item; its span decides what is an item of it.
        heard = onsets(recording, instants, course.quiet)
        return Measured(heard, cpu, rss, getattr(ears, "underruns", 0), log)

    def listen_to_tone(self, player, wav, items, seconds):
        """`items` parts of a tone without an end, `seconds` altogether."""
        ears = self._ears(self.folder / "card.fifo")
        pause(_LISTEN_FIRST)
        instant = CLOCK.now().timestamp() + LEAD
        schedule = self.folder / "schedule.txt"
        schedule.write_text(f"{instant:.6f}\n", encoding="ascii")
        fifo = self.folder / "card.fifo" if self.card_buffer is not None else None
        command = player.command(Task(schedule, wav, None, items, fifo, self.card_buffer or 0.0))
        recording, cpu, rss, log = self._play(command, player, ears, [instant, instant + seconds])
        return Measured(tone(recording), cpu, rss, getattr(ears, "underruns", 0), log)

    def _play(self, command, player, ears, instants):
        path = self.folder / "player.log"
        with path.open("wb") as log:
            process = priority.start(command, with_bench_on_path(self.environment), log, realtime=self.realtime)
            meter = Meter(process.pid, below=player.driven)
            pause(instants[-1] + _TAIL - CLOCK.now().timestamp())
            cpu, rss = meter.stop(instants[0], instants[-1] + _TAIL)
            _end(process)
        pause(0.3)
        return ears.stop(), cpu, rss, path.read_text(errors="replace")


def _end(process):
    """The player and what it started."""
    for number, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


def spread(errors):
    """(median, 99th percentile of the distance, largest distance) in ms; nan where nothing was heard."""
    if not len(errors):
        return (float("nan"),) * 3
    distance = np.abs(errors)
    return float(np.median(errors)), float(np.percentile(distance, 99)), float(distance.max())
