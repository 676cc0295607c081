"""The broadcast journal (nhật ký phát sóng): append-only and hash-chained.

A changed, removed or re-ordered row breaks the chain (`chain`) at a row that can be named; rows taken from its end, or
all written anew, no longer fit what the daily checkpoints have signed. Reports are sums over these rows. The database
refuses update and delete by trigger; `verify` does not trust that.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from sqlite_utils.db import Database

from scheduler.core.air.clock_trust import Ahead
from scheduler.core.air.output_share import OutputShare, to_row
from scheduler.core.report.proof import Break, Checkpoint, Fault, Verification, line_fault, read_payload
from scheduler.store.air.checkpoints import Checkpoints, mark_of
from scheduler.store.air.clock_words import ClockWords
from scheduler.store.air.keys import holds
from scheduler.store.chain import GENESIS, START, Mark, Walked, row_hash, snapshot, walk
from scheduler.store.database import Row, Store, insert, instant_or_none, instant_text, json_text

__all__ = ["HEARD", "Break", "Entry", "Journal"]

HEARD = "(coalesce(played_ms, 0) > 0 OR outcome = 'partial')"
"""Of a row: whether any loudspeaker sounded any of it; `played_ms` is what the worst of them did."""

_PIECE = 5000
"""Rows between two words about how far a walk has come."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to be written; `seq`, `prev_hash` and `hash` are the journal's own."""

    at: datetime
    kind: str
    """airing | clock | station | relay | key | heard | rules | pair | late"""
    day: str
    slot_id: str | None = None
    campaign_id: int | None = None
    announcement_id: int | None = None
    title: str = ""
    dispatch_number: str = ""
    zone: str = ""
    priority: int | None = None
    trigger: str = ""
    planned_start: str | None = None
    actual_start: str | None = None
    actual_end: str | None = None
    planned_ms: int | None = None
    played_ms: int | None = None
    outcome: str = ""
    reason: str = ""
    text_sha256: str = ""
    audio_sha256: str = ""
    voice: str = ""
    author: str = ""
    approver: str = ""
    approved_at: str | None = None
    operator: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    note: str = ""
    zones: tuple[str, ...] | None = None
    """Of an airing: where it was heard. None = nobody asked, as in every row from before there was such a column."""
    shares: tuple[OutputShare, ...] | None = None
    """Of an airing: what each output sounded. None = it was not measured, as in every row from before."""


