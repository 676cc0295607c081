"""gTTS against a loopback server that speaks its protocol over TLS: what each kind of answer leads to."""

import gzip
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from audio_assets.speech.contract import Spoken
from audio_assets.speech.gtts_engine import GttsEngine
from audio_assets.speech.mp3 import decoded, is_whole, stretched
from scheduler.kernel.errors import SpeechError
from tests.audio import gtts_server as google
from tests.audio.gtts_server import GttsServer, coded, mp3, mp3_of

SENTENCE = "Bà con đi tiêm chủng tại trạm y tế phường."
LONG = (
    "Ủy ban nhân dân phường thông báo. Sáng mai nước sạch tạm ngừng cấp tại tổ dân phố số ba, "
    "đề nghị bà con tích trữ đủ dùng trong ngày! Xin nhắc lại: nước sạch tạm ngừng cấp. Xin trân trọng cảm ơn."
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with google.serving(tmp_path_factory.mktemp("gtts")) as running:
        yield running


@pytest.fixture(autouse=True)
def network(server: GttsServer, monkeypatch: pytest.MonkeyPatch):
    """Only the loopback proxy is "the internet"."""
    for name in ("NO_PROXY", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", server.proxy)
    monkeypatch.setenv("https_proxy", server.proxy)
    server.script.clear()
    server.texts.clear()
    server.heads.clear()


class Waits(list[float]):
    """Records how long the engine would have waited, and does not wait."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def engine_of(server: GttsServer, *, timeout: float = 60.0, tries: int = 3, tld: str = "com.vn", **more) -> GttsEngine:
    settings = {"ca_bundle": server.ca_bundle, "wait": Waits()} | more
    return GttsEngine(tld=tld, timeout=timeout, tries=tries, **settings)


def third_of_the_frames(sound: bytes) -> bytes:
    """Cut at a frame's edge: 64 kbit/s at 24 kHz has frames of 192 bytes."""
    return sound[: len(sound) // 192 // 3 * 192]


# fault -> (answers in order, tries made, the error's words or None = it spoke, permanent?)
FAULTS = {
    "429_then_ok": ([google.status("429 Too Many Requests")], 2, None, None),
    "503_twice_then_ok": ([google.status("503 Service Unavailable")] * 2, 3, None, None),
    "500_three_times": ([google.status("500 Internal Server Error")] * 3, 3, "answered 500", False),
    "429_asking_for_a_minute": ([google.status("429 No", "Retry-After: 60")], 1, "answered 429", False),
    "429_asking_until_a_date": (
        [google.status("429 No", "Retry-After: Fri, 13 Mar 2020 05:00:00 GMT")],
        1,
        "answered 429",
        False,
    ),
    "403": ([google.status("403 Forbidden")], 1, "answered 403", True),
    "404": ([google.status("404 Not Found")], 1, "answered 404", True),
    "302_to_a_portal": (
        [google.status("302 Found", "Location: http://portal.example/login")],
        1,
        "portal.example",
        False,
    ),
    "html_with_200": ([google.body(b"<!DOCTYPE html><html><body>Wi-Fi</body></html>")], 1, "web page", False),
    "empty_body": ([google.body(b"")] * 3, 3, "cut off", False),
    "empty_base64": ([google.body(google.envelope(""))] * 3, 3, "without sound", False),
    "bad_base64": ([google.body(google.envelope("//OE*AAA"))] * 3, 3, "base64", False),
    "text_as_sound": ([google.body(coded(b"this is not an MP3 at all " * 99))] * 3, 3, "decoded", False),
    "no_sound_field": ([google.body(b'[["wrb.fr","jQ1olc",null,null]]')], 1, "no sound for this text", True),
    "truncated_in_a_frame": ([google.altered(lambda sound: sound[: len(sound) * 9 // 10 + 7])] * 3, 3, "cut", False),
    "truncated_at_a_frame": ([google.altered(third_of_the_frames)] * 3, 3, "cannot be", False),
    "silent_sound": ([google.body(coded(mp3(np.zeros(24_000 * 3, np.int16))))] * 3, 3, "silent", False),
    "far_too_long_sound": ([google.altered(lambda sound: sound * 12)] * 3, 3, "cannot be", False),
    "cut_off": ([google.cut_off] * 3, 3, "broke off", False),
    "cut_unnoticed": ([google.cut_unnoticed] * 3, 3, "cut off", False),
    "reset_then_ok": ([google.reset], 2, None, None),
    "reset": ([google.reset] * 3, 3, "broke off", False),
    "huge_answer": ([google.body(b"x" * 5_000_000)], 1, "too large", False),
}


@pytest.mark.parametrize(("answers", "tries", "words", "permanent"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_of_the_server_has_its_outcome(server: GttsServer, answers, tries, words, permanent):
    server.script.extend(answers)
    engine = engine_of(server)
    if words is None:
        assert engine.speak(SENTENCE, 1.0).seconds > 1
    else:
        with pytest.raises(SpeechError, match=words) as refusal:
            engine.speak(SENTENCE, 1.0)
        assert refusal.value.permanent is permanent
    assert server.texts == [SENTENCE] * tries


def test_an_answer_slower_than_the_time_out_is_a_passing_failure(server: GttsServer):
    server.script.append(google.slow)
    with pytest.raises(SpeechError) as refusal:
        engine_of(server, timeout=0.3, tries=1).speak(SENTENCE, 1.0)
    assert refusal.value.permanent is False


def test_a_slow_answer_is_asked_for_again(server: GttsServer):
    server.script.append(google.slow)
    assert engine_of(server, timeout=3.0).speak(SENTENCE, 1.0).seconds > 1
    assert len(server.texts) == 2


def test_the_wait_doubles_between_tries_and_has_a_cap(server: GttsServer):
    server.script.extend([google.status("503 No")] * 7)
    waits = Waits()
    engine_of(server, tries=8, wait=waits).speak(SENTENCE, 1.0)
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_the_server_may_ask_for_a_short_wait(server: GttsServer):
    server.script.append(google.status("429 No", "Retry-After: 3"))
    waits = Waits()
    engine_of(server, wait=waits).speak(SENTENCE, 1.0)
    assert waits == [3.0]


def test_no_network_fails_at_once_and_may_pass(server: GttsServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    waits = Waits()
    with pytest.raises(SpeechError, match="cannot be reached") as refusal:
        engine_of(server, wait=waits).speak(SENTENCE, 1.0)
    assert refusal.value.permanent is False
    assert waits == []


def test_a_certificate_nobody_vouches_for_is_refused_before_any_text_leaves(server: GttsServer):
    with pytest.raises(SpeechError, match="not trusted") as refusal:
        engine_of(server, ca_bundle=None).speak(SENTENCE, 1.0)
    assert refusal.value.permanent is False
    assert server.texts == []


def test_an_authority_in_the_environment_is_trusted(server: GttsServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", server.ca_bundle)
    assert engine_of(server, ca_bundle=None).speak(SENTENCE, 1.0).seconds > 1


def test_the_authority_asked_for_wins_over_the_environment(
    server: GttsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "absent.pem"))
    assert engine_of(server).speak(SENTENCE, 1.0).seconds > 1


def test_an_authority_file_that_is_not_there_is_a_fault_for_good(server: GttsServer, tmp_path: Path):
    with pytest.raises(SpeechError, match=r"absent\.pem") as refusal:
        engine_of(server, ca_bundle=str(tmp_path / "absent.pem")).speak(SENTENCE, 1.0)
    assert refusal.value.permanent is True


def test_the_host_follows_the_configured_ending(server: GttsServer):
    engine_of(server, tld="com").speak(SENTENCE, 1.0)
    assert "Host: translate.google.com" in server.heads[0]


def test_long_texts_go_in_few_whole_packs(server: GttsServer):
    engine_of(server).speak(LONG, 1.0)
    assert all(len(text) <= 100 for text in server.texts)
    assert " ".join(server.texts) == LONG
    assert len(server.texts) == 3


def test_a_full_stop_after_an_abbreviation_like_word_survives(server: GttsServer):
    engine_of(server).speak("Nội dung của bài test. Bà con chú ý nghe đài mỗi ngày.", 1.0)
    assert server.texts == ["Nội dung của bài test. Bà con chú ý nghe đài mỗi ngày."]


def test_decomposed_vietnamese_is_composed_and_not_counted_twice(server: GttsServer):
    import unicodedata

    engine_of(server).speak(unicodedata.normalize("NFD", LONG), 1.0)
    assert " ".join(server.texts) == LONG


def test_one_bad_part_is_asked_again_alone(server: GttsServer):
    server.script.extend([google.good, google.status("503 No")])
    engine_of(server).speak(LONG, 1.0)
    assert len(server.texts) == 4
    assert server.texts[1] == server.texts[2]


def test_a_part_that_never_comes_leaves_no_clip(server: GttsServer):
    server.script.extend([google.good, *[google.status("503 No")] * 3])
    with pytest.raises(SpeechError):
        engine_of(server).speak(LONG, 1.0)
    assert len(server.texts) == 4


def test_the_sound_is_what_the_server_sent(server: GttsServer):
    spoken = engine_of(server).speak(SENTENCE, 1.0)
    sent, rate = decoded(mp3_of(SENTENCE))
    assert spoken.rate == rate == 24_000
    assert np.array_equal(spoken.pcm, sent)


def test_a_compressed_answer_in_small_chunks_is_read_to_its_end(server: GttsServer):
    def compressed(connection: google.Connection, text: str) -> None:
        body = gzip.compress(coded(mp3_of(text)))
        chunks = [body[at : at + 5] for at in range(0, len(body), 5)]
        framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.tls.sendall(head + framed)

    server.script.append(compressed)
    assert np.array_equal(engine_of(server, tries=1).speak(SENTENCE, 1.0).pcm, decoded(mp3_of(SENTENCE))[0])


def test_padding_written_as_an_escape_is_read(server: GttsServer):
    sound = mp3_of(SENTENCE)[: 192 * (len(mp3_of(SENTENCE)) // 192 - 1)] + b"\0"  # one byte more: base64 needs "="
    answer = coded(sound)
    assert b"=" in answer
    server.script.append(google.body(answer.replace(b"=", b"\\\\u003d")))
    assert engine_of(server).speak(SENTENCE, 1.0).seconds > 1


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.25, 2.0])
def test_speed_changes_length_and_not_pitch(speed: float):
    tone = (np.sin(2 * np.pi * 440 * np.arange(48_000) / 24_000) * 12_000).astype(np.int16)
    paced = stretched(tone, 24_000, speed)
    assert len(paced) == pytest.approx(len(tone) / speed, rel=0.03)
    middle = paced[4000 : len(paced) - 4000].astype(np.float64)
    peak = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))).argmax() * 24_000 / len(middle)
    assert peak == pytest.approx(440, abs=6)


def test_speed_one_leaves_the_samples_alone():
    pcm = np.arange(100, dtype=np.int16)
    assert stretched(pcm, 24_000, 1.0) is pcm


def test_every_cut_inside_the_last_frame_is_seen_and_tags_behind_it_are_not_blamed():
    whole = mp3_of("Xin chào bà con")
    assert is_whole(whole)
    assert is_whole(whole + b"TAG" + b"\0" * 125)
    assert not any(is_whole(whole[:-cut]) for cut in range(1, 188))


@pytest.mark.parametrize(
    "junk", [b"", b"\xff", b"<html></html>" * 40, b"\0" * 4000], ids=["none", "one", "html", "nul"]
)
def test_junk_never_decodes(junk: bytes):
    with pytest.raises(ValueError, match="decode"):
        decoded(junk)


def test_nothing_is_written_to_disk(server: GttsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    engine_of(server).speak(LONG, 1.0)
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - the plainest way to say "empty"


def test_two_threads_get_their_own_words(server: GttsServer):
    engine = engine_of(server)
    sounds: dict[str, Spoken] = {}
    texts = (SENTENCE, "Xin chào.")
    threads = [threading.Thread(target=lambda t=text: sounds.update({t: engine.speak(t, 1.0)})) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for text in texts:
        assert np.array_equal(sounds[text].pcm, decoded(mp3_of(text))[0])
