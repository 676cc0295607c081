"""The form by which anybody reports a loudspeaker: what was typed, and the token that says it is ours.

There is no session: the token is signed, bound to a cookie of this browser, and a few hours old at most. Its random
part names the form, so that the same form sent twice is one report. It reads and checks the shape; the desk decides.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app, request

from scheduler.core.local_time import local_instant
from scheduler.core.planning.rules import parse_date
from scheduler.core.written_times import parse_time
from scheduler.extras.public.service.tickets import FaultPlace, Told
from scheduler.kernel.errors import Refused
from web.auth import services, station

__all__ = ["FIELD_OF", "FORM_COOKIE", "Typed", "cookie_of", "place_value", "token_of", "told_by"]

FORM_COOKIE = "loa-phan-anh"
FRESH_FOR = timedelta(hours=6)
_COOKIE = re.compile(r"[\w-]{20,60}")
NOW, OTHER = "vua-xong", "khac"
FIELD_OF = {
    "ticket_kind_missing": "kind",
    "place_unknown": "place",
    "words_missing": "words",
    "words_too_long": "words",
    "report_phone_invalid": "phone",
    "report_time_ahead": "time",
    "report_time_old": "time",
    "date_invalid": "time",
    "time_invalid": "time",
}
"""Reason -> the field it stands beside; all others stand above the form."""


@dataclass(frozen=True, slots=True)
class Typed:
    """As it came, for drawing it again."""

    place: str = ""
    kind: str = ""
    when: str = NOW
    day: str = ""
    hour: str = ""
    words: str = ""
    phone: str = ""
    token: str = field(default="", repr=False)
    trap: str = ""

    @classmethod
    def of_request(cls) -> "Typed":
        given = request.form.get
        return cls(
            place=given("noi", "")[:200],
            kind=given("chuyen", "")[:40],
            when=OTHER if given("luc") == OTHER else NOW,
            day=given("ngay", "")[:40].strip(),
            hour=given("gio", "")[:40].strip(),
            words=given("noi_dung", "")[:5000],
            phone=given("dien_thoai", "")[:60],
            token=given("ma", "")[:300],
            trap=given("website", "")[:100],
        )


def place_value(place: FaultPlace) -> str:
    """A place as the form sends it."""
    return f"{place.zone}|{place.cluster}"


def cookie_of(sent: str) -> str:
    """The cookie of this browser: the one it has, or a new one."""
    return sent if _COOKIE.fullmatch(sent) else secrets.token_urlsafe(24)


def token_of(cookie: str) -> str:
    """The token of a form that is drawn now."""
    at = int(station().clock.now().timestamp())
    body = f"{at}.{secrets.token_urlsafe(12)}"
    return f"{body}.{_signature(body, cookie)}"


def told_by(typed: Typed, cookie: str) -> Told:
    """The report of a form. Raises Refused form_expired, place_unknown, date_invalid, time_invalid."""
    form = _checked(typed.token, cookie)
    zone, _, cluster = typed.place.partition("|")
    if not zone:
        raise Refused("place_unknown")
    return Told(form, FaultPlace(zone, cluster), typed.kind, _time(typed), typed.words, typed.phone)


def _checked(token: str, cookie: str) -> str:
    body, _, signature = token.rpartition(".")
    good = hmac.compare_digest(signature.encode(), _signature(body, cookie).encode())
    at, _, name = body.partition(".")
    if not (good and cookie and at.isdecimal() and name):
        raise Refused("form_expired")
    age = station().clock.now().timestamp() - int(at)
    if not -60 <= age <= FRESH_FOR.total_seconds():  # noqa: PLR2004 - a clock that was set back by a moment
        raise Refused("form_expired")
    return name


def _signature(body: str, cookie: str) -> str:
    secret = current_app.secret_key
    key = secret if isinstance(secret, bytes) else str(secret).encode()
    return hmac.new(key, f"phan-anh:{body}:{cookie}".encode(), hashlib.sha256).hexdigest()


def _time(typed: Typed) -> datetime:
    now, zone_name = station().clock.now(), services().config.station.time_zone
    if typed.when == NOW:
        return now
    found = local_instant(parse_date(typed.day), parse_time(typed.hour), zone_name)
    if found is None:
        raise Refused("time_invalid", value=typed.hour)
    return found
