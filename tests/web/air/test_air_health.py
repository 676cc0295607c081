"""The live page's word on everything behind the sound: several airings, outputs, relay, amplifier, and what is to be done."""

import re
from datetime import timedelta

import pytest

from scheduler.core.model import AiringOutcome, Slot, Trigger
from scheduler.core.planning.rules import local_day
from scheduler.services.station.task_causes import STATION
from scheduler.store import Ending
from tests.web.conftest import PASSWORDS


def sounding(slot_id, clock, **more):
    return {
        "slot_id": slot_id, "title": slot_id, "started_at": clock.now().isoformat(), "played_ms": 0, "total_ms": 60_000,
    } | more  # fmt: skip


def part(page, name):
    """The element of this id, as text."""
    found = page.text.split(f'id="{name}"')[1]
    return " ".join(re.sub(r"<[^>]+>", " ", found.split("</section>")[0]).split())


# Several airings at once


def test_all_that_sounds_is_shown_and_what_goes_first_leads_the_bar(lans, beat, clock):
    beat(airings=[
        sounding("Tiếp âm VOV", clock, trigger="relay", zone="all"),
        sounding("Cháy chợ", clock, trigger="emergency", zone="cho"),
    ])  # fmt: skip
    page = lans.get("/truc-tiep")
    now = part(page, "dang-phat")
    assert "2 lượt cùng lúc" in now
    assert now.index("Cháy chợ") < now.index("Tiếp âm VOV")
    assert "Vùng cho" in now
    assert "Tất cả các loa" in now
    assert now.count("Dừng bản tin này") == 2
    bar = page.text.split('id="thanh"')[1].split('id="gio"')[0]
    assert "KHẨN CẤP" in bar
    assert "và 1 lượt khác" in bar


@pytest.mark.parametrize(
    ("trigger", "word"),
    [
        ("emergency", "KHẨN CẤP"),
        ("drill", "DIỄN TẬP"),
        ("live", "NÓI TRỰC TIẾP"),
        ("relay", "TIẾP ÂM"),
        ("schedule", "ĐANG PHÁT"),
    ],
)
def test_the_bar_says_what_kind_of_sound_it_is(lans, beat, clock, trigger, word):
    beat(airings=[sounding("s1", clock, trigger=trigger)])
    bar = lans.get("/nhat-ky").text.split('id="thanh"')[1].split('id="gio"')[0]
    assert re.search(rf'class="st \w+">.*?</svg>{word}</span>', bar, re.DOTALL)


def test_a_report_without_the_kind_is_completed_from_the_slot(cast, minhs, beat, clock, template, send):
    slot_id = send(minhs, f"/khan-cap/mau/{template()}", code=PASSWORDS["minh"]).location.rsplit("/", 1)[1]
    beat(airings=[sounding(slot_id, clock)])
    bar = minhs.get("/nhat-ky").text.split('id="thanh"')[1].split('id="gio"')[0]
    assert 'class="st emg"' in bar


# Outputs, relay, amplifier


def test_what_ails_an_output_is_told_by_its_name(lans, beat):
    beat(outputs=[
        {"name": "Hội trường", "kind": "soundcard", "state": "open", "message": "", "dropped": 0},
        {"name": "Cụm loa IP", "kind": "rtp", "state": "retrying", "message": "mất mạng", "dropped": 12},
    ])  # fmt: skip
    told = part(lans.get("/truc-tiep"), "tinh-trang")
    assert "Đường ra loa “Cụm loa IP”: Đang thử lại, mất mạng." in told
    assert "12 đoạn không kịp phát" in told
    assert "Hội trường" not in told
    assert "đang tốt" not in told


def test_that_all_is_well_is_said_of_measured_loudspeakers_only(lans, beat):
    beat()
    assert "Máy trạm và đường ra loa đang tốt . Kiểm lúc 05:30" in part(lans.get("/truc-tiep"), "tinh-trang")
    for outputs in ([{"name": "ghi", "kind": "wavfile", "state": "open", "message": ""}], []):
        beat(outputs=outputs)
        told = part(lans.get("/truc-tiep"), "tinh-trang")
        assert "đang tốt" not in told
        assert ("loa chưa nối" in told) == bool(outputs)


