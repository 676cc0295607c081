"""Nhật ký: a day as measured, for the eye, the printer and a spreadsheet."""

import csv
import io
import re
from datetime import timedelta

import pytest

from scheduler.core.model import AiringOutcome
from scheduler.core.spreadsheet import safe_cell
from scheduler.store import Ending
from web.journal import HEADS

DAY = "02/12/2026"


@pytest.fixture
def aired(cast, clock):
    """One airing of four that was heard whole, one that was cut, one missed, one that failed."""
    announcement_id = cast.approved(60.0, "Tiêm chủng")
    cast.running(announcement_id, base=4)
    slots = cast.station.parts.slots
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
    assert ">2 / 4<" in text
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
    assert "Hôm sau" not in today
    assert "ngay=2026-12-02" in before


@pytest.mark.parametrize("typed", ["01/01/0001", "31/12/9999"])
def test_the_ends_of_the_calendar_are_no_fault(lans, typed):
    assert lans.get("/nhat-ky", query_string={"ngay": typed}).status_code in {200, 422}


def test_a_whole_chain_is_said_to_be_whole(aired, lans):
    text = lans.get("/nhat-ky?kiem=1").text
    assert "Nguyên vẹn" in text
    assert "4 dòng" in text


def test_a_row_that_was_changed_is_named(aired, lans):
    with aired.station.parts.store.write() as db:
        db.conn.execute("DROP TRIGGER journal_no_update")
        db.conn.execute("UPDATE journal SET played_ms = 600000 WHERE seq = 2")
    text = lans.get("/nhat-ky?kiem=1").text
    assert "Bị đứt" in text
    assert "dòng 2" in text


def test_a_station_of_one_officer_says_so_on_its_report(aired, client_of, lan, station):
    from dataclasses import replace

    from web import create_app

    one = replace(station.config, station=replace(station.config.station, one_officer=True))
    app = create_app(replace(station, config=one))
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
    assert {row[head.index("Người viết")] for row in rows} == {"Lan"}
    assert {row[head.index("Người duyệt")] for row in rows} == {"Minh"}
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
    slot = cast.station.parts.slots.of_day(cast.campaign(1).start)[0]
    ending = Ending(AiringOutcome.FAILED, "output_failed", outputs={"@Loa": "+x"})
    cast.station.parts.slots.close(slot.id, ending, clock.now())
    _, row = cells(lans)
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert '\'=HYPERLINK("http://evil.example";"a")' in row


# Size


def test_a_day_is_read_through_its_index_however_long_the_journal(station):
    store = station.parts.store
    sql = "EXPLAIN QUERY PLAN SELECT * FROM journal WHERE day = ? AND kind = 'airing' ORDER BY planned_start, seq"
    plan = " ".join(row["detail"] for row in store.rows(sql, (DAY,)))
    assert "USING INDEX journal_day" in plan
