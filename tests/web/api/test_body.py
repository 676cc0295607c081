"""Bodies that an enemy sends: each is refused with a reason, none is a fault of ours."""

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.kernel.errors import Refused
from scheduler.operations.faults import is_text
from web.api.body import DEEPEST, read_json

HOSTILE = {
    "nothing": b"",
    "half": b'{"a": ',
    "two documents": b"{} {}",
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "a number without end": b'{"a": 1e999}',
    "a number of many digits": b'{"a": ' + b"9" * 5000 + b"}",
    "a decimal of many digits": b'{"a": 0.' + b"9" * 5000 + b"}",
    "a name twice": b'{"a": 1, "a": 2}',
    "a name twice, deep": b'[{"b": {"a": 1, "a": 2}}]',
    "very deep lists": b"[" * 100_000,
    "very deep objects": b'{"a":' * 50_000,
    "deep and whole": b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
    "a name of half a character": b'{"\\ud800": 1}',
    "a name with a null": b'{"\\u0000": 1}',
    "single quotes": b"{'a': 1}",
    "a comment": b'{"a": 1} // no',
    "a trailing comma": b"[1, 2,]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused_with_a_reason(name):
    with pytest.raises(Refused, match="json_invalid"):
        read_json(HOSTILE[name])


@pytest.mark.parametrize("steering", ["\x00", "\x1b", "\x9b", "\u202a", "\u202e", "\u2066", "\u2069", "\ud800"])
def test_what_steers_is_no_text_and_a_line_break_is(steering):
    assert not is_text(f"Mời bà con{steering} đi họp.")
    assert is_text("Mời bà con\n\tđi họp.\r\nTrân trọng \u200b👨\u200d👩\u200d👧.")


def test_brackets_inside_texts_are_no_nesting():
    text = json.dumps({"a": "[[[[{{{{" * 100, 'b"\\[': '"]]}}'})
    assert read_json(text.encode()) == json.loads(text)


def test_whole_numbers_written_with_a_point_are_whole():
    assert read_json(b"[1.0, 2.5, 1e3]") == [1, 2.5, 1000]
    assert [type(one) for one in read_json(b"[1.0, 2.5]")] == [int, float]


def test_vietnamese_letters_written_in_pieces_are_put_together():
    assert read_json('{"tiê\u0302́m": "Ti\u0065\u0302m"}'.encode()).popitem()[1] == "Tiêm"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=8,
    )
)
def test_what_a_honest_program_writes_is_read(value):
    text = json.dumps(value)
    found = read_json(text.encode())
    assert json.loads(json.dumps(found)) == found


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    with suppress(Refused):
        read_json(data)


def test_a_body_of_the_largest_size_is_read_in_no_time():
    data = json.dumps({"text": '\\"[{' * 90_000}).encode()
    began = time.thread_time()  # of computing: how long the machine does something else is nothing to it
    read_json(data)
    assert time.thread_time() - began < 5


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "\x85", "half \ud83d"])
def test_characters_that_nobody_may_keep(text):
    assert not is_text(text)


@pytest.mark.parametrize("text", ["", "Mời bà con\r\n\tđi tiêm", "🙂", "\u200b"])
def test_characters_that_may_be_kept(text):
    assert is_text(text)
