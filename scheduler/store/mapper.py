"""Rows as frozen dataclasses and back: a field is the column of its name, read and written by its type.

Instants are texts of one form, days ISO dates, flags 0 or 1; lengths are whole milliseconds in `<field>_ms`; tuples,
sets and objects are JSON in `<field>_json`. Where a column has another name or form, the mapper is told. A value that
is none of its type is a `RowError`, which names table, column and value. It asks the database nothing.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Generic, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from scheduler.core.model import Window
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import LoaError
from scheduler.store.database import Row, instant_text, json_text

__all__ = ["Column", "Mapper", "Of", "RowError"]

_Kind = TypeVar("_Kind")
_Form = Callable[[Any], Any]
_MS = timedelta(milliseconds=1)
_FAULTS = (msgspec.MsgspecError, ValueError, TypeError, LookupError, LoaError)
"""What a value that is none of its type may raise."""
_SHOWN = 40
"""Characters of a value that a fault repeats."""


class RowError(ValueError):
    """A row holds what is none of its type: the file was damaged, or written by another's hand."""


class Column(NamedTuple):
    """Where a field stands, and how it is read and written where its type does not say that."""

    name: str
    read: _Form | None = None
    write: _Form | None = None


class Of(NamedTuple):
    """A field that is made of the whole row; it is not written."""

    row: Callable[[Row], Any]


class Mapper(Generic[_Kind]):
    """Reads and writes one kind of row. What it is told is looked at when the first row comes."""

    def __init__(self, kind: type[_Kind], table: str, /, *, lacks: Collection[str] = (), **given: Column | Of) -> None:
        """`given`: fields whose column is another, or whose value has a form of its own. `lacks`: fields that take
        their default where the row has no such column.
        """
        self.kind = kind
        self.table = table
        self.columns: dict[str, Column] = {}
        """Field -> its column."""
        self._given, self._lacks = given, lacks
        self._forms: tuple[tuple[str, str, _Form], ...] = ()
        self._lacking: tuple[tuple[str, str, _Form], ...] = ()
        self._whole: tuple[tuple[str, Callable[[Row], Any]], ...] = ()
        self._needed: frozenset[str] = frozenset()
        self._is_planned = False

    def read(self, row: Row) -> _Kind:
        """Raises RowError."""
        if not self._is_planned:
            self.plan()
        if not self._needed <= row.keys():
            raise KeyError(f"{self.table}: not asked for {', '.join(sorted(self._needed - row.keys()))}")
        try:
            told = row.copy()
            for name, column, form in self._forms:
                told[name] = form(row[column])
            for name, column, form in self._lacking:
                if column in row:
                    told[name] = form(row[column])
            for name, made in self._whole:
                told[name] = made(row)
            return msgspec.convert(told, self.kind, strict=False)
        except _FAULTS as error:
            raise self._fault(row, error) from error

    def read_all(self, rows: Iterable[Row]) -> list[_Kind]:
        return [self.read(row) for row in rows]

    def write(self, value: _Kind, *, but: Collection[str] = ()) -> Row:
        """The columns of a value, less those of the fields `but`."""
        if not self._is_planned:
            self.plan()
        told: Row = {}
        for name, column in self.columns.items():
            if name in but:
                continue
            one = getattr(value, name)
            told[column.name] = one if one is None or column.write is None else column.write(one)
        return told

    def plan(self) -> None:
        """Look at the fields and their types."""
        hints, whole = get_type_hints(self.kind), {}
        columns: dict[str, Column] = {}
        for one in fields(self.kind):  # type: ignore[arg-type]  # a dataclass is no type of its own
            given, usual = self._given.get(one.name), _usual(one.name, hints[one.name])
            if isinstance(given, Of):
                whole[one.name] = given.row
            elif given is None:
                columns[one.name] = usual
            else:
                columns[one.name] = Column(given.name, given.read or usual.read, given.write or usual.write)
        forms = tuple(
            (name, column.name, column.read or _same)
            for name, column in columns.items()
            if column.read is not None or column.name != name
        )
        self._forms = tuple(one for one in forms if one[0] not in self._lacks)
        self._lacking = tuple(one for one in forms if one[0] in self._lacks)
        self._needed = frozenset(column.name for name, column in columns.items() if name not in self._lacks)
        self.columns, self._whole, self._is_planned = columns, tuple(whole.items()), True

    def _fault(self, row: Row, error: Exception) -> RowError:
        for _, column, form in (*self._forms, *self._lacking):
            try:
                form(row.get(column))
            except _FAULTS as why:
                return self._row_error(column, row.get(column), why)
        for name, made in self._whole:
            try:
                made(row)
            except RowError as told:
                return told
            except _FAULTS as why:
                return RowError(f"{self.table}: no {name} of this row: {why}")
        found = re.search(r"at `\$\.(\w+)", str(error))
        name = found[1] if found else "?"
        column = self.columns[name].name if name in self.columns else name
        return self._row_error(column, row.get(column), error)

    def _row_error(self, column: str, value: object, why: Exception) -> RowError:
        shown = f"{len(str(value))} characters of JSON" if column.endswith("_json") else repr(value)[:_SHOWN]
        return RowError(f"{self.table}.{column} holds {shown}: {why}")


def _same(value: Any) -> Any:
    return value


def _or_none(value: Any) -> Any:
    return value or None


def _length(value: Any) -> Any:
    return None if value is None else timedelta(milliseconds=value)


def _milliseconds(value: timedelta) -> int:
    return round(value / _MS)


def _json(value: Any) -> Any:
    return value if value is None else msgspec.json.decode(value)


def _json_of(value: Any) -> str:
    return json_text(sorted(value) if isinstance(value, frozenset) else value)


_SIMPLE: tuple[tuple[type, _Form], ...] = (
    (datetime, instant_text),
    (date, lambda value: value.isoformat()),
    (Enum, lambda value: value.value),
    (bool, int),
)
"""Type -> how it is written."""


def _windows(text: str) -> tuple[Window, ...]:
    return tuple(parse_window(one) for one in msgspec.json.decode(text))


def _windows_text(windows: tuple[Window, ...]) -> str:
    return json_text([str(one) for one in windows])


_WINDOWS = tuple[Window, ...]


def _usual(name: str, hint: Any) -> Column:
    """The column of a field by its type."""
    if hint == _WINDOWS:
        return Column(f"{name}_json", _windows, _windows_text)
    kind, may_lack = _kind_of(hint)
    if not isinstance(kind, type):
        return Column(name)
    if issubclass(kind, timedelta):
        return Column(f"{name}_ms", _length, _milliseconds)
    if is_dataclass(kind) or (issubclass(kind, Collection) and not issubclass(kind, str | bytes | Enum)):
        return Column(f"{name}_json", _json, _json_of)
    for simple, write in _SIMPLE:
        if issubclass(kind, simple):
            return Column(name, _or_none if may_lack and kind is not bool else None, write)
    return Column(name)


def _kind_of(hint: Any) -> tuple[Any, bool]:
    """The type itself, and whether it may be None."""
    if get_origin(hint) in {Union, UnionType}:
        kinds = [one for one in get_args(hint) if one is not NoneType]
        return (_kind_of(kinds[0])[0] if len(kinds) == 1 else None), True
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    return get_origin(hint) or hint, False
