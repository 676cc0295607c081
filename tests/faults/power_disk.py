"""A disk that knows what was synced: what a power cut at any moment leaves of a folder.

Of each file it keeps what its last fsync covered, and every later version of each sector of 512 bytes; of each folder
what its own fsync covered, and what was made, renamed and removed in it since. A cut lets any of that reach the disk or
not: sectors in any order, names as far as one did not need another. It promises no more than POSIX does.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["SECTOR", "STYLES", "Disk", "Left", "Node"]

SECTOR = 512
MOST_VERSIONS = 12
"""Of one sector between two syncs: the first ones and the newest are kept."""
STYLES = ("any", "any", "any", "in order", "nothing", "all but names", "all")
"""How a cut takes what was not synced; the first is the harshest."""


@dataclass(slots=True, eq=False)
class Node:
    """A file or a folder."""

    number: int
    is_folder: bool
    data: bytearray = field(default_factory=bytearray)
    safe: bytearray = field(default_factory=bytearray)
    later: dict[int, list[bytes]] = field(default_factory=dict)
    """Sector -> what was written there since the last sync."""
    sizes: list[int] = field(default_factory=list)
    """Of the file since the last sync."""
    names: dict[str, "Node"] = field(default_factory=dict)
    safe_names: dict[str, "Node"] = field(default_factory=dict)

    def write(self, at: int, data: bytes) -> None:
        end = at + len(data)
        if end > len(self.data):
            self.data.extend(bytes(end - len(self.data)))
            self.sizes.append(end)
        self.data[at:end] = data
        for sector in range(at // SECTOR, -(-end // SECTOR)):
            self._note(sector, bytes(self.data[sector * SECTOR : (sector + 1) * SECTOR]))

    def resize(self, size: int) -> None:
        was = len(self.data)
        if size < was:
            del self.data[size:]
            for sector in range(size // SECTOR, -(-was // SECTOR)):
                self._note(sector, bytes(self.data[sector * SECTOR : (sector + 1) * SECTOR]))
        else:
            self.data.extend(bytes(size - was))
        if size != was:
            self.sizes.append(size)

    def _note(self, sector: int, found: bytes) -> None:
        versions = self.later.setdefault(sector, [])
        versions.append(found.ljust(SECTOR, b"\0"))
        if len(versions) > MOST_VERSIONS:
            del versions[2]

    def covered(self) -> tuple[int, dict[int, bytes]]:
        """What a sync that begins now covers."""
        return len(self.data), {sector: versions[-1] for sector, versions in self.later.items()}

    def synced(self, covered: tuple[int, dict[int, bytes]]) -> None:
        size, sectors = covered
        _fit(self.safe, size)
        for sector, found in sectors.items():
            at = sector * SECTOR
            if at < size:
                self.safe[at : at + SECTOR] = found[: size - at]
            if self.later.get(sector, [b""])[-1] is found:
                del self.later[sector]
        if size == len(self.data):
            self.sizes.clear()

    def left(self, draw: random.Random, share: float) -> bytes:
        """What is on the disk after a cut, when each sector got there with this chance."""
        sizes = [size for size in (*self.sizes, len(self.data)) if draw.random() < share]
        found = bytearray(self.safe)
        _fit(found, draw.choice(sizes) if sizes else len(self.safe))
        for sector, versions in self.later.items():
            at = sector * SECTOR
            if at < len(found) and draw.random() < share:
                version = versions[-1] if draw.random() < share else draw.choice(versions)
                found[at : at + SECTOR] = version[: len(found) - at]
        return bytes(found)


def _fit(data: bytearray, size: int) -> None:
    if size < len(data):
        del data[size:]
    else:
        data.extend(bytes(size - len(data)))


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What became of names at once: (folder, name, what it names now); nothing of it happens without the rest."""

    names: tuple[tuple[Node, str, Node | None], ...]

    def touches(self, folder: Node) -> bool:
        return any(where is folder for where, _, _ in self.names)

    def needs(self, others: "list[Change]") -> bool:
        """Whether one of these has touched the same name, or made the folder it is in."""
        mine = {(id(where), name) for where, name, _ in self.names}
        inside = {id(where) for where, _, _ in self.names}
        return any(
            (id(where), name) in mine or (node is not None and id(node) in inside)
            for other in others
            for where, name, node in other.names
        )


@dataclass(frozen=True, slots=True)
class Left:
    """How a cut went."""

    style: str
    lost_names: int
    lost_sectors: int


