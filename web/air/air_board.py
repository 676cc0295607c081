"""What every page shows of the air: looked at once for all of them, drawn only when it says something else.

Pages that are drawn or open at the same time share one look and one drawing for each role; of a person nothing is in
it but which tasks are left out. A page that is drawn has what has changed by then: a sign of life is looked at alone,
rows only where one is another. The clock is added when it is sent. That a second has passed is no change: the browser
counts by itself.
"""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import current_app

from scheduler.core.announcement import approval
from scheduler.core.model import Person, Role
from scheduler.core.station.tasks import PutOff, Share, Task, is_hidden, share_of
from scheduler.kernel.errors import Refused
from scheduler.services import OnAir
from web.auth import services, station
from web.formats import clock_words, local
from web.language import language
from web.words.on_air import air_words, next_words
from web.words.task_words import TodoTold, todo_told
from web.words.today import today_words

__all__ = ["Board", "Drawn", "board", "clock_told"]

LOOK_EVERY = 0.5
"""Seconds between two looks at what the processes say, however many pages are open."""
DAY_EVERY = 5.0
"""Seconds between two looks at the day and its tasks, while no row is another and the air is as it was."""
DRIFT_MS = 3000
"""An airing whose measured sound has fallen this far behind the clock is drawn anew."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What pages are told: `bar` to every page, `lists` to the live page as well. `serial` grows with each change."""

    serial: int
    bar: str
    lists: str


class _Sight(threading.local):
    """What a thread has seen last of something that changes, and since when. Rows have versions for each thread alone:
    a look counts that came behind this thread's first sight of its version, for as long as that is the newest.
    """

    marks: object = None
    since = float("-inf")

    def outdates(self, looked: float | None, marks: object, mono: float) -> bool:
        """Whether what was looked at then may be another by now."""
        if marks != self.marks:
            self.marks, self.since = marks, mono
            return True
        return looked is None or looked < self.since


