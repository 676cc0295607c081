"""The sentences of the line to the provincial system, and of the bulletins that come by it.

A table and nothing else; the record makes it part of the whole one.
"""

__all__ = ["PROVINCE_REASONS"]

PROVINCE_REASONS: dict[str, str] = {
    # Bulletins of the province (bản tin nguồn)
    "province_off": "Trạm chưa nối với hệ thống thông tin nguồn; hãy ghi mục [province] trong config.toml.",
    "province_url": "Địa chỉ hệ thống nguồn không đúng; hãy viết như https://nguon.tinh.gov.vn.",
    "province_plain": (
        "Không gửi mật khẩu không mã hóa (http://) tới {host}; hãy dùng https://, hoặc ghi máy này vào allowed_hosts "
        "nếu nó ở trong mạng riêng."
    ),
    "province_cluster": 'Mục “{entry}” của clusters không đúng; hãy viết như "loa=860000000000001".',
    "province_password_missing": "Không đọc được tệp mật khẩu của hệ thống nguồn; hãy kiểm tra province.password_file.",
    "province_password_open": "Người khác đọc được tệp mật khẩu của hệ thống nguồn; hãy chạy: chmod 600 tệp ấy.",
    "province_login": "Hệ thống nguồn không nhận tên đăng nhập hoặc mật khẩu[: {told}]; hãy hỏi cấp tỉnh.",
    "province_unreachable": "Không nối được tới {host}; hãy kiểm tra mạng. Nhật ký chờ gửi vẫn được giữ.",
    "province_tls": "Kết nối https tới {host} không an toàn (chứng chỉ sai hoặc hết hạn, hoặc giờ máy sai).",
    "province_private_address": (
        "Địa chỉ {host} nằm trong mạng nội bộ nên không được mở; nếu đúng, hãy ghi vào allowed_hosts."
    ),
    "province_redirected": "Máy chủ chuyển hướng tới {host}; có thể mạng đòi đăng nhập, hoặc địa chỉ đã đổi.",
    "province_slow": "Máy chủ trả lời quá chậm (quá {seconds} giây); trạm tự thử lại.",
    "province_not_json": "Máy chủ trả lời không phải dữ liệu JSON (có thể là một trang web); trạm tự thử lại.",
    "province_cut_off": "Câu trả lời của máy chủ bị đứt giữa chừng; trạm tự thử lại.",
    "province_too_big": "Câu trả lời của máy chủ lớn quá {limit_mb} MB nên không nhận.",
    "province_http_error": "Máy chủ báo lỗi {status}; trạm tự thử lại.",
    "province_said_no": "Hệ thống nguồn không nhận[: {told}].",
    "province_clock_off": "Giờ của máy chủ và của trạm lệch nhau {minutes} phút; hãy kiểm tra giờ máy trạm.",
    "province_bulletin_bad": "Một bản tin của hệ thống nguồn thiếu {key} nên không nhận.",
    "province_not_trusted": "Phường chưa cho bản tin của “{issuer}” phát không cần hỏi.",
    "province_priority_unknown": "Bản tin không ghi mức ưu tiên; được coi là thông thường.",
    "province_kind": "Bản tin là {kind}, loa không phát được; chỉ đọc được phần chữ nếu có.",
    "province_no_words": "Bản tin không có chữ và không có âm thanh để phát.",
    "province_other_area": "Danh sách nơi nhận không có phường này.",
    "province_zone_unknown": "Vùng phát “{zone}” không có ở trạm; nếu phát thì phát mọi vùng.",
    "province_schedule_unknown": "Lịch phát kèm theo ({keys}) chưa rõ nghĩa nên trạm không theo; hãy tự chọn giờ.",
    "province_times_unreadable": "Không đọc được giờ trong bản tin ({keys}).",
    "province_not_yet": "Bản tin chưa đến ngày phát.",
    "province_from_future": "Bản tin ghi giờ sản xuất ở tương lai; hãy kiểm tra trước khi phát.",
    "province_no_time": "Bản tin khẩn không ghi giờ sản xuất nên không tự phát; hãy kiểm tra rồi quyết định.",
    "province_old": "Bản tin khẩn đã ra từ {minutes} phút trước nên không tự phát; hãy kiểm tra rồi quyết định.",
    "province_same_words": "Bản tin khẩn này đã phát; bản sửa không đổi lời nên không phát lại.",
    "province_decided": "Bản tin này đã được quyết định rồi; hãy mở lại trang để xem.",
    "province_expired": "Bản tin đã hết hạn phát.",
    "province_expired_there": "Theo giờ của máy chủ thì bản tin đã hết hạn; hãy kiểm tra giờ máy trạm trước khi phát.",
    "province_cancelled": "Hệ thống nguồn đã hủy bản tin này.",
    "province_superseded": "Hệ thống nguồn đã gửi bản mới của bản tin này; hãy dùng bản mới.",
    "province_no_sound": "Âm thanh của bản tin chưa sẵn sàng; hãy đợi một chút rồi thử lại.",
    "province_no_session": "Trong các ngày tới không còn buổi phát nào đủ chỗ cho bản tin; hãy tự lập đợt.",
    "province_returned": "Lãnh đạo trả lại bản tin[: {told}].",
    "province_withdrawn": "Bản tin đã được rút.",
    "province_dismissed": "Đã bỏ qua: {told}.",
    # What of the province is to be done
    "province_waits": "Bản tin nguồn chờ phường quyết định.",
    "province_emergency_waits": "Bản tin nguồn khẩn cấp đang chờ phường quyết định; hãy mở ngay.",
    "province_silent": "Bộ nối hệ thống thông tin nguồn không trả lời; hãy khởi động lại trạm.",
}
