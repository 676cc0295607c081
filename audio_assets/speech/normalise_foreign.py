"""Names and formulas from abroad that bulletins of a ward hold: goods, medicines, sprays, banks, chemistry.

Rows as in `normalise_words.py`. A name that stands on both sides is known and said as it is written; what a chemist
writes in signs is said by its letters, or as the words that it is short for.
"""

from typing import Final

__all__ = ["FOREIGN"]

FOREIGN: Final = """
QCCT = quảng canh cải tiến | NTU = nờ tê u | diop = đi ốp | Thalassemia = Thalassemia | Monthong = Monthong
đất NTD = đất nghĩa trang, nghĩa địa | đất LUA = đất trồng lúa
NH4+ = nờ hát bốn cộng | NO2- = nờ o hai trừ | NO3- = nờ o ba trừ | NH3 = nờ hát ba | NH4 = nờ hát bốn | NO2 = nờ o hai
NO3 = nờ o ba | SO2 = ét o hai | CH4 = xê hát bốn | HCl = hát xê lờ | NaCl = nờ a xê lờ | H2SO4 = hát hai ét o bốn
NaOH = nờ a o hát | KOH = ca o hát | CaO = xê a o | Ca(OH)2 = xê a o hát hai | CaCO3 = xê a xê o ba
NaOCl = nờ a o xê lờ | NaClO = nờ a xê lờ o | H2O2 = hát hai o hai | KMnO4 = ca mờ nờ o bốn | KCl = ca xê lờ
CuSO4 = xê u ét o bốn | MgSO4 = mờ gờ ét o bốn | KNO3 = ca nờ o ba | BOD = bê o dê | BOD5 = bê o dê năm
COD = xê o dê | TSS = tê ét ét | TDS = tê dê ét | UVB = u vê bê | CNG = xê nờ gờ
dầu DO = dầu dê o | dầu FO = dầu ép o | màng PE = màng pê e | túi PE = túi pê e | nhựa PE = nhựa pê e
ống PE = ống pê e | bạt PE = bạt pê e | chai PET = chai pét | nhựa PET = nhựa pét
chế phẩm EM = chế phẩm e mờ | chế phẩm IMO = chế phẩm i mờ o | lọc RO = lọc rờ o | nước RO = nước rờ o
vắc xin MR = vắc xin mờ rờ | tiêm MR = tiêm mờ rờ | MMR = mờ mờ rờ | Hib = Hib | vắc xin SAT = vắc xin ét a tê
huyết thanh SAT = huyết thanh ét a tê | EV71 = e vê bảy mươi mốt | MERS = méc | ARV = a rờ vê
tăng HA = tăng huyết áp | HA tối đa = huyết áp tối đa | HA tối thiểu = huyết áp tối thiểu | HTND = hỗ trợ nông dân
2in1 = hai trong một | 3in1 = ba trong một | 4in1 = bốn trong một | 5in1 = năm trong một | 6in1 = sáu trong một
Varicella = Varicella | Menactra = Menactra | Twinrix = Twinrix | Boostrix = Boostrix | Adacel = Adacel | Havax = Havax
Engerix = Engerix | Tetraxim = Tetraxim | Imojev = Imojev | Jevax = Jevax | Qdenga = Qdenga | Rotateq = Rotateq
Influvac = Influvac | Vaxigrip = Vaxigrip | Sinopharm = Sinopharm | Rotavin = Rotavin | Verocell = Verocell
Salmonella = Salmonella | E.coli = e cô li | Coli = cô li | Chikungunya = Chikungunya | Leptospira = Leptospira
Javen = Javen | Formol = Formol | Biocid = Biocid | Benkocid = Benkocid | Iodine = Iodine | Ivermectin = Ivermectin
Oxytetracyclin = Oxytetracyclin | Enrofloxacin = Enrofloxacin | Amoxicilin = Amoxicilin | Cephalexin = Cephalexin
Prednisolon = Prednisolon | Omeprazol = Omeprazol | Captopril = Captopril | Atorvastatin = Atorvastatin
Decolgen = Decolgen | Salonpas = Salonpas | statin = statin | vaccin = vắc xin
folic = folic
Glyphosat = Glyphosat | Paraquat = Paraquat | Nereistoxin = Nereistoxin | Abamectin = Abamectin
Emamectin = Emamectin | Fuji-One = phu gi oan | Beam = Beam | Bordeaux = boóc đô | Nativo = Nativo
Amistar = Amistar | Aliette = Aliette | Antracol = Antracol | Metaldehyde = Metaldehyde | Clincher = Clincher
Fastac = Fastac | Confidor = Confidor | Oshin = Oshin | probiotic = probiotic | composit = composit | silicon = silicon
amiang = a mi ăng | axetylen = axetylen | Samsung = Samsung | Nokia = Nokia | Vsmart = Vsmart | Realme = Realme
Vivo = Vivo | Microsoft = Microsoft | Teams = Teams | Chrome = Chrome | Sharp = Sharp | Toshiba = Toshiba
Electrolux = Electrolux | Casio = Casio | Core = Core | Intel = Intel | Dell = Dell | Asus = Asus | Lenovo = Lenovo
Mitsubishi = Mitsubishi | Suzuki = Suzuki | Thaco = Thaco | Isuzu = Isuzu | Kubota = Kubota | Yanmar = Yanmar
Kawasaki = Kawasaki | Airblade = Airblade | Attila = Attila | Nouvo = Nouvo | Grande = Grande | Janus = Janus
VinBus = VinBus | GrabBike = GrabBike | sedan = sedan | contener = công te nơ | xe SH = xe ét hát | Raider = Raider
Wave RSX = Wave rờ ét ích
Wave RS = Wave rờ ét | PCX = pê xê ích | xe SYM = xe ét y mờ
Poodle = Poodle | Corgi = Corgi | Husky = Husky | Becgie = béc giê | Alaska = Alaska | Pitbull = Pitbull
Golden = Golden | Rottweiler = Rottweiler | Matmo = Matmo | Yagi = Yagi | Bualoi = Bualoi
Kalmaegi = Kalmaegi | Wipha = Wipha | Kajiki = Kajiki | Ragasa = Ragasa | Fengshen = Fengshen | Koto = Koto
VPBank = vê pê banh | MBBank = mờ bê banh | ABBank = a bê banh | TPBank = tê pê banh | HDBank = hát dê banh
SeABank = si banh | LPBank = lờ pê banh | VietABank = việt á banh | OCB = o xê bê | SCB = ét xê bê
ViettelPay = việt teo pây | ZaloPay = da lô pây | VNPay = vê nờ pây | ShopeePay = sóp pi pây | Napas = na pát
RAM = ram | ASF = a ét ép | phun ULV = phun u lờ vê
SSD = ét ét dê | HDD = hát dê dê | CPU = xê pê u | HDMI = hát dê mờ i | VGA = vê gờ a | LAN = lan
i3 = ai ba | i5 = ai năm | i7 = ai bảy | font = phông | Times New Roman = thai niu rô man | Arial = a ri an | code = cốt
click = cờ lích | size = sai | sale = seo | mk = mật khẩu | ext = máy lẻ | ext. = máy lẻ | NFC = nờ ép xê
CVV = xê vê vê | VNeTraffic = vi nét tờ ráp phích
PCI = pê xê i | PAPI = pa pi | PAR INDEX = pa in đếch | SIPAS = si pát | DDCI = dê dê xê i | GRDP = gờ rờ dê pê
HBsAg = hát bê ét a gờ | AST = a ét tê | ALT = a lờ tê | creatinin = creatinin | Triglycerid = Triglycerid
Phaco = Phaco | lithium = lithium | podcast = podcast | compa = com pa | pass = pát | EPS = e pê ét
NPK-S = nờ pê ca ét | FullHD = phun hát dê | Full HD = phun hát dê | Big C = bích xi | NBI = nờ bê i
VFF = vê ép ép | AFF = a ép ép | TOPIK = tô pích | IM Japan = i mờ gia pan
VN2000 = vê nờ hai nghìn | VN-2000 = vê nờ hai nghìn | acoustic = acoustic | URENCO = u ren cô
V-League = vê lích | V.League = vê lích
"""
