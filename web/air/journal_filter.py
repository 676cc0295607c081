"""The filter of the journal's page: what the address asks for, its faults, and the same again for a link.

It reads and writes addresses; which airings fit is `store.air.journal_search`'s.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import request

from scheduler.core.model import AiringOutcome
from scheduler.core.planning.rules import parse_date
from scheduler.core.report.journal_filter import Filter, Place
from scheduler.core.words.wording import OUTCOMES, sentence, sentence_of
from scheduler.kernel.errors import Refused
from web.auth import services
from web.formats import day_words, today
from web.words.zones import zone_word

__all__ = ["OUTCOME_GROUPS", "Asked"]

OUTCOME_GROUPS: dict[str, tuple[str, tuple[AiringOutcome, ...]]] = {
    "da-phat": ("Có tiếng (trọn hoặc dở)", (AiringOutcome.PLAYED, AiringOutcome.PARTIAL)),
    "khong-phat": ("Không phát được", (AiringOutcome.MISSED, AiringOutcome.REFUSED, AiringOutcome.FAILED)),
    **{one.value: (word, (one,)) for one, word in OUTCOMES.items()},
}
"""By the word in the address: what it is called, and which outcomes it stands for."""
_LONGEST_BEFORE = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `typed`: the fields as they came, for drawing them again."""

    wanted: Filter
    typed: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    """Field -> its sentence."""
    after: Place | None = None
    newest_first: bool = False
    dispatch_id: int | None = None

    @classmethod
    def of_request(cls) -> "Asked":
        source = request.form if request.method == "POST" else request.args
        typed = {name: source.get(name, "").strip()[:600] for name in _FIELDS}
        faults: dict[str, str] = {}
        number, dispatch_id = _dispatch(typed["cong_van"])
        first, last = _days(typed, faults, dispatch_id)
        kinds = OUTCOME_GROUPS.get(typed["ket_qua"])
        wanted = Filter(
            first=first,
            last=last,
            campaign_id=int(typed["dot"]) if typed["dot"].isdecimal() and len(typed["dot"]) < 16 else None,  # noqa: PLR2004 - SQLite's integers
            dispatch=number,
            zone=typed["vung"] if typed["vung"] in services().config.zone_names else None,
            outcomes=kinds[1] if kinds else (),
            words=typed["q"],
        )
        order = source.get("xep", "")
        newest_first = order == "moi" or (order != "cu" and first != last)
        return cls(wanted, typed, faults, _place(source.get("sau", "")), newest_first, dispatch_id)

    @property
    def is_day(self) -> bool:
        return self.wanted.first == self.wanted.last

    def address(self, **more: Any) -> dict[str, Any]:
        """The same again, for a link."""
        kept = {name: self.typed[name] or None for name in ("dot", "cong_van", "vung", "ket_qua", "q")}
        days: dict[str, Any] = {"ngay": self.wanted.first.isoformat()}
        if not self.is_day:
            days = {"tu": day_words(self.wanted.first), "den": day_words(self.wanted.last)}
        return days | kept | more

    def words(self) -> str:
        """Which airings, beyond the days, in words; '' = all of them."""
        told = []
        if self.wanted.dispatch:
            told.append(f"công văn {self.wanted.dispatch}")
        if self.wanted.campaign_id is not None:
            told.append(f"đợt số {self.wanted.campaign_id}")
        if self.wanted.zone:
            told.append(zone_word(self.wanted.zone))
        if self.typed["ket_qua"] in OUTCOME_GROUPS:
            told.append(OUTCOME_GROUPS[self.typed["ket_qua"]][0])
        if self.wanted.words:
            told.append(f"có chữ “{self.wanted.words}”")
        return ", ".join(told)


_FIELDS = ("ngay", "tu", "den", "dot", "cong_van", "vung", "ket_qua", "q")


def _days(typed: dict[str, str], faults: dict[str, str], dispatch_id: int | None) -> tuple[date, date]:
    """The days asked for; where only a dispatch is, from some days before it until now."""
    if not (typed["tu"] or typed["den"] or typed["ngay"]) and dispatch_id is not None:
        return _around_dispatch(dispatch_id)
    day = _day(typed, "ngay", faults) or today()
    if not (typed["tu"] or typed["den"]):
        return day, day
    last = _day(typed, "den", faults) or today()
    first = _day(typed, "tu", faults) or last
    if first > last and not faults:
        faults["tu"] = sentence("dates_backwards")
        return last, last
    return first, last


def _day(typed: dict[str, str], name: str, faults: dict[str, str]) -> date | None:
    if not typed[name]:
        return None
    try:
        return parse_date(typed[name])
    except Refused as refused:
        faults[name] = sentence_of(refused)
        return None


def _around_dispatch(dispatch_id: int) -> tuple[date, date]:
    """The days that airtime is compared on: some before the dispatch, and since it, as far as a chart can show."""
    issued = services().ledger.of_dispatch(dispatch_id).issued
    first = issued - timedelta(days=services().config.planning.baseline_days)
    last = max(first, min(today(), first + _LONGEST_BEFORE))
    return first, last


def _dispatch(typed: str) -> tuple[str | None, int | None]:
    """A dispatch by its number in the address: the number, and its row where it is in the house."""
    if not typed:
        return None, None
    known = {number: key for key, number, _ in services().dispatches.numbers() if number}
    return typed, known.get(typed)


def _place(typed: str) -> Place | None:
    day, _, rest = typed.partition("|")
    start, _, seq = rest.rpartition("|")
    return (day, start, int(seq)) if day and start and seq.isdecimal() and len(seq) < 16 else None  # noqa: PLR2004 - as above
