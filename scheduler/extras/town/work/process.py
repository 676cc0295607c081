"""The process `link` of a ward: the conversation with the broker, and what this ward does with what it hears.

One thread takes in and tells, so that messages stay in order; emergencies are spoken and ordered in another, so that
the next message does not wait for a voice; what is slow (the journal, sounds) has its own. A change of the ward's
settings, such as another pairing, begins the conversation anew. A fault is a sentence in the heartbeat, never the end.
"""

import asyncio
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from scheduler.config.loading import Config
from scheduler.extras.inbox.service.pipeline import BROKEN
from scheduler.extras.inbox.work import air_by_rule
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.client import Broker
from scheduler.extras.town.broker.clips import fetch_clip, sweep
from scheduler.extras.town.broker.enrolment import CA_FILE, KEY_FILE
from scheduler.extras.town.broker.waiting import end_all
from scheduler.extras.town.broker.web import TownWeb
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rows.queue import JOINED, OUTBOX, UpRow
from scheduler.extras.town.rules.envelope import UpKind, subjects_for
from scheduler.extras.town.service.town import TownService
from scheduler.extras.town.work.conversation import Link
from scheduler.extras.town.work.sounds import Sounds, Wanted
from scheduler.extras.town.work.ward import LinkState, Taken, Up, is_urgent
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import LoaError, Refused
from scheduler.station import Station

__all__ = ["DeskSounds", "DeskWard", "TownLink", "broker_of", "run"]

log = logging.getLogger(__name__)

Result = TypeVar("Result")
BEAT_EVERY = 2.0
CHORES_EVERY = 1.0
FORGET_EVERY = 24 * 3600.0
AIR_TURN = 1.0
LOOK_AT_SETTINGS_EVERY = 2.0
AHEAD = "ahead."
"""Before a subject: the cursor of what was taken before its turn."""
SOUNDS = "town-sounds"
"""Folder of the data folder where sounds of the town arrive."""
KEPT_SOUNDS = timedelta(days=30)
"""How long a part that nobody goes on with is kept: as long as the town's own log."""


def broker_of(config: Config) -> Broker:
    """Where the town's broker is and who this ward is there. Raises Refused link_key_*, disk_readonly."""
    town = config.get(TownConfig)
    return Broker(
        url=town.url,
        seed=keys.load_or_make(config.data / KEY_FILE),
        ca_file=ca_file_of(config),
        inbox_prefix=f"_INBOX_w{town.ward_id}",
    )


def ca_file_of(config: Config) -> Path | None:
    """The town's own authority: what config.toml names, else what was told at pairing; None = the system's."""
    if config.get(TownConfig).ca_file:
        return config.folder / config.get(TownConfig).ca_file
    told = config.data / CA_FILE
    return told if told.exists() else None


class DeskWard:
    """The desk of this ward, as the conversation needs it."""

    def __init__(self, station: Station) -> None:
        town = station.config.get(TownConfig)
        self._services = station.services.get(TownService)
        self._reserve = station.repos.reserve
        self._queue = station.services.get(TownService).up.rows
        self.ward_id = town.ward_id
        self.subjects: Sequence[str] = subjects_for(town.ward_id, town.groups)

    def cursor(self, subject: str) -> int:
        return self._services.cursor(subject)

    def skip_to(self, subject: str, sequence: int) -> None:
        for name in (subject, AHEAD + subject, JOINED + subject):
            if name == subject or self._queue.cursor(name) is not None:
                self._queue.put(name, sequence)

    def receive(self, raw: bytes, subject: str, sequence: int, *, in_turn: bool, now_of_hub: datetime | None) -> Taken:
        if is_urgent(raw):
            self._reserve.let_go()
        before = self._queue.cursor(OUTBOX) or 0
        # Before its turn it has a cursor of its own, so that the subject's still knows what is missing.
        self._services.receive(raw, subject if in_turn else AHEAD + subject, sequence, now_of_hub=now_of_hub)
        rows = [self._queue.get(number) for number in range(before + 1, (self._queue.cursor(OUTBOX) or 0) + 1)]
        acks = [one for one in rows if one is not None and one.subject_kind is UpKind.ACK]
        self._queue.leaving(acks)
        return Taken(tuple(map(_up, acks)))

    def outbox(self, limit: int) -> Sequence[Up]:
        return [_up(one) for one in self._services.up.outbox(limit)]

    def sent(self, rows: Sequence[int]) -> None:
        self._services.up.sent(rows)

    def resend(self, first: int, last: int, line: str | None) -> int:
        return self._services.up.rows.resend(first, last, line)


