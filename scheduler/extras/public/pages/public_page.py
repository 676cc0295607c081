"""Trang công khai: what was said in the last day, for everybody, on any telephone; and a form to report a loudspeaker.

Nobody signs in here and nothing of ours is shown: no name, no draft, no number of a row. Pages are made at most every
quarter of a minute and served from memory, so that two hundred telephones cost the desk one page. What is told is
`core.public_page`'s to say; closed, every address here answers "not found".
"""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, send_file, url_for

from scheduler.core.words.wording import sentence, sentence_of
from scheduler.extras.public.pages.form import FIELD_OF, FORM_COOKIE, Typed, cookie_of, place_value, token_of, told_by
from scheduler.extras.public.pages.page_cache import PageCache, Shown
from scheduler.extras.public.rules.tickets import MOST_WORDS
from scheduler.extras.public.rules.wording_public import TICKET_KINDS, TICKET_STATES
from scheduler.extras.public.service.public_page import PublicService
from scheduler.extras.public.service.tickets import FaultPlace, TicketService
from scheduler.kernel.errors import NotFound, Refused
from web.auth import REFUSED, Answer, same_origin, services, station
from web.formats import day_words, local
from web.words.zones import zone_word

bp = Blueprint("public", __name__)
PREVIEW = 500
"""Characters of a text that the list shows; the rest is one tap away."""
A_PAGE = 12
BURST, A_SECOND = 40, 1.0
"""Sounds one address may ask for at once, and how soon it may ask again: players ask for a file in pieces."""
_shelf = PageCache(BURST, A_SECOND)


@bp.before_request
def _closed() -> None:
    if not services().get(PublicService).is_open:
        abort(404)


@bp.get("/cong-khai")
def page() -> Answer:
    """Newest first, some at a time."""
    number = _number(request.args.get("trang", "1"))

    def draw(shown: Shown) -> bytes:
        first = (number - 1) * A_PAGE
        words = {
            "items": shown.items[first : first + A_PAGE],
            "coming": shown.coming if number == 1 else [],
            "older": number + 1 if len(shown.items) > first + A_PAGE else None,
            "newer": number - 1 if number > 1 else None,
            "preview": PREVIEW,
        }
        return render_template("public/page.html", **words).encode()

    return _shelf.page(f"page-{number}", draw, "text/html; charset=utf-8")


@bp.get("/cong-khai/tin.xml")
def feed() -> Answer:
    """The same as an Atom feed."""
    root = request.host_url

    def draw(shown: Shown) -> bytes:
        return render_template("public/feed.xml", items=shown.items[:50], root=root, made=shown.made).encode()

    return _shelf.page(f"feed-{root}", draw, "application/atom+xml; charset=utf-8")


@bp.get("/cong-khai/ban/<name>")
def item(name: str) -> Answer:
    """One bulletin with all its words."""
    if _shelf.shown().by_name(name) is None:
        raise NotFound("page", "")

    def draw(shown: Shown) -> bytes:
        return render_template("public/item.html", item=shown.by_name(name)).encode()

    return _shelf.page(f"item-{name}", draw, "text/html; charset=utf-8")


@bp.get("/cong-khai/nghe/<name>.mp3")
def sound(name: str) -> Answer:
    """The small sound of what was aired in the last day, whole or in ranges."""
    if not _shelf.allows(request.remote_addr or ""):
        answer = make_response(render_template("public/told.html", told=sentence("sounds_too_often")), 429)
        answer.headers["Retry-After"] = "10"
        return answer
    found = _shelf.shown().by_name(name)
    if found is None:
        raise NotFound("audio", "")
    path = services().get(PublicService).sound_of(found.item)
    answer = send_file(path, mimetype="audio/mpeg", conditional=True, etag=name, max_age=3600)
    answer.headers["Content-Disposition"] = 'inline; filename="ban-tin.mp3"'
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


# Reporting a loudspeaker


@bp.get("/cong-khai/phan-anh")
def report_form() -> Answer:
    return _form(Typed())


@bp.post("/cong-khai/phan-anh")
def report() -> Answer:
    typed = Typed.of_request()
    try:
        same_origin()
        told = told_by(typed, request.cookies.get(FORM_COOKIE, ""))
        if typed.trap:  # no person sees this field
            return redirect(url_for("public.page"), 303)
        made = services().get(TicketService).report(told, request.remote_addr or "")
    except NotFound:
        raise
    except Refused as refused:
        return _form(typed, refused)
    return redirect(url_for("public.receipt", key=made.key), 303)


@bp.get("/cong-khai/phan-anh/<key>")
def receipt(key: str) -> Answer:
    """What became of a report, for whoever has its address."""
    ticket, made, why = services().get(TicketService).receipt(key)
    words = {
        "ticket": ticket,
        "made": made,
        "why": why,
        "kind": TICKET_KINDS[ticket.kind],
        "state": TICKET_STATES[ticket.state],
        "place": place_word(FaultPlace(ticket.zone, ticket.cluster)),
    }
    answer = make_response(render_template("public/receipt.html", **words))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _form(typed: Typed, refused: Refused | None = None) -> Response:
    cookie = cookie_of(request.cookies.get(FORM_COOKIE, ""))
    now = local(station().clock.now())
    words = {
        "typed": typed,
        "token": token_of(cookie),
        "places": [(place_value(one), place_word(one)) for one in services().get(TicketService).places()],
        "kinds": {kind.value: word for kind, word in TICKET_KINDS.items()},
        "limit": MOST_WORDS,
        "today": day_words(now.date()),
        "field": FIELD_OF.get(refused.reason, "form") if refused else "",
        "fault": sentence_of(refused),
    }
    answer = make_response(render_template("public/report.html", **words), REFUSED if refused else 200)
    answer.set_cookie(
        FORM_COOKIE, cookie, httponly=True, samesite="Strict", secure=request.is_secure, path="/cong-khai"
    )
    return answer


def place_word(place: FaultPlace) -> str:
    """A place as people call it."""
    return f"Cụm loa {place.cluster}" if place.cluster else zone_word(place.zone)


def _number(typed: str) -> int:
    return max(1, min(int(typed), 999)) if typed.isdecimal() and len(typed) < 4 else 1  # noqa: PLR2004 - three digits
