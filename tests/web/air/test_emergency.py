"""Khẩn cấp: two steps to an order, what becomes of it, its correction, and the drill that cannot be mistaken for it."""

import re
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from scheduler.config.loading import ZoneConfig
from scheduler.core.model import AiringOutcome, Priority, Role, Trigger
from scheduler.core.words.wording import sentence
from scheduler.playout.red_sounds import RedSounds
from scheduler.services.air.emergency import Order
from scheduler.station import Station
from scheduler.store import Ending
from scheduler.store.planning.programme import Programme
from tests.conftest import Cast
from tests.damage import overwrite_table
from tests.sqlite_faults import failing
from tests.web.conftest import PASSWORDS, stops
from web import create_app

CODE = PASSWORDS["minh"]
"""What Minh proves who he is with: he has set up neither a code nor an application."""


def slots(station):
    return [facts.slot for facts in station.services.emergency.recent(station.clock.now() - timedelta(days=1))]


def told_by(page):
    """The page's middle as text."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text.split("<main")[1].split("</main>")[0]).split())


@pytest.fixture
def guests(client_of, station):
    """A signed-in browser of somebody who only looks."""
    PASSWORDS["khach"] = "mat-khau-cua-khach"
    return client_of(station.repos.people.add("khach", "Khách", Role.GUEST, PASSWORDS["khach"], station.clock.now()))


def application(station, person):
    """Set up an authenticator application for a person; what gives its number of the moment."""
    station.services.people.begin_totp(person)
    _, secret = station.services.people.pending_totp(person)
    totp = pyotp.TOTP(secret)
    station.services.people.confirm_totp(person, totp.at(station.clock.now()))
    station.clock.advance(31)  # that number has been used
    return lambda: totp.at(station.clock.now())


@pytest.fixture
def ward_of(config, clock, tmp_path):
    """Another station with these settings, Minh in it, and an approved template: station, his browser, its number."""
    opened = []

    def of(**changes):
        ward = Station.open(replace(config, folder=tmp_path / f"khac-{len(opened)}", **changes), clock)
        ward.prepare()
        opened.append(ward)
        people, now = ward.repos.people, clock.now()
        cast = Cast(ward, people.add("lan", "Lan", Role.EDITOR, PASSWORDS["lan"], now),
                    people.add("minh", "Minh", Role.APPROVER, CODE, now))  # fmt: skip
        clip = cast.clip(2.0, "Sơ tán", 660.0)
        services = ward.services.announcements
        announcement_id = services.write(cast.lan, "Sơ tán", "Bà con sơ tán ngay.", Priority.EMERGENCY)
        services.use_recording(cast.lan, announcement_id, clip.sha256)
        services.heard(cast.lan, announcement_id, clip.sha256)
        services.submit(cast.lan, announcement_id)
        services.approve(cast.minh, announcement_id, clip.sha256, heard=True)
        return ward, signed_in(create_app(ward), "minh"), announcement_id

    yield of
    for ward in opened:
        ward.close()


def signed_in(app, login):
    client = app.test_client()
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap").text)[1]
    fields = {"login": login, "password": PASSWORDS[login], "form_token": token, "toi": ""}
    assert client.post("/dang-nhap", data=fields).status_code == 303
    return client


@pytest.fixture
def homes_of(ward_of):
    """What is read back where these zones are configured."""

    def told(zones):
        _, client, announcement_id = ward_of(zones=zones)
        return told_by(client.get(f"/khan-cap/mau/{announcement_id}"))

    return told


# The page


def test_without_a_template_the_page_says_how_to_get_one(minhs):
    text = minhs.get("/khan-cap").text
    assert "Chưa có mẫu nào được duyệt" in text
    assert 'href="/ban-tin/moi?loai=khan-cap"' in text


def test_a_template_is_shown_with_its_words_its_sound_and_a_button_that_only_leads_on(minhs, template, station):
    announcement_id = template()
    text = minhs.get("/khan-cap").text
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    assert "Bà con khu phố 3 sơ tán ngay." in text
    assert f"/am-thanh/{sha256}.wav" in text
    button = re.search(r'<button[^>]*formaction="/khan-cap/mau/\d+"[^>]*>', text)
    assert button
    form = text[: button.start()].rsplit("<form", 1)[1]
    assert 'method="get"' in form
    assert slots(station) == []


def test_a_long_text_is_shown_by_its_first_words(minhs, template):
    template(text="bà con sơ tán ngay " * 60)
    shown = re.search(r'first-words" lang="vi">([^<]*)<', minhs.get("/khan-cap").text)[1]
    assert shown.endswith("…")
    assert len(shown) <= 161


def test_who_may_not_order_is_told_who_may(lans, template, hung):
    template()
    text = told_by(lans.get("/khan-cap"))
    assert "Vai trò Biên tập không tự ra lệnh khẩn cấp." in text
    assert "Minh" in text
    assert "Hùng" in text


def test_a_guest_sees_the_page_and_has_nothing_to_press(template, guests):
    template()
    html = guests.get("/khan-cap").text
    assert "formaction" not in html
    assert "/khan-cap/doc-lai" not in html
    assert guests.get("/khan-cap/mau/1").status_code == 403


def test_every_page_leads_to_it(lans):
    for path in ("/truc-tiep", "/nhat-ky", "/kho"):
        assert re.search(r'<a class="btn emg" href="/khan-cap">', lans.get(path).text), path


def test_a_template_is_not_offered_for_an_ordinary_play_now(minhs, template, cast, beat):
    beat()
    template("Sơ tán khẩn")
    cast.approved(title="Thu gom rác")
    ready = minhs.get("/phat-ngay").text.split("<main")[1]
    assert "Thu gom rác" in ready
    assert "Sơ tán khẩn" not in ready


# Reading back and ordering a template


def test_what_is_read_back_is_what_where_how_often_and_how_long(minhs, template):
    text = told_by(minhs.get(f"/khan-cap/mau/{template()}"))
    assert "Bà con khu phố 3 sơ tán ngay." in text
    assert "Tất cả các loa" in text
    assert "(đường ra loa: wav)" in text
    assert re.search(r"2 lần ?, cả nhạc hiệu hết 0:\d\d", text)
    assert "PHÁT KHẨN NGAY" in text


def test_reading_back_orders_nothing(minhs, template, station):
    minhs.get(f"/khan-cap/mau/{template()}")
    assert slots(station) == []


def test_an_order_is_one_slot_of_emergency_priority_and_leads_to_its_page(minhs, minh, template, station, send):
    announcement_id = template()
    answer = send(minhs, f"/khan-cap/mau/{announcement_id}", code=CODE, zone="all")
    (slot,) = slots(station)
    assert (answer.status_code, answer.location) == (303, f"/khan-cap/lenh/{slot.id}")
    assert (slot.announcement_id, slot.priority, slot.trigger) == (
        announcement_id,
        Priority.EMERGENCY,
        Trigger.EMERGENCY,
    )
    assert station.repos.slots.facts(slot.id).row["operator"] == "Minh"


def test_the_same_button_pressed_twice_airs_once(minhs, template, station, send):
    announcement_id = template()
    answers = {send(minhs, f"/khan-cap/mau/{announcement_id}", code=CODE, act="one form").location for _ in range(2)}
    assert len(answers) == 1
    assert len(slots(station)) == 1


def test_two_forms_for_the_same_alarm_air_once_while_it_is_open(minhs, template, station, send):
    announcement_id = template()
    answers = {send(minhs, f"/khan-cap/mau/{announcement_id}", code=CODE).location for _ in range(2)}
    assert len(answers) == 1
    assert len(slots(station)) == 1


def test_it_sounds_in_quiet_hours_too(minhs, template, station, send, clock):
    announcement_id = template()
    clock.advance(6.5 * 3600)  # 12:00, within 11:30-13:30
    assert send(minhs, f"/khan-cap/mau/{announcement_id}", code=CODE).status_code == 303
    assert len(slots(station)) == 1


def test_what_is_no_approved_template_has_no_button_and_is_not_ordered(minhs, cast, send):
    announcement_id = cast.submitted()
    page = minhs.get(f"/khan-cap/mau/{announcement_id}").text
    assert "chưa được duyệt" in page
    assert "PHÁT KHẨN NGAY" not in page
    assert send(minhs, f"/khan-cap/mau/{announcement_id}", code=CODE).status_code == 422
    assert slots(cast.station) == []


def test_a_zone_that_is_not_there_is_refused(minhs, template, station, send):
    answer = send(minhs, f"/khan-cap/mau/{template()}", code=CODE, zone="vung-khong-co")
    assert answer.status_code == 422
    assert "Không có vùng phát “vung-khong-co”" in answer.text
    assert slots(station) == []


def test_how_many_homes_hear_it_is_read_back_and_what_nobody_has_said_is_said_to_be_so(
    config, clock, tmp_path, homes_of
):
    assert "chưa khai số hộ của vùng này" in homes_of(())
    told = homes_of((ZoneConfig(name="all", homes=2100),))
    assert "khoảng 2.100 hộ" in told


# Whose order it is


def test_an_order_without_a_code_or_with_a_wrong_one_is_refused_beside_its_field(minhs, template, station, send):
    announcement_id = template()
    for code, told in (("", "code_needed"), ("sai-roi", "code_wrong")):
        answer = send(minhs, f"/khan-cap/mau/{announcement_id}", code=code)
        assert answer.status_code == 422
        field = re.search(r'<input id="code"[^>]*>', answer.text)[0]
        assert 'aria-invalid="true"' in field
        assert sentence(told) in answer.text.split('id="code-fault"')[1].split("</p>")[0]
        assert CODE not in answer.text
    assert slots(station) == []


def test_what_was_chosen_stays_chosen_when_the_code_was_wrong(minhs, send, station):
    answer = send(minhs, "/khan-cap/go-chu", title="Ngập", text="Nước sông dâng cao.", code="sai-roi")
    assert answer.status_code == 422
    assert "Nước sông dâng cao." in answer.text
    assert 'value="Ngập"' in answer.text
    assert 'id="code-fault"' in answer.text
    assert slots(station) == []


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("password", "Mật khẩu của bạn"),
        ("code", "Mã khẩn cấp của bạn"),
        ("totp", "Số 6 chữ số trên ứng dụng xác thực"),
    ],
)
def test_the_form_asks_for_what_the_leader_has_set_up(client_of, minh, template, station, kind, label):
    if kind == "code":
        station.services.people.set_code(minh, CODE, "70416293")
    if kind == "totp":
        application(station, minh)
    assert label in client_of(minh).get(f"/khan-cap/mau/{template()}").text


def test_the_own_emergency_code_orders(minhs, minh, template, station, send):
    station.services.people.set_code(minh, CODE, "70416293")
    assert send(minhs, f"/khan-cap/mau/{template()}", code="7041 6293").status_code == 303
    assert len(slots(station)) == 1


def test_a_station_may_do_without_a_code(config, clock, tmp_path, ward_of):
    ward, client, announcement_id = ward_of(emergency=replace(config.emergency, code=False))
    assert 'name="code"' not in client.get(f"/khan-cap/mau/{announcement_id}").text
    ward.services.emergency.order(
        lambda: ward.services.emergency.confirmed(ward.repos.people.by_login("minh"), ""), announcement_id
    )
    assert len(slots(ward)) == 1


def test_an_order_that_stands_is_shown_again_without_another_code(minhs, hungs, template, station, send):
    """Two leaders at once: the second sees the first one's order."""
    announcement_id = template()
    first = send(minhs, f"/khan-cap/mau/{announcement_id}", code=CODE).location
    assert send(hungs, f"/khan-cap/mau/{announcement_id}", code="").location == first
    assert len(slots(station)) == 1


