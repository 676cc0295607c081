"""The record: every extra has the parts it names, and each central place is a loop over them.

What each place knows without an extra is asked by `test_taken_out.py`, in processes that never had its line.
"""

import json
import re
import subprocess
import sys
from dataclasses import is_dataclass
from pathlib import Path

import click
import pytest
from grimp import build_graph

import web
from scheduler.config.loading import Config, kind_of
from scheduler.config.page import PAGE_KEYS
from scheduler.core.announcement.approval import may
from scheduler.core.model import Role
from scheduler.core.words.wording import REASONS
from scheduler.features import FEATURES, Feature, folder_of, load
from scheduler.kernel.words import file_of, tables_of

ROOT = Path(__file__).parents[2]
BY_NAME = {feature.name: feature for feature in FEATURES}
ALL = pytest.mark.parametrize("feature", FEATURES, ids=BY_NAME)


def asked(code, without=""):
    """What `code` prints as JSON in a process of its own, `without` an extra's line."""
    begin = (
        "import atexit, gc\ngc.disable()\natexit.register(gc.freeze)\n"  # it ends before there is much garbage
        "import scheduler.features as f, json\n"
        f"f.FEATURES = tuple(one for one in f.FEATURES if one.name != {without!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", begin + code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def own(feature: Feature, modules):
    """Those of `modules` that are the extra's own, but for its record."""
    folder = f"scheduler.extras.{feature.name}"
    lean = {folder, f"{folder}.feature"}
    return sorted(one for one in modules if one not in lean and one.startswith(f"{folder}."))


def test_the_record_names_every_extra_once():
    assert sorted(BY_NAME) == sorted(path.parent.name for path in (ROOT / "scheduler/extras").glob("*/feature.py"))


@ALL
def test_a_record_reads_like_its_folder_and_has_a_page(feature):
    assert load(f"scheduler.extras.{feature.name}.feature:FEATURE") is feature
    assert (ROOT / "docs" / feature.docs).is_file()
    assert set(feature.needs) <= set(BY_NAME)


def test_an_extra_imports_those_it_needs_and_no_other():
    graph, across = build_graph("scheduler"), {}
    for name in BY_NAME:
        folder = f"scheduler.extras.{name}"
        mine = {folder, *graph.find_descendants(folder)}
        imported = {other for one in mine for other in graph.find_modules_directly_imported_by(one)}
        across[name] = {other.split(".")[2] for other in imported if other.startswith("scheduler.extras.")} - {name}
    assert across == {name: set(feature.needs) for name, feature in BY_NAME.items()}


def test_a_package_of_an_extra_is_imported_by_those_whose_keys_name_it():
    whole = build_graph("scheduler", include_external_packages=True)
    homes = {}
    for feature in FEATURES:
        for package in {one.package for one in feature.keys} - {None}:
            homes.setdefault(package.module, set()).add(feature.name)
    for module, names in homes.items():
        users = [name.split(".") for name in whole.find_modules_that_directly_import(module)]
        assert {one[2] for one in users} <= names, module


def test_reading_the_record_imports_nothing_of_any_extra():
    code = "import sys; print(json.dumps([one for one in sys.modules if one.startswith(('scheduler', 'web'))]))"
    lean = {"scheduler", "scheduler.features", "scheduler.extras"}
    assert [one for one in asked(code) if one not in lean and not one.startswith("scheduler.extras.")] == []


# Commands


@ALL
def test_the_commands_of_an_extra_are_there(feature):
    for word, where in feature.commands.items():
        assert isinstance(load(where), click.Command), where
        assert load(where).name == word


def test_a_command_of_the_core_imports_no_command_of_an_extra():
    code = (
        "import sys, contextlib, io\nfrom scheduler.cli import loa\n"
        "with contextlib.redirect_stdout(io.StringIO()): loa(['now', '--help'], standalone_mode=False)\n"
        "print(json.dumps([one for one in sys.modules if one.startswith('scheduler.commands')]))"
    )
    modules = asked(code)
    assert [own(feature, modules) for feature in FEATURES if own(feature, modules)] == []


# Processes, and what is done beside the worker


@ALL
def test_the_processes_of_an_extra_are_told_of(feature):
    for one in feature.processes:
        assert callable(load(one.work)), one
        assert one.called
        assert one.title
        assert one.section in {"", *(keys.name for keys in feature.keys if keys.package)}


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
        *feature.gauges,
        *feature.cap_basis,
    )
    for where in (*(one.work for one in (*feature.beside, *hooks)), *feature.restored):
        assert callable(load(where)), where


def test_a_plain_station_has_no_process_of_an_extra():
    plain = Config(folder=ROOT)
    assert [one.name for feature in FEATURES for one in feature.processes if one.wanted(plain)] == []
    assert [feature.name for feature in FEATURES if feature.on(plain)] == []


# Sections of config.toml


@ALL
def test_the_sections_of_an_extra_have_their_keys_and_faults(feature):
    for one in feature.keys:
        assert kind_of(one.name) is load(one.kind)
        assert is_dataclass(load(one.kind))
        assert one.about
    for where in feature.faults:
        assert load(where)(Config(folder=ROOT)) == []
    for key, word in feature.page_keys.items():
        assert word
        assert key.partition(".")[2] in kind_of(key.partition(".")[0]).__dataclass_fields__


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
    assert told.startswith('không biết khóa "hub"')


