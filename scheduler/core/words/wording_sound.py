"""The sentences of what is told of a sound that is kept all the same, and to who speaks live.

A table and nothing else; `wording` makes it part of its own.
"""

__all__ = ["SOUND_REASONS"]

SOUND_REASONS: dict[str, str] = {
    # Warnings about a sound that is kept all the same
    "clipped": "Tiếng bị vỡ (thu quá to); nên thu lại.",
    "very_quiet": "Bản gốc rất nhỏ tiếng; trạm đã nâng lên, hãy nghe lại xem có tiếng xì không.",
    "mostly_silent": "Phần lớn bản ghi là im lặng; hãy nghe lại xem có đủ nội dung không.",
    "low_sample_rate": "Chất lượng như tiếng điện thoại; nên dùng bản gốc tốt hơn nếu có.",
    "one_channel_silent": "Chỉ một kênh có tiếng; trạm đã dùng kênh ấy, hãy nghe lại.",
    "opposite_phase": "Hai kênh ngược pha nhau; trạm đã dùng một kênh, hãy nghe lại.",
    "truncated_tail": "Tệp bị cụt ở cuối; hãy nghe xem có mất chữ không.",
    "damaged_parts": "Vài đoạn của tệp bị hỏng; hãy nghe lại cả bản.",
    "dc_offset": "Bản thu bị lệch điện một chiều (thường do card âm thanh hay bàn trộn); trạm đã bỏ phần lệch ấy.",
    # A live voice
    "live_lost": (
        "Trạm không còn nhận được tiếng micro (mạng đứt, micro tắt hoặc trang bị đóng) nên buổi nói phải dừng."
    ),
    "live_emergency": "Có bản tin khẩn nên buổi nói trực tiếp phải nhường loa; hãy nói lại khi bản tin ấy xong.",
    "live_quiet": "Đã tới giờ yên tĩnh nên buổi nói trực tiếp phải dừng.",
    "live_time_over": "Đã hết thời gian của buổi nói trực tiếp; cần nói thêm thì mở buổi mới.",
    "live_over": "Buổi nói trực tiếp này đã kết thúc; hãy mở buổi mới.",
    "live_busy": "{name} đang giữ micro phát trực tiếp; hãy đợi người ấy nói xong.",
    "live_own": "Chính bạn đang phát trực tiếp ở trang khác, hoặc lời vừa nói còn phát nốt; đợi xong rồi hãy nói.",
    "live_failed": "Không mở được nguồn tiếng của buổi nói trực tiếp; hãy kiểm tra micro.",
}
