"""A file becomes a clip: levelled, trimmed, mended, kept with its original, and nothing half-made on a full disk."""

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio_assets.decode import decode
from audio_assets.ingest import check, ingest
from audio_assets.library import Library
from audio_assets.loudness import integrated_lufs, true_peak_dbtp
from scheduler.config.loading import AudioConfig
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import NotFound, Refused
from tests.audio.make_audio import encoded, flac_bomb, house, speech_like, stereo, wav, with_pause

LIMITS = AudioConfig(max_clip_minutes=1.0, max_upload_mb=2)


def files_of(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("level", [0.004, 0.02, 0.08, 0.3, 1.5])
@pytest.mark.parametrize("kind", ["mp3", "wav"])
def test_speech_of_any_level_comes_out_at_the_stations_loudness(level: float, kind: str, tmp_path: Path):
    path = tmp_path / "ghi âm"
    sound = speech_like(4.0, level=level)
    path.write_bytes(encoded("mp3", "libmp3lame", sound, bit_rate=128_000) if kind == "mp3" else wav(sound))
    library = Library(tmp_path / "kho")
    taken = ingest(path, library, LIMITS, decoder=decode)
    assert taken.clip is not None
    pcm = library.load(taken.clip.sha256)
    loudness = integrated_lufs(pcm, HOUSE_RATE)
    peak = true_peak_dbtp(pcm, HOUSE_RATE)
    assert loudness == pytest.approx(LIMITS.target_lufs, abs=1.0)
    assert peak is not None
    assert peak <= LIMITS.max_true_peak_dbtp
    assert taken.clip.lufs == loudness
    assert library.original(taken.report.sha256).read_bytes() == path.read_bytes()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    level=st.floats(0.01, 0.6), seed=st.integers(0, 10_000), seconds=st.floats(1.0, 5.0), target=st.sampled_from([-23.0, -16.0, -14.0])
)  # fmt: skip
def test_whatever_speech_comes_in_the_clip_holds_target_and_peak(level, seed, seconds, target, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiếng")
    path = folder / "a.wav"
    path.write_bytes(wav(speech_like(seconds, level=level, seed=seed)))
    taken = ingest(path, Library(folder / "kho"), AudioConfig(target_lufs=target), decoder=decode)
    assert taken.clip is not None
    assert taken.clip.lufs == pytest.approx(target, abs=1.0)
    assert taken.clip.true_peak_dbtp is not None
    assert taken.clip.true_peak_dbtp <= -1.0


def test_silence_at_both_ends_is_cut_to_a_tenth_of_a_second(tmp_path: Path):
    path = tmp_path / "a.wav"
    pause = np.zeros(3 * HOUSE_RATE)
    path.write_bytes(wav(np.concatenate((pause, speech_like(2.0), pause))))
    clip = ingest(path, Library(tmp_path / "kho"), LIMITS, decoder=decode).clip
    assert clip is not None
    assert clip.seconds == pytest.approx(2.2, abs=0.12)


def test_a_pause_inside_is_kept(tmp_path: Path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(with_pause(3.0)))
    clip = ingest(path, Library(tmp_path / "kho"), LIMITS, decoder=decode).clip
    assert clip is not None
    assert clip.seconds == pytest.approx(7.0, abs=0.2)


@pytest.mark.parametrize("kind", ["one_silent", "opposite"])
def test_a_channel_fault_does_not_make_the_clip_quieter_than_its_good_channel(kind: str, tmp_path: Path):
    good = speech_like(2.0)
    path = tmp_path / "a.wav"
    path.write_bytes(stereo(good, np.zeros_like(good) if kind == "one_silent" else -good))
    pcm = decode(path, LIMITS).pcm
    assert np.abs(pcm.astype(int) - house(good)).max() <= 1


def test_a_float_sound_over_full_scale_is_brought_down_whole_not_clipped(tmp_path: Path):
    sound = speech_like(2.0, level=1.0)
    path = tmp_path / "a.wav"
    path.write_bytes(encoded("wav", "pcm_f32le", sound))
    report = check(path, LIMITS, decoder=decode)
    assert report.clipped_share == 0.0
    assert report.true_peak_dbtp is not None
    assert report.true_peak_dbtp > 6.0
    shape = decode(path, LIMITS).pcm / 32767.0
    assert np.corrcoef(shape, sound)[0, 1] > 0.99999


def test_the_same_file_twice_is_the_same_clip(tmp_path: Path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav())
    library = Library(tmp_path / "kho")
    first, second = ingest(path, library, LIMITS, decoder=decode), ingest(path, library, LIMITS)
    assert first == second
    assert len(list(library.root.rglob("*.wav"))) == 1


HOSTILE_NAMES = [
    pytest.param("a" * 240 + ".mp3", id="240_characters"),
    pytest.param("dòng\nmới\t.mp3", id="newline"),
    pytest.param(unicodedata.normalize("NFD", "thông báo tiêm chủng.mp3"), id="nfd"),
    pytest.param("'; DROP TABLE clip; --.mp3", id="sql"),
    pytest.param("concat:a|b.m3u8", id="protocol"),
    pytest.param("%d%s%n.wav", id="format"),
    pytest.param("\u202egpj.exe", id="right_to_left"),
    pytest.param("-i", id="option"),
    pytest.param(os.fsdecode(b"\xff\xfe.wav"), id="not_utf8"),
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_changes_nothing(name: str, tmp_path: Path):
    path = tmp_path / name
    path.write_bytes(wav())
    assert check(path, LIMITS, decoder=decode).verdict == "ready"
    assert ingest(path, Library(tmp_path / "kho"), LIMITS, decoder=decode).clip is not None


def test_a_name_longer_than_the_file_system_takes_is_refused_with_a_reason(tmp_path: Path):
    with pytest.raises(Refused) as caught:
        check(tmp_path / ("a" * 5000), LIMITS)
    assert caught.value.reason in {"file_unreadable", "not_found"}


def test_no_file_is_not_found(tmp_path: Path):
    with pytest.raises(NotFound):
        check(tmp_path / "không có.wav", LIMITS)


def test_a_folder_is_not_sound(tmp_path: Path):
    assert check(tmp_path, LIMITS).reason == "audio_not_sound"


def test_progress_runs_up_to_one_and_may_stop_the_work(tmp_path: Path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(speech_like(15.0)))
    told: list[float] = []
    check(path, LIMITS, told.append)
    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1.0

    class StoppedError(Exception):
        pass

    def stop(share: float) -> None:
        raise StoppedError

    library = Library(tmp_path / "kho")
    with pytest.raises(StoppedError):
        ingest(path, library, LIMITS, stop)
    assert not files_of(library.root)


def in_a_child(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False, env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip


def test_a_full_disk_refuses_and_leaves_nothing(tmp_path: Path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(speech_like(4.0, rate=16_000), rate=16_000))
    code = """
import resource, sys
from pathlib import Path
from audio_assets.ingest import ingest
from audio_assets.library import Library
from scheduler.config.loading import AudioConfig
from scheduler.kernel.errors import Refused
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))  # the original fits, the master does not
try:
    ingest(Path(sys.argv[1]), Library(Path(sys.argv[2])), AudioConfig())
except Refused as error:
    print(error.reason)
"""
    ran = in_a_child(code, path, tmp_path / "kho")
    assert ran.stdout.strip() == "disk_full", ran.stderr
    assert not files_of(tmp_path / "kho")


def test_ten_hours_in_a_small_file_cost_no_memory(tmp_path: Path):
    path = tmp_path / "a.flac"
    path.write_bytes(flac_bomb())
    assert path.stat().st_size < 100_000
    code = """
import resource, sys
from pathlib import Path
from audio_assets.ingest import check
from scheduler.config.loading import AudioConfig
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(check(Path(sys.argv[1]), AudioConfig(max_clip_minutes=10.0)).reason)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
    ran = in_a_child(code, path)
    reason, grown, child = ran.stdout.split()
    assert reason == "audio_too_long"
    assert int(grown) < 30
    assert int(child) < 200
