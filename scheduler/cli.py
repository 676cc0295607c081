"""`loa`, the command line: parse, call, print. What the commands do lives below; this module is their front door.

Exit codes: 0 done, 1 refused or failed (one sentence on stderr, no traceback), 2 wrong usage. `--json` prints one JSON
document on stdout and nothing else.
"""

import gc

gc.disable()
"""Until all is imported: it stays to the end, and the collector would walk over it some ten times meanwhile."""

import os
import sys
import traceback
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from scheduler.commands import (
    admin,
    air,
    announcements,
    audio,
    backup,
    campaigns,
    clock,
    database,
    dispatches,
    emergency,
    faults,
    ledger,
    lexicon,
    outputs,
    people,
    proof,
    relays,
    report,
    reports,
    schedule,
    speech,
    tls,
    todo,
    tokens,
    voices,
)
from scheduler.commands.base import Context
from scheduler.commands.derived import DerivedGroup
from scheduler.commands.language import LoaContext, WrongUsage, say, speak, worded
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.features import FEATURES, load
from scheduler.kernel.causes import INTERNAL, reason_of
from scheduler.kernel.database_faults import is_damage, refusal_of_damage
from scheduler.kernel.errors import ConfigError, LoaError, Refused, SpeechError
from scheduler.kernel.words import LANGUAGES
from scheduler.services.station.damage import damage_lines, damage_of

gc.freeze()
gc.enable()
"""What is imported is set apart: no collector walks over it, and the end of a command is half as long."""

_GIVEN: list[Context] = []
"""What stood before the command that runs, for whoever has to say why it failed."""


class _Commands(DerivedGroup):
    """The commands of the core, and those of each extra: imported when they are asked for."""

    called = ""
    context_class = LoaContext

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The language first, wherever it stands: whatever is wrong or asked for is told in it."""
        given = self._given(ctx, args)
        path = given.get("config_path") or os.environ.get("LOA_CONFIG")
        speak(ctx, given.get("lang") or os.environ.get("LOA_LANG"), Path(path) if path else None)
        return super().parse_args(ctx, args)

    def _given(self, ctx: click.Context, args: list[str]) -> dict[str, Any]:
        """What stands before the first thing that is wrong."""
        parser = self.make_parser(ctx)
        parser.ignore_unknown_options = True
        for length in range(len(args), 0, -1):
            with suppress(click.UsageError):
                return dict(parser.parse_args(args[:length])[0])
        return {}

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **more: Any) -> click.Context:
        try:
            return super().make_context(info_name, args, *rest, **more)
        except click.UsageError as wrong:
            raise WrongUsage(wrong) from wrong

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as wrong:
            raise WrongUsage(wrong) from wrong
        except click.Abort:
            say("Đã thôi.", err=True)
            sys.exit(1)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        click.Group.format_help(worded(self, ctx), ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_of_extras()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        where = _of_extras().get(cmd_name)
        found = load(where) if where else super().get_command(ctx, cmd_name)
        return found and worded(found, ctx)


def _of_extras() -> dict[str, str]:
    return {word: where for feature in FEATURES for word, where in feature.commands.items()}


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path), envvar="LOA_CONFIG", help="Path of config.toml."
)
@click.option(
    "--data", type=click.Path(path_type=Path), envvar="LOA_DATA", help="Data folder, over the configured one."
)
@click.option("--as", "login", envvar="LOA_AS", help="Act as this person (login); default: the machine's own.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), envvar="LOA_LANG", help="Language of this call; default: as configured."
)
@click.version_option(package_name="loa-phuong", prog_name="loa")
@click.pass_context
def loa(
    context: click.Context, config_path: Path | None, data: Path | None, login: str | None, lang: str | None
) -> None:
    """Loa Phường: the broadcast desk of a ward."""
    context.obj = Context(config_path, data, login, lang=lang)
    _GIVEN[:] = [context.obj]


for group in (
    admin,
    air,
    announcements,
    audio,
    backup,
    campaigns,
    clock,
    database,
    dispatches,
    emergency,
    faults,
    ledger,
    lexicon,
    outputs,
    people,
    proof,
    relays,
    report,
    reports,
    schedule,
    speech,
    tls,
    todo,
    tokens,
    voices,
):
    for command in group.COMMANDS:
        loa.add_command(command)


def main() -> None:
    """Run `loa`; every error of ours is one sentence on stderr and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # Vietnamese also under a locale that has no letters for it
    try:
        loa(prog_name="loa")
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; that is its right
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the front door: whatever it is, a person gets one sentence
        say(_error_sentence(error), err=True)
        sys.exit(1)


def _error_sentence(error: Exception) -> str:
    """An error as the sentence that people read."""
    if is_damage(error):
        return _unexpected(error)
    match error:
        case Refused() | SpeechError():
            return sentence_of(error)
        case ConfigError():
            return "config.toml có lỗi:\n" + "\n".join(f"- {fault}" for fault in error.faults)
        case LoaError():
            return str(error)
        case _ if (reason := reason_of(error)) != INTERNAL:
            return sentence(reason)  # no descriptor, no memory, a disk that fails: who starts us tries again
        case _:
            return _unexpected(error)


def _unexpected(error: Exception) -> str:
    """What nobody foresaw, in words: where the database is damaged that is the cause; its place goes to the log."""
    try:
        config = _GIVEN[-1].config()
    except (IndexError, LoaError, OSError):
        return f"Lệnh không xong vì một lỗi không ngờ: {type(error).__name__}: {error}"
    path = config.data / "loa.db"
    fault = damage_of(path) or (str(error) if is_damage(error) else "")
    if fault:
        return "\n".join(damage_lines(path, refusal_of_damage(path, fault)))
    with suppress(OSError):
        (config.data / "log").mkdir(exist_ok=True)
        with (config.data / "log" / "command.log").open("a", encoding="utf-8") as out:
            out.write("".join(traceback.format_exception(error)))
    return (
        f"Lệnh không xong vì một lỗi không ngờ ({type(error).__name__}: {str(error)[:200]}); chi tiết ở "
        f"{config.data / 'log' / 'command.log'}. Nếu ngờ dữ liệu hỏng, hãy chạy: loa doctor"
    )


if __name__ == "__main__":
    main()
