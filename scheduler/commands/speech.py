"""`loa normalise` and `loa speak`: what the machine would say, and saying it.

Neither opens the station's database: what they make is nobody's announcement and cannot air.
"""

import sys
import wave
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from audio_assets.speech.legacy_text import decode
from audio_assets.speech.normalise_numbers import NORTHERN, SOUTHERN
from scheduler.commands.base import Context, length_text, pass_context
from scheduler.commands.language import say
from scheduler.core.model import HOUSE_RATE, Lufs
from scheduler.core.voice_engines import VOICE_ENGINES
from scheduler.kernel.errors import Refused


@click.command("normalise")
@click.argument("text", default="-")
@click.option("--dialect", type=click.Choice(["northern", "southern"]), default="northern", help="Whose words.")
@click.option("--short-documents", is_flag=True, help="Only the number of a document, not its year and symbol.")
@click.option("--repeat-phones", is_flag=True, help="Each number to call twice.")
def normalise_(text: str, dialect: str, short_documents: bool, repeat_phones: bool) -> None:  # noqa: FBT001 - click's flags
    """Print what the rules make of a text: numbers, dates, phones and abbreviations spelled out. What the station says
    of it by its own words, too, tells `loa lexicon preview`.

    Without a text, or with `-`, it reads lines from stdin, one in, one out; lines of an old office font (TCVN3, VNI)
    too.
    """
    from audio_assets.speech.normalise import normalise

    region = SOUTHERN if dialect == "southern" else NORTHERN
    style = replace(region, short_documents=short_documents, repeat_phones=repeat_phones)
    lines = [text] if text != "-" else map(_text_of, sys.stdin.buffer)
    for line in lines:
        click.echo(" ".join(normalise(line, style=style).text.split()))
        sys.stdout.flush()


def _text_of(line: bytes) -> str:
    """A line of UTF-8, else of an old office font; what is neither keeps the letters that can be read."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        text = decode(line)
        return text if text != line.decode("latin-1") else line.decode("utf-8", errors="replace")


@click.command()
@click.argument("text")
@click.option(
    "-o", "--output", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="WAV to write."
)
@click.option("--engine", type=click.Choice(tuple(VOICE_ENGINES)), help="Only this voice.")
@pass_context
def speak(context: Context, text: str, file: Path, engine: str | None) -> None:
    """Say TEXT into a WAV file in the station's house format and loudness."""
    from audio_assets.loudness import level
    from audio_assets.speech.engines import engines_of
    from audio_assets.speech.normalise import is_speakable, normalise
    from audio_assets.speech.voice import Voice

    config = context.config()
    wanted = replace(config.speech, engines=(engine,)) if engine else config.speech
    if len(text) > wanted.max_chars:
        raise Refused("text_too_long", chars=len(text), limit=wanted.max_chars)
    if not is_speakable(text):
        raise Refused("text_not_speakable")
    engines = engines_of(replace(config, speech=wanted))
    voice = Voice(engines, pause_ms=wanted.sentence_pause_ms, speed=wanted.speed, max_chars=4 * wanted.max_chars)
    spoken = voice.speak(normalise(text).text)
    pcm, _, _ = level(spoken.pcm, HOUSE_RATE, Lufs(config.audio.target_lufs), config.audio.max_true_peak_dbtp)
    with wave.open(str(file), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(HOUSE_RATE)
        wav.writeframes(pcm.tobytes())
    length = timedelta(seconds=len(pcm) / HOUSE_RATE)
    say(f"{file}: {length_text(length)}, giọng {spoken.engine}/{spoken.voice}")
    for attempt in spoken.tried:
        say(f"giọng {attempt.engine} chưa dùng được: {attempt.why}", err=True)


COMMANDS = (normalise_, speak)
