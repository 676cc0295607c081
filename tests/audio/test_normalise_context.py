"""The same letters, signs and figures beside other words: said by what stands beside them, or asked about.

Each pair of rows has one shape and two meanings; a row of the first table was said as something else before, or asked
about without need.
"""

from audio_assets.speech.normalise import normalise
from tests.rows import over


@over(
    "written, said",
    [
        ("Quà 500.000đ TM và gạo", "Quà năm trăm nghìn đồng tiền mặt và gạo"),
        ("TM UBND phường", "thay mặt ủy ban nhân dân phường"),
        ("Dự án có TMĐT 14,9 tỷ", "Dự án có tổng mức đầu tư mười bốn phẩy chín tỷ"),
        ("bán trên sàn TMĐT", "bán trên sàn thương mại điện tử"),
        ("Quy hoạch TL 1/500", "Quy hoạch tỷ lệ một trên năm trăm"),
        ("dọc TL 15", "dọc tỉnh lộ mười lăm"),
        ("Tiệc cưới tại NH Phượng Hoàng", "Tiệc cưới tại nhà hàng Phượng Hoàng"),
        ("mẫu xét nghiệm PP RT-PCR", "mẫu xét nghiệm phương pháp e rờ tê pê xê e rờ"),
        ("bát nhựa, túi PP", "bát nhựa, túi pê pê"),
        ("Kết quả TDP 3 - TDP 7: 2-1", "Kết quả tổ dân phố ba, tổ dân phố bảy: hai một"),
        ("Mất nước TDP 3 - TDP 7: 8h", "Mất nước tổ dân phố ba đến tổ dân phố bảy: tám giờ"),
        (
            "Mất điện TDP 1 - TDP 5: 2-3/12",
            "Mất điện tổ dân phố một đến tổ dân phố năm: từ ngày hai đến ngày ba tháng mười hai",
        ),
        ("KCB ban đầu 38-280", "khám chữa bệnh ban đầu ba tám, hai tám không"),
        ("Số TK: 108.8765.4321", "Số tài khoản: một không tám, tám bảy sáu năm, bốn ba hai một"),
        (
            "Tài khoản tiếp nhận: 3500.211.006688",
            "Tài khoản tiếp nhận: ba năm không không, hai một một, không không sáu, sáu tám tám",
        ),
        ("soạn TTTB gửi 1414", "soạn tê tê tê bê gửi một bốn một bốn"),
        ("soạn HUY gửi 191", "soạn huy gửi một chín một"),
        ("soạn TC MST gửi 8176", "soạn tê xê mã số thuế gửi tám một bảy sáu"),
        ("soạn thảo TC và gửi 1414 bản", "soạn thảo tê xê và gửi một nghìn bốn trăm mười bốn bản"),
        ("trả nhóm 1 (A-H) sáng", "trả nhóm một, A đến hát, sáng"),
        ("Thu từ ngày 5-10 hằng tháng", "Thu từ ngày năm đến mười hằng tháng"),
        ("Phường 14, Q. 10, gần chợ", "Phường mười bốn, quận mười, gần chợ"),
        ("liên ngành 814, BCĐ 389", "liên ngành tám một bốn, ban chỉ đạo ba tám chín"),
    ],
)
def test_what_stands_beside_it_tells(written, said):
    assert normalise(written).text == said


@over(
    "written, asked",
    [
        ("Nộp TM rồi thôi", ()),
        ("Mục TM đã xong", ("TM",)),
        ("Hỏi về TMĐT nhé", ("TMĐT",)),
        ("Ăn tại NH Bình Minh", ("NH",)),
        ("Hồ sơ PP đã có", ("PP",)),
        ("Lương trả từ ngày 1-5 tại phường", ("1-5",)),
        ("Mở cửa từ ngày 1-5 đến 30-9", ()),
        ("Nghỉ ngày 1-5", ()),
    ],
)
def test_without_it_somebody_is_asked(written, asked):
    assert normalise(written).unknown == asked
