"""Nhật ký: a day as measured, for the eye, the printer and a spreadsheet."""

import csv
import io
import os
import re
from datetime import datetime, timedelta

import pytest

from scheduler.core.model import AiringOutcome
from scheduler.core.spreadsheet import safe_cell
from scheduler.store import Ending, Entry
from web.air.journal import HEADS

DAY = "02/12/2026"


@pytest.fixture
def aired(cast, clock):
    """One airing of four that was heard whole, one that was cut, one missed, one that failed."""
    announcement_id = cast.approved(60.0, "Tiêm chủng")
    cast.running(announcement_id, base=4)
    slots = cast.station.repos.slots
    endings = (
        (AiringOutcome.PLAYED, "", 60_040),
        (AiringOutcome.PARTIAL, "power_cut", 30_000),
        (AiringOutcome.MISSED, "station_off", 0),
        (AiringOutcome.FAILED, "output_failed", 0),
    )
    for slot, (outcome, reason, played_ms) in zip(slots.of_day(cast.campaign(1).start), endings, strict=True):
        slots.claim(slot, slot.start)
        began = slot.start + timedelta(seconds=2.4) if played_ms else None
        ended = began + timedelta(milliseconds=played_ms) if began else None
        outputs = {"Loa": "ok" if played_ms else "mất dây"}
        slots.close(slot.id, Ending(outcome, reason, began, ended, played_ms, outputs), clock.now())
    return cast


