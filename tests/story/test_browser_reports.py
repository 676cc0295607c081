"""The page of reports in a real browser: readable for all, on a phone too, and on paper nothing but the sheet."""

from datetime import timedelta

from scheduler.core.planning.rules import local_day
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures are names
    air,
    chromium,
    clock,
    config,
    expect,
    full_day,
    hung,
    kept,
    open_page,
    pytestmark,
    served,
    sign_in,
    wrong_at_every_size,
)

FORMS = {
    "thoi-luong": "/bao-cao?mau=thoi-luong&ky=thang",
    "so-nhat-ky": "/bao-cao?mau=so-nhat-ky",
    "nhuan-but": "/bao-cao?mau=nhuan-but&ky=nam",
    "giay-xac-nhan": "/bao-cao?mau=giay-xac-nhan",
}


def test_every_form_is_one_screen_of_an_officer_readable_for_all_and_does_not_move_sideways(
    full_day, hung, open_page  # noqa: F811
):  # fmt: skip
    page = open_page()
    page.set_viewport_size({"width": 1366, "height": 657})
    sign_in(page, at="")
    faults = {}
    for name, path in FORMS.items():
        page.goto(path)
        high = page.evaluate("document.documentElement.scrollHeight")
        faults[name] = [f"{high} high"] if high > 657 else []
        faults[name] += wrong_at_every_size(page, f"bao-cao-{name}")
    assert {name: found for name, found in faults.items() if found} == {}


def test_what_is_printed_is_the_sheet_and_nothing_else(full_day, hung, open_page, clock, config):  # noqa: F811
    page = open_page()
    today = local_day(clock.now(), config.station.time_zone)
    month_before = today.replace(day=1) - timedelta(days=1)  # of a month's first day alone no chart is drawn
    sign_in(page, at=f"{FORMS['thoi-luong']}&ngay={month_before:%d/%m/%Y}")
    page.click("text=Xem bản in")
    page.emulate_media(media="print")
    kept(page, "bao-cao-in")
    expect(page.locator(".paper .signers")).to_be_visible()
    expect(page.locator(".paper svg.chart")).to_be_visible()
    for gone in ("header.bar", "nav.side", ".head"):
        expect(page.locator(gone)).to_be_hidden()


def test_an_officer_finds_the_report_and_takes_it_away(full_day, hung, open_page):  # noqa: F811
    page = open_page()
    sign_in(page)
    page.click("nav.side >> text=Báo cáo")
    with page.expect_download() as download:
        page.click("text=Tải PDF")
    assert download.value.path().read_bytes().startswith(b"%PDF")


def test_a_form_is_chosen_and_taken_away_without_a_script(full_day, hung, open_page):  # noqa: F811
    page = open_page()
    sign_in(page, at="/bao-cao")
    page.select_option("#mau", "nhuan-but")
    page.click("text=Kỳ khác")
    page.select_option("#ky", "nam")
    page.click("button:text-is('Xem')")
    expect(page.locator(".report-parts h2")).to_contain_text("BẢNG KÊ NHUẬN BÚT")
    with page.expect_download() as download:
        page.click("text=Tải PDF")
    assert download.value.suggested_filename.startswith("nhuan-but-")
    assert download.value.path().read_bytes().startswith(b"%PDF")
