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
        sign_in(page)
        return page

    return opened


def test_a_template_is_completed_and_its_reading_follows(signed_in):
    page = signed_in("desk")
    page.goto("/ban-tin/moi")
    page.click("text=Thông báo thường")
    page.wait_for_url("**mau=notice")
    assert "[ngày, giờ]" in page.input_value("#text")
    assert page.locator("[data-restorable]").is_hidden()
    assert wrong_at_every_size(page, "ban-tin-mau") == []
    said, length = page.locator(".kept-text.said"), page.locator("#said-length")
    page.fill("#text", TEXT)
    expect(said).to_contain_text("bảy giờ ba mươi")
    expect(said).to_contain_text("Đây là Đài truyền thanh phường Bắc Sơn.")
    long = length.inner_text()
    page.click("summary >> text=Cách đọc")
    page.uncheck("input[name=ident]")
    expect(said).not_to_contain_text("Đây là Đài truyền thanh")
    page.select_option("#times", "1")
    expect(said).not_to_contain_text("Xin nhắc lại")
    expect(length).not_to_have_text(long)
    page.fill("#title", "Tiêm lúc 9h")
    expect(said).to_contain_text("Tiêm lúc chín giờ")
    assert wrong_at_every_size(page, "ban-tin-cach-doc") == []


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_change_lights_up_on_both_sides_and_comes_into_view(signed_in, station, hung, size):  # noqa: F811
    announcement_id = station.services.announcements.write(hung, "Tiêm", f"{TEXT}\n" * 12)
    page = signed_in(size)
    page.goto(f"/ban-tin/{announcement_id}/cach-doc")
    for side, other in ((".kept-text.said", ".kept-text:not(.said)"), (".kept-text:not(.said)", ".kept-text.said")):
        last = page.locator(f"{side} mark[data-key^=w]").last
        key = last.get_attribute("data-key")
        twin = page.locator(f"{other} mark[data-key={key}]")
        page.locator(other).evaluate("(pane) => { pane.scrollTop = 0; }")
        last.click()
        expect(twin).to_have_class("lit")
        place = "(mark) => [mark.getBoundingClientRect().top, mark.closest('.kept-text').getBoundingClientRect()]"
        top, pane = twin.evaluate(place)
        assert pane["top"] <= top <= pane["bottom"]


def test_an_unknown_word_is_confirmed_and_shown_to_the_leader_on_a_phone(signed_in, station, hung):  # noqa: F811
    announcements = station.services.announcements
    announcement_id = announcements.write(hung, "Tiêm", TEXT)
    assert station.worker().work_once(announcements.make_speech(hung, announcement_id))
    seen = station.parts.programme.announcement(announcement_id)
    announcements.heard(hung, announcement_id, seen.audio_sha256)
    page = signed_in("phone")
    page.goto(f"/ban-tin/{announcement_id}")
    looked_at(page, "ban-tin-chua-biet-doc-phone")
    page.check("input[name=word]")
    page.click("text=Xác nhận cách đọc")
    expect(page.locator("input[name=word]")).to_have_count(0)
    page.click("button:text('Trình duyệt')")
    page.get_by_text("Đang chờ lãnh đạo").wait_for()
    assert station.parts.programme.announcement(announcement_id).state is AnnouncementState.SUBMITTED
    page.goto(f"/duyet/{announcement_id}")
    expect(page.locator("main")).to_contain_text("Nghe kỹ những chữ máy chưa biết đọc")
    looked_at(page, "duyet-chua-biet-doc-phone")
