"""Playout plans anew in its own turns, within one of them, for whatever people have changed."""

from datetime import timedelta

from scheduler.core.planning.rules import parse_window
from scheduler.playout.planning import RESTS
from scheduler.services.planning.campaigns import CampaignService
from tests.conftest import DAY

LONG = {"windows": (parse_window("06:00-10:00"),), "base": 4}


def planned(station):
    return [slot.start for slot in station.repos.slots.of_day(DAY)]


def test_what_is_changed_stands_in_the_plan_after_one_turn(station, cast, start):
    announcement_id = cast.approved()
    service = start()
    campaign_id = cast.running(announcement_id, **LONG)
    assert planned(station) == []
    service.step()
    assert len(planned(station)) == 4
    station.services.campaigns.stop(cast.lan, campaign_id)
    service.step()
    assert planned(station) == []
    assert station.services.campaigns.owed.since() is None


def test_a_plan_that_was_owed_when_playout_died_is_made_at_its_next_start(station, cast, start):
    announcement_id = cast.approved()
    start()
    cast.running(announcement_id, **LONG)
    start()
    assert len(planned(station)) == 4
    assert station.services.campaigns.owed.since() is None


def test_many_changes_at_once_are_one_plan(station, cast, start, monkeypatch):
    announcement_id = cast.approved()
    service, made, replan = start(), [], CampaignService.replan
    monkeypatch.setattr(CampaignService, "replan", lambda services: (made.append(services), replan(services)))
    for number in range(5):
        cast.running(announcement_id, **LONG, title=f"Đợt {number}")
    service.step()
    service.step()
    assert len(made) == 1
    assert {slot.campaign_id for slot in station.repos.slots.of_day(DAY)} == {1, 2, 3, 4, 5}


def test_a_plan_that_takes_long_leaves_most_of_the_time_to_the_air(station, cast, clock, start, monkeypatch):
    announcement_id = cast.approved()
    service, made, replan = start(), [], CampaignService.replan

    def slow(services):
        made.append(clock.monotonic())
        clock.advance(2)
        replan(services)

    monkeypatch.setattr(CampaignService, "replan", slow)
    cast.running(announcement_id, **LONG)
    service.step()
    cast.running(announcement_id, **LONG, title="Đợt khác")
    service.run_stepped(clock, clock.now() + timedelta(seconds=2 * RESTS + 1))
    first, second = made
    assert second - first >= 2 + 2 * RESTS
    assert len(planned(station)) == 8


def test_a_plan_that_fails_is_tried_again_and_stays_owed(station, cast, clock, start, monkeypatch):
    announcement_id = cast.approved()
    service = start()

    def bug(_):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(CampaignService, "replan", bug)
        cast.running(announcement_id, **LONG)
        service.step()
        assert station.services.campaigns.owed.since() is not None
    service.run_stepped(clock, clock.now() + timedelta(seconds=10))
    assert len(planned(station)) == 4
    assert station.services.campaigns.owed.since() is None
