"""The ward's end: orders out of rows, reports into rows, over the MQTT server inside the ward.

Urgent orders are looked for ten times a second, plans once a second when rows have changed. An order stays unsent until
the server has confirmed it, and is sent again to a box that comes back without having answered it. A fault is a word in
the heartbeat, never the end of the loop.
"""

import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass

from scheduler.extras.boxes.keys import ClusterConfig, MqttConfig
from scheduler.extras.boxes.rows.ward import order_of_row
from scheduler.extras.boxes.rules.messages import ClusterKind, Order, Topics
from scheduler.extras.boxes.rules.state import presence_of
from scheduler.extras.boxes.rules.vendor import louder, read_vendor_log, vendor_messages
from scheduler.extras.boxes.service.boxes import ClusterService
from scheduler.extras.boxes.service.link import PROCESS, ward_of
from scheduler.extras.boxes.work.mqtt import Came, Mqtt, client_id
from scheduler.kernel.errors import LoaError, Refused
from scheduler.station import Station
from scheduler.store import Row, instant_text

__all__ = ["ClusterLink", "run"]

log = logging.getLogger(__name__)

TURN = 0.1
FAULT_WAIT = 3.0
BEAT_EVERY = 2.0
PLAN_EVERY = 1.0
PLAN_LATEST = 60.0
"""Seconds after which plans are made anew although no row has changed: the day goes on."""
CONFIRM_WITHIN = 10.0
"""Seconds after which an order that the server has not confirmed is sent again."""
FORGET_EVERY = 24 * 3600.0
UNREADABLE = "cluster_unreadable"
FULL = 100
"""Percent."""


@dataclass(slots=True)
class _InFlight:
    seq: int
    since: float


