"""The parts the reading rules stand on: numbers in words, the shape of a syllable, legacy fonts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_assets.speech.legacy_text import decode, from_tcvn3, from_vni, repair
from audio_assets.speech.normalise_numbers import SOUTHERN, say_digits, say_int, say_number, say_ordinal
from audio_assets.speech.normalise_syllable import is_syllable, letter_name, spell, toneless_syllables
from tests.rows import over

_DIGITS = {
    "không": 0,
    "một": 1,
    "mốt": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "tư": 4,
    "năm": 5,
    "lăm": 5,
    "sáu": 6,
    "bảy": 7,
    "tám": 8,
    "chín": 9,
}


def heard(said: str) -> int:
    """The number a listener understands: an independent reading back of the words."""
    billions = group = total = digit = 0
    for word in said.split():
        if word == "tỷ":
            billions, group, total, digit = billions + total + group + digit, 0, 0, 0
            billions *= 10**9
        elif word in {"triệu", "nghìn"}:
            total, group, digit = total + (group + digit) * {"triệu": 10**6, "nghìn": 10**3}[word], 0, 0
        elif word == "trăm":
            group, digit = group + digit * 100, 0
        elif word == "mươi":
            group, digit = group + digit * 10, 0
        elif word == "mười":
            group += 10
        elif word != "linh":
            digit = _DIGITS[word]
    return billions + total + group + digit


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_a_number_is_heard_as_it_was_written(number):
    assert heard(say_int(number)) == number


@given(st.integers(min_value=0, max_value=10**15))
def test_the_south_says_the_same_number_with_two_other_words(number):
    assert say_int(number, SOUTHERN).replace("lẻ", "linh").replace("ngàn", "nghìn") == say_int(number)


@given(st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_digit_by_digit_says_each_digit_once(digits):
    assert len(say_digits(digits).split()) == len(digits)


@pytest.mark.parametrize(
    ("number", "said"), [(1, "nhất"), (2, "hai"), (4, "tư"), (14, "mười bốn"), (24, "hai mươi tư")]
)
def test_ordinals(number, said):
    assert say_ordinal(number) == said


def test_a_number_too_long_to_hear_is_read_by_digits():
    assert say_number("1" * 16) == " ".join(["một"] * 16)


def test_a_negative_number_is_am():
    assert say_int(-21) == "âm hai mươi mốt"


@over(
    "word",
    [
        "nghiêng",
        "Quý",
        "quốc",
        "gì",
        "gìn",
        "giếng",
        "hoà",
        "thuý",
        "khuya",
        "xăng",
        "NƯỚC",
        "khuỷu",
        "ướt",
        "hươu",
        "Ủy",
        "yêu",
        "ích",
        "oát",
    ],
)
def test_vietnamese_syllables_are_known(word):
    assert is_syllable(word)


@over("word", ["UBND", "test", "cap", "ka", "ngi", "ghà", "", "nghiêngg", "Zalo", "đượć̣", "TAT", "ệế"])
def test_other_things_are_no_syllables(word):
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("label", "syllables"),
    [
        ("thanhhoa", ["thanh", "hoa"]), ("phuongbinhminh", ["phuong", "binh", "minh"]), ("facebook", None),
        ("dichvucong", ["dich", "vu", "cong"]), ("xyz", None),
    ],
)  # fmt: skip
def test_an_unaccented_label_is_cut_into_syllables(label, syllables):
    assert toneless_syllables(label) == syllables


def test_letters_are_spelt_by_their_names():
    assert spell("UBNDđ") == "u bê nờ dê đê"
    assert letter_name("Ệ") == "ê"
    assert letter_name("日") is None


PLAIN = "Cộng hòa xã hội chủ nghĩa Việt Nam, cắt nước"


def test_text_typed_for_a_tcvn3_font_is_read_as_written():
    assert from_tcvn3("Céng hßa x· héi chñ nghÜa ViÖt Nam, c¾t n\xadíc") == PLAIN
    assert repair("Céng hßa x· héi chñ nghÜa ViÖt Nam, c¾t n\xadíc") == PLAIN


def test_text_typed_for_a_vni_font_is_read_as_written():
    assert from_vni("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, caét nöôùc") == PLAIN
    assert repair("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, caét nöôùc") == PLAIN


def test_utf8_opened_as_latin_is_read_as_written():
    assert repair(PLAIN.encode().decode("latin-1")) == PLAIN


@over("text", [PLAIN, "Müller và Núñez", "giá 5€ ± 2°", "", "plain ascii", "½ lít", "café à la carte"])
def test_readable_text_is_left_alone(text):
    assert repair(text) == text


@given(st.text())
def test_a_repair_never_raises(text):
    assert isinstance(repair(text), str)


@over(
    "data, text",
    [
        (PLAIN.encode(), PLAIN),
        (PLAIN.encode("utf-8-sig"), PLAIN),
        (PLAIN.encode("utf-16"), PLAIN),
        ("Céng hßa x· héi".encode("latin-1"), "Cộng hòa xã hội"),
        (b"", ""),
        (b"\xff\xfe\x00", "\ufffd"),
    ],
)
def test_the_bytes_of_a_file_become_text(data, text):
    assert decode(data) == text
