"""`loa run`: one supervisor, three processes, one data folder.

It holds the station's lock, starts playout, web and worker, starts a dead one again after a growing pause, and on
Ctrl-C or SIGTERM stops all of them within three seconds. It never touches sound, pages or jobs itself. A process whose
supervisor has died ends by itself, so that a new supervisor finds the folder free.
"""

import errno
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from scheduler.config.loading import Config
from scheduler.core.characters import escaped
from scheduler.core.stops import WhyEnded
from scheduler.kernel.causes import reason_of
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import LoaError, Refused, StationBusyError
from scheduler.kernel.log_files import LogFile
from scheduler.kernel.private_files import close_to_others, mask_new_files
from scheduler.kernel.spawner import Spawner, Started, Strangers
from scheduler.services.backup.restore import half_restored

log = logging.getLogger(__name__)

AIR = "playout"
"""The process that makes the sound."""
PROCESSES = (AIR, "web", "worker")
STOP_WITHIN = 2.0
"""Seconds the processes have to end by themselves before they are killed."""
LONGEST_PAUSE = 30.0
CALM_AFTER = 60.0
"""Seconds a process must have lived for its next death to count as its first."""


@dataclass(slots=True)
class _Child:
    name: str
    process: Started | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = field(default=float("-inf"))
    ending: float | None = None
    """Since when it is asked to end, because it rests."""
    was_ended: bool = False
    """It hung, and was killed for it."""


def lock(config: Config) -> FileLock:
    """The station's lock, taken, on a data folder that is closed to others.

    Raises StationBusyError when another station runs here; Refused disk_readonly, restore_half.
    """
    held = FileLock(config.data / "station.lock")
    mask_new_files()
    _refuse_half_restored(config.data)
    try:
        config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        held.acquire(timeout=0)
        shutil.rmtree(half_restored(config.data), ignore_errors=True)  # of a restore that was killed
        close_to_others(config.data)
    except Timeout as error:
        raise StationBusyError(f"một trạm khác đang chạy trên {config.data}; hãy tắt trạm đó trước") from error
    except OSError as error:
        raise Refused(reason_of(error, "disk_readonly")) from error
    return held


def _refuse_half_restored(folder: Path) -> None:
    """A restore was killed between two names: the station lies beside its place, and no new one may begin there."""
    aside = max(folder.parent.glob(f"{folder.name}.before-*"), default=None)
    if aside is not None and half_restored(folder).is_dir() and not folder.exists():
        raise Refused("restore_half", aside=aside, path=folder)


def check_port(config: Config) -> None:
    """Raises Refused port_in_use, port_refused; LoaError for an address that is not this machine's."""
    with socket.socket(socket.AF_INET6 if ":" in config.web.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.web.host, config.web.port))
        except PermissionError as error:
            raise Refused("port_refused", port=config.web.port) from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refused("port_in_use", port=config.web.port, host=config.web.host) from error
            raise LoaError(
                f"máy này không có địa chỉ {config.web.host}; hãy sửa web.host trong config.toml "
                "(127.0.0.1 = chỉ máy này, 0.0.0.0 = cả mạng cơ quan)"
            ) from error


