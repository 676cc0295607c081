"""Soạn bản tin on one screen: nothing typed is ever lost, and nothing leaves without a sound heard and a time that works."""

import io
import re
import wave

import numpy as np
import pytest

from scheduler.core.model import AnnouncementState
from scheduler.services.announcement.drafts import key_of

TEXT = "UBND phường mời bà con đi tiêm ngày 15/3/2026. Gọi 02373761666."
STEPS = ("noi-dung", "cach-doc", "nghe", "trinh-duyet")
SOON = {"kieu": "once", "ngay": "soon"}
KEY = "k" * 16
EVIL = "<script>alert(1)</script>"


def tone(seconds=1.0):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(48_000)
        times = np.arange(round(seconds * 48_000)) / 48_000
        writer.writeframes((np.sin(2 * np.pi * 440 * times) * 8000).astype("<i2").tobytes())
    return file.getvalue()


@pytest.fixture
def written(lans, send):
    return send(lans, "/ban-tin", title="Tiêm chủng", text=TEXT).location


@pytest.fixture
def heard(station, lans, send, written):
    send(lans, f"{written}/giong-doc")
    assert station.worker().work_once()
    send(lans, f"{written}/da-nghe", sha256=announcement(station).audio_sha256, heard="yes")
    return written


@pytest.fixture
def draft(lans):
    """Keep a draft as the page's script does."""
    csrf = re.search(r'name="csrf" value="([^"]*)"', lans.get("/ban-tin/moi").text)[1]

    def keep(key=KEY, revision=0, **fields):
        data = {"draft": key, "revision": revision, "title": "Họp", "text": "Họp tối nay."} | fields
        return lans.post("/ban-tin/nhap", data=data, headers={"X-CSRF-Token": csrf})

    return keep


def announcement(station, number=1):
    return station.repos.programme.announcement(number)


def missing_of(page):
    """What the bar says is still to be done."""
    return re.search(r'data-missing="(\w*)"', page)[1]


# One screen


@pytest.mark.parametrize("step", STEPS)
def test_the_address_of_each_old_step_leads_to_the_one_page(lans, written, step):
    answer = lans.get(f"{written}/{step}")
    assert (answer.status_code, answer.location) == (301, written)


def test_the_bar_names_what_is_next(station, lans, send, written):
    assert missing_of(lans.get("/ban-tin/moi").text) == "text"
    assert missing_of(lans.get(written).text) == "sound"
    send(lans, f"{written}/giong-doc")
    assert "Máy đang làm âm thanh." in lans.get(written).text
    station.worker().work_once()
    assert "Nghe hết một lượt rồi mới gửi được." in lans.get(written).text
    send(lans, f"{written}/da-nghe", sha256=announcement(station).audio_sha256, heard="yes")
    page = lans.get(written).text
    assert missing_of(page) == ""
    assert "Loa chỉ phát sau khi lãnh đạo duyệt." in page
    assert "aria-disabled" not in page


def test_a_returned_bulletin_says_why_and_can_be_sent_again(station, lans, minh, send, heard):
    send(lans, f"{heard}/gui", **SOON)
    station.services.announcements.give_back(minh, 1, "Sai giờ")
    page = lans.get(heard).text
    assert "Sai giờ" in page
    assert missing_of(page) == "sound"


def test_saving_for_later_leads_to_the_list(lans, send, written):
    fields = {"version": "1", "title": "Tiêm chủng", "text": "Lời mới."}
    assert send(lans, f"{written}/sua", **fields).location == written
    fields = {"version": "2", "title": "Tiêm chủng", "text": "Lời nữa."}
    assert send(lans, f"{written}/sua", **fields, then="later").location == "/ban-tin?xong=luu-ban-tin"


def test_a_shape_that_is_refused_opens_its_fields(station, lans, send, written):
    fields = {"version": "1", "title": "Tiêm chủng", "text": TEXT, "shape": "notice", "times": "9"}
    answer = send(lans, f"{written}/sua", **fields)
    assert answer.status_code == 422
    assert 'id="shape-faults"' in answer.text
    assert '<details class="fold" open>' in answer.text
    assert announcement(station).text == TEXT


# When typing pauses


