"""What a ward owes its town: the outbox with its gap-free numbers, and how far each subject and the journal are read.

A number is given in the transaction that queues the row, from a counter that goes back with it: in a line of numbers no
row is ever missing and none comes twice. Where the database may be one that has not given all the numbers that were
told - taken over by the other machine, restored, put back by hand - a line begins that no other machine and no other
time has. What has been sent stays for thirty days, so that the town can ask for it once more. Nothing here is sent.
"""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Any

from scheduler.extras.town.rules.audit_uplink import NEWEST, body_of
from scheduler.extras.town.rules.envelope import MOST_BYTES, Told, UpKind, up_body
from scheduler.kernel.durable import write_whole
from scheduler.store.database import Row, Store, insert, instant_or_none, instant_text

__all__ = ["AUDIT", "KEPT", "TownQueue", "UpQueue", "UpRow", "begin_line"]

JOURNAL, OUTBOX, AUDIT = "journal", "outbox", "audit"
JOINED = "joined."
"""Before a subject: the place in the stream at which this ward began to follow it; what was before is history."""
KEPT = timedelta(days=30)
"""How long what has been sent is remembered."""
TOLD = "town-told"
"""File beside the database: the line and the highest number of it that ever left. A copy of it does no harm."""


@dataclass(frozen=True, slots=True)
class UpRow:
    """One message to the town, exactly as it goes."""

    row: int
    """Its place in this outbox."""
    subject_kind: UpKind
    body: bytes
    line: str
    number: int
    """In its line."""


@dataclass(frozen=True, slots=True)
class UpQueue:
    """How the outbox stands."""

    waiting: int = 0
    oldest: datetime | None = None
    sent: int = 0
    """Of those that are still kept."""


