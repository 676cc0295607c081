"""Tells of a fault elsewhere than on the page, once when it begins and once when it is over.

The ways are a row of the journal, a command, an SMS, a webhook. Each has a thread of its own, so that one that hangs
holds up none of the others, and nothing that sounds. What was told stands in the log of faults and outlives the
process; what was not taken is tried again for a day, ever more seldom. It never judges what a fault is.
"""

import json
import logging
import os
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.config.loading import Config
from scheduler.core.station.station_faults import FaultRecord, fault_note
from scheduler.core.words.wording import sentence_of
from scheduler.features import wanted as of_extras
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import LoaError
from scheduler.kernel.net.client import Addresses, HttpClient, Limits
from scheduler.services.fault_log import FaultLog

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["JOURNAL", "FaultNotice", "Teller", "channels_of", "fault_words"]

log = logging.getLogger(__name__)

JOURNAL, COMMAND, WEBHOOK = "journal", "command", "webhook"
LOOK_EVERY = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0
GIVEN_UP = timedelta(days=1)
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class FaultNotice:
    """One thing to be told: that a fault began, or that it is over."""

    record: FaultRecord
    over: bool


Tell = Callable[[FaultNotice], bool]
"""Tells it; whether it was taken. May raise anything: that is a no."""


class Teller:
    """One way out. `turn` tells what is due; `run` goes on until told to stop."""

    def __init__(self, name: str, tell: Tell, kept: FaultLog, clock: Clock) -> None:
        self.name, self._tell, self._log, self._clock = name, tell, kept, clock
        self._pause, self._next = FIRST_PAUSE, float("-inf")

    def turn(self) -> None:
        """Tell the oldest first; after a no, nothing before the pause is over."""
        if self._clock.monotonic() < self._next:
            return
        for record in reversed(self._log.records()):
            while (what := self._due(record)) is not None:
                if not self._took(what):
                    self._next = self._clock.monotonic() + self._pause
                    self._pause = min(self._pause * 2, LONGEST_PAUSE)
                    return
                self._pause = FIRST_PAUSE
                done = "over" if what.over else "began"
                self._log.told(record.number, self.name, done)
                record = next((one for one in self._log.records() if one.number == record.number), record)  # noqa: PLW2901

    def _due(self, record: FaultRecord) -> FaultNotice | None:
        last = record.told.get(self.name)
        if last is None or last == "over" or (last == "began" and record.ended is None):
            return None
        at = record.began if last == "" or record.ended is None else record.ended
        if self._clock.now() - at > GIVEN_UP:
            return None
        return FaultNotice(record, over=last == "began")

    def _took(self, what: FaultNotice) -> bool:
        try:
            return self._tell(what)
        except (LoaError, OSError, sqlite3.Error, ValueError) as error:
            log.warning("%s was not told of fault %d: %s", self.name, what.record.number, error)
            return False

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_EVERY):
            try:
                self.turn()
            except Exception:  # whatever it is, the next fault must be told
                log.exception("telling %s of faults failed", self.name)


def channels_of(services: "Services") -> Mapping[str, Tell]:
    """Every way out that the configuration names, and the journal."""
    config, clock = services.repos.written, services.repos.clock
    wanted, timeout = config.faults, config.faults.timeout_seconds
    found: dict[str, Tell] = {JOURNAL: lambda what: _journal(services, what)}
    if wanted.command:
        found[COMMAND] = lambda what: _command(wanted.command, _document(what, config), timeout)
    if wanted.webhook:
        found[WEBHOOK] = lambda what: _post(config, _document(what, config), clock.monotonic)
    for channels in of_extras(lambda one: one.channels, config, lambda _: False):
        takes: Mapping[str, Callable[[str], bool]] = channels(services)
        found |= {name: _in_words(take, config) for name, take in takes.items()}
    return found


def _in_words(take: Callable[[str], bool], config: Config) -> Tell:
    return lambda what: take(fault_words(what, config))


def fault_words(what: FaultNotice, config: Config) -> str:
    """One line for a person: which station, since when, what; and that it is over."""
    record, local = what.record, config.station.local
    told = sentence_of(record.fault)
    began = f"{local(record.began):%H:%M %d/%m}"
    if what.over and record.ended is not None:
        return f"{config.station.name}: hết lỗi lúc {local(record.ended):%H:%M %d/%m} (có từ {began}). {told}"
    return f"{config.station.name}: có lỗi từ {began}. {told}"


def _document(what: FaultNotice, config: Config) -> bytes:
    record = what.record
    told = {
        "station": config.station.name,
        "event": "over" if what.over else "began",
        "number": record.number,
        "key": record.fault.key,
        "reason": record.fault.reason,
        "details": dict(record.fault.details),
        "began": record.began.isoformat(),
        "ended": record.ended.isoformat() if what.over and record.ended else None,
        "text": fault_words(what, config),
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _journal(services: "Services", what: FaultNotice) -> bool:
    record = what.record
    at = record.ended if what.over and record.ended else record.began
    day = services.repos.written.station.day_of(at).isoformat()
    if services.repos.store.is_fenced:
        return True  # the machine that has the air keeps the journal
    reason = "fault_over" if what.over else "fault_began"
    services.repos.journal.note(
        "fault", day, reason, fault_note(record.fault, over=what.over), services.repos.clock.now()
    )
    return True


def _command(command: tuple[str, ...], document: bytes, timeout: float) -> bool:
    """Run the ward's own command; one that hangs is ended with all it has started."""
    process = subprocess.Popen(  # noqa: S603 - the ward's own command, word by word from config.toml
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.communicate(document, timeout)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.warning("the command of [faults] hung for %g s and was ended", timeout)
    return process.returncode == 0


def _post(config: Config, document: bytes, monotonic: Callable[[], float]) -> bool:
    wanted = config.faults
    addresses = Addresses(allowed_hosts=wanted.allowed_hosts)
    client = HttpClient(addresses, Limits(wanted.timeout_seconds, connect=wanted.timeout_seconds), monotonic=monotonic)
    headers = {"Content-Type": "application/json"}
    with client.ask("POST", wanted.webhook, headers=headers, body=document) as answer:
        if answer.status not in _OK:
            log.warning("the webhook of [faults] answered %d", answer.status)
        return answer.status in _OK
