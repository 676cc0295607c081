"""A source of an Icecast server (2.4 or newer): the ward's sound as an MP3 or Opus stream that anybody can open.

The stream is continuous, silence included, since a server drops a source that pauses. Listeners' players buffer some
seconds, each its own, so how late it is heard there is not known and not claimed. The password in the address is shown
nowhere: not in errors, not in the log, not on the page.
"""

import base64
import socket
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.volume import FULL_VOLUME, Volume
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import Block
from scheduler.playout.outputs.call_timeout import CallTimeout
from scheduler.playout.outputs.losses import Losses
from scheduler.playout.outputs.settings import delay_of, volume_in
from scheduler.playout.outputs.wire import STALL, Wire, connect

if TYPE_CHECKING:
    from scheduler.playout.outputs.encoding import Encoder  # which loads PyAV: only where it is wanted

__all__ = ["ICECAST_DELAY", "Icecast", "from_config"]

ICECAST_DELAY = 0.0
"""Each listener's player buffers as it likes: there is no number to make up for."""

_CONTENT = {"mp3": "audio/mpeg", "opus": "application/ogg"}
_PORT = 8000
_MOST_HEADER = 8192
_READY = {100, 200}
_TAKEN = 403
_ANSWERS = {
    401: "refuses the user name or the password; correct them in config.toml",
    _TAKEN: "refuses the stream (is another source on that mount already?)",
    404: "knows no such mount",
    405: "takes no source this way; it has to be Icecast 2.4 or newer",
}
_SHAPE = "write http://source:password@host:8000/mount"


@dataclass(frozen=True, slots=True)
class _Place:
    host: str
    port: int
    mount: str
    user: str
    password: str
    tls: bool

    @property
    def shown(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{self.mount}"


class Icecast:
    """Streams to the mount of `url` in `codec` ("mp3" or "opus"). `stall`: seconds that the server may not answer."""

    kind = "icecast"
    counts = False
    unheard = False
    late = 0.0
    paces = False
    continuous = True
    silent = False

    def __init__(
        self,
        name: str,
        zones: tuple[str, ...],
        *,
        url: str,
        codec: str = "mp3",
        bitrate_kbps: int = 64,
        delay: float = 0.0,
        stall: float = STALL,
        volume: Volume = FULL_VOLUME,
    ) -> None:
        self.name = name
        self.zones = zones
        self.volume = volume
        self.lead = delay
        self._url = url
        self._codec = codec or "mp3"
        self._bitrate = bitrate_kbps
        self._patience = CallTimeout("connecting to the Icecast server", stall)
        self._stall = stall
        self._encoder: Encoder | None = None
        self._wire: Wire | None = None
        self._losses = Losses()

    @property
    def device(self) -> str:
        try:
            return self._place().shown
        except OutputError:
            return "an Icecast server, address unreadable"

    @property
    def note(self) -> str:
        if not self._losses.is_told:
            return ""
        return f"the network is too slow: {self._losses.total} pieces of sound dropped since it was opened"

    def open(self) -> None:
        from scheduler.playout.outputs.encoding import OggOpus, Packets

        self.close()
        place = self._place()
        if self._codec not in _CONTENT:
            raise OutputError(f"Icecast takes mp3 or opus, not {self._codec}", permanent=True)
        self._encoder = OggOpus(self._bitrate) if self._codec == "opus" else Packets("mp3", self._bitrate)
        greeting = self._greeting(place)
        try:
            link = self._patience.call(lambda: _joined(place, greeting), socket.socket.close)
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that no name server could ever know
            why = getattr(error, "strerror", None) or str(error) or "no answer in time"
            raise OutputError(f"cannot reach {place.shown}: {why}; does the Icecast server run?") from error
        self._losses = Losses()
        # As much of the coded stream as may lie until the server counts as stalled anyway.
        limit = round(self._bitrate * 1000 / 8 * self._stall) + _MOST_HEADER
        self._wire = Wire(link, place.shown, limit, self._stall)

    def begin(self, slot_id: str, at: datetime) -> None:
        """The stream runs anyway."""

    def write(self, block: Block) -> None:
        if self._wire is None or self._encoder is None:
            raise OutputError(f"output {self.name} is not open")
        self._losses.go_by(len(block))
        for piece in self._encoder.encode(block):
            if not self._wire.send(piece):
                self._losses.add(1)

    def end(self, slot_id: str) -> None:
        """The stream runs on."""

    def delay(self) -> float:
        return 0.0

    def close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def _place(self) -> _Place:
        try:
            parts = urlsplit(self._url.strip())
            port = parts.port
        except ValueError:
            parts, port = SplitResult("", "", "", "", ""), None
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path in {"", "/"} or port == 0:
            # The address is not repeated: the password is in it.
            raise OutputError(f"the address of the Icecast server cannot be read: {_SHAPE}", permanent=True)
        if any(not (" " < sign < "\x7f") for sign in parts.path):
            raise OutputError("an Icecast mount has plain letters and no spaces: /loa.mp3", permanent=True)
        if not parts.password:
            raise OutputError(f"the address of the Icecast server has no password: {_SHAPE}", permanent=True)
        user = unquote(parts.username or "") or "source"
        return _Place(parts.hostname, port or _PORT, parts.path, user, unquote(parts.password), parts.scheme == "https")

    def _greeting(self, place: _Place) -> bytes:
        secret = base64.b64encode(f"{place.user}:{place.password}".encode()).decode()
        lines = [
            f"PUT {place.mount} HTTP/1.1",
            f"Host: {place.host}:{place.port}",
            f"Authorization: Basic {secret}",
            "User-Agent: loa-phuong",
            f"Content-Type: {_CONTENT[self._codec]}",
            f"Ice-Name: {' '.join(self.name.split())}",
            "Ice-Public: 0",
            f"Ice-Bitrate: {self._bitrate}",
            "Expect: 100-continue",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


class _MountTakenError(OutputError):
    """Another source is there, perhaps our own of a moment ago."""


def _joined(place: _Place, greeting: bytes) -> socket.socket:
    """A connection that the server takes sound on. It may not yet have noticed that the last one was closed."""
    tries = 10
    while True:
        try:
            return connect(
                place.host, place.port, tls=place.tls, greet=lambda link: _greet(link, greeting, place.shown)
            )
        except _MountTakenError:
            tries -= 1
            if not tries:
                raise
        threading.Event().wait(0.1)


def _greet(link: socket.socket, greeting: bytes, server: str) -> None:
    """Ask to be the source; OutputError with the server's reason when it says no."""
    link.sendall(greeting)
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < _MOST_HEADER and (piece := link.recv(1024)):
        answer += piece
    status = answer.split(b"\r\n", 1)[0].decode(errors="replace")
    words = status.split(" ", 2)
    if not words[0].startswith("HTTP/") or len(words) == 1 or not words[1].isdigit():
        raise OutputError(f"what answers at {server} is no Icecast server")
    code = int(words[1])
    if code not in _READY:
        reason = " ".join(words[2:])
        kind = _MountTakenError if code == _TAKEN else OutputError
        raise kind(f"{server} {_ANSWERS.get(code, 'does not take the stream')} ({code} {reason})".rstrip())


def from_config(setting: OutputConfig, config: Config) -> Icecast:
    """As its section of config.toml asks."""
    return Icecast(
        setting.name,
        setting.zones,
        url=setting.device,
        codec=setting.codec,
        bitrate_kbps=setting.bitrate_kbps,
        delay=delay_of(setting, ICECAST_DELAY),
        volume=volume_in(config, setting),
    )
