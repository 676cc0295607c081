"""What two machines say to each other over HTTP: sealed with the key of the pair, each message good for once.

A message is a JSON object and, behind it, raw bytes; AES-256-GCM keeps it secret and whole. The asker's number and the
answerer's door (a random word of its process) are sealed in, so that nothing recorded is worth sending again. Which
questions there are is `door`'s.
"""

import json
import secrets
import struct
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scheduler.kernel.errors import Refused, as_texts
from scheduler.kernel.net.client import Addresses, HttpClient, KeptLine, Limits
from scheduler.kernel.net.faults import HttpError, HttpFault
from scheduler.kernel.net.pinned_connection import host_of

__all__ = ["Asker", "Door", "Message", "Sealer", "key_from", "load_key"]

PATH = "/loa-pair/1"
_HEAD = struct.Struct(">I")
_NONCE = 12
MOST_BYTES = 64_000_000
_KEPT_LIVES = 1000
_SECONDS = 10.0
_WHOLE = 6.0
"""So many times the longest silence may a whole answer take."""
_MOST_AT_ONCE = 32


class Message(NamedTuple):
    told: Mapping[str, Any]
    raw: bytes = b""


def load_key(path: Path) -> bytes:
    """The key of the pair. Raises Refused: pair_key_missing, pair_key_open (others may read it), pair_key_bad."""
    try:
        if path.stat().st_mode & 0o077:
            raise Refused("pair_key_open", path=path)
        return key_from(path.read_text(encoding="ascii"))
    except FileNotFoundError as error:
        raise Refused("pair_key_missing", path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("pair_key_bad") from error


def key_from(text: str) -> bytes:
    """The key as it is typed: 64 hex digits, blanks between them. Raises Refused pair_key_bad."""
    try:
        key = bytes.fromhex("".join(text.split()))
    except ValueError as error:
        raise Refused("pair_key_bad") from error
    if len(key) != 32:  # noqa: PLR2004 - AES-256
        raise Refused("pair_key_bad")
    return key


class Sealer:
    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, message: Message, about: str) -> bytes:
        told = json.dumps(message.told, ensure_ascii=False, separators=(",", ":")).encode()
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, _HEAD.pack(len(told)) + told + message.raw, about.encode())

    def open(self, raw: bytes, about: str) -> Message:
        """Raises Refused pair_key_wrong for what was not sealed with our key for just this."""
        try:
            whole = self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], about.encode())
            (size,) = _HEAD.unpack_from(whole)
            told = json.loads(whole[_HEAD.size : _HEAD.size + size])
        except (InvalidTag, ValueError, struct.error) as error:
            raise Refused("pair_key_wrong") from error
        return Message(told, whole[_HEAD.size + size :])


