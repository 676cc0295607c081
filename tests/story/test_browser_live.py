"""Hôm nay in a real browser: the outline that moves, a clock that is wrong, tasks mended by one press.

The same station, server, playout and browser as in the story of the desk; pictures are kept under tests/output.
"""

import re
from datetime import timedelta

import pytest

from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, Priority, Role, Slot, Trigger
from scheduler.core.planning.rules import local_day
from scheduler.store import Ending
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import NEEDS_BROWSER, WAIT, comes_true, context_of, wrong_at_every_size
from tests.story.test_browser_desk import PATIENCE, SIZES, axe_faults, expect, kept, sign_in, told
from tests.waiting import until

pytestmark = NEEDS_BROWSER

clock, config, hung, served, air = (
    desk_story.clock, desk_story.config, desk_story.hung, desk_story.served, desk_story.air,
)  # fmt: skip
chromium, open_page = desk_story.chromium, desk_story.open_page
LETTER = (
    "ỦY BAN NHÂN DÂN PHƯỜNG\nSố: 642/UBND-VHTT\nBắc Sơn, ngày {day}\nV/v tuyên truyền\n\n"
    "Tăng cường thời lượng phát thanh trên hệ thống loa truyền thanh từ ngày {short} đến ngày {short}."
)


@pytest.fixture
def missed(cast, hung, air):
    """An airing of today that was missed ten minutes ago: what the button is to mend."""
    station = cast.station
    announcement_id = cast.approved(40.0, "Thu gom rác thải theo khu phố")
    now = station.clock.now()
    slot = Slot(
        id="lo", day=local_day(now, station.config.station.time_zone), zone=DEFAULT_ZONE,
        start=now - timedelta(minutes=10), length=timedelta(seconds=40), campaign_id=None,
        announcement_id=announcement_id, audio_sha256=station.repos.programme.announcement(announcement_id).audio_sha256,
        priority=Priority.NORMAL, trigger=Trigger.SCHEDULE,
    )  # fmt: skip
    with station.repos.store.write():  # at once: playout is running and would see to it in its own way
        station.repos.slots.add(slot, cast.minh.id, now)
        station.repos.slots.claim(slot, slot.start)
        station.repos.slots.close(slot.id, Ending(AiringOutcome.MISSED, "station_off"), now)
    return slot.id


@pytest.fixture
def busy(cast, missed):
    """A day with something of everything to do."""
    station = cast.station
    cast.submitted(5.0, "Lịch tiêm chủng tháng 12", 500.0)
    day = station.clock.now()
    text = LETTER.format(day=f"{day.day} tháng {day.month} năm {day.year}", short=f"{day:%d/%m/%Y}")
    dispatch_id, _ = station.services.dispatches.import_dispatch(cast.lan, text.encode(), "cv.txt")
    with station.repos.store.write() as db:
        db.conn.execute("DELETE FROM duty")
        db.conn.execute(
            "INSERT INTO duty (dispatch_id, ordinal, channel, text, addressed, deadline, start, end)"
            " VALUES (?, 1, 'report', 'Báo cáo', '', ?, 0, 4)",
            (dispatch_id, (day + timedelta(days=1)).date().isoformat()),
        )
    return dispatch_id


def seconds_left(page):
    minutes, seconds = map(int, page.locator("#thanh [data-left]").inner_text().split(":"))
    return 60 * minutes + seconds


def played_of(station):
    (airing,) = station.services.air.on_air().airings
    return airing


def shows_what_is_left(page, station):
    """Between the two looks the machine may stand still: then they are asked for again, as long as it sounds."""
    airing = played_of(station)
    left = (airing["total_ms"] - airing["played_ms"]) / 1000
    assert left > 5
    return abs(seconds_left(page) - left) < 3


def test_what_sounds_is_drawn_with_its_outline_which_fills_as_it_is_heard(cast, hung, air, open_page):
    cast.station.services.air.play_now(cast.minh, cast.approved(60.0, "Phòng chống dịch"), chime=True, repeat=3)
    page = open_page()
    sign_in(page)
    told(page, "Phòng chống dịch")
    wider = "than => Number(document.querySelector('#dang-phat rect[data-song]')?.getAttribute('width')) > than"
    comes_true(page, wider, 0)
    before = float(page.locator("#dang-phat rect[data-song]").get_attribute("width"))
    comes_true(page, wider, before + 5)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        kept(page, f"live-dang-phat-{size}")
        assert axe_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_the_bar_is_right_though_this_machines_clock_is_years_off_and_is_set_meanwhile(cast, hung, air, open_page):
    cast.station.services.air.play_now(cast.minh, cast.approved(60.0, "Phòng chống dịch"), chime=False, repeat=3)
    page = open_page()
    page.clock.install(time="2019-03-03T03:00:00Z")
    sign_in(page)
    told(page, "Phòng chống dịch")
    for step in (None, "2019-03-03T09:00:00Z", "2018-01-01T00:00:00Z"):
        if step:
            page.clock.set_system_time(step)
        page.wait_for_timeout(2500)
        until(lambda: shows_what_is_left(page, cast.station), seconds=PATIENCE)
        until(lambda: int(page.locator("[data-clock]").inner_text()[:2]) in {12, 13}, seconds=PATIENCE)


