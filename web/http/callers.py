"""Who sends a request, told by its head alone: a person by their session, a program by its key, else an address.

It is asked once for each request, before its body and before a thread takes it, so it reads one row at most and
remembers the answer for a moment. What a caller may do is the page's to decide; here it only says whose limits count.
"""

import ipaddress
import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.http import parse_cookie

from scheduler.core.announcement.approval import ACTS, may
from scheduler.core.model import Person
from scheduler.kernel.errors import LoaError
from scheduler.station import Station
from web.auth import COOKIE

__all__ = ["Caller", "Callers", "known", "stranger"]

log = logging.getLogger(__name__)

REMEMBERED = 5.0
"""Seconds for which a session or a key that was found is not looked up again."""
STALE = 600.0
"""Seconds for which it is still believed while the rows cannot be read."""
MOST_KEPT = 1000
_ACTING = ACTS - {"see"}
_NETWORK_V6 = 64
"""One subscriber has at least so many bits of addresses to himself (RFC 6177)."""


@dataclass(frozen=True, slots=True)
class Caller:
    key: str
    """Whose limits count: one for each person, program, or address of a stranger."""
    person: Person | None = None
    acts: bool = False
    """Whether it may do more than look."""

    @property
    def is_known(self) -> bool:
        """Whether it is a person who has signed in, or a program with a key."""
        return self.person is not None

    def may(self, act: str) -> bool:
        """Whether its role, and its key, leave it this act; zones are the desk's to ask."""
        one = self.person
        return one is not None and may(one.role, act) and (one.scope is None or act in one.scope)


def known(key: str, person: Person) -> Caller:
    """Somebody who has shown a session or a key that opens something."""
    found = Caller(key, person)
    return Caller(key, person, any(found.may(act) for act in _ACTING))


def stranger(address: str) -> Caller:
    """Somebody who has shown nothing yet; of IPv6 a subscriber's whole network counts as one."""
    try:
        found = ipaddress.ip_address(address.strip().strip("[]").partition("%")[0])
    except ValueError:
        return Caller(f"address {address[:60]}")
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or ipaddress.ip_network((found, _NETWORK_V6), strict=False).network_address
    return Caller(f"address {found}")


class Callers:
    """Whom the heads of requests belong to; used by the server's loop."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[Caller, float]] = OrderedDict()

    def of(self, headers: Mapping[str, str], address: str) -> Caller:
        """`headers`: names as in WSGI, without HTTP_. Never raises: what cannot be read is a stranger's."""
        shown = parse_cookie(headers.get("COOKIE", "")).get(COOKIE, "")
        scheme, _, secret = headers.get("AUTHORIZATION", "").partition(" ")
        if scheme.lower() == "bearer" and secret:
            shown = f"bearer {secret.strip()[:200]}"
        if not shown:
            return stranger(address)
        mono = self._station.clock.monotonic()
        with self._lock:
            kept = self._kept.get(shown)
        if kept and mono - kept[1] < REMEMBERED:
            return kept[0]
        try:
            found = self._found(shown)
        except (LoaError, sqlite3.Error) as error:
            log.warning("who calls cannot be read: %s", error)
            return kept[0] if kept and mono - kept[1] < STALE else stranger(address)
        self._keep(shown, found, mono)
        return found or stranger(address)

    def _found(self, shown: str) -> Caller | None:
        if shown.startswith("bearer "):
            use = self._station.services.tokens.holder(shown.removeprefix("bearer "))
            return known(f"key {use.token.id}", use.actor) if use else None
        session = self._station.services.sessions.of(shown)
        return known(f"person {session.person.id}", session.person) if session else None

    def _keep(self, shown: str, found: Caller | None, mono: float) -> None:
        with self._lock:
            self._kept.pop(shown, None)
            if found is not None:
                self._kept[shown] = found, mono
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
