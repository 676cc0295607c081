"""The sentences of writing and approving: drafts, recordings that are cut, and decisions that were taken before.

A table and nothing else; `wording` makes it part of its own.
"""

__all__ = ["COMPOSE_REASONS"]

COMPOSE_REASONS: dict[str, str] = {
    # Drafts
    "draft_key_unknown": "Không rõ bản viết dở này của bản tin nào; hãy mở lại trang Soạn bản tin.",
    "drafts_too_many": "Bạn đang có quá nhiều bản viết dở[ ({limit} bản)]; hãy bỏ bớt ở trang Bản tin.",
    # Cutting a recording
    "trim_speech": "Chỉ cắt được bản ghi âm hoặc tệp đã tải lên; với giọng máy hãy sửa chữ rồi tạo lại giọng đọc.",
    "trim_outside": "Chỗ cắt nằm ngoài bản ghi; hãy chọn lại chỗ bắt đầu và chỗ kết thúc.",
    "trim_too_short": "Đoạn giữ lại quá ngắn; hãy giữ ít nhất 0,3 giây.",
    "trim_nothing": "Chưa cắt gì: đoạn giữ lại là cả bản ghi. Hãy dời chỗ bắt đầu hoặc chỗ kết thúc.",
    "trim_time_unclear": "Không đọc được chỗ cắt “{typed}”; hãy ghi số giây như 12,5 hoặc phút:giây như 1:05,3.",
    "trim_length_wrong": "Bản đã cắt không dài đúng như đã chọn nên không dùng; hãy cắt lại.",
    # How the words are said
    "script_tempo_invalid": "Tốc độ đọc không đúng; hãy chọn lại chậm, vừa hoặc nhanh.",
    "script_voice_unknown": "Trạm không biết giọng đọc này; hãy chọn lại một giọng trong danh sách.",
    # Decisions
    "approved_already": "{who} đã duyệt bản tin này lúc {time}; bạn không cần duyệt nữa.",
    "returned_already": "{who} đã trả lại bản tin này lúc {time}; nó đang ở chỗ người viết.",
}