def test_a_number_is_not_spent_on_an_order_that_is_refused(client_of, minh, cast, template, station, send, clock):
    numbers = application(station, minh)
    minhs = client_of(minh)
    number = numbers()
    assert send(minhs, f"/khan-cap/mau/{cast.submitted()}", code=number).status_code == 422
    assert send(minhs, f"/khan-cap/mau/{template()}", zone="khong-co", code=number).status_code == 422
    assert send(minhs, f"/khan-cap/mau/{template()}", code=number).status_code == 303


def test_an_officer_orders_on_the_number_a_leader_tells_over_the_telephone(lans, minh, template, station, send):
    numbers = application(station, minh)
    announcement_id = template()
    page = lans.get(f"/khan-cap/mau/{announcement_id}").text
    assert '<option value="minh">Minh</option>' in page
    answer = send(lans, f"/khan-cap/mau/{announcement_id}", leader="minh", code=numbers())
    assert answer.status_code == 303
    (slot,) = slots(station)
    row = station.repos.slots.facts(slot.id).row
    assert (row["operator"], row["operator_role"]) == ("Minh", "approver")  # as the gate sees it
    (told,) = station.repos.store.rows("SELECT * FROM journal WHERE kind = 'order'")
    assert (told["operator"], told["author"], told["slot_id"], told["reason"]) == (
        "Minh (minh)", "Lan (lan)", slot.id, "order_by_code",
    )  # fmt: skip
    assert station.services.proof.verify().whole
    shown = told_by(lans.get(answer.location))
    assert "Ra lệnh: Minh" in shown
    assert "Bấm nút theo điện thoại: Lan" in shown
    audit = station.repos.store.rows("SELECT * FROM audit WHERE subject = 'slot' AND subject_id = ?", (slot.id,))
    assert [row["name"] for row in audit] == ["Lan (lan)"]
    assert [row["act"] for row in audit] == ["break_in"]  # an order, though the page let drills through as well
    assert '"operator_id":' + str(minh.id) in audit[0]["after_json"].replace(" ", "")


