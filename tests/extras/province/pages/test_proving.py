"""Xác nhận: a bulletin of the province asks for the number of who has an authenticator application, as any approval."""

from dataclasses import replace

import pytest

from scheduler.config.loading import QuietHoursConfig
from scheduler.extras.province.keys import ProvinceConfig
from scheduler.extras.province.service.bulletins import ProvinceService
from tests.web.proving import (
    FIELD,
    goes_through_with_the_number_only,
    spends_no_number_on_a_sound_that_nobody_has_heard,
)


@pytest.fixture
def config(config):
    return replace(
        config,
        web=replace(config.web, totp_for=("approve", "break_in", "configure")),
        quiet_hours=QuietHoursConfig(windows=("21:00-05:00",), legal_basis="Quyết định số 12/QĐ-UBND"),
    ).having(ProvinceConfig(url="https://nguon.example", username="phuong", password_file="mat-khau"))


@pytest.fixture
def waits(request):
    return request.getfixturevalue(request.param)


def _bulletin(station, clock, priority):
    told = {"BanTinID": "1", "MucDoUuTien": priority, "TieuDe": "Tiêm chủng", "NoiDung": "Sáng thứ bảy tiêm chủng."}
    told |= {"NguonID": "H24", "TenNguon": "Tỉnh", "ThoiGianSanXuat": int(clock.now().timestamp())}
    row = station.services.get(ProvinceService).receive(told)
    worker = station.worker()
    while worker.work_once():
        pass
    return station.services.get(ProvinceService).inbox.get(row.id)


@pytest.fixture
def bulletin(station, clock):
    row = _bulletin(station, clock, "3")
    fields = {"sha256": station.services.get(ProvinceService).inbox.sound(row).sha256, "heard": "yes"}
    state = "SELECT state FROM province_inbox"
    return "/ban-tin-nguon", f"/ban-tin-nguon/{row.id}/phat-ngay", fields, state, "waiting"


@pytest.fixture
def alarm(station, clock):
    row = _bulletin(station, clock, "1")
    state = "SELECT state FROM province_inbox"
    return "/ban-tin-nguon", f"/ban-tin-nguon/{row.id}/phat-ngay", {}, state, "waiting"


EVERY = pytest.mark.parametrize("waits", ["bulletin", "alarm"], indirect=True)


@EVERY
def test_no_approval_goes_through_without_the_number_of_the_application(number, waits, minhs, send, station):
    goes_through_with_the_number_only(number, waits, minhs, send, station)


@EVERY
def test_who_has_no_application_is_asked_for_no_number(waits, minhs):
    assert FIELD not in minhs.get(waits[0]).text


def test_a_number_is_not_spent_on_a_sound_that_nobody_has_heard(number, bulletin, minhs, send):
    spends_no_number_on_a_sound_that_nobody_has_heard(number, bulletin, minhs, send)


def test_a_number_is_not_spent_on_what_may_not_sound_at_this_hour(
    number, bulletin, client_of, minh, send, station, clock
):
    _, address, fields, state, before = bulletin
    clock.advance(17 * 3600)
    spent = "SELECT totp_step FROM person WHERE login = 'minh'"
    last, shown = station.repos.store.value(spent), number()
    answer = send(client_of(minh), address, code=shown, **fields)
    assert answer.status_code == 422
    assert "21:00-05:00" in answer.text
    assert station.repos.store.value(state) == before
    assert station.repos.store.value(spent) == last


def test_an_emergency_of_the_province_asks_for_what_every_emergency_asks(alarm, minhs, send, station):
    page, address, _, state, before = alarm
    assert "Mật khẩu của bạn" in minhs.get(page).text
    assert send(minhs, address).status_code == 422
    assert station.repos.store.value(state) == before
    assert send(minhs, address, code="mat-khau-cua-minh").status_code == 303
