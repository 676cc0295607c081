"""What is left of a day for airings of one kind: the same whether it was cut as airings came, or is added up anew."""

from datetime import timedelta
from random import Random

import pytest

from scheduler.core.model import DEFAULT_ZONE, AirtimeLimit, QuietHours, StationRules
from scheduler.core.planning.day_occupancy import DayOccupancy
from scheduler.core.planning.distribution import StartRange

RULES = StationRules("Asia/Ho_Chi_Minh", QuietHours(()), AirtimeLimit(), timedelta(0), timedelta(minutes=5))
APART = (StartRange(0, 4000, 1), StartRange(5000, 9000, 2))
TOUCHING = (StartRange(0, 5000, 1), StartRange(4000, 9000, 2))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("ranges", [APART, TOUCHING], ids=["apart", "one over the other"])
def test_what_was_cut_is_what_is_added_up(seed, ranges):
    chance = Random(seed)
    day, held = DayOccupancy(RULES, (), ("a", "b")), []
    for _ in range(60):
        if held and chance.random() < 0.1:
            day.let_go([held.pop()])
        start, zone = chance.randrange(-200, 9200), chance.choice(("a", "b", DEFAULT_ZONE))
        place = (start, start + chance.randrange(1, 300), chance.choice((0, 30, 120)), zone)
        day.hold([place])
        held.append(place)
        for asked in ((45, 10, "a"), (45, 10, "b"), (300, 60, DEFAULT_ZONE)):
            if chance.random() < 0.5:
                assert day.free(ranges, *asked) == day.free(list(ranges), *asked)
