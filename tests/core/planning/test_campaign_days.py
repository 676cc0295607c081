"""What a campaign owes on a day: by its phase, its boost, its clips, and less what was paused or stopped."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import (
    AirtimeLimit,
    Boost,
    BoostKind,
    Campaign,
    CampaignState,
    Pause,
    Phase,
    QuietHours,
    Sha256,
    StationRules,
)
from scheduler.core.planning import rules
from scheduler.core.planning.day_plan import Clip, PlannedCampaign
from scheduler.core.planning.rotation import clip_of, ordered_by, shut, turns_before
from scheduler.core.planning.rules import Ordered, ordered_on, parse_window
from scheduler.kernel.errors import Refused
from tests.rows import over

SAIGON = "Asia/Ho_Chi_Minh"
DAY = date(2020, 3, 16)
MINUTE = timedelta(minutes=1)


def at(text: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), tzinfo=ZoneInfo(SAIGON)).astimezone(UTC)


def station(*quiet: str, minutes: float | None = None) -> StationRules:
    hours = QuietHours(tuple(map(parse_window, quiet)), "QĐ 05")
    return StationRules(SAIGON, hours, AirtimeLimit(minutes_a_session=minutes), MINUTE, 5 * MINUTE)


def campaign(*windows: str, boost: Boost | None = None, **changes) -> Campaign:
    plain = Campaign(
        id=1,
        title="Phòng dịch",
        announcement_id=11,
        windows=tuple(map(parse_window, windows or ("05:00-06:30", "17:00-18:30"))),
        base=2,
        start=date(2020, 3, 13),
        end=date(2020, 4, 13),
        boost=boost or Boost(),
        state=CampaignState.ACTIVE,
    )
    return replace(plain, **changes)


def ordered(one: Campaign, day: date = DAY, airing: float = 90, ward: StationRules | None = None, **more) -> Ordered:
    return ordered_on(one, day, timedelta(seconds=airing), ward or station(), **more)


PHASES = (
    Phase(date(2020, 3, 16), date(2020, 3, 20), base=2, boost=Boost(BoostKind.FACTOR, 3)),
    Phase(date(2020, 3, 21), base=3, windows=(parse_window("16:00-17:00"),)),
    Phase(date(2020, 4, 1), base=0, boost=Boost(BoostKind.TARGET, 1)),
)


@pytest.mark.parametrize(
    ("day", "airings", "windows"),
    [
        pytest.param(date(2020, 3, 15), 2, 2, id="before_the_first_phase_the_campaigns_own"),
        pytest.param(date(2020, 3, 16), 6, 2, id="the_first_day_of_a_phase"),
        pytest.param(date(2020, 3, 20), 6, 2, id="its_last_day"),
        pytest.param(date(2020, 3, 21), 3, 1, id="the_next_phase_with_hours_of_its_own"),
        pytest.param(date(2020, 3, 31), 3, 1, id="without_an_end_it_lasts_until_the_next"),
        pytest.param(date(2020, 4, 1), 1, 2, id="the_last_phase"),
        pytest.param(date(2020, 4, 13), 1, 2, id="lasts_as_long_as_the_campaign"),
        pytest.param(date(2020, 4, 14), 0, 2, id="but_not_longer"),
    ],
)
def test_the_phase_of_the_day_says_how_much_and_when(day, airings, windows):
    one = campaign(phases=PHASES)
    assert ordered(one, day).airings == airings
    assert len(rules.windows_on(one, day)) == windows
    assert len(rules.open_spans(one, day, station())) == windows


@pytest.mark.parametrize(
    ("boost", "airing", "ward", "expected"),
    [
        pytest.param(Boost(BoostKind.MINUTES, 30), 90, station(), Ordered(20, 30), id="minutes_in_whole_airings"),
        pytest.param(Boost(BoostKind.MINUTES, 31), 90, station(), Ordered(21, 31), id="minutes_are_rounded_up"),
        pytest.param(Boost(BoostKind.MINUTES, 0.5), 90, station(), Ordered(1, 0.5), id="less_than_one_airing_is_one"),
        pytest.param(Boost(BoostKind.SHARE, 0.5), 90, station(), Ordered(60, 90), id="half_of_three_hours"),
        pytest.param(Boost(BoostKind.SHARE, 0.3), 90, station(minutes=15), Ordered(6, 9), id="of_what_the_cap_leaves"),
        pytest.param(
            Boost(BoostKind.SHARE, 0.5), 90, station("05:30-06:30"), Ordered(40, 60), id="quiet_hours_are_no_session"
        ),
        pytest.param(Boost(BoostKind.SHARE, 1.5), 90, station(), Ordered(2), id="more_than_all_is_left_out"),
        pytest.param(Boost(BoostKind.MINUTES, 30), 0, station(), Ordered(1, 30), id="without_a_sound_one_is_refused"),
        pytest.param(Boost(BoostKind.EVERY, 30), 90, station(), Ordered(6), id="a_beat_counts_its_starts"),
    ],
)
def test_minutes_and_shares_become_airings(boost, airing, ward, expected):
    assert ordered(campaign(boost=boost), airing=airing, ward=ward) == expected


def test_a_pause_of_one_stretch_does_not_count_its_cap_twice():
    split = campaign("05:00-06:00", boost=Boost(BoostKind.SHARE, 1), pauses=(Pause(at("05:20"), at("05:40")),))
    assert ordered(split, airing=60, ward=station(minutes=15)) == Ordered(15, 15)


@pytest.mark.parametrize(
    ("changes", "airings"),
    [
        pytest.param({"pauses": (Pause(at("12:00")),)}, 3, id="from_noon_on_half_is_left"),
        pytest.param({"pauses": (Pause(at("12:00"), at("14:00")),)}, 6, id="between_the_windows_nothing_is_lost"),
        pytest.param({"pauses": (Pause(at("00:00"), at("12:00")),)}, 3, id="the_morning"),
        pytest.param({"pauses": (Pause(at("17:00", date(2020, 3, 14))),)}, 0, id="since_the_day_before_yesterday"),
        pytest.param({"stopped_at": at("17:45")}, 5, id="stopped_half_through_the_evening_rounds_half_up"),
        pytest.param({"stopped_at": at("18:30")}, 6, id="stopped_after_the_last_window"),
        pytest.param(
            {"state": CampaignState.STOPPED, "stopped_at": at("12:00")}, 3, id="a_stopped_one_owes_its_morning"
        ),
        pytest.param({"state": CampaignState.STOPPED}, 0, id="stopped_nobody_knows_when"),
        pytest.param({"state": CampaignState.DRAFT}, 0, id="a_draft_owes_nothing"),
    ],
)
def test_what_is_paused_or_stopped_is_not_owed(changes, airings):
    assert ordered(campaign(boost=Boost(BoostKind.FACTOR, 3), **changes)).airings == airings


def test_a_beat_loses_the_starts_that_lie_in_a_pause_and_no_other():
    one = campaign("06:00-12:00", boost=Boost(BoostKind.EVERY, 60), pauses=(Pause(at("08:00"), at("10:00")),))
    assert [start and start.astimezone(ZoneInfo(SAIGON)).hour for start in rules.every_starts(one, DAY, SAIGON)] == [
        6, 7, 10, 11,
    ]  # fmt: skip
    assert ordered(one).airings == 4


def test_minutes_that_are_paused_are_not_owed():
    half = campaign(boost=Boost(BoostKind.MINUTES, 30), pauses=(Pause(at("12:00")),))
    assert ordered(half) == Ordered(10, 15)


@given(st.integers(0, 1440), st.integers(0, 1440), st.sampled_from([Boost(), *(phase.boost for phase in PHASES)]))
def test_a_pause_never_adds_to_what_is_owed(start, length, boost):
    one = campaign(boost=boost)
    midnight = at("00:00")
    paused = replace(one, pauses=(Pause(midnight + start * MINUTE, midnight + (start + length) * MINUTE),))
    assert 0 <= ordered(paused).airings <= ordered(one).airings


# Rotation


def planned(*lengths: float, blocked: tuple[int, ...] = (), **changes) -> PlannedCampaign:
    clips = [
        Clip(
            number, timedelta(seconds=length), Sha256("ab"[number % 2] * 64), "unapproved" if number in blocked else ""
        )
        for number, length in enumerate(lengths)
    ]
    had = changes.pop("had", None)
    one = campaign(announcement_id=0, rotation=tuple(range(1, len(lengths))), **changes)
    return PlannedCampaign(one, clips[0].airing, clips[0].audio_sha256, clips[0].blocked, tuple(clips[1:]), had)


def test_clips_are_said_in_turn():
    one = planned(60, 30, 90)
    assert [clip_of(one, turn).announcement_id for turn in range(7)] == [0, 1, 2, 0, 1, 2, 0]


def test_a_clip_that_may_not_air_loses_only_its_own_turns_to_the_next():
    one = planned(60, 30, 90, blocked=(1,))
    assert [clip_of(one, turn).announcement_id for turn in range(6)] == [0, 2, 2, 0, 2, 2]
    last = planned(60, 30, 90, blocked=(2,))
    assert [clip_of(last, turn).announcement_id for turn in range(3)] == [0, 1, 0]
    assert shut(one) == ""


def test_a_campaign_is_shut_when_none_of_its_clips_may_air():
    assert shut(planned(60, 30, blocked=(0, 1))) == "unapproved"
    assert shut(planned(60, 0, blocked=(0,))) == "unapproved"
    assert shut(planned(0, 30)) == ""


def test_turns_are_counted_from_the_first_day_over_all_phases():
    one = planned(60, 30, 90, phases=PHASES)
    assert [turns_before(one, date(2020, 3, day), station()) for day in (12, 13, 14, 16, 17)] == [0, 0, 2, 6, 12]


def test_turns_that_the_rows_know_are_not_counted_again():
    one = planned(60, 30, had=(date(2020, 3, 15), 5))
    assert turns_before(one, date(2020, 3, 15), station()) == 5
    assert turns_before(one, date(2020, 3, 17), station()) == 9
    assert turns_before(one, date(2020, 3, 14), station()) == 2, "before the rows that are counted, as ordered"


def test_minutes_are_filled_by_the_clips_whose_turn_it_is():
    one = planned(60, 240, boost=Boost(BoostKind.MINUTES, 6))
    assert ordered_by(one, DAY, station(), turn=0).airings == 3  # 1 + 4 + 1
    assert ordered_by(one, DAY, station(), turn=1).airings == 3  # 4 + 1 + 4
    assert ordered_by(planned(60, 240, boost=Boost(BoostKind.MINUTES, 4)), DAY, station(), turn=1).airings == 1
    blocked = planned(60, 240, blocked=(1,), boost=Boost(BoostKind.MINUTES, 6))
    assert ordered_by(blocked, DAY, station()).airings == 6


# Instants as they are typed


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("17:30", at("17:30")),
        ("17h30 17/03/2020", at("17:30", date(2020, 3, 17))),
        ("17/03/2020, 05:00", at("05:00", date(2020, 3, 17))),
        ("2020-03-17T05:00", at("05:00", date(2020, 3, 17))),
        ("17/03/2020", at("00:00", date(2020, 3, 17))),
    ],
)
def test_an_instant_is_a_time_and_a_day_in_any_order(typed, instant):
    assert rules.parse_instant(typed, DAY, SAIGON) == instant


@over("typed", ["", "mai", "17:30 hôm nay", "17:30 18:30", "25:00", "31/02/2020"])
def test_what_is_no_instant_is_refused(typed):
    with pytest.raises(Refused):
        rules.parse_instant(typed, DAY, SAIGON)


def test_an_instant_that_the_clock_leaves_out_is_refused():
    with pytest.raises(Refused, match="instant_invalid"):
        rules.parse_instant("02:30 29/03/2020", DAY, "Europe/Paris")
