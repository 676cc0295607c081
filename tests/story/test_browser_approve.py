"""Duyệt in a real browser, under a thumb: hear it all, approve, and read what the rows say; nothing else counts.

Counted are the presses of a leader; looked at is every state of the sheet, on the desk, on a phone and at 320 px.
"""

from datetime import time, timedelta

import pytest

from scheduler.core.model import AnnouncementState, Role
from scheduler.core.planning.rules import local_day, local_instant
from scheduler.services.announcement.submissions import SubmissionRequest
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import comes_true
from tests.story.test_browser_compose import (  # noqa: F401 - fixtures
    cast_of,
    chromium,
    lan,
    looked_at,
    recording,
    seen,
)
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    clock,
    config,
    expect,
    hung,
    open_page,
    served,
    sign_in,
)

pytestmark = desk_story.pytestmark
DESK = {"width": 1366, "height": 657}
"""What is left of 1366 × 768 under a browser's own bars."""
CARD = {"name": "Loa phường", "kind": "soundcard", "state": "open", "message": "", "counts": True}
MINH = ("minh", "mat-khau-cua-minh")


@pytest.fixture
def minh(station):
    return station.repos.people.add(MINH[0], "Minh", Role.APPROVER, MINH[1], station.clock.now())


@pytest.fixture
def asked(station, cast_of, lan, minh):  # noqa: F811 - the fixtures above
    """An announcement that its writer wants at 17:00 today, waiting for the leader; and that start."""

    def made(title="Tạm ngừng cấp nước khu phố 3", at="17:00"):
        number, zone = cast_of(title), station.config.station.time_zone
        station.services.announcements.give_back(minh, number, "ghi giờ")
        station.services.announcements.heard(lan, number, seen(station, number).audio_sha256)
        start = local_instant(local_day(station.clock.now(), zone), time.fromisoformat(at), zone)
        station.services.submissions.submit(lan, number, SubmissionRequest(start))
        return number, start

    return made


class Thumb:
    """Presses, counted; each on something that is in view and under no bar."""

    def __init__(self, page):
        self.page, self.presses = page, 0

    def press(self, target):
        target.wait_for()
        assert self.in_view(target)
        target.click()
        self.presses += 1

    def in_view(self, target):
        """Whether it can be pressed without scrolling."""
        return target.evaluate(
            "one => { const box = one.getBoundingClientRect();"
            " const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);"
            " return box.top >= 0 && box.bottom <= innerHeight && one.contains(found); }"
        )


def playing(station, **more):
    """Playout says how its loudspeaker is."""
    station.repos.jobs.beat("playout", 1, station.clock.now(), {"outputs": [CARD | more], "clock_trusted": True})


def test_a_leader_hears_it_all_and_approves_in_three_presses(open_page, station, asked):  # noqa: F811
    number, start = asked()
    page = open_page("phone")
    sign_in(page, MINH, at="/duyet")
    looked_at(page, "duyet")
    page.goto("/truc-tiep")
    thumb = Thumb(page)
    thumb.press(page.get_by_role("link", name="Nghe và duyệt"))
    page.wait_for_url(f"**/duyet/{number}")
    looked_at(page, "duyet-to")
    assert page.locator(".botnav, nav.tabs").count() == 0
    assert page.locator("#nut-duyet").count() == 0
    thumb.press(page.get_by_role("button", name="Nghe hết"))
    approve = page.locator("#nut-duyet")
    expect(approve).to_have_text("Duyệt, phát 17:00 hôm nay")
    looked_at(page, "duyet-da-nghe")
    assert page.evaluate("document.activeElement.id") == "nghe-lai"
    playing(station)
    thumb.press(approve)
    expect(page.locator("#ket-qua")).to_contain_text("17:00 hôm nay")
    assert thumb.presses == 3
    (slot,) = station.repos.slots.open_between(start, start + timedelta(seconds=1))
    assert slot.announcement_id == number
    assert "Đã duyệt. Loa sẽ phát lúc" in page.locator("#ket-qua").inner_text()
    looked_at(page, "duyet-xong")


