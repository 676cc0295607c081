"""What every command shares: where the configuration is, who acts, how things are printed.

It opens the station late, so that `--help` and commands without one stay quick; it decides nothing.
"""

import json
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.language import DEFAULT_CONFIG, ask_secret, in_words
from scheduler.config import loading as configuration
from scheduler.config.loading import Config
from scheduler.core.audit_context import AuditContext, begin, done_by, process_is
from scheduler.core.characters import escaped
from scheduler.core.model import Person
from scheduler.core.planning import rules
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import ConfigError, NotFound, NotPermitted

if TYPE_CHECKING:
    from scheduler.station import Station


@dataclass(frozen=True, slots=True)
class Context:
    """What stood on the command line before the command."""

    config_path: Path | None
    data: Path | None
    login: str | None
    lang: str | None = field(default=None, kw_only=True)

    def config(self) -> Config:
        """The configuration; raises ConfigError with every fault."""
        path = self.config_path or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
        config = configuration.load(path)
        if self.data is not None:
            config = replace(config, station=replace(config.station, data=str(self.data.resolve())))
        return config

    def read_config(self) -> tuple[Config | None, list[str]]:
        """What can be read of the configuration, and every fault of it; None = nothing of it."""
        try:
            return self.config(), []
        except ConfigError as error:
            found = error.partial
            return (found if isinstance(found, Config) else None), error.faults

    def arguments(self) -> list[str]:
        """The same words again, for a child process."""
        words = ["--config", str(self.config_path)] if self.config_path else []
        words += ["--lang", self.lang] if self.lang else []
        return words + (["--data", str(self.data)] if self.data else [])

    @contextmanager
    def station(self) -> Iterator["Station"]:
        from scheduler.station import Station

        station = Station.open(self.config())
        with begin(_command()) as what:
            try:
                station.prepare()
                if self.login is not None and station.services.people.by_login(self.login) is None:
                    raise NotFound("person", self.login)
                yield station
            except NotPermitted as refused:
                if what.person is not None:
                    station.services.audit.note_refusal(
                        what.person, str(refused.details.get("act", "")), refused.reason, waits=True
                    )
                raise
            finally:
                station.close()

    @contextmanager
    def station_without_rows(self, cause: Exception) -> Iterator["Station"]:
        """The station whose database could not be opened (`cause`): no row is read or written."""
        from scheduler.station import Station

        station = Station.without_rows(self.config(), cause)
        with begin(_command()):
            try:
                yield station
            finally:
                station.close()

    def actor(self, station: "Station") -> Person:
        """Who acts: `--as`, else the person of this machine."""
        if self.login is None:
            person = station.services.people.machine()
        elif (found := station.services.people.by_login(self.login)) is None:
            raise NotFound("person", self.login)
        else:
            person = found
        done_by(person)
        return person


def _command() -> AuditContext:
    """What the audit log calls this command; one of the station's processes acts by its own name."""
    context = click.get_current_context(silent=True)
    if context is None:
        return AuditContext("cli")
    if context.info_name == "process":
        process_is(str(context.params["name"]))
        return AuditContext(str(context.params["name"]))
    return AuditContext("cli", context.command_path.partition(" ")[2])


pass_context = click.make_pass_decorator(Context)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


_THEIRS = frozenset({"Bản tin", "Tên", "Trích yếu", "Nội dung", "Đứng tên", "Người", "Đợt", "Nguồn"})
"""Heads of the columns that show what people have written."""


def print_table(heads: Sequence[str], rows: Sequence[Sequence[object]], *, as_written: bool = False) -> None:
    """Columns as wide as their widest cell; what people wrote steers no terminal, and is taken for no word of ours.

    `as_written`: a paper, which is Vietnamese whatever the language of the call.
    """
    own = [head not in _THEIRS and not as_written for head in heads]
    cells = [
        [escaped(in_words(str(cell)) if ours else str(cell)) for ours, cell in zip(own, row, strict=True)]
        for row in rows
    ]
    told = list(heads if as_written else map(in_words, heads))
    widths = [max(map(len, column)) for column in zip(told, *cells, strict=True)]
    for line in (told, ["-" * width for width in widths], *cells):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_list(names: Sequence[str], heads: Sequence[str], rows: Sequence[Sequence[object]], *, as_json: bool) -> None:
    """A list as a table under `heads`, or as JSON: one object a row, its members called `names`."""
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        print_table(heads, rows)


def new_password() -> str:
    """A password typed twice. It is never an argument: those stand in histories and in the list of processes."""
    return ask_secret("Mật khẩu", twice=True)


_NEAR = {"today": 0, "hôm nay": 0, "tomorrow": 1, "ngày mai": 1, "yesterday": -1, "hôm qua": -1}


class Day(click.ParamType):
    """A day: 13/03/2020, 2020-03-13, or one of the words today, tomorrow, yesterday (hôm nay, ngày mai, hôm qua)."""

    name = "DAY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ARG002 - click's signature
        if isinstance(value, date):
            return value
        ahead = _NEAR.get(unicodedata.normalize("NFC", value).strip().lower())
        if ahead is None:
            return rules.parse_date(value)
        zone_name = ctx.find_root().obj.config().station.time_zone if ctx else "UTC"
        return rules.local_day(SystemClock().now(), zone_name) + timedelta(days=ahead)


def today(station: "Station") -> date:
    return station.config.station.day_of(station.clock.now())


def local(instant: datetime, config: Config) -> datetime:
    """An instant as the station's wall clock shows it, for print."""
    return config.station.local(instant)


def clock_text(instant: datetime | None, config: Config) -> str:
    return f"{local(instant, config):%H:%M:%S}" if instant else "-"


def length_text(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"
