"""Hướng dẫn: the documents of this release, shown by the station itself, with or without a network, and searched.

Whoever may see a page may read them. It begins with the index of the language that the pages are drawn in.
"""

from flask import Blueprint, abort, render_template, request
from markupsafe import Markup

from web.auth import Answer, page_of
from web.language import language

bp = Blueprint("handbook", __name__)


@bp.get("/huong-dan")
@page_of("see")
def page() -> Answer:
    """The index; with `tim` what a search finds."""
    words = request.args.get("tim", "").strip()[:100]
    if not words:
        return _drawn("vi/index" if language() == "vi" else "index")
    from web.station.documents import search

    return render_template("shell/handbook_found.html", words=words, found=search(words, language()))


@bp.get("/huong-dan/<path:name>")
@page_of("see")
def one_document(name: str) -> Answer:
    return _drawn(name)


def _drawn(name: str) -> str:
    from web.station.documents import documents, html_of

    found = documents().get(name)
    if found is None:
        abort(404)
    text = Markup(html_of(name))  # noqa: S704 - markdown-it escapes what a document holds and takes no HTML from it
    return render_template("shell/handbook.html", document=found, text=text, words="")
