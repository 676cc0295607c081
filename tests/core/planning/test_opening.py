"""An order that names an hour is aired in that second; what another airing keeps from it is told."""

from dataclasses import replace

from scheduler.core.dispatch import boost_of, campaign_hint, windows_of
from scheduler.core.model import Boost, BoostKind
from scheduler.core.planning.campaign_faults import campaign_faults
from scheduler.core.planning.planner import idle_windows, plan_day
from tests.core.dispatch.letter import dispatch_with
from tests.core.planning.test_planner import DAY, station, walls, wish
from tests.rows import over


def ordered(body, **given):
    """The campaign that a dispatch with these words would be."""
    hint = campaign_hint(dispatch_with(body))
    assert hint is not None
    planned = wish("00:00-00:01", base=2, **given)
    return replace(planned, campaign=replace(planned.campaign, windows=windows_of(hint), boost=boost_of(hint)))


@over(
    "body, expected",
    [
        ("Phát thanh lúc 5 giờ 30 hằng ngày.", ["05:30"]),
        ("Phát thanh từ 5 giờ 30 đến 6 giờ.", ["05:30"]),
        ("Phát thanh vào các khung giờ 5h30 và 17h.", ["05:30", "17:00"]),
        ("Phát thanh 02 lần/ngày vào lúc 5h30 và 17h00.", ["05:30", "17:00"]),
        ("Phát thanh 02 lần/ngày, từ 5h00 đến 7h00.", ["05:00", "06:00"]),
        ("Phát thanh từ 5 giờ 30 đến 6 giờ và từ 17 giờ đến 18 giờ 30.", ["05:30", "17:00"]),
    ],
)
def test_an_order_that_names_an_hour_begins_in_that_second(body, expected):
    planned = ordered(body, airing=95)
    assert walls(plan_day(DAY, [planned], station())) == expected
    assert campaign_faults(planned.campaign, station(), planned.airing) == ()


def test_what_has_no_hour_of_its_own_gives_way_whatever_came_first():
    others = [wish("05:00-06:30", base=4, id=number, airing=180) for number in (1, 2)]
    planned = ordered("Phát thanh lúc 5 giờ 30 hằng ngày.", id=9)
    plan = plan_day(DAY, [*others, planned], station())
    assert walls(plan, campaign=9) == ["05:30"]
    assert idle_windows(DAY, [*others, planned], station(), plan.slots) == []


def test_an_opening_that_goes_to_something_more_urgent_is_told_with_its_time():
    urgent = wish("05:29-05:33", base=1, id=1, rank=-1, airing=240)
    planned = ordered("Phát thanh lúc 5 giờ 30 hằng ngày.", id=9)
    plan = plan_day(DAY, [urgent, planned], station())
    told = idle_windows(DAY, [urgent, planned], station(), plan.slots)
    at = walls(plan, campaign=9)
    assert at > ["05:33"]
    assert [(one.campaign_id, one.reason, one.details) for one in told] == [
        (9, "window_opens_later", {"window": "05:30-06:00", "at": at[0]})
    ]


def test_hours_that_no_count_fits_evenly_are_a_count():
    assert ordered("Phát thanh 3 lần/ngày vào lúc 5h30 và 17h00.").campaign.boost == Boost(BoostKind.TARGET, 3)
