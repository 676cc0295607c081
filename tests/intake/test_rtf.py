"""RTF of Word and WordPad, with the fonts of the years before Unicode."""

import pytest

from tests.intake.made import TEXT, as_tcvn3, as_vni
from tests.intake.reading import lines, read, reason_of

FONTS = r"{\fonttbl{\f0\froman\fcharset0 Times New Roman;}{\f1\fnil\fcharset0 .VnTime;}{\f2\fnil\fcharset0 VNI-Times;}{\f3\fnil .VnTimeH{\*\falt Arial};}{\f4\fnil\fcharset163 Arial;}}"


def rtf(body: str, head: str = FONTS) -> bytes:
    return (r"{\rtf1\ansi\ansicpg1252\deff0" + head + "\n" + body + "}").encode("latin-1")


def escaped(text: str) -> str:
    """As Word writes it: Unicode with a stand-in letter."""
    return "".join(
        c if c.isascii() else rf"\u{ord(c) if ord(c) < 0x8000 else ord(c) - 0x10000}?" for c in text
    ).replace("\n", "\\par\n")


def codes(text: str) -> str:
    return "".join(c if c.isascii() else f"\\'{ord(c):02x}" for c in text)


def test_a_whole_dispatch_is_read():
    assert read(rtf(r"\f0 " + escaped(TEXT))).strip() == TEXT.strip()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(r"\f1 " + codes(as_tcvn3("nhân dân phường")), "nhân dân phường", id="TCVN3"),
        pytest.param(r"\f3 " + codes(as_tcvn3("CỘNG HÒA")), "CỘNG HÒA", id="TCVN3 capitals"),
        pytest.param(r"\f2 " + codes(as_vni("Ủy ban phường")), "Ủy ban phường", id="VNI"),
        pytest.param(r"\f4 b\'ea\'f2nh", "bệnh", id="the Vietnamese code page of a font"),
        pytest.param(
            r"{\f1 " + codes(as_tcvn3("nhân")) + r"}\f0  caf\'e9", "nhân café", id="the neighbour is left alone"
        ),
        pytest.param(r"\f1 nh\u-3927?n", "nhân", id="a code of a symbol font"),
        pytest.param(r"\f1 ph\-" + codes("êng"), "phường", id="the soft hyphen that is a letter"),
        pytest.param(r"\f1 " + escaped("phường"), "phường", id="Unicode under an old font"),
        pytest.param(r"\uc2\f1 nh\u169 XYn", "nhân", id="two stand-in letters"),
        pytest.param(r"\f1 nh\'a9n\plain  caf\'e9", "nhân café", id="plain goes back to the ordinary font"),
        pytest.param(r"a\u55357?\u56898?", "a🙂", id="a letter in two halves"),
        pytest.param(r"\f0 m\{t\}", "m{t}", id="braces that are text"),
    ],
)
def test_letters_are_read_by_their_font(body, expected):
    assert read(rtf(body)).strip() == expected


def test_an_old_file_whose_ordinary_font_is_tcvn3_is_read():
    head = r"{\fonttbl\f0\fnil .VnTime;\f1\fswiss Arial;}"
    assert lines(rtf(r"\pard\plain\f0 nh\'a9n d\'a9n\par\plain ph\'ad\'eang", head)) == ["nhân dân", "phường"]


def test_cells_are_lines_left_before_right():
    row = r"\trowd\cellx1\cellx2\intbl UBND\par PHUONG AN LAC\cell CONG HOA\cell\row\pard So: 12"
    assert lines(rtf(row)) == ["UBND", "PHUONG AN LAC", "CONG HOA", "So: 12"]


def test_hidden_and_deleted_text_is_dropped_and_inserted_text_kept():
    assert lines(rtf(r"phat {\v an }{\deleted hai }{\revised ba }lan\v x\v0 /ngay")) == ["phat ba lan/ngay"]


def test_hidden_letters_of_unicode_leave_nothing_behind():
    assert lines(rtf(r"a{\v \u7843?\'e9 }b")) == ["ab"]


def test_a_text_box_is_read_once():
    shape = r"{\shp{\*\shpinst\shpleft10{\sp{\sn fFlip}{\sv 0}}{\shptxt \pard THUONG KHAN\par}}{\shprslt{\*\do\dptxbx{\dptxbxtext THUONG KHAN\par}}}}"
    assert lines(rtf(shape + "Kinh gui")) == ["THUONG KHAN", "Kinh gui"]


def test_the_numbers_of_a_list_are_kept():
    word = r"{\listtext\pard\plain 1.\tab}Dai truyen thanh\par{\listtext 2.\tab}Cong an\par"
    assert lines(rtf(word)) == ["1.\tDai truyen thanh", "2.\tCong an"]
    assert lines(rtf(r"{\pntext\f0 a)\tab}{\*\pn\pnlvlbody{\pntxta )}}Ghi nhat ky\par")) == ["a)\tGhi nhat ky"]


def test_footnotes_stand_at_the_end():
    assert lines(rtf(r"Can cu{\super\chftn{\footnote\pard{\super\chftn} Nghi dinh 49.}}\par Noi nhan\par")) == [
        "Can cu",
        "Noi nhan",
        " Nghi dinh 49.",
    ]


def test_headers_styles_pictures_and_fields_are_no_text():
    body = r"{\header Trang 2}{\stylesheet{\s0 Normal;}}{\info{\author A B}}{\field{\*\fldinst HYPERLINK \"http://a.vn\"}{\fldrslt a.vn}}\par{\pict\pngblip 00ff}{\*\generator X}Kinh gui"
    assert lines(rtf(body)) == ["a.vn", "Kinh gui"]


def test_binary_data_of_a_picture_may_hold_braces():
    assert lines(rtf(r"a{\pict\wmetafile8\bin5 }}}{{}b")) == ["ab"]


def test_a_new_page_parts_the_text():
    assert read(rtf(r"trang mot\page trang hai")).split("\f") == ["trang mot", "trang hai"]


def test_an_empty_rtf_is_refused():
    assert reason_of(b"{\\rtf1 }") == "dispatch_empty"


def test_text_after_the_end_and_a_missing_end_harm_nothing():
    assert lines(rtf("Kinh gui") + b"}} rac") == ["Kinh gui"]
    assert lines(rtf("Kinh gui")[:-1]) == ["Kinh gui"]


def test_groups_nested_without_end_are_refused():
    assert reason_of(b"{\\rtf1 " + b"{" * 500_000) == "dispatch_damaged"
