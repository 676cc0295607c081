"""What is said of the journal's chain, its checkpoints and the key that signs them: one Vietnamese sentence a reason.

Part of the table in `wording`; it words reasons and decides nothing.
"""

__all__ = ["PROOF_REASONS"]

PROOF_REASONS: dict[str, str] = {
    "journal_row_missing": "Dòng {seq} của nhật ký đã bị xóa; hãy giữ nguyên máy và báo cấp trên.",
    "journal_row_moved": "Dòng {seq} của nhật ký không nối tiếp dòng trước nó; hãy giữ nguyên máy và báo cấp trên.",
    "journal_row_changed": "Dòng {seq} của nhật ký đã bị sửa sau khi ghi; hãy giữ nguyên máy và báo cấp trên.",
    "journal_rewritten": "Dòng {seq} khác dòng đã ký chốt, nhật ký đã bị viết lại; hãy giữ nguyên máy và báo cấp trên.",
    "journal_tail_removed": (
        "Nhật ký mất các dòng sau dòng {seq}: điểm chốt ngày {day} đã ký đến dòng {signed}; "
        "hãy giữ nguyên máy và báo cấp trên."
    ),
    "journal_slot_differs": "Lượt phát {slot} đã kết thúc nhưng nhật ký thiếu hoặc ghi khác; hãy báo cấp trên.",
    "journal_slot_missing": "Dòng {seq} của nhật ký ghi một lượt phát không có hoặc chưa kết thúc; hãy báo cấp trên.",
    "journal_unreadable": "Nhật ký có dòng không đọc được; hãy chạy loa journal --verify để biết dòng nào.",
    "checkpoint_changed": "Điểm chốt[ số {number}] đã bị sửa, chữ ký không khớp; hãy giữ nguyên máy và báo cấp trên.",
    "checkpoint_missing": "Điểm chốt số {number} đã bị xóa hoặc thay; hãy giữ nguyên máy và báo cấp trên.",
    "checkpoint_foreign_key": "Điểm chốt số {number} không do khóa của trạm này ký; hãy báo cấp trên.",
    "key_unreadable": "Không đọc được tệp khóa ký[ {path}]; hãy chép tệp này lại từ bản sao lưu.",
    "key_changed": "Từ đây nhật ký được ký bằng khóa mới, có khóa cũ xác nhận.",
    "key_lost": "Khóa ký cũ đã mất; từ đây nhật ký được ký bằng khóa mới, hãy báo khóa mới cho cấp trên.",
    "proof_nothing": "Những ngày này nhật ký chưa có gì để làm chứng cứ; hãy chọn ngày khác.",
    "file_unwritable": "Không ghi được tệp {path}; hãy chọn chỗ khác.",
}
