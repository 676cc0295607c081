"""The browser of the stories, and the mark of a test that wants it: left out where there is none, but never in CI."""

import os
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
NEEDS_BROWSER = [
    pytest.mark.needs_browser,
    pytest.mark.skipif(not CHROMIUM.exists() and os.environ.get("CI") != "true", reason="no /usr/bin/chromium here"),
]
