"""The audit log: complete by construction, hash-chained, never changed, free of secrets."""

import json
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.core.audit_context import AuditContext, begin
from scheduler.core.people.kept import AuditFilter
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.store.people.audit import MANY
from scheduler.store.people.audit_tables import UNWATCHED
from tests.examples import examples


@pytest.fixture
def rows(station):
    """The log, oldest first; `since` cuts off what was there before."""

    def read(**asked):
        return station.repos.audit.rows(AuditFilter(**asked), limit=1000)[::-1]

    return read


@pytest.fixture
def db(station):
    return station.repos.store


# Complete


def test_every_table_is_watched_or_says_why_not(db):
    tables = {row["name"] for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    with db.write():
        pass
    watched = {row["tbl_name"] for row in db.rows("SELECT tbl_name FROM sqlite_temp_master WHERE type = 'trigger'")}
    plain = {name for name in tables if not name.startswith("sqlite_")}
    assert watched | UNWATCHED.keys() >= plain
    assert not watched & UNWATCHED.keys()
    assert not UNWATCHED.keys() - tables


def test_a_table_that_a_later_step_adds_is_watched_from_its_first_day(config, clock):
    from scheduler.station import Station
    from scheduler.store import Store

    early = Store(config.data / "loa.db")
    early.migrate()
    early.db.conn.execute("CREATE TABLE bell (id INTEGER PRIMARY KEY, name TEXT)")
    early.close()
    station = Station.open(config, clock)
    with station.repos.store.write() as db:
        db.conn.execute("INSERT INTO bell (name) VALUES ('chuông')")
    (row,) = station.repos.audit.rows(AuditFilter(subject="bell"))
    assert (row.kind, row.title) == ("insert", "chuông")
    station.close()


def test_an_act_tells_who_by_which_right_and_what_was_before_and_after(station, cast, rows):
    campaign_id = station.services.campaigns.save(cast.lan, cast.campaign(cast.approved()))
    with begin(AuditContext("page", "campaigns.start", address="10.0.0.7", session="12")):
        station.services.campaigns.start(cast.lan, campaign_id)
    (row,) = [row for row in rows(subject="campaign") if row.kind == "update"]
    assert (row.person_id, row.name, row.via, row.address, row.session) == (
        cast.lan.id,
        "Lan (lan)",
        "page",
        "10.0.0.7",
        "12",
    )
    assert (row.act, row.route, row.subject_id, row.title) == ("plan", "campaigns.start", "1", "Đợt tiêm chủng")
    assert (row.before["state"], row.after["state"]) == ("draft", "active")
    assert "title" not in row.before


def test_what_is_taken_back_with_its_transaction_leaves_no_row(station, db, rows):
    def half() -> None:
        with db.write() as conn:
            conn.conn.execute("UPDATE person SET name = 'X'")
            conn.conn.execute("UPDATE person SET role = 'vua'")

    with pytest.raises(sqlite3.IntegrityError):
        half()
    assert "X" not in [row.title for row in rows(subject="person")]


def test_a_row_that_is_made_and_gone_in_one_act_is_no_act(station, db, rows):
    before = len(rows())
    with db.write() as conn:
        conn.conn.execute("INSERT INTO person_zone VALUES (1, 'a')")
        conn.conn.execute("DELETE FROM person_zone")
    assert len(rows()) == before


def test_the_same_written_again_is_no_act(station, db, lan, rows):
    before = len(rows())
    with db.write() as conn:
        conn.conn.execute("UPDATE person SET name = name")
    assert len(rows()) == before


def test_a_row_that_replace_pushes_out_is_told(station, db, rows):
    sql = (
        "INSERT OR REPLACE INTO lexicon_list (id, name, toml, entries, taken_at, taken_by) VALUES (1, ?, '', 0, 'x', 1)"
    )
    for name in ("một", "hai"):
        with db.write() as conn:
            conn.conn.execute(sql, (name,))
    row = rows(subject="lexicon_list")[-1]
    assert (row.kind, row.before["name"], row.after["name"]) == ("update", "một", "hai")


def test_very_many_rows_in_one_act_are_told_as_one(station, db, rows):
    before = len(rows())
    with db.write() as conn:
        for number in range(MANY + 1):
            conn.conn.execute("INSERT INTO person_zone VALUES (1, ?)", (f"vùng {number}",))
    row = rows()[-1]
    assert len(rows()) == before + 1
    assert (row.kind, row.subject, row.after["rows"]) == ("many", "person_zone", MANY + 1)


def test_a_plan_of_many_days_leaves_no_row_of_its_own(station, cast, rows):
    cast.running(cast.approved())
    before = len(rows())
    station.services.campaigns.replan()
    assert len(rows()) == before
    assert rows(subject="slot") == []


def test_an_order_for_now_and_a_stop_are_told(station, cast, rows):
    announcement_id = cast.approved()
    with begin(AuditContext("page")):
        station.services.air.play_now(cast.lan, announcement_id)
    with begin(AuditContext("page")):
        station.services.air.stop(cast.lan)
    told = [("play_now", "Lan (lan)"), ("stop", "Lan (lan)")]
    assert [(row.act, row.name) for row in rows(subject="slot")] == told
    told = [(row.act, row.after["kind"]) for row in rows(subject="command")]
    assert told == [("stop", "stop")] * 2, "of what sounds, and by its name of what was not taken yet"


def test_what_one_thread_does_is_never_put_down_to_another(station, cast, rows):
    import threading

    def other():
        with station.repos.store.write() as db:
            db.conn.execute("UPDATE person SET name = 'Lan Anh' WHERE id = ?", (cast.lan.id,))
        station.repos.store.close()

    with begin(AuditContext("page", person=cast.minh)):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    row = rows(subject="person")[-1]
    assert (row.person_id, row.via) == (None, "station")


# Secret


def test_secrets_never_reach_it(station, db, lan, rows):
    with db.write() as conn:
        conn.conn.execute(
            "UPDATE person SET password_hash = 'bi-mat-moi', totp_sealed = 'khoa' WHERE id = ?", (lan.id,)
        )
    row = rows(subject="person")[-1]
    assert row.before == {"password_hash": "•", "totp_sealed": ""}
    assert row.after == {"password_hash": "• (mới)", "totp_sealed": "• (mới)"}


def test_the_same_secret_written_again_is_no_change(station, db, lan, rows):
    before = len(rows())
    with db.write() as conn:
        conn.conn.execute("UPDATE person SET password_hash = password_hash || ''")
    assert len(rows()) == before


def test_a_long_text_is_cut_and_a_change_behind_the_cut_still_shows(station, db, cast, rows):
    cast.submitted()
    for end in ("một", "hai"):
        with db.write() as conn:
            conn.conn.execute("UPDATE announcement SET text = ?", ("x" * 5000 + end,))
    row = rows(subject="announcement")[-1]
    assert len(row.after["text"]) < 4100
    assert row.before["text"] != row.after["text"]


# Never changed


@pytest.mark.parametrize("sql", ["UPDATE audit SET name = 'X'", "DELETE FROM audit", "DELETE FROM audit WHERE seq = 1"])
def test_nothing_in_it_is_changed_or_deleted(station, db, lan, sql):
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), db.write() as conn:
        conn.conn.execute(sql)


