"""A form acts once: where its first sending led, every other one leads.

What an ordinary act is kept by is a row. An emergency or a stop waits for nobody who holds the database: it is kept in
mind as well, and as a row where that is taken at once.
"""

import threading
from collections.abc import Callable
from datetime import datetime

from flask import Response, make_response, redirect
from flask.typing import ResponseReturnValue as Answer

from scheduler.core.model import Person
from scheduler.kernel.errors import Refused
from scheduler.store import People
from scheduler.store.unwritten import UnwrittenActs

__all__ = ["once", "once_in_red"]

TWIN_PAUSE = 0.1
"""Seconds between two looks at whether the first sending of a form has ended."""
PAUSE = threading.Event()
"""Never set: waiting for it is a pause."""


def once(people: People, person: Person, key: str, view: Callable[[], Answer], waits: int, now: datetime) -> Answer:
    """Do it, or lead where it led. `waits`: how often a twin looks again. Raises Refused under_way."""
    before = _first_answer(lambda: people.act_once(key, person, now), waits)
    if before:
        return redirect(before, 303)
    if before is not None:
        raise Refused("under_way")
    led: str | None = None
    try:
        answer, led = _answered(view)
        return answer
    finally:
        people.act_done(key, led)


def once_in_red(
    people: People,
    acts: UnwrittenActs,
    if_taken: Callable[[Callable[[], object]], bool],
    person: Person,
    key: str,
    view: Callable[[], Answer],
    waits: int,
    now: datetime,
) -> Answer:
    """The same without waiting for the database. `if_taken`: does a write that may be refused just now."""
    before = _first_answer(lambda: acts.begin(key), waits)
    mine = before is None
    before = people.act_led(key, person) if mine else before
    led: str | None = before or None
    try:
        if before:
            return redirect(before, 303)
        if before is not None:
            raise Refused("under_way")
        if_taken(lambda: people.act_once(key, person, now))
        answer, led = _answered(view)
        return answer
    finally:
        if mine:
            acts.done(key, led)
            if_taken(lambda: people.act_done(key, led))


def _first_answer(begin: Callable[[], str | None], waits: int) -> str | None:
    """Where the first sending of this form led; None = this is the first, and the act is ours to do."""
    before = begin()
    for _ in range(waits):  # a double click: the twin is a moment ahead
        if before != "":
            break
        PAUSE.wait(TWIN_PAUSE)
        before = begin()
    return before


def _answered(view: Callable[[], Answer]) -> tuple[Response, str | None]:
    """The answer of an act, and where it leads; None = it was refused, and its form may be sent again."""
    answer = make_response(view())
    if answer.status_code not in {301, 302, 303}:
        return answer, None
    answer.status_code = 303
    return answer, answer.location
