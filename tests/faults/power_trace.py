"""What strace saw of a station's work, in the order in which it was done, told to a `Disk`.

Calls are followed by descriptor, as the kernel does; what is written through shared memory is not seen, and is told by
the traced process itself (`power_day`), into a file that it also writes its own words into. A call that is not
understood and touches the folder is an error, never a guess.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.power_disk import Disk, Node

__all__ = ["TOLD", "Call", "Step", "Trace", "read_log", "traced"]

CALLS = (
    "open", "openat", "creat", "close", "dup", "dup2", "dup3", "lseek", "read", "write", "pwrite64", "writev",
    "pwritev", "pwritev2", "ftruncate", "truncate", "fallocate", "fsync", "fdatasync", "sync", "syncfs", "rename",
    "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "link", "linkat", "symlink",
    "symlinkat", "sendfile", "copy_file_range", "splice", "clone", "clone3", "fork", "vfork", "execve",
)  # fmt: skip
WRITES = frozenset({"write", "writev", "pwrite64", "pwritev"})
BIRTHS = frozenset({"clone", "clone3", "fork", "vfork"})
TOLD = "told.jsonl"
"""Beside the folder: what the traced process says, a line each."""
_LINE = re.compile(r"(\d+)\s+(.*)", re.DOTALL)
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)", re.DOTALL)
_CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+|0x[0-9a-f]+)[^\"]*\Z", re.DOTALL)
_PATH = re.compile(r'(?:(\d+), )?"((?:\\x[0-9a-f]{2})*)"')
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


def traced(log: Path, module: str, *given: str) -> subprocess.CompletedProcess[bytes]:
    """Run a module of ours to its end, every call that matters written into `log`."""
    asked = ["strace", "-f", "-qq", "-xx", "-s", str(1 << 26), "--seccomp-bpf", "-e", f"trace={','.join(CALLS)}"]
    command = [*asked, "-e", "raw=read", "-e", "signal=none", "-o", str(log), sys.executable, "-m", module, *given]
    return subprocess.run(command, check=False, capture_output=True)


@dataclass(slots=True)
class Step:
    """One call that did something to the folder, or a word of the traced process."""

    call: str
    path: str
    told: dict[str, Any] | None = None


@dataclass(slots=True)
class _Open:
    node: Node | None
    """None = the file of words."""
    path: str
    at: int = 0
    appends: bool = False
    stays: bool = False
    """Over `execve`."""


@dataclass(slots=True)
class _Process:
    files: dict[int, _Open] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the log, or two that belong together; what a write has written is `data`, and left out of `text`."""

    pid: str
    name: str
    text: str
    data: bytes
    result: int


def read_log(path: Path) -> list[Call]:
    """Every call at the moment at which it was over; where it began before others did, also that ("begins")."""
    begun: dict[str, str] = {}
    found: list[Call] = []
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            if not (told := _LINE.match(line.rstrip("\n"))):
                continue
            pid, text = told.groups()
            if text.endswith("<unfinished ...>"):
                begun[pid] = text.removesuffix("<unfinished ...>").rstrip()
                found.append(Call(pid, "begins", begun[pid][:100], b"", 0))
                continue
            if resumed := _RESUMED.match(text):
                text = begun.pop(pid, f"{resumed[1]}(") + resumed[2]
            if call := _CALL.match(text):
                args, data = _written(call[2]) if call[1] in WRITES else (call[2], b"")
                found.append(Call(pid, call[1], args, data, int(call[3], 0)))
    return found


