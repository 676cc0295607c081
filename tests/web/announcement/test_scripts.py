"""Shape, length and unknown words in the page: templates, both sides of a reading, what must be confirmed, and by whom."""

import re
from dataclasses import replace

import pytest

from scheduler.config.loading import ScriptConfig
from scheduler.core.announcement.script_templates import KINDS, TEMPLATES
from scheduler.core.delivery import ScriptKind, Shape
from scheduler.core.model import AnnouncementState
from scheduler.station import Station
from web import create_app

SOON = {"kieu": "once", "ngay": "soon"}
STRANGE = "Mời bà con đi tiêm Abrysvo lúc 7h30."
FIELDS = {"shape": "notice", "paced": "yes", "heading": "yes", "times": "2", "closing": "Xin cảm ơn."}


@pytest.fixture
def spoken(station, lans, send):
    """The address of an announcement whose speech Lan has heard to its end."""

    def make(text=STRANGE, **fields):
        path = send(lans, "/ban-tin", title="Tiêm chủng", text=text, **fields).location
        send(lans, f"{path}/giong-doc")
        assert station.worker().work_once()
        send(lans, f"{path}/da-nghe", sha256=announcement(station, path).audio_sha256, heard="yes")
        return path

    return make


def announcement(station, path):
    return station.repos.programme.announcement(int(path.rpartition("/")[2]))


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("kind", ScriptKind)
def test_a_template_fills_the_form_and_sets_how_it_is_said(lans, kind):
    page = lans.get(f"/ban-tin/moi?mau={kind.value}").text
    template = TEMPLATES[kind]
    assert f'value="{template.title}"' in page
    assert f">{template.text}</textarea>" in page
    assert f'name="shape" value="{kind.value}"' in page
    assert ('name="heading" value="yes" checked' in page) is template.shape.heading
    assert f'<option value="{template.shape.times}" selected>' in page
    assert ('name="kind" value="emergency"' in page) is template.emergency


def test_every_template_can_be_chosen_and_an_unknown_one_is_an_empty_form(lans):
    page = lans.get("/ban-tin/moi").text
    assert all(name in page for name in KINDS.values())
    odd = lans.get("/ban-tin/moi?mau=festival")
    assert odd.status_code == 200
    assert 'name="paced" value="yes" checked' in odd.text
    assert "[" not in re.search(r"<textarea[^>]*>([^<]*)<", odd.text)[1]


def test_the_shape_in_the_form_is_kept_and_shown_again(station, lans, send):
    path = send(lans, "/ban-tin", title="Họp", text="Họp tối nay.", **FIELDS).location
    assert announcement(station, path).shape == Shape(
        ScriptKind.NOTICE, paced=True, heading=True, times=2, closing="Xin cảm ơn.", chime=False
    )
    page = lans.get(path).text
    assert 'name="heading" value="yes" checked' in page
    assert '<option value="2" selected>' in page


def test_how_it_is_read_stands_beside_the_sound_that_was_made_of_it(lans, minhs, send, spoken):
    """Who looks at it behind the form, or approves it, is told tempo, title and times without opening anything."""
    path = spoken("Mời bà con đi họp.", **FIELDS)
    told = "đọc chậm từng cụm, đọc tên trước, 2 lần"
    assert told in text_of(lans.get(path).text)
    send(lans, f"{path}/gui", **SOON)
    assert told in text_of(minhs.get(path.replace("ban-tin", "duyet")).text)


def test_a_recording_tells_no_way_of_reading(cast, minhs, lans):
    number = cast.submitted()
    for client, path in ((lans, f"/ban-tin/{number}"), (minhs, f"/duyet/{number}")):
        assert "đọc chậm từng cụm" not in text_of(client.get(path).text)


def test_a_form_without_a_shape_has_the_usual_one_and_an_edit_without_one_keeps_it(station, lans, send):
    path = send(lans, "/ban-tin", title="Họp", text="Họp tối nay.").location
    assert announcement(station, path).shape == station.services.scripts.usual
    send(lans, f"{path}/sua", version="1", title="Họp", text="Họp tối mai.")
    assert announcement(station, path).shape == station.services.scripts.usual


@pytest.mark.parametrize("times", ["0", "9", "abc", ""])
def test_a_shape_nobody_would_listen_to_is_told_beside_its_fields(station, lans, send, times):
    answer = send(lans, "/ban-tin", title="Họp", text="Họp tối nay.", **(FIELDS | {"times": times}))
    assert answer.status_code == 422
    assert "Số lần đọc không đúng" in answer.text
    assert ">Họp tối nay.</textarea>" in answer.text
    assert station.repos.programme.announcements() == []


