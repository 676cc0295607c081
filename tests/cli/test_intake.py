import os
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.dispatch import dispatch_json, read_dispatch
from scheduler.core.dispatch.charsets import _TCVN3, from_tcvn3, from_vni
from scheduler.errors import DispatchError
from scheduler.intake import MAX_PAGES, text_of

LIMIT = 20_000_000
ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "core" / "dispatches"
TEXT = (CORPUS / "01-cong-van-phuong-khung-gio.txt").read_text(encoding="utf-8")
REASONS = {
    "dispatch_empty", "dispatch_too_big", "dispatch_encrypted", "dispatch_scan", "dispatch_damaged",
    "dispatch_unreadable", "dispatch_too_long", "dispatch_too_many_pages",
}  # fmt: skip


def read(data: bytes, name: str = "cong-van", max_bytes: int = LIMIT) -> str:
    return text_of(data, name, max_bytes=max_bytes)


def reason_of(data: bytes, name: str = "cong-van", max_bytes: int = LIMIT) -> str:
    with pytest.raises(DispatchError) as refused:
        read(data, name, max_bytes)
    return refused.value.reason


def outcome_of(data: bytes) -> str:
    """The text, or the reason code of the refusal; anything else that is raised fails the test."""
    try:
        return read(data)
    except DispatchError as refused:
        if refused.reason not in REASONS:
            raise
        return refused.reason


def docx_bytes(document: "docx.document.Document") -> bytes:
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def docx_of(text: str) -> bytes:
    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    return docx_bytes(document)