def test_typed_words_are_ordered_on_a_leaders_number_too(lans, minh, station, send):
    numbers = application(station, minh)
    answer = send(lans, "/khan-cap/go-chu", text="Nước sông dâng cao.", leader="minh", code=numbers())
    assert answer.status_code == 303
    (slot,) = slots(station)
    announcement = station.repos.programme.announcement(slot.announcement_id)
    assert announcement.approver_id == minh.id


@pytest.mark.parametrize(
    ("leader", "number", "reason"),
    [
        ("minh", "000000", "code_wrong"),
        ("", "right", "leader_unknown"),
        ("lan", "right", "code_wrong"),
        ("khong-ai", "right", "code_wrong"),
        ("minh", "", "code_needed"),
    ],
    ids=["wrong number", "no leader chosen", "no leader at all", "nobody", "no number"],
)
def test_an_officer_without_the_leaders_number_orders_nothing(
    lans, minh, template, station, send, leader, number, reason
):
    numbers = application(station, minh)
    typed = numbers() if number == "right" else number
    answer = send(lans, f"/khan-cap/mau/{template()}", leader=leader, code=typed)
    assert answer.status_code == 422
    assert sentence(reason) in answer.text
    assert slots(station) == []


def test_an_officer_who_names_no_leader_has_no_right(lans, template, station, send):
    assert send(lans, f"/khan-cap/mau/{template()}", code=PASSWORDS["lan"]).status_code == 403
    assert slots(station) == []


