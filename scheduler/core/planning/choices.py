"""Which of its free starts a wish takes: the wished one or the nearest, on a common beat, the first, or any at all.

Instants are whole seconds, as `day_occupancy` counts them. A choice looks at one wish and what is free for it; which
choice a day is planned by, and what is free, is the planner's.
"""

from collections.abc import Callable, Sequence

from scheduler.core.planning.airing_requests import AiringRequest
from scheduler.core.planning.availability import Availability
from scheduler.core.planning.day_occupancy import Free
from scheduler.core.planning.distribution import StartRange, nearest_minute

__all__ = ["Choice", "anywhere", "clipped", "lattice", "nearest", "soonest"]

Choice = Callable[[AiringRequest, list[Free]], int]
"""Picks a start among the free ones; must prefer by the start alone, never by what is free."""


def clipped(free: list[Free], low: int, high: int) -> list[Free]:
    """What of the free starts lies between `low` and `high`, both included."""
    within = (one for one in free if one.high >= low and one.low <= high)
    return [
        one if low <= one.low and one.high <= high else StartRange(max(one.low, low), min(one.high, high), one.session)
        for one in within
    ]


def _at_home(wish: AiringRequest, free: list[Free]) -> list[Free]:
    """What is free in the window that a wish is for; all that is free where nothing is."""
    if not wish.home:
        return free
    low, high = wish.home[0].low, wish.home[-1].high
    return clipped(free, low, high) or free


def nearest(wish: AiringRequest, free: list[Free]) -> int:
    """The wished start itself, else the nearest whole minute, else the nearest second."""
    free = _at_home(wish, free)
    if any(one.low <= wish.target <= one.high for one in free):
        return wish.target
    minutes = [nearest_minute(one.low, one.high, wish.target) for one in free]
    starts = [minute for minute in minutes if minute is not None]
    starts = starts or [min(max(wish.target, one.low), one.high) for one in free]
    return min(starts, key=lambda start: (abs(start - wish.target), start))


def lattice(rooms: Sequence[Availability]) -> Choice:
    """A choice on a common beat, wide enough for any two clips: nothing is lost between airings of equal length."""
    live = [room for room in rooms if not room.refusal]
    pitch = max((room.airing for room in live), default=1) + max((room.gap for room in live), default=0)

    def nearest_beat(wish: AiringRequest, free: list[Free]) -> int:
        if wish.reach is not None:
            return nearest(wish, free)
        beats: list[int] = []
        for one in _at_home(wish, free):
            origin = next(room.low for room in wish.starts if room.low <= one.low <= room.high)
            first, last = -((origin - one.low) // pitch), (one.high - origin) // pitch
            if first <= last:
                beat = min(max((wish.target - origin + pitch // 2) // pitch, first), last)
                beats.append(origin + beat * pitch)
        if not beats:
            return nearest(wish, free)
        return min(beats, key=lambda start: (abs(start - wish.target), start))

    return nearest_beat


def soonest(wish: AiringRequest, free: list[Free]) -> int:
    """For a crowded day; what has its beat ("every N minutes") stays as near to it as it can."""
    return _at_home(wish, free)[0].low if wish.reach is None else nearest(wish, free)


def anywhere(wish: AiringRequest, free: list[Free]) -> int:
    """For a day so crowded that airings would be lost for keeping to their windows."""
    return free[0].low if wish.reach is None else nearest(wish, free)
