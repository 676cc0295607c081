"""House rules that no linter of ours asks: docstrings of modules, and how long modules and functions may be.

A rule is one test over all modules; where it fails it lists every offender.
"""

import ast
import re
from functools import cache
from pathlib import Path

from tests.docs.sources import nodes_of, tree_of

ROOT = Path(__file__).parents[2]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
OF_AN_EXTRA = re.compile(r"^\s*(from|import) (scheduler|tests)\.extras\.\w", re.MULTILINE)


@cache
def texts():
    """Every module of ours -> its text."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for top in ("scheduler", "audio_assets", "web")
        for path in sorted((ROOT / top).rglob("*.py"))
    }


@cache
def parsed():
    """Every module -> its docstring, its functions, classes and calls."""
    asked = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Call
    return {
        name: (
            ast.get_docstring(tree_of(ROOT / name)) or "",
            [node for node in nodes_of(ROOT / name) if isinstance(node, asked)],
        )
        for name in texts()
    }


def nodes(kind):
    """(module, node) for every node of this kind."""
    return [(name, node) for name, (_, found) in parsed().items() for node in found if isinstance(node, kind)]


def test_the_rules_are_asked_of_the_whole_tree():
    assert len(texts()) > 400
    assert {name.split("/")[0] for name in texts()} == {"scheduler", "audio_assets", "web"}


def test_a_module_says_what_it_decides_and_what_it_never_does():
    """At least two lines; only an empty front of a package has nothing to say."""
    empty = [name for name, text in texts().items() if not text.strip()]
    told = {name: len(docstring.splitlines()) for name, (docstring, _) in parsed().items()}
    assert [name for name in empty if not name.endswith("/__init__.py")] == []
    assert {name: lines for name, lines in told.items() if lines < 2 and name not in empty} == {}


def test_a_module_is_not_too_long():
    lengths = {name: len(text.splitlines()) for name, text in texts().items()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_test_of_the_core_imports_an_extra():
    """An extra's folders and its line in the record can be taken out, and the tests of the core still run."""
    tests = sorted((ROOT / "tests").rglob("*.py"))
    extras = ROOT / "tests" / "extras"
    texts_of = {path: path.read_text(encoding="utf-8") for path in tests}
    assert any(OF_AN_EXTRA.search(text) for path, text in texts_of.items() if path.is_relative_to(extras))
    found = [path for path, text in texts_of.items() if OF_AN_EXTRA.search(text) and not path.is_relative_to(extras)]
    assert [path.relative_to(ROOT).as_posix() for path in found] == []


REPOSITORIES = {"repos", "_repos"}
"""What services call the rows behind them."""
DOORS = re.compile(
    r"^(web/|scheduler/(commands|operations)/|scheduler/extras/\w+/(pages|commands|operations|api)(/|\.py$))"
)
"""Pages, commands and operations of the API."""


def test_pages_and_commands_reach_past_no_service():
    """`services.repos` and the like; a day's or a text's own `parts` is something else."""
    found = []
    for name in texts():
        if DOORS.match(name):
            asked = (node for node in nodes_of(ROOT / name) if isinstance(node, ast.Attribute))
            found += [f"{name}:{node.lineno}" for node in asked if node.attr in REPOSITORIES and is_of_a_service(node)]
    assert found == []


ROWS = re.compile(r"scheduler\.(store|extras\.\w+\.rows)\b")
SERVICES = re.compile(r"^scheduler/(services/|extras/\w+/service(/|\.py$))")


def repositories_of(name: str) -> set[str]:
    """What a module of services calls the repositories that it holds in the open: `self.rows = LexiconRows(store)`."""
    found = nodes_of(ROOT / name)
    froms = (node for node in found if isinstance(node, ast.ImportFrom) and ROWS.match(node.module or ""))
    kinds = {alias.name for node in froms for alias in node.names}
    made = (node for node in found if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call))
    return {
        target.attr
        for node in made
        for target in node.targets
        if isinstance(target, ast.Attribute) and not target.attr.startswith("_") and called(node.value) in kinds
    }


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def test_pages_and_commands_ask_a_service_and_not_the_rows_that_it_holds():
    held = {one for name in texts() if SERVICES.match(name) for one in repositories_of(name)}
    assert {"rows", "codes", "moved"} <= held
    asked = [(name, node.func) for name, node in nodes(ast.Call) if DOORS.match(name)]
    asked = [(name, one.value) for name, one in asked if isinstance(one, ast.Attribute)]
    asked = [(name, one) for name, one in asked if isinstance(one, ast.Attribute) and one.attr in held]
    assert [f"{name}:{one.lineno} {ast.unparse(one)}" for name, one in asked] == []


def is_of_a_service(node: ast.Attribute) -> bool:
    """Whether this is an attribute of the station or of its services."""
    owner = ast.unparse(node.value)
    return bool(re.search(r"(^|[._])(station|services|place|desk)(\(\))?$", owner))


def test_no_function_is_too_long():
    lengths = {
        f"{name}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, node in nodes(ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_no_name_says_nothing():
    empty = ("manager", "helper", "util")
    names = [(name, Path(name).stem) for name in texts()] + [(name, node.name) for name, node in nodes(ast.ClassDef)]
    assert [(name, said) for name, said in names if any(word in said.lower() for word in empty)] == []


RENAMES = {
    "scheduler/kernel/durable.py",  # its own
    "scheduler/extras/town/broker/clips.py",  # a part of a download: believed by its hash alone, at every start anew
}


def names_a_file(node: ast.Call) -> bool:
    """Whether this call gives a file another name: `Path.replace`, `os.rename`, `shutil.move` and their like."""
    if not isinstance(node.func, ast.Attribute):
        return False
    word, owner = node.func.attr, node.func.value.id if isinstance(node.func.value, ast.Name) else ""
    return (
        (word in {"replace", "rename"} and len(node.args) == 1 and not node.keywords)
        or (word in {"replace", "rename", "renames"} and owner == "os")
        or (word == "move" and owner == "shutil")
    )


def test_a_file_gets_its_name_in_one_place_that_has_it_on_the_disk():
    """`Path.replace` and its like leave a name that a power cut may take: `scheduler.kernel.durable` does not."""
    found = [f"{name}:{node.lineno}" for name, node in nodes(ast.Call) if names_a_file(node) and name not in RENAMES]
    assert found == []
