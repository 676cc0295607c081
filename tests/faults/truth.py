"""What must be true of a station whatever was done to it: the rows held against what the loudspeakers heard.

Each promise is read anew here, from rows and captured frames, by plain means: wall clocks, sums and arrays. What is
broken comes back as sentences; none means that all held.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from scheduler.config.loading import Config
from scheduler.core.air.output_share import shares_of
from scheduler.core.model import HOUSE_RATE, Frames, Slot, Trigger, Window
from scheduler.core.planning.make_good import is_owed
from scheduler.playout.mixer import BLOCK, FADE, Block
from scheduler.station import Station
from tests.faults.evidence import Evidence
from tests.faults.explained import OF_HAPPENINGS
from tests.faults.heard import Stretch

TIMED = {Trigger.SCHEDULE, Trigger.MAKE_GOOD}
A_BREATH = timedelta(seconds=1)
"""What a gap may be short of: the airing before may have begun a moment late."""
MILLISECOND = HOUSE_RATE // 1000


def broken_promises(station: Station) -> list[str]:
    """Every promise that does not hold."""
    seen = Evidence.of(station)
    checks = (ends, keys, counted, told_ok, sounded, quiet, paid, planned, bursts, gaps, *OF_HAPPENINGS)
    return [sentence for check in checks for sentence in check(seen)]


def ends(seen: Evidence) -> Iterator[str]:
    """Every slot has one end, with a reason where it was not whole, and one row that says the same."""
    rows = seen.station.repos.store.rows("SELECT slot_id, outcome, reason FROM journal WHERE kind = 'airing'")
    told = {row["slot_id"]: row for row in rows}
    if len(told) < len(rows):
        yield "a slot has two rows in the journal"
    for slot in seen.slots.values():
        if slot.outcome is None:
            yield f"{slot.id} has no end"
        elif slot.id not in told:
            yield f"{slot.id} ended without a row"
        elif told[slot.id]["outcome"] != slot.outcome.value or (slot.outcome.value != "played" and not slot.reason):
            yield f"{slot.id} ended {slot.outcome} '{slot.reason}', its row says {told[slot.id]}"
    if not (verdict := seen.station.repos.journal.verify()).whole:
        yield f"the journal is broken: {verdict.broken}"


def keys(seen: Evidence) -> Iterator[str]:
    """Airing keys are counted from one, and none is left open."""
    rows = seen.station.repos.store.rows("SELECT * FROM airing ORDER BY slot_id, attempt")
    attempts: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        attempts[row["slot_id"]].append(row["attempt"])
        if row["ended_at"] is None:
            yield f"{row['slot_id']} has an open airing"
    for slot_id, numbers in attempts.items():
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{slot_id} was claimed as {numbers}"
    for slot_id, several in seen.heard.items():
        outputs = {stretch.output for stretch in several}
        most = max(len(soundings([one for one in several if one.output == output])) for output in outputs)
        if most > len(attempts.get(slot_id, [])):
            yield f"{slot_id} sounded {most} times with {len(attempts.get(slot_id, []))} keys"


def soundings(several: list[Stretch]) -> list[list[Stretch]]:
    """The stretches of one slot on one output, by attempt.

    An output that was away comes back into the same sounding, where this has come meanwhile: what it left out is lost.
    """
    found: list[list[Stretch]] = []
    for stretch in several:
        if found and goes_on(found[-1], stretch):
            found[-1].append(stretch)
        else:
            found.append([stretch])
    return found


def goes_on(before: list[Stretch], stretch: Stretch) -> bool:
    """Whether a stretch has the place in time that it would have had if its output had never been away."""
    return place_of(before[0], stretch) >= place_of(before[0], before[-1]) + before[-1].frames - MILLISECOND


def place_of(first: Stretch, stretch: Stretch) -> int:
    """Frames from the beginning of one stretch to that of another, in truth."""
    return round((stretch.true_start - first.true_start).total_seconds() * HOUSE_RATE)


def counted(seen: Evidence) -> Iterator[str]:
    """What the journal says was played is what the worst loudspeaker was given, within a block; no output is told more."""
    sql = "SELECT slot_id, played_ms, shares_json FROM journal WHERE kind = 'airing'"
    for row in seen.station.repos.store.rows(sql):
        frames = seen.frames(row["slot_id"])
        for one in shares_of(row) or ():
            if one.played_ms * MILLISECOND - frames[one.name] > BLOCK + MILLISECOND:
                yield f"{row['slot_id']}: {one.name} is told {one.played_ms} ms, {frames[one.name] / MILLISECOND:.0f} were heard"
        worst = min((frames[name] for name in seen.loudspeakers), default=0)
        if abs(worst - row["played_ms"] * MILLISECOND) > BLOCK + MILLISECOND:
            yield f"{row['slot_id']}: {worst / MILLISECOND:.0f} ms were heard, the journal says {row['played_ms']}"
    for slot_id in seen.heard.keys() - seen.slots.keys():
        yield f"{slot_id} sounded and is no slot"


WHOLE = 0.95
"""The share of what it was to sound from which an output may be told "ok"."""


def told_ok(seen: Evidence) -> Iterator[str]:
    """No output is told "ok" that was given less than it was to sound; nothing is "played" that one of them was not.

    Of what was cut nobody wrote down how much was due: no less than what another loudspeaker was given.
    """
    for row in seen.station.repos.store.rows("SELECT * FROM journal WHERE kind = 'airing'"):
        slot, frames = seen.slots[row["slot_id"]], seen.frames(row["slot_id"])
        whole = slot.length.total_seconds() * HOUSE_RATE
        due = whole if row["outcome"] == "played" else max(frames.values(), default=0)
        for name, state in json.loads(row["outputs_json"]).items():
            if state == "ok" and frames.get(name, 0) < WHOLE * due - BLOCK:
                yield f"{slot.id}: {name} is told ok with {frames.get(name, 0) / MILLISECOND:.0f} ms of {due / MILLISECOND:.0f}"
        if row["outcome"] == "played" and any(frames[name] < WHOLE * whole - BLOCK for name in seen.loudspeakers):
            yield f"{slot.id} is told played, its loudspeakers were given {frames}"


def programme_of(station: Station, slot: Slot) -> Block:
    """The whole sound of a slot, put together from the library once more."""
    load, rundowns = station.repos.library.load, station.services.rundowns
    clip = load(slot.audio_sha256)
    parts = {"clip": clip}
    if slot.chime:
        parts |= {"open": load(rundowns.opening_sha256(slot))}
        parts |= {"close": load(rundowns.chime_sha256("close"))}
    if slot.intro_sha256:
        parts["intro"] = load(slot.intro_sha256)
    items = rundowns.of(slot, Frames(len(clip)))
    return np.concatenate([parts.get(item.kind, np.zeros(item.frames, np.int16)) for item in items])


def sounded(seen: Evidence) -> Iterator[str]:
    """What was heard of a clip is that clip, from its first frame; what goes on goes on where it was cut, or anew.

    Where an output comes back into a sounding, it goes on where that has come meanwhile.
    """
    for slot_id, several in seen.heard.items():
        slot = seen.slots.get(slot_id)
        if slot is None or slot.trigger in {Trigger.RELAY, Trigger.LIVE}:
            continue
        whole = programme_of(seen.station, slot)
        for output in {stretch.output for stretch in several}:
            own = [stretch for stretch in several if stretch.output == output]
            yield from _wrong_sound(slot_id, own, whole, [one for one in several if one.output != output])


def _wrong_sound(slot_id: str, several: list[Stretch], whole: Block, others: list[Stretch]) -> Iterator[str]:
    """`others`: what other loudspeakers sounded of it; who comes later joins them where they are."""
    position, first, base = 0, several[0], 0
    for stretch in several:
        places = {0, position, base + place_of(first, stretch)}
        places |= {place_of(one, stretch) for one in others if one.true_start <= stretch.true_start}
        near = {place + by for place in places for by in (-1, 0, 1)}
        at = next((at for at in sorted(near) if at >= 0 and _is_part(stretch, whole, at)), None)
        if at is None:
            yield f"{slot_id}: {stretch.frames} frames at {stretch.start:%H:%M:%S} are not its sound"
        elif len(several) == 1 and at + stretch.frames > len(whole):
            yield f"{slot_id} sounded longer than it is"
        if at is not None and at != base + place_of(first, stretch):
            first, base = stretch, at
        position = (at or 0) + stretch.frames


def _is_part(stretch: Stretch, whole: Block, at: int) -> bool:
    """Its frames are those of `whole` from `at` on; fades at both ends and what sounds together are left out."""
    sound = stretch.sound[: stretch.alone]
    if at + stretch.frames < len(whole):
        sound = sound[: max(0, stretch.frames - FADE)]
    first = FADE if at else 0
    return bool(np.array_equal(sound[first:], whole[at + first : at + len(sound)]))


def in_window(window: Window, wall: datetime) -> bool:
    """Written without the rules under test."""
    if window.start < window.end:
        return window.start <= wall.time() < window.end
    return wall.time() >= window.start or wall.time() < window.end


def is_quiet_at(config: Config, at: datetime) -> bool:
    """Whether the station is to be quiet at an instant, by a clock on the wall of its town."""
    wall = at.astimezone(ZoneInfo(config.station.time_zone))
    return any(in_window(window, wall) for window in config.rules.quiet_hours.windows)


LOST_TIME_BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock that stands before the station was made."""


