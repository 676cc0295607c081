"""`loa ledger`, `loa duty`, and what answers a dispatch: `loa dispatch doubts|confirm|acts|obey`.

It prints what the desk adds up and hands on what an officer says; it counts nothing itself. Airings are counts, minutes
aired are measured.
"""

from typing import Any

import click

from scheduler.commands.base import Context, clock_text, json_option, pass_context, print_json, print_table
from scheduler.commands.dispatches import dispatch
from scheduler.commands.language import say
from scheduler.core.dispatch.duty_list import DutyState, KeptDuty
from scheduler.core.planning.ledger import Account, Baseline, BaselineSource
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.services.planning.ledger import DispatchLedger
from scheduler.services.planning.ledger_facts import ledger_facts

_STATES = {
    DutyState.OPEN: "chưa làm",
    DutyState.DOING: "đang làm",
    DutyState.DONE: "đã làm",
    DutyState.NOT_OURS: "không thuộc phường",
}


@click.group()
def ledger() -> None:
    """What dispatches have ordered, and what became of it (sổ nợ phát sóng)."""


@ledger.command("show")
@click.argument("dispatch_id", type=int)
@json_option
@pass_context
def show(context: Context, dispatch_id: int, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """The account of a dispatch, day by day: ordered, planned, aired, made good, owed, written off."""
    with context.station() as station:
        found = station.services.ledger.of_dispatch(dispatch_id)
        if as_json:
            print_json(ledger_facts(found))
        else:
            _tell(found)


@ledger.command("baseline")
@click.argument("dispatch_id", type=int)
@click.argument("minutes", type=float)
@click.option("--note", default="", help="What it is known from.")
@pass_context
def baseline(context: Context, dispatch_id: int, minutes: float, note: str) -> None:
    """State the minutes a day before a dispatch, where the station has measured none."""
    with context.station() as station:
        station.services.ledger.state_baseline(context.actor(station), dispatch_id, minutes, note)
        say("Đã ghi thời lượng trước công văn.")


_HEADS = (
    "Ngày", "Yêu cầu", "Xếp lịch", "Có tiếng", "Phát bù", "Phát dở", "Còn nợ", "Xóa nợ", "Phút yêu cầu",
    "Phút nghe được",
)  # fmt: skip


def _tell(found: DispatchLedger) -> None:
    say(f"Công văn {found.number_symbol or found.dispatch_id} ngày {found.issued:%d/%m/%Y}")
    rows = [(f"{day:%d/%m/%Y}", *_cells(account)) for day, account in found.days.items()]
    print_table(_HEADS, [*rows, ("Cộng", *_cells(found.total))])
    for reason, count in found.total.written_off.items():
        say(f"Xóa nợ {count} lượt: {sentence(reason)}")
    say(_before(found.baseline))
    if found.minutes_a_day is not None:
        times = "" if found.increase is None else f", gấp {found.increase:.1f} lần"
        say(f"Từ khi phát: {found.minutes_a_day:.1f} phút mỗi ngày{times}")


def _cells(account: Account) -> tuple[object, ...]:
    return (
        account.ordered,
        account.planned,
        account.aired,
        account.made_good,
        account.partial,
        account.owed,
        account.lost,
        f"{account.ordered_minutes:.1f}",
        f"{account.heard_minutes:.1f}",
    )


def _before(before: Baseline) -> str:
    if before.minutes_a_day is None:
        return "Trước công văn: chưa biết, hãy khai bằng loa ledger baseline"
    if before.source is BaselineSource.MEASURED:
        return f"Trước công văn: {before.minutes_a_day:.1f} phút mỗi ngày, đo được trong {before.days} ngày"
    by = before.stated.by if before.stated else ""
    return f"Trước công văn: {before.minutes_a_day:.1f} phút mỗi ngày, do {by} khai"


@click.group()
def duty() -> None:
    """What dispatches ask of the ward (danh mục việc)."""


@duty.command("list")
@click.argument("dispatch_id", type=int, required=False)
@click.option("--open", "only_open", is_flag=True, help="Only what is neither done nor another office's.")
@json_option
@pass_context
def list_(context: Context, dispatch_id: int | None, only_open: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives flags
    """The duties of a dispatch, or of every one, the newest dispatch first."""
    with context.station() as station:
        duties = station.services.duties.all() if dispatch_id is None else station.services.duties.of(dispatch_id)
        if only_open:
            duties = [one for one in duties if one.state in {DutyState.OPEN, DutyState.DOING}]
        if as_json:
            print_json([_duty_json(one) for one in duties])
            return
        rows = [
            (
                one.dispatch_id,
                one.ordinal,
                one.channel.value,
                f"{one.deadline:%d/%m/%Y}" if one.deadline else "-",
                _STATES[one.state],
                one.text,
                one.note,
            )
            for one in duties
        ]
        print_table(("Công văn", "Việc", "Qua", "Hạn", "Tình trạng", "Nội dung", "Ghi chú"), rows)


@duty.command("mark")
@click.argument("dispatch_id", type=int)
@click.argument("ordinal", type=int)
@click.argument("state", type=click.Choice([state.value for state in DutyState]))
@click.option("--note", default="", help="What was done, or whose it is.")
@pass_context
def mark(context: Context, dispatch_id: int, ordinal: int, state: str, note: str) -> None:
    """Say what became of a duty: `open`, `doing`, `done` or `not_ours` (which wants a note)."""
    with context.station() as station:
        station.services.duties.mark(context.actor(station), dispatch_id, ordinal, DutyState(state), note)
        say(f"Việc {ordinal}: {_STATES[DutyState(state)]}")


def _duty_json(one: KeptDuty) -> dict[str, Any]:
    return {
        "dispatch_id": one.dispatch_id,
        "ordinal": one.ordinal,
        "channel": one.channel.value,
        "text": one.text,
        "to": one.addressed or None,
        "deadline": one.deadline.isoformat() if one.deadline else None,
        "state": one.state.value,
        "note": one.note,
        "changed_by": one.changed_by or None,
        "changed_at": one.changed_at.isoformat() if one.changed_at else None,
    }


@dispatch.command("doubts")
@click.argument("dispatch_id", type=int)
@json_option
@pass_context
def doubts(context: Context, dispatch_id: int, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What was read but may be wrong, with its number for `confirm`.

    Nothing airs by the dispatch before each has an answer.
    """
    with context.station() as station:
        found = station.services.dispatches.doubts(dispatch_id)
        if as_json:
            print_json(
                [
                    {
                        "ordinal": one.ordinal,
                        "field": one.field,
                        "reason": one.reason,
                        "sentence": sentence_of(one),
                        "answer": one.answer or None,
                        "answered_by": one.answered_by or None,
                    }
                    for one in found
                ]
            )
            return
        words = {"": "chưa xác nhận", "confirmed": "đã xác nhận", "corrected": "đã sửa"}
        rows = [(one.ordinal, one.field, words[one.answer], sentence_of(one)) for one in found]
        print_table(("Số", "Mục", "Trả lời", "Vì sao"), rows)


@dispatch.command("confirm")
@click.argument("dispatch_id", type=int)
@click.argument("ordinals", type=int, nargs=-1, required=True)
@pass_context
def confirm(context: Context, dispatch_id: int, ordinals: tuple[int, ...]) -> None:
    """Say that doubtful values have been looked at and are right as they stand.

    What is wrong is corrected on the page.
    """
    with context.station() as station:
        station.services.dispatches.confirm(context.actor(station), dispatch_id, ordinals)
        left = [str(one.ordinal) for one in station.services.dispatches.doubts(dispatch_id) if one.is_open]
        say(f"Còn chưa xác nhận: {', '.join(left) or 'không'}")


@dispatch.command("acts")
@click.argument("dispatch_id", type=int)
@json_option
@pass_context
def acts(context: Context, dispatch_id: int, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What a dispatch does to earlier ones, with the campaigns it hits."""
    with context.station() as station:
        hits = station.services.dispatches.acts(dispatch_id)
        told = [
            {
                "ordinal": hit.act.ordinal,
                "kind": hit.act.kind.value,
                "target": hit.act.target,
                "target_date": hit.act.target_date.isoformat() if hit.act.target_date else None,
                "since": hit.act.since.isoformat() if hit.act.since else None,
                "until": hit.act.until.isoformat() if hit.act.until else None,
                "text": hit.act.text,
                "dispatch_ids": list(hit.dispatch_ids),
                "campaign_ids": [one.id for one in hit.campaigns],
                "done_at": hit.act.done_at.isoformat() if hit.act.done_at else None,
                "done_by": hit.act.done_by or None,
            }
            for hit in hits
        ]
        if as_json:
            print_json(told)
            return
        rows = [
            (
                hit.act.ordinal,
                {"stop": "dừng", "replace": "thay thế"}[hit.act.kind.value],
                hit.act.target or "-",
                ", ".join(one.title for one in hit.campaigns) or "-",
                clock_text(hit.act.done_at, station.config),
            )
            for hit in hits
        ]
        print_table(("Số", "Việc", "Văn bản", "Đợt", "Đã làm lúc"), rows)


@dispatch.command("obey")
@click.argument("dispatch_id", type=int)
@click.argument("act", type=int)
@click.option("--campaign", "campaign_ids", type=int, multiple=True, help="Which campaign, where none is found.")
@click.option("--none", "no_campaign", is_flag=True, help="No campaign here is concerned.")
@pass_context
def obey(
    context: Context,
    dispatch_id: int,
    act: int,
    campaign_ids: tuple[int, ...],
    no_campaign: bool,  # noqa: FBT001 - click gives a flag
) -> None:
    """Stop or replace the campaigns that an act of a dispatch ends; done before, nothing is done."""
    if no_campaign and campaign_ids:
        raise click.UsageError("--campaign and --none exclude each other")
    with context.station() as station:
        chosen = [] if no_campaign else (list(campaign_ids) or None)
        ended = station.services.dispatches.obey(context.actor(station), dispatch_id, act, chosen)
        say(f"Đã thực hiện; đợt: {', '.join(map(str, ended)) or 'không có'}")


COMMANDS = (ledger, duty)
