"""No reading is a silent guess: a rule decides by what has one meaning, or its doubt is reported."""

from audio_assets.speech.normalise import RULES, normalise
from audio_assets.speech.normalise_doubt import CERTAIN, DOUBTFUL
from audio_assets.speech.normalise_rule import Rule
from tests.audio import corpus
from tests.rows import over

MOST_NEEDLESS = 7.0
"""Per cent of the open sentences that are said right and asked about all the same."""


def test_every_rule_is_certain_or_has_a_test_of_its_doubts():
    names = {step.name for step in RULES if isinstance(step, Rule)} | {"lexicon", "meaning", "heading"}
    assert names == CERTAIN | set(DOUBTFUL)
    assert not CERTAIN & set(DOUBTFUL)


@over(
    "written, asked",
    [
        ("Ghi vào ô: 1/7.", "1/7"),
        ("Hàng về 05.12 nhé bà con", "05.12"),
        ("Gói 1205 chưa bán", "1205"),
        ("Bảng ghi 5-6 rồi thôi: 04-12", "04-12"),
        ("Điểm BI tăng cao", "BI"),
        ("Tài khoản OA của phường", "OA"),
        ("Mua 10A dùng được", "10A"),
        ("Dùng TBX225 nhé", "TBX225"),
        ("mời bà con ra k trước 7h", "k"),
        ("Hai bên 3-1 hôm qua", "3-1"),
        ("Làm theo 3:4 là được", "3:4"),
        ("Tổ mua 5/A rồi", "/"),
        ("Xem #nongthon", "#"),
        ("Khu VI nghỉ, còn VI mở", "VI"),
        ("gặp a Tuấn nhé", "a"),
        ("Van DN200 đã khóa", "DN200"),
        ("Nhập theo TP/HT nhé", "/"),
        ("Nghỉ từ 9g", "9g"),
        ("Số lạ +84 28 gọi", "+"),
        ("Gửi K15 nhé", "K15"),
        ("Xem H. Anh hát", "H."),
        ("thắng 21:15 hôm qua", "21:15"),
        ("Xong 113 rồi", "113"),
        ("phòng số 123 456 789", "123"),
        ("Bán 12345 rồi", "12345"),
        ("Về quê 8/3 nhé", "8/3"),
        ("ngõ 4, 6, 8/1", "8/1"),
        ("họp 5/12 - 14h", "-"),
        ("Ghi 14a30 nhé", "14a30"),
        ("Số ĐT là 12", "ĐT"),
        ("CT số 5 xong rồi", "CT"),
        ("Xem Q. 3 để biết thêm", "Q."),
        ("Gặp P. Hạnh để nhận giấy", "P."),
        ("Kết quả có vào T6.", "T6"),
        ("Tổ 3 - 5 hộ nhận quà", "3 - 5"),
        ("Dùng 20Nm nhé", "20Nm"),
        ("Theo k3 nhé", "k3"),
        ("Trẻ 18-<24 tháng", "-"),
        ("Số 115 đã gọi", "115"),
        ("Ghi 5-6 rồi thôi", "5-6"),
        ("Bà con chạy 5k sáng nay", "5k"),
        ("Trường C2 nghỉ học", "C2"),
        ("Theo Đ6 là đủ", "Đ6"),
        ("Phiếu số 5/6 thu chiều nay", "5/6"),
        ("Anh I nói", "I"),
        ("Khu đất 1.125 ha sát chợ", "1.125 ha"),
        ("Tấm bạt dưới 1m2 thì bỏ", "1m2"),
        ("Ghi 8-10g nhé", "8-10g"),
        ("Chiều mai có đoàn GS về", "GS"),
        ("Gửi lên ban CĐ rồi", "CĐ"),
        ("Xem lại PV nhé", "PV"),
        ("đ/c nhận tại phòng họp", "đ/c"),
        ("Thu đợt 3/4 nhé", "3/4"),
        ("Ghi a ∑ b", "∑"),
        ("Bài tập (+) rồi nghỉ", "(+)"),
        ("Hai chai; 1:10 là vừa", "1:10"),
        ("Lớp 1/1–1/5; 6/2 học chiều", "1/5"),
        ("Lễ phát động 3/5 tổ chức ở sân vận động.", "3/5"),
        ("Thu tiền điện 5/8 tổ 3.", "5/8"),
        ("Bà con chú ý 5/6 phòng khám nghỉ.", "5/6"),
        ("Giao hữu lúc 19g ngày 07/3, 10/12 chi hội dự.", "10/12"),
        ("Mất điện 25/7 Lê Lợi do nổ trạm.", "25/7"),
        ("Đợt 2/3 tổ chức tại nhà văn hóa.", "2/3"),
        ("Nhóm 8/3 tập văn nghệ.", "8/3"),
        ("Ngày 12/13 tháng 3.", "12/13"),
        ("Quý 1/26 đã xong.", "1/26"),
        ("Trực 24/24, nghỉ bù 24/7.", "24/7"),
        ("Nghỉ ngày 2-3.", "2-3"),
        ("Tối 5-6 mất điện.", "5-6"),
        ("Nghỉ từ 10-12.", "10-12"),
        ("Ngoài trời 7.30-11.30", "7.30-11.30"),
        ("T2 nghỉ Tết.", "T2"),
        ("Gọi 0905***123.", "0905***123"),
        ("Số 098*.***.123 gọi lừa đảo.", "098*.***.123"),
        ("sn 85 nhé", "sn"),
        ("BV Hải trực cổng.", "BV"),
        ("TP Nguyễn Văn Hải ký.", "TP"),
        ("TT Anh ngữ Sao Mai tuyển sinh.", "TT"),
        ("TH Nguyễn Văn Bé đã khỏi.", "TH"),
        ("GĐ 2 người nhận quà.", "GĐ"),
        ("KP 20 triệu đã chi.", "KP"),
        ("TL 20kg mỗi bao.", "TL"),
        ("ĐH 3 chi hội xong.", "ĐH"),
        ("H. Nam ủng hộ 500k.", "H."),
        ("Đội I gặp đội V.", "V"),
        ("Lớp 5 V học chiều.", "5 V"),
        ("Xe tải 2T5.", "2T5"),
        ("Nhà 3 tầng, 4PN nhé", "4PN"),
        ("Thứ 2/3 họp dân.", "2/3"),
        ("28-2 đến 2-3.", "2-3"),
        ("Nộp 4/6.", "4/6"),
        ("Quá 5/6 không nhận.", "5/6"),
        ("Có 3/5 thì nghỉ.", "3/5"),
        ("TH Nguyễn Văn A đã khỏi.", "TH"),
        ("Tổ trưởng: ô Hải", "ô"),
        ('Ống 2" bị vỡ.', '2"'),
        ("Trẻ 9-12m tiêm sởi.", "9-12m"),
        ("Nhận hồ sơ từ 2-6 hằng tuần.", "2-6"),
        ("Phường có 3-4/6 chi hội.", "4/6"),
        ("Tháng 5/6 mưa nhiều.", "5/6"),
        ("Có quà NĐ nhé", "NĐ"),
        ("100k/bg xong", "bg"),
        ("lớp 5A+ nghỉ", "5A+"),
        ("Nhận hàng A- hôm nay", "A-"),
        ("Nhóm máu O - liên hệ trạm", "O -"),
        ("1.000+ rồi", "1.000+"),
        ("gọi 0912*345", "0912*345"),
        ("chị Nguyễn Thị H*** ở tổ 2", "H***"),
        ("giá* chưa gồm ship", "giá*"),
        ("**Tin:** chị Nguyễn Thị H*** ở tổ 2", "H***"),
        ("**Tin mới\n\nchị Nguyễn Thị H** ở tổ 2", "H**"),
        ('Ống 2" và ống 3" bị vỡ.', '3"'),
        ("tăng trưởng (- 5%)", "-"),
        ("- 5°C đêm nay", "- 5°"),
        ("giá 100₩", "₩"),
        ("❌ Đốt rác ngoài đường", "❌"),
        ("Giá vàng 🔻5%", "🔻"),
        ("Dùng 24\\7 nhé", "\\"),
        ("Số ghế 29c", "29c"),
        ("chung cư 5T mới xây", "5T"),
        ("Ngày 1/2 lương được trả", "1/2"),
        ("(a Hải) trực", "a"),
        ("ở trẻ \uf0b3 18 tuổi", "\N{REPLACEMENT CHARACTER}"),
        ("nhiệt độ 38\uf0b0C", "\N{REPLACEMENT CHARACTER}"),
        ("Gi\N{REPLACEMENT CHARACTER} vé", "\N{REPLACEMENT CHARACTER}"),
        ("ngày 5/9 hoặc 3/4 hộ", "3/4"),
        ("Chuẩn bị: -5 bộ bàn ghế", "-5"),
        ("Số lượng: -20 người", "-20"),
        ("Giảm giá: 50k>40k", ">"),
        ("Cấm 22h>5h", ">"),
        ("Tổ 1>tổ 4", ">"),
        ("~~7h~~ 8h họp", "~~"),
        ("Tổ 1.3 hộ chưa nộp", "1.3"),
        ("Tháng 5: 12 ca, T6: 15 ca", "T6"),
        ("60% (T4)", "T4"),
        ("T4/26 tăng", "T4/26"),
        ("Trực: M4,5", "M4,5"),
        ("Số thẻ 9704 **** **** 1234", "****"),
        ("Ô có dấu (*) là bắt buộc", "*"),
        ("gạch x15b", "x15b"),
        ("Số nhà 30-6", "30-6"),
        ("* Lưu ý 1*: mang thẻ", "1*"),
        ("-20% hộ nghèo", "-20%"),
        ("Cách ly; (-) về", "(-)"),
        ("50...60 người", "..."),
        ("Đánh giá: ★★★★☆", "★"),
        ("TB 1/4 khám", "TB"),
        ("5 chậu hoa/đoạn đường", "/"),
        ("Mỗi hộ 1 ng.", "ng"),
    ],
)
def test_what_may_mean_something_else_is_asked_about(written, asked):
    assert asked in " ".join(normalise(written).unknown)


