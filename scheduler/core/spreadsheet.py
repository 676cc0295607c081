"""What may stand in a cell of a file that a spreadsheet opens: text that it cannot take for a formula.

The one home of the rule; every CSV the station writes asks it. It changes text only, never a number, and decides
nothing about files that mark their cells as text themselves.
"""

__all__ = ["safe_cell"]

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # spreadsheets of East Asia take the wide ones too
BREAKS = ("\t", "\r", "\n")


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and (value.startswith(BREAKS) or value.lstrip().startswith(FORMULA)):
        return "'" + value
    return value
