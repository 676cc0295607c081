"""The words of the keys' page: what each right is called there, in the order in which it is offered.

A table and nothing else.
"""

from pathlib import Path

from scheduler.kernel.words import Words

__all__ = ["SCOPE_GROUPS"]

_HERE = Path(__file__).parent
_HEADS = Words(_HERE, "scope_groups", str)
_SCOPES = Words(_HERE, "scopes", str)
_GROUPS = {
    "see": ("see", "metrics", "read_audit"),
    "write": ("import_dispatch", "write", "record", "make_speech", "edit_lexicon", "submit", "retire"),
    "air": ("plan", "play_now", "stop", "go_live", "drill", "send_sms", "test_output", "answer_ticket"),
    "decide": ("approve", "return", "withdraw", "break_in", "publish"),
}
SCOPE_GROUPS = tuple((_HEADS[head], tuple((code, _SCOPES[code]) for code in codes)) for head, codes in _GROUPS.items())
"""Heading -> the rights under it: code and words."""
