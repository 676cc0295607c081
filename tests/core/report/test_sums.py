"""What a report counts: the same from any grouping of the same rows, and every split adds up to its whole."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.standing import Tally
from scheduler.core.model import AiringOutcome, Trigger
from scheduler.core.report.sums import (
    NO_FIELD,
    Group,
    Origins,
    RelayAiring,
    RelayChange,
    Source,
    SourceAmount,
    add_up,
    relay_amounts,
)
from tests.rows import over

DAY = date(2026, 12, 2)
NIGHT = datetime(2026, 12, 2, tzinfo=UTC)
ORIGINS = Origins(("vov",), ("tỉnh", "ptth"))
FIELDS = {1: 1, 2: 4}


def row(
    trigger=Trigger.SCHEDULE, outcome=AiringOutcome.PLAYED, played_ms=60_000, *, day=DAY, session=0, campaign=1, announcement=1,
    dispatch="", reason="",
) -> Group:  # fmt: skip
    return Group(
        day, session, trigger, campaign, announcement, dispatch, outcome, reason, 1, int(played_ms > 0), played_ms
    )


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from([one for one in Trigger if one is not Trigger.RELAY]),
        st.sampled_from(AiringOutcome),
        st.integers(0, 900_000),
        day=st.dates(DAY, DAY + timedelta(days=3)),
        session=st.integers(0, 2),
        campaign=st.sampled_from([None, 1, 2, 3]),
        announcement=st.integers(1, 3),
        dispatch=st.sampled_from(["", "642/UBND-VHTT", "7/UBND"]),
        reason=st.sampled_from(["", "power_cut", "station_off"]),
    ),
    max_size=40,
)


def grouped(rows: list[Group]) -> list[Group]:
    """As the database gives them: rows that agree in their first eight, added up."""
    found: dict[tuple, list[Group]] = {}
    for one in rows:
        found.setdefault(tuple(one[:8]), []).append(one)
    return [Group(*key, *(sum(one[at] for one in of) for at in (8, 9, 10))) for key, of in found.items()]


@given(ROWS)
def test_any_grouping_of_the_same_rows_gives_the_same_figures(rows):
    assert add_up(rows, (), fields=FIELDS) == add_up(reversed(grouped(rows)), (), fields=FIELDS)


@given(ROWS)
def test_every_split_adds_up_to_the_whole(rows):
    figures = add_up(rows, (), fields=FIELDS)
    for split in (figures.by_field.values(), figures.by_day.values(), figures.by_source):
        assert sum(one.played_ms for one in split) == figures.total.played_ms
        assert sum(one.airings for one in split) == figures.total.airings
    assert sum(one.planned for one in figures.by_day.values()) == figures.total.planned == len(rows)
    total = figures.total
    assert total.whole + total.partly + total.silent + total.cancelled + total.recorded == total.planned
    heard = sum(one.played_ms for one in rows if one.outcome is not AiringOutcome.RECORDED)
    assert (total.played_ms, total.airings <= len(rows)) == (heard, True)
    ended = sum(end.rows for end in figures.ends)
    assert ended == sum(one.outcome is not AiringOutcome.PLAYED for one in rows)


@given(ROWS)
def test_no_session_is_held_that_was_not_planned_and_none_twice_a_day(rows):
    figures = add_up(rows, (), fields=FIELDS)
    days = len({one.day for one in rows})
    for planned, held in figures.sessions:
        assert 0 <= held <= planned <= days


def test_what_a_person_orders_for_now_makes_no_session():
    rows = [row(Trigger.MANUAL), row(Trigger.EMERGENCY), row(Trigger.LIVE), row(Trigger.DRILL)]
    assert add_up(rows, (), fields={}).sessions == ((0, 0), (0, 0), (0, 0))


def test_a_session_of_which_nothing_was_heard_was_planned_and_not_held():
    missed = row(outcome=AiringOutcome.MISSED, played_ms=0, session=1)
    assert add_up([missed, row(session=2)], (), fields={}).sessions == ((0, 0), (1, 0), (1, 1))


@over(
    "trigger, source",
    [
        (Trigger.SCHEDULE, Source.OWN),
        (Trigger.MAKE_GOOD, Source.OWN),
        (Trigger.MANUAL, Source.OWN),
        (Trigger.LIVE, Source.LIVE),
        (Trigger.DRILL, Source.DRILL),
        (Trigger.EMERGENCY, Source.URGENT),
    ],
)
def test_minutes_go_to_the_source_of_what_set_them_off(trigger, source):
    figures = add_up([row(trigger)], (), fields={})
    assert {one.source: one.played_ms for one in figures.by_source if one.played_ms} == {source: 60_000}


def test_an_announcement_of_the_province_is_told_apart_from_our_own():
    figures = add_up([row(announcement=5), row(announcement=6)], (), fields={}, from_province=frozenset({6}))
    assert {one.source: one.airings for one in figures.by_source if one.airings} == {Source.OWN: 1, Source.PROVINCE: 1}


def test_a_field_is_the_campaigns_an_emergency_is_sudden_news_and_the_rest_has_none():
    rows = [
        row(campaign=2),
        row(Trigger.EMERGENCY, campaign=None),
        row(Trigger.MANUAL, campaign=None),
        row(campaign=99),
    ]
    figures = add_up(rows, (), fields=FIELDS)
    assert {field: one.airings for field, one in figures.by_field.items()} == {4: 1, 2: 1, NO_FIELD: 2}


def test_an_airing_that_was_cut_gives_its_minutes_and_was_heard_in_part():
    figures = add_up([row(outcome=AiringOutcome.PRE_EMPTED, played_ms=20_000, reason="pre_empted")], (), fields={})
    assert figures.total == Tally(partly=1, played_ms=20_000, partly_ms=20_000)
    assert figures.ends[0].played_ms == 20_000


def test_what_was_only_recorded_gives_no_minute_no_airing_and_no_session():
    figures = add_up([row(outcome=AiringOutcome.RECORDED, played_ms=20_000)], (), fields={1: 3})
    assert figures.total == Tally(recorded=1)
    assert figures.sessions == ((1, 0), (0, 0), (0, 0))
    assert figures.announcements == 0
    assert sum(one.airings + one.played_ms for one in figures.by_source) == 0
    assert [(end.outcome, end.rows, end.played_ms) for end in figures.ends] == [(AiringOutcome.RECORDED, 1, 0)]


def test_different_announcements_count_once_and_relays_talks_and_drills_are_none():
    rows = [
        row(announcement=1),
        row(announcement=1),
        row(announcement=2),
        row(outcome=AiringOutcome.MISSED, played_ms=0, announcement=3),
    ]
    rows += [row(Trigger.LIVE, announcement=4), row(Trigger.DRILL, announcement=5)]
    assert add_up(rows, (), fields={}).announcements == 2


def test_relays_that_were_split_into_something_else_than_their_whole_are_a_fault():
    with pytest.raises(ValueError, match="split"):
        add_up([row(Trigger.RELAY)], (SourceAmount(Source.RELAY_VOV, 1, 59_999),), fields={})


# Relays


def relay(played_ms=1_800_000, *, title="Tiếp âm buổi sáng", outcome=AiringOutcome.PLAYED, minutes=30) -> RelayAiring:
    return RelayAiring("r", title, outcome, NIGHT, NIGHT + timedelta(minutes=minutes), played_ms)


def change(minute: float, to: str) -> RelayChange:
    return RelayChange(NIGHT + timedelta(minutes=minute), to)


def test_a_relay_that_changed_its_source_is_split_by_how_long_each_was_on():
    changes = [
        change(-0.1, "https://vov.vn/1.mp3"),
        change(20, "none"),
        change(20.5, "https://ptth.vn/a"),
        change(25, "fallback"),
    ]
    split = relay_amounts([relay(1_770_000)], {"r": changes}, ORIGINS)
    assert split == (
        (Source.RELAY_VOV, 1, 1_200_000),
        (Source.RELAY_PROVINCE, 0, 270_000),
        (Source.OWN, 0, 300_000),
    )


@over(
    "address, title, source",
    [
        ("https://stream.VOV.vn/1", "Tiếp âm", Source.RELAY_VOV),
        ("line:", "Tiếp âm VOV1", Source.RELAY_VOV),
        ("line:", "Tiếp âm đài tỉnh", Source.RELAY_PROVINCE),
        ("https://ptth.vn/live", "Tiếp âm VOV1", Source.RELAY_PROVINCE),
        ("https://radio.example/a", "Tiếp âm", Source.RELAY_OTHER),
        ("fallback", "Tiếp âm VOV1", Source.OWN),
    ],
)
def test_the_address_tells_the_source_and_the_title_where_the_address_does_not(address, title, source):
    (only,) = relay_amounts([relay(title=title)], {"r": [change(-1, address)]}, ORIGINS)
    assert only == (source, 1, 1_800_000)


def test_a_relay_whose_source_nobody_noted_goes_by_its_title():
    assert relay_amounts([relay(title="Tiếp âm VOV1")], {}, ORIGINS) == ((Source.RELAY_VOV, 1, 1_800_000),)


def test_a_relay_that_was_never_heard_counts_nothing():
    silent = relay(0, outcome=AiringOutcome.FAILED)._replace(start=None, end=None)
    assert sum(one.airings + one.played_ms for one in relay_amounts([silent], {"r": [change(0, "none")]}, ORIGINS)) == 0


ADDRESSES = st.sampled_from(["https://vov.vn/1", "https://ptth.vn/2", "https://other.example", "fallback", "none"])


@given(
    st.lists(
        st.tuples(
            st.integers(0, 4_000_000),
            st.sampled_from([AiringOutcome.PLAYED, AiringOutcome.PARTIAL, AiringOutcome.FAILED]),
            st.lists(st.tuples(st.floats(-2, 70), ADDRESSES), max_size=6),
        ),
        max_size=5,
    )
)
def test_the_parts_of_relays_add_up_to_what_was_measured_to_the_millisecond(told):
    airings, changes = [], {}
    for at, (played_ms, outcome, way) in enumerate(told):
        airings.append(relay(played_ms, outcome=outcome, minutes=60)._replace(slot_id=str(at)))
        changes[str(at)] = [change(minute, to) for minute, to in sorted(way)]
    split = relay_amounts(airings, changes, ORIGINS)
    assert sum(one.played_ms for one in split) == sum(one.played_ms for one in airings)
    heard = sum(one.outcome is not AiringOutcome.FAILED or one.played_ms > 0 for one in airings)
    assert sum(one.airings for one in split) == heard
    assert all(one.played_ms >= 0 for one in split)
