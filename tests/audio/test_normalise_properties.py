"""What holds for every text there is: nothing raises, nothing is lost in silence, the said form is said as it is."""

import re
import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from audio_assets.speech.normalise import SOUTHERN, ReadingStyle, normalise
from audio_assets.speech.normalise_syllable import LATIN
from audio_assets.speech.normalise_tidy import tidy
from tests.examples import examples
from tests.rows import over

WARD = st.sampled_from(
    [
        "13/3/2020",
        "ngày",
        "UBND",
        "TƯ",
        "VI",
        "II",
        "quý",
        "khóa",
        "(",
        '"',
        "/",
        "-",
        " ",
        "\n",
        ".",
        ",",
        "5h30'",
        "17h00",
        "0237 376 1666",
        "642/UBND-VHTT",
        "P.",
        "Q.",
        "đ",
        "%",
        "km/h",
        "COVID-19",
        "www.a.vn",
        "a@b.vn",
        "&",
        "T2-T6",
        "CN",
        "THỨ",
        "I.",
        "x",
        "Ⅷ",
        "½",
        "²",
        "日本",
        "é",
        "ñ",
        "Uû",
        "ban",
        "n\xadíc",
        "B/c",
        "v.v.",
        "1",
        "20",
        "300",
        "1.500.000",
        "+84",
        "😀",
        "điểm",
        "b",
        "A",
        "I",
        "V",
        "H'Mông",
        "Zalo",
        "test",
        "số",
        "gọi",
        "113",
        "tháng",
        "4",
        "thứ",
        "TT.",
        "Thị ủy",
        "Kon",
        "vi",
        "YẾU",
        "CA",
        "~",
        "$",
        "€",
        "°C",
        "m2",
        "3/4",
        "13-15/3",
        "XIV",
        "<br>",
        "&amp;",
        "**",
        "./.",
        "2tr5",
        "$1.5 triệu",
        "5.000.000,đ",
        "3-1",
        "20-10",
        "13/03/20",
        "8:00 AM",
        "Q1/2025",
        "*101#",
        "(84-237) 3824567",
        "DN4380123456789",
        "ông",
        "P. (",
        "H. Hà",
        "ĐT.522",
        "TDP 1 - TDP 5",
        "QCVN 01:2023/BYT",
        "Số: .../TB-UBND",
        "20°05'N",
        "①",
        "❿",
        "nghìn",
        "XX - XXI",
        "XLII",
        "l3",
        "20.000đồng",
        "7h30đến",
        "ngày13/3",
        "(i)",
        "(ii)",
        "m²",
        "mm³",
        "km³",
        "10^6",
        "KP1,2,3",
        "0912345678,0987654321",
        "8h00 - 8h15:",
        "Sáng:7h",
        "ISO 9001:2015",
        "3-5-2",
        "bit.ly/3aB",
        "\\-",
        "> ",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(WARD, max_size=14).map(" ".join),
    st.lists(WARD, max_size=14).map("".join),
    st.text(alphabet="0123456789/.,:-–'hgđ%mkT &\n()x", max_size=40),
    st.text(alphabet="ABIVXCTƯĐ.&/-' \"iứa", max_size=24),
)
STYLES = [
    SOUTHERN, ReadingStyle(short_documents=True), ReadingStyle(repeat_phones=True),
    ReadingStyle("lẻ", "ngàn", short_documents=True, repeat_phones=True),
]  # fmt: skip
SAID = re.compile(rf"(?:[{LATIN}]+(?:[.,:;?!]? [{LATIN}]+)*[.:;?!]?)?")


@settings(max_examples=examples(400), deadline=None)
@given(TEXTS)
@example("13/3/2020 - 15/3/2020")
@example("khóa “VI”")
@example("\ud800 1\x00")
def test_any_text_becomes_words_and_pauses_and_nothing_else(text):
    said = normalise(text).text
    assert SAID.fullmatch(said), said
    assert not any(sign.isdigit() for sign in said)
    assert unicodedata.is_normalized("NFC", said)


@settings(max_examples=examples(400), deadline=None)
@given(TEXTS)
@example("Fë")
@example("CA¼")
@example("BAN & TƯ")
@example("0.CNƯB")
@example("$0AA")
def test_the_said_form_of_a_said_form_is_itself(text):
    said = normalise(text).text
    assert normalise(said).text == said


@settings(max_examples=examples(300), deadline=None)
@given(TEXTS)
def test_every_word_is_kept_or_changed_or_reported(text):
    answer = normalise(text)
    changed = bytearray(len(answer.source))
    for change in answer.changes:
        changed[change.start : change.end] = b"\x01" * (change.end - change.start)
    kept = set(re.findall(rf"[{LATIN}]+", answer.text))
    for word in re.finditer(r"[^\W\d_]+", answer.source):
        if not any(changed[word.start() : word.end()]) and word.group().isalpha():
            assert word.group() in kept
    silent = [c for c in answer.changes if not c.said.strip() and any(map(str.isalpha, answer.source[c.start : c.end]))]
    reported = " ".join(answer.unknown)
    for change in silent:
        assert all(sign in reported for sign in answer.source[change.start : change.end] if sign.isalpha())


@settings(max_examples=examples(400), deadline=None)
@given(TEXTS)
@example("① ❿ ㊿ ⑴ Ⓐ ⅓ ½ 十 ৴ ²")
@example("giá 5.000,đ *101# 1️⃣")
@example("bệnh tay chân miệng (TCM) (tay chân miệng), 2.000.000 đ (hai triệu đồng)")
def test_every_letter_and_digit_is_in_a_change_or_said_as_it_is_or_reported(text):
    answer = normalise(text)
    changed = bytearray(len(answer.source))
    for change in answer.changes:
        if change.said.strip(" .,:;?!") or all(sign in " ".join(answer.unknown) for sign in letters_of(answer, change)):
            changed[change.start : change.end] = b"\x01" * (change.end - change.start)
    lost = [sign for place, sign in enumerate(answer.source) if sign.isalnum() and not changed[place]]
    assert not [sign for sign in lost if not re.match(f"[{LATIN}]", sign)]
    kept = "".join(re.findall(f"[{LATIN}]", answer.text))
    assert is_part_of(lost, kept)


def letters_of(answer, change):
    return [sign for sign in answer.source[change.start : change.end] if sign.isalnum()]


def is_part_of(signs, whole):
    """Whether `signs` stand in `whole` in their order."""
    rest = iter(whole)
    return all(sign in rest for sign in signs)


@settings(max_examples=examples(400), deadline=None)
@given(
    st.text(
        alphabet=st.characters(categories=["Nd", "No", "L", "Zs", "Po", "So"], exclude_characters="<>&[]\\"),
        max_size=40,
    )
)
@example("㊿ hộ, ①②③")
@example("x１２٣४ 5")
def test_tidying_a_text_loses_no_digit(text):
    wanted = [int(unicodedata.decimal(sign)) for sign in text if sign.isdecimal()]
    got = iter(int(sign) for sign in tidy(text) if sign.isdecimal())
    assert all(digit in got for digit in wanted)


@settings(max_examples=examples(300), deadline=None)
@given(TEXTS, st.sampled_from(STYLES))
@example("gọi 113, *101#, 0912 345 678, 642/UBND", STYLES[2])
@example("50 nghìn, 4‰, 500k, 105", SOUTHERN)
@example("0%/bb", STYLES[0])
def test_every_style_says_its_own_answer_again_unchanged(text, style):
    said = normalise(text, style=style).text
    assert SAID.fullmatch(said), said
    assert normalise(said, style=style).text == said


@settings(max_examples=examples(300), deadline=None)
@given(TEXTS)
def test_changes_stand_in_order_apart_and_inside_both_texts(text):
    answer = normalise(text)
    place = said_place = 0
    for change in answer.changes:
        assert place <= change.start < change.end <= len(answer.source)
        assert said_place <= change.said_start <= change.said_end <= len(answer.text)
        place, said_place = change.end, change.said_end


@over(
    "piece",
    [
        "1",
        "a",
        "1 ",
        "1.",
        "/",
        "a/",
        ".",
        "-",
        "II ",
        "T2-",
        "<",
        "0912",
        "1-",
        "\n",
        "a@",
        "x.",
        "số 1, ",
        "\u0301",
        "*1#",
        "0912 345 678/3761666 ",
        "ông X. ",
        "20°05'N",
        "CVN 1:2020/",
        "TDP 1 - ",
        "Số: .../",
        "1.1.",
        "DN12345 ",
        "a* ",
        "A- ",
        "máu O-, ",
        "a TuTu",
        "① ",
    ],
)
def test_a_hostile_text_is_read_to_its_end(piece):
    """A pattern that backtracks without bound would hang here."""
    answer = normalise(piece * 8_000 + " hết")
    assert answer.text.endswith("hết")
