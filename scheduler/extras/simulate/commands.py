"""`loa simulate`: a written scenario, or what this station will do next, on a stepped clock and without a sound.

Exit code 0 when every promise held, 1 when one did not (or the scenario cannot be read).
"""

import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from scheduler.commands.base import Context, pass_context
from scheduler.commands.language import say

_LENGTH = re.compile(r"(\d+)\s*([hdgn]|giờ|ngày)", re.IGNORECASE)
_LONGEST = timedelta(days=400)


class Length(click.ParamType):
    """A length of time: 48h (48 giờ) or 2d (2 ngày)."""

    name = "LENGTH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = _LENGTH.fullmatch(value.strip())
        if found is None:
            self.fail("hãy viết như 48h hoặc 2d", param, ctx)
        number, unit = int(found[1]), found[2].lower()
        length = timedelta(hours=number) if unit in {"h", "g", "giờ"} else timedelta(days=number)
        if not timedelta(0) < length <= _LONGEST:
            self.fail("phải từ 1h đến 400d", param, ctx)
        return length


@click.command()
@click.argument("scenario", required=False, type=click.Path(path_type=Path))
@click.option("--next", "ahead", type=Length(), help="No scenario: what this station will sound within this time.")
@click.option("--human/--lines", default=None, help="A table for people, or JSON lines; default: lines of a scenario.")
@pass_context
def simulate(context: Context, scenario: Path | None, ahead: timedelta | None, human: bool | None) -> None:  # noqa: FBT001 - click gives flags
    """Run a written scenario, or what this station itself will do next, through the real planner, gate, journal and
    engine, on a stepped clock and without a sound. It changes nothing of the station and may run beside it. Exit code 1
    when a promise did not hold.
    """
    if (scenario is None) == (ahead is None):
        raise click.UsageError("give a SCENARIO file, or --next LENGTH")
    from scheduler.extras.simulate.work import telling
    from scheduler.extras.simulate.work.reading import load
    from scheduler.extras.simulate.work.rehearsal import rehearsed
    from scheduler.extras.simulate.work.run import played

    with tempfile.TemporaryDirectory(prefix="loa-simulate-") as folder:
        if scenario is not None:
            outcome = played(load(scenario), Path(folder))
        else:
            outcome = rehearsed(context.config(), ahead or timedelta(0), Path(folder))
        lines = list(telling.lines_of(outcome))
        outcome.close()
    for_people = human if human is not None else scenario is None
    for text in (telling.human if for_people else telling.json_lines)(lines):
        (say if for_people else click.echo)(text)
    if not lines[-1]["kept"]:
        raise SystemExit(1)


COMMANDS = (simulate,)