def quiet(seen: Evidence) -> Iterator[str]:
    """Nothing in quiet hours but an emergency: ordered by an approver, with approved sound."""
    config = seen.station.config
    for stretch in seen.stretches:
        slot = seen.slots.get(stretch.slot_id)
        if slot and is_permitted(seen.station, slot):
            continue
        if sinner := next((at for at in _instants(stretch) if is_quiet_at(config, at)), None):
            yield f"{stretch.slot_id} sounded in quiet hours at {sinner:%H:%M:%S.%f} UTC"
        if sinner := next((at for at in _instants(stretch) if at < LOST_TIME_BEFORE), None):
            yield f"{stretch.slot_id} sounded by a clock that had lost its time, at {sinner}"


def _instants(stretch: Stretch) -> Iterable[datetime]:
    """The middle of every block, by the clock as it stood when the block was taken.

    Where the clock was stepped between two blocks, the fade that comes then is left out: it is what ends the sound.
    """
    before: timedelta | None = None
    fading = 0
    for (first, last), taken, block in zip(stretch.written, stretch.taken, stretch.blocks, strict=True):
        ahead = last - taken
        if before is not None and abs(ahead - before) > A_BREATH / 2:
            fading = FADE + BLOCK
        before = ahead
        if fading <= 0 and np.any(block):
            yield first + (last - first) / 2
        fading -= len(block)


