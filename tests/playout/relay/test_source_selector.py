"""What is on air and what runs, second by second: sources that come, go, fall silent and flap, on a clock of numbers."""

from dataclasses import dataclass, field
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import HOUSE_RATE
from scheduler.playout.relay.source_selector import NOWHERE, SourceChange, SourceReport, SourceSelector, Terms, Turn
from tests.examples import examples

STEP = 0.25
CONNECT = 0.5
Good = tuple[tuple[float, float], ...]


@dataclass
class World:
    """Each source is good, silent or dead by a plan of spans; it is only heard while it runs."""

    good: tuple[Good, ...]
    chooser: SourceSelector
    silent: tuple[Good, ...] = ()
    fault: str = ""
    slow: float = 1.0
    now: float = 0.0
    started: dict[int, float] = field(default_factory=dict)
    given: dict[int, SourceReport] = field(default_factory=dict)
    changes: list[tuple[float, SourceChange]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    turn: Turn = field(default_factory=lambda: Turn(NOWHERE, frozenset(), ()))

    def _is(self, spans: tuple[Good, ...], place: int) -> bool:
        return place < len(spans) and any(first <= self.now < last for first, last in spans[place])

    def step(self) -> None:
        for place in self.turn.running:
            seen = self.given[place]
            if self.now - self.started[place] < CONNECT:
                continue
            if self._is(self.good, place):
                frames = seen.frames + round(STEP * self.slow * HOUSE_RATE)
                seen = SourceReport(self.now, self.now, frames, seen.fault)
            elif self._is(self.silent, place):
                seen = SourceReport(self.now, seen.loud_at, seen.frames + round(STEP * HOUSE_RATE), seen.fault)
            elif self.fault:
                seen = SourceReport(seen.heard_at, seen.loud_at, seen.frames, self.fault)
            self.given[place] = seen
        before = self.turn.running
        self.turn = self.chooser.step(
            self.now, [self.given.get(place, SourceReport()) for place in range(len(self.good))]
        )
        for place in self.turn.running - before:
            self.started[place], self.given[place] = self.now, SourceReport()
        for place in before - self.turn.running:
            del self.given[place]
        self.changes += [(self.now, change) for change in self.turn.changes]
        self.places.append(self.turn.on_air)
        self.now += STEP

    def run(self, until: float) -> "World":
        while self.now < until:
            self.step()
        return self

    @property
    def told(self) -> list[tuple[int, int, str]]:
        return [(change.before, change.after, change.reason) for _, change in self.changes]


ALWAYS: Good = ((0.0, inf),)
NEVER: Good = ()


def world(*good: Good, has_fallback: bool = True, silent: tuple[Good, ...] = (), refused: tuple[str, ...] = (), **more):
    terms = [Terms()] * len(good)
    chooser = SourceSelector(terms, refused=refused, probe_seconds=30.0, has_fallback=has_fallback)
    return World(good, chooser, silent, **more)


def test_a_good_first_source_has_the_air_and_nothing_else_runs():
    ward = world(ALWAYS, ALWAYS).run(600)
    assert ward.told == [(NOWHERE, 0, "started")]
    assert ward.turn.running == {0}


def test_a_lost_source_gives_way_after_five_seconds_to_one_that_was_warmed_up():
    ward = world(((0.0, 100.0),), ALWAYS).run(110)
    assert ward.told == [(NOWHERE, 0, "started"), (0, 1, "lost")]
    when = ward.changes[1][0]
    assert 104.5 <= when <= 105.5
    assert ward.started[1] < when - 2.0


def test_a_silent_source_gives_way_after_ten_seconds():
    ward = world(((0.0, 100.0),), ALWAYS, silent=(((100.0, inf),),)).run(112)
    assert ward.told[1:] == [(0, 1, "silent")]
    assert 109.5 <= ward.changes[1][0] <= 110.5


def test_a_source_that_gives_half_of_real_time_is_too_slow_to_listen_to():
    ward = world(ALWAYS, NEVER, slow=0.4).run(30)
    assert (0, 1, "relay_slow") in ward.told


def test_a_short_hole_is_waited_out_and_the_spare_is_sent_away_again():
    ward = world(((0.0, 100.0), (104.0, inf)), ALWAYS).run(200)
    assert ward.told == [(NOWHERE, 0, "started")]
    assert 1 in ward.started
    assert ward.turn.running == {0}


def test_after_the_last_source_come_the_stations_own_clips():
    ward = world(((0.0, 60.0),), ((0.0, 60.0),)).run(90)
    assert ward.turn.on_air == 2
    assert ward.told[-1][1] == 2


def test_a_source_that_fails_at_once_is_not_waited_for():
    ward = world(NEVER, ALWAYS, fault="relay_http_error").run(3)
    assert ward.told == [(NOWHERE, 0, "started"), (0, 1, "relay_http_error")]


def test_a_refused_source_never_runs():
    ward = world(ALWAYS, ALWAYS, refused=("relay_scheme", "")).run(300)
    assert ward.told == [(NOWHERE, 1, "started")]
    assert set(ward.started) == {1}
    assert ward.chooser.reason(0) == "relay_scheme"


def test_when_all_are_refused_the_clips_begin_at_once():
    ward = world(ALWAYS, refused=("relay_port",)).run(1)
    assert ward.told == [(NOWHERE, 1, "started")]
    assert not ward.turn.running


def test_a_better_source_gets_the_air_back_after_five_good_seconds():
    ward = world(((0.0, 20.0), (40.0, inf)), ALWAYS).run(200)
    assert ward.told == [(NOWHERE, 0, "started"), (0, 1, "lost"), (1, 0, "returned")]
    assert 40.0 + 5.0 <= ward.changes[2][0] <= 40.0 + 5.0 + 60.0 + 2.0
    assert ward.turn.running == {0}


def test_from_the_clips_the_best_of_those_that_are_back_is_taken():
    ward = world(((0.0, 10.0), (60.0, inf)), ((0.0, 10.0), (60.0, inf))).run(300)
    assert ward.turn.on_air == 0


def test_while_nothing_sounds_a_lone_source_is_tried_again_every_few_seconds():
    ward = world(((0.0, 20.0), (40.0, inf)), has_fallback=False).run(120)
    assert ward.told == [(NOWHERE, 0, "started"), (0, 1, "lost"), (1, 0, "returned")]
    assert ward.changes[2][0] < 65.0


def test_a_source_that_flaps_is_tried_ever_more_rarely():
    flapping = tuple((start, start + 12.0) for start in range(0, 4000, 24))
    ward = world(flapping, ALWAYS).run(3600)
    returns = [when for when, change in ward.changes if change.reason == "returned"]
    assert 2 <= len(returns) <= 14
    assert returns[-1] - returns[-2] > 3 * (returns[1] - returns[0]) or returns[-1] - returns[-2] > 300


def test_a_source_that_held_out_long_is_forgiven():
    spans = ((0.0, 20.0), (60.0, 80.0), (200.0, 900.0), (910.0, inf))
    ward = world(spans, ALWAYS).run(1200)
    back = [when for when, change in ward.changes if change.reason == "returned"]
    assert back[-1] < 910.0 + 2 * 30.0 + 20.0


def test_the_microphone_runs_always_its_silence_is_no_fault_and_it_is_back_at_once():
    chooser = SourceSelector([Terms(2.5, inf, 7.5, 0.2, always=True)], probe_seconds=30.0, has_fallback=False)
    ward = World((((0.0, 30.0), (40.0, inf)),), chooser, silent=((),)).run(100)
    assert ward.told == [(NOWHERE, 0, "started"), (0, 1, "lost"), (1, 0, "returned")]
    assert ward.changes[2][0] <= 41.0
    assert list(ward.started) == [0]


spans = st.lists(st.tuples(st.floats(0, 900), st.floats(0.5, 300)), max_size=8).map(
    lambda pairs: tuple((start, start + length) for start, length in pairs)
)
worlds = st.tuples(
    st.lists(spans, min_size=1, max_size=4),
    st.lists(spans, max_size=4),
    st.booleans(),
    st.sampled_from(("", "relay_tls")),
)


@settings(max_examples=examples(25), deadline=None)
@given(worlds)
def test_whatever_the_sources_do_the_rules_hold(plan):
    good, silent, has_fallback, fault = plan
    ward = world(*good, has_fallback=has_fallback, silent=tuple(silent), fault=fault).run(900)
    assert all(0 <= place <= len(good) for place in ward.places)
    for (_, earlier), (_, later) in zip(ward.changes, ward.changes[1:], strict=False):
        assert earlier.after == later.before
    assert all(change.before != change.after and change.reason for _, change in ward.changes)
    assert ward.turn.on_air == len(good) or ward.turn.on_air in ward.turn.running
    # each breakdown on air costs a source a pause before its next try, longer every time, unless all is silent anyway
    pause = 30.0 if has_fallback else 5.0
    assert len(ward.changes) <= len(good) * 3 * (900 / pause + 2)


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(spans, min_size=1, max_size=3), st.integers(0, 2), st.booleans())
def test_a_source_that_is_good_for_good_is_on_air_in_the_end_or_a_better_one_is(others, place, has_fallback):
    place = min(place, len(others))
    good = [*others[:place], ALWAYS, *others[place:]]
    ward = world(*good, has_fallback=has_fallback).run(900)
    assert ward.turn.on_air <= place


