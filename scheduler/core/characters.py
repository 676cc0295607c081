"""Characters that steer what shows a text instead of standing in it: control codes, and marks that turn a line around.

Nobody types them; in a title they forge lines of a log, steer a terminal, or show a leader other words than are said.
Line breaks and tabs are text. It knows nothing of where a text comes from or goes to.
"""

import re

__all__ = ["escaped", "without_controls"]

_STEERING = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")
_BREAKING = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]")


def without_controls(text: str) -> str:
    """The same without what steers."""
    return _STEERING.sub("", text) if _STEERING.search(text) else text


def escaped(text: str) -> str:
    """The same as one line that steers nothing, every such character written out as Python would."""
    return _BREAKING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
