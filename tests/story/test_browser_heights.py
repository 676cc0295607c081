"""One screen also on a bad day: a bulletin that came back, a word nobody can read, and what was sent to no loudspeaker."""

import pytest

from tests.story import test_browser_desk as desk_story
from tests.story import test_browser_one_screen as one_screen
from tests.story.chromium import NEEDS_BROWSER, axe_faults, expect, sideways
from tests.story.test_browser_one_screen import SEEN, height, typed_and_heard

pytestmark = NEEDS_BROWSER

clock, config, served = desk_story.clock, desk_story.config, desk_story.served
chromium, open_page = desk_story.chromium, desk_story.open_page
lan, minh, as_lan, reads = one_screen.lan, one_screen.minh, one_screen.as_lan, one_screen.reads
LONG = "Nghiêng" * 20
WHY = "Ghi rõ giờ họp và địa điểm, thay số điện thoại, nêu tên người chủ trì cho bà con biết. " * 4


def test_a_bulletin_that_came_back_fits_one_screen_with_its_reason(as_lan, station, minh, reads):
    page = as_lan()
    typed_and_heard(page)
    page.locator("[data-main]:not([aria-disabled])").click()
    page.wait_for_url("**/truc-tiep*")
    assert height(page) <= SEEN[1]
    station.services.announcements.give_back(minh, 1, WHY)
    page.goto("/ban-tin/1")
    expect(page.locator(".note.back")).to_contain_text("Ghi rõ giờ họp")
    assert height(page) <= SEEN[1]
    main = page.locator("[data-main]").bounding_box()
    assert main["y"] + main["height"] <= SEEN[1]
    assert axe_faults(page) == []


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_word_that_never_ends_hides_no_button(as_lan, reads, size):
    page = as_lan(size)
    page.goto("/ban-tin/moi")
    page.locator("#text").fill(f"Mời {LONG} họp. {'Bà con nhớ đến đúng giờ. ' * 20}")
    expect(page.locator(".chip.q").first).to_be_visible()
    assert sideways(page) <= 0
    words, button = page.locator("#thanh-gui p").bounding_box(), page.locator("#thanh-gui .btn").first.bounding_box()
    apart = words["x"] + page.locator("#thanh-gui p").evaluate("one => one.scrollWidth") <= button["x"] + 1
    assert apart or words["y"] + words["height"] <= button["y"] + 1
    box, card = page.locator(".chip.q").first.bounding_box(), page.locator(".words-card").bounding_box()
    assert box["x"] + box["width"] <= card["x"] + card["width"]
