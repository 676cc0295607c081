"""Written ward language is said as a Hanoi announcer says it: a table of readings, one row a case."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from audio_assets.speech.lexicon import DEFAULT_LEXICON, Entry, layered
from audio_assets.speech.normalise import NORTHERN, RULES, SOUTHERN, ReadingStyle, is_speakable, normalise
from audio_assets.speech.normalise_rule import Rule
from tests.rows import over

TABLES = Path(__file__).parent / "readings"
SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "dispatch-642.txt"

SHIPPED_SAMPLE = Path(__file__).parents[2] / "scheduler" / "samples" / "cong-van-mau.txt"


def readings(region: str = "northern") -> list[dict[str, str]]:
    """The rows of one table; a line break in `written` stands there as \\n."""
    with (TABLES / f"{region}.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row | {"written": row["written"].replace("\\n", "\n")} for row in rows]


def said_wrong(rows, style=NORTHERN, key="written"):
    """Id -> (said, wanted) of the rows whose text in the column `key` is not said as the table says."""
    said = {row["id"]: (normalise(row[key], style=style).text, row["said"]) for row in rows}
    assert len(said) == len(rows) > 0
    return {name: pair for name, pair in said.items() if pair[0] != pair[1]}


def test_it_is_said_as_an_announcer_says_it():
    assert said_wrong(readings()) == {}


def test_what_is_said_is_said_the_same_again():
    assert said_wrong(readings(), key="said") == {}


def test_it_is_said_as_the_south_says_it():
    assert said_wrong(readings("southern"), SOUTHERN) == {}
    assert said_wrong(readings("southern"), SOUTHERN, "said") == {}


def test_the_tables_are_wide_their_ids_are_unique_and_each_row_tells_its_kind_of_text():
    rows = readings() + readings("southern")
    assert len(rows) >= 1_000
    assert max(Counter(row["id"] for row in rows).values()) == 1
    assert len({row["category"] for row in rows}) >= 19
    assert all(row["source"] for row in rows)


def test_no_text_stands_in_the_table_twice():
    written = Counter(row["written"] for row in readings())
    assert [text for text, times in written.items() if times > 1] == []


def test_every_reading_of_the_table_is_known():
    unknown = {row["id"]: normalise(row["written"]).unknown for row in readings()}
    assert {key: words for key, words in unknown.items() if words} == {}


def test_the_north_leaves_the_word_le_alone():
    assert normalise("bán lẻ 105 cái", style=NORTHERN).text == "bán lẻ một trăm linh năm cái"


def test_a_phone_number_is_repeated_where_asked():
    said = normalise("Gọi 0912345678.", style=ReadingStyle(repeat_phones=True)).text
    number = "không chín một hai, ba bốn năm, sáu bảy tám"
    assert said == f"Gọi {number}, xin nhắc lại, {number}."


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("gọi 113", "gọi một một ba, xin nhắc lại, một một ba"),
        ("gọi 114/115", "gọi một một bốn, một một năm, xin nhắc lại, một một bốn, một một năm"),
        ("gọi *101#", "gọi sao một không một thăng, xin nhắc lại, sao một không một thăng"),
        ("có 113 hộ", "có một trăm mười ba hộ"),
        ("CCCD 038012345678", "căn cước công dân không ba tám, không một hai, ba bốn năm, sáu bảy tám"),
    ],
    ids=["short-number", "chain-as-one", "dialled-code", "a-count-is-none", "an-identity-is-none"],
)
def test_what_is_dialled_is_repeated_and_nothing_else(written, said):
    assert normalise(written, style=ReadingStyle(repeat_phones=True)).text == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Công văn số 642/UBND-VHTT", "Công văn số sáu trăm bốn mươi hai"),
        ("Nghị định số 30/2020/NĐ-CP", "Nghị định số ba mươi"),
        ("Kết luận 121-KL/TW của Bộ Chính trị", "Kết luận một trăm hai mươi mốt của Bộ Chính trị"),
        ("Thông báo số 12a/TB-UBND", "Thông báo số mười hai a"),
        ("Số: .../TB-UBND", "Số:"),
    ],
)
def test_a_document_number_is_said_short_where_asked(written, said):
    assert normalise(written, style=ReadingStyle(short_documents=True)).text == said


@over(
    "listed, written, said",
    [
        ("dichvucong.gov.vn", "https://dichvucong.gov.vn/", "cổng dịch vụ công"),
        ("dichvucong.gov.vn", "www.dichvucong.gov.vn", "cổng dịch vụ công"),
        ("https://dichvucong.gov.vn", "dichvucong.gov.vn", "cổng dịch vụ công"),
        ("www.dichvucong.gov.vn", "http://dichvucong.gov.vn", "cổng dịch vụ công"),
        ("dichvucong.gov.vn", "dichvucong.gov.vn/abc", "cổng dịch vụ công, gạch chéo a bê xê"),
        ("dichvucong.gov.vn/abc", "https://dichvucong.gov.vn/abc", "cổng dịch vụ công"),
        ("a@b.vn", "a@b.vn", "cổng dịch vụ công"),
    ],
)
def test_an_address_is_said_by_the_name_the_word_list_gives_it(listed, written, said):
    lexicon = layered([[Entry(listed, "cổng dịch vụ công")], DEFAULT_LEXICON.entries])
    assert normalise(written, lexicon).text == said


@over(
    "written, unknown, said",
    [
        ("Lưu: VHHT.", ("VHHT",), "Lưu: vê hát hát tê."),
        ("Công ty Grundfos", ("Grundfos",), "Công ty Grundfos"),
        ("Công văn số 12/XYZQ-UBND", ("XYZQ",), "Công văn số mười hai, ích y dét quy, ủy ban nhân dân"),
        ("Xin chào 日本 và Россия", ("日本", "Россия"), "Xin chào và"),
        ("ông Müller", ("Muller",), "ông Muller"),
        ("Louis XIV", ("Louis", "XIV"), "Louis mười bốn"),
        ("bà con brr brr", ("brr",), "bà con bê rờ rờ bê rờ rờ"),
        ("ngày l3 tháng 3", ("l3",), "ngày lờ ba tháng ba"),
        ("năm 202O", ("202O",), "năm hai trăm linh hai o"),
        ("gọi O912345678", ("O912345678",), "gọi o chín một hai, ba bốn năm, sáu bảy tám"),
        ("Công văn 7S1/UBND", ("7S1", "/"), "Công văn bảy ét một trên ủy ban nhân dân"),
        ("PHUONG TAN HOA", ("PHUONG",), "phuong TAN HOA"),
        ("bà con chu y cat nuoc", ("cat", "nuoc"), "bà con chu y cat nuoc"),
        ("Lưu: VT, KT.", ("KT",), "Lưu: văn thư, ca tê."),
    ],
)  # fmt: skip
def test_what_no_rule_knows_is_listed_and_never_silent(written, unknown, said):
    answer = normalise(written)
    assert answer.unknown == unknown
    assert answer.text == said


def test_each_change_keeps_its_place_on_both_sides():
    answer = normalise("UBND phường cấp 20.000 đồng ngày 13/3, gọi 0237 376 1666.")
    shown = [
        (answer.source[change.start : change.end], answer.text[change.said_start : change.said_end], change.rule)
        for change in answer.changes
    ]
    assert shown == [
        ("UBND", "ủy ban nhân dân", "lexicon"),
        ("20.000", "hai mươi nghìn", "quantity"),
        ("13/3", "mười ba tháng ba", "date"),
        ("0237 376 1666", "không hai ba bảy, ba bảy sáu, một sáu sáu sáu", "phone"),
    ]


def test_lines_end_sentences_but_a_wrapped_line_goes_on():
    text = (
        "THÔNG BÁO\nV/v tiếp tục đẩy mạnh công tác tuyên\ntruyền phòng dịch\n\nKính gửi:\n- Các tổ dân phố;\n- Bà con"
    )
    said = "THÔNG BÁO. về việc tiếp tục đẩy mạnh công tác tuyên truyền phòng dịch. Kính gửi: Các tổ dân phố; Bà con"
    assert normalise(text).text == said


def test_markup_and_html_are_not_read_out():
    text = "## Thông báo\n\n**Kính gửi**: bà con <b>khu phố 3</b><br/>Xem [trang này](https://a.vn/x) &amp; gọi `113`"
    assert normalise(text).text == "Thông báo. Kính gửi: bà con khu phố ba. Xem trang này và gọi một một ba"


@over(
    "text, speakable",
    [
        ("Bà con", True), ("113", True), ("%", True), ("", False), (" \n\t", False), ("...!?", False), ("😀🎉", False),
        ("----", False), ("日本語", False), ("\u200b\ufeff", False), ("()[]", False),
    ],
)  # fmt: skip
def test_a_text_is_speakable_when_a_word_of_it_would_be_said(text, speakable):
    assert is_speakable(text) is speakable


def test_composed_and_decomposed_text_are_said_alike():
    import unicodedata

    text = "Ủy ban nhân dân phường thông báo: ngày 13/3 cắt nước"
    assert normalise(unicodedata.normalize("NFD", text)).text == normalise(text).text


def test_invisible_characters_do_not_hide_a_number():
    assert normalise("Gọi\u00a00912\u200b345\u2060678").text == "Gọi không chín một hai, ba bốn năm, sáu bảy tám"


def test_dispatch_642_is_read_whole_and_only_its_typing_error_is_unknown():
    if not SAMPLE.exists():
        pytest.skip("the sample dispatch is not beside this checkout")
    answer = normalise(SAMPLE.read_text(encoding="utf-8"))
    assert answer.unknown == ("VHHT",)  # the drafter's slip for VHTT, which an officer must see
    assert "không hai ba bảy, ba bảy sáu, một sáu sáu sáu" in answer.text
    assert "không hai ba bảy, ba bảy bảy, sáu năm năm chín" in answer.text
    assert "số ba trăm linh bốn, sở thông tin truyền thông, báo chí xuất bản ngày chín tháng ba năm" in answer.text
    assert "Số: sáu trăm bốn mươi hai, ủy ban nhân dân, văn hóa thông tin" in answer.text
    assert "địa chỉ dịch vụ công chấm thanh hóa chấm gờ o vê chấm vê nờ" in answer.text
    assert not any(sign.isdigit() for sign in answer.text)
    assert {"UBND", "COVID", "VHTT", "HĐND"}.isdisjoint(re.findall(r"[^\W\d_]+", answer.text))


def test_the_shipped_sample_dispatch_is_read_whole_and_nothing_in_it_is_unknown():
    answer = normalise(SHIPPED_SAMPLE.read_text(encoding="utf-8"))
    assert answer.unknown == ()
    assert "Số: ba trăm mười lăm, ủy ban nhân dân, văn hóa thông tin" in answer.text
    assert not any(sign.isdigit() for sign in answer.text)


def test_two_letters_with_a_slash_that_no_list_knows_are_one_short_form():
    said = normalise("Đài P/v bà con, nước 5 g/l")
    assert (said.text, said.unknown) == ("Đài pê vê bà con, nước năm gam trên lít", ("P/v",))


def test_every_rule_for_words_and_numbers_has_a_name_seen_in_the_table():
    named = {rule.name for rule in RULES if isinstance(rule, Rule)}
    seen = {change.rule for row in readings() for change in normalise(row["written"]).changes}
    seen |= {
        change.rule for row in readings("southern") for change in normalise(row["written"], style=SOUTHERN).changes
    }
    rare = {"foreign", "word", "line_end", "letter", "short_form", "struck"}  # tested by name elsewhere in this file
    assert named - seen - rare == set()