@over(
    "written",
    [
        "**ỦY BAN NHÂN DÂN\nTHỊ XÃ BỈM SƠN**", "**Vĩnh *Phúc***", "“Gọi đường dây nóng khi cần:\n02373776559”",
        f"“Tăng cường {'phòng bệnh, ' * 40} COVID-19”.", "thương binh 1/4, 2/4", "vàng 1.500 cây", "uống 1 gói/200ml nước", "mỗi đội 30 bánh/60 phút", "lớp 10A, 10B",
        "chung cư CT1, CT3", "từ 05.12", "tỷ số 3-1", "tỷ lệ 3:4", "tổ 5-6", "VI PHẠM", "a) họp; b) bầu tổ phó",
        "các đ/c: A, B", "điểm TBM từ 7.0", "gửi từ 5 đến 7 giờ", "Nguyễn Văn H bị bắt", "khối A, B, D", "-5°C",
        "9g sáng", "khách sạn 4*", "UBND H. Hà Trung", "đội PC07", "học viên khóa K15", "113 người", "cân 5g vàng",
        "Lịch đấu: KP1 - KP5", "lúc 20h 31/12", "họp 8/3", "tổ 3 250 hộ", "Giỗ Tổ 10/3 ÂL", "CT số 46-CT/TW", "ĐT: 0237 376 1666",
        "P.5, Q. 3, TP.HCM", "tại nhà văn hóa 6/6 thôn", "3/5 trường đạt chuẩn", "có 3/5 trường", "phục vụ 24/7", "ngày 8-3",
        "từ 5-7 người", "TP Thanh Hóa", "sn 12 ngõ 5", "SN 102A", "bệnh nhân L.V.T, nam", "giải A, giải B 2 triệu", "giống lúa Thái Xuyên 111",
        "KP 5, KP 1,3", "mục V của quy chế", "trên ĐH 3", "xe Honda, xe Yamaha", "máu O+, A-, Rh-", "*Lưu ý*: họp", "=> đề nghị",
        "A- Quy định chung", "giá 5% (*)", "Ngày 7/3 và 8/3", "xe đạp mini",
        "trụ 12-25", "mở 2/3 cửa van", "(GTGT 1% + TNCN 0,5%)", "Lịch: 20/8 (KP1), 8/9 (KP2)", "ngày 5/9 hoặc 8/9", "\uf0a7 Mời họp", "yếu tố Rh dương",
    ],
)  # fmt: skip
def test_what_its_neighbours_decide_is_not_asked_about(written):
    assert normalise(written).unknown == ()


