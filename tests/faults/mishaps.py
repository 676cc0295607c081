"""What happens to a station on a random day beside deaths and orders: its clock is stepped, its machine and outputs fail.

Everything is drawn from a seed and told by a clock that nobody steps: the same seed is the same day. What a mishap does
to a living station is in `trouble`; the hour that the clock on the wall shows is here, also while the power is off.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DAWN = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
"""05:30 of Wednesday 2 December 2026 in Việt Nam: the template is made then, and every day begins then."""
OVER = DAWN + timedelta(hours=18, minutes=45)
"""A quarter past midnight: the day that is over has been written off."""
CALM = OVER - timedelta(hours=2)
"""From then on nothing happens any more, and the clock is right to a second: what the day owes can be settled."""
LOST_TIME = datetime(1970, 1, 1, tzinfo=UTC)

CLOCK = ("nudged", "ahead", "behind", "lost time")
OUTPUT = ("raises", "away", "stalls", "drops")
DATABASE = ("locked", "read only", "full", "disk error", "no memory")
MACHINE = ("no descriptors", "clip gone", "clip damaged", "no planner", "thrown")
_WEIGHTS = {
    **dict.fromkeys(CLOCK, 3),
    **dict.fromkeys(OUTPUT, 2),
    **dict.fromkeys((*DATABASE, *MACHINE), 1),
    "thrown": 4,
}
_MOMENT, _MOMENTS, _MINUTES, _LONG = (0.05, 2.0), (2.0, 30.0), (30.0, 240.0), (240.0, 1500.0)
THROWN = ("MemoryError", "OSError", "RuntimeError")


@dataclass(frozen=True)
class Mishap:
    """One thing that happens, from `at` for so many seconds of a clock that nobody steps."""

    kind: str
    at: datetime
    seconds: float
    what: str = ""
    """The output, the clip, or the exception."""
    amount: float = 0.0
    """Seconds of a step of the clock; which call raises."""

    @property
    def end(self) -> datetime:
        return self.at + timedelta(seconds=self.seconds)

    def is_on(self, at: datetime) -> bool:
        return self.at <= at < self.end


def offset_at(mishaps: Sequence[Mishap], at: datetime) -> timedelta:
    """By how much the clock on the wall is ahead of the true one at `at`."""
    return timedelta(seconds=sum(one.amount for one in mishaps if one.kind in CLOCK and one.is_on(at)))


def edges(mishaps: Sequence[Mishap]) -> list[datetime]:
    """Every instant at which something begins or is over."""
    return sorted({instant for one in mishaps for instant in (one.at, one.end)})


def mishaps_of(
    rng: random.Random, starts: Sequence[datetime], clips: Sequence[str], outputs: int
) -> tuple[Mishap, ...]:
    """What happens on a day; on every fifth nothing does. `starts`: when something is planned to sound."""
    if rng.random() < 0.2:
        return ()
    found: list[Mishap] = []
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 6))):
        kind = rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        at = DAWN + timedelta(seconds=rng.uniform(0.0, (CALM - DAWN).total_seconds() - 3600))
        if rng.random() < 0.7:
            at = rng.choice(starts) + timedelta(seconds=rng.choice((rng.uniform(-200, 0), rng.uniform(-4, 9))))
        one = _mishap(rng, kind, max(at, DAWN), clips, outputs)
        clocks = [other for other in found if other.kind in CLOCK and other.kind != "nudged"]
        if one.kind in CLOCK and any(one.at <= other.end and other.at <= one.end for other in clocks):
            continue  # a clock is wrong in one way at a time
        if one.at < CALM:
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.at))


def _mishap(rng: random.Random, kind: str, at: datetime, clips: Sequence[str], outputs: int) -> Mishap:
    seconds = rng.uniform(*rng.choice((_MOMENT, _MOMENTS, _MOMENTS, _MINUTES)))
    what, amount = "", 0.0
    if kind in CLOCK:
        seconds, amount = _step(rng, kind, at)
    elif kind in OUTPUT:
        seconds = rng.uniform(*rng.choice((_MOMENT, _MOMENTS, _MOMENTS, _MINUTES, _LONG)))
        what = ("loa", "cot")[rng.randrange(outputs)]
    elif kind.startswith("clip"):
        seconds, what = rng.uniform(*rng.choice((_MOMENTS, _MINUTES, _LONG))), rng.choice(clips)
    elif kind == "no planner":
        seconds = rng.uniform(*rng.choice((_MOMENTS, _MINUTES, _LONG)))
    elif kind == "thrown":
        seconds, what, amount = 0.0, rng.choice(THROWN), float(int(rng.expovariate(1 / 500)))
    return Mishap(kind, at, min(seconds, (CALM - at).total_seconds()) if kind != "nudged" else seconds, what, amount)


def _step(rng: random.Random, kind: str, at: datetime) -> tuple[float, float]:
    """For how long the clock is wrong, and by how much."""
    long = rng.uniform(*rng.choice(((5.0, 60.0), (60.0, 1800.0), (1800.0, 10_800.0))))
    if kind == "nudged":  # a server of time puts it right; it stays so
        return (OVER + timedelta(days=1) - at).total_seconds(), rng.uniform(-0.9, 0.9)
    if kind == "behind":
        return long, -rng.choice((rng.uniform(1, 20), rng.uniform(60, 1800), 600.0, rng.uniform(1800, 20_000)))
    if kind == "lost time":
        return long, (LOST_TIME - at).total_seconds()
    hours = rng.uniform(0.5, 16)
    return long, rng.choice(
        (rng.uniform(1, 20), rng.uniform(20, 1800), hours * 3600, hours * 3600, 86_400.0, 34_560_000.0)
    )
