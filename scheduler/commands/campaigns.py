"""`loa campaign …`: make, preview, start, stop.

It turns words of the command line into a campaign; whether that may run, and when it airs, the desk says.
"""

from datetime import date, timedelta

import click

from scheduler.commands.base import Context, Day, json_option, pass_context, print_json, print_table, today
from scheduler.commands.reports import plan_json, print_plan
from scheduler.core import rules
from scheduler.core.model import ALL_WEEKDAYS, Boost, BoostKind, Campaign, Priority
from scheduler.core.wording import CAMPAIGN_STATES


@click.group()
def campaign() -> None:
    """Campaigns (đợt tuyên truyền)."""


@campaign.command("new")
@click.argument("announcement_id", type=int)
@click.option("--title", default=None)
@click.option(
    "--window", "windows", multiple=True, default=("06:00-07:00", "16:30-18:00"), help="HH:MM-HH:MM, several times."
)
@click.option("--base", default=2, help="Airings a day before any boost.")
@click.option("--factor", type=float, help="Boost: times the base.")
@click.option("--target", type=int, help="Boost: this many airings a day.")
@click.option("--every", type=float, help="Boost: one airing every so many minutes.")
@click.option("--weekday", "weekdays", multiple=True, type=click.IntRange(0, 6), help="Monday = 0; default: all.")
@click.option("--from", "start", type=Day(), help="First day; default: today.")
@click.option("--to", "end", type=Day(), help="Last day; default: 30 days.")
@click.option("--gap", default=10.0, help="Least minutes between two airings.")
@click.option("--chime/--no-chime", default=True)
@click.option("--repeat", default=1, help="How often the clip is said in one airing.")
@click.option("--priority", is_flag=True, help="Ahead of ordinary ones.")
@click.option("--start/--draft", "go", default=False, help="Start it at once.")
@pass_context
def new(
    context: Context, /, announcement_id: int, title: str | None, start: date | None, end: date | None, **form: object
) -> None:
    """A campaign for an announcement; prints its number."""
    with context.station() as station:
        actor = context.actor(station)
        first = start or today(station)
        made = Campaign(
            id=0,
            title=title or station.parts.programme.announcement(announcement_id).title,
            announcement_id=announcement_id,
            windows=tuple(rules.parse_window(text) for text in form["windows"]),  # type: ignore[attr-defined]  # click gives a tuple
            base=form["base"],  # type: ignore[arg-type]  # click gives an int
            start=first,
            end=end or first + timedelta(days=29),
            boost=_boost(form),
            weekdays=frozenset(form["weekdays"]) or ALL_WEEKDAYS,  # type: ignore[call-overload]  # click gives a tuple
            min_gap=timedelta(minutes=form["gap"]),  # type: ignore[arg-type]  # click gives a float
            chime=bool(form["chime"]),
            repeat=form["repeat"],  # type: ignore[arg-type]  # click gives an int
            priority=Priority.PRIORITY if form["priority"] else Priority.NORMAL,
        )
        campaign_id = station.desk.campaigns.save(actor, made)
        if form["go"]:
            station.desk.campaigns.start(actor, campaign_id)
        click.echo(campaign_id)


def _boost(form: dict[str, object]) -> Boost:
    given = [
        (kind, form[name])
        for name, kind in (("factor", BoostKind.FACTOR), ("target", BoostKind.TARGET), ("every", BoostKind.EVERY))
        if form[name] is not None
    ]
    if len(given) > 1:
        raise click.UsageError("--factor, --target and --every exclude each other")
    return Boost(given[0][0], float(given[0][1])) if given else Boost()  # type: ignore[arg-type]  # click gives a number


@campaign.command("list")
@json_option
@pass_context
def list_(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """All campaigns, newest first."""
    with context.station() as station:
        kept = station.parts.programme.campaigns()
        if as_json:
            print_json(
                [
                    {"id": c.id, "title": c.title, "state": c.state.value, "start": str(c.start), "end": str(c.end)}
                    for c in kept
                ]
            )
            return
        print_table(
            ("Mã", "Tên", "Trạng thái", "Từ", "Đến", "Khung giờ"),
            [
                (
                    c.id,
                    c.title,
                    CAMPAIGN_STATES[c.state],
                    f"{c.start:%d/%m/%Y}",
                    f"{c.end:%d/%m/%Y}",
                    " ".join(map(str, c.windows)),
                )
                for c in kept
            ],
        )


@campaign.command("preview")
@click.argument("campaign_id", type=int)
@click.option("--date", "day", type=Day(), help="Default: its first day from today on.")
@json_option
@pass_context
def preview(context: Context, campaign_id: int, day: date | None, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """The day plan as it would be with this campaign running."""
    with context.station() as station:
        found = station.parts.programme.campaign(campaign_id)
        plan = station.desk.campaigns.preview(found, day or max(found.start, today(station)))
        if as_json:
            print_json(plan_json(station, plan.day, plan.slots, plan.refusals))
        else:
            print_plan(station, plan.day, plan.slots, plan.refusals)


@campaign.command("start")
@click.argument("campaign_id", type=int)
@pass_context
def start_(context: Context, campaign_id: int) -> None:
    """Let a campaign into the plan."""
    with context.station() as station:
        station.desk.campaigns.start(context.actor(station), campaign_id)
        click.echo("Đợt tuyên truyền đang chạy.")


@campaign.command("stop")
@click.argument("campaign_id", type=int)
@pass_context
def stop(context: Context, campaign_id: int) -> None:
    """Take a campaign out of the plan."""
    with context.station() as station:
        station.desk.campaigns.stop(context.actor(station), campaign_id)
        click.echo("Đã dừng đợt tuyên truyền.")


COMMANDS = (campaign,)
