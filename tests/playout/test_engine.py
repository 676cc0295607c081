"""The engine on a stepped clock: every frame is where it must be, and every armed programme ends once."""

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.air.output_share import OutputShare
from scheduler.core.model import HOUSE_RATE, Priority
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.engine import Engine
from scheduler.playout.frames import FrameClock
from scheduler.playout.mixer import BLOCK, FADE
from scheduler.playout.outputs.null import Null
from scheduler.playout.programme import Ended, EngineEvent, OutputState, Programme, Started
from tests.examples import examples
from tests.playout.aired import outputs_failed, outputs_ok
from tests.playout.fake_output import FakeOutput
from tests.playout.stepped_desk import SIX, Answer, Services, at_frame, card, noise, programme, seconds

# -- starting and ending ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 47_999, 123_456])
@pytest.mark.parametrize("step", [0.02, 0.033, 0.5])
def test_it_starts_on_the_exact_frame(frame: int, step: float):
    out = card()
    services = Services(out)
    services.engine.step()
    sound = noise(0.3)
    services.engine.arm(Programme("a", "all", Priority.NORMAL, (sound,)), at_frame(frame))
    services.run(4, step)
    assert np.flatnonzero(out.sound)[0] == frame
    assert np.array_equal(out.sound[frame : frame + len(sound)], sound)
    assert not out.sound[frame + len(sound) :].any()


def test_chime_speech_pause_and_repeat_are_gapless():
    out = FakeOutput()
    services = Services(out)
    parts = noise(0.31, 1), np.zeros(700, np.int16), noise(1.07, 2), noise(1.07, 2), noise(0.2, 3)
    services.engine.arm(Programme("a", "all", Priority.NORMAL, parts), SIX + seconds(0.5))
    services.run(5)
    assert np.array_equal(out.sound, np.concatenate(parts))


def test_what_is_told_is_what_was_taken():
    out = FakeOutput("loa")
    services = Services(out)
    services.engine.arm(programme(length=2), SIX + seconds(1))
    services.run(4)
    start = SIX + seconds(1)
    assert services.started == [Started("a", start, "loa", timedelta(0))]
    assert services.ended == [
        Ended(
            "a",
            start,
            start + seconds(2),
            96_000,
            96_000,
            (("loa", 96_000),),
            None,
            shares=(OutputShare("loa", "fake", True, ("all",), 2000, 2000, start),),
            reached=96_000,
        ),
    ]
    assert (outputs_ok(services.ended[0]), outputs_failed(services.ended[0])) == (("loa",), ())
    assert out.begun == [("a", start)]
    assert out.ended == ["a"]


def test_one_long_step_gives_the_same_as_many_short_ones():
    short, long = FakeOutput(), FakeOutput()
    for out, step in ((short, 0.013), (long, 13.0)):
        services = Services(out)
        services.engine.step()
        services.engine.arm(programme("a", 1), SIX + seconds(2))
        services.engine.arm(programme("b", 1, seed=2), SIX + seconds(5))
        services.run(13, step)
        assert [event.ended_at for event in services.ended] == [SIX + seconds(3), SIX + seconds(6)]
    assert np.array_equal(short.sound, long.sound)


def test_a_late_start_is_whole_and_its_lateness_measured():
    out = FakeOutput()
    services = Services(out)
    services.run(3)
    services.engine.arm(programme(length=1), SIX + seconds(1))
    services.run(2)
    assert services.started == [Started("a", SIX + seconds(3), "fake", seconds(2))]
    assert np.array_equal(out.sound, noise(1))
    assert services.ended[0].frames_accepted == HOUSE_RATE


def test_two_programmes_in_sequence():
    out = FakeOutput()
    services = Services(out)
    services.engine.arm(programme("a", 1.0), SIX + seconds(1))
    services.engine.arm(programme("b", 0.5, seed=2), SIX + seconds(2))
    services.run(4)
    assert np.array_equal(out.sound, np.concatenate([noise(1.0), noise(0.5, 2)]))
    assert [(event.slot_id, event.cut) for event in services.ended] == [("a", None), ("b", None)]
    assert out.ended == ["a", "b"]


def test_the_same_slot_is_not_armed_twice():
    services = Services(FakeOutput())
    services.engine.arm(programme(), SIX + seconds(1))
    with pytest.raises(ValueError, match="armed already"):
        services.engine.arm(programme(), SIX + seconds(9))


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param((), id="no_parts"),
        pytest.param((np.zeros(0, np.int16),), id="no_frames"),
        pytest.param((np.zeros(9, np.float32),), id="floats"),
        pytest.param((np.zeros((9, 2), np.int16),), id="stereo"),
    ],
)
def test_a_programme_that_cannot_be_aired_is_refused(parts: tuple[np.ndarray, ...]):
    with pytest.raises(ValueError, match="programme a"):
        Programme("a", "all", Priority.NORMAL, parts)


def test_on_air_is_what_is_audible_now():
    services = Services(card(lead=0.6))
    services.engine.step()
    services.engine.arm(programme(length=2), SIX + seconds(1))
    services.run(0.9)
    assert services.engine.on_air() == ()
    services.run(1.1)
    (sounding,) = services.engine.on_air()
    assert (sounding.slot_id, sounding.zone, sounding.started_at) == ("a", "all", SIX + seconds(1))
    assert sounding.frames_accepted == pytest.approx(HOUSE_RATE, abs=1)
    assert sounding.frames_total == 2 * HOUSE_RATE
    services.run(1.1)
    assert services.engine.on_air() == ()


# -- the wall clock -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [pytest.param(3.0, id="forward"), pytest.param(-3.0, id="back")])
def test_a_clock_step_between_arm_and_start_is_followed(step: float):
    out = card()
    services = Services(out)
    services.engine.step()
    services.engine.arm(programme(), SIX + seconds(6))
    services.run(1)
    services.clock.step_wall(step)
    services.run(12)
    assert np.flatnonzero(out.sound)[0] == pytest.approx((6 - step) * HOUSE_RATE, abs=1)
    assert abs(services.started[0].at - (SIX + seconds(6))) <= timedelta(microseconds=25)
    assert len(services.ended) == 1


def test_a_clock_step_while_it_sounds_moves_no_sound():
    out = FakeOutput()
    services = Services(out)
    services.engine.arm(programme(length=2), SIX + seconds(1))
    services.run(2)
    services.clock.step_wall(-3600)
    services.run(2)
    assert np.array_equal(out.sound, noise(2))
    assert len(services.started) == len(services.ended) == 1


def test_a_step_past_the_start_begins_at_once_and_once():
    out = FakeOutput()
    services = Services(out)
    services.engine.arm(programme(), SIX + seconds(600))
    services.run(1)
    services.clock.step_wall(3600)
    services.run(3)
    assert np.array_equal(out.sound, noise(1))
    assert services.started[0].late > seconds(3000)


def test_a_thread_switch_between_the_two_clocks_moves_no_start():
    class Interrupted(SteppedClock):
        """Twice, the thread is away for 80 ms between its two readings."""

        away = 0

        def now(self) -> datetime:
            if self.away:
                self.away -= 1
                self.advance(0.08)
            return super().now()

    clock = Interrupted(SIX)
    frames = FrameClock(clock)
    clock.away = 2
    assert frames.frame_at(SIX + seconds(10)) == 10 * HOUSE_RATE
    clock.away = 2
    assert abs(frames.wall_at(10 * HOUSE_RATE) - (SIX + seconds(10))) <= timedelta(microseconds=1)


# -- cuts -----------------------------------------------------------------------------------------------------------


def test_cut_before_its_start_never_sounds():
    out = card()
    services = Services(out)
    services.engine.arm(programme(), SIX + seconds(5))
    services.run(1)
    services.engine.cut("a", "cancelled")
    services.run(8)
    assert not out.sound.any()
    assert services.started == []
    (ended,) = services.ended
    assert (ended.started_at, ended.frames_accepted, ended.cut) == (None, 0, "cancelled")
    assert ended.ended_at <= SIX + seconds(1.2)


def test_cut_while_it_sounds_fades_out():
    out = card(lead=0.6)
    services = Services(out)
    services.engine.step()
    services.engine.arm(programme(length=10), SIX + seconds(2))
    services.run(4)
    services.engine.cut("a", "stopped_by")
    services.run(2)
    last = np.flatnonzero(out.sound)[-1]
    handed_out = round(4.6 * HOUSE_RATE)
    assert handed_out < last < handed_out + FADE
    (ended,) = services.ended
    assert ended.cut == "stopped_by"
    assert ended.frames_accepted == pytest.approx(2.6 * HOUSE_RATE + FADE, abs=1)
    assert abs(ended.ended_at - (SIX + seconds(4.64))) < seconds(0.001)


def test_cutting_twice_keeps_the_first_reason_and_ends_once():
    services = Services(FakeOutput())
    services.engine.arm(programme(length=5), SIX)
    services.run(1)
    services.engine.cut("a", "first")
    services.engine.cut("a", "second")
    services.run(1)
    services.engine.cut("a", "third")
    services.run(1)
    assert [event.cut for event in services.ended] == ["first"]


def test_cutting_what_is_unknown_changes_nothing():
    services = Services(FakeOutput())
    services.engine.cut("nobody", "stopped_by")
    services.run(0.2)
    assert services.ended == []


def test_an_emergency_begins_within_the_fade_of_what_it_cut():
    out = card(lead=0.6)
    services = Services(out)
    services.engine.step()
    services.engine.arm(programme("a", 10), SIX + seconds(1))
    services.run(3)
    services.engine.cut("a", "pre_empted")
    services.engine.arm(programme("b", 1, seed=2), services.clock.now())
    services.run(3)
    assert services.started[1].slot_id == "b"
    assert services.started[1].late == pytest.approx(seconds(0.6), abs=seconds(0.001))
    whole = out.sound[round(3.6 * HOUSE_RATE) + FADE : round(4.6 * HOUSE_RATE)]
    assert np.array_equal(whole, noise(1, 2)[FADE:])


# -- the gate -------------------------------------------------------------------------------------------------------


def test_every_frame_was_asked_for_before_it_left():
    services = Services(card(lead=0.6))
    services.engine.arm(programme(length=2), SIX + seconds(1))
    services.run(4)
    spans = [(start, end) for _, start, end in services.asked]
    assert spans[0][0] == SIX + seconds(1)
    assert spans[-1][1] == SIX + seconds(3)
    assert all(later[0] <= earlier[1] for earlier, later in pairwise(spans))


