import unicodedata
from datetime import timedelta

import pytest

from scheduler.core.model import Role
from scheduler.kernel import passwords
from tests.refusals import refused


@pytest.fixture
def people(station):
    return station.repos.people


@pytest.mark.parametrize(
    ("login", "password", "reason"),
    [
        pytest.param("", "mat-khau-dai", "login_invalid", id="empty"),
        pytest.param("có dấu cách", "mat-khau-dai", "login_invalid", id="space"),
        pytest.param("x" * 41, "mat-khau-dai", "login_invalid", id="long"),
        pytest.param("may-tram", "mat-khau-dai", "login_invalid", id="the_machines_own"),
        pytest.param("hung", "ngan", "password_short", id="short_password"),
        pytest.param("LAN", "mat-khau-dai", "login_taken", id="taken_in_other_case"),
    ],
)
def test_a_person_is_refused_with_a_reason(people, lan, clock, login, password, reason):
    assert refused(lambda: people.add(login, "", Role.EDITOR, password, clock.now())) == reason


def test_passwords_are_kept_as_argon2id_hashes_only(people, lan):
    kept = people.store.value("SELECT password_hash FROM person WHERE login = 'lan'")
    assert kept.startswith("$argon2id$")


def test_signing_in_gives_a_new_session_each_time_and_signing_out_ends_it(people, lan, clock):
    first, _ = people.sign_in("lan", "mat-khau-cua-lan", "10.0.0.1", clock.now(), 12)
    second, _ = people.sign_in("lan", "mat-khau-cua-lan", "10.0.0.1", clock.now(), 12)
    assert first != second
    assert people.session(first, clock.now()).person == lan
    people.sign_out(first)
    assert people.session(first, clock.now()) is None
    assert people.session(second, clock.now()) is not None


def test_a_session_ends_by_itself(people, lan, clock):
    token, _ = people.sign_in("lan", "mat-khau-cua-lan", "10.0.0.1", clock.now(), 12)
    assert people.session(token, clock.now() + timedelta(hours=11, minutes=59)) is not None
    assert people.session(token, clock.now() + timedelta(hours=12)) is None


def test_the_cookie_is_not_in_the_database(people, lan, clock):
    token, _ = people.sign_in("lan", "mat-khau-cua-lan", "10.0.0.1", clock.now(), 12)
    assert token not in str(people.store.rows("SELECT * FROM web_session"))


def test_a_wrong_password_and_an_unknown_login_are_answered_alike(people, lan, clock):
    wrong = refused(lambda: people.sign_in("lan", "sai", "10.0.0.1", clock.now(), 12))
    unknown = refused(lambda: people.sign_in("ai-do", "sai", "10.0.0.1", clock.now(), 12))
    assert wrong == unknown == "sign_in_wrong"


def test_ten_wrong_tries_close_the_door_for_that_address_only_and_for_a_while(people, lan, clock):
    for _ in range(10):
        refused(lambda: people.sign_in("lan", "sai", "10.0.0.1", clock.now(), 12))
    assert (
        refused(lambda: people.sign_in("lan", "mat-khau-cua-lan", "10.0.0.1", clock.now(), 12)) == "too_many_attempts"
    )
    assert people.sign_in("lan", "mat-khau-cua-lan", "10.0.0.2", clock.now(), 12)
    assert people.sign_in("lan", "mat-khau-cua-lan", "10.0.0.1", clock.now() + timedelta(minutes=16), 12)


def test_the_setup_link_makes_the_first_person_once(people, clock):
    token = people.new_setup_token(clock.now())
    assert people.setup_token_valid(token)
    person = people.set_up(token, "hung", "Hùng", "mat-khau-cua-hung", clock.now())
    assert person.role is Role.ADMIN
    assert not people.setup_token_valid(token)
    assert (
        refused(lambda: people.set_up(token, "ke-gian", "", "mat-khau-ke-gian", clock.now())) == "setup_token_invalid"
    )


def test_a_refused_set_up_leaves_the_link_usable(people, clock):
    token = people.new_setup_token(clock.now())
    assert refused(lambda: people.set_up(token, "hung", "", "ngan", clock.now())) == "password_short"
    assert people.setup_token_valid(token)


