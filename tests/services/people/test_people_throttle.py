"""Waits at the sign-in: they stop whoever guesses, and never lock out a leader on a device of theirs."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.kernel.errors import Refused

RIGHT = "mat-khau-cua-minh"


def tried(station, password=RIGHT, address="10.0.0.66", device="", login="minh"):
    try:
        return station.services.people.sign_in(login, password, address, device=device)
    except Refused as refused:
        return refused.reason


@pytest.fixture
def device(station, minh):
    """What Minh's telephone keeps."""
    return tried(station, address="10.0.0.5").device


def test_a_guesser_waits_longer_and_longer(station, minh, clock):
    for _ in range(5):
        assert tried(station, "sai") == "sign_in_wrong"
    for seconds in (30, 60, 120, 240, 480, 900, 900):
        assert tried(station, "sai") == "too_many_attempts"
        clock.advance(seconds - 1)
        assert tried(station, "sai") == "too_many_attempts"
        clock.advance(1)
        assert tried(station, "sai") == "sign_in_wrong"


def test_tries_during_a_wait_do_not_stretch_it(station, minh, clock):
    for _ in range(100):
        tried(station, "sai")
    clock.advance(30)
    assert not isinstance(tried(station), str)


def test_the_waits_outlive_a_restart(station, minh, clock, config):
    from scheduler.station import Station

    for _ in range(5):
        tried(station, "sai")
    again = Station.open(config, clock)
    try:
        assert tried(again) == "too_many_attempts"
    finally:
        again.close()


def test_one_address_that_tries_many_accounts_waits_too(station, minh):
    told = [tried(station, "sai", login=f"nguoi-{number}") for number in range(25)]
    assert told == ["sign_in_wrong"] * 20 + ["too_many_attempts"] * 5


def test_one_account_that_many_addresses_try_waits_on_unknown_devices_only(station, minh, device):
    for number in range(60):
        tried(station, "sai", address=f"10.0.1.{number}")
    assert tried(station, address="10.0.2.1") == "too_many_attempts"
    assert not isinstance(tried(station, address="10.0.2.1", device=device), str)


def test_a_known_device_waits_for_its_own_wrong_tries(station, minh, device, clock):
    for _ in range(5):
        assert tried(station, "sai", device=device) == "sign_in_wrong"
    assert tried(station, device=device) == "too_many_attempts"
    clock.advance(30)
    assert not isinstance(tried(station, device=device), str)


def test_a_device_is_known_for_its_own_account_only(station, minh, lan, device):
    for _ in range(5):
        tried(station, "sai", login="lan", device=device)
    assert tried(station, "mat-khau-cua-lan", login="lan", device=device) == "too_many_attempts"


def test_a_device_is_forgotten_after_ninety_days(station, minh, device, clock):
    clock.advance(90 * 24 * 3600 + 1)
    for _ in range(5):
        tried(station, "sai", address="10.0.0.5")
    assert tried(station, address="10.0.0.5", device=device) == "too_many_attempts"


def test_a_cookie_that_somebody_planted_does_not_become_a_known_device(station, minh):
    told = tried(station, device="planted-by-somebody-else")
    assert told.device != "planted-by-somebody-else"
    for _ in range(5):
        tried(station, "sai", device="planted-by-somebody-else")
    assert tried(station, device="planted-by-somebody-else") == "too_many_attempts"


def test_an_open_session_is_never_touched_by_waits(station, minh, clock):
    told = tried(station, address="10.0.0.5")
    for number in range(100):
        tried(station, "sai", address=f"10.0.1.{number % 20}")
    assert station.repos.people.session(told.token, clock.now()) is not None


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 600), st.sampled_from(["", "x", "y"])), max_size=60))
def test_whatever_others_try_the_leaders_own_device_gets_in(station, minh, device, clock, attack):
    for host, seconds, planted in attack:
        clock.advance(seconds)
        tried(station, "sai", address=f"10.9.0.{host}", device=planted)
    told = tried(station, address="10.0.0.5", device=device)
    assert not isinstance(told, str)
    assert told.person.id == minh.id


def test_many_tries_at_once_are_no_more_than_many_in_turn(station, minh):
    """A try is written down before its password is looked at."""
    import threading

    told, gate = [], threading.Barrier(12)

    def run():
        gate.wait()
        told.append(tried(station, "sai"))
        station.repos.store.close()

    threads = [threading.Thread(target=run) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("sign_in_wrong") == 5
    assert told.count("too_many_attempts") == 7


def test_the_password_typed_where_the_login_belongs_is_kept_nowhere_but_in_the_tries(station, minh):
    tried(station, "sai", login="mat-khau-bi-mat")
    assert "mat-khau-bi-mat" not in str(station.repos.store.rows("SELECT * FROM audit"))


def test_what_waits_says_how_long(station, minh):
    for _ in range(5):
        tried(station, "sai")
    with pytest.raises(Refused) as refused:
        station.services.people.sign_in("minh", RIGHT, "10.0.0.66")
    assert refused.value.details == {"minutes": 1}
