"""`loa config show`: each key with its value and what it means, in the language of the call; the values are the same."""

import ast
import re
import tomllib
from dataclasses import fields

import pytest
from click.testing import CliRunner

from scheduler.cli import loa
from scheduler.config.keys import OF_EXTRAS, kind_of, section_names
from tests.cli.test_language import OF_ENGLISH
from tests.docs.config_reference import toml
from tests.web.messages import HELP_FILES, VIETNAMESE, explanations, kept_messages

MANY_VALUES = """[web]
names = ["loa.phuong.vn"]
[station]
one_officer = true
[cap]
weekdays = [0, 1]
minutes_a_session = 12.5
[[output]]
name = "loa # sân"
kind = "wavfile"
zones = ["Khu phố 1"]
[[zone]]
name = "Khu phố 1"
"""
KEPT = re.compile(
    r"[a-z]+(?:[_.][a-z]+)+|\d[\d:./-]*\d|\d|\b(?![Ee]mpty\b|Monday\b)[\w-]+(?= = )|https?://\S+|\bTrue\b|\bfalse\b"
)
"""Of an explanation, what a person types or reads as it is: names of keys, values, numbers."""


@pytest.fixture
def shown(tmp_path):
    """What the command prints in a language, line by line."""
    path = tmp_path / "config.toml"
    path.write_text(MANY_VALUES, encoding="utf-8")

    def run(language: str) -> list[str]:
        done = CliRunner().invoke(loa, ["--config", str(path), "--lang", language, "config", "show"])
        assert done.exit_code == 0, done.output
        return done.output.splitlines()

    return run


def in_vietnamese() -> dict[str, str]:
    """English explanation of a key → its Vietnamese, by the catalogues of help."""
    kept = kept_messages(HELP_FILES, "vi")
    return {text: kept[text].string if text in kept else "" for text, _ in explanations()}


def key_lines(lines: list[str]) -> list[str]:
    return [line for line in lines if line and not line.startswith("[")]


def meanings(lines: list[str]) -> list[str]:
    """The English explanation of each key that is shown, in its order, as the tables of keys say it."""
    found: list[str] = []
    for line in lines:
        if line.startswith("["):
            found += [item.metadata["help"] for item in fields(kind_of(line.strip("[]")))]
    return found


def test_each_explanation_has_a_vietnamese_sentence_of_its_own():
    told = in_vietnamese()
    assert len(told) > 100
    assert [text for text, one in told.items() if not one.endswith(".") or "\n" in one] == []
    assert [text for text, one in told.items() if one == text or OF_ENGLISH.search(one)] == []
    assert [one for one in told.values() if not VIETNAMESE.search(one)] == []
    assert len(set(told.values())) == len(told), "two explanations are told by one sentence"


def test_names_of_keys_values_and_numbers_stay_as_they_are():
    lost = {text: set(KEPT.findall(text)) - set(KEPT.findall(one)) for text, one in in_vietnamese().items()}
    assert {text: names for text, names in lost.items() if names} == {}


def test_english_is_as_the_tables_of_keys_say_it(shown):
    lines = shown("en")
    said = meanings(lines)
    assert [line for line, text in zip(key_lines(lines), said, strict=True) if not line.endswith(f"  # {text}")] == []
    without_a_row = {name for name, section in OF_EXTRAS.items() if section.several}
    assert {line.strip("[]") for line in lines if line.startswith("[")} == set(section_names()) - without_a_row


def test_the_language_changes_explanations_and_nothing_else(shown):
    english, vietnamese, told = shown("en"), shown("vi"), in_vietnamese()
    expected = [line for line in english if line not in key_lines(english)]
    assert [line for line in vietnamese if line not in key_lines(vietnamese)] == expected
    pairs = zip(key_lines(english), meanings(english), strict=True)
    assert key_lines(vietnamese) == [line.removesuffix(text) + told[text] for line, text in pairs]
    assert vietnamese != english


@pytest.mark.parametrize("language", ["vi", "en"])
def test_with_values_as_toml_writes_them_the_page_reads_as_toml(language, shown):
    lines, told = shown(language), in_vietnamese()
    said = iter(meanings(lines))
    written, names = [], 0
    for line in lines:
        if not line or line.startswith("["):
            written.append(line)
            continue
        english = next(said)
        note = f"  # {told[english] if language == 'vi' else english}"
        name, value = line.removesuffix(note).split(" = ", 1)
        if (read := ast.literal_eval(value)) is not None:  # TOML has no word for what is not written
            written.append(f"{name} = {toml(read)}{note}")
            names += 1
    page = tomllib.loads("\n".join(written))
    assert page["output"][0]["name"] == "loa # sân"
    assert page["web"]["names"] == ["loa.phuong.vn"]
    assert sum(len(one) for part in page.values() for one in (part if isinstance(part, list) else [part])) == names
