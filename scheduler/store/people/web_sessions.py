"""Signing in and being signed in: the tries and their waits, known devices, and the sessions of the page.

Cookies are stored as sha256 only. Tries are rows, so that waits outlive a restart; a try is written down before its
password is looked at, so that many at once are no more than many in turn. A device on which an account has signed in
before has tries of its own: whatever others do with its login, it gets in. An open session is never touched by waits.
"""

import math
import secrets
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from scheduler.core.announcement.approval import ZONE_BOUND
from scheduler.core.model import Person, Role
from scheduler.core.people.person_names import passwords
from scheduler.core.people.throttle import (
    KNOWN_DEVICE,
    ONE_ACCOUNT,
    ONE_ACCOUNT_AND_ADDRESS,
    ONE_ADDRESS,
    Budget,
    waits_until,
)
from scheduler.core.signed_in import DEVICE_DAYS, OpenSession, SignedIn, WebSession
from scheduler.kernel.errors import Refused
from scheduler.kernel.passwords import digest, matches
from scheduler.store.database import Row, Store, insert, instant_of, instant_text, update

__all__ = ["WebSessions"]

FORGET_AFTER = timedelta(days=30)
"""How long acts and attempts to sign in are remembered."""
TOUCH_EVERY = timedelta(minutes=1)


class _Attempt(NamedTuple):
    id: int
    row: Row | None
    device_hash: str
    """Empty where the device is not known for this account."""


