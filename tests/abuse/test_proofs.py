"""Numbers and codes that were seen, told, guessed or sent twice: each opens once, and guessing locks no leader out."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from scheduler.core.audit_context import AuditContext, begin
from scheduler.core.people.throttle import CODE
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused
from scheduler.store.unwritten import UnwrittenTries

SECRET_CODE = "730419"
PASSWORD = "mat-khau-cua-minh"


@pytest.fixture
def config(config):
    return replace(config, web=replace(config.web, totp_for=("approve", "break_in")))


class Application:
    """Minh's authenticator: its number some steps from now, and its recovery codes."""

    def __init__(self, station, person):
        self._clock, people = station.clock, station.services.people
        people.begin_totp(person)
        self._totp = pyotp.TOTP(people.pending_totp(person)[1])
        self.recovery = people.confirm_totp(person, self.number(-1), session_id=10**6)

    def number(self, steps=0):
        return self._totp.generate_otp(int(self._clock.now().timestamp()) // 30 + steps)


@pytest.fixture
def application(station, minh):
    return Application(station, minh)


@pytest.fixture
def waiting(cast):
    """Two announcements that wait: their numbers."""
    return cast.submitted(3.0, "Một"), cast.submitted(3.0, "Hai", 660.0)


@pytest.fixture
def approve(station, send):
    """Approve as a page does; whether it is approved now."""

    def sent(client, number, code):
        sha256 = station.repos.programme.announcement(number).audio_sha256
        answer = send(client, f"/duyet/{number}/duyet", sha256=sha256, heard="yes", code=code)
        approved = station.repos.programme.announcement(number).approver_id is not None
        assert answer.status_code == (303 if approved else 422)
        return approved

    return sent


def emergencies(station):
    return station.repos.store.rows("SELECT id, outcome FROM slot WHERE trigger = 'emergency'")


def together(station, acts):
    """All of them at once, each in a thread of its own: what each was refused for, or ''."""

    def one(act):
        try:
            act()
        except Refused as refused:
            return refused.reason
        finally:
            station.repos.store.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(one, acts))


# A number that was seen over a shoulder


def test_a_number_that_was_used_opens_no_second_approval(application, waiting, approve, minhs):
    number = application.number()
    assert approve(minhs, waiting[0], number)
    assert not approve(minhs, waiting[1], number)


def test_a_number_that_was_used_opens_nothing_in_another_session_or_act(
    application, waiting, approve, template, minhs, minh, client_of, send, station
):
    number, thief = application.number(), client_of(minh)
    assert approve(minhs, waiting[0], number)
    assert not approve(thief, waiting[1], number)
    assert send(thief, f"/khan-cap/mau/{template()}", code=number).status_code == 422
    assert emergencies(station) == []


def test_no_older_number_opens_after_a_newer_one(application, waiting, approve, minhs):
    older, newer = application.number(0), application.number(1)
    assert approve(minhs, waiting[0], newer)
    assert not approve(minhs, waiting[1], older)


@pytest.mark.parametrize("dressed", ["{} ", " {}", "{0[0]}{0[1]} {0[2]}{0[3]}{0[4]}{0[5]}", "{}\u200b", "0{}", "{}0"])
def test_a_used_number_is_used_however_it_is_written(dressed, application, waiting, approve, minhs):
    number = application.number()
    assert approve(minhs, waiting[0], number)
    assert not approve(minhs, waiting[1], dressed.format(number))


def test_a_number_sent_twice_at_once_opens_once(application, station, minh):
    number = application.number()
    confirm = station.services.people.confirm
    told = together(station, [lambda: confirm(minh, number, "approve")] * 4)
    assert told.count("") == 1, told


def test_a_number_told_over_the_telephone_orders_one_emergency(application, template, lans, send, station, clock):
    numbers = template(), template("Vỡ đê", "Vỡ đê, bà con lên cao ngay.", 880.0)
    code = application.number()
    assert send(lans, f"/khan-cap/mau/{numbers[0]}", leader="minh", code=code).status_code == 303
    assert send(lans, f"/khan-cap/mau/{numbers[1]}", leader="minh", code=code).status_code == 422
    assert len(emergencies(station)) == 1


