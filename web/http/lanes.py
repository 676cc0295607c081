"""The threads that answer, shared out: whose request is next, so that no one caller and no crowd takes all of them.

People who act go before those who only look, these before strangers; among equals whoever has the fewest requests
under way, then whoever came first. One caller has so many at a time, all strangers together as many as one caller, and
all who only look half of the threads. What a request does is not known here.
"""

from collections import Counter
from typing import Any

from waitress.task import ThreadedTaskDispatcher

from web.http.callers import Caller, stranger

__all__ = ["Lanes"]

STRANGERS = "strangers"
LOOKING = "looking"


class Lanes(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """Waitress's threads with another order of the queue; its tasks are connections that have a whole request."""

    def __init__(self, at_once: int) -> None:
        super().__init__()
        self._at_once = at_once
        self._busy: Counter[str] = Counter()

    def handler_thread(self, thread_no: int) -> None:
        while True:
            with self.lock:
                while self.stop_count == 0 and (task := self._next()) is None:
                    self.active_count -= 1
                    self.queue_cv.wait()
                    self.active_count += 1
                if self.stop_count > 0:
                    self.active_count -= 1
                    self.stop_count -= 1
                    self.threads.discard(thread_no)
                    self.thread_exit_cv.notify()
                    return
                lanes = self._begin(task)
            try:
                task.service()
            except BaseException:
                self.logger.exception("Exception when servicing %r", task)
            finally:
                with self.lock:
                    task.answering -= 1
                    self._busy.subtract(lanes)
                    self._busy += Counter()  # forget whoever has none
                    self.queue_cv.notify()

    def add_task(self, task: Any) -> None:
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()

    def _next(self) -> Any:
        """The task whose turn it is; None where nobody may go now."""
        best, best_rank = None, (3, 0)
        for task in self.queue:
            caller = _caller(task)
            if any(self._busy[lane] >= self._most(lane) for lane in _lanes(caller)):
                continue
            rank = 0 if caller.acts else 1 if caller.is_known else 2, self._busy[caller.key]
            if rank < best_rank:
                best, best_rank = task, rank
        return best

    def _begin(self, task: Any) -> list[str]:
        """Take a task off the queue; the lanes it takes up until it is done."""
        self.queue.remove(task)
        lanes = _lanes(_caller(task))
        self._busy.update(lanes)
        task.answering += 1
        return lanes

    def _most(self, lane: str) -> int:
        half = max(len(self.threads) // 2, 1)
        return half if lane == LOOKING else min(self._at_once, half)


def _caller(task: Any) -> Caller:
    """Whose request a connection wants answered first; a connection that has closed meanwhile has none."""
    requests = task.requests
    found = getattr(requests[0], "caller", None) if requests else None
    return found if isinstance(found, Caller) else stranger(str(task.addr[0]))


def _lanes(caller: Caller) -> list[str]:
    more = [] if caller.acts else [LOOKING]
    return [caller.key, *more, *([] if caller.is_known else [STRANGERS])]
