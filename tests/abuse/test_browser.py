"""An enemy's words in a real browser, on every page there is: nothing of theirs runs.

Every page is watched by what the browser itself says: an alert, an error of a script, a broken rule of the Content
Security Policy or a request that leaves this host fails the test.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from scheduler.config.loading import OutputConfig
from scheduler.core.announcement.word_list import OwnForm
from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, Role, Slot
from scheduler.core.planning.rules import local_day
from scheduler.store import Ending
from tests.abuse.test_markup import EVIL, MARK
from tests.examples import some_of
from tests.of_extras import of_extras
from tests.story import test_browser_desk as desk_story
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    ADMIN,
    chromium,
    clock,
    expect,
    hung,
    open_page,
    served,
    sign_in,
)
from tests.web.test_security import TABLE, path_of, relay

pytestmark = desk_story.pytestmark
desk_config = desk_story.config
ZONE = "<img src=x onerror=alert(1)>"
WATCH = """
window.broken = [];
document.addEventListener("securitypolicyviolation", function (event) {
  window.broken.push(event.violatedDirective + " " + event.blockedURI + " " + event.sample);
});
"""
INJECTED = "[onerror], [onload], [onclick], [onmouseover], img[src='x'], iframe, object, embed, base, script:not([src])"


@pytest.fixture
def config(desk_config):
    outputs = (OutputConfig(name="wav", kind="wavfile", counts=True, zones=("all", ZONE)),)
    station = replace(desk_config.station, name=f"Đài {ZONE}")
    web = replace(desk_config.web, max_streams=20, idle_minutes=10_080)
    return replace(desk_config, outputs=outputs, station=station, web=web).having(
        *of_extras("hostile_requests", "OPEN")
    )


def airing(station, outcome, number):
    """One that has been on the air, or was meant to be, with hostile words in what is told of it."""
    now, announcement = station.clock.now(), station.repos.programme.announcement(number)
    day = local_day(now, station.config.station.time_zone)
    slot = Slot(
        id=f"evil-{outcome.value}", day=day, zone=DEFAULT_ZONE, start=now - timedelta(minutes=5),
        length=timedelta(seconds=3), campaign_id=None, announcement_id=number, audio_sha256=announcement.audio_sha256,
    )  # fmt: skip
    slots, began = station.repos.slots, now - timedelta(minutes=5)
    slots.add(slot, None, began)
    slots.claim(slot, began)
    slots.close(slot.id, Ending(outcome, "", began, began + timedelta(seconds=3), 3000, {EVIL: EVIL}), now)


@pytest.fixture
def hostile(cast, station, hung, clock):  # noqa: F811 - the fixtures above
    """Hostile words in everything that people, other systems and files may put words into."""
    services, lan, now = station.services, cast.lan, clock.now()
    day = local_day(now, station.config.station.time_zone)
    station.repos.people.add("evil", EVIL[:80], Role.EDITOR, "mat-khau-dai-lam", now)
    cast.submitted(3.0, EVIL[:190])
    number = cast.approved(3.0, EVIL[:190], 333.0)
    for zone in ("all", ZONE):
        cast.running(number, title=EVIL[:190], start=day, end=day + timedelta(days=1), zone=zone)
    services.relays.save(lan, EVIL[:190], replace(relay(), start=day, end=day))
    services.drafts.keep(lan, "mot-khoa-dai-cua-lan", 0, EVIL, EVIL)
    for write in of_extras("pages.hostile", "write"):
        write(station, lan, EVIL, MARK, ZONE)
    services.lexicon.keep(lan, OwnForm("abcxyz", "a bê xê"))
    letter = f"ỦY BAN NHÂN DÂN\nPHƯỜNG {EVIL}\nSố: 77/UBND-VHXH\nV/v {EVIL}\n\nKính gửi: Trạm\n\nPhát 04 lượt/ngày: {EVIL}\n./.\n"
    services.dispatches.import_dispatch(lan, letter.encode(), f"{EVIL[:60]}.txt")
    for outcome in (AiringOutcome.PLAYED, AiringOutcome.FAILED):
        airing(station, outcome, number)
    with station.repos.store.write() as db:
        for table, columns in {
            "announcement": ("title", "text", "return_reason"), "clip": ("title", "file_name"), "campaign": ("title",),
            "lexicon_entry": ("written", "said"),
        }.items():  # fmt: skip
            for column in columns:
                ours = "WHERE origin = 'upload'" if table == "clip" else ""
                db.conn.execute(f"UPDATE {table} SET {column} = ? {ours}", (EVIL,))  # noqa: S608 - names above
    playing = {"slot_id": "x", "title": EVIL, "started_at": now.isoformat(), "played_ms": 1, "total_ms": 900_000}
    output = {"name": EVIL, "kind": "soundcard", "state": "down", "message": EVIL, "device": EVIL}
    station.repos.jobs.beat("playout", 1, now, {"airings": [playing], "outputs": [output], "clock_trusted": True})
    return station.repos.programme.announcement(number).audio_sha256


def drawn_paths(page, sha256):
    """Every address that answers this person with a page."""
    found = []
    more = [
        "/ban-tin/2",
        "/duyet/2",
        "/dot/2",
        "/dot/3",
        f"/kho/{sha256}/cat-gon",
        f"/nhat-ky?tim={MARK}",
        f"/ban-tin?q={MARK}",
        "/nhat-ky/luot/1",
    ]
    for path in dict.fromkeys([*(path_of(route) for route in TABLE if route.startswith("GET ")), *more]):
        if path == "/su-kien":
            continue
        answer = page.request.get(path.replace("0" * 64, sha256), max_redirects=0, fail_on_status_code=False)
        if answer.status < 400 and answer.status != 303 and "text/html" in answer.headers.get("content-type", ""):
            found.append(path.replace("0" * 64, sha256))
    return found


def faults_on(page, path):
    """What an enemy's words did on a page."""
    page.goto(path)
    return faults_seen(page)