@pytest.fixture
def settle(lans):
    """The words become the bulletin's, as the page's script asks for it."""
    csrf = re.search(r'name="csrf" value="([^"]*)"', lans.get("/ban-tin/moi").text)[1]

    def ask(**fields):
        data = {"draft": KEY, "title": "", "text": TEXT} | fields
        return lans.post("/ban-tin/giu", data=data, headers={"X-CSRF-Token": csrf})

    return ask


def test_when_typing_pauses_a_bulletin_is_made_and_read(station, lan, settle, draft):
    draft(title="", text=TEXT)
    told = settle().json
    assert (told["id"], told["address"], told["draft"]) == (1, "/ban-tin/1", key_of(1))
    assert told["title"].startswith("UBND phường mời bà con")
    assert 'data-sound="working"' in told["pieces"]
    assert station.services.drafts.mine(lan) == []
    assert station.worker().work_once()
    assert announcement(station).audio_sha256


def test_an_answer_that_was_lost_makes_no_second_bulletin(station, settle):
    assert settle().json["id"] == settle().json["id"] == 1
    assert len(station.repos.programme.announcements()) == 1


def test_words_that_somebody_else_has_changed_are_given_back(station, minhs, send, settle):
    first = settle().json
    send(minhs, "/ban-tin/1/sua", version=str(first["version"]), title="x", text="Bản của Minh.")
    answer = settle(ban_tin="1", version=str(first["version"]), words=first["words"], text="Bản của Lan.")
    assert answer.status_code == 409
    assert answer.json["text"] == "Bản của Minh."
    again = {"version": answer.json["version"], "words": answer.json["words"]}
    assert settle(ban_tin="1", text="Bản của Lan.", **again).status_code == 200
    assert announcement(station).text == "Bản của Lan."


def test_what_waits_or_is_approved_is_not_changed_by_typing(station, cast, settle):
    number = cast.approved()
    before = announcement(station, number)
    assert settle(ban_tin=str(number), version=str(before.version), text="Lời khác.").json == {}
    assert announcement(station, number) == before


def test_a_blank_of_a_template_is_kept_and_not_read(station, settle):
    told = settle(text="Cắt nước ở [địa bàn].").json
    assert "[địa bàn]" in told["told"]
    assert station.repos.jobs.newest("speech") == []


# When and where


def test_a_bulletin_goes_to_the_leader_with_its_time(station, lans, send, heard):
    answer = send(lans, f"{heard}/gui", kieu="once", ngay="today", luc="17:00")
    assert answer.location == "/truc-tiep?gui=1"
    wish = station.services.submissions.of(1)
    assert (wish.kind.value, f"{wish.at:%H:%M}") == ("once", "10:00")
    assert "<b>17:00 hôm nay</b>, tất cả các loa." in lans.get(answer.location).text


@pytest.mark.parametrize("typed", ["17", "1700", "17.00", "17h"])
def test_a_time_is_read_as_an_officer_types_it(station, lans, send, heard, typed):
    assert send(lans, f"{heard}/gui", kieu="once", ngay="today", luc=typed).status_code == 303
    assert f"{station.services.submissions.of(1).at:%H:%M}" == "10:00"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"luc": "22:00"}, "Giờ yên tĩnh"),
        ({"luc": "05:10"}, "05:10 đã qua"),
        ({"luc": ""}, "Hãy ghi giờ phát"),
        ({"luc": "26:00"}, "26:00"),
        ({"luc": "17:00", "ngay": "other", "ngay_khac": "31/02/2027"}, "31/02/2027"),
    ],
)
def test_a_time_that_cannot_be_is_refused_at_its_field_with_times_that_can(station, lans, send, heard, fields, words):
    answer = send(lans, f"{heard}/gui", **({"kieu": "once", "ngay": "today"} | fields))
    assert answer.status_code == 422
    assert words in re.search(r'id="gio-noi" role="status">(.*?)</div>', answer.text, re.DOTALL)[1]
    assert 'id="loi"' not in answer.text
    assert announcement(station).state is AnnouncementState.DRAFT
    chips = re.findall(r'data-day="(\w+)" data-other="([^"]*)" data-at="([^"]+)"', answer.text)
    assert len(chips) >= 3
    for day, other, at in chips:
        taken = {"kieu": "once", "ngay": day, "ngay_khac": other, "luc": at, "ban_tin": "1", "chi": "gio"}
        assert "phát được." in lans.post("/ban-tin/xem", data=taken | {"title": "Tiêm chủng", "text": TEXT}).text
    day, other, at = chips[0]
    assert send(lans, f"{heard}/gui", kieu="once", ngay=day, ngay_khac=other, luc=at).status_code == 303


