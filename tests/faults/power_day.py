"""A day of a station that is traced from its first start on: it works, and says what it has promised to whom.

Run as a module under `power_trace.traced`. What a person was told (an order is received, an approval stands, a file is
there) is written into a file beside the folder at the moment of the answer; so is what shared memory holds, which no
call tells. The clock is stepped, the log of the database is emptied often and in every way, and a reader keeps it back.
"""

import io
import json
import mmap
import os
import random
import sqlite3
import sys
import threading
import wave
import zlib
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from scheduler.config.loading import BackupConfig, Config
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import Person, Priority, Role, Sha256
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import Refused
from scheduler.playout.blackbox import BlackBox
from scheduler.playout.kept_ends import KeptEnds
from scheduler.playout.service import Playout
from scheduler.services.air.emergency import Order
from scheduler.services.fault_log import NAME as FAULTS
from scheduler.station import Station
from scheduler.store.red_ring import NAME as RING
from tests.faults.day import DAWN, DAY, OVER, approved, config_in, people, peopled, running, turn, voice, with_ears
from tests.faults.power_disk import SECTOR
from tests.faults.power_trace import TOLD

WHOLE = OVER + timedelta(minutes=30) - DAWN
SHORT = timedelta(minutes=55)
"""From before dawn to behind the first window: what a test has time for."""
BOX = "measured.bin"
ENDS = "measured.ends"
PAGES = 24
"""Pages of the database's log after which it is emptied by itself: a thousand, usually."""
CHECKPOINTS = ("PASSIVE", "FULL", "RESTART", "TRUNCATE")