def faults_seen(page):
    broken = page.evaluate("() => window.broken")
    tags = page.eval_on_selector_all(INJECTED, "(found) => found.map((one) => one.outerHTML.slice(0, 120))")
    return [*broken, *(tag for tag in tags if 'type="application/json"' not in tag)]


def test_no_word_of_an_enemy_runs_on_any_page(hostile, open_page):  # noqa: F811
    """Half of the pages a run, in one language, both drawn anew: `test_markup.py` reads every page in both."""
    page = open_page(expected=("404",))
    alerts, faults, seen = [], {}, 0
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.add_init_script(WATCH)
    sign_in(page)
    paths = drawn_paths(page, hostile)
    assert len(paths) > 60
    paths, languages = some_of(paths, len(paths) // 2), some_of(("vi", "en"), 1)
    for language, path in product(languages, paths):
        page.context.add_cookies([{"name": "loa-ngon-ngu", "value": language, "url": page.url}])
        if found := faults_on(page, path):
            faults[language, path] = found
        seen += MARK in page.content()
    assert (faults, alerts) == ({}, [])
    assert seen >= 5 * len(languages), seen


def test_the_watch_itself_sees_a_page_that_runs_somebodys_words(hostile, open_page):  # noqa: F811
    """The page as it would be, had a template forgotten to escape: the policy stops the words, and the watch tells."""
    page = open_page(expected=("Content Security Policy", "404"))
    page.add_init_script(WATCH)
    sign_in(page)

    def forgotten(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<main", f"{EVIL}<main", 1))

    page.route("**/tai-khoan", forgotten)
    page.goto("/tai-khoan")
    page.wait_for_function("() => window.broken.some(one => one.startsWith('script-src'))")
    found = faults_seen(page)
    assert any(one.startswith("script-src") for one in found), found
    assert any("onerror" in one for one in found), found
