"""What the inboxes of the province and of the town share: their list in the terminal.

The record of its parts: names only, nothing of it is imported here.
"""

from scheduler.features import Feature

__all__ = ["FEATURE"]

FEATURE = Feature(
    name="inbox",
    docs="province.md",
)
