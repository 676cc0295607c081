"""The sentences of what fails in the machine itself: descriptors, memory, disk, rights, the program.

A table and nothing else; `wording` makes it part of its own. A full disk is told by nothing else than a full disk.
"""

from collections.abc import Mapping

__all__ = ["FAULT_REASONS"]

FAULT_REASONS: Mapping[str, str] = {
    "no_descriptors": (
        "Máy hết chỗ mở tệp (quá nhiều tệp đang mở cùng lúc); hãy tắt bớt chương trình, nếu còn lặp lại hãy khởi động"
        " lại máy."
    ),
    "out_of_memory": "Máy hết bộ nhớ; hãy tắt bớt chương trình, nếu còn lặp lại hãy khởi động lại máy.",
    "disk_error": (
        "Ổ đĩa báo lỗi khi đọc hoặc ghi; hãy sao lưu ngay và nhờ kỹ thuật kiểm tra ổ đĩa, dây và nguồn điện."
    ),
    "no_permission": ("Máy không cho trạm đọc hoặc ghi một tệp cần dùng; hãy kiểm tra quyền của thư mục dữ liệu."),
    "internal_fault": (
        "Phần mềm của trạm gặp lỗi bất ngờ; chi tiết có trong nhật ký máy, hãy báo cho người phụ trách kỹ thuật."
    ),
    "fault_output": "Đầu ra “{title}” không phát được tiếng[: {detail}]; hãy kiểm tra dây, loa và thiết bị.",
    "fault_output_back": (
        "Đầu ra “{title}” vừa mất tiếng và đã phát lại[: {detail}]; nếu còn lặp lại hãy kiểm tra dây, loa và thiết bị."
    ),
    "fault_process_silent": (
        "Bộ phận “{title}” của trạm không trả lời; trạm tự chạy lại, nếu còn lặp lại hãy khởi động lại máy."
    ),
    "fault_process_died": ("Bộ phận “{title}” của trạm dừng đột ngột và được chạy lại; chi tiết có trong nhật ký máy."),
    "fault_inner": "Bộ phát còn chạy nhưng có việc không làm được[: {why}]; chi tiết có trong nhật ký máy.",
    "fault_voice": ("Không giọng đọc nào đọc được; bản tin gõ chữ chưa thành tiếng, hãy xem Giọng đọc trong Cài đặt."),
    "fault_station_off": "Trạm đã ngừng chạy đột ngột (mất điện hoặc máy treo) rồi chạy lại.",
    "selftest_good": "Trạm tự kiểm tra: mọi thứ tốt.",
    "selftest_bad": "Lần tự kiểm tra gần nhất thấy có phần không đạt; chạy loa selftest để xem và kiểm tra lại.",
    "selftest_missed": "Trạm chưa tự kiểm tra được trong tuần[: {why}].",
    "selftest_no_share": "Đầu ra “{title}” không phát hết tiếng thử[: {detail}].",
    "selftest_not_played": "Tiếng thử không phát xong trong thời gian chờ.",
    "selftest_voice_short": "Giọng đọc cho ra tiếng quá ngắn hoặc im lặng.",
    "selftest_no_backup": "Chưa có bản sao lưu nào để đọc lại; hãy làm một bản.",
    "drill_due": "Tháng này chưa diễn tập phát khẩn cấp có tiếng; hãy hẹn một buổi diễn tập.",
    "drill_missed": "Tháng trước không có buổi diễn tập phát khẩn cấp nào.",
    "fault_began": "Bắt đầu có lỗi.",
    "fault_over": "Lỗi đã hết.",
    "fault_watch_silent": "Bộ canh lỗi không nhìn từ {time}; lỗi mới có thể chưa hiện ở đây. Hãy khởi động lại trạm.",
    # A busy database
    "database_busy": "Cơ sở dữ liệu đang bận; máy này tự thử lại.",
    # A second machine, as every station meets it
    "not_on_air_here": "Máy này không giữ sóng nên không được phát; loa do máy kia của phường phát.",
    "pair_not_here": "Máy này chỉ để xem: máy kia đang giữ sóng. Hãy làm việc này trên máy kia[, tại {page}].",
    "pair_late_row": "Máy kia báo muộn một dòng nhật ký[ của “{title}”]; dòng này không cộng vào thời lượng.",
}
