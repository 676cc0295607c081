"""Every page that the menus and the links on their pages lead to, as each of the six roles sees it, at desk and phone.

Held against what SHORT-PATH asks of every screen: nothing that axe finds, no letter under 13 px, nothing to press that
a finger misses, nothing cut off, nothing that moves sideways, and the bar of action in view; it is drawn whole, in the
reader's language. A page is drawn once for all these questions; other stories look at it only where it stands otherwise.
"""

import re
from html import unescape

import pytest

from scheduler.core.model import Role
from tests.examples import MANY, some_of
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import NEEDS_BROWSER, SIZES, axe_faults, picture, sideways, sideways_at
from tests.story.test_browser_desk import sign_in
from web.language import COOKIE as LANGUAGE

pytestmark = NEEDS_BROWSER

clock, config, served, air = desk_story.clock, desk_story.config, desk_story.served, desk_story.air
chromium, open_page, full_day = desk_story.chromium, desk_story.open_page, desk_story.full_day
ROLES = {
    "lan": None,
    "minh": None,
    "ky": Role.TECHNICIAN,
    "hung": Role.ADMIN,
    "tu": Role.CONTRIBUTOR,
    "khach": Role.GUEST,
}
"""Lan writes, Minh approves: they are there already."""
EVERYTHING = "hung"
"""Who is led to nearly every page."""
WINDOWS = ((1366, 657), (390, 844), (320, 640))
LEAST_PAGES = 12
"""So many kinds of pages each role is led to at least; a guest to 17."""
WALKED = frozenset({
    "/truc-tiep", "/tat-ca", "/nhat-ky", "/cai-dat", "/cai-dat/don-vi", "/cai-dat/am-thanh",
    "/tu-dien", "/kho", "/phat-ngay", "/truc-tiep-micro", "/tiep-am",
    "/tiep-am/moi", "/ban-tin", "/ban-tin/moi", "/duyet", "/cong-van", "/lich", "/lich/tuan", "/dot", "/nguoi-dung", "/tai-khoan",
})  # fmt: skip
"""Pages that no other story looks at as they stand when nothing has been done on them."""
NO_PAGE = re.compile(
    r"\.(wav|csv|pdf|json|svg|xlsx|html|crt)$|/tai(/|$)|^/static/|^/thoat|^/ngon-ngu|^/api/|^/huong-dan/.|^/bao-cao/ban-in"
)
"""What is no screen: files, documents, and paper."""
FAULTS = """() => {
  const found = [], root = document.documentElement;
  const seen = one => {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (box.width <= 1 || box.height <= 1 || style.visibility === 'hidden') return false;
    for (let up = one; up; up = up.parentElement) {
      if (up.tagName === 'DETAILS' && !up.open && one.closest('summary')?.parentElement !== up) return false;
      if (getComputedStyle(up).clipPath !== 'none') return false;
    }
    return true;
  };
  const name = one => `${one.tagName.toLowerCase()}.${one.className.baseVal ?? one.className} “${(one.innerText ?? one.textContent ?? '').trim().slice(0, 40)}”`;
  for (const one of document.querySelectorAll('a[href], button, input, select, summary')) {
    if (!seen(one) || one.matches('.skip, .ev, .ref, input.vh')) continue;  // hidden till focus; drawn to scale beside a list; a number in a text
    let height = one.getBoundingClientRect().height, least = one.closest('.chip') ? 36 : 44;
    if (one.matches('[type=checkbox], [type=radio]')) {
      const label = one.closest('label') ?? document.querySelector(`label[for="${one.id}"]`);
      height = Math.max(height, label ? label.getBoundingClientRect().height : 0);
      least = 32;
    }
    const around = (one.parentElement.innerText ?? '').trim().length;
    if (one.tagName === 'A' && getComputedStyle(one).display === 'inline' && around > one.innerText.trim().length + 2) continue;  // in a sentence
    if (height < least - 0.6) found.push(`${Math.round(height)} px high: ${name(one)}`);
  }
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const one = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || one.closest('script, style, template, [hidden]') || !seen(one)) continue;
    if (one.ownerSVGElement) continue;  // a drawing: what it shows stands in words beside it
    const size = parseFloat(getComputedStyle(one).fontSize);
    if (size < 12.95) found.push(`letters of ${size.toFixed(1)} px: ${name(one)}`);
  }
  for (const one of document.querySelectorAll('main *, header *')) {
    const style = getComputedStyle(one);
    if (style.overflowX !== 'hidden' || style.display === 'inline' || style.textOverflow === 'ellipsis' || one.closest('svg, [aria-hidden=true]')) continue;
    if (seen(one) && one.scrollWidth > one.clientWidth + 1) found.push(`cut by ${one.scrollWidth - one.clientWidth} px: ${name(one)}`);
  }
  const bar = document.querySelector('main .act .btn.pri, main .act .big-btn');
  if (bar && seen(bar)) {
    const box = bar.getBoundingClientRect(), top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (box.bottom > innerHeight || !bar.contains(top)) found.push(`not in view: ${name(bar)}`);
  }
  return [...new Set(found)];
}"""