@over(
    "written, said",
    [
        ("22h 5/12 - 4h 6/12", "hai mươi hai giờ ngày năm tháng mười hai đến bốn giờ ngày sáu tháng mười hai"),
        ("29 tháng Chạp - mùng 5 tháng Giêng", "hai mươi chín tháng Chạp đến mùng năm tháng Giêng"),
        ("8h sáng - 5h chiều", "tám giờ sáng đến năm giờ chiều"),
        ("sâu 0,8→1,4m", "sâu không phẩy tám đến một phẩy bốn mét"),
        ("3,2 triệu đồng/mắt", "ba phẩy hai triệu đồng một mắt"),
        ("3,5 m/làn", "ba phẩy năm mét một làn"),
        ("7h30,14h30", "bảy giờ ba mươi phút, mười bốn giờ ba mươi phút"),
        ("Km0+000", "ki lô mét không cộng không"),
        ("60V-20Ah", "sáu mươi vôn, hai mươi am pe giờ"),
        ("500m-1km", "năm trăm mét đến một ki lô mét"),
        ("Trạm 2 - 400kVA", "Trạm hai, bốn trăm ki lô vôn am pe"),
        ("Kết quả: 25-20, 18-25", "Kết quả: hai mươi lăm, hai mươi, mười tám, hai mươi lăm"),
        ("mạng 4G/5G", "mạng bốn gờ, năm gờ"),
        ("tỷ lệ nước/xi măng", "tỷ lệ nước trên xi măng"),
        ("từ Km 0 -> Km 12", "từ ki lô mét không đến ki lô mét mười hai"),
        ("KP1 → KP3", "khu phố một đến khu phố ba"),
    ],
)
def test_a_sign_between_two_figures_is_said_for_what_it_joins(written, said):
    assert normalise(written).text == said