def is_permitted(station: Station, slot: Slot) -> bool:
    facts = station.repos.slots.facts(slot.id)
    by_right = facts.row["operator_role"] in {"approver", "admin"}
    return slot.trigger is Trigger.EMERGENCY and by_right and facts.approved_sha256 == slot.audio_sha256


def gaps(seen: Evidence) -> Iterator[str]:
    """Nothing bursts: what has a time of its own keeps the ward's gap behind whatever sounded before it.

    A person's order may come when the next airing is armed already: that one stays where it is.
    """
    config = seen.station.config
    least = config.rules.min_gap - A_BREATH
    armed_before = timedelta(seconds=config.playout.arm_seconds)
    last: Stretch | None = None
    begun: set[str] = set()
    for stretch in seen.stretches:
        slot = seen.slots.get(stretch.slot_id)
        if slot is None or stretch.frames <= BLOCK:
            continue  # a click of one block is what nobody could write down before the power went
        short = last is not None and gap_between(seen, last, stretch) < least
        if last and short and slot.trigger in TIMED and slot.id not in begun:
            was_ordered = seen.slots[last.slot_id].trigger not in TIMED
            if not (was_ordered and slot.start - last.end <= armed_before):
                yield f"{slot.id} began {(stretch.true_start - last.true_end).total_seconds():.1f} s after {last.slot_id}"
        begun.add(stretch.slot_id)
        if last is None or stretch.true_end > last.true_end:
            last = stretch


