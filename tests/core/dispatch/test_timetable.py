"""Tables of hours in a dispatch: read where each cell is understood, else asked about; never nothing, never a guess."""

import random

import pytest

from scheduler.core.dispatch import campaign_hints, dispatch_json, read_dispatch
from scheduler.intake import text_of
from tests.core.dispatch.order_corpus import HEAD, TAIL, read_body
from tests.examples import examples
from tests.intake.made import docx, saved, vietnamese_pdf
from tests.rows import over

LEAD = "Đài Truyền thanh phường phát thanh theo lịch sau:"
WEEK = (("Thứ", "Giờ phát"), ("Thứ Hai", "6h00"), ("Thứ Tư", "6h00 và 17h00"), ("Thứ Sáu", "6h00"))
DAYS = (
    ("STT", "Ngày", "Khung giờ", "Thời lượng"),
    ("1", "05/3/2026", "5h30 - 6h00", "15 phút"),
    ("2", "07/3/2026", "5h30 - 6h00", "15 phút"),
    ("3", "10/3/2026", "17h00 - 17h30", "15 phút"),
)
PARTS = (("Buổi", "Giờ", "Thời lượng (phút)"), ("Sáng", "5h30", "15"), ("Chiều", "5h00", "15"))
BOTH = (
    ("Thứ, ngày", "Giờ phát", "Số lần"),
    ("Thứ Năm (05/3/2026)", "6h00 và 17h00", "02 lần"),
    ("Thứ Bảy (07/3/2026)", "6h00 và 17h00", "02 lần"),
)
OF_WEEK = [{"at": ["06:00"], "weekdays": [0, 4]}, {"at": ["06:00", "17:00"], "weekdays": [2]}]
OF_DAYS = [
    {"windows": ["05:30-06:00"], "session_minutes": 15, "dates": ["2026-03-05", "2026-03-07"]},
    {"windows": ["17:00-17:30"], "session_minutes": 15, "start": "2026-03-10", "end": "2026-03-10"},
]
OF_PARTS = [{"at": ["05:30", "17:00"], "session_minutes": 15}]
OF_BOTH = [{"per_day": 2, "at": ["06:00", "17:00"], "dates": ["2026-03-05", "2026-03-07"]}]
TABLES = ((WEEK, OF_WEEK), (DAYS, OF_DAYS), (PARTS, OF_PARTS), (BOTH, OF_BOTH))
OF_A_CAMPAIGN = {"frequency_side_by_side"}


def marked_down(rows, lead=LEAD):
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lead, lines[0], f"|{'---|' * len(rows[0])}", *lines[1:]])


def from_word(rows):
    document = docx.Document()
    for line in f"{HEAD}{LEAD}".split("\n"):
        document.add_paragraph(line)
    table = document.add_table(len(rows), len(rows[0]))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    for line in TAIL.split("\n"):
        document.add_paragraph(line)
    return text_of(saved(document), "lich.docx", max_bytes=10**7)


def from_pdf(rows):
    lines = [(50, 780 - 18 * n, line) for n, line in enumerate(f"{HEAD}{LEAD}".split("\n")) if line.strip()]
    low = min(y for _, y, _ in lines)
    cells = [(50 + 130 * m, low - 18 * (n + 1), words) for n, row in enumerate(rows) for m, words in enumerate(row)]
    low = min(y for _, y, _ in cells)
    tail = [(50, low - 18 * (n + 1), line) for n, line in enumerate(TAIL.split("\n")) if line.strip()]
    return text_of(vietnamese_pdf([[*lines, *cells, *tail]]), "lich.pdf", max_bytes=10**7)


def told(text):
    read = dispatch_json(read_dispatch(text))
    orders = [{key: value for key, value in one.items() if key != "quote"} for one in read["frequency"]]
    return orders, {one["reason"] for one in read["doubts"] if one["field"] == "frequency"} - OF_A_CAMPAIGN


@pytest.mark.parametrize(("rows", "orders"), TABLES)
@pytest.mark.parametrize("text_of_rows", [lambda rows: HEAD + marked_down(rows) + TAIL, from_word, from_pdf])
def test_a_table_that_is_understood_whole_is_read_and_nobody_is_asked(rows, orders, text_of_rows):
    assert told(text_of_rows(rows)) == (orders, set())


