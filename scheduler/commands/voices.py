"""`loa voice …`: which voices there are, how each is, trying them, and better readings for a leader to approve.

`list` looks and asks nobody; `try` really speaks, over the network too, and keeps nothing; `get` brings a natural one.
The rest are acts of the desk, with the actor's rights.
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audio_assets.speech.natural_voice import TRIED
from audio_assets.speech.piper_voice import PiperVoiceFile
from scheduler.commands.base import (
    Context,
    json_option,
    length_text,
    local,
    pass_context,
    print_json,
    print_table,
)
from scheduler.commands.language import say
from scheduler.config.loading import Config
from scheduler.core.announcement.voices import NATURAL, engine_name
from scheduler.core.station.kept import Job
from scheduler.core.voice_engines import VOICE_ENGINES
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import LoaError, NotFound, Refused, SpeechError
from scheduler.services.announcement.natural_voices import Choice
from scheduler.services.announcement.voices import VoiceState, voice_files, voice_states

if TYPE_CHECKING:
    from scheduler.station import Station


@click.group()
def voice() -> None:
    """Voices: which there are, how they are, and trying them."""


@voice.command("list")
@json_option
@pass_context
def listed(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Every voice in the order it is tried: ready, what it lacks, or since when it fails; and Piper's voice files.

    Nobody is asked over the network.
    """
    with context.station() as station:
        config, now = station.config, station.clock.now()
        states = voice_states(config, station.services.processes.heartbeat("worker"), now)
    files = voice_files(config)
    if as_json:
        print_json(
            {
                "voices": [_as_json(one) for one in states],
                "piper_files": [
                    {
                        "file": str(one.path),
                        "language": one.language,
                        "quality": one.quality,
                        "rate": one.rate,
                        "bytes": one.size,
                        "licence": one.licence,
                        "fault": one.lack.reason if one.lack else "",
                    }
                    for one in files
                ],
            }
        )
        return
    rows = [(one.engine, one.voice or "-", state_words(one, config)) for one in states]
    print_table(("Giọng", "Tiếng", "Tình trạng"), rows)
    for one in files:
        say(f"{one.path.name}: {file_words(one)}")


@voice.command("try")
@click.argument("text", default=TRIED)
@click.option("--engine", type=click.Choice(tuple(VOICE_ENGINES)), help="Only this voice.")
@pass_context
def try_(context: Context, text: str, engine: str | None) -> None:
    """Let every voice of the configuration say a sentence, over the network too; tells how long each took, or why it
    could not. Exit code 1 when none can. Nothing is kept.
    """
    from audio_assets.speech.engines import engines_of
    from audio_assets.speech.normalise import normalise

    config, clock = context.config(), SystemClock()
    said = normalise(text).text
    rows, good = [], 0
    for one in engines_of(config):
        if engine and one.name != engine:
            continue
        began = clock.monotonic()
        try:
            told = f"{one.speak(said, config.speech.speed).seconds:.1f} giây tiếng"
            good += 1
        except SpeechError as error:
            told = sentence_of(error)
        rows.append((one.name, one.voice or "-", f"{clock.monotonic() - began:.2f} s", told))
    print_table(("Giọng", "Tiếng", "Thời gian", "Kết quả"), rows)
    if not good:
        raise LoaError("không giọng nào đọc được")


