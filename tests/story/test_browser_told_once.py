"""What was done is told once: whoever reloads the page, or opens its address later, is not told that it was done again."""

from tests.story import test_browser_desk as desk_story
from tests.story import test_browser_one_screen as one_screen
from tests.story.chromium import NEEDS_BROWSER, expect

pytestmark = NEEDS_BROWSER

clock, config, served = desk_story.clock, desk_story.config, desk_story.served
chromium, open_page = desk_story.chromium, desk_story.open_page
lan, as_lan = one_screen.lan, one_screen.as_lan


def test_a_reload_does_not_tell_again_that_something_was_kept(as_lan):
    page = as_lan()
    page.goto("/ban-tin/moi")
    page.locator("#text").fill("Mời bà con họp.")
    page.wait_for_url("**/ban-tin/1")
    page.get_by_role("button", name="Lưu, gửi sau").click()
    expect(page.locator(".note.ok")).to_have_text("Đã lưu nội dung.", timeout=20_000)
    assert page.evaluate("location.search") == ""
    page.reload()
    assert page.get_by_text("Đã lưu nội dung.").count() == 0
    page.goto("/lich?xong=17&khung=")
    assert "xong=17" in page.evaluate("location.search")
