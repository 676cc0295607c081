"""What may stand in a cell of a file that a spreadsheet opens: text that it cannot take for a formula.

The one home of the rule; every CSV the station writes asks it. It changes text only, never a number, and decides
nothing about files that mark their cells as text themselves.
"""

import re

__all__ = ["safe_cell"]

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # spreadsheets of East Asia take the wide ones too
BREAKS = ("\t", "\r", "\n")
_UNSEEN = r"[\s\xad\u200b-\u200f\u2060\ufeff]*"
"""What may stand before a sign without being seen."""
_FORMULA = re.compile(_UNSEEN + "[" + re.escape("".join(FORMULA)) + "]")


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and (value.startswith(BREAKS) or _FORMULA.match(value)):
        return "'" + value
    return value
