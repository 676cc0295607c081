"""Files as offices and enemies make them, written by code: no blob in the tree, and every byte has its reason."""

import struct
import unicodedata
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import docx

from scheduler.core.dispatch.charsets import _TCVN3

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "core" / "dispatches"
TEXT = (CORPUS / "01-cong-van-phuong-khung-gio.txt").read_text(encoding="utf-8")
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


# --- .docx ------------------------------------------------------------------------------------------------------------


def saved(document: "docx.document.Document") -> bytes:
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def docx_of(text: str) -> bytes:
    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    return saved(document)


def zip_of(members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", packing) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return made.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    inside = "".join(item if item.startswith("<") else run(item) for item in runs)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    """Each cell is its paragraphs."""
    made = "".join("<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>" for cells in rows)
    return f"<w:tbl>{made}</w:tbl>"


def box(*paragraphs: str) -> str:
    """A run with a text box as Word 2010 and later write it: twice."""
    inside = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{inside}</mc:Choice>'
        f"<mc:Fallback>{inside}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def word_file(body: str, main: str = "word/document.xml", packing: int = zipfile.ZIP_DEFLATED, **parts: str) -> bytes:
    """A .docx from the XML of its body and of other parts (styles, numbering, footnotes, header1 …)."""
    relations = "".join(
        f'<Relationship Id="{name}" Type="{KINDS}{name.rstrip("0123456789")}" Target="{name}.xml"/>' for name in parts
    )
    head, _, file = main.rpartition("/")
    members = {
        "_rels/.rels": _relations(f'<Relationship Id="r" Type="{KINDS}officeDocument" Target="{main}"/>'),
        main: f"<w:document {W} {R} {MC}><w:body>{body}</w:body></w:document>".encode(),
        f"{head}/_rels/{file}.rels": _relations(relations),
    }
    members |= {f"{head}/{name}.xml": xml.encode() for name, xml in parts.items()}
    return zip_of(members, packing)


def _relations(inside: str) -> bytes:
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'.encode()


def with_document_xml(xml: bytes) -> bytes:
    """An honest .docx whose document part is replaced."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(docx_of("x"))) as honest, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry in honest.infolist():
            packed.writestr(entry.filename, xml if entry.filename == "word/document.xml" else honest.read(entry))
    return made.getvalue()


# --- .pdf -------------------------------------------------------------------------------------------------------------

PDF_LINES = [
    "UY BAN NHAN DAN", "PHUONG AN LAC", "CONG HOA XA HOI CHU NGHIA VIET NAM", "Doc lap - Tu do - Hanh phuc",
    "So: 118/UBND-VHXH", "V/v tuyen truyen tren dai truyen thanh", "An Lac, ngay 05 thang 7 nam 2024",
    "Kinh gui: Cac to dan pho.", "De nghi phat thanh 3 lan/ngay.", "Noi nhan:", "- Nhu tren.",
]  # fmt: skip
HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf_of(
    pages: list[bytes],
    *,
    resources: bytes = b"",
    trailer: bytes = b"",
    extra: tuple[bytes, ...] = (),
    font: bytes = HELVETICA,
) -> bytes:
    """A PDF written by hand: one content stream a page, `font` as /F1; `extra` objects follow the pages."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        font,
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


def vietnamese_pdf(pages: list[list[tuple[int, int, str]]]) -> bytes:
    """(x, y, text) on each page, in a font whose codes mean what its ToUnicode map says, as word processors write it."""
    letters = sorted({char for page in pages for _, _, text in page for char in text})
    codes = {char: code for code, char in enumerate(letters, 1)}
    meant = "\n".join(f"<{code:04X}> <{char.encode('utf-16-be').hex()}>" for char, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{meant}\nendbfchar endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()
    contents = [
        stream(
            b" ".join(
                b"BT /F1 12 Tf 1 0 0 1 %d %d Tm <%s> Tj ET" % (x, y, "".join(f"{codes[c]:04X}" for c in text).encode())
                for x, y, text in page
            ),
            packed=True,
        )
        for page in pages
    ]
    first = 4 + 2 * len(pages)
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>"
    below = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 500 >>"
    return pdf_of(contents, font=font % (first, first + 1), extra=(below, stream(cmap)))


# --- .doc -------------------------------------------------------------------------------------------------------------

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole_of(streams: dict[str, bytes]) -> bytes:
    """A compound file (OLE 2): every stream in sectors of its own, its length rounded up to where small ones end."""
    # A folder of the format is a tree in the order of length, then name.
    ordered = sorted(streams.items(), key=lambda item: (len(item[0]), item[0].upper()))
    bodies = {name: data.ljust(4096, b"\0") + b"\0" * (-max(len(data), 4096) % _SECTOR) for name, data in ordered}
    starts, chain, at = {}, [], 0
    for name, body in bodies.items():
        starts[name], count = at, len(body) // _SECTOR
        chain += [*range(at + 1, at + count), _END]
        at += count
    names = ["Root Entry", *bodies]
    rows = -(-len(names) // 4) * 4
    directory_at, count = at, rows // 4
    chain += [*range(at + 1, at + count), _END]
    at += count
    fats = 1
    while fats * 128 < len(chain) + fats:
        fats += 1
    table = chain + [_FAT] * fats
    table += [_FREE] * (fats * 128 - len(table))
    directory = b""
    for row in range(rows):
        name = names[row] if row < len(names) else ""
        kind = 0 if not name else 5 if row == 0 else 2
        right = row + 1 if 0 < row < len(names) - 1 else _FREE
        child = 1 if row == 0 and len(names) > 1 else _FREE
        body = bodies.get(name, b"")
        start = starts.get(name, _END if row == 0 else 0)
        written = name.encode("utf-16-le") + b"\0\0" if name else b""
        directory += written.ljust(64, b"\0") + struct.pack(
            "<HBBIII16sIQQIQ", len(written), kind, 1, _FREE, right, child, bytes(16), 0, 0, 0, start, len(body)
        )
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fats, directory_at, 0, 4096, _END, 0, _END, 0)
    places = [at + i for i in range(fats)] + [_FREE] * (109 - fats)
    return (
        head
        + struct.pack("<109I", *places)
        + b"".join(bodies.values())
        + directory
        + struct.pack(f"<{len(table)}I", *table)
    )


def doc_of(text: str, *, flags: int = 0, wide: bool = True) -> bytes:
    """A Word 97 file of plain paragraphs: its header, the text, the one piece that says where the text is, one style."""
    typed = text.replace("\n", "\r") + "\r"
    body = typed.encode("utf-16-le") if wide else typed.encode("cp1252")
    start = 0x400
    place = start if wide else start * 2 | 0x40000000
    pieces = struct.pack("<II", 0, len(typed)) + struct.pack("<HIH", 0, place, 0)
    clx = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    styles = _style_sheet()
    fib = bytearray(start)
    struct.pack_into("<HHHHHHH", fib, 0, 0xA5EC, 0xC1, 0, 0x042A, 0, flags | 0x0200 | (0x1000 if wide else 0), 0xBF)
    struct.pack_into("<II", fib, 0x18, start, start + len(body))
    struct.pack_into("<H", fib, 0x20, 14)
    struct.pack_into("<H", fib, 0x3E, 22)
    struct.pack_into("<I", fib, 0x40, start + len(body))
    struct.pack_into("<I", fib, 0x4C, len(typed))
    struct.pack_into("<H", fib, 0x98, 93)
    struct.pack_into("<II", fib, 0xA2, len(clx), len(styles))
    struct.pack_into("<II", fib, 0x1A2, 0, len(clx))
    return ole_of({"WordDocument": bytes(fib) + body, "1Table": clx + styles})


def _style_sheet() -> bytes:
    """The style "Normal" alone; antiword reads at random where there is none."""
    named = struct.pack("<H", 6) + "Normal".encode("utf-16-le") + b"\0\0" + struct.pack("<HHH", 2, 0, 0)
    style = struct.pack("<HHHHH", 0, 0xFFF1, 2, 10 + len(named), 0) + named
    head = struct.pack("<9H", 1, 10, 1, 91, 15, 0, 0, 0, 0)
    return struct.pack("<H", len(head)) + head + struct.pack("<H", len(style)) + style


# --- letters before Unicode -------------------------------------------------------------------------------------------

_MARKS = "\u0300\u0301\u0309\u0303\u0323"
_VNI_TONES = dict(zip(_MARKS, "øùûõï", strict=True))
_VNI_HATS = {"\u0302": "âàáåãä", "\u0306": "êèéúüë"}
_VNI_ALONE = {"đ": "ñ", "ơ": "ô", "ư": "ö", "ì": "ì", "í": "í", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}


def as_tcvn3(text: str) -> str:
    """TCVN3 as letters of Latin-1; a small letter stands for a marked capital, as the font of capitals draws it."""
    letters = {letter: code for code, letter in _TCVN3.items()}
    return "".join(letters.get(c, c) if c in letters or c.isascii() else letters.get(c.lower(), c) for c in text)


def as_vni(text: str) -> str:
    """VNI as letters of CP1252: a base letter, then its mark."""
    return "".join(_vni_letter(c) for c in text)


def _vni_letter(char: str) -> str:
    lower = char.lower()
    if lower in _VNI_ALONE:
        made = _VNI_ALONE[lower]
    else:
        base, *marks = unicodedata.normalize("NFD", lower)
        hat = next((_VNI_HATS[mark] for mark in marks if mark in _VNI_HATS), "")
        tone = next((mark for mark in marks if mark in _VNI_TONES), "")
        if "\u031b" in marks:
            base = {"o": "ô", "u": "ö"}[base]
        made = base + (hat[1 + _MARKS.index(tone) if tone else 0] if hat else _VNI_TONES.get(tone, ""))
    return made.upper() if char.isupper() else made
