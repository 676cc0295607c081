"""Who sends a request, told by its head alone, and how much of the processor they may use.

A caller is a person by their session, a program by its key, else an address. It is asked once for each request, before
its body and before a thread takes it, so it reads one row at most and remembers the answer for a moment. What a request
used is measured by its own thread and put on its caller's account, whatever the page: some seconds at once, then a
share of one core; costly reads one by one. All who only look, strangers among them, share one account besides. An act,
the live page and the red lane are never refused. Rights are `web.auth`'s.
"""

import ipaddress
import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask, current_app, g, request
from werkzeug.http import parse_cookie

from scheduler.config.web import LimitsConfig
from scheduler.core.announcement.approval import ACTS, may
from scheduler.core.model import Person
from scheduler.features import FEATURES
from scheduler.kernel.clock import SystemClock, thread_seconds
from scheduler.kernel.errors import LoaError, Refused
from scheduler.station import Station
from web.auth import COOKIE, is_act

__all__ = ["COSTLY", "Caller", "Callers", "Pace", "begin", "install", "known", "stranger"]

log = logging.getLogger(__name__)

REMEMBERED = 5.0
"""Seconds for which a session or a key that was found is not looked up again."""
STALE = 600.0
"""Seconds for which it is still believed while the rows cannot be read."""
MOST_KEPT = 1000
_ACTING = ACTS - {"see"}
_NETWORK_V6 = 64
"""One subscriber has at least so many bits of addresses to himself (RFC 6177)."""

MOST_ACCOUNTS = 2000
WAITS = 3.0
"""Seconds for which a costly read waits for another one of the same caller, or for a free place."""
ALWAYS = frozenset({
    "auth", "live", "emergency", "microphone", "account", "metrics", None,
    *(one for feature in FEATURES for one in feature.always),
})  # fmt: skip
"""Subjects whose pages are drawn whatever their reader has used: to stop, to warn, to come in, to fetch what airs."""
FETCHED = frozenset({"static", *(one for feature in FEATURES for one in feature.fetched)})
"""The same of single addresses."""
COSTLY = frozenset({
    "announcements.listed",
    "lexicon.page", "lexicon.preview", "lexicon.outdated", "lexicon.give_out",
    "campaigns.page", "campaigns.preview", "campaigns.preview_new", "campaigns.impact", "campaigns.impact_new",
    "reports.page", "reports.download", "exports.airings", "exports.page",
    "journal.page", "journal.chain", "journal.export", "journal.verify", "audit.page",
    "schedule.page", "schedule.week", "schedule.coming", "trims.peaks", "trims.drawn", "horn.sound",
    "settings_care.deep",
    "api.announcements-listing", "api.announcements-reading", "api.campaigns-collisions", "api.campaigns-preview",
    "api.campaigns-preview_new", "api.dispatches-take_in", "api.dispatches-ledger",
    "api.journal-rows", "api.journal-of_day", "api.journal-verification", "api.journal-proof",
    "api.reports-airtime", "api.reports-form", "api.plan-of_day", "api.plan-upcoming", "api.station-health",
    *(one for feature in FEATURES for one in feature.costly),
})  # fmt: skip
"""Reads that compute or walk over many rows: one of a caller at a time, and few in all."""


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


@dataclass(slots=True)
class _Account:
    """Seconds of processor that are left, as they were at `mono`."""

    left: float
    mono: float


class Pace:
    """The accounts of one page. Safe to call from several threads."""

    def __init__(self, limits: LimitsConfig, monotonic: Callable[[], float], used: Callable[[], float]) -> None:
        """`used`: seconds of processor that the calling thread has had."""
        self._limits, self._monotonic, self.used = limits, monotonic, used
        self._lock = threading.Lock()
        self._accounts: OrderedDict[str, _Account] = OrderedDict()
        self._turned = threading.Condition()
        self._turns: set[str] = set()

    def waits(self, caller: Caller) -> float:
        """Seconds until a caller may ask again; 0 = now."""
        with self._lock:
            return max(0.0, *(-account.left / share for account, share in self._of(caller)))

    def charge(self, caller: Caller, seconds: float) -> None:
        """Put what a request has used on the caller's account."""
        with self._lock:
            for account, _ in self._of(caller):
                account.left -= seconds

    def _of(self, caller: Caller) -> list[tuple[_Account, float]]:
        """The accounts that a caller's requests are put on, filled up to now, and how much of a core fills them."""
        share, depth = self._limits.processor_percent / 100, self._limits.processor_seconds
        found = [(self._filled(caller.key, depth, share), share)]
        if not caller.acts:
            found.append((self._filled("looking", 2 * depth, 2 * share), 2 * share))
        return found

    def _filled(self, key: str, depth: float, share: float) -> _Account:
        now = self._monotonic()
        account = self._accounts.pop(key, None) or _Account(depth, now)
        account.left, account.mono = min(depth, account.left + max(now - account.mono, 0.0) * share), now
        self._accounts[key] = account
        while len(self._accounts) > MOST_ACCOUNTS:
            self._accounts.popitem(last=False)
        return account

    def take_turn(self, caller: Caller) -> Callable[[], None]:
        """The turn of a costly read; what is given ends it. Raises Refused caller_busy, server_busy after a while.

        One place is never taken by those who only look.
        """
        most = self._limits.costly_at_once if caller.acts else max(self._limits.costly_at_once - 1, 1)

        def is_free() -> bool:
            return caller.key not in self._turns and len(self._turns) < most

        with self._turned:
            if not self._turned.wait_for(is_free, timeout=WAITS):
                raise Refused("caller_busy" if caller.key in self._turns else "server_busy", seconds=round(WAITS))
            self._turns.add(caller.key)
        return lambda: self._end_turn(caller.key)

    def _end_turn(self, key: str) -> None:
        with self._turned:
            self._turns.discard(key)
            self._turned.notify_all()


def install(app: Flask) -> None:
    """Measure every request, and refuse those of whoever has used too much."""
    place: Station = app.extensions["station"]
    used = thread_seconds if isinstance(place.clock, SystemClock) else _nothing
    app.extensions["pace"] = Pace(place.written.limits, place.clock.monotonic, used)
    app.before_request(_before)
    app.teardown_request(_after)


def _nothing() -> float:
    """A stepped clock stands still while something is computed."""
    return 0.0


def _before() -> None:
    if request.path.startswith("/api/") and request.headers.get("Authorization"):
        return  # the API knows whose key it is
    person = g.get("person")
    begin(known(f"person {person.id}", person) if person else stranger(request.remote_addr or ""))


def begin(caller: Caller) -> None:
    """From here on what this request uses is this caller's. Raises Refused caller_busy, server_busy."""
    pace: Pace = current_app.extensions["pace"]
    endpoint = request.endpoint or ""
    if endpoint in FETCHED or "paced" in g:
        return
    may_wait = request.blueprint not in ALWAYS and not is_act(current_app, endpoint)
    if may_wait and (waits := pace.waits(caller)):
        raise Refused("caller_busy", seconds=max(1, round(waits)))
    if endpoint in COSTLY:
        g.turn = pace.take_turn(caller)
    g.paced = caller, pace.used()


def _after(_: BaseException | None) -> None:
    if done := g.pop("turn", None):
        done()
    if paced := g.pop("paced", None):
        pace: Pace = current_app.extensions["pace"]
        caller, before = paced
        pace.charge(caller, max(pace.used() - before, 0.0))
