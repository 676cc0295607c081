"""A day is planned anew only where the plan could differ: later on the same day it is the same as long as it lies ahead."""

import pytest

from scheduler.core.planning.rules import parse_window
from scheduler.services.planning import day_plans
from tests.conftest import DAY


@pytest.fixture
def made(monkeypatch):
    """The days that were planned, in order."""
    days = []

    def planned(day, *args, **kwargs):
        days.append(day)
        return plan_day(day, *args, **kwargs)

    plan_day = day_plans.plan_day
    monkeypatch.setattr(day_plans, "plan_day", planned)
    return days


def test_a_later_look_at_a_day_that_lies_ahead_plans_nothing_anew(station, cast, clock, made):
    cast.running(cast.approved(), windows=(parse_window("16:00-17:00"),))
    made.clear()
    clock.advance(3600)
    station.services.campaigns.replan()
    assert made == []


def test_a_day_some_of_whose_airings_are_due_is_planned_anew(station, cast, clock, made):
    cast.running(cast.approved(), windows=(parse_window("06:00-07:00"), parse_window("16:00-17:00")))
    made.clear()
    clock.advance(3 * 3600)
    station.services.campaigns.replan()
    assert len(made) == 1


def test_a_day_on_which_something_was_refused_is_planned_anew(station, cast, clock, made):
    cast.running(cast.approved(seconds=900), base=8, windows=(parse_window("16:00-17:00"),))
    made.clear()
    clock.advance(3600)
    station.services.campaigns.replan()
    assert len(made) == 1


@pytest.mark.parametrize("hours", [0.1, 1, 5, 9.9])
def test_what_is_remembered_is_what_planning_anew_would_give(station, cast, clock, hours):
    cast.running(cast.approved(), base=3, windows=(parse_window("06:00-07:00"), parse_window("14:00-17:00")))
    cast.running(cast.approved(seconds=40, title="Tin khác"), base=4, windows=(parse_window("14:00-17:00"),))
    days = station.services.campaigns._days
    clock.advance(3600 * hours)
    station.services.campaigns.replan()
    anew = day_plans.DayPlans(station.repos, days._rundowns).plan(DAY, days.running())
    assert days._plans[DAY][1] == anew
