"""Every sentence of advice can be followed: what it names is there, in all that pages, commands and errors say.

The sentences are those of the catalogues and of the words of each subject, in English, where `loa` is nothing but the
command. That the advice of `loa doctor` also helps is tried in `tests/cli/test_doctor_advice.py`.
"""

import re
import tomllib
from dataclasses import fields
from functools import cache
from pathlib import Path

import click

from scheduler.cli import loa
from scheduler.config.keys import kind_of
from scheduler.config.loading import section_names
from scheduler.core.words.phrases import word_folders
from scheduler.kernel.words import tables_of
from tests.docs.test_cli import options_of
from tests.docs.test_documents import page_text
from tests.web.messages import kept_messages
from web import create_app

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"\bloa((?: (?:--?[a-z][a-z-]*|config\.toml|[a-z][a-z-]*|[A-Z]{3,}|\{\w+\}))+)")
PROSE = {"command"}
"""What may stand behind the word `loa` and is no command."""
DOTTED = re.compile(r"(?<![\w@/.{-])([a-z_]+)\.([a-z_]+)(?![\w/@}-])")
ENDINGS = {"toml", "md", "log", "ring", "db", "py", "service", "json", "csv", "txt", "com", "org", "vn"}
NO_KEYS = {"nguyen.lan", "loa.phuong", "loa.thixa", "ward.id", "group.g"}
"""Names that are given as an example."""
SECTION = re.compile(r"(?<!\[)\[\[?([a-z_]+)\]\]?(?= (?:in|of|into|and|is)\b|\)| into|;|,|$|\.)")
NO_SECTIONS = {"entry"}
"""A table of a file that is no config.toml."""


@cache
def sentences() -> dict[str, str]:
    """English sentence → its Vietnamese."""
    found = {}
    for key, message in kept_messages().items():
        for told in (message.string,) if isinstance(message.string, str) else message.string:
            found[told] = key
    for folder in word_folders():
        for table, words in tables_of(folder, "en").items():
            for code, word in words.items():
                for told in (word,) if isinstance(word, str) else word:
                    found[told] = str(tables_of(folder)[table][code])
    return found


def lost(words: list[str]) -> str:
    """The first word behind `loa` that leads nowhere, or nothing; what follows a whole command is the sentence's own."""
    node: click.Command = loa
    known = set(options_of(loa))
    for place, word in enumerate(words):
        if word.startswith("-"):
            if word not in known:
                return word
            continue
        if words[place - 1 : place] and words[place - 1] in {"--as", "--config", "--data"}:
            continue
        if not isinstance(node, click.Group):
            break
        found = node.get_command(click.Context(node), word)
        if found is None:
            return word
        node = found
        known |= options_of(node)
    return "" if node is not loa or set(words) & {"--help", "--version"} else "no command"


def commands_named() -> list[tuple[str, str]]:
    return [(found[1].strip(), told) for told in sentences() for found in COMMAND.finditer(told)]


def test_each_command_that_a_sentence_names_is_there_with_its_options():
    named = [(words, told) for words, told in commands_named() if words.split()[0] not in PROSE]
    assert len(named) > 25
    assert [(words, told) for words, told in named if lost(words.split())] == []
    assert lost(["backup", "--nightly"]) == "--nightly"
    assert lost(["backups"]) == "backups"
    assert lost(["clock", "conform"]) == "conform"


def test_the_vietnamese_names_the_same_commands():
    wrong = []
    for words, told in commands_named():
        first = words.split()[0]
        if first in PROSE or first.startswith("-"):
            continue
        if f"loa {first}" not in sentences()[told]:
            wrong.append((first, told))
    assert wrong == []


def test_each_key_of_config_toml_that_a_sentence_names_is_read():
    keys = {f"{name}.{one.name}" for name in section_names() for one in fields(kind_of(name))} | {"settings.zones"}
    named = {
        found[0]
        for pair in sentences().items()
        for text in pair
        for found in DOTTED.finditer(text)
        if found[2] not in ENDINGS and found[0] not in NO_KEYS
    }
    assert len(named & keys) > 10
    assert sorted(named - keys) == []


def test_each_section_of_config_toml_that_a_sentence_names_is_read():
    named = {
        found[1] for told in sentences() for found in SECTION.finditer(told) if "config.toml" in told or "[[" in told
    }
    assert len(named) > 1
    assert sorted(named - set(section_names()) - NO_SECTIONS) == []


def test_each_address_document_and_shipped_file_that_a_sentence_names_is_there(station):
    rules = {rule.rule for rule in create_app(station, every_page=True).url_map.iter_rules()}
    texts = [text for pair in sentences().items() for text in pair]
    addresses = {found for text in texts for found in re.findall(r"(?<![\w/:.<}])/[a-z][\w/-]+", text)}
    assert "/api/v1/" in addresses
    assert sorted(one for one in addresses if one not in rules and one.rstrip("/") not in rules) == []
    files = {found for text in texts for found in re.findall(r"\b(?:docs|deploy)/[\w./-]+\w", text)}
    assert files
    assert sorted(one for one in files if not (ROOT / one).exists()) == []


def test_what_a_sentence_tells_to_press_is_on_a_page():
    told = {
        found for vietnamese in sentences().values() for found in re.findall(r"(?:[Bb]ấm|nút) “([^”{]+)”", vietnamese)
    }
    shown = page_text()
    assert len(told) > 5
    assert sorted(one for one in told if one not in shown) == []


def test_each_extra_of_pip_that_the_station_names_is_declared():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "scheduler").rglob("*.py"))
    named = set(re.findall(r"loa-phuong\[([a-z_-]+)\]", sources + "\n".join(sentences())))
    assert sorted(named - set(extras)) == []
