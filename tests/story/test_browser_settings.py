"""Cài đặt, sao lưu and the guide of the first days in a real browser: seen at three widths, used, readable for all."""

import re

import pytest

from scheduler.config.loading import (
    Config,
    OutputConfig,
    PlanningConfig,
    QuietHoursConfig,
    SpeechConfig,
    StationConfig,
    WebConfig,
    ZoneConfig,
)
from tests.conftest import noon_zone
from tests.ports import free_port
from tests.story.chromium import context_of
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures are names
    PATIENCE,
    air,
    axe_faults,
    chromium,
    clock,
    expect,
    full_day,
    hung,
    kept,
    open_page,
    pytestmark,
    served,
    sideways,
    sign_in,
    wrong_at_every_size,
)
from tests.waiting import until

SCREENS = {
    "dau-ra": "/cai-dat/dau-ra",
    "vung": "/cai-dat/vung?vung=nam",
    "gio-yen-tinh": "/cai-dat/gio-yen-tinh",
    "sao-luu": "/cai-dat/sao-luu",
    "tinh-trang": "/cai-dat/tinh-trang",
}
STEPS = ("don-vi", "lanh-dao", "dau-ra", "gio-yen-tinh", "ban-tin", "xong")


@pytest.fixture
def config(tmp_path):
    """Two outputs in two zones, one of which rests at night for longer."""
    return Config(
        folder=tmp_path,
        station=StationConfig(data="data", time_zone=noon_zone()),
        web=WebConfig(port=free_port()),
        quiet_hours=QuietHoursConfig(windows=("21:00-05:00",)),
        planning=PlanningConfig(days_ahead=1),
        speech=SpeechConfig(engines=("espeak",)),
        outputs=(
            OutputConfig(name="Cổng USB – tăng âm", kind="wavfile", counts=True, zones=("all", "bac")),
            OutputConfig(name="Cụm loa IP khu phố 3", kind="null", counts=True, zones=("all", "nam")),
        ),
        zones=(
            ZoneConfig(name="bac", homes=840, people=3360),
            ZoneConfig(name="nam", noise_class="special", quiet_hours=("13:30-14:30",), legal_basis="QCVN 26"),
        ),
    )


def wrong(page):
    return axe_faults(page) + (["moves sideways"] if sideways(page) > 0 else [])


def test_every_part_is_readable_for_all_and_does_not_move_sideways(full_day, hung, air, open_page, station):  # noqa: F811
    station.services.settings.put(hung, {"station.name": "Đài truyền thanh phường Bắc Sơn", "zone:nam.homes": 400})
    station.services.settings.put(hung, {"report.authority": "UBND phường Bắc Sơn"})
    station.services.backups.make(hung)
    page = open_page()
    sign_in(page, at="")
    faults = {}
    for name, path in SCREENS.items():
        page.goto(path)
        faults[name] = wrong_at_every_size(page, f"cai-dat-{name}")
    page.click("text=Kiểm tra ngay")
    expect(page.locator("#kiem-tra")).to_contain_text("Nguyên vẹn")
    faults["kiem-tra"] = wrong_at_every_size(page, "cai-dat-kiem-tra")
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_guide_is_readable_for_all_and_does_not_move_sideways(hung, air, open_page):  # noqa: F811
    page = open_page()
    sign_in(page, at="")
    faults = {}
    for name in STEPS:
        page.goto(f"/bat-dau/{name}")
        faults[name] = wrong_at_every_size(page, f"bat-dau-{name}")
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_new_station_is_set_up_from_the_link_to_a_loudspeaker_that_sounds(station, clock, air, open_page):  # noqa: F811
    page = open_page("phone", expected=("403",))
    token = station.repos.people.new_setup_token(clock.now())
    page.goto(f"/cai-dat-lan-dau?ma={token}")
    for field, text in {
        "name": "Hùng",
        "login": "hung",
        "password": "mat-khau-cua-hung",
        "again": "mat-khau-cua-hung",
    }.items():
        page.fill(f"#{field}", text)
    page.click("main button[type=submit]")
    page.wait_for_url("**/bat-dau/don-vi")
    page.fill("#ten", "Đài truyền thanh phường Bắc Sơn")
    page.click("text=Lưu và tiếp tục")
    page.wait_for_url("**/bat-dau/lanh-dao")
    page.fill("#name", "Nguyễn Văn Minh")
    page.fill("#login", "minh")
    page.fill("#password", "mat-khau-cua-minh")
    page.click("text=Thêm và tiếp tục")
    page.wait_for_url(re.compile("/bat-dau/(nguoi-soan|dau-ra)"))
    if page.url.endswith("/nguoi-soan"):
        page.fill("#name", "Trần Thị An")
        page.fill("#login", "an")
        page.fill("#password", "mat-khau-cua-an")
        page.click("text=Thêm và tiếp tục")
        page.wait_for_url("**/bat-dau/dau-ra")
    page.click("text=Phát tiếng thử >> nth=0")
    expect(page.locator("#ket-qua-thu")).to_contain_text("đã phát xong")
    kept(page, "bat-dau-da-thu-phone")
    assert wrong(page) == []
    expect(page.locator("main")).to_contain_text("Có nghe thấy không?")
    page.get_by_role("button", name="Có", exact=True).click()
    page.wait_for_url("**/bat-dau/gio-yen-tinh")
    page.fill("#can-cu", "Quyết định số 12/QĐ-UBND")
    page.click("text=Lưu và tiếp tục")
    page.wait_for_url("**/bat-dau/ban-tin")
    assert station.config.station.name == "Đài truyền thanh phường Bắc Sơn"
    assert station.config.quiet_hours.legal_basis == "Quyết định số 12/QĐ-UBND"
    page.goto("/bat-dau")
    expect(page.locator("h1")).to_have_text("Bản tin đầu tiên")