def test_every_day_is_a_campaign_that_waits_for_the_approval(station, lans, minhs, send, heard):
    fields = {"kieu": "daily", "buoi": ["06:00-07:00", "17:00-18:00"], "luot": "1", "trong": "7"}
    page = lans.post("/ban-tin/xem", data=fields | {"ban_tin": "1", "title": "Tiêm chủng", "text": TEXT}).text
    assert re.search(r"Lượt đầu: \d\d:\d\d hôm nay", page)
    assert "Cả đợt 14 lượt" in page
    looked = "Mới xét đến hết 03/12; những ngày sau có thể còn lượt khác đổi giờ."
    assert looked in page
    assert send(lans, f"{heard}/gui", **fields).status_code == 303
    (campaign,) = station.services.campaigns.listed()
    assert (campaign.base, campaign.state.value, (campaign.end - campaign.start).days) == (2, "draft", 6)
    assert looked in minhs.get("/duyet/1").text
    send(minhs, "/duyet/1/duyet", sha256=announcement(station).audio_sha256, heard="yes")
    assert station.services.campaigns.get(campaign.id).state.value == "active"


@pytest.mark.parametrize("fields", [{"luot": "0"}, {"luot": "x"}, {"trong": "99"}, {"buoi": "06:00-09:00"}])
def test_a_rhythm_that_cannot_be_is_refused_and_leaves_nothing(station, lans, send, heard, fields):
    asked = {"kieu": "daily", "buoi": "06:00-07:00", "luot": "1", "trong": "7"} | fields
    assert send(lans, f"{heard}/gui", **asked).status_code == 422
    assert station.services.campaigns.listed() == []
    assert announcement(station).state is AnnouncementState.DRAFT


def test_the_campaign_that_waits_for_a_bulletin_is_what_is_asked_for(station, lans, minhs, send, cast, heard):
    number = station.services.campaigns.save(cast.lan, cast.campaign(1))
    page = lans.get(heard).text
    assert 'id="w3" value="campaigns" checked' in page
    assert "Lượt đầu:" in page
    assert send(lans, f"{heard}/gui", kieu="campaigns").status_code == 303
    assert station.services.submissions.of(1).places[0].campaign_id == number
    send(minhs, "/duyet/1/duyet", sha256=announcement(station).audio_sha256, heard="yes")
    assert station.services.campaigns.get(number).state.value == "active"


def test_what_runs_already_goes_on_with_its_approval(station, lans, send, cast, heard):
    station.services.campaigns.start(cast.lan, station.services.campaigns.save(cast.lan, cast.campaign(1)))
    page = lans.get(heard).text
    assert 'id="w3" value="campaigns" checked' in page
    assert "Đợt đang chạy, duyệt xong là phát tiếp." in page
    assert send(lans, f"{heard}/gui", kieu="campaigns").status_code == 303
    assert announcement(station).state is AnnouncementState.SUBMITTED


def test_a_contributor_asks_in_their_own_zones_alone(station, client_of, tu, send):
    tus = client_of(tu)
    page = tus.get("/ban-tin/moi").text
    assert "Tất cả các loa" not in page


def test_what_is_approved_offers_further_times(lans, cast):
    number = cast.approved()
    page = lans.get(f"/ban-tin/{number}").text
    assert f'href="/dot/moi?ban_tin={number}"' in page
    assert f'href="/lich?them={number}"' in page
    cast.running(number)
    page = lans.get(f"/ban-tin/{number}").text
    assert "06:00-07:00" in page
    assert "tất cả các loa" in page