class WebSessions:
    def __init__(self, store: Store, idle: timedelta | None = None) -> None:
        """`idle`: how long a session lives without a click; None = as long as it lasts."""
        self.store, self.idle = store, idle

    def sign_in(self, login: str, password: str, address: str, now: datetime, hours: int) -> tuple[str, Person]:
        """A new session token. Raises Refused: too_many_attempts, sign_in_wrong (the same for login and password)."""
        told = self.enter(login, password, address, now, hours)
        return told.token, told.person

    def enter(
        self, login: str, password: str, address: str, now: datetime, hours: int, *, device: str = "", agent: str = ""
    ) -> SignedIn:
        """The same, on a device that brought `device` with it and calls itself `agent`."""
        attempt = self._attempt(login, address, device, now)
        right = matches(attempt.row["password_hash"] if attempt.row else "", passwords(password))
        if not right or attempt.row is None:
            raise Refused("sign_in_wrong")
        token, known = secrets.token_urlsafe(32), device if attempt.device_hash else secrets.token_urlsafe(24)
        with self.store.write(own=True) as db:
            update(db, "login_attempt", {"id": attempt.id}, {"ok": 1})
            self._know(attempt.row["id"], known, now)
            session = {
                "token_hash": digest(token),
                "person_id": attempt.row["id"],
                "csrf": secrets.token_urlsafe(24),
                "created_at": instant_text(now),
                "expires_at": instant_text(now + timedelta(hours=hours)),
                "seen_at": instant_text(now),
                "address": address[:60],
                "device": agent[:200],
                "device_hash": digest(known),
            }
            insert(db, "web_session", session)
            self._forget(now)
        return SignedIn(token, self._person_of(attempt.row), known)

    def _attempt(self, login: str, address: str, device: str, now: datetime) -> _Attempt:
        """Write a try down as wrong. Raises Refused too_many_attempts while it has to wait."""
        account = digest(_composed(login).lower()[:80])  # people type their password here: it must not be kept
        with self.store.write(own=True) as db:
            row = self.store.row("SELECT * FROM person WHERE login = ? AND active = 1", (_composed(login),))
            known = self._known_device(row, device, now)
            if until := max(filter(None, self._waits(account, address, known, now)), default=None):
                raise Refused("too_many_attempts", minutes=math.ceil((until - now).total_seconds() / 60))
            tried = {"login": account, "address": address[:60], "at": instant_text(now), "device_hash": known, "ok": 0}
            return _Attempt(insert(db, "login_attempt", tried), row, known)

    def _known_device(self, row: Row | None, device: str, now: datetime) -> str:
        sql = "SELECT device_hash FROM known_device WHERE device_hash = ? AND person_id = ? AND seen_at > ?"
        since = instant_text(now - timedelta(days=DEVICE_DAYS))
        return str(self.store.value(sql, (digest(device), row["id"], since)) or "") if row and device else ""

    def _waits(self, account: str, address: str, known: str, now: datetime) -> Iterator[datetime | None]:
        """Until when each of the budgets that this try belongs to is used up."""
        if known:
            yield self._wait("login = ? AND device_hash = ?", (account, known), KNOWN_DEVICE, now, forgiven=True)
            return
        pair = ("login = ? AND address = ? AND device_hash = ''", (account, address[:60]))
        yield self._wait(*pair, ONE_ACCOUNT_AND_ADDRESS, now, forgiven=True)
        yield self._wait("address = ? AND device_hash = ''", (address[:60],), ONE_ADDRESS, now)
        yield self._wait("login = ? AND device_hash = ''", (account,), ONE_ACCOUNT, now)

    def _wait(
        self, where: str, values: tuple[str, ...], budget: Budget, now: datetime, *, forgiven: bool = False
    ) -> datetime | None:
        """`forgiven`: a right try makes the wrong ones before it forgotten."""
        right = 0
        if forgiven:
            sql = f"SELECT max(id) FROM login_attempt WHERE {where} AND ok = 1"  # noqa: S608 - words above
            right = int(self.store.value(sql, values) or 0)
        sql = (
            f"SELECT at FROM login_attempt WHERE {where} AND ok = 0 AND at > ? AND id > ?"  # noqa: S608 - the same
            " ORDER BY id DESC LIMIT 100"
        )
        since = instant_text(now - budget.window)
        wrong = [instant_of(row["at"]) for row in self.store.rows(sql, (*values, since, right))]
        return waits_until(wrong[::-1], budget, now)

    def _know(self, person_id: int, device: str, now: datetime) -> None:
        sql = (
            "INSERT INTO known_device (device_hash, person_id, created_at, seen_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (device_hash, person_id) DO UPDATE SET seen_at = excluded.seen_at"
        )
        self.store.db.conn.execute(sql, (digest(device), person_id, instant_text(now), instant_text(now)))

    def _forget(self, now: datetime) -> None:
        """What is long past, at each sign-in."""
        conn, old = self.store.db.conn, instant_text(now - FORGET_AFTER)
        conn.execute("DELETE FROM web_session WHERE expires_at < ?", (instant_text(now),))
        conn.execute("DELETE FROM act WHERE at < ?", (old,))
        conn.execute("DELETE FROM login_attempt WHERE at < ?", (old,))
        conn.execute("DELETE FROM code_attempt WHERE at < ?", (old,))
        conn.execute("DELETE FROM known_device WHERE seen_at < ?", (instant_text(now - timedelta(days=DEVICE_DAYS)),))

    # Open sessions

    def session(self, token: str, now: datetime) -> WebSession | None:
        """Who this cookie is, if it still is anybody."""
        row = self.store.row(
            "SELECT p.*, s.csrf, s.id AS session_id FROM web_session s JOIN person p ON p.id = s.person_id"
            " WHERE s.token_hash = ? AND s.expires_at > ? AND s.seen_at > ? AND p.active = 1",
            (digest(token), instant_text(now), self._idle_since(now)),
        )
        if row is None:
            return None
        return WebSession(self._person_of(row), row["csrf"], row["session_id"], bool(row["must_change"]))

    def _idle_since(self, now: datetime) -> str:
        return instant_text(now - self.idle) if self.idle is not None else ""

    def touch(self, session_id: int, now: datetime) -> None:
        """A person has clicked: the idle time begins anew. Written at most once a minute."""
        sql = "SELECT 1 FROM web_session WHERE id = ? AND seen_at < ?"
        if self.store.value(sql, (session_id, instant_text(now - TOUCH_EVERY))):
            with self.store.write(own=True) as db:
                update(db, "web_session", {"id": session_id}, {"seen_at": instant_text(now)})

    def rotate(self, token: str, now: datetime) -> str:
        """The same session under a new cookie and a new form token; the old cookie opens nothing from now on."""
        fresh = secrets.token_urlsafe(32)
        values = {"token_hash": digest(fresh), "csrf": secrets.token_urlsafe(24), "seen_at": instant_text(now)}
        with self.store.write(own=True) as db:
            update(db, "web_session", {"token_hash": digest(token)}, values)
        return fresh

    def sign_out(self, token: str) -> None:
        with self.store.write(own=True) as db:
            db.conn.execute("DELETE FROM web_session WHERE token_hash = ?", (digest(token),))

    def sessions_of(self, person_id: int, now: datetime) -> list[OpenSession]:
        """A person's open sessions, the newest use first."""
        sql = "SELECT * FROM web_session WHERE person_id = ? AND expires_at > ? AND seen_at > ? ORDER BY seen_at DESC"
        rows = self.store.rows(sql, (person_id, instant_text(now), self._idle_since(now)))
        return [
            OpenSession(
                row["id"], row["address"], row["device"], instant_of(row["created_at"]), instant_of(row["seen_at"])
            )
            for row in rows
        ]

    def end_session(self, person_id: int, session_id: int) -> bool:
        """End one session of this person; whether there was one."""
        with self.store.write(own=True) as db:
            sql = "DELETE FROM web_session WHERE id = ? AND person_id = ?"
            return bool(db.conn.execute(sql, (session_id, person_id)).rowcount)

    def end_sessions(self, person_id: int, *, but: int = 0) -> int:
        """End every session of this person except number `but`; how many there were."""
        with self.store.write(own=True) as db:
            sql = "DELETE FROM web_session WHERE person_id = ? AND id <> ?"
            return int(db.conn.execute(sql, (person_id, but)).rowcount)

    def device_since(self, session_id: int) -> datetime | None:
        """Since when the device of a session has been known for its person."""
        sql = (
            "SELECT d.created_at FROM web_session s JOIN known_device d"
            " ON d.device_hash = s.device_hash AND d.person_id = s.person_id WHERE s.id = ?"
        )
        found = self.store.value(sql, (session_id,))
        return instant_of(found) if found else None

    def by_login(self, login: str) -> Person | None:
        return self._person_by("login", _composed(login))

    def _person_by(self, column: str, value: object) -> Person | None:
        row = self.store.row(f"SELECT * FROM person WHERE {column} = ?", (value,))  # noqa: S608 - a column of ours
        return self._person_of(row) if row else None

    def _person_of(self, row: Row) -> Person:
        """The person of a row of `person`; the zones that a role is bound to stand in a table of their own."""
        role, zones = Role(row["role"]), tuple[str, ...]()
        if role in ZONE_BOUND:
            sql = "SELECT zone FROM person_zone WHERE person_id = ? ORDER BY zone"
            zones = tuple(one["zone"] for one in self.store.rows(sql, (row["id"],)))
        return Person(row["id"], row["login"], row["name"], role, bool(row["active"]), zones)


def _composed(login: str) -> str:
    """A login as it is kept, whatever keyboard has typed it; one that cannot be kept is nobody's."""
    return unicodedata.normalize("NFC", login.strip())
