"""A file somebody brought -> a verdict, and a levelled master when it is fit: ready, ready with warnings, or refused.

Decodes the whole file in a process of its own, measures what is really there, cuts the silence off both ends and levels
to the station's loudness. A refusal or a full disk leaves nothing behind in the library. Runs in the worker process; it
never asks a name, tag or header what a file is, and it decides nothing about who may air it.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from audio_assets.decode import MEGABYTE, Decoded, Progress
from audio_assets.decode_apart import decode_apart
from audio_assets.edges import LEAST_OFFSET, dc_offset, edges_of_silence, without_edges, without_offset
from audio_assets.library import Clip, Library
from audio_assets.loudness import (
    Pcm,
    integrated_lufs,
    level,
    silent_share,
    true_peak_dbtp,
)
from scheduler.config.loading import AudioConfig
from scheduler.core.announcement.audio_report import AudioReport
from scheduler.core.model import HOUSE_RATE, Sha256
from scheduler.kernel.errors import AudioError, NotFound, Refused

__all__ = ["Ingested", "check", "ingest"]

_Made = TypeVar("_Made")
SHORTEST_SECONDS = 0.3
SILENT_LUFS, QUIET_LUFS = -60.0, -40.0
CLIPPED_SHARE = 0.001
MOSTLY_SILENT_SHARE = 0.8
SHORTEST_GATED = HOUSE_RATE * 4 // 10
_LOOK_SECONDS = 0.2
LOW_RATE = 16_000
"""Below it speech sounds like a telephone."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a file. `clip` is None where it was refused; the original is kept under `report.sha256`."""

    report: AudioReport
    clip: Clip | None


class Decoder(Protocol):
    """How a file becomes sound: `decode_apart`, or `decode.decode` where the file is our own."""

    def __call__(self, path: Path, limits: AudioConfig, *, progress: Progress | None = None) -> Decoded: ...


def check(
    path: Path, limits: AudioConfig, progress: Progress | None = None, *, decoder: Decoder = decode_apart
) -> AudioReport:
    """What is in a file and whether it may become a clip. Raises Refused only where there is no file to read."""
    return _examine(path, limits, progress, decoder)[0]


def ingest(
    path: Path,
    library: Library,
    limits: AudioConfig,
    progress: Progress | None = None,
    *,
    decoder: Decoder | None = None,
) -> Ingested:
    """Take a file into the library: its master in house format, trimmed and levelled, and the original beside it."""
    decoder = decoder or partial(decode_apart, scratch=library.root)
    report, decoded = _examine(path, limits, progress, decoder)
    if decoded is None:
        return Ingested(report, None)
    return Ingested(report, _beside(lambda: _kept(path, library, limits, report, decoded), progress))


def _kept(path: Path, library: Library, limits: AudioConfig, report: AudioReport, decoded: Decoded) -> Clip:
    """The master and the original in the library, or neither."""
    first, after = round(report.cut_start * HOUSE_RATE), len(decoded.pcm) - round(report.cut_end * HOUSE_RATE)
    trimmed = decoded.pcm if report.lufs is None else without_edges(decoded.pcm, HOUSE_RATE, (first, after))
    levelled = level(trimmed, HOUSE_RATE, limits.target_lufs, limits.max_true_peak_dbtp).pcm
    known = library.has_original(report.sha256)
    try:
        library.add_original(path, expected=report.sha256)
        clip = library.add_master(levelled)
    except BaseException:
        if not known:
            library.discard(original=report.sha256)
        raise
    return clip


def _beside(work: Callable[[], _Made], progress: Progress | None) -> _Made:
    """What `work` makes, in a thread: an hour of sound takes many seconds to measure, and whoever waits lives on.

    What `progress` raises is raised when the work has come to its end.
    """
    if progress is None:
        return work()
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(work)
        while not wait((made,), _LOOK_SECONDS).done:
            progress(1.0)
        return made.result()


