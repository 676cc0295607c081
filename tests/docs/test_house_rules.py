"""House rules that no linter of ours asks: docstrings of modules, and how long modules and functions may be."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for top in ("scheduler", "audio_assets", "web") for path in (ROOT / top).rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
NAMES = [path.relative_to(ROOT).as_posix() for path in MODULES]


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_module_says_what_it_decides_and_what_it_never_does(path):
    if not path.read_text(encoding="utf-8").strip():
        assert path.name == "__init__.py"  # an empty front of a package has nothing to say
        return
    told = ast.get_docstring(tree_of(path)) or ""
    assert len(told.splitlines()) >= 2, "a module's docstring has at least two lines"


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_module_is_not_too_long(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_no_function_is_too_long(path):
    functions = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_no_name_says_nothing(path):
    empty = ("manager", "helper", "util")
    names = [path.stem, *(node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef))]
    assert [name for name in names if any(word in name.lower() for word in empty)] == []


RENAMES = {
    "scheduler/durable.py",  # its own
    "scheduler/broker/clips.py",  # a part of a download: believed by its hash alone, at every start anew
}


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_file_gets_its_name_in_one_place_that_has_it_on_the_disk(path):
    """`Path.replace` and its like leave a name that a power cut may take: `scheduler.durable` does not."""
    if path.relative_to(ROOT).as_posix() in RENAMES:
        return
    calls = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    named = [(node, node.func) for node in calls if isinstance(node.func, ast.Attribute)]
    found = [
        f"line {node.lineno}"
        for node, func in named
        if (func.attr in {"replace", "rename"} and len(node.args) == 1 and not node.keywords)
        or (
            func.attr in {"replace", "rename", "renames"} and isinstance(func.value, ast.Name) and func.value.id == "os"
        )
        or (func.attr == "move" and isinstance(func.value, ast.Name) and func.value.id == "shutil")
    ]
    assert found == []
