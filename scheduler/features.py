"""The record of what a ward can live without: one tuple, one line an extra; every central place loops over it.

An extra names its parts in `scheduler/extras/<name>/feature.py`, as "module:attribute". Nothing of it is imported
before a part is asked for (`load`), so an extra that is off costs no more than its record. This module decides
nothing, and imports nothing of ours but the records.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = [
    "FEATURES",
    "NATS",
    "PAHO",
    "Beside",
    "Feature",
    "Hook",
    "Keys",
    "Mending",
    "NavigationSection",
    "Package",
    "Process",
    "Switch",
    "Tab",
    "Waits",
    "folder_of",
    "is_on",
    "load",
    "never",
    "used",
    "wanted",
    "with_pages",
]


def never(_config: Any) -> bool:
    """Of an extra that no key of config.toml turns on."""
    return False


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the station that only this extra needs."""

    name: str
    work: str
    """Called with the station and the event that ends it."""
    wanted: Callable[[Any], bool]
    """Whether a station of this configuration has it."""
    called: str
    """What a fault of it calls it."""
    title: str
    """What the page calls it."""
    silent: str = ""
    """The reason of the task when it has said nothing for minutes; empty = it is no task."""
    later: bool = False
    """The page may turn it on while the station runs."""
    section: str = ""
    """Then: its section of config.toml, whose package must be installed."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Work of a thread beside the worker's, as long as the worker runs."""

    work: str
    """A context manager, given the station and the event that ends it."""
    wanted: Callable[[Any], bool] = never
    """Whether a station of this configuration has it from the start."""
    table: str = ""
    """Else it begins when this table holds a row."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A part that the core asks for where the extra is on, or where one of `tables` holds a row."""

    work: str
    tables: tuple[str, ...] = ()


def nowhere(_config: Any) -> str:
    """Of an extra that changes nothing there."""
    return ""


def nothing(_config: Any) -> tuple[Any, ...]:
    """Of an extra that names nothing there."""
    return ()


def undecided(_config: Any) -> None:
    """Of an extra that leaves it to others."""


def no_gain(_config: Any) -> float:
    """Of an extra that changes no loudness."""
    return 0.0


@dataclass(frozen=True, slots=True)
class Package:
    """A package that a plain install leaves out."""

    extra: str
    """What pip calls the extra that installs it."""
    name: str
    module: str
    """By which it is found."""


NATS = Package("town", "nats-py", "nats")
PAHO = Package("boxes", "paho-mqtt", "paho")


@dataclass(frozen=True, slots=True)
class Keys:
    """A section of config.toml."""

    name: str
    kind: str
    """The class of its keys."""
    several: bool = False
    """Whether it is `[[name]]` and may stand several times."""
    called: str = ""
    """What one of several is called, in the words of a fault."""
    package: Package | None = None
    """What it needs where `in_use`."""
    in_use: Callable[[Any], bool] = never
    """Whether a station of this configuration does what the section is for."""
    about: str = ""
    """What the page of the configuration says of it."""


@dataclass(frozen=True, slots=True)
class NavigationSection:
    """A section of the main navigation that only this extra needs; `key` is pressed after "g"."""

    word: str
    icon: str
    key: str
    after: str
    """Word of the section it follows."""


@dataclass(frozen=True, slots=True)
class Mending:
    """A page on which a task is seen to; the argument and the anchor are what the task is about."""

    word: str
    endpoint: str
    right: str
    """The act that seeing to it asks; who has it not is not told."""
    argument: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Waits:
    """Rows that wait for a leader's approval."""

    table: str
    state: str
    template: str
    """How the page of approvals tells how many."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A page in the navigation, shown where the extra is on."""

    section: str
    endpoint: str
    word: str
    after: str = ""
    """Endpoint of the tab of the core it follows; empty = it stands at the end of its section."""
    right: str = "see"
    """Who may open it."""
    work: str = ""
    """The act of those whose work it is; nobody else has it in a menu. Empty = of all."""
    pages: tuple[str, ...] = ()
    """Further blueprints or endpoints that belong here."""
    badge: str = ""
    """How many things wait here for a person."""
    shown: str = ""
    """Says whether it is shown where the extra is on; empty = always."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Of an extra that is turned on by a page of the core, while the station runs."""

    word: str
    says: str
    """What a ward has of it, in a sentence."""
    opens: str
    """Endpoint of its page on which one goes on."""


