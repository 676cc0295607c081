"""A call that may hang for ever (a stopped sound server, a dead name server), waited for no longer than some seconds.

The call runs on a thread of its own. One that is overdue is left behind: nothing can end a thread that hangs in a C
library. There is at most one such thread; until it comes back no further one is started, and what it then brings is put
away.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from scheduler.kernel.beside import Beside
from scheduler.kernel.errors import OutputError

__all__ = ["CallTimeout"]

T = TypeVar("T")


class _Call(Generic[T]):
    """One call, its answer, and whether anybody still waits for it."""

    def __init__(self, act: Callable[[], T], put_away: Callable[[T], object]) -> None:
        self._act = act
        self._put_away = put_away
        self._lock = threading.Lock()
        self._is_abandoned = False
        self.is_done = threading.Event()
        self.answer: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            answer = self._act()
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits, or nobody's
            self.error = error
        else:
            with self._lock:
                if not self._is_abandoned:
                    self.answer.append(answer)
            if not self.answer:
                self._put_away(answer)
        self.is_done.set()

    def abandon(self) -> bool:
        """Stop waiting; False when it came back at the last moment."""
        with self._lock:
            if self.answer or self.error:
                return False
            self._is_abandoned = True
            return True


class CallTimeout:
    """Waits `seconds` at most for a call; `what` names it in the error."""

    def __init__(self, what: str, seconds: float) -> None:
        self._what = what
        self._seconds = seconds
        self._thread: Beside | None = None

    def call(self, act: Callable[[], T], put_away: Callable[[T], object]) -> T:
        """What `act` returns or raises; OutputError when it takes too long. A late answer is given to `put_away`."""
        if self._thread is not None and self._thread.lives:
            raise OutputError(f"{self._what} still hangs since an earlier try; restart the server behind it")
        call = _Call(act, put_away)
        # Real-time priority passes on to it: the threads that a sound library starts in there carry the sound.
        self._thread = Beside(call.run, self._what)
        if not self._thread.begins():
            raise OutputError(f"{self._what} could not be begun: this machine has no memory or thread left for it")
        if not call.is_done.wait(self._seconds) and call.abandon():
            what = f"{self._what} gave no answer within {self._seconds:g} s; is the server behind it stopped or stuck?"
            raise OutputError(what)
        self._thread.join(self._seconds)
        if call.error is not None:
            raise call.error
        return call.answer[0]