def test_where_no_leader_can_tell_a_number_the_officer_is_told_so(lans, template):
    page = lans.get(f"/khan-cap/mau/{template()}").text
    assert "Chưa lãnh đạo nào có ứng dụng xác thực" in page
    assert "PHÁT KHẨN NGAY" not in page


def test_wrong_numbers_are_counted_on_the_officer_and_never_lock_the_leader_out(
    lans, client_of, minh, template, station, send
):
    numbers = application(station, minh)
    minhs = client_of(minh)
    announcement_id = template()
    for _ in range(12):
        answer = send(lans, f"/khan-cap/mau/{announcement_id}", leader="minh", code="000000")
    assert "Nhập sai mã quá nhiều lần" in answer.text
    assert slots(station) == []
    assert send(minhs, f"/khan-cap/mau/{announcement_id}", code=numbers()).status_code == 303


# The seconds in which it can be taken back


def test_an_order_begins_five_seconds_after_its_press(minhs, template, station, send, clock):
    send(minhs, f"/khan-cap/mau/{template()}", code=CODE)
    (slot,) = slots(station)
    assert slot.start - clock.now() == timedelta(seconds=5)


def test_the_page_of_an_order_counts_down_and_takes_it_back_without_any_script(minhs, template, station, send, beat):
    beat()
    place = send(minhs, f"/khan-cap/mau/{template()}", code=CODE).location
    page = minhs.get(place).text
    assert "Sắp phát khẩn." in page
    assert 'data-grace="5000">5<' in page
    assert '<noscript><meta http-equiv="refresh" content="1">' in page
    assert "DỪNG lệnh này" not in page
    answer = send(minhs, f"{place}/huy")
    assert answer.location == place
    shown = told_by(minhs.get(place))
    assert "Đã hủy" in shown
    assert "chưa phát gì" in shown
    assert "PHÁT ĐÍNH CHÍNH" not in shown
    (slot,) = slots(station)
    assert (slot.outcome, slot.reason) == (AiringOutcome.CANCELLED, "order_taken_back")
    assert stops(station) == []


def test_taken_back_twice_is_taken_back_once(minhs, template, station, send):
    place = send(minhs, f"/khan-cap/mau/{template()}", code=CODE).location
    assert {send(minhs, f"{place}/huy").status_code for _ in range(2)} == {303}
    assert "đã ra lệnh dừng" not in minhs.get(place).text


def test_an_order_that_has_begun_is_stopped_and_says_so(minhs, template, station, send, clock):
    place = send(minhs, f"/khan-cap/mau/{template()}", code=CODE).location
    clock.advance(6)
    (slot,) = slots(station)
    station.repos.slots.claim(slot, clock.now())
    send(minhs, f"{place}/huy")
    (command,) = stops(station)
    assert command.order["slot_id"] == slot.id
    assert "không hủy được nữa; đã ra lệnh dừng" in minhs.get(place).text


def test_an_officer_may_take_an_alarm_back_as_they_may_stop_it(lans, minhs, template, station, send):
    place = send(minhs, f"/khan-cap/mau/{template()}", code=CODE).location
    assert send(lans, f"{place}/huy").status_code == 303
    assert slots(station)[0].outcome is AiringOutcome.CANCELLED


def test_only_an_order_can_be_taken_back(lans, cast, send):
    cast.running(cast.approved(3.0))
    slot = cast.station.repos.slots.of_day(cast.campaign(1).start)[0]
    assert send(lans, f"/khan-cap/lenh/{slot.id}/huy").status_code in {404, 422}


# Typed words


def test_typed_words_are_read_back_as_the_machine_will_say_them(minhs, send, station):
    answer = send(minhs, "/khan-cap/doc-lai", title="Ngập", text="Họp lúc 7h30 <b>ngay</b>.")
    assert answer.status_code == 200
    assert "bảy giờ ba mươi" in answer.text
    assert "&lt;b&gt;ngay&lt;/b&gt;" in answer.text
    assert "PHÁT KHẨN NGAY" in answer.text
    assert slots(station) == []


