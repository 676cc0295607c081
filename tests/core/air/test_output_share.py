"""An airing is judged by the worst of its loudspeakers, zone by zone; what no loudspeaker sounded is only recorded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.output_share import (
    WHOLE,
    Hole,
    OutputShare,
    after_cut,
    counts_by_kind,
    described,
    from_row,
    of_loudspeakers,
    to_row,
    worst,
    worst_by_zone,
)
from scheduler.store.database import json_text

AT = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
CARD = OutputShare("card", "soundcard", counts=True, zones=("all",), played_ms=20_000, total_ms=20_000, first_at=AT)
STALLED = replace(CARD, played_ms=8_750, holes=(Hole(5_000, 11_250),), fault="took no sound for 11 s")
FILE = replace(CARD, name="ghi", kind="wavfile", counts=False)


@st.composite
def shares(draw, names=("a", "b", "c", "d")):
    """Outputs of one airing: each sounded all up to one cut but for its holes."""
    total = draw(st.integers(1_000, 60_000))
    cut = draw(st.integers(0, total))
    made = []
    for name in draw(st.lists(st.sampled_from(names), min_size=1, unique=True)):
        edges = sorted(draw(st.lists(st.integers(0, cut), max_size=6, unique=True)))
        holes = tuple(Hole(at, to - at) for at, to in zip(edges[::2], edges[1::2], strict=False))
        made.append(
            OutputShare(
                name=name,
                kind=draw(st.sampled_from(["soundcard", "rtp", "wavfile"])),
                counts=draw(st.booleans()),
                zones=tuple(draw(st.lists(st.sampled_from(["z1", "z2"]), min_size=1, unique=True))),
                played_ms=cut - sum(hole.length_ms for hole in holes),
                total_ms=total,
                first_at=AT + timedelta(milliseconds=draw(st.integers(0, 9_000))),
                holes=holes,
                fault=draw(st.sampled_from(["", "gone"])),
                is_refused=draw(st.booleans()),
            )
        )
    return tuple(made)


@given(shares())
def test_the_headline_is_never_more_than_any_loudspeaker_that_may_be_asked(told):
    found = worst(told)
    asked = of_loudspeakers(told)
    assert (found is None) == (not any(one.counts for one in told))
    assert all(found.share <= one.share and found.played_ms <= one.played_ms for one in asked)
    for zone, one in worst_by_zone(told).items():
        here = of_loudspeakers([share for share in told if zone in share.zones])
        assert one is None if not here else all(one.share <= other.share for other in here)


@given(shares(), shares())
def test_attempts_add_up_output_by_output_and_nothing_is_counted_twice(before, now):
    joined = {one.name: one for one in after_cut(before, now)}
    assert joined.keys() == {one.name for one in (*before, *now)}
    for name, one in joined.items():
        parts = [share for share in (*before, *now) if share.name == name]
        assert one.played_ms == sum(part.played_ms for part in parts)
        assert one.played_ms <= one.due_ms <= one.total_ms
        assert all(a.end_ms < b.start_ms for a, b in zip(one.holes, one.holes[1:], strict=False))


@given(shares())
def test_a_row_gives_back_what_was_put_into_it(told):
    assert from_row(to_row(told)) == told
    assert json_text(to_row(from_row(to_row(told)))) == json_text(to_row(told))


@pytest.mark.parametrize(
    ("told", "name"),
    [
        pytest.param((CARD, FILE), "card", id="a_whole_card"),
        pytest.param((STALLED, FILE), "card", id="never_the_file_that_had_it_all"),
        pytest.param((CARD, replace(STALLED, name="rtp", kind="rtp")), "rtp", id="the_worst_of_two"),
        pytest.param((CARD, replace(STALLED, name="b", played_ms=0, is_refused=True)), "card", id="refused_by_itself"),
        pytest.param((FILE,), None, id="only_files"),
        pytest.param((), None, id="nothing"),
    ],
)
def test_whose_truth_the_headline_is(told, name):
    found = worst(told)
    assert (found and found.name) == name


def test_where_every_loudspeaker_was_refused_they_are_the_truth():
    refused = replace(CARD, played_ms=0, is_refused=True, fault="quiet_hours")
    assert worst((refused, FILE)) == refused


def test_a_zone_without_a_loudspeaker_is_only_recorded_there():
    told = (replace(CARD, zones=("z1",)), replace(FILE, zones=("z2",)))
    assert worst_by_zone(told) == {"z1": told[0], "z2": None}
    assert worst_by_zone(told, "z2") == {"z2": None}


@pytest.mark.parametrize(
    ("lost", "state"),
    [
        pytest.param(0, "ok", id="nothing_lost"),
        pytest.param(1_000, "ok", id="just_enough"),
        pytest.param(1_001, "sounded 18999 of 20000 ms", id="just_too_little"),
    ],
)
def test_ok_is_said_from_95_in_a_hundred_on(lost, state):
    told = replace(CARD, played_ms=20_000 - lost, holes=(Hole(3_000, lost),) if lost else ())
    assert told.state == state
    assert (told.share >= WHOLE) == (state == "ok")


def test_what_was_cut_is_no_fault_of_the_output():
    cut = replace(CARD, played_ms=4_000)
    assert (cut.state, cut.share) == ("ok", 0.2)


def test_one_line_says_what_was_heard_and_what_was_not():
    assert described(STALLED) == "card 8.75 of 20 s, 1 hole of 11.25 s (took no sound for 11 s)"
    assert described(FILE) == "ghi 20 of 20 s, no loudspeaker"


def test_which_kinds_have_a_loudspeaker_behind_them():
    heard = {"soundcard", "rtp", "snapcast", "fifo"}
    assert {kind for kind in (*heard, "icecast", "wavfile", "null") if counts_by_kind(kind)} == heard
