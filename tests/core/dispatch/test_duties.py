"""The checklist of a dispatch: each duty with its channel, whom it is for and its last day."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.dispatch import Duty
from tests.core.dispatch.letter import dispatch_with
from tests.examples import examples
from tests.rows import over


def duties(body: str) -> tuple[Duty, ...]:
    return dispatch_with(body).duties


def told(body: str) -> list[tuple[str, str | None, str | None]]:
    return [(duty.channel.value, duty.to, duty.deadline) for duty in duties(body)]


@over(
    "sentence, duty",
    [
        ("Đài Truyền thanh phường phát bản tin 3 lần/ngày.", ("loudspeaker", "Đài Truyền thanh phường", None)),
        ("Tăng thời lượng phát sóng về phòng dịch.", ("loudspeaker", None, None)),
        ("Các doanh nghiệp viễn thông nhắn tin đến thuê bao.", ("sms", "Các doanh nghiệp viễn thông", None)),
        ("Hướng dẫn nhân dân dùng cổng dịch vụ công của tỉnh.", ("portal", None, None)),
        ("Bưu điện phường bảo đảm dịch vụ bưu chính công ích.", ("post", "Bưu điện phường", None)),
        ("Các tổ dân phố báo cáo kết quả trước ngày 20/7/2024.", ("report", "Các tổ dân phố", "2024-07-20")),
        ("Gửi báo cáo chậm nhất 16h00 ngày 20 tháng 7 năm 2024.", ("report", None, "2024-07-20")),
        ("Gửi báo cáo trước 16h00 hằng ngày về UBND phường.", ("report", None, None)),
        ("Trạm Y tế tổ chức tiêm vắc-xin tại nhà văn hóa.", ("other", "Trạm Y tế", None)),
        ("Đối với Công an phường: tuần tra các ngả đường.", ("other", "Công an phường", None)),
        ("Để phòng dịch, UBND phường yêu cầu Trạm Y tế phun thuốc.", ("other", "Trạm Y tế", None)),
        ("Viễn thông An Lạc bảo đảm đường truyền thông suốt.", ("other", "Viễn thông An Lạc", None)),
        ("Ban Tuyên truyền phường dán áp phích ở chợ và mở chuyên mục.", ("other", "Ban Tuyên truyền phường", None)),
    ],
)  # fmt: skip
def test_a_sentence_is_a_duty_with_its_channel_and_whom_it_is_for(sentence, duty):
    assert told(sentence) == [duty]


@over(
    "sentence",
    [
        "Hiện nay dịch bệnh đang diễn biến phức tạp tại nhiều nơi.",
        "Trong 9 tháng đầu năm, toàn phường ghi nhận 14 ca bệnh.",
        "Căn cứ Luật Tổ chức chính quyền địa phương năm 2015;",
        "Người dân gặp người sốt cao gọi đường dây nóng 1022.",
        "Yêu cầu các đơn vị nghiêm túc triển khai thực hiện.",
        "Rất mong nhận được sự phối hợp của quý cơ quan.",
        "Ủy ban nhân dân phường tổ chức lễ hội vào ngày 20/7/2024.",
        "Thời gian thực hiện: từ ngày 08/7/2024 đến hết ngày 31/7/2024.",
    ],
)
def test_background_advice_and_closing_words_are_no_duties(sentence):
    assert told(sentence) == []


def test_a_sentence_that_goes_on_to_another_channel_is_two_duties():
    assert told("- Phát trên loa truyền thanh và gửi vào nhóm Zalo tổ dân phố, báo cáo trước ngày 20/7/2024.") == [
        ("loudspeaker", None, None),
        ("portal", None, None),
        ("report", None, "2024-07-20"),
    ]


def test_a_sentence_without_a_channel_belongs_to_the_duty_before_it():
    found = duties("Đài Truyền thanh phường phát bản tin 3 lần/ngày. Nội dung do Trạm Y tế cung cấp.")
    assert [duty.text for duty in found] == [
        "Đài Truyền thanh phường phát bản tin 3 lần/ngày. Nội dung do Trạm Y tế cung cấp"
    ]


def test_a_heading_says_whom_the_list_below_is_for():
    body = "1. Đối với Trạm Y tế:\n- Rà soát người sốt;\n- Báo cáo trước ngày 20/7/2024.\n\n2. Đài Truyền thanh phường:\n- Phát bản tin 3 lần/ngày."
    assert told(body) == [
        ("other", "Trạm Y tế", None),
        ("report", "Trạm Y tế", "2024-07-20"),
        ("loudspeaker", "Đài Truyền thanh phường", None),
    ]


def test_a_heading_that_orders_to_air_gives_its_channel_to_the_list_below():
    body = "Đài Truyền thanh phường phát thanh như sau:\n- Sáng: 2 lần/ngày;\n- Từ ngày 20/7/2024: 1 lần/ngày."
    assert told(body) == [("loudspeaker", "Đài Truyền thanh phường", None)] * 2


def test_a_heading_before_a_text_to_be_sent_is_the_duty_itself():
    body = "Đề nghị Viễn thông An Lạc gửi tin nhắn tới thuê bao với nội dung như sau:\n\n“Bà con nhớ đi tiêm phòng dại cho chó.”"
    assert told(body) == [("sms", "Viễn thông An Lạc", None)]


def test_the_aims_of_a_plan_are_no_duties():
    body = "I. MỤC ĐÍCH, YÊU CẦU\n\nNâng cao nhận thức của người dân.\n\nII. TỔ CHỨC THỰC HIỆN\n\nTrạm Y tế tổ chức tiêm phòng."
    assert told(body) == [("other", "Trạm Y tế", None)]


def test_what_a_text_to_be_said_asks_of_people_is_no_duty():
    assert told('- Đọc trên loa nội dung: "Các tổ dân phố tổ chức quét dọn. Báo cáo trước ngày 20/7/2024."') == [
        ("loudspeaker", None, None)
    ]


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Trạm Y tế tổ chức tiêm",
                "phát trên loa",
                "và gửi báo cáo",
                "UBND phường yêu cầu:",
                "- ",
                "\n",
                "\n\n",
                ".",
                ";",
                "trước ngày 20/7/2024",
                "nhắn tin",
            ]
        ),
        max_size=25,
    ).map(" ".join)
)
def test_a_duty_stands_at_its_place_and_never_overlaps_the_next(body):
    found = duties(body)
    spans = [(duty.excerpt.start, duty.excerpt.end) for duty in found]
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