def gap_between(seen: Evidence, last: Stretch, stretch: Stretch) -> timedelta:
    """How long it was silent, in truth. A step of the clock while no playout lived is a step that nobody could see: then
    the longer one counts, by the true clock or by the one on the wall. Steps of less than a second are followed silently.
    """
    true, wall = stretch.true_start - last.true_end, stretch.start - last.end
    nudges = [one for one in seen.happened if one.what == "nudged" and last.true_end <= one.at <= stretch.true_start]
    if any(last.true_end <= one.at <= stretch.true_start for one in seen.happened if one.what == "died"):
        return max(true, wall)
    return true + len(nudges) * A_BREATH


def paid(seen: Evidence) -> Iterator[str]:
    """Every debt was made good inside its rules, or written off with a reason."""
    attempts: dict[str, list[Slot]] = defaultdict(list)
    for slot in seen.slots.values():
        if slot.makes_good:
            attempts[slot.makes_good].append(slot)
    for slot in seen.slots.values():
        if slot.trigger is Trigger.SCHEDULE and is_owed(slot) and slot.campaign_id is not None:
            settled = any(not is_owed(attempt) for attempt in attempts[slot.id])
            told = {(one.campaign_id, one.ordinal) for one in seen.station.repos.slots.refusals(slot.day) if one.reason}
            if not settled and (slot.campaign_id, int(slot.id.rpartition("-")[2])) not in told:
                yield f"{slot.id} ({slot.reason}) was neither made good nor written off"
    for debt, several in attempts.items():
        latest = seen.slots[debt].start + seen.station.config.rules.make_good
        if any(slot.start > latest for slot in several) or not is_owed(seen.slots[debt]):
            yield f"{debt} was made good against its rules"
        if sum(seen.is_understood(slot.id) for slot in (seen.slots[debt], *several)) > 1:
            yield f"{debt} was heard by half or more, and was made good too"


HOUR = timedelta(hours=1)


def bursts(seen: Evidence) -> Iterator[str]:
    """No hour hears an announcement more often than the fullest hour of its plan, by the hours that were planned."""
    for announcement in {slot.announcement_id for slot in seen.slots.values()}:
        own = [slot for slot in seen.slots.values() if slot.announcement_id == announcement and slot.trigger in TIMED]
        plan = [slot.start for slot in own if slot.trigger is Trigger.SCHEDULE]
        most = max((sum(at <= other <= at + HOUR for other in plan) for at in plan), default=0)
        heard = [slot.start for slot in own if seen.is_heard(slot.id) and not is_owed(slot)]
        for at in heard:
            if (many := sum(at <= other < at + HOUR for other in heard)) > most:
                yield f"announcement {announcement} was heard {many} times in the hour from {at:%H:%M}, planned {most}"


def planned(seen: Evidence) -> Iterator[str]:
    """Every airing that a campaign wanted is a slot or a refusal with a reason."""
    repos = seen.station.repos
    for row in repos.store.rows("SELECT id, base FROM campaign WHERE state = 'active'"):
        days = {slot.day for slot in seen.slots.values() if slot.campaign_id == row["id"]}
        for day in days:
            names = {int(one.id.rpartition("-")[2]) for one in _of(seen, row["id"], day)}
            names |= {one.ordinal for one in repos.slots.refusals(day) if one.campaign_id == row["id"]}
            if missing := set(range(1, row["base"] + 1)) - names:
                yield f"campaign {row['id']}: airings {sorted(missing)} of {day} are nowhere"


def _of(seen: Evidence, campaign_id: int, day: object) -> list[Slot]:
    return [
        slot
        for slot in seen.slots.values()
        if (slot.campaign_id, slot.day, slot.trigger) == (campaign_id, day, Trigger.SCHEDULE)
    ]
