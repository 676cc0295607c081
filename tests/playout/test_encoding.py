"""Coded sound, decoded back: nothing lost, nothing added, at every bit rate that config.toml allows."""

import io
from collections.abc import Callable

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import OutputError
from scheduler.playout.outputs.encoding import OggOpus, Packets
from tests.examples import examples

RATES = (8, 16, 32, 64, 128, 320)


def tone(seconds: float) -> np.ndarray:
    return (np.sin(2 * np.pi * 1000 * np.arange(round(seconds * HOUSE_RATE)) / HOUSE_RATE) * 12_000).astype(np.int16)


def decoded(data: bytes, kind: str) -> tuple[np.ndarray, int]:
    with av.open(io.BytesIO(data), format=kind) as container:
        rate = container.streams.audio[0].rate
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(frames).astype(float), rate


def pitch(sound: np.ndarray, rate: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound)))))) * rate / len(sound)


@pytest.mark.parametrize(
    ("codec", "kbps"), [*(("mp3", kbps) for kbps in RATES), *(("opus", kbps) for kbps in RATES[:-1])]
)
def test_every_bit_rate_makes_a_stream(codec: str, kbps: int):
    encoder = Packets("mp3", kbps) if codec == "mp3" else OggOpus(kbps)
    data = b"".join(piece for _ in range(100) for piece in encoder.encode(tone(0.02)))
    sound, rate = decoded(data, "mp3" if codec == "mp3" else "ogg")
    assert len(sound) / rate == pytest.approx(2, abs=0.3)
    assert pitch(sound[len(sound) // 4 :], rate) == pytest.approx(1000, abs=10)


@pytest.mark.parametrize("make", [OggOpus, lambda kbps: Packets("opus", kbps)], ids=["ogg", "packets"])
def test_more_than_opus_has_for_one_channel_is_refused_for_good(make: Callable[[int], object]):
    with pytest.raises(
        OutputError, match="opus cannot be made at 320 kbit/s: set bitrate_kbps to 256 or less"
    ) as refused:
        make(320)
    assert refused.value.permanent


@pytest.mark.parametrize(("codec", "frames", "size"), [("PCMU", 960, 160), ("G722", 960, 160)])
def test_telephone_codecs_make_packets_of_twenty_milliseconds(codec: str, frames: int, size: int):
    packets = Packets(codec)
    made = packets.encode(tone(1))
    assert packets.frames == frames
    assert {len(packet) for packet in made} == {size}
    assert 48 <= len(made) <= 50


@settings(max_examples=examples(30))
@given(st.lists(st.integers(1, 4000), min_size=1, max_size=30))
def test_how_the_sound_is_cut_into_blocks_does_not_matter(sizes: list[int]):
    sound = np.random.default_rng(1).integers(-20_000, 20_000, sum(sizes)).astype(np.int16)
    at, pieces, whole = 0, Packets("G722"), Packets("G722")
    made = []
    for size in sizes:
        made += pieces.encode(sound[at : at + size])
        at += size
    expected = whole.encode(sound)
    assert made == expected[: len(made)]
    assert abs(len(expected) - len(made)) <= 1
