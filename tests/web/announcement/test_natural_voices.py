"""Tải giọng đọc tự nhiên on the pages: one button, how far it is, what came of it, and the two voices to hear."""

from dataclasses import replace
from io import BytesIO

import pytest

from audio_assets.speech.voice_download import VoiceSource
from scheduler.services.announcement import natural_voices
from tests.audio.voice_mirror import serving, status, tiny
from tests.services.announcement.test_natural_voices import QUICK, seen_through
from web.auth import REFUSED

pytestmark = pytest.mark.needs_piper
BUTTON = "Tải giọng đọc tự nhiên"


@pytest.fixture
def mirror():
    with serving() as running:
        yield running


@pytest.fixture
def config(config, mirror):
    speech = replace(config.speech, engines=("piper", "espeak"), piper_voices_url=mirror.url)
    return replace(config, speech=speech)


@pytest.fixture
def one_voice(tmp_path, mirror, monkeypatch):
    """A voice of a kilobyte under the name of the one that is offered."""
    name = "vi_VN-vais1000-medium"
    made = tiny(tmp_path / "made", name)
    mirror.list_voice(made)
    monkeypatch.setattr(natural_voices, "known_voices", lambda: {name: made.listing})
    monkeypatch.setattr(natural_voices, "VoiceSource", lambda url: VoiceSource(url, limits=QUICK, wait=lambda _: None))
    return made


def test_every_voice_is_listed_with_size_licence_and_a_word_on_its_quality(hungs):
    page = hungs.get("/cai-dat/am-thanh").text
    for words in ("vi_VN-vais1000-medium", "63 MB", "CC BY 4.0", "22,1 kHz", "Mức medium của Piper"):
        assert words in page
    assert "28 MB" in page
    assert "CC BY-NC-SA 4.0" in page
    assert "không rõ giấy phép bản thu" in page
    assert page.count(BUTTON) == 1 + page.count("hãy bấm “" + BUTTON)


def test_who_may_not_configure_sees_no_button(lans):
    page = lans.get("/cai-dat/am-thanh").text
    assert "giong-tu-nhien" in page
    assert 'name="giong"' not in page


def test_the_first_steps_have_the_one_button(hungs, one_voice):
    page = hungs.get("/bat-dau/ban-tin").text
    assert BUTTON in page
    assert 'value="vi_VN-vais1000-medium"' in page


def test_one_press_brings_it_and_the_page_tells_how_far_it_is(station, hungs, send, one_voice):
    answer = send(hungs, "/cai-dat/am-thanh/giong", giong=one_voice.listing.name)
    assert answer.status_code == 303
    waiting = hungs.get("/cai-dat/am-thanh").text
    assert "Đang chờ bộ xử lý" in waiting
    assert 'hx-get="/cai-dat/am-thanh/giong/tien-do"' in waiting
    assert 'name="giong"' not in waiting, "nothing is asked for twice"
    seen_through(station.services.natural_voices)
    told = hungs.get("/cai-dat/am-thanh/giong/tien-do").text
    assert "Đã có giọng" in told
    assert "Trước đây (eSpeak NG)" in told
    assert "hx-get" not in told
    for which in ("now", "new"):
        with hungs.get(f"/cai-dat/am-thanh/giong/nghe/{which}.wav") as sound:
            assert sound.data[:4] == b"RIFF"
            assert sound.mimetype == "audio/wav"
    assert hungs.get("/cai-dat/am-thanh/giong/nghe/khac.wav").status_code == 404
    page = hungs.get("/cai-dat/am-thanh").text
    assert "Piper đang dùng" in page
    assert "giấy phép: vi_VN-vais1000-medium.MODEL_CARD" in page


def test_a_press_in_the_first_steps_leads_back_to_them(hungs, send, one_voice):
    answer = send(hungs, "/cai-dat/am-thanh/giong", giong=one_voice.listing.name, cho="bat-dau")
    assert answer.headers["Location"] == "/bat-dau/ban-tin"
    assert "Đang chờ bộ xử lý" in hungs.get("/bat-dau/ban-tin").text


def test_what_was_refused_is_told_and_can_be_asked_for_again(station, hungs, send, one_voice, mirror):
    mirror.script[one_voice.model_path] = [status("404 Not Found")]
    send(hungs, "/cai-dat/am-thanh/giong", giong=one_voice.listing.name)
    seen_through(station.services.natural_voices)
    page = hungs.get("/cai-dat/am-thanh").text
    assert "Nơi để giọng đọc không có vi_VN-vais1000-medium.onnx (báo 404)" in page
    assert BUTTON in page


# From a USB stick


def files_of(voice):
    return [(BytesIO(data), path.rpartition("/")[2]) for path, data in voice.files.items()]


def test_files_from_a_stick_are_taken(station, hungs, send, one_voice, mirror):
    answer = send(hungs, "/cai-dat/am-thanh/giong/tep", tep=files_of(one_voice), content_type="multipart/form-data")
    assert answer.status_code == 303
    assert seen_through(station.services.natural_voices).state == "ready"
    assert mirror.asked == []
    assert "Đã có giọng" in hungs.get("/cai-dat/am-thanh").text


def test_a_form_without_the_two_files_says_what_it_takes(hungs, send, one_voice):
    some = [one for one in files_of(one_voice) if one[1].endswith(".onnx")]
    answer = send(hungs, "/cai-dat/am-thanh/giong/tep", tep=some, content_type="multipart/form-data")
    assert answer.status_code == REFUSED
    assert "Cần đúng hai tệp của một giọng" in answer.text
