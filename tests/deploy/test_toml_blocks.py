"""What the pages tell to write into config.toml is what the station takes, each block alone."""

import pytest

from scheduler.config.loading import load
from tests.deploy.pages import ROOT, Page

OTHERS = {"docs/recipes.md", "docs/simulate.md", "docs/lexicon.md"}
"""What stands there in TOML is a scenario, a list of readings, or part of a recipe; tests of their own read it."""
PAGES = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md") if "```toml" in path.read_text("utf-8")
)


@pytest.mark.parametrize("name", [name for name in PAGES if name not in OTHERS])
def test_what_a_page_tells_to_write_is_a_configuration_without_a_fault(name, tmp_path):
    blocks = [block for block in Page(name).blocks if block.language == "toml"]
    assert blocks
    for block in blocks:
        (tmp_path / "config.toml").write_text(block.text(), encoding="utf-8")
        assert load(tmp_path / "config.toml")
