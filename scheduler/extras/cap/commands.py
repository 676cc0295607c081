"""`loa cap …`: read alerts in CAP 1.2, decide on what waits, issue the ward's own, list senders and rules.

What an alert becomes is the desk's; a rule is approved on the page, where a leader proves who it is.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, clock_text, json_option, pass_context, print_json, print_list, print_table
from scheduler.commands.language import say
from scheduler.core.characters import escaped
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.extras.cap.rules.kept import CapRow
from scheduler.extras.cap.service.alerts import CapService
from scheduler.extras.inbox.commands import InboxCommands
from scheduler.extras.inbox.rules import STATES

if TYPE_CHECKING:
    from scheduler.station import Station

COMMANDS: tuple[click.Command, ...]


@click.group()
def cap() -> None:
    """Alerts in the Common Alerting Protocol 1.2."""


@cap.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@pass_context
def read(context: Context, file: Path, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Read an alert; what the ward's rules let sound is aired at once. The same file again changes nothing."""
    from scheduler.extras.cap.intake.reading import MOST_BYTES
    from scheduler.extras.cap.work import take_in

    with context.station() as station:
        with file.open("rb") as source:
            row, fresh = take_in(station, context.actor(station), source.read(MOST_BYTES + 1))
        doubts = [sentence(code, details) for code, details in row.doubts]
        why = sentence_of(row)
        if as_json:
            told = {"id": row.id, "new": fresh, "state": row.state, "way": row.way, "proof": row.proof}
            reasons = [code for code, _ in row.doubts]
            print_json(told | {"doubts": reasons, "reason": row.reason, "slot_id": row.slot_id, "title": row.title})
            return
        say(f"{row.id}: {escaped(row.title)} – {row.state}" + ("" if fresh else " (đã có từ trước)"))
        for line in filter(None, (why, *doubts)):
            say(f"- {escaped(line)}")


def _own(_: "Station", row: CapRow) -> dict[str, Any]:
    return {"sender": row.sender, "identifier": row.identifier, "msg_type": row.msg_type, "proof": row.proof}


InboxCommands(
    inbox=lambda station: station.services.get(CapService).inbox,
    own=_own,
    nothing="Không có cảnh báo nào chờ.",
    accepted=lambda row: f"Đã nhận: {STATES[row.state].lower()}.",
    dismissed="Đã bỏ qua cảnh báo.",
    states=STATES,
).add_to(cap)


@cap.command("list")
@json_option
@pass_context
def listed(context: Context, *, as_json: bool) -> None:
    """What waits, what is under way, and what is over."""
    with context.station() as station:
        inbox, config = station.services.get(CapService).inbox, station.config
        rows = [*inbox.waiting(), *inbox.under_way(), *inbox.done()]
        cells = [(row.id, row.state, clock_text(row.received_at, config), row.sender, row.title) for row in rows]
        names = ("id", "state", "at", "sender", "title")
        print_list(names, names, cells, as_json=as_json)


@cap.command()
@click.argument("slot_id")
@click.option("--event", default="", help="What it is about, in two or three words.")
@click.option("--hours", type=float, default=6.0, show_default=True, help="How long it holds.")
@click.option("--instruction", default="", help="What people should do.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the XML there, else print it.")
@pass_context
def issue(context: Context, slot_id: str, event: str, hours: float, instruction: str, out: Path | None) -> None:
    """Issue the alert of an emergency that this ward has ordered (its slot's id)."""
    from scheduler.extras.cap.service.issue import Words

    with context.station() as station:
        words = Words(event=event, hours=hours, instruction=instruction)
        made = station.services.get(CapService).issuing.issue(context.actor(station), slot_id, words)
        _give(made.xml, out)


@cap.command()
@click.argument("issued_id", type=int)
@click.option("--reason", required=True, help="Why.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the XML there, else print it.")
@pass_context
def cancel(context: Context, issued_id: int, reason: str, out: Path | None) -> None:
    """Cancel an alert that this ward has issued, by its number on the page."""
    with context.station() as station:
        _give(station.services.get(CapService).issuing.cancel(context.actor(station), issued_id, reason).xml, out)


def _give(xml: str, out: Path | None) -> None:
    if out is None:
        click.echo(xml, nl=False)
    else:
        out.write_text(xml, encoding="utf-8")
        say(f"Đã ghi {out}")


@cap.command()
@json_option
@pass_context
def rules(context: Context, *, as_json: bool) -> None:
    """Senders that the ward believes, and its rules; who approved each, and when."""
    with context.station() as station:
        services, people, config = station.services.get(CapService).trust, station.services.people, station.config
        senders = [
            (one.sender.sender, one.sender.name, "không ký cũng tin" if one.sender.unsigned else "phải ký")
            for one in services.senders()
        ]
        rows = [
            (
                one.rule.id,
                one.rule.way.value,
                one.rule.title,
                f"{one.rule.severity}/{one.rule.urgency}/{one.rule.certainty}",
                people.get(one.approved_by).name if one.approved_by else "chờ duyệt",
                clock_text(one.approved_at, config),
            )
            for one in services.rules()
        ]
        whom, what = ("sender", "name", "proof"), ("id", "way", "title", "least", "approved_by", "at")
        if as_json:
            told = {"senders": [dict(zip(whom, one, strict=True)) for one in senders]}
            print_json(told | {"rules": [dict(zip(what, one, strict=True)) for one in rows]})
            return
        print_table(whom, senders)
        say("")
        print_table(what, rows)


COMMANDS = (cap,)
