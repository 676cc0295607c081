"""Sound into a Snapcast server, which plays it on all its clients in step: through its pipe or its TCP source.

The server keeps every client as late as its own buffer says (1 s as installed), so that is this output's lead. Where
`control` names its JSON-RPC and no client sounds, what is sent goes unheard and the output says why; it stays open, for
clients come back by themselves. Without `control`, or while it does not answer, nothing is known and nothing claimed.
"""

import logging
import socket
import threading
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.volume import FULL_VOLUME, Volume
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.beside import Beside
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import BLOCK, Block
from scheduler.playout.outputs.call_timeout import CallTimeout
from scheduler.playout.outputs.fifo import Fifo
from scheduler.playout.outputs.losses import Losses
from scheduler.playout.outputs.settings import delay_of, volume_in
from scheduler.playout.outputs.snapcast_clients import Listeners
from scheduler.playout.outputs.snapcast_control import SnapcastControl
from scheduler.playout.outputs.unread import ReaderLag, unread_over_loopback
from scheduler.playout.outputs.wire import STALL, Wire, connect

__all__ = ["SNAPCAST_DELAY", "Snapcast", "from_config"]

SNAPCAST_DELAY = 1.0
"""Seconds from a hand-over until it is heard, where config.toml does not say: the servers' usual buffer."""

log = logging.getLogger(__name__)

_FRAME_BYTES = 2
_MOST_KEPT = HOUSE_RATE * 2 // 5
"""Bytes that wait for a slow server: a fifth of a second. More would only be delay."""
_PIECE = BLOCK / HOUSE_RATE
"""Seconds of sound that the server reads at once. It takes them for sound of the time in which they came."""
_BORNE = 0.008
"""Seconds that a block may come late. The server lays all that follows as late as the latest block it has read."""
_PAUSE = 1.0
"""Seconds of silence after which it is no pause between words: what comes soon after a rest may sound too early."""
_REST = 0.1
"""Seconds of silence more than it is late that the server is given nothing: then it counts its time anew, and right."""
_ASK_EVERY = 1.0
"""Seconds between two questions: so much may be sent before it is known that nobody sounds it."""


