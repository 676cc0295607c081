"""The sentences of text messages: what may be written, to whom they go, and how the gateway answers.

A table and nothing else; the record makes it part of the whole one.
"""

__all__ = ["SMS_REASONS"]

SMS_REASONS: dict[str, str] = {
    # SMS
    "sms_text_missing": "Hãy viết nội dung tin nhắn.",
    "sms_too_long": "Tin nhắn dài {parts} phần, tối đa {limit}; hãy rút ngắn hoặc chọn gửi không dấu.",
    "sms_formula_start": (
        "Tin nhắn không được bắt đầu bằng “{value}”: bảng tính sẽ hiểu là công thức; hãy viết chữ trước."
    ),
    "sms_none_quoted": "Không có nội dung tin nhắn trong công văn hoặc đợt này; hãy tự viết tin nhắn.",
    "sms_changed": "“{title}” đã được sửa sau khi bạn mở trang; hãy đọc lại lời mới rồi duyệt.",
    "sms_unapproved": "Lãnh đạo chưa duyệt đúng lời này nên chưa gửi, chưa bàn giao được.",
    "sms_off": "Trạm chưa khai báo cổng nhắn tin ([sms] trong config.toml); hãy bàn giao tệp cho nhà mạng.",
    "sms_list_big": "Tệp danh sách lớn quá {limit_mb} MB; hãy chia nhỏ.",
    "sms_list_long": "Danh sách có hơn {limit} số; hãy chia nhỏ.",
    "sms_list_empty": "Tệp này không có số điện thoại nào; hãy chọn tệp .csv hoặc .txt có số điện thoại.",
    "sms_list_stale": "Danh sách nạp dở, hoặc lời tin nhắn đã đổi từ khi nạp; hãy nạp lại danh sách.",
    "sms_nobody": "Danh sách không còn số nào để gửi.",
    "sms_under_way": "Tin nhắn này đang gửi theo một danh sách khác; hãy đợi xong hoặc dừng lại đã.",
    "sms_stopped": "Đã dừng gửi[ (người dừng: {name})]; số chưa gửi thì thôi.",
    "sms_edited": "Tin nhắn đã sửa hoặc rút khi đang gửi nên dừng lại.",
    "sms_opted_out": "Số này không muốn nhận tin.",
    "sms_reached": "Số này đã được gửi đúng lời này rồi.",
    "sms_interrupted": "Máy ngừng đúng lúc đang gửi số này; không rõ đã gửi chưa, trạm không tự gửi lại.",
    "sms_url_invalid": "Địa chỉ cổng nhắn tin không đúng; hãy sửa sms.url trong config.toml.",
    "sms_host_private": (
        "Máy “{host}” nằm trong mạng nội bộ; muốn cho phép, thêm nó vào sms.allowed_hosts trong config.toml."
    ),
    "sms_password_file": "Không dùng được tệp mật khẩu “{path}”; tệp phải có và chỉ chủ máy đọc được (chmod 600).",
    "sms_unreachable": "Không nối được tới cổng nhắn tin; hãy kiểm tra mạng và sms.url.",
    "sms_tls": "Kết nối https tới cổng nhắn tin không an toàn (chứng chỉ sai hoặc hết hạn).",
    "sms_no_answer": "Cổng không trả lời[ sau {seconds} giây]; không rõ đã gửi chưa, trạm không tự gửi lại.",
    "sms_cut_off": "Cổng ngắt giữa chừng hoặc trả lời dở; không rõ đã gửi chưa, trạm không tự gửi lại.",
    "sms_bad_answer": "Nơi trả lời không phải cổng nhắn tin (có thể là trang web); hãy kiểm tra sms.url.",
    "sms_gateway_error": "Cổng nhắn tin báo lỗi[ {status}]; tin này coi như chưa gửi được.",
    "sms_gateway_refused": "Cổng từ chối[ ({status}: {detail})]; hãy hỏi người quản trị cổng.",
    "sms_busy": "Cổng đang bận; trạm tự gửi lại sau ít phút.",
    "sms_auth": "Cổng không nhận tên hoặc mật khẩu; hãy kiểm tra sms.user và tệp mật khẩu.",
    "sms_number_refused": "Cổng không nhận số này.",
    # What of SMS is to be done
    "sms_waits": "Tin nhắn chờ lãnh đạo duyệt.",
}
