"""The door: who comes in, what is turned away and how, and that a key pressed twice acts once."""

import json
import sqlite3
import threading

import pytest

from scheduler.config.loading import WebConfig
from scheduler.operations.table import SMALL_BODY
from scheduler.store import Store
from tests.sqlite_faults import failing
from web.api.door import Rates

TEXT = {"title": "Tiêm chủng", "text": "Mời bà con đi tiêm chủng."}


def announcements(station):
    return station.repos.store.value("SELECT count(*) FROM announcement")


def reason(answer):
    return answer.get_json()["reason"]


# Who is it


@pytest.mark.parametrize("header", ["", "Basic bGFuOm1hdA==", "Bearer", "Bearer ", "loa_x", "bearer: loa_x"])
def test_without_a_key_nobody_comes_in(app, header):
    answer = app.test_client().get("/api/v1/station", headers={"Authorization": header} if header else {})
    assert (answer.status_code, reason(answer)) in {(401, "token_missing"), (401, "token_invalid")}
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("secret", ["loa_nope", "x" * 10_000, "loa_" + "a" * 43, "loa_\u00e9", "' OR 1=1 --"])
def test_a_wrong_key_opens_nothing(app, secret):
    headers = {"Authorization": "Bearer " + secret.encode("latin-1", "ignore").decode("latin-1")}
    answer = app.test_client().get("/api/v1/station", headers=headers)
    assert (answer.status_code, reason(answer)) == (401, "token_invalid")


def test_a_signed_in_browser_does_not_open_it(station, app, minh):
    import re

    client = app.test_client()
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap").text)[1]
    fields = {"login": "minh", "password": "mat-khau-cua-minh", "form_token": token, "toi": ""}
    assert client.post("/dang-nhap", data=fields).status_code == 303
    assert client.get("/truc-tiep").status_code == 200
    assert client.get("/api/v1/station").status_code == 401
    assert client.post("/api/v1/announcements", json=TEXT).status_code == 401
    assert announcements(station) == 0


def test_a_key_in_the_address_is_no_key(app, key_of, lan):
    assert app.test_client().get(f"/api/v1/station?access_token={key_of(lan)}").status_code == 401


def test_a_revoked_key_is_out_at_once(station, lans, hung):
    assert lans.get("/station").status_code == 200
    [token] = station.services.tokens.listed(hung)
    station.services.tokens.revoke(hung, token.id)
    assert reason(lans.get("/station")) == "token_invalid"


def test_a_key_ends_at_its_last_minute(station, clock, lans):
    from datetime import timedelta

    clock.advance(timedelta(days=30).total_seconds() - 1)
    assert lans.get("/station").status_code == 200
    clock.advance(1)
    assert lans.get("/station").status_code == 401


def test_the_key_of_somebody_switched_off_opens_nothing(station, lan, lans):
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE person SET active = 0 WHERE id = ?", (lan.id,))
    assert lans.get("/station").status_code == 401


def test_a_change_of_role_holds_at_once(station, minh, minhs):
    assert minhs.post("/announcements/7/withdraw").status_code == 404
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE person SET role = 'guest' WHERE id = ?", (minh.id,))
    assert reason(minhs.post("/announcements/7/withdraw")) == "not_permitted"
    assert minhs.get("/station").status_code == 200


def test_the_key_says_whose_it_is(lans, lan):
    told = lans.get("/token").get_json()
    assert (told["owner"], told["role"]) == ("Lan", "editor")
    assert "approve" not in told["acts"]


# What is sent


def test_an_unknown_address_and_an_unknown_method_are_problems_too(lans):
    assert reason(lans.get("/nothing")) == "route_unknown"
    assert reason(lans.ask("DELETE", "/station")) == "method_unknown"
    assert lans.ask("DELETE", "/station").headers["Allow"] == "GET, HEAD"
    assert reason(lans.ask("OPTIONS", "/station")) == "method_unknown"


@pytest.mark.parametrize("path", ["/announcements/0", "/announcements/-1", "/announcements/1.5", "/announcements/x", "/announcements/99999999999999999999", "/recordings/XYZ", "/slots/a%00b", "/slots/..%2f..", "/jobs/٣", "/uploads/" + "g" * 32])  # fmt: skip
def test_an_address_that_can_be_nothings_is_not_found(lans, path):
    assert lans.get(path).status_code == 404


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({"limit": "0"}, [("limit", "field_small")]),
        ({"limit": "201"}, [("limit", "field_large")]),
        ({"limit": "ten"}, [("limit", "field_type")]),
        ({"limit": ""}, [("limit", "field_type")]),
        ({"limit": ["1", "2"]}, [("limit", "field_repeated")]),
        ({"state": "drunk"}, [("state", "field_choice")]),
        ({"colour": "red"}, [("colour", "field_unknown")]),
        ({"state": "a\x00"}, [("state", "field_choice")]),
    ],
)
def test_every_wrong_word_of_a_query_is_named(lans, query, faults):
    answer = lans.get("/announcements", **query)
    assert answer.status_code == 422
    assert [(one["parameter"], one["reason"]) for one in answer.get_json()["errors"]] == faults


