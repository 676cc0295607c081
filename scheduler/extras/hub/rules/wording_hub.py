"""The sentences of the town's side: wards and their keys, what is issued, what came back.

A table and nothing else; `wording` makes it part of its own.
"""

from scheduler.extras.hub.rules.wards import Standing
from scheduler.extras.town.rules.envelope import AckState, Kind

__all__ = ["ACK_STATES", "HUB_REASONS", "ISSUE_KINDS", "STANDINGS"]

STANDINGS: dict[Standing, str] = {
    Standing.ON_AIR: "Đang phát",
    Standing.QUIET: "Đang yên",
    Standing.LATE: "Chậm báo",
    Standing.CUT_OFF: "Mất liên lạc",
    Standing.NEVER: "Chưa nối lần nào",
    Standing.REVOKED: "Đã thu hồi",
}
ACK_STATES: dict[AckState, str] = {
    AckState.RECEIVED: "Đã nhận",
    AckState.STORED: "Đã lưu",
    AckState.REFUSED: "Từ chối",
    AckState.WAITING: "Chờ phường quyết",
    AckState.PREPARING: "Đang chuẩn bị",
    AckState.APPROVED: "Phường đã duyệt",
    AckState.PLANNED: "Đã vào lịch",
    AckState.PLAYING: "Đang phát",
    AckState.PLAYED: "Đã phát",
    AckState.PARTIAL: "Phát dở",
    AckState.CANCELLED: "Đã dừng",
    AckState.EXPIRED: "Quá hạn, không phát",
}
ISSUE_KINDS: dict[Kind, str] = {
    Kind.ANNOUNCEMENT: "Bản tin",
    Kind.CAMPAIGN: "Đợt tuyên truyền",
    Kind.TEMPLATE: "Mẫu bản tin",
    Kind.LEXICON: "Từ điển cách đọc",
    Kind.CAPS: "Hạn mức",
    Kind.GROUPS: "Nhóm của phường",
    Kind.STOP: "Lệnh dừng",
    Kind.TEST: "Thử đường truyền",
}
HUB_REASONS: dict[str, str] = {
    "no_hub": "Trạm này không phải trạm cấp trên; hãy ghi hub.url trong config.toml.",
    "ward_id_invalid": "Mã “{ward}” không đúng; hãy ghi mã đơn vị hành chính, chỉ gồm chữ số.",
    "ward_name_missing": "Hãy ghi tên phường.",
    "ward_exists": "Mã {ward} đã có trong danh sách phường.",
    "wards_too_many": "Danh sách đã đủ {limit} phường.",
    "ward_unknown": "Không có phường mã {ward}, hoặc phường ấy đã bị thu hồi.",
    "ward_revoked_already": "Phường “{ward}” đã bị thu hồi trước đó.",
    "ward_key_taken": "Khóa này đang thuộc về một phường khác; hãy tạo khóa mới ở trạm rồi ghép lại.",
    "group_invalid": "Tên nhóm “{group}” không đúng; hãy dùng chữ thường không dấu, số và dấu gạch nối.",
    "groups_too_many": "Mỗi phường vào nhiều nhất {limit} nhóm.",
    "group_unknown": "Không có phường nào trong nhóm “{group}”.",
    "place_invalid": "Vĩ độ, kinh độ không đúng.",
    "homes_invalid": "Số hộ phải từ 0 đến {limit}.",
    "nkey_invalid": "Khóa công khai của phường không đúng; hãy chép lại đủ 56 ký tự, bắt đầu bằng U.",
    "pairing_code_wrong": "Mã ghép nối không đúng, đã dùng hoặc đã hết hạn; hãy xin cấp trên mã mới.",
    "area_invalid": "Đơn vị hành chính mã {code} thiếu tên, hoặc ngày không đúng.",
    "areas_too_many": "Danh sách đơn vị hành chính dài quá {limit} dòng.",
    "author_is_issuer": "Người soạn không tự phát hành; hãy để người khác có quyền phát hành.",
    "issue_expired": "Hạn phải sau lúc này và sau giờ bắt đầu; hãy chọn lại hạn.",
    "issue_too_long": "Hạn quá xa: nhiều nhất {days} ngày.",
    "issue_of_nothing": "Chưa chọn bản tin hoặc đợt để phát hành.",
    "issue_unknown": "Không có lần phát hành này, hoặc nó đã được rút trước khi gửi.",
    "issue_changed": "Nội dung hoặc danh sách phường vừa đổi; hãy đọc lại rồi bấm phát hành.",
    "area_line_bad": "Dòng {line} không đúng; hãy ghi: mã; tên; cấp; mã cấp trên; mã đã sáp nhập; từ ngày; đến ngày.",
    "targets_missing": "Hãy chọn ít nhất một phường hoặc một nhóm.",
    "clip_signature": "Phường chưa chứng minh được mình nên không lấy được âm thanh.",
    "ward_row_twice": "Dòng {row} của phường này đến với hai nội dung: có hai máy dùng chung một khóa. Hãy ghép lại.",
    "ward_connected_twice": "Phường này đang nối hai lần bằng cùng một khóa; hãy kiểm tra máy của phường.",
    "ward_row_changed": "Dòng {seq} của nhật ký phường không khớp mã băm của nó.",
    "ward_chain_broken": "Dòng {seq} của nhật ký phường không nối tiếp dòng trước.",
    "hub_accounts_untold": "Máy chủ truyền tin chưa đọc danh sách phường mới; hãy nạp lại nats-server.",
    "hub_broker_full": "Máy chủ truyền tin đã đầy[: {told}]; hãy dọn ổ đĩa. Việc phát hành chờ, không mất gì.",
    "hub_no_presence": "Không hỏi được máy chủ truyền tin xem phường nào đang nối; hãy kiểm tra tài khoản SYS.",
    # What the doctor finds at the town's desk
    "check_hub_process": "Tiến trình của thị xã không chạy; hãy xem loa run có chạy không và tệp hub.log.",
    "check_hub_waiting": "{messages} tin đã phát hành chưa tới máy chủ tin; sẽ tự gửi.",
    "check_hub_backup_open": (
        "Bản sao lưu chứa khóa ký của thị xã mà không mã hóa; hãy ghi backup.passphrase_file trong config.toml."
    ),
}
