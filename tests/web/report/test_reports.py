"""Báo cáo: choose, see the very sheet that is printed, take it away in any format."""

import csv
import io
import json
import re
from datetime import timedelta

import openpyxl
import pypdf
import pytest

from scheduler.core.model import AiringOutcome
from scheduler.paper import FORMATS
from scheduler.store import Ending
from tests.services.conftest import LETTER

LINKS = re.compile(r'href="(/bao-cao/tai/[^"]+)"')


@pytest.fixture
def aired(cast, clock):
    """One airing of 75 s for a dispatch, on the day before today."""
    services = cast.station.services
    dispatch_id = services.dispatches.import_dispatch(cast.lan, LETTER.encode(), "77.txt")[0]
    announcement_id = cast.approved(60.0, "Tiêm chủng <b>")
    programme = cast.station.repos.programme
    programme.change_announcement(programme.announcement(announcement_id), {"dispatch_id": dispatch_id}, clock.now())
    cast.running(announcement_id, base=1, dispatch_id=dispatch_id)
    (slot,) = cast.station.repos.slots.of_day(cast.campaign(1).start)
    cast.station.repos.slots.claim(slot, slot.start)
    ended = slot.start + timedelta(seconds=75)
    ending = Ending(AiringOutcome.PLAYED, "", slot.start, ended, 75_000, {"Loa": "ok"})
    cast.station.repos.slots.close(slot.id, ending, ended)
    clock.advance(86_400)
    return dispatch_id


def test_the_page_opens_with_the_figures_of_this_month(aired, lans):
    text = lans.get("/bao-cao").text
    assert '<div class="big num">1 / 1</div>' in text
    assert '<div class="big num">1,25 phút</div>' in text
    assert '<svg class="chart"' in text
    assert re.search(r'href="[^"]*ky=thang[^"]*" aria-current="true">Tháng 12<', text)
    assert "77/UBND-VHXH" in text
    (link,) = re.findall(r'href="(/nhat-ky[?][^"]*tu=[^"]*)"', text)
    journal = lans.get(link.replace("&amp;", "&"))
    assert journal.status_code == 200
    assert "01/12/2026" in journal.text
    assert "Tiêm chủng &lt;b&gt;" in journal.text


def test_what_a_person_took_off_is_counted_apart_as_in_the_journal(aired, lans, cast, station, clock):
    slot_id = station.services.air.play_now(cast.minh, 1, chime=False)
    station.repos.slots.close(slot_id, Ending(AiringOutcome.CANCELLED, "order_taken_back"), clock.now())
    for path in ("/bao-cao", "/nhat-ky"):
        page = re.sub(r"<[^>]+>", " ", lans.get(path).text.split("<main", 1)[1])
        assert re.search(r"Không phát được\s+0 lượt\s+và 1 lượt đã hủy", page), path


def test_the_sheet_says_what_the_screen_says(aired, lans):
    text = lans.get("/bao-cao/ban-in?mau=thoi-luong&ky=thang&ngay=02/12/2026").text
    assert "BÁO CÁO THỜI LƯỢNG PHÁT SÓNG" in text
    assert "tháng 12 năm 2026" in text
    assert '<td class="fig">1,25</td>' in text


FORMS = [
    ("?mau=so-nhat-ky&ngay=02/12/2026", "SỔ NHẬT KÝ PHÁT SÓNG"),
    ("?mau=nhuan-but&ky=quy&ngay=02/12/2026", "quý IV năm 2026"),
    ("?mau=thoi-luong&ky=nua-nam&ngay=02/12/2026", "6 tháng cuối năm 2026"),
    ("?mau=thoi-luong&ky=tuan&ngay=2/12/2026", "tuần 49 năm 2026"),
    ("?mau=giay-xac-nhan&cong_van={dispatch}", "GIẤY XÁC NHẬN ĐÃ PHÁT"),
    ("?mau=chuyen-la&ky=the-ky", "BÁO CÁO THỜI LƯỢNG PHÁT SÓNG"),
]


@pytest.mark.parametrize(("query", "title"), FORMS)
def test_every_form_and_period_is_drawn_for_the_printer(aired, lans, query, title):
    answer = lans.get("/bao-cao/ban-in" + query.format(dispatch=aired))
    assert answer.status_code == 200
    assert title in answer.text
    assert "NGƯỜI LẬP BIỂU" in answer.text
    assert "Tiêm chủng <b>" not in answer.text


