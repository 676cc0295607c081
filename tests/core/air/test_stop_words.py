"""What who pressed DỪNG is told is no more than what playout and the ring had told."""

from datetime import UTC, datetime

import pytest

from scheduler.core.air.stop_words import stop_sentences
from scheduler.core.stops import Stopped
from tests.rows import over

AT = datetime(2026, 12, 1, 2, tzinfo=UTC)
SILENT = "Lúc 09:00:00 bộ phát báo không có gì đang phát."
UNKNOWN = "không biết loa có đang kêu hay không"


@over(
    "done, said",
    [
        (Stopped(True, AT), ["Đã ra lệnh dừng."]),
        (Stopped(False, AT), [f"Đã ra lệnh dừng. {SILENT}"]),
        (Stopped(False, AT, ("a",)), ["Đã thu hồi 1 lệnh chưa phát."]),
        (Stopped(True, AT, ("a",)), ["Đã thu hồi 1 lệnh chưa phát.", "Đã ra lệnh dừng."]),
        (Stopped(True, AT, everything=True), ["Đã ra lệnh dừng tất cả, kể cả bản tin khẩn đang chờ."]),
        (Stopped(False, AT, everything=True), ["Đã ra lệnh dừng tất cả, kể cả bản tin khẩn đang chờ."]),
        (Stopped(True, AT, ("a",), ordered=False), ["Đã thu hồi 1 lệnh chưa phát."]),
        (Stopped(False, None, ("a",), ordered=False), ["Đã thu hồi 1 lệnh chưa phát."]),
        (
            Stopped(True, AT, behind=(("b", "Họp"),)),
            ["Đã ra lệnh dừng.", "Còn 1 lượt đang chờ và sẽ phát: “Họp”."],
        ),
        (
            Stopped(True, AT, (), (("b", "Vỡ đê"), ("c", "Cháy"))),
            ["Đã ra lệnh dừng.", "Còn 2 bản tin khẩn đang chờ và sẽ phát: “Vỡ đê”, “Cháy”."],
        ),
    ],
)
def test_a_stop_says_what_was_told_and_when(done, said):
    assert stop_sentences(done, "09:00:00") == said


@pytest.mark.parametrize("sounded", [True, False])
@pytest.mark.parametrize("everything", [True, False])
def test_where_playout_does_not_answer_nothing_is_claimed(sounded, everything):
    (said,) = stop_sentences(Stopped(sounded, None, everything=everything), "–")
    assert UNKNOWN in said
