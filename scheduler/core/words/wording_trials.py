"""The sentences of what is tried before it is needed: files, folders, addresses, lists, zones and outputs.

Each says what will not work and what to do about it in config.toml or on the machine; a table and nothing else.
"""

__all__ = ["TRIAL_REASONS"]

TRIAL_REASONS: dict[str, str] = {
    "try_good": "Mọi tệp, thư mục, địa chỉ và vùng ghi trong cấu hình đều dùng được.",
    "try_file_missing": "Không có tệp {file}; hãy tạo tệp hoặc sửa đường dẫn.",
    "try_file_unreadable": "Không đọc được tệp {file}; hãy cho người dùng chạy trạm quyền đọc.",
    "try_file_empty": "Tệp {file} rỗng; hãy ghi nội dung vào tệp.",
    "try_file_not_text": "Tệp {file} không phải văn bản UTF-8; hãy chép lại tệp.",
    "try_folder": (
        "Không ghi được vào thư mục {folder}[: {why}]; hãy cho người dùng chạy trạm quyền ghi hoặc đổi thư mục."
    ),
    "try_command": "Không có lệnh “{command}” trên máy; hãy cài đặt hoặc sửa lệnh.",
    "try_device": "Không mở được thiết bị {device}; hãy cắm thiết bị và cho người dùng chạy trạm quyền dùng.",
    "try_address": "Máy này không có địa chỉ “{address}”; hãy ghi một địa chỉ của máy này.",
    "try_network": "“{entry}” không phải tên máy hay mạng, nên không cho phép ai; hãy viết như 192.168.1.0/24.",
    "try_no_voice": (
        'Không có giọng đọc nào được chọn nên không đọc được bản tin; hãy ghi ít nhất một, ví dụ ["espeak"].'
    ),
    "try_no_weekday": "Không có ngày nào trong tuần được phát bản tin thường; hãy ghi các ngày, 0 là thứ Hai.",
    "try_blank_entry": "Danh sách có mục trống; hãy ghi tên hoặc bỏ mục ấy.",
    "try_zone_silent": "Không đầu ra nào phát tới vùng “{zone}”; hãy thêm vùng này vào một mục output hoặc bỏ nó.",
    "try_output_opens": "Mở thử được.",
    "try_output_running": "Bộ phát đang mở.",
    "try_output_fails": "Không mở được[: {why}]; hãy kiểm tra địa chỉ, dây và máy nhận.",
    "try_output_new": "Bộ phát đang chạy chưa biết đầu ra này; hãy tắt và chạy lại trạm.",
}
