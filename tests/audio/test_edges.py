"""A recording whose zero line is off, one with long silence at its ends, one that begins with zeros, one sent twice."""

from pathlib import Path

import numpy as np
import pytest

from audio_assets.decode import decode
from audio_assets.ingest import check, ingest
from audio_assets.library import Library
from audio_assets.loudness import integrated_lufs
from scheduler.config.loading import AudioConfig
from scheduler.core.model import HOUSE_RATE
from tests.audio.make_audio import encoded, speech_like, wav

LIMITS = AudioConfig()


@pytest.mark.parametrize("offset", [0.3, -0.6, 0.02])
def test_an_offset_is_taken_out_before_levelling_and_told(offset: float, tmp_path: Path):
    library = Library(tmp_path / "kho")
    made = []
    for name, sound in (("a.wav", speech_like(4.0)), ("b.wav", speech_like(4.0) + offset)):
        (tmp_path / name).write_bytes(wav(sound))
        taken = ingest(tmp_path / name, library, LIMITS, decoder=decode)
        assert taken.clip is not None
        made.append(library.load(taken.clip.sha256).astype(int))
    assert taken.report.warnings == ("dc_offset",)
    assert taken.report.dc_offset == pytest.approx(offset, abs=0.005)
    assert integrated_lufs(made[1].astype(np.int16), HOUSE_RATE) == pytest.approx(LIMITS.target_lufs, abs=0.3)
    assert np.abs(made[0] - made[1]).max() < 400, "the same sound as without the offset, at its ends too"


def test_an_honest_sound_has_no_offset(tmp_path: Path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(speech_like(2.0)))
    assert check(path, LIMITS, decoder=decode).dc_offset == 0.0


def test_what_is_cut_off_the_ends_is_told_in_seconds(tmp_path: Path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(np.concatenate((np.zeros(3 * HOUSE_RATE), speech_like(2.0), np.zeros(2 * HOUSE_RATE)))))
    taken = ingest(path, Library(tmp_path / "kho"), LIMITS, decoder=decode)
    assert taken.report.cut_start == pytest.approx(2.9, abs=0.1)
    assert taken.report.cut_end == pytest.approx(1.9, abs=0.1)
    assert taken.clip is not None
    kept = taken.report.seconds - taken.report.cut_start - taken.report.cut_end
    assert taken.clip.seconds == pytest.approx(kept, abs=0.002)


@pytest.mark.parametrize("zeros", [100, 9_000, 3_000_000])
def test_zeros_before_an_mp3_are_skipped(zeros: int, tmp_path: Path):
    path = tmp_path / "a.mp3"
    path.write_bytes(bytes(zeros) + encoded("mp3", "libmp3lame"))
    report = check(path, LIMITS, decoder=decode)
    assert (report.verdict, report.reason) == ("ready", "")
    assert report.seconds == pytest.approx(2.0, abs=0.1)
