"""Khẩn cấp: two steps to an order, what becomes of it, its correction, and the drill that cannot be mistaken for it."""

import re
from datetime import timedelta

import pytest

from scheduler.core.model import AiringOutcome, Priority, Trigger
from scheduler.store import Ending


def slots(station):
    return [facts.slot for facts in station.desk.emergency.recent(station.clock.now() - timedelta(days=1))]


def told_by(page):
    """The page's middle as text."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text.split("<main")[1].split("</main>")[0]).split())


# The page


def test_without_a_template_the_page_says_how_to_get_one(minhs):
    text = minhs.get("/khan-cap").text
    assert "Chưa có mẫu nào được duyệt" in text
    assert 'href="/ban-tin/moi?loai=khan-cap"' in text


def test_a_template_is_shown_with_its_words_its_sound_and_a_button_that_only_leads_on(minhs, template, station):
    announcement_id = template()
    text = minhs.get("/khan-cap").text
    sha256 = station.parts.programme.announcement(announcement_id).audio_sha256
    assert "Bà con khu phố 3 sơ tán ngay." in text
    assert f"/am-thanh/{sha256}.wav" in text
    button = re.search(r'<button[^>]*formaction="/khan-cap/mau/\d+"[^>]*>', text)
    assert button
    form = text[: button.start()].rsplit("<form", 1)[1]
    assert 'method="get"' in form
    assert slots(station) == []


def test_a_long_text_is_shown_by_its_first_words(minhs, template):
    template(text="bà con sơ tán ngay " * 60)
    shown = re.search(r'first-words">([^<]*)<', minhs.get("/khan-cap").text)[1]
    assert shown.endswith("…")
    assert len(shown) <= 161


def test_who_may_not_order_is_told_who_may(lans, template, hung):
    template()
    text = told_by(lans.get("/khan-cap"))
    assert "Vai trò Biên tập không ra lệnh khẩn cấp." in text
    assert "Minh" in text
    assert "Hùng" in text
    html = lans.get("/khan-cap").text
    assert "formaction" not in html
    assert "/khan-cap/doc-lai" not in html


def test_every_page_leads_to_it(lans):
    for path in ("/truc-tiep", "/nhat-ky", "/kho"):
        assert re.search(r'<a class="btn emg" href="/khan-cap">', lans.get(path).text), path


def test_a_template_is_not_offered_for_an_ordinary_play_now(minhs, template, cast, beat):
    beat()
    template("Sơ tán khẩn")
    cast.approved(title="Thu gom rác")
    ready = minhs.get("/truc-tiep").text.split('id="h-ready"')[1].split("</section>")[0]
    assert "Thu gom rác" in ready
    assert "Sơ tán khẩn" not in ready


# Reading back and ordering a template


def test_what_is_read_back_is_what_where_how_often_and_how_long(minhs, template):
    text = told_by(minhs.get(f"/khan-cap/mau/{template()}"))
    assert "Bà con khu phố 3 sơ tán ngay." in text
    assert "Tất cả các loa" in text
    assert "(đầu ra: wav)" in text
    assert re.search(r"2 lần, cả nhạc hiệu hết 0:\d\d", text)
    assert "PHÁT KHẨN NGAY" in text


def test_reading_back_orders_nothing(minhs, template, station):
    minhs.get(f"/khan-cap/mau/{template()}")
    assert slots(station) == []


def test_an_order_is_one_slot_of_emergency_priority_and_leads_to_its_page(minhs, minh, template, station, send):
    announcement_id = template()
    answer = send(minhs, f"/khan-cap/mau/{announcement_id}", zone="all")
    (slot,) = slots(station)
    assert (answer.status_code, answer.location) == (303, f"/khan-cap/lenh/{slot.id}")
    assert (slot.announcement_id, slot.priority, slot.trigger) == (
        announcement_id,
        Priority.EMERGENCY,
        Trigger.EMERGENCY,
    )
    assert station.parts.slots.facts(slot.id).row["operator"] == "Minh"


def test_the_same_button_pressed_twice_airs_once(minhs, template, station, send):
    announcement_id = template()
    answers = {send(minhs, f"/khan-cap/mau/{announcement_id}", act="one form").location for _ in range(2)}
    assert len(answers) == 1
    assert len(slots(station)) == 1


def test_two_forms_for_the_same_alarm_air_once_while_it_is_open(minhs, template, station, send):
    announcement_id = template()
    answers = {send(minhs, f"/khan-cap/mau/{announcement_id}").location for _ in range(2)}
    assert len(answers) == 1
    assert len(slots(station)) == 1


def test_it_sounds_in_quiet_hours_too(minhs, template, station, send, clock):
    announcement_id = template()
    clock.advance(6.5 * 3600)  # 12:00, within 11:30-13:30
    assert send(minhs, f"/khan-cap/mau/{announcement_id}").status_code == 303
    assert len(slots(station)) == 1


def test_what_is_no_approved_template_has_no_button_and_is_not_ordered(minhs, cast, send):
    announcement_id = cast.submitted()
    page = minhs.get(f"/khan-cap/mau/{announcement_id}").text
    assert "chưa được duyệt" in page
    assert "PHÁT KHẨN NGAY" not in page
    assert send(minhs, f"/khan-cap/mau/{announcement_id}").status_code == 422
    assert slots(cast.station) == []


def test_a_zone_that_is_not_there_is_refused(minhs, template, station, send):
    answer = send(minhs, f"/khan-cap/mau/{template()}", zone="vung-khong-co")
    assert answer.status_code == 422
    assert "Không có vùng phát “vung-khong-co”" in answer.text
    assert slots(station) == []


def test_the_form_waits_only_where_its_script_runs(minhs, template):
    page = minhs.get(f"/khan-cap/mau/{template()}").text
    form = re.search(r'<form method="post" action="/khan-cap/mau/\d+" data-countdown="5">.*?</form>', page, re.DOTALL)
    assert form
    assert re.search(r'class="countdown"[^>]*hidden', form[0])
    assert 'type="submit"' in form[0]


# Typed words


def test_typed_words_are_read_back_as_the_machine_will_say_them(minhs, send, station):
    answer = send(minhs, "/khan-cap/doc-lai", title="Ngập", text="Họp lúc 7h30 <b>ngay</b>.")
    assert answer.status_code == 200
    assert "bảy giờ ba mươi" in answer.text
    assert "&lt;b&gt;ngay&lt;/b&gt;" in answer.text
    assert "PHÁT KHẨN NGAY" in answer.text
    assert slots(station) == []


def test_typed_words_can_be_mended_before_they_are_ordered(minhs, send):
    answer = send(minhs, "/khan-cap/doc-lai", title="Ngập", text="Nước lên.", then="edit")
    assert 'value="Ngập"' in answer.text
    assert ">Nước lên.</textarea>" in answer.text


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "không có chữ nào"), ("... !!!", "không có chữ nào"), ("a " * 800, "quá giới hạn 1500")],
    ids=["nothing", "no letters", "too long to speak in time"],
)
@pytest.mark.parametrize("path", ["/khan-cap/doc-lai", "/khan-cap/go-chu"])
def test_words_that_cannot_be_spoken_come_back_with_the_reason(minhs, send, station, path, text, told):
    answer = send(minhs, path, title="Tên vẫn còn", text=text)
    assert answer.status_code == 422
    assert told in answer.text
    assert "Tên vẫn còn" in answer.text
    assert slots(station) == []


def test_typed_words_are_spoken_and_ordered_at_once(minhs, send, station):
    answer = send(minhs, "/khan-cap/go-chu", title="", text="Nước sông dâng cao, bà con rời bờ sông ngay.")
    (slot,) = slots(station)
    assert answer.location == f"/khan-cap/lenh/{slot.id}"
    page = told_by(minhs.get(answer.location))
    assert "Nước sông dâng cao" in page
    assert station.parts.programme.clip(slot.audio_sha256).length > timedelta(seconds=1)


def test_a_typed_order_sent_twice_is_one(minhs, send, station):
    for _ in range(2):
        send(minhs, "/khan-cap/go-chu", act="one form", text="Nước sông dâng cao.")
    assert len(slots(station)) == 1


def test_a_voice_that_is_broken_is_told_and_the_words_are_kept(minhs, send, station, config, app):
    app.extensions["station"] = mute(station)
    answer = send(minhs, "/khan-cap/go-chu", text="Nước sông dâng cao.")
    assert answer.status_code == 422
    assert "Không giọng đọc nào làm được lúc này" in answer.text
    assert "Nước sông dâng cao." in answer.text
    assert slots(station) == []


def mute(station):
    """The same station whose only voice has no model."""
    from dataclasses import replace

    config = replace(
        station.config, speech=replace(station.config.speech, engines=("piper",), piper_model="khong-co.onnx")
    )
    return replace(station, config=config)


# What becomes of an order


@pytest.fixture
def ordered(minhs, template, send, station):
    """An order of Minh's: its slot's id."""
    announcement_id = template()
    return send(minhs, f"/khan-cap/mau/{announcement_id}").location.rsplit("/", 1)[1]


def sounding(slot_id, clock, **more):
    return {
        "slot_id": slot_id, "title": "Sơ tán khu phố 3", "zone": "all", "started_at": clock.now().isoformat(),
        "played_ms": 0, "total_ms": 9000,
    } | more  # fmt: skip


def test_an_order_that_waits_says_so_and_can_be_stopped(minhs, ordered, beat):
    beat()
    page = minhs.get(f"/khan-cap/lenh/{ordered}").text
    assert "bộ phát đang nhận" in page
    assert f'value="{ordered}"' in page
    assert 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_an_order_that_waits_for_another_emergency_names_it(minhs, ordered, beat, clock):
    beat(airings=[sounding("khac", clock, title="Cháy chợ", trigger="emergency")])
    assert "Đang chờ tới lượt sau: Cháy chợ." in told_by(minhs.get(f"/khan-cap/lenh/{ordered}")).replace(
        "lượt  sau", "lượt sau"
    )


def test_an_order_on_the_air_is_told_as_measured(minhs, ordered, beat, clock):
    beat(airings=[sounding(ordered, clock)])
    part = minhs.get(f"/khan-cap/lenh/{ordered}/tinh-hinh").text
    assert "ĐANG PHÁT" in part
    assert 'data-total="9000"' in part
    assert "<html" not in part


def test_an_order_while_playout_is_silent_says_what_to_do(minhs, ordered):
    assert "Bộ phát không trả lời" in minhs.get(f"/khan-cap/lenh/{ordered}").text


def test_an_order_that_has_ended_is_asked_for_no_more(minhs, ordered, beat, station, clock):
    beat()
    station.parts.slots.close(ordered, Ending(AiringOutcome.CANCELLED, "stopped_by"), clock.now())
    page = minhs.get(f"/khan-cap/lenh/{ordered}").text
    assert "Đã hủy" in page
    assert "Cán bộ đã bấm dừng." in page
    assert "every 1s" not in page
    assert "http-equiv" not in page


def test_the_orders_of_late_are_listed(minhs, ordered):
    text = minhs.get("/khan-cap").text.split('id="h-recent"')[1]
    assert f"/khan-cap/lenh/{ordered}" in text
    assert "Sơ tán khu phố 3" in text


def test_what_is_no_order_of_this_kind_has_no_such_page(cast, minhs):
    cast.running(cast.approved(3.0))
    slot = cast.station.parts.slots.of_day(cast.campaign(1).start)[0]
    assert minhs.get(f"/khan-cap/lenh/{slot.id}").status_code == 404
    assert minhs.get("/khan-cap/lenh/khong-co").status_code == 404


# The correction


def test_the_correction_is_made_ready_and_says_so(minhs, ordered, send, station):
    page = minhs.get(f"/khan-cap/lenh/{ordered}").text
    assert "Bản tin khẩn vừa phát lúc 05:30 là không đúng" in page
    assert "Đính chính đã sẵn sàng" not in page
    assert 'hx-trigger="load"' in page
    answer = send(minhs, f"/khan-cap/lenh/{ordered}/soan-dinh-chinh")
    assert answer.location == f"/khan-cap/lenh/{ordered}#dinh-chinh"
    page = minhs.get(f"/khan-cap/lenh/{ordered}").text
    assert "Đính chính đã sẵn sàng" in page
    assert 'hx-trigger="load"' not in page
    assert len(slots(station)) == 1  # ready, not aired


def test_a_script_gets_the_ready_correction_as_a_part_of_its_page(minhs, ordered, send):
    csrf = re.search(r'data-csrf="([^"]+)"', minhs.get("/cai-dat").text)[1]
    answer = minhs.post(
        f"/khan-cap/lenh/{ordered}/soan-dinh-chinh",
        headers={"X-CSRF-Token": csrf, "X-Act": "k", "HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "Đính chính đã sẵn sàng" in answer.text
    assert "<html" not in answer.text


def test_a_correction_stops_what_it_corrects_and_is_ordered_once(minhs, ordered, send, station, clock):
    answers = {send(minhs, f"/khan-cap/lenh/{ordered}/dinh-chinh", act="one form").location for _ in range(2)}
    (place,) = answers
    assert place.endswith(f"?cua={ordered}")
    (command,) = station.parts.jobs.take_commands(clock.now())
    assert (command.kind, command.args["slot_id"]) == ("stop", ordered)
    corrected = [slot for slot in slots(station) if slot.id != ordered]
    assert len(corrected) == 1
    text = station.parts.programme.announcement(corrected[0].announcement_id).text
    assert "05:30" in text
    assert "Nếu phát nhầm" not in minhs.get(place).text


def test_a_correction_of_what_is_over_stops_nothing(minhs, ordered, send, station, clock):
    station.parts.slots.close(ordered, Ending(AiringOutcome.PLAYED), clock.now())
    assert send(minhs, f"/khan-cap/lenh/{ordered}/dinh-chinh").status_code == 303
    assert station.parts.jobs.take_commands(clock.now()) == []


def test_an_editor_sees_the_order_and_has_no_correction_to_press(lans, ordered):
    text = lans.get(f"/khan-cap/lenh/{ordered}").text
    assert "Người được ra lệnh khẩn cấp mới phát được đính chính." in text
    assert "/dinh-chinh" not in text


# The drill


def test_the_drill_page_says_what_will_be_said_and_has_no_way_to_the_alarm(lans, template):
    template()
    main = lans.get("/khan-cap/dien-tap").text.split("<main")[1]
    assert "Đây là diễn tập, không phải báo động thật." in main
    assert "PHÁT KHẨN" not in main
    assert "/khan-cap/mau/" not in main
    assert "/khan-cap/dien-tap/" in main


def test_the_alarm_page_has_no_button_of_a_drill(minhs, template):
    template()
    assert "/khan-cap/dien-tap/" not in minhs.get("/khan-cap").text


def test_an_editor_may_rehearse_and_the_order_is_told_as_a_drill(lans, template, send, station):
    announcement_id = template()
    page = lans.get(f"/khan-cap/dien-tap/{announcement_id}").text
    assert page.count("Đây là diễn tập, không phải báo động thật.") == 2
    answer = send(lans, f"/khan-cap/dien-tap/{announcement_id}")
    (slot,) = slots(station)
    assert (slot.trigger, slot.priority) == (Trigger.DRILL, Priority.PRIORITY)
    assert slot.intro_sha256
    text = lans.get(answer.location).text
    assert "<h1>Diễn tập</h1>" in text
    assert "card drill" in text
    assert "Nếu phát nhầm" not in text


def test_a_drill_is_refused_at_night_with_the_rules_sentence(lans, template, send, station, clock):
    announcement_id = template()
    clock.advance(6.5 * 3600)
    answer = send(lans, f"/khan-cap/dien-tap/{announcement_id}")
    assert answer.status_code == 422
    assert "Giờ yên tĩnh" in answer.text
    assert slots(station) == []


# Templates are written and approved like every announcement


def test_a_template_is_written_in_the_page(lans, send, station):
    assert '<option value="emergency" selected>' in lans.get("/ban-tin/moi?loai=khan-cap").text
    answer = send(lans, "/ban-tin", title="Vỡ đê", text="Bà con lên chỗ cao ngay.", kind="emergency")
    announcement_id = int(answer.location.rsplit("/", 1)[1])
    assert station.parts.programme.announcement(announcement_id).priority is Priority.EMERGENCY
    assert "Khẩn cấp (mẫu)" in lans.get(answer.location).text
    assert station.desk.emergency.templates() == []  # not before a leader has approved it


@pytest.mark.parametrize("kind", ["", "1", "khan-cap", "EMERGENCY"])
def test_any_other_kind_is_an_ordinary_announcement(lans, send, station, kind):
    answer = send(lans, "/ban-tin", title="Thu gom rác", text="Bà con để rác đúng giờ.", kind=kind)
    announcement_id = int(answer.location.rsplit("/", 1)[1])
    assert station.parts.programme.announcement(announcement_id).priority is Priority.NORMAL


def test_a_refused_text_keeps_its_kind_chosen(lans, send):
    answer = send(lans, "/ban-tin", title="", text="Bà con lên chỗ cao ngay.", kind="emergency")
    assert answer.status_code == 422
    assert '<option value="emergency" selected>' in answer.text


def test_when_an_order_has_ended_its_page_no_longer_offers_to_stop_it(minhs, ordered, beat, station, clock):
    beat()
    asked = re.search(
        rf'hx-get="(/khan-cap/lenh/{ordered}/tinh-hinh\?dc=1)"', minhs.get(f"/khan-cap/lenh/{ordered}").text
    )
    assert "nut-dinh-chinh" not in minhs.get(asked[1]).text
    station.parts.slots.close(ordered, Ending(AiringOutcome.PLAYED), clock.now())
    told = minhs.get(asked[1]).text
    assert 'id="nut-dinh-chinh"' in told
    assert 'hx-swap-oob="true"' in told
    assert ">PHÁT ĐÍNH CHÍNH<" in told


def test_a_template_is_no_choice_of_a_campaign(lans, template, cast):
    template("Sơ tán khẩn")
    cast.approved(title="Thu gom rác")
    text = lans.get("/dot/moi").text
    assert "Thu gom rác" in text
    assert "Sơ tán khẩn" not in text


def test_a_leader_sees_that_what_waits_is_an_alarm(lans, minhs, cast, send, station):
    clip = cast.clip(2.0, "báo động")
    announcement_id = station.desk.announcements.write(cast.lan, "Vỡ đê", "Bà con lên chỗ cao.", Priority.EMERGENCY)
    station.desk.announcements.use_recording(cast.lan, announcement_id, clip.sha256)
    station.desk.announcements.heard(cast.lan, announcement_id, clip.sha256)
    station.desk.announcements.submit(cast.lan, announcement_id)
    assert "Khẩn cấp (mẫu)" in minhs.get("/duyet").text
