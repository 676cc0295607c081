"""The volume of an output through the day, and what is said about a curve that cannot be one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.volume import RAMP, Volume, VolumeSpan, volume_faults, volume_of
from tests.rows import over

HANOI = "Asia/Ho_Chi_Minh"
CURVE = ("05:00-06:30 -10", "06:30-18:00 -3", "18:00-05:00 -20")
MIDNIGHT = datetime(2026, 3, 13, 17, 0, tzinfo=UTC)  # 00:00 on the 14th in Hà Nội


def at(hour: int, minute: int = 0, second: float = 0) -> datetime:
    return MIDNIGHT + timedelta(hours=hour, minutes=minute, seconds=second)


@pytest.mark.parametrize(
    ("instant", "gain"),
    [
        pytest.param(at(4, 59, 59.999), -20.0, id="just_before"),
        pytest.param(at(5), -20.0, id="at_the_edge_it_begins_to_glide"),
        pytest.param(at(5, 0, 1), -15.0, id="half_way_of_the_glide"),
        pytest.param(at(5, 0, 2), -10.0, id="glide_over"),
        pytest.param(at(6), -10.0, id="inside"),
        pytest.param(at(6, 30, 30), -3.0, id="next_span"),
        pytest.param(at(18, 1), -20.0, id="evening"),
        pytest.param(at(0), -20.0, id="midnight_inside_a_span_changes_nothing"),
        pytest.param(at(24, 0, 1), -20.0, id="and_the_next_day_too"),
    ],
)
def test_the_gain_follows_the_local_hour(instant: datetime, gain: float):
    assert volume_of(0.0, CURVE, HANOI).gain_at(instant) == pytest.approx(gain, abs=0.01)


def test_the_curve_stands_in_place_of_the_outputs_own_gain():
    assert volume_of(-6.0, CURVE, HANOI).gain_at(at(6)) == -10.0


def test_no_curve_is_always_the_outputs_own_gain():
    assert Volume(-6.0).gain_at(at(6)) == -6.0
    assert volume_of(-6.0, (), HANOI) == Volume(-6.0, (), HANOI)


def test_the_hour_is_the_stations_and_not_greenwichs():
    assert volume_of(0.0, CURVE, "UTC").gain_at(at(6)) == -20.0  # 23:00 there


def test_a_change_of_summer_time_glides_too():
    paris = volume_of(0.0, ("00:00-02:30 -30", "02:30-24:00 0"), "Europe/Paris")
    change = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # 02:00 becomes 03:00
    assert paris.gain_at(change - timedelta(microseconds=1)) == -30.0
    assert paris.gain_at(change) == -30.0
    assert paris.gain_at(change + RAMP / 2) == pytest.approx(-15.0)
    assert paris.gain_at(change + RAMP) == 0.0


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        pytest.param(("05:00-06:30 -10", "07:00-05:00 -20"), ["thiếu", "06:30-07:00"], id="hole"),
        pytest.param(("05:00-22:00 -10",), ["thiếu", "22:00-05:00"], id="hole_over_midnight_is_one"),
        pytest.param(("00:00-12:00 0",), ["thiếu", "12:00-24:00"], id="hole_until_midnight"),
        pytest.param(("12:00-24:00 0",), ["thiếu", "00:00-12:00"], id="hole_from_midnight"),
        pytest.param(("00:00-12:00 0", "11:00-24:00 -3"), ["chồng", "11:00-12:00", "00:00-12:00 0"], id="overlap"),
        pytest.param(("22:00-06:00 0", "05:00-22:00 -3"), ["chồng", "05:00-06:00"], id="overlap_over_midnight"),
        pytest.param(("00:00-24:00 3",), ["ngoài phạm vi", "-60", "0"], id="too_loud"),
        pytest.param(("00:00-24:00 -61",), ["ngoài phạm vi"], id="too_quiet"),
        pytest.param(("25:00-26:00 0",), ["không tồn tại"], id="no_such_hour"),
        pytest.param(("05:60-06:00 0",), ["không tồn tại"], id="no_such_minute"),
        pytest.param(("24:00-06:00 0",), ["không tồn tại"], id="starts_at_24"),
        pytest.param(("24:01-06:00 0",), ["không tồn tại"], id="behind_24"),
        pytest.param(("05:00-05:00 0",), ["độ dài bằng không", "00:00-24:00"], id="no_length"),
        pytest.param(("sáng -10",), ["phải viết như", "sáng -10"], id="words"),
        pytest.param(("05:00-06:00",), ["phải viết như"], id="no_level"),
        pytest.param(("05:00-06:00 nan",), ["phải viết như"], id="not_a_number"),
        pytest.param(("",), ["phải viết như"], id="empty_text"),
    ],
)
def test_a_faulty_curve_is_told_in_one_sentence(texts: tuple[str, ...], words: list[str]):
    (sentence,) = volume_faults(texts)
    assert [word for word in words if word not in sentence] == []
    with pytest.raises(ValueError, match=r"\S"):
        volume_of(0.0, texts, HANOI)


def test_every_fault_is_told_at_once():
    assert len(volume_faults(("00:00-99:00 0", "x", "05:00-06:00 9"))) == 3
    assert len(volume_faults(("01:00-02:00 0", "03:00-04:00 0"))) == 2


@over(
    "text",
    [
        "00:00-24:00 -10",
        "0:00-24:00 -10",
        " 00:00 - 24:00  −10 ",
        "00:00-24:00 -10,0 dB",
        "00:00–24:00 -10.0",
        "00:00-00:00x",
    ],
)
def test_ways_to_write_a_whole_day(text: str):
    if text.endswith("x"):
        assert volume_faults((text,))
    else:
        assert volume_of(0.0, (text,), HANOI).spans == (VolumeSpan(0, 1440, -10.0),)


edges = st.lists(st.integers(0, 1439), min_size=2, max_size=8, unique=True).map(sorted)
levels = st.integers(-60, 0)


@st.composite
def curves(draw: st.DrawFn) -> tuple[str, ...]:
    """A curve over the whole day, in any order."""
    marks = draw(edges)
    clock = [f"{mark // 60:02d}:{mark % 60:02d}" for mark in marks]
    spans = [f"{start}-{end} {draw(levels)}" for start, end in zip(clock, [*clock[1:], clock[0]], strict=True)]
    return tuple(draw(st.permutations(spans)))


@given(curves())
def test_spans_end_to_end_round_the_day_have_no_fault(texts: tuple[str, ...]):
    assert volume_faults(texts) == []


@given(curves(), st.data())
def test_a_span_left_out_is_missed(texts: tuple[str, ...], data: st.DataObject):
    gone = data.draw(st.sampled_from(texts))
    left = tuple(text for text in texts if text is not gone)
    hole = gone.split()[0].replace("-00:00", "-24:00")
    assert [sentence for sentence in volume_faults(left) if hole in sentence] != [], (gone, left)


@given(curves(), st.integers(0, 86_400_000), st.integers(1, 1000), st.sampled_from([HANOI, "Europe/Paris"]))
def test_the_gain_never_jumps(texts: tuple[str, ...], start_ms: int, step_ms: int, zone_name: str):
    volume = volume_of(0.0, texts, zone_name)
    start = datetime(2026, 10, 24, 17, tzinfo=UTC) + timedelta(milliseconds=start_ms)
    change = volume.gain_at(start + timedelta(milliseconds=step_ms)) - volume.gain_at(start)
    assert abs(change) <= 60 * step_ms / 2000 + 1e-6


@given(curves(), st.integers(0, 1439))
def test_away_from_its_edges_the_gain_is_the_one_written(texts: tuple[str, ...], minute: int):
    volume = volume_of(0.0, texts, HANOI)
    (level,) = {span.gain_db for span in volume.spans if span.start <= minute < span.end}
    assert volume.gain_at(MIDNIGHT + timedelta(minutes=minute, seconds=30)) == level


@given(st.lists(st.text(max_size=20), max_size=4).map(tuple))
def test_no_text_at_all_breaks_the_check(texts: tuple[str, ...]):
    assert all(isinstance(sentence, str) for sentence in volume_faults(texts))
