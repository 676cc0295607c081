"""Sổ thao tác: every act of the page leaves its row, and leaders read it in words."""

import re
import secrets
from functools import cache
from pathlib import Path

import pytest

from scheduler.core.announcement.approval import ACTS as RIGHTS
from scheduler.core.model import Role
from scheduler.core.people.kept import AuditFilter, AuditRow
from scheduler.store.people.audit_tables import NOISE, UNWATCHED
from tests.web.test_security import ACTS, csrf_of, path_of, relay
from web.words import audit_words

ROOT = Path(__file__).parents[3]
FIELDS = {
    "title": "Tên mới", "text": "Bà con chú ý.", "name": "Tên mới", "login": "moi-vao", "role": "guest", "written": "KP3",
    "said": "khu phố ba", "reason": "Chưa rõ", "why": "Không phải của phường", "number": "0912345678", "heard": "1",
    "windows": "06:00-07:00", "window": "06:00-07:00", "base": "3", "start": "02/12/2026", "end": "03/12/2026",
    "zone": "all", "chime": "1", "repeat": "1", "words": "Đã sửa", "state": "seen", "scopes": "see", "days": "30",
    "emergency": "481516", "old": "mat-khau-cua-hung", "note": "ghi chú", "on": "1", "acts": "see", "version": "1",
    "sources": "https://dai.example/a.mp3", "boost_kind": "none", "weekdays": "0", "is_on": "1", "key": "homes",
}  # fmt: skip
"""Something for every field a form may have."""


