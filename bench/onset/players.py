"""The ways of playing that are compared: what each wants on the machine, and how it is started.

A player is a program that reads a schedule (one epoch second a line) and sounds a file at each instant, `items` times in
a row. Everything else (sound server, priorities, scoring) is the same for all.
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLAY_AT = HERE.parent / "play_at.py"
OURS = "Loa Phường"


@dataclass(frozen=True)
class Task:
    schedule: Path
    wav: Path
    mp3: Path | None
    items: int
    fifo: Path | None = None
    delay: float = 0.0
    """Seconds that the reader of `fifo` takes until it sounds a frame."""


@dataclass(frozen=True)
class Player:
    key: str
    name: str
    command: Callable[[Task], list]
    needs: tuple[str, ...] = ()
    """Programs on the PATH."""
    modules: tuple[str, ...] = ()
    driven: bool = False
    """The first process only drives it (a timer); its memory is not the player's."""

    def absent(self):
        """What it wants and is not here."""
        return [
            *(name for name in self.needs if shutil.which(name) is None),
            *(name for name in self.modules if find_spec(name) is None),
        ]


def _ours(task):
    where = ["--pcm", task.fifo, "--delay", round(task.delay * 1e3)] if task.fifo else ["--system", "pulse"]
    return [sys.executable, PLAY_AT, task.schedule, task.wav, "--times", task.items, *where]


def _ours_unprivileged(task):
    # Real-time priority is asked for by the engine itself; without the capability it is refused, root or not.
    return ["prlimit", "--rtprio=0", "setpriv", "--bounding-set=-sys_nice", *_ours(task)]


def _timer(*command):
    def line(task):
        return [sys.executable, HERE / "punctual.py", task.schedule, task.items, "--", *command, task.wav]

    return line


def _naive(kind):
    def line(task):
        return [sys.executable, HERE / "naive.py", task.schedule, getattr(task, kind), task.items]

    return line


def _liquidsoap(output):
    def line(task):
        return [sys.executable, HERE / "liquidsoap_push.py", task.schedule, task.wav, task.items, output]

    return line


PLAYERS = (
    Player("loa", f"**{OURS}**", _ours),
    Player("loa-plain", f"**{OURS}**, real-time refused", _ours_unprivileged, ("prlimit", "setpriv")),
    Player("paplay", "timer + `paplay`", _timer("paplay"), ("paplay",), driven=True),
    Player("aplay", "timer + `aplay`", _timer("aplay", "-q", "-D", "pulse"), ("aplay",), driven=True),
    Player("naive-wav", "APScheduler + pydub, WAV", _naive("wav"), ("ffplay",), ("apscheduler", "pydub")),
    Player("naive-mp3", "APScheduler + pydub, MP3", _naive("mp3"), ("ffplay", "ffmpeg"), ("apscheduler", "pydub")),
    Player(
        "liquidsoap-pulse",
        "Liquidsoap, `output.pulseaudio`",
        _liquidsoap("output.pulseaudio(s)"),
        ("liquidsoap",),
        driven=True,
    ),
    Player(
        "liquidsoap-alsa",
        "Liquidsoap, `output.alsa`",
        _liquidsoap('output.alsa(device="pulse", s)'),
        ("liquidsoap",),
        driven=True,
    ),
)
