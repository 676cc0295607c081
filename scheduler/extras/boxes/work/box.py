"""The box's end: the ward's orders into rows, what the box measured back to it, its sounds fetched ahead of time.

Each turn takes what has come, airs what is urgent, and reports. A sound is fetched beside the loop, one at a time,
emergencies first; an emergency whose sound is not here in a second is spoken by the box's own voice. Without the ward
nothing changes: the rows that playout plays are here.
"""

import logging
import secrets
import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.extras.boxes.keys import BoxConfig, MqttConfig
from scheduler.extras.boxes.rules.messages import (
    ClusterKind,
    Freshness,
    Order,
    Topics,
    freshness,
    order_of,
    seal_message,
)
from scheduler.extras.boxes.rules.plan import BoxSlot
from scheduler.extras.boxes.service.box import BoxService
from scheduler.extras.boxes.work.box_state import BoxReport
from scheduler.extras.boxes.work.fetch import fetch_clip
from scheduler.extras.boxes.work.mqtt import Came, Mqtt, Will, client_id
from scheduler.kernel.errors import NOTHING_KEPT, LoaError, Refused
from scheduler.station import Station

__all__ = ["BoxLink", "run"]

log = logging.getLogger(__name__)

TURN = 0.1
FAULT_WAIT = 3.0
BEAT_EVERY = 2.0
LOOK_EVERY = 0.5
REPORT_EVERY = 10.0
"""Seconds after which a report that the ward has not confirmed is told again."""
SPEAK_AFTER = 0.8
"""Seconds that an emergency waits for its sound before its words are spoken here; none where the page is not there."""
CLOCK_WAIT = 3.0
"""Seconds that an order waits for the ward's clock when this one must be wrong."""
SETTLE_EVERY = 1.0
FORGET_EVERY = 3600.0
_ONLINE, _OFFLINE = b'{"presence": "online"}', b'{"presence": "offline"}'


@dataclass(slots=True)
class _Pending:
    """An order that is not done yet: it waits for a clock or for its sound."""

    order: Order
    since: float
    slot: BoxSlot | None = None