@over(
    "written, said",
    [
        ("đồng Cồn Giữa: T2 và T5", "đồng Cồn Giữa: thứ hai và thứ năm"),
        ("thông qua 9/9 nghị quyết", "thông qua chín trên chín nghị quyết"),
        ("hôm qua 9/9", "hôm qua ngày chín tháng chín"),
        ("Lớp 5/1 và 5/2", "Lớp năm trên một và năm trên hai"),
        ("Thứ 2-4-6 học", "Thứ hai, thứ tư, thứ sáu học"),
        ("sn 12/3/1980", "sinh ngày mười hai tháng ba năm một nghìn chín trăm tám mươi"),
        ("cao 1m2, đất 100m2", "cao một mét hai, đất một trăm mét vuông"),
        ("2 tiết/tuần/môn", "hai tiết một tuần một môn"),
        ("nhà số 5/6", "nhà số năm trên sáu"),
        ("phân DAP 18-46", "phân dê a pê mười tám, bốn mươi sáu"),
        ("mạch 80l/p", "mạch tám mươi lần một phút"),
        ("ngã 4", "ngã tư"),
        ("tối 1/2 viên", "tối một phần hai viên"),
        ("lớp 10 a. Hôm nay nghỉ", "lớp mười a. Hôm nay nghỉ"),
        ("gặp a. Hùng", "gặp anh Hùng"),
        ("số 115: cấp cứu", "số một một năm: cấp cứu"),
        ("báo về 1022", "báo về một không hai hai"),
        ("xe 36A - 1234", "xe ba mươi sáu a, một hai ba bốn"),
        ("lộ 373, quốc lộ 217", "lộ ba bảy ba, quốc lộ hai trăm mười bảy"),
        ("Học từ thứ 2-6.", "Học từ thứ hai đến thứ sáu."),
        ("các ngày 2, 4, 6 hằng tuần", "các ngày hai, tư, sáu hằng tuần"),
        ("Nghỉ ngày 12,13.", "Nghỉ ngày mười hai, mười ba."),
        ("mỗi ngày 1,5 lít", "mỗi ngày một phẩy năm lít"),
        ("Năm 2025,2026", "Năm hai nghìn không trăm hai mươi lăm, hai nghìn không trăm hai mươi sáu"),
        ("ở 15/4 Trần Phú", "ở mười lăm trên bốn Trần Phú"),
        ("họp lúc 7.30", "họp lúc bảy giờ ba mươi phút"),
        ("8.00 ngày 5.3", "tám giờ ngày năm tháng ba"),
        ("tháng 3/26", "tháng ba năm hai nghìn không trăm hai mươi sáu"),
        ("hạn 12.3.26", "hạn ngày mười hai tháng ba năm hai nghìn không trăm hai mươi sáu"),
        ("Mã PA-0512-334", "Mã pê a, không năm một hai, ba ba bốn"),
        ("nhắn tin tới đầu số 156 hoặc 5656", "nhắn tin tới đầu số một năm sáu hoặc năm sáu năm sáu"),
        ("gọi TX Mai Linh", "gọi tắc xi Mai Linh"),
        ("Lệ phí 200k/VĐV", "Lệ phí hai trăm nghìn một vận động viên"),
        ("số 12k/TB", "số mười hai ca, thông báo"),
        ("Ngâm 2-3h, họp 8-10h", "Ngâm hai đến ba giờ, họp từ tám giờ đến mười giờ"),
        ("tết NĐ", "tết nguyên đán"),
        ("nhà ô. Sáu, gặp b. Lan", "nhà ông Sáu, gặp bà Lan"),
        (
            "MN Hoa Sen, TH Nguyễn Bá Ngọc, THCS Lê Lợi",
            "mầm non Hoa Sen, tiểu học Nguyễn Bá Ngọc, trung học cơ sở Lê Lợi",
        ),
        (
            "gọi 0912-345-678/0987-654-321",
            "gọi không chín một hai, ba bốn năm, sáu bảy tám, không chín tám bảy, sáu năm bốn, ba hai một",
        ),
        ("Ngày 28 tháng 2 - 2 tháng 3", "Ngày hai mươi tám tháng hai đến ngày hai tháng ba"),
        ("Thứ 2,3/3 họp", "Thứ hai, ngày ba tháng ba họp"),
        ("T2,3/3 nghỉ", "thứ hai, ngày ba tháng ba nghỉ"),
        ("Cao 1m50-1m70", "Cao một mét năm mươi đến một mét bảy mươi"),
        ("Dài 2m-2m5", "Dài hai mét đến hai mét năm"),
        ("Giá 1tr2-1tr5", "Giá một triệu hai trăm nghìn đến một triệu năm trăm nghìn"),
        ("Km 12-15", "ki lô mét mười hai đến mười lăm"),
        ("lớp 9A1-9A5", "lớp chín a một đến chín a năm"),
        ("Quý 1-2/2026", "Quý một đến quý hai năm hai nghìn không trăm hai mươi sáu"),
        ("TT 05/2026", "thông tư năm, năm hai nghìn không trăm hai mươi sáu"),
        ("4/ 8h: họp", "bốn, tám giờ: họp"),
        ("hội ND, loa TT", "hội nông dân, loa truyền thanh"),
        ("QL.217B, QL. 1A, TL.5", "quốc lộ hai trăm mười bảy bê, quốc lộ một a, tỉnh lộ năm"),
        ("cấp cháy V, cấp IV", "cấp cháy năm, cấp bốn"),
        ("UBND P. Tân Phong", "ủy ban nhân dân phường Tân Phong"),
        (
            "0961.440.552 (ô Bình)",
            "không chín sáu một, bốn bốn không, năm năm hai, ông Bình",
        ),
        (
            "0961.440.552 (C. Lan)",
            "không chín sáu một, bốn bốn không, năm năm hai, chị Lan",
        ),
        (
            "gặp c Lan: 0961.440.552",
            "gặp chị Lan: không chín sáu một, bốn bốn không, năm năm hai",
        ),
    ],
)
def test_a_word_tells_only_where_it_is_that_word(written, said):
    assert normalise(written).text == said


