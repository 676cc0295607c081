"""The sentences of what fails in the machine itself: descriptors, memory, disk, rights, the program.

A table and nothing else; `wording` makes it part of its own. A full disk is told by nothing else than a full disk.
"""

from collections.abc import Mapping

__all__ = ["FAULT_REASONS"]

FAULT_REASONS: Mapping[str, str] = {
    "no_descriptors": (
        "Máy hết chỗ mở tệp (quá nhiều tệp đang mở cùng lúc); hãy tắt bớt chương trình, nếu còn lặp lại hãy khởi động"
        " lại máy."
    ),
    "out_of_memory": "Máy hết bộ nhớ; hãy tắt bớt chương trình, nếu còn lặp lại hãy khởi động lại máy.",
    "disk_error": (
        "Ổ đĩa báo lỗi khi đọc hoặc ghi; hãy sao lưu ngay và nhờ kỹ thuật kiểm tra ổ đĩa, dây và nguồn điện."
    ),
    "no_permission": ("Máy không cho trạm đọc hoặc ghi một tệp cần dùng; hãy kiểm tra quyền của thư mục dữ liệu."),
    "internal_fault": (
        "Phần mềm của trạm gặp lỗi bất ngờ; chi tiết có trong nhật ký máy, hãy báo cho người phụ trách kỹ thuật."
    ),
}
