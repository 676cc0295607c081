"""People, their passwords, their signed-in sessions, and the one-time link that makes the first of them.

Passwords are argon2id hashes; session cookies and set-up tokens are stored as sha256 only. Throttling reads the table
of attempts, so that it remembers across restarts.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scheduler.core.model import Person, Role
from scheduler.errors import NotFound, Refused
from scheduler.store.database import Row, Store, insert, instant_text, update

MIN_PASSWORD = 10
MACHINE_LOGIN = "may-tram"
"""The person that acts when somebody who may run commands on this machine uses the command line."""
ATTEMPT_WINDOW = timedelta(minutes=15)
MAX_ATTEMPTS = 10
FORGET_AFTER = timedelta(days=30)
"""How long acts and attempts to sign in are remembered."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's small profile: 37 ms on an office PC


class WebSession(NamedTuple):
    person: Person
    csrf: str


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _person(row: Row) -> Person:
    return Person(row["id"], row["login"], row["name"], Role(row["role"]), bool(row["active"]))


def _password_hash(password: str) -> str:
    if len(password) < MIN_PASSWORD:
        raise Refused("password_short", least=MIN_PASSWORD)
    return _HASHER.hash(password)


class People:
    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, login: str, name: str, role: Role, password: str, now: datetime) -> Person:
        """A new person. Raises Refused: login_invalid, login_taken, password_short."""
        login = login.strip()
        if not login or len(login) > 40 or any(ch.isspace() for ch in login) or login == MACHINE_LOGIN:  # noqa: PLR2004 - a login's length
            raise Refused("login_invalid", login=login)
        hashed = _password_hash(password)
        with self.store.write() as db:
            if self.by_login(login):
                raise Refused("login_taken", login=login)
            values = {"login": login, "name": name.strip() or login, "role": role.value, "password_hash": hashed}
            person_id = insert(db, "person", values | {"created_at": instant_text(now)})
        return self.get(person_id)

    def machine(self, now: datetime) -> Person:
        """The person of this machine's command line; cannot sign in on the page."""
        with self.store.write() as db:
            if not self.by_login(MACHINE_LOGIN):
                row = {"login": MACHINE_LOGIN, "name": "Máy trạm", "role": Role.ADMIN.value, "password_hash": ""}
                insert(db, "person", row | {"created_at": instant_text(now)})
        person = self.by_login(MACHINE_LOGIN)
        if person is None:
            raise NotFound("person", MACHINE_LOGIN)
        return person

    def get(self, person_id: int) -> Person:
        row = self.store.row("SELECT * FROM person WHERE id = ?", (person_id,))
        if row is None:
            raise NotFound("person", person_id)
        return _person(row)

    def by_login(self, login: str) -> Person | None:
        row = self.store.row("SELECT * FROM person WHERE login = ?", (login.strip(),))
        return _person(row) if row else None

    def listed(self) -> list[Person]:
        return [
            _person(row) for row in self.store.rows("SELECT * FROM person WHERE password_hash <> '' ORDER BY login")
        ]

    def any(self) -> bool:
        """Is there a person who can sign in?"""
        return bool(self.store.value("SELECT 1 FROM person WHERE password_hash <> '' LIMIT 1"))

    def new_setup_token(self, now: datetime) -> str:
        """A one-time token for the first person; an earlier unused one stops working."""
        token = secrets.token_urlsafe(24)
        with self.store.write() as db:
            db.conn.execute("DELETE FROM setup_token WHERE used_at IS NULL")
            insert(db, "setup_token", {"token_hash": _digest(token), "created_at": instant_text(now)})
        return token

    def setup_token_valid(self, token: str) -> bool:
        sql = "SELECT 1 FROM setup_token WHERE token_hash = ? AND used_at IS NULL"
        return not self.any() and bool(self.store.value(sql, (_digest(token),)))

    def set_up(self, token: str, login: str, name: str, password: str, now: datetime) -> Person:
        """The first person, an admin. The token is spent with it. Raises Refused setup_token_invalid."""
        with self.store.write() as db:
            key = {"token_hash": _digest(token), "used_at": None}
            if self.any() or update(db, "setup_token", key, {"used_at": instant_text(now)}) != 1:
                raise Refused("setup_token_invalid")
            return self.add(login, name, Role.ADMIN, password, now)

    def sign_in(self, login: str, password: str, address: str, now: datetime, hours: int) -> tuple[str, Person]:
        """A new session token. Raises Refused: too_many_attempts, sign_in_wrong (the same for login and password)."""
        since = instant_text(now - ATTEMPT_WINDOW)
        sql = "SELECT count(*) FROM login_attempt WHERE at > ? AND ok = 0 AND login = ? AND address = ?"
        if self.store.value(sql, (since, login.strip().lower(), address)) >= MAX_ATTEMPTS:
            raise Refused("too_many_attempts", minutes=int(ATTEMPT_WINDOW.total_seconds() // 60))
        row = self.store.row("SELECT * FROM person WHERE login = ? AND active = 1", (login.strip(),))
        right = _verify(row["password_hash"] if row else "", password)
        token = secrets.token_urlsafe(32)
        with self.store.write() as db:
            attempt = {"login": login.strip().lower()[:80], "address": address, "at": instant_text(now)}
            insert(db, "login_attempt", attempt | {"ok": int(right)})
            if right and row:
                expires = instant_text(now + timedelta(hours=hours))
                session = {"token_hash": _digest(token), "person_id": row["id"], "csrf": secrets.token_urlsafe(24)}
                insert(db, "web_session", session | {"created_at": instant_text(now), "expires_at": expires})
                db.conn.execute("DELETE FROM web_session WHERE expires_at < ?", (instant_text(now),))
                db.conn.execute("DELETE FROM act WHERE at < ?", (instant_text(now - FORGET_AFTER),))
                db.conn.execute("DELETE FROM login_attempt WHERE at < ?", (instant_text(now - FORGET_AFTER),))
        if not right or row is None:
            raise Refused("sign_in_wrong")
        return token, _person(row)

    def session(self, token: str, now: datetime) -> WebSession | None:
        """Who this cookie is, if it still is anybody."""
        row = self.store.row(
            "SELECT p.*, s.csrf FROM web_session s JOIN person p ON p.id = s.person_id"
            " WHERE s.token_hash = ? AND s.expires_at > ? AND p.active = 1",
            (_digest(token), instant_text(now)),
        )
        return WebSession(_person(row), row["csrf"]) if row else None

    def sign_out(self, token: str) -> None:
        with self.store.write() as db:
            db.conn.execute("DELETE FROM web_session WHERE token_hash = ?", (_digest(token),))

    def act_once(self, key: str, person: Person, now: datetime) -> str | None:
        """Claim the one act of a drawn form: None = go on; else where the first try led ('' = still under way)."""
        with self.store.write() as db:
            row = self.store.row("SELECT result FROM act WHERE key = ? AND person_id = ?", (key, person.id))
            if row is None:
                insert(db, "act", {"key": key, "person_id": person.id, "at": instant_text(now)})
                return None
            return str(row["result"] or "")

    def act_done(self, key: str, result: str | None) -> None:
        """Remember where an act led; None = it was refused, so that the corrected form may be sent again."""
        with self.store.write() as db:
            if result is None:
                db.conn.execute("DELETE FROM act WHERE key = ?", (key,))
            else:
                update(db, "act", {"key": key}, {"result": result})


@cache
def _decoy() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))


def _verify(hashed: str, password: str) -> bool:
    """Always the work of one verification, so that an unknown login takes as long as a wrong password."""
    try:
        return _HASHER.verify(hashed or _decoy(), password) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False
