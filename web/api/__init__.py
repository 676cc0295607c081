"""`/api/v1`: the station for programs. JSON only, bearer keys only; every operation is one act of a service.

The routes are made from the table of operations (`scheduler.operations`), as is the document at `/api/v1/openapi.json`.
An extra that is off has no operation in either. Nothing is decided here, and no cookie opens anything.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import Blueprint, Flask, Response, render_template
from flask.typing import ResponseReturnValue

from scheduler.features import Feature
from scheduler.operations.subjects import subjects_of
from scheduler.operations.table import Operation
from web.api.door import Rates, run
from web.api.openapi import chapters, document_text, reasons
from web.api.problems import of_status, register_problems
from web.auth import services

__all__ = ["blueprint", "of_status", "prepare"]


def prepare(app: Flask) -> None:
    """What the door needs of an application."""
    app.extensions["api_rates"] = Rates(app.extensions["station"].config.web.api_per_minute)


def blueprint(features: Iterable[Feature]) -> Blueprint:
    """The addresses of the core and of these extras."""
    made, subjects = Blueprint("api", __name__, url_prefix="/api/v1"), subjects_of(features)
    register_problems(made)
    for one in (operation for subject in subjects for operation in subject.operations):
        made.add_url_rule(
            one.rule,
            endpoint=one.name.replace(".", "-"),
            view_func=_view(one),
            methods=[one.method],
            provide_automatic_options=False,
        )
    # asked for whole, and the same while the station keeps its name
    written = cache(lambda station_name: document_text(station_name, subjects))

    @made.get("/openapi.json")
    def openapi() -> ResponseReturnValue:
        """The document; it holds no secret and needs no key."""
        return Response(written(services().config.station.name), mimetype="application/json")

    @made.get("/")
    def page() -> str:
        """The same for people, from this host alone."""
        return render_template("api/page.html", chapters=chapters(subjects), reasons=reasons())

    return made


def _view(operation: Operation) -> Any:
    def view(**places: str) -> Response:
        return run(operation, places)

    view.may, view.acts = operation.may, operation.acts  # type: ignore[attr-defined]
    view.most_bytes = operation.most_bytes  # type: ignore[attr-defined]
    return view
