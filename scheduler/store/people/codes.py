"""What a person proves themselves by besides the password: an emergency code, an authenticator application's numbers.

The application's secret is sealed (`seal`), the code is argon2id, recovery codes are sha256 and open once. A number of
the application is taken once, within a step before or after the clock. Wrong tries are rows, counted by budget.
"""

import hmac
import math
import secrets
import sqlite3
import threading
from datetime import datetime
from typing import NamedTuple

import pyotp

from scheduler.core.model import Person
from scheduler.core.people.person_names import passwords
from scheduler.core.people.secret_rules import check_code
from scheduler.core.people.throttle import CODE, waits_until
from scheduler.kernel.database_faults import writes_nothing
from scheduler.kernel.errors import Refused
from scheduler.kernel.passwords import digest, hashed, matches
from scheduler.kernel.secret_box import SecretBox
from scheduler.store.database import Store, insert, instant_of, instant_text, update
from scheduler.store.unwritten import UnwrittenTries

__all__ = ["LETTERS", "Codes", "Proofs", "bare_code"]

STEP_SECONDS = 30
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


class Proofs(NamedTuple):
    """What a person has set up."""

    totp: bool
    code: bool
    recovery_left: int


class Codes:
    def __init__(self, store: Store, seal: SecretBox) -> None:
        self.store, self._seal = store, seal
        self._unwritten = UnwrittenTries()
        self._one_try = threading.Lock()
        """Whether a try is free and that it is taken are one step, in rows or in memory."""

    def of(self, person_id: int) -> Proofs:
        row = self.store.row("SELECT totp_sealed, code_hash FROM person WHERE id = ?", (person_id,))
        sql = "SELECT count(*) FROM recovery_code WHERE person_id = ? AND used_at IS NULL"
        left = int(self.store.value(sql, (person_id,)))
        return Proofs(bool(row and row["totp_sealed"]), bool(row and row["code_hash"]), left)

    # Tries

    def attempt(self, budget: str, now: datetime) -> int:
        """Write a try down as wrong (its number). Raises Refused code_too_often while the budget has to wait."""
        if self.store.db.conn.in_transaction:
            raise RuntimeError("a try that can be rolled back is not counted")
        with self._one_try:
            try:
                with self.store.hurried(), self.store.write(own=True) as db:
                    self._may_try(budget, now)
                    return insert(db, "code_attempt", {"budget": budget, "at": instant_text(now)})
            except (Refused, sqlite3.OperationalError) as error:
                if not writes_nothing(error):
                    raise
            self._may_try(budget, now)  # an emergency does not wait for whoever holds the database
            return self._unwritten.add(budget, now)

    def _may_try(self, budget: str, now: datetime) -> None:
        """Raises Refused code_too_often while the budget has to wait."""
        since = now - CODE.window
        right = self.store.value("SELECT max(id) FROM code_attempt WHERE budget = ? AND ok = 1", (budget,))
        sql = "SELECT at FROM code_attempt WHERE budget = ? AND ok = 0 AND at > ? AND id > ? ORDER BY id"
        wrong = [instant_of(row["at"]) for row in self.store.rows(sql, (budget, instant_text(since), right or 0))]
        if until := waits_until(sorted(wrong + self._unwritten.wrong(budget, since)), CODE, now):
            raise Refused("code_too_often", seconds=math.ceil((until - now).total_seconds()))

    def right(self, attempt_id: int) -> None:
        """That try was none of the wrong ones."""
        if attempt_id < 0:
            self._unwritten.right(attempt_id)
            return
        try:
            with self.store.hurried(), self.store.write(own=True) as db:
                update(db, "code_attempt", {"id": attempt_id}, {"ok": 1})
        except (Refused, sqlite3.OperationalError) as error:  # then it counts as one wrong try
            if not writes_nothing(error):
                raise

    # The emergency code

    def set_code(self, person_id: int, code: str) -> None:
        """A new emergency code; empty = none. Raises Refused code_invalid, code_easy."""
        if code:
            check_code(code)
        with self.store.write() as db:
            update(db, "person", {"id": person_id}, {"code_hash": hashed(passwords(code)[0]) if code else ""})

    def code_is(self, person_id: int, code: str) -> bool:
        """Whether this is the person's emergency code; takes its time."""
        kept = self.store.value("SELECT code_hash FROM person WHERE id = ?", (person_id,))
        return matches(str(kept or ""), passwords(code))

    # The application

    def begin_totp(self, person: Person) -> None:
        """A new secret that waits for its first number. Raises Refused totp_on."""
        if self.of(person.id).totp:
            raise Refused("totp_on")
        sealed = self._seal.seal(pyotp.random_base32(), _about(person.id))
        with self.store.write() as db:
            update(db, "person", {"id": person.id}, {"totp_pending": sealed})

    def pending_totp(self, person: Person, issuer: str) -> tuple[str, str]:
        """The secret that waits: the address for a QR code, and what to type. Raises Refused totp_not_begun."""
        pending = self.store.value("SELECT totp_pending FROM person WHERE id = ?", (person.id,))
        if not pending:
            raise Refused("totp_not_begun")
        secret = self._opened_secret(person.id, pending)
        return pyotp.TOTP(secret).provisioning_uri(name=person.login, issuer_name=issuer), secret

    def confirm_totp(self, person: Person, number: str, now: datetime) -> list[str]:
        """The first number is right: the application counts from now on. Gives the recovery codes, shown once.

        Raises Refused: totp_not_begun, code_wrong.
        """
        pending = self.store.value("SELECT totp_pending FROM person WHERE id = ?", (person.id,))
        if not pending:
            raise Refused("totp_not_begun")
        step = _step_of(self._opened_secret(person.id, pending), number, now, 0)
        if step is None:
            raise Refused("code_wrong")
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        with self.store.write() as db:
            values = {"totp_sealed": pending, "totp_pending": "", "totp_step": step}
            if update(db, "person", {"id": person.id, "totp_pending": pending}, values) != 1:
                raise Refused("totp_not_begun")
            db.conn.execute("DELETE FROM recovery_code WHERE person_id = ?", (person.id,))
            for code in codes:
                insert(db, "recovery_code", {"person_id": person.id, "code_hash": digest(bare_code(code))})
        return codes

    def drop_totp(self, person_id: int) -> None:
        """The application counts no more; its recovery codes neither."""
        with self.store.write() as db:
            update(db, "person", {"id": person_id}, {"totp_sealed": "", "totp_pending": ""})
            db.conn.execute("DELETE FROM recovery_code WHERE person_id = ?", (person_id,))

    def take_totp(self, person_id: int, number: str, now: datetime) -> bool:
        """Whether this is the application's number now; the same number is taken once.

        Raises Refused people_key_unreadable.
        """
        row = self.store.row("SELECT totp_sealed, totp_step FROM person WHERE id = ?", (person_id,))
        if row is None or not row["totp_sealed"]:
            return False
        newest = max(row["totp_step"], self._unwritten.spent(person_id))
        step = _step_of(self._opened_secret(person_id, row["totp_sealed"]), number, now, newest)
        if step is None:
            return False
        try:
            with self.store.hurried(), self.store.write(own=True) as db:
                sql = "UPDATE person SET totp_step = ? WHERE id = ? AND totp_step < ?"
                return bool(db.conn.execute(sql, (step, person_id, step)).rowcount == 1)
        except (Refused, sqlite3.OperationalError) as error:
            if not writes_nothing(error):
                raise
            return self._unwritten.spend(person_id, step)

    def take_recovery(self, person_id: int, code: str, now: datetime) -> bool:
        """Whether this is an unused recovery code; it is used with this."""
        key = {"person_id": person_id, "code_hash": digest(bare_code(code)), "used_at": None}
        with self.store.write() as db:
            return update(db, "recovery_code", key, {"used_at": instant_text(now)}) == 1

    def _opened_secret(self, person_id: int, sealed: str) -> str:
        return self._seal.open(sealed, _about(person_id))


def _about(person_id: int) -> str:
    return f"totp of person {person_id}"


def _step_of(secret: str, number: str, now: datetime, newest: int) -> int | None:
    """The step whose number this is: the clock's, the one before or the one after, and newer than `newest`."""
    totp, here, found = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS, None
    for step in (here - 1, here, here + 1):
        same = hmac.compare_digest(totp.generate_otp(step).encode(), number.encode(errors="replace"))
        if same and step > newest:
            found = step
    return found


def _recovery_code() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def bare_code(code: str) -> str:
    """A code as it is hashed, however somebody has typed it."""
    return "".join(code.split()).replace("-", "").lower()
