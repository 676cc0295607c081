"""A random day: its orders, deaths, outputs and mishaps, each drawn from its seed."""

import random
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from scheduler.config.loading import OutputConfig
from tests.faults.day import DAWN, OVER, Order, Template
from tests.faults.lived_day import Day, Death
from tests.faults.mishaps import CLOCK, Mishap, mishaps_of

TURNS = 200
REAL_SECONDS = 0.25
"""How long a life is on the average: a quiet day has some 650 turns and takes half a second."""
_OFF = ((0.3, 3.0), (0.3, 3.0), (5.0, 90.0), (120.0, 7200.0))
"""How long the station may be off, in seconds: a supervisor starts it at once, a power cut takes longer."""


def orders_of(rng: random.Random, template: Template) -> tuple[Order, ...]:
    """What people do on that day, if anything; an emergency may come at night, or into the middle of an airing."""
    orders: list[Order] = []
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        at = DAWN + timedelta(seconds=rng.uniform(0.0, (OVER - DAWN).total_seconds()))
        if rng.random() < 0.7:
            at = rng.choice(template.starts) + timedelta(seconds=rng.uniform(-3.0, 7.0))
        act = rng.choice(("break_in", "break_in", "play_now", "stop"))
        name = template.emergency if act == "break_in" else rng.choice(template.announcements)
        orders.append(Order(at, act, name))
    return tuple(sorted(orders, key=lambda order: order.at))


def death_of(rng: random.Random) -> Death:
    if rng.random() < 0.3:
        return Death(after=rng.expovariate(1 / REAL_SECONDS))
    return Death(turn=int(rng.expovariate(1 / TURNS)), call=int(rng.expovariate(1 / 400)))


def words_of(rng: random.Random, mishaps: tuple[Mishap, ...]) -> list[Order]:
    """Once a wrong clock is right again, two people say so; sooner or later, and again where they were not heard."""
    said: list[Order] = []
    for one in mishaps:
        if one.kind in CLOCK and one.kind != "nudged":
            for _ in range(3):
                at = one.end + timedelta(seconds=rng.uniform(10, 2400))
                said += [
                    Order(at, "clock is right"),
                    Order(at + timedelta(seconds=rng.uniform(2, 1200)), "so it is right"),
                ]
    return said


def quiet_day_of(seed: int, template: Template, folder: Path, without: tuple[str, ...] = ()) -> Day:
    """A whole day with orders and deaths alone, lived in `folder`."""
    rng = random.Random(seed)
    shutil.copytree(template.folder, folder, dirs_exist_ok=True)
    day = Day(replace(template.config, folder=folder), orders_of(rng, template), without=without)
    return lived_through(day, rng)


def day_of(seed: int, template: Template, folder: Path, without: tuple[str, ...] = ()) -> Day:
    """The same with one loudspeaker or two, and with what else happens to machines and clocks."""
    rng, more = random.Random(seed), random.Random(f"mishaps {seed}")
    shutil.copytree(template.folder, folder, dirs_exist_ok=True)
    names = ("loa", "cot")[: more.choice((1, 2, 2))]
    outputs = tuple(OutputConfig(name=name, kind="heard") for name in names)
    mishaps = mishaps_of(more, template.starts, template.clips, len(outputs))
    orders = sorted([*orders_of(rng, template), *words_of(more, mishaps)], key=lambda order: order.at)
    config = replace(template.config, folder=folder, outputs=outputs)
    return lived_through(Day(config, tuple(orders), without=without, mishaps=mishaps), rng)


def lived_through(day: Day, rng: random.Random) -> Day:
    """The day with its deaths, to its end."""
    for _ in range(rng.randint(1, 5)):
        if day.live(death_of(rng)):
            return day
        day.pass_time(rng.uniform(*rng.choice(_OFF)))
    for _ in range(len(day.mishaps) + 1):
        if day.live(Death()):
            return day
        day.pass_time(3.0)  # it ended for an exception; a supervisor starts it again
    raise AssertionError("a life that nobody ends lives to the end of the day")