def test_typed_words_can_be_mended_before_they_are_ordered(minhs, send):
    answer = send(minhs, "/khan-cap/doc-lai", title="Ngập", text="Nước lên.", then="edit")
    assert 'value="Ngập"' in answer.text
    assert ">Nước lên.</textarea>" in answer.text


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "không có chữ nào"), ("... !!!", "không có chữ nào"), ("a " * 800, "quá giới hạn 1500")],
    ids=["nothing", "no letters", "too long to speak in time"],
)
@pytest.mark.parametrize("path", ["/khan-cap/doc-lai", "/khan-cap/go-chu"])
def test_words_that_cannot_be_spoken_come_back_with_the_reason(minhs, send, station, path, text, told):
    answer = send(minhs, path, title="Tên vẫn còn", text=text, code="sai")
    assert answer.status_code == 422
    assert told in answer.text
    assert "Tên vẫn còn" in answer.text
    assert slots(station) == []


def test_typed_words_are_spoken_and_ordered_at_once(minhs, send, station):
    answer = send(minhs, "/khan-cap/go-chu", code=CODE, title="", text="Nước sông dâng cao, bà con rời bờ sông ngay.")
    (slot,) = slots(station)
    assert answer.location == f"/khan-cap/lenh/{slot.id}"
    page = told_by(minhs.get(answer.location))
    assert "Nước sông dâng cao" in page
    assert station.repos.programme.clip(slot.audio_sha256).length > timedelta(seconds=1)


def test_a_typed_order_sent_twice_is_one(minhs, send, station):
    for _ in range(2):
        send(minhs, "/khan-cap/go-chu", code=CODE, act="one form", text="Nước sông dâng cao.")
    assert len(slots(station)) == 1


def test_a_voice_that_is_broken_is_told_and_the_words_are_kept(minhs, send, station, config, app):
    app.extensions["station"] = mute(station)
    answer = send(minhs, "/khan-cap/go-chu", code=CODE, text="Nước sông dâng cao.")
    assert answer.status_code == 422
    assert "Không giọng đọc nào làm được lúc này" in answer.text
    assert "Nước sông dâng cao." in answer.text
    assert slots(station) == []


def mute(station):
    """The same station whose only voice has no model."""
    from dataclasses import replace

    config = replace(
        station.config, speech=replace(station.config.speech, engines=("piper",), piper_model="khong-co.onnx")
    )
    return replace(station, written=config)


# What becomes of an order


@pytest.fixture
def ordered(minhs, template, send, station, clock):
    """An order of Minh's that playout takes at this moment: its slot's id."""
    announcement_id = template()
    place = send(minhs, f"/khan-cap/mau/{announcement_id}", code=CODE).location
    clock.advance(5)
    return place.rsplit("/", 1)[1]


def sounding(slot_id, clock, **more):
    return {
        "slot_id": slot_id, "title": "Sơ tán khu phố 3", "zone": "all", "started_at": clock.now().isoformat(),
        "played_ms": 0, "total_ms": 9000,
    } | more  # fmt: skip


def test_an_order_that_waits_says_so_and_can_be_stopped(minhs, ordered, beat):
    beat()
    page = minhs.get(f"/khan-cap/lenh/{ordered}").text
    assert "bộ phát đang nhận" in page
    assert f'value="{ordered}"' in page
    assert 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_an_order_that_waits_for_another_emergency_names_it(minhs, ordered, beat, clock):
    beat(airings=[sounding("khac", clock, title="Cháy chợ", trigger="emergency")])
    assert "Đang chờ tới lượt sau: Cháy chợ." in told_by(minhs.get(f"/khan-cap/lenh/{ordered}")).replace(
        "lượt  sau", "lượt sau"
    )


def test_an_order_on_the_air_is_told_as_measured(minhs, ordered, beat, clock):
    beat(airings=[sounding(ordered, clock)])
    part = minhs.get(f"/khan-cap/lenh/{ordered}/tinh-hinh").text
    assert "ĐANG PHÁT" in part
    assert 'data-total="9000"' in part
    assert "<html" not in part


