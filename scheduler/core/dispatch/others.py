"""Whose sentence it is: whether one without a word of airing has a subject or a work of its own.

What it says then is none of an order, whatever days and hours it names. Only subjects and works of closed lists count:
a sentence that begins with anything else may go on with the order before it.
"""

import re

from scheduler.core.dispatch.things import OF_AN_AIRING
from scheduler.core.dispatch.vocabulary import AIRING, COUNTS_SOMETHING, OTHER_WORK

__all__ = [
    "another_from",
    "forbids_ours",
    "is_of_another",
    "is_of_equipment",
    "may_turn",
    "told_from",
    "without_others",
]

_LED_BY = (
    r"(?:(?:các|mọi|những|toàn thể|tất cả|thủ trưởng|lãnh đạo|trưởng|phó|bí thư|giám đốc|bộ phận|lực lượng|đối với|giao"
    r"|đề nghị|yêu cầu|đồng chí|tổ trưởng)\s+)*"
)
_OFFICES = (
    r"công an|quân sự|trạm y tế|trường|nhà trường|bệnh viện|điện lực|bưu điện|doanh nghiệp|viễn thông|vnpt|viettel"
    r"|phòng"
    r"|ban chỉ huy|mặt trận|hội|đoàn|hợp tác xã|htx|chi bộ|tổ chức|cơ quan|đơn vị|cơ sở|ban nhân dân|dân quân|công ty"
    r"|văn phòng|tài chính|địa chính|hạt kiểm lâm|ban quản lý (?:chợ|dự án|rừng|di tích|tòa nhà)|kế toán|kho bạc"
    r"|ngân hàng|bộ phận (?:một cửa|tiếp nhận)|tư pháp|thống kê"
    r"|thuế|nhà thầu|ban tổ chức|ban giám hiệu|tổ bầu cử|tổ công tác|tổ tự quản|đội (?:thi công|dân phòng|xung kích)"
)
_PEOPLE = (
    r"người|nhân dân|bà con|hộ|công dân|học sinh|chủ tịch|hiệu trưởng|giáo viên|phụ huynh|đoàn viên|hội viên|đảng viên"
    r"|thanh niên|phụ nữ|cựu chiến binh|nông dân|khách hàng|cử tri|chủ (?:hộ|xe|nhà|nuôi|cơ sở|rừng|vật nuôi)|xã viên"
    r"|thí sinh|lực lượng|bệnh nhân|các cụ|gia đình|tổ trưởng|trưởng (?:thôn|ấp|xóm|khu phố|ban công tác)"
    r"|đại biểu|lái xe|tiểu thương|ông|bà"
)
_THINGS = (
    r"cuộc họp|hội nghị|lễ|nước|mưa|bão|dịch|thời tiết|lớp|khóa|phiên chợ|hội thi|giải|kỳ thi|xe|tàu|mực nước"
    r"|chợ|trạm bơm|đường|cầu"
)
_QUARTERS = (
    r"các (?:tổ dân phố|khu phố|thôn|xóm|ấp|khu dân cư) (?:tổ chức|vận động|phối hợp|huy động|cử|chủ động|thành lập"
    r"|rà soát"
    r"|ra quân|lập|phân công)(?! (?:phát|mở|bật|đọc|thông báo|tuyên|nghỉ|tạm|dừng|ngừng|không|vào|lúc|từ|trong|giờ"
    r"|lịch|thời gian|buổi|mỗi|hằng|hàng|việc))"
)
_SUBJECT = re.compile(rf"{_LED_BY}(?:{_OFFICES}|{_PEOPLE}|{_THINGS}|{_QUARTERS})\b")
_SENDER = re.compile(rf"{_LED_BY}(?:{_OFFICES})\b[^,.;:\d]{{0,60}}?\b(?:đề nghị|yêu cầu|nhờ|xin)\b\s*")
"""Who writes, and asks for what follows: "Ban quản lý chợ đề nghị nhắc tiểu thương 01 lần/ngày"."""
_PREAMBLE = re.compile(
    r"\W*(?:(?:khi|nếu|để|nhằm|sau khi|đồng thời|ngoài ra|bên cạnh đó|hiện nay|hiện|trong thời gian)\b[^,;:.]*,\s*)+"
)
"""What may stand before the subject."""
_WORKS = re.compile(
    r"\b(?:vận động|nhắc nhở|nhắc (?:các|nhở|hộ)|trao đổi|phản hồi|giải đáp|hỗ trợ|theo dõi|đôn đốc|giám sát|rà soát"
    r"|lập danh sách|chuẩn bị|huy động|cử người|cử cán bộ|thu hồi|mang theo|xuất trình|đem theo|sửa chữa|khắc phục|sửa"
    r"|chằng chống|neo đậu|di dời|sơ tán|che chắn|gia cố|tiêu úng|thu hoạch|gieo|cấy|bẫy|diệt (?:chuột|muỗi|bọ gậy"
    r"|lăng quăng|loăng quăng|ruồi|gián)|tiêu hủy"
    r"|tham gia|tham dự|có mặt|kê khai|thanh toán|quyết toán|đóng góp|ủng hộ|quyên góp|chấp hành|tuân thủ|lưu hồ sơ"
    r"|báo (?:ngay|lại|về)|viết bài|biên soạn)\b"
)
_OF_THE_ORDER = re.compile(
    r"\W*(?:(?:vào|các|những|riêng|trừ|chỉ) )*(?:(?:thứ \w+|chủ nhật|ngày|từ|sáng|trưa|chiều|tối|đêm|buổi"
    r"|cuối tuần)\b[^,;:.]*?)?"
    r"\b(?:không|chưa|nghỉ|tạm|thôi|dừng|ngừng|ngưng|trừ|riêng|chỉ)\b(?! học)"
)
"""A sentence that begins so takes something out of an order, whatever it is done for: "Chủ nhật nghỉ để sửa máy"."""


