"""The desk in a real browser: the bar that moves by itself, DỪNG, the stream's limits, and how the screens look.

A real station, web server, playout and Debian's chromium. Every page is watched: a console error, a script error or a
request that leaves this host fails the test. Pictures are kept under tests/output.
"""

import socket
import threading
from dataclasses import replace
from datetime import timedelta

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
from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, Priority, Role, Slot, Trigger
from scheduler.core.planning.rules import local_day
from scheduler.kernel.clock import SystemClock
from scheduler.store import Ending
from tests.conftest import noon_zone
from tests.ports import free_port
from tests.story.chromium import (  # noqa: F401 - some for the other stories
    NEEDS_BROWSER,
    SIZES,
    WAIT,
    axe_faults,
    chromium_begun,
    context_of,
    expect,
    let_in,
    picture,
    sideways,
    types_in,
    wrong_at_every_size,
)
from tests.waiting import until
from web.server import serve

PATIENCE = WAIT / 1000
"""Seconds for what no page tells."""
ADMIN = ("hung", "mat-khau-cua-hung")

pytestmark = NEEDS_BROWSER


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def config(tmp_path):
    """About noon at the station, whenever the test runs: today's list must not end at midnight."""
    return Config(
        folder=tmp_path,
        station=StationConfig(name="Đài truyền thanh phường Bắc Sơn", data="data", time_zone=noon_zone()),
        web=WebConfig(port=free_port()),
        quiet_hours=QuietHoursConfig(windows=("21:00-05:00",), legal_basis="Quyết định 12/QĐ-UBND"),
        planning=PlanningConfig(days_ahead=1),
        speech=SpeechConfig(engines=("espeak",)),
        outputs=(OutputConfig(name="Loa phường", kind="wavfile", counts=True),),
    )


@pytest.fixture
def hung(station):
    return station.repos.people.add(*ADMIN[:1], "Hùng", Role.ADMIN, ADMIN[1], station.clock.now())


class Served:
    """The page of a station, served as `loa run` serves it, in a thread that can be told to stop."""

    def __init__(self, station):
        self.station, self.stop = station, threading.Event()
        self.url = f"http://127.0.0.1:{station.config.web.port}"
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        until(self._listens, seconds=PATIENCE)

    def _listens(self):
        with socket.socket() as door:
            return door.connect_ex(("127.0.0.1", self.station.config.web.port)) == 0

    def _run(self):
        serve(self.station, self.stop)
        self.station.repos.store.close()

    def end(self):
        self.stop.set()
        self.thread.join(timeout=PATIENCE)
        return not self.thread.is_alive()


@pytest.fixture
def served(station):
    running = Served(station)
    yield running
    assert running.end()


class Air:
    """Playout in a thread of this process, which can be ended as a crash would."""

    def __init__(self, station):
        self.stop, self.station = threading.Event(), station
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        service = self.station.playout()
        service.engine.start()
        service.start()
        service.alarms.start()
        while not self.stop.wait(0.05):
            service.step()
        service.alarms.stop()
        service.engine.stop()
        self.station.repos.store.close()

    def end(self):
        self.stop.set()
        self.thread.join(timeout=PATIENCE)
        assert not self.thread.is_alive()


@pytest.fixture
def air(station):
    running = Air(station)
    yield running
    running.end()


@pytest.fixture(scope="module")
def chromium():
    with chromium_begun() as browser:
        yield browser


@pytest.fixture
def open_page(chromium, served):
    """A page of a browser of its own; what goes wrong in it is collected and fails the test at its end."""
    address, problems, contexts = served.url, [], []

    def opened(size="desk", expected=()):
        width, height = SIZES[size]
        context = context_of(
            chromium,
            viewport={"width": width, "height": height},
            timezone_id="America/New_York",  # the officer's PC may be set wrong; the station's clock counts
            reduced_motion="reduce",
            base_url=address,
        )
        contexts.append(context)
        page = context.new_page()

        def told(text):
            if not any(part in text for part in expected):
                problems.append(text)

        page.on("console", lambda message: told(f"console: {message.text}") if message.type == "error" else None)
        page.on("pageerror", lambda error: told(f"script: {error}"))
        page.on("request", lambda r: None if r.url.startswith((address, "blob:", "data:")) else told(f"left: {r.url}"))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def sign_in(page, who=ADMIN, at="/truc-tiep"):
    let_in(page, *who, at)