def cells(client, query=""):
    answer = client.get(f"/nhat-ky.csv{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_a_day_is_told_with_planned_and_measured_times_outcome_reason_and_people(aired, lans):
    text = lans.get("/nhat-ky").text
    for told in (
        "Thứ Tư 02/12/2026", "Đã phát", "Phát dở", "Lỡ giờ", "Bộ phát ngừng giữa chừng", "Trạm không chạy vào giờ này",
        "Tiêm chủng", "Minh", "lệch 2,4 giây", "60,0", "Loa: mất dây", "Theo lịch",
    ):  # fmt: skip
        assert told in text, told


def test_the_sums_are_of_what_was_measured(aired, lans):
    text = re.sub(r"\s+", " ", lans.get("/nhat-ky").text)
    assert ">1 / 4<" in text
    assert "Phát dở 1 lượt, nghe được 30,0 giây." in text
    assert ">1 phút 30 giây<" in text
    assert ">2 lượt<" in text


def test_a_day_without_airings_says_so(lans):
    assert "Không có lượt phát nào trong ngày này." in lans.get("/nhat-ky?ngay=01/12/2026").text


@pytest.mark.parametrize("typed", ["02/12/2026", "2/12/2026", "2026-12-02", " 02/12/2026 "])
def test_a_day_may_be_written_in_several_ways(aired, lans, typed):
    answer = lans.get("/nhat-ky", query_string={"ngay": typed})
    assert answer.status_code == 200
    assert "Tiêm chủng" in answer.text


@pytest.mark.parametrize("typed", ["31/02/2026", "hôm qua", "00/00/0000", "1" * 500, "29/02/2025"])
def test_a_day_that_is_none_is_refused_and_stays_to_be_mended(lans, typed):
    answer = lans.get("/nhat-ky", query_string={"ngay": typed})
    assert answer.status_code == 422
    assert "không có thật" in answer.text
    assert f'value="{typed}"' in answer.text


def test_there_is_a_way_to_the_day_before_and_none_beyond_today(lans):
    today, before = lans.get("/nhat-ky").text, lans.get("/nhat-ky?ngay=01/12/2026").text
    assert "ngay=2026-12-01" in today
    assert "Ngày sau" not in today
    assert "ngay=2026-12-02" in before


@pytest.mark.parametrize("typed", ["01/01/0001", "31/12/9999"])
def test_the_ends_of_the_calendar_are_no_fault(lans, typed):
    assert lans.get("/nhat-ky", query_string={"ngay": typed}).status_code in {200, 422}


@pytest.fixture
def walked(station, lans, send):
    """The whole journal walked over: asked for on the page, done by the worker."""

    def walk():
        answer = send(lans, "/nhat-ky/kiem")
        assert answer.location == "/nhat-ky#chuoi"
        under_way = lans.get("/nhat-ky/chuoi").text
        assert "Đang kiểm tra" in under_way
        assert station.worker().work_once()
        return lans.get("/nhat-ky/chuoi").text

    return walk


def test_a_whole_chain_is_said_to_be_whole_and_that_is_remembered(aired, walked, lans):
    text = walked()
    assert "Nguyên vẹn" in text
    assert "4 dòng" in text
    assert "Nguyên vẹn" in lans.get("/nhat-ky").text


def test_a_walk_that_is_asked_for_twice_is_done_once(aired, lans, send, station):
    send(lans, "/nhat-ky/kiem")
    send(lans, "/nhat-ky/kiem")
    assert len(station.repos.jobs.newest("verify")) == 1


def test_a_row_that_was_changed_is_named(aired, walked, lans):
    with aired.station.repos.store.write() as db:
        db.conn.execute("DROP TRIGGER journal_no_update")
        db.conn.execute("UPDATE journal SET played_ms = 600000 WHERE seq = 2")
    text = walked()
    assert "Bị đứt" in text
    assert "Dòng 2" in text
    assert "Dòng đã bị sửa" in lans.get("/nhat-ky/luot/2").text
    assert "Dòng còn nguyên" in lans.get("/nhat-ky/luot/1").text


def test_a_station_of_one_officer_says_so_on_its_report(aired, client_of, lan, station):
    from dataclasses import replace

    from scheduler.services import Services
    from web import create_app

    one = replace(station.written, station=replace(station.written.station, one_officer=True))
    repos = replace(station.repos, written=one)
    app = create_app(replace(station, written=one, repos=repos, services=Services.of(repos)))
    client = app.test_client()
    client.set_cookie("loa", client_of(lan).get_cookie("loa").value)
    assert "người soạn cũng là người duyệt" in client.get("/nhat-ky").text


# The spreadsheet


def test_the_csv_opens_in_a_spreadsheet_as_vietnamese(aired, lans):
    answer = lans.get("/nhat-ky.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="nhat-ky-2026-12-02.csv"'


def test_the_csv_has_a_row_for_each_airing_under_its_heads(aired, lans):
    head, *rows = cells(lans)
    assert tuple(head) == HEADS
    assert [row[head.index("Kết quả")] for row in rows] == ["Đã phát", "Phát dở", "Lỡ giờ", "Lỗi"]
    assert [row[head.index("Số giây đo được")] for row in rows] == ["60.0", "30.0", "0.0", "0.0"]
    assert {row[head.index("Ngày")] for row in rows} == {DAY}
    assert {row[head.index("Người viết")] for row in rows} == {"Lan (lan)"}
    assert {row[head.index("Người duyệt")] for row in rows} == {"Minh (minh)"}
    assert {row[head.index("Vùng")] for row in rows} == {"Toàn phường"}
    assert all(len(row[head.index("Mã băm")]) == 64 for row in rows)


def test_a_csv_of_no_day_is_refused_with_a_sentence(lans):
    answer = lans.get("/nhat-ky.csv?ngay=hôm+qua")
    assert answer.status_code == 422
    assert "không có thật" in answer.text


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+84",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        " ＝1",
        "\tx",
    ],
    ids=repr,
)
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(cell):
    assert safe_cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["Tiêm chủng", "a=b", "1-2", "", "'=1", 12, -3.5, None], ids=repr)
def test_an_ordinary_cell_stays_as_it_is(cell):
    assert safe_cell(cell) == cell


def test_no_title_or_name_becomes_a_formula(cast, lans, clock):
    cast.running(cast.approved(3.0, '=HYPERLINK("http://evil.example";"a")'), base=1)
    slot = cast.station.repos.slots.of_day(cast.campaign(1).start)[0]
    ending = Ending(AiringOutcome.FAILED, "output_failed", outputs={"@Loa": "+x"})
    cast.station.repos.slots.close(slot.id, ending, clock.now())
    _, row = cells(lans)
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert '\'=HYPERLINK("http://evil.example";"a")' in row


# Filter, search, pages of a long list


