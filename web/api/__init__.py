"""`/api/v1`: the station for programs. JSON only, bearer keys only; every operation is one act of a service.

The routes are made from the table of operations (`scheduler.operations`), as is the document at `/api/v1/openapi.json`.
Nothing is decided here, and no cookie opens anything.
"""

from typing import Any

from flask import Blueprint, Flask, Response, render_template
from flask.typing import ResponseReturnValue

from scheduler.operations.subjects import OPERATIONS
from scheduler.operations.table import Operation
from web.api.door import Rates, run
from web.api.openapi import chapters, document_text, reasons
from web.api.problems import of_status, register_problems
from web.auth import station

__all__ = ["bp", "of_status", "prepare"]

bp = Blueprint("api", __name__, url_prefix="/api/v1")
register_problems(bp)


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
    return Response(document_text(station().config.station.name), mimetype="application/json")


@bp.get("/")
def page() -> str:
    """The same for people, from this host alone."""
    return render_template("api/page.html", chapters=chapters(), reasons=reasons())
