"""What a station promises, held against what it did: the rows and the journal on one side, the witnesses on the other.

It counts breaches and judges nothing else. A sound is what a witness was given; where a machine lost its power the
journal may know up to a heartbeat less of it, never more.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from scheduler.core.air.output_share import of_loudspeakers, shares_of
from scheduler.core.model import HOUSE_RATE, Priority, StationRules, Trigger
from scheduler.core.planning.day_occupancy import second
from scheduler.core.planning.excepted import met, of_campaign
from scheduler.core.planning.make_good import is_owed
from scheduler.core.planning.rhythm import HOUR, fullest
from scheduler.core.planning.rules import is_quiet, local_day
from scheduler.extras.simulate.work.run import Outcome
from scheduler.extras.simulate.work.silence import Heard
from scheduler.store import Row, instant_of, instant_text

__all__ = ["Promises", "checked"]

_BLOCK_MS = 20
_LAST_WORD_MS = 1200
"""What a cut may leave unwritten: a heartbeat is a second apart."""
_FADE = 0.1
"""Seconds for which one sound may fade under the next."""
_CUT = frozenset({"power_cut"})


@dataclass(frozen=True, slots=True)
class Promises:
    """Breaches; a station that keeps its word has none. `verified`: the journal's chain is whole."""

    quiet_sounds: int
    excepted_sounds: int
    """Sounds on a day or in an hour that their campaign leaves out."""
    played_twice: int
    open_after_day: int
    overlaps: int
    longer_than_planned: int
    """Airings with an attempt that lasted longer than planned."""
    unlike_journal: int
    """Airings whose sound is not what the journal says."""
    bursts: int
    """Announcements of which some hour heard more than the plan has in its fullest hour, both ends of it included."""
    short_gaps: int
    """Pauses between two planned airings that were shorter than the station's least; told, not judged: a late start
    may shorten one."""
    journal_rows: int
    verified: bool
    fault: str

    @property
    def kept(self) -> bool:
        breaches = (
            self.quiet_sounds,
            self.excepted_sounds,
            self.played_twice,
            self.open_after_day,
            self.overlaps,
            self.longer_than_planned,
            self.unlike_journal,
            self.bursts,
        )
        return self.verified and not any(breaches)


def checked(outcome: Outcome) -> Promises:
    """Every promise of a run that is over."""
    store, rules = outcome.station.repos.store, outcome.station.config.rules
    slots = {row["id"]: row for row in store.rows("SELECT * FROM slot")}
    since = instant_text(outcome.since) if outcome.since else ""
    rows = store.rows("SELECT * FROM journal WHERE kind = 'airing' AND at >= ?", (since,))
    attempts = store.rows("SELECT slot_id, max(played_ms) AS longest FROM airing GROUP BY slot_id")
    longest = {row["slot_id"]: row["longest"] for row in attempts}
    found = outcome.station.repos.journal.verify()
    heard = [one for one in outcome.heard if one.frames]
    return Promises(
        quiet_sounds=sum(_is_quiet_sound(one, slots, rules) for one in heard),
        excepted_sounds=0 if outcome.is_edited else _excepted_sounds(outcome, heard, slots),
        played_twice=_twice(heard, slots, rows),
        open_after_day=_open_after_day(outcome, slots.values(), rules) if outcome.is_on else 0,
        overlaps=sum(later.at < earlier.until - _FADE for earlier, later in _neighbours(heard)),
        longer_than_planned=sum(longest.get(row["slot_id"], 0) > row["planned_ms"] + _BLOCK_MS for row in rows),
        unlike_journal=_unlike(heard, rows),
        bursts=0 if outcome.is_edited else _bursts(outcome),
        short_gaps=sum(_is_short(earlier, later, slots, rules) for earlier, later in _neighbours(heard)),
        journal_rows=found.rows,
        verified=found.whole,
        fault=found.broken.fault if found.broken else "",
    )


def _is_quiet_sound(heard: Heard, slots: dict[str, Row], rules: StationRules) -> bool:
    slot = slots.get(heard.slot_id)
    if slot is None:
        return True  # a sound without a row had no right to any hour
    if slot["trigger"] == Trigger.EMERGENCY and slot["priority"] == Priority.EMERGENCY:
        return False
    end = heard.wall + timedelta(seconds=heard.frames / HOUSE_RATE)
    hours = [quiet for quiet in (rules.quiet_hours, rules.quiet_of(slot["zone"])) if quiet]
    return any(is_quiet(quiet, heard.wall, end, rules.zone_name) for quiet in hours)


def _excepted_sounds(outcome: Outcome, heard: Iterable[Heard], slots: dict[str, Row]) -> int:
    """Judged by the campaigns as they are; of a run that edits them nobody can tell afterwards what held when."""
    zone_name = outcome.station.config.rules.zone_name
    kept = {one.id: of_campaign(one) for one in outcome.station.repos.programme.campaigns()}
    count = 0
    for one in heard:
        left_out = kept.get(slots.get(one.slot_id, {}).get("campaign_id") or 0)
        end = one.wall + timedelta(seconds=one.frames / HOUSE_RATE)
        count += left_out is not None and met(left_out, one.wall, end, zone_name) is not None
    return count


