"""A section of config.toml whose package is not installed: one sentence with the command, and nothing else is kept."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.config.loading import load
from scheduler.core.words.wording import sentence
from scheduler.features import FEATURES
from tests.commands import loa_of
from tests.of_extras import rows_of_extras

ROOT = Path(__file__).parents[2]
SECTIONS = rows_of_extras("packages", "SECTIONS")
"""Section -> its text, the module and the package it needs."""
PACKAGES = {keys.package.module for feature in FEATURES for keys in feature.keys if keys.package}
USES = {feature.name for feature in FEATURES if any(keys.package for keys in feature.keys)}
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
    text, module, package = SECTIONS[section]
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    without(module)
    code, out, told = loa_of(path, monkeypatch, capsys)(*command)
    sentence = f"Chưa cài gói {package} mà mục [{section}] cần; hãy chạy lệnh “pip --python {sys.executable} install {package}” rồi làm lại."
    assert (code, out) == (1, "")
    assert told.splitlines() == ["config.toml có lỗi:", f"- {sentence}"]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("section", SECTIONS)
def test_the_command_that_is_advised_is_one_that_pip_understands(section):
    """No index holds a package named as this project, so its extras are nothing that pip could find."""
    package = SECTIONS[section][2]
    advised = sentence("package_missing", {"section": section, "package": package, "python": sys.executable})
    words = shlex.split(re.search("“(.+)”", advised)[1])
    assert words[0] == "pip"
    tried = [sys.executable, "-m", *words, "--no-index", "--disable-pip-version-check"]
    done = subprocess.run(tried, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, "already satisfied" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize("section", SECTIONS)
def test_the_same_section_is_no_fault_where_the_package_is_installed(section, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(SECTIONS[section][0], encoding="utf-8")
    assert load(path)


def test_only_the_extras_that_name_them_import_their_clients():
    ran = subprocess.run([sys.executable, "-c", IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True)
    lacking = dict(line.split() for line in ran.stdout.splitlines())
    assert set(lacking.values()) == set(PACKAGES)
    places = [name.split(".")[:3] for name in lacking]
    assert [place for place in places if place[:2] != ["scheduler", "extras"] or place[2] not in USES] == []
