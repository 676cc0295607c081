"""How a station is, in one word: just before, at and after each border, and what outweighs what."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.station.health import BEATS_WITHIN, LOW_DISK_BYTES, Check, Facts, HealthState, checks, worst

WELL = Facts(
    database=True,
    ages={"playout": 0.5, "web": 1.0, "worker": 2.0},
    clock_trusted=True,
    outputs={"loa": True},
    free_bytes=LOW_DISK_BYTES,
)


def verdict(**changes):
    return worst(checks(replace(WELL, **changes)))


def reasons(**changes):
    return [one.reason for one in checks(replace(WELL, **changes)) if one.state is not HealthState.OK]


def test_a_station_of_which_everything_is_well_is_well():
    assert worst(checks(WELL)) is HealthState.OK
    assert reasons() == []
    assert [one.name for one in checks(WELL)] == ["database", "playout", "web", "worker", "clock", "outputs", "disk"]


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (4.9, HealthState.OK),
        (5.0, HealthState.OK),
        (5.1, HealthState.DOWN),
        (None, HealthState.DOWN),
        (-5.1, HealthState.DOWN),
    ],
)
def test_playout_that_has_said_nothing_for_more_than_five_seconds_is_silence(age, state):
    assert verdict(ages=WELL.ages | {"playout": age}) is state


@pytest.mark.parametrize("name", ["web", "worker"])
@pytest.mark.parametrize(("late", "state"), [(0.0, HealthState.OK), (0.1, HealthState.DEGRADED)])
def test_a_process_that_the_air_does_not_need_only_degrades(name, late, state):
    assert verdict(ages=WELL.ages | {name: BEATS_WITHIN[name] + late}) is state


@pytest.mark.parametrize(
    ("outputs", "state", "told"),
    [
        ({"a": True, "b": True}, HealthState.OK, []),
        ({"a": True, "b": False}, HealthState.DEGRADED, ["output_failed"]),
        ({"a": False, "b": False}, HealthState.DOWN, ["no_output_open"]),
        ({}, HealthState.DOWN, ["no_output_open"]),
    ],
)
def test_one_open_output_is_heard_and_none_is_not(outputs, state, told):
    assert (verdict(outputs=outputs), reasons(outputs=outputs)) == (state, told)


def test_a_clock_that_is_not_trusted_airs_nothing():
    assert (verdict(clock_trusted=False), reasons(clock_trusted=False)) == (HealthState.DOWN, ["clock_untrusted"])


def test_what_a_silent_playout_said_of_clock_and_outputs_is_not_believed():
    assert reasons(ages=WELL.ages | {"playout": 60.0}, clock_trusted=False, outputs={}) == ["playout_silent"]


@pytest.mark.parametrize(
    ("free", "state"),
    [(LOW_DISK_BYTES - 1, HealthState.DEGRADED), (LOW_DISK_BYTES, HealthState.OK), (None, HealthState.OK)],
)
def test_a_disk_that_fills_up_degrades_where_it_was_looked_at(free, state):
    assert verdict(free_bytes=free) is state


def test_without_a_database_nothing_else_is_asked():
    assert checks(replace(WELL, database=False)) == (Check("database", HealthState.DOWN, "database_lost"),)


@given(
    st.builds(
        Facts,
        database=st.booleans(),
        ages=st.dictionaries(st.sampled_from(["playout", "web", "worker", "x"]), st.none() | st.floats(-99, 99)),
        clock_trusted=st.booleans(),
        outputs=st.dictionaries(st.text(max_size=2), st.booleans(), max_size=3),
        free_bytes=st.none() | st.integers(0, 10**13),
    )
)
def test_the_word_for_all_is_the_worst_of_each_and_every_fault_has_a_reason(facts):
    found = checks(facts)
    order = [HealthState.OK, HealthState.DEGRADED, HealthState.DOWN]
    assert worst(found) is max((one.state for one in found), key=order.index)
    assert all(bool(one.reason) == (one.state is not HealthState.OK) for one in found)
    if facts.ages.get("playout") is None:
        assert worst(found) is HealthState.DOWN
