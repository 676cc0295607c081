"""Decoding believes bytes only, opens nothing else, stops at its limits and says what was lost."""

import io
import os
import socket
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from audio_assets import sniff
from audio_assets.decode import decode, decode_into
from scheduler.config.loading import AudioConfig
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import AudioError, NotFound, Refused
from tests.audio.make_audio import (
    AMR,
    amr,
    bare_mp3,
    encoded,
    flac_bomb,
    float_wav,
    house,
    speech_like,
    stereo,
    tone,
    wav,
)
from tests.examples import examples

LIMITS = AudioConfig(max_clip_minutes=1.0)


def decoded(data: bytes, tmp_path: Path):
    path = tmp_path / "a.mp3"
    path.write_bytes(data)
    return decode(path, LIMITS)


@pytest.mark.parametrize(
    ("make", "worst"),
    [
        pytest.param(wav, 1, id="s16"),
        pytest.param(lambda sound: encoded("wav", "pcm_s24le", sound), 1, id="s24"),
        pytest.param(lambda sound: encoded("wav", "pcm_s32le", sound), 1, id="s32"),
        pytest.param(lambda sound: encoded("wav", "pcm_f32le", sound), 1, id="f32"),
        pytest.param(lambda sound: encoded("wav", "pcm_f64le", sound), 1, id="f64"),
        pytest.param(lambda sound: encoded("wav", "pcm_u8", sound), 300, id="u8"),
        pytest.param(lambda sound: encoded("flac", "flac", sound), 1, id="flac"),
        pytest.param(lambda sound: encoded("ipod", "alac", sound), 1, id="alac"),
        pytest.param(lambda sound: encoded("wav", "pcm_s16le", sound, layout="5.1"), 1, id="six_channels"),
    ],
)
def test_lossless_sound_comes_through_sample_by_sample(make, worst, tmp_path):
    sound = speech_like(1.0)
    pcm = decoded(make(sound), tmp_path).pcm
    assert len(pcm) == HOUSE_RATE
    assert np.abs(pcm.astype(int) - house(sound)).max() <= worst


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 88_200, 96_000])
def test_every_rate_keeps_length_pitch_and_level(rate, tmp_path):
    made = decoded(wav(tone(1.0, rate, 1000.0, 0.5), rate=rate), tmp_path)
    assert made.sample_rate == rate
    assert made.seconds == pytest.approx(1.0, abs=0.005)
    middle = made.pcm[12_000:36_000].astype(float)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert spectrum.argmax() * HOUSE_RATE / len(middle) == pytest.approx(1000.0, abs=2.0)
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(32767 * 0.5 / np.sqrt(2), rel=0.01)


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [
        pytest.param("mp3", "libmp3lame", 44_100, id="mp3"),
        pytest.param("ipod", "aac", 44_100, id="m4a"),
        pytest.param("ogg", "libopus", 48_000, id="opus"),
        pytest.param("webm", "libopus", 48_000, id="webm"),
    ],
)
def test_lossy_sound_is_the_same_sound(container, codec, rate, tmp_path):
    made = decoded(encoded(container, codec, tone(2.0, rate, 700.0, 0.3), rate=rate, bit_rate=96_000), tmp_path)
    middle = made.pcm[24_000:72_000].astype(float)
    spectrum = np.abs(np.fft.rfft(middle))
    assert spectrum.argmax() == pytest.approx(700, abs=1)
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(32767 * 0.3 / np.sqrt(2), rel=0.05)


def test_what_the_file_had_is_told(tmp_path):
    made = decoded(stereo(speech_like(), speech_like(seed=1)), tmp_path)
    assert (made.channels, made.sample_rate, made.warnings, made.scaled_db) == (2, 48_000, (), 0.0)
    assert made.pcm.dtype == np.int16


def test_stereo_becomes_the_mean_of_both(tmp_path):
    left, right = speech_like(seed=1), speech_like(seed=2)
    assert np.abs(decoded(stereo(left, right), tmp_path).pcm - house((left + right) / 2).astype(int)).max() <= 1


def test_a_sound_that_changes_its_rate_on_the_way_is_decoded_whole(tmp_path):
    """Two MP3 streams pasted together, as a careless editor does."""
    other = encoded(
        "mp3", "libmp3lame", tone(2.0, 24_000), rate=24_000, container_options={"write_xing": "0", "id3v2_version": "0"}
    )
    assert decoded(bare_mp3() + other, tmp_path).seconds == pytest.approx(4.0, abs=0.2)


def test_a_chained_ogg_is_decoded_whole(tmp_path):
    links = encoded("ogg", "libopus", speech_like(2.0)) + encoded("ogg", "libopus", speech_like(3.0))
    made = decoded(links, tmp_path)
    assert made.seconds == pytest.approx(5.0, abs=0.1)
    assert not made.warnings


def test_a_chain_that_cannot_be_followed_is_told(tmp_path):
    links = encoded("ogg", "libopus", speech_like(2.0)) + encoded("ogg", "libopus", speech_like(3.0), layout="stereo")
    made = decoded(links, tmp_path)
    assert made.seconds == pytest.approx(2.0, abs=0.1)
    assert made.warnings == ("truncated_tail",)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
def test_floats_that_are_no_sound_become_silence_and_a_warning(value, tmp_path):
    sound = speech_like(1.0)
    sound[100:200] = value
    made = decoded(float_wav(sound), tmp_path)
    assert "damaged_parts" in made.warnings
    assert not made.pcm[100:200].any()
    assert made.pcm[200:].any()


