"""The words of Cảnh báo: what the lists of CAP 1.2 are called here.

Tables; nothing is decided here.
"""

__all__ = [
    "CERTAINTIES",
    "CHOICES",
    "MSG_TYPES",
    "PROOFS",
    "SEVERITIES",
    "STATUSES",
    "URGENCIES",
    "USUAL",
    "WAYS",
]

MSG_TYPES = {
    "Alert": "Cảnh báo mới",
    "Update": "Bản thay",
    "Cancel": "Lệnh hủy",
    "Ack": "Tin nhận được",
    "Error": "Tin báo lỗi",
}
STATUSES = {
    "Actual": "Thật",
    "Exercise": "Diễn tập",
    "System": "Tin hệ thống",
    "Test": "Thử",
    "Draft": "Bản nháp",
}
SEVERITIES = {
    "Extreme": "Đặc biệt nghiêm trọng",
    "Severe": "Nghiêm trọng",
    "Moderate": "Vừa",
    "Minor": "Nhẹ",
    "Unknown": "Không rõ",
}
URGENCIES = {
    "Immediate": "Phải làm ngay",
    "Expected": "Trong một giờ tới",
    "Future": "Sắp tới",
    "Past": "Đã qua",
    "Unknown": "Không rõ",
}
CERTAINTIES = {
    "Observed": "Đã xảy ra",
    "Likely": "Rất có thể",
    "Possible": "Có thể",
    "Unlikely": "Khó xảy ra",
    "Unknown": "Không rõ",
}
PROOFS = {
    "signed": "Chữ ký đúng",
    "none": "Không ký",
    "unproved": "Chữ ký không kiểm được",
    "expired": "Chữ ký của chứng thư hết hạn",
    "early": "Chữ ký của chứng thư chưa hiệu lực",
}
WAYS = {"air": "Phát khẩn ngay", "session": "Đưa vào buổi tới (ưu tiên)"}
_VAGUE = frozenset({"Unknown", "Past", "Unlikely"})
_LISTS = {"severity": SEVERITIES, "urgency": URGENCIES, "certainty": CERTAINTIES}
CHOICES = {name: {value: word for value, word in told.items() if value not in _VAGUE} for name, told in _LISTS.items()}
"""What a form offers: nobody orders anything by a level that says nothing."""
USUAL = {"severity": "Severe", "urgency": "Expected", "certainty": "Likely"}
"""What a form begins with."""
