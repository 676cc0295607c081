"""The screen of a dispatch in a real browser: six presses to a planned row, one screen, every question a press."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.core.model import CampaignState, Role
from scheduler.core.planning.rules import local_day
from tests.services.dispatch.test_dispatch_drafts import COUNTED
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures are names
    chromium,
    clock,
    expect,
    kept,
    open_page,
    pytestmark,
    served,
    sign_in,
    wrong_at_every_size,
)
from tests.story.test_browser_desk import config as at_noon  # noqa: F401 - a fixture
from tests.story.test_browser_one_screen import (  # noqa: F401 - fixtures
    Presses,
    approved,
    at_five,
    heard_whole,
    minh,
    planned,
    reads,
)

LAN = ("lan", "mat-khau-cua-lan")
SAMPLE = Path(__file__).parents[2] / "scheduler" / "samples" / "cong-van-mau.txt"
FIELDS = "main :is(input, select, textarea):not([type=hidden], [type=radio])"
LEFTOVER = """ỦY BAN NHÂN DÂN
PHƯỜNG AN BÌNH
Số: 12/UBND-VHXH
An Bình, ngày 30 tháng 11 năm 2026
V/v phòng, chống sốt xuất huyết

Kính gửi: Trạm truyền thanh phường

1. Thông báo cho nhân dân diệt lăng quăng tại nhà vào sáng thứ Bảy hằng tuần.

2. Phát thanh 02 lần/ngày, cách nhật, trừ ngày 12/12/2026.
./.
"""
RAISES = """ỦY BAN NHÂN DÂN
PHƯỜNG AN BÌNH
Số: 14/UBND-VHXH
An Bình, ngày {day.day} tháng {day.month} năm {day.year}
V/v phòng, chống sốt xuất huyết

Kính gửi: Trạm truyền thanh phường

1. Trạm truyền thanh phường tăng thời lượng phát thanh trên loa phường về phòng, chống sốt xuất huyết.
./.
"""
NOTHING = (
    LEFTOVER.split("1. Thông báo", maxsplit=1)[0]
    + "Đề nghị các đơn vị báo cáo kết quả trước ngày 20 hằng tháng.\n./.\n"
)


@pytest.fixture
def config(at_noon):  # noqa: F811 - the fixture above
    """A ward that is quiet from a quarter to six: of three airings of an afternoon the first is at five."""
    return replace(at_noon, quiet_hours=replace(at_noon.quiet_hours, windows=("17:45-05:00",)))


@pytest.fixture
def lan(station):
    return station.repos.people.add(LAN[0], "Lan", Role.EDITOR, LAN[1], station.clock.now())


@pytest.fixture
def as_lan(open_page, lan):  # noqa: F811 - the fixture above
    page = open_page("desk", expected=("422",))
    sign_in(page, LAN)
    page.set_viewport_size({"width": 1366, "height": 657})
    return page


@pytest.fixture
def taken(station, lan):
    def take(text):
        return f"/cong-van/{station.services.dispatches.import_dispatch(lan, text.encode(), 'công văn.txt')[0]}"

    return take


def fits(page):
    """The page is no higher than the officer's screen, and its main button stands whole in it."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollHeight") <= 657
    box = page.locator(".act .btn.pri").bounding_box()
    assert box["y"] >= 64
    assert box["y"] + box["height"] <= 657


def dispatch_of(station, tmp_path):
    """An order of today that raises what is aired, without a number; one of its airings is at five."""
    day = local_day(station.clock.now(), station.config.station.time_zone)
    file = tmp_path / "Tăng thời lượng.txt"
    file.write_text(RAISES.format(day=day), encoding="utf-8")
    return file


def test_a_dispatch_is_sent_in_six_presses_and_airs_at_five(as_lan, station, minh, reads, tmp_path):  # noqa: F811
    page = as_lan
    by = Presses(page)
    with page.expect_file_chooser() as chooser:
        by.press(page.get_by_text("Đọc công văn"))
    by.count += 1  # the file, which is sent at once
    chooser.value.set_files(dispatch_of(station, tmp_path))
    page.wait_for_url("**/cong-van/1")
    fits(page)
    kept(page, "cong-van-mot-man-hinh")
    assert page.locator(".question .chip").all_inner_texts() == ["vẫn 2 lượt", "2 → 3 lượt", "2 → 4 lượt"]
    assert page.locator(".question input:checked").count() == 0
    assert page.locator(FIELDS).count() <= len(station.services.dispatch_drafts.items(1))
    by.press(page.locator(".question .chip", has_text="2 → 3 lượt"))
    by.press(page.get_by_role("button", name="Soạn bản tin này"))
    page.wait_for_url("**/ban-tin/1*")
    [made] = station.services.dispatch_drafts.made(1).values()
    assert station.services.campaigns.get(made.campaign_id).boost.value == 3
    assert [one for one in station.services.dispatches.doubts(1) if one.is_open] == []
    by.press(page.locator("[data-listen]"))
    heard_whole(page)
    by.press(page.locator("[data-main]:not([aria-disabled])"))
    page.wait_for_url("**/truc-tiep*")
    assert by.count == 6
    assert station.services.campaigns.get(made.campaign_id).state is CampaignState.DRAFT
    outlook = approved(station, minh)
    assert station.services.campaigns.get(made.campaign_id).state is CampaignState.ACTIVE
    assert at_five(station) in planned(station)
    assert outlook.start == planned(station)[0]


