"""PDF with text: pages, columns, old fonts, stamps; and what a PDF has instead of text."""

from io import BytesIO

import pypdf
import pytest

from scheduler.core.dispatch import dispatch_json, read_dispatch
from scheduler.intake import MAX_PAGES
from tests.intake.made import PDF_LINES, TEXT, as_tcvn3, lines_stream, pdf_of, stream, vietnamese_pdf
from tests.intake.reading import lines, read, reason_of


def page_of(*texts: str) -> list[tuple[int, int, str]]:
    return [(50, 780 - 18 * number, text) for number, text in enumerate(texts)]


def test_a_pdf_with_text_is_read():
    found = dispatch_json(read_dispatch(read(pdf_of([lines_stream(PDF_LINES)]))))
    assert found["number_symbol"] == "118/UBND-VHXH"
    assert found["date"] == "2024-07-05"
    assert found["addressees"] == ["Cac to dan pho"]
    assert found["frequency"] == [], "an order without diacritics is asked about"
    assert "frequency_without_diacritics" in [one["reason"] for one in found["doubts"]]


def test_vietnamese_letters_are_read_by_the_map_of_their_font():
    told = [line for line in TEXT.split("\n") if line.strip()]
    pages = [page_of(*told[at : at + 40]) for at in range(0, len(told), 40)]
    assert [" ".join(line.split()) for line in lines(vietnamese_pdf(pages))] == [
        " ".join(line.split()) for line in told
    ]


def test_the_pages_of_a_pdf_are_read_in_order():
    text = read(pdf_of([lines_stream(["trang mot cua cong van"]), lines_stream(["trang hai cua cong van"])]))
    assert text.index("mot") < text.index("\f") < text.index("hai")


@pytest.mark.parametrize("order", ["by cell", "by line"])
def test_a_letterhead_of_two_columns_is_read_whichever_way_it_was_written(order):
    left = ["ỦY BAN NHÂN DÂN", "PHƯỜNG AN LẠC", "Số: 12/UBND-VX"]
    right = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "An Lạc, ngày 3 tháng 5 năm 2024"]
    cells = [(50, 780 - 18 * n, text) for n, text in enumerate(left)] + [
        (290, 780 - 18 * n, text) for n, text in enumerate(right)
    ]
    if order == "by line":
        cells.sort(key=lambda cell: (-cell[1], cell[0]))
    rest = [
        (50, 600 - 18 * n, text)
        for n, text in enumerate(["Kính gửi: Các tổ dân phố.", "Đề nghị phát thanh 3 lần/ngày./."])
    ]
    found = dispatch_json(read_dispatch(read(vietnamese_pdf([cells + rest]))))
    assert found["number_symbol"] == "12/UBND-VX"
    assert found["date"] == "2024-05-03"
    assert found["issuer"] == "Ủy ban nhân dân phường An Lạc"
    assert found["addressees"] == ["Các tổ dân phố"]


def test_a_pdf_printed_with_an_old_font_is_read():
    text = as_tcvn3("Ủy ban nhân dân phường đề nghị các tổ dân phố thực hiện phát thanh ba lần mỗi ngày.")
    assert read(vietnamese_pdf([page_of(text)])).split("\n") == [
        "ủy ban nhân dân phường đề nghị các tổ dân phố thực hiện phát thanh ba lần mỗi ngày."
    ]


def test_a_pdf_without_text_is_a_scan():
    assert reason_of(pdf_of([stream(b"q 595 0 0 842 0 0 cm Q")])) == "dispatch_scan"


def test_a_scan_with_the_stamp_of_a_signature_is_a_scan():
    stamp = page_of(
        "Ký bởi: Văn phòng Ủy ban nhân dân", "Email: vp@an-lac.vn", "Thời gian ký: 09.03.2020 15:20:00 +07:00"
    )
    assert reason_of(vietnamese_pdf([stamp, []])) == "dispatch_scan"
    assert read(vietnamese_pdf([[*stamp, *page_of(*["Kính gửi: Các tổ dân phố."] * 2)]]))


def test_letters_whose_meaning_is_lost_are_no_text():
    assert (
        reason_of(pdf_of([stream(b"BT /F1 12 Tf 50 700 Td (%s) Tj ET" % (b"\x01\x02\x03\x04\x05abc" * 40))]))
        == "dispatch_scan"
    )


def test_a_pdf_of_too_many_pages_is_refused():
    page = lines_stream(["trang"])
    assert reason_of(pdf_of([page] * (MAX_PAGES + 1))) == "dispatch_too_many_pages"
    assert reason_of(pdf_of([page] * 5000)) == "dispatch_too_many_pages"
    lying = pdf_of([page] * (MAX_PAGES + 1)).replace(b"/Count 201", b"/Count 1  ")
    assert reason_of(lying) == "dispatch_too_many_pages"


def sealed(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=BytesIO(pdf_of([lines_stream(PDF_LINES)])))
    writer.encrypt(user_password=password, owner_password="chu-so-huu", algorithm="AES-256")
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def test_a_pdf_with_a_password_is_refused():
    assert reason_of(sealed("bi-mat")) == "dispatch_encrypted"
    broken = b"<< /Filter /Standard /V 1 /R 2 /O (%s) /U (%s) /P -4 >>" % (b"o" * 32, b"u" * 32)
    data = pdf_of(
        [lines_stream(PDF_LINES)],
        trailer=b"/Encrypt 6 0 R /ID [(0123456789abcdef) (0123456789abcdef)]",
        extra=(broken,),
    )
    assert reason_of(data) == "dispatch_encrypted"


def test_a_pdf_that_only_forbids_editing_is_read():
    assert "118/UBND-VHXH" in read(sealed(""))
