"""`loa report`: the forms an office signs, printed here or written to a file in any format.

The desk makes the report, `scheduler.paper` draws it; this module parses and prints.
"""

from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from scheduler.commands.base import Context, Day, json_option, pass_context, print_json, print_table, today
from scheduler.commands.language import say
from scheduler.core.report.period import Period, PeriodKind, parse_period, period_with
from scheduler.core.report.report import Facts, Report
from scheduler.kernel.errors import Refused
from scheduler.paper import FORMATS, draw

Made = TypeVar("Made", bound=Any)


@click.group()
def report() -> None:
    """Reports in the form an office signs; every figure is a sum over the journal."""


def _outward(command: Made) -> Made:
    """What every form takes: where it goes, and as what."""
    to = click.option(
        "--to", type=click.Path(path_type=Path, dir_okay=False), help="Write a file; its ending is the format."
    )
    kind = click.option("--format", "kind", type=click.Choice(sorted(FORMATS)), help="Over the ending of the file.")
    made: Made = to(kind(json_option(command)))
    return made


_period = click.option("--period", help="2026-12, 2026-W49, 2026-Q4, 2026-H2, 2026 or a day; default: this month.")


@report.command("log")
@click.option("--date", "day", type=Day(), help="Default: today.")
@_outward
@pass_context
def log(context: Context, day: date | None, to: Path | None, kind: str | None, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """The logbook of a day (sổ nhật ký phát sóng) as it is signed.

    Printed here; with `--to` written to a file whose ending says its format: pdf, xlsx, html, csv or json.
    """
    with context.station() as station:
        made = station.services.reports.log(context.actor(station), day or today(station))
    _give(made, to, kind, as_json=as_json)


@report.command("airtime")
@_period
@_outward
@pass_context
def airtime(context: Context, period: str | None, to: Path | None, kind: str | None, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Airtime of a period (báo cáo thời lượng): sessions, hours by source, field, day and dispatch, emergencies and
    their delay, outputs, what did not air and why.
    """
    with context.station() as station:
        made = station.services.reports.airtime(context.actor(station), _period_of(period, today(station)))
    _give(made, to, kind, as_json=as_json)


@report.command("certificate")
@click.argument("dispatch_id", type=int)
@_outward
@pass_context
def certificate(context: Context, dispatch_id: int, to: Path | None, kind: str | None, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What was aired for a dispatch (giấy xác nhận đã phát): minutes a day, hashes, and whether the journal's whole
    chain holds, which is walked for it. Takes the dispatch's number in the station.
    """
    with context.station() as station:
        made = station.services.reports.certificate(context.actor(station), dispatch_id)
    _give(made, to, kind, as_json=as_json)


@report.command("fees")
@_period
@_outward
@pass_context
def fees(context: Context, period: str | None, to: Path | None, kind: str | None, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Who wrote what was heard in a period (bảng kê nhuận bút); coefficient and amount are left to a pen."""
    with context.station() as station:
        made = station.services.reports.fees(context.actor(station), _period_of(period, today(station)))
    _give(made, to, kind, as_json=as_json)


def _period_of(text: str | None, day: date) -> Period:
    return parse_period(text) if text else period_with(PeriodKind.MONTH, day)


def _give(made: Report, to: Path | None, kind: str | None, *, as_json: bool) -> None:
    if to is None:
        if kind is not None:
            raise click.UsageError("--format needs --to")
        _print(made, as_json=as_json)
        return
    name = kind or to.suffix.lower().removeprefix(".")
    if name not in FORMATS:
        raise click.UsageError(f"unknown format {name!r}; one of: {', '.join(sorted(FORMATS))}")
    content = draw(made, name)
    try:
        to.write_bytes(content)
    except OSError as error:
        raise Refused("file_unwritable", path=to.name) from error
    if as_json:
        print_json({"file": str(to), "format": name, "bytes": len(content)})
    else:
        say(f"Đã ghi {made.title.lower()} ({made.about}) vào {to}")


def _print(made: Report, *, as_json: bool) -> None:
    """The paper as an office signs it: in Vietnamese, whatever the language of the call."""
    if as_json:
        from scheduler.paper.as_json import document

        print_json(document(made))
        return
    click.echo(f"{made.title}: {made.about}")
    if made.warning:
        click.echo(f"!!! {made.warning}")
    for block in made.printed:
        click.echo(f"\n{block.title}")
        if isinstance(block, Facts):
            print_table(("Chỉ tiêu", "Giá trị"), [(fact.words, fact.told) for fact in block.facts], as_written=True)
        elif block.rows:
            rows, total = block.told
            print_table([column.head for column in block.columns], [*rows, total] if total else rows, as_written=True)
        else:
            click.echo(block.nothing)


COMMANDS = (report,)
