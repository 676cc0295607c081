"""Hôm nay in a real browser: one screen of an officer, what waits for a leader under one thumb, and what was just sent.

Heights are those of a screen of 1366 × 768 in Chrome, of which a page has 657; a phone has 390 × 844.
"""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.core.model import Role
from scheduler.services.announcement.submissions import SubmissionRequest
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import NEEDS_BROWSER, axe_faults, expect, looked_at, sideways
from tests.story.test_browser_desk import kept, sign_in, told

pytestmark = NEEDS_BROWSER

clock, config, hung, served, air = (
    desk_story.clock, desk_story.config, desk_story.hung, desk_story.served, desk_story.air,
)  # fmt: skip
chromium, open_page = desk_story.chromium, desk_story.open_page
WRITER, LEADER = ("lan", "mat-khau-cua-lan"), ("minh", "mat-khau-cua-minh")
TECHNICAL = re.compile(r"LUFS|dBTP|dBFS|config\.toml|\b[0-9a-f]{8}\b|Trình duyệt|WAV|/(?:tmp|home|var|dev)/")
"""Words that stand nowhere on the pages of an officer."""


@pytest.fixture
def asked(cast, hung, air):
    """An announcement that was sent with a time two hours ahead; what the writer is shown after it."""
    services, clip = cast.station.services, cast.clip(20.0, "Họp tổ dân phố")
    announcement_id = services.announcements.record(cast.lan, "Họp tổ dân phố", clip.sha256)
    services.announcements.heard(cast.lan, announcement_id, clip.sha256)
    at = (cast.station.clock.now() + timedelta(hours=2)).replace(second=0, microsecond=0)
    services.submissions.submit(cast.lan, announcement_id, SubmissionRequest(at=at))
    return announcement_id


def desk(page):
    page.set_viewport_size({"width": 1366, "height": 657})


def height(page):
    return page.evaluate("document.documentElement.scrollHeight")


def local(cast, at):
    return f"{at.astimezone(ZoneInfo(cast.station.config.rules.zone_name)):%H:%M}"


def test_the_side_of_who_has_every_section_shows_the_way_out(asked, open_page):
    page = open_page()
    desk(page)
    sign_in(page)
    assert page.locator("nav.side").evaluate("one => one.scrollHeight <= one.clientHeight")


def test_the_day_fits_one_screen_of_an_officer_with_its_main_button_in_view(cast, asked, open_page):
    cast.station.services.announcements.give_back(cast.minh, cast.submitted(5.0, "Vệ sinh", 500.0), "Ghi rõ khu phố.")
    page = open_page()
    desk(page)
    sign_in(page, WRITER)
    expect(page.locator("#viec-can-lam .task")).to_have_count(2)
    expect(page.locator("#viec-can-lam")).to_contain_text("“Ghi rõ khu phố.”")
    assert height(page) <= 657
    main = page.locator("[data-main]").bounding_box()
    assert main["y"] + main["height"] <= 657
    assert page.locator("main :is(input, select, textarea):visible:not(.vh)").count() == 0
    assert not TECHNICAL.findall(page.locator("main").inner_text())
    cast.station.services.air.play_now(cast.minh, cast.approved(60.0, "Thu gom rác"), chime=False, repeat=2)
    told(page, "ĐANG PHÁT")
    expect(page.locator("#dang-phat")).to_contain_text("Dừng bản tin này")
    assert height(page) <= 657
    looked_at(page, "home-desk")


def test_more_tasks_than_fit_are_scrolled_inside_their_card(cast, asked, open_page):
    for number in range(6):
        cast.submitted(5.0, f"Bản tin {number}", 500.0 + number)
    page = open_page()
    desk(page)
    sign_in(page, WRITER)
    expect(page.locator("#viec-can-lam .task")).to_have_count(7)
    assert height(page) <= 657
    assert page.locator("#viec-can-lam").evaluate("one => one.scrollHeight > one.clientHeight")


