"""The numbers Word draws and does not keep: counted as Word counts them."""

import pytest

from scheduler.intake.word_numbering import letters_number, roman_number
from tests.intake.made import W, paragraph, word_file
from tests.intake.reading import lines


def level(number: int, kind: str, text: str, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>{more}</w:lvl>'


def numbering(*levels: str, lists: str = '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>') -> str:
    return f'<w:numbering {W}><w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>{lists}</w:numbering>'


def item(text: str, deep: int = 0, number: int = 1) -> str:
    return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{deep}"/><w:numId w:val="{number}"/></w:numPr>')


def told(body: str, part: str, **parts: str) -> list[str]:
    return lines(word_file(body, numbering=part, **parts))


def test_duties_and_their_parts_keep_their_numbers():
    part = numbering(level(0, "decimal", "%1."), level(1, "lowerLetter", "%2)"), level(2, "bullet", "\uf0b7"))
    body = (
        item("Đài truyền thanh") + item("Phát hai buổi", 1) + item("sáng", 2) + item("Ghi nhật ký", 1)
        + item("Công an phường") + item("Tuần tra", 1)
    )  # fmt: skip
    assert told(body, part) == [
        "1. Đài truyền thanh", "a) Phát hai buổi", "- sáng", "b) Ghi nhật ký", "2. Công an phường", "a) Tuần tra",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        pytest.param("decimal", "Điều %1.", ["Điều 1.", "Điều 2."], id="articles"),
        pytest.param("upperRoman", "%1.", ["I.", "II."], id="Roman"),
        pytest.param("lowerRoman", "(%1)", ["(i)", "(ii)"], id="small Roman in brackets"),
        pytest.param("upperLetter", "%1.", ["A.", "B."], id="capital letters"),
        pytest.param("decimalZero", "%1", ["01", "02"], id="two figures"),
        pytest.param("bullet", "-", ["-", "-"], id="a dash"),
        pytest.param("bullet", "+", ["+", "+"], id="a plus stays"),
        pytest.param("bullet", "\uf0d8", ["-", "-"], id="a sign of a picture font"),
        pytest.param("none", "", ["", ""], id="no number"),
        pytest.param("decimal", "", ["", ""], id="a number that is not drawn"),
        pytest.param("japaneseCounting", "%1.", ["1.", "2."], id="a counting we do not know"),
    ],
)
def test_a_label_is_written_as_its_level_says(kind, text, expected):
    found = told(item("x") + item("x"), numbering(level(0, kind, text)))
    assert found == [f"{label} x".strip() for label in expected]


def test_a_number_of_two_levels_shows_both():
    part = numbering(
        level(0, "upperRoman", "%1."), level(1, "decimal", "%1.%2."), level(2, "decimal", "%1.%2.%3", "<w:isLgl/>")
    )
    body = item("Mục đích") + item("một", 1) + item("hai", 1) + item("ba", 2)
    assert told(body, part) == ["I. Mục đích", "I.1. một", "I.2. hai", "1.2.1 ba"]


def test_two_lists_of_one_kind_count_on_unless_one_starts_anew():
    lists = (
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    part = numbering(level(0, "decimal", "%1."), lists=lists)
    body = item("a") + item("b", number=2) + item("c", number=3) + item("d", number=3)
    assert told(body, part) == ["1. a", "2. b", "1. c", "2. d"]


def test_a_list_may_write_a_level_of_its_own():
    lists = f'<w:num w:numId="1"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0">{level(0, "lowerLetter", "%1)")}</w:lvlOverride></w:num>'
    assert told(item("x"), numbering(level(0, "decimal", "%1."), lists=lists)) == ["a) x"]


def test_an_empty_item_counts_and_shows_nothing():
    assert told(item("x") + item("") + item("y"), numbering(level(0, "decimal", "%1."))) == ["1. x", "3. y"]


def test_an_item_deleted_with_the_changes_tracked_does_not_count():
    gone = paragraph(
        "<w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del>",
        properties='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr>',
    )
    assert told(item("x") + gone + item("y"), numbering(level(0, "decimal", "%1."))) == ["1. x", "2. y"]


def test_a_style_gives_its_list_and_its_level():
    styles = (
        f"<w:styles {W}><w:style w:type='paragraph' w:styleId='M1'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>"
        "<w:style w:type='paragraph' w:styleId='M2'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>"
        "<w:style w:type='paragraph' w:styleId='M3'><w:basedOn w:val='M1'/></w:style></w:styles>"
    )
    part = numbering(
        level(0, "decimal", "%1.", "<w:pStyle w:val='M1'/>"), level(1, "lowerLetter", "%2)", "<w:pStyle w:val='M2'/>")
    )
    body = "".join(paragraph(text, properties=f"<w:pStyle w:val='{text}'/>") for text in ("M1", "M2", "M3"))
    assert told(body, part, styles=styles) == ["1. M1", "a) M2", "2. M3"]


def test_a_paragraph_may_leave_the_list_of_its_style():
    styles = f"<w:styles {W}><w:style w:type='paragraph' w:styleId='M'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style></w:styles>"
    body = paragraph("x", properties="<w:pStyle w:val='M'/><w:numPr><w:numId w:val='0'/></w:numPr>")
    assert told(body, numbering(level(0, "decimal", "%1.")), styles=styles) == ["x"]


def test_a_numbering_style_stands_for_the_list_it_names():
    styles = f"<w:styles {W}><w:style w:type='numbering' w:styleId='N'><w:pPr><w:numPr><w:numId w:val='2'/></w:numPr></w:pPr></w:style></w:styles>"
    part = (
        f"<w:numbering {W}><w:abstractNum w:abstractNumId='1'><w:numStyleLink w:val='N'/></w:abstractNum>"
        f"<w:abstractNum w:abstractNumId='2'>{level(0, 'decimal', '%1)')}</w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='2'/></w:num></w:numbering>"
    )
    assert told(item("x"), part, styles=styles) == ["1) x"]


def test_a_list_that_is_not_there_leaves_the_text():
    assert told(item("x", number=99), numbering(level(0, "decimal", "%1."))) == ["x"]


def test_letters_go_on_after_z_as_in_word():
    assert [letters_number(number) for number in (1, 26, 27, 53)] == ["a", "z", "aa", "aaa"]


def test_roman_numbers_are_those_of_rome():
    assert [roman_number(number) for number in (1, 4, 9, 14, 40, 1999)] == ["i", "iv", "ix", "xiv", "xl", "mcmxcix"]
