"""How the station reads: one place that says, by its word list, its region's words and nothing older than both."""

import threading
from dataclasses import replace

import pytest

from scheduler.config.loading import SpeechConfig
from scheduler.core.announcement.word_list import OwnForm
from scheduler.services.announcement.pronunciation import PronunciationService, words_of
from scheduler.station import Station
from scheduler.station_words import break_in_with

NVH = OwnForm("NVH", "nhà văn hóa tổ")


@pytest.fixture
def reading(station):
    return station.services.reading


def test_a_word_of_the_wards_is_said_from_the_next_text_on(station, reading, lan):
    before = reading.version
    assert reading.spoken_form("ở NVH").text == "ở nhà văn hóa"
    station.services.lexicon.keep(lan, NVH)
    assert reading.spoken_form("ở NVH").text == "ở nhà văn hóa tổ"
    assert reading.version != before


def test_the_version_is_the_same_for_the_same_list_and_of_any_process(station, config, clock, reading, lan):
    station.services.lexicon.keep(lan, NVH)
    twin = Station.open(config, clock)
    assert twin.services.reading.version == reading.version
    assert twin.services.reading.spoken_form("NVH").text == "nhà văn hóa tổ"
    twin.close()


def test_taking_a_change_back_gives_the_version_from_before(station, reading, lan):
    before = reading.version
    station.services.lexicon.undo(lan, station.services.lexicon.keep(lan, NVH))
    assert reading.version == before


@pytest.mark.parametrize(
    ("speech", "text", "said"),
    [
        (SpeechConfig(), "1.005 hộ", "một nghìn không trăm linh năm hộ"),
        (SpeechConfig(dialect="southern"), "1.005 hộ", "một ngàn không trăm lẻ năm hộ"),
        (SpeechConfig(short_documents=True), "Công văn số 642/UBND-VHTT", "Công văn số sáu trăm bốn mươi hai"),
    ],
    ids=["northern", "southern", "short documents"],
)
def test_the_region_and_the_length_of_documents_are_the_configurations(station, speech, text, said):
    told = PronunciationService(replace(station.repos, written=replace(station.config, speech=speech)))
    assert told.spoken_form(text).text == said
    assert (told.version == station.services.reading.version) == (speech == SpeechConfig())


def test_a_phone_number_is_said_twice_where_the_station_wants_it(station):
    speech = SpeechConfig(repeat_phones=True)
    told = PronunciationService(replace(station.repos, written=replace(station.config, speech=speech)))
    assert told.spoken_form("Gọi 0912345678.").text.count("không chín một hai") == 2


def test_what_was_read_with_an_older_list_is_not_said_again(station, reading, lan):
    texts = [f"NVH số {number}" for number in range(50)]
    old = [reading.spoken_form(text).text for text in texts]
    station.services.lexicon.keep(lan, NVH)
    assert all(new != was for new, was in zip([reading.spoken_form(text).text for text in texts], old, strict=True))


def test_the_preview_of_a_list_does_not_change_what_is_said(station, reading):
    station.services.lexicon.preview(NVH, "NVH")
    assert reading.spoken_form("NVH").text == "nhà văn hóa"


def test_speech_is_made_of_what_the_page_has_shown(station, cast):
    station.services.lexicon.keep(cast.lan, NVH)
    clip, _ = station.worker().speech_clip("Họp", "Họp ở NVH", cast.lan.id)
    assert clip.said == "Họp ở nhà văn hóa tổ"


def test_another_word_list_names_another_clip_even_of_the_same_words(station, cast):
    first, _ = station.worker().speech_clip("Họp", "Mời bà con họp.", cast.lan.id)
    station.services.lexicon.keep(cast.lan, NVH)
    again, _ = station.worker().speech_clip("Họp", "Mời bà con họp.", cast.lan.id)
    assert first.cache_key != again.cache_key


def test_an_emergency_in_words_of_the_moment_is_said_by_the_wards_list(station, cast):
    station.services.lexicon.keep(cast.lan, NVH)
    slot_id = break_in_with(station, cast.minh, "Sơ tán tới NVH ngay.")
    sha256 = station.repos.slots.facts(slot_id).slot.audio_sha256
    assert station.repos.programme.clip(sha256).said.startswith("Sơ tán tới nhà văn hóa tổ ngay")


def test_a_list_that_a_later_release_does_not_take_is_left_out_and_the_rest_is_read(station, caplog, cast, clock):
    rows = station.services.lexicon.rows
    list_id = rows.keep_list("Hỏng", "1", "[[entry]]\nwritten = 'A'", 1, cast.lan.id, clock.now())
    with station.repos.store.write() as db:
        db.execute("UPDATE lexicon_list SET ended_at = NULL WHERE id = ?", (list_id,))
    station.services.lexicon.keep(cast.lan, NVH)
    assert station.services.reading.spoken_form("NVH").text == "nhà văn hóa tổ"
    assert "Hỏng" in caplog.text
    assert station.services.lexicon.listed()


def test_an_own_form_that_a_later_release_does_not_take_is_left_out(station):
    assert words_of([OwnForm("(a+)+b", "x", pattern=True), NVH], []).spoken_form("NVH") == "nhà văn hóa tổ"


def test_several_threads_read_while_the_list_changes(station, reading, lan):
    wrong = []

    def read():
        for _ in range(100):
            said = reading.spoken_form("NVH").text
            if said not in {"nhà văn hóa", "nhà văn hóa tổ"}:
                wrong.append(said)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        station.services.lexicon.undo(lan, station.services.lexicon.keep(lan, NVH))
    for thread in threads:
        thread.join()
    assert wrong == []