def tampered(db, sql, *values):
    conn = sqlite3.connect(db.path)
    conn.execute("DROP TRIGGER audit_no_update")
    conn.execute("DROP TRIGGER audit_no_delete")
    conn.execute(sql, values)
    conn.commit()
    conn.close()


@pytest.mark.parametrize(
    ("sql", "reason", "seq"),
    [
        ("UPDATE audit SET name = 'Người khác' WHERE seq = 2", "audit_row_changed", 2),
        ("UPDATE audit SET after_json = '{}' WHERE seq = 3", "audit_row_changed", 3),
        ("UPDATE audit SET act = x'00' WHERE seq = 3", "audit_row_changed", 3),
        ("DELETE FROM audit WHERE seq = 2", "audit_row_missing", 2),
        ("DELETE FROM audit WHERE seq = 1", "audit_row_missing", 1),
        ("UPDATE audit SET prev_hash = hash WHERE seq = 3", "audit_row_moved", 3),
    ],
)
def test_what_an_enemy_changes_in_the_file_is_found(station, db, lan, minh, sql, reason, seq):
    station.services.people.rename(lan, "Lan Anh")
    assert station.repos.audit.verify()[1] is None
    tampered(db, sql)
    broken = station.repos.audit.verify()[1]
    assert (broken.reason, broken.seq) == (reason, seq)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(max_size=60), st.sampled_from(["lan", "minh"])), max_size=8))
