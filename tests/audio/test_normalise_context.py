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
        ("tuyển 30 CN may", "tuyển ba mươi công nhân may"),
        ("chợ nghỉ CN may đo", "chợ nghỉ chủ nhật may đo"),
        ("sáng CN lao động", "sáng chủ nhật lao động"),
        ("Agribank CN Sầm Sơn", "ác ri banh chi nhánh Sầm Sơn"),
        ("DT 250m2", "diện tích hai trăm năm mươi mét vuông"),
        ("đồng bào DT", "đồng bào dân tộc"),
        ("trước ngày cuối Q.I/2027", "trước ngày cuối quý một năm hai nghìn không trăm hai mươi bảy"),
        ("Giấy chứng nhận số BM 987654", "Giấy chứng nhận số bê mờ chín tám bảy, sáu năm bốn"),
        ("thẻ GD4 38 38 220 12345", "thẻ gờ dê bốn, ba tám, ba tám, hai hai không, một hai ba bốn năm"),
        ("Số máy JA39E-2145678", "Số máy gi a, ba chín, e, hai một bốn, năm sáu bảy tám"),
        ("liên hệ A.Hùng 0912.345.678", "liên hệ anh Hùng không chín một hai, ba bốn năm, sáu bảy tám"),
        ("Ms Hoa trực", "bà Hoa trực"),
        ('tivi 43"', "ti vi bốn mươi ba in"),
        ("vé 0đ", "vé không đồng"),
        ("Luật gồm VII chương", "Luật gồm bảy chương"),
        ("nhà 5/12/7A", "nhà năm trên mười hai trên bảy a"),
        ("nhằm ÂL 3/11", "nhằm âm lịch ngày ba tháng mười một"),
        ("trẻ dưới 5T", "trẻ dưới năm tuổi"),
        ("xe dưới 5T", "xe dưới năm tấn"),
        ("phun Regent 800WG", "phun Regent tám trăm vê kép gờ"),
        ("ghi họ tên + số nhà", "ghi họ tên cộng số nhà"),
        ("đạt 85% KH", "đạt tám mươi lăm phần trăm kế hoạch"),
        ("đất ONT 200m2", "đất ở nông thôn hai trăm mét vuông"),
        ("Báo hỏng: 800126", "Báo hỏng: tám không không, một hai sáu"),
        ("vần A đến H", "vần A đến hát"),
        ("Tha thiết mong bà con tha thứ", "Tha thiết mong bà con tha thứ"),
        ("TTLT 13/2016", "thông tư liên tịch mười ba, năm hai nghìn không trăm mười sáu"),
        ("Thông tư liên tịch 13/2016", "Thông tư liên tịch mười ba, năm hai nghìn không trăm mười sáu"),
        ("khám sàng lọc, bệnh nhân THA", "khám sàng lọc, bệnh nhân tăng huyết áp"),
        ("Điểm trúng tuyển NV1 là 32", "Điểm trúng tuyển nguyện vọng một là ba mươi hai"),
        ("KQ vòng bảng: Trường Sơn - Bắc Sơn 1-2", "kết quả vòng bảng: Trường Sơn, Bắc Sơn một hai"),
        ("Xe Thanh Hóa - Hà Nội 2-3 chuyến", "Xe Thanh Hóa, Hà Nội hai đến ba chuyến"),
        ("tôm (100c/kg)", "tôm, một trăm con một ki lô gam"),
        ("phim 1080p", "phim một nghìn không trăm tám mươi pê"),
        ("bão di chuyển TTN 15km/h", "bão di chuyển tây tây nam mười lăm ki lô mét trên giờ"),
        ("NS 58,5 tạ/ha", "năng suất năm mươi tám phẩy năm tạ trên héc ta"),
        ("toàn đoàn 2V-3B-1Đ", "toàn đoàn hai vàng, ba bạc, một đồng"),
        ("nút QL1A/ĐT.515", "nút quốc lộ một a, đường tỉnh năm trăm mười lăm"),
        ("tại km 2,5 và km 5", "tại ki lô mét hai phẩy năm và ki lô mét năm"),
        ("ở 19°20'N-106°15'E", "ở mười chín độ hai mươi phút vĩ Bắc, một trăm linh sáu độ mười lăm phút kinh Đông"),
        ("pass 123456", "pát một hai ba, bốn năm sáu"),
    ],
)
def test_what_stands_beside_it_tells(written, said):
    assert normalise(written).text == said