class Asker:
    """Asks the other machine; one connection, kept while it lasts. For one thread."""

    def __init__(self, url: str, sealer: Sealer, machine: str, seconds: float = _SECONDS) -> None:
        """`seconds`: of silence, and for connecting."""
        self._url, self._host = f"{url.rstrip('/')}{PATH}", host_of(url)
        addresses = Addresses(allow_private=True, allowed_hosts=(self._host,))  # the configuration names it
        self._client = HttpClient(addresses, Limits(seconds * _WHOLE, MOST_BYTES, connect=seconds, idle=seconds))
        self._line = KeptLine(self._client)
        self._sealer, self._machine = sealer, machine
        self._life = secrets.token_hex(8)
        self._number = 0
        self._door = ""

    def ask(self, what: str, raw: bytes = b"", **told: Any) -> Message:
        """The answer. Raises Refused: pair_unreachable, pair_key_wrong, or what the other refused with."""
        for _ in range(3):
            answer = self._ask(Message({"what": what, **told}, raw))
            if answer is not None:
                if refused := answer.told.get("refused"):
                    raise Refused(str(refused), **answer.told.get("details", {}))
                return answer
        raise Refused("pair_unreachable", url=self._host)

    def _ask(self, message: Message) -> Message | None:
        self._number += 1
        number = f"{self._machine}/{self._life}/{self._number}"
        body = self._sealer.seal(message, f"ask {number} {self._door}")
        kept = self._line.is_open
        headers = {"Loa-Number": number, "Loa-Door": self._door, "Content-Type": "application/octet-stream"}
        try:
            place = self._client.addresses.judge(self._url)
            with self._line.ask("POST", place, headers=headers, body=body) as answer:
                raw, door = answer.body(), answer.headers.get("Loa-Door", "")[:64]
        except HttpError as error:
            self.close()
            if kept and error.fault not in {HttpFault.SILENT, HttpFault.SLOW}:
                return None  # it had been let go meanwhile
            raise Refused("pair_unreachable", url=self._host) from error
        if answer.status == 409 and door:  # noqa: PLR2004 - its process is another one by now
            self._door = door
            return None
        if answer.status != 200:  # noqa: PLR2004 - plain HTTP
            raise Refused("pair_key_wrong" if answer.status == 403 else "pair_unreachable", url=self._host)  # noqa: PLR2004 - plain HTTP
        return self._sealer.open(raw, f"tell {number} {self._door}")

    def close(self) -> None:
        self._line.close()


class Door:
    """Answers the other machine: `answer` is given the sealed-off message and the asker's name."""

    def __init__(self, place: tuple[str, int], sealer: Sealer, answer: Callable[[str, Message], Message]) -> None:
        """Raises Refused pair_port where the place is taken."""
        self._sealer, self._answer = sealer, answer
        self.word = secrets.token_hex(16)
        self.closed = False
        self._seen: dict[str, int] = {}
        """Asker -> its last number: one that is not higher was sent before."""
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(_MOST_AT_ONCE)
        try:
            self._server = _Server(place, _handler(self))
        except OSError as error:
            raise Refused("pair_port", port=place[1]) from error
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.2,), name="door", daemon=True).start()

    def close(self) -> None:
        """Answer nobody any more, also not over a connection that was kept."""
        self.closed = True
        self._server.shutdown()
        self._server.server_close()

    def enter(self) -> bool:
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        self._free.release()

    def answered(self, number: str, door: str, body: bytes) -> tuple[int, bytes]:
        """Status and body for a request."""
        if door != self.word:
            return 409, b""
        try:
            asked = self._sealer.open(body, f"ask {number} {door}")
        except Refused:
            return 403, b""
        if not self._is_new(number):
            return 403, b""
        try:
            told = self._answer(number.partition("/")[0], asked)
        except Refused as refused:
            details = as_texts(refused.details)
            told = Message({"refused": refused.reason, "details": details})
        return 200, self._sealer.seal(told, f"tell {number} {door}")

    def _is_new(self, number: str) -> bool:
        life, _, count = number.rpartition("/")
        if not count.isdigit():
            return False
        with self._lock:
            if int(count) <= self._seen.get(life, 0):
                return False
            self._seen.pop(life, None)
            self._seen[life] = int(count)
            while len(self._seen) > _KEPT_LIVES:
                self._seen.pop(next(iter(self._seen)))
            return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = _MOST_AT_ONCE

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is the other end's affair."""


def _handler(door: Door) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "loa", ""
        timeout = _SECONDS * 3

        def handle(self) -> None:
            if door.enter():
                try:
                    super().handle()
                finally:
                    door.leave()

        def do_POST(self) -> None:
            size = self.headers.get("Content-Length", "")
            if door.closed or self.path != PATH or not size.isdigit() or int(size) > MOST_BYTES:
                self.close_connection = True
                self._send(404, b"")
                return
            number, word = self.headers.get("Loa-Number", "")[:200], self.headers.get("Loa-Door", "")[:64]
            self._send(*door.answered(number, word, self.rfile.read(int(size))))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Loa-Door", door.word)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent: it is asked twice a second."""

    return Handler
