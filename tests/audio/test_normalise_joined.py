"""Signs that join figures, mark points of a list or stand for something else: said for what they are.

Each row was said as something else, and nobody was asked, before it was written here.
"""

from audio_assets.speech.normalise import normalise
from tests.rows import over


@over(
    "written, said",
    [
        (
            "Thanh toán 80%-95%-100% tùy mức",
            "Thanh toán tám mươi phần trăm, chín mươi lăm phần trăm, một trăm phần trăm tùy mức",
        ),
        ("Phạt 5-10-15%", "Phạt năm, mười, mười lăm phần trăm"),
        ("Thời gian: -7h họp", "Thời gian: bảy giờ họp"),
        ("Gồm: -3 hộ; -2 tổ", "Gồm: ba hộ; hai tổ"),
        ("Cúp điện khu 1-3", "Cúp điện khu một đến ba"),
        ("Phường Hòa Khánh: khu 1-3", "Phường Hòa Khánh: khu một đến ba"),
        ("Xã Toàn Thắng, đội 3-4 gặt", "Xã Toàn Thắng, đội ba đến bốn gặt"),
        ("Tháng 10-3 là mùa khô", "Tháng mười đến tháng ba là mùa khô"),
        ("Đầu mùa 35-45 nghìn", "Đầu mùa ba mươi lăm đến bốn mươi lăm nghìn"),
        ("Thửa 12-1 tờ 5", "Thửa mười hai, một tờ năm"),
        ("Cao 1m2-1m4", "Cao một mét hai đến một mét bốn"),
        ("Bãi P2, khu P1, P2", "Bãi pê hai, khu pê một, pê hai"),
        ("Hóa đơn T12/25", "Hóa đơn tháng mười hai năm hai nghìn không trăm hai mươi lăm"),
        (
            "Từ T1/26-T6/26",
            "Từ tháng một năm hai nghìn không trăm hai mươi sáu đến tháng sáu năm hai nghìn không trăm hai mươi sáu",
        ),
        ("Chấm 7-8/10 điểm", "Chấm bảy đến tám trên mười điểm"),
        ("Số 15-3", "Số mười lăm ba"),
        ("Đã thu 45tr/60tr", "Đã thu bốn mươi lăm triệu trên sáu mươi triệu"),
        ("Tàu 7h/9h/11h", "Tàu bảy giờ, chín giờ, mười một giờ"),
        ("Gói 10k/20k/50k", "Gói mười nghìn, hai mươi nghìn, năm mươi nghìn"),
        ("Pha 25ml thuốc/bình", "Pha hai mươi lăm mi li lít thuốc một bình"),
        ("2-3 dảnh/khóm", "hai đến ba dảnh một khóm"),
        ("Vé 50.000đ/NL", "Vé năm mươi nghìn đồng một nờ lờ"),
        ("Tăng ca x1.5", "Tăng ca nhân một phẩy năm"),
        ("Góp 1tr200k", "Góp một triệu hai trăm nghìn"),
        ("tần số 7903KHz", "tần số bảy nghìn chín trăm linh ba ki lô héc"),
        ("Ngày 1+15", "Ngày một, mười lăm"),
        ("Mỗi thứ 1 vỉ", "Mỗi thứ một vỉ"),
        ("6h sáng-6h tối", "sáu giờ sáng đến sáu giờ tối"),
        ("Từ 29 Tết-mùng 3", "Từ hai mươi chín Tết đến mùng ba"),
        ("Trẻ 12 - dưới 18 tuổi", "Trẻ mười hai đến dưới mười tám tuổi"),
        ("*Tổ 3* 8h *tổ 4* 9h", "Tổ ba tám giờ tổ bốn chín giờ"),
        ("Nồng độ 0,4mg/lít -> 8tr", "Nồng độ không phẩy bốn mi li gam một lít, tám triệu"),
        ("Nghỉ lễ 30/4,1/5", "Nghỉ lễ ba mươi tháng tư, một tháng năm"),
        ("trên BĐII 0,3m", "trên báo động hai không phẩy ba mét"),
        ("lớp 5B1-5B3", "lớp năm bê một đến năm bê ba"),
        ("gọi 115/0229.3871.115", "gọi một một năm, không hai hai chín, ba tám bảy một, một một năm"),
        ("chứng chỉ TH", "chứng chỉ tin học"),
        ("Lô LK-05 và LK-06", "Lô lờ ca không năm và lờ ca không sáu"),
        ("nội dung: 1/ sơ kết, 2/ bình xét", "nội dung: một, sơ kết, hai, bình xét"),
        ("Lô 3/5", "Lô ba trên năm"),
        ("≥ 2/3 đoàn viên", "lớn hơn hoặc bằng hai phần ba đoàn viên"),
        ("Điều 5.2", "Điều năm chấm hai"),
        ("Cửa 1m2 x 2m2", "Cửa một mét hai nhân hai mét hai"),
        ("có chỗ ngập 1m2", "có chỗ ngập một mét hai"),
        ("điểm a-d khoản 4", "điểm a đến dê khoản bốn"),
        ("Soạn: <dấu cách> mã", "Soạn: dấu cách, mã"),
        ("nhấn *101# hoặc 900", "nhấn sao một không một thăng hoặc chín không không"),
        ("1 triệu ha rừng", "một triệu héc ta rừng"),
        ("Từ 17h00 hôm trước-5h00 hôm sau", "Từ mười bảy giờ hôm trước đến năm giờ hôm sau"),
        ("Sáng 5-chiều 7/5", "Sáng năm đến chiều ngày bảy tháng năm"),
        (
            "8h T7 (6/6) - 17h CN (7/6)",
            "tám giờ thứ bảy, ngày sáu tháng sáu, đến mười bảy giờ chủ nhật, ngày bảy tháng sáu",
        ),
        ("Rằm T7, lương T13", "Rằm tháng bảy, lương tháng mười ba"),
        ("Hết 5/5 suất", "Hết năm trên năm suất"),
        (
            "Còn 1.250-1.238=12 phiếu",
            "Còn một nghìn hai trăm năm mươi trừ một nghìn hai trăm ba mươi tám bằng mười hai phiếu",
        ),
        ("Ủ (20+40)x15cm", "Ủ, hai mươi cộng bốn mươi, nhân mười lăm xăng ti mét"),
        ("Từ 16°-21°N", "Từ mười sáu độ đến hai mươi mốt độ vĩ Bắc"),
        (
            "Lúc 8.00-11.00 và 13.30-16.30",
            "Lúc tám giờ đến mười một giờ và từ mười ba giờ ba mươi phút đến mười sáu giờ ba mươi phút",
        ),
        (
            "7:30 – 11:30 / 13:00 – 16:30",
            "từ bảy giờ ba mươi phút đến mười một giờ ba mươi phút, từ mười ba giờ đến mười sáu giờ ba mươi phút",
        ),
        ("QL1A-QL10-QL45", "quốc lộ một a, quốc lộ mười, quốc lộ bốn mươi lăm"),
        ("Xe 5 tấn-8 tấn", "Xe năm tấn đến tám tấn"),
        ("Mục 2.1, 2.2", "Mục hai chấm một, hai chấm hai"),
        ("Tỉ lệ 1:2:4", "Tỉ lệ một, hai, bốn"),
        (
            "MBA 250kVA-35/0,4kV",
            "máy biến áp hai trăm năm mươi ki lô vôn am pe ba mươi lăm trên không phẩy bốn ki lô vôn",
        ),
        ("1- 5 hộ\n2- 7 hộ", "một, năm hộ. hai, bảy hộ"),
        ("1/ 5 hộ\n2/ 7 hộ", "một, năm hộ. hai, bảy hộ"),
        ("a/ 5 hộ", "a, năm hộ"),
        ("-50.000đ\n-70.000đ", "năm mươi nghìn đồng. bảy mươi nghìn đồng"),
        ("-5 hộ\n-7 hộ", "năm hộ. bảy hộ"),
        ("8h (sáng)/14h (chiều)", "tám giờ, sáng, mười bốn giờ, chiều"),
        (
            "Đọc số: 1289-1234 = 55m3",
            "Đọc số: một nghìn hai trăm tám mươi chín trừ một nghìn hai trăm ba mươi tư bằng năm mươi lăm mét khối",
        ),
        ("mắt 10/10-10/10", "mắt mười trên mười, mười trên mười"),
        ("nhảy xa 4m2", "nhảy xa bốn mét hai"),
        ("ván 2: 0,5-0,5", "ván hai: không phẩy năm không phẩy năm"),
        ("Bậc 1/7-7/7", "Bậc một trên bảy, bảy trên bảy"),
    ],
)
def test_what_is_joined_or_marked_is_said_for_what_it_is(written, said):
    assert normalise(written).text == said
