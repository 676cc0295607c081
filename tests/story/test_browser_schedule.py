# ruff: noqa: F811 - fixtures are asked for by the names they were imported under
"""Lịch phát in a real browser: dragged, moved by keys, taken back, refused, kept fresh; drawn whole at three widths.

A real station and web server with Debian's chromium. A console error, a script error or a request that leaves this host
fails the test. Pictures are kept under tests/output.
"""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.config.loading import (
    Config,
    OutputConfig,
    PlanningConfig,
    QuietHoursConfig,
    SpeechConfig,
    StationConfig,
    WebConfig,
)
from scheduler.core.model import AiringOutcome, Priority, Relay, Slot, Trigger
from scheduler.core.planning.rules import local_day, parse_window
from scheduler.store import Ending
from tests.conftest import noon_zone
from tests.story.chromium import NEEDS_BROWSER, clock_stopped, context_of
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    chromium,
    clock,
    expect,
    hung,
    kept,
    open_page,
    served,
    sign_in,
    wrong_at_every_size,
)
from tests.story.test_browser_desk import config as desk_config  # noqa: F401 - a fixture
from web.formats import day_text

pytestmark = NEEDS_BROWSER


@pytest.fixture
def config(desk_config):
    """Two zones, each with loudspeakers of its own, and three days ahead."""
    plain: Config = desk_config
    return Config(
        folder=plain.folder,
        station=StationConfig(name="Đài truyền thanh phường Bắc Sơn", data="data", time_zone=noon_zone()),
        web=WebConfig(port=plain.web.port, max_streams=6),
        quiet_hours=QuietHoursConfig(windows=("21:00-05:00", "11:30-13:00"), legal_basis="Quyết định 12/QĐ-UBND"),
        planning=PlanningConfig(days_ahead=3),
        speech=SpeechConfig(engines=("espeak",)),
        outputs=(
            OutputConfig(name="Loa 1", kind="wavfile", counts=True, zones=("khu phố 1-4",)),
            OutputConfig(name="Loa 2", kind="null", counts=True, zones=("khu phố 5-8",)),
        ),
    )


@pytest.fixture
def busy_day(cast, clock):
    """A day with airings of the morning, of the afternoon, a relay, one added by hand, one that is left out."""
    station, now = cast.station, clock.now()
    day = local_day(now, station.config.station.time_zone)
    end = day + timedelta(days=5)
    afternoon = (parse_window("05:30-07:30"), parse_window("13:30-15:30"), parse_window("17:00-18:30"))
    health = cast.approved(180.0, "Phòng chống dịch bệnh: khai báo y tế toàn dân trên địa bàn phường")
    waste = cast.approved(45.0, "Thu gom rác thải theo khu phố", 350.0)
    shots = cast.submitted(60.0, "Lịch tiêm chủng tháng 12", 500.0)
    plain = {"start": day, "end": end, "windows": afternoon, "chime": True}
    cast.running(health, title="Đợt phòng dịch", base=9, **plain)
    cast.running(waste, title="Đợt rác thải", base=12, zone="khu phố 1-4", **plain)
    cast.running(shots, title="Đợt tiêm chủng", base=3, **plain)
    relay = Relay(0, 0, (parse_window("18:30-19:15"),), day, end, ("https://dai.example/vov.mp3",))
    relay_id = station.services.relays.save(cast.lan, "Tiếp âm Đài tiếng nói Việt Nam", relay)
    station.services.relays.approve(cast.minh, relay_id)
    station.services.relays.start(cast.lan, relay_id)
    sha256 = station.repos.programme.announcement(health).audio_sha256
    endings = (AiringOutcome.PLAYED, AiringOutcome.PARTIAL, AiringOutcome.MISSED, AiringOutcome.PLAYED)
    for number, outcome in enumerate(endings):
        start = now - timedelta(hours=3) + number * timedelta(minutes=20)
        slot = Slot(
            id=f"s{number}", day=day, zone="all", start=start, length=timedelta(seconds=190), campaign_id=None,
            announcement_id=health, audio_sha256=sha256, priority=Priority.NORMAL, trigger=Trigger.MANUAL,
        )  # fmt: skip
        station.repos.slots.add(slot, cast.minh.id, now)
        station.repos.slots.claim(slot, start)
        heard = outcome is not AiringOutcome.MISSED
        ending = Ending(outcome, "" if heard else "station_off", played_ms=190_000 if heard else 0)
        station.repos.slots.close(slot.id, ending, now)
    station.services.schedule.add(
        cast.lan, waste, datetime.combine(day, time(16), ZoneInfo(station.config.station.time_zone))
    )
    mine = [one for one in station.repos.slots.of_day(day) if one.campaign_id and one.outcome is None]
    station.services.schedule.leave_out(cast.lan, mine[-1].id, "trùng giờ họp tổ dân phố")
    return day


