"""Heard to its end: what a browser tells of the stretches it has played, held against the sound and the clock.

A browser says which seconds it has played aloud and no faster than allowed. The station knows how long the sound is
and how long ago the listening began: who has heard it all cannot have been quicker. Pure; no clock is read here.
"""

from collections.abc import Iterable
from datetime import timedelta

from scheduler.kernel.errors import Refused

__all__ = ["FASTEST", "Stretch", "check_heard", "stretches_of"]

Stretch = tuple[float, float]
"""From and to, in seconds of the sound."""

FASTEST = 1.5
"""Played faster, a sound is not heard."""
_MISSED = timedelta(seconds=1)
"""What may be missing in all: browsers begin and end a little late."""
_MOST_STRETCHES = 500
_MOST_DIGITS = 12


def stretches_of(typed: str) -> list[Stretch]:
    """Stretches as a page sends them, "0.0-12.4,20-52.1". Raises Refused hearing_unclear."""
    told = [part for part in typed.split(",") if part.strip()]
    if len(told) > _MOST_STRETCHES:
        raise Refused("hearing_unclear")
    return [_stretch(part.strip()) for part in told]


def _stretch(typed: str) -> Stretch:
    begun, dash, ended = typed.partition("-")
    if not dash or max(len(begun), len(ended)) > _MOST_DIGITS:
        raise Refused("hearing_unclear")
    if not all(one.replace(".", "", 1).isascii() and one.replace(".", "", 1).isdecimal() for one in (begun, ended)):
        raise Refused("hearing_unclear")
    return float(begun), float(ended)


def check_heard(stretches: Iterable[Stretch], length: timedelta, passed: timedelta) -> None:
    """Let a sound of this `length` count as heard, `passed` after the listening began.

    Raises Refused heard_in_part with the seconds that are missing, or heard_too_fast.
    """
    covered = timedelta(seconds=_covered(stretches, length.total_seconds()))
    missing = length - covered
    if missing > _MISSED:
        raise Refused("heard_in_part", seconds=max(1, round(missing.total_seconds())))
    if passed + _MISSED < covered / FASTEST:
        raise Refused("heard_too_fast")


def _covered(stretches: Iterable[Stretch], length: float) -> float:
    """Seconds of the sound that lie in any of the stretches."""
    summed, until = 0.0, 0.0
    for begun, ended in sorted(stretches):
        first, last = max(begun, until), min(ended, length)
        if last > first:
            summed, until = summed + last - first, last
    return summed
