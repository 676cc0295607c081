"""Acts upon earlier dispatches: what ends an airing, what takes a dispatch's place, and what only sounds like it."""

import pytest

from scheduler.core.dispatch import DispatchAct, read_dispatch
from tests.core.dispatch.letter import HEAD, dispatch_with
from tests.rows import over


def acts(body: str) -> tuple[DispatchAct, ...]:
    return dispatch_with(body).acts


@over(
    "sentence, act",
    [
        ("Dừng phát bản tin phòng dịch.", ("stop", None, None, None, None)),
        ("Ngừng tuyên truyền về bầu cử trên loa.", ("stop", None, None, None, None)),
        ("Không tiếp tục phát bản tin phòng dịch từ ngày 10/7/2024.", ("stop", None, None, "2024-07-10", None)),
        ("Đài không phát bản tin phòng dịch nữa.", ("stop", None, None, None, None)),
        (
            "Tạm dừng phát thanh từ ngày 10/7/2024 đến hết ngày 12/7/2024.",
            ("stop", None, None, "2024-07-10", "2024-07-12"),
        ),
        ("Tạm ngừng phát thanh ngày 12/7/2024.", ("stop", None, None, "2024-07-12", "2024-07-12")),
        (
            "Ngưng phát toàn bộ chương trình trong các ngày 11, 12/7/2024 để giữ yên tĩnh cho kỳ thi.",
            ("stop", None, None, "2024-07-11", "2024-07-12"),
        ),
        (
            "Ngừng phát thông báo cũ và phát thông báo mới 03 lượt/ngày từ ngày 11/7/2024 đến ngày 13/7/2024.",
            ("stop", None, None, None, None),
        ),
        ("Dừng phát thông báo họp ngày 12/7/2024.", ("stop", None, None, None, None)),
        ("Đã tìm được cháu bé đi lạc tối ngày 12/7/2024, không phát tin này nữa.", ("stop", None, None, None, None)),
        (
            "Công trình thi công từ ngày 10/7/2024 đến ngày 12/7/2024 đã xong, đề nghị Đài dừng phát thông báo cấm đường.",
            ("stop", None, None, None, None),
        ),
        ("Ngày 12/7/2024, đề nghị Đài tạm dừng phát thanh.", ("stop", None, None, "2024-07-12", "2024-07-12")),
        (
            "Dừng phát bản tin theo Công văn số 98/UBND-VHXH ngày 01/6/2024 kể từ ngày 08/7/2024.",
            ("stop", "98/UBND-VHXH", "2024-06-01", "2024-07-08", None),
        ),
        (
            "Công văn này thay thế Công văn số 98 / UBND - VHXH ngày 01 tháng 6 năm 2024.",
            ("replace", "98/UBND-VHXH", "2024-06-01", None, None),
        ),
        ("Bãi bỏ Kế hoạch số 33/KH-UBND ngày 15/4/2024.", ("stop", "33/KH-UBND", "2024-04-15", None, None)),
        ("Thu hồi Thông báo số 7/TB-UBND.", ("stop", "7/TB-UBND", None, None, None)),
        (
            "Công văn số 98/UBND-VHXH ngày 01/6/2024 hết hiệu lực kể từ ngày 08/7/2024.",
            ("stop", "98/UBND-VHXH", "2024-06-01", "2024-07-08", None),
        ),
        (
            "Quyết định này thay thế Quyết định số 05/2019/QĐ-UBND ngày 31/02/2019.",
            ("replace", "05/2019/QĐ-UBND", None, None, None),
        ),
        ("Yeu cau dung phat thanh ban tin nay.", ("stop", None, None, None, None)),
    ],
)
def test_an_act_names_what_it_ends_and_from_when(sentence, act):
    found = acts(sentence)
    assert [(one.kind.value, one.target, one.target_date, one.since, one.until) for one in found] == [act]
    assert found[0].excerpt.value == sentence.rstrip(".")
    assert found[0].excerpt.line == 14


@over(
    "sentence",
    [
        "Không ngừng tuyên truyền nâng cao nhận thức.",
        "Không được dừng phát thanh khi chưa có ý kiến.",
        "Trường hợp dừng phát thanh do mất điện phải báo ngay.",
        "Nếu ngừng phát phải báo cáo.",
        "Đơn vị đã dừng phát bản tin này từ tháng trước.",
        "Nội dung phát thanh do Ban Biên tập duyệt.",
        "Công ty tạm ngừng cấp nước từ 22h00.",
        "Phát hiện ai dừng phát triển kinh tế thì báo.",
        "Nghị định số 49/2024/NĐ-CP thay thế Quyết định số 52/2016/QĐ-TTg ngày 06/12/2016.",
        "Thay thế bóng đèn hỏng tại số 12/5 đường Trại Cau.",
        "Thực hiện Công văn số 12/SYT ngày 01/7/2024 của Sở Y tế.",
    ],
)
def test_what_only_sounds_like_an_act_is_none(sentence):
    assert acts(sentence) == ()


def test_one_sentence_may_replace_several_dispatches():
    found = acts("Công văn này thay thế Công văn số 98/UBND ngày 01/6/2024 và Thông báo số 12/TB-UBND ngày 02/6/2024.")
    assert [(one.target, one.target_date) for one in found] == [("98/UBND", "2024-06-01"), ("12/TB-UBND", "2024-06-02")]


def test_an_act_said_twice_is_one():
    assert len(acts("Bãi bỏ Công văn số 98/UBND.\n\nBãi bỏ Công văn số 98/UBND.")) == 1


def test_a_text_to_be_said_orders_no_act():
    assert acts('Loa đọc nội dung: "Bà con dừng phát nương làm rẫy. Dừng phát bản tin cũ."') == ()


@pytest.mark.parametrize(
    ("sentence", "warning"),
    [
        ("Dừng phát bản tin phòng dịch.", "frequency: airing is ordered to stop; check the campaign it means"),
        ("Bãi bỏ Công văn số 98/UBND.", "replaces: dispatch 98/UBND is replaced; stop its campaign"),
    ],
)
def test_an_act_is_warned_of_and_is_no_doubt(sentence, warning):
    found = read_dispatch(f"{HEAD}{sentence}\n")
    assert found.warnings == (warning,)
    assert found.doubts == ()