class Supervisor:
    def __init__(
        self,
        arguments: list[str],
        clock: Clock,
        more: tuple[str, ...] = (),
        base: tuple[str, ...] = PROCESSES,
        spawner: Spawner | None = None,
    ) -> None:
        """`arguments`: the words of `loa` before the command, such as --config. `more`: processes besides the
        three, or besides those of `base`. `spawner`: forks them; without it each is a fresh interpreter.
        """
        self._arguments = arguments
        self._clock = clock
        self._children = [_Child(name) for name in (*base, *more)]
        self._spawner, self._strangers = spawner, Strangers()
        self.stop = threading.Event()
        self.rests: Callable[[str], bool] = lambda _: False
        """Whether a process is not to run just now; it is ended, and started again when it rests no more."""
        self.leave_word: Callable[[WhyEnded], None] = lambda _: None
        """Why playout was ended, for the next one to read; it is left before the end where the end is ours."""
        self.died: Callable[[str, int], None] = lambda _name, _code: None
        """Told of each process that has ended while it should run, with its exit code."""

    @property
    def alive(self) -> frozenset[str]:
        """The processes that run now."""
        return frozenset(one.name for one in self._children if one.process is not None and one.process.poll() is None)

    def run(self, on_turn: Callable[[], None] = lambda: None) -> None:
        """Keep the processes alive until `stop` is set, then end them."""
        try:
            while not self.stop.is_set():
                for child in self._children:
                    self._look_after(child)
                if self._spawner:
                    self._strangers.take_out({child.process.pid for child in self._children if child.process})
                on_turn()
                self.stop.wait(0.2)
        finally:
            self._end()

    def _look_after(self, child: _Child) -> None:
        now = self._clock.monotonic()
        if self.rests(child.name):
            self._rest(child, now)
            return
        child.ending = None
        code = child.process.poll() if child.process is not None else None
        if child.process is not None and code is None:
            return
        if code is not None:
            lived = now - child.started
            child.deaths = 1 if lived > CALM_AFTER else child.deaths + 1
            pause = min(2.0 ** (child.deaths - 1), LONGEST_PAUSE)
            if child.was_ended and child.deaths == 1:  # it hung, and that took long enough
                pause = 0.0
            child.was_ended = False
            log.error("%s ended with %s, starting again in %g s", child.name, code, pause)
            self.died(child.name, code)
            if code:
                self._word(child, WhyEnded.DIED)
            child.process, child.due = None, now + pause
        if now >= child.due:
            child.process = self._start(child.name)
            child.started = now

    def _start(self, name: str) -> Started:
        words = [name, "--parent", str(os.getpid())]
        if self._spawner and (forked := self._spawner.start(words)):
            return forked
        command = [sys.executable, "-m", "scheduler.cli", *self._arguments, "process", *words]
        # A group of its own: Ctrl-C would else kill a process that is only just starting, with a traceback.
        return subprocess.Popen(command, process_group=0)  # noqa: S603 - our own command

    def want(self, name: str) -> None:
        """Look after the process `name` too, from the next turn on; a second time changes nothing."""
        if all(child.name != name for child in self._children):
            self._children.append(_Child(name))

    def lived(self, name: str) -> float:
        """Seconds since the process `name` was started; 0 while it does not run."""
        for child in self._children:
            if child.name == name and child.process is not None and child.process.poll() is None:
                return self._clock.monotonic() - child.started
        return 0.0

    def kill(self, name: str) -> None:
        """End the process `name` at once, hung as it is; it is started again without a pause, but for a second time."""
        for child in self._children:
            if child.name == name and child.process is not None:
                self._word(child, WhyEnded.HUNG)
                child.process.kill()
                child.was_ended = True

    def _word(self, child: _Child, why: WhyEnded) -> None:
        if child.name == AIR:
            self.leave_word(why)

    @staticmethod
    def _rest(child: _Child, now: float) -> None:
        """Let a process end; one that does not is killed, also where it is stopped by a signal."""
        if child.process is None:
            return
        if child.process.poll() is not None:
            child.process, child.due, child.deaths, child.ending = None, float("-inf"), 0, None
        elif child.ending is None:
            child.process.terminate()
            child.ending = now
        elif now - child.ending > STOP_WITHIN:
            child.process.kill()

    def _end(self) -> None:
        alive = {one.process: one for one in self._children if one.process and one.process.poll() is None}
        for process in alive:
            process.terminate()
        deadline = self._clock.monotonic() + STOP_WITHIN
        for process, child in alive.items():
            try:
                process.wait(max(deadline - self._clock.monotonic(), 0.01))
            except subprocess.TimeoutExpired:
                log.error("process %d did not end in time and is killed", process.pid)  # noqa: TRY400 - no traceback to show
                self._word(child, WhyEnded.STOPPING)
                process.kill()
                process.wait()


def stop_on_signals(stop: threading.Event) -> None:
    """SIGTERM, Ctrl-C and the end of the terminal set `stop`; under `nohup` the last one is ignored as it asks."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN or number != signal.SIGHUP:
            signal.signal(number, lambda *_: stop.set())


class Stopping(threading.Event):
    """Set when a process of the station is to end; `orphaned`: because its supervisor is gone."""

    orphaned = False


def install_child_signals(stop: Stopping, parent: int | None) -> None:
    """A process of the station: SIGTERM or a dead parent sets `stop`; what a terminal sends is the supervisor's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if parent is not None:
        threading.Thread(target=_watch_parent, args=(stop, parent), name="parent", daemon=True).start()


def _watch_parent(stop: Stopping, parent: int) -> None:
    while not stop.wait(0.5):
        if os.getppid() != parent:
            log.error("the supervisor is gone, ending")
            stop.orphaned = True
            stop.set()


class _Lines(logging.Formatter):
    """One event, one line: an address or a name with a line break in it forges none, and steers no terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return escaped(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return "\n".join(map(escaped, super().formatException(ei).split("\n")))


def line_format(name: str) -> logging.Formatter:
    """How a process of the station called `name` writes its log."""
    return _Lines(f"%(asctime)s {name} %(levelname)s %(message)s")


def keep_log(folder: Path, name: str) -> None:
    """Log to stderr and to `folder`/`name`.log; a full disk silences the file, never the station."""
    logging.raiseExceptions = False
    form = line_format(name)
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handlers.append(LogFile(folder / f"{name}.log"))
    except OSError as error:
        sys.stderr.write(f"no log file: {error}\n")
    for handler in handlers:
        handler.setFormatter(form)
    logging.basicConfig(level=logging.INFO, handlers=handlers)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
