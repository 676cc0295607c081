"""Whatever comes in – speech, uploads, relays, renders for horns – goes out within 1 LU of the target, peaks under
-1 dBTP: held against the filter ebur128 of FFmpeg, which knows nothing of ours.
"""

from functools import cache

import numpy as np
import pytest

from audio_assets.chime import chime
from audio_assets.ingest import ingest
from audio_assets.library import Library
from audio_assets.loudness import level
from scheduler.config.loading import AudioConfig
from scheduler.core.air.chimes import CHIMES
from scheduler.playout.relay.leveller import Leveller
from tests.audio.make_audio import RATE, encoded
from tests.audio.signals import SIGNALS, at, music, spoken
from tests.audio.test_horn import profile, rendered
from tests.audio.test_loudness import ebur128
from tests.examples import spread

TARGET, CEILING = -16.0, -1.0


def measured(pcm):
    """Integrated loudness in LUFS and true peak in dBTP, as far as the filter tells of whole blocks of 0.1 s."""
    loudness, peak = ebur128(np.concatenate([pcm, np.zeros(-len(pcm) % (RATE // 10), np.int16)]), RATE)
    return loudness, round(20 * np.log10(peak), 1)


def is_right(found, target=TARGET):
    loudness, peak = found
    assert loudness == pytest.approx(target, abs=1.0)
    assert peak <= CEILING


@cache
def signal(name):
    return SIGNALS[name]()


@cache
def levelled(name):
    return level(signal(name), RATE, TARGET, CEILING).pcm


@pytest.mark.parametrize("name", SIGNALS)
def test_a_levelled_clip_is_at_the_target_under_the_peak(name):
    is_right(measured(levelled(name)))


@pytest.mark.parametrize("target", [-23.0, -14.0])
@pytest.mark.parametrize("name", ["speech", "southern_speech", "music", "loud_and_soft_speakers"])
def test_other_targets_are_reached_too(name, target):
    is_right(measured(level(signal(name), RATE, target, CEILING).pcm), target)


@pytest.mark.parametrize("name", [name for name in SIGNALS if name != "low_tone"])
def test_a_render_for_horns_is_at_the_target_under_the_peak(name):
    master = levelled(name)
    made = rendered(master, profile())
    assert len(made) == len(master)
    is_right(measured(made))


def test_what_a_horn_cannot_give_out_is_not_raised_without_end():
    """A tone of 110 Hz is 35 dB down behind the band-pass."""
    loudness, peak = measured(rendered(levelled("low_tone"), profile(low_hz=400.0)))
    assert loudness < TARGET - 1.0
    assert peak <= CEILING


@pytest.mark.parametrize(
    ("container", "codec", "name"),
    spread(
        [
            ("wav", "pcm_s16le", "quiet_speech"),
            ("wav", "pcm_s16le", "speech"),
            ("wav", "pcm_s16le", "music"),
            ("mp3", "libmp3lame", "speech"),
            ("mp3", "libmp3lame", "quiet_speech"),
            ("mp3", "libmp3lame", "music"),
            ("mp3", "libmp3lame", "crest_of_25_dB"),
            ("ogg", "libopus", "speech"),
            ("ogg", "libopus", "quiet_speech"),
            ("ogg", "libopus", "music"),
            ("ogg", "libopus", "crest_of_25_dB"),
            ("wav", "pcm_s16le", "crest_of_25_dB"),
        ],
        4,
    ),
)
def test_an_upload_is_at_the_target_under_the_peak(name, container, codec, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(encoded(container, codec, signal(name) / 32768))
    library = Library(tmp_path / "library")
    taken = ingest(path, library, AudioConfig(target_lufs=TARGET, max_true_peak_dbtp=CEILING))
    assert taken.clip is not None
    is_right(measured(library.load(taken.clip.sha256)))


@pytest.mark.parametrize(
    ("kind", "db"),
    spread(
        [
            ("speech", -9.0),
            ("music", -9.0),
            ("speech", -3.0),
            ("music", -3.0),
            ("music", 3.0),
            ("speech", 3.0),
            ("music", 8.0),
            ("speech", 8.0),
        ],
        3,
    ),
)
def test_a_relay_is_at_the_target_under_the_peak_once_it_has_been_heard_for_a_while(kind, db):
    sound = at(spoken(turns=4) if kind == "speech" else np.tile(at(music() * 32768, 0), 9), db)
    leveller = Leveller(TARGET)
    parts = [leveller.feed(sound[start : start + 4_000]) for start in range(0, len(sound), 4_000)]
    out = np.concatenate([*parts, leveller.flush()])
    assert len(out) == len(sound)
    assert measured(out)[1] <= CEILING
    is_right(measured(out[len(out) // 2 :]))


@pytest.mark.parametrize("name", CHIMES)
def test_a_chime_is_as_loud_as_speech(name):
    is_right(measured(chime(name, TARGET, CEILING)))
