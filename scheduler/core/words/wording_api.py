"""The sentences of the programs' door (HTTP API) and of its keys: what was sent wrong, what a key may not do.

A table and nothing else; `wording` makes it part of its own. `API_TITLES` are the same in English, for who writes a
program.
"""

__all__ = ["API_REASONS", "API_TITLES", "title_of"]

API_REASONS: dict[str, str] = {
    # Keys
    "token_missing": "Hãy gửi mã truy cập trong tiêu đề Authorization: Bearer loa_… của lời gọi.",
    "token_invalid": "Mã truy cập không đúng, đã hết hạn hoặc đã bị thu hồi; hãy xin mã mới.",
    "token_scope": "Mã truy cập này không được làm việc ấy; hãy dùng mã có quyền hoặc xin thêm quyền.",
    "token_too_often": "Mã truy cập này gửi quá {limit} yêu cầu mỗi phút; hãy đợi {seconds} giây.",
    "token_name_invalid": "Hãy đặt tên cho mã truy cập[ (tối đa {limit} ký tự)].",
    "token_name_taken": "Đã có mã truy cập tên “{title}”; hãy chọn tên khác hoặc thu hồi mã cũ.",
    "token_acts_missing": "Hãy chọn ít nhất một quyền cho mã truy cập.",
    "token_act_unknown": "Không có quyền “{value}” cho mã truy cập; hãy chọn lại.",
    "token_beyond_role": "{name} không có quyền này nên mã đứng tên {name} cũng không được có; hãy bỏ bớt quyền.",
    "token_not_own": "Quyền duyệt, trả lại, rút, phát khẩn cấp chỉ có trong mã đứng tên chính người tạo mã.",
    "token_days_invalid": "Số ngày dùng không đúng; hãy ghi số nguyên từ 1 đến {most}.",
    # What was sent
    "request_invalid": "Yêu cầu gửi tới có chỗ không đúng; xem từng chỗ trong errors.",
    "request_malformed": "Yêu cầu không đúng chuẩn; hãy xem tài liệu ở /api/v1/.",
    "json_invalid": "Nội dung gửi tới không phải JSON đúng chuẩn[ ({why})].",
    "json_type": "Nội dung phải là {wanted}; hãy đặt tiêu đề Content-Type như vậy.",
    "body_too_large": "Nội dung gửi tới quá lớn[ (tối đa {limit} byte)].",
    "route_unknown": "Không có địa chỉ này; hãy xem tài liệu ở /api/v1/.",
    "method_unknown": "Địa chỉ này không nhận cách gọi ấy; hãy xem tài liệu ở /api/v1/.",
    "field_missing": "Thiếu trường này.",
    "field_unknown": "Không có trường này; hãy bỏ đi.",
    "field_type": "Kiểu dữ liệu không đúng; phải là {wanted}.",
    "field_choice": "Giá trị phải là một trong: {wanted}.",
    "field_short": "Phải có ít nhất {least}.",
    "field_long": "Chỉ được nhiều nhất {most}.",
    "field_small": "Phải từ {least} trở lên.",
    "field_large": "Phải không quá {most}.",
    "field_pattern": "Cách viết không đúng.",
    "field_repeated": "Có giá trị lặp lại.",
    "field_characters": "Có ký tự không dùng được (ký tự điều khiển hoặc chữ bị cắt đôi).",
    "if_match_missing": "Hãy gửi tiêu đề If-Match với ETag của bản đang sửa, để không ghi đè bản của người khác.",
    "if_match_invalid": "Tiêu đề If-Match không đúng; hãy gửi lại nguyên ETag đã nhận.",
    "key_invalid": "Tiêu đề Idempotency-Key phải có từ 8 đến 100 ký tự ASCII nhìn thấy được.",
    "key_reused": "Idempotency-Key này đã dùng cho một yêu cầu khác; hãy dùng khóa mới.",
    "span_too_long": "Khoảng ngày quá dài[ (tối đa {limit} ngày)]; hãy chia nhỏ.",
    "streams_full": "Đã đủ số luồng sự kiện được mở; hãy thử lại sau ít giây.",
    "database_lost": "Không mở được cơ sở dữ liệu; hãy kiểm tra ổ đĩa và thư mục dữ liệu.",
    "process_silent": "Một bộ phận của trạm không trả lời; hãy xem Tình trạng trong Cài đặt và khởi động lại trạm.",
    "server_fault": "Máy trạm gặp lỗi bất ngờ; việc phát thanh không bị ảnh hưởng. Hãy xem nhật ký máy.",
    "server_busy": "Máy trạm đang bận; hãy thử lại sau ít giây.",
}

API_TITLES: dict[str, str] = {
    "token_missing": "A bearer token is required",
    "token_invalid": "The token is wrong, expired or revoked",
    "token_scope": "The token's scopes do not include this act",
    "token_too_often": "Too many requests of this token",
    "not_permitted": "The role of the token's owner does not allow this act",
    "zone_not_yours": "This zone is outside what the token or its owner may reach",
    "not_found": "There is no such thing",
    "request_invalid": "The request does not fit its schema",
    "request_malformed": "The request is not well formed",
    "json_invalid": "The body is not valid JSON",
    "json_type": "The body's media type is not accepted",
    "body_too_large": "The body is too large",
    "route_unknown": "There is no such address",
    "method_unknown": "The address does not take this method",
    "if_match_missing": "If-Match is required",
    "if_match_invalid": "If-Match is not an entity tag of this station",
    "edited_meanwhile": "It was changed by somebody else meanwhile",
    "key_invalid": "Idempotency-Key must be 8 to 100 visible ASCII characters",
    "key_reused": "Idempotency-Key was used for another request",
    "under_way": "The same act is under way",
    "wrong_state": "This act is not possible in the present state",
    "author_is_approver": "An author may not approve",
    "not_heard": "The sound has to be listened to first",
    "audio_changed": "The sound is no longer the one that was heard",
    "no_audio": "There is no sound yet",
    "unapproved": "It is not approved",
    "quiet_hours": "Quiet hours: nothing may sound",
    "clock_untrusted": "The station's clock is not trusted",
    "disk_full": "The disk is full; nothing was kept",
    "disk_readonly": "The data folder cannot be written",
    "disk_error": "The disk answers with an error; nothing was kept",
    "no_descriptors": "The machine can open no more files",
    "out_of_memory": "The machine has no memory left",
    "no_permission": "The station may not read or write a file that it needs",
    "streams_full": "All event streams are taken",
    "server_fault": "Unexpected fault of the station",
    "server_busy": "The station is busy",
    "code_needed": "A confirmation code is required",
    "code_wrong": "The confirmation code is wrong",
    "code_too_often": "Too many wrong confirmation codes",
}


def title_of(reason: str) -> str:
    """A reason code in English: its own title, else its words."""
    return API_TITLES.get(reason) or reason.replace("_", " ").capitalize()