class TownQueue:
    def __init__(self, store: Store) -> None:
        self.store = store
        self._told_file = store.path.parent / TOLD
        self._told = ("", 0)
        self._looked = False

    # Lines

    def line(self) -> tuple[str, int]:
        """The line that numbers are given in, and the last row before it; begun where there is none to go on with."""
        with self.store.write() as db:
            if not self._looked:
                if mark := self._told_beyond():
                    begin_line(db.conn, mark)
                else:
                    self._looked = True
            begin_line(db.conn, "first", only_first=True)
            found = db.conn.execute("SELECT line, base FROM town_line ORDER BY id DESC LIMIT 1").fetchone()
        return str(found[0]), int(found[1])

    def begin_line(self, why: str) -> None:
        """Numbers are given in a new line from now on."""
        with self.store.write() as db:
            begin_line(db.conn, why)

    def _told_beyond(self) -> str:
        """Why a line must begin: more was told than this database has numbered, so it is an older one. "" = no need."""
        try:
            told = self._told_file.read_text(encoding="ascii")[:80]
        except (OSError, ValueError):
            return ""
        line, _, number = told.partition(" ")
        sql = (
            "SELECT coalesce((SELECT min(later.base) FROM town_line later WHERE later.id > mine.id),"
            " (SELECT value FROM town_cursor WHERE name = ?), 0) - mine.base FROM town_line mine WHERE mine.line = ?"
        )
        given, why = self.store.value(sql, (OUTBOX, line)), f"behind {told}"
        if number.isdigit() and given is not None and given >= int(number):
            return ""
        return "" if self.store.value("SELECT 1 FROM town_line WHERE why = ?", (why,)) else why

    def leaving(self, rows: Iterable[UpRow]) -> None:
        """These are about to be told: their numbers are remembered outside the database, before they leave."""
        line, number = self._told
        for row in rows:
            line, number = row.line, max(row.number, number if row.line == line else 0)
        if (line, number) == self._told:
            return
        with suppress(
            OSError
        ):  # a full disk keeps no ward from telling; the mark guards against a copy put back by hand
            write_whole(self._told_file, f"{line} {number}".encode("ascii"))
            self._told = line, number

    # Cursors

    def cursor(self, name: str) -> int | None:
        found = self.store.value("SELECT value FROM town_cursor WHERE name = ?", (name,))
        return int(found) if found is not None else None

    def move(self, name: str, value: int) -> None:
        """Move a cursor forwards; never back."""
        with self.store.write() as db:
            db.conn.execute(
                "INSERT INTO town_cursor (name, value) VALUES (?, ?)"
                " ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)",
                (name, value),
            )

    def put(self, name: str, value: int) -> None:
        """Set a cursor, back too: the stream is another one than before, and counts anew."""
        with self.store.write() as db:
            db.conn.execute(
                "INSERT INTO town_cursor (name, value) VALUES (?, ?)"
                " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    def begin(self) -> None:
        """The link exists from now on: what the journal holds already is not told upwards."""
        with self.store.write() as db:
            db.conn.execute(
                "INSERT INTO town_cursor (name, value) SELECT ?, coalesce(max(seq), 0) FROM journal WHERE 1"
                " ON CONFLICT(name) DO NOTHING",
                (JOURNAL,),
            )

    # The log of acts

    def audit_end(self) -> dict[str, Any]:
        """Where the log of acts ends now, for the town; the row that was told last as it is now."""
        rows = self.store.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT ?", (NEWEST,))
        last = self.cursor(AUDIT)
        told = None
        if last is not None:
            told = last, str(self.store.value("SELECT hash FROM audit WHERE seq = ?", (last,)) or "")
        return body_of([(row["seq"], row["hash"]) for row in rows], told)

    # The journal

    def journal_after(self, seq: int, limit: int) -> list[Row]:
        """Journal rows past `seq`, whole."""
        return self.store.rows("SELECT * FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))

    def issue_of(self, row: Row) -> str:
        """The issue that a journal row is of; "" = of the ward's own."""
        if row["announcement_id"] is None and row["campaign_id"] is None:
            return ""
        sql = (
            "SELECT issue_id FROM town_inbox WHERE announcement_id = :said OR campaign_id = :campaign"
            " ORDER BY announcement_id IS :said DESC, id DESC LIMIT 1"
        )
        found = self.store.value(sql, {"said": row["announcement_id"], "campaign": row["campaign_id"]})
        return str(found) if found else ""

    # Outbox

    def queue(self, ward: str, kind: UpKind, body: dict[str, Any], now: datetime) -> int:
        """Queue one telling (its place)."""
        with self.store.write() as db:
            line, base = self.line()
            row = (self.cursor(OUTBOX) or 0) + 1
            number = row - base
            raw = up_body(Told(ward, number, kind, now, body, line))
            if (
                len(raw) > MOST_BYTES
            ):  # of a journal row: its hash will not be proved there, the row counts all the same
                raw = up_body(Told(ward, number, kind, now, _shortened(body), line))
            values = {"row": row, "line": line, "number": number, "kind": kind.value, "body": raw.decode()}
            insert(db, "town_outbox", values | {"queued_at": instant_text(now)})
            self.move(OUTBOX, row)
        return row

    def unsent(self, limit: int) -> list[UpRow]:
        """What is still owed, in order."""
        return [_up(one) for one in self.store.rows(f"{_SELECT} WHERE sent_at IS NULL ORDER BY row LIMIT ?", (limit,))]

    def get(self, row: int) -> UpRow | None:
        one = self.store.row(f"{_SELECT} WHERE row = ?", (row,))
        return _up(one) if one else None

    def sent(self, rows: Iterable[int], now: datetime) -> None:
        """The stream has these."""
        with self.store.write() as db:
            sql = "UPDATE town_outbox SET sent_at = ? WHERE row = ? AND sent_at IS NULL"
            db.conn.executemany(sql, [(instant_text(now), row) for row in rows])

    def resend(self, first: int, last: int, line: str | None = None) -> int:
        """Owe these numbers of a line once more (how many there are); what is older than thirty days is gone.

        No line = the one of now.
        """
        with self.store.write() as db:
            sql = (
                "UPDATE town_outbox SET sent_at = NULL"
                " WHERE line = ? AND number BETWEEN ? AND ? AND sent_at IS NOT NULL"
            )
            of = self.line()[0] if line is None else line
            return int(db.conn.execute(sql, (of, first, last)).rowcount)

    def waits(self, kind: UpKind) -> bool:
        """Is a telling of this kind still owed?"""
        sql = "SELECT 1 FROM town_outbox WHERE sent_at IS NULL AND kind = ? LIMIT 1"
        return self.store.value(sql, (kind.value,)) is not None

    def state(self) -> UpQueue:
        row = self.store.row(
            "SELECT (SELECT count(*) FROM town_outbox WHERE sent_at IS NULL) AS waiting,"
            " (SELECT queued_at FROM town_outbox WHERE sent_at IS NULL ORDER BY row LIMIT 1) AS oldest,"
            " (SELECT count(*) FROM town_outbox WHERE sent_at IS NOT NULL) AS sent"
        )
        return UpQueue(row["waiting"], instant_or_none(row["oldest"]), row["sent"]) if row else UpQueue()

    def forget(self, now: datetime) -> None:
        """Drop what was sent long ago; the journal keeps the airings themselves."""
        with self.store.write() as db:
            db.conn.execute("DELETE FROM town_outbox WHERE sent_at < ?", (instant_text(now - KEPT),))


_SELECT = "SELECT row, line, number, kind, body FROM town_outbox"


def restored(conn: Connection) -> None:
    """A new line: what was told after the backup has numbers that this database does not know of."""
    begin_line(conn, "restored")


def begin_line(conn: Connection, why: str, *, only_first: bool = False) -> None:
    """Give numbers in a new line from now on; `only_first`: where there is none. A database without outbox has none."""
    if conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'town_line'").fetchone() is None:
        return
    if conn.execute("SELECT 1 FROM town_line LIMIT 1").fetchone() and only_first:
        return
    sql = (
        "INSERT INTO town_line (line, base, why)"
        " SELECT ?, coalesce((SELECT value FROM town_cursor WHERE name = ?), 0), ?"
    )
    conn.execute(sql, (secrets.token_hex(8), OUTBOX, why))


def _up(one: Row) -> UpRow:
    return UpRow(one["row"], UpKind(one["kind"]), one["body"].encode(), one["line"], one["number"])


def _shortened(body: dict[str, Any]) -> dict[str, Any]:
    """A body whose longest texts are cut: what is told of a row too long for the stream."""

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: cut(one) for name, one in value.items()}
        return value[:1000] if isinstance(value, str) else value

    return {name: cut(value) for name, value in body.items()}
