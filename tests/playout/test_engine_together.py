"""Several programmes and several outputs at once: live feeds, ducking, ends without a cut, a no for one zone alone."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.air.volume import Volume, volume_of
from scheduler.core.model import HOUSE_RATE, Priority
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import BLOCK, FADE, KNEE, RISE, Block, Part
from scheduler.playout.outputs.null import Null
from scheduler.playout.programme import Ended, Programme
from scheduler.playout.stream_buffer import StreamBuffer
from tests.examples import examples
from tests.playout.aired import outputs_failed, outputs_ok
from tests.playout.fake_output import FakeOutput
from tests.playout.stepped_desk import SIX, Services, at_frame, card, noise, programme, seconds


def level(length: float, value: int = 8000) -> Block:
    return np.full(round(length * HOUSE_RATE), value, np.int16)


def live(
    slot_id: str, *parts: Part, under: float | None = 0.25, priority: Priority = Priority.NORMAL, zone: str = "all"
) -> Programme:
    return Programme(slot_id, zone, priority, parts, under_gain=under)


def speak(services: Services, feed: StreamBuffer, length: float, value: int = 4000) -> None:
    """Let a producer push at the clock's pace while the engine runs."""
    for _ in range(round(length * 50)):
        feed.push(level(0.02, value))
        services.run(0.02, 0.02)


# -- live feeds -------------------------------------------------------------------------------------------------------


def test_a_chime_and_then_a_live_feed_follow_without_a_gap():
    out = card(lead=0.6)
    services = Services(out)
    services.engine.step()
    feed = StreamBuffer(10 * HOUSE_RATE)
    chime = noise(1)
    services.engine.arm(live("mic", chime, feed), SIX + seconds(2))
    services.run(1)
    speak(services, feed, 4)
    assert np.array_equal(out.sound[2 * HOUSE_RATE : 3 * HOUSE_RATE], chime)
    assert (out.sound[3 * HOUSE_RATE + FADE : 5 * HOUSE_RATE] == 4000).all()


def test_a_feed_that_is_closed_ends_its_programme_everywhere_at_once_and_nothing_is_cut():
    near, far = card("near", lead=0.05), card("far", lead=0.6)
    services = Services(near, far)
    services.engine.step()
    feed = StreamBuffer(60 * HOUSE_RATE)
    services.engine.arm(live("mic", noise(0.5), feed), SIX + seconds(1))
    speak(services, feed, 3)
    feed.close()
    services.run(3)
    assert np.array_equal(near.sound[: 6 * HOUSE_RATE], far.sound[: 6 * HOUSE_RATE])
    (ended,) = services.ended
    assert (ended.cut, ended.missing) == (None, 0)
    assert ended.frames_accepted == ended.frames_total
    assert ended.frames_total == pytest.approx(0.5 * HOUSE_RATE + feed.pushed, abs=FADE + BLOCK)
    assert dict(ended.frames) == {"near": ended.frames_total, "far": ended.frames_total}
    spoken = np.count_nonzero(far.sound == 4000)
    assert spoken == pytest.approx(feed.pushed - 2 * FADE, abs=FADE)


