"""The shape of a script: what it may hold, how it is kept, the forms of the templates, how long a script takes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.announcement.script_templates import KINDS, TEMPLATES, blanks_left
from scheduler.core.announcement.script_words import long_words, shape_words, too_long
from scheduler.core.delivery import (
    LONGEST_WORDS,
    MOST_TIMES,
    PLAIN,
    ScriptKind,
    Shape,
    checked,
    rate_of,
    shape_from,
    shape_text,
    spoken_length,
)
from scheduler.kernel.errors import Refused
from tests.rows import over

shapes = st.builds(
    Shape,
    kind=st.sampled_from(ScriptKind),
    paced=st.booleans(),
    ident=st.booleans(),
    heading=st.booleans(),
    times=st.integers(1, MOST_TIMES),
    opening=st.text(max_size=50),
    closing=st.text(max_size=50),
    chime=st.booleans(),
)


@given(shapes)
def test_a_shape_is_kept_as_it_is(shape):
    assert shape_from(shape_text(shape)) == shape


def test_the_plain_shape_is_no_text_at_all():
    assert shape_text(PLAIN) == ""
    assert shape_from("") == PLAIN


def test_a_shape_of_a_later_release_is_read_as_far_as_it_is_known():
    assert shape_from('{"kind": "festival", "paced": true, "echo": 3}') == Shape(paced=True)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        pytest.param(Shape(times=0), "script_times_invalid", id="never"),
        pytest.param(Shape(times=MOST_TIMES + 1), "script_times_invalid", id="too_often"),
        pytest.param(Shape(opening="a" * (LONGEST_WORDS + 1)), "script_words_too_long", id="a_long_opening"),
        pytest.param(Shape(closing="a" * (LONGEST_WORDS + 1)), "script_words_too_long", id="a_long_closing"),
    ],
)
def test_a_shape_nobody_would_listen_to_is_refused(shape, reason):
    with pytest.raises(Refused) as refusal:
        checked(shape)
    assert refusal.value.reason == reason


def test_words_around_an_announcement_are_tidied_and_may_be_as_long_as_the_limit():
    shape = checked(Shape(opening="  Kính thưa\n bà con! ", closing="a" * LONGEST_WORDS, times=MOST_TIMES))
    assert (shape.opening, len(shape.closing)) == ("Kính thưa bà con!", LONGEST_WORDS)


@over("kind", ScriptKind)
def test_every_kind_has_a_name_and_a_form_with_blanks_in_a_shape_of_its_own(kind):
    template = TEMPLATES[kind]
    assert KINDS[kind]
    assert template.shape.kind is kind
    assert checked(template.shape) == template.shape
    assert blanks_left(template.title, template.text)


def test_only_the_urgent_template_is_for_the_emergency_page():
    assert [kind for kind, template in TEMPLATES.items() if template.emergency] == [ScriptKind.URGENT]


def test_a_form_filled_in_has_no_blanks_and_an_officers_own_brackets_are_none():
    text = "Họp lúc 7h30 tại [địa điểm], theo [1] và [phụ lục kèm theo]; nhắc lại: [địa điểm]."
    assert blanks_left(text) == ("[địa điểm]",)
    assert blanks_left(text.replace("[địa điểm]", "nhà văn hóa")) == ()


def test_a_long_script_takes_longer_and_a_slow_one_too():
    part = ("mời bà con đến họp", 1.0, 500)
    once = spoken_length([part], 2.5)
    assert once == timedelta(seconds=2)  # the pause after the last part is not heard
    assert spoken_length([part, part], 2.5) == 2 * once + timedelta(milliseconds=500)
    assert spoken_length([replaced(part, 0.5)], 2.5) == 2 * once
    assert spoken_length([part], 2.5, speed=2.0) == once / 2
    assert spoken_length([], 2.5) == timedelta(0)


def replaced(part, speed):
    return (part[0], speed, part[2])


def test_a_comma_within_a_phrase_takes_its_time():
    assert spoken_length([("một, hai", 1.0, 0)], 3.0) > spoken_length([("một hai,", 1.0, 0)], 3.0)


def test_an_unknown_voice_is_guessed_as_slow_as_the_slowest():
    assert rate_of("a voice of the province") == min(rate_of(name) for name in ("espeak", "piper", "gtts"))


@pytest.mark.parametrize(
    ("seconds", "exact", "told"),
    [
        pytest.param(0, False, "5 giây", id="hardly_anything"),
        pytest.param(43, False, "45 giây", id="rounded_to_five"),
        pytest.param(79, False, "1 phút 20 giây", id="minutes_and_seconds"),
        pytest.param(59, False, "1 phút", id="a_whole_minute"),
        pytest.param(79.4, True, "1 phút 19 giây", id="measured"),
        pytest.param(180, True, "3 phút", id="the_limit"),
        pytest.param(0.2, True, "0 giây", id="nothing_measured"),
    ],
)
def test_a_length_is_told_in_words(seconds, exact, told):
    assert long_words(timedelta(seconds=seconds), exact=exact) == told


def test_only_what_is_longer_than_the_ward_wants_is_warned_of():
    limit = timedelta(minutes=3)
    assert too_long(limit, limit) == ""
    assert "khoảng 4 phút, quá mức 3 phút" in too_long(timedelta(minutes=4), limit)


def test_a_shape_is_told_in_one_line():
    assert shape_words(PLAIN) == "đọc liền"
    assert shape_words(replace(PLAIN, paced=True, ident=True, heading=True, times=2)) == (
        "đọc chậm từng cụm, xưng danh, đọc tên trước, 2 lần"
    )
