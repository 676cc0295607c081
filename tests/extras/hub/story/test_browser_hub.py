"""Các phường in a real browser: whole at every width, without scripts, and by itself as the wards answer."""

import re

import pytest

from scheduler.core.model import Priority, Role
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.rules.wards import Area, Level
from scheduler.extras.hub.service.wards import NewWard
from tests.conftest import Cast
from tests.extras.hub.pages.test_hub import DISPATCH, Town, issue_order
from tests.extras.hub.work.voice import journal
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import context_of
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    ADMIN,
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
from tests.waiting import until

pytestmark = desk_story.pytestmark
desk_config = desk_story.config
MINH = ("minh", "mat-khau-cua-minh")


@pytest.fixture
def config(desk_config, tmp_path):
    told = HubConfig(
        url="nats://127.0.0.1:1", name="Thị xã Mẫu", page_url="http://hub.example", wards_conf=str(tmp_path / "w.conf")
    )
    return desk_config.having(told)


@pytest.fixture
def town(station):
    return Town(station)


@pytest.fixture
def busy(town, station, hung):  # noqa: F811 - the fixture above
    """Wards in every state, an issue that some took and one refused, an emergency, airtime, areas."""
    people = station.repos.people
    lan = people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", station.clock.now())
    minh = people.add(MINH[0], "Minh", Role.APPROVER, MINH[1], station.clock.now())
    cast = Cast(station, lan, minh)
    for place in range(1, 13):
        where = (10.5 + place * 0.03, 106.5 + place * 37 % 11 / 50)
        name = (
            f"Phường Thử nghiệm số {place}"
            if place % 3
            else f"Phường có tên rất dài để xem trang có bị tràn ngang không {place}"
        )
        town.ward(
            f"{100 + place}", name, *(("ven-song",) if place % 2 else ("mien-nui", "bac")), homes=900, place=where
        )
    town.services.add_ward(town.admin, NewWard("201", "Phường Chưa Ghép"))
    town.services.revoke(town.admin, "112")
    town.beats()
    town.connected(*(f"{100 + place}" for place in range(1, 10)))
    for place in range(1, 8):
        town.says(f"{100 + place}", "health", playing="Tiêm chủng" if place == 1 else "", playout=place != 3)
    town.connected(*(f"{100 + place}" for place in range(1, 8)))
    number = cast.approved(title="Tiêm chủng mở rộng cho trẻ em dưới năm tuổi")
    issue = town.services.issue(town.admin, issue_order(town, number, dispatch_number=DISPATCH))
    for place in range(1, 6):
        town.says(f"{100 + place}", id=issue, state="received")
    town.says("101", id=issue, state="played", played_ms=61_000)
    town.says("102", id=issue, state="refused", reason="envelope_forged")
    for row in journal(3, number=DISPATCH, day=station.clock.now().date().isoformat()):
        town.says("101", "asrun", id=issue, journal=row)
    town.services.put_areas(
        town.admin,
        [
            Area("101", "Phường Thử nghiệm số 1", Level.COMMUNE, "79", ("900",), "2025-07-01"),
            Area("900", "Xã Cũ", Level.COMMUNE, "760", (), None, "2025-06-30"),
            Area("760", "Huyện Cũ", Level.DISTRICT_LEGACY, "79", (), None, "2025-06-30"),
            Area("79", "Thành phố Mẫu", Level.PROVINCE),
        ],
    )
    town.beats()
    town.issue, town.number = issue, number
    return town


def pages_of(town):
    return {
        "ds": "/cac-phuong",
        "phuong": "/cac-phuong/phuong/101",
        "them": "/cac-phuong/them",
        "thu-hoi": "/cac-phuong/phuong/101/thu-hoi",
        "phat-hanh": "/cac-phuong/phat-hanh",
        "moi": f"/cac-phuong/phat-hanh/moi?gi=announcement.{town.number}&dich=group.bac",
        "lan": f"/cac-phuong/lan/{town.issue}",
        "tra-loi": f"/cac-phuong/lan/{town.issue}/phuong/101",
        "dien-tap": "/cac-phuong/dien-tap",
        "thoi-luong": "/cac-phuong/thoi-luong",
        "chung-cu": "/cac-phuong/thoi-luong/phuong/101?cong_van=642/Q%C4%90",
        "bao-cao": "/cac-phuong/bao-cao",
        "don-vi": "/cac-phuong/don-vi",
    }


