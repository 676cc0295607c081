"""Words of Lịch phát: the parts of a day, how an airing stands, what stands beside its time.

Tables and nothing else; the sentences of refusals are `core.words.wording_schedule`'s.
"""

from scheduler.core.model import AiringOutcome

__all__ = ["BY_HAND", "PART_WORDS", "STATES", "UNAPPROVED"]

PART_WORDS = {"dem": "Đêm", "sang": "Sáng", "trua": "Trưa", "chieu": "Chiều", "toi": "Tối"}
"""The parts of a day (`core.planning.schedule.PARTS`)."""
UNAPPROVED = frozenset({"unapproved", "audio_changed"})
"""What a leader's approval mends."""
STATES = {
    "air": ("air", "Đang phát"),
    "wait": ("wait", "Chờ phát"),
    "expected": ("wait", "Dự kiến"),
    "unapproved": ("warn", "Chờ duyệt"),
    "silent": ("err", "Sẽ không phát"),
    "copied": ("done", "Chép được"),
    "not_copied": ("warn", "Không chép"),
    AiringOutcome.PLAYED: ("done", "Đã phát"),
    AiringOutcome.PARTIAL: ("warn", "Phát dở"),
    AiringOutcome.PRE_EMPTED: ("warn", "Nhường bản tin khẩn"),
    AiringOutcome.MISSED: ("err", "Lỡ giờ"),
    AiringOutcome.REFUSED: ("err", "Bị từ chối"),
    AiringOutcome.FAILED: ("err", "Lỗi"),
    AiringOutcome.CANCELLED: ("off", "Đã hủy"),
    AiringOutcome.RECORDED: ("warn", "Chỉ ghi tệp, loa không kêu"),
}
"""How an airing stands: its look, its word."""
BY_HAND = "Thêm tay"
