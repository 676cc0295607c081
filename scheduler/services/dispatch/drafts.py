"""Drafts of a dispatch: an announcement for each thing that it orders to be said, and the campaign that airs them.

Each item becomes one draft, once. A rhythm holds for all that a dispatch has said: its drafts take turns in one
campaign, unless it counts each text by itself or an officer says so. A draft airs nothing: it is composed, heard,
handed in and approved like any other; the campaign begins with the first approval. What it leaves out, they leave out.
"""

from collections.abc import Collection, Mapping
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
    is_for_each_text,
    own_words,
    phases_of,
    windows_of,
    work_of,
)
from scheduler.core.dispatch.hints import USUAL_INCREASE
from scheduler.core.dispatch.model import FrequencyOrder
from scheduler.core.model import ALL_WEEKDAYS, DEFAULT_ZONE, Boost, BoostKind, Campaign, CampaignState, Person
from scheduler.core.planning import rules
from scheduler.core.planning.sessions import USUAL_WINDOWS
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.announcements import MAX_TITLE
from scheduler.services.announcement.scripts import usual_shape
from scheduler.services.dispatch.dispatches import DispatchService
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Readings

USUAL_AIRINGS = 2
"""A day, before a dispatch asks for more."""
DEFAULT_DAYS = 30
MOST_IN_TURN = 20
"""Drafts in one campaign; further ones get one of their own. A campaign holds a few more, for what a ward adds."""
_UNSTATED = Boost(BoostKind.FACTOR, USUAL_INCREASE)
"""Of an increase without a number, where nobody has said more."""


@dataclass(frozen=True, slots=True)
class DraftMade:
    """What was made of one item. `campaign_id`: shared by drafts that take turns; None: said while it is composed."""

    item: str
    announcement_id: int
    campaign_id: int | None


class DispatchDrafts:
    def __init__(self, repos: Repositories, dispatches: DispatchService, campaigns: CampaignService) -> None:
        self._repos = repos
        self._dispatches = dispatches
        self._campaigns = campaigns
        self._readings = Readings(repos.store)

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

    def are_apart(self, dispatch_id: int) -> bool:
        """Whether the dispatch counts each of its texts by itself ("mỗi bản tin 04 lượt/ngày"). Raises NotFound."""
        return is_for_each_text(self._dispatches.corrected(dispatch_id).frequency)

    def make(
        self,
        actor: Person,
        dispatch_id: int,
        items: Collection[str] | None = None,
        per_day: int | None = None,
        *,
        apart: bool | None = None,
    ) -> list[DraftMade]:
        """The drafts of these items, in the order of the text; what was made before is not made again.

        Args:
            items: keys; None = all that is to be aired, or the dispatch as a whole where nothing of it is.
            per_day: airings a day, where an officer has said what the dispatch leaves open.
            apart: each draft has a campaign of its own; None = as the dispatch orders.

        Raises Refused dispatch_nothing_to_say, where nothing is left to be made a draft of.

        """
        permit(actor, "write", DEFAULT_ZONE)
        dispatch = self._dispatches.corrected(dispatch_id)  # slow work stays outside the transaction
        contents = _contents(dispatch, items)
        if apart is None:
            apart = is_for_each_text(dispatch.frequency)
        with self._repos.store.write():
            made = self.made(dispatch_id)
            if items is None and made.keys() == {OWN}:
                return list(made.values())
            fresh = [one for one in contents if one[0] not in made]
            size = 1 if apart else MOST_IN_TURN
            for at in range(0, len(fresh), size):
                shared = None if apart else self._shared(made)
                made |= self._add(actor, dispatch_id, dispatch, dict(fresh[at : at + size]), per_day, shared)
        if not contents:
            raise Refused("dispatch_nothing_to_say")
        return [made[key] for key, _ in contents]

    def _shared(self, made: Mapping[str, DraftMade]) -> Campaign | None:
        """The campaign of earlier drafts that further ones take turns in; None where it is over, full or not there."""
        today = self._repos.today
        ids = sorted({one.campaign_id for one in made.values() if one.campaign_id is not None}, reverse=True)
        for campaign in map(self._campaigns.get, ids):
            is_over = campaign.end < today or campaign.stopped_at is not None
            if not is_over and campaign.state is not CampaignState.STOPPED:
                return campaign
        return None

    def write_own(self, actor: Person, dispatch_id: int) -> int:
        """An announcement that the officer writes about the dispatch, begun with its own words; the same one again."""
        permit(actor, "write", DEFAULT_ZONE)
        content = own_words(self._dispatches.corrected(dispatch_id))
        with self._repos.store.write():
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
        row = self._repos.store.row(sql, (dispatch_id,))
        return {} if row is None else {OWN: DraftMade(OWN, int(row["announcement_id"]), int(row["id"]))}

    def _add(
        self,
        actor: Person,
        dispatch_id: int,
        dispatch: Dispatch,
        contents: Mapping[str, Content],
        per_day: int | None,
        shared: Campaign | None,
    ) -> dict[str, DraftMade]:
        """Drafts that take turns: in `shared`, as far as it has room, else in a campaign of their own."""
        ids = {key: self._announcement(actor, dispatch_id, content) for key, content in contents.items()}
        said = list(ids.values())
        if shared is not None and len(shared.announcement_ids) + len(said) <= MOST_IN_TURN:
            campaign_id = shared.id
            with self._campaigns.owed.changing():
                self._repos.programme.change_campaign(replace(shared, rotation=(*shared.rotation, *said)))
        else:
            first, *rest = said
            title = (own_words(dispatch) if rest else next(iter(contents.values()))).title[:MAX_TITLE]
            campaign = self._campaign(title, first, dispatch_id, dispatch, per_day)
            campaign = replace(campaign, rotation=tuple(rest))
            campaign_id = self._repos.programme.add_campaign(campaign, actor.id, self._repos.clock.now())
        made = {key: DraftMade(key, announcement_id, campaign_id) for key, announcement_id in ids.items()}
        for one in made.values():
            self._readings.keep_draft(dispatch_id, one.item, one.announcement_id, one.campaign_id)
        return made

    def _announcement(self, actor: Person, dispatch_id: int, content: Content) -> int:
        if not content.text.strip():
            raise Refused("dispatch_nothing_to_say")
        row = {"title": content.title[:MAX_TITLE], "text": content.text, "author_id": actor.id}
        row |= {"dispatch_id": dispatch_id, "shape_json": shape_text(usual_shape(self._repos.config))}
        return self._repos.programme.add_announcement(row, self._repos.clock.now())

    def _campaign(
        self, title: str, announcement_id: int, dispatch_id: int, dispatch: Dispatch, per_day: int | None
    ) -> Campaign:
        """A draft out of the dispatch's orders about airing: what is over by today is left out."""
        today = self._repos.today
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
            windows=windows_of(hint) or tuple(rules.parse_window(window) for window in USUAL_WINDOWS),
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
