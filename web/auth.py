"""Who is it, and may they: sign-in, sign-out, first set-up, and the decorators every view wears.

`page_of` guards a page, `act` guards and registers a POST: signed in, same origin, right to the act, done once however
often the form is sent; `piece` is the same for what is sent many times over, such as a live voice. Sessions live in
the database; the cookie is a random token and nothing else.
"""

import hmac
import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from scheduler.core.announcement import approval
from scheduler.core.audit_context import AuditContext, doing, end, set_out
from scheduler.core.model import Person
from scheduler.core.signed_in import DEVICE_DAYS, SignedIn
from scheduler.core.words.wording import ROLES, sentence_of
from scheduler.kernel.errors import LoaError, NotFound, NotPermitted, Refused
from scheduler.services import Services
from scheduler.station import Station
from web.once import once

bp = Blueprint("auth", __name__)
Answer = ResponseReturnValue
View = TypeVar("View", bound=Callable[..., Any])
_Refusal = TypeVar("_Refusal", bound=LoaError)

COOKIE = "loa"
FORM_COOKIE = "loa-form"
DEVICE_COOKIE = "loa-may"
"""What a device keeps so that its owner's tries to sign in are counted apart from everybody else's."""
REFUSED = 422
"""Status of a form that comes back with its sentence."""
BY_ITSELF = frozenset({"live.events", "live.bar"})
"""Pages that a browser asks for without anybody clicking: they do not keep a session from going idle."""
TEMPORARY = BY_ITSELF | {"account.page", "account.change_password"}
"""What somebody whose password is temporary may open: to change it, with the bar above it."""
TWIN_WAITS = 20
"""How often the second sending of a form looks whether the first has ended."""
_PATH = re.compile(r"/(?![/\\])[\x20-\x5b\x5d-\uffff]*")
"""A path of this host: one slash in front; no backslash and no control characters, which browsers bend or drop."""


def station() -> Station:
    found: Station = current_app.extensions["station"]
    return found


def services() -> Services:
    return station().services


def actor() -> Person:
    """The signed-in person; views are only reached with one."""
    person: Person | None = g.get("person")
    if person is None:
        abort(401)
    return person


def who_is_it() -> None:
    """Before every request: the person of the cookie, if it still opens a session; and who acts, for the audit log."""
    g.person, g.csrf, g.token, g.session_id, g.must_change = None, "", request.cookies.get(COOKIE, ""), 0, False
    if request.endpoint == "static":
        return
    if g.token and (session := services().sessions.of(g.token)):
        g.person, g.csrf, g.session_id, g.must_change = session
        if request.endpoint not in BY_ITSELF:
            services().sessions.touch(g.session_id)
    by_token = request.path.startswith("/api/")
    person, session_id = (None, "") if by_token else (g.person, str(g.session_id or ""))
    via = "api" if by_token else "page"
    set_out(AuditContext(via, request.endpoint or "", person, address=request.remote_addr or "", session=session_id))


@bp.teardown_app_request
def nobody_acts(_: BaseException | None) -> None:
    """After every request: what this thread does next is not this person's."""
    end()


def page_words() -> dict[str, Any]:
    """What every template may use."""
    person: Person | None = g.get("person")
    return {
        "person": person,
        "csrf_token": g.get("csrf", ""),
        "role_word": ROLES[person.role] if person else "",
        "station_name": services().config.station.name,
    }


def told_here(refused: _Refusal) -> _Refusal:
    """A refusal, for the page that tells it in place. What nobody may, or what is not there, has a page of its own:
    that one goes on its way.
    """
    if isinstance(refused, (NotPermitted, NotFound)):
        raise refused
    return refused


