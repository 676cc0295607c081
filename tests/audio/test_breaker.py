"""The circuit breaker of an engine: closed, open with a growing rest, half open, and what its state tells."""

import pytest

from audio_assets.speech.breaker import FIRST_REST, LONGEST_REST, Breaker, BreakerState
from audio_assets.speech.espeak_engine import espeak_voice_of
from audio_assets.speech.voice import Voice
from scheduler.config.loading import SpeechConfig
from scheduler.kernel.errors import SpeechError
from tests.audio.fake_engine import FakeEngine

OFFLINE = SpeechError("the line is down", permanent=False, reason="voice_offline", host="a")
FOR_GOOD = SpeechError("no such text", permanent=True, reason="voice_refused")
TEXT = "Xin chào bà con. Mai cắt nước."


class Mono:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def now() -> Mono:
    return Mono()


@pytest.fixture
def breaker(now: Mono) -> Breaker:
    return Breaker(now)


def test_a_well_engine_has_no_rest(breaker: Breaker):
    assert breaker.rest() is None
    assert not breaker.is_open


def test_the_rest_doubles_with_each_failure_up_to_the_longest(breaker: Breaker, now: Mono):
    rests = []
    for _ in range(7):
        breaker.failed(OFFLINE)
        rest = breaker.rest()
        assert rest is not None
        rests.append(rest.left)
        now.at += rest.left
    assert rests == [120, 240, 480, 960, 1800, 1800, 1800]
    assert rests[-1] == LONGEST_REST


@pytest.mark.parametrize(
    ("waited", "state"),
    [
        (0, BreakerState.OPEN),
        (FIRST_REST - 0.5, BreakerState.OPEN),
        (FIRST_REST, BreakerState.HALF_OPEN),
        (9999, BreakerState.HALF_OPEN),
    ],
    ids=["at_once", "just_before", "at_the_end", "long_after"],
)
def test_it_is_half_open_when_the_rest_is_over(breaker: Breaker, now: Mono, waited: float, state: BreakerState):
    breaker.failed(OFFLINE)
    now.at += waited
    rest = breaker.rest()
    assert rest is not None
    assert (rest.state, breaker.is_open) == (state, state is BreakerState.OPEN)


def test_a_success_closes_it_and_the_next_failure_begins_anew(breaker: Breaker, now: Mono):
    for _ in range(3):
        breaker.failed(OFFLINE)
    breaker.succeeded()
    assert breaker.rest() is None
    now.at += 50
    breaker.failed(OFFLINE)
    rest = breaker.rest()
    assert rest is not None
    assert (rest.left, rest.failures, rest.failing_for) == (FIRST_REST, 1, 0)


def test_it_tells_since_when_and_how_often_and_with_what(breaker: Breaker, now: Mono):
    breaker.failed(OFFLINE)
    now.at += 130
    breaker.failed(OFFLINE)
    now.at += 20
    rest = breaker.rest()
    assert rest is not None
    assert (rest.failing_for, rest.failures, rest.left) == (150, 2, 220)
    assert (rest.error.reason, rest.error.details) == ("voice_offline", {"host": "a"})


def test_a_failure_for_good_opens_nothing(breaker: Breaker):
    breaker.failed(FOR_GOOD)
    assert breaker.rest() is None


def test_a_server_that_refuses_is_reached_again(breaker: Breaker, now: Mono):
    breaker.failed(OFFLINE)
    now.at += FIRST_REST
    breaker.failed(FOR_GOOD)
    assert breaker.rest() is None


def test_while_one_tries_the_others_leave_it_alone(breaker: Breaker, now: Mono):
    breaker.failed(OFFLINE)
    now.at += FIRST_REST
    assert not breaker.is_open
    breaker.tries()
    assert breaker.is_open
    breaker.succeeded()
    assert not breaker.is_open


# The chain that has one for each engine


def chain(*engines, now_mono) -> Voice:
    return Voice(engines, pause_ms=100, speed=1.0, now_mono=now_mono)


def test_a_second_failure_in_a_row_makes_the_chain_wait_twice_as_long(now: Mono):
    first = FakeEngine("first", failures={1: OFFLINE, 2: OFFLINE})
    voice = chain(first, FakeEngine("second"), now_mono=now)
    voice.speak(TEXT)
    now.at += FIRST_REST
    voice.speak(TEXT)
    now.at += 2 * FIRST_REST - 1
    assert voice.speak(TEXT).engine == "second"
    now.at += 1
    assert voice.speak(TEXT).engine == "first"
    assert len(first.asked) == 4


def test_a_clip_remembers_since_when_the_better_voice_has_failed(now: Mono):
    voice = chain(FakeEngine("first", failures={1: OFFLINE}), FakeEngine("second"), now_mono=now)
    told = [voice.speak(TEXT).tried[0]]
    now.at += 90
    told.append(voice.speak(TEXT).tried[0])
    assert [(one.reason, one.failing_for, one.permanent) for one in told] == [
        ("voice_offline", 0, False),
        ("voice_offline", 90, False),
    ]
    assert told[1].why.startswith("resting after")


def test_the_chain_tells_which_of_its_engines_fail(now: Mono):
    failing = FakeEngine("failing", failures={1: OFFLINE})
    voice = chain(FakeEngine("absent", absent="no file"), failing, FakeEngine("well"), now_mono=now)
    assert voice.rests() == {}
    voice.speak(TEXT)
    (rest,) = voice.rests().values()
    assert (list(voice.rests()), rest.state, rest.error.reason) == (["failing"], BreakerState.OPEN, "voice_offline")


def test_the_chain_before_an_engine_holds_what_is_better_and_may_be_asked(now: Mono):
    first = FakeEngine("first", failures={1: OFFLINE})
    voice = chain(first, FakeEngine("absent", absent="no file"), FakeEngine("last"), now_mono=now)
    better = voice.before("last")
    assert better is not None
    assert [engine.name for engine in better.engines] == ["first"]
    assert voice.before("first") is None
    assert voice.before("unknown") is None
    with pytest.raises(SpeechError):
        better.speak(TEXT)
    assert voice.before("last") is None, "it rests, and both chains know"
    now.at += FIRST_REST
    assert voice.before("last") is not None


@pytest.mark.parametrize(
    ("keys", "voice"),
    [
        ({}, "vi"),
        ({"dialect": "southern"}, "vi-vn-x-south"),
        ({"dialect": "southern", "espeak_voice": "vi"}, "vi"),
        ({"espeak_voice": "vi-vn-x-central"}, "vi-vn-x-central"),
    ],
    ids=["north", "south", "named_wins", "central_by_name"],
)
def test_espeak_speaks_as_the_dialect_does_unless_a_voice_is_named(keys, voice):
    assert espeak_voice_of(SpeechConfig(**keys)) == voice
