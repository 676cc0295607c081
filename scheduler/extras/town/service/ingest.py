"""What comes from the town is kept: believed, judged, sent the way the ward's rule says, or refused with its reason.

All of it in the transaction of whoever calls. A refusal of what nobody has signed is told upwards as a fact about the
line and never as an issue's: a forger must not make a ward speak of somebody else's issue. What becomes of a row that
is kept is the inbox's pipeline's.
"""

import logging
from dataclasses import asdict, dataclass, replace

from scheduler.extras.inbox.rules import AT_ONCE, Way
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rows.queue import JOINED
from scheduler.extras.town.rules.envelope import (
    AckState,
    Act,
    Envelope,
    Kind,
    Moment,
    Verdict,
    addressed_to,
    judge,
    read_claims,
    topic_of,
    unseal,
)
from scheduler.extras.town.rules.kept import TownRow
from scheduler.extras.town.rules.routing import Entry, entry_of, place_note
from scheduler.extras.town.service.adapter import TownAdapter
from scheduler.extras.town.service.clips import ClipService
from scheduler.extras.town.service.proposals import TownTake
from scheduler.extras.town.service.uplink_reports import TownUp
from scheduler.kernel.errors import Refused, as_texts
from scheduler.services.repositories import Repositories
from scheduler.store import Row, instant_text
from scheduler.store.database import json_text

__all__ = ["Taken", "TownTaking"]

log = logging.getLogger(__name__)

_ENDED_ELSEWHERE = 2**62
"""As the newest sequence of a thing that somebody else's stop order has ended: nothing earlier is new."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one message of the stream."""

    verdict: Verdict | None
    """None = refused before it could be judged, or known by its place in the stream."""
    reason: str = ""
    row: TownRow | None = None
    urgent: bool = False
    """It is to sound at once: `to_air` has it."""


