"""Finding without marks, and the order of Vietnamese dictionaries."""

import random
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.vietnamese import fold, holds, sort_key
from tests.rows import over

LETTERS = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂĐÊÔƠƯàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ 0123456789-"
)
TEXT = st.text(alphabet=LETTERS, max_size=24)


@over(
    "text, told",
    [
        ("Phòng chống dịch", "phong chong dich"),
        ("ĐƯỜNG Đê", "duong de"),
        ("Nguyễn Thị Hoà", "nguyen thi hoa"),
        (unicodedata.normalize("NFD", "Đợt tuyên truyền"), "dot tuyen truyen"),
        ("  Hai \n dòng\t", "hai dong"),
        ("COVID-19", "covid-19"),
        ("", ""),
    ],
)
def test_a_text_is_folded_to_bare_letters(text, told):
    assert fold(text) == told


@over(
    "typed, found",
    [
        ("dich benh", True), ("benh dich", True), ("Dịch", True), ("DICH", True), ("phong", True), ("", True), ("  ", True),
        ("dot", False), ("đich", True), ("dich sot", False),
    ],
)  # fmt: skip
def test_a_text_is_found_by_words_in_any_order_with_marks_or_without(typed, found):
    assert holds("Phòng chống dịch bệnh", typed) is found


@given(TEXT)
def test_whatever_is_typed_without_marks_finds_the_text_it_was_typed_for(text):
    assert holds(text, fold(text))
    assert holds(unicodedata.normalize("NFD", text), text)


@given(TEXT)
def test_folding_leaves_no_mark_and_changes_nothing_twice(text):
    assert fold(text).isascii()
    assert fold(fold(text)) == fold(text)


ORDERED = (
    ("an", "ăn", "ân", "bà", "cá", "dê", "đá", "em", "ê", "ga", "ông", "ơn", "uy", "ư"),
    ("ba", "bà", "bả", "bã", "bá", "bạ"),
    ("ba z", "bà a"),
    ("ma", "mà", "mả", "mã", "má", "mạ", "man"),
    ("da", "đa"),
    ("Khu phố 2", "Khu phố 10", "Khu phố An"),
    ("Bắc Sơn", "Bắc Sơn 1", "Bằng Lăng"),
    ("hoa", "hòa", "hóa", "hoan"),
    ("Ân", "Bình", "Đà", "Em", "Xuân", "Yên"),
    ("z", "ж"),
)


@over("words", ORDERED)
def test_words_stand_as_in_a_dictionary(words):
    mixed = list(words)
    random.Random(7).shuffle(mixed)
    assert sorted(mixed, key=sort_key) == list(words)


def test_an_accented_letter_of_another_language_stands_by_its_own():
    assert sorted(["f", "ü", "u", "ư", "v"], key=sort_key) == ["f", "u", "ü", "ư", "v"]


@given(TEXT)
def test_the_form_of_unicode_makes_no_difference(text):
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert sort_key(composed) == sort_key(apart)


@given(TEXT, TEXT)
def test_two_texts_share_a_place_only_when_they_are_one(one, other):
    assert (sort_key(one) == sort_key(other)) is (
        unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    )


@given(st.lists(TEXT, max_size=8), st.randoms())
def test_the_order_is_the_same_from_wherever_one_begins(texts, chance):
    mixed = list(texts)
    chance.shuffle(mixed)
    assert sorted(mixed, key=sort_key) == sorted(texts, key=sort_key)


@given(TEXT, st.text(alphabet="abcđê 12", min_size=1).filter(str.strip))
def test_what_a_text_begins_with_comes_before_it(first, second):
    assert sort_key(first) < sort_key(f"{first} {second}")


@given(st.text(max_size=30))
def test_no_text_breaks_it(text):
    assert sorted([text, "đ"], key=sort_key) == sorted(["đ", text], key=sort_key)
    assert holds(text, text)