@settings(max_examples=examples(20), deadline=None)
@given(st.lists(spans, min_size=1, max_size=3))
def test_when_all_is_dead_the_clips_sound(others):
    ward = world(*others).run(1300)
    assert ward.turn.on_air == len(others)


@settings(max_examples=examples(20), deadline=None)
@given(worlds)
def test_a_source_that_is_good_is_never_left_except_for_a_better_one(plan):
    good, silent, has_fallback, _ = plan
    ward = world(*good, has_fallback=has_fallback, silent=tuple(silent))
    heard: dict[int, float] = {}
    while ward.now < 900:
        before = ward.turn.on_air
        if before in ward.turn.running and before < len(good) and ward._is(ward.good, before):
            heard.setdefault(before, ward.now)
        else:
            heard.pop(before, None)
        ward.step()
        if ward.turn.on_air != before and before in heard and ward.now - heard[before] > 2.0:
            assert ward.turn.on_air < before


@pytest.mark.parametrize("step", [0.05, 0.5, 3.0])
def test_a_slow_look_only_makes_it_slower(step):
    chooser = SourceSelector([Terms()], probe_seconds=30.0, has_fallback=True)
    now = 0.0
    while now < 60.0:
        turn = chooser.step(now, [SourceReport()])
        now += step
    assert turn.on_air == 1
