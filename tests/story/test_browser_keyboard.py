"""The whole short path without a pointer: signed in, written, heard, sent; signed in, heard, approved."""

import pytest

from tests.story import test_browser_desk as desk_story
from tests.story.test_browser_approve import CARD, MINH
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    chromium,
    clock,
    config,
    expect,
    open_page,
    served,
)
from tests.story.test_browser_one_screen import (  # noqa: F401 - fixtures
    KEPT,
    LAN,
    TEXT,
    at_five,
    heard_whole,
    lan,
    minh,
    planned,
    reads,
)

pytestmark = desk_story.pytestmark
MOST_TABS = 60
"""A person gives up before."""


def tabbed_to(page, wanted):
    """Tab until the focus is there; each step shows where it is."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.first.evaluate("one => one === document.activeElement || one.contains(document.activeElement)"):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    pytest.fail(f"{wanted} is not reached by {MOST_TABS} tabs")


def signed_in(page, who):
    page.goto("/")
    expect(page.locator("main input[type=password]")).to_be_visible()
    login = page.locator("main input:not([type=hidden])").first
    if not login.evaluate("one => one === document.activeElement"):
        tabbed_to(page, login)
    page.keyboard.type(who[0])
    tabbed_to(page, page.locator("main input[type=password]"))
    page.keyboard.type(who[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/truc-tiep")
    page.wait_for_load_state()


def test_the_short_path_is_walked_with_the_keyboard_alone(open_page, station, lan, minh, reads):  # noqa: F811
    page = open_page("desk")
    signed_in(page, LAN)
    tabbed_to(page, page.locator("main a[href='/ban-tin/moi']"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/ban-tin/moi")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.insert_text(TEXT)
    page.wait_for_url(KEPT)
    tabbed_to(page, page.locator("[data-listen]"))
    page.keyboard.press("Enter")
    heard_whole(page)
    tabbed_to(page, page.locator("#luc"))
    page.keyboard.press("Control+A")
    page.keyboard.type("17:00")
    expect(page.locator("#gio-noi")).to_contain_text("17:00 hôm nay phát được.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/truc-tiep?gui=*")
    expect(page.locator("main")).to_contain_text("17:00")

    station.repos.jobs.beat("playout", 1, station.clock.now(), {"outputs": [CARD], "clock_trusted": True})
    leader = open_page("phone")
    signed_in(leader, MINH)
    tabbed_to(leader, leader.get_by_role("link", name="Nghe và duyệt"))
    leader.keyboard.press("Enter")
    leader.wait_for_url("**/duyet/1")
    tabbed_to(leader, leader.get_by_role("button", name="Nghe hết"))
    leader.keyboard.press("Enter")
    approve = leader.locator("#nut-duyet")
    expect(approve).to_have_text("Duyệt, phát 17:00 hôm nay", timeout=60_000)
    tabbed_to(leader, approve)
    leader.keyboard.press("Enter")
    expect(leader.locator("#ket-qua")).to_contain_text("17:00 hôm nay")
    assert planned(station) == [at_five(station)]
