# ruff: noqa: F811 - fixtures are asked for by the names they were imported under
"""One whole day of an officer, a leader and a resident, across the screens, on a real station with its processes.

A dispatch comes in the morning; its text is read out, approved on a telephone, planned, moved, and aired; a resident
reads and hears of it and tells of a dead loudspeaker; an alarm is taken back in time. The audit log tells all of it.
What airs is looked for in what the output really put out. Each screen fits; axe looks at it where all is tried: in every
run it looks at these pages in their own stories.
"""

import re
import wave
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scheduler.kernel.clock import SystemClock
from tests.conftest import noon_zone
from tests.examples import MANY
from tests.of_extras import of_extras
from tests.story.chromium import NEEDS_BROWSER, WAIT, axe_faults, expect, picture, taken_back, told_together
from tests.story.test_browser_path import (  # noqa: F401 - fixtures
    DESKTOP,
    GIVEN,
    PASSWORDS,
    PHONE,
    SAMPLE,
    browser,
    kept_and_run,
    listen_to_the_end,
    own_password,
    set_up_link,
    six_airings_within,
)

pytestmark = NEEDS_BROWSER

RATE = 48_000
HEARD = "Phòng dịch"
"""What the announcement is called."""
WORDS = "Mời bà con khai báo y tế nếu trong mười bốn ngày qua đã đi qua nơi có dịch."
AIRS = 240_000
"""Milliseconds until what is planned in a minute has aired, on a busy machine."""


class Day:
    """What is looked at on the way: what does not fit, and where all is tried a picture each and what axe finds."""

    def __init__(self, browser):
        self.browser, self.shots = browser, 0

    def seen(self, page, name):
        self.shots += 1
        page.wait_for_load_state()
        page.evaluate("window.scrollTo(0, 0)")
        picture(page, f"mot-ngay-{self.shots:02}-{name}")
        self.browser.fits(page, name)
        if MANY:
            self.browser.problems.extend(f"{name}: {fault}" for fault in axe_faults(page))

    def go(self, page, path, name=""):
        page.goto(f"{self.browser.base}{path}")
        page.locator("h1").first.wait_for()
        if name:
            self.seen(page, name)


def first_people(day, page, link):
    page.goto(link)
    page.get_by_label("Họ tên").fill("Lan")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu (ít nhất 10 ký tự)").fill(PASSWORDS["lan"])
    page.get_by_label("Nhập lại mật khẩu").fill(PASSWORDS["lan"])
    page.get_by_role("button", name="Tạo và đăng nhập").click()
    page.wait_for_url("**/bat-dau/lanh-dao")
    page.get_by_label("Họ tên người duyệt").fill("Minh")
    page.get_by_label("Tên đăng nhập").fill("minh")
    page.get_by_label("Mật khẩu tạm (ít nhất 10 ký tự)").fill(GIVEN)
    page.get_by_role("button", name="Thêm và tiếp tục").click()
    page.wait_for_url(lambda address: not address.endswith("/lanh-dao"))


def leader_signs_in(phone, base):
    phone.goto(f"{base}/dang-nhap")
    phone.get_by_label("Tên đăng nhập").fill("minh")
    phone.get_by_label("Mật khẩu").fill(GIVEN)
    phone.get_by_role("button", name="Đăng nhập").click()
    own_password(phone)


def dispatch_becomes_drafts(day, page):
    day.go(page, "/cong-van")
    page.get_by_label("Nội dung công văn").fill(SAMPLE)
    page.get_by_role("button", name="Đọc nội dung này").click()
    page.locator(".kept-text mark").first.wait_for()
    day.seen(page, "cong-van")
    page.get_by_text("2 → 3 lượt").click()
    page.get_by_role("button", name="Soạn bản tin này").click()
    page.wait_for_url(re.compile(r"/ban-tin/\d+"))
    return page.url.partition("?")[0].removeprefix(day.browser.base)