class Journal:
    def __init__(self, store: Store) -> None:
        self.store = store

    def append(self, db: Database, entry: Entry) -> int:
        """Write one row inside the caller's transaction; gives its number."""
        last = self.store.row("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        values: Row = {item.name: getattr(entry, item.name) for item in fields(entry)}
        values["outputs_json"] = json_text(values.pop("outputs"))
        zones = values.pop("zones")
        values["zones_json"] = None if zones is None else json_text(zones)
        shares = values.pop("shares")
        values["shares_json"] = None if shares is None else json_text(to_row(shares))
        values |= {
            "seq": (last["seq"] if last else 0) + 1,
            "at": instant_text(entry.at),
            "prev_hash": last["hash"] if last else GENESIS,
        }
        insert(db, "journal", values | {"hash": row_hash(values)})
        return int(values["seq"])

    def note(self, kind: str, day: str, reason: str, note: str, at: datetime) -> None:
        """A row about the station itself: a clock step, a start, an end."""
        with self.store.write() as db:
            self.append(db, Entry(at=at, kind=kind, day=day, reason=reason, note=note))

    def newest(self) -> datetime | None:
        """The latest hour that rows tell: a wall clock before it is not to be trusted. Rows before the one in which
        people have said how late it really is do not count.
        """
        return self.store.unchanged("journal.newest", self._newest)

    def _newest(self) -> datetime | None:
        sql = "SELECT max(at) FROM journal WHERE seq >= ?"
        return instant_or_none(self.store.value(sql, (ClockWords(self.store).base(),)))

    def ahead(self, now: datetime) -> Ahead | None:
        """What was written by a clock that ran ahead of `now`, as far as nobody has set it right."""
        return ClockWords(self.store).ahead(now)

    def set_right_after(self, seq: int) -> datetime | None:
        """The hour that people have said to be right last, where that stands behind row `seq`."""
        base = ClockWords(self.store).base()
        return instant_or_none(self.store.value("SELECT at FROM journal WHERE seq = ? AND seq > ?", (base, seq)))

    def of_day(self, day: str) -> list[Row]:
        """The airings of a day by planned start, as told rows (`outputs` decoded)."""
        sql = "SELECT * FROM journal WHERE day = ? AND kind = 'airing' ORDER BY planned_start, seq"
        return [_to_row(row) for row in self.store.rows(sql, (day,))]

    def verify(self, since: date | None = None, tell: Callable[[float], None] | None = None) -> Verification:
        """Walk the chain; then hold it against the checkpoints, and the slots that ended against the rows.

        `tell` is given the share that is behind us, from 0 to 1; it must not touch this thread's rows.

        `since`: begin at the last checkpoint before this day instead of at the first row; that checkpoint is believed
        as far as its signature holds.
        """
        with snapshot(self.store):
            kept = Checkpoints(self.store)
            line = kept.all()
            fault = line_fault(line, holds)
            signed = [] if fault else [read_payload(one.payload) for one in line]
            start = mark_of(kept.before(since)) if since and signed else START
            walked = self._walk(start, {one.last_seq: one.last_hash for one in signed}, tell)
            broken = walked.broken or _line_break(fault) or _tail_break(walked.last, signed)
            broken = broken or self._slot_break(since) or self._row_break(since)
        return Verification(walked.last.seq, broken, len(signed), signed[-1].last_seq if signed else 0)

    def _walk(self, start: Mark, marks: Mapping[int, str], tell: Callable[[float], None] | None) -> Walked:
        """The walk, some rows at a time where somebody wants to be told of it; the last piece has no end."""
        newest = self.store.value("SELECT coalesce(max(seq), 0) FROM journal") if tell else 0
        walked = Walked(start, None)
        while tell and walked.broken is None and walked.last.seq + _PIECE < newest:
            behind = walked.last.seq
            walked = walk(self.store, walked.last, behind + _PIECE, marks)
            if walked.last.seq == behind:
                break  # rows are missing here: the piece without an end names them
            tell(walked.last.seq / newest)
        return walked if walked.broken else walk(self.store, walked.last, marks=marks)

    def _slot_break(self, since: date | None) -> Break | None:
        """The first slot that has ended without its row, or with a row that says otherwise."""
        sql = (
            "SELECT s.id FROM slot s LEFT JOIN journal j ON j.slot_id = s.id AND j.kind = 'airing'"
            " WHERE s.outcome IS NOT NULL AND (j.seq IS NULL OR j.outcome <> s.outcome)"
        )
        lost = self.store.value(*_from_day(sql, "s.day", since))
        if lost is None:
            return None
        told = f"slot {lost} has ended but its row is missing or says otherwise"
        return Break(None, told, "journal_slot_differs", {"slot": lost})

    def _row_break(self, since: date | None) -> Break | None:
        """The first row of a slot that is not there or has not ended."""
        sql = (
            "SELECT j.seq FROM journal j LEFT JOIN slot s ON s.id = j.slot_id"
            " WHERE j.kind = 'airing' AND j.slot_id IS NOT NULL AND s.outcome IS NULL"
        )
        seq = self.store.value(*_from_day(sql, "j.day", since))
        if seq is None:
            return None
        return Break(seq, f"row {seq} tells the end of a slot that has none", "journal_slot_missing", {"seq": seq})


def _from_day(sql: str, column: str, since: date | None) -> tuple[str, tuple[str, ...]]:
    """The first find of a query from a day on; without a day no condition that would lead it through an index."""
    return (f"{sql} AND {column} >= ? LIMIT 1", (since.isoformat(),)) if since else (f"{sql} LIMIT 1", ())


def _line_break(fault: Fault | None) -> Break | None:
    if fault is None:
        return None
    return Break(None, f"checkpoint {fault.number}: {fault.reason}", fault.reason, {"number": fault.number})


def _tail_break(last: Mark, signed: list[Checkpoint]) -> Break | None:
    """Rows that a checkpoint has signed and that are no longer there."""
    beyond = next((one for one in signed if one.last_seq > last.seq), None)
    if beyond is None:
        return None
    details = {"seq": last.seq, "day": beyond.day, "signed": beyond.last_seq}
    told = f"rows behind {last.seq} are missing: checkpoint {beyond.number} has signed row {beyond.last_seq}"
    return Break(last.seq + 1, told, "journal_tail_removed", details)


def _to_row(row: Row) -> Row:
    return row | {"outputs": json.loads(row["outputs_json"])}
