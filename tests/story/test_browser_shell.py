"""What every page shares, in a real browser: the sections, the English switch, the keyboard, no script at all, high contrast.

Every page itself is looked at in `test_browser_every_page.py`; here the console and the address bar are watched.
"""

import pytest

from tests.examples import some_of
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import clock_stopped, context_of
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    air,
    axe_faults,
    chromium,
    clock,
    config,
    expect,
    full_day,
    hung,
    kept,
    open_page,
    served,
    sideways,
    sign_in,
    told,
)

pytestmark = desk_story.pytestmark


def english(page):
    before = page.url
    page.goto("/tat-ca")
    page.locator("form.language button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(before)


def test_the_section_and_the_tab_in_hand_are_marked_for_eye_and_ear(hung, open_page):  # noqa: F811 - fixtures
    page = open_page()
    sign_in(page, at="/duyet")
    expect(page.locator("nav.side [aria-current]")).to_have_text("Duyệt")
    page.goto("/dot")
    expect(page.locator("nav.side [aria-current]")).to_have_text("Lịch phát")
    expect(page.locator("nav.tabs [aria-current=page]")).to_have_text("Đợt phát")
    page.goto("/dot/moi")
    expect(page.locator("nav.side [aria-current]")).to_have_text("Lịch phát")


def test_a_phone_has_few_places_for_the_thumb_and_everything_else_behind_the_last(hung, open_page):  # noqa: F811
    page = open_page("phone")
    sign_in(page)
    bar = page.locator("nav.botnav a")
    expect(bar).to_have_count(4)
    for number in range(4):
        box = bar.nth(number).bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44
    bar.last.click()
    expect(page.locator("h1")).to_have_text("Tất cả các trang")
    page.click("main >> text=Cách đọc chữ")
    expect(page.locator("h1")).to_have_text("Cách đọc chữ")


# The keyboard


def test_a_short_page_does_not_scroll_on_a_phone(hung, open_page):  # noqa: F811 - fixtures
    page = open_page("phone")
    sign_in(page, at="/duyet")
    assert page.evaluate("document.querySelector('main').scrollHeight") < 500, "a short page"
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0


def test_the_first_tab_leads_past_the_navigation_and_focus_is_seen(hung, open_page):  # noqa: F811 - fixtures
    page = open_page()
    sign_in(page, at="/nhat-ky")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.getElementById('main').contains(document.activeElement)")


SECTIONS_BY_KEY = {
    "t": "/truc-tiep", "s": "/ban-tin", "c": "/cong-van", "y": "/duyet", "l": "/lich", "k": "/kho", "b": "/bao-cao",
    "o": "/nhat-ky-thao-tac", "d": "/cai-dat", "e": "/khan-cap", "m": "/tai-khoan",
}  # fmt: skip


def test_g_and_a_letter_open_a_section(hung, open_page):  # noqa: F811 - fixtures
    page = open_page()
    sign_in(page, at="/tat-ca")
    clock_stopped(page)  # the letter counts for a second and a half
    for key, address in SECTIONS_BY_KEY.items():  # each pressed on the page that the one before has opened
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"**{address}")


