"""What the order of a campaign leaves out: from the dispatch to its plan, and at the gate whatever brought the airing."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from scheduler.core.model import Window
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import Refused
from tests.conftest import DAY

LONG = {"windows": (parse_window("06:00-10:00"),), "base": 4}
LETTER = """ỦY BAN NHÂN DÂN
PHƯỜNG AN BÌNH
Số: 12/UBND-VHXH
An Bình, ngày 30 tháng 11 năm 2026
V/v tuyên truyền tiêm chủng

Kính gửi: Trạm truyền thanh phường

Yêu cầu Trạm truyền thanh phát bản tin tiêm chủng trên hệ thống loa của phường. {order}
./.
"""


def drafted(station, lan, order):
    dispatches = station.services.dispatches
    dispatch_id, _ = dispatches.import_dispatch(lan, LETTER.format(order=order).encode(), "12.txt")
    campaign_id = station.services.dispatch_drafts.make(lan, dispatch_id)[0].campaign_id
    asked = [one.reason for one in dispatches.doubts(dispatch_id) if one.is_open]
    return station.repos.programme.campaign(campaign_id), asked


def test_the_exceptions_of_a_dispatch_are_those_of_its_campaign(station, lan):
    order = (
        "Phát 02 lần/ngày từ ngày 05/12/2026 đến hết ngày 20/12/2026, mỗi lần không quá 15 phút, trừ các ngày "
        "12/12/2026 và 14/12/2026, không phát sau 20 giờ."
    )
    campaign, asked = drafted(station, lan, order)
    assert asked == []
    assert campaign.except_days == (date(2026, 12, 12), date(2026, 12, 14))
    assert (campaign.except_windows, campaign.max_minutes) == ((Window(time(20), time(0)),), 15)
    plans = {day: station.services.campaigns.preview(campaign, date(2026, 12, day)).slots for day in (11, 12, 13, 14)}
    assert [day for day, slots in plans.items() if slots] == [11, 13]


def test_days_that_are_named_one_by_one_are_the_only_ones(station, lan):
    campaign, asked = drafted(station, lan, "Phát 02 lần/ngày vào các ngày 05, 07 và 09/12/2026.")
    assert asked == []
    assert campaign.dates == (date(2026, 12, 5), date(2026, 12, 7), date(2026, 12, 9))
    assert (campaign.start, campaign.end) == (date(2026, 12, 5), date(2026, 12, 9))
    assert not station.services.campaigns.preview(campaign, date(2026, 12, 6)).slots


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"except_windows": (parse_window("06:00-10:00"),)}, "excepted_hours"),
        ({"except_days": (DAY,)}, "excepted_day"),
        ({"dates": (date(2026, 12, 31),)}, "excepted_day"),
        ({"max_minutes": 1}, "airing_over_limit"),
    ],
)
def test_the_gate_refuses_what_was_planned_before_it_was_left_out(station, cast, clock, changes, reason):
    campaign_id = cast.running(cast.approved(seconds=70.0), **LONG)
    programme = station.repos.programme
    slot = station.repos.slots.of_day(DAY)[0]
    programme.change_campaign(replace(programme.campaign(campaign_id), **changes))  # behind the planner's back
    facts = station.repos.slots.facts(slot.id)
    request, verdict = station.services.air.ask_gate(
        slot, facts.approved_sha256, slot.start, clock_trusted=True, ordered_by_right=False, excepted=facts.excepted
    )
    assert (verdict.allowed, verdict.reason) == (False, reason)
    assert request.excepted == facts.excepted
    item = next(one for one in station.services.schedule_days.day(DAY).items if one.slot.id == slot.id)
    assert item.hindrance == reason


def test_an_airing_is_not_moved_by_hand_into_hours_that_are_left_out(station, cast, lan):
    cast.running(cast.approved(), **LONG, except_windows=(parse_window("08:00-09:00"),))
    slot = station.repos.slots.of_day(DAY)[0]
    with pytest.raises(Refused) as refusal:
        station.services.schedule.move(lan, slot.id, slot.start + timedelta(hours=2.2))
    assert refusal.value.reason == "excepted_hours"
