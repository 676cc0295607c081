"""Sound from a server is told by its bytes, and a cut one is never taken for a whole one."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_assets.speech.arrived import UnsoundError, believed, kind_of
from audio_assets.speech.mp3 import stretched
from tests.audio.speech_server import encoded, sound_of, spoken, wav
from tests.examples import examples

TEXT = "Xin chào bà con."
KINDS = ("wav", "mp3", "ogg", "flac")


@pytest.mark.parametrize(
    ("kind", "told"), [("wav", "wav"), ("mp3", "mp3"), ("opus", "ogg"), ("flac", "flac")], ids=lambda kind: kind
)
def test_each_kind_is_told_by_its_first_bytes(kind: str, told: str):
    assert kind_of(sound_of(TEXT, kind)) == told


def test_an_mp3_with_a_tag_in_front_is_an_mp3_and_a_cut_one_is_seen():
    bare = sound_of(TEXT, "mp3")
    bare = bare[bare.index(b"\xff\xf3") :]
    tagged = b"ID3\x04\0\0\0\0\x01\x00" + b"\0" * 128 + bare
    assert kind_of(tagged) == "mp3"
    assert believed(tagged, TEXT, KINDS)[1] == 24_000
    with pytest.raises(UnsoundError, match="cut off"):
        believed(tagged[:-50], TEXT, KINDS)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"<html>", b"{}", b"\0" * 100, b"\xff\xf1" + b"\0" * 99], ids=repr)
def test_what_is_no_sound_has_no_kind_and_is_refused(data: bytes):
    assert kind_of(data) == ""
    with pytest.raises(UnsoundError):
        believed(data, TEXT, KINDS)


def test_a_kind_that_was_not_asked_for_is_refused():
    with pytest.raises(UnsoundError, match="known kind"):
        believed(sound_of(TEXT, "flac"), TEXT, ("wav", "mp3"))


@pytest.mark.parametrize("kind", ["wav", "opus"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_part_of_a_file_is_never_believed(kind: str, share: float):
    whole = sound_of(TEXT, kind)
    with pytest.raises(UnsoundError):
        believed(whole[: int(len(whole) * share)], TEXT, KINDS)


def test_a_flac_that_is_cut_between_two_of_its_frames_is_not_believed_whole():
    """Each frame is whole, so no checksum fails: the number of samples in its head tells."""
    whole = encoded(spoken("Kính mời bà con đến trạm y tế phường để tiêm phòng vào sáng mai."), "flac")
    frames = [found.start() for found in re.finditer(b"\xff[\xf8\xf9]", whole)]
    assert len(frames) > 6
    for cut in frames[3:]:
        with pytest.raises(UnsoundError):
            believed(whole[:cut], "xin", KINDS)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_flac_is_not_believed_whole(share: float):
    whole = encoded(spoken("Kính mời bà con đến trạm y tế phường để tiêm phòng vào sáng mai."), "flac")
    try:
        pcm, _ = believed(whole[: int(len(whole) * share)], "xin", KINDS)
    except UnsoundError:
        return
    raise AssertionError(f"{len(pcm)} samples of a cut file were believed")


def test_a_wav_whose_samples_are_promised_and_missing_is_cut():
    pcm = spoken(TEXT)
    with pytest.raises(UnsoundError, match="cut off"):
        believed(wav(pcm, data=2 * len(pcm) + 4000, riff=0xFFFFFFFF), TEXT, KINDS)


@pytest.mark.parametrize("seconds", [300, 600])
def test_decoding_ends_where_no_speech_of_that_text_could_go_on(seconds: int):
    """Hours of silence are a small file; they must not become hours of samples."""
    second = encoded(np.zeros(24_000 * 60, np.int16), "mp3")
    frames = second[second.index(b"\xff\xf3") :]
    with pytest.raises(UnsoundError, match="cannot be"):
        believed(frames * (seconds // 60), TEXT, KINDS)


@given(st.binary(max_size=400), st.sampled_from([b"", b"RIFF\0\0\0\0WAVE", b"OggS", b"ID3", b"fLaC", b"\xff\xfb"]))
@settings(max_examples=examples(150), deadline=None)
def test_no_bytes_whatever_fall_out_of_the_contract(data: bytes, head: bytes):
    try:
        pcm, rate = believed(head + data, TEXT, KINDS)
    except UnsoundError:
        return
    assert rate >= 8000
    assert len(pcm)


@pytest.mark.parametrize("speed", [0.3, 0.42, 0.49])
def test_a_pace_below_half_is_reached_in_two_steps(speed: float):
    tone = (np.sin(2 * np.pi * 440 * np.arange(24_000) / 24_000) * 12_000).astype(np.int16)
    assert len(stretched(tone, 24_000, speed)) == pytest.approx(24_000 / speed, rel=0.05)
