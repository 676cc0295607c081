"""`loa database` as words on a command line: it looks, it goes back, it never brings the file up by looking."""

import json
import sqlite3
from contextlib import closing

import pytest

from scheduler.store.versions import known_steps
from tests import lives
from tests.ports import free_port

CONFIG = '[speech]\nengines = ["espeak"]\n[[output]]\nname = "loa"\nkind = "null"\ncounts = true\n'
STEP = "m022_writers"


@pytest.fixture
def loa(tmp_path):
    (tmp_path / "config.toml").write_text(f"{CONFIG}[web]\nport = {free_port()}\n")

    def run(*words):
        return lives.loa("--config", tmp_path / "config.toml", *words)

    return run


def steps(tmp_path):
    with closing(sqlite3.connect(tmp_path / "data" / "loa.db")) as found:
        return [name for (name,) in found.execute("SELECT name FROM _sqlite_migrations ORDER BY rowid")]


def test_a_station_goes_back_a_release_and_up_again(loa, tmp_path):
    assert loa("user", "list").returncode == 0
    told = loa("database", "downgrade", "--to", STEP)
    assert told.returncode == 0, told.stderr
    assert "Chưa đổi gì" in told.stdout
    assert steps(tmp_path) == list(known_steps())
    done = loa("database", "downgrade", "--to", STEP, "--yes")
    assert done.returncode == 0, done.stderr
    assert steps(tmp_path)[-1] == STEP
    shown = json.loads(loa("database", "show", "--json").stdout)
    assert shown["steps"][-1] == STEP
    assert shown["pending"] == list(known_steps()[known_steps().index(STEP) + 1 :])
    assert [copy["file"].startswith("loa.db.before-going-back-") for copy in shown["copies"]] == [True]
    assert steps(tmp_path)[-1] == STEP, "looking brings nothing up"
    verified = loa("journal", "--verify")
    assert verified.returncode == 0, verified.stderr
    assert steps(tmp_path) == list(known_steps())
    if shown["pending"]:
        assert f"loa.db.before-{shown['pending'][0]}" in loa("database", "show").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [(("downgrade", "--to", "m999_x", "--yes"), "không có bước"), (("show",), "Không có cơ sở dữ liệu")],
    ids=["a step that is none", "no database"],
)
def test_what_cannot_be_is_one_sentence(loa, words, told):
    if words[0] == "downgrade":
        loa("user", "list")
    answer = loa("database", *words)
    assert answer.returncode == 1
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_older_program_refuses_a_newer_file_and_says_what_to_do(loa, tmp_path):
    loa("user", "list")
    with closing(sqlite3.connect(tmp_path / "data" / "loa.db")) as found:
        found.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('loa-phuong', 'm999_later', '')"
        )
        found.commit()
    for words in (("now",), ("run",), ("backup",)):
        answer = loa(*words)
        assert answer.returncode == 1
        assert "phiên bản mới hơn" in answer.stderr
        assert "Traceback" not in answer.stderr