def test_what_was_sent_is_told_from_its_rows(cast, asked, open_page):
    page = open_page()
    desk(page)
    sign_in(page, WRITER, at=f"/truc-tiep?gui={asked}")
    wish = cast.station.services.submissions.of(asked)
    said = page.locator(".note.sent")
    expect(said).to_contain_text(f"Đã gửi lãnh đạo lúc {local(cast, wish.created_at)}. Loa chưa phát:")
    expect(said).to_contain_text(f"thì phát lúc {local(cast, wish.at)} hôm nay, tất cả các loa")
    assert height(page) <= 657
    looked_at(page, "home-sent")
    sha256 = cast.station.services.announcements.get(asked).audio_sha256
    cast.station.services.submissions.approve(cast.minh, asked, sha256, heard=True)
    page.reload()
    expect(page.locator("main")).not_to_contain_text("Loa chưa phát")
    slot = cast.station.services.outlook.of(asked).first
    expect(page.locator("main .note").first).to_contain_text(local(cast, slot.start))


def test_a_leader_finds_what_waits_under_the_thumb_and_what_airs_next(cast, asked, open_page):
    page = open_page("phone")
    sign_in(page, LEADER)
    expect(page.locator("#h-todo")).to_have_text("Chờ duyệt: 1 bản tin")
    button = page.get_by_role("link", name="Nghe và duyệt")
    box = button.bounding_box()
    assert box["height"] >= 44
    assert box["y"] + box["height"] <= 844 - page.locator("nav.botnav").bounding_box()["height"]
    looked_at(page, "home-phone")
    button.click()
    page.wait_for_url(f"**/duyet/{asked}")
    sha256 = cast.station.services.announcements.get(asked).audio_sha256
    slot = cast.station.services.submissions.approve(cast.minh, asked, sha256, heard=True).first
    page.goto("/truc-tiep")
    expect(page.locator("#viec-can-lam")).to_contain_text("Không còn bản tin nào chờ duyệt.")
    expect(page.locator("#ke-tiep")).to_contain_text(local(cast, slot.start))
    expect(page.locator("#hom-nay li")).to_contain_text("Họp tổ dân phố")
    assert axe_faults(page) == []


def test_nothing_moves_sideways_between_1024_and_1366_and_at_320(cast, asked, open_page):
    page = open_page()
    sign_in(page, WRITER)
    for width in (1366, 1280, 1152, 1024, 390, 320):
        page.set_viewport_size({"width": width, "height": 700})
        assert sideways(page) <= 0, width
    kept(page, "home-narrow")


def test_who_writes_nothing_has_no_start_and_reads_the_day(cast, asked, open_page):
    cast.station.repos.people.add("khach", "Khách", Role.GUEST, "mat-khau-cua-khach", cast.station.clock.now())
    page = open_page()
    sign_in(page, ("khach", "mat-khau-cua-khach"))
    expect(page.locator(".starts")).to_have_count(0)
    expect(page.locator("#ke-tiep .strip")).to_be_visible()


# Của tôi


@pytest.mark.parametrize("who", [WRITER, LEADER], ids=["writer", "leader"])
def test_ones_own_settings_are_one_screen_with_few_fields(who, cast, hung, air, open_page):
    page = open_page()
    desk(page)
    sign_in(page, who)
    page.click("nav.side >> text=Của tôi")
    expect(page.locator("h1")).to_have_text("Của tôi")
    expect(page.locator("#co-chu")).to_be_visible()
    assert height(page) <= 657
    assert page.locator("main :is(input, select, textarea):visible").count() <= 4
    assert not TECHNICAL.findall(page.locator("main").inner_text())
    expect(page.locator("main")).to_contain_text("Muốn đổi, nhờ quản trị của phường.")
    looked_at(page, f"own-{who[0]}")
    page.locator("#mat-khau summary").click()
    page.fill("#old-p", "sai-mat-khau")
    assert axe_faults(page) == []


def test_larger_letters_and_switched_off_keys_stay_with_this_browser(cast, hung, air, open_page):
    page = open_page()
    sign_in(page, WRITER, at="/tai-khoan")
    page.select_option("#co-chu", label="Chữ rất to")
    page.locator("#may-nay [data-keys-on]").uncheck()
    for path in ("/truc-tiep", "/tai-khoan"):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-size", "rat-to")
        assert sideways(page) <= 0
        page.keyboard.press("?")
        expect(page.locator("#phim-tat")).to_be_hidden()
    expect(page.locator("#co-chu")).to_have_value("rat-to")
    expect(page.locator("#may-nay [data-keys-on]")).not_to_be_checked()
    page.select_option("#co-chu", label="Chữ vừa")
    expect(page.locator("html")).not_to_have_attribute("data-size", re.compile("."))
