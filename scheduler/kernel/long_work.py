"""Long work in a thread of its own, beside one that has to go on: how far it has come, and what came of it.

The work is given a function that it calls with the share that is done; once nobody wants it any more, that call ends
it. It touches no rows: whoever waits for it writes them.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["LongWork"]

T = TypeVar("T")


class _LetGo(Exception):  # noqa: N818 - no fault: the work is not wanted any more
    pass


class LongWork(Generic[T]):
    def __init__(self, name: str, work: Callable[[Callable[[float], None]], T]) -> None:
        """`name`: of its thread. `work` runs at once."""
        self.share = 0.0
        self._work = work
        self._found: list[T] = []
        self._fault: BaseException | None = None
        self._is_let_go = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def over(self, within: float) -> bool:
        """Whether it has ended, waiting so many seconds for it."""
        self._thread.join(within)
        return not self._thread.is_alive()

    def result(self) -> T:
        """What it gave; raises what it raised, and RuntimeError while it is under way."""
        if self._fault is not None:
            raise self._fault
        if not self._found:
            raise RuntimeError("the work has not ended")
        return self._found[0]

    def let_go(self) -> None:
        """End it when it next says how far it is."""
        self._is_let_go = True

    def _run(self) -> None:
        try:
            self._found.append(self._work(self._tell))
        except BaseException as fault:  # noqa: BLE001 - handed on to whoever waits
            self._fault = fault

    def _tell(self, share: float) -> None:
        if self._is_let_go:
            raise _LetGo
        self.share = share
