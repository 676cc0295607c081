"""What the relay's tests share: a feed that keeps everything, a record of changes, and waiting for something to be so."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from scheduler.core.model import HOUSE_RATE

TIMEOUT = 120.0


class Kept:
    """A feed that keeps everything; also usable as what a source delivers to."""

    def __init__(self) -> None:
        self.parts: list[np.ndarray] = []
        self.came: list[float] = []
        """When each part was delivered, by its source's clock."""
        self.news = threading.Condition()

    def push(self, samples: np.ndarray) -> None:
        assert samples.dtype == np.int16
        assert samples.ndim == 1
        with self.news:
            self.parts.append(samples.copy())
            self.news.notify_all()

    def deliver(self, source: object, samples: np.ndarray, at: float) -> None:
        with self.news:
            self.came.append(at)
            self.push(samples)

    @property
    def sound(self) -> np.ndarray:
        with self.news:
            return np.concatenate([np.zeros(0, np.int16), *self.parts])

    def wait_for(self, seconds: float) -> np.ndarray:
        """Until so much sound has come."""
        wanted = seconds * HOUSE_RATE
        with self.news:
            assert self.news.wait_for(lambda: sum(map(len, self.parts)) >= wanted, TIMEOUT), "nothing came"
        return self.sound


class Changes:
    """What the chain has told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str, str]] = []
        self._news = threading.Condition()

    def __call__(self, slot_id: str, before: str, after: str, reason: str) -> None:
        with self._news:
            self.told.append((slot_id, before, after, reason))
            self._news.notify_all()

    def wait_for(self, found: Callable[[list[tuple[str, str, str, str]]], bool]) -> None:
        with self._news:
            assert self._news.wait_for(lambda: found(self.told), TIMEOUT), self.told

    def wait_until_on_air(self, place: str) -> None:
        self.wait_for(lambda told: bool(told) and told[-1][2] == place)


def children() -> set[int]:
    """Readers of a relay that this process has started and not yet seen end; what other tests keep is not theirs."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that has just ended
            found.update(map(int, (task / "children").read_text(encoding="ascii").split()))
    return set(filter(_reads, found))


def _reads(pid: int) -> bool:
    """Whether it is a reader, or has ended and nobody has asked how."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return not command or b"scheduler.playout.relay" in command


@contextlib.contextmanager
def nothing_left_behind() -> Iterator[None]:
    """No thread, process or open file more than before."""

    def now() -> tuple[set[Path], set[int], int]:
        return set(Path("/proc/self/task").iterdir()), children(), len(list(Path("/proc/self/fd").iterdir()))

    threads, processes, files = now()
    yield

    def nothing_more() -> bool:
        threads_now, processes_now, files_now = now()
        return threads_now <= threads and processes_now <= processes and files_now <= files

    until(nothing_more)


def until(found: Callable[[], bool]) -> None:
    """Look again and again until it is so."""
    pause = threading.Event()
    for _ in range(round(TIMEOUT / 0.02)):
        if found():
            return
        pause.wait(0.02)
    raise AssertionError("it never came to be")


def pitch_of(sound: np.ndarray) -> int:
    """The strongest frequency of the last half second, in Hz."""
    last = sound[-HOUSE_RATE // 2 :].astype(float)
    return int(np.abs(np.fft.rfft(last)).argmax() * HOUSE_RATE / len(last))
