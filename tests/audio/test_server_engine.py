"""A voice server against a real one on the loopback: what is asked of it, and what each kind of answer leads to."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audio_assets.speech.server_engine import ServerEngine
from scheduler.config.loading import VoiceServerConfig
from scheduler.kernel.errors import SpeechError
from tests.audio import gtts_server, speech_server
from tests.audio.speech_server import SpeechServer, sound_of, spoken, wav

SENTENCE = "Bà con đi tiêm chủng tại trạm y tế phường."
KEY = "khoa-bi-mat-0123456789"


@pytest.fixture(scope="module")
def running():
    with speech_server.serving() as server:
        yield server


@pytest.fixture
def server(running: SpeechServer) -> SpeechServer:
    running.forget()
    return running


class Waits(list[float]):
    """Records how long the engine would have waited, and does not wait."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def engine_of(server: SpeechServer, tmp_path: Path):
    def make(wait=None, **changes) -> ServerEngine:
        settings = VoiceServerConfig(
            url=server.url, model="vn-1", voice="mai", timeout_seconds=60.0, tries=3, allowed_hosts=("127.0.0.1",)
        )
        return ServerEngine(replace(settings, **changes), tmp_path, wait=Waits() if wait is None else wait)

    return make


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    path = tmp_path / "khoa"
    path.write_text(f"{KEY}\n", encoding="utf-8")
    path.chmod(0o600)
    return path.name


# What is asked


def test_openai_servers_are_asked_in_their_own_words(server: SpeechServer, engine_of):
    engine_of().speak(SENTENCE, 1.0)
    assert server.heads[0][0] == "POST /v1/audio/speech HTTP/1.1"
    assert server.asked == [{"input": SENTENCE, "model": "vn-1", "voice": "mai", "response_format": "wav"}]
    assert not [line for line in server.heads[0] if line.lower().startswith("authorization")]


def test_what_is_not_configured_is_left_to_the_server(server: SpeechServer, engine_of):
    engine_of(model="", voice="").speak(SENTENCE, 1.0)
    assert server.asked == [{"input": SENTENCE, "response_format": "wav"}]


def test_a_plain_server_gets_the_text_and_nothing_else(server: SpeechServer, engine_of):
    engine_of(kind="http", url=f"http://127.0.0.1:{server.port}/doc?giong=mai").speak(SENTENCE, 1.0)
    assert server.heads[0][0] == "POST /doc?giong=mai HTTP/1.1"
    assert "Content-Type: text/plain; charset=utf-8" in server.heads[0]
    assert server.texts == [SENTENCE]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("", "/v1/audio/speech"),
        ("/", "/v1/audio/speech"),
        ("/v1", "/v1/audio/speech"),
        ("/v1/", "/v1/audio/speech"),
        ("/giong/v1", "/giong/v1/audio/speech"),
        ("/v1/audio/speech", "/v1/audio/speech"),
    ],
)
def test_an_address_is_made_whole(server: SpeechServer, engine_of, path: str, asked: str):
    engine_of(url=f"http://127.0.0.1:{server.port}{path}").speak(SENTENCE, 1.0)
    assert server.heads[0][0] == f"POST {asked} HTTP/1.1"


def test_the_key_goes_along_and_a_new_one_needs_no_restart(server: SpeechServer, engine_of, key_file: str, tmp_path):
    engine = engine_of(key_file=key_file)
    engine.speak(SENTENCE, 1.0)
    (tmp_path / key_file).write_text("khoa-moi", encoding="utf-8")
    engine.speak(SENTENCE, 1.0)
    told = [line for head in server.heads for line in head if line.startswith("Authorization")]
    assert told == [f"Authorization: Bearer {KEY}", "Authorization: Bearer khoa-moi"]


@pytest.mark.parametrize("kind", ["wav", "mp3", "opus", "flac"])
def test_every_format_is_heard_as_it_was_said(engine_of, kind: str):
    heard = engine_of(format=kind).speak(SENTENCE, 1.0)
    said = spoken(SENTENCE)
    assert heard.seconds == pytest.approx(len(said) / speech_server.RATE, abs=0.15)
    if kind in {"wav", "flac"}:
        assert np.array_equal(heard.pcm, said)


def test_the_sound_is_told_by_its_bytes_and_not_by_what_was_asked(server: SpeechServer, engine_of):
    server.script.append(speech_server.body(sound_of(SENTENCE, "mp3")))
    assert engine_of(format="wav").speak(SENTENCE, 1.0).seconds > 1


def test_a_server_that_streams_is_read_to_its_end(server: SpeechServer, engine_of):
    server.script.extend([speech_server.chunked, speech_server.unpromised("wav", 1.0)])
    engine = engine_of(tries=1)
    assert np.array_equal(engine.speak(SENTENCE, 1.0).pcm, spoken(SENTENCE))
    assert np.array_equal(engine.speak(SENTENCE, 1.0).pcm, spoken(SENTENCE))