class Disk:
    """Files below `/` of its own: paths are tuples of names."""

    def __init__(self) -> None:
        self._count = 0
        self.root = self._node(is_folder=True)
        self._changes: list[Change] = []

    def _node(self, *, is_folder: bool) -> Node:
        self._count += 1
        return Node(self._count, is_folder)

    # What the station does

    def find(self, path: tuple[str, ...]) -> Node | None:
        node: Node | None = self.root
        for name in path:
            node = node.names.get(name) if node else None
        return node

    def _folder(self, path: tuple[str, ...]) -> Node:
        found = self.find(path)
        assert found is not None, path
        return found

    def make(self, path: tuple[str, ...], *, is_folder: bool = False) -> Node:
        node = self._node(is_folder=is_folder)
        self._change((self._folder(path[:-1]), path[-1], node))
        return node

    def remove(self, path: tuple[str, ...]) -> None:
        self._change((self._folder(path[:-1]), path[-1], None))

    def rename(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        node = self._folder(old)
        self._change((self._folder(old[:-1]), old[-1], None), (self._folder(new[:-1]), new[-1], node))

    def exchange(self, one: tuple[str, ...], other: tuple[str, ...]) -> None:
        first, second = self._folder(one), self._folder(other)
        self._change((self._folder(one[:-1]), one[-1], second), (self._folder(other[:-1]), other[-1], first))

    def link(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        self._change((self._folder(new[:-1]), new[-1], self._folder(old)))

    def _change(self, *names: tuple[Node, str, Node | None]) -> None:
        change = Change(names)
        _apply(change, lambda folder: folder.names)
        self._changes.append(change)

    def pending(self, folder: Node) -> list[Change]:
        """What a sync of this folder that begins now covers: its changes, and those they need."""
        wanted: list[Change] = []
        for change in reversed(self._changes):
            if change.touches(folder) or any(one.needs([change]) for one in wanted):
                wanted.append(change)
        return wanted[::-1]

    def names_synced(self, covered: list[Change]) -> None:
        for change in covered:
            if change in self._changes:
                _apply(change, lambda folder: folder.safe_names)
                self._changes.remove(change)

    def all_safe(self) -> None:
        """As after `sync`."""
        self.names_synced(list(self._changes))
        for node in _below(self.root, safe=True):
            node.synced(node.covered())

    # The cut

    def leave(self, place: Path, draw: random.Random, whole: tuple[str, ...] = ()) -> Left:
        """Write into `place` what a power cut now would leave. The folder `whole` is what somebody saw: it is kept."""
        style = draw.choice(STYLES)
        share = {"nothing": 0.0, "all": 1.0, "all but names": 1.0}.get(style, draw.random())
        kept = self._kept(draw, style, share)
        names: dict[int, dict[str, Node]] = {}

        def names_of(folder: Node) -> dict[str, Node]:
            return names.setdefault(id(folder), dict(folder.safe_names))

        for change in kept:
            _apply(change, names_of)
        torn = _write(self.root, place, names_of, lambda node: node.left(draw, share))
        if (seen := self.find(whole)) is not None and whole:
            _write(seen, place.joinpath(*whole), lambda folder: folder.names, lambda node: bytes(node.data))
        return Left(style, len(self._changes) - len(kept), torn)

    def _kept(self, draw: random.Random, style: str, share: float) -> list[Change]:
        """Which changes of names reached the disk."""
        if style == "in order":
            return self._changes[: draw.randint(0, len(self._changes))]
        if style == "all but names":
            share = 0.0
        kept: list[Change] = []
        lost: list[Change] = []
        for change in self._changes:
            reached = draw.random() < share and not change.needs(lost)
            (kept if reached else lost).append(change)
        return kept


def _apply(change: Change, names_of) -> None:
    for folder, name, node in change.names:
        if node is None:
            names_of(folder).pop(name, None)
        else:
            names_of(folder)[name] = node


def _below(folder: Node, *, safe: bool) -> Iterator[Node]:
    for node in (folder.safe_names if safe else folder.names).values():
        yield node
        if node.is_folder:
            yield from _below(node, safe=safe)


def _write(folder: Node, place: Path, names_of, content) -> int:
    """Write a folder out; how many sectors are not what the station had written."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    odd = 0
    for name, node in names_of(folder).items():
        if node.is_folder:
            odd += _write(node, place / name, names_of, content)
        else:
            data = content(node)
            (place / name).write_bytes(data)
            (place / name).chmod(0o600)
            odd += sum(
                data[s * SECTOR : (s + 1) * SECTOR] != node.data[s * SECTOR : (s + 1) * SECTOR] for s in node.later
            )
    return odd
