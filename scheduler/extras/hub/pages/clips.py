"""Âm thanh cho các phường: GET /clips/<sha256>.wav, for wards that prove who they are, and for people signed in.

A sound is named by the hash of its bytes, so it never changes: whole or in ranges, kept by whoever has it. Only what is
issued and still holds is given to a ward. A ward proves itself with the key of its link by a signature of the request
and of the moment; a request that proves nothing is told nothing, not even whether there is such a sound.
"""

import base64
import binascii

from flask import Blueprint, Response, abort, g, request, send_file

from scheduler.core.words.wording import sentence
from scheduler.extras.hub.service.town import HubService
from scheduler.kernel.errors import NotFound
from web.auth import Answer, services

__all__ = ["SCHEME", "bp"]

bp = Blueprint("clips", __name__)
SCHEME = "Loa "
"""Of the header Authorization: Loa <public key>:<unix seconds>:<base64 of the signature of "GET <path> <seconds>">."""
MOST_HEADER = 400
FOR_EVER = "private, max-age=31536000, immutable"


@bp.get("/clips/<sha256>.wav")
def sound(sha256: str) -> Answer:
    """An issued sound, whole or in ranges."""
    hub = services().get(HubService)
    if not hub.is_hub:
        abort(404)
    ward = _ward()
    if ward is None and not g.get("person"):
        return Response(sentence("clip_signature"), 401, content_type="text/plain; charset=utf-8")
    known = len(sha256) == 64 and sha256.isascii() and sha256.isalnum()  # noqa: PLR2004 - hex digits of a sha256
    if not known or not hub.intake.sound_is_issued(sha256):
        raise NotFound("audio", "")
    path = services().recordings.file(sha256)
    answer = send_file(path, mimetype="audio/wav", conditional=True, etag=sha256, max_age=31_536_000)
    answer.headers["Cache-Control"] = FOR_EVER
    answer.headers["Content-Disposition"] = f'attachment; filename="{sha256[:12]}.wav"'
    return answer


def _ward() -> str | None:
    """The id of the ward that has signed this request; None = none of ours."""
    told = request.headers.get("Authorization", "")
    if not told.startswith(SCHEME) or len(told) > MOST_HEADER:
        return None
    parts = told.removeprefix(SCHEME).strip().split(":")
    if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit()):  # noqa: PLR2004 - key, seconds, signature
        return None
    try:
        signature = base64.b64decode(parts[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    ward = services().get(HubService).ward_that_signed(parts[0], int(parts[1]), signature, f"GET {request.path}")
    return ward.id if ward is not None else None
