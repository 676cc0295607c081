"""What a fault of the machine is called: by its number, never by a guess."""

import errno
import os
import resource
import sqlite3
from contextlib import closing

import pytest

from scheduler.core.words.wording import REASONS
from scheduler.kernel.causes import MACHINE_FAULTS, reason_of
from scheduler.kernel.errors import NOTHING_KEPT, AudioError, OutputError, Refused
from scheduler.store import Store


def of_sqlite(code):
    error = sqlite3.OperationalError("as SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.EMFILE, "too many"), "no_descriptors"),
        (OSError(errno.ENFILE, "too many"), "no_descriptors"),
        (OSError(errno.ENOMEM, "no memory"), "out_of_memory"),
        (OSError(errno.EIO, "input/output"), "disk_error"),
        (OSError(errno.ENOSPC, "no space"), "disk_full"),
        (PermissionError(errno.EACCES, "denied"), "no_permission"),
        (OSError(errno.EXDEV, "of another kind"), "internal_fault"),
        (MemoryError(), "out_of_memory"),
        (of_sqlite(sqlite3.SQLITE_IOERR_FSYNC), "disk_error"),
        (of_sqlite(sqlite3.SQLITE_FULL), "disk_full"),
        (of_sqlite(sqlite3.SQLITE_IOERR_NOMEM), "out_of_memory"),
        (of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), "database_busy"),
        (of_sqlite(sqlite3.SQLITE_ERROR), "internal_fault"),
        (of_sqlite(sqlite3.SQLITE_CANTOPEN), "database_lost"),
        (KeyError("a bug"), "internal_fault"),
        (Refused("audio_changed"), "audio_changed"),
    ],
    ids=str,
)
def test_a_fault_is_called_by_its_number(error, reason):
    assert reason_of(error) == reason
    assert reason in REASONS


def test_what_lies_beneath_an_error_of_ours_is_what_is_told():
    for wrapped in (OutputError("the device is gone"), AudioError("audio_missing")):
        wrapped.__cause__ = OSError(errno.EIO, "input/output")
    assert reason_of(OutputError("nothing beneath")) == "internal_fault"
    told = OutputError("the device is gone")
    told.__cause__ = OSError(errno.EIO, "input/output")
    assert reason_of(told) == "disk_error"
    told.__cause__ = told
    assert reason_of(told) == "internal_fault"


def test_every_fault_has_a_sentence_and_only_a_full_disk_is_called_full():
    for reason in MACHINE_FAULTS | NOTHING_KEPT:
        assert REASONS[reason]
        assert ("đầy" in REASONS[reason]) == (reason == "disk_full")


def test_a_database_that_cannot_be_opened_for_want_of_a_descriptor_says_so(tmp_path):
    with closing(sqlite3.connect(tmp_path / "made.db")) as made:
        made.execute("CREATE TABLE word (text TEXT)")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, before[1]))
    try:
        with pytest.raises(sqlite3.OperationalError) as raised, closing(sqlite3.connect(tmp_path / "made.db")) as again:
            again.execute("SELECT * FROM word")
        assert reason_of(raised.value) == "no_descriptors"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert reason_of(raised.value) == "database_lost"


def test_a_disk_that_answers_with_an_error_is_not_called_full(tmp_path):
    store = Store(tmp_path / "loa.db")
    with pytest.raises(Refused) as raised, store.write():
        raise of_sqlite(sqlite3.SQLITE_IOERR_WRITE)
    assert raised.value.reason == "disk_error"
    store.close()
