"""The record: every extra has the parts it names, and each central place is a loop over them.

What a place says without an extra is asked in a process of its own, where the extra's line is taken out of the tuple
before anything else is imported: as in a tree that never had it.
"""

import json
import re
import subprocess
import sys
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path

import click
import pytest
from grimp import build_graph

from scheduler.config.loading import SECTIONS as SECTION_KINDS
from scheduler.config.loading import Config
from scheduler.core.announcement.approval import may
from scheduler.core.model import Role
from scheduler.core.words.wording import REASONS
from scheduler.features import FEATURES, Feature, load

ROOT = Path(__file__).parents[2]
BY_NAME = {feature.name: feature for feature in FEATURES}
ALL = pytest.mark.parametrize("feature", FEATURES, ids=BY_NAME)


@cache
def asked(code, without=""):
    """What `code` prints as JSON in a process of its own, `without` an extra's line."""
    begin = (
        "import scheduler.features as f, json\n"
        f"f.FEATURES = tuple(one for one in f.FEATURES if one.name != {without!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", begin + code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def own(feature: Feature, modules):
    """Those of `modules` that are the extra's own, but for its record and what reading that needs."""
    folder = f"scheduler.extras.{feature.name}"
    lean = {folder, f"{folder}.feature", f"{folder}.keys"}
    return sorted(one for one in modules if one not in lean and one.startswith(f"{folder}."))


def test_the_record_names_every_extra_once():
    assert sorted(BY_NAME) == sorted(path.parent.name for path in (ROOT / "scheduler/extras").glob("*/feature.py"))


@ALL
def test_a_record_reads_like_its_folder_and_has_a_page(feature):
    assert load(f"scheduler.extras.{feature.name}.feature:FEATURE") is feature
    assert (ROOT / "docs" / feature.docs).is_file()
    assert set(feature.needs) <= set(BY_NAME)


LAYERS = (  # the highest first; none imports one above it, nor one beside it
    {"commands"},
    {"pages", "api"},
    {"work"},
    {"tasks", "checks"},
    {"service"},
    {"rows", "intake", "gateway", "broker"},
    {"keys"},
    {"rules"},
)


@cache
def graph():
    return build_graph("scheduler", "web", "audio_assets")


@ALL
def test_inside_an_extra_imports_run_downward_only(feature):
    folder = f"scheduler.extras.{feature.name}"
    layers = [{f"{folder}.{part}" for part in layer} & graph().modules for layer in LAYERS]
    found = graph().find_illegal_dependencies_for_layers([layer for layer in layers if layer])
    assert [(one.importer, one.imported) for one in found] == []


@ALL
def test_an_extra_imports_only_those_extras_that_it_says_it_needs(feature):
    folder = f"scheduler.extras.{feature.name}"
    mine = {folder, *graph().find_descendants(folder)}
    imported = {name for one in mine for name in graph().find_modules_directly_imported_by(one)}
    extras = {name.split(".")[2] for name in imported if name.startswith("scheduler.extras.")}
    assert extras - {feature.name} == set(feature.needs)


def test_reading_the_record_imports_nothing_of_any_extra():
    code = "import sys; print(json.dumps([one for one in sys.modules if one.startswith(('scheduler', 'web'))]))"
    lean = {"scheduler", "scheduler.features", "scheduler.extras"}
    assert [one for one in asked(code) if one not in lean and not one.startswith("scheduler.extras.")] == []


# Commands

COMMANDS = "import click; from scheduler.cli import loa; print(json.dumps(loa.list_commands(click.Context(loa))))"


@ALL
def test_the_commands_of_an_extra_are_there_with_it_only(feature):
    for word, where in feature.commands.items():
        assert isinstance(load(where), click.Command), where
        assert load(where).name == word
    if feature.commands:
        assert set(asked(COMMANDS)) - set(asked(COMMANDS, feature.name)) == set(feature.commands)


def test_a_command_of_the_core_imports_no_command_of_an_extra():
    code = (
        "import sys, contextlib, io\nfrom scheduler.cli import loa\n"
        "with contextlib.redirect_stdout(io.StringIO()): loa(['now', '--help'], standalone_mode=False)\n"
        "print(json.dumps([one for one in sys.modules if one.startswith('scheduler.commands')]))"
    )
    modules = asked(code)
    assert [own(feature, modules) for feature in FEATURES if own(feature, modules)] == []


# Processes, and what is done beside the worker

PROCESSES = """
from scheduler.commands.air import process
from scheduler.core.station.station_faults import PARTS
from web.station.settings_care import PROCESSES
(name,) = [one.type.choices for one in process.params if one.name == "name"]
print(json.dumps([list(name), list(PARTS), list(PROCESSES)]))
"""


@ALL
def test_the_processes_of_an_extra_are_known_with_it_only(feature):
    names = {one.name for one in feature.processes}
    for one in feature.processes:
        assert callable(load(one.work)), one
        assert one.called
        assert one.title
        assert one.section in {"", *(keys.name for keys in feature.keys if keys.package)}
    if names:
        for whole, less in zip(asked(PROCESSES), asked(PROCESSES, feature.name), strict=True):
            assert set(whole) - set(less) == names


@ALL
def test_what_the_core_asks_of_an_extra_is_there(feature):
    hooks = (
        *feature.sweeps,
        *feature.ahead,
        *feature.channels,
        *feature.tasks,
        *feature.checks,
        *feature.left,
        *feature.heard_back,
        *feature.from_province,
        *feature.health,
    )
    for where in (*(one.work for one in (*feature.beside, *hooks)), *feature.restored, *feature.services.values()):
        assert callable(load(where)), where


def test_a_plain_station_has_no_process_of_an_extra():
    plain = Config(folder=ROOT)
    assert [one.name for feature in FEATURES for one in feature.processes if one.wanted(plain)] == []
    assert [feature.name for feature in FEATURES if feature.on(plain)] == []


# Sections of config.toml

SECTIONS = "from scheduler.config.loading import SECTIONS; print(json.dumps(list(SECTIONS)))"


@ALL
def test_the_sections_of_an_extra_are_known_with_it_only(feature):
    for one in feature.keys:
        assert SECTION_KINDS[one.name] is load(one.kind)
        assert is_dataclass(load(one.kind))
    for where in feature.faults:
        assert load(where)({}) == []
    if feature.keys:
        assert set(asked(SECTIONS)) - set(asked(SECTIONS, feature.name)) == {one.name for one in feature.keys}


def test_a_section_of_an_extra_that_is_not_there_is_said_to_be_unknown():
    code = """
from pathlib import Path
from scheduler.config.loading import parse
from scheduler.kernel.errors import ConfigError
try:
    parse('[hub]\\nurl = "tls://x:4222"', Path("."))
except ConfigError as error:
    print(json.dumps(error.faults))
"""
    (told,) = asked(code, "hub")
    assert told.startswith('khóa lạ "hub"')


# Rights and the audit log

RIGHTS = """
from scheduler.core.announcement.approval import ACTS, may
from scheduler.core.model import Role
print(json.dumps(sorted([act, role.value] for act in ACTS for role in Role if may(role, act))))
"""


@ALL
def test_the_rights_of_an_extra_are_given_with_it_only(feature):
    assert {role for roles in feature.rights.values() for role in roles} <= {role.value for role in Role}
    assert set(feature.right_words) == set(feature.rights)
    if feature.rights:
        left = asked(RIGHTS, feature.name)
        lost = [one for one in asked(RIGHTS) if one not in left]
        assert {act for act, _ in lost} == set(feature.rights)


def test_the_rights_of_extras_reach_the_roles_they_always_had():
    always = {
        "send_sms": ["admin", "approver", "editor"],
        "answer_ticket": ["admin", "approver", "editor", "technician"],
        "publish": ["admin", "approver"],
        "take_air": ["admin", "approver"],
        "issue": ["admin", "approver"],
        "manage_wards": ["admin"],
    }
    acts = {act for feature in FEATURES for act in feature.rights}
    given = {act: sorted(role.value for role in Role if may(role, act)) for act in acts}
    assert given == {act: roles for act, roles in always.items() if act in acts}


AUDIT = "from scheduler.store.people.audit_tables import UNWATCHED; print(json.dumps(list(UNWATCHED)))"


@ALL
def test_the_tables_of_an_extra_are_named_by_it_only_and_there(feature, station):
    tables = {row["name"] for row in station.parts.store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    hooks = (
        *feature.sweeps,
        *feature.tasks,
        *feature.notes,
        *feature.airing_notes,
        *feature.duty_notes,
        *feature.tabs,
        *feature.left,
        *feature.heard_back,
        *feature.from_province,
        *feature.health,
    )
    named = {*feature.unwatched, *feature.values, *feature.by_people, *feature.private, *feature.secret}
    named |= {*feature.retried, *feature.unsent}
    named |= {table for one in hooks for table in one.tables} | {one.table for one in feature.beside if one.table}
    assert named <= tables
    if feature.unwatched:
        assert set(asked(AUDIT)) - set(asked(AUDIT, feature.name)) == set(feature.unwatched)


# Words

WORDS = "from scheduler.core.words.wording import REASONS; print(json.dumps(list(REASONS)))"


@ALL
def test_the_sentences_of_an_extra_are_read_with_it_only(feature):
    own = {code for where in feature.words for code in load(where)}
    assert own <= set(REASONS)
    if own:
        assert set(asked(WORDS)) - set(asked(WORDS, feature.name)) == own


def test_a_sentence_stands_with_who_says_it():
    """A core's code in an extra's table would have no sentence in a tree without it."""
    owners = {code: feature.name for feature in FEATURES for where in feature.words for code in load(where)}
    files = [path for top in ("scheduler", "web", "audio_assets") for path in (ROOT / top).rglob("*.py")]
    said = {code: set() for code in REASONS}
    for path in files:
        place = path.relative_to(ROOT).parts
        if not path.name.startswith("wording"):
            owner = place[2] if place[:2] == ("scheduler", "extras") else ""
            for code in set(re.findall(r"""["']([a-z_]+)["']""", path.read_text(encoding="utf-8"))) & said.keys():
                said[code].add(owner)
    needed = {feature.name: {feature.name, *feature.needs} for feature in FEATURES}
    for code, places in said.items():
        owner = owners.get(code, "")
        if owner:
            assert [one for one in places if owner not in needed.get(one, ())] == [], code
        else:
            assert len(places) != 1 or "" in places, f"{code} is said by {places} alone"


# Pages

PAGES = """
import tempfile
from pathlib import Path
from scheduler.config.loading import SECTIONS as SECTION_KINDS
from scheduler.config.loading import Config
from scheduler.core.announcement.approval import may
from scheduler.core.model import Role
from scheduler.core.words.wording import REASONS
from scheduler.station import Station
from web import create_app
from web.sections import SECTIONS
from web.api import SUBJECTS
from web.http.pace import COSTLY
app = create_app(Station.open(Config(folder=Path(tempfile.mkdtemp()))), every_page=True)
tabs = [tab.endpoint for section in SECTIONS for tab in section.tabs]
print(json.dumps([list(app.blueprints), tabs, [one.word for one in SECTIONS], list(COSTLY), len(SUBJECTS)]))
"""


@ALL
def test_the_pages_and_tabs_of_an_extra_are_there_with_it_only(feature):
    names = {load(where).name for where in feature.pages}
    own_templates, shared = ROOT / "scheduler/extras" / feature.name / "templates", ROOT / "web/templates"
    for one in (*feature.notes, *feature.airing_notes, *feature.duty_notes):
        assert (own_templates / one.work).is_file() or (shared / one.work).is_file()
    for where in (tab.badge or tab.shown for tab in feature.tabs if tab.badge or tab.shown):
        assert callable(load(where)), where
    if not (feature.pages or feature.api):
        return
    whole, less = asked(PAGES), asked(PAGES, feature.name)
    assert set(whole[0]) - set(less[0]) == names
    assert set(whole[1]) - set(less[1]) == {tab.endpoint for tab in feature.tabs}
    assert set(whole[2]) - set(less[2]) == {one.word for one in feature.sections}
    assert set(whole[3]) - set(less[3]) == set(feature.costly)
    assert whole[4] - less[4] == len(feature.api)


# The schema stays: its steps are released, whatever extras there are

STEPS = """
from scheduler.store.schema.migrations import migrations
print(json.dumps([one.name for one in migrations.steps]))
"""


@ALL
def test_the_steps_of_the_schema_are_the_same_without_any_extra(feature):
    assert asked(STEPS, feature.name) == asked(STEPS)


# Off costs nothing

PLAIN = """
import sys, tempfile
from pathlib import Path
from scheduler.config.loading import SECTIONS as SECTION_KINDS
from scheduler.config.loading import Config
from scheduler.core.announcement.approval import may
from scheduler.core.model import Role
from scheduler.core.words.wording import REASONS
from scheduler.station import Station
station = Station.open(Config(folder=Path(tempfile.mkdtemp())))
station.prepare()
"""
RUNS = {
    "playout": PLAIN + """
import scheduler.playout.process
from scheduler.commands import air
station.playout()
""",
    "worker": PLAIN + """
import scheduler.station_extras, scheduler.station_selftest, scheduler.station_words
from scheduler.commands import air
worker = station.worker()
worker.sweep()
worker.look_ahead()
worker.make_ahead()
worker.work_once()
""",
    "web": PLAIN + """
import web.server
from scheduler.core.model import Role
from web import create_app
station.parts.people.add("lan", "Lan", Role.ADMIN, "mật khẩu của Lan", station.clock.now())
token, _ = station.parts.people.sign_in("lan", "mật khẩu của Lan", "127.0.0.1", station.clock.now(), 1)
page = create_app(station).test_client()
page.set_cookie("loa", token)
assert {page.get(one).status_code for one in ("/truc-tiep", "/viec-can-lam", "/nhat-ky", "/cai-dat")} == {200}
assert station.services._extras.made == {}
""",
}  # fmt: skip
BEGUN_ON_A_PAGE = {"town", "cap", "sms", "public"}
"""Their pages are there on every station: one pairs, trusts, writes and opens there."""


@pytest.mark.parametrize("process", RUNS)
def test_a_plain_process_imports_nothing_of_an_extra(process):
    modules = asked(RUNS[process] + "print(json.dumps(list(sys.modules)))")
    found = {feature.name: left for feature in FEATURES if (left := own(feature, modules))}
    if process == "web":
        assert set(found) <= BEGUN_ON_A_PAGE
    else:
        assert found == {}
