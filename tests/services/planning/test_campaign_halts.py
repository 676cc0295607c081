"""Pause, resume, stop, replace, order and impact: the plan follows at once, and only the future changes."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler.core.model import AiringOutcome, Boost, BoostKind, CampaignState, Pause, Phase
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.store import Ending
from tests.conftest import DAY, MORNING

NEXT = DAY + timedelta(days=1)
LONG = {
    "windows": (parse_window("06:00-10:00"), parse_window("14:00-18:00")),
    "base": 8,
    "end": DAY + timedelta(days=20),
}
HOURLY = Boost(BoostKind.EVERY, 60)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


@pytest.fixture
def acts(station):
    return station.services.campaigns


def starts(station, day=DAY, campaign_id=None):
    return [slot.start for slot in station.repos.slots.of_day(day) if campaign_id in {None, slot.campaign_id}]


def forward(clock, length):
    clock.advance(length.total_seconds())


def air(station, clock, slot):
    """A slot is claimed and played as planned."""
    forward(clock, slot.start - clock.now())
    assert station.repos.slots.claim(slot, clock.now())
    forward(clock, slot.length)
    ending = Ending(AiringOutcome.PLAYED, started_at=slot.start, ended_at=slot.end, played_ms=3000)
    assert station.repos.slots.close(slot.id, ending, clock.now())


def test_a_pause_from_an_instant_takes_what_lies_in_it_out_of_the_plan(acts, station, cast, lan):
    campaign_id = cast.running(cast.approved(), **LONG)
    before = starts(station)
    acts.pause(lan, campaign_id, at(14), at(18))
    assert starts(station) == [start for start in before if start < at(14)]
    assert len(starts(station, NEXT)) == 8
    assert station.repos.slots.refusals(DAY) == []


def test_what_was_paused_comes_back_when_it_is_resumed(acts, station, cast, lan, clock):
    campaign_id = cast.running(cast.approved(), **LONG)
    before = starts(station)
    acts.pause(lan, campaign_id)
    assert starts(station) == starts(station, NEXT) == []
    acts.resume(lan, campaign_id)
    assert starts(station) == before
    acts.pause(lan, campaign_id, at(14))
    forward(clock, timedelta(hours=2))
    acts.resume(lan, campaign_id, at(16))
    assert [start for start in starts(station) if at(14) <= start < at(16)] == []
    assert [start for start in starts(station) if start >= at(16)]


def test_what_sounds_or_has_sounded_stays_when_a_campaign_is_stopped(acts, station, cast, lan, clock):
    campaign_id = cast.running(cast.approved(), **LONG)
    first, second = station.repos.slots.of_day(DAY)[:2]
    air(station, clock, first)
    forward(clock, second.start - clock.now())
    station.repos.slots.claim(second, clock.now())
    acts.stop(lan, campaign_id)
    assert [slot.id for slot in station.repos.slots.of_day(DAY)] == [first.id, second.id]
    kept = station.repos.programme.campaign(campaign_id)
    assert (kept.state, kept.stopped_at) == (CampaignState.STOPPED, clock.now())


def test_a_stop_that_lies_ahead_lets_it_run_until_then_and_is_kept_as_a_stop_when_it_comes(
    acts, station, cast, lan, clock
):
    campaign_id = cast.running(cast.approved(), **LONG)
    acts.stop(lan, campaign_id, at(14))
    assert all(start < at(14) for start in starts(station))
    assert starts(station, NEXT) == []
    assert station.repos.programme.campaign(campaign_id).state is CampaignState.ACTIVE
    forward(clock, at(14) - clock.now())
    acts.replan()
    assert station.repos.programme.campaign(campaign_id).state is CampaignState.STOPPED


def test_the_gate_refuses_what_was_too_near_to_be_taken_out(acts, station, cast, lan, clock):
    campaign_id = cast.running(cast.approved(), **LONG)
    first = station.repos.slots.of_day(DAY)[0]
    forward(clock, first.start - clock.now() - timedelta(seconds=2))
    acts.pause(lan, campaign_id)
    assert first.id in {slot.id for slot in station.repos.slots.of_day(DAY)}
    assert station.repos.slots.facts(first.id).campaign_paused
    acts.stop(lan, campaign_id)
    assert station.repos.slots.facts(first.id).campaign_stopped


def test_an_act_in_the_past_is_refused_but_for_the_minute_that_runs(acts, cast, lan, clock):
    campaign_id = cast.running(cast.approved(), **LONG)
    for act in (acts.stop, acts.pause, acts.resume):
        with pytest.raises(Refused, match="instant_past"):
            act(lan, campaign_id, clock.now() - timedelta(minutes=2))
    acts.pause(lan, campaign_id, clock.now() - timedelta(seconds=50))


def test_a_replacement_takes_over_at_its_instant(acts, station, cast, lan):
    old = cast.running(cast.approved(), **LONG)
    new = acts.save(lan, cast.campaign(cast.approved(title="Bản mới", pitch=300.0), **LONG))
    acts.replace(lan, old, new, at(12))
    assert all(start < at(12) for start in starts(station, campaign_id=old))
    assert all(start >= at(12) for start in starts(station, campaign_id=new))
    assert len(starts(station, campaign_id=old)) == len(starts(station, campaign_id=new)) == 4
    assert starts(station, NEXT, old) == []
    assert len(starts(station, NEXT, new)) == 8
    kept = station.repos.programme.campaign(new)
    assert (kept.replaces, kept.state) == (old, CampaignState.ACTIVE)
    assert acts.ordered_on(station.repos.programme.campaign(old), DAY).airings == 4
    assert acts.ordered_on(kept, DAY).airings == 4


def test_what_cannot_be_replaced_leaves_both_as_they_were(acts, station, cast, lan):
    old = cast.running(cast.approved(), **LONG)
    draft = acts.save(lan, cast.campaign(cast.approved(pitch=300.0)))
    with pytest.raises(Refused, match="dates_backwards"):
        acts.replace(lan, old, draft, at(12, day=DAY + timedelta(days=3)))  # the draft is over by then
    with pytest.raises(Refused, match="replaces_itself"):
        acts.replace(lan, old, old)
    with pytest.raises(Refused, match="campaign_not_running"):
        acts.replace(lan, draft, old)
    with pytest.raises(NotFound):
        acts.replace(lan, old, 99)
    assert station.repos.programme.campaign(old).stopped_at is None
    assert station.repos.programme.campaign(draft).state is CampaignState.DRAFT


def test_a_restart_owes_nothing_for_the_time_of_the_stop(acts, station, cast, lan, clock):
    campaign_id = cast.running(cast.approved(), **LONG)
    acts.stop(lan, campaign_id)
    forward(clock, at(14) - clock.now())
    acts.start(lan, campaign_id)
    kept = station.repos.programme.campaign(campaign_id)
    assert kept.pauses == (Pause(MORNING, at(14)),)
    assert acts.ordered_on(kept, DAY).airings == 4


def test_hours_edited_at_noon_are_aired_that_evening(acts, station, cast, lan, clock):
    announcement_id = cast.approved()
    campaign_id = cast.running(announcement_id, windows=(parse_window("06:00-11:00"),), boost=HOURLY, end=NEXT)
    for slot in station.repos.slots.of_day(DAY):
        air(station, clock, slot)
    forward(clock, at(12) - clock.now())
    kept = station.repos.programme.campaign(campaign_id)
    acts.save(lan, replace(kept, windows=(parse_window("18:00-20:00"),)))
    assert [start for start in starts(station) if start > at(12)] == [at(18), at(19)]
    acts.replan()
    assert [start for start in starts(station) if start > at(12)] == [at(18), at(19)]


def test_clips_go_on_in_turn_over_midnight_and_a_replan_changes_no_turn(acts, station, cast, lan, clock):
    clips = [
        cast.approved(title=title, pitch=pitch) for title, pitch in (("một", 300.0), ("hai", 400.0), ("ba", 500.0))
    ]
    cast.running(clips[0], rotation=tuple(clips[1:]), base=4, windows=LONG["windows"], end=LONG["end"])

    def said(day):
        return [clips.index(slot.announcement_id) for slot in station.repos.slots.of_day(day)]

    assert (said(DAY), said(NEXT)) == ([0, 1, 2, 0], [1, 2, 0, 1])
    for slot in station.repos.slots.of_day(DAY)[:2]:
        air(station, clock, slot)
    forward(clock, at(12) - clock.now())
    acts.replan()
    assert (said(DAY), said(NEXT)) == ([0, 1, 2, 0], [1, 2, 0, 1])
    forward(clock, timedelta(days=1))
    acts.replan()
    assert (said(NEXT), said(NEXT + timedelta(days=1))) == ([1, 2, 0, 1], [2, 0, 1, 2])


def test_a_clip_that_is_withdrawn_gives_its_turns_to_the_next(station, cast, minh):
    clips = [cast.approved(title=title, pitch=pitch) for title, pitch in (("một", 300.0), ("hai", 400.0))]
    cast.running(clips[0], rotation=(clips[1],), base=4, windows=LONG["windows"])
    station.services.announcements.withdraw(minh, clips[1])
    assert {slot.announcement_id for slot in station.repos.slots.of_day(DAY)} == {clips[0]}
    assert len(starts(station)) == 4


def test_all_that_a_campaign_is_comes_back_from_its_row(acts, station, cast, lan):
    announcement_id, also = cast.approved(), cast.approved(title="hai", pitch=300.0)
    made = cast.campaign(
        announcement_id,
        end=LONG["end"],
        phases=(
            Phase(DAY, NEXT, base=3, boost=Boost(BoostKind.SHARE, 0.25), windows=(parse_window("14:00-15:00"),)),
            Phase(NEXT + timedelta(days=1), base=1),
        ),
        rotation=(also,),
        boost=Boost(BoostKind.MINUTES, 12.5),
        pauses=(Pause(at(9), at(10)), Pause(at(20))),
        rank=-3,
        topic="Phòng dịch",
        field=4,
        stopped_at=at(9, day=DAY + timedelta(days=9)),
    )
    campaign_id = acts.save(lan, made)
    assert station.repos.programme.campaign(campaign_id) == replace(made, id=campaign_id)


def test_a_zone_that_no_loudspeaker_is_in_is_refused(acts, cast, lan):
    with pytest.raises(Refused, match="zone_unknown"):
        acts.save(lan, cast.campaign(cast.approved(), zone="to-99"))


# Order and impact

CROWDED = {"windows": (parse_window("06:00-06:10"),), "base": 3, "min_gap": timedelta(minutes=2)}


def test_colliding_campaigns_are_shown_and_the_ward_puts_them_in_order(acts, station, cast, lan):
    first, second = (
        cast.running(cast.approved(60, title=name, pitch=pitch), **CROWDED)
        for name, pitch in (("a", 300.0), ("b", 400.0))
    )
    [found] = acts.collisions()
    assert found.campaign_ids == (first, second)
    assert not found.is_decided
    acts.order(lan, [second, first])
    assert len(starts(station, campaign_id=second)) == 3
    [decided] = acts.collisions()
    assert (decided.campaign_ids, decided.is_decided) == ((second, first), True)


def test_only_equals_can_be_put_in_order(acts, station, cast, lan):
    first = cast.running(cast.approved(), **CROWDED)
    urgent = cast.running(cast.approved(pitch=300.0), **CROWDED)
    programme = station.repos.programme
    programme.change_campaign(replace(programme.campaign(urgent), priority=programme.campaign(first).priority.PRIORITY))
    with pytest.raises(Refused, match="order_mixed"):
        acts.order(lan, [first, urgent])
    with pytest.raises(Refused, match="order_short"):
        acts.order(lan, [first, first])


def test_the_impact_is_what_saving_would_do_and_writes_nothing(acts, station, cast, lan):
    campaign_id = cast.running(cast.approved(), **LONG)
    rows = station.repos.store.rows("SELECT * FROM slot")
    kept = station.repos.programme.campaign(campaign_id)
    edited = replace(kept, boost=Boost(BoostKind.FACTOR, 2))
    impact = acts.impact(edited)
    assert station.repos.store.rows("SELECT * FROM slot") == rows
    today = impact.days[0]
    assert (today.day, today.before.airings, today.after.airings, today.ordered.airings) == (DAY, 8, 16, 16)
    assert impact.can_be_met
    acts.save(lan, edited)
    assert len(starts(station)) == today.after.airings


def test_the_impact_shows_the_first_day_of_each_phase(acts, cast):
    later = DAY + timedelta(days=9)
    made = cast.campaign(cast.approved(), **(LONG | {"phases": (Phase(later, base=2),)}))
    days = {one.day: one.after.airings for one in acts.impact(made).days}
    assert days == {DAY: 8, NEXT: 8, later: 2}


def test_the_impact_tells_whom_a_campaign_displaces_and_why_its_order_cannot_be_met(acts, cast):
    other = cast.running(cast.approved(60, pitch=300.0), **CROWDED)
    impact = acts.impact(cast.campaign(cast.approved(60, title="b", pitch=400.0), **CROWDED))
    assert not impact.can_be_met
    assert {one.campaign_id for one in impact.displaced} <= {other}
    assert {one.reason for one in impact.days[0].hindrances} == {"no_room"}


def test_no_act_without_the_right(acts, cast, lan):
    campaign_id = cast.running(cast.approved(), **LONG)
    stranger = replace(lan, active=False)
    for act in (
        lambda: acts.pause(stranger, campaign_id),
        lambda: acts.resume(stranger, campaign_id),
        lambda: acts.stop(stranger, campaign_id),
        lambda: acts.replace(stranger, campaign_id, campaign_id),
        lambda: acts.order(stranger, [campaign_id, campaign_id]),
    ):
        with pytest.raises(NotPermitted):
            act()


@pytest.mark.parametrize("act", ["stop", "replace"])
def test_what_is_stopped_now_is_stopped_at_once_by_a_clock_that_goes_on(
    act, acts, station, cast, lan, clock, monkeypatch
):
    old, new = cast.running(cast.approved(), **LONG), acts.save(lan, cast.campaign(cast.approved(pitch=300.0), **LONG))
    station.repos.jobs.beat("playout", 1, clock.now(), {"clock_trusted": True})  # it plans by itself, a moment later
    plain, asked = clock.now, itertools.count()
    monkeypatch.setattr(clock, "now", lambda: plain() + timedelta(microseconds=next(asked)))
    assert station.repos.clock.now() < station.repos.clock.now()
    acts.stop(lan, old) if act == "stop" else acts.replace(lan, old, new)
    assert acts.get(old).state is CampaignState.STOPPED