_VALUE = re.compile(r"\d\s*(?:phút|lần|lượt|buổi)\b")
_TURNS = re.compile(
    r"\b(?:nghỉ(?! (?:học|việc|làm|hưu|dưỡng|ngơi|mát|lễ|tết|trực))|thôi(?! (?:việc|học|nôi))|dừng(?! (?:xe|đỗ|học"
    r"|thi))"
    r"|(?:ngừng|ngưng)(?! (?:kinh doanh|sản xuất|bán|lưu thông|cấp|học|hoạt|thi|làm|giao|nhận))|mở(?! (?:lớp|cửa"
    r"|rộng|đợt|hội|tài))|tắt(?! (?:điện"
    r"|đèn|bếp|máy))"
    r"|(?:quyết định|tự chọn|chọn|sắp xếp|bố trí|điều chỉnh) (?:về )?(?:giờ|lịch|buổi|số (?:lần|lượt|buổi))"
    r"|(?:ngắt|cúp)(?! (?:điện|nước))|(?:theo dõi|đón nghe|lắng nghe|nghe)\b[^.;]{0,30}\b\d{1,2} ?(?:h\d*|giờ)"
    r"|thì (?:\w+ ){0,3}\d{1,2} (?:lần|lượt|buổi))\b"
)


_FORBIDS_OTHERS = re.compile(
    r"\b(?:không|chưa|chẳng|đừng|chớ|(?:nghiêm )?cấm)(?: (?:được|nên|phải|cần|để|việc|tự ý|tự|hề|bị|cho|gây))* "
    rf"(?!{OF_AN_AIRING}\b)[^\W\d_]+"
)
"""A "no" with a thing that is none of an airing: "không hoảng hốt", "nghiêm cấm đốt nương"."""
_IF_ONE_WANTS = re.compile(
    r"\b(?:nếu|khi|trường hợp)\b[^.;\d]{3,80}?(?:,| thì) (?:xin |kính |đề nghị |vui lòng |hãy |bà con |cần )*"
    r"(?:mời|liên hệ|gọi|gặp|hỏi|trình báo|báo (?:ngay|cho)|tra cứu|phản ánh)\b"
    r"|\bnếu không,? (?:thì |sẽ )*(?:bị|phải chịu|chịu)\b"
)
"""What somebody may do who wants to: "Nếu bà con có thắc mắc, mời đến …"."""


_OURS = re.compile(
    r"\W*(?:(?:riêng|các|những|cả|mấy|với|ở|tại) )*(?:thôn|xóm|ấp|khu|tổ(?! trưởng)|làng|bản|buôn|cụm|loa|đài|bài"
    r"|tin|lịch|giờ"
    r"|buổi(?! (?:thực|diễn|tập|lễ|họp|khám|tiêm))|lễ|tết|mùa|hôm|ngày|sáng|trưa|chiều|tối|đêm|lúc|khi|dịp|tuần"
    r"|tháng|chợ"
    r"|đình|chùa)\b"
)
"""A sentence that begins so may say where or when is aired: "Xóm Trại không tham gia", "Lễ tết không phổ biến"."""


