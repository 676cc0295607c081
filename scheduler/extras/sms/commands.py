"""`loa sms …`: write, submit, approve, return, withdraw, hand over, send; who wants none; is the gateway there.

Each is one act of the desk, with the actor's rights. `send` orders and, asked to wait, sees the sending through beside
a running worker or without one.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json, print_table
from scheduler.commands.language import say
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.extras.sms.keys import SmsConfig
from scheduler.extras.sms.rules.approval import BatchState, RecipientState
from scheduler.extras.sms.rules.kept import SmsBatch
from scheduler.extras.sms.rules.sms_words import BATCH_STATES, RECIPIENT_STATES, SMS_STATES, cost_words, culprit_words
from scheduler.extras.sms.rules.texts import cost, parts, sms_sha256, tidied, without_diacritics
from scheduler.extras.sms.service.sendings import SmsSendings
from scheduler.extras.sms.service.texts import SmsService
from scheduler.kernel.causes import reason_of
from scheduler.kernel.errors import Refused

if TYPE_CHECKING:
    from scheduler.station import Station

MOST_TOLD = 20
"""Refused lines of a list, or numbers without a yes, that are printed."""
_TROUBLE = (RecipientState.FAILED, RecipientState.UNKNOWN)
file_path = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def sms() -> None:
    """SMS (tin nhắn)."""


@sms.command("count")
@click.argument("text", default="-")
@json_option
def count(text: str, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What a text costs, as written and without diacritics; with `-` or nothing it reads stdin."""
    written = tidied(sys.stdin.read() if text == "-" else text)
    plain = without_diacritics(written)
    if as_json:
        print_json({"written": _counted(written), "plain": _counted(plain)})
        return
    for head, body in (("Như đã viết", written), ("Không dấu", plain)):
        say(f"{head}: {cost_words(cost(body))}")
        if culprits := culprit_words(cost(body)):
            say(f"  Chữ ngoài GSM-7: {culprits}")
    click.echo(plain)


def _counted(body: str) -> dict[str, Any]:
    paid = cost(body)
    return {
        "text": body,
        "alphabet": paid.alphabet.value,
        "places": paid.places,
        "parts": list(parts(body)),
        "room": paid.room,
        "culprits": list(paid.culprits),
        "sha256": sms_sha256(body),
    }


@sms.command("new")
@click.option("--title", default="", help="Its name in the list; needed with --text or --file.")
@click.option("--text", default=None, help="The words; or --file.")
@click.option("--file", "file", type=file_path, help="UTF-8 text file.")
@click.option("--dispatch", "dispatch_id", type=int, help="Drafts of the SMS that this dispatch quotes instead.")
@click.option("--campaign", "campaign_id", type=int, help="Drafts of the SMS of this campaign instead.")
@click.option("--plain", is_flag=True, help="Send without diacritics.")
@pass_context
def new(context: Context, /, title: str, plain: bool, **given: Any) -> None:  # noqa: FBT001 - click gives a flag
    """A new draft, from words, from a dispatch or from a campaign; prints its number, or theirs."""
    with context.station() as station:
        actor, services = context.actor(station), station.services.get(SmsService)
        if given["dispatch_id"] is not None:
            made = services.drafts_of_dispatch(actor, given["dispatch_id"])
        elif given["campaign_id"] is not None:
            made = services.drafts_of_campaign(actor, given["campaign_id"])
        else:
            file: Path | None = given["file"]
            words = given["text"] if given["text"] is not None else file.read_text("utf-8-sig") if file else ""
            made = [services.write(actor, title, words, plain=plain)]
        for sms_id in made:
            click.echo(sms_id)