class Snapcast:
    """Feeds the server's pipe at a path, or its TCP source at tcp://host:port.

    `delay`: the server's buffer; `stall`: for how long it may take nothing over TCP. Both in seconds.
    """

    kind = "snapcast"
    counts = True
    paces = False
    continuous = True
    silent = False

    def __init__(
        self,
        name: str,
        zones: tuple[str, ...],
        *,
        target: str,
        control: str = "",
        delay: float = 1.0,
        stall: float = STALL,
        volume: Volume = FULL_VOLUME,
    ) -> None:
        self.name = name
        self.zones = zones
        self.volume = volume
        self.device = target or "no Snapcast server named"
        self.lead = delay - _PIECE
        self._target = target
        self._control = control
        self._way: Fifo | _Tcp | None = None
        self._lag: ReaderLag | None = None
        self._patience = CallTimeout("connecting to the Snapcast server", stall)
        self._stall = stall
        self._clients = self._nobody = ""
        """What people should know of the clients, and why none of them sounds; empty = one does, or it is not known."""
        self._clock = SystemClock()
        self._due: float | None = None
        """When the next block is due by the one from which the server counts its time (monotonic)."""
        self._late = self._silent = self._rested = 0.0
        """Seconds: how late it may sound since this machine or the server stood still, how long it has been silent, and
        how long it has been given nothing.
        """
        self._closed = threading.Event()

    @property
    def note(self) -> str:
        if not self._way:
            return ""
        late = f"may sound {self._late:.2f} s late until its next silence, since this machine or the server stood still"
        return self._way.note or self._nobody or (late if self._late else "") or self._clients

    @property
    def late(self) -> float:
        return self._late

    @property
    def unheard(self) -> bool:
        return self._way is not None and bool(self._way.unheard or self._nobody)

    def open(self) -> None:
        self.close()
        if not self._target:
            what = "no Snapcast server named: set device to its pipe's path or to tcp://host:port"
            raise OutputError(what, permanent=True)
        if "://" in self._target:
            self._way = _Tcp(_tcp_address(self._target), self._patience, self._stall)
        else:
            fifo = Fifo(self.name, self.zones, path=Path(self._target))
            fifo.open()
            self._way = fifo
        self._lag = ReaderLag(self._way.bytes_unread, _FRAME_BYTES * HOUSE_RATE, self.name)
        if self._control:
            control = SnapcastControl(self._control)
            self._closed = closed = threading.Event()
            if not Beside(partial(self._look, control, closed), f"snapcast {self.name}").begins():
                raise OutputError(f"{self.name} cannot be watched: this machine has no memory or thread left for it")

    def begin(self, slot_id: str, at: datetime) -> None:
        """The stream runs anyway."""

    def write(self, block: Block) -> None:
        if self._way is None or self._lag is None:
            raise OutputError(f"output {self.name} is not open")
        if not self._rests(self._lag, silent=not block.any()):
            self._way.write(block)
            self._lag.wrote()

    def _rests(self, lag: ReaderLag, *, silent: bool) -> bool:
        """Whether a block of silence is left out, so that the server gets in step again.

        It lays what it reads behind what it has read, and a block that came late as late as it came: what a stall of
        this machine has kept back, or of its own, would make all that follows late for good. Nothing but silence is
        ever left out.
        """
        now = self._clock.monotonic()
        self._due = now if self._due is None else self._due
        if (late := max(now - self._due, lag.seconds)) > max(_BORNE, self._late):
            self._late, self._rested = late, 0.0
        self._due += _PIECE
        self._silent = self._silent + _PIECE if silent else 0.0
        if not self._late or self._silent <= _PAUSE:
            self._rested = 0.0
            return False
        self._rested += _PIECE
        if self._rested > self._late + _REST:
            self._late, self._rested, self._due = 0.0, 0.0, None
            lag.forget()
        return True

    def end(self, slot_id: str) -> None:
        """The stream runs on."""

    def delay(self) -> float:
        return 0.0

    def close(self) -> None:
        way, self._way = self._way, None
        lag, self._lag = self._lag, None
        self._due, self._late, self._silent, self._rested = None, 0.0, 0.0, 0.0
        self._closed.set()  # the watch may be in the middle of a question; nobody waits for its answer
        self._clients = self._nobody = ""
        if lag is not None:
            lag.close()
        if way is not None:
            way.close()

    def _look(self, control: SnapcastControl, closed: threading.Event) -> None:
        listeners = Listeners(self._target)
        while not closed.is_set():
            try:
                told, nobody = "", listeners.silence(control.status(), self._clock.monotonic())
            except Exception as error:  # the edge of the thread: what cannot be told is not known, and is asked again
                told, nobody = f"{error}; whether a loudspeaker is connected is not known", ""
                if not isinstance(error, OutputError):
                    log.exception("output %s: the Snapcast control could not be asked", self.name)
            if not closed.is_set():
                self._clients, self._nobody = told, nobody
            closed.wait(_ASK_EVERY)


class _Tcp:
    """The server's TCP source."""

    def __init__(self, address: tuple[str, int], patience: CallTimeout, stall: float) -> None:
        self._server = f"the Snapcast server at {address[0]}:{address[1]}"
        try:
            link = patience.call(lambda: connect(*address), socket.socket.close)
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that no name server could ever know
            why = getattr(error, "strerror", None) or str(error) or "no answer in time"
            raise OutputError(f"cannot reach {self._server}: {why}; does snapserver run with a tcp source?") from error
        self._link = link
        self._wire = Wire(link, self._server, _MOST_KEPT, stall)
        self.unheard = False
        self._losses = Losses()

    @property
    def note(self) -> str:
        if not self._losses.is_told:
            return ""
        return f"{self._server} is too slow: {self._losses.total / HOUSE_RATE:.2f} s dropped since it was opened"

    def write(self, block: Block) -> None:
        lost = self._losses.total
        self._losses.go_by(len(block))
        for start in range(0, len(block), HOUSE_RATE // 50):
            piece = block[start : start + HOUSE_RATE // 50]
            if not self._wire.send(piece.astype("<i2", copy=False).tobytes()):
                self._losses.add(len(piece))
        self.unheard = self._losses.total > lost

    def bytes_unread(self) -> int | None:
        return unread_over_loopback(self._link)

    def close(self) -> None:
        self._wire.close()


def _tcp_address(target: str) -> tuple[str, int]:
    try:
        parts = urlsplit(target)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port or parts.scheme != "tcp":
        raise OutputError(f'"{target}" is no Snapcast source: write /run/snapfifo or tcp://host:4953', permanent=True)
    return host, port


def from_config(setting: OutputConfig, config: Config) -> Snapcast:
    """As its section of config.toml asks."""
    is_path = setting.device and "://" not in setting.device
    return Snapcast(
        setting.name,
        setting.zones,
        target=str(config.folder / setting.device) if is_path else setting.device,
        control=setting.control,
        delay=delay_of(setting, SNAPCAST_DELAY),
        volume=volume_in(config, setting),
    )
