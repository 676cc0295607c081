"""`loa announcement …`: write, shape, speak, submit, approve, return, withdraw.

Each is one act of the desk, with the actor's rights; which step may follow which is the desk's business.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, json_option, length_text, pass_context, print_json, print_table, today
from scheduler.commands.derived import DerivedGroup
from scheduler.commands.language import say
from scheduler.core.announcement.script_templates import TEMPLATES
from scheduler.core.announcement.script_words import long_words, shape_words, too_long
from scheduler.core.characters import escaped
from scheduler.core.delivery import MOST_TIMES, ScriptKind, Shape
from scheduler.core.model import Announcement
from scheduler.core.planning import rules
from scheduler.core.planning.make_up import MakeUp
from scheduler.core.words.wording import STATES, sentence_of
from scheduler.kernel.errors import Refused

if TYPE_CHECKING:
    from scheduler.station import Station

_SHAPE_OPTIONS = (
    click.option("--kind", type=click.Choice([kind.value for kind in ScriptKind]), help="The shape of this template."),
    click.option("--paced/--plain", default=None, help="In phrases, slower where numbers are; or straight through."),
    click.option("--ident/--no-ident", default=None, help="The station says who it is first."),
    click.option("--heading/--no-heading", default=None, help="The title is said before the text."),
    click.option("--times", type=click.IntRange(1, MOST_TIMES), help="How often the words are said in one clip."),
    click.option("--opening", help="Words before the text."),
    click.option("--closing", help="Words after it."),
)


_MAKE_UP_OPTIONS = (
    click.option("--gives-way", default="", help="With --at: the airing that gives way, as `judge` has offered it."),
    click.option("--made-up-at", default="", help="When that airing is made up: HH:MM with a later day."),
)


def _make_up_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_MAKE_UP_OPTIONS):
        command = option(command)
    return command


def _make_up(station: "Station", gives_way: str, made_up_at: str) -> MakeUp | None:
    """What was decided; both are needed."""
    if not (gives_way or made_up_at):
        return None
    if not (gives_way and made_up_at):
        raise Refused("make_up_gone")
    return MakeUp(gives_way, rules.parse_instant(made_up_at, today(station), station.config.station.time_zone))


def _shape_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_SHAPE_OPTIONS):
        command = option(command)
    return command


def _shaped(before: Shape, kind: str | None, chosen: dict[str, Any]) -> Shape:
    """`before`, or the shape of a kind's template, with what was chosen on the command line."""
    shape = TEMPLATES[ScriptKind(kind)].shape if kind else before
    return replace(shape, **{name: value for name, value in chosen.items() if value is not None})


def _warn_of_length(station: "Station", announcement: Announcement) -> None:
    """One line on stderr where the words take longer than the ward wants."""
    scripts = station.services.scripts
    told = too_long(scripts.estimate(scripts.of_announcement(announcement)), scripts.longest)
    if told:
        say(f"Lưu ý: {told}", err=True)


@click.group(cls=DerivedGroup)
def announcement() -> None:
    """Announcements (bản tin)."""


