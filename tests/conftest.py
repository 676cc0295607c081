"""The cast and the house every test may use: a station on a folder of its own, on a clock that is stepped by hand."""

import functools
import gc
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import numpy as np
import pytest
from hypothesis import settings

from scheduler.commands import language
from scheduler.config.loading import (
    Config,
    OutputConfig,
    PlanningConfig,
    QuietHoursConfig,
    SpeechConfig,
    StationConfig,
    WebConfig,
)
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import Campaign, Person, Role
from scheduler.core.planning.rules import parse_window
from scheduler.intake import isolation
from scheduler.kernel.clock import Clock, SteppedClock, SystemClock
from scheduler.kernel.words import LANGUAGES
from scheduler.station import Station
from scheduler.store import database
from tests.compiled import FOLDER
from tests.examples import examples, hypothesis_seed
from tests.failures import Failures
from tests.order import waiting_first
from tests.ready import once
from tests.story.chromium import chromium_ended

# No time is asserted: these machines are shared. What fails is told so that it can be had again.
settings.register_profile("house", deadline=None, max_examples=examples(100), derandomize=False, print_blob=True)
settings.load_profile("house")

MORNING = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
"""05:30 of Wednesday 2 December 2026 in Việt Nam."""
DAY = date(2026, 12, 2)


def noon_zone() -> str:
    """A zone in which it is between twelve and one now: far from quiet hours and from midnight."""
    hours = 12 - SystemClock().now().hour
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """`-n auto`: three workers a core, because stations and browsers are mostly waited for (tests/order.py).

    With two a core, a third of the cores' time was left over.
    """
    return 3 * (os.cpu_count() or 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A worker's list: who waits and who computes side by side (tests/order.py)."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = waiting_first(items, workers, lambda item: item.nodeid.partition("::")[0])


def pytest_collection_finish() -> None:
    """What has been read for the tests stays to their end: the collector of garbage walks over it no more."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The browser of the stories goes on between them, and ends before a test that wants none."""
    if not item.get_closest_marker("needs_browser"):
        chromium_ended()


def pytest_sessionfinish() -> None:
    chromium_ended()


MEMORY = "/dev/shm"  # noqa: S108 - pytest makes a folder of its own in it
ROOM = 6_000_000_000
"""Bytes: what the tests need at a time is far less, and a station must not find its disk full."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Examples follow from the commit, unless a seed was asked for: before hypothesis reads it.

    The tests' folders lie in memory where there is room: a flush costs nothing there, and a kill -9 takes nothing.

    What only a disk does (it is full, it is read-only) the tests bring about themselves. Some start programs there.

    The collector of garbage looks less often: what stations and pages leave in circles is small, and looking was a sixth
    of reading the tests and a fifteenth of many.
    """
    if (failures := Failures.wanted()) is not None:
        config.pluginmanager.register(failures)
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = hypothesis_seed()
    gc.set_threshold(50_000, 20, 50)
    if not os.access(MEMORY, os.W_OK) or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return
    if shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)


@pytest.fixture(autouse=True, scope="session")
def made_once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What all stations and pages have alike; what of it can be read from files all workers of a run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "compiled"
    folder.mkdir(exist_ok=True)
    os.environ[FOLDER] = str(folder)
    with once():
        yield
    del os.environ[FOLDER]


@pytest.fixture(autouse=True, scope="session")
def patience() -> Iterator[None]:
    """A dispatch is read, and a row is written, within ten seconds; where many tests share two cores it may be more."""
    usual = isolation.SECONDS, database.BUSY_TIMEOUT_MS
    isolation.SECONDS, database.BUSY_TIMEOUT_MS = 60.0, 120_000
    yield
    isolation.SECONDS, database.BUSY_TIMEOUT_MS = usual


@pytest.fixture(autouse=True)
def own_priority() -> Iterator[None]:
    """A playout that ran in a test's own thread has asked for real time: what later tests start must not inherit it."""
    before = os.sched_getscheduler(0)
    yield
    if os.sched_getscheduler(0) != before:
        os.sched_setscheduler(0, before, os.sched_param(0))


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A call of `loa` is a process of its own: what a test asked in English must not make the next one speak it."""
    yield
    language.speak(click.Context(click.Command("loa")), LANGUAGES[0], None)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(MORNING)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        folder=tmp_path,
        station=StationConfig(data="data"),
        quiet_hours=QuietHoursConfig(windows=("21:00-05:00", "11:30-13:30"), legal_basis="QĐ 12/QĐ-UBND"),
        planning=PlanningConfig(days_ahead=2),
        speech=SpeechConfig(engines=("espeak",)),
        outputs=(OutputConfig(name="wav", kind="wavfile", counts=True),),
        web=WebConfig(idle_minutes=10_080),  # a stepped clock jumps over many idle hours; who tests them says so
    )


class PreparedFolders:
    """Data folders as a station leaves them that was opened and prepared, by its configuration.

    A test's station begins with a copy where there is one. It is made when a configuration comes a second time: most
    that a test writes for itself come once.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._folders: dict[str, Path | None] = {}

    def begin(self, config: Config, clock: Clock) -> None:
        """The data folder of `config`, where it is new and one like it was there before."""
        now = clock.now() if isinstance(clock, SteppedClock) else "a moment ago"
        key = f"{now} {replace(config, folder=Path(), web=replace(config.web, port=0))!r}"
        if config.data.exists() or not config.data.is_relative_to(config.folder) or key not in self._folders:
            self._folders.setdefault(key, None)
            return
        folder = self._folders[key] or self._made(config, clock, key)
        shutil.copytree(folder, config.data, ignore=shutil.ignore_patterns("*.ring"))
        if config.folder.stat().st_dev != folder.stat().st_dev:  # a disk of a test's own, which may fill
            return
        for ring in folder.glob(
            "*.ring"
        ):  # it holds nothing yet: its name and its size, and no block before it is used
            with ring.open("rb") as whole, (config.data / ring.name).open("xb") as empty:
                empty.write(whole.read(8))
                empty.truncate(ring.stat().st_size)
            (config.data / ring.name).chmod(0o600)

    def _made(self, config: Config, clock: Clock, key: str) -> Path:
        alike = replace(config, folder=self._place / str(list(self._folders).index(key)))
        alike.folder.mkdir()
        opened = Station.open(alike, SteppedClock(clock.now()))
        opened.prepare()
        opened.close()
        self._folders[key] = alike.data
        return alike.data


