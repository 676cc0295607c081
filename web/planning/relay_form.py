"""The form of a relay: what an officer typed -> a Relay, or every fault that can be read from it beside its field.

What was typed is always kept and shown again. It decides no rule: addresses, overlaps and rights are the desk's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from scheduler.core.model import CampaignState, Relay, Sha256, Window
from scheduler.core.planning import rules
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import Refused
from web.planning.campaign_form import Form
from web.words.zones import chosen_zone

__all__ = ["RelayForm"]

T = TypeVar("T")
MAX_WINDOWS = 24
MAX_SOURCES = 20
MAX_FALLBACK = 50
FIELD_OF = {
    "title_missing": "title",
    "title_too_long": "title",
    "no_windows": "windows",
    "window_backwards": "windows",
    "window_empty": "windows",
    "dates_backwards": "end",
    "no_weekdays": "weekdays",
    "relay_no_source": "sources",
    "relay_many_sources": "sources",
    "relay_url_invalid": "sources",
    "relay_scheme": "sources",
    "relay_credentials": "sources",
    "relay_port": "sources",
    "relay_private_address": "sources",
    "audio_retired": "fallback",
    "zone_unknown": "zone",
}
"""Which field a fault stands beside; any other stands at the head of the form."""
MAX_TITLE = 200


@dataclass(slots=True)
class RelayForm:
    """What stands in the fields, as typed, and the faults found: field -> sentences."""

    title: str = ""
    windows: list[str] = field(default_factory=list)
    weekdays: list[str] = field(default_factory=lambda: [str(day) for day in range(7)])
    start: str = ""
    end: str = ""
    zone: str = ""
    sources: str = ""
    fallback: list[str] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, title: str, relay: Relay) -> "RelayForm":
        """The form of a relay that is kept."""
        return cls(
            title=title,
            windows=[str(window) for window in relay.windows],
            weekdays=[str(day) for day in sorted(relay.weekdays)],
            start=f"{relay.start:%d/%m/%Y}",
            end=f"{relay.end:%d/%m/%Y}",
            zone=relay.zone,
            sources="\n".join(relay.sources),
            fallback=list(relay.fallback),
        )

    @classmethod
    def typed(cls, form: Form) -> "RelayForm":
        """What was just posted."""
        return cls(
            title=form.get("title", "")[: MAX_TITLE + 1],
            windows=[window for window in form.getlist("window")[:MAX_WINDOWS] if window.strip()],
            weekdays=form.getlist("weekday"),
            start=form.get("start", ""),
            end=form.get("end", ""),
            zone=form.get("zone", ""),
            sources=form.get("sources", "").replace("\r\n", "\n"),
            fallback=form.getlist("fallback")[:MAX_FALLBACK],
        )

    def refuse(self, refused: Refused) -> None:
        """Note a refusal beside its field; the same sentence stands there once."""
        told = self.faults.setdefault(FIELD_OF.get(refused.reason, "form"), [])
        if (text := sentence_of(refused)) not in told:
            told.append(text)

    def read(self, relay_id: int, today: date) -> Relay:
        """A relay of what was typed; unreadable fields become faults and stand-ins."""
        title = self.title.strip()
        if len(title) > MAX_TITLE:
            self.refuse(Refused("title_too_long", limit=MAX_TITLE))
        start = self._read(lambda: rules.parse_date(self.start), today, "start")
        return Relay(
            id=relay_id,
            announcement_id=0,
            windows=tuple(self._windows()),
            start=start,
            end=self._read(lambda: rules.parse_date(self.end), start, "end"),
            sources=tuple(line.strip() for line in self.sources.split("\n") if line.strip())[:MAX_SOURCES],
            fallback=tuple(Sha256(sha256) for sha256 in self.fallback),
            weekdays=frozenset(int(day) for day in self.weekdays if day in set("0123456")),
            zone=self._read(lambda: chosen_zone(self.zone), "", "zone"),
            state=CampaignState.DRAFT,
        )

    def _windows(self) -> list[Window]:
        found: list[Window] = []
        for typed in self.windows:
            window = self._read(lambda typed=typed: rules.parse_window(typed), None, "windows")  # type: ignore[misc]
            if window is not None:
                found.append(window)
        return found

    def _read(self, reader: Callable[[], T], stand_in: T, name: str) -> T:
        try:
            return reader()
        except Refused as refused:
            told = self.faults.setdefault(name, [])
            if (text := sentence_of(refused)) not in told:
                told.append(text)
            return stand_in