@pytest.mark.parametrize(("query", "title"), FORMS)
def test_every_form_and_period_has_its_screen(aired, lans, query, title):
    answer = lans.get("/bao-cao" + query.format(dispatch=aired))
    assert answer.status_code == 200
    assert "Xem bản in" in answer.text
    assert "NGƯỜI LẬP BIỂU" not in answer.text
    assert "Tiêm chủng <b>" not in answer.text


def test_a_certificate_waits_until_a_dispatch_is_chosen(aired, lans):
    text = lans.get("/bao-cao?mau=giay-xac-nhan").text
    assert "Hãy chọn một công văn" in text
    assert "77/UBND-VHXH" in text
    assert not LINKS.findall(text)


def test_a_certificate_is_printed_with_its_chain_looked_at_or_says_that_nobody_did(aired, lans):
    query = f"/bao-cao/ban-in?mau=giay-xac-nhan&cong_van={aired}"
    assert "Chưa kiểm tra" in lans.get(query).text
    assert "Nguyên vẹn" in lans.get(query + "&kiem=1").text


@pytest.mark.parametrize("mau", ["thoi-luong", "so-nhat-ky", "nhuan-but", "giay-xac-nhan"])
def test_what_is_downloaded_holds_what_the_page_shows(aired, lans, mau):
    text = lans.get(f"/bao-cao?mau={mau}&ky=thang&ngay=02/12/2026&cong_van={aired}").text
    links = {re.search(r"/tai/(\w+)", link)[1]: link.replace("&amp;", "&") for link in LINKS.findall(text)}
    assert links.keys() == FORMATS.keys()
    found = {}
    for kind, link in links.items():
        answer = lans.get(link)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == FORMATS[kind].media_type
        assert re.fullmatch(rf'attachment; filename="[\w-]+\.{kind}"', answer.headers["Content-Disposition"])
        found[kind] = answer.data
    assert "1,25" in pypdf.PdfReader(io.BytesIO(found["pdf"])).pages[0].extract_text()
    values = [
        cell.value for row in openpyxl.load_workbook(io.BytesIO(found["xlsx"]))["Báo cáo"].iter_rows() for cell in row
    ]
    assert 1.25 in values
    assert [line for line in csv.reader(io.StringIO(found["csv"].decode("utf-8-sig"))) if "1.25" in line]
    assert '"SoLieu"' in found["json"].decode()
    assert "1,25" in found["html"].decode()


def test_a_downloaded_certificate_has_had_its_chain_walked(aired, lans):
    made = json.loads(lans.get(f"/bao-cao/tai/json?mau=giay-xac-nhan&cong_van={aired}").data)
    assert made["SoLieu"]["ChuoiNhatKy"]["TrangThai"].startswith("Nguyên vẹn")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/bao-cao?ngay=31/02/2026", 422),
        ("/bao-cao?mau=so-nhat-ky&ngay=abc", 422),
        ("/bao-cao?ky=tuan&ngay=31/12/9999", 422),
        ("/bao-cao/tai/pdf?ngay=31/02/2026", 422),
        ("/bao-cao/tai/docx", 404),
        ("/bao-cao/tai/pdf?mau=giay-xac-nhan", 422),
        ("/bao-cao?mau=giay-xac-nhan&cong_van=99", 404),
        ("/bao-cao/ban-in?ngay=31/02/2026", 422),
        ("/bao-cao/ban-in?mau=giay-xac-nhan", 422),
    ],
)
def test_what_cannot_be_reported_is_refused_with_a_sentence(aired, lans, path, status):
    answer = lans.get(path)
    assert answer.status_code == status
    assert re.search(r'role="alert"|<h1', answer.text)


def test_a_day_that_is_none_stays_to_be_mended(lans):
    assert 'value="31/02/2026"' in lans.get("/bao-cao?ngay=31/02/2026").text


def test_there_is_a_way_to_the_period_before_and_none_beyond_today(aired, lans):
    text = lans.get("/bao-cao").text
    assert "ngay=30/11/2026" in text
    assert "Kỳ sau" not in text
    assert "ngay=01/12/2026" in lans.get("/bao-cao?ngay=30/11/2026").text


def test_the_style_of_the_sheet_comes_from_this_host_to_people_who_are_signed_in(lans, app):
    answer = lans.get("/bao-cao/to-giay.css")
    assert answer.mimetype == "text/css"
    assert ".letterhead" in answer.text
    assert app.test_client().get("/bao-cao/to-giay.css").status_code == 303
