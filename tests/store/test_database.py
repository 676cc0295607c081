import contextlib
import sqlite3
import threading

import pytest
from sqlite_utils.db import Database

from scheduler.kernel.errors import Refused
from scheduler.store import Store
from scheduler.store.connection import Connection
from scheduler.store.database import insert, update
from scheduler.store.schema.migrations import migrations
from scheduler.store.versions import bring_up


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "loa.db")
    store.migrate()
    yield store
    store.close()


def test_the_file_is_in_wal_mode_with_foreign_keys_and_full_flush(store):
    assert store.value("PRAGMA journal_mode") == "wal"
    assert store.value("PRAGMA foreign_keys") == 1
    assert store.value("PRAGMA synchronous") == 2


def test_the_copy_that_tests_begin_with_is_what_every_step_makes(store, tmp_path):
    path = tmp_path / "every-step.db"
    made = sqlite3.connect(path)
    bring_up(Database(made, execute_plugins=False), path)
    copied, made_now = (
        [line for line in conn.iterdump() if "_sqlite_migrations" not in line] for conn in (store.db.conn, made)
    )
    assert len(made_now) > 50
    assert copied == made_now
    steps = "SELECT name FROM _sqlite_migrations ORDER BY rowid"
    assert store.db.conn.execute(steps).fetchall() == made.execute(steps).fetchall()
    made.close()


def test_a_transaction_that_could_not_be_taken_back_is_joined_by_nothing_that_comes_after_it(store, monkeypatch):
    failed, usual = [], Connection.rollback

    def short_of_memory(conn):
        if not failed:
            failed.append(conn)
            raise MemoryError
        usual(conn)

    monkeypatch.setattr(Connection, "rollback", short_of_memory)
    again = Store(store.path)
    with pytest.raises(MemoryError), again.write() as db:  # noqa: PT012 - it fails in the end of the block
        db.execute("CREATE TABLE taken_back (id INTEGER)")
        raise Refused("database_busy")
    assert not again.db.conn.in_transaction
    with again.write() as db:
        db.execute("CREATE TABLE kept (id INTEGER)")
    made = [name for (name,) in store.db.execute("SELECT name FROM sqlite_master WHERE name IN ('taken_back', 'kept')")]
    assert made == ["kept"]
    again.close()


TOO_MUCH = "INSERT INTO thing VALUES (hex(zeroblob(40000)))"


@pytest.mark.parametrize("nested", [False, True])
def test_of_a_transaction_that_sqlite_took_back_nothing_is_kept_where_its_error_was_passed_over(store, nested):
    """A full file lets SQLite take all of it back by itself, in the middle of the block."""
    db = store.db
    db.execute("CREATE TABLE thing (name TEXT)")
    db.execute(f"PRAGMA max_page_count = {store.value('PRAGMA page_count')}")

    def both():
        with store.write():
            insert(db, "thing", {"name": "before"})
            with contextlib.suppress(sqlite3.OperationalError):
                db.execute(TOO_MUCH)
            with store.write() if nested else contextlib.nullcontext():
                insert(db, "thing", {"name": "after"})

    with pytest.raises(Refused, match="disk_full"):
        both()
    assert store.rows("SELECT name FROM thing") == []
    with store.write():
        insert(db, "thing", {"name": "next"})
    assert store.rows("SELECT name FROM thing") == [{"name": "next"}]


def test_a_transaction_that_sqlite_took_back_in_its_last_statement_is_not_told_as_kept(store):
    db = store.db
    db.execute("CREATE TABLE thing (name TEXT)")
    db.execute(f"PRAGMA max_page_count = {store.value('PRAGMA page_count')}")
    with pytest.raises(Refused, match="disk_full"), store.write(), contextlib.suppress(sqlite3.OperationalError):
        db.execute(TOO_MUCH)


def test_migrating_twice_changes_nothing(store):
    before = store.rows("SELECT sql FROM sqlite_master ORDER BY name")
    store.migrate()
    assert store.rows("SELECT sql FROM sqlite_master ORDER BY name") == before
    assert not migrations.pending(store.db)