@pytest.fixture
def people(station, full_day):
    for login, role in ROLES.items():
        if role is not None:
            zones = ("khu-pho-3",) if role is Role.CONTRIBUTOR else ()
            password = f"mat-khau-cua-{login}"
            station.repos.people.add(login, login.title(), role, password, station.clock.now(), zones)
    station.services.ready_templates.keep_up()


def kind_of(address):
    """Pages of one kind: numbers, dates and sounds in an address count for one."""
    return re.sub(r"[0-9a-f]{64}|\d+", "N", address.partition("?")[0])


def links(page):
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
    return [one for one in (unescape(one).partition("#")[0] for one in found) if one.startswith("/")]


def looks():
    """Who reads in which window and language: all of them where all is tried, else two, one of whom is led everywhere."""
    if MANY:
        return [(who, one, "vi") for who in ROLES for one in WINDOWS] + [(EVERYTHING, one, "en") for one in WINDOWS]
    first, second = some_of(WINDOWS, 2)
    [other] = some_of([who for who in ROLES if who != EVERYTHING], 1)
    [language] = some_of(("vi", "en"), 1)
    return [(EVERYTHING, first, language), (other, second, "vi")]


def moves_sideways(page, name):
    """At which sizes a page that has been drawn can be moved sideways."""
    before, found = page.viewport_size, []
    for size, (width, height) in SIZES.items():
        moved = sideways_at(page, width, height)
        picture(page, f"moi-trang-{name}-{size}")
        if moved > 0:
            found.append(f"moves sideways: {size}")
    page.set_viewport_size(before)
    return found


def wrong_with(page, kind, language, *, by_axe, at_every_size):
    """What is wrong with a page that has come whole."""
    found = page.evaluate(FAULTS) + (["moves sideways"] if sideways(page) > 0 else [])
    if page.locator("html").get_attribute("lang") != language:
        found.append("in the wrong language")
    if not page.evaluate("() => document.querySelector('main h1')?.checkVisibility()"):
        found.append("no heading")
    found += [f"axe: {one}" for one in (axe_faults(page) if by_axe else ())]
    return found + (moves_sideways(page, f"{kind.strip('/').replace('/', '-')}-{language}") if at_every_size else [])


def test_every_page_of_each_role_is_readable_and_can_be_pressed_at_the_desk_and_on_a_phone(
    people, air, served, open_page, record_property
):
    """What two people see of a page is for axe the same: it judges one of them, and both where all is tried."""
    faults, judged = [], set()
    for who, (width, height), language in looks():
        page, known = open_page(expected=("404", "403")), set()
        page.set_viewport_size({"width": width, "height": height})
        sign_in(page, (who, f"mat-khau-cua-{who}"), at="")
        if language != "vi":
            page.context.add_cookies([{"name": LANGUAGE, "value": language, "url": served.url}])
        page.goto("/tat-ca")
        tabs = page.eval_on_selector_all("main .every a", "all => all.map(one => one.getAttribute('href'))")
        ahead = ["/tat-ca", *tabs]
        while ahead:
            address = ahead.pop(0)
            kind = kind_of(address)
            if kind in known or NO_PAGE.search(address.partition("?")[0]):
                continue
            known.add(kind)
            page.goto(address)
            by_axe = MANY or kind not in {one for _, one in judged}
            found = wrong_with(
                page,
                kind,
                language,
                by_axe=by_axe,
                at_every_size=who == EVERYTHING and (address in tabs or kind in WALKED),
            )
            judged |= {(who, kind)} if by_axe else set()
            faults += [f"{who} {width} {language}: {address}: {one}" for one in found]
            ahead += links(page)
        assert len(known) >= LEAST_PAGES, f"{who} was led to {len(known)} pages"
        assert who != EVERYTHING or known >= WALKED, WALKED - known
        page.context.close()
    told = f"axe judged {len(judged)} pages of {len({who for who, _ in judged})} roles"
    record_property("judged", told)
    print(told)
    assert "\n".join(faults) == "", told
    assert not MANY or {who for who, _ in judged} == set(ROLES)
