"""A marked word put right where it stands, in a real browser: by its mark, by its chip, by keys; heard first, then heard whole.

A real station with a worker; the page keeps its height whatever is opened on it.
"""

import pytest

from tests.story import test_browser_desk as desk_story
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    chromium,
    clock,
    config,
    expect,
    open_page,
    served,
    wrong_at_every_size,
)
from tests.story.test_browser_one_screen import (  # noqa: F401 - fixtures
    KEPT,
    SEEN,
    as_lan,
    heard_whole,
    height,
    lan,
    reads,
    wholly_between_the_bars,
)
from tests.waiting import until

pytestmark = desk_story.pytestmark
TEXT = "Mời bà con đi tiêm Abrysvo lúc 7h30. Mang theo phiếu hẹn."


@pytest.fixture
def typed(as_lan, reads):  # noqa: F811 - the fixtures above
    """A page with an unknown word, whose sound has been heard to its end."""

    def opened(size="desk"):
        page = as_lan(size)
        page.goto("/ban-tin/moi")
        page.locator("#text").fill(TEXT)
        page.wait_for_url(KEPT)
        page.locator("[data-listen]").click()
        heard_whole(page)
        return page

    return opened


def test_a_chip_and_enter_put_a_word_right_and_the_whole_is_heard_again(typed, station):
    page = typed()
    main = page.locator("[data-main]")
    assert main.get_attribute("aria-disabled") == "true"
    expect(page.locator("#thanh-gui")).to_contain_text("Còn 1 chữ máy chưa biết đọc: Abrysvo.")
    page.locator("[data-unread]").click()  # the first press
    pop = page.locator("#doc-chu")
    assert page.evaluate("document.activeElement.id") == "doc-la"
    assert wholly_between_the_bars(page, pop)
    assert height(page) <= SEEN[1]
    expect(pop.locator(".chip").first).to_be_visible()
    assert wholly_between_the_bars(page, pop)
    assert height(page) <= SEEN[1], "open, with all that it offers"
    assert pop.bounding_box()["height"] <= SEEN[1]
    assert wrong_at_every_size(page, "soan-chua-biet-doc") == []
    page.fill("#doc-la", "a bờ rít vô")
    page.keyboard.press("Enter")  # the second
    expect(pop).to_be_hidden()
    expect(page.locator("#cac-chu")).to_contain_text("Không còn chữ nào chưa biết đọc")
    assert [one.said for one in station.services.lexicon.own()] == ["a bờ rít vô"]
    expect(page.locator("#am-thanh")).to_contain_text("Nghe hết một lượt rồi mới gửi được")
    assert main.get_attribute("aria-disabled") == "true"
    page.locator("[data-listen]").click()
    heard_whole(page)
    expect(main).not_to_have_attribute("aria-disabled", "true")


def test_a_press_on_the_word_itself_opens_it_and_escape_leads_back(typed):
    page = typed()
    mark = page.locator("[data-marks] mark.q")
    box = until(mark.bounding_box)  # it is drawn anew when its words have been looked at
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    pop = page.locator("#doc-chu")
    expect(pop).to_be_visible()
    assert pop.bounding_box()["y"] >= box["y"] + box["height"]
    page.keyboard.press("Escape")
    expect(pop).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "text"
    assert page.evaluate("text.value.slice(text.selectionStart, text.selectionEnd)") == "Abrysvo"
    page.locator("[data-unread]").focus()
    page.keyboard.press("Enter")
    expect(pop).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.word") == "Abrysvo"


def test_the_sentence_is_heard_before_it_is_kept(typed):
    page = typed()
    page.evaluate(
        "() => { const play = HTMLMediaElement.prototype.play; HTMLMediaElement.prototype.play = function () "
        "{ window.lastPlayed = this.src; return play.call(this); }; }"
    )
    page.locator("[data-unread]").click()
    page.fill("#doc-la", "a bờ rít vô")
    page.click("text=Nghe câu này")
    page.wait_for_function("() => window.lastPlayed && window.lastPlayed.includes('/am-thanh/')")
    expect(page.locator("#doc-chu")).to_be_visible()
    page.click("#doc-chu >> text=chỉ bản tin này")
    page.click("text=Ghi cách đọc")
    expect(page.locator("#text")).to_have_value(TEXT.replace("Abrysvo", "a bờ rít vô"))


def test_a_reading_that_cannot_be_is_told_in_its_place(as_lan, reads):  # noqa: F811 - the fixtures above
    page = as_lan("desk", expected=("422",))
    page.goto("/ban-tin/moi")
    page.locator("#text").fill(TEXT)
    page.locator("[data-unread]").click()
    page.fill("#doc-la", "12")
    page.keyboard.press("Enter")
    expect(page.locator("#doc-loi")).to_contain_text("chữ số")
    assert wholly_between_the_bars(page, page.locator("#doc-chu"))


def test_on_a_telephone_a_word_is_put_right_too(typed):
    page = typed("phone")
    page.locator("[data-unread]").click()
    page.fill("#doc-la", "a bờ rít vô")
    page.click("text=Ghi cách đọc")
    expect(page.locator("#cac-chu")).to_contain_text("Không còn chữ nào chưa biết đọc")
