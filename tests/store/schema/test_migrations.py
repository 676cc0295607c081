"""A station of the release before is brought to the newest schema with everything it holds."""

import sqlite3
from dataclasses import replace

import pytest

from scheduler.core.model import Boost, BoostKind
from scheduler.store import Journal, Programme, Store, chain
from scheduler.store.database import insert
from scheduler.store.schema.migrations import migrations
from tests.conftest import MORNING


def test_a_database_of_the_first_schema_keeps_its_rows_and_can_be_used(tmp_path, monkeypatch):
    store = Store(tmp_path / "loa.db")
    migrations.apply(store.db, stop_before="m002_playout")
    with store.write() as db:
        db.execute(
            "INSERT INTO person (id, login, name, role, password_hash, created_at) VALUES (1, 'a', 'A', 'admin', '', ?)",
            (MORNING.isoformat(),),
        )
        db.execute(
            "INSERT INTO announcement (id, title, text, author_id, created_at, updated_at) VALUES (1, 't', 'x', 1, ?, ?)",
            (MORNING.isoformat(),) * 2,
        )
        db.execute(
            'INSERT INTO slot (id, day, zone, start, length_ms, announcement_id, audio_sha256, priority, "trigger",'
            " created_at) VALUES ('s', '2026-12-02', 'all', ?, 1000, 1, 'a', 3, 'schedule', ?)",
            (MORNING.isoformat(),) * 2,
        )
    store.migrate()
    row = store.row("SELECT a.kind, s.makes_good, s.intro_sha256 FROM slot s JOIN announcement a ON a.id = 1")
    assert row == {"kind": "text", "makes_good": "", "intro_sha256": None}
    store.migrate()
    assert store.value("SELECT count(*) FROM relay") == 0
    assert store.value("SELECT count(*) FROM sms") == 0
    store.close()


def test_campaigns_of_the_release_before_keep_their_rows_and_may_have_the_new_boosts(tmp_path):
    store = Store(tmp_path / "loa.db")
    migrations.apply(store.db, stop_before="m003_campaigns")
    at = MORNING.isoformat()
    with store.write() as db:
        db.execute(
            "INSERT INTO person (id, login, name, role, password_hash, created_at) VALUES (1, 'a', 'A', 'admin', '', ?)",
            (at,),
        )
        db.execute(
            "INSERT INTO announcement (id, title, text, author_id, created_at, updated_at) VALUES (1, 't', 'x', 1, ?, ?)",
            (at, at),
        )
        db.execute(
            "INSERT INTO campaign (id, title, announcement_id, windows_json, base, boost_kind, boost_value, weekdays_json,"
            " start, end, min_gap_ms, chime, repeat, zone, created_at, created_by) VALUES (7, 'Đợt', 1, '[\"05:00-06:30\"]',"
            " 2, 'factor', 3, '[0,6]', '2026-12-02', '2026-12-31', 600000, 1, 1, 'all', ?, 1)",
            (at,),
        )
        db.execute(
            "INSERT INTO slot (id, day, zone, start, length_ms, campaign_id, announcement_id, audio_sha256, priority,"
            " \"trigger\", created_at) VALUES ('s', '2026-12-02', 'all', ?, 1000, 7, 1, 'a', 3, 'schedule', ?)",
            (at, at),
        )
        db.execute("INSERT INTO refusal (day, campaign_id, ordinal, reason) VALUES ('2026-12-02', 7, 2, 'no_room')")
    store.migrate()
    kept = Programme(store).campaign(7)
    assert (kept.title, kept.boost, kept.weekdays) == ("Đợt", Boost(BoostKind.FACTOR, 3), frozenset({0, 6}))
    assert (kept.phases, kept.pauses, kept.rotation, kept.rank, kept.field, kept.topic) == ((), (), (), 0, 1, "")
    assert store.rows("PRAGMA foreign_key_check") == []
    assert store.value("SELECT count(*) FROM slot JOIN campaign c ON c.id = campaign_id") == 1
    Programme(store).change_campaign(replace(kept, boost=Boost(BoostKind.SHARE, 0.3)))
    assert Programme(store).campaign(7).boost == Boost(BoostKind.SHARE, 0.3)
    with pytest.raises(sqlite3.IntegrityError), store.write() as db:
        db.execute("DELETE FROM campaign")
    store.close()


