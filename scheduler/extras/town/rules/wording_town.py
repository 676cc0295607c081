"""The words of what comes from the town or province above: envelopes, the inbox, the sounds that go with them.

Tables and nothing else; `wording` makes the sentences part of its own.
"""

from scheduler.extras.inbox.rules import STATES

__all__ = ["TOWN_KINDS", "TOWN_REASONS", "TOWN_STATES"]

TOWN_KINDS = {
    "announcement": "Bản tin",
    "campaign": "Đợt tuyên truyền",
    "template": "Mẫu bản tin",
    "lexicon": "Từ điển đọc",
    "caps": "Quy định phát",
    "groups": "Nhóm của phường",
    "stop": "Lệnh dừng",
    "test": "Thử đường truyền",
}
"""What an envelope holds."""
TOWN_STATES = STATES | {"cancelled": "Cấp trên đã dừng"}
"""Where an issue stands in the inbox."""

TOWN_REASONS: dict[str, str] = {
    # Envelopes (phong bì)
    "envelope_too_big": "Gói tin lớn quá {limit} KB nên không nhận.",
    "envelope_unreadable": "Gói tin có chỗ không đọc được ({key}) nên không nhận.",
    "envelope_newer": "Gói tin viết theo phiên bản {version}, mới hơn phần mềm của trạm; hãy cập nhật trạm.",
    "envelope_unsigned": "Gói tin không có chữ ký nên không nhận.",
    "envelope_unknown_issuer": (
        "Nơi ký gói tin ({issuer}) chưa được phường ghim tin cậy; hãy hỏi cấp trên trước khi ghim."
    ),
    "envelope_forged": "Chữ ký của gói tin không đúng: có thể giả mạo, hoặc hỏng trên đường; hãy báo cấp trên.",
    "envelope_broken": "Gói tin làm phần mềm gặp lỗi lạ nên không nhận; xem nhật ký kỹ thuật và báo người phụ trách.",
    "envelope_target": "Nơi nhận “{target}” không đúng; mã phường chỉ gồm chữ số.",
    "envelope_other_ward": "Tin báo tự nhận là của phường {ward}, không phải phường được phép gửi trên kênh này.",
    "envelope_known": "Gói tin này đã được xử lý rồi.",
    "envelope_again": "Gói tin này đã nhận từ trước nên không làm lại.",
    "envelope_stale": "Đã có lệnh mới hơn về việc này nên gói tin đến muộn không được dùng.",
    "envelope_not_for_us": "Gói tin không gửi cho phường này.",
    # From the town: what waits, and why
    "town_off": "Trạm chưa ghép với thị xã hoặc tỉnh; hãy ghép bằng mã cấp trên cho.",
    "town_not_trusted": "Phường chưa cho tin khẩn của “{issuer}” phát không cần hỏi.",
    "town_asks": "Phường đặt tin khẩn của cấp trên phải có người quyết định.",
    "town_not_pinned": "Nơi ký không còn được phường ghim tin cậy.",
    "town_no_override": "“{issuer}” ghi căn cứ để phát vượt hạn mức, nhưng phường chưa cho nơi này quyền đó.",
    "town_exercise": "Đây là diễn tập: chỉ phát theo lối diễn tập, không vào buổi phát thường.",
    "town_no_words": "Bản tin không có chữ và không có âm thanh để phát.",
    "town_zone_unknown": "Vùng phát “{zone}” không có ở trạm; nếu phát thì phát mọi vùng.",
    "town_zones_many": "Các vùng được ghi ({zones}) có loa chung hoặc phải chia nhiều đợt; nếu phát thì phát mọi vùng.",
    "town_zones_some": "Trạm không có các vùng: {zones}; các vùng còn lại vẫn phát.",
    "town_expired_there": "Theo giờ của cấp trên thì bản tin đã hết hạn; hãy kiểm tra giờ máy trạm trước khi phát.",
    "town_from_future": "Bản tin ghi giờ gửi ở tương lai; hãy kiểm tra giờ máy trước khi phát.",
    "town_loosens": "Quy định này cho phát thêm so với hiện nay nên cần lãnh đạo phường quyết định.",
    "town_clock_off": "Giờ của cấp trên và của trạm lệch nhau {minutes} phút; hãy kiểm tra giờ máy trạm.",
    # From the town: what became of it
    "town_decided": "Việc này đã được quyết định rồi; hãy mở lại trang để xem.",
    "town_expired": "Đã hết hạn nên không phát.",
    "town_cancelled": "Cấp trên đã ra lệnh dừng việc này.",
    "town_superseded": "Cấp trên đã gửi bản mới; hãy dùng bản mới.",
    "town_same_words": "Tin khẩn này đã phát; bản sửa không đổi lời nên không phát lại.",
    "town_no_sound": "Âm thanh chưa sẵn sàng; hãy đợi một chút rồi thử lại.",
    "town_no_session": "Trong các ngày tới không còn buổi phát nào đủ chỗ; hãy tự lập đợt.",
    "town_nothing_aired": "Đợt đã hết mà chưa phát được lượt nào.",
    "town_returned": "Lãnh đạo trả lại bản tin[: {told}].",
    "town_withdrawn": "Bản tin đã được rút.",
    "town_dismissed": "Đã bỏ qua: {told}.",
    "town_override": "Phát theo lệnh cấp trên, vượt duyệt và hạn mức của phường theo căn cứ ghi kèm.",
    "town_other_issuer": "Chỉ nơi đã ra tin mới được sửa hoặc hủy tin; gói tin này do nơi khác ký.",
    # Sounds of the town
    "town_clip_wrong": "Âm thanh tải về không đúng mã kiểm tra nên đã bỏ; trạm tự tải lại.",
    # Whom the ward trusts above it
    "town_key_invalid": "Khóa công khai phải có 64 chữ số hệ mười sáu; hãy chép lại nguyên văn.",
    "town_name_missing": "Hãy ghi tên cơ quan giữ khóa này.",
    # To do about the town
    "town_waits": "Lệnh của cấp trên chờ phường quyết định.",
    "town_emergency_waits": "Tin khẩn của cấp trên đang chờ phường quyết định; hãy mở ngay.",
    "town_silent": "Bộ nối với cấp trên không trả lời; hãy khởi động lại trạm.",
    # What the doctor finds on the line to the town
    "check_town_process": "Tiến trình liên lạc với thị xã không chạy; hãy xem loa run có chạy không và tệp link.log.",
    "check_town_owed": "Còn {rows} báo cáo chưa gửi, cũ nhất từ {time}; sẽ tự gửi khi có liên lạc.",
    "check_clock_apart": "Đồng hồ lệch {minutes} phút so với thị xã; hãy chỉnh giờ máy.",
}
