"""`pip`, `pipx` and `uv` as README.md and docs/operations.md tell them: from the source to a first page, libraries and all.

The libraries come from the registry of packages. Where none is reached, the test is left out and says so.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.pages import ROOT, Page
from tests.install.test_wheel import BESIDE, CONFIG, PACKAGES
from tests.of_extras import rows_of_extras
from tests.ports import free_port
from tests.station.conftest import Running
from tests.waiting import PATIENCE

README, OPERATIONS = Page("README.md"), Page("docs/operations.md")
SECTIONS = rows_of_extras("packages", "SECTIONS")
"""Section -> its text, the module and the package it needs."""


class Shell:
    """One person's account with pipx and uv, standing in a folder of the source.

    pip is told to compile nothing ("0" means that to it): Python does so with what is imported, a small part of it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.source, self.bin = folder, folder / "source", folder / "home" / ".local" / "bin"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "XDG_", "VIRTUAL"))}
        self._tools = folder / "tools" / "bin"
        self.environment = kept | {
            "HOME": str(folder / "home"), "PATH": f"{self.bin}:{self._tools}:{os.environ['PATH']}", "PIPX_DEFAULT_PYTHON": sys.executable,
            "UV_PYTHON": sys.executable, "PIP_NO_COMPILE": "0",
        }  # fmt: skip

    def tried(self, command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "-euc", command], cwd=self.source, env=self.environment, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=PATIENCE * 4, check=False,
        )  # fmt: skip

    def run(self, command: str) -> str:
        done = self.tried(command)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        return done.stdout


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    (tmp_path / "home").mkdir()
    for name in PACKAGES:
        shutil.copytree(ROOT / name, made.source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BESIDE:
        shutil.copy2(ROOT / name, made.source)
    made.run(f"{sys.executable} -m venv --without-pip ../tools")
    got = made.tried(f"{sys.executable} -m pip --python ../tools/bin/python install --quiet pipx uv")
    if got.returncode != 0:
        pytest.skip(f"no registry of packages gives pipx and uv here: {got.stdout.strip().splitlines()[-1]}")
    return made


def shows_its_page(shell: Shell, loa: Path, name: str) -> None:
    """`loa run` in an empty folder: the link of the first user, and his first page."""
    folder = shell.folder / name
    folder.mkdir()
    (folder / "config.toml").write_text(CONFIG.format(port=free_port()), encoding="utf-8")
    running = Running(folder / "config.toml", loa=[str(loa)], PYTHONPATH="").up()
    try:
        link = re.search(r"http://\S+/cai-dat-lan-dau\?ma=\S+", running.told)[0]
        assert running.browser.set_up(link) == 303
        assert running.browser.ask("/truc-tiep")[0] == 200
        running.ctrl_c()
    finally:
        running.end()
    assert running.process.returncode == 0, running.told


def advised(section: str) -> str:
    """The command of the table's last column for a section."""
    (line,) = [line for line in OPERATIONS.words.splitlines() if line.startswith("|") and f"`{section}`" in line]
    return re.findall("`([^`]+)`", line)[-1]


def test_a_station_is_installed_by_each_of_the_three_as_the_pages_say(shell: Shell) -> None:
    pip, pipx = OPERATIONS.under("By pip, pipx or uv")[0].text().splitlines()
    _by_pip(shell, pip.partition("#")[0])
    _by_pipx(shell, pipx.partition("#")[0].strip())
    _by_uv(shell, pipx.partition("or: ")[2])


def _by_pip(shell: Shell, command: str) -> None:
    shell.run(f"python3 -m venv ../own\n. ../own/bin/activate\n{command}")
    assert "Loa Phường" in shell.run("../own/bin/loa --help")  # its page is shown by test_wheel.py


def _by_pipx(shell: Shell, command: str) -> None:
    shell.run(README.inline(command))
    shows_its_page(shell, shell.bin / "loa", "by-pipx")
    for section, heading in (("town", "[town]"), ("cluster", "[[cluster]]")):
        text, _, package = SECTIONS[section]
        (shell.source / "config.toml").write_text(text, encoding="utf-8")
        told = shell.tried("loa config check")
        assert (told.returncode, f"Chưa cài gói {package}" in told.stdout) == (1, True), told.stdout
        shell.run(advised(heading))
        shell.run("loa config check")
    shell.run("pipx uninstall loa-phuong")


def _by_uv(shell: Shell, command: str) -> None:
    shell.run(README.inline(command))
    shows_its_page(shell, shell.bin / "loa", "by-uv")
    shell.run(OPERATIONS.inline("uv tool install --compile-bytecode '.[town,boxes]'") + " --force")
    (shell.source / "config.toml").write_text(SECTIONS["town"][0] + SECTIONS["cluster"][0], encoding="utf-8")
    shell.run("loa config check")
