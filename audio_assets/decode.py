"""Any sound file -> house format (48 kHz, mono, 16 bit), decoded whole, by PyAV.

Trusts no header, tag or name: only the containers `sniff` knows are opened, from a Python file object with every
protocol barred, and only by decoders of sound. Stops as soon as the limit of length is passed, so a small file that
unpacks to ten hours costs no more than the longest clip. A stranger's file is decoded in a process of its own
(`decode_apart`); this module is what runs there. Whether the sound is worth airing is not decided here.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from audio_assets import sniff
from audio_assets.blocks import Channels, Mix, alike, block_of
from audio_assets.loudness import Pcm
from audio_assets.zeros import behind_zeros
from scheduler.config.loading import AudioConfig
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import AudioError, NotFound, Refused

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler
    from av.audio.stream import AudioStream
    from av.container import InputContainer

__all__ = ["Decoded", "Facts", "Progress", "decode", "decode_into", "opened"]

Progress = Callable[[float], None]
"""Told the share done, 0 to 1; raise from it to stop."""

MEGABYTE = 1_000_000
"""As the limits of the configuration count."""
MOST_CHANNELS = 8
_RATES = range(4_000, 384_001)
_WHOLE_SHARE, _USEFUL_SHARE = 0.97, 0.1
"""Less than the first of the promised length is a cut tail, less than the second is not worth a warning."""
_BAD_SHARE = 0.5
_DECODERS = (
    "mp3float,mp3,mp2float,mp2,mp1float,mp1,aac,aac_latm,alac,opus,vorbis,flac,speex,amrnb,amrwb,ac3,eac3,gsm,gsm_ms,"
    "wmav1,wmav2,wmapro,wmavoice,wmalossless,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_g722,adpcm_yamaha,pcm_alaw,"
    "pcm_mulaw,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,"
    "pcm_f64le,pcm_f64be,pcm_s64le,pcm_s64be"
)
_OPTIONS = {"protocol_whitelist": "none", "codec_whitelist": _DECODERS, "max_streams": "32", "probesize": "5000000"}


def _tolerant(version: str) -> dict[str, Any]:
    """PyAV before 19 must be told not to fail on a title that is no UTF-8; since 19 it never does."""
    return {"metadata_errors": "ignore"} if int(version.partition(".")[0]) < 19 else {}  # noqa: PLR2004 - a version


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was found on the way through a file. `channels` and `sample_rate` are the file's."""

    channels: int
    sample_rate: int
    warnings: tuple[str, ...]
    clipped_share: float
    """Of the loudest channel before any conversion."""
    scaled_db: float = 0.0
    """Gain that was needed to fit a floating-point sound above full scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded(Facts):
    """A whole sound in house format, and what was found on the way."""

    pcm: Pcm

    @property
    def seconds(self) -> float:
        return len(self.pcm) / HOUSE_RATE


def opened(path: Path, limits: AudioConfig) -> BinaryIO:
    """The file opened for reading, after the checks that need no decoding."""
    try:
        if not path.is_file():
            if path.exists():
                raise AudioError("audio_not_sound", name=path.name)
            raise NotFound("file", path.name)
        size = path.stat().st_size
        if size == 0:
            raise AudioError("audio_empty", name=path.name)
        if size > limits.max_upload_mb * MEGABYTE:
            raise AudioError("audio_too_big", limit_mb=limits.max_upload_mb, size_mb=round(size / MEGABYTE, 1))
        return path.open("rb")
    except (OSError, ValueError) as error:
        raise Refused("file_unreadable", name=path.name) from error


def decode(path: Path, limits: AudioConfig, *, progress: Progress | None = None) -> Decoded:
    """The first sound of a file, in this process. Raises AudioError with a reason code where there is none to be had.

    A file whose channels cancel each other is read a second time, and `progress` then starts again.
    """
    with opened(path, limits) as file:
        return _decoded(file, limits.max_clip_minutes * 60.0, progress)


def _decoded(file: BinaryIO, max_seconds: float, progress: Progress | None) -> Decoded:
    sink = io.BytesIO()
    facts = decode_into(file, sink, max_seconds, progress)
    return Decoded(pcm=np.frombuffer(sink.getbuffer(), dtype=np.int16), **asdict(facts))


def decode_into(file: BinaryIO, sink: BinaryIO, max_seconds: float, progress: Progress | None) -> Facts:
    """Write the sound of a file in house format into `sink`, little end first and without a header.

    Raises AudioError; OSError of the two files passes through.
    """
    file = behind_zeros(file)
    container = sniff.container_of(file)
    if container is None:
        raise AudioError("audio_not_sound")
    if sniff.is_encrypted(file, container):
        raise AudioError("audio_encrypted")
    if sniff.has_no_index(file, container):
        raise AudioError("audio_truncated")
    try:
        return _facts(_Reading(file, sink, container, max_seconds, progress))
    except MemoryError as error:
        raise AudioError("audio_too_heavy") from error


def _facts(reading: "_Reading") -> Facts:
    channels = reading.run(Mix())
    fault, mix = channels.faults()
    warnings = [*reading.warnings(channels), *([fault] if fault else [])]
    if fault or mix.scale != 1.0:
        reading.run(mix)
    return Facts(
        channels=channels.count,
        sample_rate=channels.rate,
        warnings=tuple(warnings),
        clipped_share=float(channels.clipped.max()) / max(1, channels.samples),
        scaled_db=20.0 * float(np.log10(mix.scale)),
    )


class _Reading:
    """One file being decoded; `run` may be called again with another mix."""

    def __init__(
        self, file: BinaryIO, sink: BinaryIO, container: str, max_seconds: float, progress: Progress | None
    ) -> None:
        self._file = file
        self._sink = sink
        self._container = container
        self._most = int(max_seconds * HOUSE_RATE)
        self._progress = progress
        self._size = max(1, file.seek(0, io.SEEK_END))
        self._counted = sniff.says_its_length(file, container)
        self._declared: float | None = None
        self._cut = sniff.is_cut(file, container)
        self._bad_last = False
        self.packets = self.bad_packets = 0

    def run(self, mix: Mix) -> Channels:
        """Decode everything into the sink; the sums over the channels of the first format that appears."""
        import av

        self.packets = self.bad_packets = 0
        self._sink.seek(0)
        self._sink.truncate()
        self._file.seek(0)
        try:
            container = av.open(self._file, "r", self._container, options=_OPTIONS, **_tolerant(av.__version__))
        except av.error.EOFError as error:
            raise AudioError("audio_truncated") from error
        except MemoryError:
            raise
        except (av.error.FFmpegError, ValueError, OverflowError) as error:
            raise AudioError("audio_damaged", cause=str(error)) from error
        with container:
            stream = self._sound_of(container)
            return self._collect(container, stream, mix)

    def _sound_of(self, opened: "InputContainer") -> "AudioStream":
        if not len(opened.streams):
            raise AudioError("audio_damaged")
        if not opened.streams.audio:
            raise AudioError("audio_video_only" if opened.streams.video else "audio_not_sound")
        stream = opened.streams.audio[0]
        if stream.codec_context is None:
            raise AudioError("audio_unsupported")
        if not self._counted:
            return stream
        if stream.duration and stream.time_base:
            self._declared = float(stream.duration * stream.time_base)
        elif opened.duration:
            self._declared = opened.duration / 1e6
        return stream

    def _collect(self, opened: "InputContainer", stream: "AudioStream", mix: Mix) -> Channels:
        import av

        is_float_pcm = stream.codec_context.name.startswith("pcm_f")
        channels: Channels | None = None
        house = _House(self._sink)
        for frames in alike(self._frames(opened, stream)):
            block, not_numbers = block_of(frames)
            if len(block) > MOST_CHANNELS or frames[0].sample_rate not in _RATES:
                raise AudioError("audio_unsupported", channels=len(block), sample_rate=frames[0].sample_rate)
            channels = channels or Channels(len(block), frames[0].sample_rate, is_float_pcm)
            channels.not_numbers += not_numbers
            if len(block) == channels.count:
                channels.add(block, ceiling=0.99 if frames[0].format.bytes == 1 else 0.9995)
            try:
                house.add(mix.apply(block), frames[0].sample_rate)
            except MemoryError:
                raise
            except av.error.FFmpegError as error:
                raise AudioError("audio_damaged", cause=str(error)) from error
            self._hold_limits(house.frames)
        house.flush()
        if channels is None:
            raise AudioError("audio_truncated" if self._cut or not self.bad_packets else "audio_damaged")
        return channels

    def _frames(self, opened: "InputContainer", stream: "AudioStream") -> Iterator["AudioFrame"]:
        """Every frame that can be had; what cannot is counted."""
        import av

        packets = opened.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except MemoryError:
                raise
            except av.error.FFmpegError:
                self._cut = True
                return
            if packet is None:
                return
            self.packets += 1
            try:
                yield from packet.decode()
                self._bad_last = self._bad_last and not packet.size
            except MemoryError:
                raise
            except (av.error.FFmpegError, ValueError):
                if bytes(packet).strip(b"\0"):  # recorders fill the last block of a disk with zeros
                    self.bad_packets += 1
                    self._bad_last = True

    def _hold_limits(self, frames: int) -> None:
        if frames > self._most:
            raise AudioError("audio_too_long", limit_minutes=round(self._most / HOUSE_RATE / 60.0, 2))
        if self._progress is not None:
            self._progress(min(1.0, self._file.tell() / self._size))

    def warnings(self, channels: Channels) -> list[str]:
        """What was lost; AudioError where hardly anything else is left."""
        seconds = channels.samples / channels.rate
        promised = self._declared or seconds
        if seconds < promised * _USEFUL_SHARE:
            raise AudioError("audio_truncated", seconds=round(seconds, 1), declared=round(promised, 1))
        if self.bad_packets > self.packets * _BAD_SHARE or channels.not_numbers > channels.samples * _BAD_SHARE:
            raise AudioError("audio_damaged")
        found = []
        if self._cut or self._bad_last or seconds < promised * _WHOLE_SHARE:
            found.append("truncated_tail")
        if self.bad_packets > self._bad_last or channels.not_numbers:
            found.append("damaged_parts")
        return found


class _House:
    """Mono floats of any rate in, house format out, into a sink; `frames` counts them."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self.frames = 0
        self._rate = 0
        self._resampler: AudioResampler | None = None

    def add(self, mono: NDArray[np.float32], rate: int) -> None:
        import av

        if rate != self._rate:
            self.flush()
            self._rate = rate
            self._resampler = None
            if rate != HOUSE_RATE:
                self._resampler = av.AudioResampler(format="flt", layout="mono", rate=HOUSE_RATE)
        if self._resampler is None:
            self._keep(mono)
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(mono[None, :]), format="flt", layout="mono")
        frame.sample_rate = rate
        for made in self._resampler.resample(frame):
            self._keep(made.to_ndarray()[0])

    def flush(self) -> None:
        """Take what the resampler still holds."""
        if self._resampler is not None:
            for made in self._resampler.resample(None):
                self._keep(made.to_ndarray()[0])
            self._resampler = None
            self._rate = 0

    def _keep(self, mono: NDArray[Any]) -> None:
        scaled = np.rint(mono * np.float32(32767.0))
        self._sink.write(np.clip(scaled, -32768.0, 32767.0).astype("<i2").tobytes())
        self.frames += len(mono)
