"""One sentence in, one order out: the words offices use for how often, when and how long."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.dispatch import dispatch_json, read_dispatch
from scheduler.core.dispatch.terms import terms_in
from scheduler.core.dispatch.when import periods_in
from tests.core.dispatch.letter import HEAD, dispatch_with
from tests.rows import over

ISSUED = date(2024, 7, 5)
NO_NUMBER = "frequency: an increase is ordered without a number; the officer must state it"


def orders(body: str) -> list[dict[str, object]]:
    """The orders of a body, without their quotes."""
    found = read(body)["frequency"]
    return [{key: value for key, value in order.items() if key != "quote"} for order in found]


def read(body: str) -> dict[str, object]:
    return dispatch_json(dispatch_with(body))


@over(
    "sentence, order",
    [
        ("Phát thanh 3 lần/ngày.", {"per_day": 3}),
        ("Phát bản tin mỗi ngày 02 buổi.", {"per_day": 2}),
        ("Phát trên loa ngày 2 lần.", {"per_day": 2}),
        ("Phát thanh 03 (ba) lần một ngày.", {"per_day": 3}),
        ("Phát thanh hai lần mỗi ngày.", {"per_day": 2}),
        ("Tổ chức phát thanh hằng ngày ít nhất 04 lượt.", {"per_day": 4}),
        ("Mở chuyên mục phát thanh 2 buổi/tuần.", {"per_week": 2}),
        ("Nâng thời lượng phát thanh từ 2 lên 3 buổi/ngày.", {"increase": True, "per_day": 3}),
        ("Tăng số lần phát từ 2 lần/ngày lên 4 lần/ngày.", {"increase": True, "per_day": 4}),
        ("Tăng thời lượng phát sóng gấp đôi.", {"increase": True, "factor": 2.0}),
        ("Tăng tần suất phát thanh gấp 3 lần.", {"increase": True, "factor": 3.0}),
        ("Tăng thời lượng phát thanh gấp rưỡi.", {"increase": True, "factor": 1.5}),
        ("Tăng thời lượng phát thanh thêm 50%.", {"increase": True, "factor": 1.5}),
        ("Nâng thời lượng phát thanh lên 200% so với trước.", {"increase": True, "factor": 2.0}),
        ("Phát thanh ×3 so với ngày thường.", {"factor": 3.0}),
        ("Phát loa cứ 30 phút một lần.", {"every_minutes": 30}),
        ("Phát loa mỗi 2 giờ một lần.", {"every_minutes": 120}),
        ("Phát loa 01 giờ/lần.", {"every_minutes": 60}),
        ("Phát tin bão hằng giờ trên loa, mỗi giờ một lần.", {"every_minutes": 60}),
        ("Phát thanh 2 lần/ngày, thời lượng 15 phút/lần.", {"per_day": 2, "session_minutes": 15}),
        ("Phát thanh 2 buổi/ngày, mỗi buổi 20 phút.", {"per_day": 2, "session_minutes": 20}),
        ("Thời lượng phát thanh tối thiểu 10 phút.", {"session_minutes": 10}),
        ("Phát loa lúc 5h30, 11 giờ và 17 giờ 30 phút.", {"at": ["05:30", "11:00", "17:30"]}),
        ("Phát loa vào 6 giờ sáng và 5 giờ chiều.", {"at": ["06:00", "17:00"]}),
        ("Phát loa từ 5h00 đến 6h30.", {"windows": ["05:00-06:30"]}),
        ("Phát loa từ 5 đến 6 giờ sáng.", {"windows": ["05:00-06:00"]}),
        ("Phát loa khung giờ 05:30-06:00 và 17:00 – 17:30.", {"windows": ["05:30-06:00", "17:00-17:30"]}),
        ("Phát thanh 2 lần/ngày từ thứ Hai đến thứ Sáu.", {"per_day": 2, "weekdays": [0, 1, 2, 3, 4]}),
        ("Phát thanh 2 lần/ngày, trừ thứ Bảy và Chủ nhật.", {"per_day": 2, "weekdays": [0, 1, 2, 3, 4]}),
        ("Phát thanh 1 lần/ngày vào thứ 3, 5, 7.", {"per_day": 1, "weekdays": [1, 3, 5]}),
        (
            "Phát thanh 3 lần/ngày từ ngày 08/7/2024 đến hết ngày 31/7/2024.",
            {"per_day": 3, "start": "2024-07-08", "end": "2024-07-31"},
        ),
        (
            "Phát thanh 3 lần/ngày, từ ngày 08 đến ngày 12 tháng 7 năm 2024.",
            {"per_day": 3, "start": "2024-07-08", "end": "2024-07-12"},
        ),
        ("Phát thanh 3 lần/ngày, từ 8/7 đến 20/7.", {"per_day": 3, "start": "2024-07-08", "end": "2024-07-20"}),
        (
            "Phát thanh 3 lần/ngày, từ nay đến hết ngày 20/7.",
            {"per_day": 3, "start": "2024-07-05", "end": "2024-07-20"},
        ),
        (
            "Phát thanh 3 lần/ngày trong 07 ngày kể từ ngày 10/7/2024.",
            {"per_day": 3, "start": "2024-07-10", "end": "2024-07-16"},
        ),
        ("Phát thanh trưa từ 11h30 - 12h00.", {"windows": ["11:30-12:00"]}),
        ("Phát thanh 03 lần/ngày, mỗi lần cách nhau ít nhất 3 giờ.", {"per_day": 3}),
        (
            "Phát thanh 2 lần/ngày, 5 phút/lần, từ 12-20/7/2024.",
            {"per_day": 2, "session_minutes": 5, "start": "2024-07-12", "end": "2024-07-20"},
        ),
        (
            "Phát thanh 2 lần/ngày, từ 12.7.2024 đến 20.7.2024.",
            {"per_day": 2, "start": "2024-07-12", "end": "2024-07-20"},
        ),
        (
            "Yêu cầu phát thanh từ 06 giờ 00 phút đến 21 giờ 00 phút hằng ngày, cứ 60 phút phát 01 lần.",
            {"every_minutes": 60, "windows": ["06:00-21:00"]},
        ),
        ("Phát thanh 3 lần/ngày kể từ ngày ký.", {"per_day": 3, "start": "2024-07-05"}),
        ("Phát thanh ít nhất 30 phút/ngày.", {"minutes_a_day": 30}),
        ("Mỗi ngày phát thanh ít nhất 45 phút về phòng dịch.", {"minutes_a_day": 45}),
        ("Tăng thời lượng phát thanh từ 30 phút lên 45 phút/ngày.", {"increase": True, "minutes_a_day": 45}),
        ("Tăng thời lượng phát thanh từ 15 phút/buổi lên 30 phút/buổi.", {"increase": True, "session_minutes": 30}),
        ("Phát thanh 2 giờ/ngày.", {"minutes_a_day": 120}),
        ("Phát thanh lúc 17 giờ mỗi ngày.", {"at": ["17:00"]}),
        ("Dành 30/45 phút mỗi buổi phát thanh cho phòng dịch.", {"share": 0.67, "session_minutes": 45}),
        ("Dành 70 % thời lượng phát sóng cho tin về bão.", {"share": 0.7}),
        ("Tin phòng dịch chiếm ít nhất 50% thời lượng mỗi buổi phát thanh.", {"share": 0.5}),
        ("Tăng thêm 50% thời lượng phát thanh.", {"increase": True, "factor": 1.5}),
        ("Nhân đôi thời lượng phát thanh.", {"factor": 2.0}),
        ("Phát thanh mỗi ngày 2 lần, mỗi lần 15 phút.", {"per_day": 2, "session_minutes": 15}),
        ("Phát thanh hằng ngày, mỗi buổi phát 15 phút.", {"session_minutes": 15}),
        ("Phát thanh 2 lần/ngày trong 10 ngày liên tục.", {"per_day": 2, "days": 10}),
        ("Phát thanh liên tục trong 2 tuần, mỗi ngày 3 lần.", {"per_day": 3, "days": 14}),
        ("Tăng gấp đôi thời lượng phát sóng trong 2 tuần.", {"increase": True, "factor": 2.0, "days": 14}),
        ("Người dân cách ly trong vòng 14 ngày, loa phát 3 lần/ngày.", {"per_day": 3}),
        ("Phát 02 lượt/buổi, 02 buổi/ngày trên loa truyền thanh.", {"per_day": 4}),
        ("Phát thanh sáng 2 lần, chiều 1 lần.", {"per_day": 3, "parts": ["sáng", "chiều"]}),
        (
            "Phát thanh mỗi ngày 2 buổi sáng, tối, mỗi buổi ít nhất 3 lần.",
            {"per_day": 6, "parts": ["sáng", "tối"]},
        ),
        ("Không ngừng tuyên truyền, phát thanh 2 lần/ngày.", {"per_day": 2}),
    ],
)
def test_an_order_is_read_from_one_sentence(sentence, order):
    assert orders(f"- {sentence}") == [order]


@over(
    "sentence",
    [
        "Phun hóa chất khử khuẩn 2 lần/tuần.",
        "Báo cáo kết quả 1 lần/ngày trước 16h00.",
        "Người dân rửa tay 6 lần/ngày.",
        "Đài truyền thanh báo cáo kết quả phát sóng, gửi về UBND phường 1 lần/tuần.",
        "Cách ly tại nhà trong vòng 14 ngày.",
        "Xử phạt người vi phạm 2 lần trong tháng.",
        "Phát khẩu trang cho người dân 2 lần/tuần.",
        "Thực hiện Công văn số 12/UBND ngày 01/7/2024 về việc tăng thời lượng phát thanh lên 5 lần/ngày.",
        "Căn cứ Kế hoạch số 5/KH-UBND ngày 02/6/2024 về phát thanh 4 buổi/ngày.",
        "Hiện nay đài phát 2 lần/ngày.",
        "Họp tổ dân phố lúc 19h30 thứ Sáu.",
        "Cuộc họp bàn về loa truyền thanh, họp lúc 8h00 ngày 10/7/2024.",
    ],
)
def test_what_is_no_order_to_air_is_left_alone(sentence):
    assert orders(f"- {sentence}") == []


def test_an_order_after_a_reference_in_the_same_sentence_is_kept():
    body = "Thực hiện Công văn số 12/STTTT ngày 01/7/2024 về việc phát thanh 5 lần/ngày, UBND phường yêu cầu Đài phát thanh 3 lần/ngày."
    assert orders(body) == [{"per_day": 3}]


@pytest.mark.parametrize(
    "opening",
    [
        "Theo nguyện vọng của các cụ, Hội đề nghị Đài",
        "Theo kế hoạch đã thống nhất, đề nghị Đài",
        "Theo kế hoạch, đài",
        "Theo đề nghị của Hội Người cao tuổi, đài",
        "Theo Kế hoạch số 12/KH-UBND ngày 03/3/2026, Đài",
    ],
)
def test_an_order_behind_what_it_refers_to_is_not_taken_for_a_part_of_that(opening):
    assert orders(f"{opening} phát 02 lần/ngày từ ngày 15/3/2026.") == [{"per_day": 2, "start": "2026-03-15"}]


def test_phases_are_orders_of_their_own():
    body = (
        "Phát thanh 02 buổi/ngày từ ngày 08/7/2024 đến hết ngày 14/7/2024, sau đó 04 buổi/ngày đến hết ngày 20/7/2024."
    )
    assert orders(body) == [
        {"per_day": 2, "start": "2024-07-08", "end": "2024-07-14"},
        {"per_day": 4, "start": "2024-07-15", "end": "2024-07-20"},
    ]


def test_an_order_is_gathered_from_the_sentences_of_its_paragraph():
    body = "Tăng thời lượng phát thanh. Phát 3 lần/ngày, vào lúc 6h00 và 17h00. Mỗi lần 5 phút."
    found = read(body)
    assert orders(body) == [{"increase": True, "per_day": 3, "at": ["06:00", "17:00"], "session_minutes": 5}]
    assert NO_NUMBER not in found["warnings"]


def test_bullets_under_an_order_to_broadcast_speak_of_broadcasting():
    body = "Đài truyền thanh phường phát thanh như sau:\n- Từ thứ Hai đến thứ Sáu: 3 lần/ngày;\n- Thứ Bảy, Chủ nhật: 1 lần/ngày."
    assert orders(body) == [{"per_day": 3, "weekdays": [0, 1, 2, 3, 4]}, {"per_day": 1, "weekdays": [5, 6]}]


@pytest.mark.parametrize(
    "sentence",
    [
        "Tăng thời lượng phát sóng trên hệ thống truyền thanh.",
        "Tăng cường thời lượng, tần suất phát thanh.",
        "Tăng cường phát thanh trên hệ thống loa.",
        "Nâng cao thời lượng phát sóng.",
    ],
)
def test_an_increase_without_a_number_asks_the_officer(sentence):
    assert orders(sentence) == [{"increase": True}]
    assert read(sentence)["warnings"] == [NO_NUMBER]


def test_more_than_usual_without_a_total_asks_the_officer():
    found = read("Phát thanh thêm 2 buổi/ngày so với thường lệ.")
    assert [order.get("per_day") for order in found["frequency"]] == [None]
    assert any("2 more a day" in warning for warning in found["warnings"])


def test_the_quote_leaves_the_topic_out_only_when_nothing_is_ordered_after_it():
    short = read("- Tăng thời lượng phát sóng về phòng dịch COVID-19.")["frequency"][0]["quote"]
    whole = read("- Phát thanh về phòng dịch 3 lần/ngày.")["frequency"][0]["quote"]
    assert (short, whole) == ("Tăng thời lượng phát sóng", "Phát thanh về phòng dịch 3 lần/ngày")


def test_counts_inside_a_text_to_be_said_are_not_orders():
    body = 'Phát trên loa nội dung sau: "Bà con rửa tay 6 lần/ngày, phát hiện ca bệnh báo ngay trạm y tế, loa phát 9 lần/ngày."'
    assert all("per_day" not in order for order in orders(body))


@over(
    "sentence, doubt",
    [
        ("Tăng thêm 15 phút/ngày thời lượng phát thanh.", ("frequency_minutes_more", {"minutes": "15"})),
        ("Phát thanh thêm 2 buổi/ngày.", ("frequency_more", {"number": "2", "period": "ngày"})),
        ("Phát thanh 2 - 3 lần/tuần.", ("frequency_range", {"lower": "2", "upper": "3", "period": "tuần"})),
        ("Phát thanh 10 - 15 phút/buổi.", ("frequency_lower_taken", {"raw": "10 - 15 phút/buổi"})),
        ("Phát thanh mỗi buổi từ 10 đến 15 phút.", ("frequency_lower_taken", {"raw": "mỗi buổi từ 10 đến 15 phút"})),
        ("Tăng thời lượng phát thanh gấp 2 - 3 lần.", ("frequency_lower_taken", {"raw": "gấp 2 - 3 lần"})),
        ("Tăng 3 lần thời lượng phát thanh.", ("frequency_times", {"raw": "Tăng 3 lần", "number": "3"})),
        ("Phát thanh 02 (ba) buổi/ngày.", ("frequency_words_differ", {"raw": "02 (ba)"})),
        ("Phát thanh 3 lần/ngày vào lúc 5h30 và 17h00.", ("frequency_hours_differ", {"number": "3", "hours": "2"})),
        ("Phát thanh 300 lần/ngày.", ("frequency_unlikely", {"raw": "Phát thanh 300 lần/ngày"})),
        ("Phát thanh cứ 2 phút một lần.", ("frequency_unlikely", {"raw": "Phát thanh cứ 2 phút một lần"})),
        ("Phát thanh 2 lần/ngày và 4 lần/ngày.", ("frequency_two_counts", {"first": "2", "second": "4"})),
        (
            "Phát thanh 2 lần/ngày, riêng ngày 10/7/2024 phát 5 lần.",
            ("frequency_scope", {"raw": "ngày 10/7/2024 phát 5 lần"}),
        ),
        ("Phát thanh mỗi buổi ít nhất 3 lần.", ("frequency_unread", {"raw": "3 lượt mỗi buổi"})),
        ("Thứ Hai phát thanh 3 lần/ngày; thứ Bảy phát 1 lần/ngày.", ("frequency_side_by_side", {})),
        ("Phát thanh 3 lần/ngày đến hết ngày 01/7/2024.", ("period_past", {"last": "01/07/2024"})),
        (
            "Phát thanh 3 lần/ngày từ ngày 20/7/2024 đến ngày 10/7/2024.",
            ("period_reversed", {"first": "20/07/2024", "last": "10/07/2024"}),
        ),
        ("Tăng thời lượng phát thanh.", ("frequency_without_number", {})),
        ("Tăng thời lượng phát thanh từ 16 giờ 30 đến 17 giờ 30 hằng ngày.", ("frequency_without_number", {})),
    ],
)
def test_what_is_not_certain_about_an_order_is_a_doubt(sentence, doubt):
    found = dispatch_with(sentence)
    assert [(one.reason, dict(one.details)) for one in found.doubts] == [doubt]
    assert found.doubts[0].excerpt.line == 14


@pytest.mark.parametrize(
    "sentence",
    [
        "Phát thanh 3 lần/ngày vào lúc 5h30, 11h00 và 17h00.",
        "Phát thanh 4 lần/ngày vào lúc 5h30 và 17h00.",
        "Phát thanh 03 (ba) lần/ngày.",
        "Tăng thời lượng phát thanh lên 04 lần/ngày (sáng 02 lần, chiều 02 lần).",
        "Phát tin bão mỗi giờ một lần từ 7h00 đến 20h00.",
    ],
)
def test_what_is_certain_is_no_doubt(sentence):
    assert read_dispatch(f"{HEAD}{sentence}\n").doubts == ()


def test_the_day_of_a_document_that_is_replaced_is_no_day_of_the_order():
    body = "Phát 06 lượt/ngày bản tin đợt hai trên loa. Công văn này thay thế Công văn số 12/UBND-VHXH ngày 02/6/2024 của UBND phường."
    assert (orders(body), dispatch_with(body).doubts) == ([{"per_day": 6}], ())


def test_an_order_to_stop_is_a_warning_and_no_order():
    found = read("Dừng phát bản tin phòng dịch, 3 lần/ngày, từ ngày 08/7/2024.")
    assert found["frequency"] == []
    assert any("ordered to stop" in warning for warning in found["warnings"])


@over(
    "sentence, effective",
    [
        (
            "Thời gian thực hiện: từ ngày 08/7/2024 đến hết ngày 31/7/2024.",
            {"start": "2024-07-08", "end": "2024-07-31"},
        ),
        ("Thông báo này có hiệu lực kể từ ngày ký.", {"start": "2024-07-05", "end": None}),
        ("- Thời gian: từ 7h30 ngày 12/7/2024 tại nhà văn hóa.", None),
        ("Thông báo này có hiệu lực từ 0 giờ ngày 12/7/2024.", {"start": "2024-07-12", "end": None}),
        ("Thực hiện từ ngày 10/7/2024.", {"start": "2024-07-10", "end": None}),
        ("Thời gian nộp thuế từ ngày 08/7/2024 đến hết ngày 31/7/2024.", None),
        ("Gửi báo cáo trước ngày 20/7/2024.", None),
        ("Dịch đã xảy ra từ ngày 01/6/2024 đến ngày 01/7/2024.", None),
    ],
)
def test_the_period_of_the_whole_order_is_told_from_other_dates(sentence, effective):
    assert read(f"Đề nghị phối hợp.\n\n{sentence}")["effective"] == effective


# --- days and hours ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "period"),
    [
        pytest.param("từ ngày 28/12 đến ngày 05/01/2025", ("2024-12-28", "2025-01-05"), id="over the new year"),
        pytest.param("từ ngày 30/6/2024 đến 31/6/2024", ("2024-06-30", None), id="no 31st of June"),
        pytest.param("đến hết ngày 10/01", (None, "2025-01-10"), id="January after a July dispatch"),
        pytest.param("trong tháng 2 năm 2024", ("2024-02-01", "2024-02-29"), id="a leap February"),
    ],
)
def test_a_period_is_read_with_the_year_it_leaves_out(text, period):
    found = periods_in(text, ISSUED)
    assert [(p.first, p.last) for p in found] == [period]


def test_the_29th_of_february_of_a_common_year_is_no_day():
    assert periods_in("từ ngày 29/2/2023", ISSUED) == ()


def test_a_day_without_a_year_is_unknown_when_the_dispatch_has_no_date():
    assert periods_in("từ ngày 8/7 đến ngày 9/7", None) == ()


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_any_two_days_written_out_come_back_as_they_were(first, last):
    text = f"từ ngày {first.day} tháng {first.month} năm {first.year} đến hết ngày {last:%d/%m/%Y}"
    assert [(p.first, p.last) for p in periods_in(text, ISSUED)] == [(first.isoformat(), last.isoformat())]


@given(
    st.times(), st.sampled_from(["{h}h{m:02}", "{h} giờ {m:02}", "{h:02}:{m:02}", "{h}g{m:02}", "{h} giờ {m:02} phút"])
)
def test_any_hour_written_in_any_way_comes_back_as_it_was(moment, written):
    text = "phát lúc " + written.format(h=moment.hour, m=moment.minute)
    assert [one.value.at for one in terms_in(text, ISSUED) if one.kind == "hour"] == [f"{moment:%H:%M}"]


@over("text", ["25h00", "12h75", "24/24 giờ", "trong 2 giờ", "sau 3 giờ", "10:61"])
def test_what_is_no_hour_of_an_ordinary_day_is_not_taken(text):
    assert [one.value.at for one in terms_in(text, ISSUED) if one.kind == "hour"] == []


@over(
    "text, days",
    [
        ("từ thứ Sáu đến thứ Hai", (0, 4, 5, 6)),
        ("các ngày cuối tuần", (5, 6)),
        ("các ngày làm việc", (0, 1, 2, 3, 4)),
        ("lần thứ hai", ()),
        ("hằng ngày, trừ Chủ nhật", (0, 1, 2, 3, 4, 5)),
        ("thứ 2 đến thứ 6, trừ thứ 4", (0, 1, 3, 4)),
    ],
)
def test_weekdays_are_read(text, days):
    assert tuple(orders(f"Phát thanh 1 lần/ngày {text}.")[0].get("weekdays", ())) == days


@over(
    "body",
    [
        "UBND phường nhận được đề nghị của EVN. Đề nghị Đài phát 02 lần/ngày.",
        "Thực hiện kế hoạch đại hội lần thứ III. Đề nghị Đài phát 02 lần/ngày.",
        "Theo thông báo của VNPT. Giao Đài Truyền thanh phát 02 lần/ngày.",
        "Nội dung: lịch cắt điện ngày 07/3; thời gian phát: 02 lần/ngày.",
        "Thứ Sáu trả lương hưu. Đài phát 2 lần/ngày.",
        "Phát 02 lần/ngày. Đọc chậm, kèm nhạc hiệu.",
    ],
)
def test_a_sentence_beside_an_order_that_ends_where_a_name_ends_lends_it_nothing(body):
    assert orders(body) == [{"per_day": 2}]
    assert read(body)["doubts"] == []
