"""Where a page stands: the sections of the navigation, the tabs inside each, and who is shown which.

A table and nothing else: a page that is not in it has no entry. An entry whose page is not registered, that a person
may not open, or that their work does not ask for, is left out of the menus; the right itself is asked again by the
page. It draws nothing and decides no right.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from flask import current_app, g, request, url_for

from scheduler import features
from scheduler.core.announcement import approval
from scheduler.core.model import Person
from scheduler.features import FEATURES, Feature, load
from web.air.air_board import board
from web.auth import actor
from web.extras_here import extra_on

__all__ = ["SECTIONS", "Section", "Tab", "navigation", "owner"]


@dataclass(frozen=True, slots=True)
class Tab:
    """One page inside a section: its endpoint, the word people see, and the right without which it does not open."""

    endpoint: str
    word: str
    right: str = "see"
    work: str = ""
    """The act of those whose work the page is: nobody else has it in a menu, though it opens for them. "" = of all."""
    pages: tuple[str, ...] = ()
    """Further blueprints or endpoints that belong here; the endpoint's own blueprint always does."""
    shown: Callable[[], bool] = lambda: True
    badge: Callable[[], int] = lambda: 0
    """How many things wait here for a person."""


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the main navigation. `key` is pressed after "g"; `short` is its word in the phone's bar."""

    word: str
    icon: str
    key: str
    tabs: tuple[Tab, ...] = field(default=())
    short: str = ""
    in_tabs: bool = True
    """Whether its first pages have a row of tabs; else they are found from the first."""


def _to_do() -> int:
    return board().to_do(actor())


def _waiting() -> int:
    return board().waiting()


_CORE = (
    Section(
        "Hôm nay",
        "home",
        "t",
        (
            Tab("live.page", "Hôm nay", pages=("todo",), badge=_to_do),
            Tab("microphone.page", "Nói trực tiếp", "go_live"),
        ),
        in_tabs=False,
    ),
    Section(
        "Soạn bản tin",
        "pen",
        "s",
        (
            Tab("announcements.listed", "Bản tin", work="write", pages=("voices", "compose", "word_fix")),
            Tab("lexicon.page", "Cách đọc chữ", work="write"),
        ),
        short="Soạn",
    ),
    Section("Công văn", "paper", "c", (Tab("dispatches.listed", "Công văn", work="import_dispatch"),)),
    Section("Duyệt", "check", "y", (Tab("approvals.listed", "Duyệt", work="approve", badge=_waiting),)),
    Section(
        "Lịch phát",
        "calendar",
        "l",
        (
            Tab("schedule.page", "Lịch phát"),
            Tab("campaigns.listed", "Đợt phát"),
            Tab("relays.listed", "Tiếp âm"),
        ),
        short="Lịch",
    ),
    Section(
        "Kho âm thanh",
        "wave",
        "k",
        (Tab("recordings.listed", "Kho âm thanh", work="write", pages=("uploads", "trims")),),
        short="Kho",
    ),
    Section(
        "Báo cáo",
        "chart",
        "b",
        (
            Tab("reports.page", "Báo cáo"),
            Tab("journal.page", "Nhật ký", pages=("exports",)),
        ),
    ),
    Section("Sổ thao tác", "book", "o", (Tab("audit.page", "Sổ thao tác", "read_audit"),)),
    Section(
        "Cài đặt",
        "gear",
        "d",
        (
            Tab("settings.page", "Tổng quan", work="configure", pages=("first_run",)),
            Tab("settings_outputs.page", "Đường ra loa", work="test_output"),
            Tab("settings_rules.zones", "Vùng phát", work="configure"),
            Tab(
                "settings_rules.quiet",
                "Giờ yên tĩnh",
                work="configure",
                pages=("settings_rules.save_quiet", "settings_rules.save_caps"),
            ),
            Tab("settings_rules.office", "Tên đài", work="configure", pages=("settings_rules.save_office",)),
            Tab("settings.sounds", "Giọng và nhạc hiệu", work="configure", pages=("horn", "natural_voices")),
            Tab("settings_care.backups", "Sao lưu", work="backup"),
            Tab("clock.page", "Đồng hồ", work="configure"),
            Tab("settings_extras.page", "Phần mở rộng", work="configure"),
            Tab("settings_care.health", "Tình trạng", work="configure", pages=("settings_care.deep",)),
            Tab("people.page", "Người dùng", "manage_people"),
            Tab("phones.page", "Điện thoại", work="configure"),
            Tab("tokens.page", "Mã truy cập", "own_key"),
        ),
    ),
    Section("Khẩn cấp", "warn", "e", (Tab("emergency.page", "Khẩn cấp", work="write"),)),
    Section("Của tôi", "person", "m", (Tab("account.page", "Của tôi"),)),
    Section("Hướng dẫn", "book", "h", (Tab("handbook.page", "Hướng dẫn"),)),
)
"""The sections and tabs of the core, top to bottom."""


def _with_extras(core: tuple[Section, ...]) -> tuple[Section, ...]:
    """The whole navigation: each section and tab of an extra stands behind the one of the core that it follows."""
    sections = list(core)
    for place in (one for feature in reversed(FEATURES) for one in reversed(feature.sections)):
        at = next(number for number, one in enumerate(sections, 1) if one.word == place.after)
        sections.insert(at, Section(place.word, place.icon, place.key))
    return tuple(replace(one, tabs=_tabs(one)) for one in sections)


