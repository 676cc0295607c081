"""The head of a dispatch line by line: issuers and their case, numbers, dates, subjects, addressees, urgency."""

import pytest

from scheduler.core.dispatch import dispatch_json, read_dispatch, tidy
from scheduler.core.dispatch.issuer import sentence_case
from scheduler.core.dispatch.text import fold, lines_of, paragraphs_of, sentences_of
from tests.rows import over

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
OFFICE = "ỦY BAN NHÂN DÂN\nPHƯỜNG AN LẠC"


def read(
    office: str = OFFICE,
    number: str = "Số: 118/UBND-VHXH",
    subject: str = "V/v tuyên truyền",
    day: str = "An Lạc, ngày 05 tháng 7 năm 2024",
    to: str = "Kính gửi: Đài Truyền thanh phường.",
    body: str = "Ủy ban nhân dân phường đề nghị phối hợp thực hiện./.",
    before: str = "",
) -> dict[str, object]:
    parts = (before, office, NATION, number, subject, day, to, body, "Nơi nhận:\n- Như trên.")
    return dispatch_json(read_dispatch("\n\n".join(part for part in parts if part)))


@over(
    "capitals, name",
    [
        ("ỦY BAN NHÂN DÂN THỊ XÃ BỈM SƠN", "Ủy ban nhân dân thị xã Bỉm Sơn"),
        ("ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH", "Ủy ban nhân dân thành phố Hồ Chí Minh"),
        ("ỦY BAN NHÂN DÂN PHƯỜNG 12", "Ủy ban nhân dân phường 12"),
        ("ỦY BAN NHÂN DÂN XÃ HỘI AN", "Ủy ban nhân dân xã Hội An"),
        ("SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "Sở Thông tin và Truyền thông"),
        ("SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH", "Sở Văn hóa, Thể thao và Du lịch"),
        ("SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "Sở Lao động - Thương binh và Xã hội"),
        ("BỘ Y TẾ", "Bộ Y tế"),
        ("BỘ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "Bộ Nông nghiệp và Môi trường"),
        ("PHÒNG VĂN HÓA - XÃ HỘI", "Phòng Văn hóa - Xã hội"),
        ("TRUNG TÂM Y TẾ HUYỆN YÊN MINH", "Trung tâm Y tế huyện Yên Minh"),
        ("BAN CHỈ ĐẠO PHÒNG, CHỐNG DỊCH COVID-19 TỈNH AN PHÚ", "Ban Chỉ đạo phòng, chống dịch COVID-19 tỉnh An Phú"),
        ("ỦY BAN MẶT TRẬN TỔ QUỐC VIỆT NAM XÃ TÂN AN", "Ủy ban Mặt trận Tổ quốc Việt Nam xã Tân An"),
        ("UBND XÃ QUẢNG PHÚ", "UBND xã Quảng Phú"),
        ("ĐẢNG ỦY PHƯỜNG TÂN LẬP", "Đảng ủy phường Tân Lập"),
        ("CÔNG AN THỊ TRẤN CẦU GỒ", "Công an thị trấn Cầu Gồ"),
        ("ĐIỆN LỰC THANH BÌNH", "Điện lực thanh bình"),
    ],
)
def test_a_name_in_capitals_is_written_as_offices_write_it(capitals, name):
    assert sentence_case(capitals) == name


@pytest.mark.parametrize(
    ("office", "issuer"),
    [
        pytest.param("ỦY BAN NHÂN DÂN\nTHỊ XÃ BỈM SƠN", "Ủy ban nhân dân thị xã Bỉm Sơn", id="over two lines"),
        pytest.param("ỦY BAN NHÂN DÂN TỈNH HÀ AN\nSỞ Y TẾ", "Sở Y tế", id="the superior above is not the issuer"),
        pytest.param("UỶ BAN NHÂN DÂN\nXÃ HÒA PHÚ", "Ủy ban nhân dân xã Hòa Phú", id="the other way to write ủy"),
        pytest.param("UBND THÀNH PHỐ HỒNG LĨNH\nPHƯỜNG BẮC SƠN", "UBND phường Bắc Sơn", id="ward under its town"),
        pytest.param("Ủy ban nhân dân\nphường An Lạc", "Ủy ban nhân dân phường An Lạc", id="not in capitals"),
        pytest.param("**ỦY BAN NHÂN DÂN\nPHƯỜNG AN LẠC**", "Ủy ban nhân dân phường An Lạc", id="in bold"),
        pytest.param(
            "SỞ VĂN HÓA, THỂ THAO\nVÀ DU LỊCH", "Sở Văn hóa, Thể thao và Du lịch", id="a name over two lines with và"
        ),
        pytest.param(
            "UBND HUYỆN YÊN MINH\nBAN CHỈ ĐẠO\nPHÒNG, CHỐNG DỊCH",
            "Ban Chỉ đạo phòng, chống dịch",
            id="phòng is no office",
        ),
    ],
)
def test_the_issuer_is_the_office_nearest_the_number(office, issuer):
    assert read(office=office)["issuer"] == issuer


def test_the_case_that_the_body_writes_wins_over_the_rules():
    found = read(office="ĐIỆN LỰC THANH BÌNH", body="Điện lực Thanh Bình đề nghị phối hợp./.", day="ngày 5/7/2024")
    assert found["issuer"] == "Điện lực Thanh Bình"


def test_a_place_in_the_name_takes_its_case_from_the_date_line():
    found = read(office="ĐIỆN LỰC THANH BÌNH", body="Đề nghị phối hợp./.", day="Thanh Bình, ngày 05 tháng 7 năm 2024")
    assert found["issuer"] == "Điện lực Thanh Bình"


@over(
    "line, number, symbol",
    [
        ("Số: 642/UBND-VHTT", "642", "UBND-VHTT"),
        ("Số: *642* /UBND-VHTT", "642", "UBND-VHTT"),
        ("Số : 07 / TB - UBND", "07", "TB-UBND"),
        ("Số 15a/UBND", "15a", "UBND"),
        ("Số: 05/2021/QĐ-UBND", "05", "2021/QĐ-UBND"),
        ("Số: 118 CV/TU", "118", "CV/TU"),
        ("Số: 41-TB/ĐU", "41", "TB/ĐU"),
        ("S6: 20/UBND-VX", "20", "UBND-VX"),
        ("Số: 2O/UBND-VX", "20", "UBND-VX"),
        ("Số:      /UBND-VX", None, "UBND-VX"),
        ("Số: ……/UBND-VX", None, "UBND-VX"),
        ("Số: 77/BCĐ", "77", "BCĐ"),
        ("Số: 12/TTVH,TT&DL".replace(",", "-"), "12", "TTVH-TT&DL"),
    ],
)
def test_the_number_is_read_as_it_is_filled_in(line, number, symbol):
    found = read(number=line)
    assert (found["number"], found["symbol"]) == (number, symbol)


@over(
    "raw, number, reason",
    [
        ("64Z", "642", "number_misread"),
        ("S4", "54", "number_misread"),
        ("l0O6", "1006", "number_misread"),
        ("1Oa", "10a", "number_misread"),
        ("64B", "64B", "number_letter"),
        ("64A", "64A", None),
        ("15a", "15a", None),
        ("642", "642", None),
    ],
)
def test_a_letter_among_the_digits_of_a_number_is_put_right_or_asked_about(raw, number, reason):
    found = read(number=f"Số: {raw}/UBND-VX")
    assert found["number"] == number
    assert [one["reason"] for one in found["doubts"]] == ([reason] if reason else [])
    assert found["found"]["number"][0]["confidence"] == ("doubtful" if reason else "high")


@pytest.mark.parametrize(
    ("line", "day", "reasons"),
    [
        ("An Lạc, ngày l3 tháng 3 năm 202O", "2020-03-13", []),
        ("An Lạc, ngày 2S tháng 4 năm 2023", "2023-04-25", ["date_misread"]),
        ("An Lạc, ngày 3Z tháng 4 năm 2023", None, ["date_no_day"]),
        ("An Lạc ngày 05 tháng 7 năm 2024", "2024-07-05", []),
        ("An Lạc, ngày 5 tháng 7 năm 0024", None, ["date_no_day"]),
    ],
)
def test_a_letter_among_the_digits_of_a_day_is_put_right_only_where_it_is_certain(line, day, reasons):
    found = read(day=line)
    assert (found["date"], [one["reason"] for one in found["doubts"]]) == (day, reasons)


def test_a_day_that_stands_only_at_the_end_is_asked_about():
    found = read(day="", body="Đề nghị phối hợp./.\n\nAn Lạc, ngày 05 tháng 7 năm 2024")
    assert (found["date"], [one["reason"] for one in found["doubts"]]) == ("2024-07-05", ["date_at_the_end"])


@pytest.mark.parametrize(
    "body",
    [
        "Thực hiện Công văn\nsố 304/STTTT-BCXB ngày 09/3/2020 của Sở Thông tin, UBND phường đề nghị phối hợp./.",
        "Số 304/STTTT-BCXB ngày 09/3/2020 của Sở Thông tin đã nêu việc này./.",
        "Trong vòng 14 ngày kể từ ngày 09/3/2020, đề nghị phối hợp./.",
        "Hội An, ngày 09/3/2020 có lễ hội./.",
    ],
)
def test_the_number_and_day_of_another_matter_never_become_its_own(body):
    found = read(number="", day="", subject="THÔNG BÁO\nVề lễ hội", to="", body=body)
    assert (found["number"], found["symbol"], found["date"]) == (None, None, None)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(
            "ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nPHƯỜNG AN LẠC Độc lập - Tự do - Hạnh phúc\n"
            "Số: 118/UBND-VHXH An Lạc, ngày 05 tháng 7 năm 2024\nV/v tuyên truyền",
            id="both columns on each line",
        ),
        pytest.param(
            "ỦY BAN NHÂN DÂN\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nPHƯỜNG AN LẠC\nĐộc lập - Tự do - Hạnh phúc\n"
            "Số: 118/UBND-VHXH\nAn Lạc, ngày 05 tháng 7 năm 2024\nV/v tuyên truyền",
            id="a line of each in turn",
        ),
        pytest.param(
            "ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA\nPHƯỜNG AN LẠC VIỆT NAM\nĐộc lập- Tự do- Hạnh phúc\n"
            "Số: 118/UBND-VHXH\nV/v tuyên truyền An Lạc, ngày 05 tháng 7 năm 2024",
            id="the country over two lines",
        ),
        pytest.param(
            "ỦY BAN NHÂN DÂN\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nPHƯỜNG AN LẠC\tĐộc lập - Tự do - Hạnh phúc\n"
            "Số: 118/UBND-VHXH\tAn Lạc, ngày 05 tháng 7 năm 2024\nV/v tuyên truyền",
            id="tabs",
        ),
    ],
)
def test_two_columns_that_ocr_ran_together_are_one_head(head):
    found = dispatch_json(read_dispatch(f"{head}\n\nKính gửi: Đài Truyền thanh phường.\n\nĐề nghị phối hợp./."))
    assert [found[name] for name in ("number_symbol", "date", "issuer", "subject")] == [
        "118/UBND-VHXH",
        "2024-07-05",
        "Ủy ban nhân dân phường An Lạc",
        "tuyên truyền",
    ]
    assert found["doubts"] == []


def test_an_office_with_digits_in_its_name_is_asked_about():
    found = read(office="ỦY BAN NHÂN D4N\nPHƯỜNG AN LẠC")
    assert [one["reason"] for one in found["doubts"]] == ["issuer_misread"]


def test_a_phone_with_a_letter_is_put_right_and_one_with_too_few_digits_is_asked_about():
    found = read(body="Gọi O912345678 hoặc số điện thoại 09123 để biết; công văn số 02373761666/UBND./.")
    assert found["phones"] == ["0912345678"]
    assert [one["reason"] for one in found["doubts"]] == ["phone_misread", "phone_incomplete"]


def test_a_text_without_any_diacritics_is_read_and_asked_about():
    found = dispatch_json(
        read_dispatch(
            "UY BAN NHAN DAN\nPHUONG TAN HOA\nSo: 19/UBND\nV/v lich cat dien\nTan Hoa, ngay 11 thang 4 nam 2022\n"
            "Kinh gui: Dai Truyen thanh phuong.\n\nDe nghi phat thanh 3 lan/ngay."
        )
    )
    assert (found["number_symbol"], found["date"], found["frequency"]) == ("19/UBND", "2022-04-11", [])
    assert [one["reason"] for one in found["doubts"]] == ["text_without_diacritics", "frequency_without_diacritics"]


def test_letters_read_as_digits_are_corrected_aloud():
    assert "number: 2O was read as 20; check it" in read(number="Số: 2O/UBND-VX")["warnings"]


def test_a_stamp_of_arrival_gives_neither_number_nor_date():
    found = read(before="CÔNG VĂN ĐẾN\nSố: 932\nNgày: 18/7/2024")
    assert (found["number"], found["date"]) == ("118", "2024-07-05")


@pytest.mark.parametrize("missing", ["number", "day", "subject", "office"])
def test_what_the_head_does_not_say_stays_unknown_and_is_said(missing):
    names = {"number": "number", "day": "date", "subject": "subject", "office": "issuer"}
    body = "Thực hiện Công văn số 304/STTTT-BCXB ngày 09/3/2020 của Sở Thông tin về việc họp, đề nghị phối hợp./."
    found = read(body=body, **{missing: ""})
    assert found[names[missing]] is None
    assert any(warning.startswith(f"{names[missing]}: ") for warning in found["warnings"])


@over(
    "line, day",
    [
        ("Bỉm Sơn, ngày 13 tháng 3 năm 2020", "2020-03-13"),
        ("*Bỉm Sơn, ngày 13 tháng 03 năm 2020*", "2020-03-13"),
        ("TP. Hồ Chí Minh, ngày 1 tháng 12 năm 2021", "2021-12-01"),
        ("ngày 5/7/2024", "2024-07-05"),
        ("Hà Nội, ngày I3 tháng 3 năm 2020", "2020-03-13"),
        ("Hà Nội, ngày 29 tháng 2 năm 2023", None),
        ("Hà Nội, ngày … tháng 3 năm 2020", None),
        ("Hà Nội, ngày      tháng 3 năm 2020", None),
    ],
)
def test_the_date_is_the_one_after_the_place(line, day):
    assert read(day=line)["date"] == day


@over(
    "lines, subject",
    [
        ("V/v tiếp tục đẩy mạnh công tác tuyên\ntruyền và thực hiện các biện pháp\nphòng, chống dịch", "tiếp tục đẩy mạnh công tác tuyên truyền và thực hiện các biện pháp phòng, chống dịch"),
        ("V/v: phòng, chống bão số 5.", "phòng, chống bão số 5"),
        ("Về việc thu gom rác", "thu gom rác"),
        ("V/v tuyên truyền Luật\nCăn cước năm 2023", "tuyên truyền Luật Căn cước năm 2023"),
        ("V / v mời họp", "mời họp"),
        ("V/v tuyên truyền,\n\nphổ biến pháp luật", "tuyên truyền, phổ biến pháp luật"),
    ],
)  # fmt: skip
def test_the_subject_runs_over_its_lines_and_no_further(lines, subject):
    assert read(subject=lines)["subject"] == subject


@over(
    "title, doc_type, subject",
    [
        ("THÔNG BÁO\nVề việc cắt điện", "thông báo", "cắt điện"),
        ("THÔNG BÁO\nLịch trực Tết", "thông báo", "Lịch trực Tết"),
        ("THÔNG BÁO VỀ VIỆC CẮT ĐIỆN", "thông báo", "CẮT ĐIỆN"),
        ("CÔNG ĐIỆN HỎA TỐC\nVề ứng phó bão", "công điện", "ứng phó bão"),
        (
            "KẾ HOẠCH\nTuyên truyền cải cách hành chính\nnăm 2024",
            "kế hoạch",
            "Tuyên truyền cải cách hành chính năm 2024",
        ),
        ("QUYẾT ĐỊNH\nVề việc ban hành quy chế", "quyết định", "ban hành quy chế"),
        ("CHỈ THỊ\nVề tăng cường phòng cháy", "chỉ thị", "tăng cường phòng cháy"),
    ],
)
def test_the_type_is_named_above_the_subject(title, doc_type, subject):
    found = read(number="Số: 5/UBND", subject="", day=f"An Lạc, ngày 5 tháng 7 năm 2024\n\n{title}", to="")
    assert (found["doc_type"], found["subject"]) == (doc_type, subject)


@pytest.mark.parametrize(
    ("number", "doc_type"),
    [
        ("Số: 5/TB-UBND", "thông báo"),
        ("Số: 5/CĐ-UBND", "công điện"),
        ("Số: 5/KH-UBND", "kế hoạch"),
        ("Số: 5/UBND", "công văn"),
    ],
)
def test_the_symbol_tells_the_type_when_no_line_does(number, doc_type):
    assert read(number=number)["doc_type"] == doc_type


@over(
    "mark, urgency",
    [
        ("KHẨN", "khan"),
        ("THƯỢNG KHẨN", "thuong_khan"),
        ("HỎA TỐC", "hoa_toc"),
        ("HOẢ TỐC", "hoa_toc"),
        ("**HỎA TỐC**", "hoa_toc"),
        ("Độ khẩn: Hỏa tốc", "hoa_toc"),
        ("HỎA TỐC HẸN GIỜ 8H00", "hoa_toc"),
        ("", "none"),
    ],
)
def test_a_mark_of_urgency_stands_on_its_own(mark, urgency):
    assert read(before=mark)["urgency"] == urgency


@pytest.mark.parametrize(
    "subject", ["V/v khẩn trương ứng phó bão", "V/v tình trạng khẩn cấp", "V/v gửi công văn hỏa tốc"]
)
def test_urgent_words_of_a_subject_are_no_mark(subject):
    assert read(subject=subject)["urgency"] == "none"


@pytest.mark.parametrize(
    ("to", "addressees"),
    [
        pytest.param("Kính gửi: UBND các xã, phường.", ["UBND các xã, phường"], id="one on the line"),
        pytest.param("Kính gửi:\n\n- A1;\n- B1;\n- C1.", ["A1", "B1", "C1"], id="bullets"),
        pytest.param("Kính gửi:\n\n- A1;\n\n- B1;\n\n- C1.", ["A1", "B1", "C1"], id="bullets with gaps"),
        pytest.param("Kính gửi: - A1;\n- B1", ["A1", "B1"], id="bullets from the first line on"),
        pytest.param("Kính gửi:\nTổ một;\nTổ hai;\nTổ ba.", ["Tổ một", "Tổ hai", "Tổ ba"], id="lines without bullets"),
        pytest.param("Kính gửi: Tổ một; Tổ hai.", ["Tổ một", "Tổ hai"], id="two on the line"),
        pytest.param("Kính gửi:\n+ A1;\n+ B1.", ["A1", "B1"], id="plus signs"),
        pytest.param("Kính gửi:\n1. Tổ một;\n2. Tổ hai.", ["Tổ một", "Tổ hai"], id="numbers"),
        pytest.param("Kính gửi:\n- Đoàn thể,\nHội quán phường;\n- B1.", ["Đoàn thể, Hội quán phường", "B1"], id="a wrapped name"),
        pytest.param("Kính gửi: Các cơ quan, ban, ngành,\nđoàn thể phường.", ["Các cơ quan, ban, ngành, đoàn thể phường"], id="wrapped"),
    ],
)  # fmt: skip
def test_the_addressees_are_read_in_any_way_of_listing(to, addressees):
    assert read(to=to)["addressees"] == addressees


@over(
    "body, phones",
    [
        ("Gọi 0912 345 678 hoặc (0237) 3761 666.", ["0912345678", "02373761666"]),
        ("Gọi 0912.345.678, nhắc lại 0912345678.", ["0912345678"]),
        ("Liên hệ +84 912 345 678.", ["0912345678"]),
        ("Tổng đài 1900 9095, 18001119.", ["19009095", "18001119"]),
        ("Đường dây nóng 1022, 115 hoặc 113.", ["1022", "115", "113"]),
        ("Điện thoại: 0237.3824.123; Fax: 0237.3824.124.", ["02373824123"]),
        ("Số tài khoản 0123456789, mã số thuế 0301234567.", []),
        ("Từ năm 1022 đến 1900 có 2020 người, công văn 304/STTTT ngày 09/3/2020.", []),
        ("Gọi vốn 1200 người dân tham gia.", []),
        ("Điện thoại 02373761666/02373776559.", ["02373761666", "02373776559"]),
    ],
)
def test_only_numbers_to_ring_are_phones(body, phones):
    assert read(body=body)["phones"] == phones


@pytest.mark.parametrize(
    ("body", "urls"),
    [
        ("Xem <https://a.example.vn/x?y=1>.", ["https://a.example.vn/x?y=1"]),
        (
            "Xem [trang](https://a.example.vn), (https://b.example.vn).",
            ["https://a.example.vn", "https://b.example.vn"],
        ),
        ("Xem www.a.gov.vn; a.gov.vn/; https://a.gov.vn.", ["www.a.gov.vn"]),
        ("Thư: vp@phuong.gov.vn, trang: phuong.gov.vn.", ["phuong.gov.vn"]),
        ("Trên TP.Huế, Q.1, v.v. không có trang.", []),
    ],
)
def test_web_addresses_are_read_once_and_without_their_punctuation(body, urls):
    assert read(body=body)["urls"] == urls


@pytest.mark.parametrize(
    ("body", "messages", "kinds"),
    [
        pytest.param("Phát trên loa nội dung: “Mời bà con đi tiêm.” Xin cảm ơn.", ["Mời bà con đi tiêm."], ["loudspeaker"], id="curly"),
        pytest.param('Nhắn tin với nội dung: "Mời bà con đi tiêm".', ["Mời bà con đi tiêm"], ["sms"], id="straight"),
        pytest.param("Nhắn tin với nội dung: «Mời bà con đi tiêm».", ["Mời bà con đi tiêm"], ["sms"], id="guillemets"),
        pytest.param("Nhắn tin với nội dung: ”Mời bà con đi tiêm“.", ["Mời bà con đi tiêm"], ["sms"], id="marks the wrong way round"),
        pytest.param("Thông báo niêm yết nội dung sau: “Mời bà con đi tiêm”.", ["Mời bà con đi tiêm"], ["notice"], id="notice"),
        pytest.param("Loa đọc nội dung: “Thực hiện “5K” mọi nơi, mọi lúc”.", ["Thực hiện “5K” mọi nơi, mọi lúc"], ["loudspeaker"], id="nested"),
        pytest.param("Hưởng ứng phong trào “Toàn dân bảo vệ an ninh Tổ quốc”.", [], [], id="a movement is no message"),
        pytest.param("Thực hiện Đề án “Phát triển đô thị thông minh”.", [], [], id="a project is no message"),
    ],
)  # fmt: skip
def test_messages_are_the_quoted_texts_that_are_announced(body, messages, kinds):
    found = read(body=body)
    assert (found["messages"], found["message_kinds"]) == (messages, kinds)


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        pytest.param('Nhắn tin với nội dung: "Canh bao chay rung, khong dot nuong."', ["sms_without_diacritics"], id="sms"),
        pytest.param('Loa đọc nội dung: "Canh bao chay rung, khong dot nuong."', ["message_without_diacritics"], id="loudspeaker"),
        pytest.param("Loa đọc nội dung: “Bà con không đốt nương rẫy.", ["message_unclosed"], id="never closed"),
        pytest.param("Nội dung như sau: “Bà con không đốt nương rẫy.”", ["message_kind_unsaid"], id="for nobody knows what"),
        pytest.param("Nội dung phát thanh như sau:\n\nBà con không đốt nương rẫy.", ["message_unquoted"], id="not quoted"),
        pytest.param("Loa đọc nội dung: “Bà con không đốt nương rẫy.”", [], id="plain"),
    ],
)  # fmt: skip
def test_what_is_doubtful_about_a_message_is_asked(body, reasons):
    found = read(subject="V/v cháy rừng", to="Kính gửi: Các thôn.", body=body)
    assert [one["reason"] for one in found["doubts"]] == reasons
    assert len(found["messages"]) == 1


