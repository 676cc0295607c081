"""Codes: the emergency code, the application's numbers, recovery codes, and how wrong ones are counted."""

import stat
from dataclasses import replace

import pyotp
import pytest

from scheduler.core.audit_context import AuditContext, begin
from scheduler.core.model import Role
from tests.refusals import refused

CODE = "481516"


@pytest.fixture
def people(station):
    return station.services.people


@pytest.fixture
def number(people, minh, clock):
    """Minh's application: the number it shows now, or some steps ahead."""
    people.begin_totp(minh)
    address, secret = people.pending_totp(minh)
    assert address.startswith("otpauth://totp/")
    totp = pyotp.TOTP(secret)

    def shown(steps=0):
        return totp.generate_otp(int(clock.now().timestamp()) // 30 + steps)

    shown.recovery = people.confirm_totp(minh, shown(-1))
    return shown


# What is asked


def test_an_emergency_asks_everybody_for_something(people, minh):
    assert people.confirms(minh, "break_in") == "password"
    people.set_code(minh, "mat-khau-cua-minh", CODE)
    assert people.confirms(minh, "break_in") == "code"


def test_who_has_an_application_is_asked_for_its_number_where_the_station_says(people, minh, number):
    assert people.confirms(minh, "break_in") == "totp"
    assert people.confirms(minh, "approve") == "totp"
    assert people.confirms(minh, "manage_people") == "totp"
    assert people.confirms(minh, "play_now") == ""


def test_nobody_is_asked_for_a_code_where_the_station_does_not_say(people, station, minh, number, config):
    written = replace(config, web=replace(config.web, totp_for=()))
    other = type(people)(replace(station.repos, written=written))
    assert other.confirms(minh, "approve") == ""
    assert other.confirms(minh, "break_in") == "totp"


def test_without_an_application_an_approval_asks_for_nothing(people, minh):
    assert people.confirms(minh, "approve") == ""
    people.confirm(minh, "", "approve")


def test_the_machine_itself_is_asked_for_nothing(people, station, clock):
    machine = station.repos.people.machine(clock.now())
    assert people.confirms(machine, "break_in") == ""
    people.confirm(machine, "", "break_in")


# What proves it


def test_the_password_proves_it_where_there_is_nothing_else(people, minh):
    assert refused(lambda: people.confirm(minh, " ", "break_in")) == "code_needed"
    assert refused(lambda: people.confirm(minh, "sai", "break_in")) == "code_wrong"
    people.confirm(minh, "mat-khau-cua-minh", "break_in")


def test_the_emergency_code_takes_the_passwords_place(people, minh):
    people.set_code(minh, "mat-khau-cua-minh", "4815 16")
    assert refused(lambda: people.confirm(minh, "mat-khau-cua-minh", "break_in")) == "code_wrong"
    people.confirm(minh, "48 15 16", "break_in")


def test_a_number_of_the_application_is_taken_once(people, minh, number):
    people.confirm(minh, number(), "approve")
    assert refused(lambda: people.confirm(minh, number(), "approve")) == "code_wrong"


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, False), (0, True), (1, True), (2, False)])
def test_a_number_may_be_one_step_off_and_never_older_than_the_last(people, minh, number, steps, taken):
    """The step before was used to set it up."""
    if taken:
        people.confirm(minh, number(steps), "approve")
    else:
        assert refused(lambda: people.confirm(minh, number(steps), "approve")) == "code_wrong"


def test_a_number_of_the_step_before_is_taken_when_it_is_newer_than_the_last(people, minh, number, clock):
    clock.advance(60)
    people.confirm(minh, number(-1), "approve")
    people.confirm(minh, number(), "approve")
    assert refused(lambda: people.confirm(minh, number(-1), "approve")) == "code_wrong"


def test_a_recovery_code_opens_once_in_the_applications_place(people, minh, number):
    assert len(number.recovery) == 10
    people.confirm(minh, number.recovery[3].upper().replace("-", " "), "approve")
    assert refused(lambda: people.confirm(minh, number.recovery[3], "approve")) == "code_wrong"
    assert people.proofs(minh).recovery_left == 9


def test_the_emergency_code_opens_no_approval(people, minh, number):
    people.set_code(minh, "mat-khau-cua-minh", CODE)
    assert refused(lambda: people.confirm(minh, CODE, "approve")) == "code_wrong"
    people.confirm(minh, CODE, "break_in")


@pytest.mark.parametrize("typed", ["0", "abcdef", "９９９９９９", "12345678901234567890", "'; --", "0" * 5000])
def test_nonsense_is_a_wrong_code_and_nothing_else(people, minh, number, typed):
    assert refused(lambda: people.confirm(minh, typed, "break_in")) == "code_wrong"


# Wrong tries


def test_wrong_codes_wait_and_never_for_long(people, minh, clock):
    for _ in range(5):
        assert refused(lambda: people.confirm(minh, "sai", "break_in")) == "code_wrong"
    assert refused(lambda: people.confirm(minh, "mat-khau-cua-minh", "break_in")) == "code_too_often"
    clock.advance(10)
    people.confirm(minh, "mat-khau-cua-minh", "break_in")
    for _ in range(40):
        clock.advance(301)
        refused(lambda: people.confirm(minh, "sai", "break_in"))
    clock.advance(301)
    people.confirm(minh, "mat-khau-cua-minh", "break_in")


