"""`loa announcement …`: write, speak, submit, approve, return, withdraw.

Each is one act of the desk, with the actor's rights; which step may follow which is the desk's business.
"""

from pathlib import Path

import click

from scheduler.commands.base import Context, json_option, length_text, pass_context, print_json, print_table
from scheduler.core.wording import STATES, sentence
from scheduler.errors import Refused


@click.group()
def announcement() -> None:
    """Announcements (bản tin)."""


@announcement.command("new")
@click.option("--title", required=True)
@click.option("--text", default=None, help="The words; or --file.")
@click.option("--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="UTF-8 text file.")
@click.option("--sound", default=None, help="A recording of the library (start of its sha256) instead of words.")
@pass_context
def new(context: Context, title: str, text: str | None, file: Path | None, sound: str | None) -> None:
    """A new draft, from words or from a recording; prints its number."""
    with context.station() as station:
        actor = context.actor(station)
        if sound:
            clip = station.parts.programme.clip_starting(sound)
            click.echo(station.desk.announcements.record(actor, title, clip.sha256))
            return
        words = text if text is not None else file.read_text(encoding="utf-8-sig") if file else ""
        click.echo(station.desk.announcements.write(actor, title, words))


@announcement.command("list")
@json_option
@pass_context
def list_(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """All announcements, the last changed first."""
    with context.station() as station:
        kept = station.parts.programme.announcements()
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
    """Make the speech of an announcement's text."""
    with context.station() as station:
        job = station.finish(station.desk.announcements.make_speech(context.actor(station), announcement_id))
        if job.state == "refused":
            raise Refused(job.reason, **job.details)
        clip = station.parts.programme.clip(job.result)
        click.echo(
            f"{length_text(clip.length)}, giọng {clip.engine}/{clip.voice}, {station.parts.library.path(clip.sha256)}"
        )
        if job.state == "warning":
            click.echo(f"Lưu ý: {sentence(job.reason, job.details)}")


@announcement.command("submit")
@click.argument("announcement_id", type=int)
@click.option("--heard", is_flag=True, help="I have listened to the sound to its end.")
@pass_context
def submit(context: Context, announcement_id: int, heard: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Hand an announcement to the leader."""
    with context.station() as station:
        actor = context.actor(station)
        seen = station.parts.programme.announcement(announcement_id)
        if heard and seen.audio_sha256:
            station.desk.announcements.heard(actor, announcement_id, seen.audio_sha256)
        station.desk.announcements.submit(actor, announcement_id)
        click.echo("Đã trình duyệt.")


@announcement.command("approve")
@click.argument("announcement_id", type=int)
@click.option("--heard", is_flag=True, help="I have listened to the sound to its end.")
@pass_context
def approve(context: Context, announcement_id: int, heard: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Let an announcement's sound on the air."""
    with context.station() as station:
        seen = station.parts.programme.announcement(announcement_id)
        if seen.audio_sha256 is None:
            raise Refused("no_audio")
        station.desk.announcements.approve(context.actor(station), announcement_id, seen.audio_sha256, heard=heard)
        click.echo("Đã duyệt.")


@announcement.command("return")
@click.argument("announcement_id", type=int)
@click.option("--reason", required=True)
@pass_context
def give_back(context: Context, announcement_id: int, reason: str) -> None:
    """Return a submitted announcement to its author with a reason."""
    with context.station() as station:
        station.desk.announcements.give_back(context.actor(station), announcement_id, reason)
        click.echo("Đã trả lại.")


@announcement.command("withdraw")
@click.argument("announcement_id", type=int)
@pass_context
def withdraw(context: Context, announcement_id: int) -> None:
    """Take an announcement off the air for good."""
    with context.station() as station:
        station.desk.announcements.withdraw(context.actor(station), announcement_id)
        click.echo("Đã rút.")


COMMANDS = (announcement,)
