"""Texts to be said and numbers to ring: what a page adds and what only bears a name never enters them."""

import pytest

from tests.core.dispatch.letter import dispatch_with


def test_heads_feet_and_page_numbers_of_a_pdf_never_enter_a_message():
    body = (
        "UBND phường An Lạc - Phòng Văn hóa\n\nPhát trên loa nội dung sau:\n“Bà con chú ý nước sông đang lên nhanh, không\n"
        "UBND phường An Lạc - Phòng Văn hóa\nTrang 2/3\nra sông và giữ liên lạc với tổ trưởng.”"
    )
    assert dispatch_with(body).messages == (
        "Bà con chú ý nước sông đang lên nhanh, không ra sông và giữ liên lạc với tổ trưởng.",
    )


def test_a_line_said_twice_inside_a_message_stays():
    body = "Phát trên loa nội dung sau:\n“Bà con chú ý.\nNước đang lên nhanh.\nBà con chú ý.\nKhông ra sông lúc này.”"
    assert dispatch_with(body).messages == ("Bà con chú ý. Nước đang lên nhanh. Bà con chú ý. Không ra sông lúc này.",)


@pytest.mark.parametrize(
    "body",
    [
        "Phát thanh chuyên mục “An toàn giao thông cho mọi người” 02 lần/ngày.",
        "Tuyên truyền trên loa về phong trào “Toàn dân đoàn kết xây dựng đời sống văn hóa”.",
        "Đài truyền thanh hưởng ứng chiến dịch “Hãy làm cho thế giới sạch hơn”.",
    ],
)
def test_a_quoted_name_is_no_message(body):
    assert dispatch_with(body).messages == ()


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("Khi cần gọi: Công an 113; Cứu hỏa 114; Cấp cứu 115.", ("113", "114", "115")),
        ("Bảo vệ trẻ em: 111.", ("111",)),
        ("Công an 113 người tham gia.", ()),
        ("Y tế 115 trường hợp.", ()),
    ],
)
def test_short_numbers_beside_their_service_are_found(text, phones):
    assert dispatch_with(text).phones == phones
