"""What the public page has ready: the things that were aired, and every page drawn of them, kept for a few seconds.

One request makes what is missing; all others are given what lies there, also while it is being made anew. It also
counts how often an address asks for sound. Nothing here decides what is told.
"""

import gzip
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import Response, request

from scheduler.extras.public.rules.public_page import Item
from scheduler.extras.public.rules.wording_public import PUBLIC_TRIGGERS, SILENCES
from scheduler.extras.public.service.public_page import Coming, PublicService, sound_name
from web.auth import services, station
from web.formats import day_text, local
from web.words.zones import zone_word

__all__ = ["MAX_AGE", "PageCache", "Shown", "ShownItem"]

MAX_AGE = 15.0
"""Seconds a page is kept."""
MOST_PAGES = 200
MOST_ADDRESSES = 5000
_MOST_TIMES = 8


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item in words."""

    item: Item
    name: str
    """In the addresses of its page and its sound."""
    title: str
    mark: str
    """What kind of airing it was, where that must be said; '' = an ordinary one."""
    urgent: str
    """emergency, drill, or ''."""
    days: tuple[tuple[str, tuple[str, ...]], ...]
    """Day and the times it was heard on it, newest first."""
    more_times: int
    places: str
    text: str
    silence: str
    kilobytes: int
    """Of its sound; 0 = there is none to be heard (yet)."""
    awaits_sound: bool
    newest: datetime
    corrections: tuple["ShownItem", ...] = ()
    is_correction: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    made: datetime
    items: tuple[ShownItem, ...]
    coming: tuple[tuple[str, str, str], ...]
    """Time, title and place of what comes next."""

    def by_name(self, name: str) -> ShownItem | None:
        return next((one for one in self.items if one.name == name), None)


@dataclass(slots=True)
class _Page:
    body: bytes
    packed: bytes
    etag: str
    made: float


@dataclass(slots=True)
class _Kept:
    """Of one station: tests have several in a process."""

    pages: dict[str, _Page] = field(default_factory=dict)
    shown: Shown | None = None
    shown_at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)
    tokens: dict[str, tuple[float, float]] = field(default_factory=dict)


class PageCache:
    def __init__(self, burst: int, a_second: float) -> None:
        self._burst, self._a_second = burst, a_second
        self._lock = threading.Lock()

    def shown(self) -> Shown:
        """What is told, at most a few seconds old."""
        kept, mono = self._kept(), station().clock.monotonic()
        if kept.shown is not None and mono - kept.shown_at < MAX_AGE:
            return kept.shown
        with kept.lock:
            if kept.shown is None or mono - kept.shown_at >= MAX_AGE:
                kept.shown, kept.shown_at = _shown(), mono
            return kept.shown

    def page(self, name: str, draw: Callable[[Shown], bytes], kind: str) -> Response:
        """A page by its name, drawn anew when what it tells has been read anew."""
        kept, shown = self._kept(), self.shown()
        page = kept.pages.get(name)
        if page is None or page.made < kept.shown_at:
            body = draw(shown)
            etag = hashlib.sha256(body).hexdigest()[:16]
            page = _Page(body, gzip.compress(body, 6, mtime=0), etag, kept.shown_at)
            if len(kept.pages) >= MOST_PAGES:
                kept.pages.clear()
            kept.pages[name] = page
        return _answer(page, kind)

    def allows(self, address: str) -> bool:
        """Whether an address may ask for one more sound now."""
        kept, mono = self._kept(), station().clock.monotonic()
        with self._lock:
            if len(kept.tokens) > MOST_ADDRESSES:
                kept.tokens.clear()
            left, at = kept.tokens.get(address, (float(self._burst), mono))
            left = min(float(self._burst), left + (mono - at) * self._a_second)
            kept.tokens[address] = (max(left - 1, 0.0), mono)
        return left >= 1

    def _kept(self) -> _Kept:
        from flask import current_app

        found: _Kept = current_app.extensions.setdefault("public_shelf", _Kept())
        return found


def _answer(page: _Page, kind: str) -> Response:
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = Response(page.packed if packs else page.body, content_type=kind)
    if packs:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = f"public, max-age={MAX_AGE:.0f}"
    answer.set_etag(page.etag, weak=True)
    answer.make_conditional(request)
    return answer


def _shown() -> Shown:
    found = [_in_words(one) for one in services().get(PublicService).aired()]
    coming = tuple(_coming(one) for one in services().get(PublicService).coming())
    return Shown(station().clock.now(), tuple(found), coming)


def _coming(one: Coming) -> tuple[str, str, str]:
    return f"{local(one.start):%H:%M}", one.title, zone_word(one.zone)


def _in_words(one: Item) -> ShownItem:
    days: dict[date, list[str]] = {}
    for time in one.times[:_MOST_TIMES]:
        at = local(time.start)
        told = f"{at:%H:%M}"
        days.setdefault(at.date(), []).append(f"{told} (phát dở)" if time.partly else told)
    heard = services().get(PublicService).has_sound(one)
    return ShownItem(
        item=one,
        name=sound_name(one),
        title=one.title,
        mark=PUBLIC_TRIGGERS.get(one.trigger, ""),
        urgent=one.trigger.value if one.trigger.value in {"emergency", "drill"} else "",
        days=tuple((day_text(day), tuple(times)) for day, times in days.items()),
        more_times=max(0, len(one.times) - _MOST_TIMES),
        places=", ".join(dict.fromkeys(zone_word(time.zone) for time in one.times)),
        text=one.text,
        silence=SILENCES.get(one.silence, ""),
        kilobytes=services().get(PublicService).kilobytes(one) if heard else 0,
        awaits_sound=bool(one.audio_sha256) and not heard,
        newest=one.newest.start,
        corrections=tuple(_in_words(fix) for fix in one.corrected),
        is_correction=bool(one.corrects),
    )
