"""What a process keeps in mind while the database takes nothing: tries of codes and spent numbers.

An emergency asks for a code also while another program holds the database or its disk is full. What is kept here
counts like a row until it can be written or this process ends; it opens nothing that a row would not.
"""

import threading
from collections import OrderedDict
from datetime import datetime

__all__ = ["UnwrittenTries"]

_MOST = 10_000
"""Of each; the oldest goes."""


class UnwrittenTries:
    """Tries of codes and spent numbers. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wrong: OrderedDict[int, tuple[str, datetime]] = OrderedDict()
        self._steps: dict[int, int] = {}
        self._next = -1

    def wrong(self, budget: str, since: datetime) -> list[datetime]:
        """When wrong tries of a budget were, oldest first."""
        with self._lock:
            return [at for one, at in self._wrong.values() if one == budget and at > since]

    def add(self, budget: str, at: datetime) -> int:
        """A try, wrong until it is said to be right (its number, below zero)."""
        with self._lock:
            number, self._next = self._next, self._next - 1
            self._wrong[number] = budget, at
            while len(self._wrong) > _MOST:
                self._wrong.popitem(last=False)
            return number

    def right(self, number: int) -> None:
        """That try was right: those of its budget before it are forgotten, as rows would be."""
        with self._lock:
            budget = self._wrong.get(number, ("", None))[0]
            for one in [one for one, (kept, _) in self._wrong.items() if kept == budget]:
                del self._wrong[one]

    def spend(self, person_id: int, step: int) -> bool:
        """A number of an application is used; False where it was before."""
        with self._lock:
            if self._steps.get(person_id, -1) >= step:
                return False
            self._steps[person_id] = step
            return True

    def spent(self, person_id: int) -> int:
        """The newest step that is used and may not be in its row; -1 = none."""
        with self._lock:
            return self._steps.get(person_id, -1)
