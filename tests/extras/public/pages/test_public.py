"""The public page as a telephone gets it: closed by default, small, kept in memory, and with nothing to guess."""

import gzip
import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from scheduler.core.model import AiringOutcome, Slot, Trigger
from scheduler.extras.public.keys import PublicConfig
from scheduler.extras.public.service.public_page import PublicService
from scheduler.store import Ending
from tests.conftest import DAY
from web import create_app

EVIL = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
MOST_BYTES = 30_000
"""Of a first view, all told."""


@pytest.fixture
def config(config):
    return config.having(PublicConfig(on=True))


@pytest.fixture
def phone(app):
    return app.test_client()


@pytest.fixture
def air(cast, clock):
    """An announcement with these words, aired an hour ago or as told."""
    count = iter(range(1000))

    def aired(title, text, hours=1.0, trigger=Trigger.MANUAL):
        number = next(count)
        services, slots = cast.station.services.announcements, cast.station.repos.slots
        clip = cast.clip(2.0, f"tiếng {number}", 300.0 + 10 * number)
        announcement_id = services.write(cast.lan, title, text)
        services.use_recording(cast.lan, announcement_id, clip.sha256)
        services.heard(cast.lan, announcement_id, clip.sha256)
        services.submit(cast.lan, announcement_id)
        services.approve(cast.minh, announcement_id, clip.sha256, heard=True)
        start = clock.now() - timedelta(hours=hours)
        slot = Slot(
            id=f"s{number}", day=DAY, zone="all", start=start, length=timedelta(seconds=2), campaign_id=None,
            announcement_id=announcement_id, audio_sha256=clip.sha256, trigger=trigger,
        )  # fmt: skip
        slots.add(slot, cast.lan.id, start)
        slots.claim(slot, start)
        ending = Ending(AiringOutcome.PLAYED, "", start, start + timedelta(seconds=2), 2000, {"wav": "ok"})
        slots.close(slot.id, ending, clock.now())
        clock.advance(16)  # what the page has kept is old now
        return clip

    return aired


@pytest.fixture
def made(station):
    def make():
        worker = station.worker()
        while worker.make_ahead():
            pass
        station.clock.advance(16)

    return make


def got(phone, path, **headers):
    """Status and body, the file behind it closed again."""
    with phone.get(path, headers=headers) as answer:
        return answer.status_code, answer.data


def test_a_closed_page_is_not_there_at_all(station, phone, minh):
    station.services.settings.put(minh, {"public.on": False})
    for path in ("", "/tin.xml", "/phan-anh", "/phan-anh/x", "/ban/x", "/nghe/x.mp3"):
        assert phone.get(f"/cong-khai{path}").status_code == 404, path
    assert phone.post("/cong-khai/phan-anh", data={}).status_code == 404


def test_what_was_said_stands_there_with_its_time_and_words(phone, air):
    air("Tiêm chủng", "Mời bà con đi tiêm.\nNhớ mang sổ.")
    text = phone.get("/cong-khai").text
    for told in (
        "Tiêm chủng",
        "<p>Mời bà con đi tiêm.</p>",
        "Nhớ mang sổ.",
        "Thứ Tư 02/12/2026",
        "04:30",
        "Tất cả các loa",
    ):
        assert told in text, told


def test_a_stranger_gets_no_cookie_no_script_and_no_name(phone, air, cast):
    air("Tiêm chủng", "Mời bà con đi tiêm.")
    answer = phone.get("/cong-khai")
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.text
    assert "Lan" not in answer.text
    assert "Minh" not in answer.text


