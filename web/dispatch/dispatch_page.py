"""The page of one dispatch put together: its text with every place marked, and what was read beside it.

Doubts stand beside their line, duties with what the ward says of them, acts with the campaigns they hit, and the
ledger with its drawing. It reads rows and writes none; nothing is decided here.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flask import render_template

from scheduler.core.dispatch.duty_list import KeptDoubt, KeptDuty, is_late, standing
from scheduler.core.dispatch.stored import StoredDispatch
from scheduler.core.model import Campaign, CampaignState
from scheduler.core.planning import rules
from scheduler.core.words.wording import sentence
from scheduler.kernel.words import Words
from scheduler.services.dispatch.dispatches import ActHit
from web.auth import services
from web.marks import Mark, marked
from web.planning.ledger_view import LedgerView, ledger_view
from web.words.dispatch_words import ACTS, CHANNELS, DUTY_STATES, FIELDS, URGENCIES, doubt, order_sentence, order_words
from web.words.page_words import day_words

__all__ = ["form_of", "page_text"]

KINDS = Words(Path(__file__).parent, "dispatch_kinds", str)
LONGEST_PLACE = 120
"""Characters of a line that stand beside a doubt."""


class DoubtView(NamedTuple):
    kept: KeptDoubt
    words: str
    field: str
    place: str
    """Line number and words of its place; empty when the text does not say it at all."""
    sign: str


class DutyView(NamedTuple):
    kept: KeptDuty
    channel: str
    line: int
    late: bool


def page_text(stored: StoredDispatch, form: dict[str, Any], fault: str = "", answered: str = "") -> str:
    """The whole page. `fault`: why the form was not kept; `answered`: why another press was refused."""
    doubts = [_doubt(stored, one) for one in services().dispatches.doubts(stored.id)]
    duties = services().duties.of(stored.id)
    acts = services().dispatches.acts(stored.id)
    signs = {name: str(at) for at, name in enumerate((n for n in FIELDS if stored.excerpts.get(n)), 1)}
    campaigns = [one for one in services().campaigns.listed() if one.dispatch_id == stored.id]
    return render_template(
        "dispatches/page.html",
        dispatch=stored,
        form=form,
        fault=fault,
        answered=answered,
        fields=FIELDS,
        signs=signs,
        marked_text=marked(stored.text, _marks(stored, signs, doubts)),
        warnings=_warnings(stored, kept=bool(doubts or duties or acts)),
        doubts=doubts,
        open_doubts=[one.kept.ordinal for one in doubts if one.kept.is_open],
        orders=[
            {"words": order_words(order), "quote": order["quote"], "sentence": order_sentence(order)}
            for order in stored.fields.get("frequency", ())
        ],
        effective=_effective(stored.fields.get("effective")),
        urgency=URGENCIES.get(stored.fields.get("urgency") or ""),
        kinds=[KINDS.get(kind, "") for kind in stored.fields.get("message_kinds", ())] + [""] * len(form["messages"]),
        campaigns=campaigns,
        announcement=services().announcements.get(campaigns[-1].announcement_id) if campaigns else None,
        rows=lambda text: min(max(text.count("\n") + 1, 1), 8),
        **_duty_words(stored, duties),
        **_act_words(acts),
        ledger=_ledger(stored, campaigns),
    )


def _duty_words(stored: StoredDispatch, duties: Sequence[KeptDuty]) -> dict[str, Any]:
    counts = standing(duties)
    today = rules.local_day(services().now(), services().config.station.time_zone)
    return {
        "duties": [
            DutyView(one, CHANNELS[one.channel], _line(stored.text, one.start), is_late(one, today)) for one in duties
        ],
        "duty_states": DUTY_STATES,
        "duty_counts": [(DUTY_STATES[state], count) for state, count in counts.items() if count],
    }


def _act_words(acts: Sequence[ActHit]) -> dict[str, Any]:
    waiting = any(not hit.act.done_at and not hit.campaigns for hit in acts)
    return {
        "acts": acts,
        "act_words": ACTS,
        "numbers": {one: services().dispatches.get(one).number_symbol for hit in acts for one in hit.dispatch_ids},
        "running": services().campaigns.listed(CampaignState.ACTIVE) if waiting else [],
    }


def _ledger(stored: StoredDispatch, campaigns: Sequence[Campaign]) -> LedgerView | None:
    """The account, once a campaign of the dispatch has been started."""
    if all(one.state is CampaignState.DRAFT for one in campaigns):
        return None
    today = rules.local_day(services().now(), services().config.station.time_zone)
    return ledger_view(services().ledger.of_dispatch(stored.id), today)


def _doubt(stored: StoredDispatch, kept: KeptDoubt) -> DoubtView:
    place = ""
    if kept.start is not None:
        start = stored.text.rfind("\n", 0, kept.start) + 1
        end = stored.text.find("\n", kept.start)
        words = stored.text[start : end if end >= 0 else None].strip()
        shown = f"{words[:LONGEST_PLACE]}…" if len(words) > LONGEST_PLACE else words
        place = f"dòng {_line(stored.text, kept.start)}: “{shown}”"
    return DoubtView(kept, sentence(kept.reason, kept.details), FIELDS.get(kept.field, ""), place, f"?{kept.ordinal}")


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _warnings(stored: StoredDispatch, *, kept: bool) -> list[str]:
    """The warnings of a dispatch that was taken in before doubts were kept one by one."""
    return [] if kept else [doubt(warning) for warning in stored.fields.get("warnings", ())]


def _marks(stored: StoredDispatch, signs: dict[str, str], doubts: Iterable[DoubtView]) -> Iterable[Mark]:
    """The excerpts of the fields that stand in the form, and the places of what is doubtful."""
    for name, sign in signs.items():
        for _, start, end in stored.excerpts[name]:
            yield Mark(start, end, name, FIELDS[name], sign)
    for one in doubts:
        if one.kept.is_open and one.kept.start is not None and one.kept.end is not None:
            yield Mark(one.kept.start, one.kept.end, f"ngo-{one.kept.ordinal}", "Chỗ cần xác nhận", one.sign)


def form_of(stored: StoredDispatch) -> dict[str, Any]:
    """The form of what was read, as it stands."""
    fields = stored.fields
    form: dict[str, Any] = {name: fields.get(name) or "" for name in ("number", "symbol", "issuer", "subject")}
    form |= {name: "\n".join(fields.get(name, ())) for name in ("addressees", "phones", "urls")}
    return form | {"date": day_words(fields.get("date")), "messages": list(fields.get("messages", ()))}


def _effective(period: dict[str, str | None] | None) -> str:
    if not period:
        return ""
    start, end = day_words(period.get("start")), day_words(period.get("end"))
    return " ".join(part for part in (f"từ {start}" if start else "", f"đến {end}" if end else "") if part)
