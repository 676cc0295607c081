"""What every page shares beside the air: the page of all pages, and the switch of the language.

The switch is a cookie of this browser; it changes words on the page, never what is said on the air.
"""

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from scheduler.kernel.words import LANGUAGES
from web.auth import Answer, local_path, page_of, same_origin
from web.language import COOKIE

bp = Blueprint("shell", __name__)

KEPT_FOR = 366 * 24 * 3600
"""Seconds a browser keeps the language."""


@bp.get("/tat-ca")
@page_of("see")
def everything() -> Answer:
    """Every page this person may open: what does not fit a phone's bar."""
    return render_template("shell/everything.html")


@bp.post("/ngon-ngu")
def language() -> Answer:
    """Draw pages in another language from now on; no session is needed, and nothing else changes."""
    same_origin()
    wanted = request.form.get("ngon_ngu", "")
    answer = make_response(redirect(local_path(request.form.get("toi", "")) or url_for("live.page"), 303))
    if wanted in LANGUAGES:
        age = KEPT_FOR
        answer.set_cookie(COOKIE, wanted, max_age=age, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer
