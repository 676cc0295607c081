"""Words of the public page, of what people report there.

Read by people of the ward, on a telephone: short, without a word of ours.
"""

from scheduler.core.model import Trigger
from scheduler.extras.public.rules.tickets import TicketKind, TicketState

__all__ = ["PUBLIC_REASONS", "PUBLIC_TRIGGERS", "SILENCES", "TICKET_KINDS", "TICKET_STATES", "TICKET_STEPS"]

TICKET_KINDS: dict[TicketKind, str] = {
    TicketKind.SILENT: "Loa không kêu",
    TicketKind.QUIET: "Loa kêu nhỏ quá",
    TicketKind.LOUD: "Loa kêu to quá",
    TicketKind.CRACKLE: "Tiếng rè, vỡ, khó nghe",
    TicketKind.WRONG_TIME: "Phát sai giờ",
    TicketKind.OTHER: "Chuyện khác",
}
TICKET_STATES: dict[TicketState, str] = {
    TicketState.NEW: "Mới nhận",
    TicketState.SEEN: "Đã xem",
    TicketState.FIXING: "Đang sửa",
    TicketState.DONE: "Đã xong",
    TicketState.REFUSED: "Không xử lý",
}
TICKET_STEPS: dict[TicketState, str] = {
    TicketState.SEEN: "Ghi là đã xem",
    TicketState.FIXING: "Ghi là đang sửa",
    TicketState.DONE: "Ghi là đã xong",
    TicketState.REFUSED: "Không xử lý",
}
"""State -> the button that leads there."""
PUBLIC_TRIGGERS: dict[str, str] = {
    Trigger.EMERGENCY: "Khẩn cấp",
    Trigger.DRILL: "Diễn tập, không phải báo động thật",
    Trigger.RELAY: "Tiếp âm",
    Trigger.LIVE: "Nói trực tiếp",
}
"""What is said beside a title; an ordinary airing needs no word."""
SILENCES: dict[str, str] = {
    "named_only": "",
    "taken_back": "Bản tin này đã được rút lại.",
    "changed_since": "Nội dung đã được sửa sau khi phát; hãy nghe lại bản đã phát.",
    "no_words": "Bản tin này chỉ có tiếng, không có chữ.",
}
"""Why no words are shown."""
PUBLIC_REASONS: dict[str, str] = {
    # Reports of loudspeakers, and their tickets
    "ticket_kind_missing": "Hãy chọn loa bị làm sao.",
    "place_unknown": "Hãy chọn nơi có loa trong danh sách.",
    "words_missing": "Hãy viết vài chữ cho cán bộ biết.",
    "words_too_long": "Nội dung dài {chars} ký tự, tối đa {limit}; hãy viết ngắn lại.",
    "report_phone_invalid": "Số điện thoại không đúng; hãy viết như 0912 345 678 hoặc để trống.",
    "report_time_ahead": "Giờ này chưa tới; hãy xem lại ngày và giờ.",
    "report_time_old": "Chuyện này đã quá {days} ngày nên không tra lại được; hãy báo khi loa lại như vậy.",
    "reports_too_often": "Đã nhận nhiều phản ánh trong một giờ qua; hãy gửi lại sau, hoặc gọi cho trạm.",
    "sounds_too_often": "Máy này hỏi âm thanh quá nhiều lần; hãy đợi một lát rồi nghe tiếp.",
    "ticket_step": "Phản ánh này không còn ở bước đó; hãy mở lại để xem.",
    "ticket_reason_missing": "Hãy ghi đã làm gì, hoặc vì sao không xử lý; người gửi sẽ đọc được.",
    # What of reports is to be done
    "ticket_open": "Phản ánh số {number} chờ xem: {what} ở {place}[, {reports} người báo].",
}
