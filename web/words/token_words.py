"""The words of the keys' page: what each right is called there, in the order in which it is offered.

A table and nothing else.
"""

__all__ = ["SCOPE_GROUPS"]

SCOPE_GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Xem",
        (
            ("see", "Xem mọi trang và số liệu"),
            ("metrics", "Đọc số đo cho máy giám sát"),
            ("read_audit", "Đọc sổ việc đã làm"),
        ),
    ),
    (
        "Soạn",
        (
            ("import_dispatch", "Nhận công văn"),
            ("write", "Viết bản tin"),
            ("record", "Gửi bản ghi âm vào kho"),
            ("make_speech", "Tạo giọng đọc"),
            ("edit_lexicon", "Sửa từ điển đọc"),
            ("submit", "Trình duyệt"),
            ("retire", "Cất bản ghi"),
        ),
    ),
    (
        "Phát",
        (
            ("plan", "Lập và chạy đợt tuyên truyền"),
            ("play_now", "Phát ngay bản tin đã duyệt"),
            ("stop", "Dừng phát"),
            ("go_live", "Nói trực tiếp"),
            ("drill", "Diễn tập khẩn cấp"),
            ("send_sms", "Gửi tin nhắn"),
            ("test_output", "Thử loa"),
            ("answer_ticket", "Trả lời báo hỏng loa"),
        ),
    ),
    (
        "Quyết định (chỉ trong mã đứng tên chính bạn)",
        (
            ("approve", "Duyệt"),
            ("return", "Trả lại"),
            ("withdraw", "Rút bản tin"),
            ("break_in", "Phát khẩn cấp"),
            ("publish", "Bật, tắt trang công khai"),
        ),
    ),
)
"""Heading -> the rights under it: code and words."""
