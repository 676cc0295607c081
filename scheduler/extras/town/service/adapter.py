"""What of the inbox is the town's own: its signed envelopes, its several zones, and that it is told of every step.

An issue stands against the ward's approval and caps where its issuer may and names the basis; a stop order ends what it
names; proposals are taken over (`service.proposals`). Every step is told upwards once. Nothing here opens a connection.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from scheduler.core.delivery import PLAIN
from scheduler.core.model import CampaignState, Person, Trigger
from scheduler.core.planning.ledger import RECORDED_ONLY
from scheduler.core.stops import StopReason
from scheduler.extras.inbox.rules import State, Way
from scheduler.extras.inbox.service.adapter import Offer, Reasons, Step
from scheduler.extras.inbox.service.inbox import permit_each
from scheduler.extras.inbox.service.pipeline import Pipeline
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rows.town import Town
from scheduler.extras.town.rules.bodies import shape_of
from scheduler.extras.town.rules.envelope import AckState, Envelope, Kind, Moment, Status, unseal
from scheduler.extras.town.rules.kept import TownRow
from scheduler.extras.town.rules.routing import Entry, Issuer, Policy, entry_of, place_note
from scheduler.extras.town.service.clips import ClipService
from scheduler.extras.town.service.dispatches import dispatch_of, order_entry, overriding
from scheduler.extras.town.service.uplink_reports import TownUp
from scheduler.features import FEATURES
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories
from scheduler.store import Row, instant_text
from scheduler.store.database import reason_values

__all__ = ["TownAdapter", "standing_of"]

_WORDS = {
    "played": AckState.PLAYED,
    "partial": AckState.PARTIAL,
    "pre_empted": AckState.PARTIAL,
    "cancelled": AckState.CANCELLED,
}


def standing_of(airings: Sequence[Row]) -> tuple[AckState, int | None, str] | None:
    """The word, the milliseconds measured of all of them, and the reason of the last; None = nothing has begun.

    What was heard counts before what was not: one airing played and one missed is played.
    """
    sounded = [one for one in airings if one["outcome"] != "recorded"]
    measured = [one["played_ms"] for one in sounded if one["played_ms"] is not None]
    ms = sum(measured) if measured else None
    if any(one["sounds"] for one in airings):
        return AckState.PLAYING, ms, ""
    ended = [one for one in airings if one["outcome"]]
    if not ended:
        return None
    heard = [one for one in ended if one["played_ms"] and one["outcome"] != "recorded"]
    for outcome in ("played", "partial", "pre_empted"):
        if any(one["outcome"] == outcome for one in ended):
            told = AckState.PLAYED if outcome == "played" else AckState.PARTIAL
            return told, ms, "" if outcome == "played" else _reason(ended, outcome)
    if not heard and any(one["outcome"] == "recorded" for one in ended):
        return AckState.REFUSED, None, RECORDED_ONLY
    last = ended[-1]
    return _WORDS.get(last["outcome"], AckState.REFUSED), ms, last["reason"] or last["outcome"]


def _reason(ended: Sequence[Row], outcome: str) -> str:
    return next((one["reason"] for one in reversed(ended) if one["outcome"] == outcome), "") or outcome


ISSUER_LOGIN, ISSUER_NAME = "cấp trên {key}", "Cấp trên: {name}"


class Proposals(Protocol):
    """Who takes over what the town proposes."""

    def accept(self, actor: Person, row: TownRow, prove: Callable[[], None]) -> TownRow: ...
    def by_rule(self, row: TownRow) -> TownRow: ...
    def tend(self, row: TownRow) -> TownRow: ...


class TownAdapter(Pipeline[TownRow]):
    reasons = Reasons(
        decided="town_decided",
        expired="town_expired",
        no_words="town_no_words",
        no_sound="town_no_sound",
        no_session="town_no_session",
        returned="town_returned",
        withdrawn="town_withdrawn",
        dismissed="town_dismissed",
    )
    rule_login, rule_name = "quy tắc cấp trên", "Quy tắc của phường (lệnh cấp trên)"
    stop = StopReason.TOWN
    proposals: Proposals
    """Set by whoever takes them over."""

    def __init__(
        self,
        repos: Repositories,
        clips: ClipService,
        up: TownUp,
        announcements: AnnouncementService,
        campaigns: CampaignService,
        air: AirService,
    ) -> None:
        self.issues = Town(repos.store)
        super().__init__(repos, self.issues, announcements, campaigns, air)
        self._clips = clips
        self._up = up
        self._air = air

    # Reading

    def policy(self) -> Policy:
        """What config.toml lets the town's words do."""
        config = self.repos.config
        told = config.get(TownConfig)
        speakers = [*config.outputs, *(row for feature in FEATURES for row in feature.speakers(config))]
        heard_by = {
            zone: frozenset(f"{type(one).__name__}:{one.name}" for one in speakers if zone in one.zones)
            for zone in config.zone_names
        }
        return Policy(told.emergency, told.priority, told.caps, config.zone_names, heard_by)

    def envelope(self, row: TownRow) -> Envelope:
        """What was signed, from the row as it came; read again, never kept in parts."""
        return unseal(row.raw.encode(), {row.issuer})

    def offer(self, row: TownRow) -> Offer:
        told = self.envelope(row)
        shape = shape_of(told.body) if row.kind == Kind.ANNOUNCEMENT else PLAIN
        return Offer(row.title, told.text, told.priority, told.clip is not None, shape, not_before=told.not_before)

    def judged(self, row: TownRow, now_there: datetime | None) -> Entry:
        issuer = self.issues.issuers().get(row.issuer)
        if issuer is None:
            return Entry(Way.INBOX, (("town_not_pinned", {}),))
        return entry_of(self.envelope(row), issuer, self.policy(), Moment(self.repos.clock.now(), now_there))

    def person_of(self, issuer: Issuer) -> Person:
        """Who stands in the journal for an issuer."""
        return self.stand_in(ISSUER_LOGIN.format(key=issuer.key[:16]), ISSUER_NAME.format(name=issuer.name))

    # What may air

    def is_prepared(self, row: TownRow) -> bool:
        return row.kind == Kind.ANNOUNCEMENT

    def trigger(self, row: TownRow) -> Trigger | None:
        if row.kind != Kind.ANNOUNCEMENT:
            return None
        return Trigger.DRILL if row.status != Status.ACTUAL else super().trigger(row)

    def held(self, row: TownRow) -> Refused | None:
        return Refused("town_exercise") if row.status != Status.ACTUAL else None

    def dispatch(self, row: TownRow) -> int | None:
        return dispatch_of(self.repos, self.issues, self.envelope(row), self.issuer(row))

    def recording(self, row: TownRow) -> str | None:
        return self._clips.ready(row.clip_sha256)

    def lost(self, row: TownRow) -> Refused | None:
        return self._clips.hopeless(row.clip_sha256)

    # Against the ward's approval and caps

    def basis(self, row: TownRow) -> str:
        return row.basis

    def overrules(self, row: TownRow, rule: Person) -> None:
        with self.repos.store.write() as db:
            self.issues.override(row.announcement_id or 0, row.basis)
            number = self.envelope(row).dispatch_number
            self.repos.journal.append(db, overriding(self.repos, row, number, rule))

    def no_session(self, row: TownRow, actor: Person) -> TownRow | None:
        """The caps leave no session, and the basis stands against them: as soon as the other rules let it sound."""
        if not row.basis:
            return None
        try:
            with self.repos.store.write():
                said = row.announcement_id or 0
                slot_id = self.order_each(row, actor, lambda zone: self._air.play_now(actor, said, zone=zone))
                return self.rows.change(row, {"state": State.AIRED, "slot_id": slot_id})
        except Refused as refused:
            later = self.repos.clock.now() + timedelta(minutes=1)
            return self.rows.change(row, reason_values(refused) | {"retry_at": instant_text(later)})

    def left_out(self, row: TownRow, by: Person, refusals: Mapping[str, Refused]) -> None:
        """Into the journal: zones this ward has not, zones whose own rules refuse."""
        strange = place_note(row.doubts)
        with self.repos.store.write() as db:
            if strange is not None:
                named = next(iter(strange.details.values()), "")
                self.repos.journal.append(db, order_entry(self.repos, row, by, strange.reason, str(named)))
            for zone, refused in refusals.items():
                note = "; ".join(map(str, refused.details.values()))[:200]
                entry = order_entry(self.repos, row, by, refused.reason, note, zone=zone)
                self.repos.journal.append(db, entry)

    # Its own ways

    def accept(self, row: TownRow, actor: Person, prove: Callable[[], None]) -> TownRow | None:
        if row.kind == Kind.ANNOUNCEMENT:
            return None
        permit_each(actor, "plan", row)
        return self.proposals.accept(actor, row, prove)

    def step(self, row: TownRow) -> TownRow | None:
        if row.state == State.PREPARING and row.way == Way.STOP:
            return self._stop_named(row)
        if row.state == State.PREPARING and row.way == Way.TAKE:
            return self.proposals.by_rule(row)
        if row.kind != Kind.ANNOUNCEMENT and not self.is_expired(row):
            return self.proposals.tend(row)
        return None

    def _stop_named(self, row: TownRow) -> TownRow:
        """Lệnh dừng: everything of the issues it names ends now, what sounds and what is planned. Nobody is asked."""
        named = [one for one in self.issues.named(self.envelope(row).references) if one.id != row.id]
        self.end_each(named, State.CANCELLED, Refused("town_cancelled"))
        return self.tell(self.rows.change(row, {"state": State.TAKEN}), AckState.STORED)

    def supersede(self, topic: str | None = None) -> None:
        """Earlier versions (of one thing) end, but for a campaign that runs: it goes on until the new one is taken, so
        that an update nobody has looked at yet leaves no silence.
        """
        for old, new in self.issues.outdated(topic):
            self.safely(old, lambda old=old, new=new: self._replaced(old, new))  # type: ignore[misc]  # defaults bind

    def _replaced(self, old: TownRow, new: TownRow) -> None:
        """An earlier version ends. An emergency that has been heard with the same words already is not said again."""
        said, fresh = (self.envelope(one) for one in (old, new))
        same = (said.text, said.clip and said.clip.sha256) == (fresh.text, fresh.clip and fresh.clip.sha256)
        same = same and set(old.zones) == set(new.zones)
        if same and old.way == new.way == Way.AIR and old.slot_id and new.state == State.PREPARING:
            values: Row = {"state": State.AIRED, "slot_id": old.slot_id, "announcement_id": old.announcement_id}
            with self.repos.store.write():
                self.rows.change(new, values | {"reason": "town_same_words"})
                self.rows.change(old, {"state": State.SUPERSEDED, **reason_values(Refused("town_superseded"))})
            return
        self.end(old, State.SUPERSEDED, Refused("town_superseded"))

    def announcements_of(self, row: TownRow) -> tuple[int, ...]:
        if row.kind != Kind.CAMPAIGN or row.campaign_id is None:
            return super().announcements_of(row)
        return self.repos.programme.campaign(row.campaign_id).announcement_ids

    def is_running(self, row: TownRow) -> bool:
        if row.kind != Kind.CAMPAIGN or row.campaign_id is None:
            return False
        return self.repos.programme.campaign(row.campaign_id).state is CampaignState.ACTIVE

    # What the town is told

    def tell(self, row: TownRow, state: AckState, refused: Refused | None = None, *, ms: int | None = None) -> TownRow:
        """Tell upwards where an issue stands, if it is news; with what is strange in its place, if nothing else is."""
        if row.acked == state:
            return row
        refused = refused or place_note(row.doubts)
        with self.repos.store.write():
            row = self.rows.change(row, {"acked": state.value})
            self._up.ack(row.issue_id, state, refused, played_ms=ms)
        return row

    def told(self, row: TownRow, step: Step, refused: Refused | None = None) -> TownRow:
        if step is Step.APPROVED and row.acked not in {AckState.WAITING, AckState.PREPARING}:
            return row  # what airs by rule was approved by nobody here
        return self.tell(row, AckState(step.value), refused)

    def heard(self, row: TownRow, airings: list[dict[str, Any]]) -> TownRow:
        """Playing; then, when every zone has had its airing, how it ended and how much of it was measured."""
        standing = standing_of(airings)
        if standing is None:
            return row
        state, ms, reason = standing
        others = len(row.zones) > 1 and not all(one["outcome"] for one in airings)
        if state is not AckState.PLAYING and (row.open or others):
            return row  # it may be heard yet
        return self.tell(row, state, Refused(reason) if reason and state is not AckState.PLAYED else None, ms=ms)

    def heard_all(self, row: TownRow) -> TownRow:
        """A campaign is over: what was measured of all its airings together."""
        state, ms, reason = standing_of(self.rows.endings(row)) or (AckState.CANCELLED, None, "town_nothing_aired")
        if state is AckState.PLAYING:
            return row
        row = self.rows.change(row, {"state": State.AIRED})
        return self.tell(row, state, Refused(reason) if reason and state is not AckState.PLAYED else None, ms=ms)

    def over(self, row: TownRow) -> TownRow:
        """Its end, when nothing of it sounds any more, with what was measured until then."""
        heard = standing_of(self.rows.endings(row)) if row.announcement_id or row.slot_id or row.campaign_id else None
        if row.state not in _ENDS or (heard is not None and heard[0] is AckState.PLAYING):
            return row
        told = Refused(row.reason, **row.details)
        return self.tell(row, _ENDS[row.state], told, ms=heard[1] if heard else None)


_ENDS = {
    State.EXPIRED: AckState.EXPIRED,
    State.CANCELLED: AckState.CANCELLED,
    State.SUPERSEDED: AckState.CANCELLED,
    State.DISMISSED: AckState.REFUSED,
}
"""How the town is told that nothing more comes of an issue."""
