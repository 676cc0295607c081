"""Rows of tickets (phản ánh): what was reported of a loudspeaker, what came of it, and the salt that hides who sent it.

A report and its ticket are written together. An address is kept as a hash with the salt of its day, and not even that
once the day is over. What may follow what, and what is too often, is `core.tickets`'s to say.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime

from sqlite_utils.db import Database

from scheduler.extras.public.rules.tickets import (
    CLOSED,
    NewReport,
    Note,
    Report,
    Ticket,
    TicketState,
    same_ticket_span,
)
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.database import Row, Store, insert, instant_of, instant_text, json_text, update
from scheduler.store.mapper import Mapper

__all__ = ["TicketRows"]


class TicketRows:
    def __init__(self, store: Store) -> None:
        self.store = store

    # Senders

    def sender(self, address: str, today: date) -> str:
        """What an address is called today: the same name all day, another one tomorrow, and no way back from it."""
        salt = self.store.value("SELECT salt FROM sender_salt WHERE day = ?", (str(today),))
        if salt is None:
            with self.store.write() as db:
                db.conn.execute(
                    "INSERT INTO sender_salt (day, salt) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    (str(today), secrets.token_hex(32)),
                )
            salt = self.store.value("SELECT salt FROM sender_salt WHERE day = ?", (str(today),))
        return hashlib.sha256(f"{salt}{address}".encode()).hexdigest()

    def sent_since(self, since: datetime, sender: str) -> tuple[int, int]:
        """Reports since then: of this sender, and of everybody."""
        sql = "SELECT coalesce(sum(sender = ?), 0), count(*) FROM ticket_report WHERE sent_at > ?"
        of_one, of_all = self.store.db.conn.execute(sql, (sender, instant_text(since))).fetchone()
        return of_one, of_all

    # Reports

    def by_form(self, form: str) -> Report | None:
        """The report that this drawn form has already made."""
        row = self.store.row("SELECT * FROM ticket_report WHERE form = ?", (form,))
        return _REPORT.read(row) if row else None

    def by_key(self, key: str) -> Report:
        """Raises NotFound."""
        row = self.store.row("SELECT * FROM ticket_report WHERE key = ?", (key,))
        if row is None:
            raise NotFound("report", "")
        return _REPORT.read(row)

    def add(self, new: NewReport, sender: str, now: datetime) -> Report:
        """Keep a report: with the open ticket of the same thing, or a new one. Inside the caller's transaction."""
        with self.store.write() as db:
            ticket_id = self._same(new)
            if ticket_id is None:
                ticket_id = self._open(db, new, now)
            else:
                told = (instant_text(now), ticket_id)
                db.conn.execute("UPDATE ticket SET reports = reports + 1, changed_at = ? WHERE id = ?", told)
            report = {
                "ticket_id": ticket_id,
                "key": secrets.token_urlsafe(16),
                "form": new.form,
                "at": instant_text(new.at),
                "words": new.words,
                "phone": new.phone,
                "sender": sender,
                "sent_at": instant_text(now),
            }
            insert(db, "ticket_report", report)
        return _REPORT.read(report)

    def _same(self, new: NewReport) -> int | None:
        """The open ticket nearest in time that tells the same thing of the same place."""
        first, last = same_ticket_span(new.at)
        found = self.store.value(
            "SELECT id FROM ticket WHERE zone = ? AND cluster = ? AND kind = ? AND at BETWEEN ? AND ?"
            " AND closed_at IS NULL ORDER BY abs(julianday(at) - julianday(?)), id LIMIT 1",
            (new.zone, new.cluster, new.kind, instant_text(first), instant_text(last), instant_text(new.at)),
        )
        return None if found is None else int(found)

    def _open(self, db: Database, new: NewReport, now: datetime) -> int:
        at = instant_text(now)
        row = {"zone": new.zone, "cluster": new.cluster, "kind": new.kind.value, "at": instant_text(new.at)}
        return insert(db, "ticket", row | {"opened_at": at, "changed_at": at})

    # Tickets

    def ticket(self, ticket_id: int) -> Ticket:
        """Raises NotFound."""
        row = self.store.row("SELECT * FROM ticket WHERE id = ?", (ticket_id,))
        if row is None:
            raise NotFound("ticket", ticket_id)
        return _TICKET.read(row)

    def of_states(self, states: Sequence[TicketState], below: int | None, limit: int) -> list[Ticket]:
        """Tickets in these states, the newest number first; `below`: only numbers under this one."""
        sql = """SELECT * FROM ticket WHERE state IN (SELECT value FROM json_each(?)) AND id < ?
            ORDER BY id DESC LIMIT ?"""
        values = (json_text([one.value for one in states]), below or 2**62, limit)
        return _TICKET.read_all(self.store.rows(sql, values))

    def open(self, limit: int) -> list[Ticket]:
        """Open tickets, the one that waits longest first."""
        sql = "SELECT * FROM ticket WHERE state IN ('new', 'seen', 'fixing') ORDER BY opened_at, id LIMIT ?"
        return _TICKET.read_all(self.store.rows(sql, (limit,)))

    def counts(self) -> dict[TicketState, int]:
        """How many tickets stand in each state."""
        found = dict(self.store.db.conn.execute("SELECT state, count(*) FROM ticket GROUP BY state").fetchall())
        return {state: found.get(state.value, 0) for state in TicketState}

    def reports(self, ticket_id: int) -> list[Report]:
        """Everything sent in about a ticket, oldest first."""
        rows = self.store.rows("SELECT * FROM ticket_report WHERE ticket_id = ? ORDER BY id", (ticket_id,))
        return _REPORT.read_all(rows)

    def notes(self, ticket_id: int) -> list[Note]:
        """What became of it, oldest first."""
        sql = """SELECT n.at, p.name, n.state, n.words FROM ticket_note n JOIN person p ON p.id = n.person_id
            WHERE n.ticket_id = ? ORDER BY n.id"""
        found = self.store.rows(sql, (ticket_id,))
        return [Note(instant_of(row["at"]), row["name"], TicketState(row["state"]), row["words"]) for row in found]

    def answer(self, seen: Ticket, state: TicketState, words: str, by: int, now: datetime) -> None:
        """Take a step, or add a note where the state stays. Raises Refused edited_meanwhile."""
        at = instant_text(now)
        changes: Row = {"state": state.value, "changed_at": at}
        if state is not seen.state:
            changes["closed_at"] = at if state in CLOSED else None
        with self.store.write() as db:
            if not update(db, "ticket", {"id": seen.id, "state": seen.state.value}, changes):
                raise Refused("edited_meanwhile", title=f"Phản ánh số {seen.id}")
            note = {"ticket_id": seen.id, "person_id": by, "at": at, "state": state.value, "words": words}
            insert(db, "ticket_note", note)

    # Forgetting

    def forget(self, closed_before: datetime, today: date) -> int:
        """Erase the telephone numbers of what was closed before then, and the salts of days that are over.

        The number of telephone numbers erased.
        """
        old_phones = """phone <> '' AND ticket_id IN
            (SELECT id FROM ticket WHERE closed_at IS NOT NULL AND closed_at < ?)"""
        closed = instant_text(closed_before)
        has_old = self.store.value(f"SELECT 1 FROM ticket_report WHERE {old_phones} LIMIT 1", (closed,))  # noqa: S608 - our words
        has_salt = self.store.value("SELECT 1 FROM sender_salt WHERE day < ?", (str(today),))
        if not (has_old or has_salt):
            return 0
        with self.store.write() as db:
            erased = db.conn.execute(f"UPDATE ticket_report SET phone = '' WHERE {old_phones}", (closed,)).rowcount  # noqa: S608 - our words
            db.conn.execute("DELETE FROM sender_salt WHERE day < ?", (str(today),))
        return int(erased)


_TICKET = Mapper(Ticket, "ticket")
_REPORT = Mapper(Report, "ticket_report")
