"""The onset bench's scoring, on captures whose truth is known: what it says of a player must be what the player did."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples

RATE = 48_000
PATH = Path(__file__).parents[2] / "bench" / "onset" / "scoring.py"
SPEC = spec_from_file_location("onset_scoring", PATH)
scoring = sys.modules["onset_scoring"] = module_from_spec(SPEC)
SPEC.loader.exec_module(scoring)

BORN = 5_000.0
"""The monotonic second at which frame 0 of a capture sounds."""
OFFSET = 1_700_000_000.0
"""Wall clock minus monotonic clock."""
BURST = 0.3


def burst(seconds=BURST, start=0.0):
    turns = 2 * np.pi * 1000 * (np.arange(round(seconds * RATE)) + round(start * RATE)) / RATE
    return (16_383 * np.cos(turns)).astype("<i2")


def captured(frames, read=480, delays=lambda _: 0.0, speed=1.0, offset=lambda _: OFFSET):
    """A recording read in equal pieces; `delays`: how late a read comes; `speed`: of its clock against ours."""
    counts = np.arange(read, len(frames) + 1, read)
    late = np.array([delays(number) for number in range(len(counts))])
    seconds = np.maximum.accumulate(BORN + counts / RATE / speed + late)  # no read comes before the one before it
    marks = [(count, at, offset(at)) for count, at in zip(counts, seconds, strict=True)]
    return scoring.Recording(frames, np.array(marks))


def sounding_at(seconds, length, sound=None):
    """`length` seconds of silence with a burst at each of `seconds`."""
    frames = np.zeros(round(length * RATE), "<i2")
    for second in seconds:
        one = burst() if sound is None else sound
        first = round(second * RATE)
        frames[first : first + len(one)] = one
    return frames


def wall(seconds):
    return [OFFSET + BORN + second for second in seconds]


class TestOnsets:
    def test_a_player_on_time_has_no_error(self):
        heard = scoring.onsets(captured(sounding_at([3, 6, 9], 12)), wall([3, 6, 9]))
        assert heard.errors == pytest.approx([0, 0, 0], abs=0.03)
        assert (heard.missed, heard.unexpected, len(heard.holes), heard.lost) == (0, 0, 0, 0)
        assert heard.sounding == pytest.approx([300, 300, 300], abs=0.5)

    @pytest.mark.parametrize("error", [-0.04, -0.001, 0.000_14, 0.005, 0.25], ids=str)
    def test_late_is_positive_and_early_is_negative(self, error):
        heard = scoring.onsets(captured(sounding_at([3 + error, 6 + error], 9)), wall([3, 6]))
        assert heard.errors == pytest.approx([error * 1e3] * 2, abs=0.03)

    def test_a_reader_that_is_often_late_spoils_nothing(self):
        chance = np.random.default_rng(1)
        late = np.where(chance.random(2000) < 0.1, chance.exponential(0.02, 2000), 0.0)
        recording = captured(sounding_at([3.01, 6.01], 9), delays=lambda number: late[number])
        assert scoring.onsets(recording, wall([3, 6])).errors == pytest.approx([10, 10], abs=0.05)

    def test_a_silent_instant_is_missed_and_the_next_one_keeps_its_own_sound(self):
        heard = scoring.onsets(captured(sounding_at([3, 9.002], 12)), wall([3, 6, 9]))
        assert heard.missed == 1
        assert heard.errors == pytest.approx([0, 2], abs=0.03)

    def test_a_sound_that_nobody_scheduled_is_told(self):
        heard = scoring.onsets(captured(sounding_at([3, 4.2, 6], 9)), wall([3, 6]))
        assert heard.unexpected == 1
        assert heard.errors == pytest.approx([0, 0], abs=0.03)

    def test_silence_all_along_is_all_missed(self):
        heard = scoring.onsets(captured(np.zeros(9 * RATE, "<i2")), wall([3, 6]))
        assert (heard.missed, len(heard.errors), len(heard.holes)) == (2, 0, 0)

    @pytest.mark.parametrize("hole", [0.001, 0.007, 0.18, 0.9], ids=str)
    def test_silence_between_items_is_a_hole_and_no_new_onset(self, hole):
        seconds = [3, 3 + BURST + hole, 3 + 2 * (BURST + hole)]
        heard = scoring.onsets(captured(sounding_at(seconds, 9)), wall([3]), quiet=1.5)
        assert heard.holes == pytest.approx([hole * 1e3] * 2, abs=0.1)
        assert heard.sounding == pytest.approx([900], abs=1)
        assert (heard.missed, heard.unexpected) == (0, 0)

    def test_items_without_a_gap_have_no_hole(self):
        sound = np.concatenate([burst(), burst(), burst()])
        heard = scoring.onsets(captured(sounding_at([3], 9, sound)), wall([3]), quiet=1.5)
        assert len(heard.holes) == 0

    def test_a_burst_that_is_cut_short_sounds_shorter(self):
        heard = scoring.onsets(captured(sounding_at([3], 6, burst(0.276))), wall([3]))
        assert heard.sounding == pytest.approx([276], abs=0.5)


class TestFrameClock:
    def test_a_crystal_that_runs_fast_is_followed(self):
        speed = 1.000_1
        recording = captured(np.zeros(120 * RATE, "<i2"), speed=speed)
        clock = scoring.FrameClock(recording.marks)
        frames = np.array([10, 60, 110]) * RATE
        assert clock.wall(frames) == pytest.approx(OFFSET + BORN + frames / RATE / speed, abs=0.000_1)

    def test_frames_that_the_capture_lost_are_told_and_followed(self):
        recording = captured(sounding_at([3, 15], 20), delays=lambda number: 0.09 if number > 900 else 0.0)
        heard = scoring.onsets(recording, wall([3, 15.09]))
        assert heard.lost == 1
        assert heard.errors == pytest.approx([0, 0], abs=0.03)

    def test_a_late_read_at_the_very_end_is_no_lost_frame(self):
        recording = captured(sounding_at([3], 7.02), delays=lambda number: 0.03 if number >= 701 else 0.0)
        assert scoring.onsets(recording, wall([3])).lost == 0

    def test_a_step_of_the_wall_clock_moves_what_comes_after_it(self):
        recording = captured(sounding_at([3, 12], 15), offset=lambda at: OFFSET + (0.5 if at > BORN + 8 else 0.0))
        heard = scoring.onsets(recording, wall([3, 12.5]))
        assert heard.errors == pytest.approx([0, 0], abs=0.03)

    @settings(max_examples=examples(30), deadline=None)
    @given(errors=st.lists(st.floats(-0.05, 0.3), min_size=2, max_size=4), jitter=st.floats(0, 0.009))
    def test_errors_come_back_as_they_were_made(self, errors, jitter):
        instants = [3 + 3 * number for number in range(len(errors))]
        seconds = [instant + error for instant, error in zip(instants, errors, strict=True)]
        recording = captured(
            sounding_at(seconds, instants[-1] + 2), delays=lambda number: 0.0 if number % 7 == 0 else jitter
        )
        heard = scoring.onsets(recording, wall(instants))
        assert heard.errors == pytest.approx(np.array(errors) * 1e3, abs=0.05)


class TestWaits:
    def test_each_order_is_answered_by_the_first_sound_after_it(self):
        recording = captured(sounding_at([3.7, 6.65], 9))
        assert scoring.waits(recording, np.array(wall([3, 6]))) == pytest.approx([0.7, 0.65], abs=0.000_1)

    def test_an_order_that_was_not_heard_before_the_next_has_no_answer(self):
        recording = captured(sounding_at([6.65], 9))
        seen = scoring.waits(recording, np.array(wall([3, 6])))
        assert np.isnan(seen[0])
        assert seen[1] == pytest.approx(0.65, abs=0.000_1)


class TestTone:
    def test_an_unbroken_tone_has_nothing_dead_and_no_slip(self):
        seen = scoring.tone(captured(np.concatenate([np.zeros(RATE, "<i2"), burst(20), np.zeros(RATE, "<i2")])))
        assert seen.seconds == pytest.approx(20, abs=0.05)
        assert (seen.dead_ms, seen.slips) == (0, 0)
        assert seen.drift_ms == pytest.approx(0, abs=0.001)

    def test_a_hole_is_dead_for_as_long_as_it_lasts(self):
        frames = burst(20)
        frames[5 * RATE : 5 * RATE + RATE // 10] = 0
        seen = scoring.tone(captured(frames))
        assert seen.dead_ms == 100
        assert seen.slips == 0
        assert seen.dead_at[0] == pytest.approx(5, abs=0.02)

    @pytest.mark.parametrize("lost", [7, 13, 31], ids=str)
    def test_lost_frames_without_a_hole_are_a_slip(self, lost):
        frames = burst(20)
        spliced = np.concatenate([frames[: 480 * 500], frames[480 * 500 + lost :]])
        seen = scoring.tone(captured(spliced))
        assert seen.slips == 1
        assert seen.dead_ms == 0

    def test_one_frame_left_out_a_second_is_drift_and_no_slip(self):
        frames = burst(20)
        kept = np.delete(frames, np.arange(480, len(frames), RATE))
        seen = scoring.tone(captured(kept))
        assert (seen.dead_ms, seen.slips) == (0, 0)
        assert abs(seen.drift_ms) == pytest.approx(20 / 48, abs=0.03)

    def test_silence_is_no_tone(self):
        assert scoring.tone(captured(np.zeros(5 * RATE, "<i2"))).seconds == 0
