"""The silent self-test: outputs, voice, database, clips and backup are tried for themselves, and the journal tells it.

The outputs play three seconds of a tone that no ear hears, by the way of every other sound: a slot, the gate, the
measured journal. It therefore never sounds in quiet hours, nor into an airing or shortly before one; then it waits. The
worker runs it once a week; a week without it is told with its reason, and so is a month without an audible drill.
"""

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.core.air.output_share import described, from_row
from scheduler.core.model import HOUSE_RATE, Sha256
from scheduler.core.station.selftest import WEEK, SelfTestPart, due_at, parts_note, week_of
from scheduler.core.words.wording import sentence
from scheduler.kernel.causes import reason_of
from scheduler.kernel.clock import awaited
from scheduler.kernel.errors import LoaError, Refused, as_texts
from scheduler.services.station.station_seen import database_damage, database_fault
from scheduler.store import instant_text

if TYPE_CHECKING:
    from scheduler.station import Station

__all__ = ["SelfTest", "selftesting"]

log = logging.getLogger(__name__)

KIND = "selftest"
LOOK_EVERY = 60.0
PLAYED_WITHIN = 60.0
WORDS = "Trạm tự kiểm tra giọng đọc."
LEAST_SECONDS, LEAST_PEAK = 0.5, 500
_DRILLED = "SELECT 1 FROM journal WHERE kind = 'airing' AND trigger = 'drill' AND outcome = 'played' AND day LIKE ?"


