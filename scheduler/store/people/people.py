"""People, their passwords, and the one-time link that makes the first of them.

Passwords are argon2id hashes, set-up tokens sha256 only. Nobody is ever deleted, because the journal names them.
Signing in is `web_sessions`'s, codes are `codes`'s.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from scheduler.core.model import Person, Role
from scheduler.core.people import person_names
from scheduler.core.people.person_names import MACHINE_LOGIN, MACHINE_NAME, MAX_LOGIN, passwords
from scheduler.core.people.secret_rules import check_password
from scheduler.core.signed_in import OpenSession, SignedIn, WebSession
from scheduler.kernel.errors import NotFound, Refused
from scheduler.kernel.passwords import digest, hashed, matches
from scheduler.store.database import Row, insert, instant_text, update
from scheduler.store.people.web_sessions import WebSessions

__all__ = ["MACHINE_LOGIN", "OpenSession", "People", "SignedIn", "WebSession"]


class People(WebSessions):
    def add(
        self, login: str, name: str, role: Role, password: str, now: datetime, zones: Iterable[str] = (), *,
        must_change: bool = False, reserved: Iterable[str] = (),
    ) -> Person:  # fmt: skip
        """A new person; `reserved`: what the station calls itself.

        Raises Refused: login_invalid, login_taken, name_letters, name_taken, name_reserved, password_short, …
        """
        login = person_names.account(login)
        if not login or len(login) > MAX_LOGIN or person_names.same_looks(login, [MACHINE_LOGIN]):
            raise Refused("login_invalid", login=login)
        check_password(password, login)
        kept = hashed(passwords(password)[0])
        with self.store.write() as db:
            if self.by_login(login) or person_names.same_looks(login, self._others("person", "login")):
                raise Refused("login_taken", login=login)
            name = self.free_name(name or login, more=reserved)
            values: Row = {"login": login, "name": name, "role": role.value, "password_hash": kept}
            values |= {"created_at": instant_text(now), "must_change": int(must_change)}
            person_id = insert(db, "person", values)
            self._set_zones(person_id, zones)
        return self.get(person_id)

    def machine(self, now: datetime) -> Person:
        """The person of this machine's command line; cannot sign in on the page."""
        if (known := self.by_login(MACHINE_LOGIN)) is not None:  # known on a machine that may only be read, too
            return known
        with self.store.write() as db:
            if not self.by_login(MACHINE_LOGIN):
                row = {"login": MACHINE_LOGIN, "name": MACHINE_NAME, "role": Role.ADMIN.value, "password_hash": ""}
                insert(db, "person", row | {"created_at": instant_text(now)})
        person = self.by_login(MACHINE_LOGIN)
        if person is None:
            raise NotFound("person", MACHINE_LOGIN)
        return person

    def stand_in(self, login: str, name: str, now: datetime) -> Person:
        """Who stands in the journal for an issuer outside or for the ward's rule; cannot sign in.

        A login that holds a space is none that a person can be given, so nobody is mistaken for one.
        """
        sql = "SELECT * FROM person WHERE login = ? AND password_hash = ''"
        found = self.store.row(sql, (login,))
        if found is None or found["name"] != name:
            with self.store.write() as db:
                values = {"login": login, "name": name, "role": Role.APPROVER.value, "password_hash": ""}
                if not update(db, "person", {"login": login, "password_hash": ""}, {"name": name}):
                    insert(db, "person", values | {"created_at": instant_text(now)})
            found = self.store.row(sql, (login,))
        if found is None:
            raise NotFound("person", login)
        return Person(found["id"], found["login"], found["name"], Role(found["role"]), bool(found["active"]))

    def get(self, person_id: int) -> Person:
        person = self._person_by("id", person_id)
        if person is None:
            raise NotFound("person", person_id)
        return person

    def listed(self) -> list[Person]:
        """Everybody who can sign in or once could, by login."""
        rows = self.store.rows("SELECT * FROM person WHERE password_hash <> '' ORDER BY login")
        return [self._person_of(row) for row in rows]

    def everybody(self) -> list[Person]:
        """All who may act, the machine and issuers too."""
        return [self._person_of(row) for row in self.store.rows("SELECT * FROM person ORDER BY id")]

    def any(self) -> bool:
        """Is there a person who can sign in?"""
        return bool(self.store.value("SELECT 1 FROM person WHERE password_hash <> '' LIMIT 1"))

    # Changing one

    def change(self, person_id: int, values: Row, zones: Iterable[str] | None = None) -> None:
        """Write some columns of a person, and the zones where given."""
        with self.store.write() as db:
            if values:
                update(db, "person", {"id": person_id}, values)
            if zones is not None:
                self._set_zones(person_id, zones)

    def free_name(self, typed: str, person: Person | None = None, more: Iterable[str] = ()) -> str:
        """A name as it will be kept, which nobody else has or had, nor looks like ('' for nothing).

        `more`: what the station calls itself. Raises Refused: name_letters, name_reserved, name_taken.
        """
        name = person_names.display_name(typed)
        if not name or (person is not None and name == person.name):
            return name
        if person_names.looks_reserved(name, more):
            raise Refused("name_reserved", name=name)
        but = person.id if person else 0
        if person_names.same_looks(
            name, self._others("person_name", "name", but) + self._others("person", "login", but)
        ):
            raise Refused("name_taken", name=name)
        return name

    def _others(self, table: str, column: str, but: int = 0) -> list[str]:
        """What everybody else is or was called."""
        key = "id" if table == "person" else "person_id"
        rows = self.store.rows(f"SELECT {column} AS it FROM {table} WHERE {key} <> ?", (but,))  # noqa: S608 - ours
        return [row["it"] for row in rows]

    def set_password(self, person: Person, password: str, *, must_change: bool = False) -> None:
        """A new password. Raises Refused password_short, password_common."""
        check_password(password, person.login)
        self.change(person.id, {"password_hash": hashed(passwords(password)[0]), "must_change": int(must_change)})

    def password_is(self, person_id: int, password: str) -> bool:
        """Whether this is the person's password; takes its time."""
        kept = self.store.value("SELECT password_hash FROM person WHERE id = ?", (person_id,))
        return matches(str(kept or ""), passwords(password))

    def signs_in(self, person_id: int) -> bool:
        """Whether this is somebody with a password, and not the machine or an issuer."""
        return bool(self.store.value("SELECT password_hash <> '' FROM person WHERE id = ?", (person_id,)))

    def admins(self) -> int:
        """How many active people who can sign in manage people."""
        sql = "SELECT count(*) FROM person WHERE role = ? AND active = 1 AND password_hash <> ''"
        return int(self.store.value(sql, (Role.ADMIN.value,)))

    def _set_zones(self, person_id: int, zones: Iterable[str]) -> None:
        conn, wanted = self.store.db.conn, set(zones)
        rows = self.store.rows("SELECT zone FROM person_zone WHERE person_id = ?", (person_id,))
        had = {row["zone"] for row in rows}
        for zone in had - wanted:
            conn.execute("DELETE FROM person_zone WHERE person_id = ? AND zone = ?", (person_id, zone))
        for zone in sorted(wanted - had):
            insert(self.store.db, "person_zone", {"person_id": person_id, "zone": zone})

    # The first of them

    def new_setup_token(self, now: datetime) -> str:
        """A one-time token for the first person; an earlier unused one stops working."""
        token = secrets.token_urlsafe(24)
        with self.store.write() as db:
            db.conn.execute("DELETE FROM setup_token WHERE used_at IS NULL")
            insert(db, "setup_token", {"token_hash": digest(token), "created_at": instant_text(now)})
        return token

    def setup_token_valid(self, token: str) -> bool:
        sql = "SELECT 1 FROM setup_token WHERE token_hash = ? AND used_at IS NULL"
        return not self.any() and bool(self.store.value(sql, (digest(token),)))

    def set_up(
        self, token: str, login: str, name: str, password: str, now: datetime, reserved: Iterable[str] = ()
    ) -> Person:
        """The first person, an admin. The token is spent with it. Raises Refused setup_token_invalid."""
        with self.store.write() as db:
            key = {"token_hash": digest(token), "used_at": None}
            if self.any() or update(db, "setup_token", key, {"used_at": instant_text(now)}) != 1:
                raise Refused("setup_token_invalid")
            return self.add(login, name, Role.ADMIN, password, now, reserved=reserved)

    # Forms that act once

    def act_once(self, key: str, person: Person, now: datetime) -> str | None:
        """Claim the one act of a drawn form: None = go on; else where the first try led ('' = still under way)."""
        with self.store.write() as db:
            row = self.store.row("SELECT result FROM act WHERE key = ? AND person_id = ?", (key, person.id))
            if row is None:
                insert(db, "act", {"key": key, "person_id": person.id, "at": instant_text(now)})
                return None
            return str(row["result"] or "")

    def act_led(self, key: str, person: Person) -> str | None:
        """Where an act led that was claimed before ('' = still under way); None = nobody has. Reads only."""
        row = self.store.row("SELECT result FROM act WHERE key = ? AND person_id = ?", (key, person.id))
        return None if row is None else str(row["result"] or "")

    def act_done(self, key: str, result: str | None) -> None:
        """Remember where an act led; None = it was refused, so that the corrected form may be sent again."""
        with self.store.write() as db:
            if result is None:
                db.conn.execute("DELETE FROM act WHERE key = ?", (key,))
            else:
                update(db, "act", {"key": key}, {"result": result})
