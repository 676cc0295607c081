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
    "caller_busy": "Bạn vừa mở quá nhiều trang nặng; hãy đợi[ {seconds} giây] rồi thử lại.",
    "exports_waiting": "Đã có {limit} tệp đang chờ làm; hãy đợi các tệp đó xong rồi làm tiếp.",
    "expectation_unknown": "Máy trạm không làm được điều mà yêu cầu đòi trước; hãy mở lại trang rồi làm lại.",
    "check_data_open": (
        "Người khác trên máy này đọc được {file}; hãy chạy: chmod 700 với thư mục dữ liệu, chmod 600 với tệp."
    ),
    "check_data_closed": "Chỉ tài khoản chạy trạm đọc được.",
    "restore_no_room": (
        "Ổ đĩa không đủ chỗ để khôi phục[ (cần khoảng {needed} MB, còn {free} MB)]; hãy dọn bớt rồi làm lại."
    ),
    "restore_half": (
        "Lần khôi phục trước bị ngắt giữa chừng: thư mục cũ[ {aside}] còn nguyên. Hãy chạy lại lệnh loa restore, hoặc"
        " đổi tên thư mục đó về[ {path}]."
    ),
    # Papers
    "export_too_long": "Tệp này sẽ có {airings} lượt phát, quá {limit}; hãy chọn ít ngày hơn hoặc tải Excel.",
    "export_long": "Tệp này dài nên do bộ xử lý lập; hãy bấm nút “Lập tệp” trên trang báo cáo.",
}
