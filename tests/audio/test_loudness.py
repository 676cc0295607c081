"""Loudness against something independent: ffmpeg's ebur128, run through PyAV, and sounds whose answer is known."""

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_assets.edges import edges_of_silence, without_edges
from audio_assets.loudness import (
    clipped_share,
    integrated_lufs,
    level,
    silent_share,
    true_peak_dbtp,
)
from audio_assets.speech.espeak_engine import EspeakEngine
from tests.audio.make_audio import house, speech_like, tone
from tests.examples import examples


def ebur128(pcm, rate) -> tuple[float, float]:
    """Integrated loudness and true peak (linear, three decimals) as ffmpeg's filter finds them."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="s16", sample_rate=rate, layout="mono")
    meter = graph.add("ebur128", "metadata=1:peak=true")
    sink = graph.add("abuffersink")
    graph.link_nodes(source, meter, sink).configure()
    loudness, peak = -70.0, 0.0
    for start in range(0, len(pcm), rate // 10):
        piece = np.ascontiguousarray(pcm[None, start : start + rate // 10])
        frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
        frame.sample_rate, frame.pts = rate, start
        graph.push(frame)
        while True:
            try:
                met = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                break
            loudness = float(met.metadata.get("lavfi.r128.I", loudness))
            peak = max(peak, float(met.metadata.get("lavfi.r128.true_peaks_ch0", peak)))
    return loudness, peak


def bursts(rate):
    """Loud and soft stretches: only right when both gates are."""
    return np.concatenate(
        [speech_like(2.0, rate, level, seed) for seed, level in enumerate((0.1, 0.001, 0.2, 0.01, 0.05))]
    )


def swelling(hertz):
    """A tone without an edge: what an edge overshoots by differs from one oversampling filter to the next."""
    return lambda rate: tone(4.0, rate, hertz) * np.hanning(4 * rate)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(lambda rate: speech_like(6.0, rate, 0.1), id="speech"),
        pytest.param(lambda rate: speech_like(6.0, rate, 0.005), id="quiet_speech"),
        pytest.param(bursts, id="loud_and_soft"),
        pytest.param(swelling(997.0), id="tone"),
        pytest.param(swelling(60.0), id="hum"),
        pytest.param(swelling(3000.0), id="high_tone"),
    ],
)
def test_loudness_and_true_peak_agree_with_ebur128(sound, rate):
    # silence behind it: the filter answers for whole blocks of 0.1 s only
    pcm = house(np.concatenate((sound(rate), np.zeros(rate))))
    loudness, peak = ebur128(pcm, rate)
    assert integrated_lufs(pcm, rate) == pytest.approx(loudness, abs=0.1)
    assert 10 ** (true_peak_dbtp(pcm, rate) / 20) == pytest.approx(peak, rel=0.023, abs=0.001)  # 0.2 dB


def test_a_full_scale_tone_of_997_hertz_in_one_channel_is_at_minus_three():
    """The calibration the standard itself gives (-3.01 LKFS)."""
    assert integrated_lufs(tone(5.0, hertz=997.0, level=1.0), 48_000) == pytest.approx(-3.01, abs=0.02)


@pytest.mark.parametrize("phase", [0.0, 0.5, 1.0])
def test_a_peak_between_the_samples_is_found(phase):
    """A tone at a quarter of the rate, 45 degrees off: its samples show 3 dB less than its peak."""
    time = np.arange(48_000)
    swell = np.hanning(48_000)
    sound = 0.5 * swell * np.sin(np.pi / 2 * time + np.pi / 4 * phase)
    assert true_peak_dbtp(house(sound), 48_000) == pytest.approx(-6.02, abs=0.2)


def test_the_chunks_leave_no_seam():
    """A sound longer than the chunks measures like its parts, and a peak on any seam is seen."""
    pcm = house(np.tile(tone(1.0, level=0.2), 30))
    assert integrated_lufs(pcm, 48_000) == pytest.approx(integrated_lufs(pcm[: 48_000 * 3], 48_000), abs=0.01)
    for place in (57_343, 57_344, 524_256, 524_287, 524_288):
        spiked = pcm.copy()
        spiked[place] = 32_000
        assert true_peak_dbtp(spiked, 48_000) > -1.0


@pytest.mark.parametrize(
    ("pcm", "lufs"),
    [
        pytest.param(np.zeros(0, np.int16), None, id="nothing"),
        pytest.param(np.zeros(96_000, np.int16), None, id="silence"),
        pytest.param(house(tone(0.39)), None, id="under_a_block"),
        pytest.param(house(tone(2.0, level=0.0002)), None, id="under_the_absolute_gate"),
    ],
)
def test_what_has_no_loudness_has_none(pcm, lufs):
    assert integrated_lufs(pcm, 48_000) is lufs


def test_the_peak_of_digital_silence_is_none():
    assert true_peak_dbtp(np.zeros(4800, np.int16), 48_000) is None
    assert true_peak_dbtp(np.zeros(0, np.int16), 48_000) is None


@pytest.mark.parametrize(
    ("sound", "share"),
    [
        pytest.param(np.array([0.2, 1.0, 1.0, 1.0, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0]), 0.3, id="three_in_a_row"),
        pytest.param(np.array([0.2, -1.0, -1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]), 0.4, id="both_signs"),
        pytest.param(np.array([0.2, 1.0, 1.0, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), 0.0, id="an_honest_peak"),
        pytest.param(np.array([1.0, 1.0, 1.0, 1.0]), 1.0, id="all"),
        pytest.param(np.zeros(0), 0.0, id="nothing"),
    ],
)
def test_clipping_is_runs_at_the_ceiling(sound, share):
    assert clipped_share(sound) == pytest.approx(share)


def test_clipped_speech_shows_and_loud_speech_does_not():
    assert clipped_share(house(speech_like(level=0.1))) == 0.0
    assert clipped_share(house(speech_like(level=1.5))) > 0.01


@pytest.mark.parametrize(
    ("sound", "share"),
    [
        pytest.param(np.zeros(48_000), 1.0, id="silence"),
        pytest.param(np.zeros(0), 1.0, id="nothing"),
        pytest.param(tone(1.0), 0.0, id="tone"),
        pytest.param(np.concatenate((tone(1.0), np.zeros(3 * 48_000))), 0.75, id="three_quarters"),
        pytest.param(tone(1.0, level=0.0044), 1.0, id="just_under_50_dB"),
        pytest.param(tone(1.0, level=0.0046), 0.0, id="just_over_50_dB"),
    ],
)
def test_the_silent_share_counts_blocks_of_50_ms(sound, share):
    assert silent_share(sound, 48_000) == pytest.approx(share, abs=0.001)


def test_edges_of_silence_go_and_soft_endings_stay():
    soft = tone(0.5, level=0.01)
    sound = house(np.concatenate((np.zeros(24_000), tone(2.0, level=0.1), soft, np.zeros(48_000))))
    kept = without_edges(sound, 48_000, edges_of_silence(sound, 48_000, integrated_lufs(sound, 48_000)))
    assert len(kept) / 48_000 == pytest.approx(0.1 + 2.5 + 0.1, abs=0.011)


def test_a_sound_of_nothing_but_silence_keeps_its_edges():
    pcm = np.zeros(48_000, np.int16)
    assert edges_of_silence(pcm, 48_000, -23.0) == (0, len(pcm))


@settings(max_examples=examples(25), deadline=None)
@given(
    loudness=st.floats(0.002, 1.5),
    seconds=st.floats(0.5, 6.0),
    seed=st.integers(0, 1000),
    target=st.floats(-24.0, -14.0),
    ceiling=st.floats(-3.0, -0.5),
)
def test_levelled_speech_is_at_the_target_under_the_ceiling_and_as_long_as_before(
    loudness, seconds, seed, target, ceiling
):
    pcm = house(speech_like(seconds, level=loudness, seed=seed))
    out, gain, limited = level(pcm, 48_000, target, ceiling)
    assert len(out) == len(pcm)
    assert true_peak_dbtp(out, 48_000) <= ceiling
    if abs(gain) < 40.0:
        assert integrated_lufs(out, 48_000) == pytest.approx(target, abs=1.0)
    assert limited or np.abs(out - pcm * 10 ** (gain / 20)).max() <= 1.0


@pytest.mark.parametrize("target", [-23.0, -16.0, -14.0])
def test_a_real_voice_reaches_every_target_under_the_peak_limit(target):
    spoken = EspeakEngine().speak("Mời bà con đến trạm y tế phường để tiêm chủng vào sáng thứ bảy.", 1.0)
    out = level(spoken.pcm, spoken.rate, target, -1.0).pcm
    assert integrated_lufs(out, spoken.rate) == pytest.approx(target, abs=1.0)
    assert true_peak_dbtp(out, spoken.rate) <= -1.0


def test_a_target_out_of_reach_is_not_forced():
    spoken = EspeakEngine().speak("Mời bà con đến trạm y tế phường.", 1.0)
    loudness = integrated_lufs(spoken.pcm, spoken.rate)
    out, gain, limited = level(spoken.pcm, spoken.rate, -8.0, -1.0)
    assert limited
    assert gain <= -8.0 - loudness + 6.0 + 1e-9
    assert true_peak_dbtp(out, spoken.rate) <= -1.0


def test_without_need_the_limiter_does_nothing():
    pcm = house(tone(2.0, level=0.05))
    out, gain, limited = level(pcm, 48_000, -20.0, -1.0)
    assert not limited
    assert np.abs(out - pcm * 10 ** (gain / 20)).max() <= 0.5 + 1e-6


def test_a_lone_crack_is_ducked_and_the_speech_beside_it_untouched():
    sound = speech_like(4.0, level=0.05)
    sound[96_000:96_010] = 0.95  # the crack stays below the target but not below the peak limit
    pcm = house(sound)
    out, gain, limited = level(pcm, 48_000, -26.0, -1.0)
    assert limited
    assert true_peak_dbtp(out, 48_000) <= -1.0
    calm = slice(0, 48_000)
    assert np.abs(out[calm] - pcm[calm] * 10 ** (gain / 20)).max() <= 1.0


def test_silence_and_nothing_come_back_as_they_were():
    for pcm in (np.zeros(48_000, np.int16), np.zeros(0, np.int16)):
        assert level(pcm, 48_000, -16.0, -1.0) == (pcm, 0.0, False)


def test_noise_is_not_raised_without_end():
    pcm = house(speech_like(2.0, level=0.0012))
    assert level(pcm, 48_000, -10.0, -1.0).gain_db <= 40.0


def test_a_word_shorter_than_a_block_is_levelled_too():
    out = level(house(tone(0.3, level=0.01)), 48_000, -16.0, -1.0).pcm
    assert integrated_lufs(np.tile(out, 4), 48_000) == pytest.approx(-16.0, abs=1.0)
