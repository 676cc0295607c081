"""The closed lists of words that a clause about airing may hold beside its numbers, days and hours.

What stands in none of them is asked about. A word is added here only together with the count of silent readings that
`tests/core/dispatch/test_order_corpus.py` keeps at none: each one is a word that nobody is asked about any more.
"""

import re

__all__ = [
    "AIRING",
    "BEFORE_A_VERB",
    "COMPOUNDS",
    "CONDITIONS",
    "COUNTS_SOMETHING",
    "DANGER",
    "DECIDES",
    "DOCUMENT",
    "DONE_ONCE",
    "EVENTS",
    "GENRES",
    "HARD",
    "MEANS_NOTHING",
    "MEASURES",
    "MILD",
    "NAMES_A_NUMBER",
    "NAMES_A_PLACE",
    "NEUTRAL",
    "NO_AIRING",
    "ON_AIR",
    "OPENS_WITH_DAYS",
    "OTHER_WORK",
    "PHRASES",
    "PUTS_OFF",
    "REFUSES",
    "SEASONS",
    "TOPICS",
    "VAGUE",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEUTRAL = _words(
    """
    và vào lúc ở là thì các những mỗi từng mọi đều được phải cần sẽ nên hãy theo trong qua bằng cùng với cho
    của để này đó ngay kịp thời đồng tiếp tục tổ chức thực hiện triển khai đảm bảo duy trì giữ nguyên vẫn đúng
    đủ đầy tốt thường xuyên liên rộng rãi loạt nghiêm túc chủ động tích cực khẩn trương bố trí phối hợp chương
    trình chuyên mục bài tin bản viết nội dung thông điệp báo lời âm thanh tiếng loa đài truyền sóng hệ thống
    phương tiện cơ sở trạm máy cụm toàn thể xã phường thị trấn tỉnh địa bàn nhân dân người bà con khung điểm
    lịch tần suất lượng cụ bao gồm giúp giùm việc công tác nhằm hiệu quả nay mới cũ trên phát đọc tuyên nhé nha ạ
    chị anh em bạn bác chú cô cháu mình tôi chúng ông quý ơi kính xin dạ nhờ cái hộ ubnd hđnd mttq
    """
)
"""Words that change nothing wherever they stand."""

_VILLAGES = r"(?:thôn|ấp|xóm|khóm|khu phố|tổ dân phố|khu dân cư|bản)"
ON_AIR = re.compile(
    r"trên (?:toàn bộ |tất cả )?(?:hệ thống )?(?:các )?(?:cụm )?(?:loa|đài|sóng)(?: (?:phát thanh"
    r"|truyền thanh))?(?: cơ sở)?"
    rf"(?: (?:của )?(?:các )?(?:xã|phường|thị trấn|địa phương|{_VILLAGES}))?\b"
    r"|(?:ngay )?trong (?:các )?(?:buổi|chương trình) (?:(?:phát|truyền) thanh|thời sự)\b"
)
"""What brings a sentence back to the airing, whatever it is about: "phát lịch tiêm phòng trên loa 02 lần/ngày"."""

PHRASES = re.compile(
    r"\b(?:(?:các|những) (?:khung )?giờ(?=:? \d)"
    r"|(?:từ )?\d{1,2} (?:tháng (?:tuổi )?)?(?:đến|-) (?:dưới )?\d{1,3} (?:tháng )?tuổi"
    r"|(?<=thứ hai )đầu tuần|(?:trong )?tuần lễ(?= từ (?:ngày )?\d)|trước mắt(?=, từ)"
    r"|(?:file|tệp|đoạn)(?: âm thanh| ghi âm| mp3)|file|tệp|audio|clip|video|nhiệm kỳ 20\d\d *- *20\d\d"
    r"|năm học 20\d\d *- *20\d\d|lớp (?:1[0-2]|[1-9])(?!\d| *(?:lần|lượt|buổi|ngày|h|giờ|:)\b)"
    r"|(?:chủ động )?phòng (?:tránh|ngừa)|(?:đáp ứng|đạt|theo) yêu cầu"
    r"|tang lễ|lễ (?:tang|truy điệu|khai giảng|mít tinh|kỷ niệm|phát động|ra quân)|ấn định"
    r"|(?:để )?(?:không|tránh) (?:làm )?ảnh hưởng (?:đến|tới) (?:việc học|giấc ngủ|sinh hoạt|người bệnh"
    r"|(?:nhân|người) dân|bà con|học sinh)(?: của (?:(?:nhân|người) dân|bà con|học sinh))?"
    r"|tổng cộng(?= \d)|ngoài ra|địa chỉ|chỉ (?:thị|huy|tiêu|số)|bỏ sót|không (?:được )?(?:chủ quan|lơ là)"
    r"|không để xảy ra(?: [^\W\d]+){0,4}"
    r"|(?:thay thế|thay cho) (?:lịch|giờ|thời gian|nội dung|bài|thông báo)(?: phát(?: thanh| sóng)?)?"
    r"(?: tại| theo| trong)?"
    r"(?= (?:công văn|thông báo|kế hoạch|quyết định|văn bản) số)"
    r"|toàn bộ (?:nội dung|thông báo|bài|bản tin)"
    r"|như (?:hiện nay|hiện tại|cũ|bình thường|thường lệ|trước)(?= *(?:[.,;]|$|nhưng\b|song\b))"
    r"|tuyệt đối(?= không (?:phát|mở|bật))|(?:trong |vào )?(?:các|những) ngày(?= từ (?:ngày )?\d)"
    r"|(?:bản )?tin (?:bão|lũ|mưa lũ|dự báo thời tiết|thời tiết)(?= (?:phát|đọc))"
    r"|(?:để|do|vì) (?:phải )?(?:bảo trì|bảo dưỡng|sửa chữa|nâng cấp|lắp đặt|di dời|sự cố"
    r"|(?:cúp|mất|cắt) điện|(?:bị )?(?:hư )?hỏng"
    r"|(?:ảnh hưởng (?:của )?)?(?:mưa )?(?:bão|lũ)|mưa (?:to|lớn)|(?:máy|loa|thiết bị|đường dây)(?: bị)? (?:hư )?hỏng)"
    r"(?: (?:máy|loa|thiết bị|hệ thống|đường dây|kỹ thuật|cột điện))*"
    r"|lặp lại(?= sau mỗi)"
    r"|cảm ơn(?: (?:anh|chị|em|bác|cô|chú|cháu|đài|quý|các|ban|phường))*(?: rất)?(?: nhiều)?|trân trọng"
    r"|(?:cho )?(?:đến|tới) khi có (?:thông báo|chỉ đạo|văn bản|công văn|hướng dẫn)(?: chỉ đạo)? (?:mới|khác|thay thế)"
    r"(?: của (?:ủy ban nhân dân|ubnd|ban chỉ huy)(?: (?:xã|phường|thị trấn))?)?"
    r"|(?:thông báo|nội dung|bài viết|bản tin)(?: này| trên)? (?:xin|kính xin|kính đề nghị) được(?= phát)"
    r"|(?:các |những )?(?:buổi|chương trình|bản tin) (?:phát thanh|truyền thanh|thời sự)"
    r"(?= *(?:lúc |vào |\()?(?:\d|sáng|trưa|chiều|tối))"
    r"|(?:hình thức(?: tuyên truyền| thực hiện)?|ghi chú|lưu ý)(?= *:)"
    r"|giúp đỡ|hỗ trợ(?= (?:phát|thông báo|tuyên truyền|đọc)\b)"
    r"|(?:trong )?(?:tháng|tuần lễ) (?:hành động|cao điểm|thanh niên|vận động|an toàn)(?: [^\W\d]+){0,5}(?= *\()"
    r"|(?:xây dựng|sản xuất|viết)(?= (?:chuyên mục|tin|bài|chương trình|bản tin)\b[^.;]{0,60}\bphát\b)"
    r"|trọn vẹn|đều đặn|(?:to|chậm(?: rãi)?),? (?:và )?rõ(?: ràng| từng chữ)?"
    r"|(?:trong )?suốt (?:tuần|thời gian|đợt(?: cao điểm)?)(?: nghỉ hè)?(?=,? từ)"
    r"|dài (?:khoảng )?\d+ giây|(?:buổi |chương trình |bản tin )?thời sự (?:địa phương|tổng hợp|trong ngày)"
    r"|đã (?:được )?(?:phê )?duyệt|trở lại(?= phát \d)|(?<=phát )trở lại(?= \d)|(?:rất )?(?:mong"
    r"|thương tình)(?: được)?"
    r"|sau khi (?:xem xét|rà soát|nghiên cứu|kiểm tra|trao đổi|thống nhất|cân nhắc|họp(?: bàn)?)"
    r"(?: (?!không|phát|nghỉ|tạm|dừng|ngừng)[^\W\d]+){0,10}(?=,)"
    r"|\d{1,2}/\d{1,2}/(?:1[89]\d\d|20[01]\d)\s*-\s*\d{1,2}/\d{1,2}/\d{4}"
    r"|(?:nhân (?:dịp )?)?(?:kỷ niệm|chào mừng|hưởng ứng|hướng tới)(?: kỷ niệm)?(?: lần thứ)? \d+ năm(?: ngày)?"
    r"|(?:ngay |liền )?trước ngày(?: [^\W\d]+){1,5}?(?=,? (?:tức|tức là|cụ thể|nghĩa là|là)(?: từ)? (?:ngày )?\d)"
    r"|tức(?: là)?(?=(?: từ)? (?:ngày )?\d)|(?<=ngày )liền(?= trước ngày)"
    r"|chính thức|với âm lượng (?:vừa phải|đủ nghe|phù hợp)"
    r"|(?<=phát )bình thường"
    r"|(?:ngay (?:sau )?|sau |kể từ )?khi nhận được (?:công văn|văn bản|thông báo)(?: này)?"
    r"|duy nhất|nhắc lại|(?:để|cho) (?:nhân dân|bà con|người dân) (?:nghỉ trưa|nghỉ ngơi|ngủ trưa|nghỉ)"
    r"|hoạt động|thống nhất"
    r"|(?:vào )?đầu (?:các|mỗi) buổi(?= *(?:phát thanh *)?(?:sáng *)?:? *\d)|không giảm số (?:lần|lượt|buổi) phát"
    r"|giữ (?:ổn định"
    r"|nguyên)(?: ở)?(?: mức)?"
    r"|rõ ràng|đầy đủ|chính xác|ngắn gọn|trang trọng|dễ (?:hiểu|nghe|nhớ)|nguyên văn|toàn văn|đúng giờ|ổn định"
    r"|thông suốt"
    r"|(?:bảo đảm |đảm bảo )?chất lượng(?: âm thanh)?|chi tiết|thông minh|trong suốt thời gian(?= từ)"
    r"|(?:cố định|định kỳ)(?= *:? *(?:lúc |vào )?(?:\d|thứ|chủ nhật|các|hằng|hàng|mỗi))|trực tiếp(?= (?:phát|đọc"
    r"|thông báo))"
    r"|như sau|sau đây|dưới đây|nội dung sau(?= *:| \d{1,2} (?:lần|lượt|buổi)\b)"
    r"|khung giờ(?: cao điểm)?|số (?:lần|lượt|buổi)|một cách|kết quả"
    r"|trên (?:toàn )?địa bàn(?: toàn)?(?: (?:xã|phường|thị trấn|tỉnh|huyện|thị xã|thành phố))?"
    r"|trên toàn (?:xã|phường|địa bàn|thị trấn)|trên cơ sở|(?:phát thanh|truyền thanh)(?: và |, ?| - )truyền hình"
    r"|kể cả (?:các )?(?:ngày (?:nghỉ|lễ))(?:,? (?:và )?(?:ngày )?(?:lễ|nghỉ|tết))*"
    r"|so với (?:bình thường|ngày thường|thường lệ|hiện nay|trước(?: đây)?)"
    r"|không (?:để|làm) (?:bị )?(?:gián đoạn|bỏ sót|sót|chậm trễ)(?: [^\W\d]+){0,4}"
    r"|không (?:ngừng|gián đoạn)(?: tuyên truyền| phát thanh)?|thay (?:bằng|thế bằng)|có ý kiến(?= như sau)"
    r"|trước (?:tình hình|diễn biến|thực trạng|tình trạng|nguy cơ)"
    r"|(?:trong thời gian|thời gian)(?: tới| này| thực hiện| phát(?: thanh| sóng)?| tuyên truyền| áp dụng)?"
    r"|trong đó|căn cứ tình hình|giờ phát|lịch phát|tần suất phát|trở đi|cao điểm|mỗi ngày một chủ đề"
    r"|(?:cho )?(?:đến|tới) (?:toàn thể|người dân|nhân dân|bà con|các|từng|mọi|hộ|khách hàng|cử tri|hội viên|đoàn viên"
    r"|phụ huynh|tiểu thương|cán bộ|doanh nghiệp)"
    r"|(?:cho|để) (?:nhân dân|bà con|người dân|mọi người)(?: (?:được )?biết)?(?:,? (?:và )?thực hiện)?"
    r"|theo (?:hướng dẫn|quy định|chỉ đạo|nội dung|tinh thần|công văn|văn bản|kế hoạch|đề cương)(?: của| số| này"
    r"| trên)?"
    r"|bảo đảm|đảm bảo|tăng cường(?! (?:việc )?(?:phát|tiếp))|đồng thời|kịp thời)\b"
)
"""Groups of words that are read as one and change nothing."""

DANGER = _words(
    """
    không chưa chẳng chả đừng chớ cấm nghỉ ngừng dừng ngưng thôi hoãn huỷ hủy bỏ tránh trừ ngoại riêng nếu khi
    hễ tùy tuỳ hoặc hay cách xen luân lần giảm bớt hạn chế tối thiểu trước sau ngoài còn lại nhưng song tuy
    miễn kể lễ tết nửa rưỡi thêm kém khoảng chừng hơn quá dưới gần chẵn lẻ khoan tạm chờ đợi thay chỉ ít nhiều
    vài thúc rằm mùng mồng
    gấp nhân cắt lùi dời đổi khác đột bất tận sớm muộn cuối mưa vắng tắt khóa khoá ngắt xuyên suốt đêm lượt
    theo đầu giữa nhu phép thể trễ
    """
)
"""Words that may turn an order round: asked about in every place that no rule read, also inside names and topics."""

COMPOUNDS = re.compile(
    r"dừng (?:đỗ|xe|chân|chờ)|không (?:phơi|đốt|vứt|xả|thả|tụ tập|lấn chiếm|chủ quan|hoang mang|đánh bắt|vớt"
    r"|tin theo|chuyển tiền|truy cập"
    r"|lái xe)"
    r"|không (?:gian|khí|quân)|phòng không|bỏ (?:phiếu|học|hoang|quên|rơi|trốn)|vứt bỏ|trú tránh"
    r"|tránh (?:thai|trú|đi|vào|xa|qua|tụ tập|hoang mang|thiệt hại|bị|xảy ra|lãng phí|ùn tắc|nhầm|tai nạn|lây)"
    r"|trừ (?:sâu|rầy|cỏ|chuột)|(?:diệt|bài|phòng|khấu) trừ|ngoại (?:ngữ|khóa|khoá|giao|thành|tỉnh)|(?:đối|dã) ngoại"
    r"|riêng (?:tư|lẻ)|nhà riêng|tùy thân|tuỳ thân|cách (?:mạng|ly|thức|làm|chức)|(?:cải|phong|tư|quy) cách"
    r"|cách (?:phòng|chống|chăm|nhận|sử dụng|xử|phân|khai|đề|pha|trồng|nuôi|dùng)|(?:luân|xen) canh"
    r"|lần thứ (?:\d+|[ivx]+)|ngừng cấp|giảm (?:nghèo|nhẹ|thiểu|giá|tốc|phát thải)|suy giảm|thuyên giảm"
    r"|hạn (?:hán|mặn|mức|nộp|chót|sử dụng)|(?:giới|quyền|khô|chống|đúng|quá) hạn"
    r"|chế (?:độ|biến|tài|phẩm|tạo|xuất)|(?:quy|pháp|cơ|thể|khống|cưỡng|biên|thiết|kiềm|ức) chế|trước bạ"
    r"|sau (?:sinh|thu hoạch)"
    r"|(?:nước|bên) ngoài|ngoài (?:trời|đê|khơi|đồng|biển)|(?:đi|cấp|trả|đem|mang) lại|miễn (?:phí|giảm|dịch|nhiễm"
    r"|nhiệm)|kể chuyện"
    r"|(?:dạy|học|làm) thêm|yếu kém|khoảng cách|quá (?:trình|tải|khổ|tốc độ)|(?:bán|mua) lẻ|khoan giếng|giếng khoan"
    r"|vắng mặt|tạm (?:trú|vắng|ứng|giữ|giam)|giới tính|khi sinh|thay mặt|(?:chứng|tín) chỉ|chỉ (?:dẫn|giới)|thúc đẩy"
    r"|cắt (?:cỏ|tỉa|băng|tóc)|(?:di|dọn) dời"
    r"|(?:chuyển|trao|biến|sửa|cấp|thu) đổi|đổi (?:mới|đời|hướng)|đột (?:quỵ|biến)|xung đột"
    r"|bất (?:động sản|hợp pháp|cập|cẩn|lợi|bình đẳng)|tận (?:nơi|tâm|tình|tụy|dụng)|(?:cảnh báo|phát hiện) sớm"
    r"|cuối (?:cấp|cùng)|tắt (?:điện|đèn|bếp|máy)|dập tắt|(?:khóa|khoá) (?:học|van|cửa)|xuyên tạc|đầu (?:tư|mối|ra"
    r"|vào|cơ)"
    r"|(?:đi|dẫn|đứng|hàng|đối) đầu|(?:sơ cứu|chăm sóc) ban đầu|(?:toàn|tập|đoàn|cơ|chủ|vật|cá) thể|thể (?:dục|thao"
    r"|chất|lực)"
    r"|(?:giấy|trái|hợp|xin|cấp) phép|phép (?:nước|tắc)|nhiều (?:nơi|người|hộ|năm|hoạt động|địa phương|diễn biến"
    r"|khó khăn|mô hình|ý nghĩa|loại|biện pháp|thủ đoạn|trường hợp|gia đình|đối tượng)"
)
"""Words of two syllables one of which alone may turn an order round: as one word they turn nothing."""

MEANS_NOTHING = re.compile(
    r"nhân (?:dân|viên|sự|lực|khẩu|ái|đạo)|(?:công|bệnh|nạn|quân|tư) nhân|(?:mang|đem|đi) theo|theo dõi|(?:đi|ở"
    r"|qua) lại"
)
"""The same where no value stands; elsewhere their words are read one by one."""

SEASONS = re.compile(
    r"lễ (?:hội|dâng|viếng|thắp|trao|khởi|tổng|hưởng|cưới|giao|tiễn|kết|khánh|đón|công bố|ký|mừng|phật|vu|cầu|rước"
    r"|chào)"
    r"|(?:nghi|hôn|đại|quốc|buổi) lễ|(?:đón|chúc|vui) tết|tết (?:trồng cây|trung thu|thiếu nhi|nguyên đán|cổ truyền)"
    r"|mưa (?:lũ|bão|to|lớn|đá|giông|dông|rào|axit)|(?:nước|lượng|áo|mùa) mưa|đầu (?:xuân|vụ|mùa|năm học)"
    r"|đêm (?:văn nghệ|giao thừa|hội|nhạc|thơ)|(?:thi )?(?:giữa|cuối) kỳ|nghỉ (?:dưỡng|hưu|mát|hè)|thôi (?:việc|học"
    r"|nôi)"
)
"""The same for what may also say when: in what is told they turn nothing, elsewhere they may."""

EVENTS = re.compile(
    r"(?:đại|dạ|khai|bế) hội|hội (?:nghị|thi|thảo|chợ|diễn|trại|xuân|thao|làng)|tiếp (?:công )?dân|tiếp xúc cử tri"
    r"|(?:tọa|toạ) đàm|giao lưu|biểu diễn|chiếu phim|văn nghệ|thi đấu|giao quân|nhận quân|tòng quân"
    r"|(?:cấp|làm|đổi) (?:căn cước|thẻ|giấy)|hòa giải|thi thể thao"
)
"""What has days and hours of its own, though each of its words is one of topics."""

GENRES = re.compile(
    r"giới thiệu|lệnh|dự thảo|quyết định|danh sách|hướng dẫn|giấy mời|thư(?: (?:ngỏ|kêu gọi|chúc mừng|mời|khen))?"
    r"|thể lệ"
    r"|quy (?:định|chế|ước)"
    r"|nội quy|hương ước|nghị quyết|nghị định|luật|phóng sự|tiểu phẩm|câu chuyện|ca khúc|bài hát|điếu văn|diễn văn"
    r"|công điện|kết luận|kết quả|gương|tấm gương|điểm báo|dự báo|tình hình|chính sách|chủ trương|tài liệu|đề cương"
    r"|hỏi đáp|phát động|cuộc thi|cuộc vận động|phong trào|ý nghĩa|kỹ thuật|kinh nghiệm|biện pháp|mức thu|kế hoạch"
    r"|lịch(?! (?:phát|truyền|tiếp (?:âm|sóng)|sau|như|kèm|tại|này|trên|cũ|mới|của|do|đã|chung)\b)|trích|tóm tắt"
    r"|văn bản|vận động"
    r"|cáo phó|tin buồn|lời (?:nhắc|cảm ơn|chúc)|ca nhạc|nhạc(?: [^\W\d]+)?|mẩu tin|kêu gọi|nhắc nhở|tuyển (?:sinh"
    r"|dụng|quân)|chiêu sinh|mời (?:họp|dự)|tường thuật|ca ngợi|biểu dương"
)
"""What may be aired, right behind the verb of airing: its words are those of what is told."""

MEASURES = (
    r"(?:(?:tháng )?tuổi|người|lao động|hộ|cháu|em|trẻ|học sinh|đoàn viên|hội viên|đồng|nghìn|ngàn|triệu|tỷ|kg|tấn|tạ"
    r"|lít|mét"
    r"|km|ha|m|m2|m3|cm|mm|độ|ca (?:mắc|bệnh|nhiễm|tử vong|sởi|dương)|con (?:trâu|bò|lợn|gà|chó)|cây|chiếc|suất"
    r"|phần quà"
    r"|cử tri|tuyến|đơn vị máu|trường hợp"
    r"|vụ(?! (?:mùa|đông|xuân|hè))|đối tượng|ổ dịch|ngôi nhà|căn nhà|ca sốt|chữ|trang|db|w|củ|bộ|thùng|chuyến)"
)
"""What a number counts that is no airing: "trẻ dưới 5 tuổi", "200 lao động"."""

HARD = _words(
    """
    không chưa chẳng chả đừng chớ cấm nghỉ ngừng dừng ngưng thôi hoãn huỷ hủy bỏ tránh trừ ngoại riêng nếu khi hễ tùy
    tuỳ hoặc chỉ khoan tạm chờ đợi miễn
    """
)
"""Of these the words that count even where it is only told why something is asked for."""

MILD = _words(
    """
    không chưa chẳng cấm tránh hạn chế sau trước ngoài đầu cuối giữa nhiều ít vài mưa vắng còn lại gần dưới quá hay thể
    phép kể lẻ khoảng hơn bất tận đột nhu lễ tết đêm thúc xuyên khóa khoá kém tối thiểu miễn theo nhân đợi
    """
)
"""Of these the words that turn nothing in a sentence without a value in which nothing is carried out."""

VAGUE = _words("nhiều vài ít khi chẵn lẻ giảm bớt cắt nửa sau trước tùy tuỳ hoặc xen giữa rằm mùng mồng dịp")
"""Of these the words that, where no number is read, say how often or when in a way that only a person can settle."""

BEFORE_A_VERB = _words(
    """
    xã phường trấn huyện tỉnh thôn ấp xóm bản phố khu thanh loa đài trạm sở phòng ban hội viên chức hóa hoá bộ
    vị phương và để sẽ phải cần được cho việc tục khai cường trì suất lượng gian giờ lịch số buổi lượt trình
    mục động cực trương trí hợp ngay nghị cầu giao đạo vẫn là thì cùng đều tin nay tăng nâng thống ngày tuần
    trong các nội dung bài cứ vào lúc trách nhiệm tập trách trưởng trường rừng biển sông ven nghiệp nông tế sự an công
    đoàn binh niên phụ nữ chí quan chợ
    """
)
"""The last word of those who air, and the helping words: only these may stand right before the verb of airing."""

TOPICS = _words(
    """
    tuyên truyền phòng chống dịch bệnh covid covid-19 cháy chữa nổ rừng thiên tai an toàn giao thông ninh trật
    tự xã hội bầu cử đại biểu quốc đồng nhân dân các cấp vệ sinh môi trường nông thôn mới tả lợn châu phi sốt
    xuất huyết cảnh báo thời tiết ma túy tuý tệ nạn pháp luật cải cách hành chính chuyển đổi số bảo hiểm y tế
    khuyến cáo chủ đề nghị quyết đảng của thị ủy ban ubnd bộ ngành tỉnh phường về việc công tác kết quả biện
    hướng dẫn bão lũ lụt mưa lớn nắng nóng rét đậm hại sạt lở đất triều cường và cho người đến nhà nước tin
    bài viết
    mttq mặt trận tổ quốc hội liên hiệp đoàn thanh niên chủ tịch hđnd thường vụ chấp trạm sở thư ngỏ kêu gọi lãnh
    buồn ý nghĩa lừa đảo mạng qua chiếm đoạt tài sản bảo vệ rác thải nhựa phân loại đô văn minh gia đình hạnh phúc
    bạo lực trẻ em đuối thực phẩm nông nghiệp chăn nuôi cầm cúm tay chân miệng sởi dại sức khỏe khoẻ dinh dưỡng
    sinh sản dân căn cước định danh điện tử dịch vụ trực tuyến thuế pháo thuốc lá rượu bia nồng độ cồn mũ tư tưởng
    đạo đức phong hồ chí minh tấm gương truyền thống lịch sử biển đảo tộc tôn giáo tín dụng đen tội phạm trộm cắp
    buôn bán phụ nữ bình đẳng giới tham nhũng tiêu cực lãng phí hòa giải khiếu nại tố cáo thể dục thao thất nghiệp
    tự nguyện toàn rắn động vật hoang dã
    """
)
"""Words of a topic after which a day or an hour is that of the airing, not of the thing that is told."""

OTHER_WORK = re.compile(
    r"\b(?:báo cáo|đo (?:(?:thân )?nhiệt|huyết áp)|tắm|lau|quét|rửa (?:chuồng|bát|xe|sân)|(?:đổ|thay|bơm) nước"
    r"|(?:lật úp|thau rửa|súc rửa) [^\W\d]+|tập thể dục|đánh răng|cho ăn"
    r"|phun(?: trừ)?|khử khuẩn|dọn vệ sinh|vệ sinh|kiểm tra|uống|họp|giao ban|xét nghiệm|thu gom"
    r"|(?:tiếp )?nhận (?:hồ sơ|đơn)"
    r"|trực(?! (?:tiếp|tuyến|thuộc))|tập huấn|gửi|rửa tay"
    r"|súc (?:họng|miệng)|lấy mẫu|tuần tra|dọn dẹp|nhắn tin|ra quân|tiêm(?! chủng)"
    r"|cấp nước|cấp điện|cắt điện|cắt nước|tổ chức thi|bón|tưới|nộp|thu|khám|đăng ký|đăng tải"
    r"|đăng (?:trên|lên)|niêm yết|diễn tập|treo"
    r"|chốt|tổng hợp|hoàn thành|khai báo|xử phạt|mít tinh|khai mạc|tạm ngừng cấp|diễn ra|xả (?:lũ|nước)|đi học"
    r"|(?:tạm )?(?:ngừng|ngưng) (?:cung )?cấp (?:điện|nước)|tổng vệ sinh|tắt đèn"
    r"|khai giảng|cách ly|phản ánh|liên hệ|gọi(?= (?:ngay|\d)))\b"
)
"""What else is done so many times a day, or at an hour of its own: its numbers are not those of an airing."""

DONE_ONCE = frozenset(
    [
        "họp", "giao ban", "tập huấn", "ra quân", "tiêm", "cắt điện", "cắt nước", "tổ chức thi", "nộp", "khám",
        "đăng ký", "niêm yết", "diễn tập", "treo", "mít tinh", "khai mạc", "tạm ngừng cấp", "diễn ra",
        "khai giảng", "xử phạt", "xả lũ", "xả nước", "tổng vệ sinh", "tắt đèn",
        *(f"{left}{off} {cung}cấp {what}" for left in ("", "tạm ") for off in ("ngừng", "ngưng")
          for cung in ("", "cung ") for what in ("điện", "nước")),
    ]
)  # fmt: skip
"""Of these what nobody does so many times a day: a count behind one is that of the airing."""

_NOT_AIRED = (
    r"(?:hiện(?! nay| tại| có)|sinh|triển|quang|dọn|tờ|khẩu trang|quà|huy|động|ngôn|hành|thuốc|lương|bệnh|dịch"
    r"|giấy(?! báo| mời)|cho(?! (?:đến|tới))|gạo|tiền|biểu|minh|đạt)\b"
)
NO_AIRING = re.compile(rf"\bphát {_NOT_AIRED}")
"""Words that begin like the verb of airing."""

AIRING = re.compile(
    rf"\bphát(?! {_NOT_AIRED})\b|truyền thanh|\bloa\b|tiếp âm|tiếp sóng|chuyển tiếp|bản tin|chuyên mục|tuyên truyền"
    r"|thời lượng|tần suất|\bđài\b|thông báo trên|đọc trên"
    r"|\bđọc (?:(?:thông báo|bài|tin)(?: này)? )?(?:giúp|giùm|dùm|hộ)\b|đọc (?:thông báo|bản tin|nội dung)(?: này)? \d"
    r"|\b(?:đề nghị|yêu cầu|nhờ|xin|giao)(?: [^\W\d]+){0,4} đọc (?:thông báo|bản tin|danh sách|lời|thư)\b"
)
"""What a sentence about airing holds."""

COUNTS_SOMETHING = re.compile(
    r"\d\s*(?:\([^()]{1,12}\)\s*)?(?:lần|lượt|buổi)\s*(?:/|mỗi|một|trong)\s*(?:(?:0?1|một)\s+)?ngày"
    r"|\b(?:mỗi|hằng|hàng|một) ngày (?:[^\W\d]+ ){0,3}\d{1,2} (?:lần|lượt|buổi)\b"
    r"|\bmỗi ngày (?:một|hai|ba) (?:lần|lượt)\b"
    r"|\bđọc\b[^.;]{0,30}\b\d{1,2} (?:lần|lượt)\b"
    r"|\b(?:cứ|mỗi|cách|sau)(?: mỗi)? \d{1,3} (?:phút|giờ|tiếng)\b[^.;]{0,24}\b(?:lần|lượt)\b"
    r"|\b\d{1,3} (?:phút|giờ|tiếng)\s*/\s*(?:0?1 )?lần\b|\b(?:mỗi|một|hằng|hàng) (?:giờ|tiếng) (?:0?1"
    r"|một) (?:lần|lượt)\b"
    r"|\bngày (?:\d{1,2}|một|hai|ba|bốn|năm) (?:lần|lượt|buổi)\b"
    r"|\b(?:tăng|nâng|giảm)\b[^.;]{0,24}\b(?:số (?:lần|lượt|buổi)|tần suất|thời lượng)\b"
)
"""What is done so often a day, or again after so long: without another work it can only be an airing."""

OPENS_WITH_DAYS = re.compile(
    r"\W*(?:từ (?:ngày )?\d|ngày \d|thứ (?:\d|hai|ba|tư|năm|sáu|bảy)|chủ nhật|tuần |đợt |giai đoạn |\d{1,2}/\d)"
    r"[^.;]*\d\s*(?:h|giờ|lần|lượt|buổi|phút)"
)
"""A clause of certain days with an hour or a count, which one about airing may go on with: "Từ 05/3: 5h00, 17h00."."""

CONDITIONS = _words("nếu hễ")
PUTS_OFF = _words("khoan chưa hoãn đừng chớ chừa gượm tạm")
"""Words right before the verb of airing that turn a clause round even where it says nothing else."""

REFUSES = _words(
    "mẫu tham khảo ví dụ bên ngoái bạn nháp gợi thảo kiến xuất đình chỉ gác thu rút gỡ từ chối khỏi kiêng đóng im cúp"
)
"""Words before a colon that end an airing, or name another's, rather than this one."""

DECIDES = re.compile(
    r"do(?: [^\W\d]+){1,6} (?:quyết(?: định)?|sắp xếp|bố trí|chọn|lựa chọn|ấn định|(?:tự )?định|xem xét|điều chỉnh)"
    r"|theo (?:khả năng|điều kiện|nhu cầu|ý|sự sắp xếp)"
)
"""Who says how often or when, where the dispatch does not."""

DOCUMENT = re.compile(
    r"(?:(?:theo|tại|của|trong) )?(?:công văn|thông báo|kế hoạch|quyết định|chỉ thị|văn bản|công điện|nghị quyết"
    r"|hướng dẫn|tờ trình)(?:\s+số)?\s*:?\s*\d+[\w/.-]*/[\w/.-]*\w"
    r"(?:,?\s+ngày\s+(?:\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}))?"
)
"""A document with its number and its day, which are no values of an order."""

NAMES_A_NUMBER = re.compile(
    r"(?:\b(?:số|nghị định|quyết định|nghị quyết|chỉ thị|công văn|thông tư|kế hoạch|chương trình|đề án|điều|khoản|luật"
    r"|khóa|khoá|nhiệm kỳ|quốc lộ|tỉnh lộ|báo động|tổng đài|đường dây nóng|gọi|lứa|mũi|cấp|khối|tầng|nhóm|lô|vòng"
    r"|hạng|học phí kỳ|quận|phường)\s*(?:số\s*)?[:.]?\s*|[^\W\d_]-?)$"
)
"""What stands before a number that names a thing and counts nothing."""

NAMES_A_PLACE = re.compile(
    r"\b(?:tổ|khu|cụm|xóm|thôn|ngõ|ngách|hẻm|đội|tuần|điểm|trạm|km|số|khu phố|tổ dân phố)(?: số)?\s+"
    r"(?:\d+(?:\s*,\s*|\s+và\s+))*$|\b(?:ghi|in|nêu)(?: nhầm)? hạn(?: cũ| mới)?(?: là)? (?:\d{1,2}/)?$"
)
"""The same for places and weeks, which an order may be bound to: only where nothing is ordered."""
