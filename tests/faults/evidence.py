"""A station after its day: its slots as rows, what the loudspeakers heard of each, and what was done to it."""

from collections import defaultdict
from dataclasses import dataclass

from scheduler.core.model import HOUSE_RATE, Slot
from scheduler.playout.mixer import BLOCK
from scheduler.station import Station
from tests.faults.happened import Happening, happenings
from tests.faults.heard import Stretch, heard_in


@dataclass(frozen=True)
class Evidence:
    """A station after its day, and what was heard of it."""

    station: Station
    slots: dict[str, Slot]
    heard: dict[str, list[Stretch]]
    """Slot -> its soundings, as they came."""
    happened: list[Happening]
    """What was done to it, where a day has written that down."""

    @classmethod
    def of(cls, station: Station) -> "Evidence":
        days = [row["day"] for row in station.repos.store.rows("SELECT DISTINCT day FROM slot ORDER BY day")]
        slots = {slot.id: slot for day in days for slot in station.repos.slots.of_day(day)}
        heard: dict[str, list[Stretch]] = defaultdict(list)
        for stretch in sorted(heard_in(station.config.data / "heard"), key=lambda one: one.taken[0]):
            heard[stretch.slot_id].append(stretch)
        return cls(station, slots, dict(heard), happenings(station.config.folder))

    @property
    def loudspeakers(self) -> list[str]:
        return [output.name for output in self.station.config.outputs if output.counts is not False]

    def frames(self, slot_id: str) -> dict[str, int]:
        """Output -> frames of a slot that it was given, all in all."""
        frames: dict[str, int] = dict.fromkeys(self.loudspeakers, 0)
        for stretch in self.heard.get(slot_id, []):
            frames[stretch.output] = frames.get(stretch.output, 0) + stretch.frames
        return frames

    def is_heard(self, slot_id: str) -> bool:
        """More than the one block that a kill may leave unwritten."""
        return any(stretch.frames > BLOCK for stretch in self.heard.get(slot_id, []))

    def is_understood(self, slot_id: str) -> bool:
        """Every loudspeaker sounded half of it at least; what a kill may leave unwritten is not counted."""
        half = self.slots[slot_id].length.total_seconds() * HOUSE_RATE / 2
        return min(self.frames(slot_id).values(), default=0) > half + BLOCK

    @property
    def stretches(self) -> list[Stretch]:
        return sorted((one for several in self.heard.values() for one in several), key=lambda one: one.taken[0])
