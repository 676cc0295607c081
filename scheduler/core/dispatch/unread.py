"""Sentences that no rule read and that may order, change or stop an airing all the same: somebody has to be asked.

A net behind the readers: what it catches gave no value and no doubt. Without an order before it only counts what can be
little but an airing; behind one also what may turn it round, whoever the sentence is about.
"""

import re

from scheduler.core.dispatch.vocabulary import OTHER_WORK

__all__ = ["may_be_an_order"]

_PARTS = r"(?:ngày|tuần|buổi|sáng|trưa|chiều|tối|giờ|tiếng)"
_TEXT = r"(?:bài(?! (?:học|thi|tập|toán|bạc))|bản tin|chuyên mục|thông báo|lịch (?:phát|đọc)|chương trình)"
_SOME = r"(?:một|hai|ba|bốn|năm|\d{1,2})"
_EACH = r"(?:mỗi|hằng|hàng)"
_READ = r"đọc(?! (?:sách|báo|truyện|kinh|và làm))"
_AIR = r"(?:phát(?! (?:hiện|triển|sinh|hành|quà))|đọc|(?:mở|bật)(?= (?:loa|nhạc|đài|đĩa|băng|vào|quá)|\W*$))"
_ASK = r"(?:đề nghị|yêu cầu|giao|nhờ|xin)(?: \w+){0,2} (?:đài|loa)"
_SOON = rf"(?:{_PARTS} (?:mai|nay|này|mốt)|trong {_SOME} (?:ngày|hôm|tuần))"
_ORDERS = re.compile(
    "|".join(
        (
            (
                r"\b(?:gỡ|rút|hủy|huỷ|xóa|xoá|bỏ|cắt|tạm gác)(?: (?:bỏ|bớt|lại|việc|toàn bộ|các|những|phát|đọc)){0,3} "
                rf"{_TEXT}\b"
            ),
            r"\bthu hồi (?:\w+ )?(?:bài|bản tin|thông báo)\b|\bđề nghị bỏ\W*$|\bcắt buổi\b",
            r"\b(?:đọc|phát|mở|bật|nhắc)\b[^.;]{0,30}\bcách (?:ngày|nhật|hôm|tuần|buổi)\b",
            r"\b(?:đính chính|phát (?:bù|tiếp)|ngừng sử dụng|thôi không|thì thôi)\b",
            rf"\bthay (?:thế )?bằng {_TEXT}\b|\b(?:sử dụng|dùng) {_TEXT} mới\b",
            r"\bkhông (?:sử dụng|dùng|đọc)(?: (?:bài|bản tin) |(?: nữa)?\W*$| vào)|\b(?:bớt|giảm bớt) mở\b",
            r"\bsửa (?:lại )?(?:giờ|ngày|địa điểm|chữ|câu)\b[^.;]{0,60}\bthành\b",
            rf"\b(?:đừng|chỉ|không(?: (?:nên|phải|cần))?) {_AIR}\b",
            r"\bloa\b[^.;]{0,30}\bquá (?:to|lớn|sớm|muộn|nhỏ|bé)\b|\b(?:đài|loa)(?: \w+){0,3} tạm nghỉ\b",
            rf"\bphát ngày {_SOME} (?:lần|lượt|buổi)\b|\b{_EACH} {_PARTS}(?: \w+){{0,4}} {_READ}\b",
            rf"\b(?:{_READ}|(?:đưa|đăng) tin)\b[^.;]{{0,40}}\b(?:{_EACH}|từng|liên tục|buổi) ?{_PARTS}\b",
            rf"\b{_READ} (?:lại )?(?:{_SOME} (?:lần|lượt)|sáng|chiều|liên tục|từ (?:nay|ngày|mai))\b",
            rf"\b{_READ}\b[^.;]{{0,30}}\b{_SOON}\b",
            rf"\b{_ASK}\b[^.;]{{0,20}}\b(?:báo|nhắn|đưa)\b[^.;]{{0,40}}\b{_SOON}\b",
            (
                r"\bđài(?: truyền thanh)?(?: phường| xã)? (?:phát|tuyên truyền)\b[^.;]{0,40}"
                rf"\b{_EACH} {_PARTS}\b"
            ),
            (
                rf"\b{_ASK}(?: \w+){{0,3}} (?:giảm|bớt|kết thúc|hủy|huỷ|bỏ|hoãn|lùi|dời|đổi|điều chỉnh|ngưng|gia hạn"
                r"|kéo dài)\b"
            ),
        )
    )
)
_TURNS = re.compile(
    "|".join(
        (
            (
                r"\b(?:thông báo|nhắc|đọc|phát) (?:lại|thêm|bù|liên tục|sớm|muộn)\b"
                r"(?! (?:cho|với|tới|đến|về|ubnd|các|hộ|bà con|nhân dân|người))"
            ),
            rf"\bbáo liên tục\b|\bthêm {_SOME} (?:lần|lượt|buổi)\b|\bmỗi lần {_READ}\b|\bcắt ngắn\b|, tránh \d",
            (
                r"\bthì (?:\w+ ){0,3}(?:bắt đầu|trở lại|kết thúc|dừng(?! (?:xe|đỗ|lại|đèn|ngoài|trước|chân))|tăng"
                r"|giảm|bớt|hạ|lùi"
                r"|(?<!di )dời|chuyển|đổi|bù|hoãn|gỡ"
                r"|thay(?! (?:mới|nước"
                r"|pin|thế)\b)"
                rf"|tránh|bỏ(?! (?:qua|phiếu|ra)))\b(?! {OTHER_WORK.pattern[2:]})"
            ),
            r"\b(?:lùi|dời) (?:lại|sang|đến|giờ|sau|thêm)\b|\bbù vào\b",
            rf"\b(?:chuyển|đổi) sang (?:{_PARTS}|thứ|phát|đọc|bài|\d)",
            rf"\b(?:nên|xin|đề nghị|yêu cầu|cần) (?:bớt|tránh) (?:các )?(?:{_PARTS}|{_SOME})\b",
            rf"\bbớt (?:buổi|{_SOME} (?:lần|lượt|buổi))\b",
            r"\b(?:lưu ý|yêu cầu|đề nghị|nhắc)\b[^.;]{0,30}\bkhông quá \d+ phút\b",
            rf"\b(?:tăng|nâng)(?: lên)? (?:gấp|{_SOME} (?:lần|lượt|buổi))\b",
            rf"\b(?:kéo dài|gia hạn)(?: thêm)? {_SOME} (?:ngày|tuần)\b",
            rf"\b(?:đọc|báo|nhắc)\b[^.;]{{0,20}}\b(?:mỗi|cứ) (?:{_SOME} )?(?:giờ|tiếng|phút)\b",
            rf"\b(?:mỗi|cứ) (?:{_SOME} )?(?:giờ|tiếng|phút)\b[^.;]{{0,20}}\b(?:đọc|báo|nhắc|một lần)\b",
            rf"\b{_READ} (?:từ|lúc|sau|trước|vào|{_SOME} (?:lần|lượt))\b|\bloa\b[^.;]{{0,20}}\btắt\b",
            r"^\W*(?:chưa|khoan|đừng|tạm) (?:triển khai|thực hiện|áp dụng|tiến hành|làm|cần|vội|chưa)\b",
            (
                r"(?<!đi )(?<!đến )(?<!tới )(?<!mặt )(?<!tàu )(?<!xe )\b(?:lùi|dời|sớm|muộn|chậm)(?: lại| hơn"
                r"| đi)? \d{1,2} (?:phút|giờ|tiếng)\b"
            ),
            r"\bgiảm (?:còn|xuống|bớt|đi|dần)\b[^.;]{0,20}(?:nửa|dần|\d (?:lần|lượt|buổi|phút))",
            (
                r"^\W*(?:riêng )?(?:tổ|thôn|khu|xóm|ấp|làng|cụm|chợ)\b(?! (?:trưởng|công tác))[^.;]{0,40}"
                r"\bkhông (?:làm|thực hiện|áp dụng|triển khai|cần|tham gia)\W*$"
            ),
            r"\b(?:ngắt|cúp)\b(?! (?:điện|nước|lời|mạng|internet))",
            (
                r"^\W*(?:thực hiện|bắt đầu|kết thúc)(?: phát| đọc)?(?: từ| vào)?(?: ngày)? "
                r"(?:\d|mai|hôm nay|thứ|chủ nhật|tuần)"
            ),
            rf"^\W*trong (?:vòng |suốt )?{_SOME} (?:ngày|tuần|tháng)\W*$",
            r"^\W*ưu tiên (?:phát |đọc )?(?:buổi|giờ|khung)",
            (
                r"^\W*(?:(?:các|những|ngày|dịp|khi|hôm|trời) )*(?:lễ|tết|mưa|bão|nắng|gió|giông|dông|rằm|mùng|mồng)\b"
                r"(?! hội)[^.;]{0,24}\b(?:hoãn|lùi|thôi|bỏ|nghỉ|dừng|ngừng)\b"
            ),
        )
    )
)
_WHEN_ALONE = re.compile(
    r"^\W*(?:(?:phát|đọc|và|nhưng|chỉ|nên|nhất là|làm|tốt nhất là) )*"
    r"(?:trước|sau|ngay (?:trước|sau)|vào|lúc|trong|khi|(?:cho )?đến (?:hết|cuối|khi)|suốt|giờ|đúng"
    r"|các (?:ngày|phiên|lần)|những (?:ngày|lúc|hôm)|mấy (?:hôm|ngày)|mỗi lần|như|theo lịch"
    r"|tùy|tuỳ|thử|thí điểm|bằng (?:\w+ thứ )?tiếng)\b"
    r"(?! (?:đó|đây|trân trọng|trên|vậy|thế|có thông báo mới|tiếng việt))[^,:;]{0,60}$"
)
"""A few words by themselves that say when, or how long, what stands before them is aired: "Vào lúc đông người."."""
_OF_OTHERS = re.compile(
    r"\b(?:mạng xã hội|facebook|zalo|fanpage|trang (?:thông tin|web)|website|cổng thông tin|karaoke|loa (?:kẹo )?kéo)\b"
)
"""Where a text is withdrawn that is not aired, or a loudspeaker is too loud that is not the ward's."""


def may_be_an_order(low: str, *, behind: bool) -> bool:
    """Whether a sentence (in lower case) that gave no value may order an airing; `behind`: something airs already."""
    return bool(
        (_ORDERS.search(low) and not _OF_OTHERS.search(low))
        or (behind and (_TURNS.search(low) or _WHEN_ALONE.search(low)))
    )
