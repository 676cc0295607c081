"""How an airing ended, as the rows that keep it: the attempt, the sum of all attempts, and the row of the journal.

What was measured is written as it was measured, output by output. Nothing here decides how an airing ended.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce

from scheduler.core.air.output_share import (
    OutputShare,
    after_cut,
    heard_to_ms,
    is_heard,
    to_row,
    worst,
    worst_by_zone,
)
from scheduler.core.model import AiringOutcome, Slot
from scheduler.core.people.person_names import journal_name
from scheduler.core.report.journal_notes import moved_note
from scheduler.store.air.journal import Entry
from scheduler.store.database import Row, instant_text, json_text

__all__ = ["Airing", "Ending", "entry_of", "measured_of", "with_earlier"]


@dataclass(frozen=True, slots=True)
class Airing:
    """An airing under way or left open by a crash; `played_ms` is what was measured last."""

    slot_id: str
    zone: str
    attempt: int
    armed_at: datetime
    started_at: datetime | None
    played_ms: int
    ended_at: datetime | None = None
    shares: tuple[OutputShare, ...] | None = None
    """What each output has sounded; None = nobody has written it."""

    @property
    def is_heard(self) -> bool:
        """Whether any loudspeaker sounded any of it, however little the worst of them did."""
        return is_heard(self.shares, self.played_ms)

    @property
    def silent_from(self) -> datetime | None:
        """When its last loudspeaker fell silent, by what was measured."""
        return self.started_at and self.started_at + timedelta(
            milliseconds=max(self.played_ms, heard_to_ms(self.shares))
        )


@dataclass(frozen=True, slots=True)
class Ending:
    """How an airing ended, as measured. `outputs`: name -> "ok" or why not, where they were not measured one by one."""

    outcome: AiringOutcome
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    played_ms: int = 0
    outputs: dict[str, str] | None = None
    note: str = ""
    shares: tuple[OutputShare, ...] | None = None
    """What each output sounded; None = nobody has measured it."""

    @property
    def is_heard(self) -> bool:
        """Whether any loudspeaker sounded any of it."""
        return self.outcome is AiringOutcome.PARTIAL or is_heard(self.shares, self.played_ms)


_UNHEARD = frozenset({AiringOutcome.CANCELLED, AiringOutcome.REFUSED, AiringOutcome.FAILED, AiringOutcome.RECORDED})


def measured_of(ending: Ending, now: datetime) -> Row:
    measured: Row = {"played_ms": ending.played_ms, "ended_at": instant_text(ending.ended_at or now)}
    if ending.started_at:
        measured["started_at"] = instant_text(ending.started_at)
    if ending.shares is not None:
        measured["shares_json"] = json_text(to_row(ending.shares))
    return measured


def with_earlier(before: Sequence[Airing], ending: Ending) -> Ending:
    """An ending with what earlier attempts have measured, output by output; all of it is airtime that was heard."""
    sounded_now = ending.is_heard
    ending = replace(ending, shares=_all_shares(before, ending))
    heard = [airing for airing in before if airing.is_heard]
    if not heard:
        return ending
    ends = [at for airing in heard if (at := airing.silent_from)]
    found = worst(ending.shares or ())
    summed = ending.played_ms + sum(airing.played_ms for airing in heard)
    every = all(airing.shares is not None for airing in heard)
    played_ms = found.played_ms if found and every else summed
    unheard = _UNHEARD if played_ms else _UNHEARD | {AiringOutcome.PRE_EMPTED}
    return replace(
        ending,
        outcome=AiringOutcome.PARTIAL if ending.outcome in unheard else ending.outcome,
        started_at=min((airing.started_at for airing in heard if airing.started_at), default=ending.started_at),
        ended_at=ending.ended_at if sounded_now else max(ends, default=ending.ended_at),
        played_ms=played_ms,
    )


def _all_shares(before: Sequence[Airing], ending: Ending) -> tuple[OutputShare, ...] | None:
    told = [one.shares for one in before if one.shares is not None]
    told += [ending.shares] if ending.shares is not None else []
    return reduce(after_cut, told) if told else None


def _outputs_of(ending: Ending) -> dict[str, str]:
    """Output -> "ok" where it sounded what it was to sound in all attempts together, else what was wrong with it."""
    if ending.shares is not None:
        return {one.name: one.state for one in ending.shares if one.state}
    return ending.outputs or {}


def _heard_in(ending: Ending, zones: Mapping[str, Sequence[str]]) -> set[str]:
    """Zones whose worst loudspeaker sounded it whole; where the outputs were not measured, as they were told."""
    if ending.shares is not None:
        return {zone for zone, found in worst_by_zone(ending.shares).items() if found and found.is_whole}
    took = [name for name, how in (ending.outputs or {}).items() if how == "ok"]
    return {zone for name in took for zone in zones.get(name, ())}


def entry_of(
    slot: Slot, title: str, row: Row, ending: Ending, now: datetime, zones: Mapping[str, Sequence[str]]
) -> Entry:
    """The row of the journal. `row`: the slot joined with all that is told of it then."""
    fields = json.loads(row["fields_json"]) if row["fields_json"] else {}
    return Entry(
        at=now,
        kind="airing",
        day=slot.day.isoformat(),
        slot_id=slot.id,
        campaign_id=slot.campaign_id,
        announcement_id=slot.announcement_id,
        title=title,
        dispatch_number=fields.get("number_symbol") or "",
        zone=slot.zone,
        priority=slot.priority.value,
        trigger=slot.trigger.value,
        planned_start=instant_text(slot.start),
        actual_start=instant_text(ending.started_at) if ending.started_at else None,
        actual_end=instant_text(ending.ended_at) if ending.ended_at else None,
        planned_ms=round(slot.length / timedelta(milliseconds=1)),
        played_ms=ending.played_ms,
        outcome=ending.outcome.value,
        reason=ending.reason,
        text_sha256=hashlib.sha256(row["text"].encode()).hexdigest(),
        audio_sha256=slot.audio_sha256,
        voice=f"{row['engine']}/{row['voice']}" if row["engine"] else "",
        author=journal_name(row["author_login"], row["author"]),
        approver=journal_name(row["approver_login"], row["approver"]),
        approved_at=row["approved_at"],
        operator=journal_name(row["operator_login"], row["operator"]),
        outputs=_outputs_of(ending),
        shares=ending.shares,
        note="; ".join(filter(None, (moved_note(row["moved_from"]) if row["moved_from"] else "", ending.note))),
        zones=tuple(sorted(_heard_in(ending, zones))),
    )