class Trace:
    """The calls of one traced process and its children; `steps` goes through them once."""

    def __init__(self, calls: Sequence[Call], folder: Path, *, deaf: bool = False) -> None:
        """`deaf`: a disk that takes the syncs of folders for nothing, to see that the checks see it."""
        self._deaf = deaf
        self._calls, self._folder = calls, str(folder)
        self._words = str(folder.parent / TOLD)
        self.disk = Disk()
        self._processes: dict[str, _Process] = {}
        self._parents = self._born()
        self._begun: dict[str, Any] = {}
        self._half_a_word = b""

    def _born(self) -> dict[str, tuple[str, bool]]:
        """Thread or process -> who made it, and whether they share their descriptors."""
        made = (call for call in self._calls if call.name in BIRTHS and call.result > 0)
        return {str(call.result): (call.pid, "CLONE_FILES" in call.text) for call in made}

    def steps(self) -> Iterator[Step]:
        """Each step when it has been done to `disk`; only once."""
        for call in self._calls:
            if call.name == "begins":
                self._begins(call.pid, call.text)
            elif call.result >= 0 and (done := getattr(self, f"_do_{call.name}", None)):
                yield from done(self._process(call.pid), call)
            elif call.result >= 0 and call.name not in BIRTHS and any(map(self._inside, _strings(call.text))):
                raise AssertionError(call)

    def _process(self, pid: str) -> _Process:
        if pid not in self._processes:
            parent, shared = self._parents.get(pid, ("", False))
            made_by = self._process(parent) if parent else _Process()
            self._processes[pid] = made_by if shared else _Process(dict(made_by.files))
        return self._processes[pid]

    def _begins(self, pid: str, text: str) -> None:
        """A sync covers what was there when it began."""
        if found := re.match(r"(fsync|fdatasync)\((\d+)", text):
            opened = self._process(pid).files.get(int(found[2]))
            if opened and opened.node:
                node = opened.node
                self._begun[pid] = self.disk.pending(node) if node.is_folder else node.covered()

    # Paths

    def _inside(self, path: str) -> tuple[str, ...] | None:
        """A path below the folder; None = elsewhere. Paths of the station are absolute."""
        if path == self._folder:
            return ()
        return tuple(path[len(self._folder) + 1 :].split("/")) if path.startswith(self._folder + "/") else None

    def _paths(self, process: _Process, text: str) -> list[str]:
        """The paths of a call, whole; a name that is looked for in an open folder is put behind that."""
        found = []
        for folder, told in _PATH.findall(text):
            opened = process.files.get(int(folder)) if folder else None
            path = _text(told)
            found.append(f"{opened.path}/{path}" if opened and not path.startswith("/") else path)
        return found

    # Opening and closing

    def _do_openat(self, process: _Process, call: Call) -> Iterator[Step]:
        (told,), flags = self._paths(process, call.text), call.text.rpartition('"')[2]
        process.files.pop(call.result, None)
        if told == self._words:
            process.files[call.result] = _Open(None, told)
            return
        path = self._inside(told)
        if path is None:
            return
        node = self.disk.find(path)
        if node is None:
            assert "O_CREAT" in flags, told
            node = self.disk.make(path)
            yield Step("create", told)
        if "O_TRUNC" in flags and len(node.data):
            node.resize(0)
            yield Step("truncate", told)
        process.files[call.result] = _Open(node, told, appends="O_APPEND" in flags, stays="O_CLOEXEC" not in flags)

    _do_open = _do_openat

    def _do_close(self, process: _Process, call: Call) -> Iterator[Step]:
        process.files.pop(int(call.text), None)
        yield from ()

    def _do_dup(self, process: _Process, call: Call) -> Iterator[Step]:
        process.files.pop(call.result, None)
        if opened := process.files.get(int(call.text.partition(",")[0])):
            process.files[call.result] = opened
        yield from ()

    _do_dup2 = _do_dup3 = _do_dup

    def _do_execve(self, process: _Process, call: Call) -> Iterator[Step]:
        self._processes[call.pid] = _Process({fd: one for fd, one in process.files.items() if one.stays})
        yield from ()

    # Contents

    def _do_read(self, process: _Process, call: Call) -> Iterator[Step]:
        if opened := process.files.get(int(call.text.partition(",")[0], 0)):
            opened.at += call.result
        yield from ()

    def _do_lseek(self, process: _Process, call: Call) -> Iterator[Step]:
        if opened := process.files.get(int(call.text.partition(",")[0])):
            opened.at = call.result
        yield from ()

    def _do_write(self, process: _Process, call: Call) -> Iterator[Step]:
        opened = process.files.get(int(call.text.partition(",")[0]))
        if opened is None:
            return
        data = call.data[: call.result]
        if opened.node is None:
            yield from self._words_of(data)
            return
        if opened.appends:
            opened.at = len(opened.node.data)
        opened.node.write(opened.at, data)
        opened.at += call.result
        yield Step("write", opened.path)

    _do_writev = _do_write

    def _do_pwrite64(self, process: _Process, call: Call) -> Iterator[Step]:
        opened = process.files.get(int(call.text.partition(",")[0]))
        if opened is None or opened.node is None:
            return
        opened.node.write(int(call.text.rpartition(",")[2]), call.data[: call.result])
        yield Step("write", opened.path)

    _do_pwritev = _do_pwrite64

    def _do_ftruncate(self, process: _Process, call: Call) -> Iterator[Step]:
        number, _, size = call.text.partition(",")
        if (opened := process.files.get(int(number))) and opened.node:
            opened.node.resize(int(size))
            yield Step("truncate", opened.path)

    def _do_fallocate(self, process: _Process, call: Call) -> Iterator[Step]:
        number, mode, at, size = call.text.split(", ")
        if (opened := process.files.get(int(number))) and opened.node:
            assert mode == "0", call.text
            opened.node.resize(max(len(opened.node.data), int(at) + int(size)))
            yield Step("allocate", opened.path)

    def _do_sendfile(self, process: _Process, call: Call) -> Iterator[Step]:
        to, source, at, _ = call.text.split(", ")
        opened, read = process.files.get(int(to)), process.files.get(int(source))
        if opened is None or opened.node is None or not call.result:
            return
        assert read is not None, call.text
        assert read.node is not None, call.text
        first = read.at if at == "NULL" else int(at[1:].partition("]")[0])
        opened.node.write(opened.at, bytes(read.node.data[first : first + call.result]))
        opened.at += call.result
        read.at += call.result if at == "NULL" else 0
        yield Step("write", opened.path)

    def _do_copy_file_range(self, process: _Process, call: Call) -> Iterator[Step]:
        raise AssertionError(call.text)
        yield

    _do_splice = _do_pwritev2 = _do_copy_file_range

    # Syncs

    def _do_fsync(self, process: _Process, call: Call) -> Iterator[Step]:
        covered = self._begun.pop(call.pid, None)
        opened = process.files.get(int(call.text))
        if opened is None or opened.node is None:
            return
        if opened.node.is_folder and self._deaf:
            return
        if opened.node.is_folder:
            self.disk.names_synced(self.disk.pending(opened.node) if covered is None else covered)
        else:
            opened.node.synced(opened.node.covered() if covered is None else covered)
        yield Step("sync", opened.path)

    _do_fdatasync = _do_fsync

    def _do_sync(self, process: _Process, call: Call) -> Iterator[Step]:
        self.disk.all_safe()
        yield Step("sync", "/")

    _do_syncfs = _do_sync

    # Names

    def _do_rename(self, process: _Process, call: Call) -> Iterator[Step]:
        old, new = map(self._inside, self._paths(process, call.text))
        assert (old is None) == (new is None), call.text
        if old is not None and new is not None:
            (self.disk.exchange if "RENAME_EXCHANGE" in call.text else self.disk.rename)(old, new)
            yield Step("rename", "/".join(new))

    _do_renameat = _do_renameat2 = _do_rename

    def _do_link(self, process: _Process, call: Call) -> Iterator[Step]:
        old, new = map(self._inside, self._paths(process, call.text))
        assert (old is None) == (new is None), call.text
        if old is not None and new is not None:
            self.disk.link(old, new)
            yield Step("link", "/".join(new))

    _do_linkat = _do_link

    def _do_unlink(self, process: _Process, call: Call) -> Iterator[Step]:
        (path,) = map(self._inside, self._paths(process, call.text))
        if path:
            self.disk.remove(path)
            yield Step("remove", "/".join(path))

    _do_unlinkat = _do_rmdir = _do_unlink

    def _do_mkdir(self, process: _Process, call: Call) -> Iterator[Step]:
        (path,) = map(self._inside, self._paths(process, call.text))
        if path:
            self.disk.make(path, is_folder=True)
            yield Step("mkdir", "/".join(path))

    _do_mkdirat = _do_mkdir

    # What the traced process says

    def _words_of(self, data: bytes) -> Iterator[Step]:
        *lines, self._half_a_word = (self._half_a_word + data).split(b"\n")
        for line in lines:
            told = json.loads(line)
            if told.get("is") == "mapped":
                node = self.disk.find(tuple(told["path"].split("/")))
                if node is not None:
                    node.write(told["at"], bytes.fromhex(told["data"]))
            elif told.get("is") == "flushed":
                node = self.disk.find(tuple(told["path"].split("/")))
                if node is not None:
                    node.synced(node.covered())
                yield Step("sync", told["path"])
            else:
                yield Step("told", "", told)


def _strings(text: str) -> Sequence[str]:
    return [_text(one) for one, _ in _STRING.findall(text)]


def _text(hexed: str) -> str:
    return bytes.fromhex(hexed.replace("\\x", "")).decode(errors="surrogateescape")


def _written(text: str) -> tuple[str, bytes]:
    """What a write was given: its arguments with empty strings, and what stood in those. Megabytes, and all in hex: no
    quotation mark stands inside a string.
    """
    parts = text.split('"')
    outside = parts[::2]
    assert not any(one.startswith("...") for one in outside[1:]), "strace has left out some of it"
    return '""'.join(outside), bytes.fromhex("".join(parts[1::2]).replace("\\x", ""))