@dataclass(frozen=True, slots=True)
class Feature:
    """The parts of one extra. Everything but its name and its page of the docs may be missing."""

    name: str
    docs: str
    """Its page below docs/."""
    needs: tuple[str, ...] = ()
    """Extras whose modules it imports; it goes where they go. It imports no other extra."""
    on: Callable[[Any], bool] = never
    """Whether its own keys of this configuration turn it on; ask `is_on`."""
    shares_air: Callable[[Any], bool] = never
    """Whether a station of this configuration sounds and writes only while it has the air (`kernel.air_fence`)."""
    switch: Switch | None = None
    """Without one only keys of config.toml turn it on."""
    kept: tuple[str, ...] = ()
    """Its pages are there where one of these tables holds a row, too: the station has used it."""
    kept_keys: tuple[str, ...] = ()
    """Or where the page has ever set one of these keys of config.toml."""
    commands: Mapping[str, str] = field(default_factory=dict)
    """Word behind `loa` -> the click command."""
    processes: tuple[Process, ...] = ()
    beside: tuple[Beside, ...] = ()
    sweeps: tuple[Hook, ...] = ()
    """What the worker removes with its own leftovers: called with the desk."""
    ahead: tuple[Hook, ...] = ()
    """What the worker makes while it has no job: called with the desk and a breath between two pieces; whether it has
    made something.
    """
    channels: tuple[Hook, ...] = ()
    """Ways to tell of a fault: called with the desk; name -> who takes one line."""
    tasks: tuple[Hook, ...] = ()
    """What of việc cần làm is its own: called with the parts of the desk and the moment."""
    mends: Mapping[str, Mending] = field(default_factory=dict)
    """Where those are seen to: what a task calls it -> the page."""
    waits: tuple[Waits, ...] = ()
    """What waits for a leader beside announcements, relays and better readings."""
    cap_basis: tuple[Hook, ...] = ()
    """On which document an announcement may air past the ward's caps: called with the store and the number of the
    announcement; "" = on none.
    """
    checks: tuple[Hook, ...] = ()
    """What the look at the whole station finds of its line: called with the desk."""
    from_province: tuple[Hook, ...] = ()
    """Announcements of the provincial system, which reports count apart: called with the parts of the desk;
    their numbers.
    """
    health: tuple[Hook, ...] = ()
    """What a ward tells its town of it, in its health: called with the parts of the desk; name -> value."""
    pages: tuple[str, ...] = ()
    """Blueprints."""
    addresses: tuple[str, ...] = ()
    """Where its pages begin; who opens one while they are not there is told so."""
    sections: tuple[NavigationSection, ...] = ()
    tabs: tuple[Tab, ...] = ()
    notes: tuple[Hook, ...] = ()
    """Templates that every page shows above its own, in their order."""
    airing_notes: tuple[Hook, ...] = ()
    """Templates of what it knows of one airing, on that airing's page of the journal."""
    heard_back: tuple[Hook, ...] = ()
    """What came back from the loudspeakers, for journal, reports and tickets: called with the parts of the desk; a
    `core.air.heard_back.HeardBack`.
    """
    announcement_acts: tuple[Hook, ...] = ()
    """Templates of what may be done with one announcement, on its page."""
    campaign_acts: tuple[Hook, ...] = ()
    """Templates of what may be done with one campaign, on its page."""
    duty_notes: tuple[Hook, ...] = ()
    """Templates of what it makes of one duty (`duty`) of a dispatch, beside that duty."""
    costly: tuple[str, ...] = ()
    """Endpoints that compute much: one of a caller at a time."""
    always: tuple[str, ...] = ()
    """Blueprints of its own that are drawn whatever their reader has used, which is counted."""
    fetched: tuple[str, ...] = ()
    """Endpoints that answer whatever their reader has used, which is not counted."""
    operations: tuple[str, ...] = ()
    """Subjects of the table of operations: for programs, and for commands that are derived from it."""
    rights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Act of the desk -> the lowest roles that may do it (the roles above them may, too)."""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Table -> the words that the log of acts shows for the states and kinds in it."""
    gauges: tuple[Hook, ...] = ()
    """Numbers for whoever watches the station: called with the services; each a
    `core.station.numbers.Number`.
    """
    unwatched: Mapping[str, str] = field(default_factory=dict)
    """Tables of its own that the audit log does not watch -> why; it watches all others."""
    by_people: tuple[str, ...] = ()
    """Tables that machines change all day: of them, only what a person does is told."""
    private: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Table -> columns with numbers of citizens, of which the log keeps the last digits."""
    secret: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Table -> columns of which the log keeps nothing but that they changed."""
    keys: tuple[Keys, ...] = ()
    """Its sections of config.toml."""
    faults: tuple[str, ...] = ()
    """What its keys must keep together: called with the configuration, where a section is written; sentences."""
    settings: Callable[[Any], str] = nowhere
    """Rows that stand for those that the page has set, where this configuration has others."""
    retried: tuple[str, ...] = ()
    """Tables whose failed tries wait (`retry_at`, `tries`), and need not when the clock was put right."""
    unsent: Mapping[str, str] = field(default_factory=dict)
    """Table of what is owed to others -> the condition of rows that they have not got yet."""
    restored: tuple[str, ...] = ()
    """What it begins anew in a restored database: called with the connection of a transaction."""
    schema: tuple[str, ...] = ()
    """Its steps of the schema in their order: `schema/<step>.sql` in its folder makes and changes tables and indexes
    that begin with its name, and nothing else.
    """
    left: tuple[Hook, ...] = ()
    """What ends what it had begun, where the extra is off and one of the tables holds a row: called with the store."""
    page_keys: Mapping[str, str] = field(default_factory=dict)
    """Keys that the page may set where config.toml is silent -> what it calls them."""
    page_right: str = "configure"
    """Who may set them."""
    page_addresses: Callable[[Any], tuple[str, ...]] = nothing
    """Addresses of this station's page that its keys name."""
    sessions: Callable[[Any], tuple[str, ...] | None] = undecided
    """Windows of the sessions of a day on which no campaign has any; None = it says nothing of them."""
    speakers: Callable[[Any], tuple[Any, ...]] = nothing
    """Loudspeakers beside the outputs, each with `name` and `zones`."""
    gain_db: Callable[[Any], float] = no_gain
    """Gain of all that is no emergency."""


