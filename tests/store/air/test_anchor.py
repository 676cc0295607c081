# ruff: noqa: S608 - names of tables are the test's own
"""The anchor outside the database: every way to shorten or rewrite a chain's end is found; what is none is no fault."""

import errno
import os
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.core.model import Role
from scheduler.kernel.causes import reason_of
from scheduler.kernel.errors import Refused
from scheduler.services.backup.restore import restore
from scheduler.services.station.checkup import deep_checkup
from scheduler.station import Station
from scheduler.store.air.anchor import NAME, RECORDS, Anchor
from scheduler.store.chain import JOURNAL, row_hash
from scheduler.store.people.audit import AUDIT


@pytest.fixture
def ward(station):
    """Some rows in both logs, each in a transaction of its own."""
    for number in range(4):
        note(station, number)
        station.repos.audit.event("sign_out", title=str(number))
    return station


def note(station, number):
    station.repos.journal.note("station", "2026-12-02", "rules_changed", f"{number}", station.clock.now())


def with_a_tool(station, *statements):
    """What somebody with the file and a tool would do, the station stopped or not."""
    with closing(sqlite3.connect(station.repos.store.path, isolation_level=None)) as conn:
        for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            conn.execute(f'DROP TRIGGER "{name}"')
        for sql, *values in statements:
            conn.execute(sql, values)


def rewritten(station, chain, seq, **changes):
    """The statement that puts another row, well hashed, in the place of a row."""
    row = station.repos.store.row(f"SELECT * FROM {chain.table} WHERE seq = ?", (seq,)) | changes
    row["hash"] = row_hash(row, chain)
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    return (f"INSERT OR REPLACE INTO {chain.table} ({names}) VALUES ({marks})", *row.values())


def last(station, table):
    return station.repos.store.value(f"SELECT max(seq) FROM {table}")


def reason(station):
    found = station.services.proof.verify()
    return found.broken.reason if found.broken else ""


def test_what_was_written_is_anchored_and_holds(ward):
    found = ward.services.proof.verify()
    assert found.whole
    assert (found.anchored, found.audit_rows) == (last(ward, "journal"), last(ward, "audit"))
    assert (ward.config.data / NAME).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("how_many", [1, 3])
@pytest.mark.parametrize("table", ["journal", "audit"])
def test_rows_cut_from_the_end_are_found(ward, table, how_many):
    with_a_tool(ward, (f"DELETE FROM {table} WHERE seq > ?", last(ward, table) - how_many))
    assert reason(ward) == f"{table}_anchor_cut"


@pytest.mark.parametrize("chain", [JOURNAL, AUDIT], ids=["journal", "audit"])
def test_the_last_row_put_in_anew_is_found(ward, chain):
    with_a_tool(ward, rewritten(ward, chain, last(ward, chain.table), note="khác"))
    assert reason(ward) == f"{chain.table}_anchor_other"


@pytest.mark.parametrize("chain", [JOURNAL, AUDIT], ids=["journal", "audit"])
def test_a_chain_written_anew_from_a_row_on_is_found(ward, chain):
    end, table = last(ward, chain.table), chain.table
    sql, *values = rewritten(ward, chain, end - 1, note="khác")
    with_a_tool(ward, (sql, *values))
    forged = ward.repos.store.value(f"SELECT hash FROM {table} WHERE seq = ?", (end - 1,))
    with_a_tool(ward, rewritten(ward, chain, end, prev_hash=forged))
    assert reason(ward) == f"{table}_anchor_other"


