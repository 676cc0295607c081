"""Following: a copy of the other machine's rows and sounds, never more than a moment behind.

Rows come as changes behind a cursor, twice a second; where that does not reach, as a whole copy, fetched in pieces and
gone on with after a break. What this machine had written alone is handed over before it is written over. It asks; it
never decides who has the air.
"""

import logging
import sqlite3
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.extras.failover.rows import Batch, PairRows
from scheduler.extras.failover.rules.election import Copy
from scheduler.extras.failover.work import mirror
from scheduler.extras.failover.work.late import hand_over
from scheduler.extras.failover.work.wire import Asker
from scheduler.kernel.causes import reason_of
from scheduler.kernel.clock import since_boot
from scheduler.kernel.errors import Refused, as_texts
from scheduler.station import Station

__all__ = ["Follower", "Following"]

log = logging.getLogger(__name__)

EVERY = 0.4
FILES_EVERY = 3.0
MOST_FILES = 20
"""Files fetched between two looks at the rows."""


@dataclass(slots=True)
class Following:
    """How it goes, for people."""

    at: float = float("-inf")
    """When the copy last was as new as the original."""
    reason: str = ""
    """Why it is not; empty = it is."""
    details: dict[str, str] | None = None
    files_missing: int = 0
    share: float = 1.0
    """How much of a whole copy has come."""


class Follower:
    """`turn` follows for a moment. For one thread; `gate` is held while rows are put in."""

    def __init__(self, station: Station, asker: Asker, gate: threading.Lock, tell: Callable[[Copy], None]) -> None:
        """`tell`: told whenever the copy is another one; an empty copy while it is being written over."""
        self._station, self._asker, self._gate, self._tell = station, asker, gate, tell
        self.rows = PairRows(station.repos.store)
        self._folder = station.written.data / "pair"
        self.state = Following()
        self._files_at = float("-inf")
        self._unmet: list[tuple[str, int, str]] = []
        self.left = False
        """The other machine has given up the air, and we have all that it had."""

    def close(self) -> None:
        """Let go of the connection."""
        self._asker.close()

    def copy(self) -> Copy:
        """How far our rows have come."""
        rows = self.rows
        if stream := rows.state("stream"):
            return Copy(_term(stream), rows.head())
        return Copy(_term(rows.state("followed")), int(rows.state("cursor", "0")))

    def turn(self, follows: Callable[[], bool]) -> None:
        """Come up to the other machine, as long as `follows` says so."""
        try:
            if self._rows(follows):
                self.state.at, self.state.reason, self.state.details = since_boot(), "", None
                self._files()
        except Refused as refused:
            self._fault(refused)
        except sqlite3.OperationalError as error:
            self._fault(Refused(reason_of(error, "database_busy")))
        except OSError as error:
            self._fault(Refused(reason_of(error, "disk_readonly")))

    def _fault(self, refused: Refused) -> None:
        if self.state.reason != refused.reason:
            log.warning("not followed: %s", refused)
        self.state.reason = refused.reason
        self.state.details = as_texts(refused.details)

    def _rows(self, follows: Callable[[], bool]) -> bool:
        rows = self.rows
        answer = self._asker.ask("changes", stream=rows.state("followed"), after=int(rows.state("cursor", "0")))
        told = answer.told
        if not told["writes"]:
            return False
        own = bool(rows.state("stream"))
        if own or told.get("copy"):
            if own:
                hand_over(self._station, rows, self._asker, self._folder)
            self._whole_copy(follows)
            return False
        batch = Batch(int(told["head"]), tuple((str(one[0]), one[1], one[2]) for one in told["rows"]))
        with self._gate:
            if not follows():
                return False
            if batch.rows or batch.head != int(rows.state("cursor", "0")):
                rows.apply(batch, str(told["stream"]))
                self._tell(self.copy())
        self.left = bool(told.get("leaving")) and not batch.rows
        return True

    # Whole copies

    def _whole_copy(self, follows: Callable[[], bool]) -> None:
        while (told := self._asker.ask("copy").told).get("wait"):
            if not follows():
                return
            self._station.clock.sleep_until(self._station.clock.monotonic() + EVERY)
        part, path = self._folder / "incoming.z", self._folder / "incoming.db"
        log.info("a whole copy is taken: %d bytes", told["bytes"])
        self._fetch(part, "copy", str(told["id"]), int(told["bytes"]))
        self._unpacked(part, path)
        with self._gate:
            if not follows():
                return
            self._tell(Copy())
            try:
                self.rows.load(path, str(told["stream"]), int(told["head"]))
            finally:
                self._tell(self.copy())
        part.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        self.state.share = 1.0
        log.info("the whole copy is in place: %s", self.copy())

    def _fetch(self, part: Path, what: str, name: str, size: int) -> None:
        """All pieces of a file into `part`, beginning where an earlier try has ended."""
        mark = part.with_name(part.name + ".name")
        if not part.exists() or not mark.exists() or mark.read_text(encoding="utf-8") != name:
            part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            mark.write_text(name, encoding="utf-8")
        with part.open("r+b") as file:
            file.seek(0, 2)
            while (at := file.tell()) < size:
                raw = self._asker.ask("piece", of=what, name=name, offset=at).raw
                if not raw:
                    raise Refused("pair_file_gone", name=name[-80:])
                file.write(raw)
                self.state.share = file.tell() / max(size, 1) if what == "copy" else 1.0
            file.truncate(size)
        mark.unlink(missing_ok=True)

    @staticmethod
    def _unpacked(part: Path, path: Path) -> None:
        for old in (path, *path.parent.glob(f"{path.name}-*")):
            old.unlink(missing_ok=True)
        path.touch(mode=0o600)
        unpack = zlib.decompressobj()
        try:
            with part.open("rb") as packed, path.open("r+b") as out:
                while piece := packed.read(mirror.PIECE):
                    out.write(unpack.decompress(piece))
                out.write(unpack.flush())
        except zlib.error as error:
            raise Refused("backup_damaged", part="loa.db") from error
        finally:
            part.unlink(missing_ok=True)

    # Files

    def _files(self) -> None:
        if since_boot() - self._files_at >= FILES_EVERY and not self._unmet:
            told: list[list[Any]] = self._asker.ask("files").told["files"]
            self._unmet = mirror.missing(self._station.written.data, told)
            self._files_at = since_boot()
        for _ in range(min(MOST_FILES, len(self._unmet))):
            name, size, digest = self._unmet.pop(0)
            path = mirror.place_of(self._station.written.data, name)
            part = self._folder / "incoming.file"
            self._fetch(part, "file", name, size)
            mirror.received(path, part, size, digest)
        self.state.files_missing = len(self._unmet)


def _term(stream: str) -> int:
    told = stream.rpartition(".")[2]
    return int(told) if told.isdigit() else 0