def page_of(may: str) -> Callable[[View], View]:
    """A page for signed-in people who may do `may`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Answer:
            refusal = _door()
            if refusal is not None:
                return refusal
            _right(may)
            answer: Answer = view(*args, **kwargs)
            return answer

        return _marked(guarded, may)  # type: ignore[no-any-return]

    return guard


def _marked(guarded: Callable[..., Answer], may: str, *, acts: bool = False) -> Any:
    """The same call with a guard before it; it tells which right it asks for, and whether it acts."""
    guarded.may, guarded.acts = may, acts  # type: ignore[attr-defined]
    return guarded


def right_of(app: Flask, endpoint: str) -> str:
    """The right that an address asks for, as its view says; empty where it asks for none."""
    return str(getattr(app.view_functions.get(endpoint), "may", ""))


def is_act(app: Flask, endpoint: str) -> bool:
    """Whether a request to this address changes something, and does not only compute or show."""
    return bool(getattr(app.view_functions.get(endpoint), "acts", False))


def act(
    blueprint: Blueprint, rule: str, *, may: str, twin_waits: int = TWIN_WAITS, red: bool = False
) -> Callable[[View], View]:
    """Register a POST that acts once: a drawn form sent twice leads where its first sending led.

    `red`: an emergency or a stop, which waits for nobody who holds the database: that it acts once is kept in mind.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Answer:
            refusal = _sent_by_us(may)
            if refusal is not None:
                return refusal
            return _acted(lambda: view(*args, **kwargs), twin_waits, red=red)

        return blueprint.post(rule)(_marked(guarded, may, acts=True))  # type: ignore[no-any-return]

    return guard


def piece(blueprint: Blueprint, rule: str, *, may: str) -> Callable[[View], View]:
    """Register a POST of which many follow each other: guarded as an act is, but it has no key and may come again."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Answer:
            refusal = _sent_by_us(may)
            if refusal is not None:
                return refusal
            answer: Answer = view(*args, **kwargs)
            return answer

        return blueprint.post(rule)(_marked(guarded, may, acts=True))  # type: ignore[no-any-return]

    return guard


def _sent_by_us(may: str) -> Answer | None:
    """A POST of a signed-in person with the right, from a page of this session; the answer that turns it away."""
    refusal = _door()
    if refusal is not None:
        return refusal
    same_origin()
    _right(may)
    if not _same(_given("csrf", "X-CSRF-Token"), g.csrf):
        raise Refused("form_expired")
    return None


def _same(given: str, expected: str) -> bool:
    """Equal and not empty, told in constant time; as bytes, since `compare_digest` refuses letters beyond ASCII."""
    return bool(expected) and hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _given(field: str, header: str) -> str:
    """A hidden field of the form, or the header a script sends it in."""
    return request.headers.get(header) or request.form.get(field, "")


def act_key() -> str:
    """The key of the form that was sent. Raises Refused form_expired."""
    key = _given("act", "X-Act")[:100]
    if not key:
        raise Refused("form_expired")
    return f"{actor().id}:{key}"  # one person's key never stands in the way of another's


def _acted(view: Callable[[], Answer], twin_waits: int, *, red: bool) -> Answer:
    return once(services().acts, actor(), act_key(), view, twin_waits, red=red)


def _door() -> Answer | None:
    """Where somebody is sent who is not signed in, or whose password has to be changed first."""
    if g.person is not None and (not g.must_change or request.endpoint in TEMPORARY):
        return None
    way = url_for("account.page" if g.person else "auth.sign_in_form")
    if request.headers.get("HX-Request"):
        return Response("", 401, {"HX-Redirect": way})
    if g.person is not None:
        return redirect(way, 303)
    if not services().people.any():
        return render_template("people/not_set_up.html"), 403
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("auth.sign_in_form", toi=wanted), 303)


def _right(may: str) -> None:
    person = actor()
    doing().act = may
    if not approval.may(person.role, may):
        raise NotPermitted(may, person.role.value)


def note_refusal(refused: NotPermitted) -> None:
    """Somebody signed in has asked for what is not theirs: the leader can read of it."""
    person: Person | None = g.get("person")
    if person is not None:
        services().audit.note_refusal(person, str(refused.details.get("act", "")), refused.reason)


def same_origin() -> None:
    """A request that another site made is not ours, whatever cookie it carries."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    try:
        strange = origin is not None and urlsplit(origin).netloc != request.host
    except ValueError:  # no address at all
        strange = True
    if site not in {"same-origin", "none"} or strange:
        raise Refused("form_expired")


def local_path(path: str) -> str | None:
    """`path` if it is one of this host: no redirect leaves the house."""
    return path if _PATH.fullmatch(path) else None


def act_fields() -> Markup:
    """The hidden fields of every POST form: the session's token, and the key that lets a drawn form act once."""
    fields = '<input type="hidden" name="csrf" value="{}"><input type="hidden" name="act" value="{}">'
    return Markup(fields).format(g.get("csrf", ""), secrets.token_urlsafe(16))  # noqa: S704 - both values are escaped by format


