"""Words kept in files: read once and late, by code, number or member, with gaps and parts."""

from enum import Enum, IntEnum
from pathlib import Path

import pytest

from scheduler.kernel.words import Words, filled, folders_in, tables_of


class Colour(Enum):
    RED = 1
    BLUE_GREEN = 2


class Rank(IntEnum):
    FIRST = 1


VIETNAMESE = """
[colours]
blue_green = "Xanh lục"
red = "Đỏ"

[ranks]
first = "Đầu"

[fields]
1 = "Một"

[said]
waits = "Còn {count} việc[ của {name}]."
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "words.vi.toml").write_text(VIETNAMESE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("table", "kind", "words"),
    [
        ("colours", Colour, {Colour.BLUE_GREEN: "Xanh lục", Colour.RED: "Đỏ"}),
        ("colours", str, {"blue_green": "Xanh lục", "red": "Đỏ"}),
        ("ranks", Rank, {Rank.FIRST: "Đầu"}),
        ("fields", int, {1: "Một"}),
    ],
    ids=["members", "codes", "numbered_members", "numbers"],
)
def test_a_table_has_its_words_in_the_order_of_the_file(folder, table, kind, words):
    assert list(Words(folder, table, kind).items()) == list(words.items())


def test_nothing_is_read_before_a_word_is_asked_for(tmp_path):
    words = Words(tmp_path, "colours", Colour)
    with pytest.raises(FileNotFoundError):
        len(words)
    (tmp_path / "words.vi.toml").write_text(VIETNAMESE, encoding="utf-8")
    assert words[Colour.RED] == "Đỏ"


def test_a_file_is_read_once(folder):
    assert tables_of(folder) is tables_of(folder)


def test_a_sentence_is_said_with_its_gaps_filled(folder):
    said = Words(folder, "said", str)
    assert said.say("waits", count=2) == "Còn 2 việc."
    assert said.say("waits", count=2, name="Lan {x} [y]") == "Còn 2 việc của Lan {x} [y]."


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("{a} và {b}", "1 và …"),
        ("[{b}: ]{a}", "1"),
        ("[{a}: ]xong", "1: xong"),
        ("các mục [[entry]]", "các mục [[entry]]"),
        ("{{a}}", "{{a}}"),
    ],
    ids=["missing_gap", "part_left_out", "part_said", "double_brackets", "double_braces"],
)
def test_a_gap_that_is_not_known_is_shown_or_its_part_left_out(sentence, told):
    assert filled(sentence, {"a": 1}) == told


def test_the_folders_of_a_place_are_those_with_words(folder, tmp_path):
    (tmp_path / "none").mkdir()
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "words.vi.toml").touch()
    assert folders_in(tmp_path) == [tmp_path / "some"]