def test_a_return_takes_four_presses(open_page, station, asked):  # noqa: F811
    number, _ = asked()
    page = open_page("phone")
    sign_in(page, MINH)
    thumb = Thumb(page)
    thumb.press(page.get_by_role("link", name="Nghe và duyệt"))
    thumb.press(page.get_by_role("link", name="Trả lại"))
    looked_at(page, "duyet-tra-lai")
    thumb.press(page.get_by_text("Sai ngày hoặc giờ"))
    thumb.press(page.get_by_role("button", name="Trả lại"))
    expect(page.locator("#ket-qua")).to_contain_text("Đã trả lại Lan")
    assert thumb.presses == 4
    assert seen(station, number).return_reason == "Sai ngày hoặc giờ"
    looked_at(page, "duyet-da-tra")


@pytest.mark.parametrize(
    "how",
    [
        "audio => { audio.muted = true; return audio.play(); }",
        "audio => { audio.volume = 0; return audio.play(); }",
        "audio => { audio.playbackRate = 2; return audio.play(); }",
        "audio => { audio.currentTime = 1.9; return audio.play(); }",
    ],
    ids=["muted", "no volume", "too fast", "jumped"],
)
def test_what_was_not_heard_aloud_and_whole_does_not_count(open_page, station, cast_of, minh, how):  # noqa: F811
    number = cast_of("Thu gom rác thải")
    page = open_page("phone")
    sign_in(page, MINH, at=f"/duyet/{number}")
    page.locator("#am-thanh-duyet").evaluate("audio => { audio.preload = 'auto'; audio.load(); }")
    page.wait_for_function("() => document.getElementById('am-thanh-duyet').readyState > 3")
    page.locator("#am-thanh-duyet").evaluate(how)
    comes_true(page, "() => document.getElementById('am-thanh-duyet').ended")
    expect(page.locator("[data-heard-told]")).not_to_be_empty()
    page.wait_for_timeout(300)
    assert page.locator("#nut-duyet").count() == 0
    assert not station.services.hearings.has_heard(minh, seen(station, number).audio_sha256)
    page.locator("#am-thanh-duyet").evaluate(
        "audio => { audio.muted = false; audio.volume = 1; audio.playbackRate = 1; }"
    )
    page.get_by_role("button", name="Nghe hết").click()
    page.locator("#nut-duyet").wait_for()


def test_a_sound_that_changed_meanwhile_is_told_and_heard_anew(open_page, minh, station, lan, cast_of, recording):  # noqa: F811
    number = cast_of("Thu gom rác thải")
    page = open_page("phone", expected=("422",))
    sign_in(page, MINH, at=f"/duyet/{number}")
    page.get_by_role("button", name="Nghe hết").click()
    page.locator("#nut-duyet").wait_for()
    acts, other = station.services.announcements, recording(2.5, "Bản khác", 500.0)
    acts.use_recording(lan, number, other)
    acts.heard(lan, number, other)
    acts.submit(lan, number)
    page.locator("#nut-duyet").click()
    expect(page.locator("main .note.err")).to_contain_text("đã thay đổi")
    assert seen(station, number).state is AnnouncementState.SUBMITTED
    assert page.locator("#nut-duyet").count() == 0
    looked_at(page, "duyet-am-thanh-doi")


def test_without_a_loudspeaker_the_page_is_red_and_promises_nothing(open_page, station, asked):  # noqa: F811
    asked()
    page = open_page("phone")
    sign_in(page, MINH, at="/duyet")
    page.get_by_role("link", name="Nghe và duyệt").click()
    page.get_by_role("button", name="Nghe hết").click()
    page.locator("#nut-duyet").wait_for()
    playing(station, kind="wavfile", counts=False)
    page.locator("#nut-duyet").click()
    result = page.locator("#ket-qua.bad")
    expect(result).to_contain_text("Đã duyệt, nhưng loa chưa kêu được")
    expect(result).to_contain_text("Đến 17:00 hôm nay mà chưa xong thì bản tin không ra loa")
    assert "sẽ phát" not in page.locator("main").inner_text()
    looked_at(page, "duyet-chua-keu")


