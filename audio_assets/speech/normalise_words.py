"""The shipped word list: abbreviations of ward offices and the foreign words their bulletins hold.

Rows of `written = said`, several on a line between bars. What may mean two things in two wards is left out on purpose:
an officer is asked instead. A foreign word that is said as it is written stands on both sides ("inox"). The
ward's own list (`lexicon.parse_lexicon`) is put before this one.
"""

from collections.abc import Iterator
from typing import Final


def rows(table: str) -> Iterator[tuple[str, str]]:
    """The (written, said) pairs of a table."""
    for line in table.splitlines():
        for row in line.split(" | "):
            written, equals, said = row.partition(" = ")
            if equals:
                yield written.strip(), said.strip()


SHIPPED: Final = """
pH = pê hát | YT = y tế | DA = dự án | KD = kinh doanh | QTT = quyết toán thuế
UBND = ủy ban nhân dân | UBNDTP = ủy ban nhân dân thành phố | HĐND = hội đồng nhân dân
HĐND&UBND = hội đồng nhân dân và ủy ban nhân dân | UBMTTQ = ủy ban Mặt trận Tổ quốc
UBMTTQVN = ủy ban Mặt trận Tổ quốc Việt Nam | UB MTTQ = ủy ban Mặt trận Tổ quốc | MTTQ = Mặt trận Tổ quốc
MTTQVN = Mặt trận Tổ quốc Việt Nam | BTT = ban thường trực | BCHTW = ban chấp hành trung ương
BCHQS = ban chỉ huy quân sự | BCĐ = ban chỉ đạo | BQL = ban quản lý | BQLDA = ban quản lý dự án | BGH = ban giám hiệu
BGĐ = ban giám đốc | BVĐK = bệnh viện đa khoa | TTYT = trung tâm y tế | TYT = trạm y tế | CDC = xê đê xê
TW = trung ương | ĐBQH = đại biểu Quốc hội | GM = giấy mời | T.P = thành phố | T.P. = thành phố | T.X = thị xã
TP.HN = Thành phố Hà Nội | BĐBP = bộ đội biên phòng | QLTT = quản lý thị trường | KSND = kiểm sát nhân dân
VKSND = viện kiểm sát nhân dân | TAND = tòa án nhân dân | THADS = thi hành án dân sự
TTHCC = trung tâm hành chính công | TTPVHCC = trung tâm phục vụ hành chính công | KBYT = khai báo y tế
KCB = khám chữa bệnh | SXH = sốt xuất huyết | TCM = tay chân miệng | ATTT = an toàn thông tin | ANM = an ninh mạng
CLB = câu lạc bộ | NTL = nhà tang lễ | UBKT = ủy ban kiểm tra | BTG = ban tuyên giáo | BDV = ban dân vận
PTTH = phát thanh truyền hình | PT-TH = phát thanh truyền hình | PTTH&TT = phát thanh truyền hình và truyền thông
TTCĐ = truyền thanh cộng đồng | NQTW = nghị quyết trung ương | CSXH = chính sách xã hội | BTXH = bảo trợ xã hội
TNLĐ = tai nạn lao động | TNGT = tai nạn giao thông | TTCN = tiểu thủ công nghiệp | STT = số thứ tự
miligam = mi li gam | kilogam = ki lô gam | kilomet = ki lô mét | milimet = mi li mét | mililit = mi li lít
centimet = xăng ti mét | FM = ép em | UI = đơn vị | IU = đơn vị | vitamin = vi ta min | TƯ = trung ương
T.Ư = trung ương | TU = tỉnh ủy | ĐU = đảng ủy | TVTU = thường vụ tỉnh ủy | TVĐU = thường vụ đảng ủy
CSVN = Cộng sản Việt Nam | CHXHCN = Cộng hòa xã hội chủ nghĩa | CHXHCNVN = Cộng hòa xã hội chủ nghĩa Việt Nam
XHCN = xã hội chủ nghĩa | CNXH = chủ nghĩa xã hội | VN = Việt Nam | HCM = Hồ Chí Minh | TPHCM = Thành phố Hồ Chí Minh
TP HCM = Thành phố Hồ Chí Minh | TP.HCM = Thành phố Hồ Chí Minh | TP. HCM = Thành phố Hồ Chí Minh
TT. Thị ủy = thường trực Thị ủy | TT. Thành ủy = thường trực Thành ủy | TT. Tỉnh ủy = thường trực Tỉnh ủy
TT. Huyện ủy = thường trực Huyện ủy | TT. Đảng ủy = thường trực Đảng ủy | TT Đảng ủy = thường trực Đảng ủy
TT. HĐND = thường trực hội đồng nhân dân | TT HĐND = thường trực hội đồng nhân dân
TT.HĐND = thường trực hội đồng nhân dân | TT. UBND = thường trực ủy ban nhân dân | TT&DL = Thể thao và Du lịch
TTDL = thể thao du lịch | VHTT&DL = văn hóa, thể thao và du lịch | VH,TT&DL = văn hóa, thể thao và du lịch
VHTTDL = văn hóa, thể thao và du lịch | VHTT = văn hóa thông tin | VHXH = văn hóa xã hội | VH-XH = văn hóa xã hội
KT-XH = kinh tế xã hội | KTXH = kinh tế xã hội | QP-AN = quốc phòng an ninh | QPAN = quốc phòng an ninh
ANQP = an ninh quốc phòng | ANTT = an ninh trật tự | ANTQ = an ninh Tổ quốc | TTATXH = trật tự an toàn xã hội
TTATGT = trật tự an toàn giao thông | ATGT = an toàn giao thông | ATTP = an toàn thực phẩm
VSATTP = vệ sinh an toàn thực phẩm | ATVSTP = an toàn vệ sinh thực phẩm | ATVSLĐ = an toàn vệ sinh lao động
VSMT = vệ sinh môi trường | BVMT = bảo vệ môi trường | TNMT = tài nguyên môi trường
TN&MT = tài nguyên và môi trường | TTTT = thông tin truyền thông | TT&TT = thông tin và truyền thông
STTTT = sở thông tin truyền thông | BTTTT = bộ thông tin truyền thông | TTCS = thông tin cơ sở
BCXB = báo chí xuất bản | CNTT = công nghệ thông tin | CĐS = chuyển đổi số | CCHC = cải cách hành chính
TTHC = thủ tục hành chính | DVC = dịch vụ công | DVCTT = dịch vụ công trực tuyến | DVCQG = dịch vụ công quốc gia
GDĐT = giáo dục và đào tạo | GD&ĐT = giáo dục và đào tạo | GD-ĐT = giáo dục và đào tạo
LĐTBXH = lao động thương binh và xã hội | LĐ-TB&XH = lao động, thương binh và xã hội
LĐTB&XH = lao động, thương binh và xã hội | TBXH = thương binh xã hội | TBLS = thương binh liệt sĩ
NCC = người có công | NN&PTNT = nông nghiệp và phát triển nông thôn | NNPTNT = nông nghiệp phát triển nông thôn
NN&MT = nông nghiệp và môi trường | HSSV = học sinh, sinh viên | CPI = xê pê i | RON = rôn | PCT. = phó chủ tịch
P.GĐ = phó giám đốc | P.CT = phó chủ tịch | P.BT = phó bí thư | Cty = công ty | C.ty = công ty
CTCP = công ty cổ phần | NTM = nông thôn mới
OCOP = ô cốp | HTX = hợp tác xã | DNTN = doanh nghiệp tư nhân | TNHH = trách nhiệm hữu hạn | MTV = một thành viên
KCN = khu công nghiệp | CCN = cụm công nghiệp | KĐT = khu đô thị | KDC = khu dân cư | GPMB = giải phóng mặt bằng
QSDĐ = quyền sử dụng đất | GCN = giấy chứng nhận | GPLX = giấy phép lái xe | XDCB = xây dựng cơ bản
TTĐT = trật tự đô thị | PCCC = phòng cháy chữa cháy | PCCC&CNCH = phòng cháy chữa cháy và cứu nạn cứu hộ
CNCH = cứu nạn cứu hộ | PCTT = phòng chống thiên tai | PCTT&TKCN = phòng chống thiên tai và tìm kiếm cứu nạn
TKCN = tìm kiếm cứu nạn | PTDS = phòng thủ dân sự | CSGT = cảnh sát giao thông | CSKV = cảnh sát khu vực
CSHS = cảnh sát hình sự | CSPCCC = cảnh sát phòng cháy chữa cháy | QLHC = quản lý hành chính
CAND = công an nhân dân | QĐND = quân đội nhân dân | QĐNDVN = quân đội nhân dân Việt Nam | CA = công an
NVQS = nghĩa vụ quân sự | DQTV = dân quân tự vệ | LLVT = lực lượng vũ trang | CCB = cựu chiến binh | HPN = hội phụ nữ
LHPN = liên hiệp phụ nữ | TNCS = thanh niên cộng sản | ĐTN = đoàn thanh niên | TNXP = thanh niên xung phong
LĐLĐ = liên đoàn lao động | NCT = người cao tuổi | NKT = người khuyết tật | CTĐ = chữ thập đỏ
KHHGĐ = kế hoạch hóa gia đình | DS-KHHGĐ = dân số kế hoạch hóa gia đình | BHYT = bảo hiểm y tế
BHXH = bảo hiểm xã hội | BHTN = bảo hiểm thất nghiệp | BHXHTN = bảo hiểm xã hội tự nguyện | CCCD = căn cước công dân
CMND = chứng minh nhân dân | VNeID = vi nét ai đi | TDP = tổ dân phố | TDP. = tổ dân phố | THCS = trung học cơ sở
THPT = trung học phổ thông | TH&THCS = tiểu học và trung học cơ sở
THCS&THPT = trung học cơ sở và trung học phổ thông | GDTX = giáo dục thường xuyên
GDNN-GDTX = giáo dục nghề nghiệp, giáo dục thường xuyên | GV = giáo viên | ThS = thạc sĩ | PGS = phó giáo sư
 GS.TS = giáo sư, tiến sĩ | PGS.TS = phó giáo sư, tiến sĩ
CKI = chuyên khoa một | CKII = chuyên khoa hai | NSND = nghệ sĩ nhân dân | NSƯT = nghệ sĩ ưu tú
AHLĐ = anh hùng lao động | AHLLVT = anh hùng lực lượng vũ trang | AHLLVTND = anh hùng lực lượng vũ trang nhân dân
BMVNAH = bà mẹ Việt Nam anh hùng | PCT = phó chủ tịch | CT UBND = chủ tịch ủy ban nhân dân
CT HĐND = chủ tịch hội đồng nhân dân | CVP = chánh văn phòng | PGĐ = phó giám đốc | CBCC = cán bộ công chức
CBCCVC = cán bộ, công chức, viên chức | CBCNV = cán bộ công nhân viên | CCVC = công chức, viên chức
NLĐ = người lao động | NSDLĐ = người sử dụng lao động | HĐLĐ = hợp đồng lao động | HGĐ = hộ gia đình
NĐ-CP = nghị định chính phủ | QĐ = quyết định | QĐ-UBND = quyết định ủy ban nhân dân
QĐ-TTg = quyết định thủ tướng chính phủ | CT-TTg = chỉ thị thủ tướng chính phủ | TTg = thủ tướng chính phủ
NQ = nghị quyết | NQ-CP = nghị quyết chính phủ | VBQPPL = văn bản quy phạm pháp luật | TTLT = thông tư liên tịch
BLHS = bộ luật hình sự | TTr = tờ trình | GPS = giê pê ét | VPĐD = văn phòng đại diện
VPĐKĐĐ = văn phòng đăng ký đất đai | VPHĐND = văn phòng hội đồng nhân dân
BBT = ban biên tập | ĐT: = điện thoại | SĐT = số điện thoại | ĐTDĐ = điện thoại di động | ĐC: = địa chỉ
Đ/c: = địa chỉ | Đ/C: = địa chỉ | đ/c = đồng chí | Đ/c = đồng chí | STK = số tài khoản | MST = mã số thuế
NHCSXH = ngân hàng chính sách xã hội | NHNN = ngân hàng nhà nước | KBNN = kho bạc nhà nước
NSNN = ngân sách nhà nước | GTGT = giá trị gia tăng | TNCN = thu nhập cá nhân | TNDN = thu nhập doanh nghiệp
SDĐPNN = sử dụng đất phi nông nghiệp | KT-TV = khí tượng thủy văn | KTTV = khí tượng thủy văn
ATNĐ = áp thấp nhiệt đới | V/v = về việc | v/v = về việc | B/c = để báo cáo | v.v = vân vân
v.v. = vân vân | v.v.. = vân vân | v.v... = vân vân | vv... = vân vân
BSCKI = bác sĩ chuyên khoa một | BSCKII = bác sĩ chuyên khoa hai | VĐV = vận động viên | SVĐ = sân vận động
ĐĐK = đại đoàn kết | ÂL = âm lịch | XNTTHN = xác nhận tình trạng hôn nhân | CSCĐ = cảnh sát cơ động
LMLM = lở mồm long móng | CTV = cộng tác viên | CHT = chỉ huy trưởng | NTLS = nghĩa trang liệt sĩ
CNSCĐ = công nghệ số cộng đồng | QLXNC = quản lý xuất nhập cảnh | BTCT = bê tông cốt thép | THDC = thực hiện dân chủ
TTATGTĐB = trật tự an toàn giao thông đường bộ | PHHS = phụ huynh học sinh | GVCN = giáo viên chủ nhiệm
HKH = hội khuyến học | PNN = phi nông nghiệp | CCT = chi cục thuế | BKS = biển kiểm soát | VLN = vật liệu nổ
CCHT = công cụ hỗ trợ | PTP = phó trưởng phòng | CĐCS = công đoàn cơ sở | LTHTGN = liên thế hệ tự giúp nhau
PTDTNT = phổ thông dân tộc nội trú | PTDTBT = phổ thông dân tộc bán trú | CNLĐ = công nhân lao động
CNVCLĐ = công nhân, viên chức, lao động | GQVL = giải quyết việc làm | HSTC = hồi sức tích cực
TSQS = tuyển sinh quân sự | TBM = trung bình môn | IELTS = ai eo | VietQR = việt quy rờ | VietGAP = việt gáp
cafe = cà phê | PET = pét | Tg: = thời gian: | TG: = thời gian: | ĐĐ: = địa điểm: | đđ: = địa điểm: | ô/b = ông bà
d/c = đồng chí | đ/nghị = đề nghị | ĐA06 = đề án không sáu | ĐA 06 = đề án không sáu | TTHL = trung tâm huấn luyện
VSMTNT = vệ sinh môi trường nông thôn | KDTM = không dùng tiền mặt | DV NN = dịch vụ nông nghiệp
ĐTXD = đầu tư xây dựng | DN = doanh nghiệp | SV = sinh viên
TL. = thừa lệnh | TUQ. = thừa ủy quyền | Q. CHỦ TỊCH = quyền CHỦ TỊCH | k/g = kính gửi | T/M = thay mặt | ko = không
SX = sản xuất | SXKD = sản xuất kinh doanh | TĐC = tái định cư | TĐTT = thi đua | TĐKT = thi đua khen thưởng
THTT = trường học thân thiện | TDĐKXDĐSVH = toàn dân đoàn kết xây dựng đời sống văn hóa | TDTT = thể dục thể thao
TT-BTTTT = thông tư bộ thông tin truyền thông | VTV = vê tê vê | VOV = vê o vê | TTXVN = thông tấn xã Việt Nam
EVN = e vê nờ | EVNNPC = tổng công ty điện lực miền Bắc | VNPT = vê nờ pê tê | VNPost = vi nờ pốt
Viettel = vi en ten | MobiFone = mô bi phôn | VinaPhone = vi na phôn | Vinaphone = vi na phôn | Mobifone = mô bi phôn
Vietcombank = việt com banh | VietinBank = việt tin banh | Agribank = ác ri banh | ATM = a tê em | QR = quy rờ
OTP = ô tê pê | USB = u ét bê | LED = lét | SOS = ét ô ét | SMS = ét em ét | MMS = em em ét
GDP = gi đi pi | FDI = ép đi ai | ODA = ô đi ây | WTO = tổ chức thương mại thế giới | WHO = tổ chức y tế thế giới
UNICEF = u ni xép | UNESCO = u nét cô | ASEAN = a xê an | LHQ = Liên hợp quốc | EU = Liên minh châu Âu
HIV = hát i vê | AIDS = ết | HIV/AIDS = hát i vê ết | ADN = a đê en | PCR = pê xê e rờ | RT-PCR = e rờ tê pê xê e rờ
COVID-19 = cô vít mười chín | COVID – 19 = cô vít mười chín | COVID - 19 = cô vít mười chín
COVID 19 = cô vít mười chín | COVID19 = cô vít mười chín | COVID = cô vít | SARS-CoV-2 = xa cô vi hai | SARS = xát
nCoV = en cô vi | Omicron = ô mi cờ rôn | Delta = đen ta | F0 = ép không | F1 = ép một | F2 = ép hai
SpO2 = ét pê o hai | CO2 = xê o hai | CO = xê o | O2 = o hai | PM2.5 = pê em hai phẩy năm
PM2,5 = pê em hai phẩy năm | AQI = a quy i | DDoS = đi đốt | AstraZeneca = át tra giê nê ca | Pfizer = phai dơ
Moderna = mô đéc na | Vero Cell = vê rô xeo | rubella = ru bê la | NVH = nhà văn hóa | BIDV = bê i dê vê
SJC = ét gi xê | DNNN = doanh nghiệp nhà nước | VHTT-DL = văn hóa, thể thao và du lịch | vaccine = vắc xin
vắc-xin = vắc xin | vacxin = vắc xin | vắcxin = vắc xin | online = on lai | offline = óp lai | website = oép sai
web = oép | email = i meo | e-mail = i meo | gmail = gi meo | internet = in tơ nét | Internet = in tơ nét
wifi = oai phai | wi-fi = oai phai | Zalo = da lô | Facebook = phây búc | Fanpage = phan pết | fanpage = phan pết
YouTube = diu túp | Youtube = diu túp | TikTok = tích tốc | Tiktok = tích tốc | Messenger = mét xen giơ
Telegram = tê lê gờ ram | Google = gu gồ | Bluetooth = bờ lu tút | Smartphone = sờ mát phôn
smartphone = sờ mát phôn | app = áp | apps = áp | link = linh | hotline = hót lai | livestream = lai trim
video = vi đê ô | clip = cờ líp | test = tét | kit = kít | file = phai | fax = phách | camera = ca mê ra
shipper = síp pơ | ship = síp | shop = sốp | karaoke = ca ra ô kê | massage = mát xa | taxi = tắc xi
container = công te nơ | logistics = lô gít tích | marketing = mác két tinh | tour = tua | resort = ri sọt
homestay = hôm xì tây | show = sô | gas = ga | diesel = đi ê den | oxy = ô xi | oxi = ô xi | ozone = ô dôn
virus = vi rút | clo = cờ lo | cloramin = cờ lo ra min | chloramin = cờ lo ra min | methanol = mê ta non
ethanol = ê ta non | biogas = bi ô ga | radio = ra đi ô | radar = ra đa | robot = rô bốt | drone = đờ rôn
flycam = phờ lai cam | laser = la de | pano = pa nô | panô = pa nô | album = an bum | AI = ây ai | IT = ai ti
PC = pê xê | CSDL = cơ sở dữ liệu | IP = ai pi | ID = ai đi | App Store = áp sờ to | CH Play = xê hát pờ lây
Google Play = gu gồ pờ lây | eTax Mobile = i tắc mô bai | VssID = vi ét ét ai đi | VSSID = vi ét ét ai đi
iOS = ai ô ét | Android = an đờ roi | Windows = uyn đâu | MOMO = mô mô | Momo = mô mô | Euro = ơ rô | USD = đô la Mỹ
VND = đồng | VNĐ = đồng | EUR = ơ rô | Covid = cô vít | Cuba = Cu Ba | Đắk Lắk = Đắc Lắc | Đắk Nông = Đắc Nông
Đăk Lăk = Đắc Lắc | Đắk = Đắc | Kon = Công | Pleiku = Pờ lây Cu | Krông = Cờ rông | H'Mông = Mông | Hmông = Mông
H'mông = Mông | Ê-đê = Ê đê | K-pop = ca pốp | mmHg = mi li mét thủy ngân | ĐVT = đơn vị tính | CMT = chứng minh thư
SIM = sim | PIN = pin | UB = ủy ban | VH&TT = văn hóa và thông tin | PCD = phòng chống dịch
TCMR = tiêm chủng mở rộng | PKĐK = phòng khám đa khoa | CSSK = chăm sóc sức khỏe
CSSKSS = chăm sóc sức khỏe sinh sản | SKSS = sức khỏe sinh sản | SDD = suy dinh dưỡng | NĐTP = ngộ độc thực phẩm
ATLĐ = an toàn lao động | CBCS = cán bộ chiến sĩ | TNXH = tệ nạn xã hội | ANCT = an ninh chính trị
PCMT = phòng chống ma túy | PCTNXH = phòng chống tệ nạn xã hội | PCTP = phòng chống tội phạm
BLGĐ = bạo lực gia đình | DTTS = dân tộc thiểu số | ĐBDTTS = đồng bào dân tộc thiểu số | MTQG = mục tiêu quốc gia
CTMTQG = chương trình mục tiêu quốc gia | CĐDC = chất độc da cam | CĐHH = chất độc hóa học
NNCĐDC = nạn nhân chất độc da cam | BVTV = bảo vệ thực vật | PCCCR = phòng cháy chữa cháy rừng
PCLB = phòng chống lụt bão | BVR = bảo vệ rừng | NPK = nờ pê ca | GTNT = giao thông nông thôn | TBA = trạm biến áp
MBA = máy biến áp | ĐZ = đường dây | SGK = sách giáo khoa | GDPT = giáo dục phổ thông | GDMN = giáo dục mầm non
GDNN = giáo dục nghề nghiệp | THPTQG = trung học phổ thông quốc gia | CSVC = cơ sở vật chất
CBGV = cán bộ, giáo viên | KTX = ký túc xá | HKD = hộ kinh doanh | NNT = người nộp thuế | CQT = cơ quan thuế
HĐĐT = hóa đơn điện tử | ĐKKD = đăng ký kinh doanh
TTKDTM = thanh toán không dùng tiền mặt | GPXD = giấy phép xây dựng | VLXD = vật liệu xây dựng
QHKT = quy hoạch kiến trúc | QLNN = quản lý nhà nước | BPMC = bộ phận một cửa | VMĐT = văn minh đô thị
BĐKH = biến đổi khí hậu | CTRSH = chất thải rắn sinh hoạt | RTSH = rác thải sinh hoạt | TTVH = trung tâm văn hóa
VHVN = văn hóa văn nghệ | VHVN-TDTT = văn hóa văn nghệ, thể dục thể thao | TDĐK = toàn dân đoàn kết
GĐVH = gia đình văn hóa | UBBC = ủy ban bầu cử | HĐBC = hội đồng bầu cử | ĐVTN = đoàn viên thanh niên
TNTP = thiếu niên tiền phong | HLHPN = hội liên hiệp phụ nữ | CTXH = công tác xã hội | CBVC = cán bộ, viên chức
CBĐV = cán bộ, đảng viên | BCSĐ = ban cán sự đảng | XKLĐ = xuất khẩu lao động | DVVL = dịch vụ việc làm
TTDVVL = trung tâm dịch vụ việc làm | NHNN&PTNT = ngân hàng nông nghiệp và phát triển nông thôn
TKV&VV = tiết kiệm và vay vốn | TK&VV = tiết kiệm và vay vốn | KH&CN = khoa học và công nghệ
KHCN = khoa học công nghệ | TC-KH = tài chính, kế hoạch | LĐ,TB&XH = lao động, thương binh và xã hội
LĐ-TBXH = lao động, thương binh và xã hội | TNGĐ = tai nạn gia đình | ĐBSCL = đồng bằng sông Cửu Long
VBHN = văn bản hợp nhất | QCVN = quy chuẩn Việt Nam | TCVN = tiêu chuẩn Việt Nam | VPQH = văn phòng Quốc hội
HSD = hạn sử dụng | NSX = ngày sản xuất | HĐSP = hội đồng sư phạm | TTHTCĐ = trung tâm học tập cộng đồng
BQT = ban quản trị
TTGDTX = trung tâm giáo dục thường xuyên | KTV = kỹ thuật viên | CSSX = cơ sở sản xuất | HN&GĐ = hôn nhân và gia đình
QSH = quyền sở hữu | GD và ĐT = giáo dục và đào tạo | Augmentin = Augmentin
các đ/c: = các đồng chí: | đ.c = đồng chí | đ.c: = đồng chí: | để b/c = để báo cáo | để B/c = để báo cáo
V.I. Lênin = Lê nin | V.I.Lênin = Lê nin | Mác - Lênin = Mác Lê nin | Mác-Lênin = Mác Lê nin | Lênin = Lê nin
Bắc Kạn = Bắc Cạn | CoV = cô vi | SARS-CoV2 = xa cô vi hai | PM10 = pê em mười | Oresol = ô rê dôn
Rh = rờ hát | ure = u rê | Ure = u rê
Paracetamol = pa ra xê ta mon | paracetamol = pa ra xê ta mon | Whitmore = uýt mo | insulin = in xu lin
Richter = rích te | pickleball = pích cồ bôn | marathon = ma ra tông | yoga = dô ga | aerobic = e rô bích | gym = gim
mini = mini | zumba = dum ba | futsal = phút san | startup = sờ tát áp | logo = lô gô | banner = ba nơ | poster = pốt tơ
slogan = sờ lô gân | festival = phét ti van | xe bus = xe buýt | bus = buýt | tivi = ti vi | metro = mê trô
gara = ga ra | casino = ca xi nô | deepfake = đíp phếch | hacker = hác cơ | spam = xì pam
Internet Banking = in tơ nét banh kinh | Mobile Banking = mô bai banh kinh | banking = banh kinh
QR Code = quy rờ cốt | QR-Code = quy rờ cốt | smart TV = sờ mát ti vi | laptop = láp tốp | iPhone = ai phôn
iPad = ai pát | PDF = pê đê ép | Excel = ếch xen | Word = uốt | Zoom = dum | Google Meet = gu gồ mít | Viber = vai bơ
password = pát uốt | inbox = in bốc | bitcoin = bít coi | Forex = pho rếch | axit = a xít | kali = ca li
canxi = can xi | nitơ = ni tơ | amoniac = a mô ni ác | iốt = i ốt | ôtô = ô tô | môtô = mô tô | World Cup = uôn cúp
SEA Games = xi ghêm | ASIAD = a xi át | AFF Cup = a ép ép cúp | FIFA = phi pha | Ukraine = U cờ rai na
Israel = i xờ ra en | Campuchia = Cam pu chia | Malaysia = Ma lai xi a | Singapore = Xinh ga po
Indonesia = In đô nê xi a | Philippines = Phi líp pin | Myanmar = Mi an ma | Australia = Ô xờ trây li a
seri = xê ri | serie = xê ri | KT. CHỦ TỊCH = ký thay CHỦ TỊCH | KT. GIÁM ĐỐC = ký thay GIÁM ĐỐC
KT. BỘ TRƯỞNG = ký thay BỘ TRƯỞNG | KT. THỦ TƯỚNG = ký thay THỦ TƯỚNG | KT. TRƯỞNG PHÒNG = ký thay TRƯỞNG PHÒNG
KT. TRƯỞNG BAN = ký thay TRƯỞNG BAN | KT. HIỆU TRƯỞNG = ký thay HIỆU TRƯỞNG | KT. TRƯỞNG = ký thay TRƯỞNG
KT. CHÁNH VĂN PHÒNG = ký thay CHÁNH VĂN PHÒNG | KT. VIỆN TRƯỞNG = ký thay VIỆN TRƯỞNG
KT. TỔNG GIÁM ĐỐC = ký thay TỔNG GIÁM ĐỐC | KT. CỤC TRƯỞNG = ký thay CỤC TRƯỞNG | CSKH = chăm sóc khách hàng
HCV = huy chương vàng | HCB = huy chương bạc | HCĐ = huy chương đồng | PBT = phó bí thư | CMT8 = Cách mạng tháng Tám
CT Hội = chủ tịch Hội | RON95-III = rôn chín mươi lăm ba | RON 95-III = rôn chín mươi lăm ba
RON95-V = rôn chín mươi lăm năm | RON 95-V = rôn chín mươi lăm năm | QK 2/9 = Quốc khánh hai tháng chín | top = tóp
Tel = điện thoại | Tel: = điện thoại | mobile = di động | BCVT = bưu chính viễn thông
PVHCC = phục vụ hành chính công | BCH QS = ban chỉ huy quân sự | GCNQSDĐ = giấy chứng nhận quyền sử dụng đất
TTĐU = thường trực đảng ủy | HKTT = hộ khẩu thường trú | Đoàn TN = Đoàn thanh niên | H2O = hát hai o
Omega = ô mê ga | Omega-3 = ô mê ga ba | ISO = i xô | SBD = số báo danh | BHXH TN = bảo hiểm xã hội tự nguyện
QHNS = quan hệ ngân sách | photo = phô tô | giải ĐB = giải đặc biệt | ĐH-CĐ = đại học, cao đẳng
ĐH, CĐ = đại học, cao đẳng | CĐ, ĐH = cao đẳng, đại học | CĐ-ĐH = cao đẳng, đại học | ĐH/CĐ = đại học, cao đẳng
TM&DV = thương mại và dịch vụ | TM-DV = thương mại, dịch vụ | SX&TM = sản xuất và thương mại
SXTM = sản xuất thương mại | TMDV = thương mại dịch vụ | DVNN = dịch vụ nông nghiệp | UV BTV = ủy viên ban thường vụ
UV BCH = ủy viên ban chấp hành
UBND P = ủy ban nhân dân phường | HĐND P = hội đồng nhân dân phường | CA P = công an phường
MTTQ P = Mặt trận Tổ quốc phường
Đảng ủy P = Đảng ủy phường | TYT P = trạm y tế phường | đề nghị b/c = đề nghị báo cáo | tổng hợp b/c = tổng hợp báo cáo
gửi b/c = gửi báo cáo | nộp b/c = nộp báo cáo | hội nghị b/c = hội nghị báo cáo | b/c kết quả = báo cáo kết quả
IMEI = i mê i | BCĐ 389 = ban chỉ đạo ba tám chín | BCĐ 35 = ban chỉ đạo ba lăm
Zalo OA = da lô o a | 2,4D = hai bốn dê | 2,4-D = hai bốn dê
vắc xin Td = vắc xin tê đê | hàng KM = hàng khuyến mại | giá KM = giá khuyến mại
HPV = hát pê vê | BCG = bê xê gờ | OPV = o pê vê | IPV = i pê vê | VAT = vê a tê | týp = týp | urê = urê | kiốt = kiốt
X-quang = ích quang
LLVTND = lực lượng vũ trang nhân dân | CHQS = chỉ huy quân sự | TTKS = tuần tra kiểm soát | CSTT = cảnh sát trật tự
TTXD = trật tự xây dựng | BHTNLĐ = bảo hiểm tai nạn lao động | HCTĐ = hội chữ thập đỏ | HND = hội nông dân
HCCB = hội cựu chiến binh | CTNXP = cựu thanh niên xung phong | BCHCĐ = ban chấp hành công đoàn
CNVC = công nhân viên chức | DBĐV = dự bị động viên | GDQP = giáo dục quốc phòng | SDĐ = sử dụng đất
BĐS = bất động sản | QLDA = quản lý dự án | UBMT = ủy ban Mặt trận | BTTMT = ban thường trực mặt trận
BCTMT = ban công tác mặt trận | BVDP = bảo vệ dân phố | XĐGN = xóa đói giảm nghèo | GNBV = giảm nghèo bền vững
HSSK = hồ sơ sức khỏe | KSK = khám sức khỏe | NVYT = nhân viên y tế | TYTP = trạm y tế phường | BYT = bộ y tế
SYT = sở y tế | CMHS = cha mẹ học sinh | HĐQT = hội đồng quản trị | KHKT = khoa học kỹ thuật
HLV = huấn luyện viên | PCVP = phó chánh văn phòng | TGĐ = tổng giám đốc | BTCB = bí thư chi bộ
BTĐU = bí thư đảng ủy | NGƯT = nhà giáo ưu tú | QPPL = quy phạm pháp luật | PBGDPL = phổ biến giáo dục pháp luật
TGPL = trợ giúp pháp lý | BLDS = bộ luật dân sự | BLLĐ = bộ luật lao động | TTHS = tố tụng hình sự
VPHC = vi phạm hành chính | XPVPHC = xử phạt vi phạm hành chính | XPHC = xử phạt hành chính
HNGĐ = hôn nhân gia đình | DSKHHGĐ = dân số kế hoạch hóa gia đình | ĐTĐ = đái tháo đường
VTNN = vật tư nông nghiệp | TACN = thức ăn chăn nuôi | DTLCP = dịch tả lợn châu Phi | CGC = cúm gia cầm
NTTS = nuôi trồng thủy sản | KNKN = khuyến nông khuyến ngư | TTKN = trung tâm khuyến nông
HTXNN = hợp tác xã nông nghiệp | TTTM = trung tâm thương mại | TKNH = tài khoản ngân hàng
QTDND = quỹ tín dụng nhân dân | ĐKTT = đăng ký thường trú | ĐTQG = đội tuyển quốc gia | ĐVHC = đơn vị hành chính
HSMT = hồ sơ mời thầu | QHPK = quy hoạch phân khu | MTQGXDNTM = mục tiêu quốc gia xây dựng nông thôn mới
XDNTM = xây dựng nông thôn mới | ĐSVH = đời sống văn hóa | NSVM = nếp sống văn minh | HKPĐ = hội khỏe Phù Đổng
CBYT = cán bộ y tế | TNV = tình nguyện viên | BSGĐ = bác sĩ gia đình | CK1 = chuyên khoa một
KHGD = kế hoạch giáo dục | HKI = học kỳ một | HKII = học kỳ hai | HK1 = học kỳ một | HK2 = học kỳ hai
GTVT = giao thông vận tải | VTHKCC = vận tải hành khách công cộng | BCĐ 138 = ban chỉ đạo một ba tám
U21 = u hai mốt | U22 = u hai hai | U23 = u hai ba | CAP = công an phường
Tổ 138 = Tổ một ba tám | tổ công tác 138 = tổ công tác một ba tám
chỉ số BI = chỉ số bê i | chỉ số DI = chỉ số dê i
QLBVR = quản lý bảo vệ rừng | BLL = ban liên lạc | CNKD = cá nhân kinh doanh | ĐTDS = điều tra dân số
KVPT = khu vực phòng thủ | ĐPNN = đất phi nông nghiệp | SHK = sổ hộ khẩu | NSTW = ngân sách trung ương
NSĐP = ngân sách địa phương | HDPE = hát dê pê e | PVC = pê vê xê | DAP = dê a pê | VGB = viêm gan bê
BHNT = bảo hiểm nhân thọ | ĐGTS = đấu giá tài sản | QLĐĐ = quản lý đất đai | PTNT = phát triển nông thôn
ĐVCĐ = đoàn viên công đoàn | HTSX = hỗ trợ sản xuất | QHSDĐ = quy hoạch sử dụng đất | QPTD = quốc phòng toàn dân
ANND = an ninh nhân dân | CCV = công chứng viên | VPCC = văn phòng công chứng | BHLĐ = bảo hộ lao động
CTNH = chất thải nguy hại | XLNT = xử lý nước thải | VSTY = vệ sinh thú y | BQLC = ban quản lý chợ
điốp = đi ốp | NVCAND = nghĩa vụ công an nhân dân | HĐNVQS = hội đồng nghĩa vụ quân sự
HĐGDQPAN = hội đồng giáo dục quốc phòng an ninh | HĐPBGDPL = hội đồng phổ biến giáo dục pháp luật
HĐTĐKT = hội đồng thi đua khen thưởng | UVTW = ủy viên trung ương | UVTƯ = ủy viên trung ương
UVBTV = ủy viên ban thường vụ | UVBCH = ủy viên ban chấp hành | UVTV = ủy viên thường vụ | NGND = nhà giáo nhân dân
TTƯT = thầy thuốc ưu tú | NNƯT = nghệ nhân ưu tú | NNND = nghệ nhân nhân dân | VNAH = Việt Nam anh hùng
MVNAH = mẹ Việt Nam anh hùng | QNCN = quân nhân chuyên nghiệp | CNVQP = công nhân viên quốc phòng
QNDB = quân nhân dự bị | SSCĐ = sẵn sàng chiến đấu | GDQPAN = giáo dục quốc phòng an ninh
GDQP&AN = giáo dục quốc phòng và an ninh | ĐVHV = đoàn viên, hội viên | HVPN = hội viên phụ nữ
TNLS = thân nhân liệt sĩ | GĐLS = gia đình liệt sĩ | GĐCS = gia đình chính sách | NSVH = nếp sống văn hóa
ĐBKK = đặc biệt khó khăn | HCKK = hoàn cảnh khó khăn | BVCSTE = bảo vệ, chăm sóc trẻ em | TEKT = trẻ em khuyết tật
ASXH = an sinh xã hội | GCNQSD = giấy chứng nhận quyền sử dụng | QSD = quyền sử dụng
CMĐSDĐ = chuyển mục đích sử dụng đất | CMĐSD = chuyển mục đích sử dụng
KHSDĐ = kế hoạch sử dụng đất | QHCT = quy hoạch chi tiết | QHXD = quy hoạch xây dựng | HTKT = hạ tầng kỹ thuật
BTGPMB = bồi thường giải phóng mặt bằng | VPĐK = văn phòng đăng ký | TTPTQĐ = trung tâm phát triển quỹ đất
PTQĐ = phát triển quỹ đất | ĐGQSDĐ = đấu giá quyền sử dụng đất | TMCP = thương mại cổ phần
SXNN = sản xuất nông nghiệp | HTXDV = hợp tác xã dịch vụ | HTXDVNN = hợp tác xã dịch vụ nông nghiệp
TCVM = tài chính vi mô | TKVV = tiết kiệm và vay vốn | NHCS = ngân hàng chính sách | NHNo = ngân hàng nông nghiệp
NS&VSMT = nước sạch và vệ sinh môi trường | NS-VSMT = nước sạch, vệ sinh môi trường
NSVSMT = nước sạch và vệ sinh môi trường | NSVSMTNT = nước sạch và vệ sinh môi trường nông thôn
GTVL = giới thiệu việc làm | TCTN = trợ cấp thất nghiệp | BHXHBB = bảo hiểm xã hội bắt buộc | GDTH = giáo dục tiểu học
GDCD = giáo dục công dân | GDTC = giáo dục thể chất | TNTHPT = tốt nghiệp trung học phổ thông
THCN = trung học chuyên nghiệp | ĐHQG = đại học quốc gia | ĐHSP = đại học sư phạm | CĐSP = cao đẳng sư phạm
PTCS = phổ thông cơ sở | PCGD = phổ cập giáo dục | XMC = xóa mù chữ | HSG = học sinh giỏi | TKB = thời khóa biểu
BĐD CMHS = ban đại diện cha mẹ học sinh | VNQC = văn nghệ quần chúng | TTVHTT = trung tâm văn hóa thể thao
DLTC = danh lam thắng cảnh | DTLS = di tích lịch sử | LSVH = lịch sử văn hóa | DTLSVH = di tích lịch sử văn hóa
HLATGT = hành lang an toàn giao thông | HLAT = hành lang an toàn | HLATĐB = hành lang an toàn đường bộ
ATGTĐB = an toàn giao thông đường bộ | ATGTĐS = an toàn giao thông đường sắt | ĐTNĐ = đường thủy nội địa
PTGT = phương tiện giao thông | XLVPHC = xử lý vi phạm hành chính
VPGT = vi phạm giao thông | GTĐB = giao thông đường bộ | QLĐB = quản lý đường bộ | KTGS = kiểm tra, giám sát
BTCTW = ban tổ chức trung ương | BTCTU = ban tổ chức tỉnh ủy | VPTU = văn phòng tỉnh ủy | VPĐU = văn phòng đảng ủy
ĐCSVN = Đảng Cộng sản Việt Nam | TNCSHCM = thanh niên cộng sản Hồ Chí Minh | LHTN = liên hiệp thanh niên
HNCT = hội người cao tuổi | CQN = cựu quân nhân | TNTN = thanh niên tình nguyện | HMTN = hiến máu tình nguyện
HMNĐ = hiến máu nhân đạo | ƯPSC = ứng phó sự cố | LLXK = lực lượng xung kích | BVANTTCS = bảo vệ an ninh trật tự cơ sở
ANTTCS = an ninh trật tự cơ sở | CSĐT = cảnh sát điều tra | CSMT = cảnh sát môi trường | CATP = công an thành phố
CAX = công an xã | GKS = giấy khai sinh | ĐKKS = đăng ký khai sinh | ĐKKH = đăng ký kết hôn
GPKD = giấy phép kinh doanh | CSKD = cơ sở kinh doanh | DNNVV = doanh nghiệp nhỏ và vừa | TTĐB = tiêu thụ đặc biệt
LPMB = lệ phí môn bài | LPTB = lệ phí trước bạ | CSHT = cơ sở hạ tầng | KCHT = kết cấu hạ tầng
KVBP = khu vực bỏ phiếu | ĐVBC = đơn vị bầu cử | ĐBHĐND = đại biểu hội đồng nhân dân | TXCT = tiếp xúc cử tri
TTKSBT = trung tâm kiểm soát bệnh tật | YTCS = y tế cơ sở | YTDP = y tế dự phòng | KSKĐK = khám sức khỏe định kỳ
VNNB = viêm não Nhật Bản | UTCTC = ung thư cổ tử cung | GSGC = gia súc, gia cầm | VDNC = viêm da nổi cục
KSGM = kiểm soát giết mổ | CSGM = cơ sở giết mổ | CNTY = chăn nuôi thú y | CTR = chất thải rắn
ĐMTMN = điện mặt trời mái nhà | MBH = mũ bảo hiểm | SHLX = sát hạch lái xe
TN&TKQ = tiếp nhận và trả kết quả | TNTKQ = tiếp nhận và trả kết quả | KSTTHC = kiểm soát thủ tục hành chính
ĐDĐT = định danh điện tử | ĐDCN = định danh cá nhân | CSDLQG = cơ sở dữ liệu quốc gia | XHH = xã hội hóa
QCDC = quy chế dân chủ | GSĐTCĐ = giám sát đầu tư cộng đồng | BTTND = ban thanh tra nhân dân | HGCS = hòa giải cơ sở
TVPL = tư vấn pháp luật | HGV = hòa giải viên | BCV = báo cáo viên | KQ = kết quả | CBQL = cán bộ quản lý
CBGVNV = cán bộ, giáo viên, nhân viên | PHT = phó hiệu trưởng | PCHT = phó chỉ huy trưởng
CTHĐND = chủ tịch hội đồng nhân dân | CTUBND = chủ tịch ủy ban nhân dân | đ/v = đối với | y/c = yêu cầu
s/x = sản xuất | BCĐ35 = ban chỉ đạo ba mươi lăm | CT HCM = chủ tịch Hồ Chí Minh | XH = xã hội | XH hóa = xã hội hóa
ban QLDA = ban quản lý dự án | P. QLĐT = phòng quản lý đô thị | QLĐT = quản lý đô thị | TCKH = tài chính kế hoạch
KT-HT = kinh tế hạ tầng | KTHTĐT = kinh tế, hạ tầng và đô thị | VHKHTT = văn hóa, khoa học và thông tin
TTVHTT&TT = trung tâm văn hóa, thông tin và thể thao | HCC = hành chính công | NXB = nhà xuất bản
KTCB = kiến thiết cơ bản | BKHCN = bộ khoa học và công nghệ | BCA = bộ công an | BQP = bộ quốc phòng | BNV = bộ nội vụ
BGDĐT = bộ giáo dục và đào tạo | BGD&ĐT = bộ giáo dục và đào tạo | VKS = viện kiểm sát
efferalgan = efferalgan | aspirin = aspirin | ibuprofen = ibuprofen | panadol = panadol | amoxicillin = amoxicillin
penicillin = penicillin | corticoid = corticoid | metformin = metformin | povidine = povidine | glucose = glucose
heroin = heroin | morphin = morphin | ketamin = ketamin | cocaine = cocaine | collagen = collagen | magie = magie
enzym = enzym | cholesterol = cholesterol | lipid = lipid | albumin = albumin | stent = stent | dengue = dengue
Zika = Zika
Ebola = Ebola | Adeno = Adeno | Hanta = Hanta | Gumboro = Gumboro | Newcastle = Newcastle | Lasota = Lasota
Verorab = Verorab | Synflorix = Synflorix | Rotarix = Rotarix | Hexaxim = Hexaxim | Infanrix = Infanrix
Prevenar = Prevenar | Gardasil = Gardasil | Pentaxim = Pentaxim | Quinvaxem = Quinvaxem | Shopee = Shopee
Lazada = Lazada | Tiki = Tiki | Grab = Grab | Instagram = Instagram | Techcombank = Techcombank
Sacombank = Sacombank | Honda = Honda | Yamaha = Yamaha | Toyota = Toyota | Hyundai = Hyundai
Mazda = Mazda | Ford = Ford | VinFast = VinFast | Vinamilk = Vinamilk | Sirius = Sirius
Vision = Vision | Wave = Wave | modem = modem | pizza = pizza | buffet = buffet | gala = gala | voucher = voucher
polymer = polymer | composite = composite | inox = inox | nilon = nilon | điop = điop | đi-ốp = đi ốp | volt = vôn
pallet = pallet | spa = spa | salon = salon | bolero = bolero | rock = rock | jazz = jazz | piano = piano
guitar = guitar
violin = violin | admin = admin | oxit = oxit | melamin = melamin | mp3 = em pê ba | mp4 = em pê bốn
BMI = bê mờ i | Hb = hát bê | HbA1c = hát bê a một xê | DPT = dê pê tê | ABC = a bê xê | KCS = ca xê ét
HCNS = hành chính nhân sự | TBĐ = tờ bản đồ | BTXM = bê tông xi măng | BTLT = bê tông ly tâm | tgian = thời gian
hộ gd = hộ gia đình | nhà VH = nhà văn hóa | mũ BH = mũ bảo hiểm | chứng chỉ TH = chứng chỉ tin học
LĐPT = lao động phổ thông | CNQSDĐ = chứng nhận quyền sử dụng đất | SK loại = sức khỏe loại
giải KK = giải khuyến khích | LH: = liên hệ: | thu NS = thu ngân sách | ND: = nội dung: | đo HA = đo huyết áp
kWh = ki lô oát giờ | micro = mi cờ rô | amply = âm ly | Rabisin = Rabisin | TCBC = tổ chức biên chế
Oppo = Oppo | Xiaomi = Xiaomi | Canva = Canva | PowerPoint = PowerPoint | combo = combo
tablet = tablet | router = router | Betadin = Betadin | Hapacol = Hapacol | Smecta = Smecta | Berberin = Berberin
Cefixim = Cefixim | Azithromycin = Azithromycin | Tetracyclin = Tetracyclin | Dexamethason = Dexamethason
Amlodipin = Amlodipin | Losartan = Losartan | Albendazol = Albendazol | Mebendazol = Mebendazol | Tamiflu = Tamiflu
Regent = Regent | Bassa = Bassa | Trebon = Trebon | Padan = Padan | Virtako = Virtako | Validacin = Validacin
Anvil = Anvil | Tilt = Tilt | Filia = Filia | Sofit = Sofit | Prefit = Prefit | Glyphosate = Glyphosate
Trichoderma = Trichoderma | Kasumin = Kasumin | Actara = Actara | Ridomil = Ridomil | karate = karate
taekwondo = taekwondo | vovinam = vovinam | judo = judo | boxing = boxing | jean = jean | kaki = kaki
cotton = cotton | polyester = polyester | menu = menu | concert = concert | Noel = Noel | Valentine = Valentine
Halloween = Halloween | hamburger = hamburger | Olympic = Olympic | inverter = inverter | Panasonic = Panasonic
Daikin = Daikin | Sony = Sony | Philips = Philips | Aptomat = Aptomat | Vios = Vios | Innova = Innova
Vespa = Vespa | Piaggio = Piaggio | Exciter = Exciter | Winner = Winner | Jupiter = Jupiter | Dream = Dream
Future = Future | Alpha = Alpha | Liberty = Liberty | Lavie = Lavie | Omo = Omo | Milo = Milo | Coliform = Coliform
Javel = Javel | Clorua = Clorua | Rota = Rota | Asen = asen | ACB = a xê bê | SHB = ét hát bê | VIB = vê i bê
MSB = mờ ét bê | FPT = ép pê tê | PPR = pê pê rờ | uPVC = u pê vê xê | MRI = mờ rờ i
LPG = lờ pê gờ | ADB = a dê bê
TTYTDP = trung tâm y tế dự phòng | BHYTHGĐ = bảo hiểm y tế hộ gia đình | BHYT HGĐ = bảo hiểm y tế hộ gia đình
BHYTHSSV = bảo hiểm y tế học sinh, sinh viên | KKT = khu kinh tế | ĐKX = đăng ký xe | TSGL = tài sản gắn liền
UBATGT = ủy ban an toàn giao thông | HSĐC = hồ sơ địa chính | BĐĐC = bản đồ địa chính | ĐKĐĐ = đăng ký đất đai
SQDB = sĩ quan dự bị | ĐTNCS = đoàn thanh niên cộng sản | HLHTN = hội liên hiệp thanh niên | PHCN = phục hồi chức năng
LHTNVN = liên hiệp thanh niên Việt Nam | NCTVN = người cao tuổi Việt Nam | BKLN = bệnh không lây nhiễm
YHCT = y học cổ truyền | YHDT = y học dân tộc | KSBT = kiểm soát bệnh tật | BVĐKKV = bệnh viện đa khoa khu vực
TVGS = tư vấn giám sát | TCNSCĐ = tổ công nghệ số cộng đồng | TCMT = tiêm chích ma túy
MGĐL = mẫu giáo độc lập | TTGDNN = trung tâm giáo dục nghề nghiệp | GVBM = giáo viên bộ môn
BĐDCMHS = ban đại diện cha mẹ học sinh | HĐNGLL = hoạt động ngoài giờ lên lớp | XTHB = xét tuyển học bạ
ĐGNL = đánh giá năng lực | ĐGTD = đánh giá tư duy | XNK = xuất nhập khẩu | TSCĐ = tài sản cố định | BTN = bê tông nhựa
VSLĐ = vệ sinh lao động | CPĐD = cấp phối đá dăm | ĐDK = đường dây trên không | CTĐL = công ty điện lực
CĐV = cổ động viên | BXH = bảng xếp hạng | NMN = nhà máy nước | HCKC = huân chương kháng chiến
HCLĐ = huân chương lao động | HCĐL = huân chương độc lập | Huân chương KC = Huân chương kháng chiến
Huy chương KC = Huy chương kháng chiến | CSTĐ = chiến sĩ thi đua | CSTĐCS = chiến sĩ thi đua cơ sở
LĐTT = lao động tiên tiến | ĐKDN = đăng ký doanh nghiệp | YS = y sĩ | YSĐK = y sĩ đa khoa | NHS = nữ hộ sinh
DSĐH = dược sĩ đại học | ĐDV = điều dưỡng viên | BSCK1 = bác sĩ chuyên khoa một | BSCK2 = bác sĩ chuyên khoa hai
HSNK = học sinh năng khiếu | KTĐK = kiểm tra định kỳ | LLCT = lý luận chính trị | ĐTVM = đô thị văn minh
NTM KM = nông thôn mới kiểu mẫu | NTMKM = nông thôn mới kiểu mẫu | NTMNC = nông thôn mới nâng cao
THPT QG = trung học phổ thông quốc gia | giá KĐ = giá khởi điểm | nhóm AB = nhóm a bê
MBQH = mặt bằng quy hoạch | NOXH = nhà ở xã hội | nhà NOXH = nhà ở xã hội | TTHN = tình trạng hôn nhân
ĐKKV = đa khoa khu vực | PNMT = phụ nữ mang thai | LCS = lương cơ sở | KBNN KV = kho bạc nhà nước khu vực
HĐKT = hợp đồng kinh tế | ngày LV = ngày làm việc | đeo KT = đeo khẩu trang
Bưu điện VH = Bưu điện văn hóa | BĐVHX = bưu điện văn hóa xã | P.GD NHCSXH = phòng giao dịch ngân hàng chính sách xã hội
IPM = i pê mờ | IPHM = i pê hát mờ | SRI = ét rờ i | NS&VSMTNT = nước sạch và vệ sinh môi trường nông thôn
NS-VSMTNT = nước sạch, vệ sinh môi trường nông thôn | taluy = taluy | ta-luy = ta luy | điêzen = đi ê den
DQCĐ = dân quân cơ động | ĐƠĐN = đền ơn đáp nghĩa | có công với CM = có công với cách mạng
NCC với CM = người có công với cách mạng | TDĐKXDNTM = toàn dân đoàn kết xây dựng nông thôn mới
HĐKC = hoạt động kháng chiến | BVTQ = bảo vệ Tổ quốc | acid = a xít
cấp QG = cấp quốc gia | TGST = thời gian sinh trưởng | TLB = tỷ lệ bệnh
DVXHCB = dịch vụ xã hội cơ bản | SSĐV = sẵn sàng động viên | MNDBT = mực nước dâng bình thường | vữa XM = vữa xi măng
KN-KN = khuyến nông khuyến ngư
"""
