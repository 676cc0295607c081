"""Words of the log of acts: what was done, to what, by which right, and each change as people say it.

Tables and their use; what is not in a table is shown as it stands in the row, so that nothing is ever hidden.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.people.audit_log import AuditRow
from scheduler.core.report.report_words import TRIGGERS
from scheduler.core.words.wording import BOOSTS, CAMPAIGN_STATES, OUTCOMES, REASONS, ROLES, STATES, sentence
from scheduler.features import FEATURES, load
from web.words.dispatch_words import DUTY_STATES
from web.words.zones import EVERYWHERE

__all__ = ["ACTS", "KINDS", "SUBJECTS", "VIAS", "Change", "announcement_of", "changes_of", "done_words"]

KINDS: dict[str, str] = {
    "insert": "Thêm",
    "update": "Sửa",
    "delete": "Xóa",
    "many": "Thay đổi hàng loạt",
    "refused": "Bị từ chối",
    "sign_in": "Đăng nhập",
    "sign_out": "Thoát",
    "sign_in_wrong": "Đăng nhập sai",
    "sessions_ended": "Kết thúc phiên đăng nhập",
    "code_wrong": "Nhập sai mã xác nhận",
    "recovery_used": "Dùng một mã dự phòng",
    "order_taken_back": "Hủy lệnh trước khi phát",
    "stopped": "Dừng phát",
    **{kind: words for feature in FEATURES for kind, words in feature.event_words.items()},
}
ACTS: dict[str, str] = {
    "see": "Xem và việc của riêng mình",
    "import_dispatch": "Nhận công văn",
    "write": "Soạn bản tin",
    "make_speech": "Làm giọng đọc",
    "edit_lexicon": "Sửa từ điển",
    "record": "Thu âm, dùng bản ghi",
    "retire": "Cất bản ghi",
    "submit": "Trình duyệt",
    "approve": "Duyệt",
    "return": "Trả lại",
    "withdraw": "Rút",
    "edit": "Sửa bản tin",
    "plan": "Lập và chạy lịch",
    "play_now": "Phát ngay",
    "stop": "Dừng",
    "go_live": "Phát trực tiếp",
    "drill": "Diễn tập",
    "break_in": "Phát khẩn cấp",
    "configure": "Cài đặt",
    "test_output": "Phát thử",
    "backup": "Sao lưu",
    "manage_tokens": "Mã truy cập",
    "read_audit": "Đọc nhật ký thao tác",
    "confirm_clock": "Xác nhận giờ của máy",
    "manage_people": "Quản lý người dùng",
    "change_key": "Đổi khóa ký",
    **{act: words for feature in FEATURES for act, words in feature.right_words.items()},
}
SCHEDULE_CHANGES: dict[str, str] = {
    "move": "Dời",
    "leave_out": "Bỏ",
    "add": "Thêm tay",
    "copy": "Chép",
    "release": "Để lịch tự xếp",
    "undo": "Hoàn tác",
}
VIAS: dict[str, str] = {
    "page": "trang",
    "cli": "dòng lệnh",
    "api": "API",
    "worker": "bộ xử lý âm thanh",
    "studio": "bộ xử lý âm thanh",  # as releases before called it
    "playout": "bộ phát",
    "link": "đường nối tỉnh",
    "web": "trang",
    "station": "trạm",
    **{process: words for feature in FEATURES for process, words in feature.via_words.items()},
}
SUBJECTS: dict[str, str] = {
    "announcement": "Bản tin",
    "campaign": "Đợt phát",
    "relay": "Tiếp âm",
    "dispatch": "Công văn",
    "dispatch_act": "Việc công văn giao",
    "duty": "Nhiệm vụ",
    "doubt": "Chỗ đọc chưa chắc",
    "ledger_baseline": "Thời lượng trước công văn",
    "clip": "Bản ghi âm",
    "trim": "Bản cắt",
    "decision": "Quyết định duyệt",
    "confirmed_word": "Từ đã xác nhận",
    "upgrade": "Bản đọc hay hơn",
    "slot": "Lượt phát",
    "command": "Lệnh",
    "live_lease": "Micro trực tiếp",
    "lexicon_entry": "Từ điển",
    "lexicon_list": "Danh sách từ",
    "lexicon_change": "Lần sửa từ điển",
    "person": "Người dùng",
    "person_zone": "Vùng của người dùng",
    "api_token": "Mã truy cập",
    "setting_change": "Cài đặt",
    "guide_step": "Cài đặt lần đầu",
    "clock_word": "Xác nhận giờ của máy",
    "backup_run": "Sao lưu",
    "moved": "Lượt đã dời",
    "schedule_change": "Lần sửa lịch",
    "todo_off": "Việc để sau",
    **{table: words for feature in FEATURES for table, words in feature.subject_words.items()},
}
_COLUMNS: dict[str, str] = {
    "title": "Tên", "name": "Tên", "text": "Nội dung", "state": "Trạng thái", "priority": "Mức ưu tiên",
    "role": "Vai trò", "active": "Đang dùng", "login": "Đăng nhập", "password_hash": "Mật khẩu",
    "code_hash": "Mã khẩn cấp", "totp_sealed": "Xác thực ứng dụng", "totp_pending": "Xác thực đang bật dở",
    "must_change": "Mật khẩu tạm", "zone": "Vùng", "zones_json": "Vùng", "windows_json": "Khung giờ",
    "base": "Lượt cơ bản", "boost_kind": "Kiểu tăng", "boost_value": "Mức tăng", "start": "Từ", "end": "Đến",
    "weekdays_json": "Thứ", "phases_json": "Giai đoạn", "rotation_json": "Luân phiên", "pauses_json": "Tạm dừng",
    "stopped_at": "Dừng từ", "min_gap_ms": "Cách nhau (ms)", "chime": "Nhạc hiệu", "repeat": "Đọc mấy lần",
    "rank": "Thứ tự", "topic": "Chủ đề", "field": "Lĩnh vực", "audio_sha256": "Âm thanh",
    "approved_sha256": "Âm thanh được duyệt", "approver_id": "Người duyệt", "approved_at": "Duyệt lúc",
    "author_id": "Người viết", "writer_id": "Người sửa sau cùng", "heard": "Đã nghe", "version": "Phiên bản",
    "return_reason": "Lý do trả lại", "retired_at": "Cất lúc", "sources_json": "Nguồn",
    "fallback_json": "Bản thay khi mất nguồn", "written": "Viết", "said": "Đọc", "number": "Số",
    "value_json": "Giá trị mới", "before_json": "Giá trị cũ", "key": "Mục", "reason": "Lý do", "kind": "Loại",
    "is_on": "Bật", "words": "Lời", "acts_json": "Quyền", "expires_at": "Hết hạn", "revoked_at": "Thu hồi lúc",
    "person_id": "Người", "created_by": "Người tạo", "created_at": "Tạo lúc", "at": "Lúc", "dispatch_id": "Công văn",
    "announcement_id": "Bản tin", "campaign_id": "Đợt phát", "file_name": "Tệp", "rows": "Số dòng", "insert": "Thêm",
    "update": "Sửa", "delete": "Xóa", "first": "Những dòng đầu", "sha256": "Dấu vân tay", "replaces": "Thay cho",
    "day": "Ngày", "trigger": "Vì sao phát", "operator_id": "Người ra lệnh", "args_json": "Chi tiết",
    "shape_json": "Dáng bài đọc", "corrects": "Đính chính cho", "homes": "Số hộ", "note": "Ghi chú",
    "outcome": "Kết quả", "length_ms": "Dài (ms)", "output": "Đầu ra", "moved_from": "Dời từ",
    "makes_good": "Phát bù cho", "intro_sha256": "Lời xưng danh", "taken_at": "Nhận lúc", "ended_at": "Xong lúc",
    "was": "Lịch đã xếp", "ordinal": "Lượt thứ", "why": "Vì sao", "places_json": "Các lượt",
    "undone_by": "Hoàn tác bởi", "until": "Tới", "cluster": "Cụm loa", "reports": "Số người báo", "opened_at": "Mở lúc",
    "changed_at": "Đổi lúc", "closed_at": "Đóng lúc", "ticket_id": "Phản ánh số", "act": "Việc",
    "decided_at": "Quyết lúc", "decided_by": "Người quyết", "made_at": "Làm lúc", "made_by": "Người làm",
    "done_at": "Xong lúc", "done_by": "Người làm xong", "channel": "Kênh", "deadline": "Hạn", "target": "Mức yêu cầu",
    "target_date": "Ngày yêu cầu", "since": "Từ ngày", "answer": "Trả lời", "answered_at": "Trả lời lúc",
    "answered_by": "Người trả lời", "minutes_a_day": "Phút mỗi ngày", "stated_at": "Khai lúc",
    "stated_by": "Người khai", "origin": "Cách có", "original_sha256": "Tệp gốc", "engine": "Máy đọc", "voice": "Giọng",
    "says": "Lời đọc", "from_sha256": "Từ âm thanh", "to_sha256": "Sang âm thanh", "start_ms": "Cắt từ (ms)",
    "end_ms": "Cắt đến (ms)", "word": "Từ", "longest_ms": "Dài nhất (ms)", "released_at": "Thả nút lúc",
    "source": "Nguồn", "slot_id": "Lượt phát", "asked_by": "Người yêu cầu", "asked_at": "Yêu cầu lúc",
    "folder": "Thư mục", "bytes": "Số byte", "file": "Tệp", "total": "Tổng số", "ordered_at": "Ra lệnh lúc",
    "ordered_by": "Người ra lệnh", "by_id": "Người làm", "taken_by": "Người nhận", "received_at": "Nhận lúc",
    "switched_off": "Đã tắt", "case_rule": "Hoa thường", "pattern": "Mẫu", "hint": "Đầu mã",
    "frames": "Số khung âm thanh", "fields_json": "Các mục đọc được", "excerpts_json": "Các câu trích",
    "issuer_id": "Nơi gửi", "plain": "Không dấu", "body": "Lời nhắn",
}  # fmt: skip
_UNSAID = frozenset({"id", "updated_at", "totp_step"})
_SECRETS = {"•": "có", "• (mới)": "đã đặt mới"}
_HASHED = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_VALUES: dict[str, str] = {
    **{state.value: word for state, word in CAMPAIGN_STATES.items()},
    **{state.value: word for state, word in STATES.items()},
    **{role.value: word for role, word in ROLES.items()},
    **{outcome.value: word for outcome, word in OUTCOMES.items()},
    **TRIGGERS,
    **{state.value: word for state, word in DUTY_STATES.items()},
    **{kind.value: word for kind, word in BOOSTS.items()},
    **SCHEDULE_CHANGES,
}
_PEOPLE = frozenset(
    {
        "answered_by",
        "approver_id",
        "asked_by",
        "author_id",
        "by_id",
        "changed_by",
        "created_by",
        "decided_by",
        "done_by",
        "made_by",
        "operator_id",
        "ordered_by",
        "person_id",
        "revoked_by",
        "stated_by",
        "taken_by",
        "writer_id",
    }
)
_WORDED = frozenset({"state", "role", "outcome", "trigger", "kind", "boost_kind"})
_YES_NO = frozenset({"active", "must_change", "chime", "heard", "is_on", "shows_next"})
_SHA_SHOWN, _TEXT_SHOWN = 12, 300


class Change(NamedTuple):
    """One thing that changed, as people read it."""

    what: str
    before: str
    after: str


def done_words(row: AuditRow) -> str:
    """What was done, in two or three words: "Sửa bản tin"."""
    kind = KINDS.get(row.kind, row.kind)
    subject = SUBJECTS.get(row.subject, row.subject)
    return (
        f"{kind} {subject[0].lower()}{subject[1:]}" if subject and row.kind in {"insert", "update", "delete"} else kind
    )


def note_words(row: AuditRow) -> str:
    """What a row without changes says besides."""
    return sentence(row.note) if row.kind in {"refused", "stopped"} else row.note


def announcement_of(row: AuditRow) -> int | None:
    """The announcement that a row of another table is about."""
    number = row.after.get("announcement_id") or row.before.get("announcement_id")
    return number if isinstance(number, int) else None


def changes_of(
    row: AuditRow, local: Any, names: Mapping[int, str], titles: Mapping[int, str] | None = None
) -> Iterator[Change]:
    """Every column that changed. `local`: an instant on the station's wall clock; `names`: of people, by number;
    `titles`: of announcements, by number.
    """
    words = _words_of(row.subject)
    for name in dict.fromkeys((*row.before, *row.after)):
        if name in _UNSAID:
            continue
        known = (titles or {}) if name == "announcement_id" else names if name in _PEOPLE else {}
        before, after = (_value(name, side, local, known, words) for side in (row.before, row.after))
        if before or after:
            yield Change(_COLUMNS.get(name, name), before, after)


def _value(name: str, side: Mapping[str, Any], local: Any, names: Mapping[int, str], words: Mapping[str, str]) -> str:
    value = side.get(name)
    if value is None or value in ("", "[]", "{}"):
        return ""
    if names and isinstance(value, int):
        return names.get(value, str(value))
    if name in _YES_NO and value in (0, 1):
        return "có" if value else "không"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if name == "zone" and text == DEFAULT_ZONE:
        return EVERYWHERE
    if name == "reason" and text in REASONS:
        return sentence(text)
    return words.get(text, text) if name in _WORDED else _text(text, local)


@cache
def _words_of(table: str) -> dict[str, str]:
    """What stands for the values of a table: the core's words, and those of the extra whose table it is."""
    named = (where for feature in FEATURES for where in feature.values.get(table, ()))
    return _VALUES | {value: word for where in named for value, word in load(where).items()}


def _text(text: str, local: Any) -> str:
    """A secret as a word, an instant on the wall clock, the beginning of what is long."""
    if text in _SECRETS:
        return _SECRETS[text]
    if _INSTANT.match(text):
        return str(local(datetime.fromisoformat(text)).strftime("%H:%M %d/%m/%Y"))
    if _HASHED.fullmatch(text):
        return text[:_SHA_SHOWN]
    return text if len(text) <= _TEXT_SHOWN else text[:_TEXT_SHOWN] + "…"
