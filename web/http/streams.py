"""The places of open event streams: so many in all, so many of one person and of one session, and room for who acts.

Whoever opens one too many loses the oldest of their own. All who only look together have half of the places, and where
none is left, one of theirs gives way to somebody who acts. What a stream tells is not known here.
"""

import threading
from dataclasses import dataclass, field

from scheduler.config.loading import Config
from web.http.callers import Caller

__all__ = ["SPARE_THREADS", "OpenStream", "Streams"]

SPARE_THREADS = 4
"""Threads that streams never take, so that pages are still answered."""


@dataclass(eq=False, slots=True)
class OpenStream:
    """One open stream; `given_up` is set when it has to end."""

    caller: Caller
    session: str
    given_up: threading.Event = field(default_factory=threading.Event)


class Streams:
    """Who has a stream open, the oldest first. Safe to call from several threads."""

    def __init__(self, config: Config) -> None:
        limits, threads = config.limits, config.web.threads
        self._most = min(config.web.max_streams, threads - SPARE_THREADS)
        self._of_one = min(limits.streams_of_one, max(min(limits.at_once, threads // 2) - 2, 1))
        self._of_session = min(limits.streams_of_session, self._of_one)
        self._lock = threading.Lock()
        self._places: list[OpenStream] = []

    def __len__(self) -> int:
        return len(self._places)

    def enter(self, caller: Caller, session: str) -> OpenStream | None:
        """A place for one more stream; None = there is none just now. Give it back with `leave`."""
        with self._lock:
            mine = [one for one in self._places if one.caller.key == caller.key]
            here = [one for one in mine if one.session == session]
            lookers = [one for one in self._places if not one.caller.acts]
            if len(here) >= self._of_session or len(mine) >= self._of_one:
                self._end((here if len(here) >= self._of_session else mine)[0])
            elif not caller.acts and len(lookers) >= max(self._most // 2, 1):
                return None
            elif len(self._places) >= self._most:
                if not (caller.acts and lookers):
                    return None
                self._end(lookers[0])
            place = OpenStream(caller, session)
            self._places.append(place)
            return place

    def leave(self, place: OpenStream) -> None:
        """Give a place back; twice is once."""
        with self._lock:
            if place in self._places:
                self._places.remove(place)

    def _end(self, place: OpenStream) -> None:
        place.given_up.set()
        self._places.remove(place)