@pytest.fixture
def written(station):
    """Journal rows as they come: (title, day, outcome, dispatch, zone), each with a minute of sound if played."""

    def write(rows):
        with station.repos.store.write() as db:
            for number, (title, day, outcome, dispatch, zone) in enumerate(rows):
                at = f"{day}T{number // 60 % 24:02}:{number % 60:02}:00.000000+00:00"
                played = 60_000 if outcome == "played" else 0
                entry = Entry(
                    at=datetime.fromisoformat(at), kind="airing", day=day, slot_id=f"x{number}", title=title,
                    dispatch_number=dispatch, zone=zone, trigger="schedule", planned_start=at, outcome=outcome,
                    actual_start=at if played else None, actual_end=at if played else None, planned_ms=60_000,
                    played_ms=played, priority=3, author="Lan", approver="Minh",
                )  # fmt: skip
                station.repos.journal.append(db, entry)

    return write


WEEK = [
    ("Phòng chống dịch bệnh", "2026-11-28", "played", "642/SYT-NVY", "all"),
    ("Đường Điện Biên Phủ sửa chữa", "2026-11-29", "played", "", "khu-1"),
    ("Phòng chống dịch bệnh", "2026-11-29", "missed", "642/SYT-NVY", "all"),
    ("Thu gom rác", "2026-11-30", "failed", "", "all"),
]
RANGE = {"tu": "27/11/2026", "den": "01/12/2026"}


def titles(client, **asked):
    text = client.get("/nhat-ky", query_string=RANGE | asked).text
    return re.findall(r'title-cell"><span class="wrap">([^<]+)<', text)


FILTERS = {
    "nothing": ({}, 4),
    "a dispatch": ({"cong_van": "642/SYT-NVY"}, 2),
    "what could not air": ({"ket_qua": "khong-phat"}, 2),
    "one outcome": ({"ket_qua": "failed"}, 1),
    "words without diacritics": ({"q": "dich benh"}, 2),
    "đ as d": ({"q": "duong dien bien"}, 1),
    "words in any order and case": ({"q": "BỆNH dịch"}, 2),
    "part of a dispatch's number": ({"q": "642"}, 2),
    "no such words": ({"q": "bão"}, 0),
    "two filters": ({"q": "dich", "ket_qua": "missed"}, 1),
    "a dispatch there is not": ({"cong_van": "1/X"}, 0),
    "a campaign there is not": ({"dot": "7"}, 0),
}


@pytest.mark.parametrize(("asked", "count"), FILTERS.values(), ids=list(FILTERS))
def test_a_filter_lets_through_what_fits_and_the_sums_are_of_that(written, lans, asked, count):
    written(WEEK)
    assert len(titles(lans, **asked)) == count
    text = re.sub(r"\s+", " ", lans.get("/nhat-ky", query_string=RANGE | asked).text)
    assert f" / {count}<" in text
    rows = list(csv.reader(io.StringIO(lans.get("/nhat-ky.csv", query_string=RANGE | asked).text)))
    assert len(rows) == count + 1


def test_days_are_shown_newest_first_and_the_day_itself_as_it_went(written, aired, lans):
    written(WEEK)
    assert titles(lans)[0] == "Thu gom rác"
    assert titles(lans, xep="cu")[0] == "Phòng chống dịch bệnh"
    planned = re.findall(r'aria-label="Xem lượt (\d\d:\d\d:\d\d)', lans.get("/nhat-ky").text)
    assert planned == sorted(planned)


def test_a_long_list_is_read_to_its_end_page_by_page_while_it_grows(written, lans, station):
    written([(f"Bản tin {number:03}", "2026-11-28", "played", "", "all") for number in range(250)])
    found, address = [], "/nhat-ky?tu=28/11/2026&den=29/11/2026&xep=cu"
    while address:
        text = lans.get(address).text
        found += re.findall(r'title-cell"><span class="wrap">([^<]+)<', text)
        ahead = re.search(r'href="(/nhat-ky\?sau=[^"]+)">Xem tiếp', text)
        address = ahead[1].replace("&amp;", "&") + "&xep=cu" if ahead else None
    assert found == [f"Bản tin {number:03}" for number in range(250)]


