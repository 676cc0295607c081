"""The loop of the link: ask for bulletins, air what airs by rule, fetch sounds, tell statuses, empty the queue.

One thing after the other, emergencies first. Every part has its own back-off, so that a server that refuses logs is
still asked for emergencies. Statuses are fresh or not sent; logs wait in their queue for as long as it takes and leave
it in order, at a pace the server can bear. A fault is a sentence in the heartbeat, never the end of the loop.
"""

import hashlib
import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta

from scheduler.core.announcement.kept import StoredClip
from scheduler.core.station.kept import Job
from scheduler.extras.inbox.service.pipeline import BROKEN
from scheduler.extras.inbox.work import air_by_rule
from scheduler.extras.province.keys import ProvinceConfig
from scheduler.extras.province.rules.kept import BulletinRow
from scheduler.extras.province.rules.link import pause_after
from scheduler.extras.province.service.bulletins import ProvinceService
from scheduler.extras.province.service.link import NotTaken
from scheduler.extras.province.work.client import AUDIO_SECONDS, ProvinceClient
from scheduler.kernel.causes import INTERNAL, MACHINE_FAULTS, reason_of
from scheduler.kernel.errors import LoaError, Refused, as_texts
from scheduler.station import Station

__all__ = ["ProvinceLink", "run"]

log = logging.getLogger(__name__)

TURN = 0.5
FAULT_WAIT = 3.0
BEAT_EVERY = 2.0
FORGET_EVERY = 24 * 3600.0
EMERGENCY_SECONDS = 20.0
"""How long the sound of an emergency may take to come before its words are spoken instead."""
LONGEST_POLL_PAUSE = 30.0
"""Seconds: an emergency is not to wait longer for a server that has come back."""
MOST_REFUSALS = 5
"""After so many refusals of a log the one behind it is tried, to see whose fault it is."""
CLOCK_TOLERANCE = timedelta(minutes=2)
_NO_LINK = frozenset({"province_unreachable", "province_tls", "province_private_address"})
"""While bulletins cannot be asked for, for one of these, nothing else is tried either."""
TEND_EVERY = 1.0
TOLD_A_TURN = 5
LONGEST_TAKING = 5.0
"""Seconds that new bulletins of one list may take before it is looked again whether an emergency has come."""


@dataclass(slots=True)
class _Part:
    """When a part of the loop is due again (monotonic), how often in a row it has failed, and of what."""

    due: float = float("-inf")
    failures: int = 0
    fault: Refused | None = None


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="sound", daemon=True).start()