def test_a_loosening_is_asked_for_and_taken_back(hung, air, open_page, station):  # noqa: F811
    page = open_page(expected=("422",))
    sign_in(page, at="/cai-dat/gio-yen-tinh")
    page.fill("#can-cu-gio", "Quyết định số 7/QĐ-UBND")
    page.fill("#gio-den-1", "04:30")
    page.click("text=Lưu giờ yên tĩnh")
    expect(page.locator(".loosens")).to_contain_text("04:30–05:00")
    kept(page, "cai-dat-noi-long-desk")
    assert wrong(page) == []
    page.check("input[name=dong-y]")
    page.click("text=Đồng ý và lưu")
    expect(page.locator(".saved")).to_contain_text("04:30")
    assert station.config.quiet_hours.windows == ("21:00-04:30",)
    kept(page, "cai-dat-da-luu-desk")
    page.click(".saved >> text=Hoàn tác")
    until(lambda: station.config.quiet_hours.windows == ("21:00-05:00",), seconds=PATIENCE)
    page.wait_for_url(re.compile("/cai-dat/gio-yen-tinh$"))


def test_rows_for_more_quiet_hours_come_as_they_are_filled(hung, open_page, station):  # noqa: F811
    page = open_page()
    sign_in(page, at="/cai-dat/gio-yen-tinh")
    rows = page.locator("#yen-tinh .window-row")
    before = rows.count()
    page.locator("#yen-tinh input.num").nth(2 * before - 2).fill("12:00")
    expect(rows).to_have_count(before + 1)
    assert len(set(page.eval_on_selector_all("#yen-tinh input.num", "all => all.map(one => one.id)"))) == 2 * (
        before + 1
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_test_of_a_loudspeaker_is_ordered_and_told(scripts, hung, air, open_page, chromium, served):  # noqa: F811
    if scripts:
        page = open_page()
    else:
        context = context_of(chromium, base_url=served.url, java_script_enabled=False)
        page = context.new_page()
    sign_in(page, at="/cai-dat/dau-ra")
    page.select_option("#noi-thu", "vung:bac")
    page.click("text=Phát tiếng thử 3 giây")
    told = page.locator("#ket-qua-thu")
    expect(told).to_contain_text("Thử loa: bac")
    if scripts:
        expect(told).to_contain_text("đã phát xong")
        kept(page, "cai-dat-da-thu-desk")
        assert wrong(page) == []
    else:
        until(lambda: page.reload() and "đã phát xong" in told.inner_text(), seconds=PATIENCE, every=0.5)
        context.close()


def test_a_backup_shows_how_far_it_is_and_that_it_is_whole(hung, open_page, station, cast):  # noqa: F811
    cast.clip(20.0)
    page = open_page()
    sign_in(page, at="/cai-dat/sao-luu")
    page.click("text=Sao lưu ngay")
    expect(page.locator("#lan-sao-luu")).to_contain_text("Đang chờ")
    kept(page, "cai-dat-sao-luu-cho-desk")
    assert station.worker().back_up()
    expect(page.locator("#lan-sao-luu")).to_contain_text("Đã ghi và đọc lại từng tệp")
    assert wrong(page) == []
