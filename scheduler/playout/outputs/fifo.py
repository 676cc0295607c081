"""A named pipe: the station's sound as raw mono 16-bit little-endian frames at 48 kHz, for any program that reads them.

Every frame goes in, silence between airings included, at the clock's pace. A reader may come, go, stall or never be
there: nothing here waits for it. Blocks that do not fit are dropped whole and counted, and while nobody reads the pipe
holds no more than the newest block, so that a reader who comes hears the present and not the past.
"""

import errno
import fcntl
import os
import stat
import termios
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.volume import FULL_VOLUME, Volume
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import Block
from scheduler.playout.outputs.losses import Losses
from scheduler.playout.outputs.settings import delay_of, volume_in

__all__ = ["FIFO_DELAY", "Fifo", "from_config"]

FIFO_DELAY = 0.0
"""Seconds from a hand-over until it is heard, where config.toml does not say."""

_FRAME_BYTES = 2
_ATOMIC = 4096
"""Bytes that a pipe takes whole or not at all (PIPE_BUF of Linux)."""
_UNREAD = HOUSE_RATE
"""Frames offered without a single one being read, after which nobody is there."""
_CAPACITY = 32_768
"""Bytes that the pipe is asked to hold: a third of a second."""
_WINDOW = 2 * HOUSE_RATE
_BACKLOG = HOUSE_RATE // 10 * _FRAME_BYTES
"""Bytes that may lie in the pipe for a whole window without having been needed; more is only delay."""
_NO_PIPES = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP}


class Fifo:
    """Writes into the named pipe at `path`, made where it is missing. `delay`: the reader's own, in seconds."""

    kind = "fifo"
    counts = True
    paces = False
    continuous = True
    silent = False
    late = 0.0

    def __init__(
        self, name: str, zones: tuple[str, ...], *, path: Path, delay: float = 0.0, volume: Volume = FULL_VOLUME
    ) -> None:
        self.name = name
        self.zones = zones
        self.volume = volume
        self.device = str(path)
        self.lead = delay
        self.unheard = False
        self._losses = Losses()
        self._path = path
        self._pipe: int | None = None
        self._written = 0
        self._read = 0
        self._unread = 0
        self._lost = 0
        """Frames dropped since anything was read: a slow reader's, or nobody's."""
        self._spare = _CAPACITY
        self._looked = 0

    @property
    def note(self) -> str:
        if self._pipe is None:
            return ""
        if self._unread >= _UNREAD:
            return f"nobody reads {self._path}; start the program that should"
        if self._losses.is_told:
            seconds = self.dropped / HOUSE_RATE
            return f"the reader of {self._path} is too slow: {seconds:.2f} s dropped since it was opened"
        return ""

    @property
    def dropped(self) -> int:
        """Frames lost to a slow reader since it was opened; those that nobody was there for do not count."""
        return self._losses.total

    def open(self) -> None:
        self.close()
        try:
            self._make()
            # Reading too: opening for writing alone fails whenever no reader is there, and a reader who opens and
            # closes in turns (snapserver does) would break the pipe each time.
            self._pipe = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise OutputError(
                f"cannot open the FIFO {self._path}: {error.strerror or error}; check the path"
            ) from error
        with suppress(OSError):  # an old kernel or a limit: then the pipe holds two thirds of a second
            fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, _CAPACITY)
        self._drain()  # what an earlier run left behind is the past
        self._written = self._read = self._unread = self._lost = self._looked = 0
        self._losses = Losses()
        self._spare = _CAPACITY

    def begin(self, slot_id: str, at: datetime) -> None:
        """The stream runs anyway."""

    def write(self, block: Block) -> None:
        pipe = self._opened()
        try:
            self._losses.go_by(len(block))
            self._look(pipe, len(block))
            data = block.astype("<i2", copy=False).tobytes()
            taken = 0
            for start in range(0, len(data), _ATOMIC):
                taken += self._put(pipe, data[start : start + _ATOMIC])
            self._written += taken
            self.unheard = taken < len(data) or self._unread >= _UNREAD
        except OSError as error:
            raise OutputError(f"cannot write into the FIFO {self._path}: {error.strerror or error}") from error

    def end(self, slot_id: str) -> None:
        """The stream runs on."""

    def delay(self) -> float:
        return 0.0

    def bytes_unread(self) -> int | None:
        """What lies in the pipe; None when it is not open."""
        return None if self._pipe is None else _held(self._pipe)

    def close(self) -> None:
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            os.close(pipe)

    def _make(self) -> None:
        try:
            mode = self._path.stat().st_mode
        except FileNotFoundError:
            try:
                os.mkfifo(self._path, 0o660)
                self._path.chmod(0o660)  # whatever the mask: its reader may be another account of the group
            except OSError as error:
                if error.errno in _NO_PIPES:
                    raise OutputError(f"{self._path} cannot be a FIFO on that file system", permanent=True) from error
                raise
            return
        if not stat.S_ISFIFO(mode):
            what = f"{self._path} exists and is no FIFO: name another path, or move that file away"
            raise OutputError(what, permanent=True)

    def _look(self, pipe: int, offered: int) -> None:
        """Whether anything was read since the last block. The pipe itself tells: what went in and is not there."""
        held = _held(pipe)
        read = self._written - held
        if read > self._read:
            self._losses.add(self._lost)
            self._read, self._unread, self._lost = read, 0, 0
            self._catch_up(pipe, held, offered)
            return
        self._unread += offered
        if self._unread >= _UNREAD:
            self._lost = 0
            self._drain()

    def _catch_up(self, pipe: int, held: int, offered: int) -> None:
        """A reader who stalled and went on is late for good unless what lies before it is taken away."""
        self._spare = min(self._spare, held)
        self._looked += offered
        if self._looked < _WINDOW:
            return
        if self._spare > _BACKLOG:
            self._losses.add(self._take(pipe, self._spare) // _FRAME_BYTES)
        self._looked, self._spare = 0, _CAPACITY

    def _put(self, pipe: int, piece: bytes) -> int:
        """Bytes that went in: all or none, so that no frame is torn and no block is heard by halves."""
        try:
            return os.write(pipe, piece)
        except BlockingIOError:
            self._lost += len(piece) // _FRAME_BYTES
            return 0

    def _drain(self) -> None:
        pipe = self._opened()
        while self._take(pipe, _held(pipe)):
            pass

    def _take(self, pipe: int, size: int) -> int:
        """Read `size` bytes in the reader's place; how many it left. Only pairs: a reader may stop in mid-frame."""
        if not (pairs := size // _FRAME_BYTES * _FRAME_BYTES):
            return 0
        try:
            taken = len(os.read(pipe, pairs))
        except BlockingIOError:  # the reader was quicker
            return 0
        self._read += taken
        return taken

    def _opened(self) -> int:
        if self._pipe is None:
            raise OutputError(f"output {self.name} is not open")
        return self._pipe


def _held(pipe: int) -> int:
    """Bytes in the pipe."""
    answer = fcntl.ioctl(pipe, termios.FIONREAD, bytes(4))
    return int.from_bytes(answer, "little")


def from_config(setting: OutputConfig, config: Config) -> Fifo:
    """As its section of config.toml asks."""
    path = config.folder / setting.device if setting.device else config.data / "loa.pcm"
    delay = delay_of(setting, FIFO_DELAY)
    return Fifo(setting.name, setting.zones, path=path, delay=delay, volume=volume_in(config, setting))
