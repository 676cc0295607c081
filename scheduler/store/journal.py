"""The broadcast journal (nhật ký phát sóng): append-only and hash-chained.

A row's hash is the sha256 of the JSON array of all its other columns in table order, `prev_hash` among them, so that a
changed, removed or re-ordered row breaks the chain at a row that can be named. Reports are sums over these rows. The
database refuses update and delete by trigger; `verify` does not trust that.
"""

import hashlib
import json
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils.db import Database

from scheduler.core.airtime import Aired
from scheduler.core.model import AiringOutcome, Seconds
from scheduler.store.database import Row, Store, insert, instant_text, json_text

GENESIS = "0" * 64
COLUMNS = (
    "seq",
    "at",
    "kind",
    "day",
    "slot_id",
    "campaign_id",
    "announcement_id",
    "title",
    "dispatch_number",
    "zone",
    "priority",
    "trigger",
    "planned_start",
    "actual_start",
    "actual_end",
    "planned_ms",
    "played_ms",
    "outcome",
    "reason",
    "text_sha256",
    "audio_sha256",
    "voice",
    "author",
    "approver",
    "approved_at",
    "operator",
    "outputs_json",
    "note",
    "prev_hash",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to be written; `seq`, `prev_hash` and `hash` are the journal's own."""

    at: datetime
    kind: str
    """airing | clock | station"""
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


class Break(NamedTuple):
    """The first thing that does not hold: the row's number (None = of the slots, not of a row) and what is wrong."""

    seq: int | None
    fault: str


class Verification(NamedTuple):
    rows: int
    broken: Break | None

    @property
    def whole(self) -> bool:
        return self.broken is None


def row_hash(row: Row) -> str:
    return hashlib.sha256(json_text([row[name] for name in COLUMNS]).encode()).hexdigest()


class Journal:
    def __init__(self, store: Store) -> None:
        self.store = store

    def append(self, db: Database, entry: Entry) -> int:
        """Write one row inside the caller's transaction; gives its number."""
        last = self.store.row("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        values: Row = {item.name: getattr(entry, item.name) for item in fields(entry)}
        values["outputs_json"] = json_text(values.pop("outputs"))
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
        """When the newest row was written: a wall clock before it is not to be trusted."""
        text = self.store.value("SELECT max(at) FROM journal")
        return datetime.fromisoformat(text) if text else None

    def of_day(self, day: str) -> list[Row]:
        """The airings of a day by planned start, as told rows (`outputs` decoded)."""
        sql = "SELECT * FROM journal WHERE day = ? AND kind = 'airing' ORDER BY planned_start, seq"
        return [_told(row) for row in self.store.rows(sql, (day,))]

    def aired(self, first_day: str, last_day: str) -> list[Aired]:
        """What was measured, for the sums of `core.airtime`."""
        sql = (
            "SELECT day, campaign_id, dispatch_number, played_ms, outcome FROM journal"
            " WHERE kind = 'airing' AND day BETWEEN ? AND ? ORDER BY seq"
        )
        return [
            Aired(
                day=date.fromisoformat(row["day"]),
                campaign_id=row["campaign_id"],
                dispatch=row["dispatch_number"] or None,
                seconds=Seconds((row["played_ms"] or 0) / 1000),
                outcome=AiringOutcome(row["outcome"]),
            )
            for row in self.store.rows(sql, (first_day, last_day))
        ]

    def verify(self) -> Verification:
        """Walk the chain from its first row; then hold the slots that ended against the rows that say so."""
        previous, count = GENESIS, 0
        for values in self.store.db.conn.execute(f"SELECT {_quoted()}, hash FROM journal ORDER BY seq"):  # noqa: S608 - our names
            row = dict(zip((*COLUMNS, "hash"), values, strict=True))
            count += 1
            if row["seq"] != count:
                return Verification(count - 1, Break(count, f"row {count} is missing"))
            if row["prev_hash"] != previous:
                return Verification(count - 1, Break(count, f"row {count} does not follow row {count - 1}"))
            if row["hash"] != row_hash(row):
                return Verification(count - 1, Break(count, f"row {count} was changed after it was written"))
            previous = row["hash"]
        lost = self.store.value(
            "SELECT s.id FROM slot s LEFT JOIN journal j ON j.slot_id = s.id AND j.kind = 'airing'"
            " WHERE s.outcome IS NOT NULL AND (j.seq IS NULL OR j.outcome <> s.outcome) LIMIT 1"
        )
        fault = Break(None, f"slot {lost} has ended but its row is missing or says otherwise") if lost else None
        return Verification(count, fault)


def _quoted() -> str:
    return ", ".join(f'"{name}"' for name in COLUMNS)


def _told(row: Row) -> Row:
    return row | {"outputs": json.loads(row["outputs_json"])}