class TownTaking:
    def __init__(
        self, repos: Repositories, adapter: TownAdapter, take: TownTake, clips: ClipService, up: TownUp
    ) -> None:
        self._repos = repos
        self._adapter = adapter
        self._rows = adapter.issues
        self._take = take
        self._clips = clips
        self._up = up

    def take_in(self, raw: bytes, subject: str, sequence: int, moment: Moment) -> Taken:
        """Keep an envelope, or why it is none, and queue what the town is told; in the caller's transaction."""
        pinned = self._rows.issuers()
        try:
            envelope = unseal(raw, pinned)
        except Refused as refused:
            return self.refused(raw, subject, sequence, refused)
        verdict = self._judged(envelope, moment)
        if self._is_history(envelope, subject, sequence, moment):
            return Taken(verdict)
        if verdict in {Verdict.NEW, Verdict.EXPIRED}:
            try:
                self._refuse_foreign(envelope)
                self._take.check(envelope)
            except Refused as refused:
                return self.refused(raw, subject, sequence, refused, envelope)
            entry = entry_of(envelope, pinned[envelope.issuer], self._adapter.policy(), moment)
            return self._new(raw, envelope, subject, sequence, entry if verdict is Verdict.NEW else None)
        if verdict is Verdict.AGAIN and self._is_same_place(envelope, sequence):
            return Taken(verdict)
        told = Refused(_REFUSED[verdict])
        return replace(self.refused(raw, subject, sequence, told, envelope), verdict=verdict)

    def _is_history(self, envelope: Envelope, subject: str, place: int, moment: Moment) -> bool:
        """It was over for a group before this ward came into it: nobody waits for this ward's word on it."""
        return place < (self._up.rows.cursor(JOINED + subject) or 0) and envelope.expires <= moment.station

    def _is_same_place(self, envelope: Envelope, place: int) -> bool:
        """It was taken ahead of its turn, and this is its turn: nothing was sent twice."""
        known = self._rows.of_issue(envelope.id)
        return known is not None and known.place == place

    def _judged(self, envelope: Envelope, moment: Moment) -> Verdict:
        newest, ended = self._rows.newest_sequence(topic_of(envelope), envelope.issuer)
        config = self._repos.config.get(TownConfig)
        return judge(
            envelope,
            seen=self._rows.of_issue(envelope.id) is not None,
            newest_sequence=_ENDED_ELSEWHERE if ended else newest,
            moment=moment,
            addressed=addressed_to(config.ward_id, config.groups),
        )

    def _refuse_foreign(self, envelope: Envelope) -> None:
        """An issuer changes and cancels its own issues; to stop, the word of any that is trusted will do."""
        if envelope.act is Act.ALERT or envelope.kind is Kind.STOP:
            return
        first = next(iter(self._rows.of_topic(topic_of(envelope))), None)
        if first is not None and first.issuer != envelope.issuer:
            raise Refused("town_other_issuer")

    def refused(
        self, raw: bytes, subject: str, sequence: int, refused: Refused, envelope: Envelope | None = None
    ) -> Taken:
        """Keep why it was not taken, and tell it upwards: of an issue where its issuer is known, else of the line."""
        claims = asdict(read_claims(raw))
        details = as_texts(refused.details, 200)
        values: Row = {"subject": subject[:200], "sequence": sequence, "reason": refused.reason, "bytes": len(raw)}
        values |= {"details_json": json_text(details), "claims_json": json_text(claims)}
        self._rows.refuse(values | {"at": instant_text(self._repos.clock.now())})
        log.warning("an envelope on %s at %d is not taken: %s", subject, sequence, refused)
        if envelope is None or refused.reason == "envelope_not_for_us":
            place = {"subject": subject[:200], "sequence": sequence, "bytes": len(raw)}
            self._up.log({"what": "refused", "reason": refused.reason, "details": details, "claims": claims} | place)
            return Taken(None, refused.reason)
        known = self._rows.of_issue(envelope.id) if refused.reason == "envelope_again" else None
        if known is not None and known.acked:
            self._up.ack(envelope.id, AckState(known.acked), place_note(known.doubts))
        else:
            self._up.ack(envelope.id, AckState.REFUSED, refused)
        return Taken(None, refused.reason)

    def _new(self, raw: bytes, envelope: Envelope, subject: str, place: int, entry: Entry | None) -> Taken:
        """Keep it. `entry` None = it has expired: kept too, so that it can be told, and goes nowhere."""
        topic = topic_of(envelope)
        values: Row = {
            "issue_id": envelope.id,
            "topic": topic,
            "issuer": envelope.issuer,
            "sequence": envelope.sequence,
            "kind": envelope.kind.value,
            "act": envelope.act.value,
            "status": envelope.status.value,
            "title": envelope.title or envelope.text[:80] or envelope.kind.value,
            "priority": envelope.priority.value,
            "raw": raw.decode(),
            "subject": subject,
            "place": place,
            "zone": entry.zones[0] if entry else "",
            "zones_json": json_text(entry.zones[1:] if entry else ()),
            "basis": entry.basis if entry else "",
            "reason": "" if entry else "town_expired",
            "clip_sha256": envelope.clip.sha256 if envelope.clip else None,
            "retry_at": instant_text(envelope.not_before) if envelope.not_before else None,
            "acked": _TOLD[entry.way].value if entry else AckState.EXPIRED.value,
            "issuer_id": self._adapter.person_of(self._rows.issuers()[envelope.issuer]).id,
            "expires_at": instant_text(envelope.expires),
        }
        if entry is not None and entry.way is Way.SESSION:
            values["decided_by"] = self._adapter.rule().id
        row = self._adapter.keep(entry or Entry(Way.EXPIRED), values)
        for thing in {topic, *(envelope.references if envelope.takes_back else ())}:
            self._rows.spoke(thing, envelope.issuer, envelope.sequence, ended=envelope.takes_back)
        if entry is not None and not envelope.takes_back:
            self._clips.want(envelope)
        self._up.ack(envelope.id, AckState(row.acked), place_note(row.doubts) if entry else Refused("town_expired"))
        verdict = Verdict.NEW if entry else Verdict.EXPIRED
        return Taken(verdict, row.reason, row, urgent=row.way in AT_ONCE)


_TOLD = {
    Way.AIR: AckState.RECEIVED,
    Way.DRILL: AckState.RECEIVED,
    Way.STOP: AckState.RECEIVED,
    Way.SESSION: AckState.STORED,
    Way.TAKE: AckState.STORED,
    Way.NOTE: AckState.STORED,
    Way.INBOX: AckState.WAITING,
}
_REFUSED = {
    Verdict.AGAIN: "envelope_again",
    Verdict.STALE: "envelope_stale",
    Verdict.NOT_FOR_US: "envelope_not_for_us",
}
