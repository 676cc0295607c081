"""What the operations pages are run with: a page that hides no block, and a machine that no killed test leaves behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy import pages
from tests.deploy.machine import OF_ITS_OWN, shell_on_a_layer
from tests.deploy.pages import Page
from tests.waiting import until

TEXT = """# Page
## One
```sh
first `$1`
```
1. A list:
   ```toml
   [web]
   ```
## Two
```sh not run: wants docker
docker
```
"""
LEFT_BEHIND = """
import subprocess, sys, time
subprocess.Popen(sys.argv[1:])
time.sleep(600)
"""


@pytest.fixture
def page(tmp_path, monkeypatch):
    (tmp_path / "page.md").write_text(TEXT)
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    return Page("page.md")


def test_a_block_is_run_or_says_on_the_page_why_it_is_not(page):
    assert [(one.heading, one.language, one.not_run) for one in page.blocks] == [
        ("One", "sh", ""),
        ("One", "toml", ""),
        ("Two", "sh", "wants docker"),
    ]
    first, second = page.under("One")
    assert second.text() == "[web]\n"
    assert [left.partition(":")[0] for left in page.left()] == ["One"]
    assert first.text({"$1": "x"}) == "first `x`\n"
    assert page.left() == []
    page.blocks[2].text()
    assert page.left() == ["Two: docker\n"], "it says that it is not run, and is"


def test_what_a_page_does_not_tell_is_not_run_as_if_it_did(page):
    assert page.inline("$1") == "$1"
    for asked in (
        lambda: page.under("Two"),
        lambda: page.inline("loa"),
        lambda: page.under("One")[0].text({"loa": ""}),
    ):
        with pytest.raises(AssertionError):
            asked()


def test_a_machine_ends_with_a_test_that_is_killed(tmp_path):
    shell_on_a_layer(tmp_path)
    begun = tmp_path / "begun"
    inside = ["sh", "-c", f"sleep 611 & sleep 612 & touch {begun}; wait"]
    tests = subprocess.Popen([sys.executable, "-c", LEFT_BEHIND, *OF_ITS_OWN, *inside])
    until(begun.exists, "its processes")
    started = _below(tests.pid)
    assert len(started) >= 4
    tests.kill()
    tests.wait()
    until(lambda: not any(map(_runs, started)), "the end of all that it had started")


def _below(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*children, *(found for child in children for found in _below(child))]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
