"""Drafts of a dispatch: an announcement for each thing that it orders to be said, with a campaign to air it.

Each item becomes one draft, once. A draft airs nothing: it is composed, heard, handed in and approved like any other,
and its campaign begins with the approval. What the dispatch leaves out its campaigns leave out.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from scheduler.core.delivery import shape_text
from scheduler.core.dispatch import (
    OWN,
    Content,
    Dispatch,
    WorkItem,
    boost_of,
    campaign_hint,
    campaign_hints,
    exceptions_of,
    own_words,
    phases_of,
    windows_of,
    work_of,
)
from scheduler.core.dispatch.hints import USUAL_INCREASE
from scheduler.core.dispatch.model import FrequencyOrder
from scheduler.core.model import ALL_WEEKDAYS, DEFAULT_ZONE, Boost, BoostKind, Campaign, Person
from scheduler.core.planning import rules
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.announcements import MAX_TITLE
from scheduler.services.announcement.scripts import usual_shape
from scheduler.services.dispatch.dispatches import DispatchService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Readings

DEFAULT_WINDOWS = ("06:00-07:00", "16:30-18:00")
USUAL_AIRINGS = 2
"""A day, before a dispatch asks for more."""
DEFAULT_DAYS = 30
_UNSTATED = Boost(BoostKind.FACTOR, USUAL_INCREASE)
"""Of an increase without a number, where nobody has said more."""


@dataclass(frozen=True, slots=True)
class DraftMade:
    """What was made of one item. `campaign_id` None: when it airs is said while it is composed."""

    item: str
    announcement_id: int
    campaign_id: int | None


class DispatchDrafts:
    def __init__(self, parts: Repositories, dispatches: DispatchService) -> None:
        self._parts = parts
        self._dispatches = dispatches
        self._readings = Readings(parts.store)

    def items(self, dispatch_id: int) -> tuple[WorkItem, ...]:
        """What the dispatch asks for, in the order of its text. Raises NotFound."""
        return work_of(self._dispatches.corrected(dispatch_id))

    def made(self, dispatch_id: int) -> dict[str, DraftMade]:
        """The drafts that there are, by item. Of a dispatch of an earlier release the one draft is the whole's."""
        found = {item: DraftMade(item, *made) for item, made in self._readings.drafts(dispatch_id).items()}
        return found or self._of_earlier_release(dispatch_id)

    def next(self, announcement_id: int) -> int | None:
        """The next draft of the same dispatch that nobody has handed in; None where it was the last one."""
        return self._readings.next_draft(announcement_id)

    def make(
        self, actor: Person, dispatch_id: int, items: Collection[str] | None = None, per_day: int | None = None
    ) -> list[DraftMade]:
        """The drafts of these items, in the order of the text; what was made before is not made again.

        Args:
            items: keys; None = all that is to be aired, or the dispatch as a whole where nothing of it is.
            per_day: airings a day, where an officer has said what the dispatch leaves open.

        Raises Refused dispatch_nothing_to_say, where nothing is left to be made a draft of.

        """
        permit(actor, "write", DEFAULT_ZONE)
        dispatch = self._dispatches.corrected(dispatch_id)  # slow work stays outside the transaction
        contents = _contents(dispatch, items)
        with self._parts.store.write():
            made = self.made(dispatch_id)
            if items is None and made.keys() == {OWN}:
                return list(made.values())
            found = [
                made.get(key) or self._add(actor, dispatch_id, dispatch, key, one, per_day) for key, one in contents
            ]
        if not found:
            raise Refused("dispatch_nothing_to_say")
        return found

    def write_own(self, actor: Person, dispatch_id: int) -> int:
        """An announcement that the officer writes about the dispatch, begun with its own words; the same one again."""
        permit(actor, "write", DEFAULT_ZONE)
        content = own_words(self._dispatches.corrected(dispatch_id))
        with self._parts.store.write():
            if known := self.made(dispatch_id).get(OWN):
                return known.announcement_id
            announcement_id = self._announcement(actor, dispatch_id, content)
            self._readings.keep_draft(dispatch_id, OWN, announcement_id, None)
            return announcement_id

    def proposed(self, dispatch_id: int, per_day: int | None = None) -> Campaign:
        """The campaign that a draft of this dispatch would have; nothing is written."""
        dispatch = self._dispatches.corrected(dispatch_id)
        return self._campaign("", 0, dispatch_id, dispatch, per_day)

    def leaving_out(self, campaign: Campaign, dispatch_id: int) -> Campaign:
        """A campaign that leaves out what the dispatch does. Raises NotFound."""
        return _leaving_out(campaign, self._dispatches.corrected(dispatch_id))

    def _of_earlier_release(self, dispatch_id: int) -> dict[str, DraftMade]:
        sql = "SELECT id, announcement_id FROM campaign WHERE dispatch_id = ? ORDER BY id LIMIT 1"
        row = self._parts.store.row(sql, (dispatch_id,))
        return {} if row is None else {OWN: DraftMade(OWN, int(row["announcement_id"]), int(row["id"]))}

    def _add(
        self, actor: Person, dispatch_id: int, dispatch: Dispatch, key: str, content: Content, per_day: int | None
    ) -> DraftMade:
        announcement_id = self._announcement(actor, dispatch_id, content)
        campaign = self._campaign(content.title[:MAX_TITLE], announcement_id, dispatch_id, dispatch, per_day)
        campaign_id = self._parts.programme.add_campaign(campaign, actor.id, self._parts.clock.now())
        self._readings.keep_draft(dispatch_id, key, announcement_id, campaign_id)
        return DraftMade(key, announcement_id, campaign_id)

    def _announcement(self, actor: Person, dispatch_id: int, content: Content) -> int:
        if not content.text.strip():
            raise Refused("dispatch_nothing_to_say")
        row = {"title": content.title[:MAX_TITLE], "text": content.text, "author_id": actor.id}
        row |= {"dispatch_id": dispatch_id, "shape_json": shape_text(usual_shape(self._parts.config))}
        return self._parts.programme.add_announcement(row, self._parts.clock.now())

    def _campaign(
        self, title: str, announcement_id: int, dispatch_id: int, dispatch: Dispatch, per_day: int | None
    ) -> Campaign:
        """A draft out of the dispatch's orders about airing: what is over by today is left out."""
        today = rules.local_day(self._parts.clock.now(), self._parts.config.station.time_zone)
        ahead = [one for one in campaign_hints(dispatch) if not one.end or date.fromisoformat(one.end) >= today]
        hint = ahead[0] if ahead else (campaign_hint(dispatch) or FrequencyOrder(quote=""))
        stated = _stated(per_day)
        phases = tuple(
            replace(one, boost=stated) if stated and one.boost == _UNSTATED else one
            for one in phases_of(dispatch, base=USUAL_AIRINGS, today=today)
        )
        start = max(date.fromisoformat(hint.start), today) if hint.start else today
        last = (ahead or [hint])[-1].end
        begins = phases[-1].start if phases else start
        end = date.fromisoformat(last) if last else begins + timedelta(days=DEFAULT_DAYS - 1)
        made = Campaign(
            id=0,
            title=title,
            announcement_id=announcement_id,
            windows=windows_of(hint) or tuple(rules.parse_window(window) for window in DEFAULT_WINDOWS),
            base=USUAL_AIRINGS,
            boost=stated or boost_of(hint),
            weekdays=frozenset(hint.weekdays) or ALL_WEEKDAYS,
            start=start,
            end=max(end, start),
            dispatch_id=dispatch_id,
            phases=phases,
        )
        return _leaving_out(made, dispatch)


def _contents(dispatch: Dispatch, items: Collection[str] | None) -> list[tuple[str, Content]]:
    """Keys and words of what is to be made a draft of."""
    known = [(one.key, one.content, one.is_aired) for one in work_of(dispatch)]
    found = [(key, content) for key, content, aired in known if content and (aired if items is None else key in items)]
    return found or ([(OWN, own_words(dispatch))] if items is None else [])


def _leaving_out(campaign: Campaign, dispatch: Dispatch) -> Campaign:
    kept = exceptions_of(dispatch)
    return replace(
        campaign, except_days=kept.days, except_windows=kept.windows, dates=kept.dates, max_minutes=kept.max_minutes
    )


def _stated(per_day: int | None) -> Boost | None:
    """What an officer has said; as many as usual is no boost."""
    if per_day is None:
        return None
    return Boost() if per_day == USUAL_AIRINGS else Boost(BoostKind.TARGET, per_day)
