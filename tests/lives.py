"""Processes that a test starts in the middle of its own code, to be killed: each begins with one thread.

The test itself may stand in a worker that has more, and what is forked from such a process may hang on a lock that
nobody in it holds. So a server of one thread forks; it has loaded already what a station on the air needs.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([
    "tests.faults.lived_day",
    "scheduler.playout.alarms",
    "scheduler.playout.blackbox",
    "scheduler.playout.engine",
    "scheduler.playout.outputs",
    "scheduler.cli",
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


def _command(words: tuple[str, ...], cwd: str, environment: dict[str, str], files: tuple[str, str, str]) -> None:
    from scheduler import cli

    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    for fd, (path, how) in enumerate(zip(files, (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY), strict=True)):
        opened = os.open(path, how)
        os.dup2(opened, fd)
        os.close(opened)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout, sys.stderr = (os.fdopen(fd, "w", encoding="utf-8", closefd=False) for fd in (1, 2))
    sys.argv = ["loa", *words]
    cli.main()


def loa(
    *words: object, cwd: Path | None = None, answer: str | None = None, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """`loa …` as a process of its own, run to its end: what `subprocess.run` of it would give.

    It is forked from the server, so that it needs not read all of the program first, which takes longer than most
    commands. `answer` is what it reads; `env` stands in place of this process's environment.
    """
    given = tuple(map(str, words))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("in", "out", "err")]
        for path, text in zip(paths, (answer or "", "", ""), strict=True):
            path.write_text(text, encoding="utf-8")
        files = (str(paths[0]), str(paths[1]), str(paths[2]))
        process = _SERVER.Process(
            target=_command, args=(given, str(cwd or Path.cwd()), dict(os.environ if env is None else env), files)
        )
        process.start()
        process.join(120)
        if process.is_alive():
            process.kill()
            raise subprocess.TimeoutExpired(["loa", *given], 120)
        code = process.exitcode
        process.close()
        assert code is not None
        out, err = (path.read_text(encoding="utf-8") for path in paths[1:])
    return subprocess.CompletedProcess(["loa", *given], code, out, err)