def test_what_is_unclear_holds_up_the_draft_until_it_is_answered(as_lan, station):
    page = as_lan
    page.goto("/cong-van")
    page.set_input_files("#file", SAMPLE)
    page.wait_for_url("**/cong-van/1")
    page.click("button:has-text('Soạn bản tin này')")
    assert station.services.dispatch_drafts.made(1) == {}  # the browser goes to the question


def test_the_button_says_how_many_bulletins_it_writes_in_both_languages(as_lan, taken):
    page = as_lan
    page.goto(taken(COUNTED))
    button = page.locator(".act .btn.pri")
    ticks = page.locator(".order input:checked")
    assert ticks.count() == 2
    for language, many, alone in (
        ("vi", "Soạn 2 bản tin này", "Soạn bản tin này"),
        ("en", "Compose these 2 announcements", "Compose this announcement"),
    ):
        page.context.add_cookies([{"name": "loa-ngon-ngu", "value": language, "url": page.url}])
        page.reload()
        expect(button).to_have_text(many, use_inner_text=True)
        ticks.first.uncheck()
        expect(button).to_have_text(alone, use_inner_text=True)
        page.locator(".order input:not(:checked)").check()
        expect(button).to_have_text(many, use_inner_text=True)
    assert page.evaluate("document.documentElement.scrollHeight") <= 657


def test_an_order_with_a_leftover_is_confirmed_value_by_value(as_lan, station, taken):
    page = as_lan
    page.goto(taken(LEFTOVER))
    fits(page)
    expect(page.locator(".question legend")).to_have_text(re.compile("^Trong câu này có chữ trạm chưa hiểu hết"))
    expect(page.locator(".kept-text")).to_contain_text("[máy chưa hiểu]")
    values = page.locator(".question input[type=checkbox]")
    assert values.count() >= 2
    values.first.check()
    page.click("button:has-text('Soạn bản tin này')")
    expect(page.locator("#loi")).to_contain_text("chưa chọn câu trả lời")
    fits(page)
    for value in values.all():
        value.check()
    page.click("button:has-text('Soạn bản tin này')")
    page.wait_for_url("**/ban-tin/1*")
    assert [one for one in station.services.dispatches.doubts(1) if one.is_open] == []


def test_a_dispatch_without_anything_to_air_is_written_about_by_hand(as_lan, taken):
    page = as_lan
    page.goto(taken(NOTHING))
    fits(page)
    expect(page.locator("main")).to_contain_text("Không thấy việc nào phải phát")
    page.click("text=Tự viết bản tin từ công văn")
    page.wait_for_url("**/ban-tin/1*")


def test_a_scan_says_that_it_has_no_letters_and_offers_a_box(as_lan, tmp_path):
    page = as_lan
    scan = tmp_path / "quét.png"
    scan.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    page.goto("/cong-van")
    page.set_input_files("#file", scan)
    expect(page.locator("#loi")).to_contain_text("Bản quét không có chữ")
    page.click("#loi >> text=Dán nội dung")
    assert page.evaluate("location.hash") == "#text"
    expect(page.get_by_label("Nội dung công văn")).to_be_in_viewport()


def test_every_page_of_a_dispatch_is_readable_for_all_at_every_size(as_lan, taken):
    page = as_lan
    first, second = taken(SAMPLE.read_text(encoding="utf-8")), taken(LEFTOVER)
    faults = {}
    for path in (first, f"{first}/sua", f"{first}/so", second, "/cong-van"):
        page.goto(path)
        faults[path] = wrong_at_every_size(page, path.strip("/").replace("/", "-"))
    assert {path: found for path, found in faults.items() if found} == {}


def test_the_campaign_of_a_dispatch_asks_six_things_on_one_screen(as_lan, station, lan, taken):
    page = as_lan
    taken(SAMPLE.read_text(encoding="utf-8"))
    [made] = station.services.dispatch_drafts.make(lan, 1, per_day=3)
    station.services.dispatches.confirm(lan, 1, [one.ordinal for one in station.services.dispatches.doubts(1)])
    page.goto(f"/dot/{made.campaign_id}")
    fits(page)
    kept(page, "dot-ngan")
    assert page.locator(f"{FIELDS}:visible").count() == 6
    assert page.get_by_label("Trước công văn").first.input_value() == "2"
    assert page.locator("#per_day").input_value() == "3"
    expect(page.locator(".standing")).to_contain_text("Chưa phát: chờ duyệt")
    expect(page.locator("#tac-dong")).to_contain_text("3 lượt")
    page.fill("#per_day", "4")
    page.press("#per_day", "Tab")
    expect(page.locator("#tac-dong .when")).to_contain_text("4 lượt")
    fits(page)
    page.click("text=Lưu và phát theo lịch này")
    expect(page.locator("main")).to_contain_text("Đợt đang chạy")
    assert station.services.campaigns.get(made.campaign_id).boost.value == 4
    fits(page)
    for address in (f"/dot/{made.campaign_id}", "/dot/moi", "/dot"):
        page.goto(address)
        assert wrong_at_every_size(page, address.strip("/").replace("/", "-")) == []