def test_two_approve_at_once_and_the_second_is_told(open_page, station, asked, hung):  # noqa: F811
    number, _ = asked()
    pages = [open_page("phone", expected=("422",)) for _ in range(2)]
    for page, who in zip(pages, (MINH, desk_story.ADMIN), strict=True):
        sign_in(page, who, at=f"/duyet/{number}")
        page.get_by_role("button", name="Nghe hết").click()
        page.locator("#nut-duyet").wait_for()
    playing(station)
    pages[0].locator("#nut-duyet").click()
    expect(pages[0].locator("#ket-qua")).to_contain_text("17:00 hôm nay")
    pages[1].locator("#nut-duyet").click()
    fault = pages[1].locator("#loi")
    expect(fault).to_contain_text("Minh đã duyệt bản tin này lúc")
    expect(fault).to_contain_text("17:00 hôm nay")
    looked_at(pages[1], "duyet-nguoi-thu-hai")


def test_the_sheet_is_one_screen_with_its_button_in_view(open_page, station, asked):  # noqa: F811
    number, _ = asked()
    page = open_page("desk")
    sign_in(page, MINH)
    page.set_viewport_size(DESK)
    page.goto(f"/duyet/{number}")
    thumb = Thumb(page)
    assert page.evaluate("document.documentElement.scrollHeight") <= DESK["height"]
    thumb.press(page.get_by_role("button", name="Nghe hết"))
    page.locator("#nut-duyet").wait_for()
    assert thumb.in_view(page.locator("#nut-duyet"))
    assert page.evaluate("document.documentElement.scrollHeight") <= DESK["height"]


def test_six_templates_wait_and_on_a_phone_nothing_is_half_under_a_bar(open_page, station, minh):  # noqa: F811
    templates, worker = station.services.ready_templates, station.worker()
    templates.keep_up()
    while worker.work_once():
        pass
    templates.keep_up()
    page = open_page("phone")
    sign_in(page, MINH, at="/khan-cap")
    expect(page.get_by_role("link", name="Nghe và duyệt mẫu")).to_have_count(6)
    looked_at(page, "khan-cap-mau")
    assert half_hidden(page) == []
    page.get_by_role("link", name="Nghe và duyệt mẫu Cháy lớn").click()
    page.locator("#am-thanh-duyet").evaluate("audio => { audio.defaultPlaybackRate = audio.playbackRate = 1.5 }")
    page.get_by_role("button", name="Nghe hết").click()
    page.get_by_role("button", name="Duyệt mẫu này").click()
    expect(page.locator("#ket-qua")).to_contain_text("Đã duyệt")
    page.goto("/khan-cap")
    expect(page.get_by_role("button", name="Phát khẩn")).to_have_count(1)
    expect(page.get_by_role("link", name="Nghe và duyệt mẫu")).to_have_count(5)
    assert half_hidden(page) == []
    page.get_by_role("button", name="Phát khẩn").click()
    page.wait_for_url("**/khan-cap/mau/*")
    assert half_hidden(page) == []
    page.goto("/duyet")
    looked_at(page, "duyet-mau")
    assert half_hidden(page) == []


def half_hidden(page):
    """What lies under a bar once it has the focus, of all that can be pressed or filled in."""
    return page.evaluate(
        "() => { const top = document.querySelector('header.bar').getBoundingClientRect().bottom;"
        " const nav = document.querySelector('.botnav').getBoundingClientRect().top; const found = [];"
        " for (const one of document.querySelectorAll('main a, main button, main summary, main input, main textarea, main select')) {"
        "  if (!one.getClientRects().length || one.type === 'hidden') continue; one.focus();"
        "  const box = one.getBoundingClientRect();"
        "  if (box.top < top - 1 || box.bottom > nav + 1) found.push(one.outerHTML.slice(0, 120)); }"
        " return found; }"
    )
