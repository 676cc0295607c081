"""A window in which nothing of its campaign will air stands on Lịch phát and among what is to do."""

from dataclasses import replace

from scheduler.core.planning.rules import parse_window
from scheduler.services.planning.schedule_days import ScheduleDays


def test_a_window_that_gets_nothing_is_told_on_the_day_and_as_a_task_until_it_is_mended(station, cast):
    campaign_id = cast.running(cast.approved())
    asked = station.repos.programme.campaign(campaign_id)
    windows = (*asked.windows, parse_window("17:00-17:30"), parse_window("22:00-23:00"))
    station.services.campaigns.save(cast.lan, replace(asked, base=3, windows=windows))
    days = ScheduleDays(station.repos, station.services.campaigns.days)
    today = station.repos.today
    told = [(one.reason, one.details["window"], one.details["title"]) for one in days.day(today).idle]
    assert told == [("window_closed", "22:00-23:00", asked.title)]
    (task,) = [one for one in station.services.readiness.check() if one.reason == "window_closed"]
    assert (task.key, task.details["title"]) == (f"window_closed:22:00-23:00:{campaign_id}", asked.title)
    station.services.campaigns.pause(cast.lan, campaign_id)
    assert not [one for one in station.services.readiness.check() if one.reason.startswith("window_")]
    station.services.campaigns.save(cast.lan, replace(asked, base=3, windows=windows[:-1]))
    assert not [one for one in station.services.readiness.check() if one.reason.startswith("window_")]
    assert days.day(today).idle == ()
