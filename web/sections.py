"""Where a page stands: eight sections, the tabs inside each, and who is shown which.

A table and nothing else: a page that is not in it has no entry. An entry whose page is not registered, or that a person
may not open, is left out; the right itself is asked again by the page. It draws nothing and decides no right.
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

__all__ = ["SECTIONS", "Section", "Tab", "navigation", "owner", "tab_of"]


@dataclass(frozen=True, slots=True)
class Tab:
    """One page inside a section: its endpoint, the word people see, and the right without which it is not shown."""

    endpoint: str
    word: str
    right: str = "see"
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


def _to_do() -> int:
    return len(board().tasks_of(actor()))


def _waiting() -> int:
    return board().waiting()


_CORE = (
    Section(
        "Trực tiếp",
        "speaker",
        "t",
        (
            Tab("live.page", "Trực tiếp"),
            Tab("todo.page", "Việc cần làm", badge=_to_do),
            Tab("microphone.page", "Micro trực tiếp", "go_live"),
        ),
    ),
    Section(
        "Soạn bản tin",
        "pen",
        "s",
        (
            Tab("announcements.listed", "Bản tin", pages=("voices", "compose")),
            Tab("approvals.listed", "Duyệt", badge=_waiting),
            Tab("lexicon.page", "Từ điển đọc"),
        ),
        short="Soạn",
    ),
    Section("Công văn", "paper", "c", (Tab("dispatches.listed", "Công văn"),)),
    Section(
        "Lịch phát",
        "calendar",
        "l",
        (
            Tab("schedule.page", "Lịch phát"),
            Tab("campaigns.listed", "Đợt tuyên truyền"),
            Tab("relays.listed", "Tiếp âm"),
        ),
    ),
    Section(
        "Kho âm thanh",
        "wave",
        "k",
        (Tab("recordings.listed", "Kho âm thanh", pages=("uploads", "trims")),),
        short="Kho",
    ),
    Section(
        "Nhật ký & thời lượng",
        "chart",
        "n",
        (
            Tab("journal.page", "Nhật ký", pages=("exports",)),
            Tab("reports.page", "Báo cáo"),
            Tab("audit.page", "Nhật ký thao tác", "read_audit"),
        ),
    ),
    Section(
        "Cài đặt",
        "gear",
        "d",
        (
            Tab("settings.page", "Tổng quan", pages=("first_run",)),
            Tab("settings_outputs.page", "Đầu ra"),
            Tab("settings_rules.zones", "Vùng phát"),
            Tab(
                "settings_rules.quiet", "Giờ yên tĩnh", pages=("settings_rules.save_quiet", "settings_rules.save_caps")
            ),
            Tab("settings_rules.office", "Tên đài", pages=("settings_rules.save_office",)),
            Tab("settings.sounds", "Giọng và nhạc hiệu", pages=("horn",)),
            Tab("settings_care.backups", "Sao lưu"),
            Tab("clock.page", "Đồng hồ"),
            Tab("settings_extras.page", "Phần mở rộng"),
            Tab("settings_care.health", "Tình trạng", pages=("settings_care.deep",)),
            Tab("people.page", "Người dùng", "manage_people"),
            Tab("account.page", "Tài khoản của tôi"),
            Tab("phones.page", "Điện thoại"),
            Tab("tokens.page", "Mã truy cập", "manage_tokens"),
        ),
    ),
    Section("Khẩn cấp", "warn", "e", (Tab("emergency.page", "Khẩn cấp"),)),
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

    return Tab(tab.endpoint, tab.word, tab.right, tab.pages, shown, badge)


SECTIONS = _with_extras(_CORE)
"""The main navigation, top to bottom."""
PHONE = ("Trực tiếp", "Soạn bản tin", "Lịch phát", "Kho âm thanh")
"""Sections of the phone's bar; a leader has Duyệt in the place of Lịch phát. "Thêm" leads to everything else."""
APPROVING = "approvals.listed"


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


def tab_of(endpoint: str) -> Tab:
    """The tab of an endpoint of the table. Raises LookupError."""
    for section in SECTIONS:
        for tab in section.tabs:
            if tab.endpoint == endpoint:
                return tab
    raise LookupError(endpoint)


def navigation() -> dict[str, Any]:
    """What base.html draws: `main` (the sections), `tabs` (of the section in hand), `phone` (the bar of five).

    Each entry: word, address, icon, key, `here` ("page", "true" or empty, for aria-current) and `waits`.
    """
    if "navigation" not in g:
        g.navigation = _navigation()
    found: dict[str, Any] = g.navigation
    return found


def _navigation() -> dict[str, Any]:
    place = owner(request.endpoint or "")
    section, tab = place or (None, None)
    mine = [replace(one, tabs=tuple(filter(_open, one.tabs))) for one in SECTIONS]
    main = [_entry(one, here=section is not None and one.word == section.word) for one in mine if one.tabs]
    tabs = next((one.tabs for one in mine if section is not None and one.word == section.word), ())
    return {
        "main": main,
        "section": section.word if section else "",
        "tabs": [_tab_entry(one, here=one is tab) for one in tabs] if len(tabs) > 1 else [],
        "phone": _phone(main, tab),
        "all": [entry | {"tabs": [_tab_entry(one) for one in each.tabs]} for entry, each in _with_tabs(main, mine)],
    }


def _with_tabs(main: list[dict[str, Any]], mine: list[Section]) -> list[tuple[dict[str, Any], Section]]:
    return list(zip(main, [one for one in mine if one.tabs], strict=True))


def _open(tab: Tab) -> bool:
    """Is this tab there at all, and may the signed-in person open it?"""
    person: Person | None = g.get("person")
    known = tab.endpoint in current_app.view_functions
    return known and person is not None and approval.may(person.role, tab.right) and tab.shown()


def _entry(section: Section, *, here: bool) -> dict[str, Any]:
    first = section.tabs[0]
    return {
        "word": section.word,
        "short": section.short or section.word,
        "icon": section.icon,
        "key": section.key,
        "address": url_for(first.endpoint),
        "here": ("page" if request.endpoint == first.endpoint else "true") if here else "",
        "waits": sum(tab.badge() for tab in section.tabs),
    }


def _tab_entry(tab: Tab, *, here: bool = False) -> dict[str, Any]:
    at = "page" if request.endpoint == tab.endpoint else "true"
    return {"word": tab.word, "address": url_for(tab.endpoint), "here": at if here else "", "waits": tab.badge()}


def _phone(main: list[dict[str, Any]], tab: Tab | None) -> list[dict[str, Any]]:
    """Four entries for a thumb; where a leader approves, that is one of them."""
    person: Person = g.person
    approves, approving = approval.may(person.role, "approve"), tab is not None and tab.endpoint == APPROVING
    return [_for_a_thumb(entry, approves=approves, approving=approving) for entry in main if entry["word"] in PHONE]


def _for_a_thumb(entry: dict[str, Any], *, approves: bool, approving: bool) -> dict[str, Any]:
    if approves and entry["word"] == "Lịch phát":
        return _tab_entry(tab_of(APPROVING), here=approving) | {"icon": "check", "short": "Duyệt"}
    if approves and entry["word"] == "Soạn bản tin":
        return entry | {"waits": 0, "here": "" if approving else entry["here"]}
    return entry