@pytest.mark.parametrize("path", ["/truc-tiep", "/tai-khoan"])
def test_of_an_address_that_is_only_sent_to_it_says_what_is_known(lans, beat, path):
    beat(outputs=[
        {"name": "Hội trường", "kind": "soundcard", "state": "open", "message": ""},
        {"name": "Cụm loa IP", "kind": "rtp", "state": "open", "message": ""},
    ])  # fmt: skip
    page = lans.get(path).text
    assert "Chỉ biết đã gửi đi; không biết loa có nhận được hay không" in page
    assert "đang tốt" not in page


@pytest.mark.parametrize("kind", ["rtp", "snapcast", "fifo"])
def test_a_network_output_is_no_silence(lans, beat, kind):
    beat(outputs=[{"name": "Cụm loa IP", "kind": kind, "state": "open", "message": ""}])
    assert "Loa chưa nối" not in part(lans.get("/truc-tiep"), "viec-can-lam")


def test_a_relay_that_is_lost_tells_its_source(lans, beat):
    beat(relay=[{"slot_id": "r1", "source": "fallback", "state": "lost", "reason": "relay_lost", "level_db": -20.0}])
    told = part(lans.get("/truc-tiep"), "tinh-trang")
    assert "nguồn: bản dự phòng trong kho" in told
    assert "Nguồn tiếp âm mất tín hiệu." in told


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("on", "Đang bật"),
        ("off", "Đã tắt"),
        ("failed", "Lỗi, trạm tự thử lại"),
        ("switching", "Đang chuyển"),
        ("strange", "strange"),
    ],
)
def test_the_amplifiers_power_is_told_and_on_the_live_page_where_it_failed(lans, beat, state, told):
    beat(amplifier={"state": state, "message": "lệnh chạy quá lâu"})
    page = " ".join(re.sub(r"<[^>]+>", " ", lans.get("/cai-dat/dau-ra").text).split())
    assert f"Nguồn ăm-li: {told} lệnh chạy quá lâu" in page
    live = part(lans.get("/truc-tiep"), "tinh-trang")
    assert (f"Điện ăm-li: {told}, lệnh chạy quá lâu." in live) == (state == "failed")


def test_a_station_without_a_power_switch_hears_nothing_of_one(lans, beat):
    beat(amplifier={"state": "none", "message": ""})
    assert "ăm-li" not in part(lans.get("/truc-tiep"), "tinh-trang")


def test_a_report_of_before_these_fields_is_read_all_the_same(lans, beat, clock):
    beat(sounding("s1", clock))
    assert "s1" in part(lans.get("/truc-tiep"), "dang-phat")


def test_the_stream_tells_a_change_of_health(lans, beat, clock):
    with lans.get("/su-kien?ngay=1") as answer:
        chunks = iter(answer.response)
        beat()
        clock.advance(1)
        next(chunks)
        beat(amplifier={"state": "failed", "message": ""})
        clock.advance(1)
        assert "Điện ăm-li" in next(chunks).decode()


# What is to be done


@pytest.fixture
def todo(station, clock):
    def write(reason, key, slot_id=None, due=None, **details):
        station.repos.todos.raise_(key, slot_id, due, reason, details, clock.now())

    return write


@pytest.mark.parametrize("reason", sorted(STATION))
def test_what_the_station_lacks_leads_who_mends_it_to_the_settings(lans, hungs, beat, todo, reason):
    beat()
    todo(reason, f"{reason}:all")
    address = "/cai-dat/dong-ho" if reason == "clock_untrusted" else "/cai-dat/tinh-trang"
    for client, leads in ((hungs, True), (lans, False)):
        html = client.get("/truc-tiep").text.split('id="viec-can-lam"')[1].split("</section>")[0]
        assert (f'href="{address}">' in html) == leads
        assert "Không có việc gì đang chờ" not in html
        assert ("Người sửa được: " in html) != leads


