"""The sentences of alerts in CAP: what cannot be read, why one waits or comes to nothing, trust, rules, and issuing.

A table and nothing else; `wording` makes it part of its own.
"""

__all__ = ["CAP_REASONS"]

CAP_REASONS: dict[str, str] = {
    # Reading
    "cap_too_big": "Tệp cảnh báo lớn hoặc nhiều mục quá mức nhận (giới hạn {limit}); hãy xin nguồn bản gọn hơn.",
    "cap_unreadable": "Tệp không phải XML đọc được (UTF-8, không DOCTYPE); hãy tải lại từ nguồn.",
    "cap_not_cap": "Tệp không phải cảnh báo CAP 1.2; hãy chọn đúng tệp XML của nguồn.",
    "cap_version": "Cảnh báo viết theo CAP {version}; trạm chỉ nhận CAP 1.2.",
    "cap_invalid": "Cảnh báo thiếu hoặc sai mục “{key}” theo chuẩn CAP 1.2; hãy báo nguồn.",
    "cap_time": "Giờ ở mục “{key}” không đọc được; CAP cần giờ có múi, ví dụ 2026-12-02T05:30:00+07:00.",
    "cap_area": "Vùng trong cảnh báo không dùng được: hình phải khép kín, không tự cắt[ ({told})].",
    "cap_key_taken": "Nguồn đã dùng mã này cho nội dung khác; không nhận bản này, hãy hỏi nguồn.",
    # Why nothing comes of it, or it waits
    "cap_status": "Cảnh báo ghi “{status}”, không phải tình huống thật nên không bao giờ phát như báo động.",
    "cap_scope": "Cảnh báo không dành cho công chúng ({scope}) nên không phát.",
    "cap_answer": "Tin trả lời giữa các hệ thống, không có gì để phát.",
    "cap_expired": "Cảnh báo đã hết hạn nên không phát.",
    "cap_elsewhere": "Phường không nằm trong vùng cảnh báo nên không phát.",
    "cap_not_trusted": "Phường chưa tin nguồn “{sender}”.",
    "cap_unsigned": "Cảnh báo không có chữ ký, mà phường chỉ tin “{sender}” khi có chữ ký.",
    "cap_signature_unproved": (
        "Chữ ký của cảnh báo sai, hoặc trạm không kiểm được; coi như không ký. Hãy gọi hỏi nguồn trước khi phát."
    ),
    "cap_certificate_expired": (
        "Chứng thư đã ghim của “{sender}” đã hết hạn nên chữ ký không còn giá trị; "
        "hãy xin nguồn chứng thư mới rồi ghim, và gọi hỏi nguồn trước khi phát."
    ),
    "cap_certificate_early": (
        "Chứng thư đã ghim của “{sender}” chưa đến ngày có hiệu lực nên chữ ký chưa có giá trị; "
        "hãy xem lại đồng hồ của trạm, và gọi hỏi nguồn trước khi phát."
    ),
    "cap_from_future": "Cảnh báo ghi giờ gửi ở tương lai; hãy xem lại đồng hồ của trạm và của nguồn.",
    "cap_area_unknown": "Không biết phường có trong vùng cảnh báo không; hãy đọc tên vùng trong cảnh báo.",
    "cap_language": "Cảnh báo viết bằng tiếng khác ({language}); hãy soạn lời tiếng Việt rồi phát.",
    "cap_not_yet": "Cảnh báo chưa đến giờ có hiệu lực.",
    "cap_all_clear": "Tin báo hết nguy hiểm; người trực quyết định cách báo cho dân.",
    "cap_old": "Cảnh báo không ghi hạn và đã gửi lâu.",
    "cap_no_rule": "Không có quy tắc nào đã duyệt cho loại cảnh báo này.",
    "cap_cancelled": "Nguồn đã hủy cảnh báo này[ bằng “{title}”].",
    "cap_superseded": "Nguồn đã thay cảnh báo này[ bằng “{title}”].",
    # Deciding
    "cap_decided": "Cảnh báo này đã được quyết định rồi; hãy tải lại trang.",
    "cap_dismissed": "Đã bỏ qua: {told}.",
    "cap_returned": "Lãnh đạo trả lại: {told}.",
    "cap_no_words": "Cảnh báo không có lời để phát.",
    "cap_withdrawn": "Bản tin của cảnh báo đã bị thu hồi.",
    "cap_no_session": "Không buổi phát nào trong các ngày tới còn chỗ trước khi cảnh báo hết hạn.",
    # Trust and rules
    "cap_sender_invalid": "Tên nguồn phải đúng như mục <sender>, không có dấu cách, dấu phẩy, < hay &.",
    "cap_name_missing": "Hãy ghi tên cơ quan của nguồn.",
    "cap_certificate": "Chứng thư không đọc được; hãy dán đúng văn bản PEM mà nguồn công bố.",
    "cap_certificate_old": "Chứng thư vừa dán đã hết hạn ngày {day}; hãy dán chứng thư còn hạn của nguồn.",
    "cap_no_proof": "Hãy dán chứng thư của nguồn, hoặc đồng ý nhận cả cảnh báo không ký.",
    "cap_rule_invalid": "Quy tắc cần có tên và các mức tối thiểu rõ ràng; mức “không rõ” không dùng được.",
    "cap_rule_decided": "Quy tắc này đã được duyệt hoặc đã bỏ.",
    # To do about alerts
    "cap_waits": "Cảnh báo chờ phường quyết định.",
    "cap_emergency_waits": "Cảnh báo nghiêm trọng đang chờ phường quyết định; hãy mở ngay.",
    "cap_rule_waits": "Quy tắc cảnh báo chờ lãnh đạo duyệt.",
    "cap_certificate_ends": (
        "Chứng thư của nguồn cảnh báo “{sender}” hết hạn ngày {day}; hãy xin và ghim chứng thư mới trước ngày đó."
    ),
    "cap_certificate_ended": (
        "Chứng thư của nguồn cảnh báo “{sender}” hết hạn ngày {day}; cảnh báo có chữ ký của nguồn chờ người quyết định."
    ),
    # Issuing
    "cap_sender_missing": "Chưa đặt tên nguồn của phường; ghi sender ở mục [cap_alert] của config.toml.",
    "cap_words": "Cảnh báo phát hành cần lời, và hạn từ trên 0 đến 72 giờ.",
    "cap_not_current": "Cảnh báo này đã được thay, đã hủy hoặc hết hạn; hãy làm trên bản mới nhất.",
}