def _up(row: UpRow) -> Up:
    return Up(row.row, row.subject_kind.value, row.body, row.line, row.number)


class DeskSounds:
    """The sounds that this ward's desk wants."""

    def __init__(self, station: Station) -> None:
        self._services = station.services.get(TownService)

    def wanted(self) -> Sequence[Wanted]:
        return [
            Wanted(sha256, size, url, urgent, self._services.clips.wanted_by(sha256))
            for sha256, size, url, urgent, _ in self._services.clips.wanted()
        ]

    def arrived(self, sha256: str, path: Path) -> None:
        self._services.clips.arrived(sha256, path)

    def failed(self, sha256: str, refused: Refused) -> None:
        self._services.clips.failed(sha256, refused)


@dataclass(slots=True)
class _Threads:
    """Who does what beside the loop; each keeps its own connection to the database."""

    line: ThreadPoolExecutor
    air: ThreadPoolExecutor
    chores: ThreadPoolExecutor
    sounds: ThreadPoolExecutor

    @classmethod
    def begin(cls) -> "_Threads":
        made = {name: ThreadPoolExecutor(1, thread_name_prefix=name) for name in ("line", "air", "chores")}
        return cls(**made, sounds=ThreadPoolExecutor(3, thread_name_prefix="sounds"))

    def end(self) -> None:
        for one in (self.line, self.air, self.chores, self.sounds):
            one.shutdown(wait=False, cancel_futures=True)


class TownLink:
    """`run` goes on until `stop`; a full disk or a locked database is waited for."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._services = station.services.get(TownService)
        self._threads = _Threads.begin()
        self._forget_at = float("-inf")
        self._health_at = float("-inf")
        self._told = ""
        self.state = LinkState()
        self._link: Link | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def look_now(self) -> None:
        """Look at the log now; from any thread."""
        if self._loop is not None and self._link is not None:
            self._loop.call_soon_threadsafe(self._link.ask_again)

    def run(self, stop: threading.Event) -> None:
        # The transport's warning at every TLS connection that ends is asyncio's, of nats-py, and of no use to anybody.
        logging.getLogger("asyncio").setLevel(logging.ERROR)
        held = FileLock(self._station.config.data / "link.lock")
        try:
            held.acquire(timeout=0)
            asyncio.run(self._main(stop))
        except Timeout as error:
            raise Refused("link_runs_already") from error
        finally:
            self._threads.end()
            held.release()

    async def _main(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                await self._one_life(stop)
            except (LoaError, OSError, sqlite3.OperationalError) as error:
                refused = error if isinstance(error, Refused) else Refused("link_ward_waits", told=str(error)[:200])
                self.state.faults["line"] = refused
                log.error("the link waits: %s", error)  # noqa: TRY400 - a full disk says the same again and again
                await self._quietly(self._beat)
                await asyncio.sleep(BEAT_EVERY)

    async def _one_life(self, stop: threading.Event) -> None:
        """One conversation with one town, until it ends or the settings name another."""
        config = self._station.config
        if not (config.get(TownConfig).url and config.get(TownConfig).ward_id):
            self.state.faults["line"] = Refused("link_off")
            await self._quietly(self._beat)
            await asyncio.sleep(LOOK_AT_SETTINGS_EVERY)
            return
        ended = asyncio.Event()
        air, loop = asyncio.Event(), asyncio.get_running_loop()
        link = Link(
            DeskWard(self._station),
            broker_of(config),
            self._station.clock,
            run=lambda work: self._in(self._threads.line, work),
            messages_a_second=config.get(TownConfig).messages_a_second,
            on_taken=air.set,
            is_urgent=is_urgent,
        )
        self.state, self._link, self._loop = link.state, link, loop
        sounds = self._sounds(config, link)
        works = [
            link.run(ended),
            self._airing(air, link, sounds),
            self._chores(link),
            self._beating(),
            sounds.run(),
            self._watching(config, stop, ended),
        ]
        tasks = [loop.create_task(work) for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await end_all(tasks)

    def _sounds(self, config: Config, link: Link) -> Sounds:
        most = config.get(TownConfig).max_clip_mb * 1_000_000
        folder = config.data / SOUNDS
        seed = keys.load_or_make(config.data / KEY_FILE)
        web = TownWeb(
            config.get(TownConfig).hub_url, seed, ca_file_of(config), lambda: link.now_of_hub() or self._clock.now()
        )

        def fetch(wanted: Wanted) -> Path:
            if wanted.size > most:
                raise Refused("link_clip_too_big", limit_mb=config.get(TownConfig).max_clip_mb)
            return fetch_clip(web, wanted.url, wanted.sha256, wanted.size, folder)

        return Sounds(
            DeskSounds(self._station),
            fetch,
            link.state,
            self._clock,
            spread=timedelta(minutes=config.get(TownConfig).clip_spread_minutes),
            in_thread=lambda work: self._in(self._threads.sounds, work),
        )

    @property
    def _clock(self) -> Clock:
        return self._station.clock

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    async def _quietly(self, work: Callable[[], object]) -> None:
        """In the thread of chores; what its disk or its database refuses now is tried again at the next turn."""
        try:
            await self._in(self._threads.chores, work)
        except BROKEN:
            log.exception("a chore is left")
        except (sqlite3.OperationalError, OSError, LoaError) as error:
            if str(error) != self._told:
                self._told = str(error)
                log.error("the link waits: %s", error)  # noqa: TRY400 - a full disk says the same again and again

    # What the ward does

    async def _airing(self, air: asyncio.Event, link: Link, sounds: Sounds) -> None:
        """Air what airs by rule, at once when something was taken in, and look again now and then."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(air.wait(), AIR_TURN)
            air.clear()
            sounds.wake()
            hub_now = link.now_of_hub()
            try:
                count = await self._in(self._threads.air, lambda hub_now=hub_now: self._air_all(hub_now))  # type: ignore[misc]  # a default binds
            except BROKEN:
                log.exception("what airs by rule waits")
                continue
            except (sqlite3.OperationalError, OSError, LoaError) as error:
                log.error("what airs by rule waits: %s", error)  # noqa: TRY400 - a full disk
                continue
            if count:
                link.wake()

    def _air_all(self, now_of_hub: datetime | None) -> int:
        rows = self._services.inbox.to_air(now_of_hub)
        for row in rows:
            air_by_rule(self._station, self._services.inbox, row)
        return len(rows)

    async def _chores(self, link: Link) -> None:
        """The journal into the outbox, every issue one step further, the station's health, once a day what is old."""
        while True:
            await self._quietly(self._tend)
            if link.state.connected:
                await self._quietly(self._tell_health)
            link.wake()
            await asyncio.sleep(CHORES_EVERY)

    def _tend(self) -> None:
        self._services.tend()
        while self._services.up.queue_new():
            pass
        now = self._clock.monotonic()
        if now - self._forget_at >= FORGET_EVERY:
            self._forget_at = now
            self._services.up.forget()
            sweep(self._station.config.data / SOUNDS, (self._clock.now() - KEPT_SOUNDS).timestamp())

    def _tell_health(self) -> None:
        now = self._clock.monotonic()
        if now - self._health_at >= self._station.config.get(TownConfig).health_seconds:
            self._health_at = now
            self._services.up.queue_health()

    async def _beating(self) -> None:
        while True:
            await self._quietly(self._beat)
            await asyncio.sleep(BEAT_EVERY)

    def _beat(self) -> None:
        self._station.repos.jobs.beat("link", os.getpid(), self._clock.now(), dict(self.state.as_json()))

    async def _watching(self, config: Config, stop: threading.Event, ended: asyncio.Event) -> None:
        """End this life when the station stops or its settings name another town."""
        while not stop.is_set():
            for _ in range(int(LOOK_AT_SETTINGS_EVERY / 0.2)):
                if stop.is_set():
                    break
                await asyncio.sleep(0.2)
            if not stop.is_set() and self._station.config.get(TownConfig) != config.get(TownConfig):
                log.info("the settings of the town have changed, beginning anew")
                break
        ended.set()
        await asyncio.sleep(3.0)  # the conversation takes its leave


def run(station: Station, stop: threading.Event) -> None:
    """The process, until `stop`."""
    TownLink(station).run(stop)