@over(
    "written, said",
    [
        ("Quỹ góp vốn nhỏ (GVN): vay GVN", "Quỹ góp vốn nhỏ, gờ vê nờ: vay góp vốn nhỏ"),
        ("tổ hợp tác (THT), các THT", "tổ hợp tác, tê hát tê, các tổ hợp tác"),
        ("chi phí (CP) xe, CP ăn", "chi phí, xê pê, xe, chi phí ăn"),
        ("CN: công nhân; mỗi CN một suất", "xê nờ: công nhân; mỗi công nhân một suất"),
        ("vật tư và phân bón (VTPB), bán VTPB", "vật tư và phân bón, vê tê pê bê, bán vật tư và phân bón"),
        ("ỦY BAN BẦU CỬ (UBBC), UBBC họp", "ỦY BAN BẦU CỬ, ủy ban bầu cử, ủy ban bầu cử họp"),
    ],
)
def test_letters_that_the_text_explains_are_said_as_it_explains_them(written, said):
    answer = normalise(written)
    assert (answer.text, answer.unknown) == (said, ())


@over(
    "written, asked",
    [
        ("BT: Bùi Thị Hoa, mời các BT", ("BT",)),
        ("ông Trần Công (TC) và TC", ("TC",)),
        ("chi phí (CP), cổ phần (CP), mua CP", ("CP",)),
        ("hộ nông dân (GVN) vay", ("GVN",)),
        ("chị Hoa (THT) bán", ("THT",)),
    ],
)
def test_what_only_looks_explained_is_asked_about(written, asked):
    assert normalise(written).unknown == asked


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
        ("CN này họp tổ", ("CN",)),
        ("Tuyến Lê Lợi - Quang Trung 5-7", ("5-7",)),
        ("di chuyển TB đi chỗ khác", ("TB",)),
        ("SL 5 cái", ("SL",)),
        ("vao luc 7h", ("luc",)),
        ("Họp tại QT xã", ("QT",)),
        ("Lớp TC 5.2", ("TC",)),
        ("MS: 12", ("MS",)),
        ("khối 12+ học sinh thi", ("12+",)),
        ("bị 0đ môn văn", ("0đ",)),
        ('ống 21"', ('21"',)),
        ("Chị Lan 20SP", ("20SP",)),
        ("Mua 3T nhé", ("3T",)),
        ("Bán 31.12 nhé", ("31.12",)),
        ("Sổ đỏ số 123456", ("123456",)),
    ],
)
def test_without_it_somebody_is_asked(written, asked):
    assert normalise(written).unknown == asked


@over(
    "written, said",
    [
        ("Làng Grôn, làng Hrang và buôn Dhă Prông", "Làng Grôn, làng Hrang và buôn Dhă Prông"),
        ("xã Đăk Sơ Mei, Ia Kriêng, Đăk Hring", "xã Đăk Sơ Mei, Ia Kriêng, Đăk Hring"),
        ("TRẠM Y TẾ XÃ IA KRIÊNG", "TRẠM Y TẾ XÃ IA kriêng"),
        ("y sĩ Rơ Mah Thoa, ông Siu Hlơm, bà Ksor Byă", "y sĩ Rơ Mah Thoa, ông Siu Hlơm, bà Ksor Byă"),
        ("lũ có thể lên BĐ III", "lũ có thể lên báo động ba"),
        ("BTC nhắc bà con giữ ví", "ban tổ chức nhắc bà con giữ ví"),
    ],
)
def test_names_of_the_highlands_behind_what_names_a_place_or_a_person_are_words(written, said):
    answer = normalise(written)
    assert (answer.text, answer.unknown) == (said, ())


