"""House sound into what goes over a network: G.711, G.722, Opus and MP3 packets, and Opus in Ogg, by PyAV.

An encoder takes blocks of any length in order and gives back what is ready, as bytes to be sent. It holds at most one
packet of sound back. Nothing is known here of addresses, servers or time.
"""

from dataclasses import dataclass
from typing import Protocol, cast

import av
from av.audio.codeccontext import AudioCodecContext

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import Block

__all__ = ["Encoder", "OggOpus", "Packets"]


class Encoder(Protocol):
    def encode(self, block: Block) -> list[bytes]:
        """What is ready after `block`; a packet each."""


@dataclass(frozen=True, slots=True)
class _Codec:
    library: str
    rate: int
    frame: int
    """Samples of one packet, at `rate`."""
    is_rated: bool = False
    """Whether a bit rate may be chosen."""
    options: tuple[tuple[str, str], ...] = ()


_CODECS = {
    "PCMU": _Codec("pcm_mulaw", 8_000, 160),
    "G722": _Codec("g722", 16_000, 320),
    "opus": _Codec("libopus", 48_000, 960, is_rated=True, options=(("application", "audio"),)),
    "mp3": _Codec("libmp3lame", 48_000, 1152, is_rated=True),
}
_MOST_KBPS = {"opus": 256, "mp3": 320}
"""Of one channel."""


class Packets:
    """Packets of `codec` ("PCMU", "G722", "opus" or "mp3"), each of the same length; MP3 ones in a row are a stream."""

    def __init__(self, codec: str, bitrate_kbps: int = 64) -> None:
        chosen = _CODECS[codec]
        self.frames = chosen.frame * HOUSE_RATE // chosen.rate
        """House frames in one packet."""
        self._taken = 0
        try:
            context = cast("AudioCodecContext", av.CodecContext.create(chosen.library, "w"))
            context.sample_rate = chosen.rate
            context.layout = "mono"
            context.format = "s16"
            if chosen.is_rated:
                context.bit_rate = bitrate_kbps * 1000
            context.options = dict(chosen.options)
            context.open()
        except (av.error.FFmpegError, ValueError) as error:
            raise _refused(codec, bitrate_kbps, error) from error
        self._context = context
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=chosen.rate, frame_size=chosen.frame)

    def encode(self, block: Block) -> list[bytes]:
        frame = _frame(block, self._taken)
        self._taken += len(block)
        try:
            pieces = self._resampler.resample(frame)
            return [bytes(packet) for piece in pieces for packet in self._context.encode(piece)]
        except av.error.FFmpegError as error:
            raise OutputError(f"the encoder failed: {error}") from error


class OggOpus:
    """Opus in Ogg pages of a fifth of a second, as a listener of an Icecast server expects it."""

    def __init__(self, bitrate_kbps: int = 64) -> None:
        self._pages = _Pages()
        self._taken = 0
        try:
            options = {"page_duration": "200000", "flush_packets": "1"}
            self._container = av.open(self._pages, "w", format="ogg", options=options)
            stream = self._container.add_stream("libopus", rate=HOUSE_RATE, layout="mono")
            stream.bit_rate = bitrate_kbps * 1000
            stream.codec_context.open()
            self._container.start_encoding()
        except (av.error.FFmpegError, ValueError) as error:
            raise _refused("opus", bitrate_kbps, error) from error
        self._stream = stream
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=HOUSE_RATE, frame_size=960)

    def encode(self, block: Block) -> list[bytes]:
        frame = _frame(block, self._taken)
        self._taken += len(block)
        try:
            for piece in self._resampler.resample(frame):
                self._container.mux(self._stream.encode(piece))
        except av.error.FFmpegError as error:
            raise OutputError(f"the encoder failed: {error}") from error
        return self._pages.take()


class _Pages:
    """A file that the container writes and nobody seeks in."""

    name = "stream.ogg"

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def take(self) -> list[bytes]:
        written, self._written = self._written, []
        return written


def _frame(block: Block, first: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = HOUSE_RATE
    frame.pts = first
    return frame


def _refused(codec: str, bitrate_kbps: int, error: Exception) -> OutputError:
    most = _MOST_KBPS.get(codec)
    advice = f"set bitrate_kbps to {most} or less" if most and bitrate_kbps > most else f"the encoder says {error}"
    return OutputError(f"{codec} cannot be made at {bitrate_kbps} kbit/s: {advice}", permanent=True)
