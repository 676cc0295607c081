"""Power cuts that take what was not synced: any of its sectors may be lost or torn, and what was acknowledged is there.

What a folder holds at the last sync is kept; of what was written afterwards each sector of 512 bytes reaches the disk or
does not. Killing a process shows nothing of this, because the system goes on holding what it wrote.
"""

import os
import random
import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.core.model import Priority
from scheduler.core.station.station_faults import StationFault
from scheduler.services.fault_log import NAME as FAULTS
from scheduler.services.fault_log import FaultLog
from scheduler.station import Station
from scheduler.store.red_ring import NAME as RING
from scheduler.store.red_ring import RedRing
from tests.faults.day import approved, people
from tests.faults.sweep import until

SECTOR = 512
CUTS = 40


class Disk:
    """Files of one folder as a power cut would leave them."""

    def __init__(self, folder, names, monkeypatch):
        self.folder, self.names, self.synced = Path(folder), names, {}
        self.syncs = 0
        usual = os.fdatasync

        def fdatasync(file):
            usual(file)
            path = Path(f"/proc/self/fd/{file}").readlink()
            if path.name in names:
                self.synced[path.name] = path.read_bytes()
                self.syncs += 1

        monkeypatch.setattr(os, "fdatasync", fdatasync)

    def cut(self, place, seed):
        """The folder after a power cut, in `place`."""
        draw = random.Random(seed)
        share = draw.random()
        place.mkdir()
        for name in self.names:
            safe, now = self.synced[name], (self.folder / name).read_bytes()
            left = bytearray(safe.ljust(len(now), b"\0"))
            for at in range(0, len(now), SECTOR):
                if now[at : at + SECTOR] != left[at : at + SECTOR] and draw.random() < share:
                    left[at : at + SECTOR] = now[at : at + SECTOR]
            (place / name).write_bytes(left)
        return place


def test_an_order_that_was_acknowledged_is_in_the_ring_after_any_power_cut(station, cast, tmp_path, monkeypatch):
    disk = Disk(station.config.data, (RING,), monkeypatch)
    station.repos.red.sync()
    before = disk.syncs
    slot_id = station.services.emergency.break_in(cast.minh, cast.approved(1.0))
    assert disk.syncs > before
    for number in range(20):  # what comes afterwards is synced by nobody
        station.repos.red.beat("playout", {"pid": 1, "at": str(number), "state": {}, "life": ""})
        station.repos.red.put({"key": f"later {number}", "kind": "stop"})
    for seed in range(CUTS):
        ring = RedRing.open(disk.cut(tmp_path / f"cut-{seed}", seed))
        found = ring.find(slot_id)
        assert found is not None, seed
        assert found.order["key"] == slot_id
        ring.close()


def test_a_fault_that_was_synced_is_in_the_log_after_any_power_cut(tmp_path, monkeypatch, clock):
    (tmp_path / "data").mkdir()
    log = FaultLog.open(tmp_path / "data")
    disk = Disk(tmp_path / "data", (FAULTS,), monkeypatch)
    one = log.begin(StationFault("disk", "disk_full"), clock.now())
    log.sync()
    log.told(one.number, "webhook", "began")
    log.over(one.number, clock.now())
    for number in range(30):
        log.begin(StationFault(f"output {number}", "fault_output", {"title": "x" * 300}), clock.now())
    for seed in range(CUTS):
        left = FaultLog.open(disk.cut(tmp_path / f"cut-{seed}", seed))
        assert "disk" in {record.fault.key for record in left.records()}, seed
        left.close()