def test_an_order_whose_words_are_still_being_spoken_says_so_and_counts_no_seconds(minhs, station, cast, beat, clock):
    order = Order(cast.minh)
    slot_id, held = station.services.emergency.order_promised(order, "Lũ", "Nước dâng cao.", timedelta(seconds=5))
    held.close()
    beat()
    waits = told_by(minhs.get(f"/khan-cap/lenh/{slot_id}"))
    assert "Máy đang đọc lời vừa gõ." in waits
    assert "Nước dâng cao." in waits
    clock.advance(5)
    beat(airings=[sounding(slot_id, clock, total_ms=0, played_ms=700, trigger="emergency")])
    page = minhs.get(f"/khan-cap/lenh/{slot_id}").text
    assert "Chuông đang kêu, máy đang đọc lời." in page
    assert "data-left" not in page.split('id="lenh"')[1].split("</section>")[0]
    for path in ("/truc-tiep", "/thanh"):
        seen = minhs.get(path).text
        assert "Chuông đang kêu, máy đang đọc lời" in seen
        assert "data-left" not in seen


def test_an_order_while_playout_is_silent_says_what_to_do(minhs, ordered):
    assert "Bộ phát không trả lời" in minhs.get(f"/khan-cap/lenh/{ordered}").text


def test_an_order_that_has_ended_is_asked_for_no_more(minhs, ordered, beat, station, clock):
    beat()
    station.repos.slots.close(ordered, Ending(AiringOutcome.CANCELLED, "stopped_by"), clock.now())
    page = minhs.get(f"/khan-cap/lenh/{ordered}").text
    assert "Đã hủy" in page
    assert "Cán bộ đã bấm dừng." in page
    assert "every 1s" not in page
    assert "http-equiv" not in page


def test_the_orders_of_late_are_listed(minhs, ordered):
    text = minhs.get("/khan-cap").text.split('id="h-recent"')[1]
    assert f"/khan-cap/lenh/{ordered}" in text
    assert "Sơ tán khu phố 3" in text


def test_what_is_no_order_of_this_kind_has_no_such_page(cast, minhs):
    cast.running(cast.approved(3.0))
    slot = cast.station.repos.slots.of_day(cast.campaign(1).start)[0]
    assert minhs.get(f"/khan-cap/lenh/{slot.id}").status_code == 404
    assert minhs.get("/khan-cap/lenh/khong-co").status_code == 404


# The correction


def test_the_correction_is_made_ready_and_says_so(minhs, ordered, send, station):
    page = minhs.get(f"/khan-cap/lenh/{ordered}").text
    assert "Bản tin khẩn vừa phát lúc 05:30 là không đúng" in page
    assert "Đính chính đã sẵn sàng" not in page
    assert 'hx-trigger="load"' in page
    answer = send(minhs, f"/khan-cap/lenh/{ordered}/soan-dinh-chinh")
    assert answer.location == f"/khan-cap/lenh/{ordered}#dinh-chinh"
    page = minhs.get(f"/khan-cap/lenh/{ordered}").text
    assert "Đính chính đã sẵn sàng" in page
    assert 'hx-trigger="load"' not in page
    assert len(slots(station)) == 1  # ready, not aired