def folder_of(feature: Feature) -> Path:
    """Where everything of it lies."""
    return Path(__file__).parent / "extras" / feature.name


def load(where: str) -> Any:
    """What "module:attribute" names; its module is imported by now."""
    module, _, name = where.partition(":")
    return getattr(import_module(module), name)


def _of(name: str) -> Feature:
    feature: Feature = load(f"scheduler.extras.{name}.feature:FEATURE")
    return feature


FEATURES: tuple[Feature, ...] = (
    _of("inbox"),
    _of("province"),
    _of("town"),
    _of("hub"),
    _of("boxes"),
    _of("failover"),
    _of("cap"),
    _of("sms"),
    _of("air_check"),
    _of("public"),
    _of("simulate"),
)
"""Every extra, in the order in which their tabs, tasks and processes stand."""


def is_on(feature: Feature, config: Any) -> bool:
    """Whether config.toml or the page has turned it on; a configuration keeps the answers (`extras_on`)."""
    return feature.on(config) or (feature.switch is not None and feature.name in config.extras.on)


def with_pages(config: Any, has_used: Callable[[Feature], bool]) -> frozenset[str]:
    """Names of the extras whose pages this station has. `has_used`: whether it has used an extra."""
    return frozenset(one.name for one in FEATURES if one.name in config.extras_on or has_used(one))


def used(
    hooks: Callable[[Feature], tuple[Hook, ...]],
    config: Any,
    has_row: Callable[[str], bool],
    also: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """What those of `hooks` name that this station has use for. `also`: names of extras taken to be on."""
    names = config.extras_on | also
    for feature in FEATURES:
        is_here = feature.name in names
        yield from (one.work for one in hooks(feature) if is_here or any(map(has_row, one.tables)))


def wanted(
    hooks: Callable[[Feature], tuple[Hook, ...]], config: Any, has_row: Callable[[str], bool]
) -> Iterator[Callable[..., Any]]:
    """The same, imported by now."""
    return map(load, used(hooks, config, has_row))