def _examine(
    path: Path, limits: AudioConfig, progress: Progress | None, decoder: Decoder
) -> tuple[AudioReport, Decoded | None]:
    try:
        sha256 = _sha256(path, limits)
        try:
            decoded = decoder(path, limits, progress=progress)
        except AudioError as error:
            return _refused(error.reason, sha256), None
    except NotFound:
        raise
    except OSError as error:
        raise Refused("file_unreadable", name=path.name) from error
    report, centred = _beside(lambda: _measured(decoded, sha256), progress)
    return report, None if report.verdict == "refused" else centred


def _measured(decoded: Decoded, sha256: Sha256) -> tuple[AudioReport, Decoded]:
    """What is told of a sound, and the sound around its own zero line: all but the offset is measured of that."""
    offset = dc_offset(decoded.pcm, HOUSE_RATE)
    if abs(offset) < LEAST_OFFSET:
        return _report(decoded, sha256), decoded
    pcm, gain_db = without_offset(decoded.pcm, offset)
    warnings = (*decoded.warnings, "dc_offset")
    centred = replace(decoded, pcm=pcm, warnings=warnings, scaled_db=decoded.scaled_db + gain_db)
    return replace(_report(centred, sha256), dc_offset=round(offset, 4)), centred


def _sha256(path: Path, limits: AudioConfig) -> Sha256:
    """Of a file small enough to be taken in; empty for others, which are refused unread."""
    if not path.is_file() or path.stat().st_size > limits.max_upload_mb * MEGABYTE:
        return Sha256("")
    with path.open("rb") as file:
        return Sha256(hashlib.file_digest(file, "sha256").hexdigest())


def _refused(reason: str, sha256: Sha256) -> AudioReport:
    """A report on a file that gave no sound to measure."""
    return AudioReport("refused", reason, (), 0.0, None, None, 0.0, 0.0, 0, 0, sha256)


def _loudness(pcm: Pcm) -> tuple[float | None, float | None]:
    """Loudness by the standard, and what to judge by: the same, for very short sounds as if they went on."""
    measured = integrated_lufs(pcm, HOUSE_RATE)
    if measured is None and 0 < len(pcm) < SHORTEST_GATED:
        return None, integrated_lufs(np.resize(pcm, SHORTEST_GATED), HOUSE_RATE)
    return measured, measured


def _report(decoded: Decoded, sha256: Sha256) -> AudioReport:
    pcm = decoded.pcm
    measured, judged = _loudness(pcm)
    original = None if judged is None else judged - decoded.scaled_db
    silence = silent_share(pcm, HOUSE_RATE)
    reason = _fault(decoded.seconds, original)
    warnings = () if reason else (*decoded.warnings, *_warnings(decoded, original or 0.0, silence))
    peak = true_peak_dbtp(pcm, HOUSE_RATE)
    first, after = (0, len(pcm)) if measured is None else edges_of_silence(pcm, HOUSE_RATE, measured)
    return AudioReport(
        verdict="refused" if reason else "warning" if warnings else "ready",
        reason=reason,
        warnings=warnings,
        seconds=round(decoded.seconds, 3),
        lufs=None if measured is None else round(measured - decoded.scaled_db, 2),
        true_peak_dbtp=None if peak is None else round(peak - decoded.scaled_db, 2),
        clipped_share=round(decoded.clipped_share, 6),
        silent_share=round(silence, 4),
        channels=decoded.channels,
        sample_rate=decoded.sample_rate,
        sha256=sha256,
        cut_start=first / HOUSE_RATE,
        cut_end=(len(pcm) - after) / HOUSE_RATE,
    )


def _fault(seconds: float, lufs: float | None) -> str:
    if seconds < SHORTEST_SECONDS:
        return "audio_too_short"
    return "audio_silent" if lufs is None or lufs < SILENT_LUFS else ""


def _warnings(decoded: Decoded, lufs: float, silence: float) -> tuple[str, ...]:
    found = {
        "clipped": decoded.clipped_share > CLIPPED_SHARE,
        "very_quiet": lufs < QUIET_LUFS,
        "mostly_silent": silence > MOSTLY_SILENT_SHARE,
        "low_sample_rate": decoded.sample_rate < LOW_RATE,
    }
    return tuple(code for code, present in found.items() if present)
