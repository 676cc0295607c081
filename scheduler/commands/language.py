"""In which language one call of `loa` speaks: help, output and errors are all in it, whatever the machine's LANG says.

`--lang` says it, else `station.language` of config.toml, else it is Vietnamese. What commands print is written in
Vietnamese, their help and what keys mean in English, so each has its catalogue: `locale/en.po` and `locale/vi.po`,
beside this module and in the folder of each extra. JSON, identifiers and other people's words stay as they are
(decision 0056).
"""

import copy
import inspect
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

import click

from scheduler.features import FEATURES, folder_of
from scheduler.kernel.words import LANGUAGES

__all__ = [
    "DEFAULT_CONFIG",
    "SPOKEN",
    "LoaContext",
    "WrongUsage",
    "ask_secret",
    "explained",
    "in_words",
    "say",
    "speak",
    "worded",
]

HERE = Path(__file__).parent / "locale"
SPOKEN = "scheduler.commands.language"
"""Under which name the context of a call keeps its language; a context without one is worded as the source is."""
DEFAULT_CONFIG = Path("config.toml")
_NOW = [LANGUAGES[0]]
"""The language of the call that this process is: threads and faults have no context to ask."""
_LEADING = re.compile(r"[\s!-]*")
_JOINTS = (": ", "; ", ". ", ", ", " (", ") ", ")", "  ", " – ", ".")
_LETTERS = re.compile("[À-ỹ]")
_EXTRA = re.compile(r"(.*?)(?:  \[(.*)\])?", re.DOTALL)


def speak(context: click.Context, lang: str | None, config_path: Path | None) -> None:
    """Settle the language of this call, before a word of it is read."""
    _NOW[:] = [lang if lang in LANGUAGES else _of_config(config_path or DEFAULT_CONFIG)]
    context.meta[SPOKEN] = _NOW[0]


def _of_config(path: Path) -> str:
    """What the file says, if it can be read; whether its value is good is told where the configuration is read."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))["station"]["language"]
    except (OSError, ValueError, KeyError, TypeError):
        return LANGUAGES[0]
    return str(told) if told in LANGUAGES else LANGUAGES[0]


@cache
def _english() -> Any:
    from scheduler.core.words.phrases import Phrases, read  # late: only a call in English needs it

    return Phrases(read(HERE / "en.po"))


@cache
def _vietnamese() -> Any:
    """Of English texts, those of help, of keys and of wrong usage."""
    from scheduler.core.words.phrases import Phrases, messages_of

    places = [HERE / "vi.po", *(folder_of(feature) / "locale" / "vi.po" for feature in FEATURES)]
    return Phrases({key: told for path in places if path.exists() for key, told in messages_of(path, "vi")})


def in_words(text: str) -> str:
    """A text of ours in the language of the call, line by line; what is not known of it stays as it is."""
    if _NOW[0] == LANGUAGES[0]:
        return text
    try:
        return "\n".join(map(_line, text.split("\n")))
    except OSError:  # a machine that opens no file any more still says what is wrong
        return text


def _line(line: str) -> str:
    start = _LEADING.match(line)
    bare = line[start.end() :] if start else line
    return line[: len(line) - len(bare)] + _piece(bare)


def _piece(text: str) -> str:
    """The English of a text, or of the parts that it was put together of, whichever leaves less of it Vietnamese."""
    found: list[str] = [_english().translate(text)]
    for joint in _JOINTS:
        if joint in text and _LETTERS.search(found[0]):
            found.append(joint.join(map(_piece, text.split(joint))))
    return min(found, key=lambda one: len(_LETTERS.findall(one)))


def say(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print words of ours in the language of the call; what others wrote, and data, is printed by `click.echo`."""
    click.echo(in_words(text), err=err, nl=nl)


def ask_secret(label: str, *, twice: bool = False, err: bool = False) -> str:
    """What is typed unseen, typed again until it is the same."""
    while True:
        typed = str(click.prompt(in_words(label), hide_input=True, err=err))
        if not twice or typed == click.prompt(in_words("Nhập lại"), hide_input=True, err=err):
            return typed
        say("Hai lần nhập không giống nhau.", err=True)


def _help(text: str) -> str:
    """An English help, paragraph by paragraph."""
    words: Mapping[str, tuple[str, ...]] = _vietnamese().words
    parts = [" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n")]
    return "\n\n".join(words.get(part, (part,))[0] for part in parts)


def explained(text: str) -> str:
    """What a key of config.toml means, written in English, in the language of the call."""
    return _help(text) if _NOW[0] == LANGUAGES[0] else text


def worded(command: click.Command, context: click.Context) -> click.Command:
    """A command whose help is in the language of the call."""
    if context.find_root().meta.get(SPOKEN) != "vi":
        return command
    made = copy.copy(command)
    made.context_class = LoaContext
    if made.help:
        made.help = _help(made.help)
    if isinstance(made, click.Group):
        made.commands = {name: worded(one, context) for name, one in made.commands.items()}
    return made


class _Vietnamese(click.HelpFormatter):
    """A page of help in Vietnamese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        told = args.replace("[OPTIONS]", "[TÙY CHỌN]").replace("COMMAND [ARGS]", "LỆNH [THAM SỐ]")
        super().write_usage(prog, told, prefix or "Cách dùng: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_help(heading))

    def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **more: Any) -> None:
        super().write_dl([(name, _meaning(meaning)) for name, meaning in rows], *args, **more)


def _meaning(text: str) -> str:
    """What an option means, and what click says of it in brackets."""
    found = _EXTRA.fullmatch(text)
    told, extra = found.groups() if found else (text, None)
    return _help(told) + (
        f"  [{'; '.join(_vietnamese().translate(one) for one in extra.split('; '))}]" if extra else ""
    )


class LoaContext(click.Context):
    """Where a command finds the page of help in its language."""

    def make_formatter(self) -> click.HelpFormatter:
        kind = _Vietnamese if self.find_root().meta.get(SPOKEN) == "vi" else click.HelpFormatter
        return kind(width=self.terminal_width, max_width=self.max_content_width)


class WrongUsage(click.UsageError):
    """Wrong usage, told in the language of the call."""

    def __init__(self, wrong: click.UsageError) -> None:
        told = " ".join(wrong.format_message().split())  # click lists choices line by line
        self.is_vietnamese = _NOW[0] == "vi"
        super().__init__(_vietnamese().translate(told) if self.is_vietnamese else in_words(told), wrong.ctx)

    def show(self, file: IO[Any] | None = None) -> None:
        if not self.is_vietnamese:
            super().show(file)
            return
        if self.ctx is not None:
            click.echo(f"{self.ctx.get_usage()}\nXem: {self.ctx.command_path} --help\n", file=file, err=True)
        click.echo(f"Lỗi: {self.message}", file=file, err=True)