def kept(page, name):
    """A page that has come whole, and its picture where pictures are asked for."""
    page.wait_for_load_state()
    picture(page, name)


def told(page, text):
    """The bar comes to say this, by itself."""
    expect(page.locator("#thanh")).to_contain_text(text)


ENDINGS = (
    (AiringOutcome.PLAYED, ""),
    (AiringOutcome.PARTIAL, "power_cut"),
    (AiringOutcome.PRE_EMPTED, "pre_empted"),
    (AiringOutcome.MISSED, "station_off"),
    (AiringOutcome.REFUSED, "clock_untrusted"),
    (AiringOutcome.FAILED, "output_failed"),
    (AiringOutcome.CANCELLED, "stopped_by"),
)


@pytest.fixture
def full_day(cast, clock):
    """A day with every outcome, a coming airing, a refusal and something that waits for a leader."""
    station, now = cast.station, clock.now()
    announcement_id = cast.approved(60.0, "Phòng chống dịch bệnh: khai báo y tế toàn dân trên địa bàn phường")
    coming_id = cast.approved(20.0, "Thu gom rác thải theo khu phố", 350.0)
    cast.submitted(5.0, "Lịch tiêm chủng tháng 12", 500.0)
    day = local_day(now, station.config.station.time_zone)
    cast.running(announcement_id, start=day, end=day, base=3)  # its window has gone by: refused, each with a reason
    at = [now - timedelta(minutes=5 * back) for back in range(len(ENDINGS), 0, -1)]
    for number, start in enumerate([*at, now + timedelta(minutes=25)]):
        said = announcement_id if number < len(ENDINGS) else coming_id
        sha256 = station.repos.programme.announcement(said).audio_sha256
        slot = Slot(
            id=f"s{number}", day=day, zone=DEFAULT_ZONE, start=start, length=timedelta(seconds=62), campaign_id=None,
            announcement_id=said, audio_sha256=sha256, priority=Priority.NORMAL, trigger=Trigger.MANUAL,
        )  # fmt: skip
        station.repos.slots.add(slot, cast.minh.id, now)
        if number < len(ENDINGS):
            outcome, reason = ENDINGS[number]
            sounded = outcome in {AiringOutcome.PLAYED, AiringOutcome.PARTIAL, AiringOutcome.PRE_EMPTED}
            station.repos.slots.claim(slot, start)
            ending = Ending(
                outcome, reason,
                started_at=start if sounded else None,
                ended_at=start + timedelta(seconds=62) if sounded else None,
                played_ms=62_000 if outcome is AiringOutcome.PLAYED else 31_000 if sounded else 0,
                outputs={"Loa phường": "ok" if sounded else "mất thiết bị"},
            )  # fmt: skip
            station.repos.slots.close(slot.id, ending, now)
    return announcement_id


SCREENS = {
    "truc-tiep": "/truc-tiep",
    "tu-dien-viet": "/tu-dien?viet=UBMTTQ",
    "phat-ngay": "/phat-ngay/1",
    "khong-thay": "/khong-co-trang-nay",
}
"""With the bar of a sound on the air; the other pages are looked at in `test_browser_every_page.py`."""


def test_every_screen_is_drawn_whole_readable_for_all_and_does_not_move_sideways(full_day, hung, air, open_page):
    page = open_page(expected=("404",))
    faults = {}

    def looked_at(name):
        faults[name] = wrong_at_every_size(page, f"desk-{name}")

    page.goto("/dang-nhap")
    looked_at("dang-nhap")
    types_in(page, *ADMIN)
    told(page, "Đang im lặng")
    page.goto(f"/phat-ngay/{full_day}")
    page.click("text=Phát ra loa ngay")
    told(page, "ĐANG PHÁT")
    for name, path in SCREENS.items():
        page.goto(path)
        told(page, "ĐANG PHÁT")
        looked_at(name)
    assert {name: found for name, found in faults.items() if found} == {}


def test_axe_sees_the_faults_of_a_bad_page(hung, open_page):
    page = open_page(expected=("x.png", "404", "inline style"))
    page.goto("/dang-nhap")
    page.set_content(
        '<html><body><img src="/x.png"><input><p style="color:#ccc;background:#fff">nhạt</p></body></html>'
    )
    found = " ".join(axe_faults(page))
    assert all(rule in found for rule in ("image-alt", "label", "html-has-lang"))