# Rights and the audit log


@ALL
def test_the_rights_of_an_extra_are_given_to_roles_and_have_words(feature):
    assert {role for roles in feature.rights.values() for role in roles} <= {role.value for role in Role}
    assert set(words_of(feature).get("audit_rights", {})) == set(feature.rights)


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


@ALL
def test_the_tables_of_an_extra_are_there(feature, station):
    tables = {row["name"] for row in station.repos.store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    hooks = (
        *feature.sweeps,
        *feature.tasks,
        *feature.notes,
        *feature.airing_notes,
        *feature.duty_notes,
        *feature.left,
        *feature.heard_back,
        *feature.from_province,
        *feature.health,
        *feature.gauges,
        *feature.cap_basis,
    )
    named = {*feature.unwatched, *feature.values, *feature.by_people, *feature.private, *feature.secret}
    named |= {*feature.retried, *feature.unsent, *feature.kept, *(one.table for one in feature.waits)}
    named |= {table for one in hooks for table in one.tables} | {one.table for one in feature.beside if one.table}
    assert named <= tables
    assert set(feature.kept_keys) <= set(PAGE_KEYS)


# Words


def words_of(feature):
    folder = folder_of(feature)
    return tables_of(folder) if file_of(folder).is_file() else {}


def test_a_sentence_stands_with_who_says_it():
    """A core's code in an extra's table would have no sentence in a tree without it."""
    owners = {code: feature.name for feature in FEATURES for code in words_of(feature).get("reasons", {})}
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


@ALL
def test_the_templates_and_badges_of_an_extra_are_there(feature):
    own_templates, shared = ROOT / "scheduler/extras" / feature.name / "templates", ROOT / "web/templates"
    hooks = (
        *feature.notes,
        *feature.airing_notes,
        *feature.duty_notes,
        *feature.announcement_acts,
        *feature.campaign_acts,
    )
    for template in (*(one.work for one in hooks), *(one.template for one in feature.waits)):
        assert (own_templates / template).is_file() or (shared / template).is_file()
    for where in (one for tab in feature.tabs for one in (tab.badge, tab.shown) if one):
        assert callable(load(where)), where


# Off costs nothing

PLAIN = """
import sys, tempfile
from pathlib import Path
from scheduler.config.loading import Config
from scheduler.core.announcement.approval import may
from scheduler.core.model import Role
from scheduler.core.words.wording import REASONS
from scheduler.station import Station
station = Station.open(Config(folder=Path(tempfile.mkdtemp())))
station.prepare()
"""
IN_FOLDER = PLAIN.replace("tempfile.mkdtemp()", '"{folder}"')
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
from web.pages import ServedPages
station.repos.people.add("lan", "Lan", Role.ADMIN, "mật khẩu của Lan", station.clock.now())
token, _ = station.repos.people.sign_in("lan", "mật khẩu của Lan", "127.0.0.1", station.clock.now(), 1)
pages = ServedPages(station)
pages.look()
page = pages.app.test_client()
page.set_cookie("loa", token)
every = ("/truc-tiep", "/phat-ngay", "/nhat-ky", "/cai-dat", "/cai-dat/phan-mo-rong", "/api/v1/openapi.json")
assert {page.get(one).status_code for one in every} == {200}
assert station.services._extras.made == {}
""",
}  # fmt: skip


@pytest.mark.parametrize("process", RUNS)
def test_a_plain_process_imports_nothing_of_an_extra(process):
    modules = asked(RUNS[process] + "print(json.dumps(list(sys.modules)))")
    assert {feature.name: left for feature in FEATURES if (left := own(feature, modules))} == {}


UNNEEDED = {
    "playout": {"asyncio", "cryptography", "argon2", "flask", "av"},
    "worker": {"numpy", "cryptography", "argon2", "flask", "av", "apscheduler"},
    "web": {"numpy", "cryptography", "av", "prometheus_client", "apscheduler"},
}
"""What an idle process does without. The page's has checked a password here."""


@pytest.mark.parametrize("process", RUNS)
def test_an_idle_process_imports_no_library_that_it_may_never_need(process, tmp_path):
    asked(IN_FOLDER.format(folder=tmp_path) + "print('null')")  # a station's first day has its own
    again = RUNS[process].removeprefix(PLAIN)
    modules = asked(IN_FOLDER.format(folder=tmp_path) + again + "print(json.dumps(list(sys.modules)))")
    assert {one.partition(".")[0] for one in modules} & UNNEEDED[process] == set()


@pytest.mark.parametrize("hook", ["airing_notes", "announcement_acts", "campaign_acts", "duty_notes", "notes"])
def test_a_page_of_the_core_has_a_place_for_what_extras_add(hook):
    """A page that is drawn anew must not lose what extras stand on it with."""
    templates = (Path(str(web.__file__)).parent / "templates").rglob("*.html")
    assert any(f"extras.{hook} " in template.read_text(encoding="utf-8") for template in templates)
