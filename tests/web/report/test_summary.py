"""The words of an order on the report's screen: done is said of what was heard whole, and of nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.standing import Tally
from scheduler.core.model import AiringOutcome
from scheduler.core.report.events import DispatchLine
from scheduler.core.report.sums import End, Sums
from scheduler.core.words.wording import sentence
from web.report.reports import Result, _missing, _why, result_of


def line(ordered: int | None, whole: int, partly: int = 0, owed: int = 0, lost: int = 0) -> DispatchLine:
    return DispatchLine(
        number="642/UBND-VHTT",
        issued=None,
        subject="",
        ordered=ordered,
        ordered_ms=None,
        made_good=0,
        owed=owed,
        written_off={"no_room": lost} if lost else {},
        whole=whole,
        partly=partly,
        played_ms=0,
    )


@pytest.mark.parametrize(
    ("line", "result"),
    [
        (line(None, 3), Result("off", "Không đặt số lượt")),
        (line(8, 8), Result("ok", "Đủ")),
        (line(8, 6, owed=2), Result("warn", "Còn thiếu 2")),
        (line(8, 6, lost=2), Result("err", "Không phát được 2")),
        (line(8, 7, partly=1), Result("warn", "Phát dở 1")),
        (line(8, 6), Result("warn", "Mới phát 6")),
    ],
)
def test_an_order_is_told_as_it_stands(line, result):
    assert result_of(line) == result


COUNT = st.integers(0, 9)


@given(COUNT, COUNT, COUNT, COUNT, COUNT)
def test_done_is_only_what_was_heard_whole_as_often_as_ordered(ordered, whole, partly, owed, lost):
    if result_of(line(ordered, whole, partly, owed, lost)).mark == "ok":
        assert whole >= ordered
        assert (partly, owed, lost) == (0, 0, 0)


def test_why_nothing_sounded_is_told_of_what_did_not_sound_and_of_how_many():
    ends = (
        End(AiringOutcome.PARTIAL, "stopped", 5, 9_000),
        End(AiringOutcome.MISSED, "station_off", 2, 0),
        End(AiringOutcome.MISSED, "too_late", 1, 0),
        End(AiringOutcome.CANCELLED, "stopped", 4, 9_000),
    )
    empty = Sums(Tally(partly=5, silent=3), {}, {}, ends)
    assert _why(empty) == f"2 lượt: {sentence('station_off')}"
    assert _why(replace(empty, ends=ends[:2], total=Tally(partly=5, silent=2))) == sentence("station_off")
    assert _why(replace(empty, ends=ends[:1])) == ""
    cancelled = End(AiringOutcome.CANCELLED, "order_taken_back", 9, 0)
    more = replace(empty, ends=(cancelled, *ends[:2]), total=Tally(partly=5, silent=2, cancelled=9))
    assert _why(more) == sentence("station_off"), "nobody took those off for a reason of its own"


def test_a_dispatch_that_was_only_heard_in_part_lacks_no_airing():
    lines = [(one, result_of(one)) for one in (line(8, 7, partly=1), line(8, 6, owed=2), line(8, 8))]
    assert _missing(lines) == "1 công văn còn thiếu 2 lượt"
    assert _missing(lines[:1]) == "1 công văn chưa phát đủ"
    assert _missing(lines[2:]) == ""
