"""Xác nhận: whoever has an authenticator application is asked for its number before every approval, not only of
announcements, and before quiet hours are loosened; a number is not spent on what is refused anyway."""

from dataclasses import replace

import pyotp
import pytest

from scheduler.config import ProvinceConfig, QuietHoursConfig
from scheduler.extras.sms.rules.texts import sms_sha256
from tests.desk.better_reading import better_reading
from tests.extras.sms.work.conftest import SmsCast

SMALLER = {"gio-tu": "22:00", "gio-den": "05:00", "can-cu": "Quyết định số 12/QĐ-UBND"}
FIELD = "Số 6 chữ số trên ứng dụng xác thực"


@pytest.fixture
def config(config):
    return replace(
        config,
        speech=replace(config.speech, engines=("gtts", "espeak"), upgrade_minutes=10.0),
        province=ProvinceConfig(url="https://nguon.example", username="phuong", password_file="mat-khau"),
        web=replace(config.web, totp_for=("approve", "break_in", "configure")),
        quiet_hours=QuietHoursConfig(windows=("21:00-05:00",), legal_basis="Quyết định số 12/QĐ-UBND"),
    )


@pytest.fixture
def number(station, minh, clock):
    """What Minh's application shows: at the first call now, then always a number that was not used."""
    return _application(station, minh, clock)


def _application(station, person, clock):
    people = station.desk.people
    people.begin_totp(person)
    totp = pyotp.TOTP(people.pending_totp(person)[1])
    step = int(clock.now().timestamp()) // 30
    people.confirm_totp(person, totp.generate_otp(step - 1), session_id=10**6)
    return lambda: totp.generate_otp(step)


