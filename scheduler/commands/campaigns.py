"""`loa campaign …`: make, preview, start, pause, resume, stop, replace, put in order, and show what one would change.

It turns words of the command line into a campaign; whether that may run, and when it airs, the desk says.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import click

from scheduler.commands.base import Context, Day, json_option, pass_context, print_json, print_table, today
from scheduler.commands.derived import DerivedGroup
from scheduler.commands.impact import impact_json, print_impact
from scheduler.commands.language import in_words, say
from scheduler.commands.reports import plan_json, print_plan
from scheduler.core.model import ALL_WEEKDAYS, DEFAULT_ZONE, Boost, BoostKind, Campaign, Phase, Priority
from scheduler.core.planning import rules
from scheduler.core.planning.halts import pauses_at
from scheduler.core.planning.sessions import USUAL_WINDOWS
from scheduler.core.words.wording import CAMPAIGN_STATES


@click.group(cls=DerivedGroup)
def campaign() -> None:
    """Campaigns (đợt phát)."""


@campaign.command("new")
@click.argument("announcement_id", type=int)
@click.option("--title", default=None, help="Its name.")
@click.option("--window", "windows", multiple=True, default=USUAL_WINDOWS, help="HH:MM-HH:MM, several times.")
@click.option("--base", default=2, help="Airings a day before any boost.")
@click.option("--factor", type=float, help="Boost: times the base.")
@click.option("--target", type=int, help="Boost: this many airings a day.")
@click.option("--minutes", type=float, help="Boost: this many minutes a day, in whole airings.")
@click.option("--share", type=float, help="Boost: this share of the session minutes, in percent.")
@click.option("--every", type=float, help="Boost: one airing every so many minutes.")
@click.option("--phase", "phases", multiple=True, help="FROM[..TO] with base=, factor= (or another boost), windows=.")
@click.option(
    "--also", "rotation", type=int, multiple=True, help="A further announcement, said in turn; several times."
)
@click.option("--zone", default=DEFAULT_ZONE, help="Where it is heard; default: everywhere.")
@click.option("--topic", default="", help="What airtime is compared by.")
@click.option("--field", type=click.IntRange(1, 6), default=1, help="Lĩnh vực of the provincial report.")
@click.option("--weekday", "weekdays", multiple=True, type=click.IntRange(0, 6), help="Monday = 0; default: all.")
@click.option("--except-day", "except_days", multiple=True, type=Day(), help="A day without it; several times.")
@click.option("--except-window", "except_windows", multiple=True, help="HH:MM-HH:MM in which it never sounds.")
@click.option("--only-day", "dates", multiple=True, type=Day(), help="Only on such days; several times.")
@click.option("--max-minutes", type=click.IntRange(1, 1440), help="No airing is longer than that.")
@click.option("--from", "start", type=Day(), help="First day; default: today.")
@click.option("--to", "end", type=Day(), help="Last day; default: 30 days.")
@click.option("--gap", default=10.0, help="Least minutes between two airings.")
@click.option("--chime/--no-chime", default=True, help="A chime before each airing, or none.")
@click.option("--repeat", default=1, help="How often the clip is said in one airing.")
@click.option("--priority", is_flag=True, help="Ahead of ordinary ones.")
@click.option("--start/--draft", "go", default=False, help="Start it at once.")
@pass_context
def new(
    context: Context, /, announcement_id: int, title: str | None, start: date | None, end: date | None, **form: object
) -> None:
    """A campaign for an announcement; prints its number.

    `--factor`, `--target`, `--minutes`, `--share` and `--every` exclude each other. What they mean, and phases and
    rotation, is told in campaigns.md.
    """
    with context.station() as station:
        actor = context.actor(station)
        first = start or today(station)
        made = Campaign(
            id=0,
            title=title or station.services.announcements.get(announcement_id).title,
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
            phases=tuple(_phase(text) for text in form["phases"]),  # type: ignore[attr-defined]  # click gives a tuple
            rotation=form["rotation"],  # type: ignore[arg-type]  # click gives a tuple of int
            zone=str(form["zone"]),
            topic=str(form["topic"]),
            field=form["field"],  # type: ignore[arg-type]  # click gives an int
            except_days=form["except_days"],  # type: ignore[arg-type]  # click gives a tuple of days
            except_windows=tuple(rules.parse_window(text) for text in form["except_windows"]),  # type: ignore[attr-defined]
            dates=form["dates"],  # type: ignore[arg-type]  # click gives a tuple of days
            max_minutes=form["max_minutes"],  # type: ignore[arg-type]  # click gives an int
        )
        campaign_id = station.services.campaigns.save(actor, made)
        if form["go"]:
            station.services.campaigns.start(actor, campaign_id)
        click.echo(campaign_id)


_BOOSTS = {
    "factor": BoostKind.FACTOR,
    "target": BoostKind.TARGET,
    "minutes": BoostKind.MINUTES,
    "share": BoostKind.SHARE,
    "every": BoostKind.EVERY,
}
_PERCENT = 100


def _boost(form: Mapping[str, object]) -> Boost:
    given = [name for name in _BOOSTS if form.get(name) is not None]
    if len(given) > 1:
        raise click.UsageError(f"{', '.join(f'--{name}' for name in given)} exclude each other")
    if not given:
        return Boost()
    try:
        value = float(str(form[given[0]]))
    except ValueError as error:
        raise click.UsageError(f"{given[0]} needs a number") from error
    return Boost(_BOOSTS[given[0]], value / _PERCENT if given[0] == "share" else value)


def _phase(text: str) -> Phase:
    """A phase as typed: "16/03/2020..31/03/2020 base=2 factor=3 windows=05:00-06:30,17:00-18:30"."""
    days, *words = text.split() or [""]
    first, _, last = days.partition("..")
    given = dict(word.partition("=")[::2] for word in words)
    if unknown := set(given) - {"base", "windows", *_BOOSTS}:
        raise click.UsageError(f"--phase knows no {', '.join(sorted(unknown))}")
    base = given.get("base", "0")
    if not base.isdecimal():
        raise click.UsageError("base needs a whole number")
    return Phase(
        start=rules.parse_date(first),
        end=rules.parse_date(last) if last else None,
        base=int(base),
        boost=_boost(given),
        windows=tuple(rules.parse_window(one) for one in given.get("windows", "").split(",") if one),
    )


@campaign.command("list")
@json_option
@pass_context
def list_(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """All campaigns, newest first."""
    with context.station() as station:
        kept, now = station.services.campaigns.listed(), station.clock.now()
        if as_json:
            print_json(
                [
                    {"id": c.id, "title": c.title, "state": c.state.value, "start": str(c.start), "end": str(c.end)}
                    | {"zone": c.zone, "topic": c.topic, "field": c.field, "replaces": c.replaces}
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
                    in_words("Đang tạm dừng") if pauses_at(c, now) else CAMPAIGN_STATES[c.state],
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
    """The day plan as it would be with this campaign running; nothing is written."""
    with context.station() as station:
        found = station.services.campaigns.get(campaign_id)
        plan = station.services.campaigns.preview(found, day or max(found.start, today(station)))
        whole = [*station.services.campaigns.days.standing(plan.day), *plan.slots]
        idle = station.services.campaigns.idle_windows(plan.day, whole, found)
        if as_json:
            print_json(plan_json(station, plan.day, plan.slots, plan.refusals, idle))
        else:
            print_plan(station, plan.day, plan.slots, plan.refusals, idle)


@campaign.command("order")
@click.argument("campaign_ids", type=int, nargs=-1)
@json_option
@pass_context
def order(context: Context, campaign_ids: tuple[int, ...], as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Put campaigns of equal priority in the ward's order, the first first. Without numbers: show which collide."""
    with context.station() as station:
        if campaign_ids:
            station.services.campaigns.order(context.actor(station), campaign_ids)
        found = station.services.campaigns.collisions()
        if as_json:
            print_json([{"campaigns": list(c.campaign_ids), "days": [str(day) for day in c.days]} for c in found])
        elif not found:
            say("Không có đợt nào trùng giờ.")
        for one in () if as_json else found:
            titles = [station.services.campaigns.get(campaign_id).title for campaign_id in one.campaign_ids]
            told = " > ".join(f"{number} {title}" for number, title in zip(one.campaign_ids, titles, strict=True))
            say(f"{'Đã xếp' if one.is_decided else 'Trùng giờ'}: {told} ({len(one.days)} ngày)")


@campaign.command("impact")
@click.argument("campaign_id", type=int)
@json_option
@pass_context
def impact(context: Context, campaign_id: int, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What a campaign changes on the days ahead: its airings and minutes before and after, whom it displaces, and
    whether its order can be met. Nothing is written.
    """
    with context.station() as station:
        found = station.services.campaigns.impact(station.services.campaigns.get(campaign_id))
        if as_json:
            print_json(impact_json(found))
        else:
            print_impact(station, found)


COMMANDS = (campaign,)
