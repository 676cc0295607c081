"""The page: a guest in the station. It reads rows, calls acts of the desk, and decides nothing itself.

`create_app` builds one Flask application for one station. Nothing here makes sound, plans, or knows a rule; everything
the page loads comes from this host.
"""

import logging
import secrets
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from jinja2 import FileSystemLoader

from scheduler.features import FEATURES, Feature, load
from scheduler.services import Services
from scheduler.station import Station
from web import api, auth, extras_here, metrics, phones, shell
from web.air import clock, emergency, horn, journal, live, microphone, tasks
from web.air.air_board import Board, board
from web.announcement import (
    announcements,
    approvals,
    compose,
    hearings,
    lexicon,
    natural_voices,
    recordings,
    trims,
    uploads,
    voices,
    word_fix,
)
from web.auth import act_fields, may_now
from web.body_gate import SMALL_BODY, most_of
from web.dispatch import dispatches
from web.errors import register_errors
from web.extras_here import SWITCHED, Here, extra_templates, seen
from web.formats import register_filters
from web.http import callers, requests
from web.http.requests import CleanRequest
from web.http.streams import Streams
from web.language import language
from web.people import account, audit, people, tokens
from web.planning import campaigns, relays, schedule
from web.report import exports, reports
from web.sections import navigation
from web.static_files import Pages, asset
from web.station import first_run, handbook, settings, settings_care, settings_extras, settings_outputs, settings_rules
from web.words.page_words import register_words

__all__ = ["create_app"]

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


SUBJECTS = (
    auth,
    shell,
    handbook,
    live,
    dispatches,
    announcements,
    compose,
    recordings,
    trims,
    lexicon,
    approvals,
    hearings,
    campaigns,
    emergency,
    first_run,
    exports,
    microphone,
    phones,
    relays,
    journal,
    reports,
    settings,
    settings_care,
    settings_extras,
    settings_outputs,
    clock,
    settings_rules,
    horn,
    tasks,
    voices,
    natural_voices,
    word_fix,
    uploads,
    metrics,
    tokens,
    people,
    account,
    audit,
    schedule,
)


def create_app(station: Station, extras: Here | None = None, *, every_page: bool = False) -> Flask:
    """The page of a station with these extras; None = with those that it has when it is built, and what they add as it
    is at each request. `every_page`: also the pages of extras that are off, and on are those that a page turns on.
    """
    app = Pages(__name__)
    app.request_class = CleanRequest
    app.extensions["station"] = station
    app.extensions["board"] = Board()
    app.extensions["streams"] = Streams(station.written)
    app.secret_key = secrets.token_bytes(32)  # signs the one-line notes after an act; a restart may forget them
    app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_NAME="loa-note")
    app.config.update(MAX_CONTENT_LENGTH=SMALL_BODY, MAX_FORM_MEMORY_SIZE=SMALL_BODY, MAX_FORM_PARTS=200)
    app.url_map.merge_slashes = False  # merging would redirect to whatever Host the request named
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    for module in SUBJECTS:
        app.register_blueprint(module.bp)
    app.extensions["extras"] = _those_with_pages(station, extras, every_page=every_page)
    app.register_blueprint(api.blueprint(app.extensions["extras"]))
    for where in (one for feature in app.extensions["extras"] for one in feature.pages):
        app.register_blueprint(load(where))
    app.jinja_loader = FileSystemLoader([Path(app.root_path, "templates"), *extra_templates()])
    register_filters(app)
    register_words(app)
    register_errors(app)
    _one_configuration(app, station.services)
    extras_here.install(app, station, extras, SWITCHED if every_page else frozenset())
    requests.install(app, station.config)
    metrics.install(app)
    api.prepare(app)
    app.before_request(_body_limit)
    app.before_request(auth.who_is_it)
    callers.install(app)
    app.after_request(_headers)
    app.context_processor(_words)
    app.add_template_global(act_fields)
    app.add_template_global(may_now, "may")
    app.add_template_global(asset)
    app.add_template_global(navigation)
    app.add_template_global(language)
    app.add_template_global(schedule.plan_owed)
    return app


def _those_with_pages(station: Station, extras: Here | None, *, every_page: bool) -> tuple[Feature, ...]:
    """The extras whose pages this application has."""
    if every_page:
        return FEATURES
    names = (extras or seen(station)).names
    return tuple(feature for feature in FEATURES if feature.name in names)


def _one_configuration(app: Flask, services: Services) -> None:
    """A request looks once at what has been set, not at every word it draws; a stream behind it looks again."""

    def done(answer: Response) -> Response:
        services.let_go()
        return answer

    app.before_request(services.hold)
    app.after_request(done)
    app.teardown_request(lambda _: services.let_go())


def _body_limit() -> None:
    """As the doorkeeper counts, for whoever comes past it: tests, and bodies that tell no length."""
    if request.method in {"GET", "HEAD"}:
        return
    request.max_content_length = most_of(current_app, request.endpoint or "", auth.station().written)


def _headers(response: Response) -> ResponseReturnValue:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if request.args else "no-cache"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _words() -> dict[str, Any]:
    """Every page has the bar, so every page has its words, read once; the stream brings fresher ones of its own."""
    if "words" not in g:
        g.words = auth.page_words() | (board().bar() if g.get("person") else {})
        g.words["extras"] = current_app.extensions["extras here"]
    words: dict[str, Any] = g.words
    return words