@pytest.mark.parametrize(
    "asked",
    [
        {"tu": "31/02/2026"}, {"den": "x"}, {"tu": "03/12/2026", "den": "01/12/2026"}, {"dot": "9" * 40, "tu": "01/12/2026"},
        {"sau": "a|b|c", "tu": "01/12/2026"}, {"sau": "|||", "tu": "01/12/2026"}, {"q": "%' OR 1=1 --", "tu": "01/12/2026"},
        {"vung": "../x", "tu": "01/12/2026"}, {"q": "\x00", "tu": "01/12/2026"},
    ],
    ids=repr,
)  # fmt: skip
def test_no_address_breaks_the_page(written, lans, asked):
    written(WEEK)
    for path in ("/nhat-ky", "/nhat-ky.csv", "/nhat-ky/tai/xlsx"):
        assert lans.get(path, query_string=asked).status_code in {200, 422}, path


def test_a_fault_in_a_day_stands_beside_its_field(lans):
    answer = lans.get("/nhat-ky", query_string={"tu": "31/02/2026", "den": "01/12/2026"})
    assert answer.status_code == 422
    assert 'role="alert" id="loi-tu"' in answer.text
    assert 'value="31/02/2026"' in answer.text


# The chart


def test_the_minutes_of_a_dispatch_are_drawn_before_and_after_it_with_a_table(cast, dispatch_of, lans, written):
    written(WEEK)
    text = lans.get("/nhat-ky", query_string={"cong_van": dispatch_of}).text
    assert '<svg class="chart"' in text
    assert "Mức công văn yêu cầu" in text
    assert ">trước<" in text
    assert "Xem dạng bảng" in text


@pytest.fixture
def dispatch_of(station, lan):
    """The number of a dispatch of the first of December."""
    from tests.services.conftest import LETTER

    station.services.dispatches.import_dispatch(lan, LETTER.encode(), "77.txt")
    return "77/UBND-VHXH"


def test_a_single_day_needs_no_chart(aired, lans):
    assert '<svg class="chart"' not in lans.get("/nhat-ky").text


# One airing


def test_an_airing_that_did_not_sound_is_not_said_to_have_been_aired(aired, lans):
    for seq in (3, 4):
        text = lans.get(f"/nhat-ky/luot/{seq}").text
        assert "Đúng bản trong nhật ký" in text
        for untrue in ("Đúng bản đã phát", "Nghe đúng bản đã phát", "Nghe bản đã phát", "Lời đã phát"):
            assert untrue not in text, untrue
    assert "Nghe đúng bản đã phát" in lans.get("/nhat-ky/luot/2").text


def test_one_airing_shows_all_that_proves_it_and_hashes_to_who_looks_after_the_machine(aired, lans, hung, client_of):
    text = lans.get("/nhat-ky/luot/1").text
    row = aired.station.repos.store.row("SELECT * FROM journal WHERE seq = 1")
    for told in (
        "+2,4 giây", "60,0 giây", "Theo lịch", "Lan", "Minh", "Dòng còn nguyên", "Đúng bản đã phát", "Chưa ký chốt",
        f"/am-thanh/{row['audio_sha256']}.wav",
    ):  # fmt: skip
        assert told in text, told
    technical = client_of(hung).get("/nhat-ky/luot/1").text
    for told in (row["hash"], row["prev_hash"], f"<code>{row['audio_sha256']}"):
        assert told in technical
        assert told not in text


def test_a_sound_that_is_no_longer_the_one_that_aired_is_not_offered_as_it(aired, lans):
    repos = aired.station.repos
    path = repos.library.path(repos.store.value("SELECT audio_sha256 FROM journal WHERE seq = 1"))
    path.write_bytes(path.read_bytes()[:-2] + b"xx")
    text = lans.get("/nhat-ky/luot/1").text
    assert "Âm thanh trong kho đã khác" in text
    assert "<audio" not in text


def test_an_airing_there_is_not_is_not_found(aired, lans):
    for seq in (0, 99, 2**70):
        assert lans.get(f"/nhat-ky/luot/{seq}").status_code == 404