def test_whatever_people_type_the_chain_holds(station, lan, minh, names):
    for name, login in names:
        try:
            station.services.people.rename(station.repos.people.by_login(login), name)
        except (Refused, UnicodeEncodeError):
            continue
    count, broken = station.repos.audit.verify()
    assert broken is None
    assert count == station.repos.store.value("SELECT count(*) FROM audit")


# Read


def test_only_leaders_read_it(station, lan, minh):
    with pytest.raises(NotPermitted):
        station.services.audit.rows(lan, AuditFilter())
    assert station.services.audit.rows(minh, AuditFilter())
    assert station.services.audit.verify(minh)[1] is None


def test_a_refusal_for_lack_of_a_right_is_told_once_a_minute(station, lan, rows, clock):
    for _ in range(3):
        station.repos.audit.refused(lan, "approve", "not_permitted")
    assert len(rows(act="approve")) == 1
    clock.advance(61)
    station.repos.audit.refused(lan, "approve", "not_permitted")
    assert len(rows(act="approve")) == 2


def test_signing_in_and_out_are_told_right_or_wrong(station, lan, rows):
    told = station.services.people.sign_in("lan", "mat-khau-cua-lan", "10.0.0.5")
    with pytest.raises(Refused):
        station.services.people.sign_in("lan", "sai", "10.0.0.66")
    station.services.people.sign_out(lan, told.token)
    assert [row.kind for row in rows() if row.kind.startswith("sign")] == ["sign_in", "sign_in_wrong", "sign_out"]


def test_it_is_read_by_person_act_day_and_subject_and_page_by_page(station, lan, minh, clock):
    for number in range(5):
        with begin(AuditContext("page", person=lan)):
            station.services.people.rename(lan, f"Lan {number}")
        clock.advance(24 * 3600)
    read = station.repos.audit.rows
    assert len(read(AuditFilter(person_id=lan.id))) == 5
    assert read(AuditFilter(person_id=minh.id)) == []
    assert len(read(AuditFilter(day="2026-12-03"))) == 1
    first = read(AuditFilter(person_id=lan.id), limit=2)
    then = read(AuditFilter(person_id=lan.id), before=first[-1].seq, limit=10)
    assert [row.after["name"] for row in (*first, *then)] == [f"Lan {number}" for number in (4, 3, 2, 1, 0)]


def test_the_state_of_the_ward_before_people_is_kept_through_the_new_tables(tmp_path, clock):
    """A database of the release before has its people, sessions and everything that refers to them afterwards."""
    from scheduler.store import Store
    from scheduler.store.schema.migrations import migrations

    store = Store(tmp_path / "loa.db")
    migrations.apply(store.db, stop_before="m015_people")
    with store.write() as db:
        db.conn.execute("INSERT INTO person VALUES (7, 'lan', 'Lan', 'editor', 'h', 1, '2026-11-01')")
        db.conn.execute("INSERT INTO web_session VALUES ('t', 7, 'c', '2026-11-01', '2027-01-01')")
        db.conn.execute("INSERT INTO act VALUES ('k', 7, '2026-11-01', NULL)")
    store.migrate()
    assert store.row("SELECT id, login, role, must_change FROM person") == {
        "id": 7, "login": "lan", "role": "editor", "must_change": 0
    }  # fmt: skip
    assert store.value("SELECT seen_at FROM web_session WHERE token_hash = 't'") == "2026-11-01"
    assert store.rows("PRAGMA foreign_key_check") == []
    with pytest.raises(sqlite3.IntegrityError), store.write() as db:
        db.conn.execute("INSERT INTO act VALUES ('l', 8, '2026-11-01', NULL)")
    store.close()


def test_rows_are_json_that_anybody_can_read(station, cast, db):
    cast.approved()
    for row in db.rows("SELECT before_json, after_json FROM audit"):
        assert isinstance(json.loads(row["before_json"]), dict)
        assert isinstance(json.loads(row["after_json"]), dict)


def test_an_order_that_is_called_back_leaves_its_trace(station, cast, db, rows):
    slot_id = station.services.air.play_now(cast.lan, cast.approved())
    with begin(AuditContext("page", person=cast.minh, act="stop")), db.write() as conn:
        conn.conn.execute("UPDATE slot SET outcome = 'cancelled', reason = 'order_taken_back' WHERE id = ?", (slot_id,))
    row = rows(subject="slot")[-1]
    assert (row.kind, row.name, row.after["outcome"]) == ("update", "Minh (minh)", "cancelled")