def test_a_wal_that_was_cut_is_found_also_after_the_station_went_on(ward, tmp_path):
    ward.repos.store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    old = tmp_path / "old.db"
    shutil.copy(ward.repos.store.path, old)
    note(ward, "lost 1")
    note(ward, "lost 2")
    ward.close()
    place = ward.repos.store.path
    for name in (place.with_name("loa.db-wal"), place.with_name("loa.db-shm")):
        name.unlink(missing_ok=True)
    shutil.copy(old, place)
    assert reason(ward) == "journal_anchor_cut"
    reopened = Station.open(ward.config, ward.clock)
    for number in range(2 * RECORDS // 100):  # it grows past what was lost
        note(reopened, number)
    assert reason(reopened) == "anchor_differs"
    assert "audit" in reopened.services.proof.verify().broken.details["note"]
    reopened.close()


def test_rows_cut_under_a_running_station_are_told_by_its_next_row(ward):
    with_a_tool(ward, ("DELETE FROM journal WHERE seq > ?", last(ward, "journal") - 2))
    note(ward, "next")
    assert reason(ward) == "anchor_differs"
    for number in range(5):
        note(ward, number)
    assert ward.repos.store.value("SELECT count(*) FROM journal WHERE reason = 'anchor_differs'") == 1


def test_a_file_that_is_gone_is_told_before_and_after_it_is_begun_again(ward):
    (ward.config.data / NAME).unlink()
    assert reason(ward) == "anchor_missing"
    note(ward, "next")
    found = ward.services.proof.verify()
    assert found.whole
    assert [code for code, _ in found.notes] == ["anchor_lost"]


def test_a_power_cut_between_commit_and_anchor_is_no_fault(ward):
    kept = (ward.config.data / NAME).read_bytes()
    note(ward, "committed and not anchored")
    (ward.config.data / NAME).write_bytes(kept)
    assert reason(ward) == ""
    ward.close()
    reopened = Station.open(ward.config, ward.clock)
    note(reopened, "after")
    found = reopened.services.proof.verify()
    assert (found.whole, found.anchored, found.notes) == (True, last(reopened, "journal"), ())
    reopened.close()


def test_a_torn_record_is_as_if_it_were_not_there(ward):
    path = ward.config.data / NAME
    held = Anchor(path).held()
    data = bytearray(path.read_bytes())
    place = data.rindex(bytes.fromhex(held.records[-1].ends.journal.hash))
    data[place : place + 20] = bytes(20)
    path.write_bytes(bytes(data))
    assert len(Anchor(path).held().records) == len(held.records) - 1
    assert reason(ward) == ""


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, errno.EMFILE])
def test_a_disk_that_takes_no_anchor_stops_no_row(ward, monkeypatch, fault):
    def refuses(*_):
        raise OSError(fault, os.strerror(fault))

    before = last(ward, "journal")
    monkeypatch.setattr(os, "fdatasync", refuses)
    note(ward, "kept all the same")
    monkeypatch.undo()
    assert last(ward, "journal") == before + 1
    assert reason(ward) == ""


@pytest.mark.parametrize("fault", [errno.EMFILE, errno.EIO, errno.EACCES])
def test_an_anchor_that_the_machine_cannot_read_just_now_is_not_called_gone(ward, monkeypatch, fault):
    usual = Path.read_bytes

    def failing(path):
        if path.name == NAME:
            raise OSError(fault, "injected")
        return usual(path)

    monkeypatch.setattr(Path, "read_bytes", failing)
    with pytest.raises(Refused) as told:
        ward.services.proof.verify()
    told_by_the_doctor = {one.reason for one in deep_checkup(ward.services) if not one.good}
    assert told_by_the_doctor == {told.value.reason} == {reason_of(OSError(fault, ""))}
    monkeypatch.undo()
    assert ward.services.proof.verify().whole


def test_many_more_rows_than_there_are_places_hold(ward):
    store = ward.repos.store
    for number in range(3):
        for _ in range(50):
            note(ward, number)
    assert len(Anchor(ward.config.data / NAME).held().records) <= RECORDS
    assert reason(ward) == ""
    with_a_tool(ward, ("DELETE FROM journal WHERE seq > ?", last(ward, "journal") - 1))
    assert reason(ward) == "journal_anchor_cut"
    assert store.value("SELECT count(*) FROM anchored") == 1


def test_threads_of_one_process_and_two_processes_raise_no_false_alarm(ward):
    other = Station.open(ward.config, ward.clock)

    def write(number):
        note((ward, other)[number % 2], number)
        (ward, other)[number % 2].repos.store.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(60)))
    assert reason(ward) == ""
    assert ward.repos.store.value("SELECT count(*) FROM journal WHERE reason = 'anchor_differs'") == 0
    other.close()


def test_a_restore_tells_what_is_missing_and_is_no_tampering(ward):
    hung = ward.repos.people.add("hung", "Hùng", Role.ADMIN, "mat-khau-cua-hung", ward.clock.now())
    place = ward.services.backups.make(hung, ward.config.folder / "copies")
    note(ward, "after the backup")
    lost = last(ward, "journal")
    ward.close()
    now = ward.clock.now() + timedelta(hours=1)
    restore(place, ward.config.data, replaced_at=now, now=now)
    ward.clock.advance(7200)
    again = Station.open(ward.config, ward.clock)
    note(again, "later")
    found = again.services.proof.verify()
    assert found.whole
    ((code, told),) = found.notes
    assert code == "restored"
    assert f"replaced: rows up to {lost} " in told
    again.close()
