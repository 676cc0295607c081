"""Where one campaign's airings would lie if it had the day to itself: evenly, over all the time it is allowed.

Works in whole seconds on ranges of permitted starts. Several campaigns with the same hours get different phases, so
that their airings interleave. Never fewer starts than fit: when even steps do not fit, the widest step that does is
taken. What other campaigns and standing slots leave of these wishes is the planner's business.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

__all__ = ["StartRange", "even_starts", "leftmost_starts", "nearest_minute"]

MINUTE = 60
_NO_LIMIT = 10**9


@dataclass(frozen=True, slots=True, order=True)
class StartRange:
    """Seconds at which an airing may start, both ends included, inside one session."""

    low: int
    high: int
    session: int


def leftmost_starts(ranges: Sequence[StartRange], count: int, step: int, limit: int | None = None) -> list[int]:
    """As many starts as fit, at most `count`, each as early as it can be and `step` apart; `limit` in one session.

    Taking the earliest leaves most room to the next, so no other choice fits more.
    """
    most = _NO_LIMIT if limit is None else limit
    starts: list[int] = []
    used: Counter[int] = Counter()
    free_from = ranges[0].low if ranges else 0
    for room in ranges:
        start = max(room.low, free_from)
        while start <= room.high and used[room.session] < most and len(starts) < count:
            starts.append(start)
            used[room.session] += 1
            start += step
        if starts:
            free_from = starts[-1] + step
    return starts


def even_starts(
    ranges: Sequence[StartRange],
    count: int,
    airing: int,
    step: int,
    *,
    phase: Fraction = Fraction(1, 2),
    limit: int | None = None,
) -> list[int]:
    """`count` starts (fewer only when no more fit), at least `step` apart, spread over `ranges`."""
    count = min(count, len(leftmost_starts(ranges, count, step, limit)))
    if count == 0:
        return []
    shares = _shares(ranges, count, airing, phase)
    if found := _holding(shares, ranges, step, limit):
        return found
    widest = _widest(ranges, count, step, limit)
    by_session = _shares_by_session(ranges, widest, airing, phase)
    return _holding(by_session, ranges, step, limit) or _holding(widest, ranges, step, limit) or widest


def _holding(starts: list[int], ranges: Sequence[StartRange], step: int, limit: int | None) -> list[int]:
    """The starts on whole minutes, else as they are, where they keep the step and the limit; none where neither do."""
    return next((one for one in (_on_minutes(starts, ranges), starts) if _holds(one, ranges, step, limit)), [])


def _shares(ranges: Sequence[StartRange], count: int, airing: int, phase: Fraction) -> list[int]:
    """The open time cut into `count` equal shares, one start at the same place of each."""
    lengths = [room.high - room.low + airing for room in ranges]
    total = sum(lengths)
    starts: list[int] = []
    index, before = 0, 0
    for number in range(count):
        place = int((number + phase) * total / count)
        while place >= before + lengths[index]:
            before += lengths[index]
            index += 1
        starts.append(min(ranges[index].low + place - before, ranges[index].high))
    return starts


def _shares_by_session(ranges: Sequence[StartRange], starts: Sequence[int], airing: int, phase: Fraction) -> list[int]:
    """Even shares inside each session, as many in each as `starts` has there."""
    spread: list[int] = []
    for session in dict.fromkeys(room.session for room in ranges):
        rooms = [room for room in ranges if room.session == session]
        count = sum(room.low <= start <= room.high for start in starts for room in rooms)
        spread += _shares(rooms, count, airing, phase)
    return sorted(spread)


def _widest(ranges: Sequence[StartRange], count: int, step: int, limit: int | None) -> list[int]:
    """The leftmost starts at the widest step that still fits all of them."""
    fits, too_wide = step, ranges[-1].high - ranges[0].low + step + 1
    while too_wide - fits > 1:
        middle = (fits + too_wide) // 2
        if len(leftmost_starts(ranges, count, middle, limit)) == count:
            fits = middle
        else:
            too_wide = middle
    return leftmost_starts(ranges, count, fits, limit)


def nearest_minute(low: int, high: int, target: int) -> int | None:
    """The whole minute from `low` to `high` nearest to `target`, the earlier of two; None when there is none."""
    first, last = -(-low // MINUTE), high // MINUTE
    if first > last:
        return None
    wished = (target + MINUTE // 2 - 1) // MINUTE
    return min(max(wished, first), last) * MINUTE


def _on_minutes(starts: Sequence[int], ranges: Sequence[StartRange]) -> list[int]:
    """Each start at a whole minute near it where its range has one."""
    rounded: list[int] = []
    for start in starts:
        room = next(room for room in ranges if room.low <= start <= room.high)
        whole = nearest_minute(room.low, room.high, start)
        rounded.append(start if whole is None else whole)
    return rounded


def _holds(starts: Sequence[int], ranges: Sequence[StartRange], step: int, limit: int | None) -> bool:
    """Whether the starts keep the step and the limit of each session."""
    if any(later - earlier < step for earlier, later in pairwise(starts)):
        return False
    if limit is None:
        return True
    sessions = (room.session for start in starts for room in ranges if room.low <= start <= room.high)
    return max(Counter(sessions).values()) <= limit
