"""A form or a request acts once: where its first sending led, every other one leads.

What an ordinary act is kept by is a row. An emergency or a stop waits for nobody who holds the database: it is kept in
mind as well, until this process ends, and as a row where that is taken at once.
"""

import threading
from collections import OrderedDict

from scheduler.core.model import Person
from scheduler.services.repositories import Repositories

__all__ = ["ActsOnce"]

_MOST = 10_000
"""Acts that are kept in mind; the oldest goes."""


class ActsOnce:
    def __init__(self, repos: Repositories) -> None:
        self._repos, self._people, self._in_mind = repos, repos.people, _InMind()

    def begin(self, key: str, actor: Person, *, red: bool = False) -> str | None:
        """Claim the one act of a key: None = go on; else where its first sending led ("" = it is under way).

        `red`: without waiting for the database.
        """
        now = self._repos.clock.now()
        if not red:
            return self._people.act_once(key, actor, now)
        before = self._in_mind.begin(key)
        if before is None and (before := self._people.act_led(key, actor)) is not None:
            self._in_mind.done(key, before or None)
        if before is None:
            self._repos.store.if_taken(lambda: self._people.act_once(key, actor, now))
        return before

    def end(self, key: str, led: str | None) -> None:
        """Remember where it led; None = it was refused, and may be sent again."""
        if self._in_mind.done(key, led):
            self._repos.store.if_taken(lambda: self._people.act_done(key, led))
        else:
            self._people.act_done(key, led)

    def forget_dead(self, key: str) -> None:
        """Let an act be sent again whose process died in the middle of it."""
        if not self._in_mind.knows(key):
            self._repos.store.if_taken(lambda: self._people.act_done(key, None))


class _InMind:
    """Acts that were begun in this process, and where they led. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._led: OrderedDict[str, str | None] = OrderedDict()

    def begin(self, key: str) -> str | None:
        """None = go on; else where the first try led ("" = it is still under way)."""
        with self._lock:
            if key in self._led:
                return self._led[key] or ""
            self._led[key] = None
            while len(self._led) > _MOST:
                self._led.popitem(last=False)
            return None

    def done(self, key: str, led: str | None) -> bool:
        """Remember where it led; None = it may be sent again. Whether it was begun here."""
        with self._lock:
            if key not in self._led:
                return False
            if led is None:
                del self._led[key]
            else:
                self._led[key] = led
            return True

    def knows(self, key: str) -> bool:
        """Whether it was begun here."""
        with self._lock:
            return key in self._led
