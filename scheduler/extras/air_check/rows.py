"""What the air monitor has heard: one row for each airing it has judged, one for each spell of silence or stray sound.

Every finding goes into the journal as well, once, when it is over; the rows here can be asked by airing. No sound and
nothing of a person is in them. What a measurement means is `core.air_watch`' to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils.db import Database

from scheduler.core.air.heard_back import AirFigures, Heard, Mark, SpellKind, Spells
from scheduler.core.air.output_share import OutputShare, is_heard, shares_of
from scheduler.extras.air_check.rules.air_watch import REASONS, Measured, Spell, StoredHeard
from scheduler.kernel.errors import NotFound
from scheduler.store.air.journal import Entry, Journal
from scheduler.store.database import Row, Store, insert, instant_of, instant_or_none, instant_text, json_text, update
from scheduler.store.mapper import Mapper, Of

__all__ = ["Attempt", "HeardRows", "ToJudge"]


_BESIDE = (
    "day",
    "zone",
    "campaign_id",
    "announcement_id",
    "title",
    "dispatch_number",
    "planned_start",
    "actual_start",
    "actual_end",
    "audio_sha256",
)
"""What the journal row of a finding repeats of its airing's. `played_ms` is not among them: sums are over airings."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of an airing, as measured at the outputs."""

    started_at: datetime
    """When the first of its loudspeakers was heard."""
    played_ms: int
    """Of the worst of them."""
    shares: tuple[OutputShare, ...] | None = None
    """What each output sounded of it; None = nobody has written it."""

    @property
    def ended_at(self) -> datetime:
        """When all of it had been heard, or would have been."""
        due_ms = max((one.due_ms for one in self.shares or ()), default=self.played_ms)
        return self.started_at + timedelta(milliseconds=due_ms)

    @property
    def is_heard(self) -> bool:
        """Whether any loudspeaker sounded any of it."""
        return is_heard(self.shares, self.played_ms)


@dataclass(frozen=True, slots=True)
class ToJudge:
    """An airing that is over and has not been judged."""

    slot_id: str
    zone: str
    attempts: tuple[Attempt, ...]
    ended_at: datetime


