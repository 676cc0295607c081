"""Who may have the air: whatever is cut, paused, killed or slow, no two machines have it at one instant."""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.extras.failover.rules.election import HOLD, WAIT, Copy, Election, Lease, Seat
from tests.examples import examples

NAMES = ("may-1", "may-2")
STEP = 0.1


@dataclass
class Store:
    """A broker's entry, with compare-and-set."""

    lease: Lease | None = None
    revision: int = 0
    epoch: int = 0

    def put(self, lease, revision):
        if revision != self.revision:
            return None
        self.lease, self.revision = lease, self.revision + 1
        return self.revision


@dataclass
class Machine:
    """A contest with a steady clock that runs at its own rate, asking once a second of that clock."""

    name: str
    rate: float
    offset: float
    contest: Election = field(init=False)
    next_ask: float = 0.0
    paused: bool = False
    dead: bool = False
    deadline: float = float("-inf")
    """What playout reads, and holds against its own clock: it goes on counting while the process is paused."""

    def __post_init__(self):
        self.start(0.0)

    def clock(self, true):
        return self.offset + true * self.rate

    def start(self, true):
        now = self.clock(true)
        self.contest = Election(self.name, next(one for one in NAMES if one != self.name), now)
        self.contest.copy = Copy(1, 100)
        self.dead, self.next_ask, self.deadline = False, now, float("-inf")

    def sounds(self, true):
        return self.deadline > self.clock(true)


@dataclass
class World:
    machines: dict
    broker: Store = field(default_factory=Store)
    true: float = 0.0
    cut: set = field(default_factory=set)
    """Pairs that do not reach each other: "may-1/broker", "may-2/broker", "peers"."""
    late: list = field(default_factory=list)
    """(true instant, act): what is still under way."""

    def tick(self, lag):
        self.true += STEP
        for _, act in sorted((one for one in self.late if one[0] <= self.true), key=lambda one: one[0]):
            act()
        self.late = [one for one in self.late if one[0] > self.true]
        for machine in self.machines.values():
            if not machine.dead and not machine.paused:
                self.turn(machine, lag)
        assert sum(one.sounds(self.true) for one in self.machines.values()) <= 1, "two machines have the air"

    def turn(self, machine, lag):
        now, contest = machine.clock(self.true), machine.contest
        if contest.look(now) is Seat.LOST:
            contest.settle(now)
        if contest.seat is Seat.HOLDS:
            contest.copy = max(contest.copy, Copy(contest.term, 0))
        elif "peers" not in self.cut:  # it follows
            contest.copy = max(contest.copy, self.machines[contest.peer].contest.copy)
        if contest.may_try(now):
            contest.begin_try(now)
            machine.next_ask = now
        machine.deadline = contest.until(now)
        if now < machine.next_ask:
            return
        machine.next_ask = now + 0.5
        self.ask_broker(machine, contest, now, lag)
        self.ask_peer(machine, contest, now, lag)

    def ask_broker(self, machine, contest, now, lag):
        if f"{machine.name}/broker" in self.cut:
            return
        wants, lease, revision = contest.may_ask_broker(now), contest.lease(), contest.revision

        def arrive():
            put = self.broker.put(lease, revision) if wants else None
            found = self.broker.lease, self.broker.revision, self.broker.epoch
            self.late.append((self.true + lag, lambda: answer(put, found)))

        def answer(put, found):
            if machine.contest is not contest or machine.paused or f"{machine.name}/broker" in self.cut:
                return
            at = machine.clock(self.true)
            if put is not None:
                contest.broker_voted(lease, put, found[2], now, at)
            else:
                contest.saw_broker(*found, now, at)

        self.late.append((self.true + lag, arrive))

    def ask_peer(self, machine, contest, now, lag):
        other = self.machines[contest.peer]
        if "peers" in self.cut:
            return
        has, asks = contest.copy, contest.asks(now)

        def arrive():
            if "peers" in self.cut or other.dead or other.paused:
                return
            other.contest.met(other.clock(self.true), holds=contest.seat is Seat.HOLDS)
            contest.met(machine.clock(self.true), holds=other.contest.seat is Seat.HOLDS)
            if asks and other.contest.promise(machine.name, has, other.clock(self.true)):
                other.deadline = other.contest.until(other.clock(self.true))
                self.late.append((self.true + lag, answer))

        def answer():
            if machine.contest is contest and not machine.paused:
                contest.peer_voted(now, machine.clock(self.true))

        self.late.append((self.true + lag, arrive))


def world(rates=(1.0, 1.0), offsets=(0.0, 0.0)):
    return World({name: Machine(name, rate, at) for name, rate, at in zip(NAMES, rates, offsets, strict=True)})


def holder(one):
    return next((machine.name for machine in one.machines.values() if machine.sounds(one.true)), None)


def run(one, seconds, lag=0.05):
    for _ in range(round(seconds / STEP)):
        one.tick(lag)


LINKS = ("may-1/broker", "may-2/broker", "peers")
RATES = st.sampled_from([0.9, 1.0, 1.1])
ACTS = st.one_of(
    st.tuples(st.just("isolate"), st.sampled_from(NAMES)),
    st.tuples(st.just("heal"), st.just("all")),
    st.tuples(st.just("run"), st.sampled_from([0.5, 1.0, 4.0, 9.0, 12.0])),
    st.tuples(st.just("cut"), st.sampled_from(LINKS)),
    st.tuples(st.just("heal"), st.sampled_from(LINKS)),
    st.tuples(st.just("pause"), st.sampled_from(NAMES)),
    st.tuples(st.just("wake"), st.sampled_from(NAMES)),
    st.tuples(st.just("kill"), st.sampled_from(NAMES)),
    st.tuples(st.just("start"), st.sampled_from(NAMES)),
    st.tuples(st.just("release"), st.sampled_from(NAMES)),
    st.tuples(st.just("broker"), st.just("")),
)


