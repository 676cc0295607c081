"""Sendings: nobody gets it without an approval, nobody gets it twice, and what is in doubt is told and left alone."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.extras.sms.gateway import Fate, GatewayAnswer
from scheduler.extras.sms.keys import SmsConfig
from scheduler.extras.sms.rules.approval import RecipientState
from scheduler.extras.sms.rules.texts import sms_sha256
from scheduler.extras.sms.service.sendings import SmsSendings
from scheduler.extras.sms.work import DOUBT_HALTS, FIRST_PAUSE, LATER_HALTS, SmsSender
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.examples import examples
from tests.extras.sms.work.conftest import NUMBERS, TEXT, FakeGateway
from tests.refusals import refused

SENT = GatewayAnswer(Fate.SENT, "Accepted for delivery")
BUSY = GatewayAnswer(Fate.LATER, reason="sms_busy", details={"status": 503})
DOUBT = GatewayAnswer(Fate.UNKNOWN, reason="sms_no_answer", details={"seconds": "10"})
REFUSED = GatewayAnswer(Fate.FAILED, reason="sms_number_refused")
FAULT = GatewayAnswer(Fate.FAILED, reason="sms_gateway_error", details={"status": 500})
LOCKED_OUT = GatewayAnswer(Fate.HALT, reason="sms_auth")


def test_everybody_of_a_list_gets_exactly_the_approved_words_once(sms):
    sms_id, gateway = sms.approved(plain=True), FakeGateway()
    batch_id = sms.ordered(sms_id, [*NUMBERS, NUMBERS[0]])
    assert sms.sms_state(sms_id) == "sending"
    sms.send_all(sms.sender(gateway))
    assert gateway.numbers == NUMBERS
    assert {sms_sha256(body) for _, body in gateway.asked} == {sms.services.texts.get(sms_id).approved_sha256}
    assert sms.counts(batch_id) == {"sent": 5}
    assert (sms.state(batch_id), sms.sms_state(sms_id)) == (("ended", ""), "sent")
    assert sms.sendings.batches.recipients(batch_id)[0].answer == "Accepted"


def test_a_checked_list_sends_nothing_by_itself(sms):
    batch_id, gateway = sms.checked(sms.approved()), FakeGateway()
    assert sms.send_all(sms.sender(gateway)) == 0
    assert (sms.state(batch_id), gateway.asked) == (("checked", ""), [])


def test_without_a_gateway_in_the_configuration_nothing_can_be_ordered(sms, config, clock):
    off = Station.open(config.having(SmsConfig()), clock)
    batch_id = sms.checked(sms.approved())
    assert refused(lambda: off.services.get(SmsSendings).order(sms.lan, batch_id)) == "sms_off"
    off.close()


def test_a_list_of_nobody_cannot_be_ordered(sms):
    batch_id = sms.checked(sms.approved(), ["123"])
    assert refused(lambda: sms.sendings.order(sms.lan, batch_id)) == "sms_nobody"


def test_a_list_is_for_the_words_it_was_read_for(sms):
    sms_id = sms.approved()
    batch_id = sms.checked(sms_id)
    with sms.station.repos.store.write() as db:  # as if the list had outlived an edit
        db.conn.execute("UPDATE sms_batch SET sha256 = ?", ("0" * 64,))
    assert refused(lambda: sms.sendings.order(sms.lan, batch_id)) == "sms_list_stale"


def test_an_edit_forgets_lists_that_nobody_ordered(sms):
    sms_id = sms.approved()
    batch_id = sms.checked(sms_id)
    sms.services.edit(sms.lan, sms_id, 1, "Tiêm phòng", "Lời mới", plain=False)
    assert refused(lambda: sms.sendings.order(sms.lan, batch_id)) == "not_found"
    assert sms.station.repos.store.value("SELECT count(*) FROM sms_recipient") == 0


def test_a_new_list_takes_the_place_of_one_that_nobody_ordered(sms):
    sms_id = sms.approved()
    old, new = sms.checked(sms_id), sms.checked(sms_id, NUMBERS[:1])
    assert [one.id for one in sms.sendings.batches.of_sms(sms_id)] == [new]
    assert old != new or sms.sendings.batches.get(new).total == 1


@pytest.mark.parametrize("act", ["edit", "withdraw"])
def test_words_that_stand_no_longer_end_the_sending_between_two_numbers(sms, act):
    sms_id = sms.approved()
    gateway = FakeGateway()
    batch_id = sms.ordered(sms_id)

    def in_the_middle():
        if len(gateway.asked) == 2:
            if act == "edit":
                sms.services.edit(sms.lan, sms_id, 1, "Tiêm phòng", "Lời mới", plain=False)
            else:
                sms.services.withdraw(sms.minh, sms_id)

    gateway.before = in_the_middle
    sms.send_all(sms.sender(gateway))
    assert gateway.numbers == NUMBERS[:2]
    assert sms.counts(batch_id) == {"sent": 2, "cancelled": 3}
    assert sms.state(batch_id) == ("stopped", "sms_edited")
    assert sms.sms_state(sms_id) == {"edit": "draft", "withdraw": "withdrawn"}[act]


def test_a_row_changed_behind_the_desk_ends_the_sending(sms):
    sms_id = sms.approved()
    batch_id, gateway = sms.ordered(sms_id), FakeGateway()
    with sms.station.repos.store.write() as db:
        db.conn.execute("UPDATE sms SET text = 'Lời lạ'")
    sms.send_all(sms.sender(gateway))
    assert (gateway.asked, sms.state(batch_id)) == ([], ("stopped", "sms_edited"))


def test_a_stop_ends_it_and_a_second_stop_ends_nothing_twice(sms):
    sms_id = sms.approved()
    batch_id, sender = sms.ordered(sms_id), sms.sender(FakeGateway())
    sender.send_one()
    sms.sendings.stop(sms.lan, batch_id)
    assert sms.send_all(sender) == 0
    assert sms.counts(batch_id) == {"sent": 1, "cancelled": 4}
    assert sms.sms_state(sms_id) == "sent"
    assert refused(lambda: sms.sendings.stop(sms.lan, batch_id)) == "wrong_state"


def test_a_sending_that_reached_nobody_leaves_the_sms_as_approved(sms):
    sms_id = sms.approved()
    sms.sendings.stop(sms.lan, sms.ordered(sms_id))
    assert sms.sms_state(sms_id) == "approved"


def test_two_lists_are_not_sent_at_the_same_time(sms):
    sms_id = sms.approved()
    sms.ordered(sms_id, NUMBERS[:2])
    second = sms.checked(sms_id, NUMBERS[2:])
    assert refused(lambda: sms.sendings.order(sms.lan, second)) == "sms_under_way"


def test_who_has_these_words_does_not_get_them_again(sms):
    sms_id, gateway = sms.approved(), FakeGateway()
    sms.ordered(sms_id, NUMBERS[:3])
    sms.send_all(sms.sender(gateway))
    batch = sms.sendings.batches.get(sms.checked(sms_id, NUMBERS))
    assert (batch.total, batch.reached) == (2, 3)
    sms.sendings.order(sms.lan, batch.id)
    sms.send_all(sms.sender(gateway))
    assert gateway.numbers == NUMBERS


def test_other_words_are_another_matter(sms):
    sms_id, gateway = sms.approved(), FakeGateway()
    sms.ordered(sms_id, NUMBERS[:2])
    sms.send_all(sms.sender(gateway))
    sms.services.edit(sms.lan, sms_id, 1, "Tiêm phòng", TEXT + " Xin cảm ơn.", plain=False)
    sms.services.submit(sms.lan, sms_id)
    sms.services.approve(sms.minh, sms_id, sms_sha256(TEXT + " Xin cảm ơn."))
    sms.ordered(sms_id, NUMBERS[:2])
    sms.send_all(sms.sender(gateway))
    assert gateway.numbers == NUMBERS[:2] * 2


def test_who_opts_out_while_it_is_sent_does_not_get_it(sms):
    batch_id, gateway = sms.ordered(sms.approved()), FakeGateway()
    sender = sms.sender(gateway)
    sender.send_one()
    sms.services.opt_out(sms.lan, NUMBERS[3])
    sms.send_all(sender)
    assert NUMBERS[3] not in gateway.numbers
    assert sms.counts(batch_id) == {"sent": 4, "skipped": 1}


def test_a_refusal_that_passes_is_tried_again_after_a_pause_and_the_others_come_first(sms):
    gateway = FakeGateway([BUSY, SENT])
    batch_id, clock = sms.ordered(sms.approved()), sms.station.clock
    sender = sms.sender(gateway)
    began = clock.monotonic()
    sender.send_one()
    assert sms.state(batch_id) == ("sending", "sms_busy")
    assert not sender.send_one()
    sms.send_all(sender)
    assert clock.monotonic() - began >= FIRST_PAUSE
    assert gateway.numbers == [*NUMBERS, NUMBERS[0]]
    assert (sms.counts(batch_id), sms.state(batch_id)) == ({"sent": 5}, ("ended", ""))


def test_one_number_is_tried_so_often_and_no_more(sms):
    gateway = FakeGateway([BUSY])
    batch_id = sms.ordered(sms.approved(), NUMBERS[:1])
    sms.send_all(sms.sender(gateway))
    assert len(gateway.asked) == sms.station.config.get(SmsConfig).tries
    (one,) = sms.sendings.batches.recipients(batch_id)
    assert (one.state, one.reason) == (RecipientState.FAILED, "sms_busy")


def test_a_gateway_that_is_away_halts_the_sending_and_costs_nobody_their_sms(sms):
    gateway = FakeGateway([GatewayAnswer(Fate.LATER, reason="sms_unreachable")])
    numbers = [f"+8491234{n:04d}" for n in range(50)]
    batch_id = sms.ordered(sms.approved(), numbers)
    sms.send_all(sms.sender(gateway))
    assert len(gateway.asked) == LATER_HALTS
    assert (sms.state(batch_id), sms.counts(batch_id)) == (("halted", "sms_unreachable"), {"waiting": 50})
    gateway.answers = [SENT]
    sms.sendings.go_on(sms.lan, batch_id)
    sms.send_all(sms.sender(gateway))
    assert sms.counts(batch_id) == {"sent": 50}


def test_a_wrong_password_halts_at_once_and_everybody_still_waits(sms):
    gateway = FakeGateway([SENT, LOCKED_OUT])
    batch_id = sms.ordered(sms.approved())
    sms.send_all(sms.sender(gateway))
    assert (sms.state(batch_id), sms.counts(batch_id)) == (("halted", "sms_auth"), {"sent": 1, "waiting": 4})
    sms.sendings.stop(sms.lan, batch_id)
    assert sms.counts(batch_id) == {"sent": 1, "cancelled": 4}


def test_what_is_in_doubt_is_told_never_sent_again_by_itself_and_soon_halts(sms):
    gateway = FakeGateway([DOUBT])
    sms_id = sms.approved()
    batch_id = sms.ordered(sms_id)
    sms.send_all(sms.sender(gateway))
    assert gateway.numbers == NUMBERS[:DOUBT_HALTS]
    assert sms.counts(batch_id) == {"unknown": DOUBT_HALTS, "waiting": 5 - DOUBT_HALTS}
    gateway.answers = [SENT]
    sms.sendings.go_on(sms.lan, batch_id)
    sms.send_all(sms.sender(gateway))
    assert gateway.numbers == NUMBERS
    assert sms.counts(batch_id) == {"unknown": DOUBT_HALTS, "sent": 5 - DOUBT_HALTS}
    assert sms.sendings.batches.get(sms.checked(sms_id)).total == 0


def test_a_person_may_have_those_in_doubt_sent_to_again(sms):
    gateway = FakeGateway([DOUBT, SENT])
    sms_id = sms.approved()
    sms.ordered(sms_id)
    sms.send_all(sms.sender(gateway))
    again = sms.ordered(sms_id, again=True)
    sms.send_all(sms.sender(gateway))
    assert gateway.numbers == [*NUMBERS, NUMBERS[0]]
    assert sms.counts(again) == {"sent": 1}


def test_a_number_that_is_refused_does_not_hold_up_the_others(sms):
    gateway = FakeGateway([REFUSED] * 4 + [SENT])
    batch_id = sms.ordered(sms.approved())
    sms.send_all(sms.sender(gateway))
    assert (sms.counts(batch_id), sms.state(batch_id)) == ({"failed": 4, "sent": 1}, ("ended", ""))


def test_a_gateway_with_a_fault_is_not_asked_for_a_whole_list(sms):
    gateway = FakeGateway([FAULT])
    batch_id = sms.ordered(sms.approved())
    sms.send_all(sms.sender(gateway))
    assert sms.counts(batch_id) == {"failed": DOUBT_HALTS, "waiting": 5 - DOUBT_HALTS}
    assert sms.state(batch_id) == ("halted", "sms_gateway_error")


def test_a_number_that_nobody_said_yes_for_may_be_sent_to_by_a_new_order(sms):
    gateway = FakeGateway([GatewayAnswer(Fate.FAILED, reason="sms_bad_answer", halts=True), SENT])
    sms_id = sms.approved()
    batch_id = sms.ordered(sms_id)
    sms.send_all(sms.sender(gateway))
    assert sms.counts(batch_id) == {"failed": 1, "waiting": 4}
    sms.sendings.go_on(sms.lan, batch_id)
    sms.send_all(sms.sender(gateway))
    assert gateway.numbers == NUMBERS
    assert sms.sendings.batches.get(sms.checked(sms_id)).total == 1


def test_the_pace_is_kept(sms):
    clock = sms.station.clock
    sms.ordered(sms.approved())
    sender, began = sms.sender(FakeGateway()), clock.monotonic()
    sms.send_all(sender)
    assert clock.monotonic() - began == pytest.approx(5 / 100)


def test_two_senders_never_work_on_one_station(sms):
    batch_id, gateway = sms.ordered(sms.approved()), FakeGateway()
    with FileLock(sms.station.config.data / "sms.lock"):
        worked = []
        thread = threading.Thread(target=lambda: worked.append(sms.sender(gateway).work(threading.Event())))
        thread.start()
        thread.join()
    assert (worked, gateway.asked, sms.counts(batch_id)) == ([False], [], {"waiting": 5})


KILLED = """
import os, signal, sys
from pathlib import Path
from scheduler.kernel.clock import SystemClock
from scheduler.config.loading import load
from scheduler.extras.sms.gateway import GatewayAnswer, Fate
from scheduler.extras.sms.work import SmsSender
from scheduler.station import Station
import threading

