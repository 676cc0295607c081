"""Every "no" of the API: problem+json (RFC 9457) with a reason code, a Vietnamese sentence and an English title.

One table turns reason codes into statuses. It never shows a traceback, and never turns a refusal into a success.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.causes import reason_of
from scheduler.kernel.errors import NOTHING_KEPT, NotFound, NotPermitted, Refused, SpeechError
from scheduler.operations.faults import Fault, Invalid
from web.api.titles import title_of
from web.auth import note_refusal

__all__ = ["MEDIA_TYPE", "allowed_by", "of_http", "of_status", "problem", "register_problems", "status_of"]

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
UNPROCESSABLE = 422
STATUSES: Mapping[str, int] = {
    "request_malformed": 400, "json_invalid": 400, "key_invalid": 400, "if_match_invalid": 400,
    "token_missing": 401, "token_invalid": 401,
    "code_needed": 403, "code_wrong": 403,
    "route_unknown": 404, "method_unknown": 405,
    "under_way": 409, "wrong_state": 409, "already_on_air": 409, "audio_changed": 409, "live_busy": 409,
    "upload_ended": 409, "upload_incomplete": 409, "campaign_not_running": 409, "not_paused": 409,
    "slot_gone": 409, "slot_locked": 409, "changed_elsewhere": 409, "undo_done": 409, "undo_gone": 409,
    "clip_retired_already": 409, "edited_meanwhile": 412,
    "body_too_large": 413, "audio_too_big": 413, "json_type": 415,
    "if_match_missing": 428,
    "token_too_often": 429, "caller_busy": 429, "code_too_often": 429, "too_many_attempts": 429,
    "uploads_too_many": 429, "exports_waiting": 429,
    "server_fault": 500, "no_voice": 503, "voice_failed": 503, "streams_full": 503, "server_busy": 503,
    "database_damaged": 503,
    "disk_floor": 507, "uploads_full": 507, **dict.fromkeys(NOTHING_KEPT, 507),
}  # fmt: skip
"""Reason -> status; every other refusal is 422."""
_BY_STATUS = {
    400: "request_malformed",
    401: "token_missing",
    403: "not_permitted",
    404: "route_unknown",
    405: "method_unknown",
    413: "body_too_large",
    415: "json_type",
    503: "server_busy",
}


def status_of(refused: Refused) -> int:
    """The HTTP status that says the same as a refusal."""
    if isinstance(refused, NotFound):
        return 404
    if isinstance(refused, NotPermitted):
        return 403
    return STATUSES.get(refused.reason, UNPROCESSABLE)


def problem(
    reason: str,
    details: Mapping[str, object] | None = None,
    *,
    status: int,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer that says no."""
    told: dict[str, Any] = {
        "type": f"urn:loa-phuong:reason:{reason}",
        "title": title_of(reason),
        "status": status,
        "detail": sentence(reason, details),
        "reason": reason,
    }
    if errors:
        told["errors"] = list(errors)
    answer = Response(json.dumps(told, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    answer.headers.update(headers or {})
    if status == 401:  # noqa: PLR2004 - HTTP's own number: it has to say how to come in
        answer.headers["WWW-Authenticate"] = 'Bearer realm="loa-phuong"'
    return answer


def allowed_by(error: HTTPException) -> str:
    """The header Allow of a method that is not there (RFC 9110, section 15.5.6); empty for any other fault."""
    return ", ".join(sorted(error.valid_methods or ())) if isinstance(error, MethodNotAllowed) else ""


def of_http(error: HTTPException) -> Response:
    """The problem of an HTTP fault."""
    answer = of_status(error.code or 500)
    if allowed := allowed_by(error):
        answer.headers["Allow"] = allowed
    return answer


def of_status(status: int) -> Response:
    """The problem of an HTTP fault that has no reason code of its own."""
    known = status if status in _BY_STATUS else 400 if status < 500 else 500  # noqa: PLR2004 - HTTP's border
    return problem(_BY_STATUS.get(known, "server_fault"), status=status)


def register_problems(blueprint: Blueprint) -> None:
    """Every error inside the API leaves it as a problem."""
    blueprint.register_error_handler(Refused, _refused)
    blueprint.register_error_handler(Invalid, _invalid)
    blueprint.register_error_handler(SpeechError, _speechless)
    blueprint.register_error_handler(OverflowError, lambda _: of_status(404))  # a number no row can have
    blueprint.register_error_handler(HTTPException, of_http)
    blueprint.register_error_handler(Exception, _unexpected)


def _refused(refused: Refused) -> Response:
    if isinstance(refused, NotPermitted):
        note_refusal(refused)
    headers = {"Retry-After": str(refused.details["seconds"])} if "seconds" in refused.details else {}
    return problem(refused.reason, refused.details, status=status_of(refused), headers=headers)


def _invalid(error: Invalid) -> Response:
    told = [_fault_to_dict(fault, error.place) for fault in error.faults]
    return problem("request_invalid", status=UNPROCESSABLE, errors=told)


def _fault_to_dict(fault: Fault, place: str) -> dict[str, Any]:
    where = fault.where
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in where)
    named = {"pointer": f"#{pointer}"} if place == "body" else {"parameter": str(where[0])}
    return named | {
        "in": place,
        "reason": fault.reason,
        "title": title_of(fault.reason),
        "detail": sentence_of(fault),
    }


def _speechless(error: SpeechError) -> Response:
    log.warning("%s %s: no voice: %s", request.method, request.path, error)
    return problem("no_voice", {"why": error.details.get("why", error.reason)}, status=503)


def _unexpected(error: Exception) -> Response:
    reason = reason_of(error)
    if reason == "database_busy" or "database is locked" in str(error):
        log.error("%s %s failed: %s", request.method, request.path, error)
        return problem("server_busy", status=503, headers={"Retry-After": "2"})
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    if reason in STATUSES:
        return problem(reason, status=STATUSES[reason])
    return problem("server_fault", status=500)
