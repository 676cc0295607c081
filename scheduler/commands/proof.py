"""`loa proof`: the station's public key, the signed checkpoints, and the file that a superior checks without us.

`deploy/loa_verify.py` reads that file. Whether the journal itself holds is `loa journal --verify`.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, Day, json_option, pass_context, print_json, print_table
from scheduler.commands.language import say
from scheduler.core.report.proof import Checkpoint

if TYPE_CHECKING:
    from scheduler.core.report.proof import Exported


@click.group()
def proof() -> None:
    """Proof for a superior: key, checkpoints, files."""


@proof.command()
@click.option("--new", is_flag=True, help="Let a new key take its place, with the old one's consent.")
@json_option
@pass_context
def key(context: Context, new: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives flags
    """The public key that a superior is given once, by a safe way."""
    with context.station() as station:
        services = station.services.proof
        signs = services.change_key(context.actor(station)) if new else services.key()
        if as_json:
            print_json({"key": signs.public, "before": [old for old, _ in signs.handovers]})
            return
        click.echo(signs.public)
        if new:
            say("Đã đổi khóa ký: từ điểm chốt kế tiếp nhật ký được ký bằng khóa trên; hãy báo khóa cho cấp trên.")


@proof.command()
@json_option
@pass_context
def checkpoint(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Close every day that is over and has no checkpoint yet.

    The running station does so by itself, five minutes after midnight or at the first chance.
    """
    with context.station() as station:
        made = 0
        while count := station.services.proof.close_days():
            made += count
        if as_json:
            print_json({"made": made})
        else:
            say(f"Đã ký {made} điểm chốt." if made else "Mọi ngày đã qua đều có điểm chốt.")


@proof.command("list")
@json_option
@pass_context
def list_(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """The checkpoints: day, up to which row, airings and seconds, whether the rows held when it was signed."""
    with context.station() as station:
        line = station.services.proof.checkpoints()
        if as_json:
            print_json({"checkpoints": [_json(one) for one in line]})
        else:
            _print(line)


def _json(one: Checkpoint) -> dict[str, Any]:
    sums = {day: {name: found._asdict() for name, found in outcomes.items()} for day, outcomes in one.sums.items()}
    return {
        "number": one.number,
        "day": one.day.isoformat(),
        "first_seq": one.first_seq,
        "last_seq": one.last_seq,
        "last_hash": one.last_hash,
        "sums": sums,
        "broken_at": one.broken_at,
        "made_at": one.made_at,
        "key": one.key,
        "key_before": one.key_before,
    }


def _print(line: list[Checkpoint]) -> None:
    rows = []
    for one in line:
        found = [each for outcomes in one.sums.values() for each in outcomes.values()]
        seconds = sum(each.ms for each in found) / 1000
        held = "có" if one.broken_at is None else f"đứt ở dòng {one.broken_at}"
        airings = sum(each.airings for each in found)
        rows.append((one.number, f"{one.day:%d/%m/%Y}", one.last_seq, airings, f"{seconds:.1f}", held, one.key[:16]))
    print_table(("Số", "Ngày", "Đến dòng", "Lượt", "Giây", "Nguyên vẹn", "Khóa"), rows)


@proof.command()
@click.argument("day", type=Day())
@click.argument("last", type=Day(), required=False)
@click.option("--to", "path", type=click.Path(path_type=Path), required=True, help="The file to write.")
@json_option
@pass_context
def export(context: Context, day: date, last: date | None, path: Path, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Write the proof of one day, or of the days from DAY to LAST, into one file that `deploy/loa_verify.py` checks."""
    with context.station() as station:
        done = station.services.proof.export(context.actor(station), day, last or day, path)
        if as_json:
            print_json(done._asdict() | {"file": str(path)})
        else:
            say(_exported_text(done, path))


def _exported_text(done: "Exported", path: Path) -> str:
    text = f"Đã ghi {path}: {done.rows} dòng nhật ký, {done.checkpoints} điểm chốt."
    if done.unsigned:
        text += f" {done.unsigned} dòng cuối chưa được ký vì ngày chưa kết thúc."
    return text


COMMANDS = (proof,)
