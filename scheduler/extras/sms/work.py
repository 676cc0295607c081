"""Sends what was ordered, one number after the other at the configured pace, beside the worker's other work.

Every number is claimed in its row before its request leaves, so that a crash leaves no doubt about what is in doubt.
Refusals that pass are tried again after a growing pause; a gateway that answers nobody halts the sending. It holds a
lock: two senders on one data folder cannot be. Whether a number may be sent to is `desk.sms_sendings`' to say.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from filelock import FileLock, Timeout

from scheduler.config.loading import Config
from scheduler.core.mobile_numbers import mobile
from scheduler.extras.sms.gateway import Fate, Gateway, GatewayAnswer, KannelGateway, KannelSettings
from scheduler.extras.sms.keys import SmsConfig
from scheduler.extras.sms.rules.approval import BatchState, RecipientState
from scheduler.extras.sms.rules.kept import SmsBatch, SmsRecipient
from scheduler.extras.sms.service.sendings import SmsSendings
from scheduler.kernel.errors import LoaError
from scheduler.services import Services
from scheduler.station import Station

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between looks for a sending while there is none."""
FAULT_WAIT = 3.0
"""Seconds until the next try when the disk or the database takes nothing."""
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0
"""Seconds of rest after the first refusal that passes, doubled with each further one in a row, and at most."""
LATER_HALTS, DOUBT_HALTS = 10, 3
"""So many refusals that pass, or requests of which nobody knows, in a row halt a sending."""


class SmsSender:
    """`send_one` sees one recipient through; `run` goes on until told to stop."""

    def __init__(self, services: Services, gateway: Gateway) -> None:
        self._services = services
        self._sendings = services.get(SmsSendings)
        self._rows = services.get(SmsSendings).batches
        self._clock = services.repos.clock
        self._gateway = gateway
        self._next_at = float("-inf")
        self._laters: dict[int, int] = {}
        self._doubts: dict[int, int] = {}
        self._rests_until: dict[int, float] = {}

    def run(self, stop: threading.Event) -> None:
        """Send what is ordered until `stop`. Any fault is a line in the log and a pause."""
        while not stop.is_set():
            try:
                worked = self.has_work() and self.work(stop)
            except (LoaError, OSError, sqlite3.OperationalError) as error:
                log.error("the SMS sender waits: %s", error)  # noqa: TRY400 - a full disk says the same again and again
                stop.wait(FAULT_WAIT)
            except Exception:  # the edge of the sender: whatever it is, the worker's other work must go on
                log.exception("the SMS sender failed")
                stop.wait(FAULT_WAIT)
            else:
                stop.wait(0 if worked else LOOK_EVERY)

    def has_work(self) -> bool:
        return bool(self._rows.sending_ids())

    def work(self, stop: threading.Event, batch_id: int | None = None) -> bool:
        """Send until nothing is due (only of `batch_id`, where given); False when another sender is at work."""
        try:
            with FileLock(self._services.repos.config.data / "sms.lock", timeout=0):
                if found := self._rows.recover(self._clock.now()):
                    log.warning("%d SMS were under way when the sender before this one ended: unknown", found)
                while not stop.is_set() and (wait := self.wait_for(batch_id)) is not None:
                    if wait:
                        stop.wait(min(wait, LOOK_EVERY))
                    else:
                        self.send_one(batch_id)
        except Timeout:
            return False
        return True

    def wait_for(self, batch_id: int | None = None) -> float | None:
        """Seconds until the next number is due; None when there is none to send to."""
        ids = [one for one in self._rows.sending_ids() if batch_id in {None, one}]
        if not ids:
            return None
        due = min(self._rests_until.get(one, float("-inf")) for one in ids)
        return max(0.0, max(due, self._next_at) - self._clock.monotonic())

    def send_one(self, batch_id: int | None = None) -> bool:
        """Take the next recipient of the oldest sending that does not rest; False when there is none."""
        mono = self._clock.monotonic()
        for one_id in self._rows.sending_ids():
            if batch_id not in {None, one_id} or self._rests_until.get(one_id, mono) > mono:
                continue
            batch = self._rows.get(one_id)
            if (one := self._sendings.take_next(batch)) is None:
                continue
            self._next_at = mono + 1 / self._services.repos.config.get(SmsConfig).rate_per_second
            self._settle(batch, one, self._gateway.send(one.number, batch.body))
            return True
        return False

    def _settle(self, batch: SmsBatch, one: SmsRecipient, answer: GatewayAnswer) -> None:
        state = _STATES[answer.fate]
        if answer.fate is Fate.LATER and one.attempts >= self._services.repos.config.get(SmsConfig).tries:
            state = RecipientState.FAILED
        self._rows.settle(
            one, state, self._clock.now(), answer=answer.told, reason=answer.reason, details=answer.details
        )
        if answer.fate is Fate.SENT:
            self._laters.pop(batch.id, None)
            self._doubts.pop(batch.id, None)
            self._sendings.rest(batch, "", {})
        elif answer.halts or answer.fate is Fate.HALT:
            self._halt(batch, answer)
        elif answer.fate is Fate.LATER:
            self._pause(batch, answer, self._laters, LATER_HALTS)
        elif answer.reason != "sms_number_refused":
            self._pause(batch, answer, self._doubts, DOUBT_HALTS)

    def _pause(self, batch: SmsBatch, answer: GatewayAnswer, row: dict[int, int], halts: int) -> None:
        """Give the gateway a rest that grows, and the sending to a person when it does not help."""
        row[batch.id] = row.get(batch.id, 0) + 1
        if row[batch.id] >= halts:
            self._halt(batch, answer)
            return
        pause = min(FIRST_PAUSE * 2 ** (row[batch.id] - 1), LONGEST_PAUSE)
        self._rests_until[batch.id] = self._clock.monotonic() + pause
        self._sendings.rest(batch, answer.reason, answer.details)

    def _halt(self, batch: SmsBatch, answer: GatewayAnswer) -> None:
        log.warning("sending %d halted: %s", batch.id, answer.reason)
        for counts in (self._laters, self._doubts):
            counts.pop(batch.id, None)
        self._rests_until.pop(batch.id, None)
        self._sendings.halt(batch, answer.reason, answer.details)

    def see_through(self, batch_id: int) -> SmsBatch:
        """Send a sending to its end or its halt, beside a running worker or without one."""
        never = threading.Event()
        while (batch := self._rows.get(batch_id)).state is BatchState.SENDING:
            if not self.work(never, batch_id):
                self._clock.sleep_until(self._clock.monotonic() + LOOK_EVERY)
        return batch


