"""Sổ công văn: what became of one dispatch: its duties, the earlier ones that it ends, what was asked, what was aired.

Duties stand with what the ward says of them, acts with the campaigns they hit, the ledger with its drawing. It reads
rows and writes none; nothing is decided here.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flask import render_template

from scheduler.core.dispatch.duty_list import KeptDoubt, KeptDuty, is_late, standing
from scheduler.core.dispatch.stored import StoredDispatch
from scheduler.core.model import Campaign, CampaignState
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.words import Words
from scheduler.services.dispatch.dispatches import ActHit
from web.auth import services
from web.formats import day_words, today
from web.planning.ledger_view import LedgerView, ledger_view
from web.words.dispatch_words import ACTS, CHANNELS, DUTY_STATES, FIELDS, doubt

__all__ = ["book_text", "form_of", "head_text"]

KINDS = Words(Path(__file__).parent, "dispatch_kinds", str)


class DoubtView(NamedTuple):
    kept: KeptDoubt
    words: str
    field: str


class DutyView(NamedTuple):
    kept: KeptDuty
    channel: str
    line: int
    late: bool


def book_text(stored: StoredDispatch, answered: str = "") -> str:
    """The whole page. `answered`: why a press was refused."""
    doubts = [_doubt(one) for one in services().dispatches.doubts(stored.id)]
    duties = services().duties.of(stored.id)
    acts = services().dispatches.acts(stored.id)
    campaigns = [one for one in services().campaigns.listed() if one.dispatch_id == stored.id]
    return render_template(
        "dispatches/book.html",
        dispatch=stored,
        answered=answered,
        warnings=_warnings(stored, kept=bool(doubts or duties or acts)),
        doubts=doubts,
        campaigns=campaigns,
        **_duty_words(stored, duties),
        **_act_words(acts),
        ledger=_ledger(stored, campaigns),
    )


def head_text(stored: StoredDispatch, form: dict[str, Any], fault: str = "") -> str:
    """The page that corrects what was read of the head and of the texts. `fault`: why it was not kept."""
    return render_template(
        "dispatches/head.html",
        dispatch=stored,
        form=form,
        fault=fault,
        fields=FIELDS,
        kinds=[KINDS.get(kind, "") for kind in stored.fields.get("message_kinds", ())] + [""] * len(form["messages"]),
        rows=lambda text: min(max(text.count("\n") + 1, 1), 8),
    )


def form_of(stored: StoredDispatch) -> dict[str, Any]:
    """The form of what was read, as it stands."""
    fields = stored.fields
    form: dict[str, Any] = {name: fields.get(name) or "" for name in ("number", "symbol", "issuer", "subject")}
    form |= {name: "\n".join(fields.get(name, ())) for name in ("addressees", "phones", "urls")}
    return form | {"date": day_words(fields.get("date")), "messages": list(fields.get("messages", ()))}


def _duty_words(stored: StoredDispatch, duties: Sequence[KeptDuty]) -> dict[str, Any]:
    counts = standing(duties)
    day = today()
    return {
        "duties": [
            DutyView(one, CHANNELS[one.channel], stored.text.count("\n", 0, one.start) + 1, is_late(one, day))
            for one in duties
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
    return ledger_view(services().ledger.of_dispatch(stored.id), today())


def _doubt(kept: KeptDoubt) -> DoubtView:
    return DoubtView(kept, sentence_of(kept), FIELDS.get(kept.field, ""))


def _warnings(stored: StoredDispatch, *, kept: bool) -> list[str]:
    """The warnings of a dispatch that was taken in before doubts were kept one by one."""
    return [] if kept else [doubt(warning) for warning in stored.fields.get("warnings", ())]