class BoxLink:
    """`step` does what is due; `run` goes on until told to stop."""

    def __init__(self, station: Station) -> None:
        config = station.written
        self._station = station
        self._clock = station.clock
        self._services = station.services.get(BoxService)
        self._box = config.get(BoxConfig)
        self._topics = Topics(config.get(BoxConfig).ward_id, config.get(BoxConfig).id)
        name = client_id(f"cum-{config.get(BoxConfig).id}", config.get(BoxConfig).ward_id, self._services.public_key())
        will = Will(self._topics.presence, _OFFLINE)
        self._mqtt = Mqtt(config.get(MqttConfig), config.folder, name, [self._topics.cmd], will=will)
        self._report = BoxReport(station)
        self._fetching = self._came = False
        self._settled_at = float("-inf")
        self._pending: dict[str, _Pending] = {}
        self._nonce, self._asked_at = "", float("-inf")
        self._ahead: timedelta | None = None
        self._mark: object = None
        self._is_new = True
        self._told_at = self._beat_at = self._looked_at = self._reported_at = self._forgot_at = float("-inf")
        self._reported: object = None

    def run(self, stop: threading.Event) -> None:
        """Turn until `stop`. A full disk or a locked database is waited for."""
        started = False
        while not stop.is_set():
            try:
                if not started:
                    self._mqtt.start()
                    started = True
                self.step()
            except Refused as refused:
                log.error("the box waits: %s", refused)  # noqa: TRY400 - it says the same again and again
                stop.wait(FAULT_WAIT)
            except (LoaError, OSError, sqlite3.OperationalError) as error:
                log.error("the box waits: %s", error)  # noqa: TRY400 - a full disk says the same again and again
                stop.wait(FAULT_WAIT)
        if started:
            self._mqtt.stop(Will(self._topics.presence, _OFFLINE))

    def step(self) -> None:
        """One turn."""
        for came in self._mqtt.take(TURN):
            if came.is_connection:
                self._connection(is_up=bool(came.payload))
            elif came.topic == self._topics.cmd and not came.retained:
                self._take(came)
        for one in list(self._pending.values()):
            self._go_on(one)
        self._settle()
        self._fetch()
        self._tell()
        self._tell_report()
        self._beat()

    # Orders

    def _connection(self, *, is_up: bool) -> None:
        if not is_up:
            return
        self._mqtt.publish(self._topics.presence, _ONLINE, retain=True)
        self._nonce, self._asked_at = secrets.token_hex(8), self._clock.monotonic()
        self._is_new = True

    def _take(self, came: Came) -> None:
        try:
            order = order_of(came.payload, self._box.ward_key, self._box.ward_id, self._box.id)
        except Refused as refused:
            log.warning("an order is not obeyed: %s", refused)
            return
        if order.kind is ClusterKind.SEEN:
            self._seen(order)
        elif order.id not in self._pending and not self._services.is_known(order):
            self._go_on(_Pending(order, self._clock.monotonic()))

    def _seen(self, order: Order) -> None:
        """The ward's answer: its clock, where it was asked for, and how far it has our reports."""
        if self._nonce and order.body.get("nonce") == self._nonce:
            middle = (self._clock.monotonic() - self._asked_at) / 2
            told = datetime.fromisoformat(str(order.body["now"])) + timedelta(seconds=middle)
            self._ahead = self._clock.now() - told
            self._services.hear_clock(self._ahead)
            self._nonce = ""
        self._services.seen(order.body)
        self._reported = None

    def _go_on(self, one: _Pending) -> None:
        """As far as an order can go now: done, refused, or kept for the next turn."""
        order = one.order
        waited = self._clock.monotonic() - one.since > CLOCK_WAIT
        try:
            fresh = freshness(order, self._clock.now(), self._ahead, waited=waited)
            if fresh is Freshness.EXPIRED:
                self._services.refuse(order, "expired", "cluster_expired")
            elif fresh is Freshness.WAITS or not self._obey(one):
                self._pending[order.id] = one
                return
        except Refused as refused:
            if refused.reason in NOTHING_KEPT:
                self._pending[order.id] = one
                raise
            self._services.refuse(order, "refused", refused.reason)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            log.exception("order %s could not be obeyed", order.id)
            self._services.refuse(order, "refused", "cluster_plan_bad")
        self._pending.pop(order.id, None)

    def _obey(self, one: _Pending) -> bool:
        """Whether the order is done with."""
        order = one.order
        match order.kind:
            case ClusterKind.PLAN:
                if not self._services.is_known(order):
                    self._services.take_plan(order)
            case ClusterKind.EMERGENCY:
                return self._emergency(one)
            case ClusterKind.TEST:
                self._station.test_output(self._services.ward(), quiet=False)
                self._services.done(order)
            case _:
                self._services.obey(order)
        return True

    def _emergency(self, one: _Pending) -> bool:
        told = one.slot = one.slot or self._services.read_emergency(one.order)
        if not self._services.want_at_once(told):
            self._services.air_emergency(one.order, told)
            return True
        wanted = self._services.rows.clip(told.clip.sha256)
        comes = wanted is None or not wanted.reason
        if comes and self._clock.monotonic() - one.since < SPEAK_AFTER:
            return False
        if not told.text:
            raise Refused("audio_missing")
        limit = max(self._station.config.speech.max_chars, len(told.text))
        spoken = self._station.speak_now(self._services.ward(), told.title, told.text, limit=limit)
        self._services.air_emergency(one.order, told, spoken)
        return True

    # Sounds

    def _settle(self) -> None:
        """Slots whose sounds have come go to playout: when one has, and now and then."""
        seconds = self._clock.monotonic()
        if self._came or seconds - self._settled_at >= SETTLE_EVERY:
            self._came, self._settled_at = False, seconds
            self._services.settle()

    def _fetch(self) -> None:
        """The next sound that is wanted, one at a time, on a thread of its own: no slow page holds up a stop."""
        if self._fetching or (wanted := self._services.rows.next_clip(self._clock.now())) is None:
            return
        self._fetching = True

        def work() -> None:
            try:
                fetch_clip(
                    self._box.page_url, wanted.clip, self._station.repos.library, self._station.config.data / "parts"
                )
                self._services.clip_came(wanted.clip.sha256)
                self._came = True
            except (LoaError, OSError) as error:
                reason = error.reason if isinstance(error, Refused) else "cluster_sound_cut"
                log.warning("sound %s… has not come: %s", wanted.clip.sha256[:12], error)
                self._failed(wanted.clip.sha256, reason)
            except Exception:
                log.exception("fetching sound %s… failed", wanted.clip.sha256[:12])
                self._failed(wanted.clip.sha256, "cluster_sound_cut")
            finally:
                self._fetching = False
                self._station.repos.store.close()  # this thread's connection

        threading.Thread(target=work, name="sound", daemon=True).start()

    def _failed(self, sha256: str, reason: str) -> None:
        try:
            self._services.clip_did_not_come(sha256, reason)
        except (LoaError, sqlite3.Error) as error:
            log.error("not noted: %s", error)  # noqa: TRY400 - a full disk says the same again and again

    # Telling

    def _tell(self) -> None:
        """The state: at its interval, and when something has changed."""
        seconds = self._clock.monotonic()
        if seconds - self._looked_at < LOOK_EVERY and not self._is_new:
            return
        self._looked_at = seconds
        mark = self._report.look()
        if not (self._is_new or mark != self._mark or seconds - self._told_at >= self._box.report_seconds):
            return
        if self._nonce:
            self._asked_at = seconds
        told = seal_message(self._report.state(nonce=self._nonce), self._services.private_key())
        if self._mqtt.publish(self._topics.state, told, retain=True) is not None:
            self._mark, self._told_at, self._is_new = mark, seconds, False

    def _tell_report(self) -> None:
        """What the ward has not seen; the same again only after a while."""
        seconds = self._clock.monotonic()
        if not self._mqtt.connected:
            return
        told = self._report.unseen()
        if told is None:
            return
        mark = [one["seq"] for one in told["airings"]], [one["number"] for one in told["answers"]]
        if mark == self._reported and seconds - self._reported_at < REPORT_EVERY:
            return
        if self._mqtt.publish(self._topics.log, seal_message(told, self._services.private_key())) is not None:
            self._reported, self._reported_at = mark, seconds

    def _beat(self) -> None:
        seconds = self._clock.monotonic()
        if seconds - self._beat_at >= BEAT_EVERY:
            self._beat_at = seconds
            self._report.beat(connected=self._mqtt.connected, reason=self._mqtt.fault)
        if seconds - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = seconds
            self._services.forget()


def run(station: Station, stop: threading.Event) -> None:
    """The process, until `stop`."""
    BoxLink(station).run(stop)
