"""The town's day with a real hub and a real ward: `loa run` of both on a real broker, and a browser at each.

The ward comes in by the code that the page shows, an approved announcement is issued from the page, the ward airs it,
and the airtime on the town's page is what the ward's own journal says.
"""

import re
from contextlib import contextmanager

from scheduler.config import loading as configuration
from scheduler.core.model import Role
from scheduler.extras.hub.service.town import HubService
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests.conftest import Cast
from tests.extras.hub.pages.test_hub import DISPATCH
from tests.extras.hub.story.test_browser_hub import MINH, emergency
from tests.extras.town.broker.servers import NatsServer
from tests.ports import free_port
from tests.station.conftest import CONFIG, Running
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import context_of
from tests.story.test_browser_desk import ADMIN, chromium, expect, kept, sign_in  # noqa: F401 - a fixture
from tests.waiting import until
from web.formats import milliseconds

pytestmark = desk_story.pytestmark

HUB = """
[hub]
url = "{url}"
name = "Thị xã Mẫu"
page_url = "http://127.0.0.1:{port}"
wards_conf = "{wards}"
[emergency]
repeat = 1
"""
WARD = """
[town]
emergency = "air"
health_seconds = 5.0
clip_spread_minutes = 0.0
[emergency]
repeat = 1
"""


@contextmanager
def one_station(folder, more, **filled):
    """A station of `loa run` in a folder of its own, with an administrator; gives its desk as well."""
    folder.mkdir()
    path, port = folder / "config.toml", free_port()
    path.write_text(CONFIG.format(port=port, kind="wavfile") + more.format(port=port, **filled), encoding="utf-8")
    station = Station.open(configuration.load(path), SystemClock())
    station.prepare()
    station.repos.people.add(ADMIN[0], "Hùng", Role.ADMIN, ADMIN[1], station.clock.now())
    try:
        yield station, path
    finally:
        station.close()


def opened(browser, station):
    """A browser of its own, signed in as that station's administrator."""
    context = context_of(browser, base_url=f"http://127.0.0.1:{station.config.web.port}")
    page = context.new_page()
    sign_in(page, ADMIN)
    return page


def test_a_ward_comes_in_is_issued_to_airs_and_its_airtime_is_its_own_journal(tmp_path, chromium):  # noqa: F811
    server = NatsServer(tmp_path, wards={}, more="system_account: SYS")
    with (
        one_station(tmp_path / "hub", HUB, url=server.url, wards=server.wards_conf) as (hub, hub_path),
        one_station(tmp_path / "ward", WARD) as (ward, ward_path),
    ):
        hub.services.get(HubService).conf.write()
        people, now = hub.repos.people, hub.clock.now()
        lan = people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
        minh = people.add(MINH[0], "Minh", Role.APPROVER, MINH[1], now)
        number = emergency(Cast(hub, lan, minh))
        with server:
            running = [Running(hub_path), Running(ward_path)]
            try:
                running[0].up(hub)
                running[1].up(ward)
                _the_towns_day(chromium, hub, ward, number)
            finally:
                for one in running:
                    one.end()


def _the_towns_day(browser, hub, ward, number):
    town, below = opened(browser, hub), opened(browser, ward)
    _pair(town, below, hub)
    town.goto(f"/cac-phuong/phat-hanh/moi?gi=announcement.{number}")
    town.get_by_label("Tất cả các phường").check()
    town.click("text=Thêm: giờ bắt đầu")
    town.fill("#cong_van", DISPATCH)
    town.get_by_role("button", name="Đọc lại").click()
    town.get_by_label("Mật khẩu của bạn").fill(ADMIN[1])
    town.get_by_role("button", name="PHÁT HÀNH KHẨN NGAY").click()
    expect(town.locator("main")).to_contain_text(re.compile("giây để hủy|phường đã nhận"))
    until(lambda: hub.services.get(HubService).issues()[0].states.get("played"), "the ward to have aired it")
    expect(town.locator(".glance")).to_contain_text("1/1 phường đã nhận, 1 đã phát")
    kept(town, "hub-that-lan")
    rows = "SELECT hash, played_ms FROM journal WHERE kind = 'airing' AND dispatch_number = ?"
    aired = until(lambda: ward.repos.store.rows(rows, (DISPATCH,)), "the ward's own journal")
    until(
        lambda: hub.services.get(HubService).airtime(_machine(hub), DISPATCH).totals.airings == len(aired),
        "the ward's journal",
    )
    measured = sum(row["played_ms"] for row in aired)
    assert measured > 1500
    town.goto("/cac-phuong/thoi-luong")
    expect(town.locator("#tong-thoi-luong")).to_have_text(milliseconds(measured))
    assert hub.services.get(HubService).airtime(_machine(hub), DISPATCH).totals.played_ms == measured
    town.click("main .ward-link")
    for row in aired:
        expect(town.locator("main")).to_contain_text(row["hash"])
    expect(town.locator("main")).not_to_contain_text("Không khớp")
    kept(town, "hub-that-chung-cu")


def _pair(town, below, hub):
    """The ward comes in: the code goes one way, the fingerprint the other, as two people on the telephone would say them."""
    until(lambda: hub.services.get(HubService).state().connected, "the broker")
    town.goto("/cac-phuong/them")
    town.get_by_label("Mã đơn vị hành chính", exact=True).fill("26734")
    town.get_by_label("Tên phường").fill("Phường Thật")
    town.get_by_label("Số hộ").fill("900")
    town.get_by_role("button", name="Lưu và lấy mã ghép nối").click()
    code = town.locator("#ma-ghep").inner_text()
    below.goto("/cai-dat/phan-mo-rong")
    below.get_by_role("button", name="Bật Cấp trên").click()
    below.get_by_role("link", name="Mở trang Cấp trên").click()
    below.fill("#hub", f"http://127.0.0.1:{hub.config.web.port}")
    below.fill("#code_cap", code)
    below.get_by_role("button", name="Hỏi thị xã").click()
    expect(below.locator("#ma-khop")).to_be_visible()
    town.goto("/cac-phuong/phuong/26734")
    below.fill("#compared", town.locator("#ma-khop").inner_text())
    below.get_by_label("Tin khẩn của thị xã phát ngay, không cần hỏi").check()
    below.get_by_label("Mật khẩu của bạn").fill(ADMIN[1])
    below.get_by_role("button", name="Hai mã giống nhau, ghép").click()
    expect(below.locator(".note.ok")).to_contain_text("Đã ghép")
    until(lambda: hub.services.get(HubService).ward("26734").state.value in {"quiet", "on_air"}, "the ward's link")
    town.goto("/cac-phuong")
    expect(town.locator("#cac-phuong")).to_contain_text("Đang yên")


def _machine(station):
    return station.repos.people.machine(station.clock.now())