def test_a_write_that_fails_half_way_leaves_nothing(store):
    def same_twice():
        with store.write() as db:
            insert(db, "setup_token", {"token_hash": "a", "created_at": "x"})
            insert(db, "setup_token", {"token_hash": "a", "created_at": "x"})

    with pytest.raises(sqlite3.IntegrityError):
        same_twice()
    assert store.value("SELECT count(*) FROM setup_token") == 0


def test_update_tells_how_many_rows_matched_and_null_matches_null(store):
    with store.write() as db:
        insert(db, "setup_token", {"token_hash": "a", "created_at": "x"})
        assert update(db, "setup_token", {"token_hash": "a", "used_at": None}, {"used_at": "y"}) == 1
        assert update(db, "setup_token", {"token_hash": "a", "used_at": None}, {"used_at": "z"}) == 0


def test_another_threads_commit_changes_the_data_version(store):
    seen = store.data_version()

    def other():
        with store.write() as db:
            insert(db, "setup_token", {"token_hash": "b", "created_at": "x"})
        store.close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert store.data_version() != seen


def test_a_database_that_may_not_grow_refuses_as_a_full_disk(store):
    store.db.conn.execute("PRAGMA max_page_count=1")
    pages = store.value("PRAGMA page_count")
    store.db.conn.execute(f"PRAGMA max_page_count={pages}")

    def much():
        with store.write() as db:
            for number in range(2000):
                insert(db, "setup_token", {"token_hash": f"{number:0200d}", "created_at": "x"})

    with pytest.raises(Refused) as refusal:
        much()
    assert refusal.value.reason == "disk_full"
    assert store.value("SELECT count(*) FROM setup_token") == 0


def test_a_thread_that_ends_leaves_no_connection_open(store):
    kept = []

    def look():
        store.value("SELECT 1")
        kept.append(store.db.conn)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        kept[0].execute("SELECT 1")


class TestWhatWasReadStaysReadWhileNothingChanges:
    @pytest.fixture
    def names(self, store):
        """(what the table holds, how often it was really read)."""
        with store.write() as db:
            db.conn.execute("CREATE TABLE thing (name TEXT)")
        reads = []

        def read():
            reads.append(1)
            return [row["name"] for row in store.rows("SELECT name FROM thing ORDER BY name")]

        return lambda: (store.unchanged("names", read), len(reads))

    def _add(self, store, name):
        with store.write() as db:
            insert(db, "thing", {"name": name})

    def test_it_is_read_once(self, names):
        assert names() == ([], 1)
        assert names() == ([], 1)

    def test_ones_own_change_is_seen(self, store, names):
        names()
        self._add(store, "một")
        assert names() == (["một"], 2)

    def test_so_is_the_change_of_another_connection(self, store, names):
        names()
        other = sqlite3.connect(store.path)
        other.execute("INSERT INTO thing VALUES ('hai')")
        other.commit()
        other.close()
        assert names() == (["hai"], 2)

    def test_what_is_undone_is_not_kept(self, store, names):
        names()
        with store.rehearsal():
            self._add(store, "ba")
            assert names()[0] == ["ba"]
        assert names()[0] == []

    def test_a_connection_that_was_closed_takes_it_along(self, store, names):
        names()
        store.close()
        assert names() == ([], 2)


class TestARehearsal:
    def test_keeps_nothing_and_lets_what_follows_begin_anew(self, store):
        with store.write() as db:
            db.conn.execute("CREATE TABLE thing (name TEXT UNIQUE)")
        for _ in range(2):
            with store.rehearsal(), store.write() as db:  # a part of it
                insert(db, "thing", {"name": "một"})
                assert store.value("SELECT count(*) FROM thing") == 1
            assert store.value("SELECT count(*) FROM thing") == 0
        assert not store.db.conn.in_transaction

    def test_refuses_what_would_be_refused(self, store):
        with pytest.raises(Refused, match="wrong_state"), store.rehearsal():
            raise Refused("wrong_state")
        assert not store.db.conn.in_transaction

    def test_is_no_part_of_a_transaction(self, store):
        with pytest.raises(RuntimeError, match="rehearsal"), store.write(), store.rehearsal():
            pass