def forbids_ours(low: str) -> bool:
    """Whether it begins with a place, a time or a text and has a "no" with what may be an airing."""
    return bool(_OURS.match(low) and re.search(r"\b(?:không|chưa)\b", low))


def without_others(low: str) -> str:
    """A sentence without what it tells others not to do, or to do if they want to, where that is all it may turn."""
    return low if AIRING.search(low) else _FORBIDS_OTHERS.sub(" ", _IF_ONE_WANTS.sub(" ", low))


_TOLD = re.compile(
    r"\bnội dung(?: thông báo| phát| tuyên truyền)?(?: như)? sau(?: đây)?\s*:\s*(?P<told>(?:đề nghị |kính thưa "
    r"|thưa |yêu cầu )?"
    r"(?:toàn thể )?(?:bà con|nhân dân|người dân|các hộ|các gia đình|mọi người|quý vị)\b.*)$",
    re.DOTALL,
)


def told_from(low: str) -> int:
    """Where a sentence goes on to what is to be said to the people, "nội dung như sau: bà con …"; 0 = nowhere."""
    found = _TOLD.search(low)
    own = found and not (re.search(r"\d", found["told"]) or AIRING.search(found["told"]) or may_turn(found["told"]))
    return found.start("told") if found and own else 0


_EQUIPMENT = re.compile(
    r"\b(?:kiểm tra|bảo dưỡng|bảo trì|sửa(?: chữa)?|lắp(?: đặt)?|đấu nối|vệ sinh|bảo quản|trông coi|kéo|dựng"
    r"|nghiệm thu"
    r"|bàn giao|mua sắm|khắc phục|thay)\b[^.;]{0,30}\b(?:loa|máy phát|truyền thanh)\b(?!(?: \w+){0,4} \d)"
)


_FOLLOWS = re.compile(
    r",(?!\s*(?:dây|cột|ampli|mic|máy|thiết bị|bộ|tủ|cáp|củ|thùng|nguồn|ắc quy|đường|ghi|lưu|báo cáo|lập)\b)"
    r"|\b(?:thì|mới|rồi|sau đó"
    r"|bắt đầu|kết thúc|tạm|nghỉ|im)\b"
)


def is_of_equipment(low: str) -> bool:
    """Whether somebody looks after loudspeakers, "Tổ kỹ thuật kiểm tra cột loa", and nothing is aired nor left out."""
    rest = _EQUIPMENT.sub(" ", low, count=1)
    follows = AIRING.search(rest) or COUNTS_SOMETHING.search(rest) or _FOLLOWS.search(rest) or may_turn(rest)
    return rest != low and not follows


def may_turn(low: str) -> bool:
    """Whether what another does may turn an order round after all: "Mưa thì nghỉ", "Nước lên thì 04 lần"."""
    return bool(_TURNS.search(low))


def is_of_another(low: str) -> bool:
    """Whether a sentence without a word of airing has a subject or a work of its own."""
    sender = _SENDER.match(low)
    if sender and COUNTS_SOMETHING.search(low):
        return is_of_another(low[sender.end() :])
    opening = _PREAMBLE.match(low)
    if _SUBJECT.match(low) or (opening and _SUBJECT.match(low, opening.end())):
        return True
    works = OTHER_WORK.search(low) or (None if COUNTS_SOMETHING.search(low) else _WORKS.search(low))
    return works is not None and not (_OF_THE_ORDER.match(low) or _opens_with_a_value(low, works.start()))


def _opens_with_a_value(low: str, work: int) -> bool:
    """Whether a clause before the work says how long or how often: "Mỗi số dài 8 phút, đoàn viên gửi tệp"."""
    return bool(_VALUE.search(low[:work].rpartition(",")[0]))


def another_from(low: str) -> int:
    """Where a sentence that says how long or how often goes on to what another does; 0 = nowhere."""
    for comma in re.finditer(r",\s*", low):
        rest = low[comma.end() :]
        works = OTHER_WORK.search(rest) or _WORKS.search(rest)
        if works and _VALUE.search(low[: comma.start()]) and _SUBJECT.match(rest) and not _VALUE.search(rest):
            return comma.end()
    return 0