def _twice(heard: Iterable[Heard], slots: dict[str, Row], rows: Iterable[Row]) -> int:
    """Slots of which more was heard than there is, and slots made good although they had been heard.

    What an emergency cut before its half and what was then begun again is the rule, not a breach.
    """
    pieces: dict[tuple[str, str], list[int]] = {}
    for one in heard:
        pieces.setdefault((one.slot_id, one.output), []).append(one.frames)
    longer = {slot_id for (slot_id, _), frames in pieces.items() if _is_too_much(frames, slots.get(slot_id))}
    played = {row["slot_id"] for row in rows if row["played_ms"]}
    debts = [slot["makes_good"] for slot in slots.values() if slot.get("makes_good") and slot["id"] in played]
    paid_twice = sum(count - 1 for count in Counter(debts).values())
    return len(longer) + sum(debt in played for debt in debts) + paid_twice


def _is_too_much(frames: Sequence[int], slot: Row | None) -> bool:
    planned = slot["length_ms"] * HOUSE_RATE // 1000 if slot else 0
    most = planned + _BLOCK_MS * HOUSE_RATE // 1000
    begun_again = frames[-1] <= most and all(2 * piece <= most for piece in frames[:-1])
    return sum(frames) > most and not (len(frames) > 1 and begun_again)


def _open_after_day(outcome: Outcome, slots: Iterable[Row], rules: StationRules) -> int:
    today = local_day(outcome.station.clock.now(), rules.zone_name).isoformat()
    return sum(slot["outcome"] is None and slot["day"] < today for slot in slots)


def _bursts(outcome: Outcome) -> int:
    """By the planned instants of what sounded: a late start makes no burst. What was cut and is owed counts once."""
    repos, sounded = outcome.station.repos, {one.slot_id for one in outcome.heard if one.frames}
    planned: dict[int, list[int]] = {}
    heard: dict[int, list[int]] = {}
    for row in repos.store.rows("SELECT DISTINCT day FROM slot ORDER BY day"):
        for slot in repos.slots.of_day(row["day"]):
            if slot.trigger is Trigger.SCHEDULE:
                planned.setdefault(slot.announcement_id, []).append(second(slot.start))
            if slot.id in sounded and slot.trigger in {Trigger.SCHEDULE, Trigger.MAKE_GOOD} and not is_owed(slot):
                heard.setdefault(slot.announcement_id, []).append(second(slot.start))
    most = {name: fullest(sorted(starts), HOUR + 1) for name, starts in planned.items()}
    return sum(fullest(sorted(starts)) > most.get(name, 0) for name, starts in heard.items())


def _neighbours(heard: Sequence[Heard]) -> Iterable[tuple[Heard, Heard]]:
    """Sounds that follow each other on one output, by true time."""
    for output in sorted({one.output for one in heard}):
        yield from pairwise(sorted((one for one in heard if one.output == output), key=lambda one: one.at))


def _is_short(earlier: Heard, later: Heard, slots: dict[str, Row], rules: StationRules) -> bool:
    pair = [slots.get(one.slot_id, {}).get("trigger") for one in (earlier, later)]
    planned = all(trigger in {Trigger.SCHEDULE, Trigger.MAKE_GOOD} for trigger in pair)
    gap = later.at - earlier.until
    return planned and earlier.slot_id != later.slot_id and gap < rules.min_gap.total_seconds() - 1


def _unlike(heard: Iterable[Heard], rows: Iterable[Row]) -> int:
    sounded: dict[str, dict[str, int]] = {}
    for one in heard:
        outputs = sounded.setdefault(one.slot_id, {})
        outputs[one.output] = outputs.get(one.output, 0) + one.frames
    told: dict[str, Any] = {row["slot_id"]: row for row in rows}
    unlike = 0
    for slot_id in sounded.keys() | told.keys():
        row = told.get(slot_id)
        if row is None:
            continue  # it has no end yet
        frames = sounded.get(slot_id, {})
        judged = [frames.get(one.name, 0) for one in of_loudspeakers(shares_of(row) or ())]
        ms = min(judged or [max(frames.values(), default=0)]) * 1000 / HOUSE_RATE
        slack = _LAST_WORD_MS if row["reason"] in _CUT else _BLOCK_MS
        unlike += not -_BLOCK_MS <= ms - (row["played_ms"] or 0) <= slack
    return unlike


def seconds_late(row: Row) -> float | None:
    """How long after its planned instant an airing began, by the station's clock."""
    if not row["actual_start"]:
        return None
    late: datetime = instant_of(row["actual_start"])
    return round((late - instant_of(row["planned_start"])).total_seconds(), 3)