def test_an_airing_that_will_fail_says_when_why_how_many_and_where_it_is_mended(cast, lans, beat, todo, clock):
    beat()
    announcement_id = cast.approved(3.0, "Thu gom rác")
    cast.planned(announcement_id)
    slot = cast.station.repos.slots.of_day(local_day(clock.now(), "Asia/Ho_Chi_Minh"))[0]
    todo("audio_missing", "audio_missing:ab12", slot.id, slot.start, title="Thu gom rác", airings=2)
    page = lans.get("/truc-tiep")
    told = part(page, "viec-can-lam")
    assert "Thu gom rác Mất tệp âm thanh trong kho" in told
    assert re.search(r"Chưa xong trước 06:\d\d hôm nay thì 2 lượt không phát", told)
    assert f'href="/ban-tin/{announcement_id}">Mở bản tin</a>' in page.text


@pytest.mark.parametrize(
    ("reason", "address"),
    [("unapproved", "/ban-tin/1"), ("campaign_stopped", "/dot/1"), ("audio_retired", "/ban-tin/1")],
)
def test_each_cause_leads_to_the_page_that_mends_it(cast, lans, beat, todo, clock, reason, address):
    beat()
    cast.planned(cast.approved(3.0, "Thu gom rác"))
    slot = cast.station.repos.slots.of_day(local_day(clock.now(), "Asia/Ho_Chi_Minh"))[0]
    todo(reason, f"{reason}:1", slot.id, slot.start, title="Thu gom rác")
    html = lans.get("/truc-tiep").text.split('id="viec-can-lam"')[1].split("</section>")[0]
    assert f'href="{address}"' in html


def test_a_wanted_airing_without_a_slot_leads_to_its_announcement(cast, lans, beat, todo):
    beat()
    announcement_id = cast.submitted()
    todo("no_audio", f"no_audio:{announcement_id}", None, None, title="Tiêm chủng")
    assert f'href="/ban-tin/{announcement_id}"' in lans.get("/truc-tiep").text


def test_a_row_whose_slot_is_gone_keeps_its_sentence(lans, beat, todo, clock):
    beat()
    todo("audio_missing", "audio_missing:ab12", "da-mat", clock.now() + timedelta(days=1), title="Thu gom rác")
    told = part(lans.get("/truc-tiep"), "viec-can-lam")
    assert "Mất tệp âm thanh" in told
    assert "05:30 mai" in told  # not today: the day stands beside the hour
    assert "Xem kho âm thanh" in told


def test_many_rows_all_stand_there(lans, beat, todo):
    beat()
    for number in range(12):
        todo("disk_low", f"disk_low:{number}")
    told = part(lans.get("/truc-tiep"), "viec-can-lam")
    assert told.partition("Để sau")[0].count("Ổ đĩa sắp đầy") == 12


def test_a_row_that_is_raised_reaches_open_pages(lans, beat, todo, clock):
    beat()
    with lans.get("/su-kien?ngay=1") as answer:
        chunks = iter(answer.response)
        next(chunks)
        todo("disk_low", "disk_low")
        clock.advance(1)
        assert "Ổ đĩa sắp đầy" in next(chunks).decode()


@pytest.mark.parametrize(
    ("trigger", "word"),
    [
        ("emergency", "khẩn cấp"),
        ("drill", "diễn tập"),
        ("live", "nói trực tiếp"),
        ("manual", "phát ngay"),
        ("make_good", "phát bù"),
    ],
)
def test_todays_list_and_the_journal_say_what_set_an_airing_off(cast, lans, beat, clock, trigger, word):
    beat()
    announcement_id = cast.approved(3.0, "Thu gom rác")
    slot = Slot(
        id="s1", day=local_day(clock.now(), "Asia/Ho_Chi_Minh"), zone="all", start=clock.now(), length=timedelta(seconds=3),
        campaign_id=None, announcement_id=announcement_id, trigger=Trigger(trigger),
        audio_sha256=cast.station.repos.programme.announcement(announcement_id).audio_sha256,
    )  # fmt: skip
    cast.station.repos.slots.add(slot, cast.lan.id, clock.now())
    assert f"({word}, Lan)" in part(lans.get("/truc-tiep"), "hom-nay")
    cast.station.repos.slots.close("s1", Ending(AiringOutcome.CANCELLED, "stopped_by"), clock.now())
    assert word.capitalize() in lans.get("/nhat-ky").text
