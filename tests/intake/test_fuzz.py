"""Any bytes, and honest files with something changed: text or a DispatchError, never anything else.

Most examples are read in the process of the test, where a fault of the child would be seen as it is; some go through
the child, as they do at a station.
"""

import json
import string
import zipfile
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.intake.made import (
    PDF_LINES,
    TEXT,
    W,
    as_tcvn3,
    box,
    doc_of,
    docx_of,
    lines_stream,
    paragraph,
    pdf_of,
    run,
    table,
    vietnamese_pdf,
    word_file,
    zip_of,
)
from tests.intake.reading import outcome_here, outcome_of

MAGIC = [b"PK\x03\x04", b"%PDF-1.4\n", b"\xff\xfe", b"\xfe\xff", b"{\\rtf1", b"<html>", b"\xef\xbb\xbf", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")]  # fmt: skip
LISTED = "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr>"
RICH = word_file(
    paragraph(run("Số: 12/UBND"), box(paragraph("KHẨN"))) + table((paragraph("UBND"), paragraph("CỘNG HÒA")))
    + paragraph(run(as_tcvn3("nhân dân"), "<w:rFonts w:hAnsi='.VnTime'/>"), "<w:r><w:footnoteReference w:id='1'/></w:r>")
    + paragraph("một", properties=LISTED) + "<w:sectPr><w:headerReference w:type='default' r:id='header1'/></w:sectPr>",
    styles=f"<w:styles {W}><w:style w:type='paragraph' w:default='1' w:styleId='N'><w:rPr><w:caps/></w:rPr></w:style></w:styles>",
    numbering=f"<w:numbering {W}><w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.'/></w:lvl></w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num></w:numbering>",
    footnotes=f"<w:footnotes {W}><w:footnote w:id='1'>{paragraph('ghi chú')}</w:footnote></w:footnotes>",
    header1=f"<w:hdr {W}>{paragraph('ĐIỆN LỰC AN LẠC')}</w:hdr>",
)  # fmt: skip
RTF = (
    rb"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}{\f1\fnil .VnTime;}}{\*\generator x}\f1 nh\'a9n\par{\v an}{\pict\bin3 abc}"
    rb"\trowd a\cell b\cell\row{\footnote c}{\shp{\*\shpinst{\shptxt d}}}\uc1\u7843?}"
)
PDF = pdf_of([lines_stream(PDF_LINES)])
PAGE = b"<html><style>.a{font-family:.VnTime}</style><body><p class=a>nh\xc2\xa9n<ol><li>x<table><tr><td>y</table></ol></html>"
HONEST = [docx_of(TEXT), RICH, PDF, vietnamese_pdf([[(50, 700, "Kính gửi các tổ dân phố phường An Lạc")]]), RTF, PAGE]


@settings(max_examples=examples(200), deadline=None)
@given(st.one_of(st.binary(max_size=400), st.tuples(st.sampled_from(MAGIC), st.binary(max_size=400)).map(b"".join)))
def test_any_bytes_are_read_or_refused_and_nothing_else_is_raised(data):
    assert outcome_here(data)


@st.composite
def changed(draw: st.DrawFn, honest: bytes) -> bytes:
    """A file with some bytes changed, a stretch cut out, or a stretch said twice."""
    made = bytearray(honest)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(made) - 1))
        match draw(st.sampled_from(["byte", "cut", "twice", "noise"])):
            case "byte":
                made[at] = draw(st.integers(0, 255))
            case "cut":
                del made[at : at + draw(st.integers(1, 200))]
            case "twice":
                made[at:at] = made[at : at + draw(st.integers(1, 200))]
            case _:
                made[at:at] = draw(st.binary(max_size=20))
        if not made:
            break
    return bytes(made)


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(HONEST).flatmap(changed))
def test_an_honest_file_with_anything_changed_is_read_or_refused(data):
    assert outcome_here(data)


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_a_docx_with_a_part_changed_under_a_whole_zip_is_read_or_refused(data):
    with zipfile.ZipFile(BytesIO(RICH)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = data.draw(changed(parts[name]))
    assert outcome_here(zip_of(parts))


_NAMES = st.sampled_from(["p", "r", "t", "tbl", "tr", "tc", "sdt", "sdtContent", "del", "ins", "txbxContent", "pPr", "rPr", "numPr", "numId", "br", "tab", "body", "footnoteReference"])  # fmt: skip
_TREES = st.recursive(
    st.text(string.ascii_letters, max_size=5),
    lambda inside: st.tuples(_NAMES, st.lists(inside, max_size=4)).map(
        lambda made: f"<w:{made[0]} w:val='1' w:id='1'>{''.join(made[1])}</w:{made[0]}>"
    ),
    max_leaves=20,
)


@settings(max_examples=examples(150), deadline=None)
@given(_TREES)
def test_elements_of_word_in_any_order_are_text(tree):
    assert outcome_here(
        word_file(
            paragraph("chữ") + tree,
            styles=f"<w:styles {W}>{tree}</w:styles>",
            numbering=f"<w:numbering {W}>{tree}</w:numbering>",
        )
    )


_RTF_WORDS = st.sampled_from(["{", "}", "\\par ", "\\f1 ", "\\f0 ", "\\u7843?", "\\uc2 ", "\\'a9", "\\v ", "\\plain ", "{\\footnote ", "{\\*\\x ", "\\cell ", "\\bin3 ", "\\-", "\\", "\n", "{\\pict ", "{\\fonttbl{\\f1 .VnTime;}}"])  # fmt: skip


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.one_of(_RTF_WORDS, st.text(string.printable, max_size=8)), max_size=30))
def test_rtf_of_any_words_is_read_or_refused(words):
    assert outcome_here(("{\\rtf1 Kinh gui " + "".join(words)).encode("latin-1", "replace"))


@settings(max_examples=examples(25), deadline=None)
@given(st.sampled_from([*HONEST, doc_of(TEXT)]).flatmap(changed))
def test_through_the_child_it_is_the_same(data):
    assert json.dumps(outcome_of(data))
