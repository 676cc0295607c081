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
