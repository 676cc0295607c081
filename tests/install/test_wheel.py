"""The wheel, installed where nothing else of ours is: it holds the whole tree, and `loa run` shows its first page."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.station.conftest import Running

ROOT = Path(__file__).parents[2]
PACKAGES = ("scheduler", "audio_assets", "web")
DOCUMENTS = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "vi").glob("*.md")]
"""What `web/docs`, a link in the tree, brings."""
BESIDE = ("pyproject.toml", "README.md", "LICENSE", "THIRD_PARTY.md")
CONFIG = """
[web]
port = {port}
[speech]
engines = ["espeak"]
[[output]]
kind = "null"
"""
WHERE = (
    "import scheduler, audio_assets, web; print(*(one.__file__ for one in (scheduler, audio_assets, web)), sep='\\n')"
)
AS_INSTALLED = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def done(*command, cwd):
    ran = subprocess.run(command, cwd=cwd, env=AS_INSTALLED, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built with the setuptools that is installed here, from a copy: a build leaves folders beside what it builds."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BESIDE:
        shutil.copy2(ROOT / name, source)
    words = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(source)]
    done(sys.executable, "-m", "pip", *words, cwd=out)
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of commands of a fresh environment with the wheel; what it needs is read from where the tests run."""
    folder = tmp_path_factory.mktemp("fresh")
    done(sys.executable, "-m", "venv", "--without-pip", folder / ".venv", cwd=folder)
    python = folder / ".venv" / "bin" / "python"
    done(sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", wheel, cwd=folder)
    (site,) = (folder / ".venv").glob("lib/python*/site-packages")
    # Of that folder's own .pth files none counts, so that the tree itself is not among it.
    (site / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python.parent


def test_the_wheel_holds_every_file_of_the_tree(wheel):
    tree = {
        path.relative_to(ROOT).as_posix()
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and not {"__pycache__", "docs"} & {*path.relative_to(ROOT).parts}
    } | {f"web/{path.relative_to(ROOT).as_posix()}" for path in DOCUMENTS}
    with zipfile.ZipFile(wheel) as file:
        held = {name for name in file.namelist() if ".dist-info/" not in name}
    for one in (
        "web/locale/en.po",
        "web/static/app.css",
        "web/docs/vi/khi.md",
        "web/templates/base.html",
        "scheduler/samples/cong-van-mau.txt",
    ):
        assert one in tree, "the test looks in the wrong place"
    assert held == tree


def test_an_installed_station_shows_its_first_page_in_an_empty_folder(installed, tmp_path):
    assert all(str(installed.parent) in line for line in done(installed / "python", "-c", WHERE, cwd=tmp_path).split())
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(port=free_port()), encoding="utf-8")
    running = Running(config, loa=[str(installed / "loa")], PYTHONPATH="").up()
    try:
        link = re.search(r"http://\S+/cai-dat-lan-dau\?ma=\S+", running.told)[0]
        assert running.browser.set_up(link) == 303
        status, page = running.browser.ask("/truc-tiep")
        assert (status, "Hôm nay" in page) == (200, True)
        asked = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
        assert asked
        assert {name: running.browser.ask(name)[0] for name in asked} == dict.fromkeys(asked, 200)
        running.ctrl_c()
    finally:
        running.end()
    assert running.process.returncode == 0, running.told
    assert "Traceback" not in running.told


def test_an_installed_station_goes_the_whole_way_from_a_dispatch_to_an_airing(installed, tmp_path):
    told = done(installed / "loa", "demo", "--folder", tmp_path / "demo", cwd=tmp_path)
    assert re.search(r"Âm thanh đã ghi ra tệp: \S+\.wav", told)


def test_every_requirement_of_what_is_locked_is_met_by_what_is_locked(tmp_path):
    assert "No broken requirements found." in done(sys.executable, "-m", "pip", "check", cwd=tmp_path)
