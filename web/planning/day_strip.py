"""One day drawn as a strip: quiet hours, a campaign's windows, and every planned airing at its place.

Gives places in minutes since the station's midnight; the template draws them as one small SVG that prints and scales.
The table beside it holds the same facts for eyes and readers that cannot use a picture.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from scheduler.core.model import Slot, StationRules, Window
from scheduler.core.planning import rules

__all__ = ["Block", "Strip", "hours_of", "span_block", "strip"]

LEAST_WIDTH = 4.0
"""Minutes: a short airing must still be seen."""
HOURS = (0, 6, 12, 18)


class Block(NamedTuple):
    """`kind`: quiet, window, own or other."""

    kind: str
    x: float
    width: float
    title: str


class Strip(NamedTuple):
    minutes: float
    """Of the whole day: 1440 but for two days a year in some zones."""
    hours: tuple[tuple[float, str], ...]
    blocks: tuple[Block, ...]


def strip(
    day: date,
    windows: Iterable[Window],
    slots: Iterable[Slot],
    station: StationRules,
    own: int,
) -> Strip:
    """The strip of `day`; slots of the campaign `own` stand out."""
    start, end = rules.day_span(day, station.zone_name)
    minutes = (end - start) / timedelta(minutes=1)

    def block(kind: str, low: datetime, high: datetime, title: str, least: float = 0.0) -> Block:
        return span_block(kind, low, high, start, minutes, least)._replace(title=title)

    blocks = [block("window", low, high, "Buổi phát") for low, high in rules.raw_spans(windows, day, station.zone_name)]
    quiet = rules.quiet_spans(station.quiet_hours, day, station.zone_name)
    blocks += [block("quiet", low, high, "Giờ yên tĩnh") for low, high in quiet]
    for slot in sorted(slots, key=lambda slot: (slot.campaign_id == own, slot.start)):
        kind = "own" if slot.campaign_id == own else "other"
        blocks.append(block(kind, slot.start, slot.end, "", LEAST_WIDTH))
    return Strip(minutes, hours_of(HOURS), tuple(blocks))


def span_block(kind: str, low: datetime, high: datetime, start: datetime, minutes: float, least: float = 0.0) -> Block:
    """A stretch as a block of the day that begins at `start` and has so many minutes; at least `least` wide."""
    x = max((low - start) / timedelta(minutes=1), 0.0)
    until = min((high - start) / timedelta(minutes=1), minutes)
    width = max(until - x, least)
    return Block(kind, round(min(x, minutes - least), 2), round(width, 2), "")


def hours_of(hours: Iterable[int]) -> tuple[tuple[float, str], ...]:
    """The marks of some hours."""
    return tuple((hour * 60.0, f"{hour}:00") for hour in hours)