def pdf_of(pages: list[bytes], *, resources: bytes = b"", trailer: bytes = b"", extra: tuple[bytes, ...] = ()) -> bytes:
    """A PDF written by hand: one content stream a page, Helvetica as /F1, ASCII only."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, content in enumerate(pages):
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> %s >> >>" % (5 + 2 * i, resources),
            content,
        ]
    objects += extra
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(made)


def stream(data: bytes, *, packed: bool = False) -> bytes:
    data = zlib.compress(data, 9) if packed else data
    kind = b"/Filter /FlateDecode " if packed else b""
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (kind, len(data), data)


def lines_stream(lines: list[str]) -> bytes:
    shown = b" T* ".join(b"(%s) Tj" % line.encode("ascii") for line in lines)
    return stream(b"BT /F1 12 Tf 14 TL 50 780 Td %s ET" % shown)


PDF_LINES = [
    "UY BAN NHAN DAN", "PHUONG AN LAC", "CONG HOA XA HOI CHU NGHIA VIET NAM", "Doc lap - Tu do - Hanh phuc",
    "So: 118/UBND-VHXH", "V/v tuyen truyen tren dai truyen thanh", "An Lac, ngay 05 thang 7 nam 2024",
    "Kinh gui: Cac to dan pho.", "De nghi phat thanh 3 lan/ngay.", "Noi nhan:", "- Nhu tren.",
]  # fmt: skip

# --- plain text -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_text_is_read_in_every_encoding(charset):
    assert read(TEXT.encode(charset)) == TEXT


def as_tcvn3(text: str) -> bytes:
    letters = {letter: code for code, letter in _TCVN3.items()}
    lowered = "".join(c if c in letters or c.isascii() else c.lower() for c in text)
    return "".join(letters.get(c, c) for c in lowered).encode("latin-1", "replace")


def as_cp1258(text: str) -> bytes:
    made = b""
    for char in text:
        try:
            made += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones))
            made += (base + tones).encode("cp1258", "replace")
    return made


def test_cp1258_bytes_are_read():
    assert read(as_cp1258(TEXT)) == TEXT


def test_tcvn3_bytes_are_read():
    assert read(as_tcvn3(TEXT)).lower() == TEXT.lower()


def test_vni_bytes_are_read():
    text = "Uûy ban nhaân daân phöôøng kính göûi caùc toå daân phoá; ñeà nghò thöïc hieän thoâng baùo ngaøy 5 thaùng 3."
    assert read(text.encode("cp1252")) == (
        "Ủy ban nhân dân phường kính gửi các tổ dân phố; đề nghị thực hiện thông báo ngày 5 tháng 3."
    )


def test_every_letter_of_tcvn3_comes_back():
    assert from_tcvn3("".join(_TCVN3)) == "".join(_TCVN3.values())
    assert from_tcvn3("Céng hßa x· héi", capitals=True) == "CỘNG HÒA XÃ HỘI"


def test_vni_capitals_keep_their_size():
    assert (
        from_vni("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM, ÑOÄC LAÄP") == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM, ĐỘC LẬP"
    )


# --- .docx ------------------------------------------------------------------------------------------------------------


def test_a_docx_is_read_by_its_content_whatever_its_name_says():
    assert dispatch_json(read_dispatch(read(docx_of(TEXT), "anh.jpg"))) == dispatch_json(read_dispatch(TEXT))


def test_a_letterhead_in_a_table_of_two_columns_is_read():
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text = "ỦY BAN NHÂN DÂN\nPHƯỜNG AN LẠC"
    table.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
    table.cell(1, 0).text = "Số: 12/UBND-VX\nV/v tuyên truyền trên\nhệ thống loa"
    table.cell(1, 1).text = "An Lạc, ngày 3 tháng 5 năm 2024"
    document.add_paragraph("Kính gửi:")
    for name in ("Các tổ dân phố;", "Trạm Y tế phường."):
        document.add_paragraph(name, style="List Bullet")
    document.add_paragraph("Ủy ban nhân dân phường đề nghị phát thanh 3 lần/ngày./.")
    found = dispatch_json(read_dispatch(read(docx_bytes(document))))
    assert found["number_symbol"] == "12/UBND-VX"
    assert found["date"] == "2024-05-03"
    assert found["issuer"] == "Ủy ban nhân dân phường An Lạc"
    assert found["subject"] == "tuyên truyền trên hệ thống loa"
    assert found["addressees"] == ["Các tổ dân phố", "Trạm Y tế phường"]
    assert found["frequency"][0]["per_day"] == 3


def test_tracked_changes_are_read_as_accepted():
    document = docx.Document()
    paragraph = document.add_paragraph("Phát thanh ")
    for tag, text_tag, text in (("w:del", "w:delText", "hai"), ("w:ins", "w:t", "ba")):
        change, run, shown = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
        shown.text = text
        run.append(shown)
        change.append(run)
        paragraph._p.append(change)
    paragraph.add_run(" lần/ngày")
    assert read(docx_bytes(document)) == "Phát thanh ba lần/ngày"


def test_a_text_box_is_read_once():
    box = "<w:txbxContent><w:p><w:r><w:t>THƯỢNG KHẨN</w:t></w:r></w:p></w:txbxContent>"
    drawn = (
        f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>'
        f'<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>'
    )
    document = docx.Document()
    document.add_paragraph("Số: 12/UBND")._p.append(parse_xml(drawn))
    assert read(docx_bytes(document)).split("\n") == ["Số: 12/UBND", "THƯỢNG KHẨN"]


def test_a_run_in_an_old_vn_font_is_made_unicode_and_its_neighbour_left_alone():
    document = docx.Document()
    paragraph = document.add_paragraph()
    for text, font in (("céng hßa ", ".VnTimeH"), ("nh©n d©n ", ".VnTime"), ("phường", ".VnTime"), (" café", "Arial")):
        paragraph.add_run(text).font.name = font
    assert read(docx_bytes(document)) == "CỘNG HÒA nhân dân phường café"


def zip_of(**members: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name.replace("__", "/").replace("_", "."), data)
    return made.getvalue()


def with_document_xml(xml: bytes) -> bytes:
    """An honest .docx whose document part is replaced."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(docx_of("x"))) as honest, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry in honest.infolist():
            packed.writestr(entry.filename, xml if entry.filename == "word/document.xml" else honest.read(entry))
    return made.getvalue()