class ProvinceLink:
    """`step` does what is due; `run` goes on until told to stop."""

    def __init__(self, station: Station, aside: Callable[[Callable[[], None]], None] = _in_a_thread) -> None:
        """`aside`: how a sound that is not urgent is fetched, so that no slow download holds up an emergency."""
        self._station = station
        self._aside = aside
        self._fetching = False
        self._to_tell: list[dict[str, object]] = []
        self._services = station.services.get(ProvinceService)
        self._clock = station.clock
        self._settings = station.config.get(ProvinceConfig)
        self._client = ProvinceClient(station.config, station.clock)
        self._polling, self._tending, self._telling, self._sending = _Part(), _Part(), _Part(), _Part()
        self._known: dict[bytes, bool] = {}
        """The items of the last list, which need not be read again -> whether each was taken."""
        self._not_taken = self._services.link.not_taken()
        self._last_chance = 0
        """The log that is set aside if it is refused once more."""
        self._beat_at = self._forget_at = float("-inf")
        self._reached = ""

    def run(self, stop: threading.Event) -> None:
        """Turn until `stop`. A full disk or a locked database is waited for."""
        self._services.link.rows.begin()
        while not stop.is_set():
            try:
                self.step()
                stop.wait(TURN)
            except (LoaError, OSError, sqlite3.OperationalError) as error:
                log.error("the link waits: %s", error)  # noqa: TRY400 - a full disk says the same again and again
                stop.wait(FAULT_WAIT)

    def step(self) -> None:
        """What is due now, in the order of its urgency."""
        self._beat()
        self._do(self._polling, self._settings.poll_seconds, LONGEST_POLL_PAUSE, self._poll)
        for row in self._services.inbox.to_air(self._client.server_now()):
            air_by_rule(self._station, self._services.inbox, row, self._sound_now)
        self._do(self._tending, TEND_EVERY, TEND_EVERY, self._tend)
        self._services.link.queue_new()
        if self._polling.fault is None or self._polling.fault.reason not in _NO_LINK:
            self._do(self._telling, self._settings.status_seconds, self._settings.status_seconds, self._tell)
            self._do(self._sending, 60.0 / self._settings.logs_a_minute, 300.0, self._send)
        self._forget()

    def _do(self, part: _Part, every: float, longest: float, act: Callable[[], bool | None]) -> None:
        """One part when it is due: again after `every` seconds, or next turn where it says that more is left; after a
        fault later and later up to `longest`.
        """
        now = self._clock.monotonic()
        if now < part.due:
            return
        try:
            more = act()
        except Refused as refused:
            part.failures += 1
            part.due = self._clock.monotonic() + pause_after(part.failures, longest)
            if str(part.fault) != str(refused):  # said once, as long as it stays the same
                log.warning("the province: %s", refused)
            part.fault = refused
        else:
            if part.fault is not None:
                log.info("the province answers again")
            part.failures, part.fault = 0, None
            part.due = now + (0.0 if more else every)

    # Bulletins

    def _poll(self) -> bool:
        """Take in what is new in the server's list; whether some of it is left for the next turn."""
        told = self._client.bulletins()
        self._heard_well()
        known, self._known, began = self._known, {}, self._clock.monotonic()
        for one in told:
            mark = hashlib.sha256(json.dumps(one, sort_keys=True).encode()).digest()
            if mark in known:
                self._known[mark] = known[mark]
                continue
            if self._clock.monotonic() - began > LONGEST_TAKING:
                return True
            self._known[mark] = self._took(one)
        self._not_taken = replace(self._not_taken, listed=list(self._known.values()).count(False))
        return False

    def _took(self, one: object) -> bool:
        """Whether an item of the list is dealt with; what nobody can take is told in the heartbeat.

        Raises Refused for a machine that takes nothing just now: the item is to be tried again.
        """
        try:
            self._services.receive(one, self._client.server_now())
        except Refused as refused:
            if refused.reason in MACHINE_FAULTS - {INTERNAL}:
                raise
            log.warning("a bulletin is not taken: %s", refused)
            self._note(refused)
        except BROKEN:  # whatever it was made of, the next one counts
            log.exception("a bulletin is not taken")
            self._note(Refused("province_bulletin_broken"))
        else:
            return True
        return False

    def _note(self, refused: Refused) -> None:
        why = as_texts(refused.details)
        self._not_taken = NotTaken(self._not_taken.listed, refused.reason, why, self._clock.now())

    def _sound_now(self, row: BulletinRow) -> StoredClip | None:
        """The own sound of an emergency, fetched at once; None = it has none, or it did not come."""
        if not self._services.adapter.bulletin(row).audio_url:
            return None
        try:
            return self._station.repos.programme.clip(self._sound_job(row).result)
        except (Refused, OSError) as error:
            log.warning("the sound of %s did not come: %s", row.name, error)
            refused = error if isinstance(error, Refused) else Refused(reason_of(error, "disk_error"))
            self._services.not_fetched(row, refused)
            return None

    def _sound_job(self, row: BulletinRow) -> Job:
        """The job that made a clip of an emergency's sound. Raises Refused where there is none to be made."""
        if row.job_id is None:
            row = self._fetched(row, self._client, EMERGENCY_SECONDS)
        job = self._station.finish(row.job_id or 0, alone=True)
        if not job.result:
            raise Refused(job.reason, **job.details)
        return job

    def _tend(self) -> None:
        """Sounds that are missing, and every bulletin that is on its way."""
        self._fetch_one()
        self._services.adapter.tend_all()

    def _fetch_one(self) -> None:
        row = None if self._fetching else self._services.unfetched()
        if row is None:
            return
        self._fetching = True
        client = copy(self._client)  # with the token of now; the loop's own may log in again meanwhile

        def fetch() -> None:
            try:
                self._fetched(row, client, AUDIO_SECONDS)
            except Refused as refused:
                log.warning("the sound of bulletin %s did not come: %s", row.bulletin_id, refused)
                self._services.not_fetched(row, refused)
            except (OSError, sqlite3.OperationalError) as error:
                log.error("the sound of bulletin %s is not kept: %s", row.bulletin_id, error)  # noqa: TRY400 - a full disk
            finally:
                self._fetching = False

        self._aside(fetch)

    def _fetched(self, row: BulletinRow, client: ProvinceClient, seconds: float) -> BulletinRow:
        with self._station.services.recordings.arriving() as (file, path):
            name = client.fetch_sound(self._services.adapter.bulletin(row).audio_url, file, seconds)
            file.flush()
            return self._services.fetched(row, path, name)

    # Upwards

    def _tell(self) -> bool:
        """A few statuses; whether more are left. A ward with hundreds of outputs tells them over many turns."""
        if not self._to_tell:
            self._to_tell = self._services.link.statuses()
        for body in self._to_tell[:TOLD_A_TURN]:
            self._client.send_status(body)
        self._to_tell = self._to_tell[TOLD_A_TURN:]
        self._heard_well()
        return bool(self._to_tell)

    def _send(self) -> None:
        """The oldest log of the queue; past one that was refused again and again, the next one is tried.

        A server in trouble refuses that one too, and all wait. Where it is taken, the refused one gets one more try and
        is then set aside: the fault was its own.
        """
        rows = self._services.link.rows
        head = rows.next_log()
        if head is None:
            return
        given_up = head.tries >= MOST_REFUSALS and head.id != self._last_chance
        one = (rows.next_log(tried_less_than=MOST_REFUSALS) or head) if given_up else head
        try:
            self._client.send_log(one.key, one.body)
        except Refused as refused:
            if refused.reason == "province_said_no" and one is head:
                rows.log_failed(head, refused, self._clock.now(), for_good=head.id == self._last_chance)
            raise
        rows.log_sent(one.id, self._clock.now())
        self._last_chance = head.id if one is not head else 0
        self._heard_well()

    # How it stands

    def _heard_well(self) -> None:
        self._reached = self._clock.now().isoformat()

    def _fault(self) -> Refused | None:
        """What is worth knowing first: no bulletins, then logs that stay, then statuses."""
        parts = (self._polling, self._sending, self._telling)
        return next((part.fault for part in parts if part.fault is not None), None)

    def _beat(self) -> None:
        now = self._clock.monotonic()
        if now - self._beat_at < BEAT_EVERY:
            return
        self._beat_at = now
        fault, ahead = self._fault(), self._client.server_ahead or timedelta(0)
        off = round(ahead / timedelta(minutes=1)) if abs(ahead) > CLOCK_TOLERANCE else 0
        state = {
            "reached_at": self._reached,
            "reason": fault.reason if fault else "",
            "details": as_texts(fault.details) if fault else {},
            "clock_off_minutes": off,
            "not_taken": self._not_taken.told,
        }
        self._station.repos.jobs.beat("province", os.getpid(), self._clock.now(), state)

    def _forget(self) -> None:
        now = self._clock.monotonic()
        if now - self._forget_at >= FORGET_EVERY:
            self._forget_at = now
            self._services.link.rows.forget(self._clock.now())


def run(station: Station, stop: threading.Event) -> None:
    """The process, until `stop`."""
    ProvinceLink(station).run(stop)
