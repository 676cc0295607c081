"""docs/cli.md, and each extra's page of its own, has every command with every option and a good example, and no other."""

import re
import shlex
from pathlib import Path

import click
import pytest

from scheduler.cli import loa
from scheduler.commands.base import Context
from scheduler.features import FEATURES

ROOT = Path(__file__).parents[2]
PLACES = ["cli.md", *dict.fromkeys(feature.docs for feature in FEATURES)]
"""The core's page, and those of extras."""
TEXTS = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in PLACES}
PAGE = "\n## \n".join(TEXTS.values())
SECTIONS = {found[1]: found[2] for found in re.finditer(r"(?ms)^### (loa .+?)$(.*?)(?=^##|\Z)", PAGE)}
BEFORE = TEXTS["cli.md"].split("## Before the command", 1)[1].split("\n## ", 1)[0]
SHELL = "\n".join(re.findall(r"(?ms)^```sh\n(.*?)^```", PAGE))
EXAMPLES = [line.split(" > ", 1)[0] for line in re.findall(r"(?m)^loa .+$", SHELL)]


def commands(group: click.Group, path: str):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield f"{path} {name}", command
            yield from commands(command, f"{path} {name}")
        elif not command.hidden:
            yield f"{path} {name}", command


COMMANDS = dict(commands(loa, "loa"))


def options_of(command: click.Command) -> set[str]:
    return {
        word
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for word in (*parameter.opts, *parameter.secondary_opts)
    }


def the_command(words: list[str]) -> tuple[str, list[str]]:
    """The command of an example, and the words after it."""
    place, path = 1, ["loa"]
    while words[place].startswith("--"):
        place += 2
    node: click.Command = loa
    while isinstance(node, click.Group) and (place < len(words) or not node.invoke_without_command):
        path.append(words[place])
        node = node.get_command(click.Context(node), words[place])
        place += 1
    return " ".join(path), words[place:]


def test_the_page_has_the_commands_there_are():
    assert sorted(SECTIONS) == sorted(COMMANDS)


def test_the_commands_of_an_extra_stand_on_its_page():
    homes = {path: name for name, text in TEXTS.items() for path in re.findall(r"(?m)^### (loa .+)$", text)}
    words = {word: feature.docs for feature in FEATURES for word in feature.commands}
    assert {path: name for path, name in homes.items() if name != words.get(path.split()[1], "cli.md")} == {}


def test_every_option_of_a_command_stands_in_its_section_and_no_other():
    told = {path: set(re.findall(r"`(--?[a-z][a-z-]*)[ `]", SECTIONS[path])) for path in COMMANDS}
    assert told == {path: options_of(command) for path, command in COMMANDS.items()}


def test_every_option_before_the_command_is_told():
    assert set(re.findall(r"\| `(--[a-z]+)[ `]", BEFORE)) == options_of(loa)


def test_every_command_has_an_example_of_its_own():
    blocks = {path: re.search(r"(?ms)^```sh\n(.*?)^```", SECTIONS[path]) for path in COMMANDS}
    assert [path for path, block in blocks.items() if not block] == []
    shown = {path: the_command(shlex.split(block[1]))[0] for path, block in blocks.items()}
    assert {path: other for path, other in shown.items() if other != path} == {}


def fault_of_usage(example: str) -> str:
    """What the command line would say against an example, or nothing."""
    path, words = the_command(shlex.split(example))
    for word in words:
        if "." in word and " " not in word and "://" not in word and not word.startswith("-"):
            Path(word).touch()  # files that an example names
    if unknown := {word for word in words if word.startswith("-")} - options_of(COMMANDS[path]):
        return f"unknown: {unknown}"
    unasked = ["--password", "x" * 10] if "--password" in options_of(COMMANDS[path]) else []
    parent = click.Context(loa, obj=Context(None, None, None))
    try:
        COMMANDS[path].make_context(path, [*words, *unasked], parent=parent)
    except (click.ClickException, click.exceptions.Exit) as wrong:
        return repr(wrong)
    return ""


def test_every_example_is_good_usage(tmp_path, monkeypatch):
    assert EXAMPLES
    found = {}
    for number, example in enumerate(EXAMPLES):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        found[example] = fault_of_usage(example)
    assert {example: fault for example, fault in found.items() if fault} == {}


def told_elsewhere() -> list[str]:
    """Every `loa …` that another document or the systemd unit names, in code or in a shell block."""
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "deploy" / "loa.service", ROOT / "config.toml"]
    names = {"cli.md", "recipes.md"}  # the page itself; and one with commands that are yet to be made
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(files) if path.name not in names)
    named = re.findall(r"`(loa(?: [^`\n]+)?)`", text)
    run = [f"loa {words}" for words in re.findall(r"(?m)\.venv/bin/loa (.+)$", text)]
    return sorted({one for one in named + run if re.match(r"loa( --?[a-z]| [a-z])", one)})


def there_is(example: str) -> bool:
    """Whether a command that a document names exists, with its options."""
    words = shlex.split(example)
    node: click.Command = loa
    known = options_of(loa)
    for word in words[1:]:
        found = node.get_command(click.Context(node), word) if isinstance(node, click.Group) else None
        if found is not None:
            node = found
            known |= options_of(node)
        if word.startswith("-") and word not in known:
            return False
    return node is not loa or bool(set(words[1:]) & options_of(loa))


def test_every_command_that_another_document_names_exists():
    assert told_elsewhere()
    assert [example for example in told_elsewhere() if not there_is(example)] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/operations.md"])
def test_a_make_target_that_a_document_names_exists(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert [one for one in named if not re.search(rf"(?m)^{one}:", makefile)] == []
