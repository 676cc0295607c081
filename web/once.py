"""A form acts once: where its first sending led, every other one leads.

What was sent is kept by `ActsOnce`; here a twin waits a moment for the first, and is led where that led.
"""

import threading
from collections.abc import Callable

from flask import Response, make_response, redirect
from flask.typing import ResponseReturnValue as Answer

from scheduler.core.model import Person
from scheduler.kernel.errors import Refused
from scheduler.services.people.acts_once import ActsOnce

__all__ = ["once"]

TWIN_PAUSE = 0.1
"""Seconds between two looks at whether the first sending of a form has ended."""
PAUSE = threading.Event()
"""Never set: waiting for it is a pause."""


def once(
    acts: ActsOnce, person: Person, key: str, view: Callable[[], Answer], waits: int, *, red: bool = False
) -> Answer:
    """Do it, or lead where it led. `waits`: how often a twin looks again; `red`: without waiting for the database.

    Raises Refused under_way.
    """
    before = _first_answer(lambda: acts.begin(key, person, red=red), waits)
    if before:
        return redirect(before, 303)
    if before is not None:
        if red:  # an emergency whose process died in the middle of it is one press more
            acts.forget_dead(key)
        raise Refused("under_way")
    led: str | None = None
    try:
        answer, led = _answered(view)
        return answer
    finally:
        acts.end(key, led)


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