def test_a_script_gets_the_ready_correction_as_a_part_of_its_page(minhs, ordered, send):
    csrf = re.search(r'data-csrf="([^"]+)"', minhs.get("/cai-dat").text)[1]
    answer = minhs.post(
        f"/khan-cap/lenh/{ordered}/soan-dinh-chinh",
        headers={"X-CSRF-Token": csrf, "X-Act": "k", "HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "Đính chính đã sẵn sàng" in answer.text
    assert "<html" not in answer.text


def test_a_correction_stops_what_it_corrects_and_is_ordered_once(minhs, ordered, send, station, clock):
    station.repos.slots.claim(station.repos.slots.slot(ordered), clock.now())
    answers = {send(minhs, f"/khan-cap/lenh/{ordered}/dinh-chinh", act="one form").location for _ in range(2)}
    (place,) = answers
    assert place.endswith(f"?cua={ordered}")
    (command,) = stops(station)
    assert command.order["slot_id"] == ordered
    corrected = [slot for slot in slots(station) if slot.id != ordered]
    assert len(corrected) == 1
    text = station.repos.programme.announcement(corrected[0].announcement_id).text
    assert "05:30" in text
    assert "Nếu phát nhầm" not in minhs.get(place).text


def test_a_correction_of_what_is_over_stops_nothing(minhs, ordered, send, station, clock):
    station.repos.slots.close(ordered, Ending(AiringOutcome.PLAYED), clock.now())
    assert send(minhs, f"/khan-cap/lenh/{ordered}/dinh-chinh").status_code == 303
    assert stops(station) == []


def test_an_editor_sees_the_order_and_has_no_correction_to_press(lans, ordered):
    text = lans.get(f"/khan-cap/lenh/{ordered}").text
    assert "Người được ra lệnh khẩn cấp mới phát được đính chính." in text
    assert "/dinh-chinh" not in text


# The drill


def test_the_drill_page_says_what_will_be_said_and_has_no_way_to_the_alarm(lans, template):
    template()
    main = lans.get("/khan-cap/dien-tap").text.split("<main")[1]
    assert "Đây là diễn tập, không phải báo động thật." in main
    assert "PHÁT KHẨN" not in main
    assert "/khan-cap/mau/" not in main
    assert "/khan-cap/dien-tap/" in main


def test_the_alarm_page_has_no_button_of_a_drill(minhs, template):
    template()
    assert "/khan-cap/dien-tap/" not in minhs.get("/khan-cap").text


def test_an_editor_may_rehearse_and_the_order_is_told_as_a_drill(lans, template, send, station):
    announcement_id = template()
    page = lans.get(f"/khan-cap/dien-tap/{announcement_id}").text
    assert page.count("Đây là diễn tập, không phải báo động thật.") == 2
    answer = send(lans, f"/khan-cap/dien-tap/{announcement_id}")
    (slot,) = slots(station)
    assert (slot.trigger, slot.priority) == (Trigger.DRILL, Priority.PRIORITY)
    assert slot.intro_sha256
    text = lans.get(answer.location).text
    assert "<h1>Diễn tập</h1>" in text
    assert "card drill" in text
    assert "Nếu phát nhầm" not in text


def test_a_drill_is_refused_at_night_with_the_rules_sentence(lans, template, send, station, clock):
    announcement_id = template()
    clock.advance(6.5 * 3600)
    answer = send(lans, f"/khan-cap/dien-tap/{announcement_id}")
    assert answer.status_code == 422
    assert "Giờ yên tĩnh" in answer.text
    assert slots(station) == []


# Templates are written and approved like every announcement


def test_a_template_is_written_in_the_page(lans, send, station):
    assert 'name="kind" value="emergency"' in lans.get("/ban-tin/moi?loai=khan-cap").text
    answer = send(lans, "/ban-tin", title="Vỡ đê", text="Bà con lên chỗ cao ngay.", kind="emergency")
    announcement_id = int(answer.location.rsplit("/", 1)[1])
    assert station.repos.programme.announcement(announcement_id).priority is Priority.EMERGENCY
    assert "Khẩn cấp (mẫu)" in lans.get(answer.location).text
    assert station.services.emergency.templates() == []  # not before a leader has approved it


@pytest.mark.parametrize("kind", ["", "1", "khan-cap", "EMERGENCY"])
def test_any_other_kind_is_an_ordinary_announcement(lans, send, station, kind):
    answer = send(lans, "/ban-tin", title="Thu gom rác", text="Bà con để rác đúng giờ.", kind=kind)
    announcement_id = int(answer.location.rsplit("/", 1)[1])
    assert station.repos.programme.announcement(announcement_id).priority is Priority.NORMAL


def test_a_refused_text_keeps_its_kind_chosen(lans, send):
    answer = send(lans, "/ban-tin", title="Vỡ đê", text="…", kind="emergency")
    assert answer.status_code == 422
    assert 'name="kind" value="emergency"' in answer.text


def test_when_an_order_has_ended_its_page_no_longer_offers_to_stop_it(minhs, ordered, beat, station, clock):
    beat()
    asked = re.search(
        rf'hx-get="(/khan-cap/lenh/{ordered}/tinh-hinh\?dc=1)"', minhs.get(f"/khan-cap/lenh/{ordered}").text
    )
    assert "nut-dinh-chinh" not in minhs.get(asked[1]).text
    station.repos.slots.close(ordered, Ending(AiringOutcome.PLAYED), clock.now())
    told = minhs.get(asked[1]).text
    assert 'id="nut-dinh-chinh"' in told
    assert 'hx-swap-oob="true"' in told
    assert ">PHÁT ĐÍNH CHÍNH<" in told


def test_a_template_is_no_choice_of_a_campaign(lans, template, cast):
    template("Sơ tán khẩn")
    cast.approved(title="Thu gom rác")
    text = lans.get("/dot/moi").text
    assert "Thu gom rác" in text
    assert "Sơ tán khẩn" not in text


def test_a_leader_sees_that_what_waits_is_an_alarm(lans, minhs, cast, send, station):
    clip = cast.clip(2.0, "báo động")
    announcement_id = station.services.announcements.write(cast.lan, "Vỡ đê", "Bà con lên chỗ cao.", Priority.EMERGENCY)
    station.services.announcements.use_recording(cast.lan, announcement_id, clip.sha256)
    station.services.announcements.heard(cast.lan, announcement_id, clip.sha256)
    station.services.announcements.submit(cast.lan, announcement_id)
    assert "Khẩn cấp (mẫu)" in minhs.get("/duyet").text


# An announcement that cannot be read


@pytest.fixture
def kept(station, template, beat):
    """An approved template, and what playout keeps of it outside the database."""
    announcement_id = template("Vỡ đê")
    beat()
    assert RedSounds(station.services).refresh()
    return announcement_id


def test_an_order_is_taken_where_its_row_is_damaged_says_by_what_and_is_taken_back(station, minhs, send, kept):
    path = f"/khan-cap/mau/{kept}"
    overwrite_table(station.repos.store.path, "announcement")
    answer = send(minhs, path, code=CODE)
    (one,) = station.services.air.red.orders()
    assert (answer.status_code, answer.location) == (303, f"/khan-cap/lenh/{one.key}")
    assert (one.order["title"], one.order["by"]["login"]) == ("Vỡ đê", "minh")
    assert send(minhs, path, code=CODE).location == answer.location, "the same order"
    page = minhs.get(answer.location)
    text = told_by(page)
    assert page.status_code == 200
    assert "Vỡ đê" in text
    assert "Trạm đã nhận lệnh lúc 05:30:00" in text
    assert "lệnh theo bản đã duyệt mà trạm giữ ở ngoài, đúng tới 05:30:00" in text
    assert "Cơ sở dữ liệu bị hỏng" in text
    assert "Vỡ đê" in minhs.get(f"{answer.location}/tinh-hinh").text
    assert send(minhs, f"{answer.location}/huy").status_code == 303
    assert sentence("order_taken_back") in told_by(minhs.get(answer.location))


def test_what_was_not_kept_and_a_drill_are_refused_with_the_fault(station, minhs, send, kept, template):
    later = template("Cháy chợ")
    overwrite_table(station.repos.store.path, "announcement")
    for path in (f"/khan-cap/mau/{later}", f"/khan-cap/dien-tap/{kept}"):
        answer = send(minhs, path, code=CODE)
        assert (answer.status_code, "bị hỏng" in answer.text) == (503, True)
    assert station.services.air.red.orders() == []


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_BUSY], ids=["disk error", "busy"])
def test_an_order_whose_row_cannot_be_read_just_now_is_taken(station, minhs, send, kept, monkeypatch, code):
    def fails(*_):
        raise failing(code)

    with monkeypatch.context() as broken:
        broken.setattr(Programme, "announcement", fails)
        answer = send(minhs, f"/khan-cap/mau/{kept}", code=CODE)
    assert answer.status_code == 303
    page = minhs.get(answer.location)
    assert "lệnh theo bản đã duyệt mà trạm giữ ở ngoài" in told_by(page)
    assert [one.announcement_id for one in slots(station)] == [kept], "its row is there"


