"""Names and doings that are none of an airing, though a word of them alone would be: "Chủ nhật xanh", "Thuế cơ sở 5".

What they match turns no order round and lends none a number, a day or an hour. Each of them is a word that nobody is
asked about any more: `tests/core/dispatch/test_order_corpus.py` keeps the silent readings at none.
"""

import re

__all__ = ["CHANGES_A_THING", "NAMED_DAYS", "NAMED_OFFICES", "OF_AN_AIRING", "THINGS_DONE"]

OF_AN_AIRING = (
    r"(?:phát|mở|bật|tắt|đọc|loa|đài|máy|tuyên|thông|nhắc|đưa|đăng|sử dụng|dùng|áp dụng|thực hiện|triển khai"
    r"|tiến hành|làm|cần"
    r"|phải|nên|được|còn|có|nữa|nhất|bắt|tổ chức|duy trì|tiếp|quá|dưới|kể|tính|bao|trừ|kéo|tăng|giảm|lặp|vượt|lùi|ai"
    r"|sớm"
    r"|muộn|trước|sau|vào|trong|từ|cả|cho|hoạt|chạy|kịp|liên|thường|thay|đổi|giới|hạn|ngắt|cắt|dừng|nghỉ|ngừng|ngưng"
    r"|hoãn|bỏ"
    r"|đúng|đủ|đều|như|theo|là|gì|nhận|duyệt|đồng|hợp|thể|dài|ngắn|nhiều|ít|âm|tiếng|giờ|buổi|ngày|tuần|tối|sáng"
    r"|trưa|chiều"
    r"|đêm|mọi|các|những|gây|bố trí|lên|xen|chèn|ghép|gộp|tách|nối|đi|lúc|khi|chuyển|nới|rút|gỡ|thêm|bớt|ồn|to|lớn"
    r"|hiệu|báo"
    r"|lấy|khung|ngay|gấp|vội|đến|mấy|hẳn|hết|luôn|xong|tới|rõ|chắc|muốn|định|yêu|đề|quy|ấn|chỉ|vì|nếu|riêng|ngoài"
    r"|phạm|nghe|phổ|truyền|vận hành|tham gia|phục vụ|hưởng|\d)"
)
"""Words of which one behind a "no" may say that it is not aired."""

_HOLIDAYS = (
    r"(?:0?3/0?2|27/0?2|0?8/0?3|10/0?3|15/0?3|22/0?3|24/0?3|26/0?3|0?7/0?4|21/0?4|30/0?4|0?1/0?5|0?7/0?5|15/0?5|19/0?5|0?1/0?6"
    r"|0?5/0?6|14/0?6|21/0?6|26/0?6|28/0?6|27/0?7|19/0?8|0?2/0?9|0?1/10|10/10|13/10|20/10|0?9/11|18/11|20/11|0?1/12|22/12)(?![/\d])"
)
NAMED_DAYS = re.compile(
    rf"(?:kỷ niệm|chào mừng|hưởng ứng) (?:(?!(?:phát|từ|đến|trước|sau|vào|lúc|trong|hôm)\b)[^\W\d]+(?: - | )){{0,8}}?"
    rf"(?<!ngày ){_HOLIDAYS}(?:(?: và |, ?| - ){_HOLIDAYS})*"
    rf"|ngày (?:pháp luật|sách|quốc tế|chuyển đổi số|nhà giáo|thầy thuốc|thương binh|gia đình|môi trường|toàn dân"
    rf"|truyền thống|thành lập|giải phóng|doanh nhân|phụ nữ|khuyết tật"
    rf"|quyền|thế giới|vì|dân số|đại dương|nước|sức khỏe|báo chí|khoa học|trái đất|nạn nhân|người)(?: -)?"
    rf"(?: (?!phát\b|từ\b|vào\b|lúc\b)[^\W\d]+"
    rf"(?: -)?){{0,9}}? {_HOLIDAYS}"
    r"|(?:ngày )?(?:thứ (?:sáu|bảy)|chủ nhật) (?:tình nguyện|xanh|đỏ|hồng|nhân ái|văn minh|không (?:giấy|hẹn))"
    r"|(?:mạng|công nghệ|thuê bao|wifi|sóng|điện thoại) [2-6]g(?:(?:,| và|/| -) ?[2-6]g)*(?!\d)"
    r"|cách mạng tháng (?:tám|mười)"
    r"|tuần lễ (?=[^\W\d])(?!từ|phát|này|tới|sau|đầu|cuối|thứ)"
)
"""What has a day, an hour or a weekday in its name alone: "Chủ nhật xanh", "chào mừng 30/4 và 1/5", "mạng 5G"."""

