"""The sentences of the link to the town: the broker, the ward's key, pairing, and sounds that come over HTTP.

A table and nothing else; `wording` makes it part of its own.
"""

__all__ = ["BROKER_REASONS"]

BROKER_REASONS: dict[str, str] = {
    # The line to the broker
    "link_off": "Trạm chưa nối với thị xã; hãy ghép nối bằng mã do thị xã cấp.",
    "link_runs_already": "Bộ nối với thị xã đang chạy rồi; không chạy thêm một bộ nữa.",
    "link_address_bad": "Địa chỉ máy chủ tin của thị xã không đúng: {url}; hãy viết như tls://loa.thixa.gov.vn:4222.",
    "link_unreachable": "Không nối được tới máy chủ tin của thị xã; trạm tự thử lại, lịch phát vẫn chạy.",
    "link_silent": "Máy chủ tin của thị xã không trả lời nữa; trạm tự nối lại.",
    "link_slow": "Máy chủ tin của thị xã trả lời quá chậm; trạm tự thử lại.",
    "link_tls": "Kết nối tới thị xã không an toàn (chứng chỉ sai hoặc hết hạn, hoặc giờ máy sai) nên không dùng.",
    "link_ca_unreadable": "Không đọc được chứng chỉ của thị xã (tệp {file}); hãy ghép nối lại hoặc sửa town.ca_file.",
    "link_turned_away": "Thị xã không nhận khóa của phường này (chưa ghép nối, hoặc đã bị thu hồi); hãy hỏi thị xã.",
    "link_not_allowed": "Thị xã không cho phường này làm việc ấy[: {told}].",
    "link_broken": "Máy chủ tin của thị xã báo lỗi[: {told}]; trạm tự thử lại.",
    "link_no_answer": "Máy chủ tin của thị xã không trả lời; việc ấy chờ, không mất gì.",
    "link_no_stream": "Máy chủ tin của thị xã chưa sẵn sàng[ ({told})]; mọi thứ chờ, không mất gì.",
    "link_broker_full": "Máy chủ tin của thị xã đã đầy[: {told}]; nhật ký của phường chờ, không mất gì.",
    "link_row_never": "Thị xã không nhận một mục của phường[ (số {row})]; các mục sau vẫn đi, mục ấy được giữ lại.",
    "link_ward_waits": "Trạm chưa ghi được điều nhận về[: {told}]; bộ nối chờ rồi nhận lại.",
    "link_message_bad": "Một tin của thị xã làm trạm vấp[ (số {sequence})]; trạm bỏ qua tin ấy, các tin sau vẫn vào.",
    # The ward's own key
    "link_key_open": "Người khác đọc được tệp khóa {file} của phường; hãy chạy: chmod 600 tệp ấy.",
    "link_key_unreadable": "Không đọc được tệp khóa {file} của phường; hãy khôi phục từ bản sao lưu hoặc ghép nối lại.",
    # Pairing
    "link_code_wrong": "Mã ghép nối không đúng, đã dùng hoặc đã hết hạn; hãy xin thị xã mã khác.",
    "link_code_slow": "Đã thử quá nhiều lần; hãy đợi vài phút rồi thử lại.",
    "link_welcome_bad": "Câu trả lời ghép nối của thị xã không đúng (mục {key}); hãy hỏi thị xã.",
    "link_welcome_newer": "Máy của thị xã dùng phiên bản mới hơn; hãy nâng cấp trạm rồi ghép nối lại.",
    "link_not_confirmed": "Chưa so mã khớp với thị xã nên chưa ghép nối.",
    # The town's page
    "link_web_address": "Địa chỉ {url} không đúng; hãy viết như https://loa.thixa.gov.vn.",
    "link_web_private": "Địa chỉ {host} nằm trong mạng nội bộ và không phải máy của thị xã nên không được mở.",
    "link_web_unreachable": "Không nối được tới trang của thị xã ({host}); hãy kiểm tra mạng.",
    "link_web_tls": "Kết nối https tới {host} không an toàn (chứng chỉ sai hoặc hết hạn, hoặc giờ máy sai).",
    "link_web_slow": "Trang của thị xã trả lời quá chậm; trạm tự thử lại.",
    "link_web_cut_off": "Câu trả lời của trang thị xã bị đứt giữa chừng; trạm tự tải tiếp.",
    "link_web_redirected": "Trang của thị xã chuyển hướng tới {host}; có thể mạng đòi đăng nhập, hoặc địa chỉ đã đổi.",
    "link_web_not_json": "Trang của thị xã trả lời không phải dữ liệu JSON (có thể là một trang web khác).",
    "link_web_refused": "Trang của thị xã báo lỗi {status}.",
    # Sounds that the link fetches
    "link_clip_refused": "Trang của thị xã không đưa âm thanh (lỗi {status}); trạm tự thử lại.",
    "link_clip_too_big": "Âm thanh lớn quá {limit_mb} MB nên không tải; hãy hỏi thị xã.",
}
