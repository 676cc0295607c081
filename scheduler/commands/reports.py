"""`loa plan` and `loa journal`: what is to sound, what has sounded, and whether the journal is whole.

Both read rows; only a day that has no rows yet is planned for show. Sums are of measured seconds.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from scheduler.commands.base import (
    Context,
    Day,
    clock_text,
    json_option,
    length_text,
    local,
    pass_context,
    print_json,
    print_table,
    today,
)
from scheduler.commands.language import say
from scheduler.core.air.output_share import shares_of, to_row
from scheduler.core.air.share_words import headline_text, share_text
from scheduler.core.air.standing import Tally, tally_text, tenths_text
from scheduler.core.model import AiringOutcome, Slot, Trigger
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.report.headline import unheard_warning
from scheduler.core.report.proof import Verification
from scheduler.core.words.wording import OUTCOMES, sentence, sentence_of

if TYPE_CHECKING:
    from scheduler.station import Station


@click.command()
@click.option("--date", "day", type=Day(), help="Default: today.")
@json_option
@pass_context
def plan(context: Context, day: date | None, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """The plan of a day: every slot, and every refused airing with its reason."""
    with context.station() as station:
        day = day or today(station)
        slots, refusals = planned(station, day)
        idle = station.services.campaigns.idle_windows(day, slots)
        if as_json:
            print_json(plan_json(station, day, slots, refusals, idle))
        else:
            print_plan(station, day, slots, refusals, idle)


def planned(station: "Station", day: date) -> tuple[Sequence[Slot], Sequence[Refusal]]:
    """The rows of a day, with what would be planned beside them; far days have no rows yet and are planned for show."""
    kept = station.services.slots.of_day(day)
    refusals = station.services.slots.refusals(day)
    if kept or refusals or day < today(station):
        return kept, refusals
    made = station.services.campaigns.plan(day)
    return made.slots, made.refusals


def plan_json(
    station: "Station", day: date, slots: Sequence[Slot], refusals: Sequence[Refusal], idle: Sequence[Refusal] = ()
) -> dict[str, Any]:
    return {
        "date": day.isoformat(),
        "slots": [
            {
                "id": slot.id,
                "start": local(slot.start, station.config).isoformat(),
                "end": local(slot.end, station.config).isoformat(),
                "seconds": slot.length.total_seconds(),
                "zone": slot.zone,
                "campaign_id": slot.campaign_id,
                "announcement_id": slot.announcement_id,
                "title": station.services.announcements.get(slot.announcement_id).title,
                "priority": slot.priority.value,
                "trigger": slot.trigger.value,
                "outcome": slot.outcome.value if slot.outcome else None,
                "reason": slot.reason,
            }
            for slot in slots
        ],
        "refusals": [
            {
                "campaign_id": refusal.campaign_id,
                "ordinal": refusal.ordinal,
                "reason": refusal.reason,
                "sentence": sentence_of(refusal),
            }
            for refusal in refusals
        ],
        "idle_windows": [
            {"campaign_id": one.campaign_id, "reason": one.reason, "sentence": sentence_of(one)} for one in idle
        ],
    }


def print_plan(
    station: "Station", day: date, slots: Sequence[Slot], refusals: Sequence[Refusal], idle: Sequence[Refusal] = ()
) -> None:
    say(f"Kế hoạch ngày {day:%d/%m/%Y}: {len(slots)} lượt")
    rows = [
        (
            clock_text(slot.start, station.config),
            clock_text(slot.start + timedelta(seconds=round(slot.length.total_seconds())), station.config),
            length_text(slot.length),
            station.services.announcements.get(slot.announcement_id).title,
            OUTCOMES[slot.outcome] if slot.outcome else "chờ",
        )
        for slot in slots
    ]
    print_table(("Bắt đầu", "Kết thúc", "Dài", "Bản tin", "Kết quả"), rows)
    for refusal in refusals:
        title = station.services.campaigns.get(refusal.campaign_id).title
        say(f"Không xếp được lượt {refusal.ordinal} của “{title}”: {sentence_of(refusal)}")
    for one in idle:
        say(f"“{station.services.campaigns.get(one.campaign_id).title}”: {sentence_of(one)}")


@click.command()
@click.option("--date", "day", type=Day(), help="Default: today.")
@click.option("--verify", is_flag=True, help="Walk the whole chain; exit code 1 when it is broken.")
@click.option("--since", type=Day(), help="Of --verify: begin at the last checkpoint before this day.")
@json_option
@pass_context
def journal(context: Context, day: date | None, verify: bool, since: date | None, as_json: bool) -> None:  # noqa: FBT001 - click gives flags
    """The journal of a day, as measured: planned and actual start, seconds, outcome, approver, reason."""
    if since and not verify:
        raise click.UsageError("--since belongs to --verify")
    with context.station() as station:
        day = day or today(station)
        rows = station.services.journal.of_day(day)
        found = station.services.proof.verify(since) if verify else None
        if as_json:
            told: dict[str, Any] = {"date": day.isoformat(), "rows": [_row_json(row, station) for row in rows]}
            told["relays"] = [
                {"at": local(at, station.config).isoformat(), "slot_id": slot_id, "reason": reason, "way": way}
                for at, slot_id, reason, way in _relay_changes(station, day)
            ]
            if found:
                told["verify"] = verify_json(found)
            print_json(told)
        else:
            print_journal(station, day, rows)
            _print_relays(station, day, rows)
            if found:
                say(verify_text(found))
        if found and not found.whole:
            raise SystemExit(1)


def _row_json(row: dict[str, Any], station: "Station") -> dict[str, Any]:
    """A journal row with local times; instants in the row are UTC text."""
    told = {name: value for name, value in row.items() if name not in {"outputs_json", "shares_json"}}
    shares = shares_of(row)
    told |= {"shares": None if shares is None else to_row(shares), "headline": _headline(row)}
    for name in ("at", "planned_start", "actual_start", "actual_end", "approved_at"):
        if told[name]:
            told[name] = local(datetime.fromisoformat(told[name]), station.config).isoformat()
    return told | {"played_seconds": (row["played_ms"] or 0) / 1000}


def verify_json(found: Verification) -> dict[str, Any]:
    broken = None
    if found.broken:
        seq, fault, reason, details = found.broken
        broken = {"seq": seq, "fault": fault, "reason": reason, "sentence": sentence(reason, details)}
    told: dict[str, Any] = {"whole": found.whole, "rows": found.rows, "broken": broken, "anchored_rows": found.anchored}
    told |= {"audit_rows": found.audit_rows, "notes": [{"reason": code, "note": note} for code, note in found.notes]}
    return told | {"checkpoints": found.checkpoints, "signed_rows": found.signed}


def verify_text(found: Verification) -> str:
    if found.broken:
        return f"NHẬT KÝ KHÔNG CÒN NGUYÊN VẸN. {sentence_of(found.broken)}"
    more = ["Chưa có neo ngoài cơ sở dữ liệu."]
    if found.anchored:
        more = [f"Neo ngoài cơ sở dữ liệu: đến dòng {found.anchored}."]
    if found.audit_rows is not None:
        more.append(f"Nhật ký thao tác nguyên vẹn: {found.audit_rows} dòng.")
    more += [sentence(code, {"note": note}) for code, note in found.notes]
    if not found.checkpoints:
        words = f"Chuỗi nhật ký nguyên vẹn: {found.rows} dòng, chưa có điểm chốt nào."
    else:
        words = (
            f"Chuỗi nhật ký nguyên vẹn: {found.rows} dòng; "
            f"{found.checkpoints} điểm chốt có chữ ký đúng, đã ký đến dòng {found.signed}."
        )
    return "\n".join((words, *more))


def print_journal(station: "Station", day: date, rows: Sequence[dict[str, Any]]) -> None:
    say(f"Nhật ký phát sóng ngày {day:%d/%m/%Y}: {len(rows)} lượt")

    def clock(text: str | None) -> str:
        return clock_text(datetime.fromisoformat(text), station.config) if text else "-"

    table = [
        (
            row["seq"],
            clock(row["planned_start"]),
            clock(row["actual_start"]),
            tenths_text(row["played_ms"] or 0),
            OUTCOMES[AiringOutcome(row["outcome"])],
            row["title"],
            row["approver"],
            sentence(row["reason"]),
            _headline(row),
        )
        for row in rows
    ]
    heads = ("Số", "Dự kiến", "Thực phát", "Giây", "Kết quả", "Bản tin", "Người duyệt", "Lý do", "Đầu ra kém nhất")
    print_table(heads, table)
    zone = ZoneInfo(station.config.station.time_zone)
    for row in rows:
        for share in shares_of(row) or ():
            say(f"  {row['seq']}  {share_text(share, zone)}")
    aired = [row for row in rows if row["trigger"] != Trigger.TEST]
    tally = Tally.total(
        Tally.of(row["outcome"], 1, int(bool(row["played_ms"])), row["played_ms"] or 0) for row in aired
    )
    if warning := unheard_warning(tally):
        say(warning)
    say(f"Tóm tắt: {tally_text(tally)}")
    say(f"Tổng thời lượng đo được: {tenths_text(tally.played_ms)} giây")


def _relay_changes(station: "Station", day: date) -> list[tuple[datetime, str, str, str]]:
    """What relays of a day went through: when, whose slot, the reason code, from which source to which."""
    found = []
    for row in station.services.journal.relays(day):
        slot_id, _, way = row["note"].partition(": ")
        found.append((datetime.fromisoformat(row["at"]), slot_id, row["reason"], way))
    return found


def _print_relays(station: "Station", day: date, rows: Sequence[dict[str, Any]]) -> None:
    titles = {row["slot_id"]: row["title"] for row in rows}
    if not (changes := _relay_changes(station, day)):
        return
    say("Nguồn tiếp âm:")
    for at, slot_id, reason, way in changes:
        say(f"  {clock_text(at, station.config)}  {titles.get(slot_id, slot_id)}: {sentence(reason)} ({way})")


def _headline(row: dict[str, Any]) -> str:
    """The worst loudspeaker of an airing; nothing of one that no output was asked to sound."""
    return headline_text(shares_of(row)) if row["outputs"] else ""


COMMANDS = (plan, journal)
