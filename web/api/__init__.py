"""`/api/v1`: the station for programs. JSON only, bearer keys only; every operation is one act of the desk.

The routes are made from the table of operations (`contract.OPERATIONS`), as is the document at `/api/v1/openapi.json`.
Nothing is decided here, and no cookie opens anything.
"""

from typing import Any

from flask import Blueprint, Flask, Response, render_template
from flask.typing import ResponseReturnValue

from scheduler.features import FEATURES, load
from web.api import (
    air,
    announcements,
    campaigns,
    clock,
    dispatches,
    emergency,
    house,
    journal,
    plan,
    sounds,
)
from web.api.contract import OPERATIONS, Operation, Subject
from web.api.door import Rates, run
from web.api.openapi import chapters, document_text, reasons
from web.api.problems import of_status, register_problems
from web.api.shapes import COMPONENTS
from web.auth import station

__all__ = ["SUBJECTS", "bp", "of_status", "prepare"]

bp = Blueprint("api", __name__, url_prefix="/api/v1")
register_problems(bp)

SUBJECTS: tuple[Subject, ...] = (
    house.subject,
    announcements.subject,
    sounds.recordings,
    sounds.uploads,
    sounds.jobs,
    campaigns.subject,
    plan.subject,
    air.air,
    clock.subject,
    emergency.subject,
    journal.journal,
    journal.reports,
    dispatches.subject,
    *(load(where) for feature in FEATURES for where in feature.api),
)
for _subject in SUBJECTS:
    COMPONENTS.update(_subject.shapes)


def prepare(app: Flask) -> None:
    """What the door needs of an application."""
    app.extensions["api_rates"] = Rates(app.extensions["station"].config.web.api_per_minute)


def _view(operation: Operation) -> Any:
    def view(**places: str) -> Response:
        return run(operation, places)

    view.may, view.acts = operation.may, operation.acts  # type: ignore[attr-defined]
    view.most_bytes = operation.most_bytes  # type: ignore[attr-defined]
    return view


for _one in OPERATIONS:
    bp.add_url_rule(
        _one.rule,
        endpoint=_one.name.replace(".", "-"),
        view_func=_view(_one),
        methods=[_one.method],
        provide_automatic_options=False,
    )


@bp.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """The document; it holds no secret and needs no key."""
    subjects = tuple((one.name, one.says) for one in SUBJECTS)
    return Response(document_text(station().config.station.name, subjects), mimetype="application/json")


@bp.get("/")
def page() -> str:
    """The same for people, from this host alone."""
    return render_template("api/page.html", chapters=chapters(SUBJECTS), reasons=reasons())