@pytest.fixture(scope="session")
def prepared_folders(tmp_path_factory: pytest.TempPathFactory) -> PreparedFolders:
    return PreparedFolders(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def station(config: Config, clock: SteppedClock, prepared_folders: PreparedFolders) -> Iterator[Station]:
    prepared_folders.begin(config, clock)
    opened = Station.open(config, clock)
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture
def lan(station: Station) -> Person:
    """Lan drafts."""
    return station.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", station.clock.now())


@pytest.fixture
def minh(station: Station) -> Person:
    """Minh approves."""
    return station.repos.people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", station.clock.now())


@functools.lru_cache(maxsize=32)
def tone(seconds: float, pitch: float) -> np.ndarray:
    """Samples in house format that nobody changes. One of whole hertz begins again each second."""
    frames = round(seconds * 48_000)
    times = np.arange(min(frames, 48_000) if pitch % 1 == 0 else frames) / 48_000
    made = np.resize((np.sin(2 * np.pi * pitch * times) * 8000).astype(np.int16), frames)
    made.setflags(write=False)
    return made


class Cast:
    """Short ways to what many tests need; every step goes through the desk."""

    def __init__(self, station: Station, lan: Person, minh: Person) -> None:
        self.station, self.lan, self.minh = station, lan, minh

    def clip(self, seconds: float = 3.0, title: str = "bản ghi", pitch: float = 440.0) -> StoredClip:
        """A tone in the library."""
        made = self.station.repos.library.add_master(tone(seconds, pitch))
        clip = StoredClip(
            sha256=made.sha256,
            title=title,
            origin="upload",
            frames=made.frames,
            created_at=self.station.clock.now(),
            created_by=self.lan.id,
            lufs=made.lufs,
        )
        self.station.repos.programme.add_clip(clip)
        return self.station.repos.programme.clip(made.sha256)

    def submitted(self, seconds: float = 3.0, title: str = "Tiêm chủng", pitch: float = 440.0) -> int:
        services = self.station.services
        clip = self.clip(seconds, title, pitch)
        announcement_id = services.announcements.record(self.lan, title, clip.sha256)
        services.announcements.heard(self.lan, announcement_id, clip.sha256)
        services.announcements.submit(self.lan, announcement_id)
        return announcement_id

    def approved(self, seconds: float = 3.0, title: str = "Tiêm chủng", pitch: float = 440.0) -> int:
        announcement_id = self.submitted(seconds, title, pitch)
        sha256 = self.station.repos.programme.announcement(announcement_id).audio_sha256
        assert sha256 is not None
        self.station.services.announcements.approve(self.minh, announcement_id, sha256, heard=True)
        return announcement_id

    def campaign(self, announcement_id: int, **changes: object) -> Campaign:
        plain = Campaign(
            id=0,
            title="Đợt tiêm chủng",
            announcement_id=announcement_id,
            windows=(parse_window("06:00-07:00"),),
            base=2,
            start=DAY,
            end=DAY,
            min_gap=timedelta(minutes=5),
            chime=False,
        )
        return replace(plain, **changes)  # type: ignore[arg-type]  # any field of a campaign

    def running(self, announcement_id: int, **changes: object) -> int:
        campaign_id = self.station.services.campaigns.save(self.lan, self.campaign(announcement_id, **changes))
        self.station.services.campaigns.start(self.lan, campaign_id)
        return campaign_id

    def planned(self, announcement_id: int, **changes: object) -> int:
        """The same with its plan, where playout lives by a heartbeat alone."""
        campaign_id = self.running(announcement_id, **changes)
        self.plan_follows()
        return campaign_id

    def plan_follows(self) -> None:
        """What playout does in its next turn: where one lives, no act plans."""
        if self.station.services.campaigns.owed.since() is not None:
            self.station.services.campaigns.replan()


@pytest.fixture
def cast(station: Station, lan: Person, minh: Person) -> Cast:
    return Cast(station, lan, minh)
