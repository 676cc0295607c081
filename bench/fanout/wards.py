"""Half of the wards, as a process of its own: the real conversation of the link, an MQTT client, or bare protocol.

A line of JSON on stdin is an order, a line on stdout its answer. Times are of the monotonic clock, which all processes
of a machine share. Every envelope's signature is verified; rows live in memory.
"""

import asyncio
import gc
import json
import logging
import socket
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import paho.mqtt.client as mqtt
from bare import BareWard

from scheduler.extras.town.broker.client import Broker
from scheduler.extras.town.broker.clips import fetch_clip
from scheduler.extras.town.broker.web import TownWeb
from scheduler.extras.town.rules.envelope import Told, UpKind, subjects_for, unseal, up_body
from scheduler.extras.town.work.conversation import Link
from scheduler.extras.town.work.ward import Taken, Up, is_urgent
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import LoaError

CLOCK = SystemClock()
PUMP_EVERY = 3.0
"""Seconds between two looks of a light ward at its outbox, where no other process writes: a thousand of them in one
process would be busy with nothing but looking."""
TOGETHER = 16
"""Sounds that one process fetches at a time."""


class LightWard:
    """What it was given and what it owes, in memory."""

    def __init__(self, ward_id, keys):
        self.ward_id, self.keys, self.subjects = ward_id, keys, subjects_for(ward_id, ())
        self.cursors, self.seen, self.again = {}, {}, 0
        self.rows, self.unsent, self.confirmed = {}, set(), {}

    def cursor(self, subject):
        return self.cursors.get(subject, 0)

    def skip_to(self, subject, sequence):
        self.cursors[subject] = sequence

    def receive(self, raw, subject, sequence, *, in_turn, now_of_hub):  # noqa: ARG002 - as every ward takes it
        issue = unseal(raw, self.keys).id
        acks = ()
        if issue in self.seen:
            self.again += 1
        else:
            self.seen[issue] = CLOCK.monotonic()
            number = len(self.rows) + 1
            body = up_body(Told(self.ward_id, number, UpKind.ACK, CLOCK.now(), {"id": issue, "state": "received"}))
            made = self.rows[number] = Up(number, "ack", body)
            self.unsent.add(number)
            self.confirmed[number] = (issue, None)
            acks = (made,)
        if in_turn:
            self.cursors[subject] = sequence
        return Taken(acks)

    def outbox(self, limit):
        return [self.rows[number] for number in sorted(self.unsent)[:limit]]

    def sent(self, rows):
        now = CLOCK.monotonic()
        for row in rows:
            self.confirmed[row] = (self.confirmed[row][0], now)
        self.unsent -= set(rows)

    def resend(self, first, last, line=None):  # noqa: ARG002 - as every ward takes it
        return 0


class Ward:
    """A light ward on the link."""

    def __init__(self, told, ward_id, seed):
        self.seed = seed
        self.ward = LightWard(ward_id, told["keys"])
        broker = Broker(told["url"], seed, None, f"_INBOX_w{ward_id}")
        self.link = Link(self.ward, broker, CLOCK, messages_a_second=20, pump_every=PUMP_EVERY, is_urgent=is_urgent)

    @property
    def is_ready(self):
        """Connected, and has looked at the log once."""
        return self.link.state.connected and self.link.state.reached_at is not None

    async def run(self):
        await self.link.run(asyncio.Event())


class MqttWard:
    """A light ward behind an MQTT broker, QoS 1 both ways, on the loop of this process."""

    def __init__(self, told, ward_id):
        self.ward, self.is_ready = LightWard(ward_id, told["keys"]), False
        self._port, self._flying = told["mqtt_port"], {}
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"w{ward_id}", clean_session=False)
        self.client.on_connect = lambda client, *_: client.subscribe("loa/all", qos=1)
        self.client.on_subscribe = lambda *_: setattr(self, "is_ready", True)
        self.client.on_message = self._heard
        self.client.on_publish = lambda _c, _u, mid, *_: self.ward.sent([self._flying.pop(mid)])
        loop = asyncio.get_running_loop()
        self.client.on_socket_open = lambda client, _, sock: (
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
            loop.add_reader(sock, client.loop_read),
        )
        self.client.on_socket_close = lambda _c, _u, sock: (loop.remove_reader(sock), loop.remove_writer(sock))
        self.client.on_socket_register_write = lambda client, _, sock: loop.add_writer(sock, client.loop_write)
        self.client.on_socket_unregister_write = lambda _c, _u, sock: loop.remove_writer(sock)

    def _heard(self, client, _, message):
        for row in self.ward.receive(message.payload, "all", 0, in_turn=True, now_of_hub=None).acks:
            sent = client.publish(f"up/{self.ward.ward_id}/ack", row.body, qos=1)
            self._flying[sent.mid] = row.row

    async def run(self):
        self.client.connect("127.0.0.1", self._port, keepalive=60)
        while True:
            await asyncio.sleep(5)
            self.client.loop_misc()


def fetched(told, wards, order):
    """Every ward fetches the sound and verifies it; how many did, and what went wrong first."""
    web_of = [(one.ward.ward_id, TownWeb(told["page"], one.seed)) for one in wards]
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(TOGETHER) as threads:

        def one(ward_id, web):
            try:
                path = fetch_clip(web, order["url"], order["sha256"], order["bytes"], Path(name) / ward_id)
                path.unlink()  # the next ward's room
            except LoaError as error:
                return str(error)
            return ""

        faults = [fault for fault in threads.map(lambda pair: one(*pair), web_of) if fault]
    return {"fetched": len(wards) - len(faults), "fault": faults[0] if faults else ""}


def made(told, ward_id, seed):
    if "mqtt_port" in told:
        return MqttWard(told, ward_id)
    return BareWard(told, ward_id, seed) if told.get("bare") else Ward(told, ward_id, seed)


async def main():
    logging.disable(logging.CRITICAL)
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    told = json.loads(await lines.readline())
    pairs = told["wards"]
    wards = [made(told, one, seed) for one, seed in pairs]
    tasks = []
    for place, one in enumerate(wards):
        tasks.append(loop.create_task(one.run()))
        if place % 25 == 24:
            await asyncio.sleep(0.05)  # the storm is measured elsewhere
    while line := await lines.readline():
        order = json.loads(line)
        match order["do"]:
            case "ready":
                answer = {"ready": sum(one.is_ready for one in wards)}
                if answer["ready"] == len(wards):  # a real ward's collector has one link to look through, not 1,500
                    gc.collect()
                    gc.freeze()
            case "count":
                issues = set(order["issues"])
                told_of = [
                    sum(issue in issues and at is not None for issue, at in one.ward.confirmed.values())
                    for one in wards
                ]
                held = [len(issues & one.ward.seen.keys()) for one in wards]
                answer = {"acknowledged": sum(told_of), "held": sum(held), "connected": sum(map(connected, wards))}
            case "times":
                answer = {
                    "held": [one.ward.seen[order["issue"]] for one in wards if order["issue"] in one.ward.seen],
                    "acknowledged": [
                        at
                        for one in wards
                        for issue, at in one.ward.confirmed.values()
                        if issue == order["issue"] and at is not None
                    ],
                }
            case "clip":
                answer = await loop.run_in_executor(None, fetched, told, wards, order)
            case _:
                break
        print(json.dumps(answer), flush=True)
    for task in tasks:
        task.cancel()


def connected(one):
    match one:
        case Ward():
            return one.link.state.connected
        case MqttWard():
            return one.client.is_connected()
        case _:
            return one.connected()


if __name__ == "__main__":
    asyncio.run(main())
