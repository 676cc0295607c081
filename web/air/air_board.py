"""What every page shows of the air: looked at once for all of them, drawn only when it says something else.

Pages that are drawn or open at the same time share one look at the rows and one drawing for each role; of a person
nothing is in it but which tasks are left out. A page that is drawn has what has changed by then. The clock is added
when it is sent. That a second has passed is no change: the browser counts by itself.
"""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app

from scheduler.core.announcement import approval
from scheduler.core.model import Person, Role
from scheduler.core.station.tasks import PutOff, Task, is_hidden, is_of
from scheduler.kernel.errors import Refused
from web.auth import services, station
from web.language import language
from web.words.on_air import bar_words, clock_words
from web.words.task_words import todo_told
from web.words.today import today_words

__all__ = ["Board", "Drawn", "board", "clock_told"]

LOOK_EVERY = 0.5
"""Seconds between two looks at the rows, however many pages are open."""
DRIFT_MS = 3000
"""An airing whose measured sound has fallen this far behind the clock is drawn anew."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What pages are told: `bar` to every page, `lists` to the live page as well. `serial` grows with each change."""

    serial: int
    bar: str
    lists: str


class _Seen(threading.local):
    """What a thread has seen last of everything that changes, and since when."""

    marks: object = None
    since = float("-inf")


class Board:
    """The one board of an application."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked: float | None = None
        self._words: dict[str, Any] = {}
        self._bar: frozenset[str] = frozenset()
        """Which of them the bar has."""
        self._waiting = 0
        self._seen = _Seen()
        self._key: object = None
        self._serial = 0
        self._drawn: dict[tuple[Role, str, frozenset[str]], Drawn] = {}

    def look(self, person: Person) -> Drawn:
        """The board as a person sees it; at most every LOOK_EVERY seconds somebody really looks at the rows."""
        with self._lock:
            self._look()
            hidden = self._hidden(person.id)
            place = person.role, language(), hidden
            if place not in self._drawn:
                todos = [todo_told(task, self._words["now"]) for task in self._words["tasks"] if task.key not in hidden]
                words = self._words | {"may": _may(person.role), "todos": todos}
                self._drawn[place] = Drawn(self._serial, _draw("bar_told", words), _draw("lists_told", words))
            return self._drawn[place]

    def words(self) -> dict[str, Any]:
        """What there is to be told at this very moment, for a page that is drawn; everybody else reads it too."""
        with self._lock:
            self._look_if_changed()
            return self._words | clock_words()

    def bar(self) -> dict[str, Any]:
        """Of that the words of the bar; they are there, too, where rows that only other words need cannot be read."""
        with self._lock:
            try:
                self._look_if_changed()
            except (Refused, ValueError, sqlite3.Error):
                return bar_words() | clock_words()
            return {name: self._words[name] for name in self._bar} | clock_words()

    def waiting(self) -> int:
        """How much waits for a leader, at this very moment."""
        with self._lock:
            self._look_if_changed()
            return self._waiting

    def tasks_of(self, person: Person) -> list[Task]:
        """What a person has to do, as it was looked at last."""
        with self._lock:
            self._look()
            hidden = self._hidden(person.id)
            tasks: list[Task] = self._words["tasks"]
            return [task for task in tasks if task.key not in hidden]

    def _look_if_changed(self) -> None:
        """Rows have versions for each thread alone: the look counts that came behind this thread's first sight of its
        version, for as long as that is the newest.
        """
        clock = station().clock
        mono = clock.monotonic()
        marks = services().marks(), round(clock.now().timestamp() - mono, 1)
        if marks != self._seen.marks:
            self._seen.marks, self._seen.since = marks, mono
            self._looked = None
        elif self._looked is not None and self._looked < self._seen.since:
            self._looked = None
        self._look()

    def _look(self) -> None:
        mono = station().clock.monotonic()
        if self._looked is None or mono - self._looked >= LOOK_EVERY:
            bar, self._waiting = bar_words(), services().waiting.counts().total
            self._bar, self._words = frozenset(bar), bar | today_words()
            self._looked = mono
            if (key := _key(self._words)) != self._key:
                self._key, self._serial, self._drawn = key, self._serial + 1, {}

    def _hidden(self, person_id: int) -> frozenset[str]:
        """The tasks that a person has put off, and those that are somebody else's alone."""
        off: dict[str, PutOff] = self._words["put_offs"].get(person_id, {})
        now: datetime = self._words["now"]
        tasks: list[Task] = self._words["tasks"]
        return frozenset(
            task.key for task in tasks if not is_of(task, person_id) or is_hidden(task, off.get(task.key), now)
        )


def board() -> Board:
    """The board of this application."""
    found: Board = current_app.extensions["board"]
    return found


def clock_told() -> str:
    """The station's clock at the moment it is sent."""
    return _draw("clock_told", clock_words())


def _draw(name: str, words: dict[str, Any]) -> str:
    """A fragment from these words alone: no person and no request is in reach."""
    return current_app.jinja_env.get_template(f"live/{name}.html").render(**words)


def _may(role: Role) -> Callable[[str], bool]:
    return lambda act: approval.may(role, act)


def _key(words: dict[str, Any]) -> object:
    """All that is shown, without what passes by itself."""
    on_air, following, health = words["on_air"], words["next_slot"], words["health"]
    outputs = [(one["name"], one["kind"], one["state"], one["message"], one["dropped"]) for one in health["outputs"]]
    relays = [(one["slot_id"], one.get("source"), one.get("state"), one["why"]) for one in health["relays"]]
    return (
        words["station_faults"],
        (on_air.alive, on_air.clock_trusted, outputs, relays, health["amplifier"]),
        [_airing_key(one) for one in words["airings"]],
        (following.id, following.start, following.length, words["next_title"]) if following else None,
        words["today"],
        [_row_key(row) for row in (*words["coming"], *words["gone"])],
        words["tasks"],
        [(person_id, sorted(off)) for person_id, off in words["put_offs"].items()],
        words["last_heard"],
    )


def _airing_key(airing: dict[str, Any]) -> object:
    return airing["slot_id"], airing["title"], airing["total_ms"], airing["started_ms"] // DRIFT_MS


def _row_key(row: dict[str, Any]) -> object:
    return row["id"], row["start"], row["title"], row["length_ms"], row["outcome"], row["why"], row["again"]
