"""The town of the link's tests: a real broker with streams, a signing key, a page with sounds; used without asyncio."""

import asyncio
import hashlib
import json
import os
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import nats.errors
import nats.js.errors
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scheduler.core.model import Priority
from scheduler.extras.town.broker.client import Broker, connect, jetstream
from scheduler.extras.town.broker.setup import DISPATCH, UP, ensure_streams
from scheduler.extras.town.rules.envelope import Envelope, Kind, new_id, public_hex, seal, subject_of
from scheduler.kernel.errors import Refused
from tests.extras.town.broker.servers import CLOCK, pause

PATIENCE = 120.0


def wait_until(found, what="it", seconds=PATIENCE):
    """Wait for `found()` to give something true; give that."""
    end = CLOCK.monotonic() + seconds
    while CLOCK.monotonic() < end:
        if answer := found():
            return answer
        pause(0.02)
    raise AssertionError(f"waited {seconds:g} s in vain for {what}")


class TownSide:
    """Issues envelopes and reads what came up, over a connection of its own that outlives the broker's deaths."""

    def __init__(self, server, *, replicas=1, duplicate_seconds=600.0):
        self.server = server
        self.private = Ed25519PrivateKey.generate()
        self.issuer = public_hex(self.private)
        self.sequence = 0
        self.faults = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._replicas, self._duplicates = replicas, duplicate_seconds
        self._read = {}
        """What UP was seen to hold, by the log's own birth and the place in it: it never changes."""
        self.client = None

    def connect(self):
        if self.client is None:
            self.client = self.call(
                connect(
                    Broker(
                        self.server.url,
                        self.server.hub_seed if self.server.wards is not None else None,
                        self.server.ca_file,
                    ),
                    name="hub",
                    on_fault=self.faults.append,
                )
            )
        wait_until(lambda: self.client.is_connected, "the town's own line")
        self._patiently(lambda: ensure_streams(self.js, self._replicas, duplicate_seconds=self._duplicates))
        return self

    def call(self, coroutine, seconds=PATIENCE):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(seconds)

    def _patiently(self, question):
        """What `question` answers; asked again while the broker does not answer, or has not yet what is asked for."""

        def answered():
            try:
                return [self.call(question())]
            except (TimeoutError, Refused, nats.errors.Error):
                return None

        return wait_until(answered, "an answer of the broker")[0]

    @property
    def js(self):
        return jetstream(self.client)

    def close(self):
        if self.client is not None:
            self.call(self.client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    # Down

    def envelope(self, now, **changes):
        self.sequence += 1
        plain = {
            "id": new_id(now, os.urandom(10)),
            "kind": Kind.ANNOUNCEMENT,
            "act": "alert",
            "status": "actual",
            "sequence": self.sequence,
            "issuer": self.issuer,
            "sent": now,
            "expires": now + timedelta(hours=6),
            "priority": Priority.NORMAL,
            "title": "Lịch cắt nước",
            "text": "Mai cắt nước từ tám giờ đến mười giờ.",
        } | changes
        from scheduler.extras.town.rules.envelope import Act, Status

        plain["act"], plain["status"] = Act(plain["act"]), Status(plain["status"])
        return Envelope(**plain)

    def issue(self, now, private=None, target="all", **changes):
        """Seal and publish; the envelope. Tried until the broker has it, under one id."""
        envelope = self.envelope(now, **({"targets": (target,)} | changes))
        self.publish(subject_of(target), seal(envelope, private or self.private), envelope.id)
        return envelope

    def publish(self, subject, raw, message_id):
        def sent():
            try:
                return self.call(self.js.publish(subject, raw, headers={"Nats-Msg-Id": message_id}))
            except (TimeoutError, nats.errors.Error, nats.js.errors.Error):
                return None

        return wait_until(sent, "the broker to take it")

    # Up

    def up(self):
        """Everything that UP holds, as (subject, message id, JSON), in order."""
        return self._patiently(self._up)

    async def _up(self):
        info = await self.js.stream_info(UP)
        places = [(info.created, sequence) for sequence in range(max(info.state.first_seq, 1), info.state.last_seq + 1)]
        for place in places:
            if place not in self._read:
                message = await self.js.get_msg(UP, seq=place[1])
                message_id = (message.headers or {}).get("Nats-Msg-Id", "")
                self._read[place] = message.subject, message_id, json.loads(message.data)
        return [self._read[place] for place in places]

    def acks(self, issue_id):
        """The states that were told of an issue, in order."""
        return [body["state"] for _, _, body in self.up() if body["kind"] == "ack" and body["id"] == issue_id]

    def last(self):
        return self._patiently(lambda: self.js.stream_info(DISPATCH)).state.last_seq

    def ask(self, ward_id, verb, body=b"", seconds=PATIENCE / 2):
        message = self.call(self.client.request(f"cmd.{ward_id}.{verb}", body, timeout=seconds))
        return json.loads(message.data)


class Page:
    """The town's page as far as sounds are concerned: Range, If-Range, strong ETag; and everything that may go wrong."""

    def __init__(self):
        self.sounds = {}
        self.asked = []
        """(path, Range, If-Range, Authorization, status)."""
        self.cut_after = None
        """Bytes of the body after which the next answer breaks off, once."""
        self.etag = None
        """What every answer calls its version; None = the hash."""
        self.down = False
        self.url = ""

    def add(self, data, name="wav"):
        sha = hashlib.sha256(data).hexdigest()
        path = f"/clips/{sha}.{name}"
        self.sounds[path] = data
        return sha, path


@contextmanager
def page():
    told = Page()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            data = told.sounds.get(self.path)
            wanted, condition = self.headers.get("Range", ""), self.headers.get("If-Range", "")
            status, begin = 404, 0
            if data is not None and not told.down:
                etag = told.etag or f'"{hashlib.sha256(data).hexdigest()}"'
                is_part = wanted.startswith("bytes=") and condition == etag
                begin = int(wanted[6:].rstrip("-")) if is_part else 0
                status = 206 if is_part else 200
                if begin >= len(data):
                    status = 416
            elif told.down:
                status = 503
            told.asked.append((self.path, wanted, condition, self.headers.get("Authorization", ""), status))
            self.send_response(status)
            if status not in {200, 206}:
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = data[begin:]
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", etag)
            if status == 206:
                self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            if told.cut_after is not None:
                body, told.cut_after = body[: told.cut_after], None
                self.wfile.write(body)
                self.close_connection = True
                return
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.daemon_threads = True
        told.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield told
        server.shutdown()
        thread.join(10)


def now():
    return datetime.now(UTC)  # noqa: TID251 - the broker's clock is the machine's