def test_another_shape_of_an_approved_announcement_asks_for_approval_again(station, lans, minhs, send, spoken):
    path = spoken("Mời bà con đi họp.")
    send(lans, f"{path}/gui", **SOON)
    seen = announcement(station, path)
    send(minhs, f"/duyet/{seen.id}/duyet", sha256=seen.audio_sha256, heard="yes")
    assert announcement(station, path).state is AnnouncementState.APPROVED
    send(lans, f"{path}/sua", version=str(seen.version), title=seen.title, text=seen.text, **FIELDS)
    after = announcement(station, path)
    assert (after.state, after.approved_sha256, after.audio_sha256) == (AnnouncementState.DRAFT, None, None)


def test_a_campaign_begins_with_the_chime_and_the_times_of_what_it_airs(lans, send):
    path = send(lans, "/ban-tin", title="Họp", text="Họp tối nay.", **FIELDS).location
    page = lans.get(f"/dot/moi?ban_tin={path.rpartition('/')[2]}").text
    assert 'name="repeat" value="2"' in page
    assert 'name="chime" value="yes">' in page


# Both sides


def test_title_text_and_the_stations_words_stand_on_both_sides_with_each_change_twice(
    station, lans, minhs, send, spoken
):
    """Before the leader, who reads what the loudspeakers will say."""
    path = send(lans, "/ban-tin", title="Họp 7h", text="UBND mời, gọi 113.", **(FIELDS | {"ident": "1"})).location
    page = minhs.get(path.replace("ban-tin", "duyet")).text
    said, written = re.findall(r'<div class="said-text"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert text_of(written) == "Họp 7h UBND mời, gọi 113 ."
    assert text_of(said) == (
        "Đây là Đài truyền thanh phường. Họp bảy giờ ủy ban nhân dân mời, gọi một một ba . "
        "Xin nhắc lại. (đọc lại toàn bộ) Xin cảm ơn."
    )
    keys = re.compile(r'data-key="([^"]+)"')
    assert keys.findall(written) == keys.findall(said) == ["w0", "w1", "w2"]
    assert said.count('class="frame"') == 4
    assert 'class="frame"' not in written


def test_a_word_of_a_title_that_is_not_said_is_not_named(lans):
    answer = lans.post("/ban-tin/xem", data={"title": "Họp 7h30", "text": "Họp tối nay."})
    assert "bảy giờ" not in answer.text


def test_hostile_words_around_an_announcement_are_shown_as_text(lans, send):
    hostile = "<script>alert(1)</script>"
    fields = FIELDS | {"opening": hostile, "closing": f'"{hostile}'}
    path = send(lans, "/ban-tin", title="Họp", text=f"{hostile} họp tối nay.", **fields).location
    for page in (lans.get(path).text, lans.post("/ban-tin/xem", data={"title": "x", "text": "họp"} | fields).text):
        assert "<script>alert" not in page


# Length


def test_the_estimate_follows_the_typing_and_the_measured_length_replaces_it(station, lans, spoken):
    short = lans.post("/ban-tin/xem", data={"title": "Họp", "text": "Họp tối nay."}).text
    twice = lans.post("/ban-tin/xem", data={"title": "Họp", "text": "Họp tối nay. " * 60, "times": "2"} | FIELDS).text
    assert "Khoảng 5 giây khi đọc" in short
    assert re.search(r"Khoảng \d+ phút", twice)
    page = lans.get(spoken()).text
    assert re.search(r"data-clock>0:\d\d<", page)
    assert "Khoảng " not in page


def test_what_is_longer_than_the_ward_wants_is_warned_of_to_author_and_leader(config, clock, lan, minh, send):
    strict = Station.open(replace(config, script=ScriptConfig(longest_seconds=10)), clock)
    strict.prepare()
    app = create_app(strict)

    def browser(login):
        token, _ = strict.repos.people.sign_in(login, f"mat-khau-cua-{login}", "127.0.0.1", clock.now(), 12)
        client = app.test_client()
        client.set_cookie("loa", token)
        return client

    lans, long = browser("lan"), "Mời bà con đi họp tối nay. " * 12
    assert "quá mức 10 giây" in lans.post("/ban-tin/xem", data={"title": "Họp", "text": long}).text
    path = send(lans, "/ban-tin", title="Họp", text=long).location
    send(lans, f"{path}/giong-doc")
    assert strict.worker().work_once()
    send(lans, f"{path}/da-nghe", sha256=announcement(strict, path).audio_sha256, heard="yes")
    assert send(lans, f"{path}/gui", **SOON).status_code == 303  # a warning refuses nothing
    assert "quá mức 10 giây" in browser("minh").get(f"/duyet/{announcement(strict, path).id}").text
    strict.close()


# Unknown words


def test_an_unknown_word_stands_in_the_way_until_it_is_heard_and_confirmed(station, lans, send, spoken):
    path = spoken()
    page = lans.get(path).text
    assert 'href="/tu-dien?viet=Abrysvo" data-word="Abrysvo" data-unread' in page
    assert 'name="word" value="Abrysvo"' in page
    assert 'aria-disabled="true">Gửi lãnh đạo duyệt' in page
    assert send(lans, f"{path}/gui", **SOON).status_code == 422
    assert announcement(station, path).state is AnnouncementState.DRAFT
    sha256 = announcement(station, path).audio_sha256
    assert send(lans, f"{path}/doc-nhu-vay", sha256=sha256, word="Abrysvo").status_code == 303
    page = lans.get(path).text
    assert "“Abrysvo” đọc như vậy (Lan)." in page
    assert send(lans, f"{path}/gui", **SOON).status_code == 303


def test_a_word_that_is_not_ticked_is_not_confirmed(station, lans, send, spoken):
    path = spoken()
    sha256 = announcement(station, path).audio_sha256
    send(lans, f"{path}/doc-nhu-vay", sha256=sha256)
    assert send(lans, f"{path}/gui", **SOON).status_code == 422
    assert send(lans, f"{path}/doc-nhu-vay", sha256="0" * 64, word="Abrysvo").status_code == 422


def test_confirmed_words_are_shown_to_the_leader_beside_the_sound(station, lans, minhs, send, spoken):
    path = spoken()
    send(lans, f"{path}/doc-nhu-vay", sha256=announcement(station, path).audio_sha256, word="Abrysvo")
    send(lans, f"{path}/gui", **SOON)
    page = minhs.get(f"/duyet/{announcement(station, path).id}").text
    assert '<mark class="q" lang="vi">Abrysvo</mark> <span>người viết đã nghe và đồng ý</span>' in page
    assert 'name="read_as"' not in page


def test_what_nobody_has_confirmed_the_leader_ticks_in_approving(station, lans, minhs, send, spoken):
    path = spoken()
    sha256 = announcement(station, path).audio_sha256
    send(lans, f"{path}/doc-nhu-vay", sha256=sha256, word="Abrysvo")
    send(lans, f"{path}/gui", **SOON)
    with station.repos.store.write() as db:
        db.execute("DELETE FROM confirmed_word")
    number = announcement(station, path).id
    assert 'name="read_as" form="duyet" value="Abrysvo"' in minhs.get(f"/duyet/{number}").text
    refused = send(minhs, f"/duyet/{number}/duyet", sha256=sha256, heard="yes")
    assert refused.status_code == 422
    assert "Máy chưa biết đọc: Abrysvo" in refused.text
    send(minhs, f"/duyet/{number}/duyet", sha256=sha256, heard="yes", read_as="Abrysvo")
    assert announcement(station, path).state is AnnouncementState.APPROVED


def test_a_blank_of_a_template_is_told_beside_the_text(station, lans, send):
    template = TEMPLATES[ScriptKind.OUTAGE]
    path = send(lans, "/ban-tin", title="Cắt điện", text=template.text).location
    answer = send(lans, f"{path}/sua", version="1", title="Cắt điện", text=template.text, then="speech")
    assert answer.status_code == 422
    assert "Mẫu còn chỗ chưa điền: [Đơn vị]" in answer.text
    assert 'id="text-faults"' in answer.text
    assert station.repos.jobs.newest("speech") == []


def test_a_speech_from_before_the_word_list_changed_says_so_and_offers_a_new_one(station, lans, send, spoken):
    path = spoken("Mời bà con đi họp.")
    with station.repos.store.write() as db:
        db.execute("UPDATE clip SET said = 'Mời bà con đi hội họp.'")
    page = lans.get(path).text
    assert "Cách đọc đã đổi sau khi tạo âm thanh" in page
    assert 'data-missing="sound"' in page
    assert send(lans, f"{path}/gui", **SOON).status_code == 422
