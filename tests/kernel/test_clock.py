"""Waiting for something by a clock: it is looked for again until it is there, or the time is over."""

from datetime import UTC, datetime

from scheduler.kernel.clock import SteppedClock, awaited


def test_what_comes_in_time_is_given_and_ends_the_wait():
    clock = SteppedClock(datetime(2026, 11, 30, 5, tzinfo=UTC))
    assert awaited(clock, lambda: "there" if clock.monotonic() >= 0.25 else "", 1.0, 0.125) == "there"
    assert clock.monotonic() == 0.25


def test_what_does_not_come_is_given_as_it_was_last_seen_when_the_time_is_over():
    clock = SteppedClock(datetime(2026, 11, 30, 5, tzinfo=UTC))
    assert awaited(clock, lambda: "", 1.0, 0.125) == ""
    assert clock.monotonic() == 1.0


def test_with_no_time_it_is_looked_for_once():
    looks: list[int] = []
    clock = SteppedClock(datetime(2026, 11, 30, 5, tzinfo=UTC))
    awaited(clock, lambda: looks.append(1), 0.0, 0.125)
    assert looks == [1]
