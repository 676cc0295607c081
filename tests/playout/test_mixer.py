import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.planning.sessions import sounds_in
from scheduler.playout.mixer import BLOCK, FADE, RISE, Duck, Voice, render

ALL = ("all",)


def ramp(frames: int, first: int = 1) -> np.ndarray:
    return np.arange(first, first + frames, dtype=np.int16)


def voice(*parts: np.ndarray, start: int = 0, **more: object) -> Voice:
    return Voice("slot", "all", parts, start, **more)


def test_nothing_placed_is_silence():
    block = render((), 123, BLOCK, ALL)
    assert block.dtype == np.int16
    assert block.tolist() == [0] * BLOCK


def test_a_voice_sounds_on_exactly_its_frames():
    block = render([voice(ramp(100), start=40)], 0, 200, ALL)
    assert block.tolist() == [0] * 40 + ramp(100).tolist() + [0] * 60


def test_parts_follow_each_other_without_a_gap():
    parts = ramp(70), np.zeros(5, np.int16), ramp(30, 500)
    block = render([voice(*parts, start=10)], 10, 105, ALL)
    assert block.tolist() == np.concatenate(parts).tolist()


def test_an_empty_part_between_two_is_no_gap():
    block = render([voice(ramp(10), np.zeros(0, np.int16), ramp(10, 11))], 0, 20, ALL)
    assert block.tolist() == ramp(20).tolist()


def test_at_no_gain_and_without_a_cut_the_samples_are_untouched():
    sound = np.array([-32768, -32767, -1, 0, 1, 32766, 32767], np.int16)
    assert render([voice(sound)], 0, 7, ALL).tolist() == sound.tolist()


@pytest.mark.parametrize(
    ("cut", "end"),
    [
        pytest.param(None, 1000, id="never"),
        pytest.param(600, 600, id="inside"),
        pytest.param(5000, 1000, id="later"),
        pytest.param(-5, 100, id="before_its_start"),
    ],
)
def test_a_voice_ends_at_its_cut_or_its_end(cut: int | None, end: int):
    assert voice(ramp(900), start=100, cut=cut).end == end


def test_a_cut_fades_for_forty_milliseconds_and_is_silent_after():
    loud = np.full(20_000, 20_000, np.int16)
    cut = 10_000
    sound = render([voice(loud, cut=cut)], 0, 20_000, ALL).astype(int)
    assert (sound[: cut - FADE + 1] == 20_000).all()
    assert (np.diff(sound[cut - FADE : cut]) <= 0).all()
    assert sound[cut - FADE // 2] == pytest.approx(10_000, abs=20)
    assert not sound[cut:].any()


def test_a_fade_has_no_step_that_could_click():
    loud = np.full(20_000, 30_000, np.int16)
    sound = render([voice(loud, cut=10_000)], 0, 20_000, ALL).astype(int)
    assert np.abs(np.diff(sound)).max() < 30_000 * np.pi / FADE


def test_gain_of_programme_and_output_multiply():
    loud = np.full(10, 10_000, np.int16)
    assert render([voice(loud, gain=0.5)], 0, 10, ALL, (0.1, 0.1)).tolist() == [500] * 10


def test_two_full_scale_voices_stay_in_full_scale():
    top, bottom = np.full(10, 32767, np.int16), np.full(10, -32768, np.int16)
    assert render([voice(top), voice(top)], 0, 10, ALL).tolist() == [32750] * 10
    assert render([voice(bottom), voice(bottom)], 0, 10, ALL).tolist() == [-32750] * 10


# -- what adds up -----------------------------------------------------------------------------------------------------

levels = st.integers(-32768, 32767)


@given(levels, levels)
def test_a_sum_below_the_knee_is_exact_and_above_it_below_full_scale(one: int, other: int):
    pair = [voice(np.array([level], np.int16)) for level in (one, other)]
    (sample,) = render(pair, 0, 1, ALL).astype(int)
    total = one + other
    if abs(total) <= 29_204:
        assert sample == total
    else:
        assert 29_204 <= abs(sample) <= 32767
        assert abs(sample) <= abs(total)
        assert (sample > 0) == (total > 0)


def test_the_limiter_has_no_corner_and_never_turns_back():
    ramp_up = np.arange(0, 32767, 3).astype(np.int16)
    sound = render([voice(ramp_up), voice(ramp_up)], 0, len(ramp_up), ALL).astype(int)
    slopes = np.diff(sound)
    assert (slopes >= 0).all()
    assert slopes.max() == 6
    assert np.abs(np.diff(slopes)).max() <= 1


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=3), st.floats(0, 12))
def test_no_gain_and_no_crowd_leaves_full_scale(starts: list[int], gain_db: float):
    loud = np.full(9000, 32767, np.int16)
    gain = 10 ** (gain_db / 20)
    block = render([voice(loud, start=start, gain=gain) for start in starts], 0, 20_000, ALL, (gain, gain))
    assert block.max() <= 32767
    assert block.min() >= 0


@pytest.mark.parametrize(("voice_gain", "output_gain"), [(1.2, 1.0), (1.0, 1.2), (1.2, 0.99)])
def test_one_voice_that_was_made_louder_is_pressed_and_not_clipped(voice_gain: float, output_gain: float):
    ramp_up = np.arange(20_000, 32_000).astype(np.int16)
    gains = (output_gain, output_gain)
    sound = render([voice(ramp_up, gain=voice_gain)], 0, len(ramp_up), ALL, gains).astype(int)
    assert sound.max() < 32767
    assert (np.diff(sound) >= 0).all()