def test_the_set_up_link_makes_the_first_person_in_the_browser(station, clock, open_page):
    page = open_page("phone", expected=("403",))
    page.goto("/")
    expect(page.locator("main")).to_contain_text("Trạm chưa có người dùng nào")
    token = station.repos.people.new_setup_token(clock.now())
    page.goto(f"/cai-dat-lan-dau?ma={token}")
    kept(page, "desk-cai-dat-lan-dau-phone")
    assert axe_faults(page) == []
    page.fill("#name", "Hùng")
    page.fill("#login", ADMIN[0])
    page.fill("#password", ADMIN[1])
    page.fill("#again", ADMIN[1])
    page.click("main button[type=submit]")
    page.wait_for_url("**/bat-dau/*")
    page.goto(f"/cai-dat-lan-dau?ma={token}")
    expect(page.locator("main")).to_contain_text("không còn dùng được")


def test_the_bar_and_the_lists_follow_the_air_by_themselves(cast, hung, air, open_page):
    page, other = open_page(), open_page()
    sign_in(page)
    sign_in(other, at="/nhat-ky")
    for one in (page, other):
        told(one, "Đang im lặng")
    announcement_id = cast.approved(60.0, "Thu gom rác thải")
    cast.station.services.air.play_now(cast.minh, announcement_id, chime=False, repeat=3)
    for one in (page, other):
        told(one, "Thu gom rác thải")
    expect(page.locator("#dang-phat")).to_contain_text("Thu gom rác thải")
    expect(page.locator("#hom-nay li.is-air")).to_contain_text("Đang phát")
    left = other.locator("#thanh [data-left]")
    before = left.inner_text()
    expect(left).not_to_have_text(before)  # it counts by itself
    cast.submitted(5.0, "Lịch tiêm chủng", 500.0)
    expect(page.locator("#viec-can-lam")).to_contain_text("Chờ duyệt: 1 bản tin")


def test_the_clock_is_the_stations_and_runs(hung, air, open_page):
    page = open_page()
    sign_in(page)
    shown = page.locator("[data-clock]")
    first = shown.inner_text()
    expect(shown).not_to_have_text(first)  # it runs
    hour, minute, second = map(int, shown.inner_text().split(":"))
    assert hour in {12, 13}
    assert (minute, second) <= (59, 59)


def test_stop_is_pressed_without_leaving_the_page_and_as_often_as_wanted(cast, hung, air, open_page):
    page = open_page()
    sign_in(page)
    announcement_id = cast.approved(60.0, "Thu gom rác thải")
    page.goto("/nhat-ky")
    page.fill("#ngay", "01/02/2026")
    for _ in range(2):
        slot_id = cast.station.services.air.play_now(cast.minh, announcement_id, chime=False, repeat=3)
        told(page, "ĐANG PHÁT")
        page.click("#dung button:enabled")
        told(page, "Đang im lặng")
        outcome = until(lambda slot_id=slot_id: cast.station.repos.slots.slot(slot_id).outcome, seconds=PATIENCE)
        assert outcome in {AiringOutcome.CANCELLED, AiringOutcome.PARTIAL}
        expect(page.locator("#dung button")).to_be_enabled()
    assert page.input_value("#ngay") == "01/02/2026"
    assert page.url.endswith("/nhat-ky")


def test_stop_of_one_item_on_the_live_page_stops_it(cast, hung, air, open_page):
    page = open_page()
    sign_in(page)
    announcement_id = cast.approved(60.0, "Thu gom rác thải")
    cast.station.services.air.play_now(cast.minh, announcement_id, chime=False, repeat=3)
    page.click("text=Dừng bản tin này")
    told(page, "Đang im lặng")
    expect(page.locator("#hom-nay")).to_contain_text("Cán bộ đã bấm dừng")


def test_without_scripts_the_page_reads_and_stops_all_the_same(cast, hung, air, chromium, served):
    context = context_of(chromium, java_script_enabled=False, base_url=served.url)
    page = context.new_page()
    types_in(page, *ADMIN)
    page.goto("/nhat-ky?ngay=01/02/2026")
    page.click("#dung button")
    expect(page.locator("main")).to_contain_text("không có gì đang phát")
    assert page.url.endswith("/nhat-ky?ngay=01/02/2026")
    context.close()


