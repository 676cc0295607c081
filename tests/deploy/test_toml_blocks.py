"""What the pages tell to write into config.toml is what the station takes, each block alone."""

import pytest

from scheduler.config.loading import load
from tests.deploy.pages import Page

PAGES = ["docs/town.md", "docs/pair.md", "docs/security.md", "docs/settings.md", "docs/voices.md"]


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_tells_to_write_is_a_configuration_without_a_fault(name, tmp_path):
    blocks = [block for block in Page(name).blocks if block.language == "toml"]
    assert blocks
    for block in blocks:
        (tmp_path / "config.toml").write_text(block.text(), encoding="utf-8")
        assert load(tmp_path / "config.toml")