def test_another_ones_words_are_not_overwritten_from_the_step_of_the_reading(station, lans, send, written):
    send(lans, f"{written}/sua", version="1", title="Tiêm chủng", text="Lời của thẻ kia.")
    fields = {"version": "1", "title": "Tiêm chủng", "text": TEXT, "shape": "notice", "times": "2", "step": "reading"}
    answer = send(lans, f"{written}/sua", **fields)
    assert answer.status_code == 422
    assert "vừa được người khác sửa" in answer.text
    assert announcement(station).text == "Lời của thẻ kia."


def test_a_job_that_waits_tells_how_many_are_before_it(station, lans, send, written):
    other = send(lans, "/ban-tin", title="Khác", text="Tin khác.").location
    send(lans, f"{other}/giong-doc")
    send(lans, f"{written}/giong-doc")
    assert "còn 1 việc phía trước" in lans.get(written).text


# Drafts


def test_a_draft_is_kept_and_the_time_is_told(station, lan, draft):
    answer = draft()
    assert answer.json == {"revision": 1, "time": "05:30:00"}
    assert station.services.drafts.get(lan, KEY).text == "Họp tối nay."
    assert station.repos.programme.announcements() == []


def test_a_second_tabs_words_are_given_back_beside_the_first_ones(draft):
    draft()
    answer = draft(text="Bản của thẻ hai.")
    assert answer.status_code == 409
    assert answer.json == {"revision": 1, "time": "05:30:00", "title": "Họp", "text": "Họp tối nay."}
    assert draft(revision=1, text="Bản của thẻ hai.").json["revision"] == 2


def test_a_draft_without_the_sessions_token_is_not_kept(station, lan, lans):
    assert lans.post("/ban-tin/nhap", data={"draft": KEY, "text": "x"}).status_code == 422
    assert station.services.drafts.get(lan, KEY) is None


def test_after_a_crash_the_words_stand_in_the_form_again(lans, send, written, draft):
    draft(key_of(1), version=1, title="Tiêm chủng", text=f"Đang viết dở {EVIL}")
    page = lans.get(written).text
    assert ">Đang viết dở &lt;script&gt;" in page
    assert "Đang hiện bản bạn viết dở" in page
    assert 'name="revision" value="1"' in page
    assert f">{TEXT}</textarea>" not in page
    answer = send(lans, "/ban-tin/nhap/bo", draft=key_of(1), ban_tin="1")
    assert answer.location == written
    assert f">{TEXT}</textarea>" in lans.get(answer.location).text


def test_a_draft_of_somebody_else_is_nobody_elses(minhs, written, draft):
    draft(key_of(1), version=1, text="Lan đang viết.")
    assert "Lan đang viết." not in minhs.get(written).text


def test_saving_forgets_the_draft(station, lan, lans, send, written, draft):
    draft(key_of(1), version=1, text="Xong rồi.")
    send(lans, f"{written}/sua", version="1", title="Tiêm chủng", text="Xong rồi.")
    assert station.services.drafts.get(lan, key_of(1)) is None


def test_a_draft_on_words_that_others_have_changed_shows_both(lans, minhs, send, written, draft):
    draft(key_of(1), version=1, title="Tiêm chủng", text="Bản của Lan.")
    send(minhs, f"{written}/sua", version="1", title="Tiêm chủng", text="Bản của Minh.")
    page = lans.get(written).text
    assert ">Bản của Lan.</textarea>" in page
    assert "data-other-text>Bản của Minh.<" in page


def test_a_new_forms_draft_is_offered_and_gone_on_with(station, lan, lans, send, draft):
    draft(title=f"Dở {EVIL}", text="Viết dở.", shape="storm", times="2", ident="yes")
    for page in (lans.get("/ban-tin").text, lans.get("/ban-tin/moi").text):
        assert f'href="/ban-tin/moi?nhap={KEY}"' in page
        assert EVIL not in page
    page = lans.get(f"/ban-tin/moi?nhap={KEY}").text
    assert ">Viết dở.</textarea>" in page
    assert f'name="draft" value="{KEY}"' in page
    assert '<option value="2" selected>' in page
    send(lans, "/ban-tin", title="Xong", text="Viết xong.", draft=KEY)
    assert station.services.drafts.mine(lan) == []