def test_a_word_that_a_query_must_have_is_missed(lans):
    answer = lans.get("/airtime", **{"from": "2026-12-01"})
    assert [(one["parameter"], one["reason"]) for one in answer.get_json()["errors"]] == [("to", "field_missing")]


def test_every_wrong_field_of_a_body_is_named(lans, station):
    answer = lans.post("/announcements", {"title": 7, "txt": "x", "shape": {"times": 9, "kind": "poem"}})
    told = answer.get_json()
    assert {(one["pointer"], one["reason"]) for one in told["errors"]} == {
        ("#/title", "field_type"), ("#/text", "field_missing"), ("#/txt", "field_unknown"),
        ("#/shape/times", "field_large"), ("#/shape/kind", "field_choice"),
    }  # fmt: skip
    assert all(one["detail"] and one["title"] for one in told["errors"])
    assert announcements(station) == 0


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", ""]
)
def test_a_body_of_another_kind_is_refused(lans, station, kind):
    answer = lans.post("/announcements", data=json.dumps(TEXT), content_type=kind)
    assert (answer.status_code, reason(answer)) == (415, "json_type")
    assert announcements(station) == 0


def test_json_with_its_letters_named_is_json(lans):
    answer = lans.post("/announcements", data=json.dumps(TEXT), content_type="application/json; charset=utf-8")
    assert answer.status_code == 201


def test_a_body_that_is_too_large_is_refused(lans, station):
    answer = lans.post("/announcements", {"title": "x", "text": "a" * SMALL_BODY})
    assert (answer.status_code, reason(answer)) == (413, "body_too_large")
    assert announcements(station) == 0


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b'"x"', b'{"title": "a", "title": "b", "text": "x"}', b'{"title": NaN}',
             b'{"title": "\xff", "text": "x"}', b"[" * 5000, b'{"title": "a", "text": "\\ud800"}',
             b'{"title": "a", "text": "\\u0000"}', b'{"\\ud800": 1}'],
)  # fmt: skip
def test_hostile_json_is_refused_and_never_a_fault(lans, station, data):
    answer = lans.post("/announcements", data=data)
    assert answer.status_code in {400, 415, 422}
    assert announcements(station) == 0


def test_what_nothing_is_wanted_for_may_be_left_out(cast, program):
    announcement_id = cast.submitted()
    approver = program(cast.minh)
    assert approver.ask("POST", f"/announcements/{announcement_id}/withdraw").status_code == 200


def test_markup_and_formulas_come_back_as_they_were_sent(lans):
    evil = '=cmd|" /C calc"!A0<script>alert(1)</script>\u2028'
    answer = lans.post("/announcements", {"title": evil, "text": "Mời bà con đi tiêm."})
    assert answer.get_json()["title"] == evil.strip()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/json"


# Twice