class ClusterLink:
    """`step` does what is due; `run` goes on until told to stop."""

    def __init__(self, station: Station) -> None:
        config = station.config
        self._station = station
        self._clock = station.clock
        self._services = station.services.get(ClusterService).link
        self._ward = ward_of(config)
        self._clusters = {cluster.id: cluster for cluster in config.all(ClusterConfig)}
        self._ways = dict(way for cluster in config.all(ClusterConfig) for way in self._ways_of(cluster))
        key = self._services.public_key()
        self._mqtt = Mqtt(
            config.get(MqttConfig), config.folder, client_id("phuong", self._ward, key), self._ways, with_expiry=True
        )
        self._in_flight: dict[int, _InFlight] = {}
        self._version = (-1, -1)
        self._plan_owed = True
        self._planned_at = self._beat_at = self._forgot_at = float("-inf")

    def _ways_of(self, cluster: ClusterConfig) -> list[tuple[str, Callable[[Came], None]]]:
        """Topics to listen on, each with what is done about a message."""
        if cluster.kind == "vendor":
            names = [
                one.replace("{id}", cluster.id)
                for one in (cluster.state_topic, cluster.log_topic, cluster.presence_topic)
            ]
            acts = (self._vendor_state, self._vendor_log, self._presence)
        else:
            topics = Topics(self._ward, cluster.id)
            names, acts = [topics.state, topics.log, topics.presence], (self._state, self._log, self._presence)
        return [(name, _bound(act, cluster)) for name, act in zip(names, acts, strict=True)]

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
                log.error("the link to the boxes waits: %s", refused)  # noqa: TRY400 - it says the same again and again
                self._mqtt.fault = refused.reason
                self._beat()
                stop.wait(FAULT_WAIT)
            except (LoaError, OSError, sqlite3.OperationalError) as error:
                log.error("the link to the boxes waits: %s", error)  # noqa: TRY400 - a full disk says the same again
                stop.wait(FAULT_WAIT)
        if started:
            self._mqtt.stop()

    def step(self) -> None:
        """One turn: what has come, what is urgent, what is planned, what is to be sent."""
        for came in self._mqtt.take(TURN):
            if not came.is_connection:
                self._take(came)
            elif not came.payload:
                self._in_flight.clear()
        now, version = self._clock.now(), self._station.repos.store.version()
        if version != self._version:
            self._services.make_urgent(now)
        self._plan(changed=version != self._version)
        self._version = version
        self._send()
        self._beat()
        self._forget()

    def _plan(self, *, changed: bool) -> None:
        seconds = self._clock.monotonic()
        self._plan_owed = self._plan_owed or changed
        since = seconds - self._planned_at
        if (self._plan_owed and since >= PLAN_EVERY) or since >= PLAN_LATEST:
            self._plan_owed, self._planned_at = False, seconds
            self._services.make_plans(self._clock.now())

    # What comes

    def _take(self, came: Came) -> None:
        way = self._ways.get(came.topic)
        if way is None:
            return
        try:
            way(came)
        except (ArithmeticError, LookupError, TypeError, ValueError):  # that one message is lost, and no other
            log.exception("a message on %s could not be read", came.topic)

    def _state(self, cluster: ClusterConfig, came: Came) -> None:
        self._answer(self._services.state(cluster, came.payload, self._clock.now(), retained=came.retained))

    def _log(self, cluster: ClusterConfig, came: Came) -> None:
        self._answer(self._services.report(cluster, came.payload, self._clock.now()))

    def _answer(self, order: Order | None) -> None:
        if order is not None:
            self._mqtt.publish(Topics(self._ward, order.cluster).cmd, self._services.seal(order))

    def _presence(self, cluster: ClusterConfig, came: Came) -> None:
        self._services.presence(cluster.id, presence_of(_json(came.payload)), self._clock.now())

    def _vendor_state(self, cluster: ClusterConfig, came: Came) -> None:
        told, now = _json(came.payload), self._clock.now()
        if not isinstance(told, dict):
            self._services.rows.note(cluster.id, {"refused": UNREADABLE, "refused_at": instant_text(now)})
            return
        row: Row = {"state_json": json.dumps(told, ensure_ascii=False), "refused": ""}
        if not came.retained or self._services.rows.seen(cluster.id).state_at is None:
            row |= {"state_at": instant_text(now), "online": 1, "online_at": instant_text(now)}
        self._services.rows.note(cluster.id, row)

    def _vendor_log(self, cluster: ClusterConfig, came: Came) -> None:
        told = _json(came.payload)
        report = read_vendor_log(told, self._station.config.station.time_zone) if isinstance(told, dict) else None
        if report is not None:
            source, now = "vendor", instant_text(self._clock.now())
            self._services.rows.add_airing({"cluster_id": cluster.id, "source": source, "received_at": now} | report)

    # What goes

    def _send(self) -> None:
        seconds, now = self._clock.monotonic(), self._clock.now()
        for number in self._mqtt.confirmed():
            if flight := self._in_flight.pop(number, None):
                self._services.rows.sent(flight.seq, now)
        late = [number for number, one in self._in_flight.items() if seconds - one.since > CONFIRM_WITHIN]
        for number in late:
            del self._in_flight[number]
        flying = {one.seq for one in self._in_flight.values()}
        if not self._mqtt.connected:
            return
        for row in self._services.rows.unsent(now):
            cluster = self._clusters.get(row["cluster_id"])
            if cluster is not None and row["seq"] not in flying:
                self._publish(cluster, order_of_row(row, self._ward), seconds)

    def _publish(self, cluster: ClusterConfig, order: Order, seconds: float) -> None:
        if cluster.kind == "loa":
            number = self._mqtt.publish(Topics(self._ward, cluster.id).cmd, self._services.seal(order))
            if number is not None:
                self._in_flight[number] = _InFlight(order.seq, seconds)
            return
        config = self._station.config
        left = round((order.expires - self._clock.now()).total_seconds()) if order.expires else None
        messages = vendor_messages(order, config.get(MqttConfig).page_url, config.station.time_zone)
        seen = self._services.rows.seen(cluster.id)
        if order.kind is ClusterKind.EMERGENCY and seen.muted:  # its silence is a volume of nought: lives go first
            messages.insert(0, louder(order, seen.volume or FULL))
            self._services.rows.note(cluster.id, {"muted": 0})
        topic = cluster.command_topic.replace("{id}", cluster.id)
        numbers = [
            self._mqtt.publish(topic, json.dumps(one, ensure_ascii=False).encode(), seconds=left) for one in messages
        ]
        if not numbers:  # a vendor's box has no such order
            self._services.rows.sent(order.seq, self._clock.now())
        elif numbers[-1] is not None:
            self._in_flight[numbers[-1]] = _InFlight(order.seq, seconds)

    # Life

    def _beat(self) -> None:
        if self._clock.monotonic() - self._beat_at >= BEAT_EVERY:
            self._beat_at = self._clock.monotonic()
            state = {"connected": self._mqtt.connected, "reason": self._mqtt.fault}
            self._station.repos.jobs.beat(PROCESS, os.getpid(), self._clock.now(), state)

    def _forget(self) -> None:
        if self._clock.monotonic() - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = self._clock.monotonic()
            self._services.forget(self._clock.now())


def _bound(act: Callable[[ClusterConfig, Came], None], cluster: ClusterConfig) -> Callable[[Came], None]:
    return lambda came: act(cluster, came)


def _json(payload: bytes) -> object:
    """What a vendor's box wrote; text where it is no JSON."""
    text = payload.decode("utf-8-sig", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def run(station: Station, stop: threading.Event) -> None:
    """The process, until `stop`."""
    ClusterLink(station).run(stop)
