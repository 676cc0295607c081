"""Patterns of the word list: what is taken reads as Python would read it, and nothing that could make a reader wait is taken."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_assets.speech.lexicon_pattern import LONGEST_REPEAT, MOST_STEPS, PatternFault, safe_pattern
from tests.rows import over


@over(
    "written, text, found",
    [
        (r"KP(\d{1,2})", "họp KP12 nhé", "KP12"),
        (r"Tổ (?:dân phố )?(\d+)", "Tổ dân phố 5", "Tổ dân phố 5"),
        (r"Km(\d+)\+(\d+)", "tại Km12+300", "Km12+300"),
        (r"[A-ZĐ]{2,4}-\d+", "xe ĐN-07", "ĐN-07"),
        (r"Q\.\s?(?P<so>\d)", "Q. 5", "Q. 5"),
        (r"(?<!\w)HTX(?= An)", "HTX An Bình", "HTX"),
        (r"cổng|cửa", "cửa số", "cửa"),
        (r"a{2}", "aaa", "aa"),
        (r"x{0,3}y", "xxy", "xxy"),
        (r"[]a]+", "x]a]", "]a]"),
        (r"số\.\d+?", "số.12", "số.1"),
    ],
)
def test_a_pattern_finds_what_it_says(written, text, found):
    match = safe_pattern(written).search(text)
    assert match is not None
    assert match.group() == found
    plain = re.search(written, text)
    assert plain is not None
    assert (match.span(), match.groups()) == (plain.span(), plain.groups())


@over(
    "written",
    [
        r"(a+)+b",
        r"(a|aa)+b",
        r"(.*)(.*)(.*)x",
        r"\d+\d+\d+x",
        r"(?:\w+\s?)+!",
        r"([a-z]+)*c",
        r"(?:a|b|c|d){1,30}x",
        r"a{5000}",
        r"(?=(a+)+b)a",
        r"((((((((((a))))))))))",
    ],
)
def test_a_pattern_that_could_read_for_long_is_refused(written):
    with pytest.raises(PatternFault) as refusal:
        safe_pattern(written)
    assert refusal.value.code == "lexicon_pattern_too_slow"


@over(
    "written, code",
    [
        (r"(x)\1", "lexicon_pattern_not_allowed"),
        (r"(?i)x", "lexicon_pattern_not_allowed"),
        (r"(?P=a)", "lexicon_pattern_not_allowed"),
        (r"(a)?(?(1)b|c)", "lexicon_pattern_not_allowed"),
        (r"[[a]b]", "lexicon_pattern_not_allowed"),
        (r"[a--b]", "lexicon_pattern_not_allowed"),
        (r"\Ax", "lexicon_pattern_not_allowed"),
        (r"[\b]", "lexicon_pattern_not_allowed"),
        ("(x", "lexicon_bad_pattern"),
        ("x)", "lexicon_bad_pattern"),
        ("[x", "lexicon_bad_pattern"),
        ("*x", "lexicon_bad_pattern"),
        ("x**", "lexicon_bad_pattern"),
        ("x{3,2}", "lexicon_bad_pattern"),
        ("x{,}", "lexicon_bad_pattern"),
        ("x{a}", "lexicon_bad_pattern"),
        ("x\\", "lexicon_bad_pattern"),
        ("(?P<1a>x)", "lexicon_bad_pattern"),
        ("(?<=a*)x", "lexicon_bad_pattern"),
        ("x*", "lexicon_pattern_matches_nothing"),
        (r"\b", "lexicon_pattern_matches_nothing"),
        ("(?=x)", "lexicon_pattern_matches_nothing"),
        ("x|", "lexicon_pattern_matches_nothing"),
        ("x{0}", "lexicon_pattern_matches_nothing"),
        ("", "lexicon_pattern_matches_nothing"),
    ],
)
def test_what_a_pattern_may_not_hold_is_refused_with_its_reason(written, code):
    with pytest.raises(PatternFault) as refusal:
        safe_pattern(written)
    assert refusal.value.code == code


def test_an_open_repetition_ends_at_the_longest_word():
    match = safe_pattern("a+").search("a" * 100)
    assert match is not None
    assert len(match.group()) == LONGEST_REPEAT


def test_either_case_is_found_only_where_it_was_asked_for():
    assert safe_pattern("kp").search("KP") is None
    assert safe_pattern("kp", any_case=True).search("KP")


def _steps(node, text, place, end):  # a plain backtracking reader that tries everything: what `re` does at worst
    looked = 0

    def walk(rest, at):
        nonlocal looked
        if not rest:
            return
        (kind, *more), following = rest[0], rest[1:]
        if kind == "char":
            looked += 1
            if at < end and text[at] == more[0]:
                walk(following, at + 1)
        elif kind == "alt":
            for branch in more:
                walk((*branch, *following), at)
        else:  # "rep": the body between least and most times
            body, least, most = more
            if not least:
                walk(following, at)
            if most:
                walk((*body, ("rep", body, max(0, least - 1), most - 1), *following), at)

    walk(node, place)
    return looked


_CHAR = st.sampled_from("ab").map(lambda sign: (("char", sign),))


def _more(inner):
    alternatives = st.lists(inner, min_size=2, max_size=3).map(lambda some: (("alt", *some),))
    repetitions = st.tuples(inner, st.integers(0, 2), st.integers(0, 3)).map(
        lambda told: (("rep", told[0], told[1], told[1] + told[2]),)
    )
    return alternatives | repetitions | st.tuples(inner, inner).map(lambda two: two[0] + two[1])


def _written(node):
    told = ""
    for kind, *more in node:
        if kind == "char":
            told += more[0]
        elif kind == "alt":
            told += "(?:" + "|".join(map(_written, more)) + ")"
        else:
            told += f"(?:{_written(more[0])}){{{more[1]},{more[2]}}}"
    return told


@given(st.recursive(_CHAR, _more, max_leaves=5), st.text("ab", max_size=12))
def test_no_pattern_that_is_taken_looks_at_a_text_more_often_than_the_limit(node, text):
    try:
        safe_pattern(_written(node))
    except PatternFault:
        return
    assert _steps(node, text, 0, len(text)) <= MOST_STEPS


@given(st.text(st.sampled_from("ab(|)[]{}*+?\\^$.-dw1,:=!<P> ắĐ"), max_size=20))
def test_any_text_is_a_pattern_or_refused_as_one(written):
    with suppress(PatternFault):
        assert safe_pattern(written).match("") is None


@given(st.text("ab(|)[]*+?d\\", min_size=1, max_size=10), st.text("abd1", max_size=20))
def test_what_is_taken_finds_what_python_finds_in_short_texts(written, text):
    try:
        pattern = safe_pattern(written)
    except PatternFault:
        return
    assert [match.span() for match in pattern.finditer(text)] == [match.span() for match in re.finditer(written, text)]
