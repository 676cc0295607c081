"""People: who changes whom, the last administrator, temporary passwords, sessions that end."""

import pytest

from scheduler.config.loading import OutputConfig
from scheduler.core.model import Role
from scheduler.kernel.errors import NotPermitted
from scheduler.services.people.people import temporary_password
from tests.refusals import refused

PASSWORD = "mat-khau-cua-{}"


@pytest.fixture
def config(config):
    from dataclasses import replace

    zones = ("all", "khu-pho-1", "khu-pho-3")
    return replace(config, outputs=(OutputConfig(name="wav", kind="wavfile", counts=True, zones=zones),))


@pytest.fixture
def services(station):
    return station.services.people


@pytest.fixture
def hung(station):
    return station.repos.people.add("hung", "Hùng", Role.ADMIN, PASSWORD.format("hung"), station.clock.now())


@pytest.fixture
def signed_in(station):
    """A person's session (its token), on a device of its own."""

    def sign_in(person, device="", address="10.0.0.1"):
        return station.services.people.sign_in(person.login, PASSWORD.format(person.login), address, device=device)

    return sign_in


def is_open(station, told):
    return station.repos.people.session(told.token, station.clock.now()) is not None


# Adding and changing


def test_only_who_manages_people_adds_or_changes_anybody(services, lan, minh, hung):
    for actor in (lan, minh):
        for act in (
            lambda actor=actor: services.add(actor, "moi", "Mới", Role.EDITOR, "mat-khau-cua-moi"),
            lambda actor=actor: services.change(actor, hung.id, name="Khác", role=Role.GUEST),
            lambda actor=actor: services.switch(actor, hung.id, active=False),
            lambda actor=actor: services.give_password(actor, hung.id),
            lambda actor=actor: services.end_all_sessions(actor, hung.id),
            lambda actor=actor: services.take_totp(actor, hung.id),
        ):
            with pytest.raises(NotPermitted):
                act()


def test_a_contributor_has_zones_of_the_ward_and_nobody_else_has_any(services, hung, station):
    one = services.add(hung, "tu", "Bác Tư", Role.CONTRIBUTOR, "mat-khau-cua-tu", ["khu-pho-3"])
    assert one.zones == ("khu-pho-3",)
    services.change(hung, one.id, name="Bác Tư", role=Role.EDITOR, zones=["khu-pho-3"])
    assert station.repos.people.get(one.id).zones == ()
    assert station.repos.store.rows("SELECT * FROM person_zone") == []


@pytest.mark.parametrize(
    ("zones", "told"),
    [([], "zones_missing"), (["all"], "zone_not_divisible"), (["khu-pho-9"], "zone_unknown")],
    ids=["none", "the whole ward", "one that no loudspeaker is in"],
)
def test_a_contributor_without_a_zone_of_the_ward_is_refused(services, hung, zones, told):
    assert refused(lambda: services.add(hung, "tu", "Tư", Role.CONTRIBUTOR, "mat-khau-cua-tu", zones)) == told
    assert services._repos.people.by_login("tu") is None


def test_the_last_administrator_stays_one(services, hung, station):
    second = services.add(hung, "nga", "Nga", Role.ADMIN, "mat-khau-cua-nga")
    services.switch(second, hung.id, active=False)
    hung_again = station.repos.people.get(hung.id)
    assert not hung_again.active
    assert refused(lambda: services.change(second, second.id, name="Nga", role=Role.GUEST)) == "own_role"
    third = station.repos.people.machine(station.clock.now())
    assert refused(lambda: services.switch(third, second.id, active=False)) == "last_admin"
    assert refused(lambda: services.change(third, second.id, name="Nga", role=Role.EDITOR)) == "last_admin"
    assert station.repos.people.get(second.id).role is Role.ADMIN


def test_nobody_changes_their_own_role_or_switches_themselves_off(services, hung):
    services.add(hung, "nga", "Nga", Role.ADMIN, "mat-khau-cua-nga")
    assert refused(lambda: services.change(hung, hung.id, name="Hùng", role=Role.EDITOR)) == "own_role"
    assert refused(lambda: services.switch(hung, hung.id, active=False)) == "own_role"
    services.change(hung, hung.id, name="Hùng Nguyễn", role=Role.ADMIN)


def test_the_machine_and_the_issuers_are_nobodys_to_change(services, hung, station):
    machine = station.repos.people.machine(station.clock.now())
    assert refused(lambda: services.change(hung, machine.id, name="X", role=Role.GUEST)) == "machine_person"
    assert refused(lambda: services.give_password(hung, machine.id)) == "machine_person"


