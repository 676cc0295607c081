"""The file for the telecoms: exactly the approved words, opened again by a reader, and no cell that a spreadsheet runs."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.spreadsheet import safe_cell
from scheduler.extras.sms.rules.hand_over import HEADS, HandOver, check_body, hand_over_csv, results_csv
from scheduler.extras.sms.rules.numbers import CARRIERS
from scheduler.extras.sms.rules.texts import cost, sms_sha256, tidied
from scheduler.kernel.errors import Refused

TOLD = HandOver(
    "Mời bà con tiêm phòng.\nGọi 02373761666", "Minh", "05:30 02/12/2026", "Phường Bắc Sơn", "642/UBND-VHTT"
)
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def opened(text):
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_row_for_each_carrier_with_the_very_words_their_parts_and_who_approved_when():
    heads, *rows = opened(hand_over_csv(TOLD))
    assert tuple(heads) == HEADS
    assert [row[0] for row in rows] == list(CARRIERS)
    for row in rows:
        told = dict(zip(HEADS, row, strict=True))
        assert told["Dải số"].split() == list(CARRIERS[told["Nhà mạng"]])
        assert told["Nội dung"] == TOLD.body
        assert told["Bảng mã"] == "UCS-2"
        assert (int(told["Số ký tự"]), int(told["Số phần"])) == (cost(TOLD.body).places, cost(TOLD.body).parts)
        assert (told["Người duyệt"], told["Duyệt lúc"], told["Số công văn"]) == (
            "Minh",
            TOLD.approved_at,
            "642/UBND-VHTT",
        )
        assert told["SHA-256 của nội dung"] == sms_sha256(TOLD.body)


def test_a_row_for_each_number_of_a_list_with_the_carrier_of_its_prefix():
    rows = opened(hand_over_csv(TOLD, ["+84912345678", "+84987654321"]))[1:]
    assert [row[:2] for row in rows] == [["VinaPhone", "84912345678"], ["Viettel", "84987654321"]]


@given(st.sampled_from(STARTS), st.text())
def test_no_cell_is_a_formula_whatever_a_name_or_a_number_of_a_dispatch_is(start, rest):
    evil = HandOver("Mời bà con", start + rest, start + rest, " " + start + rest, start + rest)
    for row in opened(hand_over_csv(evil))[1:]:
        assert not any(cell.lstrip().startswith(STARTS) for cell in row)


@given(st.text(min_size=1))
def test_words_are_either_refused_or_stand_in_the_file_exactly(text):
    body = tidied(text)
    if body.startswith(STARTS):
        with pytest.raises(Refused, match="sms_formula_start"):
            check_body(body)
    else:
        check_body(body)
        assert safe_cell(body) == body
        assert opened(hand_over_csv(HandOver(body, "M", "", "P")))[1][2] == body


def test_the_results_of_a_sending_are_a_table_too():
    rows = [("+84912345678", "Cổng đã nhận", "", "Accepted for delivery"), ("+84987654321", "Không rõ", "…", "=1+1")]
    assert opened(results_csv(rows))[1:] == [
        ["84912345678", "Cổng đã nhận", "", "Accepted for delivery"],
        ["84987654321", "Không rõ", "…", "'=1+1"],
    ]


@pytest.mark.parametrize("body", ["=1+1", "- Mời", "@phường", "+84912345678"])
def test_words_that_begin_like_a_formula_are_refused(body):
    with pytest.raises(Refused, match="sms_formula_start"):
        check_body(body)
