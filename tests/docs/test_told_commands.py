"""Every `loa …` that a sentence or a table of the documents names is run as it stands there, on a station with rows.

What a station of the tests has not (a town, a box, a file) is refused with a sentence. What nobody may get for following a
page: a command that is not there, an option that is not, a fault without a word.
"""

import re
import shlex

import click
import pytest
from click.testing import CliRunner

from scheduler.cli import loa
from scheduler.kernel.errors import LoaError
from tests.docs.test_cli import told_elsewhere

FILLED = {
    "NUMBER": "1", "SỐ": "1", "LOGIN": "lan", "TÊN": "lan", "KIND": "outage", "CODE": "K7Q2-M9XD", "FOLDER": ".",
    "SCENARIO": "kich-ban.toml", "FILE": "cong-van.txt", "TỆP": "cong-van.txt", "TEN-TEP.loabak": "cong-van.txt",
    "THU-MUC-MOI": "moi", "[--to DIR]": "--to sao-luu", "/etc/loa-phuong/config.toml": "config.toml",
    "/var/lib/loa-phuong": "data",
}  # fmt: skip
"""What the reader puts in its place."""
GOES_ON = {"run", "demo", "live", "selftest", "join"}
"""Run until somebody ends them, for a minute, or wait for another machine: tests of their own begin these."""
A_NAME = re.compile(r"loa(?: --?[a-z-]+| [a-z-]+)+")
"""A command that is named without what it is given."""
NO_COMMAND = re.compile(r"loa(?: --?[a-z]+)? ?(?:--[a-z]+|…|process …|.* …)?")
"""A word of an option, or a part of a command, that a sentence is about."""
LACKS = re.compile("Thiếu|Missing|cần|Hoặc|hãy cho")
"""What is said of a command that lacks what it is given."""


def fault_of(command: str) -> str:
    """What is wrong with having told it, or nothing."""
    for told, meant in FILLED.items():
        command = re.sub(rf"(?<=[ =]){re.escape(told)}(?= |$)", meant, command)
    before = [] if "--config" in command else ["--config", "config.toml"]
    done = CliRunner().invoke(loa, [*before, *shlex.split(command)[1:]], input="", standalone_mode=False)
    wrong = done.exception
    if wrong is None or isinstance(wrong, (LoaError, SystemExit, click.Abort)):
        return ""
    if isinstance(wrong, click.UsageError) and A_NAME.fullmatch(command) and LACKS.search(wrong.format_message()):
        return ""
    return f"{command}: {wrong!r}"


@pytest.fixture
def folder(station, cast, tmp_path, monkeypatch):
    """A station's folder, as its keeper stands in it."""
    station.services.announcements.write(cast.lan, "Vệ sinh ngõ xóm", "Bà con ra quét ngõ.")
    monkeypatch.chdir(station.config.folder)
    (station.config.folder / "config.toml").write_text(
        f'[station]\ndata = "{station.config.data}"\n[speech]\nengines = ["espeak"]\n'
        '[[output]]\nname = "loa"\nkind = "wavfile"\n'
    )
    (station.config.folder / "cong-van.txt").write_text("Số: 1/UBND\nMời bà con đi tiêm chủng.\n")
    return station.config.folder


def test_every_command_that_a_page_names_does_something_or_says_why_not(folder):
    told = [one for one in told_elsewhere() if not NO_COMMAND.fullmatch(one) and not GOES_ON & set(one.split())]
    assert len(told) > 100
    assert [fault for fault in map(fault_of, told) if fault] == []


def test_a_command_that_is_not_there_is_a_fault(folder):
    for command in ("loa emergency break-in", "loa journal --day today", "loa journal nowhere"):
        assert "WrongUsage" in fault_of(command)
