"""Where the words and the markup of the pages stand: the core's, and each extra's own."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
TEMPLATES = sorted(
    [*(ROOT / "web/templates").rglob("*.html"), *(ROOT / "scheduler/extras").glob("*/templates/**/*.html")]
)
WORDS = sorted(
    path
    for place in ("scheduler/core/*", "scheduler/extras/*", "web/*")
    for path in ROOT.glob(f"{place}/words.vi.toml")
)
STATIC = sorted([*(ROOT / "web/static").glob("*.*"), *(ROOT / "scheduler/extras").glob("*/static/*.*")])
SCRIPTS = [path for path in STATIC if path.suffix == ".js"]
PYTHON = (
    "web/*.py",
    "web/[!a]*/*.py",
    "web/a[!p]*/*.py",
    "scheduler/extras/*/pages.py",
    "scheduler/extras/*/pages/*.py",
    "scheduler/extras/*/rules/wording*.py",
    "scheduler/extras/*/rules/*_words.py",
)
"""As globs below the root."""