def test_an_unapproved_one_is_refused_as_ever_though_the_kept_file_has_it(station, minhs, send, kept, minh):
    station.services.announcements.withdraw(minh, kept)
    answer = send(minhs, f"/khan-cap/mau/{kept}", code=CODE)
    assert "chưa được duyệt" in told_by(answer)
    assert station.services.air.red.orders() == []


def ready(station, minh):
    """The six that a station is given, spoken and handed in."""
    station.services.ready_templates.keep_up()
    worker = station.worker()
    while worker.work_once():
        pass
    station.services.ready_templates.keep_up()


def test_where_leaders_approve_templates_are_counted_apart_as_its_lists_are(station, minh, minhs):
    ready(station, minh)
    page = minhs.get("/duyet").text
    assert "0 bản tin, 6 mẫu khẩn cấp chờ duyệt" in page
    assert "Không có bản tin nào chờ duyệt." in page


def test_the_page_is_never_empty_and_nothing_unapproved_can_be_ordered(station, minh, minhs, lans, send):
    ready(station, minh)
    page = minhs.get("/khan-cap").text
    assert page.count("Nghe và duyệt mẫu</a>") == 6
    assert "Phát khẩn…</button>" not in page
    assert "Nghe và duyệt mẫu" not in lans.get("/khan-cap").text
    assert lans.get("/khan-cap").text.count("Chờ duyệt</span>") == 6
    number = station.services.ready_templates.unapproved()[0].id
    answer = send(minhs, f"/khan-cap/mau/{number}")
    assert answer.status_code == 422
    assert station.repos.red.placed() == []


def test_a_leader_has_one_task_for_all_of_them_and_one_list(station, minh, minhs):
    ready(station, minh)
    assert "Duyệt sẵn 6 mẫu khẩn cấp" in minhs.get("/truc-tiep").text
    page = minhs.get("/duyet").text
    assert "Duyệt sẵn 6 mẫu khẩn cấp" in page
    assert page.count("Nghe mẫu ") == 6
    assert "Không có bản tin nào chờ duyệt" in page


def test_who_cannot_order_an_alarm_finds_the_templates_and_no_button_for_it(template, lans, minhs):
    template()
    text, ordering = lans.get("/khan-cap").text, minhs.get("/khan-cap").text
    for one in ("Phát khẩn…", "Đọc lại để kiểm tra…", 'name="zone"', 'name="text"'):
        assert one in ordering
        assert one not in text
    assert "Sơ tán khu phố 3" in text
    assert "Sang trang Diễn tập" in text