CHANGES_A_THING = re.compile(
    r"(?:về(?: việc)?|việc) (?:không|chưa|cấm|hoãn|hủy bỏ|huỷ bỏ|hủy|huỷ|bãi bỏ|đình chỉ|chấm dứt"
    r"|(?:tạm )?(?:ngừng|dừng)|miễn|giảm|thay đổi|đổi|lùi|dời|thay|bỏ)"
    r"(?: (?:tổ chức|thực hiện|hoạt động|thời gian|thời hạn|địa điểm))?"
    rf" (?!{OF_AN_AIRING}\b|(?:bài|bản|tin|lịch|nội dung|chương|chuyên|tất|hết|toàn|việc|một|mỗi))[^\W\d]+"
)
"""What is told of a thing that is left off or changed, and is no airing: "về việc hoãn lễ hội", "về đổi tên đường"."""

NAMED_OFFICES = re.compile(
    r"(?:thuế|bảo hiểm xã hội) cơ sở \d{1,2}(?! *(?:lần|lượt|buổi))|ban chỉ đạo \d{2,3}(?! *(?:lần|lượt|buổi|phút))"
    r"|(?:tòa án nhân dân|viện kiểm sát nhân dân|thi hành án dân sự|hạt kiểm lâm|trung tâm y tế|bệnh viện đa khoa"
    r"|(?:chi cục )?(?:thuế|hải quan|kiểm lâm|dự trữ nhà nước)|trạm (?:thú y|y tế|khuyến nông)"
    r"|kho bạc(?: nhà nước)?|phòng giao dịch) khu vực(?: (?:\d{1,2}(?! *(?:lần|lượt"
    r"|buổi))|[ivx]+\b))?"
)
"""Offices with a number or a quarter in their name."""

_GOODS = (
    r"(?:rượu|bia|đồ uống|chất|ma túy|pháo|điện thoại|thuốc|hóa chất|bếp|túi|hàng|thực phẩm|sản phẩm|vỉa hè|lòng đường"
    r"|xung điện|kích điện|nước|đất|xe|phương tiện|tiền)"
)
THINGS_DONE = re.compile(
    rf"(?:không|cấm|(?:tạm )?(?:ngừng|dừng)) (?:sử dụng|mua bán|mua|bán|dùng|uống) {_GOODS}\b"
    r"|(?:không|cấm) (?:chăn thả|săn bắt|khai thác|lấn chiếm|tàng trữ)|cấm (?:đốt|thả|săn|xe|đường|biển|lửa)"
    r"|tắt sóng(?: [2-6]g)?"
    r"|(?:tạm )?(?:dừng|ngừng) (?:thu phí|lưu hành|tiếp nhận hồ sơ)|đình chỉ (?:lưu hành|kinh doanh)"
    r"|khi (?:lái xe|tham gia giao thông|ra đường)|thay (?:sách|đổi giờ làm việc)|nâng cấp"
    r"|(?:khóa|khoá) (?:[ivx]+\b|\d+)|kỳ họp thứ (?:\d+|[^\W\d]+)|năm tuổi đảng|nông thôn"
    r"|(?:nghĩa vụ quân sự|căn cước|tham gia|đăng ký|đất|chứng nhận) lần đầu(?! phát)"
)
"""What is forbidden, left off or done for the first time, with the thing that it is done to."""
