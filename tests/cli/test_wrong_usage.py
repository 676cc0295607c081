"""Wrong usage of every command, one kind of fault after another, is told in the language of the call."""

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from scheduler.cli import loa
from scheduler.commands.base import Day
from tests.web.messages import VIETNAMESE

NONE = "khong-co"
QUOTED = re.compile(r"'[^']*'|\[[^\]]*\]|\([^)]*\)|“[^”]*”|-{1,2}[a-z][\w-]*|<=?|\d+|\{.*?\}|(?<=: )\w+(?:, \w+)+")
"""What somebody typed, and names: the same in each language."""
A_WORD = re.compile(r"\b[A-Za-z][a-z]+\b")


def all_commands(group: click.Group = loa, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command and every group, the hidden ones too, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from all_commands(command, *path, name)


def fits(param: click.Parameter) -> str:
    """A value that its type takes."""
    if isinstance(param.type, click.Choice):
        return str(param.type.choices[0])
    if isinstance(param.type, click.IntRange):
        return str(int(param.type.min or 0))
    return "today" if isinstance(param.type, Day) else "1"


TYPED = (click.Choice, click.types.IntParamType, click.types.FloatParamType)
"""What a value may be wrong for; IntRange is one of them. What is no day is refused like any act."""


def wrong_calls(command: click.Command) -> Iterator[list[str]]:
    """What stands behind its name, wrong in one way after another."""
    yield ["--khong-co"]
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    if isinstance(command, click.Group):
        yield [NONE]
    elif not any(one.nargs == -1 for one in arguments):
        yield [*map(fits, arguments), NONE]
    if any(one.required for one in arguments):
        yield []
    for number, one in enumerate(arguments):
        if isinstance(one.type, TYPED):
            yield [*map(fits, arguments[:number]), NONE]
    for one in command.params:
        if not isinstance(one, click.Option) or one.is_flag:
            continue
        yield [one.opts[-1]]
        if isinstance(one.type, TYPED):
            yield [one.opts[-1], NONE]
        if isinstance(one.type, click.IntRange):
            yield [one.opts[-1], "-99999999"]


def told(language: str, words: list[str]) -> str:
    """The one sentence behind the usage; nothing where the call was not wrong."""
    done = CliRunner().invoke(loa, ["--lang", language, *words])
    found = re.search(r"(?s)(?:Error|Lỗi): (.*)", done.output) if done.exit_code == 2 else None
    return found[1].strip() if found else ""


def faults(words: list[str]) -> Iterator[str]:
    english, vietnamese = told("en", words), told("vi", words)
    if not english or not vietnamese:
        yield f"{words}: {english!r}, {vietnamese!r}"
    elif "\n" in english + vietnamese:
        yield f"{words}: more than one line"
    elif VIETNAMESE.search(QUOTED.sub("", english)):
        yield f"{words}: {english}"
    elif both := {*A_WORD.findall(QUOTED.sub("", english))} & {*A_WORD.findall(QUOTED.sub("", vietnamese))}:
        yield f"{words}: {vietnamese}: {both}"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOA_LANG", raising=False)


def test_wrong_usage_of_every_command_is_told_in_the_language_of_the_call():
    calls = [[*path, *wrong] for path, command in all_commands() for wrong in wrong_calls(command)]
    assert len(calls) > 700
    assert [fault for words in calls for fault in faults(words)] == []


@pytest.mark.parametrize("before", [["--khong-co"], ["--data"], ["--as"], [NONE]], ids=" ".join)
def test_the_language_is_known_whatever_is_wrong_behind_it(before):
    assert list(faults(before)) == []
