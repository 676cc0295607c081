"""Nhịp: how close together one campaign's airings lie by its plan, and where one that is owed may come between them.

An owed airing makes a day no denser than its plan: in no 60 minutes more airings of one announcement than the plan has
in its fullest 60, never nearer to another airing of the campaign than the plan puts them, and one owed airing at most
between two planned ones. "Every 30 minutes" is a pulse: what is owed of it is the beat that has just passed, where the
next one is half a step away; older beats are gone. Pure; what others leave free is `day_air`'s.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from scheduler.core.model import Slot
from scheduler.core.planning.day_occupancy import second
from scheduler.core.planning.distribution import StartRange

__all__ = ["HOUR", "Rhythm", "fullest", "outside"]

HOUR = 3600
_NEVER = 1 << 62


def fullest(starts: Sequence[int], stretch: int = HOUR) -> int:
    """The most of some starts (in order) that lie within `stretch` seconds, its end not included."""
    most, first = 0, 0
    for last, start in enumerate(starts):
        while start - starts[first] >= stretch:
            first += 1
        most = max(most, last - first + 1)
    return most


def outside(ranges: Iterable[StartRange], holes: Iterable[tuple[int, int]]) -> list[StartRange]:
    """What is left of some ranges without the seconds strictly inside each hole."""
    ordered, left = sorted(holes), []
    for one in ranges:
        low = one.low
        for before, after in ordered:
            if after <= low or before >= one.high:
                continue
            if before >= low:
                left.append(StartRange(low, before, one.session))
            low = max(low, after)
        if low <= one.high:
            left.append(StartRange(low, one.high, one.session))
    return left


class Rhythm:
    """The starts of one day, planned and heard, by campaign and by announcement."""

    def __init__(self, planned: Iterable[Slot], heard: Iterable[Slot], pulses: Mapping[int, int]) -> None:
        """The day's plan, whatever became of it; what has sounded or is to sound; and the seconds from beat to beat
        of each campaign that wants "every N minutes".
        """
        self._pulses = pulses
        self._planned: dict[int, list[int]] = {}
        self._planned_words: dict[int, list[int]] = {}
        self._heard: dict[int, list[int]] = {}
        self._heard_words: dict[int, list[int]] = {}
        self._owed: dict[int, list[int]] = {}
        for slot in planned:
            _note(self._planned_words, slot.announcement_id, slot)
            _note(self._planned, slot.campaign_id, slot)
        for slot in heard:
            self.add(slot)

    def add(self, slot: Slot) -> None:
        """Counts one that sounds or is to sound."""
        _note(self._heard_words, slot.announcement_id, slot)
        _note(self._heard, slot.campaign_id, slot)
        if slot.makes_good:
            _note(self._owed, slot.campaign_id, slot)

    def most(self, campaign_id: int, announcement_id: int) -> int:
        """Airings of an announcement in the fullest hour of the day's plan; with a pulse both ends of it count."""
        return max(fullest(self._planned_words.get(announcement_id, ()), self._hour(campaign_id)), 1)

    def distance(self, campaign_id: int) -> int:
        """Seconds from start to start that an owed airing keeps: the plan's least, of a pulse half of it; of steps
        beyond an hour an hour.
        """
        steps = (later - sooner for sooner, later in pairwise(self._planned.get(campaign_id, ())))
        least = min(min(steps, default=HOUR), HOUR)
        return min(least, self._pulses[campaign_id]) // 2 if campaign_id in self._pulses else least

    def until(self, campaign_id: int, owed: int) -> int:
        """The last second at which an airing of a pulse, owed since `owed`, is still its own beat."""
        planned = self._planned.get(campaign_id, ())
        after = bisect_right(planned, owed)
        if campaign_id not in self._pulses or after == len(planned):
            return _NEVER
        return planned[after] - self.distance(campaign_id)

    def keeps(self, ranges: Sequence[StartRange], campaign_id: int, announcement_id: int) -> list[StartRange]:
        """The starts at which one more airing keeps the rhythm."""
        distance = self.distance(campaign_id)
        holes = [(at - distance, at + distance) for at in self._heard.get(campaign_id, ())]
        edges = [-_NEVER, *self._planned.get(campaign_id, ()), _NEVER]
        for at in self._owed.get(campaign_id, ()):
            after = bisect_right(edges, at)
            holes.append((edges[after - 1], edges[after]))
        hour, heard = self._hour(campaign_id), self._heard_words.get(announcement_id, ())
        run = self.most(campaign_id, announcement_id) - 1
        runs = zip(heard, heard[run:], strict=False)
        holes += [(last - hour, first + hour) for first, last in runs if last - first < hour]
        return outside(ranges, holes)

    def details(self, reason: str, campaign_id: int, announcement_id: int) -> dict[str, object]:
        """What the sentence of its refusals needs."""
        distance = f"{self.distance(campaign_id) / 60:g}"
        if reason == "make_good_pulse":
            return {"minutes": f"{self._pulses[campaign_id] / 60:g}", "distance_minutes": distance}
        if reason != "make_good_rhythm":
            return {}
        return {"most": self.most(campaign_id, announcement_id), "distance_minutes": distance}

    def _hour(self, campaign_id: int) -> int:
        return HOUR + 1 if campaign_id in self._pulses else HOUR


def _note(starts: dict[int, list[int]], key: int | None, slot: Slot) -> None:
    if key is not None:
        insort(starts.setdefault(key, []), second(slot.start))