@voice.command("get")
@click.argument("name", required=False)
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path),
    help="Take it from this folder (a USB stick): NAME.onnx and NAME.onnx.json, nothing is downloaded.",
)
@json_option
@pass_context
def get(context: Context, name: str | None, folder: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Bring a natural voice: without NAME, list those that can be downloaded, with size, licence and quality.

    With NAME it is downloaded, judged, says a sentence, and reads before eSpeak NG from then on. Broken off, it goes on
    where it was, here or in the worker. Exit code 1 when it is refused; the present voice stays then.
    """
    with context.station() as station:
        voices = station.services.natural_voices
        if name is None and folder is None:
            _print_choices(voices.choices(), as_json=as_json)
            return
        actor = context.actor(station)
        job_id = voices.ask(actor, name or "") if folder is None else voices.take_folder(actor, folder)
        job = _seen_through(station, job_id)
        if job.state != "ready":
            raise Refused(job.reason, **job.details)
        obstacle = voices.obstacle()
        if as_json:
            print_json({"voice": job.result, "before": job.details.get("before", ""), "obstacle": obstacle})
            return
        say(f"Đã có giọng {job.result}.")
        if obstacle:
            say(sentence(obstacle, {}), err=True)
        for which, told in (("now", "trước đây"), ("new", "giọng mới")):
            with suppress(NotFound):
                say(f"Nghe {told}: {voices.sample(which)}")


def _print_choices(choices: list[Choice], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "name": one.listing.name,
                    "bytes": one.listing.bytes,
                    "rate": one.listing.rate,
                    "licence": one.listing.licence,
                    "source": one.listing.source,
                    "here": one.is_here,
                    "speaks": one.speaks,
                }
                for one in choices
            ]
        )
        return
    rows = [
        (
            one.listing.name,
            f"{one.listing.bytes / 1e6:.0f} MB",
            one.listing.licence or "không rõ",
            "đang dùng" if one.speaks else "đã có" if one.is_here else "-",
        )
        for one in choices
    ]
    print_table(("Tên", "Cỡ", "Giấy phép bản thu", "Ở máy này"), rows)
    for one in choices:
        say(f"{one.listing.name}: {NATURAL[one.listing.name]}")
    say(f"Tải: loa voice get {choices[0].listing.name}")


def _seen_through(station: "Station", job_id: int) -> Job:
    """The job at its end, done here where no worker does it; broken off, it waits for the next who tends."""
    voices, clock, told = station.services.natural_voices, SystemClock(), -1
    try:
        while not (job := station.services.jobs.get(job_id)).ended:
            voices.tend()
            if (percent := round(100 * job.progress)) != told:
                told = percent
                say(f"{job.args['name']}: {percent} %", err=True)
            clock.sleep_until(clock.monotonic() + 0.2)
    finally:
        voices.give_back()
    return job


@voice.command("waiting")
@json_option
@pass_context
def waiting(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Announcements that a better voice has read again, for a leader to hear; the old sound airs until then."""
    with context.station() as station:
        config, found = station.config, station.services.upgrades.waiting()
    if as_json:
        print_json(
            [
                {
                    "id": one.id,
                    "announcement": one.announcement.id,
                    "title": one.announcement.title,
                    "old": {"engine": one.old.engine, "sha256": one.old.sha256},
                    "new": {"engine": one.new.engine, "sha256": one.new.sha256},
                    "due": one.due.isoformat() if one.due else None,
                    "approved": one.approved,
                }
                for one in found
            ]
        )
        return
    rows = [
        (
            one.id,
            one.announcement.title,
            f"{one.old.engine} → {one.new.engine}",
            length_text(one.new.length),
            _wall(one.due, config) if one.due else "-",
            "đã duyệt, chờ thay" if one.approved else "chờ duyệt",
        )
        for one in found
    ]
    print_table(("Số", "Bản tin", "Giọng", "Dài", "Lượt tới", "Tình trạng"), rows)


@voice.command("approve")
@click.argument("upgrade_id", type=int)
@click.option("--heard", is_flag=True, help="I have listened to the new sound to its end.")
@pass_context
def approve(context: Context, upgrade_id: int, heard: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Let a better reading take the old one's place; not for the person who wrote the announcement."""
    with context.station() as station:
        new = next((one.new for one in station.services.upgrades.waiting() if one.id == upgrade_id), None)
        if new is None:
            raise NotFound("upgrade", upgrade_id)
        station.services.upgrades.approve(context.actor(station), upgrade_id, new.sha256, heard=heard)
        say("Đã duyệt giọng mới; nó thay bản cũ khi bản cũ không phát và không sắp phát.")


@voice.command("keep")
@click.argument("upgrade_id", type=int)
@pass_context
def keep(context: Context, upgrade_id: int) -> None:
    """Keep the old sound; the better reading is let go and not made again."""
    with context.station() as station:
        station.services.upgrades.decline(context.actor(station), upgrade_id)
        say("Giữ bản cũ.")


def state_words(one: VoiceState, config: Config) -> str:
    """How a voice is, in one sentence."""
    if not one.reason:
        return "sẵn sàng"
    since = f" Lỗi từ {_wall(one.since, config)}." if one.since else ""
    return f"{sentence_of(one)}{since}"


def file_words(one: PiperVoiceFile) -> str:
    """What a voice file of Piper's is, or what is wrong with it."""
    if one.lack:
        return sentence_of(one.lack)
    about = [
        one.language,
        one.quality,
        f"{one.rate} Hz" if one.rate else "",
        f"{one.size / 1e6:.0f} MB" if one.size else "",
    ]
    about.append(f"giấy phép: {one.licence}" if one.licence else "không thấy tệp giấy phép bên cạnh")
    return ", ".join(part for part in about if part)


def _wall(instant: datetime, config: Config) -> str:
    return f"{local(instant, config):%H:%M ngày %d/%m}"


def _as_json(one: VoiceState) -> dict[str, object]:
    return {
        "engine": one.engine,
        "name": engine_name(one.engine),
        "voice": one.voice,
        "ready": not one.reason,
        "reason": one.reason,
        "details": one.details,
        "since": one.since.isoformat() if one.since else None,
        "until": one.until.isoformat() if one.until else None,
        "failures": one.failures,
    }


COMMANDS = (voice,)