def test_a_no_in_the_middle_is_silent_before_the_forbidden_time():
    out = card()
    services = Services(out)
    services.engine.step()
    services.forbidden = [(SIX + seconds(3), SIX + seconds(60))]
    services.engine.arm(programme(length=10), SIX + seconds(1))
    services.run(8)
    last = np.flatnonzero(out.sound)[-1]
    assert 3 * HOUSE_RATE - BLOCK - FADE <= last < 3 * HOUSE_RATE
    assert np.abs(np.diff(out.sound[last - FADE // 8 : last + 5].astype(int))).max() < 1500
    (ended,) = services.ended
    assert ended.cut == "quiet_hours"
    assert ended.ended_at <= SIX + seconds(3)


def test_a_no_at_the_start_never_sounds():
    out = card()
    services = Services(out)
    services.forbidden = [(SIX, SIX + seconds(60))]
    services.engine.arm(programme(), SIX + seconds(2))
    services.run(5)
    assert not out.sound.any()
    assert (services.started, services.ended[0].cut, services.ended[0].started_at) == ([], "quiet_hours", None)


def test_a_gate_that_fails_is_a_closed_gate():
    out = card()
    events: list[EngineEvent] = []
    clock = SteppedClock(SIX)

    def allow(slot_id: str, start: datetime, end: datetime, zones: tuple[str, ...]) -> Answer:
        raise KeyError(slot_id)

    engine = Engine(clock, [out], allow=allow, on_event=events.append)
    engine.arm(programme(), SIX + seconds(1))
    for _ in range(30):
        clock.advance(0.1)
        engine.step()
    assert not out.sound.any()
    assert [event.cut for event in events if isinstance(event, Ended)] == ["gate_failed"]


@settings(max_examples=examples(60), deadline=None)
@given(
    start=st.integers(0, 4 * HOUSE_RATE),
    length=st.integers(1, 3 * HOUSE_RATE),
    forbidden=st.lists(st.tuples(st.integers(0, 6 * HOUSE_RATE), st.integers(1, HOUSE_RATE)), max_size=3),
    steps=st.lists(st.floats(0.005, 1.5), min_size=8, max_size=30),
    leads=st.lists(st.sampled_from([0.0, 0.05, 0.6]), min_size=1, max_size=3),
)
def test_nothing_ever_sounds_in_forbidden_time(
    start: int, length: int, forbidden: list[tuple[int, int]], steps: list[float], leads: list[float]
):
    outputs = [card(f"card{number}", lead=lead) for number, lead in enumerate(leads)]
    services = Services(*outputs)
    spans = [(begin, begin + count) for begin, count in forbidden]
    services.forbidden = [(at_frame(begin), at_frame(end)) for begin, end in spans]
    services.engine.step()
    sound = np.full(length, 9000, np.int16)
    services.engine.arm(Programme("a", "all", Priority.NORMAL, (sound,)), at_frame(start))
    for step in (*steps, 8.0):
        services.clock.advance(step)
        services.engine.step()
    for out in outputs:
        for begin, end in spans:
            # Instants have whole microseconds: the frame at the very edge may fall on either side.
            assert not out.sound[begin + 1 : max(0, end - 1)].any()
    assert len(services.ended) == 1


# -- outputs together -----------------------------------------------------------------------------------------------


def test_each_output_has_its_own_lead_and_the_same_timeline():
    near, far = card("near", lead=0.05), card("far", lead=0.6)
    services = Services(near, far)
    services.engine.step()
    services.engine.arm(programme(), SIX + seconds(2))
    services.run(4)
    for out in (near, far):
        assert np.flatnonzero(out.sound)[0] == 2 * HOUSE_RATE
    assert (near.frames, far.frames) == (round(4.05 * HOUSE_RATE), round(4.6 * HOUSE_RATE))
    assert services.engine.lead == 0.6
    assert outputs_ok(services.ended[0]) == ("near", "far")


def test_a_late_start_begins_together_where_the_furthest_output_stands():
    near, far = card("near"), card("far", lead=0.6)
    services = Services(near, far)
    services.engine.step()
    services.run(2)
    services.engine.arm(programme(), SIX)
    services.run(3)
    for out in (near, far):
        assert np.flatnonzero(out.sound)[0] == round(2.6 * HOUSE_RATE)
    assert services.started[0].at == pytest.approx(SIX + seconds(2.6), abs=seconds(0.001))


def test_zones_hear_their_own_programmes():
    north, south = FakeOutput("bac", ("bac",)), FakeOutput("nam", ("nam",))
    services = Services(north, south)
    services.engine.arm(programme("n", 1, "bac", seed=1), SIX + seconds(1))
    services.engine.arm(programme("s", 1, "nam", seed=2), SIX + seconds(1))
    services.engine.arm(programme("both", 1, "all", seed=3), SIX + seconds(3))
    services.run(5)
    assert np.array_equal(north.sound, np.concatenate([noise(1, 1), noise(1, 3)]))
    assert np.array_equal(south.sound, np.concatenate([noise(1, 2), noise(1, 3)]))
    assert [outputs_ok(event) for event in services.ended] == [("bac",), ("nam",), ("bac", "nam")]


def test_an_output_that_fails_half_way_leaves_the_others_alone():
    good, bad = FakeOutput("good"), FakeOutput("bad")
    services = Services(good, bad)
    bad.break_after = HOUSE_RATE
    services.engine.arm(programme(length=4), SIX + seconds(1))
    services.run(7)
    assert np.array_equal(good.sound, noise(4))
    (ended,) = services.ended
    frames = dict(ended.frames)
    assert frames["good"] == ended.frames_total
    assert ended.frames_accepted == min(frames.values()) < ended.frames_total, "the worst loudspeaker is the truth"
    assert 0.85 * 4 * HOUSE_RATE < frames["bad"] < ended.frames_total
    assert outputs_ok(ended) == ("good",)
    assert outputs_failed(ended) == (("bad", "the cable was pulled; push it back in"),)
    assert services.changes == [
        ("good", OutputState.OPEN),
        ("bad", OutputState.OPEN),
        ("bad", OutputState.RETRYING),
        ("bad", OutputState.OPEN),
    ]


def test_a_returning_output_joins_at_the_place_where_the_others_are():
    good, bad = FakeOutput("good"), FakeOutput("bad")
    services = Services(good, bad)
    bad.break_after = HOUSE_RATE
    services.engine.arm(programme(length=4), SIX + seconds(1))
    services.run(7)
    rejoined = bad.frames - HOUSE_RATE
    assert np.array_equal(bad.sound[HOUSE_RATE:], noise(4)[-rejoined:])
    assert [slot_id for slot_id, _ in bad.begun] == ["a", "a"]


def test_what_a_failed_device_held_and_did_not_sound_is_not_counted():
    out = card(lead=0.6)
    services = Services(out)
    services.engine.step()
    services.engine.arm(programme(length=10), SIX + seconds(1))
    out.break_after = round(3.6 * HOUSE_RATE)
    out.refuse_open = None
    services.run(2.5)
    out.refuse_open = OutputError("still away")
    services.run(12)
    (ended,) = services.ended
    assert ended.frames_accepted < 2.2 * HOUSE_RATE
    assert outputs_ok(ended) == ()
    assert ended.cut is None


def test_an_output_is_tried_again_with_growing_pauses():
    out = FakeOutput()
    out.refuse_open = OutputError("no sound server")
    services = Services(out)
    attempts: list[float] = []
    opened = out.open
    out.open = lambda: (attempts.append(services.clock.monotonic()), opened())  # type: ignore[method-assign,assignment] # a spy
    services.run(15, 0.05)
    pauses = [b - a for a, b in pairwise(attempts)]
    assert pauses[0] == pytest.approx(0.25, abs=0.06)
    assert max(pauses) == pytest.approx(3.0, abs=0.06)
    assert all(later >= earlier - 0.06 for earlier, later in pairwise(pauses))
    (health,) = services.engine.health()
    assert (health.state, health.message, health.name) == (OutputState.RETRYING, "no sound server", "fake")
    out.refuse_open = None
    services.run(3.1)
    assert services.engine.health()[0].state is OutputState.OPEN


def test_a_permanent_fault_is_not_tried_again():
    out = FakeOutput()
    out.refuse_open = OutputError("no such library", permanent=True)
    services = Services(out)
    services.run(1)
    out.refuse_open = None
    services.run(10)
    assert out.opened == 0
    assert services.engine.health()[0].state is OutputState.DOWN


def test_a_permanent_fault_is_tried_again_when_a_person_has_seen_to_it():
    out = FakeOutput()
    out.refuse_open = OutputError("no such library", permanent=True)
    services = Services(out)
    services.run(1)
    out.refuse_open = None
    services.run(10)
    assert out.opened == 0
    assert services.engine.health()[0].state is OutputState.DOWN
    out.refuse_open = None
    services.engine.reopen("nobody's")
    services.engine.step()
    assert services.engine.health()[0].state is OutputState.DOWN
    services.engine.reopen(services.engine.health()[0].name)
    services.engine.step()
    assert services.engine.health()[0].state is OutputState.OPEN


def test_with_no_output_it_ends_as_failed_after_a_while():
    out = FakeOutput("loa")
    out.refuse_open = OutputError("no sound server")
    services = Services(out)
    services.engine.arm(programme(), SIX + seconds(2))
    services.run(6)
    assert services.ended == []
    services.run(4)
    (ended,) = services.ended
    assert (ended.cut, ended.started_at, ended.frames_accepted) == ("no_output", None, 0)
    assert outputs_failed(ended) == (("loa", "no sound server"),)


def test_an_output_that_comes_back_in_time_airs_it_late():
    out = FakeOutput()
    out.refuse_open = OutputError("no sound server")
    services = Services(out)
    services.engine.arm(programme(), SIX + seconds(2))
    services.run(3)
    out.refuse_open = None
    services.run(6)
    assert np.array_equal(out.sound, noise(1))
    assert seconds(1) <= services.started[0].late <= seconds(4)


def test_patience_is_the_callers():
    out = FakeOutput()
    out.refuse_open = OutputError("no sound server")
    services = Services(out)
    patience = timedelta(seconds=60)
    engine = Engine(services.clock, [out], allow=services.allow, on_event=services.events.append, patience=patience)
    engine.arm(programme(), SIX + seconds(2))
    for number in range(450):
        services.clock.advance(0.1)
        out.refuse_open = OutputError("no sound server") if number < 400 else None
        engine.step()
    assert np.array_equal(out.sound, noise(1))
    assert services.started[0].late > seconds(37)


def test_what_broke_before_anybody_heard_it_airs_whole_later():
    out = card(lead=0.6)
    services = Services(out)
    services.engine.step()
    out.break_after = 2 * HOUSE_RATE + 1000  # taken at 1.4 s on the clock, audible at 2 s only
    services.engine.arm(programme(length=1), SIX + seconds(2))
    services.run(6)
    assert np.array_equal(out.sound[-(out.sound[::-1] != 0).argmax() - HOUSE_RATE :][:HOUSE_RATE], noise(1))
    (ended,) = services.ended
    assert (ended.frames_accepted, outputs_ok(ended), outputs_failed(ended)) == (HOUSE_RATE, ("card",), ())
    assert services.started[0].late == timedelta(0)  # it was open again before the instant came


def test_a_zone_without_an_output_is_told():
    services = Services(FakeOutput("loa", ("bac",)))
    services.engine.arm(programme(zone="nam"), SIX + seconds(1))
    services.run(8)
    assert [(event.cut, outputs_failed(event)) for event in services.ended] == [("no_output", ())]


def test_an_unexpected_fault_of_an_output_stays_its_own():
    good, bad = FakeOutput("good"), FakeOutput("bad")
    services = Services(good, bad)
    bad.write = None  # type: ignore[method-assign,assignment] # what a broken library does: TypeError at the call
    services.engine.arm(programme(), SIX + seconds(1))
    services.run(4)
    assert np.array_equal(good.sound, noise(1))
    assert "TypeError" in dict(outputs_failed(services.ended[0]))["bad"]


# -- the end --------------------------------------------------------------------------------------------------------


def test_stop_while_it_sounds_fades_and_tells():
    out = card()
    services = Services(out)
    services.engine.step()
    services.engine.arm(programme("a", 10), SIX + seconds(1))
    services.engine.arm(programme("b", 10), SIX + seconds(60))
    services.run(3)
    services.engine.stop()
    services.engine.stop()
    assert not out.is_open
    assert len(out.sound) - 3 * HOUSE_RATE == pytest.approx(FADE, abs=BLOCK)
    assert abs(int(out.sound[-1])) < 100
    assert [(event.slot_id, event.cut) for event in services.ended] == [("a", "stopped"), ("b", "stopped")]
    assert [event.started_at for event in services.ended] == [SIX + seconds(1), None]
    with pytest.raises(RuntimeError, match="stopping"):
        services.engine.arm(programme("c"), SIX)


def test_a_listener_that_fails_does_not_stop_the_sound():
    out = FakeOutput()
    clock = SteppedClock(SIX)

    def listen(event: EngineEvent) -> None:
        raise OSError("disk full")

    engine = Engine(clock, [out], allow=lambda *_: Answer(allowed=True), on_event=listen)
    engine.arm(programme(), SIX + seconds(1))
    for _ in range(30):
        clock.advance(0.1)
        engine.step()
    assert np.array_equal(out.sound, noise(1))


def test_a_listener_may_arm_the_next_one():
    out = FakeOutput()
    services = Services(out)
    clock, events = services.clock, services.events

    def listen(event: EngineEvent) -> None:
        events.append(event)
        if isinstance(event, Ended) and event.slot_id == "a":
            engine.arm(programme("b", 1, seed=2), clock.now())

    engine = Engine(clock, [out], allow=services.allow, on_event=listen)
    engine.arm(programme("a", 1), SIX + seconds(1))
    for _ in range(50):
        clock.advance(0.1)
        engine.step()
    assert np.array_equal(out.sound, np.concatenate([noise(1), noise(1, 2)]))


def test_hours_of_silence_cost_an_unpaced_output_nothing():
    out = Null("null", ("all",))
    services = Services(out)
    services.engine.step()
    services.engine.arm(programme(), SIX + seconds(30 * 86_400))
    services.run(31 * 86_400, 86_400)
    assert out.frames == HOUSE_RATE
    assert services.started[0].late == timedelta(0)