@sms.command("list")
@json_option
@pass_context
def listed(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """All SMS, the last changed first."""
    with context.station() as station:
        kept = station.services.get(SmsService).listed()
        if as_json:
            print_json([{"id": one.id, "title": one.title, "state": one.state.value} for one in kept])
            return
        rows = [(one.id, one.title, SMS_STATES[one.state], cost(one.body).parts) for one in kept]
        print_table(("Mã", "Tên", "Trạng thái", "Phần"), rows)


@sms.command("show")
@click.argument("sms_id", type=int)
@json_option
@pass_context
def show(context: Context, sms_id: int, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """The words that go out, what they cost, and how each sending of them stands."""
    with context.station() as station:
        seen, batches = (
            station.services.get(SmsService).get(sms_id),
            station.services.get(SmsSendings).of_sms(sms_id),
        )
        if as_json:
            told = {"id": seen.id, "title": seen.title, "state": seen.state.value, "cleared": seen.cleared}
            print_json(told | _counted(seen.body) | {"sendings": [_to_dict(station, one) for one in batches]})
            return
        say(f"{seen.title} – {SMS_STATES[seen.state]}\n{cost_words(cost(seen.body))}\n\n{seen.body}")
        for batch in batches:
            _print_batch(station, batch)


@sms.command("submit")
@click.argument("sms_id", type=int)
@pass_context
def submit(context: Context, sms_id: int) -> None:
    """Hand an SMS to the leader."""
    with context.station() as station:
        station.services.get(SmsService).submit(context.actor(station), sms_id)
        say("Đã gửi lãnh đạo duyệt.")


@sms.command("approve")
@click.argument("sms_id", type=int)
@pass_context
def approve(context: Context, sms_id: int) -> None:
    """Approve exactly the words that it has now, which are printed; not for the person who wrote them."""
    with context.station() as station:
        seen = station.services.get(SmsService).get(sms_id)
        station.services.get(SmsService).approve(context.actor(station), sms_id, sms_sha256(seen.body))
        say(f"Đã duyệt lời này:\n{seen.body}")


@sms.command("return")
@click.argument("sms_id", type=int)
@click.option("--reason", required=True, help="Why.")
@pass_context
def give_back(context: Context, sms_id: int, reason: str) -> None:
    """Return a submitted SMS to its author with a reason."""
    with context.station() as station:
        station.services.get(SmsService).give_back(context.actor(station), sms_id, reason)
        say("Đã trả lại.")


@sms.command("withdraw")
@click.argument("sms_id", type=int)
@pass_context
def withdraw(context: Context, sms_id: int) -> None:
    """Take an SMS back for good; a sending of it stops."""
    with context.station() as station:
        station.services.get(SmsService).withdraw(context.actor(station), sms_id)
        say("Đã rút.")


@sms.command("hand-over")
@click.argument("sms_id", type=int)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="CSV file to write."
)
@click.option("--numbers", type=file_path, help="List of recipients; a row for each instead of for each carrier.")
@pass_context
def hand_over(context: Context, sms_id: int, output: Path, numbers: Path | None) -> None:
    """Write the file for the telecoms: carriers, the approved words, parts, who approved and when."""
    with context.station() as station:
        actor = context.actor(station)
        batch_id = _check(station, actor, sms_id, numbers) if numbers else None
        kept = station.services.get(SmsService).hand_over_file(
            station.services.get(SmsService).hand_over(actor, sms_id, batch_id)
        )
        try:
            output.write_text(kept.file_text, encoding="utf-8", newline="")
        except OSError as error:
            raise Refused(reason_of(error, "disk_readonly")) from error
        say(f"Đã ghi {kept.rows} dòng vào {output}.")
        if batch_id is not None:
            _print_left_out(station.services.get(SmsSendings).get(batch_id))


@sms.command("send")
@click.argument("sms_id", type=int)
@click.option("--numbers", type=file_path, required=True, help="List of recipients: .txt or .csv, one a line.")
@click.option("--again", is_flag=True, help="Those too of whom nobody knows whether they got it.")
@click.option("--check", "only_check", is_flag=True, help="Read the list and send nothing.")
@click.option("--wait", is_flag=True, help="Wait until it is over; sends by itself where no station runs.")
@json_option
@pass_context
def send(context: Context, /, sms_id: int, numbers: Path, **flags: bool) -> None:
    """Send an approved SMS to a list by the gateway."""
    with context.station() as station:
        actor, sendings = context.actor(station), station.services.get(SmsSendings)
        batch_id = _check(station, actor, sms_id, numbers, again=flags["again"])
        if not flags["only_check"]:
            sendings.order(actor, batch_id)
        if flags["wait"] and not flags["only_check"]:
            from scheduler.extras.sms.work import SmsSender, gateway_of

            SmsSender(station.services, gateway_of(station.config, station.clock.monotonic)).see_through(batch_id)
        batch = sendings.get(batch_id)
        if flags["as_json"]:
            print_json(_to_dict(station, batch))
        else:
            _print_batch(station, batch)
        if batch.state is BatchState.HALTED:
            raise Refused(batch.reason, **batch.details)


def _check(station: "Station", actor: Any, sms_id: int, numbers: Path, *, again: bool = False) -> int:
    try:
        data = numbers.read_bytes()
    except OSError as error:
        raise Refused("file_unreadable") from error
    return station.services.get(SmsSendings).check(actor, sms_id, data, numbers.name, again=again)


@sms.command("stop")
@click.argument("sending", type=int)
@pass_context
def stop(context: Context, sending: int) -> None:
    """Stop a sending, by its number; who waits gets nothing."""
    with context.station() as station:
        station.services.get(SmsSendings).stop(context.actor(station), sending)
        say("Đã dừng gửi.")


@sms.command("go-on")
@click.argument("sending", type=int)
@pass_context
def go_on(context: Context, sending: int) -> None:
    """Let a sending go on that had halted."""
    with context.station() as station:
        station.services.get(SmsSendings).go_on(context.actor(station), sending)
        say("Gửi tiếp.")


@sms.command("opt-out")
@click.argument("number", required=False)
@click.option("--note", default="", help="Why, or who asked.")
@click.option("--remove", is_flag=True, help="Let this number get SMS again.")
@pass_context
def opt_out(context: Context, number: str | None, note: str, remove: bool) -> None:  # noqa: FBT001 - click gives a flag
    """A number that gets nothing from now on; without one, all of them."""
    with context.station() as station:
        actor, services = context.actor(station), station.services.get(SmsService)
        if number is None:
            rows = [(one.number, f"{local(one.at, station.config):%d/%m/%Y}", one.note) for one in services.opt_outs()]
            print_table(("Số", "Từ ngày", "Ghi chú"), rows)
        elif remove:
            services.opt_in(actor, number)
            say("Số này nhận tin trở lại.")
        else:
            say(f"{services.opt_out(actor, number, note)} không nhận tin nữa.")


@sms.command("gateway")
@pass_context
def gateway(context: Context) -> None:
    """Whether the gateway of the configuration can be used and reached; sends nothing."""
    from scheduler.extras.sms.work import gateway_of
    from scheduler.kernel.clock import SystemClock

    config = context.config()
    if not config.get(SmsConfig).url:
        raise Refused("sms_off")
    gateway_of(config, SystemClock().monotonic).reach()
    say("Nối được tới cổng nhắn tin.")


def _to_dict(station: "Station", batch: SmsBatch) -> dict[str, Any]:
    counts = station.services.get(SmsSendings).counts(batch.id)
    names = ("id", "total", "duplicates", "opted_out", "reached", "refused", "reason")
    told = {name: getattr(batch, name) for name in names}
    return told | {"state": batch.state.value, "counts": {state.value: many for state, many in counts.items()}}


def _print_batch(station: "Station", batch: SmsBatch) -> None:
    sendings = station.services.get(SmsSendings)
    counts = ", ".join(f"{RECIPIENT_STATES[one]}: {many}" for one, many in sendings.counts(batch.id).items() if many)
    say(f"\nLần gửi {batch.id} – {BATCH_STATES[batch.state]}: {batch.total} số. {counts}")
    _print_left_out(batch)
    for one in sendings.recipients(batch.id, *_TROUBLE, limit=MOST_TOLD):
        say(f"  {one.number}: {RECIPIENT_STATES[one.state]}. {sentence_of(one)}")
    if batch.reason:
        say(sentence_of(batch))


def _print_left_out(batch: SmsBatch) -> None:
    """What of a list of numbers is not in a sending or a hand-over, and why."""
    say(
        f"Trùng: {batch.duplicates}; không muốn nhận: {batch.opted_out}; đã nhận lời này: {batch.reached}; "
        f"không đúng: {batch.refused}"
    )
    for bad in batch.bad[:MOST_TOLD]:
        say(f"  Dòng {bad.line}: {sentence(bad.reason, {'value': bad.written, 'new': bad.new})}")


COMMANDS = (sms,)
