"""What a request says in texts, as the desk wants it: days, instants, windows, boosts, campaigns, a page of a list.

A text that is no such thing is refused with the reason the page would give. It decides nothing about what is asked.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from scheduler.core.delivery import ScriptKind, Shape
from scheduler.core.model import Boost, BoostKind, Campaign, Phase, Priority
from scheduler.core.planning import rules
from scheduler.kernel.errors import Refused
from web.api.contract import Asked, Told
from web.auth import services, station

__all__ = ["campaign_of", "day_of", "instant_of", "page_by_state", "page_of_list", "shape_of", "today"]

Key = TypeVar("Key", int, str)
FIRST_YEAR, LAST_YEAR = 2000, 2199
"""A station's days; beyond them somebody has mistyped."""


def today() -> date:
    return rules.local_day(station().clock.now(), station().config.station.time_zone)


def day_of(text: str | None) -> date:
    """A day; none = today. Raises Refused date_invalid."""
    if text is None:
        return today()
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused("date_invalid", value=text)
    return day


def instant_of(text: str | None) -> datetime | None:
    """An instant. Raises Refused instant_invalid."""
    if text is None:
        return None
    at = datetime.fromisoformat(text.upper())
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise Refused("instant_invalid", value=text)
    return at


def shape_of(told: Mapping[str, Any] | None, usual: Shape) -> Shape | None:
    """A shape: what is not told is as usual. None = nothing was told."""
    if told is None:
        return None
    known = {name: getattr(usual, name) for name in Shape.__dataclass_fields__} | dict(told)
    return Shape(**(known | {"kind": ScriptKind(known["kind"])}))


def campaign_of(body: Mapping[str, Any], kept: Campaign | None = None) -> Campaign:
    """A whole campaign as told; what acts have made of it (state, pauses, rank) stays as it is kept.

    Raises Refused: date_invalid, window_invalid.
    """
    gap = timedelta(milliseconds=body.get("min_gap_ms", 600_000))
    return Campaign(
        id=kept.id if kept else 0,
        title=body["title"].strip(),
        announcement_id=body["announcement_id"],
        windows=tuple(rules.parse_window(one) for one in body["windows"]),
        base=int(body["base"]),
        start=day_of(body["start"]),
        end=day_of(body["end"]),
        boost=_boost(body.get("boost")),
        weekdays=frozenset(body.get("weekdays", range(7))),
        min_gap=gap,
        chime=body.get("chime", True),
        repeat=body.get("repeat", 1),
        priority=Priority(body.get("priority", Priority.NORMAL.value)),
        zone=body.get("zone", "all"),
        dispatch_id=body.get("dispatch_id"),
        phases=tuple(_phase(one) for one in body.get("phases", ())),
        rotation=tuple(body.get("rotation", ())),
        topic=" ".join(body.get("topic", "").split()),
        field=body.get("field", 1),
        **_of_acts(kept),
    )


def _of_acts(kept: Campaign | None) -> dict[str, Any]:
    if kept is None:
        return {}
    return {name: getattr(kept, name) for name in ("state", "pauses", "rank", "replaces", "stopped_at")}


def _boost(told: Mapping[str, Any] | None) -> Boost:
    return Boost(BoostKind(told["kind"]), float(told["value"])) if told else Boost()


def _phase(told: Mapping[str, Any]) -> Phase:
    end = told.get("end")
    return Phase(
        start=day_of(told["start"]),
        end=day_of(end) if end else None,
        base=int(told.get("base", 0)),
        boost=_boost(told.get("boost")),
        windows=tuple(rules.parse_window(one) for one in told.get("windows", ())),
    )


def page_of_list(keys: list[Key], limit: int) -> tuple[list[Key], Key | None]:
    """The first `limit` of `keys`, and the one behind which the rest begins; None = there is no rest."""
    shown = keys[:limit]
    return shown, shown[-1] if len(keys) > limit else None


def page_by_state(
    asked: Asked, ids: Callable[[str | None, int | None, int], list[int]], told: Callable[[int], dict[str, Any]]
) -> Told:
    """The page of a list that `state`, `before` and `limit` ask for: `ids` gives its keys, `told` each of its items."""
    query = asked.query
    found = ids(query["state"], query["before"], query["limit"] + 1)
    shown, following = page_of_list(found, query["limit"])
    return Told({"items": [told(one) for one in shown], "next": following})


def known_dispatch(dispatch_id: int | None) -> None:
    """Raise NotFound for a dispatch that is not kept."""
    if dispatch_id is not None:
        services().dispatches.get(dispatch_id)