@announcement.command("new")
@click.option("--title", required=True, help="Its name.")
@click.option("--text", default=None, help="The words; or --file.")
@click.option("--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="UTF-8 text file.")
@click.option("--sound", default=None, help="A recording of the library (start of its sha256) instead of words.")
@_shape_options
@pass_context
def new(
    context: Context,
    /,
    title: str,
    text: str | None,
    file: Path | None,
    sound: str | None,
    kind: str | None,
    **chosen: Any,
) -> None:
    """A new draft, from words or from a recording; prints its number.

    One that takes longer than the ward wants is warned of on stderr.
    """
    with context.station() as station:
        actor = context.actor(station)
        if sound:
            clip = station.services.recordings.clip_starting(sound)
            click.echo(station.services.announcements.record(actor, title, clip.sha256))
            return
        words = text if text is not None else file.read_text(encoding="utf-8-sig") if file else ""
        shape = _shaped(station.services.scripts.usual, kind, chosen)
        made = station.services.announcements.write(actor, title, words, shape=shape)
        click.echo(made)
        _warn_of_length(station, station.services.announcements.get(made))


@announcement.command("template")
@click.argument("kind", type=click.Choice([kind.value for kind in ScriptKind]))
def template(kind: str) -> None:
    """Print the form of a kind: its title, an empty line, its text with [blanks] to fill in.

    While one is left, no speech is made.
    """
    form = TEMPLATES[ScriptKind(kind)]
    click.echo(f"{form.title}\n\n{form.text}")


@announcement.command("shape")
@click.argument("announcement_id", type=int)
@_shape_options
@pass_context
def shape(context: Context, /, announcement_id: int, kind: str | None, **chosen: Any) -> None:
    """Say an announcement otherwise: its speech has to be made and approved anew. Without options, tell how it is."""
    with context.station() as station:
        seen = station.services.announcements.get(announcement_id)
        wanted = _shaped(seen.shape, kind, chosen)
        if wanted != seen.shape:
            actor = context.actor(station)
            station.services.announcements.edit(actor, seen.id, seen.version, seen.title, seen.text, shape=wanted)
            seen = station.services.announcements.get(announcement_id)
            _warn_of_length(station, seen)
        say(shape_words(seen.shape))


@announcement.command("said")
@click.argument("announcement_id", type=int)
@json_option
@pass_context
def said(context: Context, announcement_id: int, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What is said of an announcement in whole, how long that takes (measured where there is a sound), the words that
    no rule reads and those that a person lets be said so.
    """
    with context.station() as station:
        seen, scripts = station.services.announcements.get(announcement_id), station.services.scripts
        script, unknown = scripts.of_announcement(seen), scripts.unknown(seen)
        clip = station.services.recordings.clip(seen.audio_sha256) if seen.audio_sha256 else None
        long = clip.length if clip else scripts.estimate(script)
        if as_json:
            print_json(
                {
                    "said": script.text,
                    "seconds": round(long.total_seconds(), 1),
                    "measured": clip is not None,
                    "unknown": list(unknown.open),
                    "confirmed": [one.word for one in unknown.confirmed],
                }
            )
            return
        click.echo(script.text)
        say(long_words(long, exact=True) if clip else f"khoảng {long_words(long)}")
        if unknown.open:
            say(f"chưa biết đọc: {', '.join(unknown.open)}")
        if unknown.confirmed:
            say(f"đọc như vậy: {', '.join(one.word for one in unknown.confirmed)}")


@announcement.command("confirm")
@click.argument("announcement_id", type=int)
@click.argument("words", nargs=-1, required=True)
@click.option("--heard", is_flag=True, help="I have listened to the sound to its end.")
@pass_context
def confirm(context: Context, announcement_id: int, words: tuple[str, ...], heard: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Let unknown words be said as they have been heard in the sound there is."""
    with context.station() as station:
        actor, seen = context.actor(station), station.services.announcements.get(announcement_id)
        if seen.audio_sha256 is None:
            raise Refused("no_audio")
        if heard:
            station.services.announcements.heard(actor, announcement_id, seen.audio_sha256)
        station.services.announcements.confirm_words(actor, announcement_id, seen.audio_sha256, words)
        left = station.services.announcements.unread(announcement_id)
        say(f"còn chưa biết đọc: {', '.join(left)}" if left else "Mọi từ đều đã có cách đọc.")


@announcement.command("list")
@json_option
@pass_context
def list_(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """All announcements, the last changed first."""
    with context.station() as station:
        kept = station.services.announcements.listed()
        if as_json:
            print_json(
                [{"id": a.id, "title": a.title, "state": a.state.value, "audio_sha256": a.audio_sha256} for a in kept]
            )
            return
        print_table(
            ("Mã", "Tên", "Trạng thái", "Âm thanh"),
            [(a.id, a.title, STATES[a.state], (a.audio_sha256 or "-")[:12]) for a in kept],
        )


@announcement.command("speak")
@click.argument("announcement_id", type=int)
@pass_context
def speak(context: Context, announcement_id: int) -> None:
    """Make the speech of an announcement's text; prints its length, the voice that spoke and where the sound lies."""
    with context.station() as station:
        job = station.finish(station.services.announcements.make_speech(context.actor(station), announcement_id))
        if job.state == "refused":
            raise Refused(job.reason, **job.details)
        clip = station.services.recordings.clip(job.result)
        if told := too_long(clip.length, station.services.scripts.longest):
            say(f"Lưu ý: {told}", err=True)
        file = station.services.recordings.file(clip.sha256)
        say(f"{length_text(clip.length)}, giọng {clip.engine}/{clip.voice}, {file}")
        if job.state == "warning":
            say(f"Lưu ý: {sentence_of(job)}")


@announcement.command("submit")
@click.argument("announcement_id", type=int)
@click.option("--heard", is_flag=True, help="I have listened to the sound to its end.")
@click.option("--at", "at", default="", help="When it is to air: HH:MM, or with a day.")
@click.option("--soon", is_flag=True, help="It is to air as soon as it is approved.")
@click.option("--zone", "zones", multiple=True, help="Where it is to be heard; several times; default: everywhere.")
@click.option("--only-stored", is_flag=True, help="It has no time and is to have none.")
@_make_up_options
@pass_context
def submit(
    context: Context,
    /,
    announcement_id: int,
    heard: bool,  # noqa: FBT001 - click gives flags
    at: str,
    soon: bool,  # noqa: FBT001 - as above
    zones: tuple[str, ...],
    only_stored: bool,  # noqa: FBT001 - as above
    **make_up: str,
) -> None:
    """Hand an announcement to the leader, with a time or as soon as approved; with neither its campaigns must say when.

    A word that no rule reads must have been confirmed (`loa announcement confirm`).
    """
    from scheduler.services.announcement.submissions import SubmissionRequest

    with context.station() as station:
        actor = context.actor(station)
        seen = station.services.announcements.get(announcement_id)
        if heard and seen.audio_sha256:
            station.services.announcements.heard(actor, announcement_id, seen.audio_sha256)
        if at or soon:
            zone_name = station.config.station.time_zone
            start = rules.parse_instant(at, today(station), zone_name) if at else None
            wish = SubmissionRequest(start, zones=zones, make_up=_make_up(station, **make_up))
            station.services.submissions.submit(actor, announcement_id, wish)
        else:
            station.services.submissions.hand_in(actor, announcement_id, only_stored=only_stored)
        say("Đã gửi lãnh đạo duyệt.")


@announcement.command("approve")
@click.argument("announcement_id", type=int)
@click.option("--heard", is_flag=True, help="I have listened to the sound to its end.")
@click.option("--read-as", "read_as", multiple=True, help="An unknown word that may be said as heard; several times.")
@click.option("--at", "at", default="", help="Another start than was asked for: HH:MM, or with a day.")
@click.option("--mark", default="", help="As `loa announcement offer` has printed it; what has changed is refused.")
@_make_up_options
@pass_context
def approve(
    context: Context,
    /,
    announcement_id: int,
    heard: bool,  # noqa: FBT001 - click gives a flag
    read_as: tuple[str, ...],
    at: str,
    mark: str,
    **make_up: str,
) -> None:
    """Let an announcement's sound on the air, with the time or the campaign that was asked for it; not for the person
    who wrote it. Prints what was approved and what is planned, as the rows say it. Where the asked time is past, `--at`
    names another.
    """
    with context.station() as station:
        seen = station.services.announcements.get(announcement_id)
        if seen.audio_sha256 is None:
            raise Refused("no_audio")
        zone_name = station.config.station.time_zone
        instant = rules.parse_instant(at, today(station), zone_name) if at else None
        outlook = station.services.submissions.approve(
            context.actor(station),
            announcement_id,
            seen.audio_sha256,
            heard=heard,
            read_as=read_as,
            at=instant,
            make_up=_make_up(station, **make_up),
            mark=mark,
        )
        say(outlook.sentence)
        _say_approved(station, announcement_id)


def _say_approved(station: "Station", announcement_id: int) -> None:
    """Which announcement and which sound, as their rows stand."""
    seen = station.services.announcements.get(announcement_id)
    if seen.approved_sha256 is not None:
        clip = station.services.recordings.clip(seen.approved_sha256)
        say(f"Bản tin {seen.id}: “{escaped(seen.title)}”; âm thanh {length_text(clip.length)}, {clip.sha256[:10]}.")


COMMANDS = (announcement,)