@over(
    "written, asked",
    [
        ("Gặp Hrang nhé", ("Hrang",)),
        ("Mời ông Trump", ("Trump",)),
        ("Gặp anh Phuong, em Cat", ("Phuong", "Cat")),
        ("anh hrang", ("hrang",)),
        ("ở làng Vinhomes", ("Vinhomes",)),
        ("làng quê Plan", ("Plan",)),
        ("Mua KRIÊNG", ("KRIÊNG",)),
        ("xã GRD", ("GRD",)),
        ("Hàng BĐ III", ("BĐ",)),
    ],
)
def test_the_same_shape_elsewhere_is_asked_about(written, asked):
    assert normalise(written).unknown == asked


@over(
    "written, said",
    [
        (
            "Các mã H21.08-0312, H21.08-0318",
            "Các mã hát hai một, không tám, không ba một hai, hát hai một, không tám, không ba một tám",
        ),
        (
            "Các mã H21.08, H21.09 và H21.10",
            "Các mã hát hai một không tám, hát hai một không chín và hát hai một một không",
        ),
        (
            "Hồ sơ H21.08-260301-0012 đã xong",
            "Hồ sơ hát hai một, không tám, hai sáu không ba không một, không không một hai đã xong",
        ),
        (
            "Mã hồ sơ 000.00.08.H21-260301-0012",
            "Mã hồ sơ không không không, không không, không tám, hát hai một, hai sáu không ba không một, không không một hai",
        ),
        ("Mã DN4", "Mã dê nờ bốn"),
        ("mã thẻ DN4, HT2 và TE1", "mã thẻ dê nờ bốn, hát tê hai và tê e một"),
        ("thẻ BHYT DN4", "thẻ bảo hiểm y tế dê nờ bốn"),
        ("Mã KP3, ký hiệu P5", "Mã ca pê ba, ký hiệu pê, năm"),
        ("Cấp mã ở KP3", "Cấp mã ở khu phố ba"),
        ("Kênh VTV1, đội PC07", "Kênh vê tê vê một, đội pê xê không bảy"),
        ("ID 812 000 4455", "ai đi tám một hai, không không không, bốn bốn năm năm"),
    ],
)
def test_letters_and_figures_of_a_code_are_said_one_by_one(written, said):
    answer = normalise(written)
    assert (answer.text, answer.unknown) == (said, ())


@over(
    "written, asked",
    [
        ("Khu DN4 còn trống", ("DN4",)),
        ("lớp GV2", ("GV2",)),
        ("áp suất 2 bar", ("2 bar",)),
        ("Bơm 2,5 bar là đủ", ("2,5 bar",)),
    ],
)
def test_letters_that_sound_as_another_thing_are_asked_about(written, asked):
    assert normalise(written).unknown == asked


@over(
    "written, said",
    [
        ("vượt BĐ2 0,28 m", "vượt báo động hai, không phẩy hai mươi tám mét"),
        ("điểm NV1 32,5", "điểm nguyện vọng một, ba mươi hai phẩy năm"),
        ("RON95-III 20.150 đồng", "rôn chín mươi lăm ba, hai mươi nghìn một trăm năm mươi đồng"),
        ("Khu phố 3 12 ca", "Khu phố ba, mười hai ca"),
        ("dân số 20 000 người", "dân số hai mươi nghìn người"),
        ("Thứ 7 15/8", "Thứ bảy ngày mười lăm tháng tám"),
    ],
)
def test_two_numbers_that_only_a_space_parts_are_not_run_together(written, said):
    assert normalise(written).text == said
    assert normalise(said).text == said


@over(
    "written, said",
    [
        ("Lệ phí cấp thẻ là 30.000 - 50.000 đồng", "Lệ phí cấp thẻ là ba mươi nghìn đến năm mươi nghìn đồng"),
        ("lệ phí hộ chiếu 200.000 đến 400.000đ", "lệ phí hộ chiếu hai trăm nghìn đến bốn trăm nghìn đồng"),
        ("Mã số 2024-3000", "Mã số hai không hai bốn, ba không không không"),
    ],
)
def test_a_price_of_a_card_is_no_number_of_one(written, said):
    answer = normalise(written)
    assert (answer.text, answer.unknown) == (said, ())