def may_now(act: str) -> bool:
    """May the signed-in person do this act? For showing a button; the act itself asks again."""
    person: Person | None = g.get("person")
    return person is not None and approval.may(person.role, act)


# Forms before there is a session: a random value in a cookie and in the form must agree


def _form_token() -> str:
    return request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)


def _drawn(template: str, status: int = 200, **words: Any) -> Response:
    token = _form_token()
    answer = make_response(render_template(template, form_token=token, **words), status)
    _set_cookie(answer, FORM_COOKIE, token, samesite="Strict")
    return answer


def _set_cookie(answer: Response, name: str, value: str, *, days: float | None = None, samesite: str = "Lax") -> None:
    """A cookie that scripts cannot read and other sites do not send; over HTTPS it stays there."""
    age = None if days is None else round(days * 86_400)
    answer.set_cookie(name, value, max_age=age, httponly=True, samesite=samesite, secure=request.is_secure)


def _checked() -> None:
    same_origin()
    token = request.cookies.get(FORM_COOKIE, "")
    if not _same(request.form.get("form_token", ""), token):
        raise Refused("form_expired")


def _same_twice(password: str, again: str) -> None:
    if password != again:
        raise Refused("passwords_differ")


@bp.get("/dang-nhap")
def sign_in_form() -> Answer:
    if g.person is not None:
        return redirect(url_for("live.page"), 303)
    if not services().people.any():
        return render_template("people/not_set_up.html"), 403
    return _drawn("people/sign_in.html", wanted=request.args.get("toi", ""))


@bp.post("/dang-nhap")
def sign_in() -> Answer:
    login, wanted = request.form.get("login", "")[:100], request.form.get("toi", "")
    try:
        _checked()
        told = _signed_in(login, request.form.get("password", "")[:1000])
    except Refused as refused:
        fault = sentence_of(refused)
        return _drawn("people/sign_in.html", REFUSED, wanted=wanted, login=login, fault=fault)
    return _with_session(told, local_path(wanted) or url_for("live.page"))


def _signed_in(login: str, password: str) -> SignedIn:
    device, agent = request.cookies.get(DEVICE_COOKIE, "")[:100], request.headers.get("User-Agent", "")
    return services().people.sign_in(login, password, request.remote_addr or "", device=device, agent=agent[:200])


def _with_session(told: SignedIn, path: str) -> Response:
    if g.token:
        services().sessions.replaced(g.token)  # the old session ends with the new sign-in
    answer = make_response(redirect(path, 303))
    _set_cookie(answer, COOKIE, told.token, days=services().config.web.session_hours / 24)
    _set_cookie(answer, DEVICE_COOKIE, told.device, days=DEVICE_DAYS)
    return answer


def with_new_cookie(answer: Response) -> Response:
    """After a change of one's own password or proofs: the same session under a new cookie; the old one is void."""
    token = services().sessions.rotate(g.token)
    _set_cookie(answer, COOKIE, token, days=services().config.web.session_hours / 24)
    return answer


@bp.post("/thoat")
def sign_out() -> Answer:
    same_origin()
    if g.person is None or not _same(request.form.get("csrf", ""), g.csrf):
        return redirect(url_for("auth.sign_in_form"), 303)
    services().people.sign_out(actor(), g.token)
    answer = make_response(redirect(url_for("auth.sign_in_form"), 303))
    answer.delete_cookie(COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache"'  # the back button has nothing to show
    return answer


@bp.get("/cai-dat-lan-dau")
def set_up_form() -> Answer:
    token = request.args.get("ma", "")
    if not services().sessions.setup_token_valid(token):
        return render_template("people/not_set_up.html", stale=bool(token)), 403
    return _drawn("people/set_up.html", token=token)


@bp.post("/cai-dat-lan-dau")
def set_up() -> Answer:
    form = {name: request.form.get(name, "")[:200] for name in ("ma", "login", "name", "password", "again")}
    try:
        _checked()
        _same_twice(form["password"], form["again"])
        services().sessions.set_up(form["ma"], form["login"], form["name"], form["password"])
        told = _signed_in(form["login"], form["password"])
    except Refused as refused:
        fault = sentence_of(refused)
        words = {"token": form["ma"], "login": form["login"], "name": form["name"], "fault": fault}
        return _drawn("people/set_up.html", REFUSED, **words)
    return _with_session(told, url_for("first_run.page"))