def test_a_float_file_of_nothing_but_no_numbers_is_damaged(tmp_path):
    with pytest.raises(AudioError, match="audio_damaged"):
        decoded(float_wav(np.full(48_000, np.nan)), tmp_path)


def test_the_limit_of_length_counts_what_is_decoded_not_what_is_said(tmp_path):
    lying = bytearray(flac_bomb(hours=0.1))
    lying[18:26] = (8000 << 44 | 15 << 36 | 8000).to_bytes(8, "big")  # the header says one second
    with pytest.raises(AudioError, match="audio_too_long") as caught:
        decoded(bytes(lying), tmp_path)
    assert caught.value.details["limit_minutes"] == 1.0


def test_a_sound_exactly_as_long_as_allowed_is_taken(tmp_path):
    assert decoded(wav(tone(60.0)), tmp_path).seconds == 60.0


def test_one_sample_more_than_allowed_is_not(tmp_path):
    with pytest.raises(AudioError, match="audio_too_long"):
        decoded(wav(tone(60.0 + 1 / HOUSE_RATE)), tmp_path)


def test_a_file_over_the_size_limit_is_not_even_opened(tmp_path):
    path = tmp_path / "a.wav"
    with path.open("wb") as file:
        file.truncate(201 * 1024 * 1024)
    with pytest.raises(AudioError, match="audio_too_big") as caught:
        decode(path, AudioConfig())
    assert caught.value.details["limit_mb"] == 200


def test_no_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(NotFound):
        decode(tmp_path / "a", LIMITS)
    with pytest.raises(AudioError, match="audio_not_sound"):
        decode(tmp_path, LIMITS)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_refusal(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(wav())
    path.chmod(0)
    with pytest.raises(Refused, match="file_unreadable"):
        decode(path, LIMITS)


PLAYLISTS = [
    pytest.param("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{target}\n#EXT-X-ENDLIST\n", id="m3u8"),
    pytest.param("ffconcat version 1.0\nfile {target}\n", id="concat"),
    pytest.param("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n", id="sdp"),
    pytest.param('<?xml version="1.0"?><MPD><BaseURL>{target}</BaseURL></MPD>', id="dash"),
    pytest.param("[playlist]\nFile1={target}\n", id="pls"),
]


@pytest.mark.parametrize("text", PLAYLISTS)
def test_a_playlist_opens_neither_a_file_nor_an_address(text, tmp_path):
    opened = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        server.settimeout(0.3)

        def listen():
            try:
                opened.append(server.accept())
            except TimeoutError:
                return

        listener = threading.Thread(target=listen)
        listener.start()
        for target in (f"http://127.0.0.1:{port}/a.wav", "/etc/passwd"):
            with pytest.raises(AudioError, match="audio_not_sound"):
                decoded(text.format(target=target, port=port).encode(), tmp_path)
        listener.join()
    assert not opened


def test_an_mp4_that_refers_to_another_file_gets_no_sound_of_it(tmp_path):
    """Its data reference is turned from "in this file" to a neighbour's name."""
    (tmp_path / "secret.wav").write_bytes(wav())
    data = encoded("ipod", "aac").replace(b"url \x00\x00\x00\x01", b"alis\x00\x00\x00\x00")
    made = decoded(data, tmp_path)
    assert made.seconds == pytest.approx(2.0, abs=0.1)


def decode_bytes(data, max_seconds=600.0):
    sink = io.BytesIO()
    decode_into(io.BytesIO(data), sink, max_seconds, None)
    return np.frombuffer(sink.getbuffer(), dtype="<i2")


def test_what_is_no_sound_is_refused():
    with pytest.raises(AudioError, match="audio_not_sound"):
        decode_bytes(b"<html>429 Too Many Requests</html>")


@cache
def seeds():
    """Made when they are wanted: not in every process that reads the tests."""
    return [
        bare_mp3()[:4000], encoded("ipod", "aac", speech_like(0.5)), encoded("ogg", "libopus", speech_like(0.5)),
        encoded("webm", "libopus", speech_like(0.5)), encoded("flac", "flac", speech_like(0.1)), wav(speech_like(0.1)),
        encoded("asf", "wmav2", speech_like(0.5), bit_rate=64_000), encoded("adts", "aac", speech_like(0.3)),
        encoded("caf", "pcm_s16le", speech_like(0.05)), *(amr(container) for _, container in AMR),
    ]  # fmt: skip


@settings(max_examples=examples(150), deadline=None)
@given(
    seed=st.deferred(lambda: st.sampled_from(seeds())),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
    head=st.booleans(),
    share=st.floats(0.05, 1.0),
)
def test_a_damaged_file_decodes_or_is_refused_and_never_anything_else(seed, changes, head, share):
    data = bytearray(seed[: int(len(seed) * share) + 1])
    reach = min(len(data), 200) if head else len(data)
    for place, value in changes:
        data[int(place * reach)] = value
    try:
        pcm = decode_bytes(bytes(data), max_seconds=20.0)
    except AudioError as error:
        event(error.reason)
        return
    event("decoded")
    assert len(pcm) <= 20 * HOUSE_RATE


@given(st.binary(max_size=3000))
def test_any_bytes_are_sniffed_without_a_fault(data):
    file = io.BytesIO(data)
    container = sniff.container_of(file)
    if container is not None:
        sniff.has_no_index(file, container)
        sniff.is_encrypted(file, container)
        sniff.is_cut(file, container)
        sniff.says_its_length(file, container)


def test_importing_the_decoder_does_not_load_ffmpeg():
    code = "import sys, audio_assets.decode, audio_assets.ingest; print('av' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": str(Path.cwd())}
    )  # fmt: skip
    assert ran.stdout.strip() == "False"
