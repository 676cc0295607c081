"""Xác nhận: whoever has an authenticator application is asked for its number before every approval, not only of
announcements, and before quiet hours are loosened; a number is not spent on what is refused anyway."""

from dataclasses import replace

import pytest

from scheduler.config.loading import QuietHoursConfig
from tests.services.better_reading import better_reading
from tests.web.proving import (
    FIELD,
    application,
    goes_through_with_the_number_only,
    spends_no_number_on_a_sound_that_nobody_has_heard,
)

SMALLER = {"gio-tu": "22:00", "gio-den": "05:00", "can-cu": "Quyết định số 12/QĐ-UBND"}


@pytest.fixture
def config(config):
    return replace(
        config,
        speech=replace(config.speech, engines=("gtts", "espeak"), upgrade_minutes=10.0),
        web=replace(config.web, totp_for=("approve", "break_in", "configure")),
        quiet_hours=QuietHoursConfig(windows=("21:00-05:00",), legal_basis="Quyết định số 12/QĐ-UBND"),
    )


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
    relay_id = station.services.relays.all()[0][0].id
    state = "SELECT state FROM announcement WHERE kind = 'relay'"
    return f"/tiep-am/{relay_id}", f"/tiep-am/{relay_id}/duyet", {}, state, "submitted"


EVERY = pytest.mark.parametrize("waits", ["reading", "relay"], indirect=True)


@EVERY
def test_no_approval_goes_through_without_the_number_of_the_application(number, waits, minhs, send, station):
    goes_through_with_the_number_only(number, waits, minhs, send, station)


@EVERY
def test_who_has_no_application_is_asked_for_no_number(waits, minhs):
    assert FIELD not in minhs.get(waits[0]).text


def test_a_number_is_not_spent_on_a_sound_that_nobody_has_heard(number, reading, minhs, send):
    spends_no_number_on_a_sound_that_nobody_has_heard(number, reading, minhs, send)


class TestLooseningQuietHours:
    @pytest.fixture
    def application(self, station, hung, clock):
        return application(station, hung, clock)

    def test_asks_for_the_number_together_with_the_question(self, application, hungs, send, station):
        answer = send(hungs, "/cai-dat/gio-yen-tinh", **SMALLER)
        assert answer.status_code == 422
        assert FIELD in answer.text
        agreed = SMALLER | {"dong-y": "1"}
        answer = send(hungs, "/cai-dat/gio-yen-tinh", **agreed)
        assert answer.status_code == 422
        assert 'id="code-fault"' in answer.text
        assert station.repos.config.quiet_hours.windows == ("21:00-05:00",)
        assert send(hungs, "/cai-dat/gio-yen-tinh", code=application(), **agreed).status_code == 303
        assert station.repos.config.quiet_hours.windows == ("22:00-05:00",)

    def test_asks_for_nothing_where_nothing_is_loosened(self, application, hungs, send):
        longer = SMALLER | {"gio-tu": "20:00"}
        assert send(hungs, "/cai-dat/gio-yen-tinh", **longer).status_code == 303

    def test_so_does_the_way_back(self, application, hungs, send, station):
        send(hungs, "/cai-dat/gio-yen-tinh", **(SMALLER | {"gio-tu": "20:00"}))
        batch = station.services.settings.history()[0].batch
        answer = send(hungs, f"/cai-dat/hoan-tac/{batch}", **{"dong-y": "1"})
        assert answer.status_code == 422
        assert 'id="code-fault"' in answer.text
        assert send(hungs, f"/cai-dat/hoan-tac/{batch}", **{"dong-y": "1"}, code=application()).status_code == 303