def test_a_message_goes_on_over_a_page_break_with_its_nested_quotes():
    found = read(
        body="Loa đọc nội dung: “Thực hiện “ba sạch” khi trẻ sốt cao, co\n\n- 2 -\n\ngiật thì đến trạm y tế.” Xin cảm ơn."
    )
    assert found["messages"] == ["Thực hiện “ba sạch” khi trẻ sốt cao, co giật thì đến trạm y tế."]


def test_a_replaced_dispatch_is_told():
    warnings = read(body="Công văn này thay thế Công văn số 12/UBND-VX ngày 01/6/2024.")["warnings"]
    assert warnings == ["replaces: dispatch 12/UBND-VX is replaced; stop its campaign"]


# --- the text itself --------------------------------------------------------------------------------------------------


@over(
    "written, tidied",
    [
        ("**đậm** và *nghiêng* và _gạch_", "đậm và nghiêng và gạch"),
        ("# Tiêu đề", "Tiêu đề"),
        ("* mục", "- mục"),
        ("\\- mục 1\\.", "- mục 1."),
        ("gọi *101# nhé", "gọi *101# nhé"),
        ("TT&amp;DL", "TT&DL"),
        ("a<br>b", "a\nb"),
        ("| a | b |\n|---|---|", "a\nb"),
        ("STT | Bài | Giờ phát\n1 | Phòng cháy | 5h30", "STT\nBài\nGiờ phát\n1\nPhòng cháy\n5h30"),
        ("Số 12 | 13 | 14 của một dòng", "Số 12 | 13 | 14 của một dòng"),
        ("một\n\n- 2 -\n\nhai", "một\n\nhai"),
        ("một\n------\nhai", "một\n\nhai"),
        ("tệp ten_tep.txt", "tệp ten_tep.txt"),
    ],
)
def test_marks_of_ocr_and_markdown_are_taken_away(written, tidied):
    assert tidy(written) == tidied