def test_a_page_that_was_hidden_asks_at_once_when_it_is_looked_at_again(hung, air, open_page):
    page, asked = open_page(), []
    sign_in(page)
    told(page, "Đang im lặng")
    page.on("request", lambda request: asked.append(request.url) if "/thanh" in request.url else None)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    for _ in range(WAIT // 100):
        if asked:
            break
        page.wait_for_timeout(100)
    assert asked


def test_when_the_station_itself_is_gone_the_bar_shows_no_countdown_that_nobody_tells(
    cast, hung, air, open_page, served
):
    cast.station.services.air.play_now(cast.minh, cast.approved(60.0, "Phòng chống dịch"), chime=False, repeat=3)
    page = open_page(expected=("ERR_", "htmx:error", "sse:error", "Failed to fetch"))
    page.clock.install()
    sign_in(page)
    told(page, "Phòng chống dịch")
    assert served.end()
    page.clock.fast_forward(13_000)
    expect(page.locator("header")).to_contain_text("MẤT LIÊN LẠC MÁY TRẠM")
    expect(page.locator("#thanh > .now")).to_be_hidden()
    expect(page.locator("#mat-mang")).to_be_visible()
    expect(page.locator("#dung button")).to_be_visible()
    kept(page, "live-mat-tram-desk")


def test_a_missed_airing_is_on_the_air_again_after_one_press_and_gone_from_the_list(cast, missed, open_page):
    page = open_page()
    sign_in(page)
    task = page.locator("#viec-can-lam .task").filter(has_text="không phát được")
    expect(task).to_contain_text("Thu gom rác thải theo khu phố")
    task.get_by_role("button", name="Phát lại").click()
    expect(page.locator("main")).to_contain_text("Đã ra lệnh phát lại")
    told(page, "Thu gom rác thải theo khu phố")
    expect(page.locator("#viec-can-lam")).not_to_contain_text("không phát được")


def test_without_scripts_the_list_mends_and_puts_off_and_stop_is_pressed_twice(cast, busy, chromium, served):
    context = context_of(chromium, java_script_enabled=False, base_url=served.url)
    page = context.new_page()
    sign_in(page)
    page.locator(".later summary").click()
    page.select_option("#viec-de-sau", label="Lịch tiêm chủng tháng 12")
    page.get_by_role("button", name="Sáng mai lúc 7 giờ").click()
    expect(page.locator("main")).to_contain_text("Đã để sau tới 07:00")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator("#viec-can-lam")).to_contain_text("Lịch tiêm chủng")
    page.get_by_role("button", name="Phát lại").click()
    expect(page.locator("main")).to_contain_text("Đã ra lệnh phát lại")
    for _ in range(2):
        page.click("#dung button")
        expect(page.locator("main")).to_contain_text(re.compile("Đã ra lệnh dừng|không có gì đang phát"))
    context.close()


def test_the_list_is_readable_for_all_and_calm_in_every_state(cast, hung, busy, open_page):
    page = open_page()
    sign_in(page)
    faults = {}

    def look(name):
        faults[name] = wrong_at_every_size(page, f"live-{name}")

    look("day-du")
    page.locator(".later summary").click()
    look("viec-de-sau-mo")
    page.select_option("#viec-de-sau", label="Lịch tiêm chủng tháng 12")
    page.get_by_role("button", name="Ba ngày nữa").click()
    expect(page.locator("main")).to_contain_text("Đã để sau tới")
    look("viec-vua-de-sau")
    page.locator(".later summary").click()
    look("viec-da-de-sau")
    page.goto("/phat-ngay")
    look("phat-ngay")
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_guest_reads_the_live_page_and_has_nothing_to_press(cast, hung, air, open_page):
    cast.station.repos.people.add("khach", "Khách", Role.GUEST, "mat-khau-cua-khach", cast.station.clock.now())
    page = open_page()
    sign_in(page, ("khach", "mat-khau-cua-khach"))
    expect(page.locator("#dung")).to_have_count(0)
    expect(page.get_by_role("button", name="Phát lại")).to_have_count(0)
    kept(page, "live-khach-desk")
    assert axe_faults(page) == []
