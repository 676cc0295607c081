"""The public page as its station sees it: open or closed, its address, and a poster with a code to scan.

Thin: the switch is a setting like others, with the right `publish`. Whether config.toml has decided it already is the
desk's to say.
"""

from urllib.parse import urlsplit

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from scheduler.core.words.wording import sentence_of
from scheduler.extras.public.keys import PublicConfig
from scheduler.extras.public.service.public_page import PublicService
from scheduler.kernel.errors import NotFound, Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services

bp = Blueprint("public_switch", __name__)

_OWN = frozenset({"127.0.0.1", "localhost", "::1"})
SWITCHES = {"mo": "public.on", "sap-phat": "public.shows_next"}
"""Field of the form -> key of the settings."""


@bp.get("/trang-cong-khai")
@page_of("see")
def page() -> Answer:
    return _page()


@act(bp, "/trang-cong-khai", may="publish")
def switch() -> Answer:
    """Open or close the page, or tell what comes next."""
    key = SWITCHES.get(request.form.get("viec", ""))
    if key is None:
        raise NotFound("setting", "")
    try:
        services().settings.put(actor(), {key: request.form.get("bat") == "1"})
    except Refused as refused:
        return _page(sentence_of(refused)), REFUSED
    flash("Đã lưu.")
    return redirect(url_for("public_switch.page"))


@bp.get("/trang-cong-khai/to-giay")
@page_of("see")
def poster() -> Answer:
    """A sheet of A4 for the notice board."""
    address = _address()
    return render_template("public/poster.html", address=address, code=_code(address), unreachable=_is_own(address))


def _page(fault: str = "") -> str:
    public, address = services().config.get(PublicConfig), _address()
    locked = {name: services().settings.is_locked(key) for name, key in SWITCHES.items()}
    words = {
        "is_on": public.on,
        "shows_next": public.shows_next,
        "locked": locked,
        "address": address,
        "code": _code(address),
        "unreachable": _is_own(address),
        "fault": fault,
        "items": len(services().get(PublicService).aired()) if public.on else 0,
    }
    return render_template("public/switch.html", **words)


def _address() -> str:
    """Where people find the page: what the configuration says, else the address it was asked by."""
    root = services().config.get(PublicConfig).address or request.host_url
    return f"{root.rstrip('/')}/cong-khai"


def _is_own(address: str) -> bool:
    """No other machine finds a page at this address."""
    return (urlsplit(address).hostname or "") in _OWN


def _code(address: str) -> Markup:
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        scale=8, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True
    )
    return Markup(drawn)  # noqa: S704 - drawn of squares; the address is in no text of it
