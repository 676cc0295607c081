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
from tests.playout.fake_output import FakeOutput
from tests.playout.stepped_desk import SIX, Answer, Desk, at_frame, card, noise, programme, seconds

# -- starting and ending ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 47_999, 123_456])
@pytest.mark.parametrize("step", [0.02, 0.033, 0.5])
def test_it_starts_on_the_exact_frame(frame: int, step: float):
    out = card()
    desk = Desk(out)
    desk.engine.step()
    sound = noise(0.3)
    desk.engine.arm(Programme("a", "all", Priority.NORMAL, (sound,)), at_frame(frame))
    desk.run(4, step)
    assert np.flatnonzero(out.sound)[0] == frame
    assert np.array_equal(out.sound[frame : frame + len(sound)], sound)
    assert not out.sound[frame + len(sound) :].any()


def test_chime_speech_pause_and_repeat_are_gapless():
    out = FakeOutput()
    desk = Desk(out)
    parts = noise(0.31, 1), np.zeros(700, np.int16), noise(1.07, 2), noise(1.07, 2), noise(0.2, 3)
    desk.engine.arm(Programme("a", "all", Priority.NORMAL, parts), SIX + seconds(0.5))
    desk.run(5)
    assert np.array_equal(out.sound, np.concatenate(parts))


