import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.playout.mixer import BLOCK, FADE, Voice, render, sounds_in

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
    assert render([voice(loud, gain=0.5)], 0, 10, ALL, gain_db=-20.0).tolist() == [500] * 10


def test_two_full_scale_voices_stay_in_full_scale():
    top, bottom = np.full(10, 32767, np.int16), np.full(10, -32768, np.int16)
    assert render([voice(top), voice(top)], 0, 10, ALL).tolist() == [32767] * 10
    assert render([voice(bottom), voice(bottom)], 0, 10, ALL).tolist() == [-32768] * 10


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
)


@given(st.lists(voices, max_size=4), st.lists(st.integers(1, 3000), min_size=1, max_size=12), st.integers(-4000, 4000))
def test_blocks_of_any_size_give_the_same_sound(placed: list[Voice], sizes: list[int], first: int):
    whole = render(placed, first, sum(sizes), ("bac",), -1.5)
    edges = [first + sum(sizes[:n]) for n in range(len(sizes))]
    pieces = [render(placed, at, size, ("bac",), -1.5) for at, size in zip(edges, sizes, strict=True)]
    assert np.array_equal(np.concatenate(pieces), whole)


@given(voices)
def test_nothing_sounds_before_the_start_or_after_the_end(placed: Voice):
    block = render([placed], -10_000, 40_000, ("bac", "nam"))
    assert not block[: placed.start + 10_000].any()
    assert not block[placed.end + 10_000 :].any()
