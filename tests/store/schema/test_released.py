"""What is released stays: no step changes, none is left out, and an old file becomes what it always became.

`released.sha256` holds the steps of the core in their order, `tests/extras/<name>/schema.sha256` those of an extra;
`sha256sum` writes them.
"""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils.db import Database

from scheduler.features import FEATURES, folder_of
from scheduler.store import Store
from scheduler.store.schema import migrations
from scheduler.store.schema.migrations import CORE_STEPS, all_steps

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
FOLDER = Path(migrations.__file__).parent
LAST = "m034_hub_audit"
"""The last step before steps were files."""
WHOLE = "55633bd57a5e4d0c27e68524d212b15a91ea9452f1b669420d3dc1ab89b0fc9a"
BECAME = {
    "m001": WHOLE,
    "m002": WHOLE,
    "m009": WHOLE,
    "m014": "cff5cf9bae6f0af3d835e7a5fe2af98d6e182f52a03d03af24c91aa7d8fc9591",
    "m022": "721dcc94e640bac657af03515748ebea71e3eafecadd2db42171a8b79701f575",
}
"""What the files of old releases became when steps still stood in Python; two have other remarks in their tables."""


def listed(path: Path) -> dict[str, str]:
    """File below the tree -> its sha256."""
    pairs = [line.split(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines()]
    return {name: digest for digest, name in pairs}


def lying(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("*.sql")
    }


def looks(conn: sqlite3.Connection) -> str:
    rows = conn.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
    return hashlib.sha256(json.dumps([list(row) for row in rows]).encode()).hexdigest()


def test_no_released_step_of_the_core_has_changed():
    kept = listed(HERE / "released.sha256")
    assert lying(FOLDER) == kept, (
        "a released step is never edited: add a new one; of a new one write down its line: "
        f"sha256sum {FOLDER.relative_to(ROOT)}/<step>.sql >> {HERE.relative_to(ROOT)}/released.sha256"
    )
    assert [Path(name).stem for name in kept] == list(CORE_STEPS), (
        "steps stand in the order in which they were released"
    )


def test_no_released_step_of_an_extra_has_changed():
    for feature in FEATURES:
        folder, kept = folder_of(feature) / "schema", ROOT / "tests/extras" / feature.name / "schema.sha256"
        assert lying(folder) == (listed(kept) if kept.exists() else {}), (
            f"of a new step write down its line: sha256sum {folder.relative_to(ROOT)}/*.sql > {kept.relative_to(ROOT)}"
        )
        assert sorted(path.stem for path in folder.glob("*.sql")) == sorted(feature.schema), "each file is a step"


def test_a_new_file_is_as_it_was_when_steps_stood_in_python():
    core = all_steps(())
    with closing(sqlite3.connect(":memory:")) as conn:
        core.go(Database(conn, execute_plugins=False), CORE_STEPS[: CORE_STEPS.index(LAST) + 1])
        assert looks(conn) == WHOLE


@pytest.mark.parametrize("name", BECAME)
def test_a_file_of_an_old_release_becomes_to_the_letter_what_it_always_became(name, tmp_path, monkeypatch):
    monkeypatch.setattr("scheduler.store.versions.migrations", until_last())
    path = tmp_path / "loa.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript((HERE.parent / "old" / f"{name}.sql").read_text(encoding="utf-8"))
    store = Store(path)
    store.migrate()
    assert looks(store.db.conn) == BECAME[name]
    store.close()


def until_last():
    """The core as it was after `LAST`."""
    core = all_steps(())
    core.steps = core.steps[: CORE_STEPS.index(LAST) + 1]
    return core
