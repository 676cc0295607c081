"""An emergency over the API is the page's: seconds to take it back, the leader over the telephone, a code spent once."""

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from scheduler.services.air.emergency import GRACE

ORDERS = "/emergency/orders"
SECRET = {"code": "mat-khau-cua-minh"}


@pytest.fixture
def config(config):
    return replace(config, web=replace(config.web, totp_for=("approve", "break_in")))


@pytest.fixture
def application(station, minh, clock):
    """What Minh's application shows now."""
    people = station.services.people
    people.begin_totp(minh)
    totp = pyotp.TOTP(people.pending_totp(minh)[1])
    step = int(clock.now().timestamp()) // 30
    people.confirm_totp(minh, totp.generate_otp(step - 1))
    return lambda: totp.generate_otp(int(clock.now().timestamp()) // 30)


def start_of(station, answer):
    assert answer.status_code == 202, answer.text
    return station.repos.slots.slot(answer.get_json()["slot_id"]).start


def spent(station):
    return station.repos.store.value("SELECT totp_step FROM person WHERE login = 'minh'")


def refused(answer, reason):
    assert answer.get_json()["reason"] == reason, answer.text
    return answer.status_code


@pytest.mark.parametrize(
    ("more", "grace"), [({}, GRACE), ({"at_once": False}, GRACE), ({"at_once": True}, timedelta(0))]
)
def test_an_order_has_its_seconds_unless_a_machine_says_that_nobody_cancels(
    more, grace, minhs, template, station, clock
):
    body = {"announcement_id": template()} | SECRET | more
    assert start_of(station, minhs.post(ORDERS, body)) == clock.now() + grace


@pytest.mark.parametrize(("more", "grace"), [({}, GRACE), ({"at_once": True}, timedelta(0))])
def test_words_of_the_moment_have_them_too(more, grace, minhs, station, clock):
    body = {"text": "Nước lũ đang lên. Bà con lên cao ngay."} | SECRET | more
    assert start_of(station, minhs.post(f"{ORDERS}/text", body)) == clock.now() + grace


def test_within_its_seconds_it_is_taken_back_and_nothing_ever_sounds(lans, minhs, template, station):
    slot_id = minhs.post(ORDERS, {"announcement_id": template()} | SECRET).get_json()["slot_id"]
    for _ in range(2):  # again, it stays what it is
        answer = lans.post(f"{ORDERS}/{slot_id}/cancel")
        assert (answer.status_code, answer.get_json()["taken_back"]) == (202, True)
    assert station.repos.slots.slot(slot_id).reason == "order_taken_back"
    assert station.repos.store.rows("SELECT * FROM command") == []


def test_what_has_begun_is_stopped(lans, minhs, template, station, clock):
    slot_id = minhs.post(ORDERS, {"announcement_id": template()} | SECRET).get_json()["slot_id"]
    assert station.repos.slots.claim(station.repos.slots.slot(slot_id), clock.now())
    answer = lans.post(f"{ORDERS}/{slot_id}/cancel")
    assert (answer.status_code, answer.get_json()["taken_back"]) == (202, False)
    assert [row["kind"] for row in station.repos.store.rows("SELECT kind FROM command")] == ["stop"]


@pytest.mark.parametrize("where", [ORDERS, f"{ORDERS}/text"])
def test_an_officer_orders_on_the_number_that_a_leader_tells(where, lans, template, application, station):
    body = {"announcement_id": template()} if where == ORDERS else {"text": "Nước lũ đang lên."}
    assert lans.post(where, body | {"code": application()}).status_code == 403, "by an own right there is none"
    answer = lans.post(f"{where}/by-telephone", body | {"leader": "minh", "code": application()})
    slot_id = answer.get_json()["slot_id"]
    assert start_of(station, answer) > station.clock.now()
    assert lans.get(f"{ORDERS}/{slot_id}").get_json()["operator"] == "Minh"
    assert station.services.emergency.officer_of(slot_id) == "Lan (lan)"


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"leader": "minh", "code": "000000"}, "code_wrong"),
        ({"leader": "minh", "code": "mat-khau-cua-minh"}, "code_wrong"),
        ({"leader": "lan", "code": ""}, "code_needed"),
        ({"leader": "lan"}, "request_invalid"),
        ({"leader": "", "code": "123456"}, "request_invalid"),
        ({"leader": "minh", "code": "123456", "at_once": True}, "request_invalid"),
    ],
)
def test_without_it_nobody_does(sent, reason, lans, template, application, station):
    refused(lans.post(f"{ORDERS}/by-telephone", {"announcement_id": template()} | sent), reason)
    assert station.repos.store.rows("SELECT * FROM slot") == []


def test_a_number_told_is_spent_on_one_order(lans, template, application):
    sent = {"leader": "minh", "code": application()}
    assert lans.post(f"{ORDERS}/by-telephone", {"announcement_id": template()} | sent).status_code == 202
    other = {"announcement_id": template("Tập trung", pitch=880.0)}
    assert refused(lans.post(f"{ORDERS}/by-telephone", other | sent), "code_wrong") == 403


def test_the_same_order_again_asks_for_no_second_number(minhs, template, application):
    body = {"announcement_id": template(), "code": application()}
    first, second = minhs.post(ORDERS, body), minhs.post(ORDERS, body)
    assert (first.status_code, first.get_json()) == (second.status_code, second.get_json())


class TestANumberIsNotSpentOnWhatIsRefused:
    def test_by_an_order(self, minhs, cast, template, application, station):
        before = spent(station)
        body = {"announcement_id": cast.submitted(), "code": application()}
        refused(minhs.post(ORDERS, body), "unapproved")
        refused(minhs.post(ORDERS, body | {"announcement_id": template(), "zone": "nowhere"}), "zone_unknown")
        refused(minhs.post(f"{ORDERS}/text", {"text": "a " * 1000, "code": application()}), "text_too_long")
        assert spent(station) == before
        assert minhs.post(ORDERS, body | {"announcement_id": template()}).status_code == 202

    def test_by_an_approval(self, minhs, cast, application, station):
        announcement_id = cast.submitted()
        sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
        path, before = f"/announcements/{announcement_id}/approve", spent(station)
        told = {"sha256": sha256, "heard": True, "code": application()}
        refused(minhs.post(path, told | {"heard": False}), "not_heard")
        refused(minhs.post(path, told | {"sha256": "0" * 64}), "audio_changed")
        assert spent(station) == before
        refused(minhs.post(path, told | {"code": ""}), "code_needed")
        assert minhs.post(path, told).status_code == 200
        assert spent(station) > before

    def test_by_a_correction(self, minhs, template, application, station, clock):
        slot_id = minhs.post(ORDERS, {"announcement_id": template(), "code": application()}).get_json()["slot_id"]
        clock.advance(30)
        before = spent(station)
        told = {"code": application()}
        refused(minhs.post(f"{ORDERS}/nothing/correct", told), "not_found")
        refused(minhs.post(f"{ORDERS}/{slot_id}/correct", {}), "code_needed")
        assert spent(station) == before
        assert minhs.post(f"{ORDERS}/{slot_id}/correct", told).status_code == 202
        assert spent(station) > before


def test_letters_that_turn_the_line_around_are_refused_with_their_place(lans, station):
    answer = lans.post("/announcements", {"title": "Họp dân\u202e", "text": "Mời bà con đi họp."})
    assert refused(answer, "request_invalid") == 422
    assert [(one["pointer"], one["reason"]) for one in answer.get_json()["errors"]] == [("#/title", "field_characters")]
    assert station.repos.store.rows("SELECT * FROM announcement") == []