class Deadly:
    def send(self, number, body):
        with open("asked", "a") as asked:
            asked.write(number + "\\n")
            asked.flush()
            os.fsync(asked.fileno())
        if len(Path("asked").read_text().split()) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return GatewayAnswer(Fate.SENT)

station = Station.open(load(Path("config.toml")), SystemClock())
SmsSender(station.services, Deadly()).work(threading.Event())
"""


def test_kill_minus_nine_in_the_middle_sends_nothing_twice_and_tells_the_one_in_doubt(sms, tmp_path):
    (tmp_path / "config.toml").write_text(
        '[sms]\nurl = "https://gateway.example/cgi-bin/sendsms"\nrate_per_second = 100\n'
    )
    batch_id = sms.ordered(sms.approved())
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[4])}
    died = subprocess.run([sys.executable, "-c", KILLED], cwd=tmp_path, env=environment, timeout=120, check=False)
    assert died.returncode == -signal.SIGKILL
    asked = (tmp_path / "asked").read_text().split()
    assert asked == NUMBERS[:3]
    assert sms.counts(batch_id) == {"sent": 2, "claimed": 1, "waiting": 2}
    gateway, running = FakeGateway(), Station.open(sms.station.config, SystemClock())
    # The sender's own loop: it takes the lock, finds what the dead one left, and goes on.
    assert SmsSender(running.services, gateway).work(threading.Event())
    running.close()
    assert gateway.numbers == NUMBERS[3:]
    assert sms.counts(batch_id) == {"sent": 4, "unknown": 1}
    (one,) = sms.sendings.batches.recipients(batch_id, RecipientState.UNKNOWN)
    assert (one.number, one.reason) == (NUMBERS[2], "sms_interrupted")


class Machine:
    """A sending under every answer, crash and order, with what each number may have by now."""

    def __init__(self, sms):
        self.sms, self.gateway, self.may_have = sms, FakeGateway(), set()
        self.sms_id = sms.approved(f"Lời {len(sms.services.texts.listed())}")
        self.batch_id, self.sender = sms.ordered(self.sms_id), sms.sender(self.gateway)

    def may_get(self, number, fate):
        assert number not in self.may_have
        if fate in {Fate.SENT, Fate.UNKNOWN}:
            self.may_have.add(number)

    def answer(self, answer):
        if (wait := self.sender.wait_for()) is None:
            return
        self.sms.station.clock.sleep_until(self.sms.station.clock.monotonic() + wait)
        self.gateway.answers, before = [answer], len(self.gateway.asked)
        self.sender.send_one()
        for number in self.gateway.numbers[before:]:
            self.may_get(number, answer.fate)

    def crash(self):
        """The request has left, nobody has heard the answer."""
        batches = self.sms.sendings.batches
        batch = batches.get(self.batch_id)
        if batch.state.value == "sending" and (one := self.sms.sendings.take_next(batch)) is not None:
            self.may_get(one.number, Fate.UNKNOWN)
        batches.recover(self.sms.station.clock.now())
        self.sender = self.sms.sender(self.gateway)

    def go_on(self):
        if self.sms.state(self.batch_id)[0] == "halted":
            self.sms.sendings.go_on(self.sms.lan, self.batch_id)

    def new_list(self):
        if self.sms.sms_state(self.sms_id) == "sending":
            return
        self.batch_id = self.sms.checked(self.sms_id)
        if self.sms.sendings.batches.get(self.batch_id).total:
            self.sms.sendings.order(self.sms.lan, self.batch_id)

    def had(self):
        batches = self.sms.sendings.batches
        states = (RecipientState.SENT, RecipientState.UNKNOWN)
        return {one.number for batch in batches.of_sms(self.sms_id) for one in batches.recipients(batch.id, *states)}


STEPS = st.lists(
    st.one_of(
        st.sampled_from([SENT, BUSY, DOUBT, REFUSED, FAULT, LOCKED_OUT]),
        st.sampled_from([Machine.crash, Machine.go_on, Machine.new_list]),
    ),
    max_size=40,
)


@given(STEPS)
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_nobody_who_may_have_the_words_is_asked_for_again(sms, steps):
    machine = Machine(sms)
    for step in steps:
        if isinstance(step, GatewayAnswer):
            machine.answer(step)
        else:
            step(machine)
    assert machine.had() == machine.may_have
    if sms.sms_state(machine.sms_id) == "sending":
        sms.sendings.stop(sms.lan, machine.batch_id)


def test_a_full_list_of_fifty_thousand_is_kept_and_found_again(sms):
    numbers = [f"+8491{n:07d}" for n in range(50_000)]
    batch = sms.sendings.batches.get(sms.checked(sms.approved(), numbers))
    assert batch.total == 50_000
    assert sms.sendings.batches.recipients(batch.id)[-1].number == numbers[-1]


def test_a_list_that_a_crash_cut_short_cannot_be_ordered(sms):
    batch_id = sms.checked(sms.approved())
    with sms.station.repos.store.write() as db:
        db.conn.execute("DELETE FROM sms_recipient WHERE place > 3")
    assert refused(lambda: sms.sendings.order(sms.lan, batch_id)) == "sms_list_stale"
