"""What this machine answers the other: votes, changes, whole copies, files, and rows that come late.

Only the machine with the air tells rows as the ward's; who has not says so. It asks nothing back.
"""

import hashlib
import logging
import sqlite3
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scheduler.extras.failover.keys import PairConfig
from scheduler.extras.failover.rows import PairRows
from scheduler.extras.failover.rules.election import Copy, Seat
from scheduler.extras.failover.work import mirror
from scheduler.extras.failover.work.late import last_common, take_late
from scheduler.extras.failover.work.peers import Table
from scheduler.extras.failover.work.wire import Message
from scheduler.kernel.clock import since_boot
from scheduler.kernel.errors import Refused
from scheduler.station import Station
from scheduler.store import instant_text

__all__ = ["Answers"]

log = logging.getLogger(__name__)

FORGET_EVERY = 20.0


class Answers:
    """`answer` is the door's. Several threads may ask at once."""

    def __init__(self, station: Station, table: Table, told: Callable[[], dict[str, Any]]) -> None:
        self._station, self._table, self._self = station, table, told
        self._rows = PairRows(station.repos.store)
        self._folder = station.written.data / "pair"
        self._copying = threading.Lock()
        self._made: dict[str, Any] = {}
        """The packed copy that lies ready."""
        self._forgot_at = since_boot()
        self.leaving = threading.Event()
        """The air has been given up for the other: it is told everything, and then that it may go."""
        self.quiet = threading.Event()
        """Nobody writes here any more."""
        self.asked_to_leave: Callable[[str], None] = lambda _: None
        self._does = {
            "vote": self._vote,
            "changes": self._changes,
            "copy": self._copy,
            "piece": self._piece,
            "files": self._files,
            "common": self._common,
            "base": self._base,
            "late": self._late,
            "left": self._left,
            "yield": self._yield,
        }

    def answer(self, machine: str, asked: Message) -> Message:
        """Raises Refused pair_stranger, pair_not_here, and what the question runs into."""
        if machine != self._station.written.get(PairConfig).peer:
            raise Refused("pair_stranger", name=machine[:40])
        does = self._does.get(str(asked.told.get("what")))
        if does is None:
            raise Refused("pair_other_version")
        return does(machine, asked)

    def _vote(self, machine: str, asked: Message) -> Message:
        told, table = asked.told, self._table
        with table.lock:
            now, contest = since_boot(), table.contest
            table.heard_at = now
            table.other = {name: value for name, value in told.items() if name not in {"what", "wants"}}
            has = Copy(*told["has"])
            contest.met(now, holds=told["seat"] == Seat.HOLDS)
            contest.heard(has, int(told["term"]))
            voted = bool(told["wants"]) and contest.promise(machine, has, now)
            table.publish()
        return Message(self._self() | {"voted": voted})

    def _writes(self) -> bool:
        with self._table.lock:
            return self._table.contest.seat is Seat.HOLDS or self.leaving.is_set()

    def _changes(self, _machine: str, asked: Message) -> Message:
        if not self._writes():
            return Message({"writes": False})
        rows, quiet = self._rows, self.quiet.is_set()
        stream, after = rows.state("stream"), int(asked.told["after"])
        if not stream:
            return Message({"writes": False})
        batch = rows.changes(after) if asked.told["stream"] == stream else None
        if batch is None:
            return Message({"writes": True, "copy": True, "stream": stream})
        if since_boot() - self._forgot_at > FORGET_EVERY:
            self._forgot_at = since_boot()
            rows.forget(after)
        leaving = self.leaving.is_set() and quiet
        return Message({"writes": True, "stream": stream, "head": batch.head, "rows": batch.rows, "leaving": leaving})

    def _copy(self, _machine: str, _asked: Message) -> Message:
        """A packed copy of the database, which the other fetches in pieces; made beside, however long that takes."""
        if not self._writes():
            raise Refused("pair_not_here", page="?")
        made = self._made
        if made and made["stream"] == self._rows.state("stream") and self._rows.changes(made["head"]) is not None:
            return Message(made)
        if self._copying.acquire(blocking=False):
            threading.Thread(target=self._make_copy, name="copy", daemon=True).start()
        return Message({"wait": True})

    def _make_copy(self) -> None:
        try:
            plain, packed = self._folder / "outgoing.db", self._folder / "outgoing.z"
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            head, stream = self._rows.copy_to(plain), self._rows.state("stream")
            digest = _pack(plain, packed)
            plain.unlink(missing_ok=True)
            self._made = {"id": digest, "bytes": packed.stat().st_size, "head": head, "stream": stream}
        except (OSError, sqlite3.Error) as error:
            log.error("no copy for the other machine: %s", error)  # noqa: TRY400 - a full disk says the same again
        finally:
            self._copying.release()

    def _piece(self, _machine: str, asked: Message) -> Message:
        name = str(asked.told["name"])
        if asked.told["of"] == "copy":
            path = self._folder / "outgoing.z"
        else:
            path = mirror.place_of(self._station.written.data, name)
        return Message({}, mirror.piece_of(path, int(asked.told["offset"])))

    def _files(self, _machine: str, _asked: Message) -> Message:
        return Message({"files": mirror.kept(self._station.written.data)})

    def _common(self, _machine: str, asked: Message) -> Message:
        return Message({"seq": last_common(self._station.repos.store, asked.told["rows"])})

    def _base(self, _machine: str, _asked: Message) -> Message:
        """What of the other machine's writing this one had when it took the air."""
        stream, _, cursor = self._rows.state("base").rpartition(" ")
        return Message({"stream": stream, "cursor": int(cursor or 0)})

    def _late(self, machine: str, asked: Message) -> Message:
        self._must_hold()
        return Message({"taken": take_late(self._station, machine, asked.told["rows"])})

    def _left(self, machine: str, asked: Message) -> Message:
        self._must_hold()
        rows, others = int(asked.told["rows"]), int(asked.told["others"])
        note = f"{machine}: {rows} journal rows told late, {others} other rows kept in a file there"
        self.note("pair_late", note)
        return Message({})

    def _yield(self, machine: str, asked: Message) -> Message:
        self._must_hold()
        who = str(asked.told.get("who", ""))[:80]
        self.note("pair_given", f"{machine} asked: {who}")
        self.asked_to_leave(who)
        return Message({})

    def _must_hold(self) -> None:
        with self._table.lock:
            if self._table.contest.seat is not Seat.HOLDS:
                raise Refused("pair_not_here", page="?")

    def note(self, reason: str, note: str) -> None:
        """A row of the journal about who has the air."""
        now = self._station.clock.now()
        self._station.repos.journal.note("pair", _day(self._station), reason, note, now)
        log.warning("%s: %s (%s)", reason, note, instant_text(now))


def _day(station: Station) -> str:

    return station.written.station.day_of(station.clock.now()).isoformat()


def _pack(plain: Path, packed: Path) -> str:
    """Compress; the digest of what came of it."""
    packed.unlink(missing_ok=True)
    packed.touch(mode=0o600)
    pack, digest = zlib.compressobj(1), hashlib.sha256()
    with plain.open("rb") as source, packed.open("r+b") as out:
        while piece := source.read(mirror.PIECE):
            made = pack.compress(piece)
            digest.update(made)
            out.write(made)
        made = pack.flush()
        digest.update(made)
        out.write(made)
    return digest.hexdigest()
