"""The browser of the stories, and the mark of a test that wants it: left out where there is none, but never in CI.

What every story does with a page stands here once: how long it is waited for, a look at it by axe and at every size,
an order that is taken back within its five seconds.
"""

import functools
import os
import re
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.examples import MANY, some_of

CHROMIUM = next(
    (path for name in ("chromium-headless-shell", "chromium") if (path := Path("/usr/bin", name)).exists()),
    Path("/usr/bin/chromium"),
)
"""The same browser twice in Debian; without a window and what belongs to one it computes a quarter less."""
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    "--host-resolver-rules=MAP loa.phuong.test 127.0.0.1",  # a page at a name is another computer's
    "--js-flags=--no-opt --no-maglev",  # no page lives long enough to give back what optimizing costs
)
MICROPHONE = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)
"""It beeps once a second, and nobody is asked whether a page may listen."""
AXE = Path(__file__).parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js"
HAS_AXE = """() => {
    const kept = window.axe ? null : sessionStorage.getItem('axe-core');
    if (kept) (0, eval)(kept);
    return Boolean(window.axe);
}"""
"""It is half a megabyte: a tab is sent it once, and its next pages take it from what the tab keeps."""
NEEDS_BROWSER = [
    pytest.mark.needs_browser,
    pytest.mark.skipif(not CHROMIUM.exists() and os.environ.get("CI") != "true", reason="no chromium in /usr/bin here"),
]
WAIT = 90_000
"""Milliseconds a page is given: the machine may be busy, and nothing here is about speed."""
STILL = 10.0
"""Seconds that a page's clock is put ahead when it is stopped: it cannot be stopped at a time that has gone by."""


SIZES = {"desk": (1366, 768), "small": (1024, 768), "phone": (390, 844), "narrow": (320, 640)}
OUTPUT = Path(__file__).parents[1] / "output"
_running = {}
"""The driver as "", and each browser by its arguments: they go on from one module to the next, up to a test that wants
none (`tests/conftest.py`): the driver's loop stands in this thread, and another one could not run beside it.
"""


@contextmanager
def chromium_begun(*arguments):
    """A browser started like this; who comes next has the same process, and nothing of what was opened in it."""
    if not _running:
        from playwright.sync_api import sync_playwright

        _running[""] = sync_playwright().start()
    browser = _running.get(arguments)
    if browser is None or not browser.is_connected():
        launch = _running[""].chromium.launch
        browser = _running[arguments] = launch(executable_path=str(CHROMIUM), args=[*FLAGS, *arguments])
    yield browser
    for context in browser.contexts:
        context.close()
    if any("=/" in one for one in arguments):  # a file of this test's
        _running.pop(arguments).close()


def chromium_ended():
    """End every browser that still runs."""
    driver = _running.pop("", None)
    for browser in _running.values():
        browser.close()
    _running.clear()
    if driver:
        driver.stop()


def context_of(browser, **more):
    """A browser of somebody's own, with the patience of all of them; nothing in it moves, which costs a processor half."""
    context = browser.new_context(**{"locale": "vi-VN", "reduced_motion": "reduce"} | more)
    context.set_default_timeout(WAIT)
    return context


def expect(locator):
    from playwright.sync_api import expect as expects

    expects.set_options(timeout=WAIT)
    return expects(locator)


@functools.cache
def _axe():
    return AXE.read_text(encoding="utf-8")


def axe_faults(page):
    """What axe finds in a page that has come whole.

    A bar that stays on the screen stands in its own place meanwhile: a person scrolls out what lies half behind it, and
    axe would take the half for all there is.
    """
    page.wait_for_load_state()
    if not page.evaluate(HAS_AXE):
        page.evaluate("source => { (0, eval)(source); sessionStorage.setItem('axe-core', source); }", _axe())
    return page.evaluate(
        "() => { const bars = [...document.body.querySelectorAll('*:not(dialog)')].filter(one =>"
        " ['sticky', 'fixed'].includes(getComputedStyle(one).position));"
        " bars.forEach(one => { one.style.position = 'relative'; one.style.inset = 'auto'; });"
        " return axe.run({resultTypes: ['violations'],"
        " runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).finally(() =>"
        " bars.forEach(one => { one.style.position = one.style.inset = ''; })).then(found =>"
        " found.violations.flatMap(fault => fault.nodes.map(node => `${fault.id}: ${node.html.slice(0, 200)}`))); }"
    )


