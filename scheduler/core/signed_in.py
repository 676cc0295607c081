"""Who is signed in at which browser.

Pure: how a session is proved is the store's, what it allows is asked of the role.
"""

from datetime import datetime
from typing import NamedTuple

from scheduler.core.model import Person

__all__ = ["DEVICE_DAYS", "OpenSession", "SignedIn", "WebSession"]

DEVICE_DAYS = 90
"""Days that a device stays known after the newest sign-in on it."""


class WebSession(NamedTuple):
    """Who the cookie of a request is."""

    person: Person
    csrf: str
    id: int = 0
    must_change: bool = False
    """Their password is temporary: nothing else before it is changed."""


class OpenSession(NamedTuple):
    """A session as its owner sees it."""

    id: int
    address: str
    device: str
    since: datetime
    seen: datetime


class SignedIn(NamedTuple):
    token: str
    person: Person
    device: str
    """What the device keeps so that it is known next time."""
