"""Dispatches at the desk: read, keep, correct, and turn into drafts of an announcement and a campaign.

What a dispatch says is `core.dispatch`'s to find; corrections by an officer stand over it. A draft airs nothing.
"""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

from scheduler.core import rules
from scheduler.core.dispatch import campaign_hint, dispatch_json, read_dispatch, said_draft, tidy
from scheduler.core.model import Boost, BoostKind, Campaign, Dispatch, FrequencyOrder, MessageKind, Person
from scheduler.desk.announcements import MAX_TITLE
from scheduler.desk.parts import Parts, permit
from scheduler.errors import Refused
from scheduler.intake import text_of

DEFAULT_WINDOWS = ("06:00-07:00", "16:30-18:00")
DEFAULT_BASE = 2
DEFAULT_DAYS = 30
_TEXTS = ("number", "symbol", "date", "issuer", "subject")
_LISTS = ("addressees", "messages", "phones", "urls")
CORRECTABLE = _TEXTS + _LISTS


class DispatchDesk:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def read(self, data: bytes, file_name: str) -> tuple[Dispatch, str]:
        """A dispatch and its tidied text, kept nowhere. Raises DispatchError."""
        limit = self._parts.config.audio.max_dispatch_mb * 1_000_000
        text = text_of(data, file_name, max_bytes=limit)
        return read_dispatch(text), tidy(text)

    def import_dispatch(self, actor: Person, data: bytes, file_name: str) -> tuple[int, bool]:
        """Read and keep a dispatch; the same bytes again give the first one's id and False. Raises DispatchError."""
        permit(actor, "import_dispatch")
        dispatch, text = self.read(data, file_name)
        row = {
            "file_name": file_name,
            "original_sha256": hashlib.sha256(data).hexdigest(),
            "text": text,
            "fields": dispatch_json(dispatch),
            "excerpts": {
                name: [[excerpt.value, excerpt.start, excerpt.end] for excerpt in found]
                for name, found in dispatch.excerpts.items()
            },
        }
        return self._parts.programme.add_dispatch(row, actor.id, self._parts.clock.now())

    def correct(self, actor: Person, dispatch_id: int, changed: dict[str, Any]) -> None:
        """The officer's corrections of what was read; only `CORRECTABLE` fields, dates checked."""
        permit(actor, "import_dispatch")
        fields = self._parts.programme.dispatch(dispatch_id).fields
        fields |= {name: value for name, value in changed.items() if name in CORRECTABLE}
        if fields.get("date"):
            fields["date"] = rules.parse_date(fields["date"]).isoformat()
        if len(fields.get("message_kinds", ())) != len(fields["messages"]):
            kinds = list(fields.get("message_kinds", ()))[: len(fields["messages"])]
            fields["message_kinds"] = kinds + ["loudspeaker"] * (len(fields["messages"]) - len(kinds))
        number, symbol = fields.get("number"), fields.get("symbol")
        fields["number_symbol"] = f"{number}/{symbol}" if number and symbol else None
        self._parts.programme.set_dispatch_fields(dispatch_id, fields)

    def draft(self, actor: Person, dispatch_id: int) -> tuple[int, int]:
        """An announcement draft and a campaign draft (ids); asked again, the same two."""
        permit(actor, "write")
        parts, now = self._parts, self._parts.clock.now()
        stored = parts.programme.dispatch(dispatch_id)
        dispatch = _corrected(read_dispatch(stored.text), stored.fields)  # slow work stays outside the transaction
        said = said_draft(dispatch)
        title = said.title[:MAX_TITLE]
        with parts.store.write():
            made = parts.store.row(
                "SELECT id, announcement_id FROM campaign WHERE dispatch_id = ? ORDER BY id LIMIT 1", (dispatch_id,)
            )
            if made:
                return int(made["announcement_id"]), int(made["id"])
            if not said.text.strip():
                raise Refused("dispatch_nothing_to_say")
            announcement_id = parts.programme.add_announcement(
                {"title": title, "text": said.text, "author_id": actor.id, "dispatch_id": dispatch_id}, now
            )
            campaign = self._campaign(title, announcement_id, dispatch_id, campaign_hint(dispatch))
            return announcement_id, parts.programme.add_campaign(campaign, actor.id, now)

    def _campaign(self, title: str, announcement_id: int, dispatch_id: int, hint: FrequencyOrder | None) -> Campaign:
        hint = hint or FrequencyOrder(quote="")
        today = rules.local_day(self._parts.clock.now(), self._parts.config.station.time_zone)
        start = rules.parse_date(hint.start) if hint.start else today
        start = max(start, today)
        end = rules.parse_date(hint.end) if hint.end else start + timedelta(days=DEFAULT_DAYS - 1)
        return Campaign(
            id=0,
            title=title,
            announcement_id=announcement_id,
            windows=tuple(rules.parse_window(window) for window in hint.windows or DEFAULT_WINDOWS),
            base=DEFAULT_BASE,
            boost=_boost(hint),
            weekdays=frozenset(hint.weekdays) or frozenset(range(7)),
            start=start,
            end=max(end, start),
            dispatch_id=dispatch_id,
        )


def _boost(hint: FrequencyOrder) -> Boost:
    """The ordered frequency as a boost over the base."""
    if hint.every_minutes:
        return Boost(BoostKind.EVERY, hint.every_minutes)
    if hint.factor:
        return Boost(BoostKind.FACTOR, hint.factor)
    if target := hint.per_day or len(hint.at):
        return Boost(BoostKind.TARGET, target)
    return Boost()


def _corrected(dispatch: Dispatch, fields: dict[str, Any]) -> Dispatch:
    """The dispatch as read, with the officer's corrections over it."""
    texts: dict[str, Any] = {name: fields[name] for name in _TEXTS if name in fields}
    lists: dict[str, Any] = {name: tuple(fields[name]) for name in _LISTS if name in fields}
    kinds = tuple(MessageKind(kind) for kind in fields.get("message_kinds", ()))
    return replace(dispatch, **texts, **lists, message_kinds=kinds)
