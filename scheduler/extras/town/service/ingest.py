"""What comes from the town is kept: believed, judged, sent the way the ward's rule says, or refused with its reason.

All of it in the transaction of whoever calls. A refusal of what nobody has signed is told upwards as a fact about the
line and never as an issue's: a forger must not make a ward speak of somebody else's issue. What becomes of a row that
is kept is `desk.town_work`'s.
"""

import logging
from dataclasses import asdict, dataclass, replace

from scheduler.config.loading import ClusterConfig, OutputConfig
from scheduler.extras.town.rows.queue import JOINED
from scheduler.extras.town.rows.town import Town, TownRow
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
from scheduler.extras.town.rules.routing import Entry, Policy, Way, entry_of, place_note
from scheduler.extras.town.service.airing import TownWork
from scheduler.extras.town.service.clips import ClipService
from scheduler.extras.town.service.proposals import TownTake
from scheduler.extras.town.service.uplink_reports import TownUp
from scheduler.kernel.errors import Refused
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
        self, parts: Repositories, rows: Town, work: TownWork, take: TownTake, clips: ClipService, up: TownUp
    ) -> None:
        self._parts = parts
        self._rows = rows
        self._work = work
        self._take = take
        self._clips = clips
        self._up = up

    def policy(self) -> Policy:
        """What config.toml lets the town's words do."""
        config = self._parts.config
        told = config.town
        speakers: tuple[OutputConfig | ClusterConfig, ...] = (*config.outputs, *config.clusters)
        heard_by = {
            zone: frozenset(f"{type(one).__name__}:{one.name}" for one in speakers if zone in one.zones)
            for zone in config.zone_names
        }
        return Policy(told.emergency, told.priority, told.caps, config.zone_names, heard_by)

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
            entry = entry_of(envelope, pinned[envelope.issuer], self.policy(), moment)
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
        config = self._parts.config.town
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
        details = {name: str(value)[:200] for name, value in refused.details.items()}
        values: Row = {"subject": subject[:200], "sequence": sequence, "reason": refused.reason, "bytes": len(raw)}
        values |= {"details_json": json_text(details), "claims_json": json_text(claims)}
        self._rows.refuse(values | {"at": instant_text(self._parts.clock.now())})
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
        topic, state = topic_of(envelope), _STATES[entry.way] if entry else "expired"
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
            "envelope": raw.decode(),
            "subject": subject,
            "place": place,
            "zone": entry.zones[0] if entry else "",
            "zones_json": json_text(entry.zones[1:] if entry else ()),
            "basis": entry.basis if entry else "",
            "state": state,
            "way": entry.way.value if entry and state == "preparing" else "",
            "doubts_json": json_text(entry.doubts if entry else ()),
            "reason": "" if entry else "town_expired",
            "clip_sha256": envelope.clip.sha256 if envelope.clip else None,
            "retry_at": instant_text(envelope.not_before) if envelope.not_before else None,
            "acked": _TOLD[entry.way].value if entry else AckState.EXPIRED.value,
            "issuer_id": self._work.issuer(self._rows.issuers()[envelope.issuer]).id,
            "received_at": instant_text(self._parts.clock.now()),
            "expires_at": instant_text(envelope.expires),
        }
        if entry is not None and entry.way is Way.SESSION:
            values["decided_by"] = self._work.rule().id
        row = self._rows.get(self._rows.add(values))
        for thing in {topic, *(envelope.references if envelope.takes_back else ())}:
            self._rows.spoke(thing, envelope.issuer, envelope.sequence, ended=envelope.takes_back)
        if entry is not None and not envelope.takes_back:
            self._clips.want(envelope)
        self._up.ack(envelope.id, AckState(row.acked), place_note(row.doubts) if entry else Refused("town_expired"))
        log.info("issue %s (%s): %s %s", row.issue_id, row.kind, row.state, row.way)
        verdict = Verdict.NEW if entry else Verdict.EXPIRED
        return Taken(verdict, row.reason, row, urgent=row.way in {"air", "drill"})


_STATES = {
    Way.AIR: "preparing",
    Way.DRILL: "preparing",
    Way.SESSION: "preparing",
    Way.STOP: "preparing",
    Way.TAKE: "preparing",
    Way.INBOX: "waiting",
    Way.NOTE: "taken",
}
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
