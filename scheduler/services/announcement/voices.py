"""How the voices of this station are: what each lacks here, how it fails, and which voice file of Piper's is used.

What an engine lacks is looked at anew each time; how one fails only the worker knows, which speaks, and tells with its
heartbeat. Nobody is asked over the network here, and nothing is changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from audio_assets.speech.engines import engines_of
from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.piper_voice import VOICE_FOLDER, PiperVoiceFile, described, found_in
from audio_assets.speech.voice import Attempt, Voice
from scheduler.config.loading import Config
from scheduler.core.announcement.voices import Passed, voice_of_zones
from scheduler.core.model import CampaignState
from scheduler.core.station.kept import Heartbeat
from scheduler.kernel.errors import as_texts
from scheduler.services.repositories import Repositories
from scheduler.store import instant_of, instant_text

__all__ = ["VoiceState", "in_zone_voice", "passed_of", "rest_rows", "voice_files", "voice_states", "voices_to_dict"]

_LONGEST_WHY = 300
_FRESH = timedelta(minutes=10)
"""A worker that has not told anything for longer knows nothing of its voices any more."""


@dataclass(frozen=True, slots=True)
class VoiceState:
    """An engine of the chain. `reason`: what it lacks, or how it fails; '' = it is ready.

    `since`: it has failed from then on; `until`: it is not asked before then.
    """

    engine: str
    voice: str
    reason: str = ""
    details: dict[str, str] = field(default_factory=dict)
    is_lacking: bool = False
    since: datetime | None = None
    until: datetime | None = None
    failures: int = 0


def passed_of(tried: Iterable[Attempt], now: datetime) -> tuple[Passed, ...]:
    """Engines that did not read a clip, as it remembers them."""
    return tuple(
        Passed(
            one.engine,
            one.why[:_LONGEST_WHY],
            one.reason,
            as_texts(one.details),
            since=None if one.permanent else now - timedelta(seconds=round(one.failing_for)),
        )
        for one in tried
    )


def in_zone_voice(chain: Voice, repos: Repositories, announcement_id: int) -> Voice:
    """The chain, led by the engine that the announcement asks for, and with the voice of eSpeak's that every zone asks
    for in which it airs or is to air.

    One sound is approved and airs everywhere: where the zones differ, it is read in the station's own voice.
    """
    if wanted_first := repos.programme.announcement(announcement_id).shape.voice:
        chain = chain.led_by(wanted_first)
    voices = {zone.name: zone.espeak_voice for zone in repos.config.zones if zone.espeak_voice}
    campaigns = repos.programme.campaigns() if voices else []
    zones = [
        one.zone
        for one in campaigns
        if announcement_id in one.announcement_ids and one.state is not CampaignState.STOPPED
    ]
    wanted = voice_of_zones(zones, voices)
    return chain.with_engine(EspeakEngine(wanted)) if wanted else chain


def rest_rows(voice: Voice, now: datetime) -> list[dict[str, Any]]:
    """The engines of a chain that fail, for the heartbeat of the process that speaks with it."""
    return [
        {
            "engine": engine,
            "reason": rest.error.reason,
            "details": as_texts(rest.error.details),
            "since": instant_text(now - timedelta(seconds=round(rest.failing_for))),
            "until": instant_text(now + timedelta(seconds=round(rest.left))),
            "failures": rest.failures,
        }
        for engine, rest in voice.rests().items()
    ]


def voices_to_dict(config: Config, voice: Voice | None, now: datetime) -> dict[str, Any]:
    """For the heartbeat: the engines that fail, and the reason of the last one where none can speak at all."""
    failing = rest_rows(voice, now) if voice else []
    resting, reason = {row["engine"]: row["reason"] for row in failing}, ""
    for engine in voice.engines if voice else engines_of(config):
        lack = engine.missing()
        reason = lack.reason if lack is not None else resting.get(engine.name, "")
        if not reason:
            break
    return {"voices": failing, "no_voice": reason}


def voice_states(config: Config, worker: Heartbeat | None, now: datetime, *, deep: bool = True) -> list[VoiceState]:
    """Every engine in the order it is tried, as it is now; `deep` also loads what only speaking needs (eSpeak NG)."""
    fresh = worker is not None and abs(now - worker.at) <= _FRESH
    rests = {row["engine"]: row for row in (worker.state.get("voices", []) if worker and fresh else [])}
    found = []
    for engine in engines_of(config):
        lack = engine.missing() if deep or engine.name != "espeak" else None
        if lack is not None:
            details = as_texts(lack.details)
            found.append(VoiceState(engine.name, engine.voice, lack.reason, details, is_lacking=True))
        elif row := rests.get(engine.name):
            since, until = instant_of(row["since"]), instant_of(row["until"])
            found.append(
                VoiceState(
                    engine.name,
                    engine.voice,
                    row["reason"],
                    row["details"],
                    since=since,
                    until=until,
                    failures=row["failures"],
                )
            )
        else:
            found.append(VoiceState(engine.name, engine.voice))
    return found


def voice_files(config: Config) -> list[PiperVoiceFile]:
    """Piper's voice files: the one config names, and those of the data folder."""
    found = found_in(config.data / VOICE_FOLDER)
    named = config.speech.piper_model
    if not named:
        return found
    model = config.folder / named
    return [described(model), *(one for one in found if one.path.resolve() != model.resolve())]
