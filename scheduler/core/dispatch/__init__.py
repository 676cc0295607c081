"""Reading a dispatch (công văn): its text in, what it says and what it orders out, with the places it says so.

Pure: no file, no clock. Never raises anything but `DispatchError`. A value that the text does not give stays None or
empty; what is doubtful is said in `warnings` and must be confirmed by a person.
"""

from scheduler.core.dispatch.draft import Draft, campaign_hint, said_draft
from scheduler.core.dispatch.reader import dispatch_json, read_dispatch
from scheduler.core.dispatch.text import tidy

__all__ = ["Draft", "campaign_hint", "dispatch_json", "read_dispatch", "said_draft", "tidy"]
