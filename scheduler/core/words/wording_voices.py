"""The sentences of the voices that read: what an engine lacks, why a server gave no speech, what a better one awaits.

A table and nothing else; `wording` makes it part of its own. `CAUSES` says the same in a few words, for a list.
"""

__all__ = ["CAUSES", "VOICE_REASONS"]

VOICE_REASONS: dict[str, str] = {
    # Any voice behind a network
    "voice_offline": "Không nối được tới máy chủ giọng đọc; hãy kiểm tra mạng.",
    "voice_tls": (
        "Chứng chỉ của máy chủ giọng đọc không đáng tin (mạng đòi đăng nhập, hoặc giờ máy sai); hãy kiểm tra mạng và "
        "giờ máy."
    ),
    "voice_portal": "Mạng trả về trang khác thay cho âm thanh (có thể mạng đòi đăng nhập); hãy mở trình duyệt xem thử.",
    "voice_slow": "Máy chủ giọng đọc trả lời quá chậm[ (quá {seconds} giây)]; trạm tự thử lại sau.",
    "voice_busy": "Máy chủ giọng đọc đang quá tải[ (báo {status})]; trạm tự thử lại sau.",
    "voice_refused": "Máy chủ giọng đọc không nhận yêu cầu[ (báo {status})][: {told}].",
    "voice_cut_off": "Câu trả lời của máy chủ giọng đọc bị đứt giữa chừng; trạm tự thử lại sau.",
    "voice_bad_sound": "Âm thanh nhận về không trọn vẹn hoặc không phải tiếng đọc nên không dùng.",
    # Any voice
    "voice_silent": "Giọng đọc không đọc ra tiếng một câu; trạm dùng giọng kế tiếp.",
    "voice_wrong_words": (
        "Giọng eSpeak NG đọc sai lời (máy không mở được tệp dữ liệu của giọng) nên không dùng; trạm dùng giọng kế tiếp."
    ),
    "voice_wrong_length": (
        "Giọng đọc đọc một câu dài hoặc ngắn quá mức có thể nên không dùng; trạm dùng giọng kế tiếp."
    ),
    "voice_failed": "Giọng đọc gặp lỗi; hãy xem nhật ký máy.",
    "voice_not_installed": "Chưa cài gói của giọng đọc này; hãy chạy: pip install '{package}'.",
    "voice_library_broken": "Thư viện eSpeak NG không chạy được; hãy cài lại gói espeakng-loader.",
    # The voice server of the province or the office
    "voice_server_unset": "Chưa ghi địa chỉ máy chủ giọng đọc; hãy ghi url ở mục voice_server trong config.toml.",
    "voice_server_url": "Địa chỉ máy chủ giọng đọc không đúng; hãy viết như https://giong.tinh.gov.vn/v1.",
    "voice_server_private": (
        "Máy chủ giọng đọc[ {host}] nằm trong mạng nội bộ nên không được mở; nếu đúng, hãy ghi vào "
        "voice_server.allowed_hosts."
    ),
    "voice_server_plain": (
        "Không gửi khóa không mã hóa (http://) tới {host}; hãy dùng https://, hoặc ghi máy này vào "
        "voice_server.allowed_hosts nếu nó ở trong mạng riêng."
    ),
    "voice_server_key_missing": "Không đọc được tệp khóa của máy chủ giọng đọc; hãy kiểm tra voice_server.key_file.",
    "voice_server_key_open": "Người khác đọc được tệp khóa của máy chủ giọng đọc; hãy chạy: chmod 600 tệp ấy.",
    "voice_server_key_refused": "Máy chủ giọng đọc không nhận khóa[: {told}]; hãy hỏi nơi cấp khóa.",
    "voice_server_not_tried": "Đã ghi mục voice_server nhưng speech.engines chưa có server nên không dùng giọng này.",
    # Piper's voice files
    "piper_none": "Chưa có tệp giọng Piper; hãy chép tệp .onnx và .onnx.json vào thư mục voices của dữ liệu trạm.",
    "piper_absent": "Không có tệp giọng {file}; hãy kiểm tra speech.piper_model.",
    "piper_no_settings": "Tệp giọng {file} thiếu tệp .onnx.json đi kèm; hãy chép nó vào cùng thư mục.",
    "piper_settings_broken": "Tệp .onnx.json của giọng {file} bị hỏng; hãy chép lại.",
    "piper_language": "Tệp giọng {file} đọc tiếng {language}, không phải tiếng Việt; hãy chọn tệp khác.",
    "piper_damaged": "Tệp giọng {file} bị hỏng hoặc tải chưa xong; hãy chép lại.",
    "piper_too_big": (
        "Tệp giọng {file} cần khoảng {need_mb} MB bộ nhớ, máy chỉ còn {free_mb} MB; hãy chọn giọng nhỏ hơn."
    ),
    # A better voice, when its network is back
    "upgrade_waits": (
        "Đã có bản đọc mới của “{title}” bằng giọng {engine}, thay cho giọng {old}; hãy nghe và duyệt. Bản cũ vẫn phát "
        "cho tới khi duyệt."
    ),
    "upgrade_over": "Bản đọc mới này không còn chờ duyệt; hãy mở lại trang.",
}

CAUSES: dict[str, str] = {
    "voice_offline": "mất mạng",
    "voice_tls": "chứng chỉ không đáng tin",
    "voice_portal": "mạng đòi đăng nhập",
    "voice_slow": "trả lời quá chậm",
    "voice_busy": "máy chủ quá tải",
    "voice_refused": "máy chủ không nhận",
    "voice_cut_off": "mạng đứt giữa chừng",
    "voice_bad_sound": "âm thanh không trọn vẹn",
    "voice_silent": "không đọc ra tiếng",
    "voice_wrong_words": "đọc sai lời",
    "voice_wrong_length": "đọc dài hoặc ngắn quá mức có thể",
    "voice_failed": "gặp lỗi",
    "voice_not_installed": "chưa cài",
    "voice_library_broken": "thư viện hỏng",
    "voice_server_unset": "chưa ghi địa chỉ",
    "voice_server_url": "địa chỉ không đúng",
    "voice_server_private": "địa chỉ trong mạng nội bộ chưa được mở",
    "voice_server_plain": "khóa không được gửi qua http",
    "voice_server_key_missing": "thiếu tệp khóa",
    "voice_server_key_open": "tệp khóa để ngỏ",
    "voice_server_key_refused": "khóa không được nhận",
    "piper_none": "chưa có tệp giọng",
    "piper_absent": "không thấy tệp giọng",
    "piper_no_settings": "tệp giọng thiếu .json",
    "piper_settings_broken": "tệp .json hỏng",
    "piper_language": "tệp giọng không phải tiếng Việt",
    "piper_damaged": "tệp giọng hỏng",
    "piper_too_big": "tệp giọng quá lớn so với bộ nhớ",
}
"""Reason code -> why an engine did not read, to stand behind its name."""
