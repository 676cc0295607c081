"""Abbreviations with more than one meaning: neighbours decide, else somebody is asked; never a silent guess."""

import re
import tomllib
from pathlib import Path

import pytest

from audio_assets.speech import normalise_meanings
from audio_assets.speech.lexicon import DEFAULT_LEXICON, Entry, layered
from audio_assets.speech.normalise import normalise
from audio_assets.speech.normalise_meanings import ABBREVIATIONS, choices
from tests.rows import over

TABLE = tomllib.loads((Path(normalise_meanings.__file__).parent / "meanings.toml").read_text(encoding="utf-8"))


@over(
    "written, said",
    [
        ("hộ gđ", "hộ gia đình"),
        ("ông gđ", "ông giám đốc"),
        ("bà con nd", "bà con nhân dân"),
        ("Hội ND", "Hội nông dân"),
        ("nghị quyết của CP", "nghị quyết của chính phủ"),
        ("Công ty CP Bia", "Công ty cổ phần Bia"),
        ("P. Hiệu trưởng", "phó Hiệu trưởng"),
        ("P. Bắc Sơn", "phường Bắc Sơn"),
        ("P. Tư pháp", "phòng Tư pháp"),
        ("BCH PCTT", "ban chỉ huy phòng chống thiên tai"),
        ("BCH Đoàn", "ban chấp hành Đoàn"),
        ("(BCH quân sự)", "ban chỉ huy quân sự"),
    ],
)
def test_the_words_beside_it_decide(written, said):
    answer = normalise(written)
    assert (answer.text, answer.unknown) == (said, ())


@over("letters", sorted(ABBREVIATIONS))
def test_without_a_word_that_decides_it_is_asked_about_with_its_meanings(letters):
    """Alone, in the middle of a sentence and at its end: nothing is guessed, at least two meanings are offered."""
    stop = "." if ABBREVIATIONS[letters].needs_stop else ""
    for sentence in (f"{letters}{stop}", f"việc này {letters}{stop} rồi"):
        answer = normalise(sentence)
        assert answer.unknown == (f"{letters}{stop}",), sentence
        assert len(choices(answer.unknown[0])) > 1


def test_no_word_that_stands_before_anything_decides_alone():
    """ "số", "các", "của" go with every meaning: "CT số 5" may be a site, a company, a directive."""
    anything = {"số", "các", "của", "có", "mọi", "cho", "một", "những", "theo", "gửi", "làm", "cả", "toàn"}
    found = [
        (letters, word)
        for letters, row in TABLE.items()
        for deciding in row.values()
        if isinstance(deciding, dict)
        for word in deciding.get("before", "").split(" | ")
        if word in anything
    ]
    assert found == []


@over("letters", sorted(ABBREVIATIONS))
def test_each_word_of_the_table_decides_for_its_meaning(letters):
    """Beside it and nothing else; a word that two meanings share would decide for neither."""
    abbreviation = ABBREVIATIONS[letters]
    row = {said: deciding for said, deciding in TABLE[abbreviation.written].items() if said != "dotted"}
    for said, deciding in row.items():
        for word in deciding.get("before", "").split(" | "):
            if word:
                assert spoken(f"{word} {abbreviation.written} nhé", letters) == said, (word, letters)
        for word in deciding.get("after", "").split(" | "):
            if word and not word.startswith("@"):
                assert spoken(f"{abbreviation.written} {word}", letters) == said, (letters, word)


def spoken(text: str, letters: str) -> str | None:
    start = text.index(letters)
    abbreviation = ABBREVIATIONS[letters]
    end = abbreviation.end(text, start + len(letters))
    assert end is not None
    return abbreviation.said(text, start, end)


def test_two_meanings_that_are_both_decided_for_are_asked_about():
    answer = normalise("ông GĐ liệt sĩ")
    assert answer.unknown == ("GĐ",)


def test_a_neighbour_in_another_line_decides_nothing():
    assert normalise("Công ty\nCP tăng").unknown == ("CP",)


def test_the_wards_own_word_is_said_where_the_neighbours_decide_nothing():
    lexicon = layered([[Entry("CP", "chính phủ")], DEFAULT_LEXICON.entries])
    assert normalise("theo CP", lexicon).text == "theo chính phủ"
    assert normalise("theo CP", lexicon).unknown == ()
    assert normalise("công ty CP", lexicon).text == "công ty cổ phần"


def test_a_longer_form_of_the_list_wins():
    assert normalise("UV BCH").text == "ủy viên ban chấp hành"
    assert normalise("TT HĐND").text == "thường trực hội đồng nhân dân"


def test_a_unit_behind_a_figure_is_none():
    assert normalise("bảo hành 12 th").text == "bảo hành mười hai tháng"


def test_the_shipped_list_holds_none_of_them():
    """Its one reading would be a guess."""
    shipped = {entry.written.rstrip(".").upper() for entry in DEFAULT_LEXICON.entries if not entry.pattern}
    assert shipped & set(ABBREVIATIONS) <= {"TL", "PH"}  # "TL." before a title is "thừa lệnh", "pH" is of chemistry


def test_every_meaning_is_read_back_unchanged():
    for abbreviation in ABBREVIATIONS.values():
        for said in choices(abbreviation.written):
            assert normalise(said).text == said
            assert not re.search(r"[^\w ]", said)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Phòng họp T3", "T3"),
        ("hết T3", "T3"),
        ("Thu rác T3-T5", "T3-T5"),
        ("thứ 3-5", "thứ 3-5"),
        ("chở 5 t", "5 t"),
    ],
)
def test_a_day_or_a_unit_that_nobody_can_tell_is_asked_about(written, asked):
    assert normalise(written).unknown == (asked,)
