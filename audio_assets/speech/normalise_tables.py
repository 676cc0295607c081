"""Tables of the reading rules: labels of web addresses, abbreviations of document symbols, units of measure.

The same rows of `written = said` as the shipped word list; unlike it they hold only in their own place, so a ward
does not edit them.
"""

import re
from typing import Final

from audio_assets.speech.normalise_words import rows

LABELS: Final = dict(
    rows("""
dichvucong = dịch vụ công | dvc = dê vê xê | thanhhoa = thanh hóa | hanoi = hà nội | baohiemxahoi = bảo hiểm xã hội
thuedientu = thuế điện tử | moh = mờ o hát | tphcm = tê pê hát xê mờ | hochiminhcity = hồ chí minh xi ti
chinhphu = chính phủ | bocongan = bộ công an
hue = huế | thuathienhue = thừa thiên huế | angiang = an giang | vungtau = vũng tàu | brvt = bê rờ vê tê
baria = bà rịa | bacgiang = bắc giang | backan = bắc cạn | baclieu = bạc liêu | bacninh = bắc ninh | bentre = bến tre
binhdinh = bình định | binhduong = bình dương | binhphuoc = bình phước | binhthuan = bình thuận | camau = cà mau
cantho = cần thơ | caobang = cao bằng | danang = đà nẵng | daklak = đắc lắc | daknong = đắc nông | dienbien = điện biên
dongnai = đồng nai | dongthap = đồng tháp | gialai = gia lai | hagiang = hà giang | hanam = hà nam | hatinh = hà tĩnh
haiduong = hải dương | haiphong = hải phòng | haugiang = hậu giang | hoabinh = hòa bình | hungyen = hưng yên
khanhhoa = khánh hòa | kiengiang = kiên giang | kontum = công tum | laichau = lai châu | lamdong = lâm đồng
langson = lạng sơn | laocai = lào cai | longan = long an | namdinh = nam định | nghean = nghệ an | ninhbinh = ninh bình
ninhthuan = ninh thuận | phutho = phú thọ | phuyen = phú yên | quangbinh = quảng bình | quangnam = quảng nam
quangngai = quảng ngãi | quangninh = quảng ninh | quangtri = quảng trị | soctrang = sóc trăng | sonla = sơn la
tayninh = tây ninh | thaibinh = thái bình | thainguyen = thái nguyên | tiengiang = tiền giang | travinh = trà vinh
tuyenquang = tuyên quang | vinhlong = vĩnh long | vinhphuc = vĩnh phúc | yenbai = yên bái | hochiminh = hồ chí minh
tphue = thành phố huế | khaibaoyte = khai báo y tế | suckhoetoandan = sức khỏe toàn dân
tiemchungcovid = tiêm chủng cô vít | tiemchung = tiêm chủng | congan = công an | cutru = cư trú
dancuquocgia = dân cư quốc gia | luatvietnam = luật việt nam
bimson = bỉm sơn | vietnam = việt nam | phuong = phường | ubnd = u bê nờ dê | ubndphuong = u bê nờ dê phường | xa = xã
gmail = gi meo | facebook = phây búc | zalo = da lô | youtube = diu túp | google = gu gồ | yahoo = da hu | me = mi
vneid = vi nét ai đi | bit = bít | forms = phom | docs = đốc | drive = đờ rai | tiktok = tích tốc | play = pờ lây
store = sờ to | vanphong = văn phòng | benhvien = bệnh viện | tramyte = trạm y tế | tuphap = tư pháp | hotich = hộ tịch
diachinh = địa chính | motcua = một cửa | doanthanhnien = đoàn thanh niên | thongbao = thông báo | baocao = báo cáo
truong = trường | thuvien = thư viện | giaoduc = giáo dục | mamnon = mầm non | tieuhoc = tiểu học | daotao = đào tạo
hanhchinhcong = hành chính công | tthc = tê tê hát xê | sangkien = sáng kiến | nongnghiep = nông nghiệp
xaydung = xây dựng | yte = y tế | syt = ét y tê | thuviendientu = thư viện điện tử | thue = thuế | bhxh = bê hát ích hát
hopthu = hộp thư | quocphong = quốc phòng | nghiavuquansu = nghĩa vụ quân sự | tintuc = tin tức | lienhe = liên hệ
vanhoa = văn hóa | dulich = du lịch | doanhnghiep = doanh nghiệp | nguoidan = người dân | capnuoc = cấp nước
dienluc = điện lực | datdai = đất đai | quyhoach = quy hoạch | bando = bản đồ | luat = luật | baucu = bầu cử
binhdanhocvuso = bình dân học vụ số | chuyendoiso = chuyển đổi số | dichvu = dịch vụ | hotro = hỗ trợ
nhansu = nhân sự | tochuc = tổ chức | donthu = đơn thư | tiepdan = tiếp dân | phananh = phản ánh | hoso = hồ sơ
top = tóp | vip = víp | shop = sốp | site = xai | club = cờ lúp
evn = e vê nờ | online = on lai | tuyensinh = tuyển sinh | thi = thi | baochinhphu = báo chính phủ
vanban = văn bản | thongtin = thông tin | tracuu = tra cứu | dangky = đăng ký | kekhai = kê khai | vieclam = việc làm
phongchay = phòng cháy | com = com | net = nét | bacson = bắc sơn
""")
)
"""Labels of addresses that everybody in a ward has heard; others are cut into syllables, or spelt."""