def test_a_playout_that_falls_silent_is_told_within_seconds(hung, air, open_page):
    page = open_page()
    sign_in(page)
    told(page, "Đang im lặng")
    air.end()
    told(page, "MẤT LIÊN LẠC BỘ PHÁT")
    expect(page.locator("#viec-can-lam")).to_contain_text("Mất liên lạc với bộ phát")
    kept(page, "desk-mat-lien-lac-desk")
    assert axe_faults(page) == []


@pytest.fixture
def ahead(station, clock):
    """A row of a clock that ran three years ahead."""
    late = clock.now() + timedelta(days=1096)
    station.repos.journal.note("clock", f"{late:%Y-%m-%d}", "clock_step", "", late)


def test_a_clock_that_ran_ahead_is_a_link_on_the_bar_that_is_read_and_leads_to_where_it_is_put_right(
    ahead, hung, air, open_page
):
    page = open_page()
    sign_in(page)
    link = page.locator("#thanh").get_by_role("link", name="xác nhận giờ")
    expect(link).to_be_visible()
    expect(page.locator("#thanh")).to_contain_text("Đồng hồ máy từng chạy trước, chưa phát")
    assert wrong_at_every_size(page, "dong-ho-chay-truoc") == []
    link.click()
    page.wait_for_url("**/cai-dat/dong-ho")
    expect(page.get_by_role("button", name="Giờ bây giờ đúng")).to_be_visible()


class TestFewStreams:
    """A station that allows three."""

    @pytest.fixture
    def config(self, config):
        return replace(config, web=replace(config.web, max_streams=3))

    def test_a_page_that_gets_no_stream_asks_by_itself(self, cast, hung, air, open_page):
        streaming = [open_page(expected=("503",)) for _ in range(3)]
        for page in streaming:
            sign_in(page)
            told(page, "Đang im lặng")
        polling = open_page(expected=("503",))
        polling.clock.install()
        sign_in(polling)
        announcement_id = cast.approved(60.0, "Thu gom rác thải")
        cast.station.services.air.play_now(cast.minh, announcement_id, chime=False, repeat=3)
        polling.clock.fast_forward(8_000)  # as long as a page bears to hear nothing
        told(polling, "Thu gom rác thải")
        expect(polling.locator("#dang-phat")).to_contain_text("Thu gom rác thải")

    def test_pages_that_are_closed_give_their_streams_back(self, hung, air, open_page):
        for _ in range(3):
            page = open_page(expected=("503",))
            sign_in(page)
            told(page, "Đang im lặng")
            page.context.close()
        page = open_page(expected=("503",))
        sign_in(page)
        asked = (
            "async () => { const stop = new AbortController(); const answer = await fetch('/su-kien', {signal: stop.signal});"
            " stop.abort(); return answer.status }"
        )
        until(lambda: page.evaluate(asked) == 200, seconds=PATIENCE)


def test_the_server_stops_though_pages_hold_streams_and_the_page_says_so(hung, air, open_page, served):
    page = open_page(expected=("ERR_", "htmx:error", "sse:error", "Failed to fetch"))
    page.clock.install()
    sign_in(page)
    told(page, "Đang im lặng")
    assert served.end()
    page.clock.fast_forward(30_000)
    expect(page.locator("#mat-mang")).to_be_visible()
    kept(page, "desk-mat-mang-desk")


def test_the_printed_journal_has_its_table_and_places_to_sign_and_no_buttons(full_day, hung, air, open_page):
    page = open_page()
    sign_in(page, at="/nhat-ky")
    page.emulate_media(media="print")
    kept(page, "desk-nhat-ky-in")
    expect(page.locator(".sign")).to_be_visible()
    expect(page.locator("table.journal")).to_be_visible()
    expect(page.locator("main p.print-only")).to_have_text("Đài truyền thanh phường Bắc Sơn")
    for gone in ("header.bar", "nav.side", ".head .acts"):
        expect(page.locator(gone)).to_be_hidden()


def test_the_first_load_is_small_enough_for_an_old_line(full_day, hung, air, open_page):
    page, sizes = open_page(), {}
    page.on("response", lambda answer: sizes.setdefault(answer.url, int(answer.headers.get("content-length", 0))))
    sign_in(page)
    told(page, "Đang im lặng")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    assert any(url.split("?")[0].endswith(".woff2") for url in sizes)
    assert 100_000 < sum(sizes.values()) < 160_000, sizes