@pytest.fixture
def waits(request):
    """What waits for Minh: the page it is decided on, the address of its form, its other fields, how it stands."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def reading(station, cast):
    one = better_reading(station, cast, "Tiêm chủng", "Mời bà con đi tiêm phòng ở trạm y tế phường.")
    state = "SELECT state FROM upgrade"
    fields = {"sha256": one.new.sha256, "heard": "yes"}
    return "/duyet", f"/duyet/giong/{one.id}/duyet", fields, state, "waiting"


@pytest.fixture
def relay(station, lans, send):
    fields = {"title": "Thời sự", "sources": "https://dai.example/vov1.mp3", "window": "05:30-06:00"}
    fields |= {"weekday": [str(day) for day in range(7)], "start": "02/01/2026", "end": "31/12/2027", "zone": "all"}
    answer = send(lans, "/tiep-am", **fields)
    assert answer.status_code == 303, answer.text
    relay_id = station.desk.relays.all()[0][0].id
    state = "SELECT state FROM announcement WHERE kind = 'relay'"
    return f"/tiep-am/{relay_id}", f"/tiep-am/{relay_id}/duyet", {}, state, "submitted"


@pytest.fixture
def sms(station, lan, minh):
    told = SmsCast(station, lan, minh)
    sms_id = told.desk.write(lan, "Tiêm phòng", "Moi ba con tiem phong sang thu bay")
    told.desk.submit(lan, sms_id)
    fields = {"sha256": sms_sha256(told.desk.texts.get(sms_id).body)}
    return f"/tin-nhan/{sms_id}", f"/tin-nhan/{sms_id}/duyet", fields, "SELECT state FROM sms", "submitted"


def _bulletin(station, clock, priority):
    told = {"BanTinID": "1", "MucDoUuTien": priority, "TieuDe": "Tiêm chủng", "NoiDung": "Sáng thứ bảy tiêm chủng."}
    told |= {"NguonID": "H24", "TenNguon": "Tỉnh", "ThoiGianSanXuat": int(clock.now().timestamp())}
    row = station.desk.province.receive(told)
    studio = station.studio()
    while studio.work_once():
        pass
    return station.desk.province.get(row.id)


@pytest.fixture
def bulletin(station, clock):
    row = _bulletin(station, clock, "3")
    fields = {"sha256": station.desk.province.sound(row).sha256, "heard": "yes"}
    state = "SELECT state FROM province_inbox"
    return "/ban-tin-nguon", f"/ban-tin-nguon/{row.id}/phat-ngay", fields, state, "waiting"


@pytest.fixture
def alarm(station, clock):
    row = _bulletin(station, clock, "1")
    state = "SELECT state FROM province_inbox"
    return "/ban-tin-nguon", f"/ban-tin-nguon/{row.id}/phat-ngay", {}, state, "waiting"


EVERY = pytest.mark.parametrize("waits", ["reading", "relay", "sms", "bulletin", "alarm"], indirect=True)


@EVERY
def test_no_approval_goes_through_without_the_number_of_the_application(number, waits, minhs, send, station):
    page, address, fields, state, before = waits
    assert FIELD in minhs.get(page).text
    for code, status in (("", 422), ("000000" if number() != "000000" else "111111", 422)):
        answer = send(minhs, address, code=code, **fields)
        assert answer.status_code == status
        assert 'role="alert">' in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert station.parts.store.value(state) == before
    assert send(minhs, address, code=number(), **fields).status_code == 303
    assert station.parts.store.value(state) != before


@EVERY
def test_who_has_no_application_is_asked_for_no_number(waits, minhs):
    assert FIELD not in minhs.get(waits[0]).text


@pytest.mark.parametrize("waits", ["reading", "bulletin"], indirect=True)
def test_a_number_is_not_spent_on_a_sound_that_nobody_has_heard(number, waits, minhs, send):
    _, address, fields, _, _ = waits
    unheard = {key: value for key, value in fields.items() if key != "heard"}
    answer = send(minhs, address, code=number(), **unheard)
    assert answer.status_code == 422
    assert "Hãy nghe hết âm thanh" in answer.text
    assert send(minhs, address, code=number(), **fields).status_code == 303


def test_a_number_is_not_spent_on_what_may_not_sound_at_this_hour(
    number, bulletin, client_of, minh, send, station, clock
):
    _, address, fields, state, before = bulletin
    clock.advance(17 * 3600)
    spent = "SELECT totp_step FROM person WHERE login = 'minh'"
    last, shown = station.parts.store.value(spent), number()
    answer = send(client_of(minh), address, code=shown, **fields)
    assert answer.status_code == 422
    assert "21:00-05:00" in answer.text
    assert station.parts.store.value(state) == before
    assert station.parts.store.value(spent) == last


def test_an_emergency_of_the_province_asks_for_what_every_emergency_asks(alarm, minhs, send, station):
    page, address, _, state, before = alarm
    assert "Mật khẩu của bạn" in minhs.get(page).text
    assert send(minhs, address).status_code == 422
    assert station.parts.store.value(state) == before
    assert send(minhs, address, code="mat-khau-cua-minh").status_code == 303


class TestLooseningQuietHours:
    @pytest.fixture
    def application(self, station, hung, clock):
        return _application(station, hung, clock)

    def test_asks_for_the_number_together_with_the_question(self, application, hungs, send, station):
        answer = send(hungs, "/cai-dat/gio-yen-tinh", **SMALLER)
        assert answer.status_code == 422
        assert FIELD in answer.text
        agreed = SMALLER | {"dong-y": "1"}
        answer = send(hungs, "/cai-dat/gio-yen-tinh", **agreed)
        assert answer.status_code == 422
        assert 'id="code-fault"' in answer.text
        assert station.parts.config.quiet_hours.windows == ("21:00-05:00",)
        assert send(hungs, "/cai-dat/gio-yen-tinh", code=application(), **agreed).status_code == 303
        assert station.parts.config.quiet_hours.windows == ("22:00-05:00",)

    def test_asks_for_nothing_where_nothing_is_loosened(self, application, hungs, send):
        longer = SMALLER | {"gio-tu": "20:00"}
        assert send(hungs, "/cai-dat/gio-yen-tinh", **longer).status_code == 303

    def test_so_does_the_way_back(self, application, hungs, send, station):
        send(hungs, "/cai-dat/gio-yen-tinh", **(SMALLER | {"gio-tu": "20:00"}))
        batch = station.desk.settings.history()[0].batch
        answer = send(hungs, f"/cai-dat/hoan-tac/{batch}", **{"dong-y": "1"})
        assert answer.status_code == 422
        assert 'id="code-fault"' in answer.text
        assert send(hungs, f"/cai-dat/hoan-tac/{batch}", **{"dong-y": "1"}, code=application()).status_code == 303
