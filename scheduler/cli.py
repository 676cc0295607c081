"""`loa`, the command line: parse, call, print. What the commands do lives below; this module is their front door.

Exit codes: 0 done, 1 refused or failed (one sentence on stderr, no traceback), 2 wrong usage. `--json` prints one JSON
document on stdout and nothing else.
"""

import sqlite3
import sys
from io import TextIOWrapper
from pathlib import Path

import click

from scheduler.causes import INTERNAL, reason_of
from scheduler.commands import (
    admin,
    air,
    announcements,
    audio,
    backup,
    campaigns,
    cap,
    clock,
    cluster,
    database,
    dispatches,
    emergency,
    hub,
    ledger,
    lexicon,
    link,
    monitor,
    outputs,
    pair,
    people,
    proof,
    province,
    relays,
    report,
    reports,
    schedule,
    simulate,
    sms,
    speech,
    tickets,
    tls,
    todo,
    tokens,
    town,
    voices,
)
from scheduler.commands.base import Context
from scheduler.core.wording import sentence
from scheduler.errors import ConfigError, LoaError, Refused, SpeechError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path), envvar="LOA_CONFIG", help="Path of config.toml."
)
@click.option(
    "--data", type=click.Path(path_type=Path), envvar="LOA_DATA", help="Data folder, over the configured one."
)
@click.option("--as", "login", envvar="LOA_AS", help="Act as this person (login); default: the machine's own.")
@click.version_option(package_name="loa-phuong", prog_name="loa")
@click.pass_context
def loa(context: click.Context, config_path: Path | None, data: Path | None, login: str | None) -> None:
    """Loa Phường: the broadcast desk of a ward."""
    context.obj = Context(config_path, data, login)


for group in (
    admin,
    air,
    announcements,
    audio,
    backup,
    campaigns,
    cap,
    clock,
    cluster,
    database,
    dispatches,
    emergency,
    hub,
    ledger,
    lexicon,
    link,
    monitor,
    pair,
    outputs,
    people,
    proof,
    province,
    relays,
    report,
    reports,
    schedule,
    simulate,
    sms,
    speech,
    tls,
    tickets,
    todo,
    tokens,
    town,
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
    except Refused as refusal:
        _fail(sentence(refusal.reason, refusal.details))
    except ConfigError as error:
        _fail("config.toml có lỗi:\n" + "\n".join(f"- {fault}" for fault in error.faults))
    except SpeechError as error:
        _fail(sentence(error.reason, error.details))
    except LoaError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; that is its right
        sys.exit(0)
    except (OSError, MemoryError, sqlite3.Error) as error:
        if (reason := reason_of(error)) == INTERNAL:
            raise
        _fail(sentence(reason))  # no descriptor, no memory, a disk that fails: who starts us tries again


def _fail(text: str) -> None:
    click.echo(text, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