# Recovery codes


def test_a_recovery_code_opens_once_however_it_is_written_the_second_time(application, waiting, approve, minhs):
    code = application.recovery[0]
    assert approve(minhs, waiting[0], code)
    for again in (code, code.upper(), code.replace("-", ""), f" {code} ", code.replace("-", " ")):
        assert not approve(minhs, waiting[1], again), again


def test_a_recovery_code_sent_twice_at_once_opens_once(application, station, minh):
    confirm, code = station.services.people.confirm, application.recovery[1]
    told = together(station, [lambda: confirm(minh, code, "approve")] * 4)
    assert told.count("") == 1, told
    assert station.services.people.proofs(minh).recovery_left == 9


def test_a_recovery_code_of_one_leader_opens_nothing_for_another(
    application, station, minh, hung, waiting, approve, client_of
):
    Application(station, hung)
    assert not approve(client_of(hung), waiting[0], application.recovery[2])
    assert station.services.people.proofs(minh).recovery_left == 10


def test_codes_from_before_the_application_was_set_up_anew_open_nothing(
    application, station, minh, waiting, approve, client_of
):
    old = application.recovery
    station.services.people.drop_totp(minh, PASSWORD)
    fresh = Application(station, minh)
    minhs = client_of(minh)
    assert not approve(minhs, waiting[0], old[0])
    assert approve(minhs, waiting[0], fresh.recovery[0])


def test_a_recovery_code_is_worth_nothing_over_the_telephone(application, template, lans, send, station):
    """It would be read out to somebody who keeps it."""
    assert send(lans, f"/khan-cap/mau/{template()}", leader="minh", code=application.recovery[0]).status_code == 422
    assert emergencies(station) == []


# The emergency code, guessed


@pytest.fixture
def coded(station, minh):
    """Minh has an emergency code, and a telephone the station has known for two days: its session."""
    people = station.services.people
    people.set_code(minh, PASSWORD, SECRET_CODE)
    first = people.sign_in("minh", PASSWORD, "10.0.0.5")
    station.clock.advance(2 * 86_400)
    own = people.sign_in("minh", PASSWORD, "10.0.0.5", device=first.device)
    return station.repos.people.session(own.token, station.clock.now()).id


def stranger_session(station, address):
    """A session of somebody who knows Minh's password, on a device of their own."""
    told = station.services.people.sign_in("minh", PASSWORD, address)
    return station.repos.people.session(told.token, station.clock.now()).id


def guessed(station, minh, session, code):
    with begin(AuditContext("page", person=minh, session=str(session))):
        try:
            station.services.people.confirm(minh, code, "break_in")
        except Refused as refused:
            return refused.reason
    return ""


def test_an_hour_of_guessing_tries_a_handful_of_codes(station, minh, coded):
    """Every five seconds for an hour, with a fresh session each time that one has to wait: some 20 of a million."""
    session, tried = stranger_session(station, "10.9.0.1"), 0
    for number in range(720):
        told = guessed(station, minh, session, f"{number:06d}")
        tried += told == "code_wrong"
        assert told in {"code_wrong", "code_too_often"}
        if number % 60 == 59:
            session = stranger_session(station, f"10.9.0.{2 + number // 60}")
        station.clock.advance(5)
    assert CODE.free < tried <= 25


def test_the_right_code_is_no_answer_while_guesses_have_to_wait(station, minh, coded):
    """Whoever tries the right one during the wait does not learn that it is right."""
    session = stranger_session(station, "10.9.0.1")
    for number in range(CODE.free):
        guessed(station, minh, session, f"{number:06d}")
    assert guessed(station, minh, session, SECRET_CODE) == guessed(station, minh, session, "000000") == "code_too_often"


def test_guessing_locks_the_leaders_own_telephone_out_of_no_emergency(station, minh, coded):
    session = stranger_session(station, "10.9.0.1")
    for number in range(60):
        guessed(station, minh, session, f"{number:06d}")
        station.clock.advance(20)
    assert guessed(station, minh, coded, SECRET_CODE) == ""