def test_what_is_told_is_what_was_taken():
    out = FakeOutput("loa")
    desk = Desk(out)
    desk.engine.arm(programme(length=2), SIX + seconds(1))
    desk.run(4)
    start = SIX + seconds(1)
    assert desk.started == [Started("a", start, "loa", timedelta(0))]
    assert desk.ended == [
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
    assert (desk.ended[0].outputs_ok, desk.ended[0].outputs_failed) == (("loa",), ())
    assert out.begun == [("a", start)]
    assert out.ended == ["a"]


def test_one_long_step_gives_the_same_as_many_short_ones():
    short, long = FakeOutput(), FakeOutput()
    for out, step in ((short, 0.013), (long, 13.0)):
        desk = Desk(out)
        desk.engine.step()
        desk.engine.arm(programme("a", 1), SIX + seconds(2))
        desk.engine.arm(programme("b", 1, seed=2), SIX + seconds(5))
        desk.run(13, step)
        assert [event.ended_at for event in desk.ended] == [SIX + seconds(3), SIX + seconds(6)]
    assert np.array_equal(short.sound, long.sound)


def test_a_late_start_is_whole_and_its_lateness_measured():
    out = FakeOutput()
    desk = Desk(out)
    desk.run(3)
    desk.engine.arm(programme(length=1), SIX + seconds(1))
    desk.run(2)
    assert desk.started == [Started("a", SIX + seconds(3), "fake", seconds(2))]
    assert np.array_equal(out.sound, noise(1))
    assert desk.ended[0].frames_accepted == HOUSE_RATE


def test_two_programmes_in_sequence():
    out = FakeOutput()
    desk = Desk(out)
    desk.engine.arm(programme("a", 1.0), SIX + seconds(1))
    desk.engine.arm(programme("b", 0.5, seed=2), SIX + seconds(2))
    desk.run(4)
    assert np.array_equal(out.sound, np.concatenate([noise(1.0), noise(0.5, 2)]))
    assert [(event.slot_id, event.cut) for event in desk.ended] == [("a", None), ("b", None)]
    assert out.ended == ["a", "b"]


def test_the_same_slot_is_not_armed_twice():
    desk = Desk(FakeOutput())
    desk.engine.arm(programme(), SIX + seconds(1))
    with pytest.raises(ValueError, match="armed already"):
        desk.engine.arm(programme(), SIX + seconds(9))


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
    desk = Desk(card(lead=0.6))
    desk.engine.step()
    desk.engine.arm(programme(length=2), SIX + seconds(1))
    desk.run(0.9)
    assert desk.engine.on_air() == ()
    desk.run(1.1)
    (sounding,) = desk.engine.on_air()
    assert (sounding.slot_id, sounding.zone, sounding.started_at) == ("a", "all", SIX + seconds(1))
    assert sounding.frames_accepted == pytest.approx(HOUSE_RATE, abs=1)
    assert sounding.frames_total == 2 * HOUSE_RATE
    desk.run(1.1)
    assert desk.engine.on_air() == ()


# -- the wall clock -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [pytest.param(3.0, id="forward"), pytest.param(-3.0, id="back")])
def test_a_clock_step_between_arm_and_start_is_followed(step: float):
    out = card()
    desk = Desk(out)
    desk.engine.step()
    desk.engine.arm(programme(), SIX + seconds(6))
    desk.run(1)
    desk.clock.step_wall(step)
    desk.run(12)
    assert np.flatnonzero(out.sound)[0] == pytest.approx((6 - step) * HOUSE_RATE, abs=1)
    assert abs(desk.started[0].at - (SIX + seconds(6))) <= timedelta(microseconds=25)
    assert len(desk.ended) == 1


def test_a_clock_step_while_it_sounds_moves_no_sound():
    out = FakeOutput()
    desk = Desk(out)
    desk.engine.arm(programme(length=2), SIX + seconds(1))
    desk.run(2)
    desk.clock.step_wall(-3600)
    desk.run(2)
    assert np.array_equal(out.sound, noise(2))
    assert len(desk.started) == len(desk.ended) == 1


def test_a_step_past_the_start_begins_at_once_and_once():
    out = FakeOutput()
    desk = Desk(out)
    desk.engine.arm(programme(), SIX + seconds(600))
    desk.run(1)
    desk.clock.step_wall(3600)
    desk.run(3)
    assert np.array_equal(out.sound, noise(1))
    assert desk.started[0].late > seconds(3000)


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
    desk = Desk(out)
    desk.engine.arm(programme(), SIX + seconds(5))
    desk.run(1)
    desk.engine.cut("a", "cancelled")
    desk.run(8)
    assert not out.sound.any()
    assert desk.started == []
    (ended,) = desk.ended
    assert (ended.started_at, ended.frames_accepted, ended.cut) == (None, 0, "cancelled")
    assert ended.ended_at <= SIX + seconds(1.2)


def test_cut_while_it_sounds_fades_out():
    out = card(lead=0.6)
    desk = Desk(out)
    desk.engine.step()
    desk.engine.arm(programme(length=10), SIX + seconds(2))
    desk.run(4)
    desk.engine.cut("a", "stopped_by")
    desk.run(2)
    last = np.flatnonzero(out.sound)[-1]
    handed_out = round(4.6 * HOUSE_RATE)
    assert handed_out < last < handed_out + FADE
    (ended,) = desk.ended
    assert ended.cut == "stopped_by"
    assert ended.frames_accepted == pytest.approx(2.6 * HOUSE_RATE + FADE, abs=1)
    assert abs(ended.ended_at - (SIX + seconds(4.64))) < seconds(0.001)


def test_cutting_twice_keeps_the_first_reason_and_ends_once():
    desk = Desk(FakeOutput())
    desk.engine.arm(programme(length=5), SIX)
    desk.run(1)
    desk.engine.cut("a", "first")
    desk.engine.cut("a", "second")
    desk.run(1)
    desk.engine.cut("a", "third")
    desk.run(1)
    assert [event.cut for event in desk.ended] == ["first"]


def test_cutting_what_is_unknown_changes_nothing():
    desk = Desk(FakeOutput())
    desk.engine.cut("nobody", "stopped_by")
    desk.run(0.2)
    assert desk.ended == []


def test_an_emergency_begins_within_the_fade_of_what_it_cut():
    out = card(lead=0.6)
    desk = Desk(out)
    desk.engine.step()
    desk.engine.arm(programme("a", 10), SIX + seconds(1))
    desk.run(3)
    desk.engine.cut("a", "pre_empted")
    desk.engine.arm(programme("b", 1, seed=2), desk.clock.now())
    desk.run(3)
    assert desk.started[1].slot_id == "b"
    assert desk.started[1].late == pytest.approx(seconds(0.6), abs=seconds(0.001))
    whole = out.sound[round(3.6 * HOUSE_RATE) + FADE : round(4.6 * HOUSE_RATE)]
    assert np.array_equal(whole, noise(1, 2)[FADE:])


# -- the gate -------------------------------------------------------------------------------------------------------


def test_every_frame_was_asked_for_before_it_left():
    desk = Desk(card(lead=0.6))
    desk.engine.arm(programme(length=2), SIX + seconds(1))
    desk.run(4)
    spans = [(start, end) for _, start, end in desk.asked]
    assert spans[0][0] == SIX + seconds(1)
    assert spans[-1][1] == SIX + seconds(3)
    assert all(later[0] <= earlier[1] for earlier, later in pairwise(spans))


def test_a_no_in_the_middle_is_silent_before_the_forbidden_time():
    out = card()
    desk = Desk(out)
    desk.engine.step()
    desk.forbidden = [(SIX + seconds(3), SIX + seconds(60))]
    desk.engine.arm(programme(length=10), SIX + seconds(1))
    desk.run(8)
    last = np.flatnonzero(out.sound)[-1]
    assert 3 * HOUSE_RATE - BLOCK - FADE <= last < 3 * HOUSE_RATE
    assert np.abs(np.diff(out.sound[last - FADE // 8 : last + 5].astype(int))).max() < 1500
    (ended,) = desk.ended
    assert ended.cut == "quiet_hours"
    assert ended.ended_at <= SIX + seconds(3)


def test_a_no_at_the_start_never_sounds():
    out = card()
    desk = Desk(out)
    desk.forbidden = [(SIX, SIX + seconds(60))]
    desk.engine.arm(programme(), SIX + seconds(2))
    desk.run(5)
    assert not out.sound.any()
    assert (desk.started, desk.ended[0].cut, desk.ended[0].started_at) == ([], "quiet_hours", None)


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
    desk = Desk(*outputs)
    spans = [(begin, begin + count) for begin, count in forbidden]
    desk.forbidden = [(at_frame(begin), at_frame(end)) for begin, end in spans]
    desk.engine.step()
    sound = np.full(length, 9000, np.int16)
    desk.engine.arm(Programme("a", "all", Priority.NORMAL, (sound,)), at_frame(start))
    for step in (*steps, 8.0):
        desk.clock.advance(step)
        desk.engine.step()
    for out in outputs:
        for begin, end in spans:
            # Instants have whole microseconds: the frame at the very edge may fall on either side.
            assert not out.sound[begin + 1 : max(0, end - 1)].any()
    assert len(desk.ended) == 1


# -- outputs together -----------------------------------------------------------------------------------------------


def test_each_output_has_its_own_lead_and_the_same_timeline():
    near, far = card("near", lead=0.05), card("far", lead=0.6)
    desk = Desk(near, far)
    desk.engine.step()
    desk.engine.arm(programme(), SIX + seconds(2))
    desk.run(4)
    for out in (near, far):
        assert np.flatnonzero(out.sound)[0] == 2 * HOUSE_RATE
    assert (near.frames, far.frames) == (round(4.05 * HOUSE_RATE), round(4.6 * HOUSE_RATE))
    assert desk.engine.lead == 0.6
    assert desk.ended[0].outputs_ok == ("near", "far")


def test_a_late_start_begins_together_where_the_furthest_output_stands():
    near, far = card("near"), card("far", lead=0.6)
    desk = Desk(near, far)
    desk.engine.step()
    desk.run(2)
    desk.engine.arm(programme(), SIX)
    desk.run(3)
    for out in (near, far):
        assert np.flatnonzero(out.sound)[0] == round(2.6 * HOUSE_RATE)
    assert desk.started[0].at == pytest.approx(SIX + seconds(2.6), abs=seconds(0.001))


def test_zones_hear_their_own_programmes():
    north, south = FakeOutput("bac", ("bac",)), FakeOutput("nam", ("nam",))
    desk = Desk(north, south)
    desk.engine.arm(programme("n", 1, "bac", seed=1), SIX + seconds(1))
    desk.engine.arm(programme("s", 1, "nam", seed=2), SIX + seconds(1))
    desk.engine.arm(programme("both", 1, "all", seed=3), SIX + seconds(3))
    desk.run(5)
    assert np.array_equal(north.sound, np.concatenate([noise(1, 1), noise(1, 3)]))
    assert np.array_equal(south.sound, np.concatenate([noise(1, 2), noise(1, 3)]))
    assert [event.outputs_ok for event in desk.ended] == [("bac",), ("nam",), ("bac", "nam")]


def test_an_output_that_fails_half_way_leaves_the_others_alone():
    good, bad = FakeOutput("good"), FakeOutput("bad")
    desk = Desk(good, bad)
    bad.break_after = HOUSE_RATE
    desk.engine.arm(programme(length=4), SIX + seconds(1))
    desk.run(7)
    assert np.array_equal(good.sound, noise(4))
    (ended,) = desk.ended
    frames = dict(ended.frames)
    assert frames["good"] == ended.frames_total
    assert ended.frames_accepted == min(frames.values()) < ended.frames_total, "the worst loudspeaker is the truth"
    assert 0.85 * 4 * HOUSE_RATE < frames["bad"] < ended.frames_total
    assert ended.outputs_ok == ("good",)
    assert ended.outputs_failed == (("bad", "the cable was pulled; push it back in"),)
    assert desk.changes == [
        ("good", OutputState.OPEN),
        ("bad", OutputState.OPEN),
        ("bad", OutputState.RETRYING),
        ("bad", OutputState.OPEN),
    ]


def test_a_returning_output_joins_at_the_place_where_the_others_are():
    good, bad = FakeOutput("good"), FakeOutput("bad")
    desk = Desk(good, bad)
    bad.break_after = HOUSE_RATE
    desk.engine.arm(programme(length=4), SIX + seconds(1))
    desk.run(7)
    rejoined = bad.frames - HOUSE_RATE
    assert np.array_equal(bad.sound[HOUSE_RATE:], noise(4)[-rejoined:])
    assert [slot_id for slot_id, _ in bad.begun] == ["a", "a"]


def test_what_a_failed_device_held_and_did_not_sound_is_not_counted():
    out = card(lead=0.6)
    desk = Desk(out)
    desk.engine.step()
    desk.engine.arm(programme(length=10), SIX + seconds(1))
    out.break_after = round(3.6 * HOUSE_RATE)
    out.refuse_open = None
    desk.run(2.5)
    out.refuse_open = OutputError("still away")
    desk.run(12)
    (ended,) = desk.ended
    assert ended.frames_accepted < 2.2 * HOUSE_RATE
    assert ended.outputs_ok == ()
    assert ended.cut is None


def test_an_output_is_tried_again_with_growing_pauses():
    out = FakeOutput()
    out.refuse_open = OutputError("no sound server")
    desk = Desk(out)
    attempts: list[float] = []
    opened = out.open
    out.open = lambda: (attempts.append(desk.clock.monotonic()), opened())  # type: ignore[method-assign,assignment] # a spy
    desk.run(15, 0.05)
    pauses = [b - a for a, b in pairwise(attempts)]
    assert pauses[0] == pytest.approx(0.25, abs=0.06)
    assert max(pauses) == pytest.approx(3.0, abs=0.06)
    assert all(later >= earlier - 0.06 for earlier, later in pairwise(pauses))
    (health,) = desk.engine.health()
    assert (health.state, health.message, health.name) == (OutputState.RETRYING, "no sound server", "fake")
    out.refuse_open = None
    desk.run(3.1)
    assert desk.engine.health()[0].state is OutputState.OPEN


def test_a_permanent_fault_is_not_tried_again():
    out = FakeOutput()
    out.refuse_open = OutputError("no such library", permanent=True)
    desk = Desk(out)
    desk.run(1)
    out.refuse_open = None
    desk.run(10)
    assert out.opened == 0
    assert desk.engine.health()[0].state is OutputState.DOWN


def test_a_permanent_fault_is_tried_again_when_a_person_has_seen_to_it():
    out = FakeOutput()
    out.refuse_open = OutputError("no such library", permanent=True)
    desk = Desk(out)
    desk.run(1)
    out.refuse_open = None
    desk.run(10)
    assert out.opened == 0
    assert desk.engine.health()[0].state is OutputState.DOWN
    out.refuse_open = None
    desk.engine.reopen("nobody's")
    desk.engine.step()
    assert desk.engine.health()[0].state is OutputState.DOWN
    desk.engine.reopen(desk.engine.health()[0].name)
    desk.engine.step()
    assert desk.engine.health()[0].state is OutputState.OPEN


def test_with_no_output_it_ends_as_failed_after_a_while():
    out = FakeOutput("loa")
    out.refuse_open = OutputError("no sound server")
    desk = Desk(out)
    desk.engine.arm(programme(), SIX + seconds(2))
    desk.run(6)
    assert desk.ended == []
    desk.run(4)
    (ended,) = desk.ended
    assert (ended.cut, ended.started_at, ended.frames_accepted) == ("no_output", None, 0)
    assert ended.outputs_failed == (("loa", "no sound server"),)


def test_an_output_that_comes_back_in_time_airs_it_late():
    out = FakeOutput()
    out.refuse_open = OutputError("no sound server")
    desk = Desk(out)
    desk.engine.arm(programme(), SIX + seconds(2))
    desk.run(3)
    out.refuse_open = None
    desk.run(6)
    assert np.array_equal(out.sound, noise(1))
    assert seconds(1) <= desk.started[0].late <= seconds(4)


def test_patience_is_the_callers():
    out = FakeOutput()
    out.refuse_open = OutputError("no sound server")
    desk = Desk(out)
    patience = timedelta(seconds=60)
    engine = Engine(desk.clock, [out], allow=desk.allow, on_event=desk.events.append, patience=patience)
    engine.arm(programme(), SIX + seconds(2))
    for number in range(450):
        desk.clock.advance(0.1)
        out.refuse_open = OutputError("no sound server") if number < 400 else None
        engine.step()
    assert np.array_equal(out.sound, noise(1))
    assert desk.started[0].late > seconds(37)


def test_what_broke_before_anybody_heard_it_airs_whole_later():
    out = card(lead=0.6)
    desk = Desk(out)
    desk.engine.step()
    out.break_after = 2 * HOUSE_RATE + 1000  # taken at 1.4 s on the clock, audible at 2 s only
    desk.engine.arm(programme(length=1), SIX + seconds(2))
    desk.run(6)
    assert np.array_equal(out.sound[-(out.sound[::-1] != 0).argmax() - HOUSE_RATE :][:HOUSE_RATE], noise(1))
    (ended,) = desk.ended
    assert (ended.frames_accepted, ended.outputs_ok, ended.outputs_failed) == (HOUSE_RATE, ("card",), ())
    assert desk.started[0].late == timedelta(0)  # it was open again before the instant came


def test_a_zone_without_an_output_is_told():
    desk = Desk(FakeOutput("loa", ("bac",)))
    desk.engine.arm(programme(zone="nam"), SIX + seconds(1))
    desk.run(8)
    assert [(event.cut, event.outputs_failed) for event in desk.ended] == [("no_output", ())]


def test_an_unexpected_fault_of_an_output_stays_its_own():
    good, bad = FakeOutput("good"), FakeOutput("bad")
    desk = Desk(good, bad)
    bad.write = None  # type: ignore[method-assign,assignment] # what a broken library does: TypeError at the call
    desk.engine.arm(programme(), SIX + seconds(1))
    desk.run(4)
    assert np.array_equal(good.sound, noise(1))
    assert "TypeError" in dict(desk.ended[0].outputs_failed)["bad"]


# -- the end --------------------------------------------------------------------------------------------------------


def test_stop_while_it_sounds_fades_and_tells():
    out = card()
    desk = Desk(out)
    desk.engine.step()
    desk.engine.arm(programme("a", 10), SIX + seconds(1))
    desk.engine.arm(programme("b", 10), SIX + seconds(60))
    desk.run(3)
    desk.engine.stop()
    desk.engine.stop()
    assert not out.is_open
    assert len(out.sound) - 3 * HOUSE_RATE == pytest.approx(FADE, abs=BLOCK)
    assert abs(int(out.sound[-1])) < 100
    assert [(event.slot_id, event.cut) for event in desk.ended] == [("a", "stopped"), ("b", "stopped")]
    assert [event.started_at for event in desk.ended] == [SIX + seconds(1), None]
    with pytest.raises(RuntimeError, match="stopping"):
        desk.engine.arm(programme("c"), SIX)


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
    desk = Desk(out)
    clock, events = desk.clock, desk.events

    def listen(event: EngineEvent) -> None:
        events.append(event)
        if isinstance(event, Ended) and event.slot_id == "a":
            engine.arm(programme("b", 1, seed=2), clock.now())

    engine = Engine(clock, [out], allow=desk.allow, on_event=listen)
    engine.arm(programme("a", 1), SIX + seconds(1))
    for _ in range(50):
        clock.advance(0.1)
        engine.step()
    assert np.array_equal(out.sound, np.concatenate([noise(1), noise(1, 2)]))


def test_hours_of_silence_cost_an_unpaced_output_nothing():
    out = Null("null", ("all",))
    desk = Desk(out)
    desk.engine.step()
    desk.engine.arm(programme(), SIX + seconds(30 * 86_400))
    desk.run(31 * 86_400, 86_400)
    assert out.frames == HOUSE_RATE
    assert desk.started[0].late == timedelta(0)
