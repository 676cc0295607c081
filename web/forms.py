"""What forms carry: the session's token against forgery, and the key that lets a drawn form act once.

It draws; `auth` checks what comes back.
"""

import secrets

from flask import g
from markupsafe import Markup

from scheduler.core.announcement import approval
from scheduler.core.model import Person

MOST_DIGITS = 18
"""Of a row's number: more do not fit a row, and thousands of them Python itself refuses to read."""


def act_fields() -> Markup:
    """The hidden fields of every POST form; drawn anew for each form."""
    fields = '<input type="hidden" name="csrf" value="{}"><input type="hidden" name="act" value="{}">'
    return Markup(fields).format(g.get("csrf", ""), secrets.token_urlsafe(16))  # noqa: S704 - both values are escaped by format


def number_of(typed: str) -> int | None:
    """The number of a row as an address or a form says it; None where it is nothing a row could have."""
    return int(typed) if typed.isdecimal() and len(typed) <= MOST_DIGITS else None


def may_now(act: str) -> bool:
    """May the signed-in person do this act? For showing a button; the act itself asks again."""
    person: Person | None = g.get("person")
    return person is not None and approval.may(person.role, act)
