"""The glossary names what there is, and the documents name modules that exist; words that were given up stay given up."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.docs.sources import tree_of
from tests.docs.test_documents import DOCUMENTS, ROOT, name_of

PAGE = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")][1:]
TOPS = ("scheduler", "audio_assets", "web")
RETIRED_MODULES = {
    "desk", "studio", "rundown", "wishes", "rooms", "placing", "spreading", "day_air", "in_hand", "feed", "judged",
    "relay_policy", "apart", "doorkeeper", "proving", "loosening", "taking_off", "town_take", "town_taking", "town_up",
    "hub_up", "welcome", "pair_air", "contest", "moved", "doing", "day_answers", "to_do", "guide", "parts", "readings",
}  # fmt: skip
"""Names of modules and folders that the field's own words have taken the place of."""
RETIRED_CLASSES = {
    "Desk", "Parts", "Studio", "Rundown", "Wish", "Room", "DayAir", "InHand", "AirFile", "Contest", "AirtimeCap", "Feed",
}  # fmt: skip
NOT_ASKED = ("CHANGELOG.md", "docs/decisions/", "docs/recipes.md")
"""What was true when it was written, and is not written anew; and a page of files that are yet to be made."""
IN_TREE = (*TOPS, "tests", "bench")
BELOW_SCHEDULER = (
    "kernel", "config", "core", "store", "services", "playout", "intake", "paper", "commands", "operations", "extras",
    "desk", "studio",
)  # fmt: skip
A_PATH = re.compile(rf"(?<![\w./<-])((?:{'|'.join(IN_TREE + BELOW_SCHEDULER)})/[\w./-]*\w)")
A_MODULE = re.compile(rf"(?<![\w./<-])((?:{'|'.join((*TOPS, 'core', 'services', 'store', 'desk'))})(?:\.\w+)+)")
KEYS = re.compile(r"`web\.\w+`")
"""Keys of the section `[web]` of config.toml."""


@cache
def files() -> dict[Path, ast.Module]:
    paths = [path for top in TOPS for path in (ROOT / top).rglob("*.py")]
    return {path: tree_of(path) for path in paths}


def classes(path: Path) -> set[str]:
    return {node.name for node in files()[path].body if isinstance(node, ast.ClassDef)}


def module_of(name: str) -> Path | None:
    """The file of a dotted module; None = there is none."""
    found = ROOT.joinpath(*name.split("."))
    return next((one for one in (found.with_suffix(".py"), found / "__init__.py") if one.is_file()), None)


def is_there(name: str) -> bool:
    """Whether a dotted name is a module of ours, or something that a module of ours says."""
    whole = name if name.split(".", maxsplit=1)[0] in TOPS else f"scheduler.{name}"
    if module_of(whole) or ROOT.joinpath(*whole.split(".")).is_dir():
        return True
    module, _, last = whole.rpartition(".")
    path = module_of(module)
    return path is not None and bool(re.search(rf"\b{last}\b", path.read_text(encoding="utf-8")))


def test_a_word_of_the_glossary_stands_once_and_with_all_it_needs():
    assert len(ROWS) > 40
    assert [row for row in ROWS if len(row) != 4 or not all(row)] == []
    words = [row[0] for row in ROWS]
    assert words == sorted(set(words))


def test_what_the_glossary_names_is_there():
    named = [name for row in ROWS for name in re.findall(r"`([\w.]+)`", row[3])]
    assert [row for row in ROWS if "`" not in row[3]] == []
    assert [name for name in named if not is_there(name)] == []


def test_every_noun_of_the_model_stands_in_the_glossary():
    nouns = {
        f"{module}.{name}"
        for module in ("core.model", "core.planning.day_plan")
        for name in classes(ROOT / "scheduler" / f"{module.replace('.', '/')}.py")
    }
    assert nouns - set(re.findall(r"`([\w.]+)`", PAGE)) == set()


def test_no_name_that_was_given_up_comes_back():
    modules = {part for path in files() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert modules & RETIRED_MODULES == set()
    assert {name for path in files() for name in classes(path)} & RETIRED_CLASSES == set()


def test_the_modules_and_files_that_documents_name_are_there():
    lost = []
    for document in DOCUMENTS:
        if name_of(document).startswith(NOT_ASKED):
            continue
        text = re.sub(r"(?s)^(`{3,})\w*\n.*?^\1$", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
        quoted = [one for one in re.findall(r"`([^`\n]+)`", KEYS.sub("", text)) if not re.search(r"[<*{]", one)]
        paths = {path for one in quoted for path in A_PATH.findall(one) if not path.startswith("tests/output")}
        lost += [(name_of(document), one) for one in paths if not is_file_or_module(one)]
        modules = {name for one in quoted if "/" not in one for name in A_MODULE.findall(one)}
        lost += [(name_of(document), one) for one in modules if not is_there(one) and not one.endswith((".py", ".md"))]
    assert sorted(lost) == []


def is_file_or_module(path: str) -> bool:
    places = (ROOT / path, ROOT / "scheduler" / path)
    return any(place.exists() or place.with_name(f"{place.name}.py").exists() for place in places)
