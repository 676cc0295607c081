"""A ward that costs this machine next to nothing: the broker's protocol by hand, one acknowledgement for each message.

A real ward has a machine of its own; a thousand links in two processes need more of the processors than hub and broker
together, and then it is they that are measured. Here a process looks at a signature once for all its wards, and nothing
is fetched again after a gap. It says how quick hub and broker are, and nothing of a ward.
"""

import asyncio
import json
from functools import cache
from urllib.parse import urlsplit

from scheduler.extras.town.broker import keys
from scheduler.extras.town.rules.envelope import Told, UpKind, unseal, up_body, up_message_id
from scheduler.kernel.clock import SystemClock

CLOCK = SystemClock()
INBOX = b"2"
LINE = "0000000000000000000000000000ba4e"
"""Rows of their own: the broker remembers the numbers of the wards before."""


@cache
def issue_of(raw, public):
    return unseal(raw, {public: "town"}).id


class BareWard(asyncio.Protocol):
    """`seen` and `confirmed` as a light ward has them."""

    def __init__(self, told, ward_id, seed):
        self.ward, self.ward_id, self._seed = self, ward_id, seed
        self._public = next(iter(told["keys"]))
        self._url = urlsplit(told["url"])
        self.seen, self.confirmed, self.is_ready = {}, {}, False
        self._rest, self._transport = b"", None

    async def run(self):
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_connection(lambda: self, self._url.hostname, self._url.port)
        await asyncio.Event().wait()

    def connected(self):
        return self.is_ready

    def data_received(self, data):
        rest = self._rest + data
        while (end := rest.find(b"\r\n")) >= 0:
            line, body = rest[:end], end + 2
            if line[:4] in (b"MSG ", b"HMSG"):
                size = int(line[line.rindex(b" ") + 1 :])
                if len(rest) < body + size + 2:
                    break
                self._message(line.split(b" "), rest[body : body + size])
                body += size + 2
            else:
                self._word(line)
            rest = rest[body:]
        self._rest = rest

    def _word(self, line):
        if line == b"PING":
            self._transport.write(b"PONG\r\n")
        elif line == b"PONG":
            self.is_ready = True
        elif line.startswith(b"INFO ") and not self.is_ready:
            self._begin(json.loads(line[5:]).get("nonce", ""))

    def _begin(self, nonce):
        from base64 import urlsafe_b64encode

        signed = urlsafe_b64encode(keys.sign(self._seed, nonce.encode())).rstrip(b"=").decode()
        told = {
            "verbose": False, "pedantic": False, "headers": True, "protocol": 1, "lang": "bench", "version": "1",
            "name": f"ward {self.ward_id}", "nkey": keys.public_of(self._seed), "sig": signed,
        }  # fmt: skip
        subscribed = f"SUB live.dispatch.all 1\r\nSUB _INBOX_w{self.ward_id}.> 2\r\nPING\r\n"
        self._transport.write(f"CONNECT {json.dumps(told)}\r\n{subscribed}".encode())

    def _message(self, head, message):
        if head[2] == INBOX:
            row = int(head[1].rsplit(b".", 1)[1])
            if b"error" not in message:
                self.confirmed[row] = (self.confirmed[row][0], CLOCK.monotonic())
            return
        issue = issue_of(message[int(head[-2]) :], self._public)
        self.seen[issue] = CLOCK.monotonic()
        row = len(self.confirmed) + 1
        self.confirmed[row] = (issue, None)
        told = Told(self.ward_id, row, UpKind.ACK, CLOCK.now(), {"id": issue, "state": "received"}, LINE)
        body, known_by = up_body(told), up_message_id(self.ward_id, row, LINE)
        header = f"NATS/1.0\r\nNats-Msg-Id: {known_by}\r\n\r\n".encode()
        head = f"HPUB up.{self.ward_id}.ack _INBOX_w{self.ward_id}.{row} {len(header)} {len(header) + len(body)}\r\n"
        self._transport.write(b"".join((head.encode(), header, body, b"\r\n")))
