"""Loa nén và nhạc hiệu on the page Cài đặt: what each output of horns is given, to be heard beside the plain sound, and
every chime of the station.

Thin: the desk knows which renders are there, config.toml says which profile and chime are used; nothing changes here.
"""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, send_file

from scheduler.core.air.chimes import CHIME_WORDS, CHIMES, DRILL, Use, named, siren_words
from scheduler.core.air.horn import HornProfile, Needed
from scheduler.core.model import Sha256
from scheduler.kernel.words import Words
from web.auth import page_of, services
from web.formats import decimal

bp = Blueprint("horn", __name__)
USES = Words(Path(__file__).parent, "chime_uses", Use)


@bp.get("/cai-dat/loa-nen/<profile>/<sha256>.wav")
@page_of("see")
def sound(profile: str, sha256: str) -> Response:
    """The render of a master, whole or in ranges."""
    path = services().renders.path(Sha256(sha256), profile)
    answer = send_file(path, mimetype="audio/wav", download_name=f"{sha256[:12]}-loa-nen.wav", conditional=True)
    answer.headers["Content-Disposition"] = f'inline; filename="{sha256[:12]}-loa-nen.wav"'
    answer.headers["Cache-Control"] = "no-store"  # the same address may hold another render after a new release
    return answer


@bp.app_template_global()
def horn_rows() -> list[dict[str, Any]]:
    """Every profile in use: its name, what it does, whose it is, how far its renders are, and sounds to compare."""
    return [
        {
            "name": one.profile.name,
            "key": one.profile.key,
            "told": _describe_profile(one.profile),
            "outputs": ", ".join(one.outputs),
            "ready": one.ready,
            "wanted": one.wanted,
            "samples": [{"title": _title(clip), "sha256": clip.sha256} for clip in one.samples],
        }
        for one in services().renders.shown()
    ]


@bp.app_template_global()
def chime_rows() -> list[dict[str, Any]]:
    """Every chime of the station: what it is for, whether it is the one in use, and its sound."""
    chosen = services().config.chime
    in_use = {chosen.open, chosen.close, chosen.emergency, DRILL}
    sirens: dict[str, list[str]] = {name: [] for name in named(Use.EMERGENCY)}
    for word, siren in filter(None, map(siren_words, chosen.emergency_words)):
        sirens[siren].append(word)
    return [
        {
            "name": name,
            "words": CHIME_WORDS[name],
            "use": USES[CHIMES[name]],
            "in_use": name in in_use,
            "when": ", ".join(sirens.get(name, ())),
            "sha256": sha256,
        }
        for name, sha256 in services().chimes.shelf()
    ]


def _describe_profile(profile: HornProfile) -> str:
    parts = [f"{decimal(profile.low_hz)}–{decimal(profile.high_hz)} Hz"]
    if profile.presence_db:
        parts.append(f"nâng {decimal(profile.presence_db)} dB quanh {decimal(profile.presence_hz)} Hz")
    if profile.ratio > 1:
        parts.append(f"nén {decimal(profile.ratio)}:1")
    return " · ".join([*parts, f"{decimal(profile.target_lufs)} LUFS"])


def _title(clip: Needed) -> str:
    return CHIME_WORDS[clip.title] if clip.is_chime else clip.title
