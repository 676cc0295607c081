"""A section of config.toml whose package is not installed: one sentence with the command, and nothing else is kept."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.clock import SystemClock
from scheduler.commands.air import _wanting
from scheduler.config import Config, load
from scheduler.config_packages import package_faults
from scheduler.config_town import TownConfig
from scheduler.core.model import Role
from scheduler.errors import Refused
from scheduler.extras.town.feature import FEATURE
from scheduler.supervisor import Supervisor
from tests.commands import loa_of

ROOT = Path(__file__).parents[2]
BOX_KEY = "ab" * 32
SECTIONS = {
    "town": ('[town]\nurl = "tls://loa.thixa.gov.vn:4222"\nward_id = "1"\n', "nats", "nats-py", "loa-phuong[town]"),
    "hub": ('[hub]\nurl = "tls://loa.thixa.gov.vn:4222"\n', "nats", "nats-py", "loa-phuong[town]"),
    "pair": ('[pair]\nmachine = "may-1"\n', "nats", "nats-py", "loa-phuong[town]"),
    "cluster": (
        '[mqtt]\nurl = "mqtt://127.0.0.1:1883"\n[[cluster]]\nid = "1"\n', "paho", "paho-mqtt", "loa-phuong[boxes]",
    ),
    "box": (
        f'[mqtt]\nurl = "mqtt://127.0.0.1:1883"\n[box]\nid = "1"\nward_id = "1"\nward_key = "{BOX_KEY}"\npage_url = "http://b"\n',
        "paho", "paho-mqtt", "loa-phuong[boxes]",
    ),
}  # fmt: skip
USES = {"broker", "hub", "link", "cluster", "pair"}
IMPORTED = """
import importlib, pkgutil, sys
sys.modules["nats"] = sys.modules["paho"] = None
import scheduler, audio_assets, web
for package in (scheduler, audio_assets, web):
    for one in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        try:
            importlib.import_module(one.name)
        except ModuleNotFoundError as error:
            print(one.name, error.name.partition(".")[0])
"""


@pytest.fixture
def without(monkeypatch):
    """Hide a package as if it were not installed."""

    def hide(module):
        monkeypatch.setitem(sys.modules, module, None)

    return hide


@pytest.mark.parametrize("command", [("config", "check"), ("doctor",), ("run",)], ids=" ".join)
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_without_its_package_is_one_sentence_with_the_command(
    section, command, without, tmp_path, monkeypatch, capsys
):
    text, module, package, extra = SECTIONS[section]
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    without(module)
    code, out, told = loa_of(path, monkeypatch, capsys)(*command)
    sentence = f"Chưa cài gói {package} mà mục [{section}] cần; hãy chạy: pip install '{extra}'."
    assert (code, out) == (1, "")
    assert told.splitlines() == ["config.toml có lỗi:", f"- {sentence}"]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("section", SECTIONS)
def test_the_same_section_is_no_fault_where_the_package_is_installed(section, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(SECTIONS[section][0], encoding="utf-8")
    assert load(path)


def test_a_station_that_names_none_of_them_needs_none(without, tmp_path, monkeypatch, capsys):
    without("nats")
    without("paho")
    path = tmp_path / "config.toml"
    path.write_text('[mqtt]\nurl = "mqtt://127.0.0.1:1883"\n', encoding="utf-8")
    assert load(path)


def test_the_look_at_the_station_says_what_a_ward_paired_by_the_page_lacks(without):
    paired = replace(Config(folder=ROOT), town=TownConfig(url="tls://loa.thixa.gov.vn:4222"))
    assert package_faults(paired) == []
    without("nats")
    assert package_faults(paired) == [
        "Chưa cài gói nats-py mà mục [town] cần; hãy chạy: pip install 'loa-phuong[town]'."
    ]


def test_only_the_town_the_pair_and_the_boxes_import_their_clients():
    ran = subprocess.run([sys.executable, "-c", IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True)
    lacking = dict(line.split() for line in ran.stdout.splitlines())
    assert set(lacking.values()) == {"nats", "paho"}
    assert [name for name in lacking if name.split(".")[1] not in USES] == []


def test_a_ward_without_the_package_is_not_paired_with_a_town(station, without):
    admin = station.parts.people.add("quan", "Quân", Role.ADMIN, "mat-khau-cua-quan", station.clock.now())
    without("nats")
    with pytest.raises(Refused) as refused:
        station.desk.town_pairing.ask(admin, "https://loa.thixa.gov.vn", "AAAA-BBBB")
    assert refused.value.reason == "package_missing"
    assert refused.value.details["extra"] == "loa-phuong[town]"


def test_a_ward_paired_by_the_page_that_has_lost_the_package_airs_on_and_is_told_once(without, monkeypatch, capsys):
    watch = Supervisor([], SystemClock())
    (link,) = FEATURE.processes
    want = _wanting(watch)
    without("nats")
    want(link)
    want(link)
    assert capsys.readouterr().out == (
        "Chưa cài gói nats-py mà mục [town] cần; hãy chạy: pip install 'loa-phuong[town]'.\n"
    )
    assert link.name not in {child.name for child in watch._children}
    monkeypatch.undo()  # it is installed beside the running station
    want(link)
    assert link.name in {child.name for child in watch._children}