def test_a_shadow_is_as_long_as_its_text():
    text = "Ủy ban × İstanbul ﬁ Ǆ đĐ 2–3"
    assert len(fold(text)) == len(text)
    assert fold("Ủy ban Đống Đa, 2–3×") == "uy ban dong da, 2-3x"


def test_a_paragraph_torn_by_a_page_break_is_one():
    text = "Các đơn vị ưu tiên xử lý kịp thời mọi sự cố của đường truyền và\n\ncác máy điện thoại. Hết.\n\n- Mục khác"
    assert [text[a:b].split(maxsplit=1)[0] for a, b in paragraphs_of(lines_of(text))] == ["Các", "-"]


def test_abbreviations_do_not_end_a_sentence():
    text = "Gửi UBND TP. Huế và TX. Hương Thủy. Hết rồi; thật vậy"
    assert [text[a:b] for a, b in sentences_of(text, 0, len(text))] == [
        "Gửi UBND TP. Huế và TX. Hương Thủy",
        "Hết rồi",
        "thật vậy",
    ]


def test_a_word_of_two_letters_ends_a_sentence():
    text = "Tổ 5 vào ngày lẻ. Giao Đài phát 02 lần/ngày. BS. Lan ở nhà"
    assert [text[a:b] for a, b in sentences_of(text, 0, len(text))] == [
        "Tổ 5 vào ngày lẻ",
        "Giao Đài phát 02 lần/ngày",
        "BS. Lan ở nhà",
    ]


def test_a_plan_that_is_dated_behind_its_body_has_a_body():
    text = """UBND PHƯỜNG TĨNH GIA
Số 240/KH-UBND

KẾ HOẠCH
Tuyên truyền Tháng Thanh niên

1. Trên hệ thống truyền thanh: phát mỗi ngày 02 buổi, từ ngày 25/3/2026 đến ngày 05/4/2026.

Tĩnh Gia, ngày 23 tháng 3 năm 2026
TM. ỦY BAN NHÂN DÂN
"""
    read = read_dispatch(text)
    assert (read.date, [(one.per_day, one.start, one.end) for one in read.frequency]) == (
        "2026-03-23",
        [(2, "2026-03-25", "2026-04-05")],
    )
