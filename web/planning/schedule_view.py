"""A day of Lịch phát drawn: rows of the list, blocks of the grid in pixels, and the strip of the whole day.

The grid is 8 px a minute with the zones side by side; blocks that are nearer to each other than their least height
share the width. It reads what the desk tells and decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduler.core.local_time import Span, day_span
from scheduler.core.model import DEFAULT_ZONE, Slot, StationRules, Trigger
from scheduler.core.planning.rules import quiet_spans
from scheduler.core.planning.sessions import DayPart
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.services.planning.schedule_days import DaySheet, ScheduledAiring
from web.formats import clock_of, end_as_shown
from web.planning.day_strip import Block, Strip, hours_of, span_block
from web.words.page_words import TRIGGERS
from web.words.schedule_words import BY_HAND, STATES, UNAPPROVED

__all__ = [
    "Grid",
    "GridBlock",
    "Line",
    "PartTab",
    "day_strip",
    "grid_of",
    "lines_of",
    "long_day",
    "not_planned",
    "part_tabs",
    "slots_strip",
]

PIXELS = 8
"""Of a minute."""
LEAST = 26
"""Pixels: the least height of a block, as large as a finger of a mouse needs."""
_MINUTE = timedelta(minutes=1)
LEAST_WIDTH = 4.0
"""Minutes: a short airing must still be seen on the strip."""


@dataclass(frozen=True, slots=True)
class Line:
    """One airing as the list shows it; `at` is its start in whole seconds, what a change says that it saw."""

    item: ScheduledAiring
    at: int
    start: str
    end: str
    mark: str
    word: str
    why: str
    how: str
    moved_from: str
    begins_day: bool = False

    @property
    def slot(self) -> Slot:
        return self.item.slot

    @property
    def may_move(self) -> bool:
        return not self.item.lock


class GridBlock(NamedTuple):
    """A line at its place: pixels from the top, percent of the width."""

    line: Line
    top: int
    height: int
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Grid:
    part: DayPart
    height: int
    begins: int
    """Epoch seconds of its top."""
    columns: tuple[str, ...]
    blocks: tuple[GridBlock, ...]
    ticks: tuple[tuple[int, str], ...]
    open: tuple[tuple[int, int], ...]
    """Open hours: top and height in pixels."""


class PartTab(NamedTuple):
    key: str
    start: str
    end: str
    airings: int
    faults: int


def lines_of(sheet: DaySheet | Sequence[ScheduledAiring], zone: ZoneInfo) -> list[Line]:
    """The airings as the list shows them, in their order."""
    items = sheet.items if isinstance(sheet, DaySheet) else sheet
    return [_line(item, zone) for item in items]


def _line(item: ScheduledAiring, zone: ZoneInfo) -> Line:
    slot = item.slot
    mark, word = STATES[_state(item)]
    why = sentence(item.hindrance, item.hindrance_details) if item.hindrance else sentence(slot.reason)
    added = slot.trigger is Trigger.SCHEDULE and slot.campaign_id is None
    how = BY_HAND if added else "" if slot.trigger is Trigger.SCHEDULE else TRIGGERS[slot.trigger]
    return Line(
        item=item,
        at=round(slot.start.timestamp()),
        start=clock_of(slot.start, zone),
        end=clock_of(end_as_shown(slot.start, slot.end), zone),
        mark=mark,
        word=word,
        why=why,
        how=how,
        moved_from=clock_of(slot.moved_from, zone) if slot.moved_from and slot.moved_from != slot.start else "",
    )


def _state(item: ScheduledAiring) -> str:
    """How an airing stands, as a key of the table of words."""
    if item.slot.outcome is not None:
        return item.slot.outcome
    if item.on_air:
        return "air"
    if item.is_planned_only:
        return "expected"
    if item.hindrance:
        return "unapproved" if item.hindrance in UNAPPROVED else "silent"
    return "wait"


class NotPlanned(NamedTuple):
    campaign_id: int
    title: str
    ordinals: str
    why: str


def not_planned(sheet: DaySheet) -> list[NotPlanned]:
    """Airings that found no place, those of one campaign with the same reason in one row."""
    rows: dict[tuple[int, str, str], list[str]] = {}
    for one, title in sheet.refused:
        key = one.campaign_id, title, sentence_of(one)
        rows.setdefault(key, []).append(str(one.ordinal))
    return [NotPlanned(number, title, ", ".join(found), why) for (number, title, why), found in rows.items()]


def part_tabs(sheet: DaySheet, lines: Sequence[Line], zone: ZoneInfo) -> list[PartTab]:
    marks = {line.slot.id: line.mark for line in lines}
    tabs: list[PartTab] = []
    for part in sheet.parts:
        faults = sum(marks[slot.id] == "err" for slot in part.slots)
        tabs.append(PartTab(part.key, clock_of(part.start, zone), clock_of(part.end, zone), len(part.slots), faults))
    return tabs


# The grid


def grid_of(
    part: DayPart, lines: Sequence[Line], zones: Sequence[str], stretches: Sequence[Span], zone: ZoneInfo
) -> Grid:
    """The grid of one part of a day."""
    columns = tuple(zones) or (DEFAULT_ZONE,)
    own = {slot.id for slot in part.slots}
    minutes = (part.end - part.start) // _MINUTE
    ticks = tuple(
        (number * PIXELS, f"{(part.start + number * _MINUTE).astimezone(zone):%H:%M}")
        for number in range(0, minutes + 1, 15)
    )
    open_ = tuple(
        (_pixels(max(low, part.start) - part.start), _pixels(min(high, part.end) - max(low, part.start)))
        for low, high in stretches
        if low < part.end and part.start < high
    )
    blocks = _placed([line for line in lines if line.slot.id in own], part, columns)
    begins = round(part.start.timestamp())
    return Grid(part, minutes * PIXELS, begins, columns, tuple(blocks), ticks, open_)


def _pixels(length: timedelta) -> int:
    return round(length / _MINUTE * PIXELS)


class _Lane(NamedTuple):
    line: Line
    top: int
    bottom: int
    columns: frozenset[int]
    lane: int


def _placed(lines: Sequence[Line], part: DayPart, columns: tuple[str, ...]) -> list[GridBlock]:
    """Blocks that would lie over each other stand side by side."""
    every = frozenset(range(len(columns)))
    groups: list[list[_Lane]] = []
    reach = -1
    for line in lines:
        slot = line.slot
        top = _pixels(slot.start - part.start)
        bottom = top + max(_pixels(slot.length) - 1, LEAST)
        own = frozenset({columns.index(slot.zone)}) if slot.zone in columns else every
        if top >= reach or not groups:
            groups.append([])
        reach = max(reach, bottom)
        taken = {one.lane for one in groups[-1] if one.bottom > top and one.columns & own}
        lane = next(number for number in range(len(lines) + 1) if number not in taken)
        groups[-1].append(_Lane(line, top, bottom, own, lane))
    return [_block(one, max(each.lane for each in group) + 1, len(columns)) for group in groups for one in group]


def _block(one: _Lane, lanes: int, columns: int) -> GridBlock:
    wide = 100 / columns
    first, whole = min(one.columns) * wide, len(one.columns) * wide
    left, width = first + one.lane * whole / lanes, whole / lanes
    return GridBlock(one.line, one.top, one.bottom - one.top, round(left, 3), round(width, 3))


# The strip


def day_strip(day: date, lines: Sequence[Line], stretches: Sequence[Span], rules: StationRules) -> Strip:
    """The whole day: open hours, quiet hours, and each airing in the colour of its state."""
    return _strip(day, [(line.slot, line.mark) for line in lines], stretches, rules)


def slots_strip(day: date, slots: Sequence[Slot], stretches: Sequence[Span], rules: StationRules) -> Strip:
    """The same of bare slots: by their outcome, or as waiting."""
    marked = [(slot, STATES[slot.outcome or "wait"][0]) for slot in slots]
    return _strip(day, marked, stretches, rules)


def _strip(day: date, marked: Sequence[tuple[Slot, str]], stretches: Sequence[Span], rules: StationRules) -> Strip:
    start, end = day_span(day, rules.zone_name)
    minutes = (end - start) / _MINUTE
    blocks: list[Block] = [span_block("window", low, high, start, minutes) for low, high in stretches]
    quiet = quiet_spans(rules.quiet_hours, day, rules.zone_name)
    blocks += [span_block("quiet", low, high, start, minutes) for low, high in quiet]
    for slot, mark in marked:
        blocks.append(span_block(f"s-{mark}", slot.start, slot.end, start, minutes, LEAST_WIDTH))
    return Strip(minutes, hours_of(range(0, 24, 2)), tuple(blocks))


def long_day(lines: Sequence[Line], zone: ZoneInfo) -> list[Line]:
    """The lines of more than one day: the first of each day says so."""
    told: list[Line] = []
    before: date | None = None
    for line in lines:
        day = line.slot.start.astimezone(zone).date()
        told.append(replace(line, begins_day=day != before))
        before = day
    return told