def afternoon(page):
    page.goto("/lich?khung=chieu")
    expect(page.locator("#luoi")).to_be_visible()


def movable(page):
    """The airing that was added by hand: it has room around it. In the middle of what is seen of the grid."""
    block = page.locator("button.ev.wait", has_text="16:00")
    block.evaluate("block => { block.closest('[data-body]').scrollTop = block.offsetTop - 380 }")
    return block


def clock_of(block):
    return block.locator(".t").inner_text()


def later(told, minutes):
    hour, minute = map(int, told.split(":")[:2])
    total = hour * 60 + minute + minutes
    return f"{total // 60:02}:{total % 60:02}"


def test_every_view_of_the_schedule_is_whole_readable_for_all_and_does_not_move_sideways(
    busy_day,
    hung,
    open_page,
):
    page = open_page(expected=("422",))
    faults = {}

    def looked_at(name):
        faults[name] = wrong_at_every_size(page, f"lich-{name}")

    sign_in(page, at="")
    tomorrow = f"{busy_day + timedelta(days=1):%d/%m/%Y}"
    views = {
        "ngay": "/lich?khung=chieu",
        "sang": "/lich?khung=sang",
        "them": "/lich?them=1",
        "tuan": "/lich/tuan",
        "48-gio": "/lich/48-gio",
        "chep": f"/lich/chep?sang={tomorrow}",
        "xa": f"/lich?ngay={busy_day + timedelta(days=9):%d/%m/%Y}",
    }
    for name, path in views.items():
        page.goto(path)
        looked_at(name)
    page.goto("/lich")
    page.locator("a[data-lich-link]").first.click()
    expect(page.locator("#gio-moi")).to_be_focused()
    looked_at("sua")
    page.fill("#gio-moi", "21:15")
    page.get_by_role("button", name="Dời", exact=True).click()
    expect(page.locator("#khong-duoc")).to_contain_text("Giờ yên tĩnh")
    looked_at("khong-duoc")
    page.locator("#vi-sao").fill("mưa to")
    page.get_by_role("button", name="Bỏ lượt này").click()
    expect(page.locator("#vua-lam")).to_contain_text("Đã bỏ lượt")
    looked_at("da-bo")
    assert {name: found for name, found in faults.items() if found} == {}


def test_keys_move_an_airing_say_where_and_take_it_back(busy_day, hung, open_page):
    page = open_page()
    sign_in(page, at="")
    afternoon(page)
    block = movable(page)
    name, before = block.get_attribute("id"), clock_of(block)
    clock_stopped(page)  # a move is sent when no key has come for a while
    block.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#lich-noi")).to_contain_text(f"Dời tới {later(before, 2)}")
    page.clock.resume()
    expect(page.locator("#vua-lam")).to_contain_text(f"tới {later(before, 2)}")
    expect(page.locator("#lich-noi")).to_contain_text("Hoàn tác")
    block = page.locator(f"#{name}")
    expect(block).to_be_focused()
    expect(block.locator(".t")).to_have_text(later(before, 2))
    page.keyboard.press("Control+z")
    expect(page.locator("#vua-lam")).to_contain_text("Đã hoàn tác")
    expect(block.locator(".t")).to_have_text(before)


def test_a_quarter_of_an_hour_with_shift_and_escape_forgets(busy_day, hung, open_page):
    page = open_page()
    sign_in(page, at="")
    afternoon(page)
    block, sent = movable(page), []
    before = clock_of(block)
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    clock_stopped(page)
    block.focus()
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator("#lich-noi")).to_contain_text(f"Dời tới {later(before, -15)}")
    page.keyboard.press("Escape")
    assert clock_of(block) == before
    page.clock.run_for(1200)  # longer than a move waits for the next key
    assert page.evaluate("() => fetch('/lich').then(answer => answer.status)") == 200
    assert sent == []
    expect(page.locator("#vua-lam")).to_have_count(0)


