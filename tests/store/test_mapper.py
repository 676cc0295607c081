"""Rows become what they say, whole or with a fault that names the place; and go back as they came."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, NewType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import Priority, Trigger, Window
from scheduler.core.planning.rules import parse_window
from scheduler.store import Store
from scheduler.store.mapper import Column, Mapper, Of, RowError
from tests.examples import examples

ROOT = Path(__file__).parents[2]
Name = NewType("Name", str)


@dataclass(frozen=True, slots=True)
class Bell:
    id: int
    name: Name
    rung_at: datetime | None
    day: date
    longest: timedelta
    loud: bool
    rank: Priority
    trigger: Trigger | None
    windows: tuple[Window, ...]
    weekdays: frozenset[int]
    details: dict[str, Any]
    by: str
    weight: float | None = None
    place: tuple[float, float] | None = None
    tags: tuple[str, ...] = field(default_factory=tuple)


BELL = Mapper(
    Bell,
    "bell",
    by=Column("person_name"),
    place=Of(lambda row: None if row["x"] is None else (row["x"], row["y"])),
    tags=Column("tags", lambda text: tuple(text.split()), " ".join),
)
AT = datetime(2026, 12, 2, 5, 30, 0, 1, tzinfo=UTC)
ROW = {
    "id": 7, "name": "chuông", "rung_at": "2026-12-02T05:30:00.000001+00:00", "day": "2026-12-02", "longest_ms": 1234,
    "loud": 1, "rank": 2, "trigger": "live", "windows_json": '["05:00-06:30"]', "weekdays_json": "[0,6]",
    "details_json": '{"why":"thử"}', "person_name": "Lan", "weight": 3, "x": 10.5, "y": 106, "tags": "a b", "more": "x",
}  # fmt: skip
WHOLE = Bell(
    7, Name("chuông"), AT, date(2026, 12, 2), timedelta(milliseconds=1234), True, Priority.PRIORITY, Trigger.LIVE,
    (parse_window("05:00-06:30"),), frozenset({0, 6}), {"why": "thử"}, "Lan", 3.0, (10.5, 106.0), ("a", "b"),
)  # fmt: skip


def test_a_row_is_read_by_the_types_of_the_fields():
    assert BELL.read(ROW) == WHOLE
    assert BELL.read_all([ROW, ROW | {"id": 8}])[1].id == 8


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_column_that_holds_nothing_is_none_where_the_field_may_be(nothing):
    read = BELL.read(ROW | {"rung_at": nothing, "trigger": nothing, "weight": None, "x": None})
    assert (read.rung_at, read.trigger, read.weight, read.place) == (None, None, None, None)


def test_it_goes_back_as_it_came():
    written = BELL.write(WHOLE)
    assert written == {name: value for name, value in ROW.items() if name not in {"x", "y", "more"}}
    assert "id" not in BELL.write(WHOLE, but=("id",))
    assert BELL.write(BELL.read(ROW | {"rung_at": None}))["rung_at"] is None


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("rung_at", "hôm qua", "bell.rung_at holds 'hôm qua'"),
        ("day", None, "bell.day holds None"),
        ("id", "bảy", "bell.id holds 'bảy'"),
        ("name", 5, "bell.name holds 5"),
        ("rank", 9, "bell.rank holds 9"),
        ("trigger", "bird", "bell.trigger holds 'bird'"),
        ("loud", 2, "bell.loud holds 2"),
        ("longest_ms", "dài", "bell.longest_ms holds 'dài'"),
        ("windows_json", '["5 giờ"]', "bell.windows_json holds"),
        ("weekdays_json", '["hai"]', "bell.weekdays_json holds"),
        ("details_json", '{"phone":"0912345678', "bell.details_json holds"),
        ("person_name", 5, "bell.person_name holds 5"),
    ],
)
def test_a_damaged_value_is_told_with_its_table_and_column(column, value, told):
    with pytest.raises(RowError, match="^" + re.escape(told)) as fault:
        BELL.read(ROW | {column: value})
    assert "0912345678" not in str(fault.value), "what stands in JSON may be a citizen's"


def test_a_query_that_forgets_a_column_is_a_fault_of_the_program():
    with pytest.raises(KeyError, match="bell: not asked for person_name"):
        BELL.read({name: value for name, value in ROW.items() if name != "person_name"})


def test_a_field_that_may_lack_its_column_takes_its_default():
    @dataclass(frozen=True)
    class Ring:
        id: int
        heard: timedelta = timedelta(0)

    assert Mapper(Ring, "ring", lacks=("heard",)).read({"id": 1}) == Ring(1)


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.integers(0, 10**9), st.text(st.characters(exclude_categories=("Cs",))), st.sampled_from(Priority),
    st.sampled_from([None, *Trigger]), st.frozensets(st.integers(0, 6)),
)  # fmt: skip
@settings(max_examples=examples(200), deadline=None)
def test_whatever_is_written_is_read_again(at, length_ms, text, rank, trigger, weekdays):
    bell = Bell(
        1, Name(text), at, at.date(), timedelta(milliseconds=length_ms), False, rank, trigger, WHOLE.windows, weekdays,
        {"why": text}, text, tags=(),
    )  # fmt: skip
    assert BELL.read(BELL.write(bell) | {"x": None, "y": None, "tags": ""}) == bell


# The mappers that there are


def mappers():
    """Each mapper of the tree: where it stands, and itself."""
    for path in sorted((ROOT / "scheduler").rglob("*.py")):
        if "import Mapper" in (text := path.read_text(encoding="utf-8")) or re.search(r"import .*\bMapper\b", text):
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
            yield from (
                (f"{module.__name__}.{name}", one) for name, one in vars(module).items() if isinstance(one, Mapper)
            )


def test_each_mapper_knows_the_types_of_its_fields_and_a_table_that_is_there(tmp_path):
    store = Store(tmp_path / "loa.db")
    store.migrate()
    tables = {row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    store.close()
    found = dict(mappers())
    for one in found.values():
        one.plan()
    assert len(found) > 20
    assert {where: one.table for where, one in found.items() if one.table not in tables} == {}