class Board:
    """The one board of an application."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked: float | None = None
        """When somebody looked at the air last."""
        self._day_looked: float | None = None
        self._air: dict[str, Any] = {}
        self._next: dict[str, Any] = {}
        self._day: dict[str, Any] = {}
        self._waiting = 0
        self._rows, self._life = _Sight(), _Sight()
        self._still: object = None
        """What the words of the air were made of, as far as it does not pass by itself."""
        self._shared: dict[Person, dict[str, Share]] = {}
        """What each person has to do with the tasks of this day, as it was asked for."""
        self._day_of: object = None
        """What of the air the day was looked at with."""
        self._key: object = None
        self._serial = 0
        self._drawn: dict[tuple[Role, str, frozenset[tuple[str, Share]]], Drawn] = {}

    def look(self, person: Person) -> Drawn:
        """The board as a person sees it; at most every LOOK_EVERY seconds somebody really looks."""
        with self._lock:
            self._look()
            shares = self._seen_by(person)
            place = person.role, language(), frozenset(shares.items())
            if place not in self._drawn:
                words = self._words() | {"may": _may(person.role), "todos": self._todos(shares)}
                self._drawn[place] = Drawn(self._serial, _draw("bar_told", words), _draw("lists_told", words))
            return self._drawn[place]

    def words(self) -> dict[str, Any]:
        """What there is to be told at this very moment, for a page that is drawn; everybody else reads it too."""
        with self._lock:
            self._look(at_once=True)
            return self._words() | clock_words()

    def bar(self) -> dict[str, Any]:
        """Of that the words of the bar; they are there, too, where rows that only other words need cannot be read."""
        with self._lock:
            try:
                self._look(at_once=True)
            except (Refused, ValueError, sqlite3.Error):
                on_air = services().air.on_air()
                return air_words(on_air, services().faults.seen()) | next_words(on_air) | clock_words()
            return self._air | self._next | clock_words()

    def waiting(self) -> int:
        """How much waits for a leader, as it was looked at last: a page that is drawn asks for its bar first."""
        with self._lock:
            self._look()
            return self._waiting

    def shares_of(self, person: Person) -> dict[str, Share]:
        """Key of each task that is told to a person, put off or not -> what they have to do with it."""
        with self._lock:
            self._look()
            return self._shares(person)

    def to_do(self, person: Person) -> int:
        """How much a person has to do or waits for, as it was looked at last."""
        with self._lock:
            self._look()
            return sum(share is not Share.KNOWS for share in self._seen_by(person).values())

    def _words(self) -> dict[str, Any]:
        return self._air | self._next | self._day

    def _look(self, *, at_once: bool = False) -> None:
        """Look at what may be another by now. `at_once`: for a page that is drawn, which waits for no LOOK_EVERY."""
        clock = station().clock
        mono, now = clock.monotonic(), clock.now()
        is_due = self._looked is None or mono - self._looked >= LOOK_EVERY
        if not is_due and not at_once:
            return
        (rows, life), step = services().marks(), round(now.timestamp() - mono, 1)
        if self._rows.outdates(self._day_looked, (rows, step), mono):
            self._day_looked = None
        is_news = self._life.outdates(self._looked, (life, step), mono)
        if is_due or is_news or self._day_looked is None:
            self._looked = None
            self._look_anew(mono, now)
            self._looked = mono
            if (key := _key(self._words())) != self._key:
                self._key, self._serial, self._drawn = key, self._serial + 1, {}

    def _look_anew(self, mono: float, now: datetime) -> None:
        """At the air in any case; at the day where a row, the air or the date is another, or DAY_EVERY is over."""
        on_air, faults = services().air.on_air(), services().faults.seen()
        still = replace(on_air, at=None), faults, services().config
        if on_air.airings or still != self._still:
            self._air, self._still = air_words(on_air, faults), still
        self._air |= {"on_air": on_air, "now": now}
        day_of, following = _day_key(on_air, now), self._next.get("next_slot")
        is_over = self._day_looked is None or mono - self._day_looked >= DAY_EVERY
        if is_over or day_of != self._day_of or (following and following.start <= now):
            self._day_looked = None
            self._waiting = services().waiting.counts().total
            self._next, self._day, self._day_of = next_words(on_air), today_words(), day_of
            self._shared = {}
            self._day_looked = mono

    def _shares(self, person: Person) -> dict[str, Share]:
        if person not in self._shared:
            alone: bool = self._day["one_officer"]
            told = {task.key: share_of(task, person, one_officer=alone) for task in self._day["tasks"]}
            self._shared[person] = {key: share for key, share in told.items() if share}
        return self._shared[person]

    def _seen_by(self, person: Person) -> dict[str, Share]:
        """The same without what the person has put off."""
        off: dict[str, PutOff] = self._day["put_offs"].get(person.id, {})
        now: datetime = self._air["now"]
        tasks: list[Task] = self._day["tasks"]
        hidden = {task.key for task in tasks if task.key in off and is_hidden(task, off[task.key], now)}
        return {key: share for key, share in self._shares(person).items() if key not in hidden}

    def _todos(self, shares: dict[str, Share]) -> list[TodoTold]:
        now, who_mends = self._air["now"], self._day["who_mends"]
        told = (task for task in self._day["tasks"] if task.key in shares)
        return [todo_told(task, shares[task.key], now, who_mends) for task in told]


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


def _day_key(on_air: OnAir, now: datetime) -> object:
    """What of the air the tasks and the next airing are told by, and the date."""
    outputs = [(one["name"], one["state"], one.get("message"), one.get("unheard")) for one in on_air.outputs]
    sounding = [one["slot_id"] for one in on_air.airings]
    return on_air.alive, on_air.clock_trusted, on_air.clock_ahead, on_air.fault, outputs, sounding, local(now).date()


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
        words["who_mends"],
        [(person_id, sorted(off)) for person_id, off in words["put_offs"].items()],
        words["last_heard"],
    )


def _airing_key(airing: dict[str, Any]) -> object:
    return airing["slot_id"], airing["title"], airing["total_ms"], airing["started_ms"] // DRIFT_MS


def _row_key(row: dict[str, Any]) -> object:
    return row["id"], row["start"], row["title"], row["length_ms"], row["outcome"], row["why"], row["again"]
