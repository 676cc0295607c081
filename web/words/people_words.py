"""Words of the pages about people: what a role and a key may, how a browser is called, what was done just now.

Tables and the reading of a browser's own name; it decides nothing.
"""

import re
from pathlib import Path

from scheduler.core.model import Role
from scheduler.kernel.words import Words

__all__ = ["DONE", "ROLE_MEANING", "SCOPE_GROUPS", "device_words"]

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


ROLE_MEANING = Words(Path(__file__).parent, "role_meaning", Role)
DONE = Words(Path(__file__).parent, "people_done", str)
"""Word of an address -> what it tells after an act."""
_SYSTEMS = (
    ("Android", "Điện thoại Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Máy tính Windows"),
    ("Macintosh", "Máy tính Mac"),
    ("Linux", "Máy tính Linux"),
)
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc_browser", "Cốc Cốc"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_PLAIN = re.compile(r"[^\w ./;:()-]")


def device_words(agent: str) -> str:
    """What people call the device that names itself so."""
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    browser = next((word for mark, word in _BROWSERS if mark in agent), "")
    told = ", ".join(filter(None, (system, browser)))
    return told or _PLAIN.sub("", agent)[:40] or "Thiết bị không rõ"