def test_search_and_new_have_a_key_and_no_key_works_while_somebody_types(hung, open_page):  # noqa: F811 - fixtures
    page = open_page()
    sign_in(page, at="/ban-tin")
    page.keyboard.press("/")
    field = page.locator("#q")
    expect(field).to_be_focused()
    page.keyboard.type("gn?/")
    expect(field).to_have_value("gn?/")
    expect(page.locator("#phim-tat")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()
    page.keyboard.press("n")
    page.wait_for_url("**/ban-tin/moi")


def test_the_sheet_of_keys_opens_closes_and_switches_them_off(hung, open_page):  # noqa: F811 - fixtures
    page = open_page()
    sign_in(page, at="/tai-khoan")
    page.keyboard.press("?")
    sheet = page.locator("#phim-tat")
    expect(sheet).to_be_visible()
    kept(page, "shell-phim-tat-desk")
    assert axe_faults(page) == []
    page.keyboard.press("g")
    page.keyboard.press("k")
    assert page.url.endswith("/tai-khoan")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.click("[data-keys-help]")
    page.uncheck("#phim-tat [data-keys-on]")
    page.click("[data-keys-close]")
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("k")
    assert page.url.endswith("/tai-khoan")
    page.click("[data-keys-help]")
    page.check("#phim-tat [data-keys-on]")
    page.click("[data-keys-close]")
    page.keyboard.press("?")
    expect(sheet).to_be_visible()


def test_what_is_drawn_anew_gives_the_focus_back(hung, open_page):  # noqa: F811 - fixtures
    page = open_page()
    sign_in(page, at="/ban-tin")
    page.evaluate(
        """() => {
            const part = document.createElement('div');
            part.id = 'phan';
            part.innerHTML = '<button id="nut" type="button">Một</button>';
            document.getElementById('main').append(part);
            document.getElementById('nut').focus();
        }"""
    )
    page.evaluate(
        """() => {
            document.dispatchEvent(new CustomEvent('htmx:before:swap'));
            document.getElementById('phan').innerHTML = '<button id="nut" type="button">Hai</button>';
            document.dispatchEvent(new CustomEvent('htmx:after:swap'));
        }"""
    )
    expect(page.locator("#nut")).to_be_focused()
    expect(page.locator("#nut")).to_have_text("Hai")


# English


def test_the_switch_is_kept_by_the_browser_and_leads_back_to_the_page(hung, open_page):  # noqa: F811 - fixtures
    page = open_page()
    page.goto("/dang-nhap")
    page.click("text=English")
    expect(page.locator("h1")).to_have_text("Sign in")
    kept(page, "shell-dang-nhap-desk-en")
    assert axe_faults(page) == []
    sign_in(page)
    expect(page.locator("nav.side [aria-current]")).to_contain_text("Today")
    page.goto("/tai-khoan")
    page.click("main >> text=Tiếng Việt")
    expect(page.locator("nav.side [aria-current]")).to_contain_text("Của tôi")
    assert page.url.endswith("/tai-khoan")


def test_the_bar_that_moves_by_itself_stays_english(cast, hung, air, open_page):  # noqa: F811 - fixtures
    page = open_page()
    sign_in(page)
    english(page)
    told(page, "Silent now")
    cast.station.services.air.play_now(cast.minh, cast.approved(60.0, "Thu gom rác thải"), chime=False, repeat=3)
    told(page, "ON AIR")
    told(page, "Thu gom rác thải")
    expect(page.locator("#hom-nay li.is-air")).to_contain_text("On air")


# Without scripts, with high contrast


def test_without_scripts_every_page_reads_and_stops(full_day, hung, air, chromium, served):  # noqa: F811 - fixtures
    context = context_of(
        chromium, java_script_enabled=False, base_url=served.url, viewport={"width": 1366, "height": 768}
    )
    page = context.new_page()
    sign_in(page, at="/tat-ca")
    links = [one.get_attribute("href") for one in page.locator("main .every a").all()]
    assert len(links) > 20
    for address in some_of(links, len(links) // 6):
        page.goto(address)
        expect(page.locator("main h1").first).to_be_visible()
        with page.expect_navigation():
            page.click("#dung button")
        expect(page.locator("main")).to_contain_text("dừng")
        assert page.url.split("?")[0].endswith(address.split("?")[0]), address
    page.goto("/tat-ca")
    page.click("main >> text=English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    context.close()


@pytest.mark.parametrize(
    "look", [{"forced_colors": "active"}, {"contrast": "more"}], ids=["forced colours", "contrast"]
)
def test_the_page_holds_with_colours_of_the_readers_own(look, full_day, hung, air, chromium, served):  # noqa: F811
    context = context_of(
        chromium, base_url=served.url, viewport={"width": 1366, "height": 768}, reduced_motion="reduce", **look
    )
    page = context.new_page()
    sign_in(page, at="")
    for address in some_of(("/truc-tiep", "/nhat-ky", "/cai-dat", "/khan-cap"), 2):
        page.goto(address)
        kept(page, f"shell-{next(iter(look))}-{address.strip('/')}")
        assert sideways(page) <= 0
        faults = [
            fault for fault in axe_faults(page) if "forced_colors" not in look or not fault.startswith("color-contrast")
        ]
        assert faults == []
    context.close()


def test_nothing_moves_for_those_who_want_it_still(hung, open_page):  # noqa: F811 - fixtures
    page = open_page()
    sign_in(page)
    moving = page.evaluate(
        "() => [...document.querySelectorAll('*')].filter(one => getComputedStyle(one).animationName !== 'none').length"
    )
    assert moving == 0
