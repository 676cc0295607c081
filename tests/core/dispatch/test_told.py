"""What is told has days of its own, a meeting or a power cut: they are none of the airing where that names its own."""

from tests.core.dispatch.order_corpus import ASKED_OF_A_CAMPAIGN, read_body
from tests.rows import over

TWICE = {"per_day": 2, "start": "2026-03-03", "end": "2026-03-04"}


@over(
    "body, order",
    [
        ("Đề nghị Đài thông báo họp dân lúc 19 giờ ngày 05/3. Phát 2 lần/ngày từ 03/3 đến 04/3.", TWICE),
        ("Đề nghị Đài thông báo họp dân lúc 19 giờ ngày 05/3 tại tổ dân phố 5. Phát 2 lần/ngày từ 03/3 đến 04/3.", TWICE),
        ("Đề nghị Đài thông báo treo cờ từ 30/4 đến 02/5. Đề nghị phát 2 lần/ngày từ 03/3 đến 04/3.", TWICE),
        ("Đề nghị Đài thông báo tổng vệ sinh vào sáng thứ Bảy, ngày 07/3.\n\nThời gian phát: 2 lần/ngày, từ 03/3 đến 04/3.",
         TWICE),
        ("Đề nghị Đài thông báo tắt đèn từ 20 giờ đến 21 giờ ngày 28/3. Nội dung được phát 2 lần/ngày từ 03/3 đến 04/3.",
         TWICE),
        ("Đài thông báo lịch ngừng cung cấp điện ngày 15/3 tại các tổ dân phố số 5, 6. Phát 2 lần/ngày từ 03/3 đến 04/3.",
         TWICE),
        ("Đề nghị Đài thông báo lịch tập huấn ngày 17/4/2026 tại hội trường xã, phát vào 17 giờ các ngày 14, 15 và 16/4/2026.",
         {"at": ["17:00"], "start": "2026-04-14", "end": "2026-04-16"}),
    ],
)  # fmt: skip
def test_days_of_a_thing_are_not_asked_about_where_the_airing_has_its_own(body, order):
    assert read_body(body) == ([order], [])


@over(
    "body",
    [
        "Đề nghị Đài thông báo họp dân ngày 05/3, 2 lần/ngày. Phát từ 03/3 đến 04/3.",
        "Đề nghị Đài thông báo họp dân ngày 05/3. Phát bài bầu cử 2 lần/ngày từ 03/3 đến 04/3.",
        "Đề nghị Đài thông báo họp dân ngày 05/3. Phát 2 lần/ngày.",
        "Đề nghị Đài thông báo họp dân ngày 05/3. Phát 2 lần/ngày từ 03/3.",
        "Đề nghị Đài thông báo treo cờ từ 30/4 đến 02/5. Phát 2 lần/ngày lúc 6h.",
        "Đề nghị Đài thông báo họp dân lúc 19 giờ ngày 05/3. Riêng ngày 04/3 phát 2 lần/ngày.",
        "Đề nghị Đài thông báo họp dân ngày 05/3. Không phát từ 03/3 đến 04/3.",
        "Đề nghị Đài thông báo khai giảng ngày 05/9, phát nhạc lúc 17 giờ ngày 06/9.",
        "Đề nghị Đài thông báo họp lúc 8 giờ ngày 05/3, phát lúc 17 giờ.",
        "Đề nghị Đài phát bản tin phòng dịch lúc 6 giờ ngày 05/3, lúc 17 giờ ngày 06/3, và thông báo họp đến 18 giờ.",
        "Đề nghị Đài phát bài giới thiệu Cổng Dịch vụ công vào 6 giờ. Phát 2 lần/ngày từ 03/3 đến 04/3.",
    ],
)
def test_days_that_may_be_those_of_the_airing_are_still_asked_about(body):
    _, asked = read_body(body)
    assert [one for one in asked if one.partition(":")[0] not in ASKED_OF_A_CAMPAIGN]
