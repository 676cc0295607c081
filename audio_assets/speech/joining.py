"""Pieces of speech made into one clip: house rate, silence at the ends cut off, exact pauses between, no clicks.

Works on 16-bit mono samples in memory. pydub joins, fed with raw samples and never through its ffmpeg; PyAV resamples.
Loudness is not touched here (`audio_assets.loudness` does), except that nothing may go over full scale.
"""

import warnings
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from audio_assets.speech.contract import Spoken
from scheduler.core.model import HOUSE_RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["at_house_rate", "joined", "trimmed"]

_SILENCE_SHARE = 0.004
"""Of the peak (-48 dB): quieter than that is silence. Relative, because engines differ in level."""
_HEAD_SECONDS, _TAIL_SECONDS = 0.015, 0.06
"""Kept around the sound: soft consonants begin and vowels die away below the threshold."""
_FADE_SECONDS = 0.004
_FULL_SCALE = 32_767


def at_house_rate(spoken: Spoken) -> "NDArray[np.int16]":
    """The same sound at 48 kHz. Resampled as floats: a full-scale voice overshoots and would clip as integers."""
    import av
    import numpy as np

    if spoken.rate == HOUSE_RATE:
        return spoken.pcm
    resampler = av.AudioResampler(format="flt", layout="mono", rate=HOUSE_RATE)
    samples = (spoken.pcm.astype(np.float32) / 32_768).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(samples, format="flt", layout="mono")
    frame.sample_rate = spoken.rate
    out = [part.to_ndarray().reshape(-1) for part in (*resampler.resample(frame), *resampler.resample(None))]
    wide = np.concatenate(out).astype(np.float32)
    peak = float(np.abs(wide).max(initial=0.0))
    scaled = wide * np.float32(_FULL_SCALE / max(peak, 1.0))
    rounded: NDArray[np.int16] = np.rint(scaled).astype(np.int16)
    return rounded


def trimmed(pcm: "NDArray[np.int16]") -> "NDArray[np.int16]":
    """House-rate `pcm` without the silence at its ends, faded over some milliseconds; empty when all is silence."""
    import numpy as np

    loud = np.abs(pcm.astype(np.int32))
    threshold = max(int(loud.max(initial=0) * _SILENCE_SHARE), 16)
    sounding = np.flatnonzero(loud > threshold)
    if not len(sounding):
        return pcm[:0]
    start = max(int(sounding[0]) - round(_HEAD_SECONDS * HOUSE_RATE), 0)
    end = int(sounding[-1]) + 1 + round(_TAIL_SECONDS * HOUSE_RATE)
    kept = pcm[start:end].astype(np.float32)
    ramp = np.linspace(0.0, 1.0, min(round(_FADE_SECONDS * HOUSE_RATE), len(kept) // 2), dtype=np.float32)
    kept[: len(ramp)] *= ramp
    kept[len(kept) - len(ramp) :] *= ramp[::-1]
    faded: NDArray[np.int16] = np.rint(kept).astype(np.int16)
    return faded


def joined(pieces: Sequence["NDArray[np.int16]"], pauses_ms: Sequence[int]) -> "NDArray[np.int16]":
    """`pieces` in one, each but the last followed by its pause."""
    import numpy as np

    segment_type = _audio_segment()
    segments: list[Any] = []
    for number, (pcm, pause_ms) in enumerate(zip(pieces, pauses_ms, strict=True), 1):
        segments.append(segment_type(pcm.tobytes(), sample_width=2, frame_rate=HOUSE_RATE, channels=1))
        if pause_ms and number < len(pieces):
            segments.append(segment_type.silent(duration=pause_ms, frame_rate=HOUSE_RATE))
    # pydub copies both sides at every join: neighbours in pairs cost n log n, one after another n squared.
    while len(segments) > 1:
        pairs = [segments[at : at + 2] for at in range(0, len(segments), 2)]
        segments = [pair[0].append(pair[1], crossfade=0) if len(pair) > 1 else pair[0] for pair in pairs]
    return np.frombuffer(segments[0].raw_data, dtype=np.int16)


@cache  # catch_warnings is not made for threads: enter it once
def _audio_segment() -> Any:
    """The class of pydub. Its import warns of a missing ffmpeg (never used here), of its own old escape sequences
    and, before Python 3.13, of audioop's end: nothing an operator could act on.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    return AudioSegment