def test_a_dragged_airing_stands_where_it_was_dropped_or_goes_back(busy_day, hung, open_page):
    page = open_page(expected=("422",))
    sign_in(page, at="")
    afternoon(page)
    block = movable(page)
    name, before = block.get_attribute("id"), clock_of(block)
    block.scroll_into_view_if_needed()
    box = block.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 8, steps=4)
    page.mouse.move(x, y + 16, steps=4)
    kept(page, "lich-dang-keo-desk")
    page.mouse.up()
    expect(page.locator("#vua-lam")).to_contain_text(f"tới {later(before, 2)}")
    kept(page, "lich-da-doi-desk")
    block = page.locator(f"#{name}")
    box = block.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 8 * 42, steps=6)  # 15:20, where another sounds
    page.mouse.up()
    expect(page.locator("#khong-duoc")).to_be_visible()
    kept(page, "lich-bi-tu-choi-desk")
    expect(page.locator(f"#{name} .t")).to_have_text(later(before, 2))


def test_the_second_tab_sees_the_change_and_an_old_one_is_refused(busy_day, cast, hung, open_page):
    first, second = open_page(), open_page(expected=("422",))
    for page in (first, second):
        sign_in(page, at="")
        afternoon(page)
    clock_stopped(second)  # it would look by itself before long
    block = movable(first)
    name, before = block.get_attribute("id"), clock_of(block)
    block.focus()
    first.keyboard.press("ArrowDown")
    expect(first.locator("#vua-lam")).to_contain_text(f"tới {later(before, 1)}")
    other = second.locator(f"#{name}")
    other.focus()
    second.keyboard.press("ArrowUp")
    second.clock.run_for(1200)
    expect(second.locator("#khong-duoc")).to_contain_text("đã đổi ở nơi khác")
    expect(second.locator(f"#{name} .t")).to_have_text(later(before, 1))


def test_an_open_page_follows_the_day_by_itself(busy_day, cast, hung, open_page):
    page = open_page()
    sign_in(page, at="")
    afternoon(page)
    slots = cast.station.repos.slots.of_day(busy_day)
    gone = next(one for one in reversed(slots) if one.campaign_id and one.outcome is None)
    cast.station.services.schedule.leave_out(cast.minh, gone.id, "loa cụm này đang sửa")
    expect(page.locator("#danh-sach")).to_contain_text("loa cụm này đang sửa")


def test_the_printed_day_is_its_list_with_its_title_and_no_buttons(busy_day, hung, open_page, tmp_path):
    page = open_page()
    sign_in(page, at="/lich")
    page.emulate_media(media="print")
    kept(page, "lich-in")
    page.pdf(path=tmp_path / "lich-in.pdf", format="A4")
    expect(page.locator("#danh-sach p.print-only")).to_contain_text(f"lịch phát {day_text(busy_day)}")
    page.set_viewport_size({"width": 718, "height": 1000})  # what is left of A4
    expect(page.locator("#danh-sach thead")).to_be_visible()  # a table, not cards
    for gone in ("header.bar", "nav.side", ".head .acts", ".day-nav", "#luoi", "#danh-sach .btn >> nth=0"):
        expect(page.locator(gone)).to_be_hidden()


def test_without_a_script_an_airing_is_moved_left_out_and_brought_back(
    busy_day,
    hung,
    chromium,
    served,
):
    context = context_of(chromium, base_url=served.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, at="/lich?khung=chieu")
    assert not page.locator("#luoi").is_visible()
    page.locator("a[data-lich-link]").first.click()
    page.locator("#vi-sao").fill("mưa to")
    page.get_by_role("button", name="Bỏ lượt này").click()
    expect(page.locator("#vua-lam")).to_contain_text("Đã bỏ lượt")
    page.locator("#hoan-tac").click()
    expect(page.locator("#vua-lam")).to_contain_text("Đã hoàn tác")
    context.close()


@pytest.mark.parametrize("width", [1366, 390])
def test_the_list_behind_the_strip_is_a_table_for_who_hears_it(busy_day, hung, open_page, width):
    """Also where it is drawn as cards: a caption, a header of each column, and each row begins with its time."""
    page = open_page()
    page.set_viewport_size({"width": width, "height": 657})
    sign_in(page, at="/lich")
    heard = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    said = [(one.get("role", {}).get("value"), one.get("name", {}).get("value", "")) for one in heard]
    assert [name.startswith("Các lượt phát") for role, name in said if role == "table"] == [True]
    columns = [name for role, name in said if role == "columnheader"]
    assert columns[:2] == ["Giờ", "Bản tin"]
    assert "Trạng thái" in columns
    times = [name for role, name in said if role == "rowheader"]
    assert len(times) == page.locator("#danh-sach tbody tr").count() > 1
    assert times == sorted(times)
    assert all(re.fullmatch(r"\d\d:\d\d(:\d\d)?", one) for one in times)