def test_a_newer_setup_link_ends_the_older_one(people, clock):
    older = people.new_setup_token(clock.now())
    people.new_setup_token(clock.now())
    assert not people.setup_token_valid(older)


def test_a_drawn_form_acts_once(people, lan, clock):
    assert people.act_once("key", lan, clock.now()) is None
    assert people.act_once("key", lan, clock.now()) == ""
    people.act_done("key", "/ban-tin/1")
    assert people.act_once("key", lan, clock.now()) == "/ban-tin/1"


def test_a_refused_form_may_be_sent_again(people, lan, clock):
    people.act_once("key", lan, clock.now())
    people.act_done("key", None)
    assert people.act_once("key", lan, clock.now()) is None


def test_the_machines_person_exists_once_and_cannot_sign_in(people, clock):
    assert people.machine(clock.now()) == people.machine(clock.now())
    assert refused(lambda: people.sign_in("may-tram", "", "10.0.0.1", clock.now(), 12)) == "sign_in_wrong"
    assert not people.any()


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("LAN", "name_taken", id="capitals"),
        pytest.param("Ian", "name_taken", id="looks_like_lan"),
        pytest.param("Minh", "name_taken", id="of_one_who_left"),
        pytest.param("Máy trạm", "name_reserved", id="the_machine"),
        pytest.param(nfd("Máy trạm"), "name_reserved", id="the_machine_on_another_keyboard"),
        pytest.param("La\u200bn", "name_letters", id="hidden_letter"),
    ],
)
def test_nobody_takes_the_name_of_another(people, lan, minh, clock, name, reason):
    people.change(minh.id, {"active": 0})
    assert refused(lambda: people.add("moi", name, Role.EDITOR, "mat-khau-dai", clock.now())) == reason
    assert people.by_login("moi") is None


def test_a_name_that_somebody_once_had_stays_theirs(people, lan, clock):
    people.change(lan.id, {"name": people.free_name("Lan Anh", lan)})
    assert refused(lambda: people.add("moi", "Lan", Role.EDITOR, "mat-khau-dai", clock.now())) == "name_taken"
    assert people.free_name("Lan", people.get(lan.id)) == "Lan"


@pytest.mark.parametrize("login", ["Ian", "1an", "LAN", "may‐tram", "MAY-TRAM"])
def test_an_account_that_looks_like_another_is_refused(people, lan, clock, login):
    reason = refused(lambda: people.add(login, "Người mới", Role.EDITOR, "mat-khau-dai", clock.now()))
    assert reason in {"login_taken", "login_invalid"}


def test_an_account_that_looks_otherwise_is_taken(people, lan, clock):
    assert people.add("lân", "Người mới", Role.EDITOR, "mat-khau-dai", clock.now()).login == "lân"


def test_login_and_password_are_the_same_on_every_keyboard(people, clock):
    people.add(nfd("nguyễn.ấn"), nfd("Nguyễn Văn Ấn"), Role.EDITOR, nfd("mật khẩu dài"), clock.now())
    for login, password in (("nguyễn.ấn", "mật khẩu dài"), (nfd("nguyễn.ấn"), nfd("mật khẩu dài"))):
        _, person = people.sign_in(login, password, "10.0.0.1", clock.now(), 12)
        assert (person.login, person.name) == ("nguyễn.ấn", "Nguyễn Văn Ấn")
    assert refused(lambda: people.add("nguyễn.ấn", "Khác", Role.EDITOR, "mat-khau-dai", clock.now())) == "login_taken"


@pytest.mark.parametrize("kept_as", ["mật khẩu cũ dài", nfd("mật khẩu cũ dài")], ids=["composed", "taken_apart"])
def test_a_hash_from_before_opens_with_both_forms(people, lan, kept_as):
    people.change(lan.id, {"password_hash": passwords._hasher().hash(kept_as)})
    assert people.password_is(lan.id, "mật khẩu cũ dài")
    assert people.password_is(lan.id, kept_as)
    assert not people.password_is(lan.id, "mật khẩu cu dài")
