"""A real station with a FIFO that a test hears, for what must sound whatever the database, the disk or the page do."""

import os
import threading
from pathlib import Path

import numpy as np

from scheduler.kernel.clock import SystemClock

CLOCK = SystemClock()


class Ears:
    """What comes out of a FIFO output: when it was not silent, by the monotonic clock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._heard: list[tuple[float, np.ndarray]] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self.path.exists() and not self._ending.wait(0.05):
            pass
        if self._ending.is_set():
            return
        pipe = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        while not self._ending.wait(0.005):
            try:
                data = os.read(pipe, 65_536)
            except BlockingIOError:
                continue
            if len(data) > 1:
                block = np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")
                if np.abs(block.astype(np.int32)).max(initial=0) > 2:
                    with self._lock:
                        self._heard.append((CLOCK.monotonic(), block))
        os.close(pipe)

    def first_after(self, mark: float) -> float | None:
        """When the first sound came after an instant; None = none yet."""
        with self._lock:
            return next((at for at, _ in self._heard if at >= mark), None)

    def when(self, sound: np.ndarray, mark: float) -> float | None:
        """When this very stretch of sound, no frame of which is silent, came after an instant; None = it has not."""
        with self._lock:
            heard = [(at, block) for at, block in self._heard if at >= mark]
        found = b"".join(block.tobytes() for _, block in heard).find(sound.tobytes())
        for at, block in heard if found >= 0 else ():
            if found < 2 * len(block):
                return at
            found -= 2 * len(block)
        return None

    def seconds_after(self, mark: float) -> float:
        """Seconds of sound, pauses left out, since an instant."""
        with self._lock:
            return sum(len(block) for at, block in self._heard if at >= mark) / 48_000

    def last(self) -> float:
        with self._lock:
            return self._heard[-1][0] if self._heard else float("-inf")

    def close(self) -> None:
        self._ending.set()
        self._thread.join(5)