def test_each_new_form_has_a_draft_of_its_own(lans):
    keys = {re.search(r'name="draft" value="([^"]+)"', lans.get("/ban-tin/moi").text)[1] for _ in range(2)}
    assert len(keys) == 2


def test_a_refused_new_form_goes_on_with_its_draft(lans, send):
    page = send(lans, "/ban-tin", title="Trống", text="…", draft=KEY, revision="3").text
    assert f'name="draft" value="{KEY}"' in page
    assert 'name="revision" value="3"' in page


# A recording in place of a voice


def test_a_recording_becomes_the_sound_of_its_announcement(station, lans, send, written):
    answer = send(
        lans, "/kho/tai-len", file=(io.BytesIO(tone()), "loi.wav"), origin="recorded", ban_tin="1", title="Lời"
    )
    assert answer.location == written
    assert "Đang chờ bộ xử lý âm thanh" in lans.get(answer.location).text
    station.worker().work_once()
    clip = station.repos.programme.clip(announcement(station).audio_sha256)
    assert (clip.title, clip.origin) == ("Lời", "recorded")


def test_a_recording_makes_an_announcement_of_its_name(station, lans, send):
    answer = send(
        lans,
        "/kho/tai-len",
        file=(io.BytesIO(tone()), "loi.wav"),
        origin="recorded",
        ban_tin="moi",
        title="Lời kêu gọi",
    )
    assert answer.location == "/ban-tin/1"
    station.worker().work_once()
    seen = announcement(station)
    assert (seen.title, seen.text, seen.state) == ("Lời kêu gọi", "", AnnouncementState.DRAFT)
    assert seen.audio_sha256
    assert missing_of(lans.get("/ban-tin/1").text) == "sound"


def test_a_file_that_is_refused_leaves_no_announcement_and_says_why(station, lans, send):
    answer = send(lans, "/kho/tai-len", file=(io.BytesIO(b""), "rong.wav"), ban_tin="moi")
    assert answer.status_code == 422
    assert station.repos.programme.announcements() == []


def test_a_file_that_is_no_sound_says_so_in_the_place_of_its_player(station, lans, send, written):
    send(lans, "/kho/tai-len", file=(io.BytesIO(b"xin chao" * 500), "hong.mp3"), ban_tin="1")
    station.worker().work_once()
    page = lans.get(written).text
    assert "Chưa nhận được tệp." in page
    assert announcement(station).audio_sha256 is None


@pytest.mark.parametrize("number", ["99", "0"])
def test_a_recording_for_no_announcement_is_not_found(station, lans, send, number):
    answer = send(lans, "/kho/tai-len", file=(io.BytesIO(tone()), "loi.wav"), ban_tin=number)
    assert answer.status_code == 404
    assert list(station.services.recordings.incoming.iterdir()) == []


# The outline of a sound, and cutting


