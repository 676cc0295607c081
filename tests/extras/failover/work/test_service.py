"""Two pair processes that are hindered: full disks, other keys, rows that come late."""

import shutil
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from scheduler.core.model import AiringOutcome
from scheduler.extras.failover.rows import PairRows
from scheduler.extras.failover.service import FailoverService
from scheduler.extras.failover.work.late import take_late
from scheduler.kernel.air_fence import folder_of
from scheduler.kernel.errors import Refused
from scheduler.station import Station
from scheduler.store import Ending
from tests.extras.failover.work.duo import KEY
from tests.waiting import pause, until


def test_a_full_disk_of_the_follower_is_told_and_the_holder_goes_on(duo_of, monkeypatch):
    duo = duo_of()
    first, second = duo.up()
    plain, full = PairRows._bare, threading.Event()

    @contextmanager
    def small(self):
        with plain(self) as conn:
            if full.is_set() and self.store is second.station.repos.store:
                conn.execute(f"PRAGMA max_page_count={conn.execute('PRAGMA page_count').fetchone()[0]}")
            yield conn

    monkeypatch.setattr(PairRows, "_bare", small)
    with duo.steady(first):
        full.set()
        for number in range(200):
            with first.station.repos.store.write() as db:
                sql = "INSERT INTO todo (key, reason, raised_at) VALUES (?, ?, 't')"
                db.conn.execute(sql, (f"k{number}", "x" * 3000))
        until(lambda: "disk_full" in second.reasons(), "the word about the disk")
        pause(3.0)
        assert first.air.has_air()
        full.clear()
    until(lambda: not second.reasons(), "the copy after all")
    count = "SELECT count(*) FROM todo"
    until(lambda: second.station.repos.store.value(count) == first.station.repos.store.value(count), "the same rows")
    assert duo.doubles == []


def test_a_machine_with_another_key_gets_nothing_and_says_so(duo_of):
    duo = duo_of()
    path = folder_of(duo.second.config.data) / "pair.key"
    path.unlink()
    duo.second.station.services.get(FailoverService).join(KEY)
    duo.first.start()
    duo.second.start()
    until(lambda: "pair_key_wrong" in duo.second.reasons(), "the word about the key")
    until(duo.first.air.has_air, "the air of the first, by the broker")
    assert duo.second.station.repos.store.value("SELECT count(*) FROM announcement") == 0
    pause(8.0)
    assert not duo.second.air.has_air()


def test_rows_that_come_late_are_written_once_and_end_a_slot_that_nobody_has_ended(station, cast, config, tmp_path):
    there = Station.open(replace(config, folder=tmp_path / "there"), station.clock)
    there.prepare()
    there.close()
    slot_id = station.services.air.play_now(cast.minh, cast.approved(2.0), chime=False)
    other = tmp_path / "copy.db"
    PairRows(station.repos.store).copy_to(other)
    for path in there.config.data.glob("loa.db*"):
        path.unlink()
    shutil.copy(other, there.config.data / "loa.db")
    now = station.clock.now()
    there = Station.open(there.config, station.clock)
    ending = Ending(AiringOutcome.PLAYED, "", now, now + timedelta(seconds=2), 2000, {"wav": "ok"})
    there.repos.slots.close(slot_id, ending, now)
    there.repos.journal.note("clock", "2026-12-02", "clock_step", "+2.0 s", now)
    late = there.repos.store.rows("SELECT * FROM journal ORDER BY seq")
    assert take_late(station, "may-1", late) == 2
    assert take_late(station, "may-1", late) == 0
    rows = station.repos.store.rows("SELECT kind, outcome, played_ms, slot_id, note FROM journal ORDER BY seq")
    assert [(row["kind"], row["outcome"], row["played_ms"]) for row in rows] == [
        ("airing", "played", 2000),
        ("late", "", None),
    ]
    assert all("may-1 #" in row["note"] for row in rows)
    assert station.repos.slots.slot(slot_id).outcome is AiringOutcome.PLAYED
    assert station.services.proof.verify().whole
    there.close()


def test_a_machine_that_cannot_write_its_rows_leaves_the_air_to_the_other(duo_of, monkeypatch):
    duo = duo_of()
    first, second = duo.up()
    plain = PairRows.begin

    def full(self, stream, **values):
        if stream.startswith("may-2"):
            raise Refused("disk_full")
        plain(self, stream, **values)

    monkeypatch.setattr(PairRows, "begin", full)
    first.stop()
    until(lambda: not first.air.has_air(), "silence")
    pause(6.0)
    first.start()
    until(first.air.has_air, "the first machine's air again")
    assert not second.air.has_air()
    assert duo.doubles == []
