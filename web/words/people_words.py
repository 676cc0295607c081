"""Words of the pages about people: what each role may, how a browser is called, what was done just now.

Tables and the reading of a browser's own name; it decides nothing.
"""

import re

from scheduler.core.model import Role

__all__ = ["DONE", "ROLE_MEANING", "device_words"]

ROLE_MEANING: dict[Role, str] = {
    Role.EDITOR: "Soạn, thu, trình duyệt, lập lịch và phát bản tin đã duyệt.",
    Role.APPROVER: "Như biên tập; thêm duyệt, trả lại, rút và phát khẩn cấp.",
    Role.TECHNICIAN: "Đầu ra, cài đặt, sao lưu, phát thử. Không soạn, không duyệt.",
    Role.ADMIN: "Làm được mọi việc, kể cả quản lý người dùng.",
    Role.CONTRIBUTOR: "Soạn và phát bản tin đã duyệt, chỉ trong vùng của mình.",
    Role.GUEST: "Chỉ xem.",
}
DONE = {
    "doi": "Đã lưu.",
    "tat": "Đã tắt tài khoản; người này bị đăng xuất ngay.",
    "bat": "Đã bật lại tài khoản.",
    "phien": "Đã kết thúc các phiên đăng nhập.",
    "xac-thuc": "Đã tắt xác thực bằng ứng dụng của người này.",
    "ten": "Đã đổi tên.",
    "mat-khau": "Đã đổi mật khẩu; các phiên khác đã kết thúc.",
    "ma": "Đã lưu mã khẩn cấp.",
    "bo-ma": "Đã bỏ mã khẩn cấp.",
    "tat-xac-thuc": "Đã tắt xác thực bằng ứng dụng.",
}
"""Word of an address -> what it tells after an act."""
_SYSTEMS = (
    ("Android", "Điện thoại Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Máy tính Windows"),
    ("Macintosh", "Máy tính Mac"),
    ("Linux", "Máy tính Linux"),
)
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc_browser", "Cốc Cốc"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_PLAIN = re.compile(r"[^\w ./;:()-]")


def device_words(agent: str) -> str:
    """What people call the device that names itself so."""
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    browser = next((word for mark, word in _BROWSERS if mark in agent), "")
    told = ", ".join(filter(None, (system, browser)))
    return told or _PLAIN.sub("", agent)[:40] or "Thiết bị không rõ"
