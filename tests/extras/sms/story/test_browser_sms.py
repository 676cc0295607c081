"""Tin nhắn in a real browser: the count that follows the typing, approval, a list, and the sending's progress."""

import pytest

from scheduler.core.model import Role
from scheduler.extras.sms.keys import SmsConfig
from scheduler.extras.sms.work import SmsSender
from tests.extras.sms.work.conftest import NUMBERS, FakeGateway
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import looked_at
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    air,
    chromium,
    clock,
    expect,
    hung,
    open_page,
    served,
    sign_in,
)

pytestmark = desk_story.pytestmark
desk_config = desk_story.config
LAN = ("lan", "mat-khau-cua-lan")
TEXT = "UBND phường mời bà con tiêm “mũi nhắc lại” từ 7h30 ngày 13/3 tại trạm y tế. Chi tiết: https://phường.vn/tiêm"


@pytest.fixture
def config(desk_config):
    return desk_config.having(SmsConfig(url="https://gateway.example/cgi-bin/sendsms", rate_per_second=100))


@pytest.fixture
def people(station, hung, air):  # noqa: F811 - the fixture above
    return station.repos.people.add(LAN[0], "Lan", Role.EDITOR, LAN[1], station.clock.now())


def test_from_typing_to_sending(open_page, people, station):  # noqa: F811 - the fixture above
    page = open_page()
    sign_in(page, LAN, at="/tin-nhan/moi")
    page.fill("#title", "Tiêm nhắc lại")
    page.locator("#text").press_sequentially(TEXT, delay=1)
    expect(page.locator("#dem")).to_contain_text("2 phần")
    expect(page.locator("#dem")).to_contain_text('"mui nhac lai"')
    expect(page.locator("#dem")).to_contain_text("https://phường.vn/tiêm")
    page.fill("#text", TEXT.split(" Chi tiết", maxsplit=1)[0])
    expect(page.locator("#dem")).to_contain_text("bảng chữ không dấu (GSM-7)")
    page.get_by_label("Không dấu", exact=True).first.check()
    page.click("text=Lưu tin nhắn")
    expect(page.locator(".note.ok")).to_contain_text("Đã lưu tin nhắn.")
    page.click("text=Gửi lãnh đạo duyệt")
    expect(page.locator(".note.ok")).to_contain_text("Đã gửi lãnh đạo duyệt.")
    address = page.url.split("?")[0]

    leader = open_page("phone")
    sign_in(leader, at=address)
    looked_at(leader, "tin-nhan-duyet-390")
    leader.click("text=Duyệt đúng lời này")
    expect(leader.locator(".note.ok")).to_contain_text("Đã duyệt đúng lời này.")

    page.goto(address)
    page.fill("#numbers", "\n".join([*NUMBERS, "02373761666"]))
    page.click("text=Đọc danh sách")
    expect(page.locator(".note.ok")).to_contain_text("Đã đọc danh sách")
    looked_at(page, "tin-nhan-danh-sach-1366")
    page.click("text=Gửi cho 5 số")
    expect(page.locator(".note.ok")).to_contain_text("Đã ra lệnh gửi.")
    sender = SmsSender(station.services, FakeGateway())
    for _ in NUMBERS:
        sender.send_one()
    expect(page.locator("#lan-gui")).to_contain_text("Cổng đã nhận: 5")
    sender.send_one()
    expect(page.locator("#lan-gui")).to_contain_text("Đã xong")
    page.goto(address)
    page.click("text=Lập tệp bàn giao")
    with page.expect_download() as download:
        page.click("text=Tải tệp 1")
    assert "mui nhac lai" in download.value.path().read_text(encoding="utf-8-sig")
    looked_at(page, "tin-nhan-xong-1366")


def test_the_other_pages_and_a_narrow_screen(open_page, people):  # noqa: F811 - the fixture above
    page = open_page("narrow")
    sign_in(page, LAN)
    for path, name in (("/tin-nhan", "ds"), ("/tin-nhan/moi", "moi"), ("/tin-nhan/khong-nhan", "khong-nhan")):
        page.goto(path)
        looked_at(page, f"tin-nhan-{name}-320")
