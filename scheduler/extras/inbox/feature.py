"""One inbox for what other houses send: the pipeline, its page, its commands. Town, province and CAP adapt it.

The record of its parts: names only, nothing of it is imported here. It has none of its own: each adapter names its.
"""

from scheduler.features import Feature

__all__ = ["FEATURE"]

FEATURE = Feature(
    name="inbox",
    docs="inbox.md",
)