def test_a_leader_on_a_new_device_waits_five_minutes_at_most_and_the_machine_never(station, minh, coded, template):
    session = stranger_session(station, "10.9.0.1")
    for number in range(200):
        guessed(station, minh, session, f"{number:06d}")
        station.clock.advance(30)
    mine = stranger_session(station, "10.0.0.77")
    waits = []
    with begin(AuditContext("page", person=minh, session=str(mine))):
        for number in range(2):
            try:
                station.services.people.confirm(minh, f"{number:06d}", "break_in")
            except Refused as refused:
                waits.append(refused.details.get("seconds", 0))
    assert len(waits) == 2
    assert 0 < max(waits) <= CODE.longest / timedelta(seconds=1)
    station.clock.advance(CODE.longest / timedelta(seconds=1))
    assert guessed(station, minh, mine, SECRET_CODE) == ""
    machine = station.repos.people.machine(station.clock.now())
    station.services.people.confirm(machine, "", "break_in")


def test_guesses_that_arrive_together_are_counted_one_by_one(station, minh, coded):
    session = stranger_session(station, "10.9.0.1")

    def guess(number):
        with begin(AuditContext("page", person=minh, session=str(session))):
            station.services.people.confirm(minh, f"{number:06d}", "break_in")

    told = together(station, [lambda number=number: guess(number) for number in range(24)])
    assert told.count("code_wrong") <= CODE.free
    assert "" not in told


def test_guesses_that_arrive_together_while_the_database_is_held_are_counted_one_by_one(
    station, minh, coded, monkeypatch
):
    session, usual, real = stranger_session(station, "10.9.0.1"), UnwrittenTries.add, SystemClock()

    def slow_add(tries, budget, at):
        real.sleep_until(real.monotonic() + 0.02)
        return usual(tries, budget, at)

    def guess(number):
        with begin(AuditContext("page", person=minh, session=str(session))):
            station.services.people.confirm(minh, f"{number:06d}", "break_in")

    monkeypatch.setattr(UnwrittenTries, "add", slow_add)
    with closing(sqlite3.connect(station.repos.store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told = together(station, [lambda number=number: guess(number) for number in range(24)])
        other.execute("ROLLBACK")
    assert told.count("code_wrong") == CODE.free
    assert "" not in told


def test_guessing_over_the_telephone_uses_up_the_officers_tries_and_not_the_leaders(
    application, template, lans, minhs, send, station
):
    number = template()
    for guess in range(30):
        send(lans, f"/khan-cap/mau/{number}", leader="minh", code=f"{guess:06d}")
    assert emergencies(station) == []
    assert send(minhs, f"/khan-cap/mau/{number}", code=application.number()).status_code == 303


# Two who press the same thing


def test_two_people_who_stop_at_once_end_what_sounds_once_and_nothing_that_comes_after(
    station, cast, lans, minhs, send, clock
):
    station.services.air.play_now(cast.lan, cast.approved(seconds=30))
    service = station.playout()
    service.start()
    service.run_stepped(clock, clock.now() + timedelta(seconds=10))
    for client in (lans, minhs):
        assert send(client, "/dung").status_code == 303
    service.run_stepped(clock, clock.now() + timedelta(seconds=10))
    after = station.services.air.play_now(cast.lan, cast.approved(title="Sau đó", pitch=550.0))
    service.run_stepped(clock, clock.now() + timedelta(seconds=10))
    service.engine.stop()
    rows = station.repos.store.rows("SELECT slot_id, outcome FROM journal ORDER BY seq")
    assert [row["outcome"] for row in rows] == ["partial", "played"]
    assert rows[1]["slot_id"] == after
    stops = station.repos.store.rows("SELECT created_by FROM command WHERE kind = 'stop'")
    assert [row["created_by"] for row in stops] == [cast.lan.id, cast.minh.id]


def test_one_stop_sent_twice_is_one(station, cast, lans, send):
    first, second = (send(lans, "/dung", act="mot-lan-bam") for _ in range(2))
    assert first.location == second.location
    assert len(station.repos.store.rows("SELECT * FROM command WHERE kind = 'stop'")) == 1