def one_screen(day, page, bulletin):
    """Written, heard, sent with the campaign that says when."""
    day.go(page, bulletin)
    page.locator("#title").fill(HEARD)
    page.locator("#text").fill(WORDS)
    expect(page.locator("[data-draft-told]")).to_contain_text("Tự lưu")
    day.seen(page, "soan-viet")
    page.click("summary:text('Đổi giọng, cách đọc')")
    page.uncheck("input[name=ident]")
    page.select_option("#times", "1")
    day.seen(page, "soan-cach-doc")
    page.locator("[data-listen]").click()
    page.locator("#am-thanh [data-sound=ready]").wait_for(timeout=AIRS)
    listen_to_the_end(page, page.locator("audio#nghe"))
    main = page.locator("[data-main]:not([aria-disabled])")
    main.wait_for()
    day.seen(page, "soan-da-nghe")
    main.click()
    page.get_by_text("Đã gửi lãnh đạo").first.wait_for()


def three_taps(day, phone):
    """Open, play, approve; nothing is ticked by hand."""
    day.go(phone, "/duyet", "duyet")
    phone.get_by_role("link", name="Nghe và duyệt").tap()
    phone.locator("#am-thanh-duyet").evaluate("audio => { audio.defaultPlaybackRate = audio.playbackRate = 1.5 }")
    phone.get_by_role("button", name="Nghe hết").tap()
    approve = phone.locator("#nut-duyet")
    approve.wait_for()
    day.seen(phone, "duyet-da-nghe")
    approve.tap()
    expect(phone.locator("main")).to_contain_text("Không còn bản tin nào chờ duyệt")


def campaign_runs(day, page):
    day.go(page, "/dot")
    six_airings_within(page, "15:30-19:30")
    day.seen(page, "ke-hoach")
    kept_and_run(page)


def wall(zone, **ahead):
    return (SystemClock().now() + timedelta(**ahead)).astimezone(ZoneInfo(zone))


def moved_and_taken_back(day, page, zone):
    """One more airing by hand; a minute later by a key, taken back, and then set to be heard in a moment."""
    day.go(page, "/lich?them=1", "lich-them")
    page.select_option("#ban-tin", label=HEARD)
    first = f"{wall(zone, minutes=40):%H:%M}"
    page.fill("#gio-phat", first)
    page.get_by_role("button", name="Thêm vào lịch").click()
    expect(page.locator("#vua-lam")).to_contain_text(f"Đã thêm lượt {first}")
    block = page.locator("button.ev.wait", has_text=first)
    name = block.get_attribute("id")
    block.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#vua-lam")).to_contain_text("Đã dời")
    expect(page.locator(f"#{name} .t")).not_to_have_text(first)
    day.seen(page, "lich-da-doi")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator("#vua-lam")).to_contain_text("Đã hoàn tác")
    expect(page.locator(f"#{name} .t")).to_have_text(first)
    page.locator("a[data-lich-link]", has_text="Đổi giờ, bỏ").first.click()
    soon = f"{wall(zone, seconds=45):%H:%M:%S}"
    page.fill("#gio-moi", soon)
    page.get_by_role("button", name="Dời", exact=True).click()
    expect(page.locator("#vua-lam")).to_contain_text(f"tới {soon}")
    return soon


def it_airs(day, page, folder):
    day.go(page, "/truc-tiep")
    bar = page.locator("#thanh")
    page.set_default_timeout(AIRS)
    told_together(page, thanh="ĐANG PHÁT", dang_phat=HEARD)
    page.set_default_timeout(WAIT)
    day.seen(page, "dang-phat")
    expect(bar).to_contain_text("Đang im lặng", timeout=AIRS)
    return sound_of(folder)


def files_of(folder):
    """The recordings of what was planned or ordered; a self-test that may come between is none of the story."""
    return sorted(one for one in (folder / "data").rglob("*.wav") if re.match(r"\d{6}-\d{8}-[^t]", one.name))