def test_a_length_nobody_knew_when_the_head_was_written_is_no_lie(server: SpeechServer, engine_of):
    server.script.append(speech_server.body(wav(spoken(SENTENCE), riff=0xFFFFFFFF, data=0xFFFFFFFF)))
    assert engine_of(tries=1).speak(SENTENCE, 1.0).seconds == pytest.approx(len(spoken(SENTENCE)) / 24_000, abs=0.05)


# What comes back

HTML = b"<!DOCTYPE html><html><body>Wi-Fi</body></html>"
SAYS_NO = json.dumps({"error": {"message": "The voice does not exist.", "type": "invalid"}}).encode()
FASTAPI_NO = json.dumps({"detail": "text is too long"}).encode()
STATUS = speech_server.status
# fault -> (answers in order, tries made, the error's reason or None = it spoke, permanent?)
FAULTS = {
    "429_then_ok": ([STATUS("429 Too Many")], 2, None, None),
    "503_three_times": ([STATUS("503 Busy")] * 3, 3, "voice_busy", False),
    "429_asking_for_a_minute": ([STATUS("429 No", "Retry-After: 60")], 1, "voice_busy", False),
    "401": ([STATUS("401 Unauthorized")], 1, "voice_server_key_refused", True),
    "403": ([STATUS("403 Forbidden")], 1, "voice_server_key_refused", True),
    "404": ([STATUS("404 Not Found")], 1, "voice_refused", True),
    "400_with_words": ([STATUS("400 Bad Request", body=SAYS_NO)], 1, "voice_refused", True),
    "511_of_a_portal": ([STATUS("511 Log In")], 1, "voice_portal", False),
    "302": ([STATUS("302 Found", "Location: http://169.254.169.254/latest")], 1, "voice_portal", False),
    "204": ([STATUS("204 No Content")], 1, "voice_refused", True),
    "html_with_200": ([speech_server.body(HTML)], 1, "voice_portal", False),
    "json_with_200": ([speech_server.body(SAYS_NO)], 1, "voice_refused", False),
    "empty": ([speech_server.body(b"")] * 3, 3, "voice_bad_sound", False),
    "text_with_200": ([speech_server.body(b"no sound at all " * 99)] * 3, 3, "voice_bad_sound", False),
    "raw_samples": ([speech_server.altered(lambda sound: sound[44:])] * 3, 3, "voice_bad_sound", False),
    "wav_cut": ([speech_server.altered(lambda sound: sound[:-2000])] * 3, 3, "voice_bad_sound", False),
    "mp3_cut": ([speech_server.altered(lambda s: s[: len(s) * 4 // 5 + 7], "mp3")] * 3, 3, "voice_bad_sound", False),
    "opus_cut_at_a_page": (
        [speech_server.altered(lambda s: s[: s.rindex(b"OggS")], "opus")] * 3,
        3,
        "voice_bad_sound",
        False,
    ),
    "opus_cut": ([speech_server.altered(lambda s: s[:-20], "opus")] * 3, 3, "voice_bad_sound", False),
    "silent": ([speech_server.body(wav(np.zeros(72_000, np.int16)))] * 3, 3, "voice_bad_sound", False),
    "far_too_long": ([speech_server.made(lambda text: wav(np.tile(spoken(text), 8)))] * 3, 3, "voice_bad_sound", False),
    "far_too_short": ([speech_server.made(lambda _text: wav(spoken("Xin.")))] * 3, 3, "voice_bad_sound", False),
    "cut_off": ([speech_server.cut_off] * 3, 3, "voice_cut_off", False),
    "chunks_cut": ([speech_server.chunks_cut] * 3, 3, "voice_cut_off", False),
    "cut_without_a_promise": ([speech_server.unpromised("wav", 0.6)] * 3, 3, "voice_bad_sound", False),
    "reset_then_ok": ([speech_server.reset], 2, None, None),
    "endless": ([speech_server.endless], 1, "voice_bad_sound", False),
    "huge": ([speech_server.body(b"x" * 2_200_000)], 1, "voice_bad_sound", False),
}


@pytest.mark.parametrize(("answers", "tries", "reason", "permanent"), FAULTS.values(), ids=FAULTS.keys())
def test_each_answer_has_its_outcome(server: SpeechServer, engine_of, answers, tries, reason, permanent):
    server.script.extend(answers)
    engine = engine_of(max_answer_mb=2)
    if reason is None:
        assert engine.speak(SENTENCE, 1.0).seconds > 1
    else:
        with pytest.raises(SpeechError) as refusal:
            engine.speak(SENTENCE, 1.0)
        assert (refusal.value.reason, refusal.value.permanent) == (reason, permanent)
    assert server.texts == [SENTENCE] * tries


def test_an_answer_slower_than_the_time_out_is_a_passing_failure(server: SpeechServer, engine_of):
    server.script.append(speech_server.slow)
    with pytest.raises(SpeechError) as refusal:
        engine_of(timeout_seconds=1.0, tries=1).speak(SENTENCE, 1.0)
    assert (refusal.value.reason, refusal.value.permanent) == ("voice_slow", False)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (SAYS_NO, "The voice does not exist"),
        (FASTAPI_NO, "text is too long"),
        (json.dumps({"error": f"bad key {KEY} given"}).encode(), "bad key … given"),
        (json.dumps({"error": "two\nlines\x1b[31m"}).encode(), "two lines [31m"),
        (json.dumps({"detail": [{"loc": ["body"]}]}).encode(), ""),
        (b"[" * 100_000, ""),
        (b"\xff\xfe", ""),
    ],
    ids=["openai", "fastapi", "never_the_key", "control_characters", "a_list", "deep_nesting", "no_text"],
)
def test_what_the_server_says_is_told_safely(server: SpeechServer, engine_of, key_file: str, body: bytes, told: str):
    server.script.append(STATUS("400 Bad Request", body=body))
    with pytest.raises(SpeechError) as refusal:
        engine_of(key_file=key_file).speak(SENTENCE, 1.0)
    assert refusal.value.details == {"status": 400, "told": told}
    assert KEY not in str(refusal.value)


def test_the_wait_between_tries_grows_and_heeds_the_server(server: SpeechServer, engine_of):
    server.script.extend([STATUS("503 No"), STATUS("429 No", "Retry-After: 3"), STATUS("503 No")])
    waits = Waits()
    engine_of(wait=waits, tries=4).speak(SENTENCE, 1.0)
    assert waits == [0.5, 3.0, 2.0]


# Whom it speaks to


def test_a_server_that_is_not_there_fails_at_once_and_may_come_back(engine_of):
    waits = Waits()
    with pytest.raises(SpeechError) as refusal:
        engine_of(url="http://127.0.0.1:1024/v1", wait=waits).speak(SENTENCE, 1.0)
    assert (refusal.value.reason, refusal.value.permanent) == ("voice_offline", False)
    assert waits == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"url": ""}, "voice_server_unset"),
        ({"url": "ftp://a.example/x"}, "voice_server_url"),
        ({"url": "http://u:p@a.example/v1"}, "voice_server_url"),
        ({"url": "line:hw:1"}, "voice_server_url"),
        ({"url": "http://127.0.0.1:9/v1"}, "voice_server_url"),
        ({"allowed_hosts": ()}, "voice_server_private"),
        ({"url": "http://192.168.1.5/v1", "allowed_hosts": ()}, "voice_server_private"),
        ({"url": "http://169.254.169.254/v1", "allowed_hosts": ("10.0.0.0/8",)}, "voice_server_private"),
        ({"url": "http://localhost/v1", "allowed_hosts": ()}, "voice_server_private"),
        ({"key_file": "absent"}, "voice_server_key_missing"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_must_not_be_asked_is_told_before_any_request(server: SpeechServer, engine_of, changes, reason):
    engine = engine_of(**changes)
    lack = engine.missing()
    assert lack is not None
    assert lack.reason == reason
    with pytest.raises(SpeechError) as refusal:
        engine.speak(SENTENCE, 1.0)
    assert (refusal.value.reason, refusal.value.permanent) == (reason, True)
    assert server.texts == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_not_used(
    server: SpeechServer, engine_of, key_file: str, tmp_path: Path, mode: int
):
    (tmp_path / key_file).chmod(mode)
    lack = engine_of(key_file=key_file).missing()
    assert lack is not None
    assert lack.reason == "voice_server_key_open"
    assert server.texts == []


@pytest.mark.parametrize(
    "text", ["", " \n", "a\nX-Evil: 1", "khóa", "x" * 5000], ids=["empty", "blank", "two_lines", "not_ascii", "long"]
)
def test_a_file_that_holds_no_key_is_told(engine_of, key_file: str, tmp_path: Path, text: str):
    (tmp_path / key_file).write_text(text, encoding="utf-8")
    lack = engine_of(key_file=key_file).missing()
    assert lack is not None
    assert lack.reason == "voice_server_key_missing"


def test_a_key_is_not_sent_in_the_clear_to_the_internet(engine_of, key_file: str):
    engine = engine_of(url="http://giong.example/v1", key_file=key_file)
    lack = engine.missing()
    assert lack is not None
    assert lack.reason == "voice_server_plain"
    assert engine_of(url="https://giong.example/v1", key_file=key_file).missing() is None


def test_tls_must_vouch_for_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine_of):
    context, bundle = gtts_server._certificates(tmp_path)
    with speech_server.serving(context) as secured:
        engine = engine_of(url=f"https://127.0.0.1:{secured.port}/v1")
        with pytest.raises(SpeechError) as refusal:
            engine.speak(SENTENCE, 1.0)
        assert (refusal.value.reason, refusal.value.permanent) == ("voice_tls", False)
        assert secured.texts == []
        # trusted, and for another name: still no
        monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
        with pytest.raises(SpeechError) as refusal:
            engine.speak(SENTENCE, 1.0)
        assert refusal.value.reason == "voice_tls"
        assert secured.texts == []


# What is kept


def test_the_voice_names_model_voice_and_host(engine_of):
    assert engine_of().voice == "vn-1/mai@127.0.0.1"
    assert engine_of(model="", voice="").voice == "-@127.0.0.1"
    assert engine_of(url="").voice == "vn-1/mai"


def test_nothing_is_written_to_disk(engine_of, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    engine_of(format="opus").speak(SENTENCE, 1.0)
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - the plainest way to say "empty"
