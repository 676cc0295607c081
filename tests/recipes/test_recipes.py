"""The recipes of docs/recipes.md are followed, step by step, on a copy of the tree: what they make passes and works.

A step is a paragraph that ends in "Make `file`:", "Below `line` of `file`:", "At the end of `file`:" or "Run:", and the
fenced block behind it. What stands below a command of a "Run:" block has to stand in its answer.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.without import ROOT, copied

PAGE = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"(?:Make `(?P<made>[^`]+)`|Below `(?P<line>[^`]+)` of\s`(?P<below>[^`]+)`|At the end of `(?P<end>[^`]+)`|(?P<run>Run))"
    r":\n\n(?P<fence>`{3,})\w+\n(?P<text>.*?)(?P=fence)\n",
    re.DOTALL,
)
BIN = Path(sys.prefix, "bin")
RECIPES = {found[1]: found[2] for found in re.finditer(r"(?ms)^## (Add .+?)\n(.*?)(?=^## Add |\Z)", PAGE)}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: lines for a file (`line` = below which; "" = all of it, None = its end), or commands."""

    file: str
    line: str | None
    text: str


def steps_of(recipe: str) -> list[Step]:
    found = list(STEP.finditer(recipe))
    assert len(found) == len(re.findall(r"(?m)^`{3,}\w+$", re.sub(r"(?s)````.*?````", "````x", recipe))), (
        "a block of no step"
    )
    return [
        Step(one["made"] or one["below"] or one["end"] or "", None if one["end"] else one["line"] or "", one["text"])
        for one in found
    ]


def follow(step: Step, tree: Path) -> None:
    """Write what it gives into its file."""
    path = tree / step.file
    path.parent.mkdir(parents=True, exist_ok=True)
    if step.line == "":
        assert not path.exists(), f"{step.file} is there already"
        path.write_text(step.text, encoding="utf-8")
        return
    before = path.read_text(encoding="utf-8")
    if step.line is None:
        path.write_text(f"{before.rstrip()}\n\n{step.text}", encoding="utf-8")
        return
    lines = before.splitlines(keepends=True)
    (place,) = [number for number, line in enumerate(lines) if line.strip() == step.line]
    path.write_text("".join([*lines[: place + 1], step.text, *lines[place + 1 :]]), encoding="utf-8")


def answer(command: str, tree: Path) -> str:
    """What a command says in the tree; it has to end well."""
    env = os.environ | {"PYTHONPATH": str(tree), "PATH": f"{BIN}:{os.environ['PATH']}"}
    env = {name: value for name, value in env.items() if not name.startswith(("PYTEST_", "LOA_"))}
    words = ["/bin/sh", "-c", command]
    done = subprocess.run(words, cwd=tree, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr


def run(text: str, tree: Path) -> None:
    said = ""
    for line in text.splitlines():
        if line.startswith("$ "):
            said = answer(line[2:], tree)
        else:
            assert line in said, f"not said: {line}\n{said[-3000:]}"


def test_the_page_has_the_recipes_that_people_ask_for():
    assert {"Add an extra", "Add an output", "Add a voice", "Add an operation"} <= set(RECIPES)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="files are listed by git, and this tree is a copy")
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_works_as_it_stands(name: str, tmp_path: Path):
    tree = tmp_path / "loa"
    copied(tree, ())
    steps = steps_of(RECIPES[name])
    for step in steps:
        if step.file:
            follow(step, tree)
    touched = " ".join(sorted({step.file for step in steps if step.file.endswith(".py")}))
    answer(f"ruff check -q {touched} && ruff format -q --check {touched}", tree)
    for step in steps:
        if not step.file:
            run(step.text, tree)
    shutil.rmtree(tree)