@contextmanager
def sending_beside(station: Station, stop: threading.Event) -> Iterator[None]:
    """Let a thread send what is ordered while the body runs; without a gateway in the configuration there is none."""
    services = station.services
    if not services.get(SmsSendings).is_on:
        yield
        return
    sender = SmsSender(services, gateway_of(services.repos.config, services.repos.clock.monotonic))
    thread = threading.Thread(target=sender.run, args=(stop,), name="sms", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


_STATES = {
    Fate.SENT: RecipientState.SENT,
    Fate.FAILED: RecipientState.FAILED,
    Fate.UNKNOWN: RecipientState.UNKNOWN,
    Fate.LATER: RecipientState.WAITING,
    Fate.HALT: RecipientState.WAITING,
}


def gateway_of(config: Config, monotonic: Callable[[], float]) -> KannelGateway:
    """The gateway of a configuration that names one."""
    sms = config.get(SmsConfig)
    return KannelGateway(
        KannelSettings(
            url=sms.url,
            user=sms.user,
            password_file=config.folder / sms.password_file if sms.password_file else None,
            sender=sms.sender,
            timeout=sms.timeout_seconds,
            allowed_hosts=sms.allowed_hosts,
        ),
        monotonic,
    )


MOST_OF_FAULT = 300
"""Characters of an SMS that tells of a fault."""


def fault_channels(services: Services) -> Mapping[str, Callable[[str], bool]]:
    """An SMS to each number of `[faults]`: whether the gateway has taken the line, as far as is known."""
    config = services.repos.written
    if not config.get(SmsConfig).url:
        return {}
    gateway = gateway_of(config, services.repos.clock.monotonic)

    def to(number: str) -> Callable[[str], bool]:
        return lambda line: gateway.send(number, line[:MOST_OF_FAULT]).fate in {Fate.SENT, Fate.UNKNOWN}

    numbers = dict.fromkeys(mobile(one, zero_may_be_lost=False) for one in config.faults.sms)
    return {f"sms {number}": to(number) for number in numbers}
