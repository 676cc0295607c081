"""A copy of this tree without an extra: its folder, its tests, its page of the docs and its line in FEATURES are gone.

What leans on it goes with it (`Feature.needs`). The pages that scripts write from the code are written anew, as by who
takes an extra out. Then what `make check` runs and the tests of the core say whether the rest is whole, and a station
that has run here runs there and here again (`tests/extras/tree_without.py`). It judges nothing itself.
`python -m tests.without --help`.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scheduler.features import FEATURES

ROOT = Path(__file__).parents[1]
NAMES = [feature.name for feature in FEATURES]
CORE = (
    "tests/kernel", "tests/core", "tests/store", "tests/intake", "tests/paper", "tests/services", "tests/operations",
    "tests/net", "tests/contract", "tests/station", "tests/cli", "tests/web",
)  # fmt: skip
SHARES = 12
"""Of so many shares of the core's tests a run of the continuous integration runs one: with eleven extras every share
meets every extra in time.
"""
WRITTEN = {
    "docs/cli.md": "tests/docs/command_reference.py",
    "docs/config.md": "tests/docs/config_reference.py",
    "docs/reasons.md": "tests/docs/reason_reference.py",
    "docs/roles.md": "tests/docs/role_reference.py",
    "docs/api-operations.md": "tests/docs/operation_reference.py",
}
"""Page -> the script that prints it."""
NOT_HERE = (
    "--ignore=tests/docs/test_glossary.py",
    "--ignore=tests/docs/test_supply.py",
    "--ignore=tests/docs/test_told_commands.py",
    "--deselect=tests/docs/test_cli.py::test_every_command_that_another_document_names_exists",
    *(
        f"--deselect=tests/docs/test_documents.py::{name}"
        for name in (
            "test_every_link_between_documents_leads_somewhere",
            "test_the_tests_a_decision_names_are_there",
            "test_what_an_officer_is_told_to_press_or_read_is_what_the_page_shows",
        )
    ),
)
"""Documents written by hand still speak of what is gone, and link to its page. What comes from outside is the same."""


def with_dependents(name: str) -> list[str]:
    """The extra and all that lean on it."""
    gone = {name}
    while more := {one.name for one in FEATURES if gone & set(one.needs)} - gone:
        gone |= more
    return [one for one in NAMES if one in gone]


def copied(into: Path, gone: Sequence[str]) -> None:
    """The files that git knows or would know, less those of `gone` and the benches that measure them.

    What Python has compiled of them goes along: it knows a file by its size and time, which stay.
    """
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    pages = {f"docs/{one.docs}" for one in FEATURES if one.name in gone}
    pages -= {f"docs/{one.docs}" for one in FEATURES if one.name not in gone}
    folders = tuple(f"{top}/extras/{name}/" for name in gone for top in ("scheduler", "tests"))
    theirs = re.compile(rf"scheduler\.extras\.(?:{'|'.join(gone)})\b")
    for name in listed:
        if name and (ROOT / name).is_symlink():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (into / name).symlink_to((ROOT / name).readlink())
        if not name or not (ROOT / name).is_file() or name.startswith(folders) or name in pages:
            continue
        measures = name.startswith("bench/") and name.endswith(".py")
        if not (measures and theirs.search((ROOT / name).read_text(encoding="utf-8"))):
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into / name)
    for folder in {Path(name).parent for name in listed if name.endswith(".py")}:
        if (ROOT / folder / "__pycache__").is_dir() and (into / folder).is_dir():
            shutil.copytree(ROOT / folder / "__pycache__", into / folder / "__pycache__")
    record = into / "scheduler/features.py"
    lines = record.read_text(encoding="utf-8")
    for name in gone:
        lines, count = re.subn(rf'    _of\("{name}"\),\n', "", lines)
        assert count == 1, name
    record.write_text(lines, encoding="utf-8")


def runs(tree: Path, *words: str, **named: str) -> bool:
    print("$", *words, flush=True)
    env = os.environ | {"PYTHONPATH": str(tree)} | named
    return subprocess.run(words, cwd=tree, env=env, check=False).returncode == 0


def judged(name: str, chosen: Sequence[str]) -> bool:
    """Whether the copy without an extra is whole."""
    gone = with_dependents(name)
    print(f"== without {', '.join(gone)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "loa")
        copied(copy, gone)
        if (ROOT / ".mypy_cache").is_dir():  # what mypy knows of files that are the same
            shutil.copytree(ROOT / ".mypy_cache", copy / ".mypy_cache")
        (copy / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
        env = os.environ | {"PYTHONPATH": str(copy)}
        for page, script in WRITTEN.items():
            told = subprocess.run(
                [sys.executable, script], cwd=copy, env=env, capture_output=True, text=True, check=True
            )
            (copy / page).write_text(told.stdout, encoding="utf-8")
        ok = runs(copy, sys.executable, "tests/web/messages.py")
        bin_of = Path(sys.prefix, "bin")
        ok &= runs(copy, str(bin_of / "ruff"), "format", "-q", "--check", ".")
        ok &= runs(copy, str(bin_of / "ruff"), "check", "-q", ".")
        ok &= runs(copy, sys.executable, "-m", "mypy")
        ok &= runs(copy, str(bin_of / "lint-imports"))
        ok &= runs(copy, sys.executable, "-m", "pytest", "-n", "auto", "tests/docs", *NOT_HERE, *chosen)
        return ok & runs(
            ROOT,
            sys.executable,
            "-m",
            "pytest",
            "tests/extras/tree_without.py",
            LOA_TREE=str(copy),
            LOA_GONE=" ".join(gone),
        )


def core_share(turn: int | None) -> list[str]:
    """The quick tests of the core, files without a browser; of a turn its share of them."""
    files = sorted(path for folder in CORE for path in (ROOT / folder).rglob("test_*.py") if "browser" not in path.name)
    return [str(path.relative_to(ROOT)) for path in (files if turn is None else files[turn % SHARES :: SHARES])]


def main(words: Sequence[str] | None = None) -> int:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--extra", action="append", choices=NAMES, help="only without this one; may be repeated")
    ask.add_argument(
        "--turn",
        type=int,
        help="the number of a run: it takes one extra and a share of the core's tests, the next run the next",
    )
    ask.add_argument("pytest", nargs="*", help="words for pytest behind --; without any: the quick tests of the core")
    given = ask.parse_args(words)
    names = given.extra or ([NAMES[given.turn % len(NAMES)]] if given.turn is not None else NAMES)
    fell = [name for name in names if not judged(name, given.pytest or core_share(given.turn))]
    print(f"not whole without: {', '.join(fell)}" if fell else f"whole without {', '.join(names)}")
    return 1 if fell else 0


if __name__ == "__main__":
    sys.exit(main())
