"""Words and numbers of the officer's pages: lengths, decimals, days, the names of voices and origins.

Everything is written the Vietnamese way (dd/mm/yyyy, decimal comma). It reads no clock and decides nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from scheduler.core.planning import rules
from scheduler.core.report.report_words import TRIGGERS
from scheduler.core.vietnamese import holds, sort_key
from scheduler.core.voice_engines import VOICE_ENGINES
from scheduler.core.words.wording import CAMPAIGN_STATES, STATES, sentence
from scheduler.kernel.errors import Refused

__all__ = [
    "ENGINES",
    "NOTICES",
    "ORIGINS",
    "TRIGGERS",
    "WEEKDAYS",
    "day_words",
    "decimal",
    "in_order",
    "length_words",
    "matching",
    "minutes_words",
    "weekday_words",
    "words",
]

T = TypeVar("T")
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
ENGINES = {name: row.called for name, row in VOICE_ENGINES.items()}
ORIGINS = {"speech": "Giọng máy", "upload": "Tải lên", "recorded": "Ghi âm", "bundled": "Của trạm"}
NOTICES = {
    "da-nhan": "Công văn này đã nhận trước đây; đây là bản đã lưu.",
    "luu-cong-van": "Đã lưu chỉnh sửa.",
    "xac-nhan": "Đã ghi là đã xem và đúng.",
    "viec": "Đã ghi tình trạng của việc.",
    "thuc-hien": "Đã thực hiện yêu cầu đối với văn bản trước.",
    "muc-truoc": "Đã ghi thời lượng trước công văn.",
    "tao-nhap": "Đã tạo bản tin nháp và đợt tuyên truyền nháp; chưa có gì được phát.",
    "luu-ban-tin": "Đã lưu nội dung.",
    "duyet": "Đã duyệt; bản tin được phát theo đợt tuyên truyền.",
    "tra-lai": "Đã trả lại người viết.",
    "duyet-giong": "Đã duyệt giọng mới; nó thay bản cũ khi bản cũ không phát và không sắp phát.",
    "giu-giong": "Giữ bản cũ; bản đọc mới bị bỏ.",
    "cat": "Đã cất bản ghi; tìm lại ở kệ “Đã cất đi”.",
    "luu-dot": "Đã lưu đợt tuyên truyền.",
    "chay-dot": "Đợt đang chạy; các lượt phát đang được xếp vào lịch.",
    "luu-tiep-am": "Đã lưu tiếp âm.",
    "duyet-tiep-am": "Đã duyệt các nguồn của tiếp âm này.",
    "chay-tiep-am": "Tiếp âm đang chạy; các buổi đang được xếp vào lịch.",
    "dung-tiep-am": "Đã dừng tiếp âm; các buổi sắp tới không phát và đang được bỏ khỏi lịch.",
    "dung-dot": "Đã dừng đợt; các lượt sắp tới không phát và đang được bỏ khỏi lịch.",
    "hen-dung-dot": "Đã hẹn dừng đợt; các lượt từ lúc đó không phát và đang được bỏ khỏi lịch.",
    "tam-dung-dot": "Đã tạm dừng đợt; các lượt trong lúc đó không phát và đang được bỏ khỏi lịch.",
    "phat-tiep-dot": "Đợt được phát tiếp; các lượt sắp tới đang được xếp vào lịch.",
    "thay-dot": "Đợt này đã thay đợt cũ từ lúc đã chọn.",
    "thu-tu-dot": "Đã xếp thứ tự; lịch đang được xếp lại.",
    "nhan-tren": "Đã nhận; việc tiếp theo ở bảng “Đang làm”.",
    "phat-tren": "Đã ra lệnh phát.",
    "bo-tren": "Đã bỏ qua; cấp trên được báo lý do.",
    "ghim": "Đã ghim; từ nay tin chữ ký này.",
    "doi-quyen": "Đã đổi quyền của nơi ký.",
    "nhan-canh-bao": "Đã nhận cảnh báo.",
    "co-canh-bao": "Cảnh báo này đã có từ trước; không làm gì thêm.",
    "phat-canh-bao": "Đã ra lệnh phát cảnh báo.",
    "bo-canh-bao": "Đã bỏ qua cảnh báo.",
    "phat-hanh-canh-bao": "Đã phát hành cảnh báo của phường.",
    "tin-nguon": "Đã lưu nguồn cảnh báo.",
    "bo-nguon-canh-bao": "Nguồn này không còn được tin.",
    "viet-quy-tac": "Đã ghi quy tắc; chờ lãnh đạo duyệt.",
    "duyet-quy-tac": "Đã duyệt; quy tắc có hiệu lực từ bây giờ.",
    "bo-quy-tac": "Đã bỏ quy tắc.",
    "bo-ghim": "Đã bỏ ghim; chữ ký này không còn được tin.",
    "ghep": "Đã ghép; trạm tự nối trong vài giây.",
    "luu-phuong": "Đã lưu thông tin của phường.",
    "luu-don-vi": "Đã lưu các đơn vị hành chính.",
    "nhan-nguon": "Đã nhận bản tin; có âm thanh và được duyệt thì vào buổi phát tới.",
    "phat-nguon": "Đã gửi lệnh phát ngay bản tin nguồn.",
    "bo-nguon": "Đã bỏ qua bản tin; lý do được lưu lại.",
    "cum-loa": "Đã gửi lệnh tới cụm loa; cụm đang vắng sẽ nhận khi trở lại.",
}
"""What has just been done, by the word a redirect carries in its address; anything else there says nothing."""


def words() -> dict[str, Any]:
    """What every template of the officer's pages may use."""
    return {
        "campaign_words": CAMPAIGN_STATES,
        "day_words": day_words,
        "decimal": decimal,
        "engine_words": ENGINES,
        "length_words": length_words,
        "notices": NOTICES,
        "origins": ORIGINS,
        "reason": sentence,
        "state_words": STATES,
        "weekday_words": weekday_words,
    }


def length_words(length: timedelta) -> str:
    """m:ss, or h:mm:ss from an hour on."""
    whole = round(length.total_seconds())
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def minutes_words(length: timedelta) -> str:
    """Minutes with a comma: "7,5 phút"."""
    return f"{decimal(length.total_seconds() / 60)} phút"


def decimal(number: float) -> str:
    """One decimal, a comma, a real minus; no decimal where it is zero."""
    told = f"{number:.1f}".removesuffix(".0")
    return told.replace(".", ",").replace("-", "−")


def day_words(day: date | str | None) -> str:
    """dd/mm/yyyy of a day or an ISO text; anything else as it is."""
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError:
            return day if isinstance(day, str) else ""
    return f"{day:%d/%m/%Y}" if day else ""


def weekday_words(typed: str) -> str:
    """The weekday of a typed day, empty while it is none."""
    try:
        return WEEKDAYS[rules.parse_date(typed).weekday()]
    except Refused:
        return ""


def matching(rows: Iterable[T], typed: str, texts: Sequence[str]) -> list[T]:
    """The rows whose own text (`texts`, in the same order) holds every word typed, diacritics and đ left aside."""
    return [row for row, text in zip(rows, texts, strict=True) if holds(text, typed)]


def in_order(rows: Iterable[T], word: Callable[[T], str]) -> list[T]:
    """The rows by a word of each, as a Vietnamese dictionary would have them."""
    return sorted(rows, key=lambda row: sort_key(word(row)))
