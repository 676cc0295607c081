"""Steps of the schema are files of SQL that go whole or not at all, each once, in their order."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils.db import Database

from scheduler.store.schema.schema_steps import SchemaStep, SchemaSteps, statements

OWNER = "loa-phuong/made-up"


@pytest.fixture
def steps(tmp_path):
    """Steps of these texts, in this order."""

    def made(also=None, **texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.sql").write_text(text, encoding="utf-8")
        return SchemaSteps([SchemaStep(OWNER, name, tmp_path / f"{name}.sql", also) for name in texts], [OWNER])

    return made


@pytest.fixture
def db():
    with closing(sqlite3.connect(":memory:")) as conn:
        yield Database(conn, execute_plugins=False)


def tables(db):
    return [
        name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> ?", (RECORD,))
    ]


RECORD = "_sqlite_migrations"


def test_a_file_is_read_a_statement_at_a_time_with_the_comments_in_it():
    text = """-- What it is for; in words.

CREATE TABLE bell (
    name TEXT, -- rung; or not
    says TEXT DEFAULT ';'
);
-- never twice
CREATE TRIGGER bell_rung AFTER INSERT ON bell
    BEGIN UPDATE bell SET says = 'x'; DELETE FROM bell; END;
"""
    table, trigger = statements(text)
    assert table.startswith("-- What it is for; in words.\n\nCREATE TABLE bell (\n    name TEXT, -- rung; or not\n")
    assert trigger.startswith("-- never twice\nCREATE TRIGGER")
    assert trigger.endswith("DELETE FROM bell; END;")


@pytest.mark.parametrize("text", ["CREATE TABLE bell (name TEXT)", "SELECT 1;\n-- and then?"])
def test_a_file_that_ends_in_the_middle_is_no_step(text):
    with pytest.raises(ValueError, match="without an end"):
        list(statements(text))


def test_a_failing_step_leaves_no_trace_and_stays_pending(steps, db):
    made = steps(
        first="CREATE TABLE first (id INTEGER);", breaks="CREATE TABLE half (id INTEGER);\nINSERT INTO none VALUES (1);"
    )
    with pytest.raises(sqlite3.OperationalError, match="none"):
        made.apply(db)
    assert tables(db) == ["first"]
    assert [step.name for step in made.pending(db)] == ["breaks"]
    (step,) = made.pending(db)
    step.file.write_text("CREATE TABLE half (id INTEGER);", encoding="utf-8")
    made.apply(db)
    assert made.applied(db) == ("first", "breaks")


def test_what_sql_cannot_say_stands_or_falls_with_its_step(steps, db):
    def power_cut(_):
        raise RuntimeError("power cut")

    made = steps(power_cut, first="CREATE TABLE first (id INTEGER);")
    with pytest.raises(RuntimeError):
        made.apply(db)
    assert tables(db) == []


def test_a_step_gone_by_another_process_meanwhile_is_not_gone_again(steps, tmp_path, monkeypatch):
    made = steps(once="CREATE TABLE once (id INTEGER);")
    with closing(sqlite3.connect(tmp_path / "x.db")) as one, closing(sqlite3.connect(tmp_path / "x.db")) as other:
        first, second = (Database(conn, execute_plugins=False) for conn in (one, other))
        pending = made.pending(second)
        made.apply(first)
        monkeypatch.setattr(made, "pending", lambda _: pending)  # it had looked before the other began
        made.apply(second)
        assert made.applied(second) == ("once",)


def test_no_two_steps_have_one_name(tmp_path):
    one = SchemaStep(OWNER, "grows", tmp_path / "grows.sql")
    with pytest.raises(ValueError, match="grows"):
        SchemaSteps([one, one], [OWNER])
