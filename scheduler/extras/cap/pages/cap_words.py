"""The words of Cảnh báo: what the lists of CAP 1.2 are called here.

Tables; nothing is decided here.
"""

from pathlib import Path

from scheduler.kernel.words import Words

__all__ = [
    "CERTAINTIES",
    "CHOICES",
    "MSG_TYPES",
    "NOTICES",
    "PROOFS",
    "SEVERITIES",
    "STATUSES",
    "URGENCIES",
    "USUAL",
    "WAYS",
]

MSG_TYPES = Words(Path(__file__).parents[1], "msg_types", str)
STATUSES = Words(Path(__file__).parents[1], "statuses", str)
SEVERITIES = Words(Path(__file__).parents[1], "severities", str)
URGENCIES = Words(Path(__file__).parents[1], "urgencies", str)
CERTAINTIES = Words(Path(__file__).parents[1], "certainties", str)
PROOFS = Words(Path(__file__).parents[1], "proofs", str)
WAYS = Words(Path(__file__).parents[1], "ways", str)
NOTICES = Words(Path(__file__).parents[1], "notices", str)
_VAGUE = frozenset({"Unknown", "Past", "Unlikely"})
_LISTS = {"severity": SEVERITIES, "urgency": URGENCIES, "certainty": CERTAINTIES}
CHOICES = {name: {value: word for value, word in told.items() if value not in _VAGUE} for name, told in _LISTS.items()}
"""What a form offers: nobody orders anything by a level that says nothing."""
USUAL = {"severity": "Severe", "urgency": "Expected", "certainty": "Likely"}
"""What a form begins with."""
