"""How the states of an SMS, of a sending and of a recipient are called, and what a text costs, in words of the page.

Words only: which state follows which is `core.sms_approval`'s, what a text costs is `core.sms`'s to say.
"""

from scheduler.extras.sms.rules.approval import BatchState, RecipientState, SmsState
from scheduler.extras.sms.rules.texts import Alphabet, SmsCost, named

__all__ = ["BATCH_STATES", "RECIPIENT_STATES", "SMS_STATES", "cost_words", "culprit_words"]

SMS_STATES: dict[SmsState, str] = {
    SmsState.DRAFT: "Nháp",
    SmsState.SUBMITTED: "Chờ duyệt",
    SmsState.APPROVED: "Đã duyệt",
    SmsState.RETURNED: "Bị trả lại",
    SmsState.WITHDRAWN: "Đã rút",
    SmsState.HANDED_OVER: "Đã bàn giao",
    SmsState.SENDING: "Đang gửi",
    SmsState.SENT: "Đã gửi",
}
BATCH_STATES: dict[BatchState, str] = {
    BatchState.CHECKED: "Chưa gửi",
    BatchState.SENDING: "Đang gửi",
    BatchState.HALTED: "Tạm dừng, cần xem",
    BatchState.ENDED: "Đã xong",
    BatchState.STOPPED: "Đã dừng",
}
RECIPIENT_STATES: dict[RecipientState, str] = {
    RecipientState.WAITING: "Đang chờ",
    RecipientState.CLAIMED: "Đang gửi",
    RecipientState.SENT: "Cổng đã nhận",
    RecipientState.FAILED: "Không gửi được",
    RecipientState.UNKNOWN: "Không rõ",
    RecipientState.SKIPPED: "Bỏ qua",
    RecipientState.CANCELLED: "Thôi gửi",
}
_ALPHABETS = {Alphabet.GSM7: "không dấu (GSM-7)", Alphabet.UCS2: "có dấu (UCS-2)"}
_SHOWN = 24


def cost_words(paid: SmsCost) -> str:
    """What a text costs, in one line: parts, places, alphabet, room."""
    if not paid.parts:
        return "chưa có chữ nào"
    return f"{paid.parts} phần · {paid.places} ký tự, bảng chữ {_ALPHABETS[paid.alphabet]} · phần cuối còn {paid.room}"


def culprit_words(paid: SmsCost) -> str:
    """The letters that make it dear, the first of them; empty where there is none."""
    told = " ".join(named(letter) for letter in paid.culprits[:_SHOWN])
    more = len(paid.culprits) - _SHOWN
    return f"{told} và {more} chữ khác" if more > 0 else told
