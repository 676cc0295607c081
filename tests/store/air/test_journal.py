import hashlib
import json
import os
import sqlite3
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.output_share import OutputShare, from_row
from scheduler.kernel.causes import reason_of
from scheduler.store import Entry, Journal, Store, chain
from scheduler.store.database import insert, json_text
from scheduler.store.schema.migrations import migrations

NOW = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
CARD = OutputShare("card", "soundcard", counts=True, zones=("all",), played_ms=8_750, total_ms=20_000, first_at=NOW)


@pytest.fixture
def journal(tmp_path):
    store = Store(tmp_path / "loa.db")
    store.migrate()
    journal = Journal(store)
    for number in range(5):
        with store.write() as db:
            entry = Entry(
                at=NOW,
                kind="airing",
                day="2026-12-02",
                title=f"bản tin {number}",
                played_ms=1000,
                outcome="played",
                zones=("all",) if number > 1 else None,  # the first rows are of a station that did not ask for zones
                shares=(CARD,) if number > 2 else None,  # and did not measure each output
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


def test_rows_that_the_disk_does_not_give_are_not_called_changed(journal):
    """The log's rest is gone while a connection lives on it: SQLite reads short, an error of the disk."""
    path = journal.store.path
    other = Store(path)
    assert other.value("SELECT count(*) FROM person") == 0
    os.truncate(path.with_name(f"{path.name}-wal"), 32)
    with pytest.raises(sqlite3.OperationalError) as told:
        chain.walk(other)
    other.close()
    assert reason_of(told.value) == "disk_error"


def test_an_empty_journal_is_whole(tmp_path):
    store = Store(tmp_path / "empty.db")
    store.migrate()
    assert Journal(store).verify()[:4] == (0, None, 0, 0)
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
        pytest.param("UPDATE journal SET zones_json = NULL WHERE seq = 3", 3, id="zones_forgotten"),
        pytest.param("UPDATE journal SET zones_json = '[\"x\"]' WHERE seq = 2", 2, id="zones_added_to_an_old_row"),
        pytest.param("UPDATE journal SET shares_json = NULL WHERE seq = 4", 4, id="shares_forgotten"),
        pytest.param("UPDATE journal SET shares_json = '[]' WHERE seq = 3", 3, id="shares_added_to_an_old_row"),
        pytest.param(
            "UPDATE journal SET shares_json = zones_json, zones_json = NULL WHERE seq = 3", 3, id="zones_told_as_shares"
        ),
        pytest.param("UPDATE journal SET title = CAST('a' AS BLOB) WHERE seq = 3", 3, id="bytes_instead_of_text"),
        pytest.param("UPDATE journal SET title = CAST(x'ff' AS TEXT) WHERE seq = 3", 3, id="text_that_is_none"),
        pytest.param("UPDATE journal SET title = title || char(0) WHERE seq = 3", 3, id="something_that_is_not_shown"),
        pytest.param("UPDATE journal SET seq = 0 WHERE seq = 1", 1, id="first_row_renumbered"),
        pytest.param(
            "INSERT INTO journal (seq, at, kind, day, prev_hash, hash) VALUES (-1, 'x', 'airing', 'x', '0', 'f')",
            1,
            id="a_row_before_the_first",
        ),
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


def test_what_is_broken_is_told_to_people_too(journal):
    _tamper(journal, "UPDATE journal SET note = 'x' WHERE seq = 4")
    broken = journal.verify().broken
    assert (broken.reason, broken.details) == ("journal_row_changed", {"seq": 4})


def test_rows_that_are_not_airings_stand_in_the_same_chain(journal):
    journal.note("heard", "2026-12-02", "", "-23.0 LUFS", NOW)
    assert journal.verify().rows == 6
    _tamper(journal, "UPDATE journal SET note = '-20.0 LUFS' WHERE seq = 6")
    assert journal.verify().broken.seq == 6


def test_rows_written_while_it_walks_do_not_confuse_it(journal, monkeypatch):
    walk = chain.walk

    def walk_slowly(store, *args, **words):
        walked = walk(store, *args, **words)
        other = Journal(Store(store.path))
        other.note("station", "2026-12-02", "", "meanwhile", NOW)
        other.store.close()
        return walked

    monkeypatch.setattr("scheduler.store.air.journal.walk", walk_slowly)
    assert journal.verify()[:4] == (5, None, 0, 0)
    monkeypatch.undo()
    assert journal.verify().rows == 6


def test_a_journal_of_the_release_before_verifies_as_it_did(tmp_path):
    store = Store(tmp_path / "old.db")
    migrations.apply(store.db, stop_before="m006_proof")
    values = dict.fromkeys(chain.COLUMNS, "") | {
        "seq": 1,
        "at": "2026-12-01T22:30:00.000000+00:00",
        "kind": "airing",
        "day": "2026-12-02",
        "slot_id": None,
        "played_ms": 59_960,
        "title": "Tiêm chủng",
        "prev_hash": chain.GENESIS,
    }
    # Written out, not asked of the code: this is what stands in the files of stations that run.
    text = json.dumps([values[name] for name in chain.COLUMNS], ensure_ascii=False, separators=(",", ":"))
    with store.write() as db:
        insert(db, "journal", values | {"hash": hashlib.sha256(text.encode()).hexdigest()})
    store.migrate()
    journal = Journal(store)
    journal.note("station", "2026-12-02", "", "after", NOW)
    assert journal.verify()[:4] == (2, None, 0, 0)
    store.close()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.none() | st.integers(-(2**63), 2**63 - 1))
def test_what_sqlite_writes_of_a_row_is_what_we_hash(text, number):
    """The quick walk trusts it; where they differ the row would be looked at a second time, slowly."""
    conn = sqlite3.connect(":memory:")
    told = conn.execute("SELECT json_array(?, ?)", (text, number)).fetchone()[0]
    conn.close()
    assert told == json_text([text, number])


def test_a_row_that_sqlite_writes_another_way_is_looked_at_again(journal, monkeypatch):
    usual = chain._walk_sql(chain.JOURNAL)
    monkeypatch.setattr(chain, "_walk_sql", lambda _: usual.replace("json_array", "' ' || json_array"))
    assert journal.verify().whole
    _tamper(journal, "UPDATE journal SET title = 'khác' WHERE seq = 4")
    assert journal.verify().broken.seq == 4


def test_what_each_output_sounded_stands_in_its_row(journal):
    told = journal.store.rows("SELECT shares_json FROM journal ORDER BY seq")
    assert [row["shares_json"] is None for row in told] == [True, True, True, False, False]
    assert from_row(json.loads(told[4]["shares_json"])) == (CARD,)