def perform(one, what, argument, lag):
    machine = one.machines.get(str(argument))
    if machine is not None:
        perform_on(one, machine, what)
    elif what == "run":
        run(one, argument, lag)
    elif what == "cut":
        one.cut.add(argument)
    elif what == "heal":
        one.cut -= set(LINKS) if argument == "all" else {argument}
    elif what == "broker":  # killed and back, with all it had
        one.broker.epoch += 1
        one.late = []


def perform_on(one, machine, what):
    if what == "isolate":
        one.cut |= {f"{machine.name}/broker", "peers"}
    elif what == "pause":
        machine.paused = True
    elif what == "wake":
        machine.paused = False
    elif what == "kill":
        machine.dead, machine.deadline = True, float("-inf")
    elif what == "start" and machine.dead:
        machine.paused = False
        machine.start(one.true)
    elif what == "release" and not machine.dead and not machine.paused:
        machine.contest.give_up()
        machine.deadline = machine.contest.until(machine.clock(one.true))


@settings(max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rates=st.tuples(RATES, RATES),
    offsets=st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)),
    lag=st.floats(0.0, 1.4),
    acts=st.lists(ACTS, max_size=25),
)
def test_never_do_two_machines_have_the_air_at_one_instant(rates, offsets, lag, acts):
    one = world(rates, offsets)
    run(one, 9.0, lag)
    for what, argument in acts:
        perform(one, what, argument, lag)
    run(one, 10.0, lag)


def test_two_that_start_together_agree_on_one():
    one = world()
    run(one, 12.0)
    assert holder(one) is not None


@pytest.mark.parametrize("rates", [(1.0, 1.0), (0.9, 1.1), (1.1, 0.9)])
def test_after_a_death_the_other_has_the_air_within_nine_seconds(rates):
    one = world(rates)
    run(one, 15.0)
    first = holder(one)
    perform(one, "kill", first, 0.05)
    run(one, 9.0)
    assert holder(one) not in {first, None}


def test_without_the_broker_two_machines_that_hear_each_other_go_on():
    one = world()
    run(one, 15.0)
    first = holder(one)
    one.cut = {"may-1/broker", "may-2/broker"}
    run(one, 60.0)
    assert holder(one) == first


def test_without_the_peer_the_holder_goes_on_by_the_broker():
    one = world()
    run(one, 15.0)
    first = holder(one)
    one.cut = {"peers"}
    run(one, 60.0)
    assert holder(one) == first


def test_a_holder_that_hears_nobody_falls_silent_and_the_other_takes_over():
    one = world()
    run(one, 15.0)
    first = holder(one)
    one.cut = {f"{first}/broker", "peers"}
    run(one, 12.0)
    assert holder(one) not in {first, None}


def test_nobody_has_the_air_by_itself_when_both_links_are_cut():
    one = world()
    run(one, 15.0)
    one.cut = {"may-1/broker", "may-2/broker", "peers"}
    run(one, 20.0)
    assert holder(one) is None


def contest(now=0.0, copy=None):
    made = Election("may-1", "may-2", now, rested=True)
    made.copy = copy or Copy(1, 10)
    return made


def test_a_person_may_declare_the_other_machine_off_and_the_air_lasts_without_any_vote():
    one = contest()
    one.go_alone(0.0)
    assert all(one.until(float(second)) > second and one.look(float(second)) is Seat.HOLDS for second in range(100))


def test_who_is_alone_lets_go_when_the_other_says_that_it_has_the_air_too():
    one = contest()
    one.go_alone(0.0)
    one.met(10.0, holds=True)
    assert one.seat is Seat.LOST
    assert one.until(10.0) < 10.0


def test_a_machine_with_an_older_copy_is_not_given_the_vote_of_one_with_a_newer():
    one = contest(copy=Copy(3, 5000))
    assert not one.promise("may-2", Copy(2, 9000), 1.0)
    assert not one.promise("may-2", Copy(3, 100), 1.0)
    assert one.promise("may-2", Copy(3, 4900), 1.0)


def test_a_machine_that_knows_of_a_better_copy_does_not_stand_unless_a_person_says_so():
    one = contest(copy=Copy(2, 10))
    one.heard(Copy(3, 10), 3)
    one.met(100.0, holds=False)
    assert not one.may_try(100.0)
    one.may_be_behind = True
    assert one.may_try(100.0)


def test_a_machine_without_any_copy_never_stands():
    one = contest(copy=Copy())
    one.may_be_behind = True
    one.met(1e6, holds=False)
    assert not one.may_try(1e6)


def test_an_old_entry_that_a_restarted_broker_shows_again_is_waited_out_anew():
    one = contest()
    entry = Lease("may-2", 4, Copy(1, 10))
    for second in range(6):
        one.saw_broker(entry, 7, 1, float(second), float(second))
    one.saw_broker(entry, 7, 2, 6.2, 6.2)  # another connection: it may have been written over and lost since
    one.begin_try(6.8)
    assert not one.may_ask_broker(6.8)
    for second in range(7, 13):
        one.saw_broker(entry, 7, 2, float(second), float(second))
    one.begin_try(12.8)
    assert one.may_ask_broker(12.8)


def test_a_vote_binds_longer_than_it_lasts_whatever_the_clocks():
    assert HOLD / 0.9 < WAIT / 1.1


def test_a_process_that_comes_back_keeps_what_it_had_promised():
    one = contest(100.0)
    one.resume(Seat.FOLLOWS, 3, float("-inf"), "may-2", 104.0, alone=False)
    one.met(103.9, holds=False)
    assert not one.may_try(103.9)
    assert one.may_try(104.1)