def test_what_was_signed_says_of_which_day(aired, client_of, lan, station, clock):
    clock.advance(24 * 3600)
    station.services.proof.close_days()
    assert "Đã ký chốt cùng ngày Thứ Tư 02/12/2026" in client_of(lan).get("/nhat-ky/luot/1").text


# Files


@pytest.mark.parametrize(("kind", "begins"), [("xlsx", b"PK"), ("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbf")])
def test_what_the_page_shows_can_be_taken_away(written, lans, kind, begins):
    written(WEEK)
    answer = lans.get(f"/nhat-ky/tai/{kind}", query_string=RANGE | {"q": "dich"})
    assert answer.status_code == 200
    assert answer.data.startswith(begins)
    assert "so-nhat-ky-2026-11-27-2026-12-01" in answer.headers["Content-Disposition"]


def test_a_format_there_is_not_is_not_found(lans):
    assert lans.get("/nhat-ky/tai/exe").status_code == 404


@pytest.fixture
def long_ones(monkeypatch):
    """Everything with more than two rows is long."""
    for name in (
        "scheduler.services.report.exports.AT_ONCE",
        "scheduler.services.report.exports.PDF_AT_ONCE",
        "web.report.reports.MOST_ON_PAGE",
    ):
        monkeypatch.setattr(name, 2)


def test_a_long_file_is_made_by_the_worker_and_fetched_when_it_is_ready(written, lans, send, station, long_ones):
    written(WEEK)
    assert "Lập tệp Excel" in lans.get("/nhat-ky", query_string=RANGE).text
    assert lans.get("/nhat-ky/tai/xlsx", query_string=RANGE).status_code == 422
    place = send(lans, "/tep", nguon="nhat-ky", loai="xlsx", **RANGE).location
    assert send(lans, "/tep", nguon="nhat-ky", loai="xlsx", **RANGE).location == place
    assert "Đang chờ bộ xử lý" in lans.get(place).text
    assert lans.get(f"{place}/tai").status_code == 404
    assert station.worker().work_once()
    assert "Tải tệp Excel" in lans.get(place).text
    with lans.get(f"{place}/tai") as answer:
        assert answer.data.startswith(b"PK")
        assert "attachment" in answer.headers["Content-Disposition"]


def test_a_file_is_thrown_away_after_a_day_and_that_is_told(written, lans, send, station, long_ones):
    written(WEEK)
    place = send(lans, "/tep", nguon="nhat-ky", loai="pdf", **RANGE).location
    assert station.worker().work_once()
    (kept,) = (station.config.data / "exports").glob("*.pdf")
    os.utime(kept, (0, 0))
    station.services.exports.sweep()
    assert "Đã hết hạn" in lans.get(place).text


def test_a_long_certificate_is_not_drawn_on_the_page_but_by_the_worker(
    written, lans, send, station, long_ones, dispatch_of
):
    written([("Tiêm chủng", "2026-11-30", "played", dispatch_of, "all") for _ in range(3)])
    text = lans.get("/bao-cao?mau=giay-xac-nhan&cong_van=1").text
    assert "Giấy này dài" in text
    place = send(lans, "/tep", nguon="bao-cao", loai="pdf", mau="giay-xac-nhan", cong_van="1").location
    assert station.worker().work_once()
    with lans.get(f"{place}/tai") as answer:
        assert answer.data.startswith(b"%PDF")


def test_a_pdf_of_more_airings_than_one_can_hold_is_refused_with_what_to_do(written, lans, send, monkeypatch):
    monkeypatch.setattr("scheduler.services.report.exports.MOST", {"pdf": 3})
    written(WEEK)
    answer = send(lans, "/tep", nguon="nhat-ky", loai="pdf", **RANGE)
    assert answer.status_code == 422
    assert "hãy chọn ít ngày hơn hoặc tải Excel" in answer.text


