"""The sentences of Lịch phát: why an airing may not stand where somebody put it, what cannot be copied or undone.

A table and nothing else; `wording` makes it part of its own.
"""

__all__ = ["SCHEDULE_REASONS"]

SCHEDULE_REASONS: dict[str, str] = {
    # The schedule
    "slot_overlaps": (
        "Lúc ấy đã có lượt khác[ (“{title}”)][, từ {other_at} đến {until}]; hãy chọn giờ khác hoặc dời lượt kia trước."
    ),
    "slot_too_close": (
        "Quá sát lượt khác[ (“{title}”)][ lúc {other_at}][; hai lượt phải cách nhau ít nhất {gap_minutes} phút]."
    ),
    "relay_in_the_way": "Lúc ấy đang tiếp âm[, từ {other_at} đến {until}]; hãy chọn giờ khác hoặc sửa tiếp âm.",
    "outside_windows": (
        "Giờ này ngoài khung giờ của đợt[ ({windows})]; hãy chọn giờ trong khung hoặc sửa khung giờ của đợt."
    ),
    "too_soon": "Giờ này[ ({at})] đã qua hoặc quá gần; hãy chọn giờ muộn hơn.",
    "wish_held": (
        "{at} đã có[ “{title}”,] giờ cố định[, nói đến {until}]. Loa không nói hai bản tin cùng lúc; hãy chọn giờ khác."
    ),
    "wish_no_room": (
        "Từ {at} không đủ chỗ cho {seconds} giây[: {other_at} đã có “{title}”, giờ cố định]; hãy chọn giờ khác."
    ),
    "wish_displaces": "Dời[ “{title}”] thì hôm ấy mất[ {count}] lượt; hãy chọn giờ khác.",
    "wish_other_zone": "{at} đã có[ “{title}”] ngoài vùng của bạn nên không dời được; hãy chọn giờ khác.",
    "wish_past": "{at} đã qua; hãy chọn giờ khác.",
    "pin_not_wanted": "Ngày ấy đợt không còn cần lượt[ {at}] này; hãy xem lại ngày, thứ và số lượt của đợt.",
    "pin_unkept": (
        "Lượt {at} của đợt không giữ được giờ đã đặt tay nên lịch tự xếp lại; hãy mở Lịch phát để xem lý do."
    ),
    "left_out": "Lượt[ {at}] được bỏ[ bởi {by}][: {why}].",
    "slot_locked": "Lượt này đã phát, đang phát hoặc sắp phát nên không đổi được nữa.",
    "slot_by_rule": "Lượt này không đổi giờ được ở đây: tiếp âm và phát bù do trạm xếp, lệnh phát ngay thì phát ngay.",
    "slot_gone": "Lượt này không còn trong lịch; trang đang hiện lịch mới nhất.",
    "changed_elsewhere": "Lịch đã đổi ở nơi khác; trang đang hiện lịch mới nhất, hãy xem rồi làm lại.",
    "move_displaces": "Làm vậy thì {count} lượt của đợt khác không còn chỗ; hãy chọn giờ khác.",
    "other_day": "Chỉ dời được trong ngày; muốn phát ngày khác, hãy bỏ lượt này rồi thêm lượt ở ngày ấy.",
    "leave_out_why": "Hãy ghi vì sao bỏ lượt này[ (tối đa {limit} ký tự)].",
    "undo_gone": "Không hoàn tác được nữa: lịch đã đổi từ lúc ấy[ ({detail})].",
    "undo_done": "Việc này đã được hoàn tác.",
    "add_emergency": "Bản tin khẩn không xếp vào lịch; hãy phát ở trang Khẩn cấp.",
    "add_time_missing": "Hãy ghi giờ phát, ví dụ 05:45.",
    "day_over": "Ngày {day} đã qua; hãy chọn ngày từ hôm nay trở đi.",
    "copy_same_day": "Hãy chọn một ngày khác với ngày được chép.",
    "copy_nothing": "Không có lượt nào chép được sang ngày ấy.",
    "copy_by_rule": "Tiếp âm có lịch riêng nên không chép.",
    "copy_by_order": "Lượt phát theo lệnh, phát bù và diễn tập không chép.",
    "copy_not_wanted": "Ngày ấy đợt này không phát hoặc đã đủ lượt.",
    "copy_no_time": "Giờ này không có thật trong ngày ấy.",
    "copy_later": "Chép lượt này thì lượt của đợt khác mất chỗ.",
}