class Words:
    """What this process tells whoever reads its trace."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._file = os.open(folder.parent / TOLD, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC)
        self._lock = threading.RLock()
        self._mapped: dict[str, tuple[mmap.mmap, bytearray]] = {}
        """Name -> what is in it now, and what was said last."""

    def say(self, what: str, **fields: Any) -> None:
        with self._lock:
            os.write(self._file, json.dumps({"is": what, **fields}).encode() + b"\n")

    def note_mapped(self) -> None:
        """Say what shared memory holds that was not said yet."""
        with self._lock:
            for name in (RING, FAULTS, BOX, ENDS):
                self._note(name)

    def _note(self, name: str) -> None:
        path = self._data / name
        if name not in self._mapped:
            if not path.exists() or not path.stat().st_size:
                return
            with path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
            self._mapped[name] = mapped, bytearray(len(mapped))
        mapped, before = self._mapped[name]
        if before == mapped:  # some thousand times, and megabytes: nothing is copied
            return
        now = bytearray(mapped)
        whole = len(now) // SECTOR * SECTOR
        pair = [np.frombuffer(one, np.uint8, whole) for one in (now, before)]
        changed = np.flatnonzero((pair[0] != pair[1]).reshape(-1, SECTOR).any(axis=1))
        for sector in changed.tolist():
            at = sector * SECTOR
            self.say("mapped", path=f"data/{name}", at=at, data=now[at : at + SECTOR].hex())
        self._mapped[name] = mapped, now

    def listen(self) -> None:
        """From now on a sync of shared memory is told with what it covers."""
        usual, flush, ends_flush = os.fdatasync, BlackBox.flush, KeptEnds.flush

        def fdatasync(file: int) -> None:
            if Path(f"/proc/self/fd/{file}").readlink().name in {RING, FAULTS}:
                self.note_mapped()
            usual(file)

        def flushed(box: BlackBox) -> None:
            self.note_mapped()
            flush(box)
            self.say("flushed", path=f"data/{BOX}")

        def ends_flushed(ends: KeptEnds) -> None:
            self.note_mapped()
            ends_flush(ends)
            self.say("flushed", path=f"data/{ENDS}")

        os.fdatasync, BlackBox.flush, KeptEnds.flush = fdatasync, flushed, ends_flushed  # type: ignore[method-assign]


def config_of(folder: Path) -> Config:
    return config_in(folder, backup=BackupConfig(sounds="beside"))


def empty_the_log_often() -> None:
    usual = sqlite3.connect

    def connect(*given: Any, **named: Any) -> sqlite3.Connection:
        made = usual(*given, **named)
        made.execute(f"PRAGMA wal_autocheckpoint={PAGES}")
        return made

    sqlite3.connect = connect  # type: ignore[assignment]


@dataclass
class Traced:
    """The station at work."""

    folder: Path
    rng: random.Random
    words: Words
    length: timedelta = WHOLE
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(DAWN))
    rows: tuple[Any, ...] = ()
    station: Station = field(init=False)
    service: Playout = field(init=False)
    made: list[int] = field(default_factory=list)
    alarm: int = 0
    reader: sqlite3.Connection | None = None

    @property
    def config(self) -> Config:
        return config_of(self.folder)

    @property
    def end(self) -> datetime:
        return DAWN + self.length

    @property
    def lan(self) -> Person:
        return people(self.station)[0]

    @property
    def minh(self) -> Person:
        return people(self.station)[1]

    # Beginning and ending

    def prepare(self) -> None:
        """From nothing to a station with people, sounds and campaigns."""
        self.station = peopled(self.config, self.clock)
        self.station.repos.people.add("ha", "Hà", Role.ADMIN, "mat-khau-cua-ha", self.clock.now())
        self.row("SELECT count(*) FROM person WHERE login IN ('lan', 'minh', 'ha')")
        self.words.say("key", public=self.station.services.proof.key().public)
        for number in range(1, 4):
            self.made.append(self.approve(f"Bản tin {number}", 1.0 + number * 0.4, number))
        self.alarm = self.approve("Báo động", 1.5, 99, Priority.EMERGENCY)
        running(self.station, self.made[0], ("05:40-05:50", "17:00-17:20"), base=4)
        running(self.station, self.made[1], ("05:40-05:50", "17:00-17:20"), base=2, priority=Priority.PRIORITY)
        running(self.station, self.made[2], ("17:10-17:30", "20:50-21:00"), base=2, chime=True)
        self.row("SELECT count(*) FROM campaign WHERE state = 'active'")
        self.row("SELECT count(*) FROM slot WHERE day = ?", DAY.isoformat())

    def start(self) -> None:
        self.service = self.station.playout()
        self.service.start()

    def restart(self) -> None:
        """An orderly end, and the next start: the last connection empties the database's log and removes it."""
        self.let_go()
        self.service.stop()
        self.station.close()
        self.station = Station.open(self.config, self.clock)
        self.start()

    # What is said

    def row(self, sql: str, *given: Any) -> None:
        """What somebody has read is there for good."""
        self.words.say("row", sql=sql, given=given, value=self.station.repos.store.value(sql, given))

    def said(self) -> None:
        """At every turn: the time, and the ends of both chains as anybody reads them."""
        self.words.note_mapped()
        store = self.station.repos.store
        ends = [store.row(f"SELECT seq, hash FROM {chain} ORDER BY seq DESC LIMIT 1") for chain in ("journal", "audit")]  # noqa: S608 - our names
        now = tuple((row["seq"], row["hash"]) if row else None for row in ends)
        if now != self.rows:
            self.rows = now
            self.words.say("chains", journal=now[0], audit=now[1])
        self.words.say("now", at=self.clock.now().timestamp())

    # What people do

    def approve(self, title: str, seconds: float, seed: int, priority: Priority = Priority.NORMAL) -> int:
        made = approved(self.station, title, seconds, seed, priority)
        self.words.say("approved", id=made, sha256=self.station.repos.programme.announcement(made).approved_sha256)
        return made

    def break_in(self) -> None:
        self.words.say("order", key=self.station.services.emergency.break_in(self.minh, self.alarm))

    def play_now(self) -> None:
        said = self.rng.choice(self.made)
        self.words.say("order", key=self.station.services.air.play_now(self.lan, said, chime=False))

    def stop(self) -> None:
        self.station.services.air.stop(self.minh)

    @contextmanager
    def _locked(self):
        """Another program holds the database."""
        other = sqlite3.connect(self.station.repos.store.path)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.rollback()
            other.close()

    def break_in_unwritten(self) -> None:
        with self._locked():
            self.break_in()

    def speak_unwritten(self) -> None:
        """Words of the moment, while the database takes nothing."""
        text, now = f"Nước lên {self.rng.randrange(10**6)}", self.clock.now()
        made = self.station.repos.library.add_master(voice(1.2, self.rng.randrange(10**6)))
        clip = StoredClip(made.sha256, text, "speech", made.frames, now, self.minh.id, lufs=made.lufs)
        order = Order(self.minh, grace=timedelta(0))
        with self._locked():
            key = self.station.services.emergency.order_words(order, text, text, clip)
            self.words.say("order", key=key)
            self.words.say("words", key=key, text=text, sha256=made.sha256)

    def say_something_new(self) -> None:
        made = self.approve(f"Tin {self.rng.randrange(10**6)}", 1.0, self.rng.randrange(10**6))
        self.made.append(made)
        now = self.clock.now()
        self.words.say("order", key=self.station.services.air.play_now(self.minh, made, chime=False))
        self.station.repos.journal.note("clock", DAY.isoformat(), "clock_step", "+0.0 s", now)

    def upload(self) -> None:
        """A file in pieces, and its end at the worker."""
        sound = io.BytesIO()
        with wave.open(sound, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(48_000)
            file.writeframes(voice(1.5, self.rng.randrange(10**6)).tobytes())
        data, uploads = sound.getvalue(), self.station.services.uploads
        begun = uploads.begin(self.lan, "hop-to.wav", len(data), f"{zlib.crc32(data):x}")
        for at in range(0, len(data), 50_000):
            uploads.push(self.lan, begun.upload.id, at, data[at : at + 50_000])
        job = uploads.finish(self.lan, begun.upload.id, zlib.crc32(data))
        self.words.say("upload", job=job, sha256=sha256(data).hexdigest())
        self._in_the_worker(job)

    def send(self) -> None:
        """A file at once."""
        place = self.folder.parent / "sent.wav"
        with wave.open(str(place), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(48_000)
            file.writeframes(voice(1.2, self.rng.randrange(10**6)).tobytes())
        job = self.station.services.recordings.take_in(self.lan, place, "gui-len.wav", title="Gửi lên")
        self.words.say("upload", job=job, sha256=sha256(place.read_bytes()).hexdigest())
        self._in_the_worker(job)

    def _in_the_worker(self, job: int) -> None:
        self.said()
        if self.rng.random() < 0.7:
            self.station.worker().work_once(job)
            self.row("SELECT state FROM job WHERE id = ?", job)

    def seal(self) -> None:
        """A person's second proof: its secret is sealed with a key in a file."""
        self.station.services.people.begin_totp(self.minh)
        self.words.say("sealed", login="minh", secret=self.station.services.people.pending_totp(self.minh)[0])

    def back_up(self) -> None:
        ha = next((one for one in self.station.repos.people.listed() if one.login == "ha"), None)
        assert ha
        made = self.station.services.backups.make(ha)
        self.words.say("backup", path=made.relative_to(self.folder).as_posix())

    def prove(self) -> None:
        self.station.services.proof.close_days()
        self.row("SELECT count(*) FROM checkpoint")
        place = self.config.data / "minh-chung.jsonl"
        told = self.station.services.proof.export(self.lan, DAY, DAY, place)
        self.words.say("file", path=place.relative_to(self.folder).as_posix(), sha256=_hash(place), rows=told.rows)

    # What the machine does

    def checkpoint(self) -> None:
        self.station.repos.store.db.conn.execute(f"PRAGMA wal_checkpoint({self.rng.choice(CHECKPOINTS)})").fetchall()

    def keep_back(self) -> None:
        """Somebody reads for long: what is newer stays in the log."""
        if self.reader is None:
            self.reader = sqlite3.connect(self.station.repos.store.path)
            self.reader.execute("BEGIN")
            self.reader.execute("SELECT count(*) FROM journal").fetchone()
        else:
            self.let_go()

    def let_go(self) -> None:
        if self.reader is not None:
            self.reader.close()
            self.reader = None

    # The day

    def run(self) -> None:
        self.prepare()
        self.start()
        acts = self._acts()
        while self.clock.now() < self.end:
            while acts and self.clock.now() >= acts[0][0]:
                self._do(acts.pop(0)[1])
            if self.rng.random() < 0.05:
                self.checkpoint()
            turn(self.service, self.clock, min(acts[0][0] if acts else self.end, self.end), self.words.note_mapped)
            self.said()
        self._do(self.prove)
        self._do(self.back_up)
        self.let_go()
        self.service.stop()
        self.station.close()

    def _acts(self) -> list[tuple[datetime, Callable[[], None]]]:
        often: list[Callable[[], None]] = [
            self.break_in, self.break_in_unwritten, self.speak_unwritten, self.play_now, self.play_now, self.stop,
            self.stop, self.say_something_new, self.upload, self.upload, self.send, self.send, self.seal, self.back_up,
            self.prove, self.restart, self.keep_back, self.keep_back, self.keep_back,
        ]  # fmt: skip
        self.rng.shuffle(often)
        length = self.length.total_seconds() * 0.95
        at = sorted(DAWN + timedelta(seconds=self.rng.uniform(60.0, length)) for _ in often)
        return list(zip(at, often, strict=True))

    def _do(self, act: Callable[[], None]) -> None:
        self.words.say("act", name=act.__name__)
        with suppress(Refused):
            act()
        self.said()


def _hash(path: Path) -> Sha256:
    return Sha256(sha256(path.read_bytes()).hexdigest())


def main() -> None:
    folder, seed = Path(sys.argv[1]), int(sys.argv[2])
    words = Words(folder)
    words.listen()
    empty_the_log_often()
    day = Traced(folder, random.Random(seed), words, timedelta(minutes=float(sys.argv[3])))
    with_ears(day.clock)
    day.run()


if __name__ == "__main__":
    main()
