"""What people, phones and enemies hand in: every file ends as ready, ready with warnings, or refused with a reason."""

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from audio_assets.decode import decode
from audio_assets.ingest import check, ingest
from audio_assets.library import Library
from scheduler.config.loading import AudioConfig
from scheduler.core.announcement.audio_report import AudioReport
from scheduler.core.words.wording import sentence
from tests.audio.make_audio import CASES, Case

LIMITS = AudioConfig(max_clip_minutes=1.0, max_upload_mb=2)
GREEDY = {"mp4_that_asks_for_gigabytes", "frames_of_sixteen_million_samples"}
"""Only a process that is bound can be asked for them."""
HERE = [pytest.param(case, id=case.id) for case in CASES if case.id not in GREEDY]
APART = [
    pytest.param(case, id=case.id)
    for case in CASES
    if case.id
    in {
        *GREEDY, "wav_s16_44100", "mp3_vbr", "m4a", "webm_without_length", "opposite_phase", "clipped", "mp3_cut", "zero_bytes",
        "html", "video_only", "wav_with_empty_data", "silence", "ten_hours_in_70_kB", "over_the_size_limit", "encrypted_m4a",
        "wav_zero_channels", "wav_with_two_samples", "wav_too_many_channels",
    }
]  # fmt: skip


def file_of(case: Case, tmp_path: Path) -> Path:
    path = tmp_path / case.name
    path.write_bytes(case.make())
    return path


def is_right(case: Case, path: Path, report: AudioReport) -> None:
    assert (report.verdict, report.reason) == (case.verdict, case.reason)
    assert set(report.warnings) >= set(case.warnings)
    assert bool(report.warnings) == (case.verdict == "warning")
    if case.seconds is not None:
        assert report.seconds == pytest.approx(case.seconds, abs=0.08)
    if case.reason != "audio_too_big":
        assert report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    for code in (report.reason, *report.warnings):
        assert not code or sentence(code) != code


@pytest.mark.parametrize("case", HERE)
def test_every_file_gets_its_verdict_and_a_refused_one_leaves_nothing(case: Case, tmp_path: Path):
    path = file_of(case, tmp_path)
    if case.verdict != "refused":
        is_right(case, path, check(path, LIMITS, decoder=decode))
        return
    library = Library(tmp_path / "kho")
    made = ingest(path, library, LIMITS, decoder=decode)
    is_right(case, path, made.report)
    assert made.clip is None
    assert [file for file in library.root.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize("case", APART)
def test_a_process_of_its_own_judges_as_this_one_does(case: Case, tmp_path: Path):
    path = file_of(case, tmp_path)
    is_right(case, path, check(path, LIMITS))


def test_there_are_enough_cases_and_each_reason_occurs():
    assert len({case.id for case in CASES}) == len(CASES)
    counted = Counter(case.verdict for case in CASES)
    assert counted["ready"] >= 60
    assert counted["warning"] >= 20
    assert counted["refused"] >= 40
    assert {case.reason for case in CASES if case.reason} == {
        "audio_empty", "audio_not_sound", "audio_video_only", "audio_truncated", "audio_silent", "audio_too_long",
        "audio_too_big", "audio_encrypted", "audio_damaged", "audio_too_short", "audio_unsupported", "audio_too_heavy",
    }  # fmt: skip


def test_every_reason_is_also_judged_in_a_process_of_its_own():
    apart = {param.values[0].reason for param in APART}  # type: ignore[union-attr]  # a parameter holds its case
    assert apart == {case.reason for case in CASES}