def sideways(page):
    """How far a page can be moved sideways."""
    return page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")


def sideways_at(page, width, height):
    """How far a page can be moved sideways that is made as wide and as high as this, once it is drawn so."""
    page.set_viewport_size({"width": width, "height": height})
    return page.evaluate(
        "() => new Promise(drawn => requestAnimationFrame(() =>"
        " drawn(document.documentElement.scrollWidth - document.documentElement.clientWidth)))"
    )


def picture(page, name):
    """A picture of a page for people, in `make test-many`: nothing is asserted of it, and it costs what a look costs."""
    if MANY:
        OUTPUT.mkdir(exist_ok=True)
        page.wait_for_load_state()
        page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)


def looked_at(page, name):
    """A page that has come whole: no fault of access, nothing sideways, and a picture kept."""
    page.wait_for_load_state()
    picture(page, name)
    assert axe_faults(page) == []
    assert sideways(page) <= 0


def wrong_at_every_size(page, name, more=lambda _: []):
    """What is wrong with a page that has come whole, at each size; it is drawn once and then made narrower.

    At 320 px every rule of a telephone holds and there is less room: axe looks there or at the desk, drawn anew for each
    page, at both where all is tried (`tests/examples.py`). `more`: what else is looked for at each size.
    """
    before, found, by_axe = page.viewport_size, [], some_of(("desk", "narrow"), 1)
    for size, (width, height) in SIZES.items():
        moved = sideways_at(page, width, height)
        picture(page, f"{name}-{size}")
        faults = [*more(page), *(axe_faults(page) if size in by_axe else [])]
        found += [f"{size}: {one}" for one in faults + (["moves sideways"] if moved > 0 else [])]
    page.set_viewport_size(before)
    return found


def let_in(page, login, password, at="/truc-tiep"):
    """Sign somebody in through the door of the form, which is not drawn, and open the page at `at`, if it names one.

    A person who types into the form stands in the stories of the desk, the path, the day, the keyboard and the alarm.
    """
    token = re.search(r'name="form_token" value="([^"]+)"', page.request.get("/dang-nhap").text())
    form = {"login": login, "password": password, "form_token": token[1], "toi": ""}
    assert page.request.post("/dang-nhap", form=form, max_redirects=0).status == 303
    if at:
        page.goto(at)


def types_in(page, login, password):
    """Sign in as a person does it."""
    page.goto("/dang-nhap")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("main button[type=submit]")
    page.wait_for_url("**/truc-tiep")


def comes_true(page, expression, arg=None):
    """Wait for what a page computes; it is asked ten times a second, not at each frame that is drawn for the question."""
    page.wait_for_function(expression, arg=arg, polling=100)


def told_together(page, **words):
    """Wait until parts of a page say these words at the same time: what sounds for seconds is told no longer than that."""
    comes_true(
        page,
        "words => Object.entries(words).every(([part, one]) => document.getElementById(part)?.innerText.includes(one))",
        {part.replace("_", "-"): one for part, one in words.items()},
    )


def clock_stopped(page):
    """The page's own clock stands still from now on: what it does after a while, it does when `page.clock` goes on."""
    page.clock.install()
    page.clock.pause_at(page.evaluate("() => Date.now() / 1000") + STILL)


def taken_back(page, order):
    """Order an alarm and take it back before anything sounds; how many orders before that sounded all the same.

    There are five seconds for it. A machine that stood still as long stops the order and gives it once more.
    """
    from playwright.sync_api import TimeoutError as TooLate

    ended = page.locator("#lenh .ended .st")
    button = page.get_by_role("button", name=re.compile("HỦY, KHÔNG PHÁT|DỪNG lệnh này"))
    for missed in range(5):
        order()
        expect(button.or_(ended).first).to_be_visible()
        try:
            button.first.click(timeout=10_000)
        except TooLate:
            expect(ended).to_be_visible()
        expect(ended).to_be_visible()
        if "chưa phát gì" in page.locator("#lenh").inner_text():
            return missed
    raise AssertionError(page.locator("#lenh").inner_text())
