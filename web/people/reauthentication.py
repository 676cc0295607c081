"""Xác nhận on a form: which code an act asks of whoever is signed in, and the proof that its form carries.

The field is `people/_code.html`. Who it is, and whether a code is right, is the desk's to say; nothing is kept here.
"""

from collections.abc import Callable

from flask import request

from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import Refused
from web.auth import actor, services

__all__ = ["asked_code", "code_fault", "page_fault", "proof", "typed_code"]

MOST = 1000
"""Characters of a code that are read: a password may be long."""


def typed_code() -> str:
    """What stands in the field of the code."""
    return request.form.get("code", "")[:MOST]


def asked_code(act: str) -> str:
    """Which kind of code `act` asks of this person: totp, code, password, or none ("")."""
    return services().people.confirms(actor(), act)


def proof(act: str) -> Callable[[], None]:
    """Asks once more who it is, with the code of this form. Raises Refused: code_needed, code_wrong, code_too_often."""
    person, code = actor(), typed_code()
    return lambda: services().people.confirm(person, code, act)


def code_fault(refused: Refused | None) -> str:
    """The sentence that stands beside the field of the code; "" where something else was refused."""
    coded = refused is not None and refused.reason.startswith("code_")
    return sentence_of(refused) if coded else ""


def page_fault(refused: Refused | None) -> str:
    """The sentence of what was refused but the code; "" where it was the code, or nothing."""
    return "" if code_fault(refused) else sentence_of(refused)
