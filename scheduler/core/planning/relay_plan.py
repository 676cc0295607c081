"""Where relays stand in a day: one slot for each open stretch of each window, fixed by the clock.

Pure: nothing is spread or moved. Quiet hours cut a relay's window, a day without airings empties it, and of two relays
that would be heard together the one with the smaller id keeps its place.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from scheduler.core.model import Relay, Sha256, Slot, StationRules, Trigger
from scheduler.core.planning.rules import open_spans, wanted_on
from scheduler.core.planning.sessions import hears

__all__ = ["SHORTEST", "relay_slots", "relay_token"]

SHORTEST = timedelta(seconds=10)
"""Less than this is no relay."""


def relay_token(sources: Iterable[str], fallback: Iterable[str]) -> Sha256:
    """What an approval of a relay speaks of: the list of its sources and fallback clips, in order."""
    told = json.dumps([list(sources), list(fallback)], ensure_ascii=False)
    return Sha256(hashlib.sha256(told.encode()).hexdigest())


def relay_slots(
    day: date, relays: Sequence[Relay], rules: StationRules, *, not_before: datetime | None = None
) -> list[Slot]:
    """The relays of a day, by start. A stretch that is under way at `not_before` is joined then."""
    if day in rules.blackout or day.weekday() not in rules.cap.weekdays:
        return []
    slots: list[Slot] = []
    for relay in sorted(relays, key=lambda one: one.id):
        if not wanted_on(relay, day):
            continue
        for number, (start, end) in enumerate(open_spans(relay, day, rules), start=1):
            begin = max(start, not_before) if not_before else start
            taken = any(hears(relay.zone, slot.zone) and begin < slot.end and slot.start < end for slot in slots)
            if end - begin >= SHORTEST and not taken:
                slots.append(_slot(relay, day, number, begin, end))
    return sorted(slots, key=lambda slot: (slot.start, slot.id))


def _slot(relay: Relay, day: date, number: int, start: datetime, end: datetime) -> Slot:
    return Slot(
        id=f"{day:%Y%m%d}-r{relay.id}-{number}",
        day=day,
        zone=relay.zone,
        start=start,
        length=end - start,
        campaign_id=None,
        announcement_id=relay.announcement_id,
        audio_sha256=relay_token(relay.sources, relay.fallback),
        trigger=Trigger.RELAY,
    )