def test_a_feed_that_is_closed_before_it_began_ends_behind_the_chime():
    out = FakeOutput()
    services = Services(out)
    feed = StreamBuffer(60 * HOUSE_RATE)
    services.engine.arm(live("mic", noise(0.5), feed), SIX + seconds(1))
    feed.close()
    services.run(3)
    assert np.array_equal(out.sound[: HOUSE_RATE // 2], noise(0.5))
    assert not out.sound[HOUSE_RATE // 2 :].any()
    (ended,) = services.ended
    assert ended.cut is None
    assert ended.frames_accepted == ended.frames_total == pytest.approx(HOUSE_RATE // 2, abs=2 * FADE)


def test_a_late_chime_before_a_closed_feed_is_heard_on_outputs_that_stand_apart():
    near, far = card("near"), card("far", lead=0.6)
    services = Services(near, far)
    services.engine.step()
    services.run(2)
    feed = StreamBuffer(60 * HOUSE_RATE)
    feed.close()
    services.engine.arm(live("mic", noise(0.5), feed), SIX)
    services.run(3)
    begin = round(2.6 * HOUSE_RATE)
    for out in (near, far):
        assert np.array_equal(out.sound[begin : begin + HOUSE_RATE // 2], noise(0.5))
    assert [event.cut for event in services.ended] == [None]


def test_a_source_that_never_comes_is_told_as_missing():
    services = Services(FakeOutput())
    feed = StreamBuffer(2 * HOUSE_RATE)
    services.engine.arm(live("relay", noise(0.5), feed), SIX + seconds(1))
    services.run(5)
    (ended,) = services.ended
    assert ended.frames_accepted == ended.frames_total == round(2.5 * HOUSE_RATE)
    assert ended.missing == 2 * HOUSE_RATE


def test_a_gap_in_a_relay_is_told_as_missing_once_for_all_outputs():
    services = Services(card("near"), card("far", lead=0.6), Null("null", ("all",)))
    services.engine.step()
    feed = StreamBuffer(6 * HOUSE_RATE)
    services.engine.arm(live("relay", feed), SIX + seconds(1))
    speak(services, feed, 3)
    services.run(1)
    speak(services, feed, 6)
    (ended,) = services.ended
    # It began with 0.2 s in hand less what the lead took; between the two there was a second, and the margin.
    assert 0.5 * HOUSE_RATE < ended.missing < 1.5 * HOUSE_RATE
    assert ended.missing == feed.missing


# -- finish -----------------------------------------------------------------------------------------------------------


def test_finish_fades_and_counts_as_whole():
    out = card(lead=0.6)
    services = Services(out)
    services.engine.step()
    services.engine.arm(programme(length=10), SIX + seconds(2))
    services.run(4)
    services.engine.finish("a")
    services.engine.finish("a")
    services.engine.cut("a", "too_late_to_be_a_cut")
    services.run(2)
    (ended,) = services.ended
    assert ended.cut is None
    assert ended.frames_accepted == ended.frames_total == round(2.6 * HOUSE_RATE) + FADE
    assert abs(int(out.sound[round(4.6 * HOUSE_RATE) + FADE - 5])) < 200
    assert not out.sound[round(4.6 * HOUSE_RATE) + FADE :].any()


def test_finish_before_the_start_ends_it_with_nothing_of_nothing():
    services = Services(card())
    services.engine.arm(programme(), SIX + seconds(5))
    services.engine.finish("a")
    services.engine.finish("nobody")
    services.run(0.5)
    (ended,) = services.ended
    assert (ended.started_at, ended.frames_accepted, ended.frames_total, ended.cut) == (None, 0, 0, None)


def test_what_was_cut_stays_cut_when_it_is_finished():
    services = Services(card())
    services.engine.arm(programme(length=9), SIX)
    services.run(1)
    services.engine.cut("a", "pre_empted")
    services.engine.finish("a")
    services.run(1)
    assert [(event.cut, event.frames_total) for event in services.ended] == [("pre_empted", 9 * HOUSE_RATE)]


def test_what_is_finishing_when_the_station_stops_is_not_cut():
    services = Services(card())
    services.engine.arm(programme(length=9), SIX)
    services.run(1)
    services.engine.finish("a")
    services.engine.stop()
    assert [event.cut for event in services.ended] == [None]


# -- ducking ------------------------------------------------------------------------------------------------------------


def test_while_live_sounds_the_others_are_held_down_and_come_back():
    out = card()
    services = Services(out)
    services.engine.step()
    services.engine.arm(Programme("music", "all", Priority.NORMAL, (level(10),)), SIX + seconds(1))
    services.engine.arm(live("mic", level(2, 0)), SIX + seconds(4))
    services.run(12)
    sound = out.sound.astype(int)
    begin, end = 4 * HOUSE_RATE, 6 * HOUSE_RATE
    assert (sound[HOUSE_RATE : begin + 1] == 8000).all()
    assert (sound[begin + FADE : end + 1] == 2000).all()
    assert (sound[end + RISE : 11 * HOUSE_RATE] == 8000).all()
    assert (np.diff(sound[end : end + RISE]) >= 0).all()
    assert sound[end + RISE // 2] == pytest.approx(5000, abs=10)


def test_live_that_is_cut_gives_the_others_back_from_there():
    out = card(lead=0.6)
    services = Services(out)
    services.engine.step()
    services.engine.arm(Programme("music", "all", Priority.NORMAL, (level(10),)), SIX + seconds(1))
    services.engine.arm(live("mic", level(5, 0)), SIX + seconds(4))
    services.run(5)
    services.engine.cut("mic", "stopped_by")
    services.run(7)
    cut = round(5.6 * HOUSE_RATE) + FADE
    sound = out.sound.astype(int)
    assert (sound[4 * HOUSE_RATE + FADE : cut + 1] == 2000).all()
    assert sound[cut + RISE // 2] == pytest.approx(5000, abs=10)
    assert (sound[cut + RISE : 11 * HOUSE_RATE] == 8000).all()
    assert np.abs(np.diff(sound[HOUSE_RATE + 1 : 11 * HOUSE_RATE])).max() <= 10


def test_live_in_one_zone_leaves_the_other_zone_alone():
    north, south = card("bac", ("bac",)), card("nam", ("nam",))
    services = Services(north, south)
    services.engine.step()
    services.engine.arm(Programme("music", "all", Priority.NORMAL, (level(5),)), SIX + seconds(1))
    services.engine.arm(live("mic", level(2, 0), zone="bac"), SIX + seconds(2))
    services.run(7)
    assert north.sound[3 * HOUSE_RATE] == 2000
    assert (south.sound[HOUSE_RATE : 6 * HOUSE_RATE] == 8000).all()


@pytest.mark.parametrize("gain", [-0.1, 1.1, float("nan")])
def test_a_gain_for_others_that_is_none_is_refused(gain: float):
    with pytest.raises(ValueError, match="from 0 to 1"):
        live("mic", level(1), under=gain)


def test_a_resumed_programme_fades_in():
    out = card()
    services = Services(out)
    services.engine.step()
    resumed = Programme("a", "all", Priority.NORMAL, (level(2),), fade_in=True)
    services.engine.arm(resumed, SIX + seconds(1))
    services.run(4)
    assert out.sound[HOUSE_RATE] == 0
    assert out.sound[HOUSE_RATE + FADE // 2] == pytest.approx(4000, abs=10)
    assert (out.sound[HOUSE_RATE + FADE : 3 * HOUSE_RATE] == 8000).all()
    assert services.ended[0].frames_accepted == 2 * HOUSE_RATE


# -- a gate that knows zones ------------------------------------------------------------------------------------------


def test_a_no_to_one_zone_silences_that_output_alone():
    north, south = card("bac", ("bac",)), card("nam", ("nam",))
    services = Services(north, south)
    services.engine.step()
    services.forbidden_in = [("bac", SIX + seconds(3), SIX + seconds(60))]
    services.engine.arm(programme(length=5), SIX + seconds(1))
    services.run(8)
    assert not north.sound[3 * HOUSE_RATE :].any()
    assert np.count_nonzero(north.sound) > 1.9 * HOUSE_RATE
    assert np.array_equal(south.sound[HOUSE_RATE : 6 * HOUSE_RATE], noise(5))
    (ended,) = services.ended
    assert (ended.cut, ended.frames_accepted, outputs_ok(ended)) == (None, 5 * HOUSE_RATE, ("nam",))
    assert outputs_failed(ended) == (("bac", "zone_quiet"),)


def test_a_no_to_one_zone_before_the_start_leaves_it_silent():
    north, south = card("bac", ("bac",)), card("nam", ("nam",))
    services = Services(north, south)
    services.engine.step()
    services.forbidden_in = [("bac", SIX, SIX + seconds(60))]
    services.engine.arm(programme(length=2), SIX + seconds(1))
    services.run(5)
    assert not north.sound.any()
    assert np.array_equal(south.sound[HOUSE_RATE : 3 * HOUSE_RATE], noise(2))
    assert outputs_failed(services.ended[0]) == (("bac", "zone_quiet"),)
    assert dict(services.ended[0].frames) == {"bac": 0, "nam": 2 * HOUSE_RATE}


def test_refused_in_every_zone_it_ends_with_the_reason():
    north, south = card("bac", ("bac",)), card("nam", ("nam",), lead=0.6)
    services = Services(north, south)
    services.engine.step()
    services.forbidden_in = [(zone, SIX + seconds(3), SIX + seconds(60)) for zone in ("bac", "nam")]
    services.engine.arm(programme(length=30), SIX + seconds(1))
    services.run(5)
    (ended,) = services.ended
    assert ended.cut == "zone_quiet"
    assert outputs_ok(ended) == ()
    assert ended.ended_at <= SIX + seconds(3)


def test_a_no_that_is_not_local_is_a_no_everywhere():
    north, south = card("bac", ("bac",)), card("nam", ("nam",))
    services = Services(north, south)
    services.engine.step()
    services.forbidden = [(SIX + seconds(2), SIX + seconds(60))]
    services.engine.arm(programme(length=5), SIX + seconds(1))
    services.run(5)
    assert services.ended[0].cut == "quiet_hours"
    assert not north.sound[2 * HOUSE_RATE :].any()
    assert not south.sound[2 * HOUSE_RATE :].any()


# -- volume -----------------------------------------------------------------------------------------------------------


def test_a_volume_curve_changes_without_a_click():
    volume = volume_of(0.0, ["00:00-06:01 -20", "06:01-24:00 0"], "UTC")
    out = FakeOutput(paces=True, volume=volume)
    services = Services(out)
    services.engine.step()
    services.engine.arm(Programme("a", "all", Priority.NORMAL, (level(70),)), SIX + seconds(1))
    services.run(75, 0.5)
    sound = out.sound[HOUSE_RATE : 71 * HOUSE_RATE].astype(int)
    assert (sound[: 58 * HOUSE_RATE] == 800).all()
    assert (sound[62 * HOUSE_RATE :] == 8000).all()
    assert np.abs(np.diff(sound)).max() <= 2


def test_a_step_of_the_clock_over_a_change_of_volume_does_not_click():
    volume = volume_of(0.0, ["00:00-06:30 -20", "06:30-24:00 0"], "UTC")
    out = FakeOutput(paces=True, volume=volume)
    services = Services(out)
    services.engine.step()
    services.engine.arm(Programme("a", "all", Priority.NORMAL, (level(10),)), SIX + seconds(1))
    services.run(5)
    services.clock.step_wall(3600)
    services.run(4)
    sound = out.sound[2 * HOUSE_RATE : 8 * HOUSE_RATE].astype(int)
    assert {sound[0], sound[-1]} == {800, 8000}
    assert np.abs(np.diff(sound)).max() <= 7200 / BLOCK + 1


def test_after_an_hour_of_silence_the_volume_is_that_of_the_hour():
    volume = volume_of(0.0, ["00:00-06:30 -20", "06:30-24:00 0"], "UTC")
    out = FakeOutput(volume=volume)
    services = Services(out)
    services.engine.arm(programme("a", 1), SIX + seconds(1))
    services.engine.arm(programme("b", 1), SIX + seconds(3600))
    services.run(3700, 10)
    assert np.array_equal(out.sound[HOUSE_RATE:], noise(1))
    assert np.abs(out.sound[:HOUSE_RATE]).max() <= 2000


# -- a stepped clock's long blocks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("silent", [False, True])
def test_long_blocks_end_at_the_same_frame_as_short_ones(silent: bool):  # noqa: FBT001 - a column of the table
    ends: list[Ended] = []
    for out in (FakeOutput(silent=silent), FakeOutput(continuous=True)):
        services = Services(out)
        services.engine.step()
        services.forbidden = [(SIX + seconds(7), SIX + seconds(60))]
        services.engine.arm(programme("a", 2), SIX + seconds(1))
        services.engine.arm(programme("b", 30), SIX + seconds(3))
        services.run(12, 3.0)
        ends += services.ended
        assert len(services.asked) < 1000
    for short, long in zip(ends[:2], ends[2:], strict=True):
        assert (short.frames_accepted, short.cut, short.ended_at) == (long.frames_accepted, long.cut, long.ended_at)
    assert [event.cut for event in ends] == [None, "quiet_hours"] * 2


def test_an_output_that_discards_is_given_as_many_frames_as_are_reported():
    out = Null("null", ("all",))
    services = Services(out)
    services.engine.step()
    services.engine.arm(programme(length=30), SIX + seconds(1))
    services.run(10, 10)
    services.engine.cut("a", "stopped_by")
    services.run(10, 10)
    assert services.ended[0].frames_accepted == out.frames == 9 * HOUSE_RATE + FADE


def test_long_blocks_ask_the_gate_for_every_stretch():
    services = Services(Null("null", ("all",)))
    services.engine.step()
    services.engine.arm(programme(length=20), SIX + seconds(1))
    services.run(30, 30)
    assert services.asked[0][1] == SIX + seconds(1)
    assert services.asked[-1][2] == SIX + seconds(21)
    assert all(later[1] <= earlier[2] for earlier, later in zip(services.asked, services.asked[1:], strict=False))
    assert len(services.asked) <= 50


def test_a_simulation_can_jump_from_event_to_event():
    services = Services(Null("null", ("all",)))
    assert services.engine.next_event() is None
    services.engine.step()
    services.engine.arm(programme("a", 600), SIX + seconds(100))
    services.engine.arm(programme("b", 60), SIX + seconds(5000))
    seen: list[datetime] = []
    while (at := services.engine.next_event()) is not None:
        seen.append(at)
        services.clock.advance((at - services.clock.now()).total_seconds())
        services.engine.step()
    assert seen == [SIX + seconds(second) for second in (100, 100.02, 700, 5000, 5000.02, 5060)]
    assert [event.ended_at for event in services.ended] == [seen[2], seen[5]]
    assert [event.frames_accepted for event in services.ended] == [600 * HOUSE_RATE, 60 * HOUSE_RATE]


def test_what_waits_for_an_output_is_looked_at_again_in_a_block():
    out = FakeOutput()
    out.refuse_open = OutputError("no sound server")
    services = Services(out)
    services.engine.arm(programme(), SIX + seconds(1))
    services.run(3)
    assert services.engine.next_event() == services.clock.now() + seconds(0.02)


def test_a_cut_is_the_next_event():
    services = Services(card())
    services.engine.step()
    services.engine.arm(programme(length=60), SIX + seconds(1))
    services.run(5)
    services.engine.cut("a", "stopped_by")
    assert services.engine.next_event() == SIX + seconds(5.04)


# -- whatever is asked ------------------------------------------------------------------------------------------------

programmes = st.lists(
    st.tuples(
        st.integers(0, 5 * HOUSE_RATE),  # start
        st.integers(1, 3 * HOUSE_RATE),  # length
        st.sampled_from([None, 0.25, 0.0]),  # holds others at
        st.booleans(),  # fades in
        st.booleans(),  # is live
        st.sampled_from(["all", "bac", "nam"]),
    ),
    min_size=1,
    max_size=4,
)
acts = st.lists(
    st.tuples(st.floats(0.01, 1.0), st.sampled_from(["cut", "finish", "push", "close", "wait"]), st.integers(0, 3)),
    max_size=12,
)


def act_out(services: Services, feeds: dict[str, StreamBuffer], moves: list[tuple[float, str, int]]) -> int:
    """Do what is asked, and say before which frame nothing was cut on any output."""
    first_cut = 9 * HOUSE_RATE
    for wait, act, number in moves:
        services.run(wait, wait)
        slot_id, feed = str(number), feeds.get(str(number))
        if act in {"cut", "finish"}:
            first_cut = min(first_cut, round(services.clock.monotonic() * HOUSE_RATE))
        if act == "cut":
            services.engine.cut(slot_id, "stopped_by")
        elif act == "finish":
            services.engine.finish(slot_id)
        elif feed and act == "push":
            feed.push(level(0.3, 20_000))
        elif feed and act == "close":
            feed.close()
    return first_cut


@settings(max_examples=examples(30), deadline=None)
@given(programmes, acts, st.sampled_from([0.0, 0.3]))
def test_the_same_sound_for_all_and_what_is_reported_was_captured(
    wanted: list[tuple[int, int, float | None, bool, bool, str]], moves: list[tuple[float, str, int]], lead: float
):
    """Two outputs of one zone with one lead, one of another lead, and one that discards: all tell the same story."""
    twins = card("one", ("bac",), lead=lead), card("two", ("bac",), lead=lead)
    other = card("other", ("bac",), lead=0.6)
    services = Services(*twins, other, Null("null", ("bac",)))
    services.engine.step()
    feeds: dict[str, StreamBuffer] = {}
    for number, (start, length, under, fade_in, is_live, zone) in enumerate(wanted):
        sound: Part = np.full(length, 20_000, np.int16)
        if is_live:
            sound = feeds[str(number)] = StreamBuffer(length, prebuffer=0.05)
        made = Programme(str(number), zone, Priority.NORMAL, (sound,), under_gain=under, fade_in=fade_in)
        services.engine.arm(made, at_frame(start))
    first_cut = act_out(services, feeds, moves)
    services.run(12, 1.5)
    assert np.array_equal(twins[0].sound, twins[1].sound)
    assert np.array_equal(twins[0].sound[:first_cut], other.sound[:first_cut])
    assert sorted(event.slot_id for event in services.ended) == [str(number) for number in range(len(wanted))]
    for out in (*twins, other):
        assert out.sound.max(initial=0) <= 32767
        assert out.sound.min(initial=0) >= 0
    for event in services.ended:
        taken = dict(event.frames)
        loud = [frames for name, frames in taken.items() if name != "null"]  # which is no loudspeaker
        assert event.frames_accepted == min(loud, default=0)
        assert event.frames_accepted <= event.frames_total or event.cut is None
        if taken:
            assert taken["one"] == taken["two"]


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.tuples(st.integers(HOUSE_RATE, 3 * HOUSE_RATE), st.integers(1, HOUSE_RATE)), min_size=1, max_size=4))
def test_frames_accepted_are_the_frames_captured(wanted: list[tuple[int, int]]):
    out = card(lead=0.3)
    services = Services(out)
    services.engine.step()
    for number, (start, length) in enumerate(wanted):
        sound = np.full(length, 2 ** (number + 4), np.int16)  # a bit for each programme
        services.engine.arm(Programme(str(number), "all", Priority.NORMAL, (sound,)), at_frame(start))
    services.run(5, 0.25)
    heard = out.sound.astype(int)
    assert heard.max() < KNEE
    for event in services.ended:
        bit = 2 ** (int(event.slot_id) + 4)
        assert np.count_nonzero(heard & bit) == event.frames_accepted == event.frames_total
        assert np.flatnonzero(heard & bit)[0] == wanted[int(event.slot_id)][0]


@settings(max_examples=examples(25), deadline=None)
@given(
    start=st.integers(0, 2 * HOUSE_RATE),
    length=st.integers(HOUSE_RATE, 20 * HOUSE_RATE),
    forbidden=st.integers(0, 600),
    steps=st.lists(st.sampled_from([0.02, 0.1, 0.7, 1.0, 5.0]), min_size=3, max_size=12),
)
def test_a_no_falls_on_the_same_frame_whatever_the_blocks(start: int, length: int, forbidden: int, steps: list[float]):
    """`continuous` outputs keep their 20 ms; the others are given up to a second at once."""
    ends = []
    for out in (FakeOutput(), FakeOutput(continuous=True), FakeOutput(silent=True)):
        services = Services(out)
        services.engine.step()
        services.forbidden = [(SIX + seconds(forbidden / 30), SIX + timedelta(days=1))]
        sound = np.full(length, 9000, np.int16)
        services.engine.arm(Programme("a", "all", Priority.NORMAL, (sound,)), at_frame(start))
        for step in (*steps, 25.0):
            services.clock.advance(step)
            services.engine.step()
        (ended,) = services.ended
        ends.append((ended.started_at, ended.frames_accepted, ended.cut, ended.ended_at if ended.started_at else None))
    assert ends[0] == ends[1] == ends[2]


def test_a_fixed_volume_of_nothing_is_bit_exact():
    out = FakeOutput(volume=Volume(0.0))
    services = Services(out)
    services.engine.arm(programme(length=3), SIX + seconds(1))
    services.run(5, 0.37)
    assert np.array_equal(out.sound, noise(3))
