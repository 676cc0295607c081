"""`loa audio …`: check a file, take it into the library, list, retire.

Measuring and keeping are `audio_assets`'s; `check` keeps nothing, the others go through the desk.
"""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from scheduler.commands.base import Context, json_option, length_text, pass_context, print_json, print_table
from scheduler.commands.language import say
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import Refused


@click.group()
def audio() -> None:
    """The library of sounds (kho âm thanh)."""


@audio.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@pass_context
def check(context: Context, file: Path, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Decode FILE whole, measure it, and say whether it could air. Exit code 1 when it is refused."""
    from audio_assets.ingest import check as measure

    config = context.config()
    report = measure(file, config.audio)
    if as_json:
        print_json(asdict(report))
        if report.verdict == "refused":
            raise SystemExit(1)
        return
    if report.verdict == "refused":
        limits = {"limit_mb": config.audio.max_upload_mb, "limit_minutes": f"{config.audio.max_clip_minutes:g}"}
        raise Refused(report.reason, **limits)
    say(
        f"Dùng được: {length_text(timedelta(seconds=report.seconds))}, {report.lufs:.1f} LUFS"
        if report.lufs
        else "Dùng được"
    )
    if max(report.cut_start, report.cut_end) >= 0.5:  # noqa: PLR2004 - shorter is what every recording has
        cut = [f"{seconds:.1f}".replace(".", ",") for seconds in (report.cut_start, report.cut_end)]
        say(f"Khi nhận vào kho, trạm cắt im lặng: đầu {cut[0]} giây, cuối {cut[1]} giây.")
    for warning in report.warnings:
        say(f"Lưu ý: {sentence(warning)}")


@audio.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", default="", help="Its name in the library; default: the file's.")
@json_option
@pass_context
def add(context: Context, file: Path, title: str, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Take FILE into the library: decoded whole, measured, levelled, kept with its original."""
    with context.station() as station:
        job_id = station.services.recordings.take_in(context.actor(station), file, file.name, title=title)
        job = station.finish(job_id)
        if job.state == "refused":
            raise Refused(job.reason, **job.details)
        clip = station.services.recordings.clip(job.result)
        if as_json:
            print_json(
                {"sha256": clip.sha256, "title": clip.title, "seconds": clip.length.total_seconds(), "lufs": clip.lufs}
            )
            return
        say(f"{clip.title}: {length_text(clip.length)}, mã {clip.sha256[:12]}")
        for warning in clip.warnings:
            say(f"Lưu ý: {sentence(warning)}")


@audio.command("list")
@json_option
@pass_context
def list_(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """The sounds of the library, newest first."""
    with context.station() as station:
        clips = station.services.recordings.shelf()
        if as_json:
            told = [
                {"sha256": c.sha256, "title": c.title, "origin": c.origin, "seconds": c.length.total_seconds()}
                for c in clips
            ]
            print_json(told)
            return
        print_table(
            ("Mã", "Tên", "Nguồn", "Dài", "LUFS"),
            [
                (c.sha256[:12], c.title, c.origin, length_text(c.length), f"{c.lufs:.1f}" if c.lufs else "-")
                for c in clips
            ],
        )


@audio.command()
@click.argument("sha256")
@pass_context
def retire(context: Context, sha256: str) -> None:
    """Offer a sound no more and let it air no more; its file and its journal rows stay."""
    with context.station() as station:
        full = station.services.recordings.clip_starting(sha256).sha256
        station.services.recordings.retire(context.actor(station), full)
        say("Đã cất bản ghi.")


COMMANDS = (audio,)
