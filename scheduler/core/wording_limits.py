"""The sentences of the page's limits: what one caller may take of the page, the processor and the disk.

Each says what happened and what to do next, and is readable without its details.
"""

from collections.abc import Mapping

__all__ = ["LIMIT_REASONS"]

LIMIT_REASONS: Mapping[str, str] = {
    "disk_floor": (
        "Ổ đĩa gần đầy[ (còn {free_mb} MB)]; trạm giữ lại[ {floor_mb} MB] chỗ trống cho nhật ký và bản tin nên chưa"
        " nhận thêm tệp. Hãy dọn bớt ổ đĩa rồi làm lại."
    ),
    "body_stranger": "Nội dung gửi tới quá lớn; hãy đăng nhập rồi gửi lại.",
    "body_limit": "Nội dung hoặc tệp gửi lên quá lớn[ (tối đa {limit_mb} MB)]; hãy gửi tệp nhỏ hơn.",
    "body_unmeasured": "Máy trạm chỉ nhận nội dung có ghi trước độ dài; hãy gửi lại bằng trang của trạm.",
    "expectation_unknown": "Máy trạm không làm được điều mà yêu cầu đòi trước; hãy mở lại trang rồi làm lại.",
}
