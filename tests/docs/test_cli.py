"""Every command has an example that is good usage, and what other documents name of the command line is there."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import click
import pytest

from scheduler.cli import loa
from scheduler.commands.base import Context
from tests.docs.command_reference import BEFORE, command_of, commands, examples

ROOT = Path(__file__).parents[2]
COMMANDS = dict(commands())
EXAMPLES = [BEFORE, *(line.split(" > ", 1)[0] for path, lines in examples().items() if path for line in lines)]


def options_of(command: click.Command) -> set[str]:
    return {
        word
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for word in (*parameter.opts, *parameter.secondary_opts)
    }


def test_every_command_has_an_example_of_its_own():
    assert [path for path in COMMANDS if path not in examples()] == []


def fault_of_usage(example: str) -> str:
    """What the command line would say against an example, or nothing."""
    path = command_of(example)
    words = shlex.split(example)
    words = words[words.index(path.split()[1]) + len(path.split()) - 1 :]
    for word in words:
        if "." in word and " " not in word and "://" not in word and not word.startswith("-"):
            Path(word).touch()  # files that an example names
    if unknown := {word for word in words if word.startswith("-")} - options_of(COMMANDS[path]):
        return f"unknown: {unknown}"
    parent = click.Context(loa, obj=Context(None, None, None))
    try:
        COMMANDS[path].make_context(path, words, parent=parent)
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
    for before, word in pairwise(words):
        found = node.get_command(click.Context(node), word) if isinstance(node, click.Group) else None
        if found is not None:
            node = found
            known |= options_of(node)
        elif word.startswith("-"):
            if word not in known:
                return False
        elif isinstance(node, click.Group) and re.fullmatch(r"[a-z-]+", word) and not before.startswith("-"):
            return False  # neither a command nor what an option is given
    return node is not loa or bool(set(words[1:]) & options_of(loa))


def test_every_command_that_another_document_names_exists():
    assert told_elsewhere()
    assert [example for example in told_elsewhere() if not there_is(example)] == []
    assert not there_is("loa emergency break-in")


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/operations.md"])
def test_a_make_target_that_a_document_names_exists(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert [one for one in named if not re.search(rf"(?m)^{one}:", makefile)] == []


LISTS = {"list", "wards", "issues", "inbox", "rules", "sessions", "clients", "plan", "journal", "waiting", "audit"}
"""What a command that tells of many things is called."""
SECRETS = {"--password", "--passphrase", "--secret", "--pin"}


def test_the_whole_tree_of_commands_keeps_the_rules_of_the_house():
    """Each list has `--json`, each option and command a help, no secret is an argument, one word for one thing."""
    found = []
    for path, command in COMMANDS.items():
        options = [one for one in command.params if isinstance(one, click.Option)]
        words = {word for one in options for word in one.opts}
        found += [f"{path} {one.opts[0]} has no help" for one in options if not one.help and not one.hidden]
        found += [f"{path} has no help"] * (not command.help)
        found += [f"{path} {word} stands in the shell's history" for word in words & SECRETS]
        found += [f"{path} has no --json"] * (path.rpartition(" ")[2] in LISTS and "--json" not in words)
        found += [f"{path}: an old word"] * bool({"user", "clusters"} & set(path.split()))
    assert found == []


def test_the_old_words_still_lead_to_the_same_commands():
    context = click.Context(loa)
    for old, new in (("user", "person"), ("clusters", "cluster")):
        if (named := loa.get_command(context, new)) is None:
            assert new != "person", "only an extra may be out of the tree"
            continue
        group = loa.get_command(context, old)
        assert group.hidden
        assert group.commands is named.commands
