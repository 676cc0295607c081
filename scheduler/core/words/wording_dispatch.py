"""Sentences about dispatches: why one is refused, and what about a reading an officer has to look at.

Part of the table in `core.words.wording`, where its rules stand; this module says nothing by itself.
"""

__all__ = ["DISPATCH_REASONS"]

DISPATCH_REASONS: dict[str, str] = {
    # Dispatches
    "dispatch_empty": "Tệp công văn trống; hãy chọn tệp khác.",
    "dispatch_too_big": "Tệp công văn quá lớn (giới hạn {limit}); hãy chọn tệp nhỏ hơn.",
    "dispatch_too_long": "Văn bản dài quá {limit} ký tự; hãy chỉ dán phần công văn.",
    "dispatch_too_many_pages": "Tệp có {pages} trang, tối đa {limit}; hãy chỉ tải phần công văn.",
    "dispatch_encrypted": "Tệp công văn có mật khẩu; hãy gỡ mật khẩu rồi tải lại.",
    "dispatch_scan": "Tệp là bản quét, không có chữ bên trong; hãy dán nội dung chữ hoặc tải bản có chữ.",
    "dispatch_damaged": "Tệp công văn bị hỏng, không mở được; hãy tải lại bản khác.",
    "dispatch_unreadable": "Không đọc được loại tệp này; hãy dùng .docx, .pdf có chữ, .txt hoặc dán nội dung.",
    "dispatch_too_heavy": "Tệp nặng bất thường nên máy đã dừng đọc; hãy chép phần công văn ra tệp mới rồi tải lại.",
    "dispatch_reader_busy": "Máy đang đọc các tệp khác; hãy đợi một phút rồi tải lại.",
    "dispatch_doc_unsupported": "Máy này chưa đọc được tệp .doc; hãy mở bằng Word rồi lưu lại thành .docx.",
    "dispatch_not_one": "Văn bản này không giống một công văn: không thấy số, ngày hay cơ quan ban hành.",
    "dispatch_nothing_to_say": "Công văn này không có nội dung để phát; hãy tự soạn bản tin.",
    # Doubts about what was read of a dispatch
    "symbol_missing": "Không thấy ký hiệu sau số; hãy ghi thêm.",
    "number_missing": "Không thấy số công văn; hãy ghi thêm.",
    "number_blank": "Chỗ ghi số công văn để trống; hãy ghi thêm.",
    "number_misread": "Số “{raw}” được đọc là {number}; hãy kiểm tra.",
    "number_letter": "Số “{raw}” có chữ cái có thể là chữ số đọc nhầm; hãy kiểm tra.",
    "date_missing": "Không thấy ngày ban hành; hãy ghi thêm.",
    "date_blank": "Chỗ ghi ngày ban hành để trống; hãy ghi thêm.",
    "date_no_day": "“{raw}” không phải là ngày có thật; hãy sửa lại.",
    "date_misread": "“{raw}” được đọc là {day}; hãy kiểm tra.",
    "date_at_the_end": "Ngày ban hành không ở đầu mà ở cuối văn bản; hãy kiểm tra.",
    "issuer_missing": "Không thấy cơ quan ban hành; hãy ghi thêm.",
    "issuer_misread": "Tên cơ quan “{raw}” có chữ số lẫn trong chữ; hãy kiểm tra.",
    "subject_missing": "Không thấy trích yếu; hãy ghi thêm.",
    "text_without_diacritics": "Cả văn bản không có dấu; hãy viết dấu cho trích yếu và lời phát trước khi đọc.",
    "addressees_missing": "Không thấy “Kính gửi”; hãy ghi nơi nhận nếu công văn có.",
    "message_unclosed": "Đoạn trích “{start}…” không có dấu đóng ngoặc; hãy kiểm tra đoạn này hết ở đâu.",
    "message_unquoted": "Đoạn “{start}…” không nằm trong dấu ngoặc kép; hãy kiểm tra đoạn này hết ở đâu.",
    "message_kind_unsaid": "Văn bản không nói “{start}…” để đọc loa, nhắn tin hay niêm yết; hãy chọn.",
    "message_without_diacritics": "Nội dung để đọc không có dấu; hãy viết dấu trước khi phát.",
    "sms_without_diacritics": "Nội dung tin nhắn không có dấu; hãy viết dấu trước khi đọc trên loa.",
    "phone_misread": "Số điện thoại “{raw}” được đọc là {number}; hãy kiểm tra.",
    "phone_incomplete": "Số điện thoại “{raw}” thiếu hoặc thừa chữ số; hãy ghi lại cho đủ.",
    "frequency_without_number": (
        "Công văn yêu cầu tăng thời lượng nhưng không ghi con số; hãy ghi mức tăng ở đợt tuyên truyền."
    ),
    "frequency_more": "Công văn yêu cầu phát thêm {number} lượt mỗi {period}; hãy ghi tổng số lượt ở đợt tuyên truyền.",
    "frequency_minutes_more": "Công văn yêu cầu phát thêm {minutes} phút mỗi ngày; hãy ghi tổng số phút.",
    "frequency_range": "Công văn ghi {lower}–{upper} lượt mỗi {period}; đang lấy số nhỏ hơn.",
    "frequency_lower_taken": "Công văn ghi “{raw}”; đang lấy số nhỏ hơn, hãy kiểm tra.",
    "frequency_times": "“{raw}” có thể là gấp {number} hoặc {number} lượt; đang lấy gấp {number}, hãy kiểm tra.",
    "frequency_two_counts": "Trong một câu có cả {first} và {second} lượt; đang lấy số đầu, hãy kiểm tra.",
    "frequency_unread": "Chưa hiểu hết câu có “{raw}”; hãy đọc câu này rồi ghi ở đợt tuyên truyền.",
    "frequency_words_differ": "“{raw}” ghi số và chữ khác nhau; hãy xem số nào đúng.",
    "frequency_hours_differ": "Công văn ghi {number} lượt mỗi ngày nhưng nêu {hours} giờ phát; hãy xem bên nào đúng.",
    "frequency_unlikely": "“{raw}”: con số này quá lớn hoặc quá nhỏ so với một ngày phát; hãy kiểm tra.",
    "frequency_side_by_side": (
        "Công văn ghi các mức khác nhau cho cùng thời gian; đang lấy mức đầu, hãy lập thêm đợt cho mức còn lại."
    ),
    "period_reversed": "Ngày bắt đầu {first} sau ngày kết thúc {last}; hãy sửa lại.",
    "period_past": "Thời hạn {last} đã qua trước ngày ban hành; hãy kiểm tra.",
}
