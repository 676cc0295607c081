"""What is counted: people and offices, things, time; the list that tells "3/5 hộ" and "1,250 con" from other pairs.

Who may also do something ("3/5 trường …" may be the school on the third of May) stands apart from what is only counted.
"""

import re
from typing import Final

__all__ = ["ACTORS", "COUNTED_NOUN", "MEASURED", "PIECES", "TIMES", "UNSPLIT", "WHOLES"]

ACTORS: Final = (
    "hộ|tổ|tdp|kp|tổ dân phố|người|xã|phường|đại biểu|thành viên|đơn vị|thôn|xóm|bản|ấp|khu|khu phố|cụm|em|cháu|trường"
    "|đồng chí|đ/c|gia đình|lớp|chi bộ|chi hội|chi đoàn|cơ sở|doanh nghiệp|hội viên|đoàn viên|đảng viên|trạm|học sinh"
    "|cử tri|nhà|căn|phòng|ban|ứng viên|ứng cử viên|ủy viên|giáo viên|trẻ|bị can|bị cáo|đội|nhóm|câu lạc bộ|cán bộ"
    "|công dân|thanh niên|phụ nữ|cụ|lao động|công nhân|nhân khẩu|khẩu|bệnh nhân|cơ quan|chiến sĩ"
)
UNSPLIT: Final = (
    "hồ sơ|phiếu|ca|tiêu chí|chỉ tiêu|điểm|mẫu|ý kiến|sản phẩm|tuyến|vụ|công trình|nội dung|nghị quyết|chức danh"
    "|văn bản|tài khoản|trường hợp"
)
"""What has no halves: "3/4 hồ sơ" is three of four."""
PIECES: Final = (
    f"{UNSPLIT}|suất|lượt|con|cây|cuốn|quyển|bộ|chiếc|cái|mũi|liều|viên|vé|xe|thẻ|quả|trái|gói|bao|tờ|thùng"
    "|chai|lon|câu|bình|túi|hộp|chậu|bát|ly|cốc|bước|vòng|trận|hiệp|bàn|bài|buổi|phần|lần|đường|phố|hẻm|ngõ"
)
TIMES: Final = "ngày|giờ|phút|giây|tuần|tháng|năm"
MEASURED: Final = (
    "số|diện tích|dân số|tổng|chiều|quân số|thời gian|khối lượng|lít|kg|km|ha|sào|m|cm|tỉ|tỷ|triệu|muỗng|thìa|lương"
    "|mức|giá"
    "|đạm|lân|kali|phân|urê|npk|lượng|số lượng|thế kỷ|thế kỉ|thân|quãng|đoạn"
)
"""What a share is taken of, and nothing that acts."""
WHOLES: Final = f"{ACTORS}|{PIECES}"
COUNTED_NOUN: Final = re.compile(rf"\W?(?:{WHOLES})(?!\w)")
