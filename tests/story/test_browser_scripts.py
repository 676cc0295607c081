"""How an announcement is said, in a real browser: a template, the reading that follows, both sides, a word confirmed."""

import pytest

from scheduler.core.model import AnnouncementState
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import looked_at
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    chromium,
    clock,
    config,
    expect,
    hung,
    open_page,
    served,
    sign_in,
    wrong_at_every_size,
)

pytestmark = desk_story.pytestmark
TEXT = (
    "Ủy ban nhân dân phường thông báo: tiêm vắc xin Abrysvo.\nThời gian: 7h30 ngày 15/3/2027.\nĐịa điểm: Trạm Y tế phường."
    "\nBà con cần biết thêm, xin liên hệ bà Lan theo số điện thoại 02373761666."
)


@pytest.fixture
def signed_in(open_page, hung):  # noqa: F811 - the fixture above
    def opened(size):
        page = open_page(size)
        sign_in(page, at="")
        return page

    return opened


def test_a_template_is_completed_and_its_reading_follows(signed_in):
    page = signed_in("desk")
    page.goto("/ban-tin/moi")
    page.click("summary:text('Dùng mẫu')")
    page.click("text=Thông báo thường")
    page.wait_for_url("**mau=notice")
    assert "[ngày, giờ]" in page.input_value("#text")
    assert page.locator("[data-restorable]").is_hidden()
    assert wrong_at_every_size(page, "ban-tin-mau") == []
    words, length = page.locator("#cac-chu"), page.locator("#am-thanh .play")
    page.fill("#text", TEXT)
    expect(words.locator("[data-said*='bảy giờ ba mươi']")).to_have_count(1)
    expect(length).to_contain_text("khi đọc.")
    long = length.inner_text()
    page.click("summary:text('Đổi giọng, cách đọc')")
    page.uncheck("input[name=ident]")
    page.select_option("#times", "1")
    expect(length).not_to_have_text(long)
    page.fill("#title", "Tiêm lúc 9h")
    expect(words.locator("[data-said*='chín giờ']")).to_have_count(1)
    assert wrong_at_every_size(page, "ban-tin-cach-doc") == []


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_change_lights_up_on_both_sides(signed_in, station, hung, size):  # noqa: F811
    """Before the leader, who reads what the loudspeakers will say beside what is written."""
    announcements = station.services.announcements
    announcement_id = announcements.write(hung, "Tiêm", TEXT.replace(" Abrysvo", ""))
    assert station.worker().work_once(announcements.make_speech(hung, announcement_id))
    announcements.heard(hung, announcement_id, announcements.get(announcement_id).audio_sha256)
    announcements.submit(hung, announcement_id)
    page = signed_in(size)
    page.goto(f"/duyet/{announcement_id}")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    for side, other in (("Lời đọc", "Chữ viết"), ("Chữ viết", "Lời đọc")):
        last = page.get_by_role("region", name=side).locator("mark[data-key^=w]").last
        key = last.get_attribute("data-key")
        last.click()
        expect(page.get_by_role("region", name=other).locator(f"mark[data-key={key}]").last).to_have_class("lit")


def test_an_unknown_word_is_confirmed_and_shown_to_the_leader_on_a_phone(signed_in, station, hung):  # noqa: F811
    announcements = station.services.announcements
    announcement_id = announcements.write(hung, "Tiêm", TEXT)
    assert station.worker().work_once(announcements.make_speech(hung, announcement_id))
    seen = station.repos.programme.announcement(announcement_id)
    announcements.heard(hung, announcement_id, seen.audio_sha256)
    page = signed_in("phone")
    page.goto(f"/ban-tin/{announcement_id}")
    looked_at(page, "ban-tin-chua-biet-doc-phone")
    page.locator("[data-unread]").click()
    page.click("#doc-chu >> text=Để đọc như vậy")
    expect(page.locator("#cac-chu")).to_contain_text("Không còn chữ nào chưa biết đọc")
    page.click("button:text('Gửi lãnh đạo duyệt')")
    page.get_by_text("Đã gửi lãnh đạo").first.wait_for()
    assert station.repos.programme.announcement(announcement_id).state is AnnouncementState.SUBMITTED
    page.goto(f"/duyet/{announcement_id}")
    expect(page.locator("main")).to_contain_text("Abrysvo người viết đã nghe và đồng ý")
    looked_at(page, "duyet-chua-biet-doc-phone")