def test_the_outline_is_told_in_numbers_and_drawn(lans, cast):
    clip = cast.clip(1.0)
    told = lans.get(f"/am-thanh/{clip.sha256}/song.json")
    assert (told.json["columns"], told.json["seconds"], len(told.json["peaks"])) == (1200, 1.0, 2400)
    assert "immutable" in told.headers["Cache-Control"]
    drawn = lans.get(f"/am-thanh/{clip.sha256}/song.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert drawn.text.startswith("<svg ")
    assert f'src="/am-thanh/{clip.sha256}/song.svg"' in lans.get("/kho").text


@pytest.mark.parametrize("sha256", ["0" * 64, "x", "..%2f..%2floa"])
def test_a_sound_that_is_not_there_has_no_outline_and_is_not_cut(lans, sha256):
    for path in ("am-thanh/{}/song.json", "am-thanh/{}/song.svg", "kho/{}/cat-gon"):
        assert lans.get("/" + path.format(sha256)).status_code == 404


def test_a_recording_is_cut_for_its_announcement_and_the_cut_undone(station, lans, send, cast):
    number = cast.approved(seconds=3.0)
    whole = announcement(station, number).audio_sha256
    page = lans.get(f"/kho/{whole}/cat-gon?ban_tin={number}").text
    assert f'name="ban_tin" value="{number}"' in page
    assert 'name="end" class="num" inputmode="decimal" value="3,00"' in page
    assert "xin duyệt lại" in page
    answer = send(lans, f"/kho/{whole}/cat-gon", start="0,5", end="2", ban_tin=str(number))
    assert answer.location == f"/ban-tin/{number}"
    station.worker().work_once()
    seen = announcement(station, number)
    assert station.repos.programme.clip(seen.audio_sha256).frames == 1_500 * 48
    assert seen.state is AnnouncementState.DRAFT
    assert "Hoàn tác: dùng lại bản chưa cắt (0:03)" in lans.get(answer.location).text
    send(lans, f"/ban-tin/{number}/ban-ghi", sha256=whole)
    assert announcement(station, number).audio_sha256 == whole


def test_a_cut_in_the_library_is_a_job_there(station, lans, send, cast):
    clip = cast.clip(3.0, "Lời <b>Chủ tịch</b>")
    assert send(lans, f"/kho/{clip.sha256}/cat-gon", start="0", end="1").location == "/kho#viec"
    assert "Lời &lt;b&gt;Chủ tịch" in lans.get("/kho/viec").text
    station.worker().work_once()
    assert "Đã nhận" in lans.get("/kho/viec").text


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("a", "1", "Không đọc được chỗ cắt “a”"),
        ("0", "9", "nằm ngoài bản ghi"),
        ("0", "0,1", "quá ngắn"),
        ("", "", "Không"),
    ],
)
def test_a_cut_that_cannot_be_is_told_and_what_was_typed_stays(lans, send, cast, start, end, words):
    clip = cast.clip(3.0)
    answer = send(lans, f"/kho/{clip.sha256}/cat-gon", start=start, end=end)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'name="start" class="num" inputmode="decimal" value="{start}"' in answer.text


def test_a_machines_speech_is_not_cut(station, lans, heard):
    page = lans.get(f"/kho/{announcement(station).audio_sha256}/cat-gon").text
    assert "với giọng máy hãy sửa chữ" in page
    assert "data-trim" not in page
    assert "Cắt gọn" not in lans.get(heard).text


def test_who_only_looks_is_not_told_that_somebody_else_has_heard_it(station, lan, lans, client_of, guest, cast):
    number = cast.submitted()
    assert "<b>Đã nghe hết.</b>" in lans.get(f"/ban-tin/{number}").text
    assert "Đã nghe hết" not in client_of(guest).get(f"/ban-tin/{number}").text


def test_who_only_looks_listens_with_a_button_that_sends_nothing(station, lan, client_of, guest, cast):
    ready = cast.submitted(title="Họp tổ dân phố")
    page = client_of(guest).get(f"/ban-tin/{ready}").text
    button = re.search(r"<button[^>]*data-listen[^>]*>", page)[0]
    assert 'type="button"' in button
    assert 'data-word-play="Nghe"' in button
    silent = station.services.announcements.write(lan, "Chưa đọc", "Kính mời bà con đi họp.")
    assert "data-listen" not in client_of(guest).get(f"/ban-tin/{silent}").text


def test_who_may_not_change_a_bulletin_meets_no_button_that_is_refused(station, lan, client_of, guest, tu, ky, cast):
    """A guest and a technician change none, a contributor only their own."""
    kept = [
        station.services.announcements.write(lan, "Họp", "Kính mời bà con đi họp."),
        cast.submitted(title="Chờ"),
        cast.approved(title="Đã duyệt"),
    ]
    for person in (guest, ky, tu):
        for number in kept:
            page = client_of(person).get(f"/ban-tin/{number}").text.split("<main")[1].split("</main>")[0]
            assert re.findall(r'<button[^>]*type="submit"[^>]*>', page) == [], (person.login, number)
            assert "readonly" in page
            assert "Sửa nội dung" not in page
            assert 'name="luc"' not in page, "no time to choose"
    own = station.services.announcements.write(tu, "Mời họp khu phố 3", "Kính mời bà con khu phố 3 đi họp.")
    page = client_of(tu).get(f"/ban-tin/{own}").text
    assert "Gửi lãnh đạo duyệt" in page
    assert 'name="luc"' in page
    assert "chưa gửi lãnh đạo duyệt" in client_of(guest).get(f"/ban-tin/{own}").text
