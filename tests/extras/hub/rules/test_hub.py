"""How a ward stands, whom an issue reaches, which rows are missing: rules over facts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.standing import Tally
from scheduler.extras.hub.rules.areas import by_code, old_districts, province_of
from scheduler.extras.hub.rules.sums import by_ward, totals
from scheduler.extras.hub.rules.wards import (
    Area,
    Level,
    Standing,
    WardFacts,
    checked_area,
    checked_place,
    holes,
    merged_rows,
    reached,
    standing,
)
from scheduler.kernel.errors import Refused
from tests.rows import over

NOW = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)
SILENT = timedelta(seconds=30)


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


QUIET = {"playout": True, "playing": [], "queue": {"waiting": 0, "oldest": None}}
LOUD = QUIET | {"playing": [{"title": "x"}]}
OWING = QUIET | {"at": ago(10).isoformat(), "queue": {"waiting": 9, "oldest": ago(1000).isoformat()}}

STANDINGS = {
    "not paired": (WardFacts(paired=False), Standing.NEVER),
    "paired and never heard of": (WardFacts(paired=True), Standing.NEVER),
    "revoked, though it is connected": (WardFacts(paired=True, revoked=True, connections=1), Standing.REVOKED),
    "just connected, no health yet": (WardFacts(True, connections=1, changed_at=ago(5)), Standing.QUIET),
    "connected for long and no health": (WardFacts(True, connections=1, changed_at=ago(500)), Standing.LATE),
    "it plays": (WardFacts(True, False, 1, ago(900), ago(5), ago(5), LOUD), Standing.ON_AIR),
    "nothing plays": (WardFacts(True, False, 1, ago(900), ago(5), ago(5), QUIET), Standing.QUIET),
    "its health is just fresh": (WardFacts(True, False, 1, ago(900), ago(150), ago(150), LOUD), Standing.ON_AIR),
    "its health is old": (WardFacts(True, False, 1, ago(900), ago(5), ago(151), LOUD), Standing.LATE),
    "playout is dead": (WardFacts(True, False, 1, ago(900), ago(5), ago(5), LOUD | {"playout": False}), Standing.LATE),
    "it owes for long": (WardFacts(True, False, 1, ago(900), ago(5), ago(5), OWING), Standing.LATE),
    "it left": (WardFacts(True, False, 0, ago(3), ago(5), ago(5), LOUD), Standing.CUT_OFF),
    "it left and never said a word": (WardFacts(True, False, 0, ago(3)), Standing.CUT_OFF),
    "nobody knows of connections, it spoke just now": (
        WardFacts(True, False, 0, None, ago(20), ago(20), QUIET),
        Standing.QUIET,
    ),
    "nobody knows of connections, it is silent": (
        WardFacts(True, False, 0, None, ago(31), ago(31), LOUD),
        Standing.CUT_OFF,
    ),
    "strange health": (WardFacts(True, False, 1, ago(9), ago(5), ago(5), {"queue": "x", "playing": 0}), Standing.QUIET),
    "strange queue": (
        WardFacts(True, False, 1, ago(9), ago(5), ago(5), {"queue": {"waiting": 3, "oldest": "never"}}),
        Standing.QUIET,
    ),
}


@over("facts, wanted", STANDINGS.values())
def test_a_ward_stands_as_was_measured(facts, wanted):
    assert standing(facts, NOW, SILENT)[0] is wanted


def test_a_ward_that_is_cut_off_says_since_when():
    assert standing(WardFacts(True, False, 0, ago(300), ago(310)), NOW, SILENT) == (Standing.CUT_OFF, ago(300))


instants = st.none() | st.integers(0, 10_000).map(ago)
facts = st.builds(
    WardFacts,
    paired=st.booleans(),
    revoked=st.booleans(),
    connections=st.integers(0, 3),
    changed_at=instants,
    heard_at=instants,
    health_at=instants,
    health=st.sampled_from([None, {}, QUIET, LOUD, OWING]),
)


@given(facts)
def test_what_was_not_heard_of_lately_is_never_shown_as_on_the_air(told):
    state, _ = standing(told, NOW, SILENT)
    if state is Standing.ON_AIR:
        assert told.paired
        assert not told.revoked
        assert told.health_at is not None
        assert NOW - told.health_at <= timedelta(seconds=150)
        assert told.connections or (told.heard_at is not None and NOW - told.heard_at <= SILENT)


# Rows


@given(st.permutations(range(1, 15)), st.integers(0, 14))
def test_rows_that_come_in_any_order_and_twice_leave_no_hole_in_the_end(order, dropped):
    whole, ahead = 0, frozenset()
    for row in [one for one in order if one != dropped]:
        whole, ahead = merged_rows(whole, ahead, [row, row])
        assert all(one > whole + 1 for one in ahead)
    if dropped:
        missing = [row for first, last in holes(whole, ahead) for row in range(first, last + 1)]
        assert missing == ([dropped] if dropped < 14 else [])
    whole, ahead = merged_rows(whole, ahead, [dropped] if dropped else [])
    assert (whole, ahead) == (14, frozenset())


@given(st.sets(st.integers(1, 60)), st.integers(0, 20))
def test_holes_are_exactly_what_is_missing_below_the_highest(rows, whole):
    whole, ahead = merged_rows(whole, (), rows)
    missing = {row for first, last in holes(whole, ahead, 100) for row in range(first, last + 1)}
    assert missing == (set(range(whole + 1, max(ahead))) - set(ahead) if ahead else set())


# Targets, places, areas


@given(
    st.lists(st.tuples(st.integers(1, 9).map(str), st.lists(st.sampled_from("abc")))),
    st.lists(st.sampled_from(["all", "ward.1", "ward.2", "group.a", "group.b"])),
)
def test_an_issue_reaches_exactly_those_that_a_target_means(wards, targets):
    found = set(reached(targets, wards))
    for ward, groups in wards:
        meant = "all" in targets or f"ward.{ward}" in targets or any(f"group.{one}" in targets for one in groups)
        assert not meant or ward in found
    assert found <= {ward for ward, _ in wards}


@pytest.mark.parametrize("place", [(91.0, 0.0), (0.0, 181.0), (float("nan"), 0.0), (float("inf"), 0.0)])
def test_a_place_is_on_earth(place):
    with pytest.raises(Refused) as refused:
        checked_place(place)
    assert refused.value.reason == "place_invalid"


AREAS = by_code(
    [
        Area("01", "Tỉnh Mẫu", Level.PROVINCE),
        Area("26734", "Phường Mới", Level.COMMUNE, "01", ("100", "101"), "2025-07-01"),
        Area("100", "Xã Cũ A", Level.COMMUNE, "760", (), None, "2025-06-30"),
        Area("101", "Xã Cũ B", Level.COMMUNE, "761", (), None, "2025-06-30"),
        Area("760", "Huyện A", Level.DISTRICT_LEGACY, "01", (), None, "2025-06-30"),
        Area("761", "Huyện B", Level.DISTRICT_LEGACY, "01", (), None, "2025-06-30"),
        Area("900", "Vòng", Level.COMMUNE, "900", ("900",)),
    ]
)


def test_a_ward_of_today_is_found_under_the_districts_it_once_lay_in():
    assert old_districts("26734", AREAS) == ("Huyện A", "Huyện B")
    assert province_of("26734", AREAS) == "Tỉnh Mẫu"
    assert province_of("100", AREAS) == "Tỉnh Mẫu"
    assert old_districts("404", AREAS) == ()
    assert (old_districts("900", AREAS), province_of("900", AREAS)) == ((), "")  # a table that goes in a circle


# Sums


def test_a_ward_that_has_told_nothing_has_no_sum():
    lines = by_ward(
        [("1", "Một", NOW, 0), ("2", "Hai", None, 0), ("3", "Ba", NOW, 2)],
        [
            ("1", "played", 3, 3, 90_000, 3, "2026-12-02", 3),
            ("1", "missed", 1, 0, 0, 1, "2026-12-03", 0),
        ],
        {"3": 1},
    )
    assert [(one.has_reported, one.airings, one.played_ms) for one in lines] == [
        (True, 4, 90_000),
        (False, 0, None),
        (True, 0, None),
    ]
    assert lines[0].last_day == "2026-12-03"
    whole = totals(lines)
    assert (whole.wards, whole.silent, whole.airings, whole.played_ms) == (3, 1, 4, 90_000)
    assert whole.tally == Tally(whole=3, silent=1, played_ms=90_000)


def test_what_a_ward_only_recorded_gives_the_town_no_minute():
    (line,) = by_ward(
        [("1", "Một", NOW, 0)],
        [
            ("1", "recorded", 2, 2, 40_000, 2, "2026-12-02", 2),  # whatever it was told with
            ("1", "partial", 1, 0, 0, 1, "2026-12-02", 0),
            ("1", "word_of_a_newer_ward", 1, 1, 5_000, 1, "2026-12-02", 1),
        ],
        {},
    )
    assert line.tally == Tally(partly=2, recorded=2, played_ms=5_000, partly_ms=5_000)
    assert line.played_ms == 5_000


@pytest.mark.parametrize(
    "area",
    [
        Area("1", " ", Level.COMMUNE),
        Area("1", "x" * 200, Level.COMMUNE),
        Area("1", "Phường", Level.COMMUNE, valid_from="hôm nay"),
        Area("1", "Phường", Level.COMMUNE, "a"),
        Area("1", "Phường", Level.COMMUNE, merged_from=("2", "x")),
    ],
)
def test_a_row_of_the_areas_that_cannot_be_one_is_refused(area):
    with pytest.raises(Refused) as refused:
        checked_area(area)
    assert refused.value.reason in {"area_invalid", "ward_id_invalid"}
