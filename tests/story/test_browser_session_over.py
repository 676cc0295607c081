"""A session that ends while somebody writes: the page says so where its button is, and goes on after a new sign-in."""

from tests.story import test_browser_desk as desk_story
from tests.story import test_browser_one_screen as one_screen
from tests.story.chromium import NEEDS_BROWSER, expect
from tests.story.test_browser_desk import sign_in
from tests.story.test_browser_one_screen import LAN, heard_whole, typed_and_heard

pytestmark = NEEDS_BROWSER

clock, config, served = desk_story.clock, desk_story.config, desk_story.served
chromium, open_page = desk_story.chromium, desk_story.open_page
lan, minh, as_lan, reads = one_screen.lan, one_screen.minh, one_screen.as_lan, one_screen.reads


def test_who_signs_in_again_in_another_tab_writes_on_and_sends(as_lan, station, reads):
    page = as_lan(expected=("401", "422"))
    typed_and_heard(page)
    page.context.clear_cookies()
    page.locator("#text").press_sequentially(" Xin cảm ơn bà con.")
    expect(page.locator("#thanh-gui p")).to_contain_text("Phiên làm việc đã hết")
    other = page.context.new_page()
    sign_in(other, LAN)
    page.bring_to_front()
    page.locator("#text").press_sequentially(" Trân trọng.")
    expect(page.locator("#thanh-gui p")).not_to_contain_text("Phiên làm việc")
    expect(page.locator("[data-draft-told]")).to_contain_text("Tự lưu lúc")
    page.locator("[data-listen]").click()
    heard_whole(page)
    page.locator("[data-main]:not([aria-disabled])").click()
    page.wait_for_url("**/truc-tiep*")
    assert station.services.announcements.get(1).text.endswith("Xin cảm ơn bà con. Trân trọng.")
    assert station.services.submissions.of(1) is not None
