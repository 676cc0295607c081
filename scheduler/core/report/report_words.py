"""Words of the reports: names of sources, sessions, fields, causes, and the notes that keep figures from being misread.

Everything here is read by people, in the terms of Thông tư 39/2020/TT-BTTTT and of the provincial system. It holds no
number and decides nothing.
"""

from collections.abc import Mapping
from datetime import date

from scheduler.core.model import DEFAULT_ZONE, Trigger
from scheduler.core.report.report import Form
from scheduler.core.report.sums import NO_FIELD, Source

__all__ = [
    "FIELDS",
    "NOTES",
    "SESSIONS",
    "SOURCES",
    "TITLES",
    "TRIGGERS",
    "ZONES",
    "letter_day",
    "numbered",
    "zone_words",
]

TITLES = {
    Form.LOG: "SỔ NHẬT KÝ PHÁT SÓNG",
    Form.AIRTIME: "BÁO CÁO THỜI LƯỢNG PHÁT SÓNG",
    Form.CERTIFICATE: "GIẤY XÁC NHẬN ĐÃ PHÁT",
    Form.FEES: "BẢNG KÊ NHUẬN BÚT",
}
SESSIONS = ("Sáng", "Trưa", "Chiều")
SOURCES = {
    Source.RELAY_VOV: "Tiếp âm Đài Tiếng nói Việt Nam (VOV)",
    Source.RELAY_PROVINCE: "Tiếp âm đài tỉnh",
    Source.RELAY_OTHER: "Tiếp âm nguồn khác",
    Source.PROVINCE: "Bản tin của hệ thống thông tin nguồn",
    Source.OWN: "Tự sản xuất",
    Source.LIVE: "Nói trực tiếp",
    Source.URGENT: "Bản tin khẩn cấp",
    Source.DRILL: "Diễn tập",
}
FIELDS = {
    1: "Thông tin chung",
    2: "Thông tin đột xuất",
    3: "Đường lối, chủ trương, chính sách, pháp luật",
    4: "Chỉ đạo, điều hành của cấp ủy, chính quyền cơ sở",
    5: "Kiến thức khoa học, kỹ thuật, kinh tế, văn hóa, xã hội",
    6: "Gương người tốt, việc tốt, điển hình tiên tiến",
    NO_FIELD: "Không phân lĩnh vực (tiếp âm, trực tiếp, diễn tập, phát ngay)",
}
"""LoaiLinhVuc of the provincial system."""
TRIGGERS: Mapping[str, str] = {
    Trigger.SCHEDULE: "Theo lịch",
    Trigger.MAKE_GOOD: "Phát bù",
    Trigger.MANUAL: "Phát ngay",
    Trigger.RELAY: "Tiếp âm",
    Trigger.LIVE: "Nói trực tiếp",
    Trigger.DRILL: "Diễn tập",
    Trigger.EMERGENCY: "Khẩn cấp",
    Trigger.TEST: "Thử loa",
}
"""What set an airing off, in a word."""
ZONES = {DEFAULT_ZONE: "Toàn phường"}
NOTES = {
    "measured": (
        "Thời lượng là thời gian âm thanh đo được ở đầu ra của trạm, cộng từ nhật ký phát sóng; số phút được làm tròn "
        "sau khi cộng nên tổng có thể lệch 0,01 so với các dòng. Với đầu ra gửi qua mạng (RTP, Snapcast), "
        "thời lượng là phần đã gửi đi đúng lúc."
    ),
    "airings": (
        "Phát trọn là lượt mà mọi đầu ra có loa của vùng kêu ít nhất 95 % thời lượng. Phát dở là lượt có kêu nhưng "
        "không trọn, kể cả lượt bị cắt ngang; số giây nghe được vẫn tính vào thời lượng. Lượt có tiếng gồm cả hai. "
        "Lượt chỉ ghi tệp là lượt không loa nào kêu, không tính vào đâu."
    ),
    "unshared": "Các dòng ghi trước khi trạm đo riêng từng đầu ra có chữ “chưa đo riêng từng đầu ra”.",
    "sessions": (
        "Buổi phát: các lượt theo lịch, phát bù và tiếp âm có giờ dự kiến trước 10 giờ 30 (sáng), từ 10 giờ 30 đến "
        "trước 13 giờ 30 (trưa), từ 13 giờ 30 (chiều). Buổi thực hiện là buổi có ít nhất một lượt phát ra tiếng."
    ),
    "clusters": (
        "Trạng thái đầu ra là điều trạm đo được ở đầu ra âm thanh; tình trạng từng cụm loa ngoài trời trạm không đo."
    ),
    "returned": (
        "Nghe kiểm tra là điều bộ nghe của trạm đo được ở nơi đặt nó, không phải ở mọi loa; lượt không được nghe thì "
        "không có kết quả và không tính."
    ),
    "one_officer": "Trạm một cán bộ: người soạn cũng là người duyệt.",
    "hashes": (
        "Mã băm SHA-256 của văn bản và âm thanh đã duyệt; các dòng nhật ký nối thành chuỗi, sửa một dòng thì chuỗi đứt."
    ),
    "fees": "Hệ số và thành tiền do đơn vị ghi theo quy định chi trả nhuận bút của địa phương.",
    "until": "Kỳ chưa kết thúc: số liệu tính đến hết ngày {day}.",
}
"""By what they are about; said at the foot of a report."""


def zone_words(zone: str) -> str:
    return ZONES.get(zone, zone)


def letter_day(place: str, day: date) -> str:
    """Địa danh and day at the head of a letter; days below 10 and the first two months with a zero (Nghị định 30)."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)  # noqa: PLR2004 - January and February
    return f"{place or '…………'}, ngày {day:%d} tháng {month} năm {day.year}"


def numbered(at: int, title: str) -> str:
    """The title of a part with its number, as in a letter: "IV. Thời lượng theo lĩnh vực"."""
    tens, ones = divmod(at, 10)
    return f"{'X' * tens}{('', 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX')[ones]}. {title}"