def _station_before_shares(path):
    """A database of the release before, with a slot that ended, one that is open, an attempt and a journal row."""
    store = Store(path)
    migrations.apply(store.db, stop_before="m030_output_shares")
    at = MORNING.isoformat()
    with store.write() as db:
        db.execute(
            "INSERT INTO person (id, login, name, role, password_hash, created_at) VALUES (1, 'a', 'A', 'admin', '', ?)",
            (at,),
        )
        db.execute(
            "INSERT INTO announcement (id, title, text, author_id, created_at, updated_at) VALUES (1, 't', 'x', 1, ?, ?)",
            (at, at),
        )
        for name, outcome in (("ended", "played"), ("open", None)):
            db.execute(
                'INSERT INTO slot (id, day, zone, start, length_ms, announcement_id, audio_sha256, priority, "trigger",'
                " outcome, created_at) VALUES (?, '2026-12-02', 'all', ?, 1000, 1, 'a', 3, 'schedule', ?, ?)",
                (name, at, outcome, at),
            )
        db.execute("INSERT INTO airing (slot_id, zone, attempt, armed_at) VALUES ('open', 'all', 1, ?)", (at,))
        values = dict.fromkeys((*chain.COLUMNS, "zones_json")) | {
            "seq": 1, "at": at, "kind": "airing", "day": "2026-12-02", "slot_id": "ended", "prev_hash": chain.GENESIS,
            "zones_json": '["all"]', "title": "t", "dispatch_number": "", "zone": "all", "trigger": "schedule",
            "outcome": "played", "reason": "", "text_sha256": "", "audio_sha256": "", "voice": "", "author": "A",
            "approver": "", "operator": "", "outputs_json": "{}", "note": "",
        }  # fmt: skip
        insert(db, "journal", values | {"hash": chain.row_hash(values)})
    return store


def test_slots_of_the_release_before_keep_their_rows_and_may_end_as_only_recorded(tmp_path):
    store = _station_before_shares(tmp_path / "loa.db")
    other = sqlite3.connect(tmp_path / "loa.db")  # a page that is open meanwhile
    assert other.execute("SELECT count(*) FROM slot").fetchone() == (2,)
    rows = store.rows("SELECT * FROM slot ORDER BY id")
    kept = (
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name = 'slot'"
        " AND name NOT IN ('slot', 'slot_announcement', 'slot_makes_good') ORDER BY name"  # indexes of later steps
    )
    before = store.rows(kept)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"), store.write() as db:
        db.execute("UPDATE slot SET outcome = 'recorded' WHERE id = 'open'")
    store.migrate()
    assert (store.rows("SELECT * FROM slot ORDER BY id"), store.rows(kept)) == (rows, before)
    assert store.value("PRAGMA integrity_check") == "ok"
    assert store.rows("PRAGMA foreign_key_check") == []
    assert Journal(store).verify()[:4] == (1, None, 0, 0)
    with store.write() as db:
        db.execute("UPDATE slot SET outcome = 'recorded' WHERE id = 'open'")
    other.execute("UPDATE airing SET shares_json = '[]'")
    other.commit()
    for act, why in (
        ("UPDATE slot SET outcome = 'played' WHERE id = 'open'", "ends once"),
        ("DELETE FROM slot WHERE id = 'ended'", "stays"),
        ("UPDATE slot SET outcome = 'heard' WHERE id = 'open'", "ends once|CHECK"),
        ("INSERT INTO airing (slot_id, zone, attempt, armed_at) VALUES ('none', 'all', 1, '')", "FOREIGN KEY"),
    ):
        with pytest.raises(sqlite3.IntegrityError, match=why), store.write() as db:
            db.execute(act)
    other.close()
    store.close()
