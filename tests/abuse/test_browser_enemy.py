"""An enemy's pages and patience in a real browser: nothing of ours is framed, pressed, read or left behind by them.

What the browser itself says fails the test: an error of a script, a broken rule of the Content Security Policy, a
request that leaves this host where none was meant to.
"""

import json
import re
from dataclasses import replace
from itertools import product

import pytest

from tests.abuse.test_browser import WATCH
from tests.of_extras import each_of_extras, of_extras
from tests.ports import free_port
from tests.story import test_browser_desk as desk_story
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    chromium,
    clock,
    hung,
    open_page,
    served,
    sign_in,
)

pytestmark = desk_story.pytestmark
desk_config = desk_story.config
ENEMY = "http://enemy.test/"


@pytest.fixture
def config(desk_config):
    web = replace(desk_config.web, max_streams=20, idle_minutes=10_080)
    return replace(desk_config, web=web).having(*of_extras("hostile_requests", "OPEN"))


# Back, and what is left behind


INSIDE = ("/truc-tiep", "/ban-tin", "/nguoi-dung", "/nhat-ky", "/khan-cap", "/tai-khoan")
LEFT_BEHIND = "() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie])"


@pytest.fixture
def ward(cast, station, hung):  # noqa: F811 - the fixture above
    """Something to be seen inside."""
    station.services.people.rename(cast.lan, "Nguyễn Thị Lan")
    cast.submitted(3.0, "Tiêm chủng mở rộng")
    return cast


def shows_nothing(page):
    page.wait_for_load_state()
    text = page.locator("body").inner_text()
    assert [word for word in ("Nguyễn Thị Lan", "Tiêm chủng", "Hùng", "Thoát") if word in text] == [], page.url


def test_back_reload_and_forward_after_signing_out_show_nothing_of_the_station(ward, open_page):  # noqa: F811
    page = open_page()
    sign_in(page)
    seen = ""
    for path in INSIDE:
        page.goto(path)
        seen += page.locator("body").inner_text()
    assert all(word in seen for word in ("Nguyễn Thị Lan", "Tiêm chủng", "Hùng"))
    page.get_by_role("button", name="Thoát").first.click()
    page.wait_for_url("**/dang-nhap**")
    for _ in INSIDE:
        page.go_back()
        shows_nothing(page)
        page.reload()
        shows_nothing(page)
    page.go_forward()
    shows_nothing(page)
    left = page.evaluate(LEFT_BEHIND) + json.dumps(page.context.cookies())
    assert [word for word in ("Nguyễn", "Tiêm", "Hùng") if word in left] == []


def test_a_page_left_open_in_another_tab_acts_no_more_after_signing_out(ward, open_page, station):  # noqa: F811
    page = open_page(expected=("401", "303", "ERR_", "htmx:error", "sse:error", "Failed to fetch"))
    sign_in(page)
    page.goto("/tai-khoan")
    other = page.context.new_page()
    other.goto("/tai-khoan")
    other.get_by_role("button", name="Thoát").first.click()
    other.wait_for_url("**/dang-nhap**")
    page.locator("form[action='/dung'] button").first.click()
    page.wait_for_url("**/dang-nhap**")
    assert station.repos.store.rows("SELECT * FROM command") == []


def test_the_session_is_not_read_by_any_script_and_no_store_keeps_a_page(ward, open_page):  # noqa: F811
    page = open_page()
    sign_in(page)
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "loa"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert cookie["value"] not in page.evaluate(LEFT_BEHIND) + page.content()
    for path in INSIDE:
        assert "no-store" in page.goto(path).headers["cache-control"], path
    assert (
        page.evaluate(
            "async () => (await caches.keys()).length + (await navigator.serviceWorker.getRegistrations()).length"
        )
        == 0
    )


# Pages of an enemy


