"""`loa normalise` and `loa speak`: what the machine would say, and saying it.

Neither opens the station's database: what they make is nobody's announcement and cannot air.
"""

import sys
import wave
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from audio_assets.speech.normalise import is_speakable, normalise
from scheduler.commands.base import Context, length_text, pass_context
from scheduler.core.model import HOUSE_RATE, Lufs
from scheduler.errors import Refused


@click.command("normalise")
@click.argument("text", default="-")
def normalise_(text: str) -> None:
    """Print what will be said of TEXT; - reads lines from stdin, one in, one out."""
    if text != "-":
        click.echo(_one_line(text))
        return
    for line in sys.stdin.buffer:
        click.echo(_one_line(line.decode("utf-8", errors="replace")))
        sys.stdout.flush()


def _one_line(text: str) -> str:
    return " ".join(normalise(text).text.split())


@click.command()
@click.argument("text")
@click.option(
    "-o", "--output", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="WAV to write."
)
@click.option("--engine", type=click.Choice(["gtts", "piper", "espeak"]), help="Only this voice.")
@pass_context
def speak(context: Context, text: str, file: Path, engine: str | None) -> None:
    """Say TEXT into a WAV file in the station's house format and loudness."""
    from audio_assets.loudness import level
    from audio_assets.speech.engines import engines_of
    from audio_assets.speech.voice import Voice

    config = context.config()
    wanted = replace(config.speech, engines=(engine,)) if engine else config.speech
    if len(text) > wanted.max_chars:
        raise Refused("text_too_long", chars=len(text), limit=wanted.max_chars)
    if not is_speakable(text):
        raise Refused("text_not_speakable")
    engines = engines_of(wanted, config.folder)
    voice = Voice(engines, pause_ms=wanted.sentence_pause_ms, speed=wanted.speed, max_chars=4 * wanted.max_chars)
    spoken = voice.speak(normalise(text).text)
    pcm, _, _ = level(spoken.pcm, HOUSE_RATE, Lufs(config.audio.target_lufs), config.audio.max_true_peak_dbtp)
    with wave.open(str(file), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(HOUSE_RATE)
        wav.writeframes(pcm.tobytes())
    length = timedelta(seconds=len(pcm) / HOUSE_RATE)
    click.echo(f"{file}: {length_text(length)}, giọng {spoken.engine}/{spoken.voice}")
    for attempt in spoken.tried:
        click.echo(f"giọng {attempt.engine} chưa dùng được: {attempt.why}", err=True)


COMMANDS = (normalise_, speak)
