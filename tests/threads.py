"""A machine that has no memory for one more thread: what is begun dies before its first line, or cannot be begun."""

import _thread
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

TIMEOUT = 30.0
_usual = _thread.start_new_thread


class Starved:
    """While `lacks`, no thread begins."""

    def __init__(self) -> None:
        self.lacks = False
        self.refuses = False
        """It says so, in place of a thread that dies at once."""
        self.spares = 0
        """So many begin all the same."""
        self.tried = 0

    def start(self, work: Callable[..., object], arguments: tuple[object, ...] = (), *rest: object) -> int:
        if not self.lacks or self.spares > 0:
            self.spares -= self.lacks
            return _usual(work, arguments, *rest)  # type: ignore[arg-type]  # as it came
        self.tried += 1
        if self.refuses:
            raise RuntimeError("can't start new thread")
        return _usual(lambda: None, ())


@contextmanager
def starved(monkeypatch: pytest.MonkeyPatch) -> Iterator[Starved]:
    """Every way to begin a thread goes through it, those of `threading` too."""
    made = Starved()
    with monkeypatch.context() as patched:
        patched.setattr(_thread, "start_new_thread", made.start)
        for name in ("_start_new_thread", "_start_joinable_thread"):
            patched.setattr(threading, name, lambda work, *_, **__: made.start(work), raising=False)
        yield made


class Asking:
    """A thread that was there before the memory was gone, and does one thing when it is told to."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act, self._go, self.is_done = act, threading.Event(), threading.Event()
        self.answer: object = None
        self.error: BaseException | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        self._go.wait()
        try:
            self.answer = self._act()
        except BaseException as error:  # noqa: BLE001 - it is given to who asks
            self.error = error
        self.is_done.set()

    def ask(self) -> object:
        """What it brings. Raises what it raises; an AssertionError where it never ends."""
        self._go.set()
        assert self.is_done.wait(TIMEOUT), "it waits for ever"
        if self.error is not None:
            raise self.error
        return self.answer
