"""Dispatches: read, keep, correct, confirm, and obey what they say of earlier ones.

What a dispatch says is `core.dispatch`'s to find; corrections by an officer stand over it. A stop or a replacement is
done by a person's press, never by the reading. Drafts are `dispatch_drafts`'s.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from scheduler.core.dispatch import dispatch_json, read_dispatch, tidy
from scheduler.core.dispatch.duty_list import KeptAct, KeptDoubt, speaks_of
from scheduler.core.dispatch.model import ActKind, Dispatch, MessageKind
from scheduler.core.dispatch.stored import StoredDispatch
from scheduler.core.model import DEFAULT_ZONE, Campaign, CampaignState, Person
from scheduler.core.planning import rules
from scheduler.intake import text_of
from scheduler.kernel.errors import Refused
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.doubts import refuse_doubtful
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Readings
from scheduler.store.listing import dispatch_ids

_TEXTS = ("number", "symbol", "date", "issuer", "subject")
_LISTS = ("addressees", "messages", "phones", "urls")
CORRECTABLE = _TEXTS + _LISTS


@dataclass(frozen=True, slots=True)
class ActHit:
    """An act upon an earlier dispatch, with what it means here."""

    act: KeptAct
    dispatch_ids: tuple[int, ...]
    """The dispatches kept here that it speaks of."""
    campaigns: tuple[Campaign, ...]
    """Their campaigns that are running; of an act that was obeyed, those that it ended."""


class DispatchService:
    def __init__(self, repos: Repositories, campaigns: CampaignService) -> None:
        self._repos = repos
        self._campaigns = campaigns
        self._readings = Readings(repos.store)

    def get(self, dispatch_id: int) -> StoredDispatch:
        """One dispatch as it is kept. Raises NotFound."""
        return self._repos.programme.dispatch(dispatch_id)

    def listed(self) -> list[StoredDispatch]:
        """The newest dispatches, newest first."""
        return self._repos.programme.dispatches()

    def numbers(self) -> list[tuple[int, str, date | None]]:
        """Id, number with symbol, and day of every dispatch, the newest first."""
        return self._repos.programme.dispatch_numbers()

    def ids_before(self, before: int | None, limit: int) -> list[int]:
        """At most `limit` numbers below `before` (None = from the newest), the newest first."""
        return dispatch_ids(self._repos.store, before, limit)

    def read(self, data: bytes, file_name: str) -> tuple[Dispatch, str]:
        """A dispatch and its tidied text, kept nowhere. Raises DispatchError."""
        limit = self._repos.config.audio.max_dispatch_mb * 1_000_000
        text = text_of(data, file_name, max_bytes=limit)
        return read_dispatch(text), tidy(text)

    def corrected(self, dispatch_id: int) -> Dispatch:
        """A kept dispatch as it is read now, with the officer's corrections over it. Raises NotFound."""
        stored = self._repos.programme.dispatch(dispatch_id)
        return _corrected(read_dispatch(stored.text), stored.fields)

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
        with self._repos.store.write():
            dispatch_id, fresh = self._repos.programme.add_dispatch(row, actor.id, self._repos.clock.now())
            self._readings.keep(dispatch_id, dispatch)  # also of one that was kept before duties were
        return dispatch_id, fresh

    def doubts(self, dispatch_id: int) -> list[KeptDoubt]:
        """The doubtful values of a dispatch, answered ones too."""
        return self._readings.doubts(dispatch_id)

    def confirm(self, actor: Person, dispatch_id: int, ordinals: Iterable[int]) -> None:
        """Say that doubtful values have been looked at and are right as they stand."""
        permit(actor, "import_dispatch")
        self._readings.answer(dispatch_id, ordinals, "confirmed", actor.id, self._repos.clock.now())

    def correct(self, actor: Person, dispatch_id: int, changed: dict[str, Any]) -> None:
        """The officer's corrections of what was read; only `CORRECTABLE` fields, dates checked."""
        permit(actor, "import_dispatch")
        before = self._repos.programme.dispatch(dispatch_id).fields
        fields = dict(before)
        fields |= {name: value for name, value in changed.items() if name in CORRECTABLE}
        if fields.get("date"):
            fields["date"] = rules.parse_date(fields["date"]).isoformat()
        if len(fields.get("message_kinds", ())) != len(fields["messages"]):
            kinds = list(fields.get("message_kinds", ()))[: len(fields["messages"])]
            fields["message_kinds"] = kinds + ["loudspeaker"] * (len(fields["messages"]) - len(kinds))
        number, symbol = fields.get("number"), fields.get("symbol")
        fields["number_symbol"] = f"{number}/{symbol}" if number and symbol else None
        mended = {name for name, value in fields.items() if before.get(name) != value}
        doubtful = [one.ordinal for one in self.doubts(dispatch_id) if one.is_open and one.field in mended]
        with self._repos.store.write():
            self._repos.programme.set_dispatch_fields(dispatch_id, fields)
            self._readings.answer(dispatch_id, doubtful, "corrected", actor.id, self._repos.clock.now())

    def acts(self, dispatch_id: int) -> list[ActHit]:
        """What the dispatch does to earlier ones, each with the campaigns that it hits."""
        acts = self._readings.acts(dispatch_id)
        if not acts:
            return []
        numbers = [number for number in self._repos.programme.dispatch_numbers() if number[0] != dispatch_id]
        campaigns = self._repos.programme.campaigns()
        hits: list[ActHit] = []
        for act in acts:
            meant = tuple(
                one for one, symbol, issued in numbers if speaks_of(act.target, act.target_date, symbol, issued)
            )
            if act.done_at:
                ended = tuple(one for one in campaigns if one.id in act.campaign_ids)
            else:
                ended = tuple(one for one in campaigns if one.dispatch_id in meant and self._runs(one))
            hits.append(ActHit(act, meant, ended))
        return hits

    def obey(
        self, actor: Person, dispatch_id: int, act_index: int, campaign_ids: Sequence[int] | None = None
    ) -> tuple[int, ...]:
        """Stop or replace the campaigns that an act of the dispatch ends (their ids); done before, nothing is done.

        1. Which campaigns: those that the act hits, or `campaign_ids` where the officer says which (none is an answer).
        2. From when: the first day without them that the dispatch names, else now.
        3. A stop for a while is a pause; a replacement puts this dispatch's own campaign in their place.

        Raises Refused: act_no_campaign, act_no_draft, dispatch_doubtful, or why a campaign cannot be started.
        """
        permit(actor, "plan", DEFAULT_ZONE)
        hit = next((one for one in self.acts(dispatch_id) if one.act.ordinal == act_index), None)
        act = hit.act if hit else self._readings.act(dispatch_id, act_index)
        if act.done_at:
            return act.campaign_ids
        if campaign_ids is None:
            campaign_ids = [one.id for one in hit.campaigns] if hit else []
            if not campaign_ids:
                raise Refused("act_no_campaign", target=act.target or "không rõ số")
        self._end(actor, act, campaign_ids)
        self._readings.obeyed(act, campaign_ids, actor.id, self._repos.clock.now())
        return tuple(campaign_ids)

    def _end(self, actor: Person, act: KeptAct, campaign_ids: Sequence[int]) -> None:
        now = self._repos.clock.now()
        at = max(now, self._begins(act.since)) if act.since else now
        left = list(campaign_ids)
        if act.kind is ActKind.REPLACE and left:
            refuse_doubtful(self._repos, act.dispatch_id)
            own = [one for one in self._repos.programme.campaigns() if one.dispatch_id == act.dispatch_id]
            if not own:
                raise Refused("act_no_draft")
            self._campaigns.replace(actor, left.pop(0), own[-1].id, at)
        for campaign_id in left:
            if act.kind is ActKind.STOP and act.until:
                self._campaigns.pause(actor, campaign_id, at, self._begins(act.until + timedelta(days=1)))
            else:
                self._campaigns.stop(actor, campaign_id, at)

    def _begins(self, day: date) -> datetime:
        begins, _ = rules.day_span(day, self._repos.config.station.time_zone)
        return begins

    def _runs(self, campaign: Campaign) -> bool:
        return campaign.state is CampaignState.ACTIVE and campaign.stopped_at is None


def _corrected(dispatch: Dispatch, fields: dict[str, Any]) -> Dispatch:
    """The dispatch as read, with the officer's corrections over it."""
    texts: dict[str, Any] = {name: fields[name] for name in _TEXTS if name in fields}
    lists: dict[str, Any] = {name: tuple(fields[name]) for name in _LISTS if name in fields}
    kinds = tuple(MessageKind(kind) for kind in fields.get("message_kinds", ()))
    return replace(dispatch, **texts, **lists, message_kinds=kinds)
