"""Clauses about airing with the orders that they give, and how a reading of one is judged.

A line is `must|no|ok | the clause => order ; order`: "no" = it needs no doubt, "must" = it has to be asked about, "ok" = a
doubt is as good as the right values. Days are d/m of 2026, weekdays 0 = Monday; a clause stands in a dispatch of 3/3/2026.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scheduler.core.dispatch import dispatch_json, read_dispatch
from tests.core.dispatch import letter

HEAD = letter.HEAD.replace("ngày 05 tháng 7 năm 2024", "ngày 03 tháng 3 năm 2026")
TAIL = "\n\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n"
FOLDER = Path(__file__).with_name("orders")

LETTERS = ("fresh-letters.txt", "fresh-letters-2.txt", "fresh-letters-3.txt", "fresh-letters-4.txt")
NAMES = {
    "n": "per_day", "w": "per_week", "at": "at", "win": "windows", "xwin": "except_windows", "wd": "weekdays",
    "xd": "except_days", "nb": "not_before", "na": "not_after", "dates": "dates", "from": "start", "to": "end",
    "mins": "session_minutes", "max": "max_minutes", "day": "minutes_a_day", "every": "every_minutes", "f": "factor",
    "inc": "increase", "share": "share", "days": "days", "most": "at_most", "parts": "parts", "each": "each_text",
}  # fmt: skip
_HOURS = frozenset({"at", "nb", "na", "win", "xwin"})
_DAYS = frozenset({"from", "to", "dates", "xd"})
_LISTS = frozenset({"at", "win", "xwin", "dates", "xd", "parts"})
ASKED_OF_A_CAMPAIGN = frozenset({"frequency_unkept", "frequency_without_number", "frequency_side_by_side"})
"""Doubts about what is to be done with a value that was read rightly."""


@dataclass(frozen=True)
class Clause:
    doubt: str
    text: str
    orders: tuple[dict[str, object], ...]

    def __str__(self) -> str:
        return self.text


def clauses(name: str) -> Iterator[Clause]:
    """The clauses of one file of the corpus."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if " | " not in line or line.startswith("#"):
            continue
        doubt, _, rest = line.partition(" | ")
        text, _, orders = rest.rpartition(" => ")
        yield Clause(
            doubt.strip(),
            text.strip(),
            tuple(_order(one) for one in orders.split(" ; ") if one.strip() not in {"-", "ok"}),
        )


def _order(written: str) -> dict[str, object]:
    return {NAMES[name]: _value(name, value) for name, _, value in (part.partition("=") for part in written.split())}


def _value(name: str, value: str) -> object:
    if name in {"inc", "most", "each"}:
        return True
    if name == "wd":
        return [int(day) for day in value]
    if name in {"f", "share"}:
        return float(value)
    if name not in _HOURS | _DAYS | {"parts"}:
        return int(value)
    made = [_one(name, one) for one in value.split(",")]
    return made if name in _LISTS else made[0]


def _one(name: str, value: str) -> str:
    if name in _HOURS:
        return "-".join(hour.rjust(5, "0") for hour in value.split("-"))
    if name in _DAYS:
        day, month, *year = (int(part) for part in value.split("/"))
        return date(year[0] if year else 2026, month, day).isoformat()
    return value


def read_body(body: str) -> tuple[list[dict[str, object]], list[str]]:
    """The orders of a body without their quotes, and the reasons of what is asked about them."""
    found = dispatch_json(read_dispatch(f"{HEAD}{body}{TAIL}"))
    orders = [{key: value for key, value in order.items() if key != "quote"} for order in found["frequency"]]
    asked = [
        f"{one['reason']}: {one['details'].get('raw', '')}"
        for one in found["doubts"]
        if one["field"] in {"frequency", "effective"}
    ]
    return orders, asked


def verdict(clause: Clause, orders: list[dict[str, object]], asked: list[str]) -> str:
    """right, needless (a doubt about what is plain), asked (a doubt that is due), silent (wrong, and nobody is asked)."""
    same = orders == list(clause.orders)
    if clause.doubt == "must":
        return "asked" if asked else "silent"
    if any(one.partition(":")[0] not in ASKED_OF_A_CAMPAIGN for one in asked):
        return "needless" if clause.doubt == "no" else "asked"
    return "right" if same or (clause.doubt == "ok" and not clause.orders) else "silent"


def dispatches() -> Iterator[Clause]:
    """The bodies of whole dispatches; `=== doubt | orders` stands before each."""
    for name in ("dispatches.txt", "fresh-dispatches.txt", "guard.txt", *LETTERS):
        for block in (FOLDER / name).read_text(encoding="utf-8").split("\n=== ")[1:]:
            head, _, body = block.partition("\n")
            doubt, _, orders = head.partition(" | ")
            found = tuple(_order(one) for one in orders.split(" ; ") if one.strip() != "-")
            yield Clause(doubt.strip(), body.strip(), found)