CODES: Final = dict(
    rows("""
CT = chỉ thị | QĐ = quyết định | NQ = nghị quyết | NĐ = nghị định | TT = thông tư | KH = kế hoạch | TB = thông báo
BC = báo cáo | CV = công văn | TTr = tờ trình | TTR = tờ trình | HD = hướng dẫn | GM = giấy mời | CĐ = công điện
PA = phương án | ĐA = đề án | CTr = chương trình | CTR = chương trình | KL = kết luận | QC = quy chế | QyĐ = quy định
BB = biên bản | HĐ = hợp đồng | TTLT = thông tư liên tịch | VBHN = văn bản hợp nhất | PL = pháp lệnh | CP = chính phủ
TTg = thủ tướng chính phủ | TTG = thủ tướng chính phủ | QH = quốc hội khóa | UBTVQH = ủy ban thường vụ quốc hội khóa
CTN = chủ tịch nước | TW = trung ương | TƯ = trung ương | TU = tỉnh ủy | ĐU = đảng ủy | HU = huyện ủy | ThU = thành ủy
BTGTU = ban tuyên giáo tỉnh ủy | BYT = bộ y tế | BTC = bộ tài chính | BNV = bộ nội vụ | BCA = bộ công an
BCT = bộ công thương | BXD = bộ xây dựng | BTP = bộ tư pháp | BQP = bộ quốc phòng | BKHĐT = bộ kế hoạch và đầu tư
BKHCN = bộ khoa học và công nghệ | BGDĐT = bộ giáo dục và đào tạo | BGTVT = bộ giao thông vận tải
BTNMT = bộ tài nguyên và môi trường | BNNMT = bộ nông nghiệp và môi trường | BVHTTDL = bộ văn hóa, thể thao và du lịch
BVHTT = bộ văn hóa thông tin | HSB = hát ét bê
BNNPTNT = bộ nông nghiệp và phát triển nông thôn | BLĐTBXH = bộ lao động, thương binh và xã hội
BTTTT = bộ thông tin truyền thông | STTTT = sở thông tin truyền thông | SYT = sở y tế | STC = sở tài chính
SNV = sở nội vụ | SXD = sở xây dựng | SGDĐT = sở giáo dục và đào tạo | SCT = sở công thương
SNNMT = sở nông nghiệp và môi trường | SVHTTDL = sở văn hóa, thể thao và du lịch | SKHCN = sở khoa học và công nghệ
BCXB = báo chí xuất bản | VP = văn phòng | VPCP = văn phòng chính phủ | VX = văn xã | KGVX = khoa giáo văn xã
YT = y tế | NV = nội vụ | TP = tư pháp | KT = kinh tế | TCKH = tài chính kế hoạch | QLĐT = quản lý đô thị
TNMT = tài nguyên môi trường | ĐC = địa chính | NN = nông nghiệp | CN = công nghiệp | XD = xây dựng
GDĐT = giáo dục và đào tạo | LĐTBXH = lao động, thương binh và xã hội | TTPVHCC = trung tâm phục vụ hành chính công
KTHTĐT = kinh tế, hạ tầng và đô thị | CAP = công an phường | CAX = công an xã | CAT = công an tỉnh
CAH = công an huyện | CATP = công an thành phố | BCH = ban chỉ huy | PCTT = phòng chống thiên tai
BCHQS = ban chỉ huy quân sự | TTYT = trung tâm y tế | TYT = trạm y tế | ĐTN = đoàn thanh niên | TCT = tổng cục thuế
CCT = chi cục thuế | TTPCTT = trung tâm phòng chống thiên tai | BTGDV = ban tuyên giáo và dân vận
ĐTT = đài truyền thanh | DP = dự phòng | KCB = khám chữa bệnh | BCVT = bưu chính viễn thông
VPQH = văn phòng quốc hội | VPCTN = văn phòng chủ tịch nước | ĐĐBQH = đoàn đại biểu quốc hội
TTCP = thanh tra chính phủ | BNG = bộ ngoại giao | BDTTG = bộ dân tộc và tôn giáo | UBDT = ủy ban dân tộc
NHNN = ngân hàng nhà nước | KTNN = kiểm toán nhà nước | TANDTC = tòa án nhân dân tối cao
VKSNDTC = viện kiểm sát nhân dân tối cao | GXN = giấy xác nhận | GP = giấy phép | NC = nội chính | TH = tổng hợp
TCCB = tổ chức cán bộ | KSTT = kiểm soát thủ tục | KSTTHC = kiểm soát thủ tục hành chính | HKL = hạt kiểm lâm
NVY = nghiệp vụ y | KSDB = kiểm soát dịch bệnh | TTBCXB = thông tin, báo chí, xuất bản | TTBC = thông tin báo chí
KSBT = kiểm soát bệnh tật | TTKSBT = trung tâm kiểm soát bệnh tật | TTGDSK = truyền thông giáo dục sức khỏe
BNN = bộ nông nghiệp | TY = thú y | SGTVT = sở giao thông vận tải | KTHT = kinh tế hạ tầng
GDTrH = giáo dục trung học | GDTH = giáo dục tiểu học | GDMN = giáo dục mầm non | QLCL = quản lý chất lượng
CSĐT = cảnh sát điều tra | PCLB = phòng chống lụt bão | PTDS = phòng thủ dân sự | MTTW = mặt trận trung ương
TTTH = truyền thanh truyền hình | VHTT = văn hóa thông tin | BVTV = bảo vệ thực vật | QLDA = quản lý dự án
ĐĐ = đê điều | TL = thủy lợi | UBBC = ủy ban bầu cử | HĐBCQG = hội đồng bầu cử quốc gia | HĐXX = hội đồng xét xử
BTĐKT = ban thi đua khen thưởng
BTGDVTW = ban tuyên giáo và dân vận trung ương | STP = sở tư pháp
PBGDPL = phổ biến giáo dục pháp luật | ĐL = điện lực | ĐK = đăng ký
""")
)
"""Abbreviations that mean this inside a document symbol, whatever they mean elsewhere."""

