"""What the town says of a ward's clock: what its words prove, whatever the network between them does."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.extras.hub.rules.uplink_reports import clock_off
from scheduler.extras.hub.service.intake import Up
from scheduler.extras.town.rules.envelope import Told, UpKind, up_body
from scheduler.kernel.clock import SteppedClock
from tests.conftest import MORNING
from tests.examples import examples

MINUTE = timedelta(minutes=1)
seconds = st.floats(0, 7 * 24 * 3600, allow_nan=False)


@given(off=st.floats(-90_000, 90_000, allow_nan=False), delays=st.tuples(seconds, seconds), pause=seconds)
@settings(max_examples=examples(400), deadline=None)
def test_never_more_is_said_than_the_clock_is_off_and_a_right_clock_is_never_wrong(off, delays, pause):
    first = MORNING + timedelta(seconds=delays[0])
    written = first + timedelta(seconds=pause)
    at, stored = written + timedelta(seconds=off), written + timedelta(seconds=delays[1])
    for before in (first, None):
        said = clock_off(at, stored, before)
        assert said == 0 or (said > 0) == (off > 0)
        assert abs(said) <= abs(off) + 1e-5


@pytest.fixture
def clock():
    return SteppedClock(MORNING)


@pytest.fixture
def said(desk_of_town, clock):
    """A health that the ward wrote now by its clock, which the broker has after so many minutes; what the town says."""
    desk_of_town.ward("101")
    rows = iter(range(1, 100))

    def health(off=0, delay=0, line=""):
        told = Told("101", next(rows), UpKind.HEALTH, clock.now() + off * MINUTE, {"playout": True}, line)
        clock.advance(delay * 60)
        desk_of_town.services.intake.take([Up("up.101.health", up_body(told), clock.now())])
        found = desk_of_town.services.ward("101").clock_off_minutes
        clock.advance(60)
        return found

    return health


def test_a_slow_network_is_no_wrong_clock(said):
    assert [said(delay=delay) for delay in (0, 10, 600, 10, 0)] == [0] * 5


def test_a_clock_that_is_put_right_is_no_more_told(said):
    assert [said(off) for off in (9, 9, 0, -9, -9, 0)] == [9, 9, 0, -8, -8, 0]


@pytest.mark.parametrize(("off", "told"), [(2, 0), (2.1, 2), (-3, 0), (-3.1, -2)])
def test_what_the_ward_itself_calls_no_difference_is_none(said, off, told):
    said(off)
    assert said(off) == told


def test_two_machines_of_a_ward_are_not_held_against_each_other(said):
    said(delay=30)
    assert said(-9, line="may2") == 0, "the other machine's first word proves nothing yet"
    assert said(-9, line="may2") == -8


def test_the_same_word_again_is_not_held_against_itself(desk_of_town, clock):
    desk_of_town.ward("101")
    raw = up_body(Told("101", 1, UpKind.HEALTH, clock.now(), {"playout": True}))
    clock.advance(600)
    word = Up("up.101.health", raw, clock.now())
    for _ in range(2):  # a broker that was not answered gives it again
        desk_of_town.services.intake.take([word])
        assert desk_of_town.services.ward("101").clock_off_minutes == 0