def enemy_page(page, html, address=ENEMY):
    page.route(f"{address}**", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(address)


PUBLIC_AND_INSIDE = (
    "/dang-nhap",
    "/truc-tiep",
    "/khan-cap",
    "/duyet/1",
    *each_of_extras("hostile_requests", "FRAMED"),
)


def test_no_page_of_ours_stands_in_a_frame_of_somebody_elses(ward, served, open_page):  # noqa: F811
    page = open_page(expected=("enemy.test", "frame-ancestors", "Refused to", "Framing", "ERR_BLOCKED", "X-Frame"))
    sign_in(page)
    for tag, path in product(("iframe", "embed", "object"), PUBLIC_AND_INSIDE):
        source = "data" if tag == "object" else "src"
        enemy_page(page, f'<title>x</title><{tag} {source}="{served.url}{path}" width=900 height=600></{tag}>')
        page.wait_for_timeout(300)
        framed = [frame for frame in page.frames if frame != page.main_frame]
        assert framed or tag != "iframe"
        for frame in framed:
            assert not frame.url.startswith(served.url), path
            assert "Loa Phường" not in frame.evaluate("() => document.documentElement.innerText")
        page.unroute(f"{ENEMY}**")


def test_no_page_of_ours_frames_even_itself(ward, served, open_page):  # noqa: F811
    """Where an enemy's words could stand on a page of ours, a frame of our own is no way in either."""
    page = open_page(expected=("Content Security Policy", "frame", "Refused to"))
    page.add_init_script(WATCH)
    sign_in(page)
    page.evaluate("() => { const f = document.createElement('iframe'); f.src = '/khan-cap'; document.body.append(f); }")
    page.wait_for_function("() => window.broken.length > 0")
    assert not any(frame.url.endswith("/khan-cap") for frame in page.frames)


FORM = """<form method=post action="{url}/dung" enctype="{kind}"><input name=csrf value=x><input name=act value=y></form>
<script>document.forms[0].submit()</script>"""


KINDS = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data")


def test_no_page_of_somebody_elses_presses_our_buttons(ward, served, open_page, station):  # noqa: F811
    """Another port of this machine is the same site to the browser: its cookie goes along, and still nothing happens."""
    page = open_page(expected=("enemy.test", "http://127.0.0.1", "422", "303"))
    sign_in(page)
    for address, kind in product((ENEMY, f"http://127.0.0.1:{free_port()}/"), KINDS):
        page.route(
            f"{address}**",
            lambda route, kind=kind: route.fulfill(
                body=FORM.format(url=served.url, kind=kind), content_type="text/html"
            ),
        )
        page.goto(address, wait_until="commit")
        page.wait_for_url(re.compile(re.escape(served.url)))
        page.wait_for_load_state()
        assert station.repos.store.rows("SELECT * FROM command") == [], (address, kind)
        page.unroute(f"{address}**")


@pytest.mark.parametrize("address", [ENEMY, "another port"])
def test_no_script_of_somebody_elses_reads_or_posts(address, ward, served, open_page, station):  # noqa: F811
    page = open_page(expected=("enemy.test", "http://127.0.0.1", "CORS", "ERR_FAILED", "Access-Control"))
    sign_in(page)
    address = f"http://127.0.0.1:{free_port()}/" if address == "another port" else address
    enemy_page(page, "<title>x</title>", address)
    told = page.evaluate(
        """async (url) => {
          const told = [];
          for (const [path, how] of [["/truc-tiep", {}], ["/truc-tiep", {method: "GET", mode: "no-cors"}], ["/api/v1/status", {}],
               ["/dung", {method: "POST", body: "csrf=x&act=y"}], ["/dung", {method: "POST", mode: "no-cors", body: "x"}],
               ["/dung", {method: "POST", headers: {"X-CSRF-Token": "x"}}], ["/su-kien", {}]]) {
            try {
              const answer = await fetch(url + path, {credentials: "include", ...how});
              told.push(answer.type === "opaque" ? "" : await answer.text());
            } catch (refused) { told.push(""); }
          }
          return told.join("");
        }""",
        served.url,
    )
    assert told == ""
    assert station.repos.store.rows("SELECT * FROM command") == []


def test_a_window_that_an_enemy_has_opened_is_out_of_their_hands(ward, served, open_page):  # noqa: F811
    page = open_page(expected=("enemy.test",))
    sign_in(page)
    enemy_page(page, f"<title>x</title><button onclick=\"w = window.open('{served.url}/truc-tiep')\">x</button>")
    with page.context.expect_page() as opened:
        page.click("button")
    opened.value.wait_for_load_state()
    page.wait_for_function("() => w.closed")
    assert opened.value.evaluate("() => window.opener") is None
    assert opened.value.url == f"{served.url}/truc-tiep"