class HeardRows:
    def __init__(self, store: Store, journal: Journal) -> None:
        self.store = store
        self.journal = journal

    # What is to be judged

    def to_judge(self, since: datetime, until: datetime) -> list[ToJudge]:
        """Airings that a loudspeaker sounded, whose journal row was written in [since, until), oldest first."""
        sql = """SELECT j.slot_id, j.zone, j.actual_end FROM journal j
            LEFT JOIN heard h ON h.slot_id = j.slot_id AND h.kind = 'airing'
            WHERE j.kind = 'airing' AND j.at >= ? AND j.at < ? AND j.actual_start IS NOT NULL
                AND h.id IS NULL ORDER BY j.seq"""
        rows = self.store.rows(sql, (instant_text(since), instant_text(until)))
        return [
            ToJudge(row["slot_id"], row["zone"], attempts, max(instant_of(row["actual_end"]), attempts[-1].ended_at))
            for row in rows
            if row["actual_end"] and (attempts := self._attempts(row["slot_id"]))
        ]

    def _attempts(self, slot_id: str) -> tuple[Attempt, ...]:
        sql = "SELECT * FROM airing WHERE slot_id = ? AND started_at IS NOT NULL ORDER BY attempt"
        rows = self.store.rows(sql, (slot_id,))
        attempts = [Attempt(instant_of(row["started_at"]), row["played_ms"], shares_of(row)) for row in rows]
        return tuple(one for one in attempts if one.is_heard)

    def newest(self) -> datetime | None:
        """When the newest finding began."""
        return instant_or_none(self.store.value("SELECT max(began_at) FROM heard"))

    # What was found

    def judged(self, one: ToJudge, verdict: Heard, measured: Measured, device: str, now: datetime) -> bool:
        """Keep the verdict of an airing, with its journal row; False when it was kept before."""
        with self.store.write() as db:
            if self.store.value("SELECT 1 FROM heard WHERE slot_id = ? AND kind = 'airing'", (one.slot_id,)):
                return False
            entry = self._entry(one.slot_id, now)
            seq = self.journal.append(
                db,
                replace(entry, outcome=verdict.value, reason=REASONS[verdict], note=_note(measured, device)),
            )
            row = {
                "kind": "airing",
                "slot_id": one.slot_id,
                "day": entry.day,
                "began_at": instant_text(one.attempts[0].started_at),
                "ended_at": instant_text(one.ended_at),
                "verdict": verdict.value,
                "device": device,
                "seq": seq,
            }
            insert(db, "heard", row | _columns(measured))
            return True

    def begin(self, spell: Spell, slot_id: str | None, day: str, device: str) -> int:
        """A spell has begun (its row)."""
        row = {
            "kind": spell.kind.value,
            "slot_id": slot_id,
            "day": day,
            "began_at": instant_text(spell.began),
            "level_dbfs": round(spell.level_dbfs, 1),
            "device": device,
        }
        with self.store.write() as db:
            return insert(db, "heard", row)

    def end(self, row_id: int, ended: datetime, level_dbfs: float | None, now: datetime) -> bool:
        """A spell is over: its end and its journal row together. False when it had ended before."""
        with self.store.write() as db:
            row = self.store.row("SELECT * FROM heard WHERE id = ? AND ended_at IS NULL", (row_id,))
            if row is None:
                return False
            level = row["level_dbfs"] if level_dbfs is None else round(level_dbfs, 1)
            ended = max(ended, instant_of(row["began_at"]))
            seq = self._append_spell(db, row, ended, level, now)
            update(db, "heard", {"id": row_id}, {"ended_at": instant_text(ended), "level_dbfs": level, "seq": seq})
            return True

    def _append_spell(self, db: Database, row: Row, ended: datetime, level: float, now: datetime) -> int:
        reason = "air_silent" if row["kind"] == SpellKind.SILENCE else "air_stray"
        entry = self._entry(row["slot_id"], now) if row["slot_id"] else Entry(at=now, kind="heard", day=row["day"])
        note = _note(Measured(1.0, level), row["device"])
        entry = replace(entry, outcome="", reason=reason, actual_start=row["began_at"], note=note)
        return self.journal.append(db, replace(entry, actual_end=instant_text(ended)))

    def _entry(self, slot_id: str, now: datetime) -> Entry:
        """What the journal has written of the airing, for a row beside it."""
        row = self.store.row("SELECT * FROM journal WHERE slot_id = ? AND kind = 'airing'", (slot_id,))
        if row is None:  # a silence that was over before its airing was
            row = self.store.row(
                """SELECT s.day, s.zone, s.campaign_id, s.announcement_id, a.title, '' AS dispatch_number,
                    s.start AS planned_start, NULL AS actual_start, NULL AS actual_end, s.audio_sha256
                FROM slot s JOIN announcement a ON a.id = s.announcement_id WHERE s.id = ?""",
                (slot_id,),
            )
        if row is None:
            raise NotFound("slot", slot_id)
        return Entry(at=now, kind="heard", slot_id=slot_id, **{name: row[name] for name in _BESIDE})

    # Reading

    def open_spells(self) -> list[int]:
        """Spells that have not ended."""
        return [row["id"] for row in self.store.rows("SELECT id FROM heard WHERE ended_at IS NULL ORDER BY id")]

    def of_day(self, day: str) -> list[StoredHeard]:
        """Every finding of a day, by its beginning."""
        return self._read("WHERE h.day = ? ORDER BY h.began_at, h.id", day)

    def tally(self, slot_ids: Sequence[str]) -> tuple[int, int] | None:
        """Of these airings, how many were listened to and how many heard whole; None where none was."""
        sql = """SELECT count(*), sum(verdict = ?) FROM heard
            WHERE kind = 'airing' AND verdict <> ? AND slot_id IN (SELECT value FROM json_each(?))"""
        values = (Heard.HEARD.value, Heard.UNKNOWN.value, json_text(list(slot_ids)))
        listened, heard = self.store.db.conn.execute(sql, values).fetchone()
        return (listened, heard) if listened else None

    def marks(self, slot_ids: Sequence[str]) -> dict[str, Mark]:
        """What was made of some airings, by slot; those it has not judged are left out."""
        sql = """SELECT h.slot_id, h.verdict, h.level_dbfs
            FROM json_each(?) s CROSS JOIN heard h ON h.slot_id = s.value AND h.kind = 'airing'"""
        found = self.store.db.conn.execute(sql, (json_text(list(slot_ids)),))
        return {slot_id: Mark(Heard(verdict), level_dbfs) for slot_id, verdict, level_dbfs in found}

    def figures(self, first: date, last: date) -> AirFigures:
        """What was found in the days; a spell that goes on is in no journal yet and not counted."""
        days = (str(first), str(last))
        sql = "SELECT verdict, count(*) FROM heard WHERE day BETWEEN ? AND ? AND kind = 'airing' GROUP BY 1"
        verdicts = {Heard(verdict): count for verdict, count in self.store.db.conn.execute(sql, days)}
        sql = """SELECT kind, began_at, ended_at FROM heard
            WHERE day BETWEEN ? AND ? AND kind <> 'airing' AND ended_at IS NOT NULL"""
        spells: dict[SpellKind, Spells] = {}
        for kind, began, ended in self.store.db.conn.execute(sql, days):
            times, length_ms = spells.get(SpellKind(kind), Spells())
            length = instant_of(ended) - instant_of(began)
            spells[SpellKind(kind)] = Spells(times + 1, length_ms + round(length.total_seconds() * 1000))
        return AirFigures(verdicts, spells)

    def last(self, count: int) -> list[StoredHeard]:
        """The newest findings, newest first."""
        return self._read("ORDER BY h.began_at DESC, h.id DESC LIMIT ?", count)

    def _read(self, rest: str, *values: object) -> list[StoredHeard]:
        sql = f"""SELECT h.*, a.title FROM heard h LEFT JOIN slot s ON s.id = h.slot_id
            LEFT JOIN announcement a ON a.id = s.announcement_id {rest}"""  # noqa: S608 - `rest` is ours
        return _STORED.read_all(self.store.rows(sql, values))


def _columns(measured: Measured) -> Row:
    def rounded(value: float | None, digits: int) -> float | None:
        return None if value is None else round(value, digits)

    return {
        "level_dbfs": rounded(measured.level_dbfs, 1),
        "correlation": rounded(measured.correlation, 3),
        "share": rounded(measured.share, 3),
        "delay_ms": measured.delay_ms,
        "listened": rounded(measured.listened, 3),
    }


def _note(measured: Measured, device: str) -> str:
    """The measurement as the journal keeps it, hashed: JSON, what was not measured left out."""
    told: Mapping[str, Any] = _columns(measured) | {"device": device}
    return json_text({name: value for name, value in told.items() if value is not None})


def _measured(row: Row) -> Measured:
    listened = 1.0 if row["listened"] is None else row["listened"]
    return Measured(listened, row["level_dbfs"], row["correlation"], row["share"], row["delay_ms"])


_STORED = Mapper(StoredHeard, "heard", title=Of(lambda row: row["title"] or ""), measured=Of(_measured))
