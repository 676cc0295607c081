"""The sentences of việc cần làm: what waits, what is late, what is not well; and of an order that was taken back.

A table and nothing else; `wording` makes it part of its own. What will fail has its sentences where it is found.
"""

__all__ = ["TO_DO_REASONS"]

TO_DO_REASONS: dict[str, str] = {
    # Việc cần làm
    "approval_waits": "Bản tin chờ lãnh đạo nghe và duyệt.",
    "relay_waits": "Tiếp âm chờ lãnh đạo duyệt nguồn.",
    "playout_fault": (
        "Bộ phát gặp lỗi nhưng vẫn chạy[ ({count} lần)].[ {why}] Hãy xem các lượt vừa qua trong nhật ký phát sóng."
    ),
    "output_trouble": (
        "Đầu ra “{output}” có lỗi[: {message}]. Hãy kiểm tra dây và card âm thanh; trạm đang tự thử lại."
    ),
    "output_unheard": (
        "Đầu ra “{output}” đang mở nhưng tiếng không tới loa nào[: {message}]. "
        "Hãy kiểm tra loa, nguồn điện và mạng của loa."
    ),
    "output_down": "Đầu ra “{output}” đã ngừng[: {message}]. Hãy sửa rồi mở lại đầu ra.",
    "unheard": "Không đầu ra nào là loa nên loa không kêu[: {where}].",
    "unheard_zone": "Vùng {zone} không có đầu ra nào là loa nên ở đó loa không kêu.",
    "plan_failed": (
        "Trạm không xếp lại được lịch những ngày tới[: {fault}]. Lịch cũ và phát khẩn vẫn chạy; hãy báo người quản trị."
    ),
    "not_aired_today": "Hôm nay {airings} lượt không phát được[ ({partly} lượt nghe được chưa tới một nửa)].[ {why}]",
    "not_planned_today": "Hôm nay không xếp được lượt {ordinals}.[ {why}]",
    "duties_due": "Công văn {number}: {count} việc phải xong trong ngày {day}.",
    "duties_late": "Công văn {number}: {count} việc đã quá hạn từ ngày {day}.",
    "report_due": "Công văn {number}: phải báo cáo trong ngày {day}.",
    "report_late": "Công văn {number}: báo cáo đã quá hạn từ ngày {day}.",
    "worker_silent": "Bộ xử lý âm thanh không trả lời nên giọng đọc và tệp tải lên phải chờ; hãy khởi động lại trạm.",
    "certificate_ends": "Chứng chỉ HTTPS hết hạn ngày {day}; hãy thay chứng chỉ mới trước ngày đó.",
    "certificate_ended": "Chứng chỉ HTTPS đã hết hạn ngày {day}; điện thoại và máy khác không ghi âm được.",
    "todo_pressing": "Việc này đang lỗi hoặc sẽ lỗi trong hai giờ nữa nên không để sau được.",
    "todo_gone": "Việc này đã xong hoặc đã đổi; danh sách dưới đây là mới nhất.",
    # Khẩn cấp
    "order_taken_back": "Lệnh được hủy trong những giây đầu, chưa phát gì.",
    "order_by_code": "{officer} ra lệnh bằng mã của lãnh đạo {leader} đọc cho qua điện thoại.",
    "nothing_to_correct": "Lệnh đã được hủy trước khi phát nên không cần đính chính.",
    "leader_unknown": "Hãy chọn lãnh đạo đã đọc mã cho bạn.",
}
