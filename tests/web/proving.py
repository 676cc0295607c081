"""Xác nhận by the number of an authenticator application: what every page with an approval keeps.

`waits` is what waits for Minh: the page it is decided on, the address of its form, its other fields, how it stands.
"""

import pyotp
import pytest

FIELD = "Số 6 chữ số trên ứng dụng xác thực"


@pytest.fixture
def number(station, minh, clock):
    """What Minh's application shows: at the first call now, then always a number that was not used."""
    return application(station, minh, clock)


def application(station, person, clock):
    people = station.services.people
    people.begin_totp(person)
    totp = pyotp.TOTP(people.pending_totp(person)[1])
    step = int(clock.now().timestamp()) // 30
    people.confirm_totp(person, totp.generate_otp(step - 1), session_id=10**6)
    return lambda: totp.generate_otp(step)


def goes_through_with_the_number_only(number, waits, minhs, send, station):
    page, address, fields, state, before = waits
    assert FIELD in minhs.get(page).text
    for code, status in (("", 422), ("000000" if number() != "000000" else "111111", 422)):
        answer = send(minhs, address, code=code, **fields)
        assert answer.status_code == status
        assert 'role="alert">' in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert station.repos.store.value(state) == before
    assert send(minhs, address, code=number(), **fields).status_code == 303
    assert station.repos.store.value(state) != before


def spends_no_number_on_a_sound_that_nobody_has_heard(number, waits, minhs, send):
    _, address, fields, _, _ = waits
    unheard = {key: value for key, value in fields.items() if key != "heard"}
    answer = send(minhs, address, code=number(), **unheard)
    assert answer.status_code == 422
    assert "Hãy nghe hết âm thanh" in answer.text
    assert send(minhs, address, code=number(), **fields).status_code == 303