def test_where_a_second_voice_ends_the_first_is_untouched_again():
    loud = np.full(3000, 32_000, np.int16)
    block = render([voice(loud), voice(loud[:1000])], 0, 3000, ALL)
    assert (block[1000:] == 32_000).all()


# -- the output's gain ------------------------------------------------------------------------------------------------


def test_a_gain_that_changes_runs_in_a_straight_line():
    block = render([voice(np.full(100, 10_000, np.int16))], 0, 100, ALL, (0.0, 1.0))
    assert block.tolist() == [100 * (frame + 1) for frame in range(100)]


def test_full_gain_is_no_gain():
    sound = ramp(960)
    assert np.array_equal(render([voice(sound)], 0, 960, ALL, (1.0, 1.0)), sound)


# -- resumed ----------------------------------------------------------------------------------------------------------


def test_a_resumed_voice_fades_in_for_forty_milliseconds():
    loud = np.full(20_000, 20_000, np.int16)
    sound = render([voice(loud, start=500, fade_in=True)], 0, 20_000, ALL).astype(int)
    assert sound[500] == 0
    assert sound[500 + FADE // 2] == pytest.approx(10_000, abs=20)
    assert (np.diff(sound[500 : 500 + FADE]) >= 0).all()
    assert (sound[500 + FADE :][: 20_000 - 500 - FADE] == 20_000).all()


# -- held down ----------------------------------------------------------------------------------------------------------


def held(*ducks: Duck) -> np.ndarray:
    return render([voice(np.full(40_000, 20_000, np.int16), under=ducks)], 0, 40_000, ALL).astype(int)


def test_under_another_it_goes_down_stays_and_comes_back():
    sound = held(Duck(5000, 20_000, 0.25))
    assert (sound[:5001] == 20_000).all()
    assert (sound[5000 + FADE : 20_001] == 5000).all()
    assert (sound[20_000 + RISE :] == 20_000).all()
    assert (np.diff(sound[5000 : 5000 + FADE]) <= 0).all()
    assert (np.diff(sound[20_000 : 20_000 + RISE]) >= 0).all()
    assert sound[5000 + FADE // 2] == pytest.approx(12_500, abs=10)
    assert sound[20_000 + RISE // 2] == pytest.approx(12_500, abs=10)


@pytest.mark.parametrize("length", [1, FADE // 2, FADE, FADE + 1])
def test_a_short_one_makes_no_jump(length: int):
    sound = held(Duck(5000, 5000 + length, 0.0))
    assert np.abs(np.diff(sound)).max() <= 20_000 / FADE + 1


def test_under_two_the_stronger_counts():
    sound = held(Duck(5000, 30_000, 0.5), Duck(10_000, 20_000, 0.25))
    assert sound[9000] == 10_000
    assert sound[15_000] == 5000
    assert sound[28_000] == 10_000


@pytest.mark.parametrize(
    ("zone", "zones", "heard"),
    [
        pytest.param("all", ("all",), True, id="undivided_station"),
        pytest.param("all", ("bac", "nam"), True, id="for_all_zones"),
        pytest.param("bac", ("bac", "nam"), True, id="one_of_its_zones"),
        pytest.param("bac", ("nam",), False, id="another_zone"),
        pytest.param("bac", ("all",), False, id="a_zone_is_not_everywhere"),
    ],
)
def test_zones(zone: str, zones: tuple[str, ...], heard: bool):  # noqa: FBT001 - a column of the table
    assert sounds_in(zone, zones) is heard
    block = render([Voice("slot", zone, (ramp(5),), 0)], 0, 5, zones)
    assert bool(block.any()) is heard


sounds = st.integers(1, 4000).map(lambda n: np.random.default_rng(n).integers(-32768, 32768, n, np.int16))
voices = st.builds(
    Voice,
    st.just("slot"),
    st.sampled_from(["all", "bac", "nam"]),
    st.lists(sounds, min_size=1, max_size=4).map(tuple),
    st.integers(-3000, 9000),
    st.sampled_from([1.0, 0.7, 0.1]),
    st.none() | st.integers(-2000, 12_000),
    st.booleans(),
    st.lists(
        st.builds(
            lambda start, length, gain: Duck(start, start + length, gain),
            st.integers(-3000, 9000),
            st.integers(1, 9000),
            st.sampled_from([0.0, 0.25, 0.9]),
        ),
        max_size=2,
    ).map(tuple),
)


@given(st.lists(voices, max_size=4), st.lists(st.integers(1, 3000), min_size=1, max_size=12), st.integers(-4000, 4000))
def test_blocks_of_any_size_give_the_same_sound(placed: list[Voice], sizes: list[int], first: int):
    whole = render(placed, first, sum(sizes), ("bac",), (0.84, 0.84))
    edges = [first + sum(sizes[:n]) for n in range(len(sizes))]
    pieces = [render(placed, at, size, ("bac",), (0.84, 0.84)) for at, size in zip(edges, sizes, strict=True)]
    assert np.array_equal(np.concatenate(pieces), whole)


@given(voices)
def test_nothing_sounds_before_the_start_or_after_the_end(placed: Voice):
    block = render([placed], -10_000, 40_000, ("bac", "nam"))
    assert not block[: placed.start + 10_000].any()
    assert not block[placed.end + 10_000 :].any()