@over(
    "rows",
    [
        (("Thứ", "Giờ", "Ghi chú"), ("Thứ Hai", "6h00", "nếu mưa thì nghỉ"), ("Thứ Ba", "6h00", "không")),
        (("Thứ", "Sáng", "Chiều"), ("Thứ Hai", "6h00", ""), ("Thứ Ba", "", "17h00")),
        (("Thứ", "Sáng", "Chiều"), ("Thứ Hai", "17h00", "6h00"), ("Thứ Ba", "6h00", "17h00")),
        (("Thứ", "Giờ"), ("Thứ Hai", "khoảng 6h00"), ("Thứ Ba", "6h00")),
        (("Thứ", "Giờ"), ("Thứ Hai", "6h00 (trừ ngày lễ)"), ("Thứ Ba", "6h00")),
        (("Thứ, ngày", "Giờ"), ("Thứ Hai (05/3/2026)", "6h00"), ("Thứ Ba (10/3/2026)", "6h00")),
        (("Ngày", "Giờ", "Số lần"), ("05/3/2026", "6h00", "03 lần"), ("07/3/2026", "6h00", "01 lần")),
        (("Thứ", "Giờ", "Nội dung"), ("Thứ Hai", "6h00", "Phòng cháy"), ("Thứ Ba", "6h00", "Giao thông")),
        (("Thứ", "Giờ", "Nội dung"), ("Thứ Hai", "6h00", "Tiếp âm"), ("Thứ Ba", "6h00", "Tiếp âm")),
        (("Thôn", "Giờ"), ("Thôn Bắc", "6h00"), ("Thôn Nam", "7h00")),
        (("Thứ Hai", "6h00"), ("Thứ Ba", "17h00"), ("Thứ Tư", "18h30")),
        (("Buổi", "Giờ"), ("Sáng", "5h30"), ("Tối", "12h00")),
    ],
)
def test_a_table_of_which_a_cell_is_not_understood_is_asked_about(rows):
    _, asked = told(HEAD + marked_down(rows) + TAIL)
    assert asked


@pytest.mark.parametrize(
    "lead",
    [
        "Đài phát thanh 02 lần/ngày theo lịch sau:",
        "Trừ Chủ nhật, Đài phát thanh theo lịch sau:",
        "Đài phát thanh theo lịch sau và phụ lục kèm theo:",
    ],
)
def test_a_table_beside_another_order_is_asked_about(lead):
    assert told(HEAD + marked_down(WEEK, lead) + TAIL)[1]


def test_the_period_before_a_table_is_that_of_its_rows_and_a_sentence_behind_it_goes_on():
    body = (
        marked_down(PARTS, "Từ ngày 05/3/2026 đến ngày 20/3/2026, Đài phát thanh như sau:")
        + "\nRiêng ngày 12/3/2026 nghỉ."
    )
    orders, asked = read_body(body)
    assert orders == [OF_PARTS[0] | {"start": "2026-03-05", "end": "2026-03-20", "except_days": ["2026-03-12"]}], asked


def test_no_cell_that_is_changed_or_lost_passes_in_silence():
    rng = random.Random(0)
    silent = []
    for _ in range(examples(300)):
        rows, orders = rng.choice(TABLES)
        cells = [list(row) for row in rows]
        row = rng.randrange(1, len(cells))
        column = rng.randrange(len(cells[row]))
        cells[row][column] = rng.choice(
            ["", "nghỉ", "tùy tình hình", "19h45", "Chủ nhật", "Trừ ngày lễ", "như trên", "7"]
        )
        if (
            cells[row][column] != rows[row][column]
            and rows[0][column] != "STT"
            and told(HEAD + marked_down(cells) + TAIL) == (orders, set())
        ):
            silent.append(cells)
    assert silent == []


def test_orders_that_name_hours_of_days_of_their_own_are_no_less_than_those_that_count():
    read = read_dispatch(f"{HEAD}Thứ Hai phát lúc 6h00; thứ Tư phát lúc 17h00.{TAIL}")
    assert "frequency_side_by_side" in [one.reason for one in read.doubts]
    read = read_dispatch(f"{HEAD}Ngày 05/3/2026 phát lúc 6h00; ngày 07/3/2026 phát lúc 17h00.{TAIL}")
    assert [(one.start, one.at) for one in campaign_hints(read)] == [
        ("2026-03-05", ("06:00",)),
        ("2026-03-07", ("17:00",)),
    ]
