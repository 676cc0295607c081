"""Lists of recipients of an SMS: which of their lines is a mobile number, and whose prefix it has.

Reads an uploaded list line by line and says of every line what became of it; what a mobile number is, is
`core.mobile_numbers`' to say. The carrier is the one that a prefix was given to; a subscriber may have moved to another
since.
"""

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass

from scheduler.core.mobile_numbers import mobile
from scheduler.extras.sms.rules.texts import without_diacritics
from scheduler.kernel.errors import Refused

__all__ = ["CARRIERS", "MOST_SHOWN", "BadLine", "NumberList", "carrier_of", "read_numbers"]

CARRIERS: dict[str, tuple[str, ...]] = {
    "Viettel": ("032", "033", "034", "035", "036", "037", "038", "039", "086", "096", "097", "098"),
    "VinaPhone": ("081", "082", "083", "084", "085", "088", "091", "094"),
    "MobiFone": ("070", "076", "077", "078", "079", "089", "090", "093"),
    "Vietnamobile": ("052", "056", "058", "092"),
    "Gmobile": ("059", "099"),
    "iTel": ("087",),
    "Wintel": ("055",),
}
"""Carrier → the national prefixes it was given."""
OTHER_CARRIER = "Khác"
_BY_PREFIX = {prefix: name for name, prefixes in CARRIERS.items() for prefix in prefixes}
_HEAD = re.compile(r"dien thoai|di dong|\b(?:sdt|dt|so may|phone|mobile|tel)\b")
_LONGEST_LINE = 10_000
MOST_SHOWN = 200
"""Refused lines that are told one by one; the rest are counted."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a list that is no recipient: its place (from 1), what stood there, a reason code, what it is now."""

    line: int
    written: str
    reason: str
    new: str = ""


@dataclass(frozen=True, slots=True)
class NumberList:
    """A list as read: who will get it, in its order, and what became of every other line."""

    numbers: tuple[str, ...]
    duplicates: int
    opted_out: int
    reached: int
    """Who has this text already, or may have it."""
    refused: int
    bad: tuple[BadLine, ...]
    """The first `MOST_SHOWN` of the refused."""


def carrier_of(number: str) -> str:
    """Whose prefix a number of the form +84… has."""
    return _BY_PREFIX.get("0" + number.removeprefix("+84")[:2], OTHER_CARRIER)


def read_numbers(
    text: str, *, limit: int, opted_out: Collection[str] = (), reached: Collection[str] = ()
) -> NumberList:
    """The recipients of a list: numbers alone, or a table. Raises Refused sms_list_empty, sms_list_long.

    In a table whose head names a column of telephones only that column is read. `opted_out` and `reached` are numbers
    that get nothing: by their own wish, or because they have it already.
    """
    reading = _Reading(limit, opted_out, reached)
    column: int | None = None
    for line, written in enumerate(text.splitlines(), 1):
        cells = _cells(written)
        if not any(ch.isdigit() for cell in cells for ch in cell):
            column = _telephones(cells) if column is None else column
            continue  # empty, or the head of a table
        asked = cells if column is None else cells[column : column + 1]
        reading.line(line, [cell for cell in asked if cell.strip()] or [""])
    return reading.result()


class _Reading:
    """What has been read of a list so far."""

    def __init__(self, limit: int, opted_out: Collection[str], reached: Collection[str]) -> None:
        self._limit, self._opted_out, self._reached = limit, opted_out, reached
        self._taken: dict[str, None] = {}
        self._bad: list[BadLine] = []
        self._refused = self._duplicates = self._out = self._had = 0

    def line(self, line: int, cells: list[str]) -> None:
        """Every mobile number of a line; without one, what is wrong with the cell that looks most like one."""
        faults: list[Refused] = []
        found = False
        for cell in sorted(cells, key=lambda one: -sum(ch.isdigit() for ch in one)):
            try:
                number = mobile(cell, zero_may_be_lost=len(cells) == 1)
            except Refused as fault:
                faults.append(fault)
                continue
            found = True
            self._take(number)
        if not found:
            self._refused += 1
            if len(self._bad) < MOST_SHOWN:
                told = faults[0].details
                self._bad.append(BadLine(line, str(told["value"]), faults[0].reason, str(told.get("new", ""))))

    def _take(self, number: str) -> None:
        if number in self._taken:
            self._duplicates += 1
        elif number in self._opted_out:
            self._out += 1
        elif number in self._reached:
            self._had += 1
        elif len(self._taken) < self._limit:
            self._taken[number] = None
        else:
            raise Refused("sms_list_long", limit=self._limit)

    def result(self) -> NumberList:
        if not (self._taken or self._refused or self._duplicates or self._out or self._had):
            raise Refused("sms_list_empty")
        counts = (self._duplicates, self._out, self._had, self._refused)
        return NumberList(tuple(self._taken), *counts, tuple(self._bad))


def _cells(line: str) -> list[str]:
    """The cells of a line of a list, whatever parts them."""
    line = line[:_LONGEST_LINE]
    apart = max(",;\t", key=line.count)
    try:
        return next(csv.reader([line], delimiter=apart), [])
    except csv.Error:
        return line.split(apart)


def _telephones(heads: list[str]) -> int | None:
    """Which column of a table its head calls telephones."""
    for column, head in enumerate(heads):
        if _HEAD.search(without_diacritics(head).lower()):
            return column
    return None
