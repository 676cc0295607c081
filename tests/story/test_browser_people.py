"""People, one's own account and the log of acts in a real browser, wide and narrow; a stolen session gets nowhere."""

import re
from dataclasses import replace

import pyotp
import pytest

from scheduler.config.loading import OutputConfig
from scheduler.core.model import Role
from tests.story import test_browser_desk as desk_story
from tests.story.chromium import context_of, wrong_at_every_size
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures
    air,
    chromium,
    clock,
    expect,
    hung,
    kept,
    open_page,
    served,
    sign_in,
)

pytestmark = desk_story.pytestmark
desk_config = desk_story.config
MINH = ("minh", "mat-khau-cua-minh")
ZONES = ("all", "khu-pho-1", "khu-pho-2", "khu-pho-3", "xóm Chùa")


@pytest.fixture
def config(desk_config):
    outputs = (OutputConfig(name="wav", kind="wavfile", counts=True, zones=ZONES),)
    return replace(desk_config, outputs=outputs, web=replace(desk_config.web, idle_minutes=10_080))


@pytest.fixture
def people(station, hung, air):  # noqa: F811 - the fixture above
    add, now = station.repos.people.add, station.clock.now()
    add("lan", "Nguyễn Thị Lan", Role.EDITOR, "mat-khau-cua-lan", now)
    add("tu", "Bác Tư khu phố 3", Role.CONTRIBUTOR, "mat-khau-cua-tu", now, ("khu-pho-3", "xóm Chùa"))
    add("ky", "Kỷ", Role.TECHNICIAN, "mat-khau-cua-ky", now)
    old = add("nghi", "Ông Năm (đã nghỉ)", Role.GUEST, "mat-khau-cua-nghi", now)
    station.repos.people.change(old.id, {"active": 0})
    return add(MINH[0], "Trần Văn Minh", Role.APPROVER, MINH[1], now)


def looked_at(page, name):
    assert wrong_at_every_size(page, name) == []


def test_an_administrator_looks_after_people(open_page, people, station):  # noqa: F811 - the fixture above
    page = open_page(expected=("422",))
    sign_in(page, at="/nguoi-dung")
    looked_at(page, "nguoi-dung")
    page.get_by_role("link", name="Thêm người").click()
    expect(page.locator("h1")).to_contain_text("Thêm người dùng")
    looked_at(page, "nguoi-dung-moi")
    page.fill("#name", "Lê Nga")
    page.fill("#login", "lan")
    page.get_by_label("Cộng tác viên").check()
    page.get_by_role("button", name="Thêm và lấy mật khẩu tạm").click()
    expect(page.get_by_role("alert")).to_contain_text("ít nhất một vùng phát")
    expect(page.locator("#name")).to_have_value("Lê Nga")
    looked_at(page, "nguoi-dung-moi-loi")
    page.get_by_label("khu-pho-2").check()
    page.fill("#login", "nga")
    page.get_by_role("button", name="Thêm và lấy mật khẩu tạm").click()
    expect(page.locator("h1")).to_contain_text("Mật khẩu tạm của Lê Nga")
    looked_at(page, "mat-khau-tam")
    password = page.locator("dd.num").inner_text()
    page.get_by_role("link", name="Đã ghi lại").click()
    page.get_by_role("link", name="Mở Lê Nga").click()
    expect(page.locator("h1")).to_contain_text("Lê Nga")
    looked_at(page, "mot-nguoi")
    other = open_page(expected=("401",))  # switched off in the middle of it
    other.goto("/dang-nhap")
    other.fill("#login", "nga")
    other.fill("#password", password)
    other.get_by_role("button", name="Đăng nhập").click()
    expect(other.locator("main")).to_contain_text("Mật khẩu bạn đang dùng là tạm")
    looked_at(other, "doi-mat-khau-tam")
    other.fill("#old-p", password)
    other.fill("#new-p", "trâu vàng ăn kem")
    other.fill("#again-p", "trâu vàng ăn kem")
    other.get_by_role("button", name="Đổi mật khẩu").click()
    expect(other.get_by_role("status").first).to_contain_text("Đã đổi mật khẩu")
    page.reload()
    page.get_by_role("button", name="Tắt tài khoản").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã tắt tài khoản")
    other.goto("/truc-tiep")
    expect(other).to_have_url(re.compile("/dang-nhap"))


def test_a_leader_sets_up_the_application_and_reads_who_did_what(open_page, people, station):  # noqa: F811
    page = open_page(expected=("422",))
    sign_in(page, MINH, at="/tai-khoan")
    looked_at(page, "tai-khoan")
    page.locator("#xac-thuc summary").click()
    page.get_by_role("button", name="Bật mã xác nhận").click()
    expect(page.locator("h1")).to_contain_text("Bật mã xác nhận")
    looked_at(page, "bat-xac-thuc")
    page.get_by_text("Không quét được").click()
    secret = page.locator(".key").inner_text().replace(" ", "")
    page.fill("#code", "000000")
    page.get_by_role("button", name="Bật", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Mã xác nhận không đúng")
    looked_at(page, "bat-xac-thuc-loi")
    page.fill("#code", pyotp.TOTP(secret).at(station.clock.now()))
    page.get_by_role("button", name="Bật", exact=True).click()
    expect(page.locator(".codes li")).to_have_count(10)
    looked_at(page, "ma-du-phong")
    page.get_by_role("link", name="Đã cất").click()
    page.locator("#ma summary").click()
    page.fill("#emergency", "123456")
    page.fill("#old-c", MINH[1])
    page.get_by_role("button", name="Lưu mã").click()
    expect(page.get_by_role("alert")).to_contain_text("quá dễ đoán")
    looked_at(page, "tai-khoan-co-xac-thuc")
    page.goto("/nhat-ky-thao-tac")
    expect(page.locator("tbody tr").first).to_contain_text("Trần Văn Minh")
    looked_at(page, "nhat-ky-thao-tac")
    page.locator(".filters summary").click()
    page.locator("#ngay").fill("hôm nào")
    page.get_by_role("button", name="Lọc").click()
    expect(page.locator("#ngay-fault")).to_be_visible()
    looked_at(page, "nhat-ky-thao-tac-loi")
    page.goto("/nhat-ky-thao-tac?kiem=1")
    expect(page.get_by_role("status").first).to_contain_text("còn nguyên vẹn")


def test_after_signing_out_the_back_button_shows_nothing(open_page, people):  # noqa: F811 - the fixture above
    page = open_page()
    sign_in(page, MINH, at="/tai-khoan")
    page.get_by_role("button", name="Thoát").first.click()
    expect(page).to_have_url(re.compile("/dang-nhap"))
    looked_at(page, "dang-nhap")
    page.go_back()
    expect(page).to_have_url(re.compile("/dang-nhap"))
    expect(page.locator("body")).not_to_contain_text("Trần Văn Minh")


def test_it_all_works_without_scripts(chromium, people, served):  # noqa: F811 - the fixtures above
    context = context_of(chromium, java_script_enabled=False, base_url=served.url)
    page = context.new_page()
    page.goto("/dang-nhap")
    page.fill("#login", MINH[0])
    page.fill("#password", MINH[1])
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/truc-tiep")
    page.goto("/tai-khoan")
    page.fill("#name", "Minh Trần")
    page.get_by_role("button", name="Đổi tên").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã đổi tên")
    context.close()
