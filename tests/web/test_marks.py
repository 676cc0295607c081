"""Highlighted text: nothing lost, nothing doubled, nothing unescaped, whatever the stretches are."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.marks import Mark, marked

HOSTILE = "<script>alert(1)</script> & \"x\" 'y'"


def plain(markup: str) -> str:
    return html.unescape(re.sub(r'<b class="ref">\[[^\]]*\]</b>|<[^>]+>', "", markup))


@given(
    st.text(alphabet="aă đ<>&\"'\n", max_size=40),
    st.lists(st.tuples(st.integers(-5, 45), st.integers(-5, 45)), max_size=6),
)
def test_the_text_stays_whole_whatever_is_marked(text, spans):
    told = marked(text, [Mark(a, b, f"k{n}", 'nhãn "x"', str(n)) for n, (a, b) in enumerate(spans)])
    assert plain(told) == text


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6))
def test_marks_are_closed_and_never_nested(spans):
    told = marked("x" * 30, [Mark(a, b, f"k{n}") for n, (a, b) in enumerate(spans)])
    depth = 0
    for tag in re.findall(r"</?mark", told):
        depth += 1 if tag == "<mark" else -1
        assert depth in {0, 1}
    assert depth == 0


def test_markup_in_the_text_and_in_a_label_is_shown_as_text():
    told = marked(HOSTILE, [Mark(0, len(HOSTILE), "k", HOSTILE)])
    assert "<script" not in told
    assert "&lt;script&gt;" in told


def test_an_overlap_names_both_of_its_fields():
    told = marked("số 642/UBND", [Mark(3, 6, "number", "Số", "1"), Mark(3, 11, "symbol", "Ký hiệu", "2")])
    assert '<mark data-key="number symbol" title="Số, Ký hiệu">642</mark><b class="ref">[1]</b>' in told
    assert told.count('id="cho-symbol"') == 1


@pytest.mark.parametrize(
    "span", [(-1, 3), (2, 2), (3, 2), (0, 99)], ids=["before the text", "empty", "backwards", "past the end"]
)
def test_a_stretch_that_is_not_in_the_text_marks_nothing(span):
    assert "<mark" not in marked("abc", [Mark(*span, "k")])
