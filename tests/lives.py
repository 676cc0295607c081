"""Processes that a test starts: parts of its own code, to be killed, and the program itself. Each begins with one thread.

The test itself may stand in a worker that has more, and what is forked from such a process may hang on a lock that
nobody in it holds. So a server of one thread forks; it has loaded already what a station and its page need, which takes
an interpreter longer than most of what a test wants of them. What is forked is a process of its own, with its own files,
signals and children; that the program also begins from nothing, `tests/cli/test_commands.py` and `tests/station/test_run.py`
try, and the tests of the packages.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from multiprocessing import reduction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

from tests.waiting import PATIENCE

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([
    "tests.faults.lived_day",
    "scheduler.playout.alarms",
    "scheduler.playout.blackbox",
    "scheduler.playout.engine",
    "scheduler.playout.outputs",
    "scheduler.playout.process",
    "scheduler.cli",
    "scheduler.worker",
    "web.server",
    "tests.forked",
])  # fmt: skip


def _begin(ready: Connection, target: Callable[..., None], given: tuple[Any, ...]) -> None:
    ready.send(None)
    ready.close()
    warnings.simplefilter("error")
    warnings.simplefilter("ignore", DeprecationWarning)
    target(*given)


def lived(target: Callable[..., None], *given: Any, killed_after: float = -1.0) -> int:
    """Call `target` in a process of its own, killed `killed_after` seconds from its beginning if that is not negative.

    Its exit code as `subprocess` gives it: -9 where it was killed.
    """
    here, there = _SERVER.Pipe(duplex=False)
    process = _SERVER.Process(target=_begin, args=(there, target, given))
    process.start()
    there.close()
    with here:
        here.recv()
    if killed_after >= 0:
        process.join(killed_after)
        process.kill()
    process.join()
    code = process.exitcode
    process.close()
    assert code is not None
    return code


class _Handed:
    """A descriptor that goes along to the process."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def __reduce__(self) -> tuple[Callable[..., int], tuple[Any, ...]]:
        return _taken, (reduction.DupFd(self.fd),)


def _taken(handed: Any) -> int:
    return int(handed.detach())


def _command(
    words: tuple[str, ...],
    cwd: str,
    environment: dict[str, str],
    files: list[int],
    stop_within: float,
    first: Callable[[], None] | None,
) -> None:
    """What the system and the interpreter do before `loa` begins; then that."""
    from scheduler import cli, supervisor

    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a station respects `nohup`; that of the tests is not meant
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    if environment.get("PYTHONWARNINGS"):
        warnings.simplefilter(environment["PYTHONWARNINGS"])  # type: ignore[arg-type]  # a name alone
    for fd, given in enumerate(files):
        os.dup2(given, fd)
    for given in files:
        os.close(given)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", 1 if environment.get("PYTHONUNBUFFERED") else -1, encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
    supervisor.STOP_WITHIN = stop_within or supervisor.STOP_WITHIN
    sys.argv = ["loa", *words]
    if first:
        first()
    cli.main()


class Begun:
    """`loa …` that was started: what `subprocess.Popen` of it would be, in a session of its own.

    `stdout` and `stderr` are files; without a `stderr` both go to the first. It reads nothing unless `stdin` is given.
    `stop_within`: seconds that a station gives its processes to end, where it is not to be the product's. `first` is
    called in it before all else: a function of a module, which may make something slow or broken for it and its children.
    """

    def __init__(
        self,
        *words: object,
        stdout: IO[Any],
        stderr: IO[Any] | None = None,
        stdin: IO[Any] | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stop_within: float = 0.0,
        first: Callable[[], None] | None = None,
    ) -> None:
        self.args = ("loa", *map(str, words))
        environment = dict(os.environ if env is None else env)
        with Path(os.devnull).open("rb") as nothing:
            files = [_Handed(file.fileno()) for file in (stdin or nothing, stdout, stderr or stdout)]
            given = (self.args[1:], str(cwd or Path.cwd()), environment, files, stop_within, first)
            self._process = _SERVER.Process(target=_command, args=given)
            self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, once it has ended; negative for a signal."""
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(list(self.args), timeout or 0.0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def loa(
    *words: object, cwd: Path | None = None, answer: str | None = None, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """`loa …` run to its end: what `subprocess.run` of it would give.

    `answer` is what it reads; `env` stands in place of this process's environment.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write((answer or "").encode())
        given.seek(0)
        process = Begun(*words, stdin=given, stdout=out, stderr=err, cwd=cwd, env=env)
        try:
            code = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        told = [file.seek(0) or file.read().decode() for file in (out, err)]
    return subprocess.CompletedProcess(list(process.args), code, *told)
