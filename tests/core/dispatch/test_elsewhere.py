"""Orders that stand outside the body of a dispatch: never passed over, and what says nothing of airing is not asked about."""

import pytest

from scheduler.core.dispatch import read_dispatch
from tests.core.dispatch.order_corpus import HEAD, TAIL
from tests.rows import over

SIGNED = "./.\n\nNơi nhận:\n- Đài Truyền thanh phường (để phát thanh);\n- Lưu: VT.\n\nTM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n"
BODY = "Đài Truyền thanh phường phát 02 lần/ngày"
OF_118 = "(Kèm theo Công văn số 118/UBND-VHXH ngày 03/3/2026 của UBND phường)"


def asked(text):
    return [one.reason for one in read_dispatch(text).doubts if one.field == "frequency"]


@over(
    "annex",
    [
        "PHỤ LỤC\nLỊCH PHÁT THANH\n| Thứ | Giờ phát |\n|---|---|\n| Thứ Hai | 6h00 |\n| Thứ Tư | 17h00 |",
        "PHỤ LỤC\nĐài Truyền thanh phường phát 04 lần/ngày vào 6h00 và 17h00.",
        "PHỤ LỤC\nCác ngày không phát: 08/3/2026, 15/3/2026.",
        "Ghi chú: Chủ nhật không phát.",
        "2. Không phát sau 20 giờ.",
        "PHỤ LỤC\nTừ ngày 10/3/2026 ngừng phát bài cũ.",
    ],
)
def test_an_order_behind_the_end_of_the_body_is_asked_about(annex):
    assert "frequency_elsewhere" in asked(f"{HEAD}{BODY}{SIGNED}\n{annex}\n")


@over(
    "annex",
    [
        "PHỤ LỤC\nDANH SÁCH CÁC HỘ\n| STT | Họ tên | Tổ |\n|---|---|---|\n| 1 | Lê Văn B | 3 |\n| 2 | Trần C | 5 |",
        "PHỤ LỤC\nLỊCH TIÊM CHỦNG\n| Ngày | Giờ | Tổ |\n|---|---|---|\n| 05/3/2026 | 7h30 | 3 |\n| 06/3/2026 | 7h30 | 5 |",
        "PHỤ LỤC\nĐội hình chốt trực: Công an phường trực từ 7h00 đến 17h00.",
    ],
)
def test_an_annex_about_other_matters_is_not_asked_about(annex):
    text = f"{HEAD}{BODY}{SIGNED}\n{annex.replace('PHỤ LỤC', 'PHỤ LỤC' + chr(10) + OF_118)}\n"
    assert asked(text) == []


@pytest.mark.parametrize(
    ("subject", "body", "is_asked"),
    [
        ("V/v phát thanh 03 lần/ngày phòng, chống dịch", "Đề nghị Đài thực hiện.", True),
        ("V/v phát thanh 03 lần/ngày phòng, chống dịch", "Đài Truyền thanh phường phát 03 lần/ngày.", False),
        ("V/v phát thanh 03 lần/ngày phòng, chống dịch", "Đài Truyền thanh phường phát 02 lần/ngày.", True),
        ("V/v tạm dừng phát thanh từ ngày 05/3/2026", "Đề nghị Đài thực hiện.", True),
        ("V/v tạm dừng phát thanh từ ngày 05/3/2026", "Tạm dừng phát thanh từ ngày 05/3/2026.", False),
        ("V/v không phát thanh ngày Chủ nhật", "Đề nghị Đài thực hiện nội dung nêu trên.", True),
        ("V/v tăng thời lượng phát sóng", "Đài Truyền thanh phường phát 02 lần/ngày.", False),
    ],
)
def test_a_subject_that_orders_more_than_the_body_is_asked_about(subject, body, is_asked):
    assert ("frequency_elsewhere" in asked(HEAD.replace("V/v tuyên truyền", subject) + body + TAIL)) is is_asked


def test_an_exception_in_quotation_marks_is_no_text_to_be_said():
    read = read_dispatch(f'{HEAD}{BODY} ("trừ thứ Bảy, Chủ nhật").{TAIL}')
    assert (read.messages, read.frequency[0].weekdays) == ((), (0, 1, 2, 3, 4))