def test_a_first_view_fits_a_slow_line_however_much_was_said(phone, air):
    for number in range(15):
        air(f"Bản tin số {number} về phòng chống dịch bệnh", "Đề nghị bà con khai báo y tế. " * 200)
    page = phone.get("/cong-khai")
    parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    weight = len(page.data) + sum(len(got(phone, part)[1]) for part in parts)
    assert parts
    assert weight < MOST_BYTES
    packed = phone.get("/cong-khai", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == page.data
    assert len(packed.data) < 6000


def test_older_things_are_one_tap_away_and_long_words_too(phone, air):
    for number in range(14):
        air(f"Bản tin {number}", "Câu này dài. " * 100, hours=number + 1)
    first = phone.get("/cong-khai").text
    assert "Bản tin 0" in first
    assert "Bản tin 13" not in first
    older = phone.get(re.search(r'href="(/cong-khai\?trang=2)"', first)[1]).text
    assert "Bản tin 13" in older
    whole = phone.get(re.search(r'href="(/cong-khai/ban/\w+)"', first)[1]).text
    assert whole.count("Câu này dài.") == 100


def test_a_page_is_kept_and_not_sent_again_while_nothing_has_changed(phone, air, clock, station):
    air("Tiêm chủng", "Mời bà con.")
    answer = phone.get("/cong-khai")
    assert answer.headers["Cache-Control"] == "public, max-age=15"
    again = phone.get("/cong-khai", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE announcement SET title = 'x'")  # asks no row while the page is kept
    assert phone.get("/cong-khai").data == answer.data


def test_a_signed_in_person_sees_the_page_that_everybody_sees(phone, lans, air):
    air("Tiêm chủng", "Mời bà con.")
    assert lans.get("/cong-khai").data == phone.get("/cong-khai").data


def test_titles_and_words_are_only_ever_text(phone, air):
    air(EVIL, EVIL)
    name = re.search(r"/cong-khai/ban/(\w+)", phone.get("/cong-khai/tin.xml").text)[1]
    for path in ("/cong-khai", f"/cong-khai/ban/{name}", "/cong-khai/tin.xml"):
        answer = phone.get(path).text
        assert "<img" not in answer, path
        assert "<script>alert" not in answer, path


def test_a_drill_and_an_emergency_say_what_they_are(phone, air):
    air("Thử còi", "Đây là diễn tập.", trigger=Trigger.DRILL)
    air("Sơ tán", "Sơ tán ngay.", trigger=Trigger.EMERGENCY)
    text = phone.get("/cong-khai").text
    assert "Diễn tập, không phải báo động thật" in text
    assert ">Khẩn cấp<" in text


def test_a_relay_and_a_live_talk_are_only_named(phone, air):
    air("Thời sự", "Lời không được kể", trigger=Trigger.RELAY)
    air("Chủ tịch nói chuyện", "Lời cũng không", trigger=Trigger.LIVE)
    text = phone.get("/cong-khai").text
    assert "Thời sự" in text
    assert "Chủ tịch nói chuyện" in text
    assert "Lời" not in text
    assert "<audio" not in text


# Sound


def sound_of(phone):
    return re.search(r'src="(/cong-khai/nghe/\w+\.mp3)"', phone.get("/cong-khai").text)


def test_a_sound_is_offered_when_its_small_file_is_there(phone, air, made):
    air("Tiêm chủng", "Mời bà con.")
    assert sound_of(phone) is None
    assert "Tiếng đang được chuẩn bị" in phone.get("/cong-khai").text
    made()
    status, data = got(phone, sound_of(phone)[1])
    assert status == 200
    assert 5_000 < len(data) < 8_000
    status, part = got(phone, sound_of(phone)[1], Range="bytes=100-199")
    assert (status, part) == (206, data[100:200])


def test_no_sound_of_the_library_can_be_reached_by_its_own_name(phone, air, made, station, cast):
    clip = air("Tiêm chủng", "Mời bà con.")
    secret = cast.clip(1.0, "nháp", 900.0)
    made()
    for name in (clip.sha256, clip.sha256[:24], secret.sha256, secret.sha256[:24], "0" * 24, "..%2f..%2floa.db"):
        assert phone.get(f"/cong-khai/nghe/{name}.mp3").status_code == 404, name


def test_a_sound_is_no_longer_given_a_day_later(phone, air, made, clock):
    air("Tiêm chủng", "Mời bà con.")
    made()
    path = sound_of(phone)[1]
    clock.advance(24 * 3600)
    assert phone.get(path).status_code == 404


def test_one_address_cannot_ask_for_sound_without_end(phone, air, made, clock):
    air("Tiêm chủng", "Mời bà con.")
    made()
    path = sound_of(phone)[1]
    codes = [got(phone, path)[0] for _ in range(60)]
    assert codes.count(200) == 40
    assert set(codes) == {200, 429}
    clock.advance(10)
    assert got(phone, path)[0] == 200


# The feed, the switch, the poster


def test_the_feed_is_well_formed_and_names_its_sounds(phone, air, made):
    air("Tiêm chủng & dịch <bệnh>", "Mời bà con.")
    made()
    answer = phone.get("/cong-khai/tin.xml")
    feed = ET.fromstring(answer.data)  # noqa: S314 - our own feed
    names = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.find("a:entry/a:title", names).text == "Tiêm chủng & dịch <bệnh>"
    assert feed.find("a:entry/a:link[@rel='enclosure']", names).get("href").endswith(".mp3")


@pytest.mark.parametrize("typed", ["0", "-1", "x", "9" * 300, "1e9", "²"])
def test_a_page_number_that_is_none_is_the_first_page_or_an_empty_one(phone, typed):
    assert phone.get("/cong-khai", query_string={"trang": typed}).status_code == 200


def test_the_page_is_opened_and_closed_by_who_may_publish(station, lans, minhs, send, phone):
    assert send(lans, "/trang-cong-khai", viec="mo", bat="0").status_code == 403
    assert send(minhs, "/trang-cong-khai", viec="mo", bat="0").status_code == 303
    assert phone.get("/cong-khai").status_code == 404
    send(minhs, "/trang-cong-khai", viec="mo", bat="1")
    assert phone.get("/cong-khai").status_code == 200


def test_what_the_configuration_says_is_not_changed_on_the_page(station, minh, client_of, send):
    written = replace(station.written, written=frozenset({"public.on"}))
    fixed = replace(station, written=written, repos=replace(station.repos, written=written))
    fixed = replace(fixed, services=type(station.services).of(fixed.repos))
    client = create_app(fixed).test_client()
    client.set_cookie("loa", client_of(minh).get_cookie("loa").value)
    assert "Tệp cấu hình của trạm đã quyết định" in client.get("/trang-cong-khai").text
    answer = send(client, "/trang-cong-khai", viec="mo", bat="0")
    assert answer.status_code == 422
    assert fixed.services.get(PublicService).is_open


def test_the_poster_has_a_code_and_the_address_in_letters(lans):
    text = lans.get("/trang-cong-khai/to-giay").text
    assert ">http://localhost/cong-khai<" in text
    assert "<path" in text


def test_an_address_that_no_telephone_can_reach_is_warned_of(lans):
    for path in ("/trang-cong-khai", "/trang-cong-khai/to-giay"):
        assert "chỉ mở được trên chính máy trạm" in lans.get(path).text


def test_the_poster_says_the_address_of_the_configuration(station, lan, client_of):
    written = station.written.having(PublicConfig(on=True, address="https://loa.phuong.vn/"))
    told = replace(station, written=written, repos=replace(station.repos, written=written))
    told = replace(told, services=type(station.services).of(told.repos))
    client = create_app(told).test_client()
    client.set_cookie("loa", client_of(lan).get_cookie("loa").value)
    text = client.get("/trang-cong-khai/to-giay").text
    assert "https://loa.phuong.vn/cong-khai<" in text
    assert "chỉ mở được trên chính máy trạm" not in text
    assert client.get("/cong-khai", base_url="https://loa.phuong.vn").status_code == 200