def state(store):
    """Every table that the log watches, without what changes by itself."""
    tables = [row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    told = {}
    for table in tables:
        if table in UNWATCHED or table.startswith("sqlite_"):
            continue
        rows = store.rows(f"SELECT * FROM {table} ORDER BY 1, 2")  # noqa: S608 - names of the schema
        if table == "slot":
            rows = [row for row in rows if row["operator_id"] is not None]
            rows = [{"id": row["id"]} for row in rows]
        if table == "command":
            rows = [{"id": row["id"]} for row in rows if row["kind"] != "replan"]
        told[table] = [{name: value for name, value in row.items() if name not in NOISE} for row in rows]
    return told


@pytest.fixture
def everything(cast):
    cast.station.services.campaigns.save(cast.lan, cast.campaign(cast.submitted()))
    cast.station.services.relays.save(cast.lan, "Thời sự", relay())
    return cast


def test_every_act_of_the_page_that_changes_something_leaves_who_did_it(everything, hungs, hung):
    store, acted = everything.station.repos.store, []
    for route in ACTS:
        if route.startswith("POST /tai-khoan/phien"):
            continue
        before, newest = state(store), store.value("SELECT max(seq) FROM audit") or 0
        token = csrf_of(hungs)
        sha256 = everything.station.repos.programme.announcement(1).audio_sha256 or ""
        path = path_of(route).replace("0" * 64, sha256)
        hungs.post(path, data=FIELDS | {"csrf": token, "act": secrets.token_hex(8), "sha256": sha256})
        changed = {table for table, rows in state(store).items() if rows != before[table]}
        told = store.rows("SELECT * FROM audit WHERE seq > ?", (newest,))
        mine = {row["subject"] for row in told if row["person_id"] == hung.id and row["act"] in RIGHTS}
        assert changed <= mine | {"clip"}, route
        if changed:
            acted.append(route)
            right = told[0]["route"]
            assert right, route
    assert len(acted) >= 15, acted
    assert everything.station.repos.audit.verify()[1] is None


def test_what_somebody_has_no_right_to_is_told(lans, lan, station, send):
    assert lans.get("/nguoi-dung").status_code == 403
    (row,) = station.repos.audit.rows(AuditFilter(act="manage_people"))
    assert (row.kind, row.name, row.note, row.address) == ("refused", "Lan (lan)", "not_permitted", "127.0.0.1")


def test_a_contributor_who_reaches_beyond_the_own_zone_is_told(client_of, tu, station, send):
    client = client_of(tu)
    assert send(client, "/dung").status_code == 403
    (row,) = station.repos.audit.rows(AuditFilter(act="stop"))
    assert (row.name, row.note) == ("Bác Tư (bac-tu)", "zone_not_yours")


def test_a_leader_reads_who_did_what_before_and_after(minhs, lans, lan, send):
    send(lans, "/tai-khoan/ten", name="Lan Anh")
    page = minhs.get("/nhat-ky-thao-tac").text
    assert "Sửa người dùng" in page
    assert re.search(r'<span class="was">Lan</span>.*<b>Lan Anh</b>', page)
    assert "127.0.0.1" in page


def test_it_is_filtered_by_person_act_day_and_subject(minhs, lans, lan, send):
    send(lans, "/tai-khoan/ten", name="Lan Anh")
    for query, there in (
        (f"nguoi={lan.id}", True),
        ("nguoi=1", False),
        ("viec=see", True),
        ("viec=break_in", False),
        ("gi=person", True),
        ("gi=campaign", False),
        ("ngay=02/12/2026", True),
        ("ngay=03/12/2026", False),
    ):
        page = minhs.get(f"/nhat-ky-thao-tac?{query}").text
        assert ("<b>Lan Anh</b>" in page) == there, query
    wrong = minhs.get("/nhat-ky-thao-tac?ngay=hôm kia nhé")
    assert (wrong.status_code, 'id="ngay-fault"' in wrong.text) == (422, True)


@pytest.mark.parametrize("query", ["truoc=x", "truoc=-1", "nguoi=9999999999999999", "nguoi=%27--", "gi=" + "x" * 500])
def test_a_strange_filter_finds_nothing_or_is_none(minhs, query):
    assert minhs.get(f"/nhat-ky-thao-tac?{query}").status_code == 200


def test_long_logs_are_read_page_by_page(minhs, station, lan):
    for number in range(120):
        station.services.people.rename(lan, f"Lan {number}")
    page = minhs.get(f"/nhat-ky-thao-tac?gi=person").text  # noqa: F541
    assert "<b>Lan 119</b>" in page
    assert "<b>Lan 60</b>" not in page
    older = re.search(r'href="([^"]+truoc=\d+)">Cũ hơn', page)[1].replace("&amp;", "&")
    assert "<b>Lan 60</b>" in minhs.get(older).text


def test_the_chain_is_checked_from_the_page(minhs, station):
    assert "Sổ còn nguyên vẹn" in minhs.get("/nhat-ky-thao-tac?kiem=1").text
    with station.repos.store.write() as db:
        db.conn.execute("DROP TRIGGER audit_no_update")
        db.conn.execute("UPDATE audit SET name = 'Ai khác' WHERE seq = 1")
    page = minhs.get("/nhat-ky-thao-tac?kiem=1").text
    assert "Sổ đã bị sửa" in page
    assert "Dòng 1" in page


def test_it_has_three_columns_and_folds_the_rest(minhs, lans, send):
    send(lans, "/tai-khoan/ten", name="Lan Anh")
    page = minhs.get("/nhat-ky-thao-tac").text
    assert re.findall(r'role="columnheader">([^<]+)<', page) == ["Lúc", "Ai", "Làm gì"]
    row = page[page.rindex("<tr", 0, page.index("<b>Lan Anh</b>")) : page.index("<b>Lan Anh</b>")]
    assert row.index("</summary>") < row.index('<span class="was">')
    assert "Sổ có bị sửa không?" in page


def test_no_hash_is_shown_in_it(minhs, lan, cast):
    cast.approved()
    page = re.sub(r"<[^>]+>", " ", minhs.get("/nhat-ky-thao-tac").text)
    assert re.findall(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b", page) == []


def test_hostile_text_stays_text_in_it(minhs, lans, send):
    send(lans, "/tai-khoan/ten", name='"><script>alert(1)</script>')
    page = minhs.get("/nhat-ky-thao-tac").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def has_a_writer(table):
    """Does a module name it as a table? The tables of an extra that is taken out stay empty."""
    named = re.compile(
        rf'\b(?:INTO|UPDATE|FROM|JOIN) {table}\b|(?:insert|update)\(\s*db, "{table}"|Table\(\s*"{table}"'
    )
    return any(named.search(text) for text in modules())


@cache
def modules():
    paths = [path for path in (ROOT / "scheduler").rglob("*.py") if path.name != "downgrade.py"]
    return [path.read_text(encoding="utf-8") for path in paths]


def test_every_right_table_and_kind_has_its_word(station):
    tables = {row["name"] for row in station.repos.store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    watched = {name for name in tables - UNWATCHED.keys() if not name.startswith("sqlite_")}
    assert {name for name in watched if has_a_writer(name)} <= audit_words.SUBJECTS.keys()
    assert audit_words.ACTS.keys() >= RIGHTS
    assert {role.value for role in Role} <= audit_words._VALUES.keys()


def test_what_a_row_of_the_schedule_says_is_said_in_words():
    row = AuditRow(
        **dict.fromkeys(AuditRow.__slots__)
        | {
            "before": {"outcome": None, "reason": ""},
            "after": {"outcome": "cancelled", "zone": "all", "announcement_id": 7},
        }
    )
    told = {one.what: one.after for one in audit_words.changes_of(row, lambda instant: instant, {}, {7: "Tiêm chủng"})}
    assert told == {"Kết quả": "Đã hủy", "Vùng": "Tất cả các loa", "Bản tin": "Tiêm chủng"}
    assert audit_words.announcement_of(row) == 7


def test_how_many_sounds_of_typing_went_is_said_in_words():
    row = AuditRow(**dict.fromkeys(AuditRow.__slots__) | {"kind": "typed_sounds_gone", "note": "12"})
    assert "typed_sounds_gone" in audit_words.KINDS
    assert audit_words.note_words(row).endswith("không nơi nào nhắc tới: 12 bản")


def said(table, column, value):
    """How the log of acts shows a value of this table."""
    row = AuditRow(**dict.fromkeys(AuditRow.__slots__) | {"subject": table, "before": {}, "after": {column: value}})
    (told,) = audit_words.changes_of(row, lambda instant: instant, {})
    return told.after


@pytest.mark.parametrize(
    ("table", "column", "value", "word"),
    [
        ("slot", "outcome", "refused", "Bị từ chối"),
        ("duty", "state", "done", "Đã làm"),
        ("a_table_of_nobody", "state", "aired", "aired"),
    ],
)
def test_a_value_is_said_as_its_table_means_it(table, column, value, word):
    assert said(table, column, value) == word
