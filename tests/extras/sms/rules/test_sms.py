"""What an SMS costs and how it reads without diacritics, held against the rules of 3GPP TS 23.038 and 23.040."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.extras.sms.rules.texts import (
    Alphabet,
    as_sent,
    cost,
    named,
    parts,
    sms_sha256,
    tidied,
    without_diacritics,
)
from tests.rows import over

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
LETTERS = sorted(
    {unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES} | {"đ"}
    | {unicodedata.normalize("NFC", vowel + tone).upper() for vowel in VOWELS for tone in TONES} | {"Đ"}
)  # fmt: skip
ANY = st.text(alphabet=st.characters(exclude_categories=()))
"""Any Unicode, lone surrogates too."""
VIETNAMESE = st.text(alphabet=st.sampled_from([*LETTERS, *"bcdghklmnpqrstvx 0123456789.,:;()/-\n"]))
COUNTED = st.text(
    alphabet=st.sampled_from([*"aZ0 @£ñ_\n", *"€[]{}\\^~|", "ế", "Đ", "😀", "\ud83d", "\ude00"]), max_size=700
)


def sizes(text):
    """Places of each part, counted anew: septets, or UTF-16 units."""
    if cost(text).alphabet is Alphabet.GSM7:
        return [len(part) + sum(part.count(ch) for ch in "\f^{}\\[~]|€") for part in parts(text)]
    return [len(part.encode("utf-16-be", "surrogatepass")) // 2 for part in parts(text)]


@pytest.mark.parametrize(
    ("text", "alphabet", "many", "room"),
    [
        pytest.param("", Alphabet.GSM7, 0, 160, id="nothing"),
        pytest.param("a" * 159, Alphabet.GSM7, 1, 1, id="gsm_just_before"),
        pytest.param("a" * 160, Alphabet.GSM7, 1, 0, id="gsm_at"),
        pytest.param("a" * 161, Alphabet.GSM7, 2, 145, id="gsm_just_after"),
        pytest.param("a" * 306, Alphabet.GSM7, 2, 0, id="gsm_two_full"),
        pytest.param("a" * 307, Alphabet.GSM7, 3, 152, id="gsm_three"),
        pytest.param("€" * 80, Alphabet.GSM7, 1, 0, id="extension_counts_double_at"),
        pytest.param("€" * 81, Alphabet.GSM7, 2, 143, id="extension_counts_double_after"),
        pytest.param("a" * 152 + "€" + "b" * 10, Alphabet.GSM7, 2, 141, id="escape_and_letter_stay_together"),
        pytest.param("ế" * 69, Alphabet.UCS2, 1, 1, id="ucs_just_before"),
        pytest.param("ế" * 70, Alphabet.UCS2, 1, 0, id="ucs_at"),
        pytest.param("ế" * 71, Alphabet.UCS2, 2, 63, id="ucs_just_after"),
        pytest.param("ế" * 134, Alphabet.UCS2, 2, 0, id="ucs_two_full"),
        pytest.param("😀" * 35, Alphabet.UCS2, 1, 0, id="emoji_are_two_units_at"),
        pytest.param("😀" * 36, Alphabet.UCS2, 2, 61, id="emoji_are_two_units_after"),
        pytest.param("ế" * 66 + "😀" + "ế" * 10, Alphabet.UCS2, 2, 55, id="pair_not_split"),
        pytest.param("à é ì ò ù ñ Ä @ £ Δ", Alphabet.GSM7, 1, 141, id="some_accents_are_in_gsm"),
        pytest.param("Tổ 5", Alphabet.UCS2, 1, 66, id="one_letter_is_enough"),
    ],
)
def test_alphabet_parts_and_room(text, alphabet, many, room):
    paid = cost(text)
    assert (paid.alphabet, paid.parts, paid.room) == (alphabet, many, room)


def test_what_makes_it_dear_is_named_once_each_in_order():
    assert cost("Mời bà con: “tiêm” lúc 7h… Mời!").culprits == ("ờ", "“", "ê", "”", "ú", "…")
    assert cost("Moi ba con tiem luc 7h [nha van hoa] 5€").culprits == ()


@over(
    "letter, words",
    [("ế", "ế"), ("…", "…"), ("\u00a0", "dấu cách không ngắt"), ("\t", "dấu tab"), ("\u0301", "dấu sắc rời"),
     ("\u200d", "ký tự U+200D"), ("\ud800", "ký tự U+D800"), ("😀", "😀")],
)  # fmt: skip
def test_a_letter_that_cannot_be_seen_is_called_by_a_name(letter, words):
    assert named(letter) == words


@given(ANY | COUNTED)
def test_the_parts_joined_are_the_text(text):
    assert "".join(parts(text)) == text
    assert len(parts(text)) == cost(text).parts


@given(COUNTED)
def test_every_part_fits_and_the_sum_is_the_count(text):
    paid, found = cost(text), sizes(text)
    alone, joined = {Alphabet.GSM7: (160, 153), Alphabet.UCS2: (70, 67)}[paid.alphabet]
    assert all(size <= (alone if len(found) == 1 else joined) for size in found)
    assert sum(found) == paid.places
    if len(found) > 1:
        assert paid.places > alone
        assert paid.room == joined - found[-1]


@given(COUNTED)
def test_no_part_begins_in_the_middle_of_a_letter(text):
    for before, after in zip(parts(text), parts(text)[1:], strict=False):
        assert not ("\ud800" <= before[-1] <= "\udbff" and "\udc00" <= after[0] <= "\udfff")


@given(COUNTED)
def test_each_part_is_filled_as_far_as_the_next_letter_allows(text):
    found = sizes(text)
    limit = 153 if cost(text).alphabet is Alphabet.GSM7 else 67
    assert all(size >= limit - 1 for size in found[:-1]) or len(found) < 2


@given(ANY)
def test_without_diacritics_is_the_same_when_done_twice(text):
    once = without_diacritics(text)
    assert without_diacritics(once) == once


@given(VIETNAMESE)
def test_vietnamese_without_diacritics_is_gsm(text):
    made = without_diacritics(text)
    assert cost(made).culprits == ()
    assert cost(made).parts <= max(cost(text).parts, 1)
    assert len(made) == len(text)


@given(VIETNAMESE)
def test_composed_and_decomposed_letters_read_the_same(text):
    assert without_diacritics(unicodedata.normalize("NFD", text)) == without_diacritics(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("Đường Đê La Thành, đợt 3", "Duong De La Thanh, dot 3", id="d_with_stroke"),
        pytest.param("Ðường ðất", "Duong dat", id="eth_of_old_typefaces"),
        pytest.param("“Mũi 3” – ‘miễn phí’…", "\"Mui 3\" - 'mien phi'...", id="typographic_marks"),
        pytest.param("Xem https://phường.vn/đăng-ký?tổ=5 nhé", "Xem https://phường.vn/đăng-ký?tổ=5 nhe", id="address"),
        pytest.param("Xem “https://a.vn/đ”… nhé", 'Xem "https://a.vn/đ"... nhe', id="address_in_quotes"),
        pytest.param("www.phường.vn đấy", "www.phường.vn day", id="address_without_scheme"),
        pytest.param("Gọi 0237.376.1666, 20m², 5×3", "Goi 0237.376.1666, 20m², 5×3", id="numbers_untouched"),
        pytest.param("ខ្មែរ ភាសា", "ខ្មែរ ភាសា", id="khmer_lives_by_its_marks"),
        pytest.param("giá 50.000₫\u00a0/ suất", "gia 50.000d / suat", id="dong_sign_and_wide_space"),
    ],
)
def test_without_diacritics(text, plain):
    assert without_diacritics(text) == plain


def test_a_text_is_kept_composed_with_one_kind_of_line_end_and_nothing_unseen():
    assert tidied("  Ca\u0309nh\r\nba\u0301o\u200b\x00\ufeff \ud83d\n") == "Cảnh\nbáo"


@given(ANY)
def test_tidying_twice_changes_nothing_and_what_is_kept_can_be_stored(text):
    kept = tidied(text)
    assert tidied(kept) == kept
    kept.encode()


@given(ANY, st.booleans())
def test_the_hash_is_of_what_goes_out(text, plain):
    body = as_sent(text, plain=plain)
    assert body == (without_diacritics(text) if plain else text)
    assert (sms_sha256(body) == sms_sha256(text)) == (body == text)
