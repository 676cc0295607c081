import sqlite3
from datetime import UTC, datetime

import pytest

from scheduler.store import Entry, Journal, Store

NOW = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path):
    store = Store(tmp_path / "loa.db")
    store.migrate()
    journal = Journal(store)
    for number in range(5):
        with store.write() as db:
            entry = Entry(
                at=NOW, kind="airing", day="2026-12-02", title=f"bản tin {number}", played_ms=1000, outcome="played"
            )
            journal.append(db, entry)
    yield journal
    store.close()


def _tamper(journal, sql):
    """What somebody with the file and a tool would do: the triggers do not hold them."""
    conn = journal.store.db.conn
    for trigger in ("journal_no_update", "journal_no_delete"):
        conn.execute(f"DROP TRIGGER {trigger}")
    conn.execute(sql)
    conn.commit()


def test_an_untouched_journal_is_whole(journal):
    found = journal.verify()
    assert found.whole
    assert found.rows == 5


def test_an_empty_journal_is_whole(tmp_path):
    store = Store(tmp_path / "empty.db")
    store.migrate()
    assert Journal(store).verify() == (0, None)
    store.close()


@pytest.mark.parametrize("sql", ["UPDATE journal SET title = 'x' WHERE seq = 2", "DELETE FROM journal WHERE seq = 2"])
def test_the_database_itself_refuses_to_change_or_remove_a_row(journal, sql):
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        journal.store.db.conn.execute(sql)
    journal.store.db.conn.rollback()
    assert journal.verify().whole


@pytest.mark.parametrize(
    ("sql", "seq"),
    [
        pytest.param("UPDATE journal SET played_ms = 9000 WHERE seq = 3", 3, id="seconds_changed"),
        pytest.param("UPDATE journal SET title = 'khác' WHERE seq = 1", 1, id="title_changed"),
        pytest.param("UPDATE journal SET outcome = 'missed' WHERE seq = 5", 5, id="last_row_changed"),
        pytest.param("UPDATE journal SET note = 'x' WHERE seq = 4", 4, id="note_changed"),
        pytest.param("DELETE FROM journal WHERE seq = 2", 2, id="row_removed"),
        pytest.param("DELETE FROM journal WHERE seq = 1", 1, id="first_row_removed"),
        pytest.param("UPDATE journal SET hash = 'f' || substr(hash, 2) WHERE seq = 2", 2, id="hash_changed"),
    ],
)
def test_verify_names_the_first_broken_row(journal, sql, seq):
    _tamper(journal, sql)
    found = journal.verify()
    assert found.broken is not None
    assert found.broken.seq == seq


def test_two_rows_changing_places_are_found(journal):
    _tamper(journal, "UPDATE journal SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 ELSE seq END")
    journal.store.db.conn.execute("UPDATE journal SET seq = -seq WHERE seq < 0")
    journal.store.db.conn.commit()
    found = journal.verify()
    assert found.broken is not None
    assert found.broken.seq == 2


def test_the_newest_instant_is_that_of_the_last_row(journal):
    assert journal.newest() == NOW
