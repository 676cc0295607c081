"""Long texts made to hang a reader: each is read or refused, and comes to an end."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.core.dispatch import campaign_hints, dispatch_json, phases_of, read_dispatch, said_draft
from scheduler.kernel.errors import DispatchError
from tests.core.dispatch.letter import HEAD
from tests.examples import examples, some_of
from tests.rows import each

LENGTH = 60_000
UNITS = [
    "ngày ", "3 lần ", "phát ", '"', "“", "” ", "''", "số 1/A-", "từ ngày 1/1 ", "đến ", "a", "1", "Á", " ", "\t", "\n", "- ", "; ", "%",
    "/", "(", "|", "0912345678 ", "09 ", "www.a.", "http://", "a@", "x", "từ thứ 2 đến ", "mỗi ngày phát ", ", gửi báo cáo ", "đề nghị ",
    "UBND ", "các ", "dừng phát ", "thay thế công văn số 1/UB ngày 1/1/2020 ", "thời lượng ", "Kính gửi: ", "Nơi nhận:\n", "Số: 1/A\n",
    "V/v ", "tăng ", "10 phút ", "giờ ", "trong 10 ngày ", "<b ", "[a](", "_", "*", "\\", "&amp;", "gọi 1", "0O", "|a|\n", 'nội dung: "',
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA ", "sau đó ", "thứ hai 3 lần, ", "sáng 2 lần ", "50% thời lượng ", "30/45 phút ", "các đơn vị ",
    "Ủy ban nhân dân phường ", "(hai) ", "THÔNG BÁO\n", "Giai đoạn 1: ", "trước ngày ", "và ", "tổ 1, ", "loa tại ", "phạm vi phát ", "không để ",
    "kiểm tra loa ", "sau khi xem xét ",
]  # fmt: skip


def read_whole(text: str) -> bool:
    try:
        dispatch = read_dispatch(text)
    except DispatchError as refused:
        if refused.reason not in {"dispatch_empty", "dispatch_not_one", "dispatch_too_long"}:
            raise
        return False
    dispatch_json(dispatch)
    said_draft(dispatch)
    campaign_hints(dispatch)
    phases_of(dispatch, base=2, today=date(2024, 7, 5))
    return True


def test_a_text_of_one_thing_over_and_over_comes_to_an_end():
    def check(unit):
        body = unit * (LENGTH // len(unit))
        assert read_whole(HEAD + body)
        read_whole(body)

    each(some_of(UNITS, 14), check)


@pytest.mark.parametrize("length", [100, 2_000, 50_000])
def test_a_message_as_long_as_a_book_is_read_whole(length):
    text = ("Giữ gìn vệ sinh nơi ở. " * (length // 22)).strip()
    body = f"- Các đơn vị phát trên loa nội dung: “{text}” 3 lần/ngày và báo cáo trước ngày 20/7/2024."
    dispatch = read_dispatch(HEAD + body)
    assert dispatch.messages[0].startswith("Giữ gìn vệ sinh")


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(UNITS), st.integers(1, 400)), max_size=12))
def test_any_mixture_of_long_runs_is_read_or_refused(runs):
    assert read_whole(HEAD + "".join(unit * times for unit, times in runs))


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(st.sampled_from([*HEAD.split(), "64Z", "l3", "O", "|", "\n", "\t", "“", "3 lần/ngày"]), max_size=40))
def test_a_shuffled_head_never_raises(words):
    read_whole(" ".join(words))
    read_whole("\n".join(words))
