"""The child process of a stream: fetch it, decode it, level it, write house format (s16le, 48 kHz, mono) to stdout.

The libraries that decode are given a Python file object of bytes that were fetched under the relay policy; they never
see an address and can open nothing. The pipe paces the work: playout reads in real time. Called by
`scheduler.playout.relay.source`, never by a person: python -m scheduler.playout.relay.decode [--allow-private] URL
"""

import argparse
import io
import sys
import wave
from collections.abc import Iterator
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused
from scheduler.playout.relay.child import no_more_files, open_within, run_child, write
from scheduler.playout.relay.fault import RelayError
from scheduler.playout.relay.fetch import Fetching, Stream, open_stream
from scheduler.playout.relay.leveller import Leveller

__all__ = ["main"]

_DECODERS = (
    "mp3float,mp3,mp2float,mp2,mp1float,mp1,aac,aac_latm,opus,vorbis,flac,speex,pcm_alaw,pcm_mulaw,pcm_u8,pcm_s16le,"
    "pcm_s24le,pcm_s32le,pcm_f32le"
)
_OPTIONS = {
    "protocol_whitelist": "none",
    "codec_whitelist": _DECODERS,
    "max_streams": "16",
    "probesize": "65536",
    "analyzeduration": "1000000",
}
_READ = 1 << 12
"""Small, so that a stream of 32 kbit/s is heard within a second."""
_MOST_CHANNELS = 8
_RATES = range(4_000, 384_001)
_MOST_BAD = 500
"""Packets in a row that no decoder takes: what follows is no sound any more."""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--allow-private", action="store_true")
    parser.add_argument("--allowed-host", action="append", default=[])
    parser.add_argument("--idle", type=float, default=10.0)
    parser.add_argument("--target-lufs", type=float, default=-16.0)
    args = parser.parse_args()
    settings = Fetching(args.allow_private, tuple(args.allowed_host), idle=args.idle)
    return run_child(lambda: _relay(args.url, settings, args.target_lufs))


def _relay(url: str, settings: Fetching, target: float) -> None:
    with open_within():
        stream = open_stream(url, settings, SystemClock().monotonic)
    with stream:
        _load_everything()
        no_more_files()
        leveller = Leveller(target)
        for samples in _decoded(stream):
            if len(ready := leveller.feed(samples)):
                write(ready)
        write(leveller.flush())


def _load_everything() -> None:
    """PyAV loads parts of itself when they are first used, and no file can be opened after `no_more_files`."""
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes(bytes(800))
    whole.seek(0)
    with av.open(whole, "r", "wav", options=_OPTIONS) as opened:
        for _ in _resampled(_frames(opened)):
            pass


class _Bytes:
    """All that PyAV gets to see of a stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.fault: RelayError | None = None

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except RelayError as error:  # as the end of the stream: what has come is still worth decoding
            self.fault = error
            return b""


def _decoded(stream: Stream) -> Iterator[NDArray[np.int16]]:
    """House format, as it comes. RelayError says why no more came, where the server did not simply end."""
    source = _Bytes(stream)
    try:
        with av.open(source, "r", stream.container, options=_OPTIONS, buffer_size=_READ) as opened:
            if not opened.streams.audio:
                raise Refused("relay_not_audio", content_type=stream.content_type[:80])
            yield from _resampled(_frames(opened))
    except av.error.FFmpegError as error:
        if source.fault is None:
            raise RelayError("relay_damaged", str(error)) from error
    if source.fault is not None:
        raise source.fault


def _frames(opened: Any) -> Iterator["av.AudioFrame"]:
    """Every frame that can be had; a stream joined in the middle begins with some that cannot."""
    bad = 0
    for packet in opened.demux(opened.streams.audio[0]):
        try:
            frames = packet.decode()
        except (av.error.FFmpegError, ValueError) as error:
            bad += 1
            if bad > _MOST_BAD:
                raise RelayError("relay_damaged", str(error)) from error
            continue
        bad = 0 if frames else bad
        yield from frames


def _resampled(frames: Iterator["av.AudioFrame"]) -> Iterator[NDArray[np.int16]]:
    """One channel at the house rate. A stream may change its rate or channels with every programme."""
    resampler, shape = None, None
    for frame in frames:
        now = (frame.format.name, frame.sample_rate, frame.layout.name)
        if now != shape:
            if resampler is not None:
                yield from _blocks(resampler.resample(None))
            if frame.layout.nb_channels > _MOST_CHANNELS or frame.sample_rate not in _RATES:
                raise Refused("relay_not_audio", content_type=f"{frame.sample_rate} Hz")
            resampler, shape = av.AudioResampler(format="s16", layout="mono", rate=HOUSE_RATE), now
        if resampler is not None:
            frame.pts = None  # places in time that a stream claims may jump; only its samples count
            yield from _blocks(resampler.resample(frame))
    if resampler is not None:
        yield from _blocks(resampler.resample(None))


def _blocks(frames: "list[av.AudioFrame]") -> Iterator[NDArray[np.int16]]:
    for frame in frames:
        yield np.asarray(frame.to_ndarray()[0], dtype=np.int16)


if __name__ == "__main__":
    sys.exit(main())