def test_an_enemy_in_another_session_does_not_use_the_leaders_tries_up(people, minh, station, clock):
    mine = people.sign_in("minh", "mat-khau-cua-minh", "10.0.0.5")
    clock.advance(25 * 3600)
    mine = people.sign_in("minh", "mat-khau-cua-minh", "10.0.0.5", device=mine.device)
    theirs = people.sign_in("minh", "mat-khau-cua-minh", "10.0.0.66")
    ids = [station.repos.people.session(one.token, clock.now()).id for one in (mine, theirs)]
    with begin(AuditContext("page", person=minh, session=str(ids[1]))):
        for _ in range(6):
            refused(lambda: people.confirm(minh, "sai", "break_in"))
        assert refused(lambda: people.confirm(minh, "mat-khau-cua-minh", "break_in")) == "code_too_often"
    with begin(AuditContext("page", person=minh, session=str(ids[0]))):
        people.confirm(minh, "mat-khau-cua-minh", "break_in")


def test_a_new_session_on_a_new_device_gives_no_new_tries(people, minh, station, clock):
    for number in range(3):
        told = people.sign_in("minh", "mat-khau-cua-minh", f"10.0.0.{number}")
        session = station.repos.people.session(told.token, clock.now()).id
        with begin(AuditContext("page", person=minh, session=str(session))):
            found = [refused(lambda: people.confirm(minh, "sai", "break_in")) for _ in range(2)]
    assert found == ["code_wrong", "code_too_often"]


def test_a_try_inside_a_change_that_may_be_taken_back_is_a_fault_of_ours(people, minh, station):
    with pytest.raises(RuntimeError), station.repos.store.write():
        people.confirm(minh, "sai", "break_in")


def test_a_wrong_code_leaves_a_trace(people, minh, station):
    refused(lambda: people.confirm(minh, "sai", "break_in"))
    assert station.repos.store.rows("SELECT kind, name FROM audit ORDER BY seq DESC LIMIT 1") == [
        {"kind": "code_wrong", "name": "Minh (minh)"}
    ]


# On a leader's word over the telephone


def test_a_leaders_number_told_over_the_telephone_names_the_leader(people, lan, minh, number):
    with begin(AuditContext("page", person=lan)):
        assert people.leader_for(number(), "minh").id == minh.id
        assert refused(lambda: people.leader_for(number(), "minh")) == "code_wrong"


def test_only_the_number_of_an_active_leader_with_an_application_counts(people, lan, minh, number, station):
    with begin(AuditContext("page", person=lan)):
        assert refused(lambda: people.leader_for("", "minh")) == "code_needed"
        assert refused(lambda: people.leader_for(number(), "lan")) == "code_wrong"
        assert refused(lambda: people.leader_for(number(), "ai-do")) == "code_wrong"
        station.repos.people.change(minh.id, {"role": Role.EDITOR.value})
        assert refused(lambda: people.leader_for(number(), "minh")) == "code_wrong"


def test_guessing_a_leaders_number_uses_up_the_guessers_tries_alone(people, lan, minh, number):
    with begin(AuditContext("page", person=lan)):
        for _ in range(5):
            assert refused(lambda: people.leader_for("000000", "minh")) == "code_wrong"
        assert refused(lambda: people.leader_for(number(), "minh")) == "code_too_often"
    people.confirm(minh, number(), "break_in")


# How they are kept


def test_no_secret_stands_in_the_database_or_the_log(people, minh, number, station):
    people.set_code(minh, "mat-khau-cua-minh", CODE)
    people.begin_totp(station.repos.people.add("hung", "Hùng", Role.ADMIN, "mat-khau-cua-hung", station.clock.now()))
    store = station.repos.store
    rows = str([store.rows(f"SELECT * FROM {table}") for table in ("person", "recovery_code", "audit", "act")])  # noqa: S608 - names beside it
    _, secret = people.pending_totp(station.repos.people.by_login("hung"))
    for told in (CODE, secret, "mat-khau-cua-minh", *number.recovery):
        assert told not in rows
    assert "$argon2id$" not in str(store.rows("SELECT * FROM audit"))


def test_the_key_of_the_secrets_is_the_stations_alone(people, minh, number, config):
    path = config.data / "people-key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    people.confirm(minh, number(), "approve")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_its_key_the_application_is_said_to_be_out_of_use_and_the_machine_mends_it(
    people, minh, number, config, station
):
    (config.data / "people-key").write_text("00" * 32)
    assert refused(lambda: people.confirm(minh, number(), "approve")) == "people_key_unreadable"
    people.take_totp(station.repos.people.machine(station.clock.now()), minh.id)
    assert people.confirms(minh, "approve") == ""


def test_a_secret_sealed_for_one_person_opens_for_nobody_else(people, minh, lan, number, station, clock):
    sealed = station.repos.store.value("SELECT totp_sealed FROM person WHERE id = ?", (minh.id,))
    station.repos.people.change(lan.id, {"totp_sealed": sealed})
    assert refused(lambda: people.codes.take_totp(lan.id, number(), clock.now())) == "people_key_unreadable"


def test_setting_it_up_needs_a_right_first_number(people, minh, clock):
    assert refused(lambda: people.confirm_totp(minh, "000000")) == "totp_not_begun"
    people.begin_totp(minh)
    assert refused(lambda: people.confirm_totp(minh, "000000")) == "code_wrong"
    assert not people.proofs(minh).totp
    assert people.confirms(minh, "approve") == ""


def test_switching_it_off_needs_the_password_and_forgets_the_recovery_codes(people, minh, number):
    assert refused(lambda: people.begin_totp(minh)) == "totp_on"
    assert refused(lambda: people.drop_totp(minh, "sai")) == "password_wrong"
    people.drop_totp(minh, "mat-khau-cua-minh")
    assert people.proofs(minh) == (False, False, 0)
    assert refused(lambda: people.drop_totp(minh, "mat-khau-cua-minh")) == "totp_off"