def test_the_same_key_twice_acts_once_and_gives_the_same_answer(lans, station):
    first, second = (lans.post("/announcements", TEXT, headers={"Idempotency-Key": "key-00001"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
    assert first.headers["Location"] == second.headers["Location"]
    assert first.headers["ETag"] == second.headers["ETag"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert announcements(station) == 1


def test_the_same_key_for_something_else_is_refused(lans, station):
    assert lans.post("/announcements", TEXT, headers={"Idempotency-Key": "key-00001"}).status_code == 201
    answer = lans.post("/announcements", TEXT | {"title": "Khác"}, headers={"Idempotency-Key": "key-00001"})
    assert (answer.status_code, reason(answer)) == (422, "key_reused")
    assert announcements(station) == 1


def test_two_programs_with_the_same_key_are_not_taken_for_one(program, lan, station):
    for one in (program(lan), program(lan)):
        assert one.post("/announcements", TEXT, headers={"Idempotency-Key": "key-00001"}).status_code == 201
    assert announcements(station) == 2


def test_what_was_refused_may_be_sent_again_with_the_same_key(lans, cast):
    announcement_id = cast.submitted()
    path, sent = f"/announcements/{announcement_id}/submit", {"Idempotency-Key": "key-00001"}
    assert lans.post(path, {"only_stored": True}, headers=sent).status_code == 409
    cast.station.services.announcements.give_back(cast.minh, announcement_id, "sửa lại")
    sha256 = cast.station.repos.programme.announcement(announcement_id).audio_sha256
    cast.station.services.announcements.heard(cast.lan, announcement_id, sha256)
    assert lans.post(path, {"only_stored": True}, headers=sent).status_code == 200


def test_while_the_first_is_under_way_the_second_waits_for_nobody(lans, station, lan):
    station.repos.people.act_once("api:1:key-00001", lan, station.clock.now())
    answer = lans.post("/announcements", TEXT, headers={"Idempotency-Key": "key-00001"})
    assert (answer.status_code, reason(answer)) == (409, "under_way")


@pytest.mark.parametrize("key", ["short", "x" * 101, "with space", "chữ-có-dấu-đấy"])
def test_a_key_that_is_none_is_refused(lans, key):
    sent = {"Idempotency-Key": key.encode().decode("latin-1")}
    assert reason(lans.post("/announcements", TEXT, headers=sent)) == "key_invalid"


# Somebody else's version


def test_an_edit_needs_the_version_it_was_made_from(lans, station):
    path = lans.post("/announcements", TEXT).headers["Location"].removeprefix("/api/v1")
    tag = lans.get(path).headers["ETag"]
    changed = TEXT | {"title": "Tiêm chủng đợt hai"}
    assert reason(lans.put(path, changed)) == "if_match_missing"
    assert lans.put(path, changed).status_code == 428
    assert reason(lans.put(path, changed, headers={"If-Match": "*"})) == "if_match_invalid"
    assert lans.put(path, changed, headers={"If-Match": '"999"'}).status_code == 412
    answer = lans.put(path, changed, headers={"If-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag
    assert lans.put(path, TEXT, headers={"If-Match": tag}).status_code == 412


def test_a_campaign_that_somebody_changed_is_not_written_over(lans, cast):
    body = {
        "title": "Đợt", "announcement_id": cast.approved(), "windows": ["06:00-07:00"], "base": 2,
        "start": "2026-12-02", "end": "2026-12-03",
    }  # fmt: skip
    made = lans.post("/campaigns", body)
    path, tag = made.headers["Location"].removeprefix("/api/v1"), made.headers["ETag"]
    assert lans.put(path, body | {"base": 3}, headers={"If-Match": tag}).status_code == 200
    assert lans.put(path, body | {"base": 4}, headers={"If-Match": tag}).status_code == 412
    assert lans.get(path).get_json()["base"] == 3


# How often


def test_a_bucket_empties_and_fills_evenly():
    rates = Rates(60)
    assert [rates.take(1, 0.0) for _ in range(60)] == [0.0] * 60
    assert rates.take(1, 0.0) == pytest.approx(1.0)
    assert rates.take(2, 0.0) == 0.0
    assert rates.take(1, 1.0) == 0.0
    assert rates.take(1, 1.0) > 0
    assert rates.take(1, 0.5) > 0  # a clock that goes backwards fills nothing


def test_a_thousand_keys_are_kept_and_no_more():
    rates = Rates(60)
    for number in range(3000):
        rates.take(number, 0.0)
    assert len(rates._left) == Rates.MOST_KEPT


def test_a_bucket_is_shared_by_threads():
    rates, taken = Rates(600), []
    threads = [threading.Thread(target=lambda: taken.extend(rates.take(1, 0.0) for _ in range(200))) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert taken.count(0.0) == 600


def test_a_key_that_asks_too_often_is_told_when_to_come_back(config, clock, lan, program, app):
    app.extensions["api_rates"] = Rates(10)
    one = program(lan)
    assert [one.get("/token").status_code for _ in range(10)] == [200] * 10
    answer = one.get("/token")
    assert (answer.status_code, reason(answer)) == (429, "token_too_often")
    assert int(answer.headers["Retry-After"]) >= 1
    assert program(lan).get("/token").status_code == 200
    clock.advance(60)
    assert one.get("/token").status_code == 200


def test_the_limit_is_the_configurations():
    assert WebConfig().api_per_minute == 600


# Faults


@pytest.mark.parametrize(
    ("code", "told"), [(sqlite3.SQLITE_IOERR_READ, (507, "disk_error")), (sqlite3.SQLITE_BUSY, (503, "server_busy"))]
)
def test_a_fault_of_the_machine_is_a_problem_that_names_it(lans, monkeypatch, code, told):
    def fails(*_, **__):
        raise failing(code)

    monkeypatch.setattr(Store, "rows", fails)
    answer = lans.get("/plan")
    assert (answer.status_code, reason(answer)) == told


def test_a_fault_of_ours_is_a_problem_that_tells_nothing(station, lans):
    with station.repos.store.write() as db:
        db.conn.execute("ALTER TABLE relay RENAME TO lost")
        db.conn.execute("ALTER TABLE slot RENAME TO lost_slot")
    answer = lans.get("/plan")
    assert (answer.status_code, reason(answer)) == (500, "server_fault")
    for leak in ("Traceback", "sqlite", "no such table", ".py", "SELECT"):
        assert leak not in answer.text


def test_the_plan_says_since_when_it_is_owed(station, lans, cast, clock):
    campaign_id = station.services.campaigns.save(cast.lan, cast.campaign(cast.approved()))
    assert lans.get("/plan", date="2026-12-02").get_json()["owed_since"] is None
    station.repos.jobs.beat("playout", 1, clock.now(), {"clock_trusted": True, "stopping": False})
    lans.post(f"/campaigns/{campaign_id}/start")
    for path, query in (("/plan", {"date": "2026-12-02"}), ("/plan/upcoming", {})):
        assert lans.get(path, **query).get_json()["owed_since"] == "2026-12-02T05:30:00+07:00"
    station.services.campaigns.replan()
    assert lans.get("/plan/upcoming").get_json()["owed_since"] is None
