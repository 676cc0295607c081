"""Every error a visitor can meet, as a page with one Vietnamese sentence; the log keeps the rest.

It never shows a traceback or a code to a visitor, and never turns a refusal into a success.
"""

import logging
from pathlib import Path

from flask import Flask, Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.causes import reason_of
from scheduler.kernel.database_faults import is_damage, refusal_of_damage
from scheduler.kernel.errors import NOTHING_KEPT, NotFound, NotPermitted, Refused
from scheduler.kernel.words import Words
from scheduler.services.station.damage import damage_lines
from web.api.problems import allowed_by, of_http
from web.auth import REFUSED, note_refusal, station
from web.extras_here import not_here

log = logging.getLogger(__name__)

PLAIN = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><title>Chưa làm được</title>'
    '<link rel="stylesheet" href="/static/app.css"></head><body><main class="alone"><section class="card">'
    '<h1>Chưa làm được</h1><div class="note err" role="alert">{told}</div></section></main></body></html>'
)
"""An error page that needs no database and no template."""

BUSY = {"caller_busy": 429, "server_busy": 503}
"""Refusals that end by themselves; who asks is told when to ask again."""
SENTENCES = Words(Path(__file__).parent / "words", "errors", int)


def register_errors(app: Flask) -> None:
    app.register_error_handler(NotFound, lambda error: _page(sentence_of(error), 404))
    app.register_error_handler(NotPermitted, _not_permitted)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(OverflowError, lambda _: _page(SENTENCES[404], 404))  # a number no row can have
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _refused(refused: Refused) -> ResponseReturnValue:
    status = BUSY.get(refused.reason, REFUSED)
    answer = make_response(_page(sentence_of(refused), status))
    if refused.reason == "form_expired":  # a script may ask for the page again
        answer.headers["X-Form-Expired"] = "1"
    if status != REFUSED:
        answer.headers["Retry-After"] = str(refused.details.get("seconds", 3))
    return answer


def _not_permitted(error: NotPermitted) -> ResponseReturnValue:
    note_refusal(error)
    return _page(sentence_of(error), 403)


def _page(told: str, status: int) -> ResponseReturnValue:
    try:
        return render_template("error.html", told=told, status=status), status
    except Exception:  # the last edge: what broke the page may break its error page too (a database out of reach)
        log.exception("the error page could not be drawn")
        return Response(PLAIN.format(told=escape(told)), status, mimetype="text/html")


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if request.path.startswith("/api/"):
        return of_http(error)
    off = not_here(request.path) if status == 404 and g.get("person") else None  # noqa: PLR2004 - not found
    if off is not None:
        told = sentence("extra_off", {"title": off.switch.word}) if off.switch else sentence("extra_off_in_file")
        return _page(told, status)
    answer = make_response(_page(SENTENCES.get(status, SENTENCES[400] if status < 500 else SENTENCES[500]), status))  # noqa: PLR2004 - HTTP's border
    allowed = allowed_by(error)
    if allowed:
        answer.headers["Allow"] = allowed
    return answer


def _unexpected(error: Exception) -> ResponseReturnValue:
    if is_damage(error):
        log.error("%s %s failed, the database is damaged: %s", request.method, request.path, error)
        lines = damage_lines(station().database, refusal_of_damage(station().database, error))
        return Response(PLAIN.format(told=escape(" ".join(lines))), 503, mimetype="text/html")
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    reason = reason_of(error)
    if reason == "database_busy":
        return _page(SENTENCES[503], 503)
    if reason in NOTHING_KEPT:  # a full disk, no descriptor: a person can mend it, and nothing half-made was kept
        return _page(sentence(reason), 507 if reason == "disk_full" else 503)
    return _page(SENTENCES[500], 500)