@over(
    "written, said",
    [
        ("nhóm máu Rh-, O+", "nhóm máu rờ hát âm, o dương"),
        ("nhóm máu A-", "nhóm máu a âm"),
        ("truyền hồng cầu O-, O rh-", "truyền hồng cầu o âm, o rờ hát âm"),
        ("nhóm máu A, B, O+", "nhóm máu A, bê, o dương"),
        ("nhóm A- và B-", "nhóm a âm và bê âm"),
        ("Nhóm máu AB (-), O Rh(D)+", "Nhóm máu a bê âm, o rờ hát dương"),
        ("xếp loại A-, B+", "xếp loại a trừ, bê cộng"),
        ("sai số +/-5%, ∼50, ≃50", "sai số cộng trừ năm phần trăm, khoảng năm mươi, khoảng năm mươi"),
        ("lạnh -2~-5°C", "lạnh âm hai đến âm năm độ xê"),
        ("OCOP 4★, khách sạn 5⭐", "ô cốp bốn sao, khách sạn năm sao"),
        ("=> đề nghị", "đề nghị"),
        ("đến 20/8, 3/4 số hộ đã nộp", "đến ngày hai mươi tháng tám, ba phần tư số hộ đã nộp"),
        ("15°C ÷ 20°C", "mười lăm đến hai mươi độ xê"),
        ("5%o, 10°/oo", "năm phần nghìn, mười phần nghìn"),
        ("Họp chiều 5/9 + 8/9", "Họp chiều ngày năm tháng chín và tám tháng chín"),
        (
            "20/8 (đợt 1) và 8/9 (đợt 2)",
            "ngày hai mươi tháng tám, đợt một, và ngày tám tháng chín, đợt hai",
        ),
    ],
)
def test_a_sign_that_a_word_carries_is_heard(written, said):
    assert normalise(written).text == said


def test_the_open_sentences_hold_no_silent_mistake():
    rows = corpus.sentences()
    wrong = corpus.wrong(rows)
    assert [row["id"] for row in rows if row["id"] in wrong and not normalise(row["written"]).unknown] == []


def test_few_open_sentences_are_asked_about_for_nothing():
    rows = corpus.sentences()
    wrong = corpus.wrong(rows)
    needless = [row["id"] for row in rows if row["id"] not in wrong and normalise(row["written"]).unknown]
    assert 100 * len(needless) / len(rows) <= MOST_NEEDLESS