class SelfTest:
    """`run` tests now; `turn` does whatever a look of each minute finds due."""

    def __init__(self, station: "Station") -> None:
        self._station, self._repos = station, station.repos
        self._why = ""

    def run(self) -> tuple[SelfTestPart, ...]:
        """Test every part now, and write the row. Raises Refused where the outputs may not sound just now."""
        slot_id = self._station.services.output_tests.test(self._repos.people.machine(self._now()), inaudible=True)
        parts = (*self._outputs(slot_id), *self._silent_parts())
        reason = "selftest_bad" if any(one.reason for one in parts) else "selftest_good"
        self._note(reason, parts_note(parts))
        return parts

    def turn(self) -> None:
        """Once a minute: the week's test where its minute has come, what was missed, the reminder of the drill."""
        first = self._repos.store.row("SELECT at, hash FROM journal ORDER BY seq LIMIT 1")
        if self._repos.store.is_fenced or first is None:
            return
        now, began = self._now(), datetime.fromisoformat(first["at"])
        due = due_at(first["hash"], now)
        self._tell_missed(now, began)
        self._remind(now)
        if now < due or due < began or self._has_row(("selftest_good", "selftest_bad"), due):
            return  # a station that is younger than its minute of this week begins with the next one
        try:
            self.run()
        except Refused as refusal:
            self._why = refusal.reason  # it is tried again next minute

    # The parts

    def _outputs(self, slot_id: str) -> list[SelfTestPart]:
        slots = self._repos.slots
        if not awaited(self._repos.clock, lambda: slots.slot(slot_id).outcome is not None, PLAYED_WITHIN, 0.2):
            return [SelfTestPart("outputs", "selftest_not_played")]
        sql = "SELECT reason, shares_json FROM journal WHERE slot_id = ? AND kind = 'airing'"
        row = self._repos.store.row(sql, (slot_id,))
        shares = from_row(json.loads(row["shares_json"])) if row and row["shares_json"] else ()
        if not shares:
            return [SelfTestPart("outputs", str(row["reason"]) if row and row["reason"] else "selftest_not_played")]
        return [
            SelfTestPart(
                "outputs", "" if one.is_whole else "selftest_no_share", {"title": one.name, "detail": described(one)}
            )
            for one in shares
        ]

    def _silent_parts(self) -> list[SelfTestPart]:
        tests = {"voice": self._voice, "database": self._database, "clips": self._clips, "backup": self._backup}
        return [self._tried(name, test) for name, test in tests.items()]

    @staticmethod
    def _tried(name: str, test: Callable[[], SelfTestPart]) -> SelfTestPart:
        try:
            return test()
        except Refused as refusal:
            return SelfTestPart(name, refusal.reason, as_texts(refusal.details))
        except (LoaError, OSError, sqlite3.Error, ValueError) as error:
            return SelfTestPart(name, reason_of(error), {"detail": str(error)[:200]})

    def _voice(self) -> SelfTestPart:
        """Spoken into memory, and thrown away."""
        spoken = self._station.voice().speak(WORDS)
        seconds, peak = len(spoken.pcm) / HOUSE_RATE, int(abs(spoken.pcm.astype(int)).max(initial=0))
        fits = seconds >= LEAST_SECONDS and peak >= LEAST_PEAK
        told = {"title": spoken.engine, "seconds": f"{seconds:.1f}"}
        return SelfTestPart("voice", "" if fits else "selftest_voice_short", told)

    def _database(self) -> SelfTestPart:
        path = self._repos.store.path
        return SelfTestPart("database", database_fault(path) or database_damage(path))

    def _clips(self) -> SelfTestPart:
        """Every sound that an approved announcement may air."""
        sql = (
            "SELECT DISTINCT approved_sha256 AS sha FROM announcement WHERE state = 'approved' AND approved_sha256 > ''"
        )
        found = [row["sha"] for row in self._repos.store.rows(sql)]
        for sha in found:
            self._repos.library.verify(Sha256(sha))
        return SelfTestPart("clips", details={"count": str(len(found))})

    def _backup(self) -> SelfTestPart:
        name = self._station.services.backups.read_newest()
        if name is None:
            nightly = self._station.services.backups.is_nightly
            return SelfTestPart("backup", "selftest_no_backup" if nightly else "", {})
        return SelfTestPart("backup", details={"file": name})

    # When, and what is told

    def _tell_missed(self, now: datetime, began: datetime) -> None:
        """A whole week of this station without a test, told once, with what stood in its way."""
        week = week_of(now)
        if began > week - WEEK or self._has_row(None, week - WEEK):
            return
        why = self._why or ("fault_station_off" if not self._was_on(week - WEEK, week) else "selftest_not_played")
        self._note("selftest_missed", sentence(why).rstrip("."))

    def _was_on(self, since: datetime, until: datetime) -> bool:
        sql = "SELECT 1 FROM journal WHERE at BETWEEN ? AND ? LIMIT 1"
        return self._repos.store.row(sql, (instant_text(since), instant_text(until))) is not None

    def _remind(self, now: datetime) -> None:
        """Once a month: that no drill was heard yet; and, where the month before had none, that."""
        local = self._repos.written.station.local(now)
        month = f"{local:%Y-%m}"
        before = f"{local.replace(day=1) - timedelta(days=1):%Y-%m}"
        for told, of, reason in ((month, month, "drill_due"), (month, before, "drill_missed")):
            known = "SELECT 1 FROM journal WHERE kind = ? AND reason = ? AND day LIKE ?"
            if self._repos.store.row(known, (KIND, reason, f"{told}-%")) or self._drilled(of):
                continue
            if reason == "drill_missed" and not self._repos.store.row(
                "SELECT 1 FROM journal WHERE day LIKE ? LIMIT 1", (f"{of}-%",)
            ):
                continue
            self._note(reason, "")

    def _drilled(self, month: str) -> bool:
        return self._repos.store.row(_DRILLED, (f"{month}-%",)) is not None

    def _has_row(self, reasons: tuple[str, ...] | None, since: datetime) -> bool:
        wanted = reasons or ("selftest_good", "selftest_bad", "selftest_missed")
        marks = ", ".join("?" * len(wanted))
        sql = f"SELECT 1 FROM journal WHERE kind = ? AND at >= ? AND reason IN ({marks}) LIMIT 1"  # noqa: S608 - marks
        return self._repos.store.row(sql, (KIND, instant_text(since), *wanted)) is not None

    def _note(self, reason: str, note: str) -> None:
        now = self._now()
        day = self._repos.written.station.day_of(now).isoformat()
        self._repos.journal.note(KIND, day, reason, note, now)

    def _now(self) -> datetime:
        return self._repos.clock.now()


@contextmanager
def selftesting(station: "Station", stop: threading.Event) -> Iterator[None]:
    """Look once a minute what is due, in a thread of its own, while the body runs. No fault ends it."""
    test, ended = SelfTest(station), threading.Event()

    def run() -> None:
        while not (stop.is_set() or ended.wait(LOOK_EVERY)):
            try:
                test.turn()
            except Exception:  # whatever it is, next week must be tested
                log.exception("the self-test failed")

    thread = threading.Thread(target=run, name="selftest", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(10)