UNITS: Final = dict(
    rows("""
% = phần trăm | ‰ = phần nghìn | đ = đồng | Đ = đồng | ₫ = đồng | vnđ = đồng | vnd = đồng | VNĐ = đồng | VND = đồng
k = nghìn | K = nghìn | tr = triệu | trđ = triệu đồng | tr.đ = triệu đồng | tr.đồng = triệu đồng | Tr.đ = triệu đồng
tr. đ = triệu đồng | tr. đồng = triệu đồng | tr đ = triệu đồng
tỷđ = tỷ đồng | $ = đô la | € = ơ rô | £ = bảng Anh | ¥ = yên
km = ki lô mét | Km = ki lô mét | KM = ki lô mét | m = mét | dm = đề xi mét
cm = xăng ti mét | mm = mi li mét | μm = mi cờ rô mét | nm = na nô mét | m² = mét vuông | m2 = mét vuông
M2 = mét vuông | km² = ki lô mét vuông | km2 = ki lô mét vuông | cm² = xăng ti mét vuông | cm2 = xăng ti mét vuông
m³ = mét khối | m3 = mét khối | M3 = mét khối | cm³ = xăng ti mét khối | cm3 = xăng ti mét khối | ha = héc ta
Ha = héc ta | kg = ki lô gam | Kg = ki lô gam | KG = ki lô gam | g = gam | gr = gam | mg = mi li gam
μg = mi cờ rô gam | mcg = mi cờ rô gam | l = lít | L = lít | ml = mi li lít | mL = mi li lít | ML = mi li lít
cc = xê xê | lit = lít | °C = độ xê | °c = độ xê | ° C = độ xê | °F = độ ép | °N = độ vĩ Bắc | °B = độ vĩ Bắc
°S = độ vĩ Nam | °E = độ kinh Đông | °Đ = độ kinh Đông | °W = độ kinh Tây | mm3 = mi li mét khối
mm³ = mi li mét khối | mm2 = mi li mét vuông | mm² = mi li mét vuông | ° = độ | oC = độ xê | 0C = độ xê
kW = ki lô oát | KW = ki lô oát | kw = ki lô oát | kWh = ki lô oát giờ | KWh = ki lô oát giờ | kwh = ki lô oát giờ
KWH = ki lô oát giờ | MW = mê ga oát | MWh = mê ga oát giờ | W = oát | V = vôn | kV = ki lô vôn | KV = ki lô vôn
kv = ki lô vôn | kVA = ki lô vôn am pe | KVA = ki lô vôn am pe | Hz = héc | kHz = ki lô héc | MHz = mê ga héc
KHz = ki lô héc | MPa = mê ga pát can
kPa = ki lô pát can | USD = đô la Mỹ | GHz = gi ga héc | dB = đề xi ben | dBA = đề xi ben a
GB = gi ga bai | MB = mê ga bai | TB = tê ra bai
KB = ki lô bai | Mb = mê ga bít
Mbps = mê ga bít trên giây | ppm = phần triệu | mmHg = mi li mét thủy ngân | hPa = héc tô pát can
mb = mi li ba | kcal = ki lô ca lo | cal = ca lo | h = giờ | H = giờ | s = giây | p = phút | ph = phút | ' = phút
Ah = am pe giờ | mAh = mi li am pe giờ | BTU = bê tê u | lm = lu men | inch = in
kWp = ki lô oát pê | bar = ba | HP = mã lực | mmol = mi li mon | mol = mon | dL = đề xi lít | dl = đề xi lít
UI = đơn vị | IU = đơn vị | cmH2O = xăng ti mét nước | ampe = am pe | th = tháng | px = pích xeo
""")
)
"""What may close a number, as it is written (case matters: "m" and "M", "k" and "K")."""
ANY_UNIT: Final = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
"""Inside of a pattern: any unit, the longest first."""
_NO_MEASURE = frozenset([
    "đ", "Đ", "₫", "vnđ", "vnd", "VNĐ", "VND", "k", "K", "tr", "trđ", "tr.đ", "tr. đ", "tr. đồng", "tr đ", "tr.đồng",
    "Tr.đ", "tỷđ", "USD", "%", "‰", "$", "€", "£", "¥", "'",
])  # fmt: skip
MEASURE: Final = "|".join(re.escape(unit) for unit in sorted(frozenset(UNITS) - _NO_MEASURE, key=len, reverse=True))
"""Inside of a pattern: any unit but money, shares and the sign of a minute."""
