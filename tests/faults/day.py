"""A simulated day of a real station that is killed again and again, and comes back each time.

Every life is a process with a store, a library, a service and an engine of its own on a stepped clock; it dies
of SIGKILL at a random real moment, or inside a random call of a random turn: between airing key and sound, in a
transaction, in the middle of a block. What it was given to sound is in files (`heard`), and `truth` reads them.
"""

import gc
import mmap
import os
import pkgutil
import random
import shutil
import signal
import struct
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from scheduler.clock import SteppedClock
from scheduler.config import Config, EmergencyConfig, OutputConfig, PlanningConfig, PlayoutConfig, StationConfig
from scheduler.config import QuietHoursConfig as Quiet
from scheduler.core.model import Campaign, Person, Priority, Role
from scheduler.core.rules import parse_window
from scheduler.errors import Refused
from scheduler.playout.outputs import KINDS
from scheduler.playout.service import Playout
from scheduler.station import Station
from scheduler.store import StoredClip
from tests.faults.heard import Heard
from tests.lives import lived

DAWN = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
"""05:30 of Wednesday 2 December 2026 in Việt Nam: the template is made then, and every day begins then."""
DAY = date(2026, 12, 2)
OVER = DAWN + timedelta(hours=18, minutes=45)
"""A quarter past midnight: the day that is over has been written off."""
QUIET = ("21:00-05:00", "11:30-13:30")
TURN = 0.1
BLOCKS_A_TURN = 5
MOST_IDLE = 600.0
_STATE = struct.Struct("<dqq")
"""Wall instant, turns of this life, orders given."""


@dataclass(frozen=True)
class Template:
    """A station with people, approved sounds and running campaigns, to be copied for every day."""

    folder: Path
    config: Config
    announcements: tuple[int, ...]
    emergency: int
    starts: tuple[datetime, ...]
    """When its airings are planned."""


