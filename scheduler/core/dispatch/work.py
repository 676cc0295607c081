"""Việc của công văn: each thing that a dispatch asks for, in the order of its text, with the draft that it gives.

A draft stands beside the duty that orders it. A duty without one is for others than the loudspeakers, or is said by the
draft of another. Where airing is ordered and nothing says what, the dispatch as a whole is the draft. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scheduler.core.dispatch.contents import Content, contents_of
from scheduler.core.dispatch.draft import said_draft, seconds_of
from scheduler.core.dispatch.model import Channel, Dispatch, Duty, Excerpt

__all__ = ["OWN", "WorkItem", "own_words", "work_of"]

OWN = "own"
"""The key of the draft of a dispatch as a whole."""
_LONGEST_TITLE = 90


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that is asked for. `key` names it for as long as the text and the reader are the same."""

    key: str
    title: str
    channel: Channel
    start: int
    end: int
    content: Content | None
    """What is to be said; None = nothing by this item."""
    duty: Duty | None

    @property
    def is_aired(self) -> bool:
        return self.content is not None and self.channel is Channel.LOUDSPEAKER

    @property
    def seconds(self) -> float:
        """About how long a loudspeaker voice needs for it."""
        return seconds_of([self.content.text]) if self.content else 0.0


def work_of(d: Dispatch) -> tuple[WorkItem, ...]:
    """Every item, in the order of the text."""
    contents = list(contents_of(d))
    whole = _whole(d) if not any(one.channel is Channel.LOUDSPEAKER for one in contents) else None
    if whole is not None:
        contents.append(whole)
    duties, items = list(d.duties), list[WorkItem]()
    for n, content in enumerate(contents):
        duty = _duty_of(content, duties)
        if duty is not None:
            duties.remove(duty)
        at = content.excerpt
        key = OWN if content is whole else f"{at.start}-{n}"
        items.append(WorkItem(key, content.title, content.channel, at.start, at.end, content, duty))
    items += _left(duties)
    return tuple(sorted(items, key=lambda one: (one.start, one.key)))


def own_words(d: Dispatch) -> Content:
    """The dispatch as a whole, to be said in the officer's own words."""
    said = said_draft(d)
    return Content(said.title, said.text, Channel.LOUDSPEAKER, d.phones, d.urls, Excerpt("", 0, 0))


def _whole(d: Dispatch) -> Content | None:
    """The whole dispatch as one draft, beside the order to air; None where no airing is ordered."""
    spoken = [duty for duty in d.duties if duty.channel is Channel.LOUDSPEAKER]
    places = [*(duty.excerpt for duty in spoken), *d.excerpts.get("frequency", ())]
    if not places:
        return None
    said = own_words(d)
    return Content(said.title, said.text, said.channel, said.phones, said.urls, places[0])


def _duty_of(content: Content, duties: Sequence[Duty]) -> Duty | None:
    """The duty whose words a draft is made of; else the last one before it that is for the same channel."""
    at = content.excerpt
    for duty in duties:
        if duty.excerpt.start < at.end and at.start < duty.excerpt.end:
            return duty
    before = [duty for duty in duties if duty.excerpt.end <= at.start and duty.channel is content.channel]
    return before[-1] if before else None


def _left(duties: Sequence[Duty]) -> Iterator[WorkItem]:
    for duty in duties:
        at = duty.excerpt
        title = duty.text if len(duty.text) <= _LONGEST_TITLE else duty.text[:_LONGEST_TITLE].rsplit(" ", 1)[0] + "…"
        yield WorkItem(f"{at.start}-", title, duty.channel, at.start, at.end, None, duty)
