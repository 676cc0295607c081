"""The station of a simulated day: its people, sounds and campaigns, what people order there, and how time passes for it.

It is made once as a template and copied for each day. How a day is lived, with its deaths, is in `lived_day`.
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from scheduler.config.loading import Config, EmergencyConfig, OutputConfig, PlanningConfig, PlayoutConfig, StationConfig
from scheduler.config.loading import QuietHoursConfig as Quiet
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import Campaign, Person, Priority, Role
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import Refused
from scheduler.playout.outputs import KINDS
from scheduler.playout.service import Playout
from scheduler.station import Station
from tests.faults.heard import Heard
from tests.faults.mishaps import DAWN, OVER

__all__ = ["DAWN", "DAY", "OVER"]

DAY = date(2026, 12, 2)
QUIET = ("21:00-05:00", "11:30-13:30")
TURN = 0.1
BLOCKS_A_TURN = 5
MOST_IDLE = 600.0
WAITING = 1.0
FAR = timedelta(seconds=3)


@dataclass(frozen=True)
class Template:
    """A station with people, approved sounds and running campaigns, to be copied for every day."""

    folder: Path
    config: Config
    announcements: tuple[int, ...]
    emergency: int
    starts: tuple[datetime, ...]
    """When its airings are planned."""
    clips: tuple[str, ...] = ()
    """The sounds of its announcements."""


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
    found = {person.login: person for person in station.repos.people.listed()}
    return found["lan"], found["minh"]


def approved(station: Station, title: str, seconds: float, seed: int, priority: Priority = Priority.NORMAL) -> int:
    """An approved announcement with a sound of its own."""
    lan, minh = people(station)
    made = station.repos.library.add_master(voice(seconds, seed))
    now = station.clock.now()
    station.repos.programme.add_clip(
        StoredClip(made.sha256, title, "upload", made.frames, created_at=now, created_by=lan.id, lufs=made.lufs)
    )
    services = station.services.announcements
    announcement_id = services.record(lan, title, made.sha256)
    services.heard(lan, announcement_id, made.sha256)
    services.submit(lan, announcement_id)
    services.approve(minh, announcement_id, made.sha256, heard=True)
    if priority is not Priority.NORMAL:
        seen = station.repos.programme.announcement(announcement_id)
        station.repos.programme.change_announcement(seen, {"priority": priority.value}, now)
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
    campaign_id = station.services.campaigns.save(lan, campaign(announcement_id, windows, **changes))
    station.services.campaigns.start(lan, campaign_id)
    return campaign_id


def peopled(config: Config, clock: SteppedClock) -> Station:
    """A station with Lan (editor) and Minh (approver)."""
    station = Station.open(config, clock)
    station.prepare()
    add, now = station.repos.people.add, clock.now()
    add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
    add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now)
    return station


def template_in(folder: Path) -> Template:
    """Eleven airings in three parts of the day, one of them at the edge of quiet hours."""
    config = config_in(folder)
    station = peopled(config, SteppedClock(DAWN))
    station.repos.people.add(
        "hoa", "Hoa", Role.TECHNICIAN, "mat-khau-cua-hoa", DAWN
    )  # who agrees that a clock is right
    made = [approved(station, f"Bản tin {number}", 1.0 + number * 0.4, number) for number in range(1, 5)]
    emergency = approved(station, "Báo động", 1.5, 99, Priority.EMERGENCY)
    running(station, made[0], ("05:40-05:50", "17:00-17:20"), base=4)
    running(station, made[1], ("05:40-05:50", "17:00-17:20"), base=2, priority=Priority.PRIORITY)
    running(station, made[2], ("11:10-11:30", "13:30-13:45"), base=3, min_gap=timedelta(minutes=2))
    running(station, made[3], ("17:10-17:30", "20:50-21:00"), base=2, chime=True)
    slots = station.repos.slots.of_day(DAY)
    station.close()
    starts, clips = tuple(slot.start for slot in slots), tuple(sorted({slot.audio_sha256 for slot in slots}))
    return Template(folder, config, tuple(made), emergency, starts, clips)


# -- what happens -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """What a person does at an instant of the true clock: break_in, play_now, stop, or say that the clock is right."""

    at: datetime
    act: str
    announcement_id: int = 0


def obey(station: Station, order: Order) -> str:
    """The order at the desk, and the slot it was acknowledged with.

    Its refusal (quiet hours, already on the air) is the desk's good right, and so is a machine that takes nothing: the
    person is told so.
    """
    with suppress(Refused, sqlite3.Error, OSError):
        lan, minh = people(station)
        if order.act == "break_in":
            return station.services.emergency.break_in(minh, order.announcement_id)
        if order.act == "play_now":
            return station.services.air.play_now(lan, order.announcement_id, chime=False)
        if order.act == "stop":
            station.services.air.stop(minh)
        elif (hoa := station.repos.people.by_login("hoa")) is not None:
            station.services.clock.confirm(minh if order.act == "clock is right" else hoa, station.clock.now())
    return ""


def with_ears(clock: SteppedClock) -> None:
    """Let `outputs_of` make the loudspeaker that remembers."""
    KINDS["heard"] = lambda setting, config: Heard(
        setting.name, setting.zones, folder=config.data / "heard", clock=clock
    )


def waits_long(service: Playout, clock: SteppedClock) -> bool:
    """Whether what is armed is far away: the clock was put back."""
    begins = service.engine.next_event()
    return begins is not None and begins - clock.now() > FAR and not service.engine.on_air()


def turn(
    service: Playout,
    clock: SteppedClock,
    until: datetime,
    told: Callable[[], None] = lambda: None,
    *,
    most_idle: float = MOST_IDLE,
    step: Callable[[], object] | None = None,
    sound: Callable[[], object] | None = None,
) -> None:
    """One turn of the loop and the blocks of its tenth of a second; where nothing is due, time passes faster.

    `step`, `sound`: a turn of the service and a pass of its engine, where something stands around them.
    """
    step, sound = step or service.step, sound or service.engine.step
    left = (until - clock.now()).total_seconds()
    if service.quiet_for(timedelta(0)):
        step()  # a plan that the last turn made has its alarms now
    due = service.alarms.next_at()
    idle = (due - clock.now()).total_seconds() if due else MOST_IDLE
    if service.quiet_for(timedelta(0)) and idle > TURN:
        clock.advance(min(idle, most_idle, max(left, 0.001)))
        sound()
    elif waits_long(service, clock):
        clock.advance(min(max(idle, TURN), WAITING, max(left, 0.001)))
        sound()
    else:
        for _ in range(BLOCKS_A_TURN):
            clock.advance(TURN / BLOCKS_A_TURN)
            told()
            sound()
    told()
    step()
    sound()


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="loa-faults-", dir=memory_folder())
