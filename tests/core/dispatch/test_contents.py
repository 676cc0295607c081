"""What a dispatch orders to be said: one draft for each announcement, guide and message, in the dispatch's own words."""

from pathlib import Path

import pytest

from scheduler.core.dispatch import Channel, contents_of, read_dispatch
from tests.core.dispatch.letter import dispatch_with

SAMPLE = Path(__file__).parents[4] / "shared" / "samples" / "dispatch-642.txt"


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the real dispatch lies beside the repository and is not there")
def test_of_642_come_an_announcement_a_guide_with_both_hotlines_and_the_text_message():
    dispatch = read_dispatch(SAMPLE.read_text(encoding="utf-8"))
    guide, announcement, sms = contents_of(dispatch)
    assert guide.text.startswith("Ủy ban nhân dân thị xã Bỉm Sơn hướng dẫn: các tổ chức, doanh nghiệp và nhân dân")
    assert guide.urls == ("https://dichvucong.thanhhoa.gov.vn",)
    assert all(told in guide.text for told in (*guide.urls, "02373761666", "02373776559"))
    assert announcement.text.startswith(
        "Ủy ban nhân dân thị xã Bỉm Sơn thông báo: toàn thể nhân dân trên địa bàn Thị xã"
    )
    assert "tự giác khai báo" in announcement.text
    assert "ho, sốt, khó thở" in announcement.text
    assert (guide.channel, announcement.channel, sms.channel) == (Channel.LOUDSPEAKER, Channel.LOUDSPEAKER, Channel.SMS)
    assert (sms.text,) == dispatch.messages


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        (
            "Thông báo cho nhân dân chủ động dự trữ nước.",
            "Ủy ban nhân dân phường An Lạc thông báo: nhân dân chủ động dự trữ nước.",
        ),
        (
            "Tuyên truyền, vận động các hộ dân ký cam kết không đốt rừng.",
            "Ủy ban nhân dân phường An Lạc vận động: các hộ dân ký cam kết không đốt rừng.",
        ),
        (
            "Tiếp tục hướng dẫn người dân khai báo qua đường dây nóng 1022.",
            "Ủy ban nhân dân phường An Lạc hướng dẫn: người dân khai báo qua đường dây nóng 1022.",
        ),
        (
            "Khuyến cáo bà con không ra khơi; khi có bão gọi 0258 382 2222.",
            "Ủy ban nhân dân phường An Lạc khuyến cáo: bà con không ra khơi; khi có bão gọi 0258 382 2222.",
        ),
    ],
)
def test_an_order_to_tell_the_people_is_an_address_to_them_in_its_own_words(sentence, text):
    assert [content.text for content in contents_of(dispatch_with(f"- {sentence}"))] == [text]


@pytest.mark.parametrize(
    "sentence",
    [
        "Tuyên truyền đến toàn thể cán bộ, công chức thuộc đơn vị quản lý theo hướng dẫn của ngành y tế.",
        "Tăng thời lượng phát sóng về phòng, chống dịch.",
        "Thông báo kết quả về UBND phường trước ngày 20/7/2024.",
        "Hướng dẫn cán bộ nhập số liệu vào hệ thống.",
    ],
)
def test_what_is_for_an_office_or_about_the_airing_is_no_content(sentence):
    assert contents_of(dispatch_with(f"- {sentence}")) == ()


def test_a_text_that_the_dispatch_words_is_kept_exactly():
    body = "Phát trên loa nội dung sau: “Bà con chú ý: nước sông đang lên, gọi 0258 382 2222 khi cần.”"
    (content,) = contents_of(dispatch_with(body))
    assert content.text == "Bà con chú ý: nước sông đang lên, gọi 0258 382 2222 khi cần."
    assert (content.channel, content.phones) == (Channel.LOUDSPEAKER, ("02583822222",))
