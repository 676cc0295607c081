"""Reading a dispatch (công văn): its text in, what it says and what it orders out, with the places it says so.

Pure: no file, no clock. Never raises anything but `DispatchError`. A value that the text does not give stays None or
empty; what is doubtful is said in `doubts` and must be confirmed by a person.

The reader is imported when a text is read: its patterns are a fifth of a start, and most processes read none.
"""

from scheduler.core.dispatch.contents import Content, contents_of
from scheduler.core.dispatch.draft import Draft, said_draft
from scheduler.core.dispatch.hints import (
    boost_of,
    campaign_hint,
    campaign_hints,
    is_for_each_text,
    phases_of,
    windows_of,
)
from scheduler.core.dispatch.left_out import exceptions_of
from scheduler.core.dispatch.model import ActKind, Channel, Confidence, Dispatch, DispatchAct, Doubt, Duty
from scheduler.core.dispatch.telling import dispatch_json
from scheduler.core.dispatch.text import tidy
from scheduler.core.dispatch.work import OWN, WorkItem, own_words, work_of

__all__ = [
    "OWN",
    "ActKind",
    "Channel",
    "Confidence",
    "Content",
    "Dispatch",
    "DispatchAct",
    "Doubt",
    "Draft",
    "Duty",
    "WorkItem",
    "boost_of",
    "campaign_hint",
    "campaign_hints",
    "contents_of",
    "dispatch_json",
    "exceptions_of",
    "is_for_each_text",
    "own_words",
    "phases_of",
    "read_dispatch",
    "said_draft",
    "tidy",
    "windows_of",
    "work_of",
]


def read_dispatch(text: str) -> Dispatch:
    """What a dispatch says. Raises DispatchError where `text` is empty or too long."""
    from scheduler.core.dispatch import reader

    return reader.read_dispatch(text)