def test_a_certificate_that_needs_a_long_walk_is_the_workers_work(written, lans, station, dispatch_of, monkeypatch):
    monkeypatch.setattr("scheduler.services.report.exports.WALK_AT_ONCE", 1)
    written([("Tiêm chủng", "2026-11-30", "played", dispatch_of, "all") for _ in range(2)])
    text = lans.get("/bao-cao?mau=giay-xac-nhan&cong_van=1&kiem=1").text
    assert "GIẤY XÁC NHẬN ĐÃ PHÁT" in text
    assert "Lập tệp PDF" in text
    assert ">Kiểm tra chuỗi<" not in text
    assert lans.get("/bao-cao/tai/pdf?mau=giay-xac-nhan&cong_van=1").status_code == 422


def test_a_job_of_another_kind_is_no_file(lans, station, lan):
    job_id = station.repos.jobs.add("speech", {}, lan.id, station.clock.now())
    assert lans.get(f"/tep/{job_id}").status_code == 404
    assert lans.get(f"/tep/{job_id}/tai").status_code == 404


def test_a_file_whose_making_failed_says_so(lans, send, station):
    place = send(lans, "/tep", nguon="bao-cao", loai="pdf", mau="giay-xac-nhan", cong_van="99").location
    assert station.worker().work_once()
    text = lans.get(place).text
    assert "Chưa lập được" in text
    assert "Không tìm thấy" in text
    assert lans.get(f"{place}/tai").status_code == 404


# Size


def test_a_day_is_read_through_its_index_however_long_the_journal(station):
    store = station.repos.store
    sql = "EXPLAIN QUERY PLAN SELECT * FROM journal WHERE day = ? AND kind = 'airing' ORDER BY planned_start, seq"
    plan = " ".join(row["detail"] for row in store.rows(sql, (DAY,)))
    assert "USING INDEX journal_airing" in plan
    assert "TEMP B-TREE" not in plan


# Rows that are no airings, and notes


def test_an_order_by_telephone_names_the_officer_and_the_leader(aired, lans, station, clock):
    first = station.repos.store.row("SELECT * FROM journal WHERE kind = 'airing' ORDER BY seq")
    told = {"reason": "order_by_code", "author": "Lan <b>", "operator": "Minh"}
    with station.repos.store.write() as db:
        station.repos.journal.append(
            db, Entry(at=clock.now(), kind="order", day=first["day"], slot_id=first["slot_id"], title="Xả lũ", **told)
        )
    sentence = "Lan &lt;b&gt; ra lệnh bằng mã của lãnh đạo Minh đọc cho qua điện thoại."
    page = lans.get("/nhat-ky").text
    assert sentence in page
    assert "Xả lũ" in page
    assert sentence in lans.get(f"/nhat-ky/luot/{first['seq']}").text
    assert sentence not in lans.get(f"/nhat-ky/luot/{first['seq'] + 1}").text


def test_changed_rules_stand_in_the_journal_of_their_day_in_words(aired, lans, hung, station):
    values = {"cap.sessions_a_day": 3, "cap.legal_basis": "Quyết định số 9"}
    station.services.settings.put(hung, values)
    page = lans.get("/nhat-ky").text
    assert "Quy tắc phát được sửa trên trang Cài đặt." in page
    assert re.search(r"<b>Số buổi[^<]*</b>: không đặt → 3<", page)
    assert "cap.sessions_a_day" not in page
    assert "Quy tắc phát được sửa" not in lans.get("/nhat-ky?ngay=2026-12-01").text


def test_an_airing_that_was_moved_says_from_when(cast, lans, lan, station, clock):
    cast.running(cast.approved(60.0, "Tiêm chủng"), base=1)
    (slot,) = station.repos.slots.of_day(cast.campaign(1).start)
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE slot SET moved_from = ? WHERE id = ?", ("2026-12-01T22:45:00.000000+00:00", slot.id))
    station.repos.slots.claim(slot, slot.start)
    station.repos.slots.close(slot.id, Ending(AiringOutcome.MISSED, "station_off", note="Lan"), clock.now())
    seq = station.repos.store.value("SELECT seq FROM journal WHERE kind = 'airing'")
    page = lans.get(f"/nhat-ky/luot/{seq}").text
    assert re.search(r"<dt>Đã dời từ</dt><dd class=\"num\">05:45:00</dd>", page)
    assert re.search(r"<dt>Ghi chú</dt><dd class=\"wrap\">Lan</dd>", page)
    assert "moved from" not in page
