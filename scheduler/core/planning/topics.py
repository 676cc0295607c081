"""Which campaigns are about the same: of those speak the minutes before and after a dispatch.

By topic where there is one, else by what replaced what. Pure.
"""

from collections.abc import Iterable

from scheduler.core.model import Campaign

__all__ = ["related"]


def related(own: Iterable[Campaign], others: Iterable[Campaign], before: Iterable[int] = ()) -> frozenset[int]:
    """The campaigns whose airtime "before" and "after" speak of, the dispatch's own among them.

    Those with one of its topics (chủ đề); where it names none, the line of those it replaced, from `before` on.
    """
    own, known = list(own), {one.id: one for one in others}
    topics = {_topic(one) for one in own} - {""}
    found = {one.id for one in own}
    if topics:
        return frozenset(found | {one.id for one in known.values() if _topic(one) in topics})
    ahead = [*before, *(one.replaces for one in own if one.replaces)]
    while ahead:
        campaign_id = ahead.pop()
        if campaign_id in found or campaign_id not in known:
            continue
        found.add(campaign_id)
        if replaced := known[campaign_id].replaces:
            ahead.append(replaced)
    return frozenset(found)


def _topic(campaign: Campaign) -> str:
    return " ".join(campaign.topic.split()).casefold()
