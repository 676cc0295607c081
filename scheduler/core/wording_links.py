"""The sentences of what goes out of the station and comes into it: the provincial system and text messages.

A table and nothing else; `wording` makes it part of its own.
"""

__all__ = ["LINK_REASONS"]

LINK_REASONS: dict[str, str] = {
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
    "phone_invalid": "“{value}” không phải số di động Việt Nam.",
    "phone_landline": "“{value}” là số cố định, không nhận được tin nhắn.",
    "phone_foreign": "“{value}” là số nước ngoài.",
    "phone_old": "“{value}” là số 11 chữ số đã bỏ; nay là {new}, hãy kiểm tra rồi sửa.",
    "phone_zero_lost": "“{value}” có thể là số mất số 0 đầu; hãy định dạng cột là văn bản rồi lưu lại.",
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
}
