"""Long days: after any row of moves, copies, additions and takings back, every airing keeps every rule."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from scheduler.core.model import Boost, BoostKind, Priority
from scheduler.core.planning.placement import judged
from scheduler.core.planning.rotation import ordered_by
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import Refused
from tests.conftest import DAY

NEXT = DAY + timedelta(days=1)
HOURS = ((6, 60), (8, 90), (13.5, 120), (17, 60))
ACTS = ("move", "move", "move", "leave_out", "add", "undo", "undo", "release", "copy", "replan", "later")


def whole(station, day):
    """Every rule that the gate will ask, of every airing that is still to come; nothing doubled, nothing lost."""
    slots, rules = station.repos.slots.of_day(day), station.repos.config.rules
    running = station.services.campaigns.running()
    for slot in slots:
        if slot.outcome is None and slot.start > station.clock.now():
            others = [one for one in slots if one.id != slot.id]
            assert judged(slot, slot.start, running, others, rules, None) is None, slot
    had = Counter(slot.campaign_id for slot in slots if slot.campaign_id)
    had += Counter(refusal.campaign_id for refusal in station.repos.slots.refusals(day))
    for one in running:
        assert had[one.campaign.id] == ordered_by(one, day, rules, turn=0).airings


def once(station, cast, clock, random, act, where, what):
    """One act of an officer, on an airing and a day that chance has picked."""
    (day, slot), (said, changes) = where, what
    services = station.services.schedule
    if act == "move" and slot:
        changes.append(services.move(cast.lan, slot.id, slot.start + timedelta(minutes=random.randint(-90, 90))))
    elif act == "leave_out" and slot:
        changes.append(services.leave_out(cast.lan, slot.id, "thử"))
    elif act == "add":
        hour, length = random.choice(HOURS)
        at = clock.now().replace(hour=0, minute=0, second=0) + timedelta(hours=hour - 7)
        at += timedelta(minutes=random.randint(0, length)) + (day - DAY)
        changes.append(services.add(cast.lan, random.choice(said), at + timedelta(days=1)))
    elif act == "undo" and changes:
        changes.append(services.undo(cast.lan, random.choice(changes)))
    elif act == "release" and (pins := services.moved.of_day(day)):
        pin = random.choice(pins)
        changes.append(services.release(cast.lan, day, pin.campaign_id, pin.ordinal))
    elif act == "copy":
        changes.append(station.services.schedule_copies.take(cast.lan, DAY, NEXT))
    elif act == "later":
        clock.advance(random.randint(1, 240))


@pytest.mark.parametrize("seed", range(8))
def test_any_row_of_acts_leaves_a_day_that_keeps_every_rule(station, cast, clock, seed):
    random = Random(seed)
    said = [cast.approved(20.0 + 40 * n, f"Bản tin {n}", 200.0 + 90 * n) for n in range(3)]
    windows = tuple(parse_window(text) for text in ("06:00-07:00", "08:00-09:30", "13:30-15:30"))
    cast.running(said[0], base=4, end=NEXT, windows=windows, title="A")
    cast.running(said[1], base=3, end=NEXT, windows=windows[:2], title="B", priority=Priority.PRIORITY)
    every = Boost(BoostKind.EVERY, 30)
    cast.running(said[2], base=0, boost=every, end=NEXT, windows=windows[2:], title="C")
    changes = []
    for _ in range(30):
        act, day = random.choice(ACTS), random.choice((DAY, NEXT))
        slots = station.repos.slots.of_day(day)
        slot = random.choice(slots) if slots else None
        before = (slots, station.repos.slots.refusals(day))
        try:
            once(station, cast, clock, random, act, (day, slot), (said, changes))
            station.services.campaigns.replan()
        except Refused:
            assert (station.repos.slots.of_day(day), station.repos.slots.refusals(day)) == before
        for one in (DAY, NEXT):
            whole(station, one)


@pytest.mark.parametrize("seed", range(6))
def test_taking_everything_back_in_turn_gives_the_day_back_as_it_was(station, cast, seed):
    random = Random(seed)
    said = [cast.approved(20.0 + 40 * n, f"Bản tin {n}", 200.0 + 90 * n) for n in range(2)]
    windows = tuple(parse_window(text) for text in ("06:00-07:00", "08:00-09:30"))
    cast.running(said[0], base=4, windows=windows, title="A")
    cast.running(said[1], base=3, windows=windows, title="B")
    services, changes = station.services.schedule, []
    before = station.repos.slots.of_day(DAY)
    for _ in range(12):
        slot = random.choice(station.repos.slots.of_day(DAY))
        try:
            if random.random() < 0.75:
                changes.append(
                    services.move(cast.lan, slot.id, slot.start + timedelta(minutes=random.randint(-40, 40)))
                )
            else:
                changes.append(services.leave_out(cast.lan, slot.id, "thử"))
        except Refused:
            continue
    assert changes
    for change in reversed(changes):
        services.undo(cast.lan, change)
    assert station.repos.slots.of_day(DAY) == before