def config_in(folder: Path, **changes: object) -> Config:
    plain = Config(
        folder=folder,
        station=StationConfig(data="data"),
        quiet_hours=Quiet(windows=QUIET, legal_basis="QĐ 12/QĐ-UBND"),
        planning=PlanningConfig(days_ahead=1, min_gap_minutes=2.0),
        playout=PlayoutConfig(arm_seconds=2.0),
        emergency=EmergencyConfig(repeat=1),
        outputs=(OutputConfig(name="loa", kind="heard"),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # any section


def memory_folder() -> str | None:
    """Where flushing costs nothing: SIGKILL takes no page from the system, so the disk has no part in this."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - folders of our own are made in it


def voice(seconds: float, seed: int) -> np.ndarray:
    """A sound like no other: noise of its own, never silent for a block."""
    frames = np.random.default_rng(seed).integers(-9000, 9000, round(seconds * 48_000))
    return frames.astype(np.int16)


def people(station: Station) -> tuple[Person, Person]:
    """Lan drafts, Minh approves."""
    found = {person.login: person for person in station.parts.people.listed()}
    return found["lan"], found["minh"]


def approved(station: Station, title: str, seconds: float, seed: int, priority: Priority = Priority.NORMAL) -> int:
    """An approved announcement with a sound of its own."""
    lan, minh = people(station)
    made = station.parts.library.add_master(voice(seconds, seed))
    now = station.clock.now()
    station.parts.programme.add_clip(
        StoredClip(made.sha256, title, "upload", made.frames, created_at=now, created_by=lan.id, lufs=made.lufs)
    )
    desk = station.desk.announcements
    announcement_id = desk.record(lan, title, made.sha256)
    desk.heard(lan, announcement_id, made.sha256)
    desk.submit(lan, announcement_id)
    desk.approve(minh, announcement_id, made.sha256, heard=True)
    if priority is not Priority.NORMAL:
        seen = station.parts.programme.announcement(announcement_id)
        station.parts.programme.change_announcement(seen, {"priority": priority.value}, now)
    return announcement_id


def campaign(announcement_id: int, windows: Sequence[str], **changes: object) -> Campaign:
    plain = Campaign(
        id=0,
        title="Đợt tuyên truyền",
        announcement_id=announcement_id,
        windows=tuple(map(parse_window, windows)),
        base=2,
        start=DAY,
        end=DAY,
        min_gap=timedelta(minutes=4),
        chime=False,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # any field of a campaign


def running(station: Station, announcement_id: int, windows: Sequence[str], **changes: object) -> int:
    lan, _ = people(station)
    campaign_id = station.desk.campaigns.save(lan, campaign(announcement_id, windows, **changes))
    station.desk.campaigns.start(lan, campaign_id)
    return campaign_id


def peopled(config: Config, clock: SteppedClock) -> Station:
    """A station with Lan (editor) and Minh (approver)."""
    station = Station.open(config, clock)
    station.prepare()
    add, now = station.parts.people.add, clock.now()
    add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
    add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now)
    return station


def template_in(folder: Path) -> Template:
    """Eleven airings in three parts of the day, one of them at the edge of quiet hours."""
    config = config_in(folder)
    station = peopled(config, SteppedClock(DAWN))
    made = [approved(station, f"Bản tin {number}", 1.0 + number * 0.4, number) for number in range(1, 5)]
    emergency = approved(station, "Báo động", 1.5, 99, Priority.EMERGENCY)
    running(station, made[0], ("05:40-05:50", "17:00-17:20"), base=4)
    running(station, made[1], ("05:40-05:50", "17:00-17:20"), base=2, priority=Priority.PRIORITY)
    running(station, made[2], ("11:10-11:30", "13:30-13:45"), base=3, min_gap=timedelta(minutes=2))
    running(station, made[3], ("17:10-17:30", "20:50-21:00"), base=2, chime=True)
    starts = tuple(slot.start for slot in station.parts.slots.of_day(DAY))
    station.close()
    return Template(folder, config, tuple(made), emergency, starts)


# -- one life -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """What a person does at an instant: break_in, play_now or stop."""

    at: datetime
    act: str
    announcement_id: int = 0


def obey(station: Station, order: Order) -> None:
    """The order at the desk; its refusal (quiet hours, already on the air) is the desk's good right."""
    lan, minh = people(station)
    with suppress(Refused):
        if order.act == "break_in":
            station.desk.emergency.break_in(minh, order.announcement_id)
        elif order.act == "play_now":
            station.desk.air.play_now(lan, order.announcement_id, chime=False)
        else:
            station.desk.air.stop(minh)


def with_ears(clock: SteppedClock) -> None:
    """Let `outputs_of` make the loudspeaker that remembers."""
    KINDS["heard"] = lambda setting, config: Heard(
        setting.name, setting.zones, folder=config.data / "heard", clock=clock
    )


def turn(service: Playout, clock: SteppedClock, until: datetime, told: Callable[[], None] = lambda: None) -> None:
    """One turn of the loop and the blocks of its tenth of a second; where nothing is due, time passes faster."""
    left = (until - clock.now()).total_seconds()
    if service.quiet_for(timedelta(0)):
        service.step()  # a plan that the last turn made has its alarms now
    due = service.alarms.next_at()
    idle = (due - clock.now()).total_seconds() if due else MOST_IDLE
    if service.quiet_for(timedelta(0)) and idle > TURN:
        clock.advance(min(idle, MOST_IDLE, max(left, 0.001)))
        service.engine.step()
    else:
        for _ in range(BLOCKS_A_TURN):
            clock.advance(TURN / BLOCKS_A_TURN)
            told()
            service.engine.step()
    told()
    service.step()
    service.engine.step()


@dataclass(frozen=True)
class Death:
    """When a life ends: in the `call`-th call after turn `turn` has begun, or `after` real seconds; or never."""

    turn: int = -1
    call: int = 0
    after: float = -1.0


def die(call: int) -> None:
    """SIGKILL to this process at the `call`-th call or return from now, whoever is running then."""
    left = [call]

    def count(frame: object, event: str, arg: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)


@dataclass
class Day:
    """One day in a folder of its own, lived in as many lives as it takes."""

    config: Config
    orders: tuple[Order, ...] = ()
    until: datetime = OVER
    without: tuple[str, ...] = ()
    """Functions that do nothing in its lives, as `module.name`: what a test takes away from the station."""
    memory: mmap.mmap = field(init=False)
    lives: int = 0

    def __post_init__(self) -> None:
        place = self.config.folder / "state.bin"
        if not place.exists():
            place.write_bytes(_STATE.pack(DAWN.timestamp(), 0, 0))
        with place.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), _STATE.size)

    @property
    def now(self) -> datetime:
        """The simulated instant of the last life's last word."""
        return datetime.fromtimestamp(_STATE.unpack_from(self.memory)[0], UTC)

    def _remember(self, wall: float, turns: int, orders: int) -> None:
        _STATE.pack_into(self.memory, 0, wall, turns, orders)

    @property
    def _given(self) -> int:
        return int(_STATE.unpack_from(self.memory)[2])

    def pass_time(self, seconds: float) -> None:
        """The station is off; people at the page go on giving orders."""
        back = self.now + timedelta(seconds=seconds)
        while self._given < len(self.orders) and (order := self.orders[self._given]).at < back:
            station = Station.open(self.config, SteppedClock(max(order.at, self.now)))
            obey(station, order)
            station.close()
            self._remember(self.now.timestamp(), 0, self._given + 1)
        self._remember(back.timestamp(), 0, self._given)

    def live(self, death: Death) -> bool:
        """One life from now on. Whether it ended by itself, at the end of the day; a fault of its own is raised."""
        self.lives += 1
        told = self.config.folder / "died.txt"
        given = self.config, self.orders, self.until, self.without
        code = lived(_one_life, given, death, told, killed_after=death.after)
        if told.exists():
            raise AssertionError(told.read_text())
        assert code in {0, -signal.SIGKILL}, code
        return code == 0

    def run(self, death: Death) -> None:
        """What a life does, in its own process."""
        clock = SteppedClock(self.now)
        with_ears(clock)
        turns = 0

        def remember() -> None:
            self._remember(clock.now().timestamp(), turns, self._given)

        if death.turn == 0:
            die(death.call)
        station = Station.open(self.config, clock)
        service = station.playout()
        service.start()
        while clock.now() < self.until:
            turns += 1
            remember()
            if turns == death.turn:
                die(death.call)
            ahead = self.until
            if self._given < len(self.orders):
                ahead = self.orders[self._given].at
                if clock.now() >= ahead:
                    self._remember(clock.now().timestamp(), turns, self._given + 1)
                    obey(station, self.orders[self._given - 1])
                    service.step()
                    continue
            turn(service, clock, min(ahead, self.until), remember)
        sys.setprofile(None)
        service.stop()
        station.close()


def _one_life(given: tuple[Any, ...], death: Death, told: Path) -> None:
    """Never returns: whatever happens, this process ends here."""
    with suppress(BaseException):
        try:
            day = Day(*given)
            for name in day.without:
                place, _, last = name.rpartition(".")
                setattr(pkgutil.resolve_name(place), last, lambda *_: None)
            gc.freeze()
            day.run(death)
        except BaseException:  # noqa: BLE001 - the day's own process hears of it
            told.write_text(traceback.format_exc())
    os._exit(0)


# -- a random day -------------------------------------------------------------------------------------------------------

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


def day_of(seed: int, template: Template, folder: Path, without: tuple[str, ...] = ()) -> Day:
    """A whole day with its deaths, lived in `folder`."""
    rng = random.Random(seed)
    shutil.copytree(template.folder, folder, dirs_exist_ok=True)
    day = Day(replace(template.config, folder=folder), orders_of(rng, template), without=without)
    for _ in range(rng.randint(1, 5)):
        if day.live(death_of(rng)):
            return day
        day.pass_time(rng.uniform(*rng.choice(_OFF)))
    assert day.live(Death()), "a life that nobody ends lives to the end of the day"
    return day


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="loa-faults-", dir=memory_folder())
