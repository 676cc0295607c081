"""Writes docs/cli.md from the commands themselves: `python tests/docs/command_reference.py > docs/cli.md`.

Words and options are those of `--help`; the examples stand in command_examples.txt. A command without one is told by a test.
"""

import shlex
import sys
from collections.abc import Iterator
from functools import cache
from inspect import cleandoc
from pathlib import Path

import click

from scheduler.cli import loa

HEAD = """# The command line: `loa`

This page is written by `python tests/docs/command_reference.py > docs/cli.md` from the commands; a test compares the two.
Everything an officer can do on the page can be done here, through the same services and the same rights
([roles.md](roles.md)). Installed by `make run`, the command is `.venv/bin/loa`.

- Exit codes: 0 done; 1 refused or failed, with one sentence on stderr; 2 wrong usage.
- `--json` prints one JSON document on stdout and nothing else. Commands that
  [api-operations.md](api-operations.md) names print what the API answers.
- A day is written `13/03/2020`, `2020-03-13`, or `today`, `tomorrow`, `yesterday` (`hôm nay`, `ngày mai`, `hôm qua`).
- `-h` or `--help` stands behind every command.
- Words are completed by the Tab key: the package installs that for bash; elsewhere
  `eval "$(_LOA_COMPLETE=bash_source loa)"` (or `zsh_source`, `fish_source`).
- Old names, until the next release: `loa user` is `loa person`, `loa clusters` is `loa cluster`.

## Before the command
"""
BEFORE = "loa --config config.toml --data data --as lan now"
_EXAMPLES = Path(__file__).with_name("command_examples.txt")


def commands(group: click.Group = loa, path: str = "loa") -> Iterator[tuple[str, click.Command]]:
    """Every command that is not hidden, by its whole name, in the order of the alphabet."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and command.hidden:
            continue
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield f"{path} {name}", command
            yield from commands(command, f"{path} {name}")
        elif command is not None:
            yield f"{path} {name}", command


@cache
def examples() -> dict[str, list[str]]:
    """The lines of the file of examples by their command; those of a command that is not there are left out."""
    found: dict[str, list[str]] = {}
    for line in _EXAMPLES.read_text(encoding="utf-8").splitlines():
        found.setdefault(command_of(line.split(" > ", 1)[0]), []).append(line)
    return found


def command_of(example: str) -> str:
    """The whole name of the command that an example runs, or nothing where there is none."""
    words = shlex.split(example)
    place, path = 1, ["loa"]
    while words[place].startswith("--"):
        place += 2
    node: click.Command | None = loa
    while isinstance(node, click.Group):
        if node.invoke_without_command and (place == len(words) or words[place].startswith("-")):
            break
        path.append(words[place])
        node = node.get_command(click.Context(node), words[place])
        place += 1
    return " ".join(path) if node is not None else ""


def page() -> str:
    lines = [HEAD, *_options(loa, "loa"), "```sh", BEFORE, "```", ""]
    group = ""
    for path, command in commands():
        words = path.split()
        above = words[1] if len(words) > 2 or isinstance(command, click.Group) else ""
        if above and above != group:
            lines += [f"## {above}", "", _text(loa.get_command(click.Context(loa), above)), ""]
        if not above and group != "-":
            lines += ["## Commands of one word", ""]
        group = above or "-"
        lines += [f"### {path}", "", _text(command), "", *_options(command, path)]
        lines += ["```sh", *examples().get(path, []), "```", ""]
    return "\n".join(lines)


def _text(command: click.Command | None) -> str:
    return cleandoc(command.help or "").replace("\b\n", "") if command else ""


def _options(command: click.Command, path: str) -> list[str]:
    context = click.Context(command, info_name=path)
    told = [one.get_help_record(context) for one in command.params if isinstance(one, click.Option)]
    rows = [f"| `{_cell(names)}` | {_cell(meaning)} |" for names, meaning in filter(None, told)]
    return ["| Option | Meaning |", "|---|---|", *rows, ""] if rows else []


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