def sound_of(folder):
    """Seconds of the first file of the output that are not silence."""
    path = files_of(folder)[0]
    with wave.open(str(path)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16)[:: file.getnchannels()]
    blocks = np.abs(sound[: len(sound) // 4800 * 4800].reshape(-1, 4800).astype(int)).max(axis=1)
    return float((blocks > 300).sum()) / 10


def in_time(page, wanted):
    """Asks for the page again until it has what a process beside it makes."""
    for _ in range(AIRS // 500):
        if wanted.count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(page.locator("main").inner_text())


def it_is_written_down(day, page):
    day.go(page, "/nhat-ky")
    row = page.locator("table.journal tr", has_text=HEARD).first
    in_time(page, row)  # it is written a moment after the silence
    day.seen(page, "nhat-ky")
    expect(row).to_contain_text("Đã phát")
    row.get_by_role("link").first.click()
    expect(page.locator("h1")).to_contain_text(HEARD)
    expect(page.locator("main")).to_contain_text("Minh")  # who approved that very sound
    day.seen(page, "luot-phat")


def an_alarm_is_taken_back(day, phone, folder):
    (before,) = files_of(folder)

    def press():
        phone.locator("header").get_by_text("KHẨN CẤP").tap()
        phone.fill("#text", "Nước sông dâng cao, bà con ven sông rời nhà ngay.")
        day.seen(phone, "khan-cap")
        phone.get_by_role("button", name="Đọc lại để kiểm tra").tap()
        phone.fill("#code", PASSWORDS["minh"])
        day.seen(phone, "doc-lai")
        phone.get_by_role("button", name="PHÁT KHẨN NGAY").tap()
        phone.wait_for_url("**/khan-cap/lenh/*")

    missed = taken_back(phone, press)
    day.seen(phone, "da-huy")
    first, *more = files_of(folder)
    assert first == before
    assert len(more) <= missed


def acts_told(day, page, subject, *told):
    """The log of acts of one kind of thing: who and what."""
    page.goto(f"{day.browser.base}/nhat-ky-thao-tac?gi={subject}")
    for words in told:
        expect(page.locator("table.audit")).to_contain_text(words)


def all_of_it_is_in_the_log(day, phone):
    acts_told(day, phone, "dispatch", "Lan", "Nhận công văn")
    acts_told(day, phone, "announcement", "Lan", "Minh", HEARD, "Đã duyệt", "Phát khẩn cấp")
    acts_told(day, phone, "campaign", "Lan")
    acts_told(day, phone, "slot", "Lan", HEARD, "Minh", "Phát khẩn cấp")
    acts_told(day, phone, "schedule_change", "Lan", "Hoàn tác")
    acts_told(day, phone, "setting_change", "Lan")
    for told in of_extras("story.day", "IN_THE_LOG"):
        acts_told(day, phone, *told)
    day.go(phone, "/nhat-ky-thao-tac?kiem=1", "nhat-ky-thao-tac")
    expect(phone.locator("main .note.ok")).to_contain_text("còn nguyên vẹn")
    expect(phone.locator("table.audit")).to_contain_text("Hủy lệnh trước khi phát")


@pytest.fixture
def day(browser):
    return Day(browser)


def test_a_day_from_the_dispatch_to_the_log_of_who_did_what(day, set_up_link, browser, tmp_path):
    zone = noon_zone()
    with browser.of("lan", DESKTOP) as page, browser.of("minh", PHONE, touch=True) as phone:
        first_people(day, page, set_up_link)
        leader_signs_in(phone, browser.base)
        bulletin = dispatch_becomes_drafts(day, page)
        campaign_runs(day, page)
        one_screen(day, page, bulletin)
        three_taps(day, phone)
        moved_and_taken_back(day, page, zone)
        heard = it_airs(day, page, tmp_path)
        assert 3 < heard < 60
        it_is_written_down(day, page)
        for walk in of_extras("story.day", "walk"):
            walk(day, page)
        an_alarm_is_taken_back(day, phone, tmp_path)
        all_of_it_is_in_the_log(day, phone)
    assert browser.problems == []
