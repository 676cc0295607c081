"""Lịch phát: airings given a time, left out, added and taken back; what stays true after all of it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from scheduler.config.loading import CapConfig
from scheduler.core.model import AiringOutcome, Boost, BoostKind, CampaignState, Relay, Trigger
from scheduler.core.planning.rules import local_instant, parse_window
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.store import Ending
from tests.conftest import DAY

ZONE = "Asia/Ho_Chi_Minh"


def at(text, day=DAY):
    hour, minute, *second = map(int, text.split(":"))
    found = local_instant(day, time(hour, minute, *second), ZONE)
    assert found
    return found


@pytest.fixture
def config(config, request):
    """With what a test asks to be otherwise."""
    return replace(config, **getattr(request, "param", {}))


@pytest.fixture
def services(station):
    return station.services.schedule


@pytest.fixture
def slots(station):
    def of_day(day=DAY):
        return station.repos.slots.of_day(day)

    return of_day


@pytest.fixture
def refused(services):
    """The reason with which an act is refused."""

    def reason(act, *args, **kwargs):
        with pytest.raises(Refused) as caught:
            act(*args, **kwargs)
        return caught.value.reason

    return reason


def starts(slots):
    return [(slot.id, slot.start) for slot in slots]


# Moving


def test_a_moved_airing_starts_where_it_was_put_and_stays_there_when_the_day_is_planned_again(
    station, cast, services, slots
):
    cast.running(cast.approved())
    first, second = slots()
    services.move(cast.lan, first.id, at("06:25"), first.start)
    station.services.campaigns.replan()
    moved = next(slot for slot in slots() if slot.id == first.id)
    assert (moved.start, moved.moved_from, len(slots())) == (at("06:25"), first.start, 2)
    assert next(slot for slot in slots() if slot.id == second.id).start == second.start


def test_taking_a_move_back_restores_the_day_exactly(cast, services, slots):
    cast.running(cast.approved())
    before = slots()
    change = services.move(cast.lan, before[0].id, at("06:25"))
    services.undo(cast.lan, change)
    assert slots() == before


def test_a_change_is_taken_back_once(cast, services, slots, refused):
    cast.running(cast.approved())
    change = services.move(cast.lan, slots()[0].id, at("06:25"))
    services.undo(cast.lan, change)
    assert refused(services.undo, cast.lan, change) == "undo_done"


def test_taking_back_can_be_taken_back(cast, services, slots):
    cast.running(cast.approved())
    change = services.move(cast.lan, slots()[0].id, at("06:25"))
    after = starts(slots())
    services.undo(cast.lan, services.undo(cast.lan, change))
    assert starts(slots()) == after


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        pytest.param("05:59", "outside_windows", id="before_its_window"),
        pytest.param("07:00", "outside_windows", id="at_the_end_of_its_window"),
        pytest.param("12:00", "quiet_hours", id="in_quiet_hours"),
        pytest.param("05:30:30", "outside_windows", id="soon"),
        pytest.param("05:30", "too_soon", id="now"),
        pytest.param("05:00", "too_soon", id="past"),
    ],
)
def test_a_place_that_the_rules_forbid_is_refused_with_its_reason_and_nothing_changes(
    cast, services, slots, refused, to, reason
):
    cast.running(cast.approved())
    before = slots()
    assert refused(services.move, cast.lan, before[0].id, at(to)) == reason
    assert slots() == before


def test_the_window_holds_to_the_second(cast, services, slots, refused):
    cast.running(cast.approved(seconds=60))
    first, second = slots()
    assert refused(services.move, cast.lan, second.id, at("06:59:01")) == "outside_windows"
    services.move(cast.lan, second.id, at("06:59"))
    services.move(cast.lan, first.id, at("06:00"))
    assert [slot.start for slot in slots()] == [at("06:00"), at("06:59")]


def test_another_airing_is_not_pushed_aside(cast, services, slots, refused):
    cast.running(cast.approved(title="Tiêm chủng"), base=1)
    cast.running(cast.approved(title="Rác thải", pitch=300.0), base=1, title="Đợt rác")
    first, second = slots()
    with pytest.raises(Refused) as caught:
        services.move(cast.lan, first.id, second.start)
    assert (caught.value.reason, caught.value.details["title"]) == ("slot_overlaps", "Rác thải")
    assert refused(services.move, cast.lan, first.id, second.start - timedelta(minutes=2)) == "slot_too_close"
    services.move(cast.lan, first.id, second.start - timedelta(minutes=5, seconds=3))
    assert len(slots()) == 2


def test_a_relay_is_in_the_way_of_nobody_but_of_what_would_sound_into_it(station, cast, services, slots, refused):
    cast.running(cast.approved(), windows=(parse_window("06:00-08:00"),), base=1)
    relay = Relay(0, 0, (parse_window("07:00-07:30"),), DAY, DAY, ("https://dai.example/vov.mp3",))
    relay_id = station.services.relays.save(cast.lan, "Tiếp âm VOV", relay)
    station.services.relays.approve(cast.minh, relay_id)
    station.services.relays.start(cast.lan, relay_id)
    own = next(slot for slot in slots() if slot.trigger is Trigger.SCHEDULE)
    assert refused(services.move, cast.lan, own.id, at("07:10")) == "relay_in_the_way"
    assert refused(services.move, cast.lan, own.id, at("06:58")) == "slot_too_close"
    services.move(cast.lan, own.id, at("07:35"))
    relay_slot = next(slot for slot in slots() if slot.trigger is Trigger.RELAY)
    assert refused(services.move, cast.lan, relay_slot.id, at("07:05")) == "slot_by_rule"


@pytest.mark.parametrize("config", [{"cap": CapConfig(minutes_a_session=2.0)}], indirect=True)
def test_the_minutes_of_a_session_are_kept(cast, services, slots, refused):
    """Two windows, two sessions of two minutes: the second holds one airing of 90 s already."""
    cast.running(cast.approved(seconds=90), windows=(parse_window("06:00-07:00"), parse_window("16:00-17:00")))
    first, second = slots()
    assert refused(services.move, cast.lan, first.id, second.start + timedelta(minutes=20)) == "cap_minutes"


def test_only_within_its_day(cast, services, slots, refused):
    cast.running(cast.approved(), end=DAY + timedelta(days=1))
    assert refused(services.move, cast.lan, slots()[0].id, at("06:10", DAY + timedelta(days=1))) == "other_day"


def test_what_has_aired_airs_or_is_about_to_is_locked(station, cast, services, slots, clock, refused):
    cast.running(cast.approved())
    first, second = slots()
    clock.advance((first.start - clock.now()).total_seconds() - 2)
    assert refused(services.move, cast.lan, first.id, at("06:50")) == "slot_locked"
    station.repos.slots.claim(first, clock.now())
    station.repos.slots.close(first.id, Ending(AiringOutcome.PLAYED, played_ms=3000), clock.now())
    assert refused(services.leave_out, cast.lan, first.id, "thôi") == "slot_locked"
    station.repos.slots.claim(second, clock.now())
    assert refused(services.move, cast.lan, second.id, at("06:55")) == "slot_locked"


def test_an_old_page_changes_nothing(cast, services, slots, refused):
    cast.running(cast.approved())
    first = slots()[0]
    services.move(cast.lan, first.id, at("06:25"), first.start)
    after = slots()
    assert refused(services.move, cast.minh, first.id, at("06:40"), first.start) == "changed_elsewhere"
    assert refused(services.leave_out, cast.minh, first.id, "thôi", first.start) == "changed_elsewhere"
    assert slots() == after


def test_taking_back_what_somebody_has_moved_on_is_refused(cast, services, slots, refused):
    cast.running(cast.approved())
    change = services.move(cast.lan, slots()[0].id, at("06:25"))
    services.move(cast.minh, slots()[0].id, at("06:30"))
    assert refused(services.undo, cast.lan, change) == "changed_elsewhere"


def test_taking_back_to_a_time_that_is_over_is_refused(cast, services, slots, clock, refused):
    cast.running(cast.approved())
    first = slots()[0]
    change = services.move(cast.lan, first.id, at("06:59"))
    clock.advance((first.start - clock.now()).total_seconds() + 60)
    before = slots()
    assert refused(services.undo, cast.lan, change) == "undo_gone"
    assert slots() == before


def test_a_move_that_would_cost_another_campaign_its_place_is_refused(cast, services, slots, refused):
    """Two airings of two minutes with a gap of five fit ten minutes only at its two ends."""
    cast.running(cast.approved(seconds=120), windows=(parse_window("06:00-06:10"),), base=1)
    cast.running(
        cast.approved(seconds=120, title="Khác", pitch=300.0), windows=(parse_window("06:00-06:10"),), base=1, title="B"
    )
    assert len(slots()) == 2
    first = slots()[0]
    reason = refused(services.move, cast.lan, first.id, at("06:04"))
    assert reason in {"slot_too_close", "move_displaces"}


def test_a_person_without_the_right_changes_nothing(station, cast, services, slots):
    cast.running(cast.approved())
    gone = replace(cast.lan, active=False)
    first = slots()[0]
    for act in (
        lambda: services.move(gone, first.id, at("06:30")),
        lambda: services.leave_out(gone, first.id, "thôi"),
        lambda: services.add(gone, first.announcement_id, at("08:00")),
        lambda: station.services.schedule_copies.take(gone, DAY, DAY + timedelta(days=1)),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_every_beat_of_a_campaign_is_aired_once_however_far_its_airing_is_moved(station, cast, services, slots, clock):
    every = Boost(BoostKind.EVERY, 20)
    cast.running(cast.approved(), boost=every, windows=(parse_window("06:00-07:00"),), base=0)
    first, second, third = slots()
    services.move(cast.lan, second.id, at("06:50"))
    assert len(slots()) == 3
    for slot in sorted(slots(), key=lambda one: one.start):
        clock.advance((slot.start - clock.now()).total_seconds() + 3)
        station.repos.slots.claim(slot, clock.now())
        ending = Ending(AiringOutcome.PLAYED, started_at=slot.start, ended_at=clock.now(), played_ms=3000)
        station.repos.slots.close(slot.id, ending, clock.now())
        station.services.campaigns.replan()
    assert {slot.id for slot in slots()} == {first.id, second.id, third.id}
    assert station.repos.slots.refusals(DAY) == []


def test_the_journal_says_who_moved_it_and_from_when(station, cast, services, slots, clock):
    cast.running(cast.approved())
    first = slots()[0]
    services.move(cast.minh, first.id, at("06:25"))
    moved = next(slot for slot in slots() if slot.id == first.id)
    clock.advance((moved.start - clock.now()).total_seconds())
    station.repos.slots.claim(moved, clock.now())
    station.repos.slots.close(moved.id, Ending(AiringOutcome.PLAYED, played_ms=3000), clock.now())
    row = station.repos.store.row("SELECT operator, note FROM journal WHERE slot_id = ?", (moved.id,))
    assert row["operator"] == "Minh (minh)"
    assert first.start.isoformat(timespec="microseconds") in row["note"]


# When the campaign changes under it


def test_a_time_that_the_campaign_no_longer_allows_falls_back_to_the_plan_and_says_so(station, cast, services, slots):
    campaign_id = cast.running(cast.approved())
    first = slots()[0]
    services.move(cast.lan, first.id, at("06:05"))
    campaign = station.repos.programme.campaign(campaign_id)
    station.services.campaigns.save(cast.lan, replace(campaign, windows=(parse_window("06:30-07:30"),)))
    assert len(slots()) == 2
    assert all(slot.start >= at("06:30") and slot.moved_from is None for slot in slots())
    (unkept,) = station.services.schedule_days.unkept()
    assert (unkept.pin.slot_id, unkept.reason) == (first.id, "outside_windows")
    told = [one for one in station.services.readiness.check() if one.reason == "pin_unkept"]
    assert [(one.due, one.details["title"]) for one in told] == [(at("06:05"), "Đợt tiêm chủng")]


def test_it_comes_back_with_the_hours_it_was_made_for(station, cast, services, slots):
    campaign_id = cast.running(cast.approved())
    services.move(cast.lan, slots()[0].id, at("06:05"))
    campaign = station.repos.programme.campaign(campaign_id)
    before = slots()
    station.services.campaigns.save(cast.lan, replace(campaign, windows=(parse_window("06:30-07:30"),)))
    station.services.campaigns.save(cast.lan, campaign)
    assert slots() == before
    assert station.services.schedule_days.unkept() == []


def test_a_released_airing_is_the_planners_again(station, cast, services, slots):
    campaign_id = cast.running(cast.approved())
    before = slots()
    services.move(cast.lan, before[0].id, at("06:05"))
    services.release(cast.lan, DAY, campaign_id, 1)
    assert slots() == before


def test_an_airing_that_the_campaign_wants_no_more_is_told(station, cast, services, slots):
    campaign_id = cast.running(cast.approved())
    services.move(cast.lan, slots()[1].id, at("06:55"))
    campaign = station.repos.programme.campaign(campaign_id)
    station.services.campaigns.save(cast.lan, replace(campaign, base=1))
    assert [one.reason for one in station.services.schedule_days.unkept()] == ["pin_not_wanted"]


def test_of_a_stopped_campaign_nothing_is_told(station, cast, services, slots):
    campaign_id = cast.running(cast.approved())
    services.move(cast.lan, slots()[1].id, at("06:55"))
    station.services.campaigns.stop(cast.lan, campaign_id)
    assert slots() == []
    assert station.services.schedule_days.unkept() == []
    assert station.repos.programme.campaign(campaign_id).state is CampaignState.STOPPED


# Leaving out


def test_an_airing_that_is_left_out_stays_out_and_says_who_and_why(station, cast, services, slots):
    cast.running(cast.approved())
    first, second = slots()
    services.leave_out(cast.minh, first.id, "  họp   dân  ")
    station.services.campaigns.replan()
    assert [slot.id for slot in slots()] == [second.id]
    (refusal,) = station.repos.slots.refusals(DAY)
    assert (refusal.ordinal, refusal.reason) == (1, "left_out")
    assert (refusal.details["by"], refusal.details["why"], refusal.details["at"]) == ("Minh", "họp dân", "06:15")


def test_an_airing_is_left_out_for_a_reason(cast, services, slots, refused):
    cast.running(cast.approved())
    assert refused(services.leave_out, cast.lan, slots()[0].id, "   ") == "leave_out_why"
    assert refused(services.leave_out, cast.lan, slots()[0].id, "x" * 201) == "leave_out_why"


def test_taking_back_brings_it_again(cast, services, slots):
    cast.running(cast.approved())
    before = slots()
    services.undo(cast.lan, services.leave_out(cast.lan, before[0].id, "họp"))
    assert slots() == before


# Adding


def test_an_added_airing_stands_where_it_was_put_and_outlives_a_new_plan(station, cast, services, slots):
    announcement_id = cast.approved()
    services.add(cast.lan, announcement_id, at("09:15"))
    cast.running(announcement_id, windows=(parse_window("09:00-10:00"),))
    station.services.campaigns.replan()
    (added,) = [slot for slot in slots() if slot.campaign_id is None]
    assert (added.start, added.trigger, added.announcement_id) == (at("09:15"), Trigger.SCHEDULE, announcement_id)
    assert len(slots()) == 3
    row = station.repos.store.row("SELECT operator_id FROM slot WHERE id = ?", (added.id,))
    assert row["operator_id"] == cast.lan.id


@pytest.mark.parametrize(
    ("when", "reason"),
    [("12:00", "quiet_hours"), ("20:59:59", "quiet_hours"), ("05:30:05", "too_soon"), ("04:00", "wish_past")],
)
def test_what_is_added_keeps_the_wards_rules(cast, services, slots, refused, when, reason):
    assert refused(services.add, cast.lan, cast.approved(), at(when)) == reason
    assert slots() == []


def test_only_what_is_approved_is_added_and_no_emergency(station, cast, services, refused):
    assert refused(services.add, cast.lan, cast.submitted(), at("09:00")) == "unapproved"
    assert refused(services.add, cast.lan, cast.approved(title="B", pitch=90.0), at("09:00"), "khu-9") == "zone_unknown"


def test_an_added_airing_is_moved_left_out_and_brought_back(cast, services, slots):
    services.add(cast.lan, cast.approved(), at("09:15"))
    before = slots()
    moved = services.move(cast.minh, before[0].id, at("09:40"))
    assert (slots()[0].start, slots()[0].moved_from) == (at("09:40"), at("09:15"))
    gone = services.leave_out(cast.minh, before[0].id, "họp")
    assert slots() == []
    services.undo(cast.minh, gone)
    services.undo(cast.lan, moved)
    assert slots() == before


def test_an_added_airing_is_taken_back(cast, services, slots):
    change = services.add(cast.lan, cast.approved(), at("09:15"))
    services.undo(cast.lan, change)
    assert slots() == []


def test_a_place_that_was_taken_meanwhile_is_not_restored(cast, services, slots, refused):
    said = cast.approved()
    services.add(cast.lan, said, at("09:15"))
    gone = services.leave_out(cast.lan, slots()[0].id, "họp")
    services.add(cast.minh, said, at("09:15"))
    assert refused(services.undo, cast.lan, gone) == "undo_gone"


def test_moving_what_is_not_there_says_so(cast, services, refused):
    assert refused(services.move, cast.lan, "20261202-c9-9", datetime(2026, 12, 2, tzinfo=UTC)) == "slot_gone"
