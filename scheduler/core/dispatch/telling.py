"""A dispatch as the JSON of `loa dispatch read --json` and of the desk: every key always there, in one order.

The first sixteen keys are the contract of the first version; what came later stands after them. It reads nothing.
"""

from scheduler.core.dispatch.contents import Content, contents_of
from scheduler.core.dispatch.model import Confidence, Dispatch, DispatchAct, Doubt, Duty, Excerpt, FrequencyOrder

__all__ = ["dispatch_json"]

_NOT_A_FIELD = "duties"
"""Told by themselves, not by the paragraphs they stand in."""


def dispatch_json(d: Dispatch) -> dict[str, object]:
    """The keys of `loa dispatch read --json`, in their order."""
    return {
        "doc_type": d.doc_type,
        "number": d.number,
        "symbol": d.symbol,
        "number_symbol": d.number_symbol,
        "date": d.date,
        "issuer": d.issuer,
        "subject": d.subject,
        "urgency": d.urgency,
        "addressees": list(d.addressees),
        "messages": list(d.messages),
        "message_kinds": [kind.value for kind in d.message_kinds],
        "phones": list(d.phones),
        "urls": list(d.urls),
        "effective": None if d.effective is None else {"start": d.effective[0], "end": d.effective[1]},
        "frequency": [_order_json(order) for order in d.frequency],
        "warnings": list(d.warnings),
        "acts": [_act_json(act) for act in d.acts],
        "duties": [_duty_json(duty) for duty in d.duties],
        "doubts": [_doubt_json(doubt) for doubt in d.doubts],
        "found": {
            name: [_found_json(one) for one in found] for name, found in d.excerpts.items() if name != _NOT_A_FIELD
        },
        "contents": [_content_json(content) for content in contents_of(d)],
    }


def _order_json(order: FrequencyOrder) -> dict[str, object]:
    """Only what is said; the quote always."""
    said: dict[str, object] = {
        "increase": order.increase or None,
        "factor": order.factor,
        "per_day": order.per_day,
        "per_week": order.per_week,
        "at": list(order.at),
        "weekdays": list(order.weekdays),
        "every_minutes": order.every_minutes,
        "windows": list(order.windows),
        "session_minutes": order.session_minutes,
        "minutes_a_day": order.minutes_a_day,
        "share": order.share,
        "days": order.days,
        "start": order.start,
        "end": order.end,
        "dates": list(order.dates),
        "except_days": list(order.except_days),
        "except_windows": list(order.except_windows),
        "not_before": order.not_before,
        "not_after": order.not_after,
        "max_minutes": order.max_minutes,
        "at_most": order.at_most or None,
        "parts": list(order.parts),
        "each_text": order.each_text or None,
    }
    return {name: value for name, value in said.items() if value not in (None, [])} | {"quote": order.quote}


def _act_json(act: DispatchAct) -> dict[str, object]:
    return {
        "kind": act.kind.value,
        "target": act.target,
        "target_date": act.target_date,
        "since": act.since,
        "until": act.until,
        "line": act.excerpt.line,
        "quote": act.excerpt.value,
    }


def _duty_json(duty: Duty) -> dict[str, object]:
    return {
        "channel": duty.channel.value,
        "to": duty.to,
        "deadline": duty.deadline,
        "line": duty.excerpt.line,
        "text": duty.text,
    }


def _doubt_json(doubt: Doubt) -> dict[str, object]:
    where = doubt.excerpt
    return {
        "field": doubt.field,
        "reason": doubt.reason,
        "details": dict(doubt.details),
        "line": where.line if where else None,
        "text": where.text if where else None,
    }


def _content_json(content: Content) -> dict[str, object]:
    return {
        "channel": content.channel.value,
        "title": content.title,
        "text": content.text,
        "phones": list(content.phones),
        "urls": list(content.urls),
        "line": content.excerpt.line,
    }


def _found_json(found: Excerpt) -> dict[str, object]:
    """A value, the line it came from, and whether it may be used unseen."""
    return {
        "value": found.value,
        "line": found.line,
        "text": found.text,
        "confidence": Confidence(found.confidence).value,
    }