@pytest.mark.parametrize("act", ["play now", "emergency", "stop"])
def test_an_order_that_is_a_row_is_there_whatever_of_the_later_log_is_lost_or_torn(station, cast, tmp_path, act):
    assert station.repos.store.value("PRAGMA synchronous") == 2  # each commit waits for the disk
    data, announcement = station.config.data, cast.approved(1.0)
    orders = {
        "play now": lambda: station.services.air.play_now(cast.minh, announcement, chime=False),
        "emergency": lambda: station.services.emergency.break_in(cast.minh, announcement),
        "stop": lambda: station.services.air.stop(cast.minh),
    }
    orders[act]()
    told = rows(data / "loa.db")
    synced = (data / "loa.db-wal").stat().st_size
    for number in range(10):
        station.repos.journal.note("clock", "2026-12-02", "clock_step", str(number), station.clock.now())
    wal = (data / "loa.db-wal").read_bytes()
    assert len(wal) > synced
    for seed in range(CUTS // 4):
        draw, place = random.Random(seed), tmp_path / f"{seed}"
        place.mkdir()
        shutil.copy(data / "loa.db", place / "loa.db")
        left = bytearray(wal[: synced + draw.randrange(len(wal) - synced)])
        for at in range(synced, len(left), SECTOR):
            if draw.random() < 0.5:
                left[at : at + SECTOR] = bytes(len(left[at : at + SECTOR]))
        (place / "loa.db-wal").write_bytes(left)
        found = rows(place / "loa.db")
        assert all(row in found for row in told), seed


def rows(path):
    db = sqlite3.connect(path)
    try:
        assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
        slots = db.execute("SELECT id, start, trigger FROM slot").fetchall()
        return slots + db.execute("SELECT id, kind, args_json FROM command").fetchall()
    finally:
        db.close()


def test_the_station_opens_on_what_a_power_cut_left_and_its_journal_holds(station, cast, tmp_path, monkeypatch):
    disk = Disk(station.config.data, (RING,), monkeypatch)
    station.repos.red.sync()
    slot_id = station.services.emergency.break_in(cast.minh, cast.approved(1.0))
    place = disk.cut(tmp_path / "cut", 1)
    for name in ("loa.db", "loa.db-wal"):
        shutil.copy(station.config.data / name, place / name)
    config = replace(station.written, station=replace(station.written.station, data=str(place)))
    left = Station.open(config, station.clock)
    assert left.repos.red.find(slot_id) is not None
    assert left.repos.slots.slot(slot_id).outcome is None
    assert left.repos.journal.verify().whole
    left.close()


def unsynced(stepped, synced):
    """Power goes: of the ring that is left which the disk had; all else as it is."""
    stepped.power_off()
    (stepped.station.config.data / RING).write_bytes(synced)
    stepped.clock.advance(5)
    stepped.reopen()
    service = stepped.start()
    service.lane.turn(stepped.clock.now())  # in a thread of its own it may look before any row is followed
    taken = [one.key for one in stepped.station.repos.red.placed() if service.lane.owns(one.key)]
    stepped.run(timedelta(minutes=2))
    return taken


def test_an_emergency_that_sounded_is_not_said_again_because_a_power_cut_took_what_the_ring_knew(stepped):
    said = approved(stepped.station, "Báo động", 1.5, 99, Priority.EMERGENCY)
    stepped.start()
    slot_id = stepped.station.services.emergency.break_in(people(stepped.station)[1], said)
    at_the_order = (stepped.station.config.data / RING).read_bytes()
    stepped.run(timedelta(seconds=10))
    assert stepped.station.repos.slots.slot(slot_id).outcome == "played"
    assert unsynced(stepped, at_the_order) == []
    assert [stretch.slot_id for stretch in stepped.heard] == [slot_id]
    assert stepped.station.repos.red.find(slot_id) is None


def test_an_emergency_without_rows_is_not_said_again_after_a_power_cut_in_its_middle(stepped, monkeypatch):
    said = approved(stepped.station, "Báo động", 4.0, 99, Priority.EMERGENCY)
    stepped.start()
    stepped.run(timedelta(seconds=1))
    disk = Disk(stepped.station.config.data, (RING,), monkeypatch)
    locked = sqlite3.connect(stepped.station.config.data / "loa.db")
    locked.execute("BEGIN IMMEDIATE")
    slot_id = stepped.station.services.emergency.break_in(people(stepped.station)[1], said)
    stepped.stumble(timedelta(seconds=2))
    ring = stepped.station.repos.red
    assert ring.find(slot_id).state == "sounding"

    def is_synced():
        (stepped.station.config.data / "copy").mkdir(exist_ok=True)
        (stepped.station.config.data / "copy" / RING).write_bytes(disk.synced[RING])
        left = RedRing.open(stepped.station.config.data / "copy")
        found = left.find(slot_id)
        left.close()
        return found.state == "sounding"

    assert until(is_synced, 120)  # a thread of its own waits for the disk
    locked.rollback()
    locked.close()
    assert unsynced(stepped, disk.synced[RING]) == []
    assert [stretch.slot_id for stretch in stepped.heard] == [slot_id]
    assert stepped.station.repos.slots.slot(slot_id).reason == "power_cut"