def test_every_page_is_whole_readable_for_all_and_does_not_move_sideways(busy, open_page):  # noqa: F811
    page, faults = open_page(), {}
    sign_in(page, ADMIN, at="")

    def look(name):
        page.evaluate("() => document.querySelectorAll('main details').forEach(one => { one.open = true })")
        faults[name] = wrong_at_every_size(page, f"hub-{name}", low)

    def low(page):
        return page.evaluate(
            "() => [...document.querySelectorAll('main button, main summary, main .chk, main .ward-link, main .btn')]"
            ".filter(one => one.getBoundingClientRect().height < 43.5 && one.offsetParent).map(one => 'low: ' + one.outerHTML.slice(0, 120))"
        )

    for name, path in pages_of(busy).items():
        page.goto(path)
        look(name)
    page.goto(pages_of(busy)["moi"])
    page.get_by_role("button", name="Đọc lại").click()
    expect(page.locator("h1")).to_have_text("Đọc lại trước khi phát hành")
    look("doc-lai")
    page.goto("/cac-phuong/phuong/201")
    page.get_by_role("button", name="Lấy mã ghép nối mới").click()
    expect(page.locator("#ma-ghep")).to_be_visible()
    look("ma")
    assert {name: found for name, found in faults.items() if found} == {}


def test_without_scripts_one_issues_reads_and_stops(busy, chromium, served):  # noqa: F811 - fixtures
    context = context_of(chromium, base_url=served.url, java_script_enabled=False)
    try:
        page = context.new_page()
        sign_in(page, MINH, at="/cac-phuong")
        expect(page.locator("svg .m").first).to_be_visible()
        page.click("text=Phát hành >> nth=-1")
        page.wait_for_url(re.compile("/cac-phuong/phat-hanh"))
        page.goto("/cac-phuong/phat-hanh/moi")
        page.select_option("#gi", f"announcement.{busy.number}")
        page.get_by_label("ven-song").check()
        page.get_by_role("button", name="Đọc lại").click()
        expect(page.locator("main")).to_contain_text("Gửi tới 6 phường")
        page.get_by_role("button", name="Phát hành", exact=True).click()
        expect(page.locator("main")).to_contain_text("0/6 phường đã nhận")
        page.get_by_role("button", name="Lệnh dừng ở mọi phường").click()
        until(lambda: busy.services.issues()[0].issue.kind == "stop", seconds=desk_story.PATIENCE)
        expect(page.locator("h1")).to_contain_text("Tiêm chủng")
    finally:
        context.close()


def test_acknowledgements_come_by_themselves_and_an_emergency_is_taken_back_from_a_telephone(
    busy,
    station,
    open_page,  # noqa: F811 - fixtures
):
    page = open_page("phone")
    sign_in(page, MINH, at=f"/cac-phuong/lan/{busy.issue}")
    expect(page.locator(".glance")).to_contain_text("4/12 phường đã nhận")
    busy.says("106", id=busy.issue, state="received")
    expect(page.locator(".glance")).to_contain_text("5/12 phường đã nhận")
    people = station.repos.people
    cast = Cast(station, people.by_login("lan"), people.by_login("minh"))
    number = emergency(cast)
    page.goto(f"/cac-phuong/phat-hanh/moi?gi=announcement.{number}")
    page.get_by_label("Tất cả các phường").check()
    page.get_by_role("button", name="Đọc lại").click()
    page.get_by_label("Mật khẩu của bạn").fill(MINH[1])
    kept(page, "hub-doc-lai-khan-phone")
    page.get_by_role("button", name="PHÁT HÀNH KHẨN NGAY").click()
    page.get_by_role("button", name="HỦY, KHÔNG PHÁT HÀNH").click()
    expect(page.locator("main")).to_contain_text("Đã hủy trước khi gửi.")
    assert busy.services.issues()[0].issue.taken_back_at is not None


def emergency(cast):
    services, clip = cast.station.services.announcements, cast.clip(2.0, "Xả lũ", 660.0)
    number = services.write(cast.lan, "Xả lũ", "Khẩn cấp. Bà con rời bờ sông ngay.", Priority.EMERGENCY)
    services.use_recording(cast.lan, number, clip.sha256)
    services.heard(cast.lan, number, clip.sha256)
    services.submit(cast.lan, number)
    services.approve(cast.minh, number, clip.sha256, heard=True)
    return number


def test_a_list_of_wards_is_narrowed_by_typing_and_keeps_what_is_chosen(busy, open_page):  # noqa: F811
    page = open_page()
    sign_in(page, ADMIN, at="/cac-phuong/phat-hanh/moi")
    page.get_by_label("Phường Thử nghiệm số 2").check()
    page.get_by_label("Lọc tên phường").fill("thu nghiem so 11")
    expect(page.locator("#picks .chk:visible")).to_have_count(2)
    assert busy.services.issues()[0].issue.id == busy.issue