def test_entities_of_a_hostile_docx_are_never_opened(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("bí mật", encoding="utf-8")
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>'
        f"<w:document {nsdecls('w')}><w:body><w:p><w:r><w:t>xin chao &x;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert "bí mật" not in outcome_of(with_document_xml(xml.encode()))


# --- .pdf -------------------------------------------------------------------------------------------------------------


def test_a_pdf_with_text_is_read():
    found = dispatch_json(read_dispatch(read(pdf_of([lines_stream(PDF_LINES)]))))
    assert found["number_symbol"] == "118/UBND-VHXH"
    assert found["date"] == "2024-07-05"
    assert found["addressees"] == ["Cac to dan pho"]
    assert found["frequency"][0]["per_day"] == 3


def test_the_pages_of_a_pdf_are_read_in_order():
    text = read(pdf_of([lines_stream(["trang mot cua cong van"]), lines_stream(["trang hai cua cong van"])]))
    assert text.index("mot") < text.index("\f") < text.index("hai")


def test_a_pdf_without_text_is_a_scan():
    assert reason_of(pdf_of([stream(b"q 595 0 0 842 0 0 cm Q")])) == "dispatch_scan"


def test_an_encrypted_pdf_is_refused():
    sealed = b"<< /Filter /Standard /V 1 /R 2 /O (%s) /U (%s) /P -4 >>" % (b"o" * 32, b"u" * 32)
    data = pdf_of(
        [lines_stream(PDF_LINES)],
        trailer=b"/Encrypt 6 0 R /ID [(0123456789abcdef) (0123456789abcdef)]",
        extra=(sealed,),
    )
    assert reason_of(data) == "dispatch_encrypted"


def test_a_pdf_of_too_many_pages_is_refused():
    page = lines_stream(["trang"])
    assert reason_of(pdf_of([page] * (MAX_PAGES + 1))) == "dispatch_too_many_pages"


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "dispatch_empty", id="no byte"),
        pytest.param(b" \r\n\t ", "dispatch_empty", id="spaces"),
        pytest.param(b"\xef\xbb\xbf", "dispatch_empty", id="a byte order mark alone"),
        pytest.param(b"\xff\xfe", "dispatch_empty", id="a UTF-16 mark alone"),
        pytest.param("… – —".encode(), "dispatch_empty", id="no letter"),
        pytest.param(docx_of(""), "dispatch_empty", id="an empty docx"),
        pytest.param(b"x" * 101, "dispatch_too_big", id="over the limit"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), "dispatch_scan", id="a picture"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64), "dispatch_scan", id="a photo"),
        pytest.param(b"\x00\x00\x00\x18ftypheic" + bytes(64), "dispatch_scan", id="a photo of a telephone"),
        pytest.param(b"%PDF-1.7\n garbage", "dispatch_damaged", id="a broken pdf"),
        pytest.param(pdf_of([lines_stream(PDF_LINES)])[:300], "dispatch_damaged", id="a cut pdf"),
        pytest.param(docx_of("x")[:2000], "dispatch_damaged", id="a cut docx"),
        pytest.param(with_document_xml(b"<w:document"), "dispatch_damaged", id="a docx with broken xml"),
        pytest.param(zip_of(word__document_xml=b"<a/>"), "dispatch_damaged", id="a docx without its parts"),
        pytest.param(zip_of(xl__workbook_xml=b"<a/>"), "dispatch_unreadable", id="a spreadsheet"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "dispatch_unreadable", id="an old doc"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64) + "EncryptedPackage".encode("utf-16-le"),
            "dispatch_encrypted",
            id="an encrypted docx",
        ),
        pytest.param(b"{\\rtf1 Kinh gui}", "dispatch_unreadable", id="rtf"),
        pytest.param(bytes(range(256)) * 20, "dispatch_unreadable", id="bytes without meaning"),
        pytest.param(b"ID3\x04\x00\x00" + bytes(range(128, 256)) * 9, "dispatch_unreadable", id="a song"),
        pytest.param(b"caf\xe9 au lait, cr\xe8me", "dispatch_unreadable", id="another language in an old charset"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(data, reason):
    assert reason_of(data, max_bytes=100 if reason == "dispatch_too_big" else LIMIT) == reason


def test_an_encrypted_zip_is_refused():
    data = bytearray(docx_of("x"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark)
        data[at + offset] |= 1
    assert reason_of(bytes(data)) == "dispatch_encrypted"


def test_the_limit_itself_is_allowed_and_named_when_passed():
    data = "Số 1: một công văn".encode()
    assert read(data, max_bytes=len(data))
    with pytest.raises(DispatchError) as refused:
        read(data, max_bytes=len(data) - 1)
    assert refused.value.details["limit"] == len(data) - 1


def test_a_very_long_name_is_shortened_in_the_refusal():
    with pytest.raises(DispatchError) as refused:
        read(b"", "../" * 5000 + "công văn.docx")
    assert str(refused.value.details["file"]).endswith("công văn.docx")
    assert len(str(refused.value.details["file"])) <= 80


# --- hostile files ----------------------------------------------------------------------------------------------------


def bomb_docx() -> bytes:
    return with_document_xml(b"<w:document>" + b" " * 200_000_000)


def bomb_laughing() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "ha">{entities}]><w:document {nsdecls("w")}><w:body><w:p><w:r><w:t>&a9;</w:t></w:r></w:p></w:body></w:document>'
    return with_document_xml(xml.encode())


def bomb_pdf_stream() -> bytes:
    return pdf_of([stream(b"BT /F1 12 Tf (x) Tj " + b"(ha) Tj " * 25_000_000, packed=True)])


def bomb_pdf_slow() -> bytes:
    return pdf_of([stream(b"BT /F1 12 Tf " + b"(ha ha) Tj 1 0 Td " * 16_000 + b"ET", packed=True)] * MAX_PAGES)


def bomb_pdf_pages() -> bytes:
    return pdf_of([b"<< /Length 0 >>\nstream\n\nendstream"] * 5000)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux's /proc")
@pytest.mark.parametrize("bomb", [bomb_docx, bomb_laughing, bomb_pdf_stream, bomb_pdf_slow, bomb_pdf_pages])
def test_a_hostile_file_ends_in_a_refusal_within_its_memory(bomb, tmp_path):
    """In a process of its own, which may not take 300 MB more than it starts with; 30 s stands for "does not hang"."""
    file = tmp_path / "bomb"
    file.write_bytes(bomb())
    code = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "import docx, pypdf\n"
        "from scheduler.errors import DispatchError\n"
        "from scheduler.intake import text_of\n"
        "def peak():\n    return int(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "data = Path(sys.argv[1]).read_bytes()\n"
        "before = peak()\n"
        "try:\n    text_of(data, 'x', max_bytes=50_000_000)\n"
        "except DispatchError as refused:\n    print(refused.reason)\n"
        "else:\n    print('read')\n"
        "print((peak() - before) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(file)],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    reason, grown = done.stdout.split()
    assert reason in REASONS
    assert int(grown) < 300


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.tuples(
            st.sampled_from(
                [b"PK\x03\x04", b"%PDF-1.4\n", b"\xff\xfe", b"\xfe\xff", b"{\\rtf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
            ),
            st.binary(max_size=400),
        ).map(b"".join),
    )
)
def test_any_bytes_are_read_or_refused_and_nothing_else_is_raised(data):
    assert outcome_of(data)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_docx_or_pdf_with_any_byte_changed_is_read_or_refused(data):
    honest = data.draw(st.sampled_from([docx_of(TEXT), pdf_of([lines_stream(PDF_LINES)])]))
    at = data.draw(st.integers(0, len(honest) - 1))
    changed = honest[:at] + bytes([data.draw(st.integers(0, 255))]) + honest[at + 1 :]
    assert outcome_of(changed)
