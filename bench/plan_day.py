"""How much of a processor one day's plan takes: 200 campaigns × 4 airings, once with room for all and once crowded.

And a week of 20 campaigns as a ward has them: numbers, beats, minutes, phases, and several clips in turn.

.venv/bin/python bench/plan_day.py [campaigns] [airings]
"""

import sys
from dataclasses import replace
from datetime import date, time, timedelta
from time import process_time

from table import Figure, show

from scheduler.core.model import (
    AirtimeLimit,
    Boost,
    BoostKind,
    Campaign,
    CampaignState,
    Phase,
    QuietHours,
    Sha256,
    StationRules,
    Window,
)
from scheduler.core.planning.day_plan import Clip, PlannedCampaign
from scheduler.core.planning.planner import plan_day

DAY = date(2020, 3, 16)
PROMISE = 0.2


def station(gap: timedelta) -> StationRules:
    quiet = QuietHours((Window(time(21), time(5)), Window(time(11, 30), time(13, 30))))
    return StationRules("Asia/Ho_Chi_Minh", quiet, AirtimeLimit(), gap, timedelta(minutes=5))


def campaigns(count: int, airings: int, gap: timedelta, seconds: int) -> list[PlannedCampaign]:
    windows = (Window(time(5), time(11, 30)), Window(time(13, 30), time(21)))
    return [
        PlannedCampaign(
            Campaign(
                id=number,
                title=f"Đợt {number}",
                announcement_id=number,
                windows=windows,
                base=airings,
                start=DAY,
                end=DAY,
                min_gap=gap,
                state=CampaignState.ACTIVE,
            ),
            timedelta(seconds=seconds + number % 7),
            Sha256("0" * 64),
        )
        for number in range(1, count + 1)
    ]


def week() -> list[PlannedCampaign]:
    """Twenty campaigns of every kind, each at home in the same two windows."""
    boosts = (Boost(), Boost(BoostKind.EVERY, 60), Boost(BoostKind.MINUTES, 4), Boost(BoostKind.FACTOR, 1.5))
    phase = Phase(DAY + timedelta(days=3), base=6)
    also = Clip(99, timedelta(seconds=45), Sha256("1" * 64))
    made: list[PlannedCampaign] = []
    for one in campaigns(20, 4, timedelta(minutes=5), 30):
        number = one.campaign.id
        changed = replace(one.campaign, boost=boosts[number % 4], end=DAY + timedelta(days=30))
        changed = replace(changed, phases=(phase,) if number % 5 == 0 else ())
        made.append(replace(one, campaign=changed, rest=(also,) if number % 3 == 0 else ()))
    return made


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    airings = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    figures = []
    for name, gap, seconds in (
        ("room for all", timedelta(seconds=5), 30),
        ("crowded", timedelta(minutes=1), 75),
        ("very crowded", timedelta(minutes=10), 90),
    ):
        wanted = campaigns(count, airings, gap, seconds)
        begun = process_time()
        plan = plan_day(DAY, wanted, station(gap))
        took = process_time() - begun
        told = f"{name}: {len(plan.slots)} planned, {len(plan.refusals)} refused"
        figures.append(Figure(told, took, "s", PROMISE))
    begun = process_time()
    plans = [plan_day(DAY + timedelta(days=ahead), week(), station(timedelta(minutes=1))) for ahead in range(7)]
    took = process_time() - begun
    told = f"a week of 20: {sum(len(plan.slots) for plan in plans)} planned"
    figures.append(Figure(told, took, "s", PROMISE))
    show(f"One day of {count} campaigns × {airings} airings", figures)


if __name__ == "__main__":
    main()
