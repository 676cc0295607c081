"""Every page that the menus and the links on their pages lead to, as each of the six roles sees it, at desk and phone.

Held against what SHORT-PATH asks of every screen: nothing that axe finds, no letter under 13 px, nothing to press that
a finger misses, nothing cut off, nothing that moves sideways, and the bar of action in view.
"""

import re
from html import unescape

import pytest

from scheduler.core.model import Role
from tests.examples import MANY, some_of
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import NEEDS_BROWSER, axe_faults, sideways
from tests.story.test_browser_desk import sign_in

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
LOOKS = tuple((who, size) for who in ROLES for size in ((1366, 657), (390, 844), (320, 640)))
LEAST_PAGES = 12
"""So many kinds of pages each role is led to at least; a guest to 17."""
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


def test_every_page_of_each_role_is_readable_and_can_be_pressed_at_the_desk_and_on_a_phone(
    people, air, open_page, record_property
):
    faults, judged, looks = [], [], some_of(LOOKS, 3)
    for who, (width, height) in looks:
        page, known = open_page(expected=("404", "403")), set()
        page.set_viewport_size({"width": width, "height": height})
        sign_in(page, (who, f"mat-khau-cua-{who}"))
        ahead = ["/truc-tiep", "/tat-ca"]
        while ahead:
            address = ahead.pop(0)
            if kind_of(address) in known or NO_PAGE.search(address.partition("?")[0]):
                continue
            known.add(kind_of(address))
            page.goto(address)
            found = page.evaluate(FAULTS) + (["moves sideways"] if sideways(page) > 0 else [])
            if width != min(size[0] for _, size in LOOKS):  # what axe asks is the same on the smallest phone
                found += [f"axe: {one}" for one in axe_faults(page)]
                judged.append((who, width, kind_of(address)))
            faults += [f"{who} {width}: {address}: {one}" for one in found]
            ahead += links(page)
        assert len(known) >= LEAST_PAGES, f"{who} was led to {len(known)} pages"
        page.context.close()
    told = f"axe judged {len(judged)} pages of {len({who for who, *_ in judged})} roles"
    record_property("judged", told)
    print(told)
    assert "\n".join(faults) == "", told
    assert not MANY or {who for who, *_ in judged} == set(ROLES)
