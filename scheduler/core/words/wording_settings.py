"""The sentences of Cài đặt, tests of loudspeakers and backups: a part of the table in `wording`.

Each says what happened and what to do next, and is readable without its details.
"""

from collections.abc import Mapping

__all__ = ["SETTINGS_REASONS"]

SETTINGS_REASONS: Mapping[str, str] = {
    # Settings
    "setting_in_file": "Mục này đặt trong config.toml nên trang không sửa được; hãy sửa ở tệp đó.",
    "setting_invalid": "Giá trị chưa đúng: {fault}; hãy sửa lại.",
    "setting_changed_since": "Mục này đã được sửa lần nữa sau đó nên không hoàn tác được; hãy đặt lại bằng tay.",
    "setting_loosens": "Thay đổi này cho phép phát điều trước đây không được phát[: {told}]; hãy xem lại và xác nhận.",
    "legal_basis_needed": "Hãy ghi văn bản căn cứ trước khi sửa {what}.",
    "rules_changed": "Quy tắc phát được sửa trên trang Cài đặt.",
    # Tests of loudspeakers
    "test_busy": "Đang có bản tin phát hoặc sắp phát; hãy thử loa sau khi phát xong.",
    "test_no_output": "Không có đầu ra “{title}”; hãy chọn lại.",
    "test_output_closed": "Đầu ra “{title}” chưa mở được nên không thử được; hãy xem trạng thái của đầu ra.",
    # Backups
    "backup_running": "Đang sao lưu; hãy chờ xong rồi mới làm lần nữa.",
    "backup_folder": "Không ghi được vào thư mục sao lưu {path}; hãy kiểm tra ổ đĩa và quyền ghi.",
    "backup_no_room": "Ổ đĩa của thư mục sao lưu không đủ chỗ (cần khoảng {needed} MB, còn {free} MB); hãy dọn bớt.",
    "backup_damaged": "Tệp sao lưu hỏng hoặc không trọn vẹn ({part}); hãy dùng bản sao lưu khác.",
    "backup_not_ours": "Đây không phải tệp sao lưu của Loa Phường; hãy chọn tệp .loabak.",
    "backup_newer": "Bản sao lưu do phiên bản mới hơn tạo ra; hãy cài phiên bản đó rồi khôi phục.",
    "backup_passphrase": "Mật khẩu của bản sao lưu không đúng hoặc chưa nhập; hãy nhập lại.",
    "backup_passphrase_file": "Không đọc được tệp mật khẩu sao lưu {path}; hãy kiểm tra đường dẫn và quyền 0600.",
    "backup_failed": "Sao lưu không xong; hãy xem nhật ký máy rồi thử lại.",
    "backup_stopped": "Sao lưu bị ngắt giữa chừng; hãy làm lại.",
    "backup_old": "Lần sao lưu tốt gần nhất đã từ ngày {day}; hãy sao lưu và kiểm tra thư mục sao lưu.",
    "backup_never": "Trạm chưa có bản sao lưu nào; hãy sao lưu ở trang Cài đặt.",
    "restore_not_empty": "Thư mục {path} không trống; hãy chọn một thư mục mới để khôi phục.",
    "restore_living": "Một trạm đang chạy trên {path}; hãy tắt trạm rồi mới khôi phục.",
    # Tình trạng
    "check_disk_left": "Đủ chỗ[: còn {free} GB ở {folder}].",
    "check_disk_low": "Sắp đầy[: chỉ còn {free} GB ở {folder}]; hãy xóa bớt tệp hoặc chuyển bản sao lưu sang ổ khác.",
    "check_clock_holds": "Đáng tin.",
    "check_database_size": "Đang dùng[: {size} MB, {file}].",
    "check_database_whole": "Nguyên vẹn.",
    "check_database_damaged": "Tệp bị hỏng[ ({fault})]; hãy tắt trạm và khôi phục bản sao lưu gần nhất.",
    "check_backup_none_yet": "Chưa có bản nào; bấm Sao lưu ở trang Cài đặt hoặc chạy: loa backup.",
    "check_backup_last": "Có bản tốt[, gần nhất lúc {time}, {size} MB].",
    "check_backup_not_nightly": (
        "Có bản tốt[, gần nhất lúc {time}, {size} MB]; chưa tự sao lưu ban đêm, hãy ghi mục backup trong config.toml."
    ),
    "check_quiet_without_basis": "Chưa ghi văn bản căn cứ; hãy ghi ở trang Cài đặt, mục Giờ yên tĩnh.",
    "check_quiet_not_set": "Không đặt: loa có thể kêu ban đêm.",
    "check_cap_without_basis": "Chưa ghi văn bản căn cứ; hãy ghi ở trang Cài đặt.",
    "package_missing": "Chưa cài gói {package} mà mục {section} cần; hãy chạy: pip install '{extra}'.",
    "check_journal_whole": "Nguyên vẹn[: {rows} dòng, {checkpoints} điểm chốt].",
}
