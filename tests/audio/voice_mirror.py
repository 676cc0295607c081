"""A place of Piper's voices on the loopback: files as they lie there, answered well, badly or slowly.

`tiny` is a real Piper voice of one kilobyte with a listing whose check sums are its own. Each request takes the next
answer of `script`; when that is used up, a good one is given, with Range. What was asked for is kept for the test.
"""

import hashlib
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from audio_assets.speech.piper_catalogue import FileFigures, PiperListing
from tests.audio.tiny_piper import write_voice

NAME = "vi_VN-tiny-low"
CARD = "# Model card for tiny (low)\n\n* License: CC0\n"

Answer = Callable[["Connection", bytes, int], None]
"""Given the whole file and the byte that is asked for first."""


@dataclass(frozen=True)
class Voice:
    """A voice that is not anywhere else: what it is listed as, and its files by their paths."""

    listing: PiperListing
    files: dict[str, bytes]

    @property
    def model_path(self) -> str:
        return f"{self.listing.path}/{self.listing.name}.onnx"


def tiny(folder: Path, name: str = NAME) -> Voice:
    folder.mkdir(parents=True, exist_ok=True)
    model = write_voice(folder, name=name).read_bytes()
    settings = (folder / f"{name}.onnx.json").read_bytes()
    listing = PiperListing(name, 22_050, 1, "CC0", "a test", figures(model), figures(settings))
    path = f"{listing.path}/{name}"
    files = {f"{path}.onnx": model, f"{path}.onnx.json": settings, f"{listing.path}/MODEL_CARD": CARD.encode()}
    return Voice(listing, files)


def figures(data: bytes) -> FileFigures:
    return FileFigures(
        len(data), hashlib.md5(data, usedforsecurity=False).hexdigest(), hashlib.sha256(data).hexdigest()
    )


class Connection(socketserver.StreamRequestHandler):
    server: "Mirror"

    def handle(self) -> None:
        head: list[str] = []
        while line := self.rfile.readline().decode("latin-1").strip():
            head.append(line)
        if not head:
            return
        path = head[0].split()[1].lstrip("/")
        first = next((int(one.split("=")[1].rstrip("-")) for one in head if one.lower().startswith("range:")), 0)
        with self.server.lock:
            self.server.asked.append((path, first))
            answers = self.server.script.get(path, [])
            answer = answers.pop(0) if answers else good
        with suppress(OSError):  # whoever asked has hung up
            answer(self, self.server.files.get(path, b""), first)

    def reply(self, body: bytes, status: str = "200 OK", *extra: str, length: int | None = None) -> None:
        told = len(body) if length is None else length
        self.wfile.write("\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {told}", *extra, "", "")).encode() + body)


class Mirror(socketserver.ThreadingTCPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.files: dict[str, bytes] = {}
        self.script: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, int]] = []
        self.lock, self.closing = threading.Lock(), threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def list_voice(self, voice: Voice) -> None:
        """Offer its files, and name them in voices.json as they are here."""
        self.files |= voice.files
        listed = {
            path: {"size_bytes": len(data), "md5_digest": hashlib.md5(data, usedforsecurity=False).hexdigest()}
            for path, data in voice.files.items()
        }
        rows = json.loads(self.files.get("voices.json", b"{}")) | {voice.listing.name: {"files": listed}}
        self.files["voices.json"] = json.dumps(rows).encode()


def good(connection: Connection, data: bytes, first: int) -> None:
    if not data:
        status("404 Not Found")(connection, data, first)
    elif first:
        told = f"Content-Range: bytes {first}-{len(data) - 1}/{len(data)}"
        connection.reply(data[first:], "206 Partial Content", told)
    else:
        connection.reply(data)


def status(line: str, *extra: str, body: bytes = b"") -> Answer:
    return lambda connection, _data, _first: connection.reply(body, line, *extra)


def page(connection: Connection, _data: bytes, _first: int) -> None:
    """What a Wi-Fi that wants a sign-in answers."""
    connection.reply(b"<!DOCTYPE html><title>Wi-Fi</title>", "200 OK", "Content-Type: text/html; charset=utf-8")


def other(change: Callable[[bytes], bytes]) -> Answer:
    """The right file, changed."""
    return lambda connection, data, first: good(connection, change(data), first)


def whole_anyway(connection: Connection, data: bytes, _first: int) -> None:
    """A server that does not know Range."""
    connection.reply(data)


def cut(connection: Connection, data: bytes, first: int) -> None:
    """Half of what is asked for, then nothing."""
    rest = data[first:]
    line = "206 Partial Content" if first else "200 OK"
    told = [f"Content-Range: bytes {first}-{len(data) - 1}/{len(data)}"] if first else []
    connection.reply(rest[: len(rest) // 2], line, *told, length=len(rest))


def endless(connection: Connection, data: bytes, _first: int) -> None:
    connection.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + data)
    while not connection.server.closing.wait(0):
        connection.wfile.write(b"\0" * 65_536)


def silent(connection: Connection, _data: bytes, _first: int) -> None:
    connection.server.closing.wait(20)


def in_drops(connection: Connection, data: bytes, first: int) -> None:
    """Slow and right: a few bytes at a time."""
    connection.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(data)}\r\n\r\n".encode())
    for at in range(first, len(data), 97):
        connection.wfile.write(data[at : at + 97])


@contextmanager
def serving() -> Iterator[Mirror]:
    """The place, running; its slow answers end with the test."""
    with Mirror() as mirror:
        thread = threading.Thread(target=mirror.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield mirror
        finally:
            mirror.closing.set()
            mirror.shutdown()
            thread.join()