def _tabs(section: Section) -> tuple[Tab, ...]:
    of_extras = [(feature, one) for feature in FEATURES for one in feature.tabs if one.section == section.word]
    tabs: list[Tab] = []
    for own in section.tabs:
        tabs += [own, *(_tab(feature, one) for feature, one in of_extras if one.after == own.endpoint)]
    return (*tabs, *(_tab(feature, one) for feature, one in of_extras if not one.after))


def _tab(feature: Feature, tab: features.Tab) -> Tab:
    def shown() -> bool:
        return extra_on(feature.name) and (not tab.shown or bool(load(tab.shown)()))

    def badge() -> int:
        waits: int = load(tab.badge)() if tab.badge else 0
        return waits

    return Tab(tab.endpoint, tab.word, tab.right, tab.work, tab.pages, shown, badge)


SECTIONS = _with_extras(_CORE)
"""The main navigation, top to bottom."""
FOOT = ("Của tôi", "Hướng dẫn")
"""The sections at the foot of the side, beside the way out."""
PHONES = (
    ("approve", ("Hôm nay", "Duyệt", "Lịch phát")),
    ("write", ("Hôm nay", "Soạn bản tin", "Lịch phát", "Kho âm thanh")),
    ("see", ("Hôm nay", "Lịch phát", "Báo cáo")),
)
"""Sections of the phone's bar: those of the first act that a person may do. "Thêm" leads to everything else."""


def owner(endpoint: str) -> tuple[Section, Tab] | None:
    """The section and tab of a page: by its endpoint, else by its blueprint."""
    blueprint = endpoint.rpartition(".")[0]
    for wanted in (endpoint, blueprint):
        for section in SECTIONS:
            for tab in section.tabs:
                if wanted == tab.endpoint or wanted in tab.pages:
                    return section, tab
    for section in SECTIONS:
        for tab in section.tabs:
            if blueprint and blueprint == tab.endpoint.rpartition(".")[0]:
                return section, tab
    return None


def navigation() -> dict[str, Any]:
    """What base.html draws, as the menus of the signed-in person.

    `main` (the sections), `foot` (those at the foot of the side), `tabs` (of the section in hand, on those pages that
    are tabs themselves), `phone` (the bar for a thumb), `all` (each section with its tabs), `section` (the word of the
    one in hand). Each entry: word, short, address, icon, key, `here` ("page", "true" or empty: aria-current), `waits`.
    """
    if "navigation" not in g:
        g.navigation = _navigation()
    found: dict[str, Any] = g.navigation
    return found


def _navigation() -> dict[str, Any]:
    section, tab = owner(request.endpoint or "") or (None, None)
    mine = [one for one in (replace(each, tabs=tuple(filter(_listed, each.tabs))) for each in SECTIONS) if one.tabs]
    drawn = [[_tab_entry(tab) for tab in one.tabs] for one in mine]
    current = section.word if section else ""
    entries = [_entry(one, tabs, here=one.word == current) for one, tabs in zip(mine, drawn, strict=True)]
    row = next((tabs for one, tabs in zip(mine, drawn, strict=True) if one.word == current), [])
    is_a_tab = tab is not None and request.endpoint in {tab.endpoint, *tab.pages}
    has_row = is_a_tab and section is not None and section.in_tabs and len(row) > 1
    return {
        "main": [one for one in entries if one["word"] not in FOOT],
        "foot": [one for one in entries if one["word"] in FOOT],
        "section": current,
        "tabs": [_marked(one, tab) for one in row] if has_row and tab else [],
        "phone": _phone(entries),
        "all": [entry | {"tabs": tabs} for entry, tabs in zip(entries, drawn, strict=True)],
    }


def _listed(tab: Tab) -> bool:
    """Is this tab there at all, may the signed-in person open it, and is it their work?"""
    person: Person | None = g.get("person")
    known = tab.endpoint in current_app.view_functions
    return known and person is not None and _may(person, tab.right) and _may(person, tab.work) and tab.shown()


def _may(person: Person, act: str) -> bool:
    return not act or approval.may(person.role, act)


def _entry(section: Section, tabs: list[dict[str, Any]], *, here: bool) -> dict[str, Any]:
    first = section.tabs[0]
    return {
        "word": section.word,
        "short": section.short or section.word,
        "icon": section.icon,
        "key": section.key,
        "address": tabs[0]["address"],
        "here": ("page" if request.endpoint == first.endpoint else "true") if here else "",
        "waits": sum(tab["waits"] for tab in tabs),
    }


def _tab_entry(tab: Tab) -> dict[str, Any]:
    return {"word": tab.word, "address": url_for(tab.endpoint), "here": "", "waits": tab.badge()}


def _marked(entry: dict[str, Any], tab: Tab) -> dict[str, Any]:
    """A tab of the row, marked where it is the one in hand."""
    here = "page" if request.endpoint == tab.endpoint else "true"
    return entry | {"here": here} if entry["word"] == tab.word else entry


def _phone(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The few entries for a thumb."""
    words = next(words for act, words in PHONES if _may(g.person, act))
    return [one for one in entries if one["word"] in words]