@pytest.mark.parametrize(("name", "told"), [("  ", "name_missing"), ("x" * 81, "name_too_long")])
def test_a_name_is_there_and_fits_a_page(services, hung, lan, name, told):
    assert refused(lambda: services.change(hung, lan.id, name=name, role=Role.EDITOR)) == told
    assert refused(lambda: services.rename(lan, name)) == told


def test_a_person_may_give_themselves_another_name(services, lan, station):
    services.rename(lan, "  Nguyễn   Thị Lan ")
    assert station.repos.people.get(lan.id).name == "Nguyễn Thị Lan"


# Sessions that end with a right


@pytest.mark.parametrize("act", ["role", "off", "password", "end"])
def test_who_loses_a_right_loses_the_open_sessions(services, hung, lan, station, signed_in, act):
    told = signed_in(lan)
    {
        "role": lambda: services.change(hung, lan.id, name="Lan", role=Role.GUEST),
        "off": lambda: services.switch(hung, lan.id, active=False),
        "password": lambda: services.give_password(hung, lan.id),
        "end": lambda: services.end_all_sessions(hung, lan.id),
    }[act]()
    assert not is_open(station, told)


def test_another_name_ends_no_session(services, hung, lan, station, signed_in):
    told = signed_in(lan)
    services.change(hung, lan.id, name="Lan Anh", role=Role.EDITOR)
    assert is_open(station, told)


def test_ones_own_new_password_ends_all_sessions_but_this_one(services, lan, station, signed_in):
    here, there = signed_in(lan), signed_in(lan)
    session = station.repos.people.session(here.token, station.clock.now())
    services.change_password(lan, PASSWORD.format("lan"), "cau-moi-cua-lan", session_id=session.id)
    assert (is_open(station, here), is_open(station, there)) == (True, False)
    assert refused(lambda: signed_in(lan)) == "sign_in_wrong"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("sai", "cau-moi-cua-lan", "password_wrong"),
        ("mat-khau-cua-lan", "mat-khau-cua-lan", "password_same"),
        ("mat-khau-cua-lan", "ngan", "password_short"),
        ("mat-khau-cua-lan", "1234567890", "password_common"),
    ],
)
def test_a_password_is_changed_only_with_the_old_one_and_for_a_better_one(services, lan, old, new, told):
    assert refused(lambda: services.change_password(lan, old, new)) == told


def test_a_stolen_session_cannot_guess_the_password_at_leisure(services, lan):
    for _ in range(5):
        assert refused(lambda: services.change_password(lan, "sai", "cau-moi-cua-lan")) == "password_wrong"
    assert refused(lambda: services.change_password(lan, "mat-khau-cua-lan", "cau-moi-cua-lan")) == "code_too_often"


def test_a_temporary_password_opens_once_and_has_to_be_changed(services, hung, lan, station):
    password = services.give_password(hung, lan.id)
    told = services.sign_in("lan", password, "10.0.0.1")
    assert station.repos.people.session(told.token, station.clock.now()).must_change
    services.change_password(lan, password, "cau-moi-cua-lan", session_id=0)
    told = services.sign_in("lan", "cau-moi-cua-lan", "10.0.0.1")
    assert not station.repos.people.session(told.token, station.clock.now()).must_change


def test_temporary_passwords_are_long_and_never_the_same():
    made = {temporary_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(one) >= 18 for one in made)


def test_one_ends_ones_own_sessions_and_nobody_elses(services, lan, minh, station, signed_in):
    hers, his = signed_in(lan), signed_in(minh)
    his_id = station.repos.people.session(his.token, station.clock.now()).id
    services.end_session(lan, his_id)
    assert is_open(station, his)
    services.end_session(lan, station.repos.people.session(hers.token, station.clock.now()).id)
    assert not is_open(station, hers)


def test_the_list_of_sessions_says_where_and_on_what(services, lan, station, clock):
    services.sign_in("lan", PASSWORD.format("lan"), "10.0.0.1", agent="Mozilla/5.0 (Windows NT 6.1) Chrome/109")
    clock.advance(60)
    services.sign_in("lan", PASSWORD.format("lan"), "10.0.0.2")
    assert [(one.address, one.device[:7]) for one in services.sessions(lan)] == [
        ("10.0.0.2", ""),
        ("10.0.0.1", "Mozilla"),
    ]


def test_a_session_that_nobody_uses_ends(station, lan, clock, signed_in):
    from datetime import timedelta

    station.repos.people.idle = timedelta(minutes=30)
    told = signed_in(lan)
    clock.advance(30 * 60 - 1)
    session = station.repos.people.session(told.token, clock.now())
    station.repos.people.touch(session.id, clock.now())
    clock.advance(30 * 60 - 1)
    assert is_open(station, told)
    clock.advance(1)
    assert not is_open(station, told)
    assert station.services.people.sessions(lan) == []
