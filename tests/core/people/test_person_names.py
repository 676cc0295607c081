"""What people may be called, and which names are one: however typed, and by their looks."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.people.person_names import (
    account,
    display_name,
    journal_name,
    looks,
    looks_reserved,
    passwords,
    same_looks,
)
from scheduler.kernel.errors import Refused
from tests.rows import over

_BASES = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_LETTERS = [unicodedata.normalize("NFC", base + tone) for base in _BASES for tone in ("", *_TONES)]
_NAMES = st.lists(st.text(st.sampled_from([*_LETTERS, *"bcdđghklmnprstvxBCDĐGHKLMNPRSTVX"]), min_size=1), min_size=1)


@given(_NAMES)
def test_a_vietnamese_name_is_one_name_on_every_keyboard(words):
    name = " ".join(words)
    for typed in (name, unicodedata.normalize("NFD", name), _windows(name), f"  {name.replace(' ', '   ')} "):
        assert display_name(typed) == name
        assert same_looks(typed, [name])


def _windows(text: str) -> str:
    """As Windows' own Vietnamese keyboard types: the letter with its hat, then the tone."""
    return "".join(
        unicodedata.normalize("NFC", "".join(part for part in unicodedata.normalize("NFD", ch) if part not in _TONES))
        + "".join(part for part in unicodedata.normalize("NFD", ch) if part in _TONES)
        for ch in text
    )


def test_no_two_vietnamese_letters_look_alike():
    letters = [*_LETTERS, "đ", "Đ"]
    assert len({frozenset(looks(one)) for one in letters if one.islower()}) == sum(map(str.islower, letters))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("nguyễn  văn AN", "Nguyễn Văn An", id="capitals_and_spaces"),
        pytest.param("Ian", "lan", id="capital_i_for_l"),
        pytest.param("Аn", "An", id="cyrillic"),
        pytest.param("Nguyễn Văn.An", "Nguyễn Văn An", id="a_point"),
        pytest.param("Hoà", "Hòa", id="where_the_tone_stands"),
        pytest.param("Ðức", "Đức", id="eth_for_d"),
    ],
)
def test_look_alikes_are_one(name, other):
    assert same_looks(name, [other])


@pytest.mark.parametrize(("name", "other"), [("Lan", "Lân"), ("Tuấn", "Tuân"), ("Hoa", "Hoà"), ("An", "Ân")])
def test_other_names_are_others(name, other):
    assert not same_looks(name, [other])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("An\u200bBình", id="zero_width_space"),
        pytest.param("\ufeffAn", id="byte_order_mark"),
        pytest.param("An\u202egnud", id="right_to_left"),
        pytest.param("Mаy", id="latin_and_cyrillic"),
        pytest.param("An \u2800", id="blank_pattern"),
        pytest.param("\u3164", id="filler"),
        pytest.param("a" + "\u0336\u0335\u0334", id="a_heap_of_marks"),
        pytest.param("An 😀", id="picture"),
        pytest.param("...", id="no_letter"),
        pytest.param("\ud800", id="half_a_character"),
    ],
)
def test_hidden_and_foreign_letters_are_refused(name):
    with pytest.raises(Refused) as refused:
        display_name(name)
    assert refused.value.reason == "name_letters"


@pytest.mark.parametrize("name", ["Y Bhăm Êban", "H'Len Niê", "Nguyễn Văn An (Tổ 3)", "<b>An</b>", "Trần – Bình"])
def test_names_of_people_are_taken(name):
    assert display_name(name) == name


@over(
    "name", ["Máy trạm", "MAY\u0301  TRA\u0323M", "Máy-trạm.", "Nguồn: Tỉnh", "nguồn : x", "Hệ thống", "Đài phường Một"]
)
def test_nobody_is_called_as_the_station_or_an_office(name):
    assert looks_reserved(name, ["Đài phường Một"])


def test_ordinary_names_are_not_reserved():
    assert not any(map(looks_reserved, ["Nguồn Văn An", "Phường đội trưởng Nam", "Trạm trưởng Hoa", "Tỉnh"]))


def test_the_journal_names_account_and_name_and_machines_by_their_name():
    assert journal_name("an.nv", "Nguyễn Văn An") == "Nguyễn Văn An (an.nv)"
    assert journal_name("may-tram", "Máy trạm") == "Máy trạm"
    assert journal_name("cấp trên 1f", "Cấp trên: Thị xã") == "Cấp trên: Thị xã"
    assert journal_name(None, None) == ""


def test_an_account_is_composed_and_holds_nothing_hidden():
    assert account(unicodedata.normalize("NFD", "nguyễn.ấn ")) == "nguyễn.ấn"
    for typed in ("la\u200bn", "lаn", "a b", "ﬁ"):
        with pytest.raises(Refused) as refused:
            account(typed)
        assert refused.value.reason == "login_invalid"


def test_a_password_is_one_on_every_keyboard():
    one, two = "mật khẩu của bà ngoại", unicodedata.normalize("NFD", "mật khẩu của bà ngoại")
    assert passwords(one)[0] == passwords(two)[0] == passwords(_windows(one))[0] == one
    assert passwords("plain-words-1") == ("plain-words-1",)
    assert passwords("dấu\u00a0cách")[0] == "dấu cách"
