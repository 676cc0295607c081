"""An online voice's sound as samples: whether an MP3's frames are whole, what a file decodes to, and the same at
another pace.

Works in memory only and trusts no header for the length: what counts is what decoded. It does not judge whether the
sound is speech (`arrived` does), and it is not the way uploads come in (`audio_assets.ingest` is).
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["decoded", "is_whole", "samples_of", "stretched"]

_KBITS_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = (44_100, 48_000, 32_000)
_V25, _V2, _V1 = 0, 2, 3
_HEADER_BYTES = 4
_TAG_HEAD = 10
_SLOWEST_STEP = 0.5
"""What one tempo filter can do; slower takes two."""


def is_whole(mp3: bytes) -> bool:
    """False when the last MPEG frame claims more bytes than there are: decoders drop such a frame in silence.

    Only frames that are recognised are judged; a tag or anything else behind them ends the walk in good faith.
    """
    at = _tag_bytes(mp3)
    while at + _HEADER_BYTES <= len(mp3) and (size := _frame_bytes(mp3[at : at + _HEADER_BYTES])):
        at += size
    return at <= len(mp3)


def _tag_bytes(mp3: bytes) -> int:
    """Length of the ID3v2 tag in front, whose size is written in seven bits a byte; 0 where there is none."""
    if mp3[:3] != b"ID3" or len(mp3) < _TAG_HEAD:
        return 0
    return _TAG_HEAD + sum((byte & 0x7F) << shift for byte, shift in zip(mp3[6:10], (21, 14, 7, 0), strict=True))


def _frame_bytes(header: bytes) -> int:
    """Length of the Layer III frame `header` begins, 0 when it begins none."""
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate_index, rate_index, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    synced = header[0] == 0xFF and header[1] >> 5 == 7  # noqa: PLR2004 - eleven set bits start every frame
    if not synced or layer != 1 or version == 1 or bitrate_index in {0, 15} or rate_index == 3:  # noqa: PLR2004 - reserved values of the format
        return 0
    kbits = (_KBITS_V1 if version == _V1 else _KBITS_V2)[bitrate_index]
    rate = _RATES[rate_index] // {_V1: 1, _V2: 2, _V25: 4}[version]
    return (144 if version == _V1 else 72) * kbits * 1000 // rate + padding


def decoded(mp3: bytes) -> tuple["NDArray[np.int16]", int]:
    """All samples of an MP3, mixed to mono, and their rate. ValueError when it is no sound."""
    return samples_of(mp3, "mp3")


def samples_of(data: bytes, kind: str, most_seconds: float = 3600.0) -> tuple["NDArray[np.int16]", int]:
    """All samples of a file of that kind (FFmpeg's name of the demuxer), mixed to mono, and their rate.

    Decoding ends soon after `most_seconds`. ValueError when it is no sound, or changes its rate on the way.
    """
    import av

    frames: list[av.AudioFrame] = []
    rate, had = 0, 0
    resampler = av.AudioResampler(format="s16", layout="mono")
    try:
        with av.open(io.BytesIO(data), mode="r", format=kind) as container:
            for frame in container.decode(audio=0):
                rate = rate or frame.sample_rate
                had += frame.samples
                frames.extend(resampler.resample(frame))
                if had > most_seconds * rate:
                    break
            if rate:
                frames.extend(resampler.resample(None))
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise ValueError(f"the sound cannot be decoded: {type(error).__name__}") from error
    if not frames:
        raise ValueError("the sound decodes to nothing")
    return _samples(frames), rate


def stretched(pcm: "NDArray[np.int16]", rate: int, speed: float) -> "NDArray[np.int16]":
    """`pcm` spoken `speed` times as fast (0.25 to 4) at the same pitch."""
    if speed == 1.0:
        return pcm
    import av
    from av.filter import Graph

    graph = Graph()
    source = graph.add_abuffer(sample_rate=rate, format="s16", layout="mono")
    sink = graph.add("abuffersink")
    last = source
    for share in (speed,) if speed >= _SLOWEST_STEP else (_SLOWEST_STEP, speed / _SLOWEST_STEP):
        tempo = graph.add("atempo", f"{share:.4f}")
        last.link_to(tempo)
        last = tempo
    last.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    graph.push(frame)
    graph.push(None)
    frames: list[Any] = []
    while True:
        try:
            frames.append(graph.pull())
        except (av.error.EOFError, av.error.BlockingIOError):
            return _samples(frames)


def _samples(frames: Sequence[Any]) -> "NDArray[np.int16]":
    """The samples of 16-bit mono frames, one after another."""
    import numpy as np

    whole: NDArray[np.int16] = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])
    return whole
