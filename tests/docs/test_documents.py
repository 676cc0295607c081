"""The written documents: links lead somewhere, decisions are short, button names are the page's, nothing is left out."""

import functools
import re
import tomllib
from importlib import import_module
from pathlib import Path

from scheduler.core.air.output_kinds import OUTPUT_KINDS
from scheduler.core.model import Role
from scheduler.core.voice_engines import VOICE_ENGINES
from tests.docs import metric_reference
from tests.page_files import PYTHON, SCRIPTS, TEMPLATES, WORDS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
VIETNAMESE = sorted((ROOT / "docs" / "vi").glob("*.md"))
OFFICERS = [path for path in VIETNAMESE if path.name not in ("index.md", "van-hanh-may.md")]
"""Those that tell what to press; the index tells where, and the page of who looks after a machine tells commands."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchor(heading: str) -> str:
    """The name a heading is linked by."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def headings(path: Path) -> set[str]:
    return {anchor(found) for found in re.findall(r"(?m)^#+ (.+)$", path.read_text(encoding="utf-8"))}


def lost_links(path: Path) -> list[str]:
    """The links of a document that lead nowhere."""
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if re.match(r"https?:|mailto:", target):
            continue
        place, _, name = target.partition("#")
        found = (path.parent / place).resolve() if place else path
        if not found.exists() or (name and name not in headings(found)):
            lost.append(target)
    return lost


def test_every_link_between_documents_leads_somewhere():
    assert {name_of(path): lost for path in DOCUMENTS if (lost := lost_links(path))} == {}


def test_a_document_names_no_machine_of_ours():
    ours = re.compile(r"(?<![\w/])(/work/|/root/|/home/\w|/tmp/\w)")
    assert [name_of(path) for path in DOCUMENTS if ours.search(path.read_text(encoding="utf-8"))] == []


def links_of(path: Path) -> set[Path]:
    """The documents that a document leads to."""
    targets = re.findall(r"\]\(([^)\s#]+\.md|[^)\s#]*LICENSE)", path.read_text(encoding="utf-8"))
    return {(path.parent / target).resolve() for target in targets}


def test_every_document_is_found_from_the_readme_by_way_of_an_index():
    indexes = [ROOT / "README.md", ROOT / "docs" / "index.md", ROOT / "docs" / "vi" / "index.md"]
    assert set(indexes[1:]) <= links_of(indexes[0])
    led = set().union(*(links_of(index) for index in indexes))
    assert [name_of(path) for path in (*DOCUMENTS, ROOT / "LICENSE") if path not in {*led, *DECISIONS, *indexes}] == []


MADE_FROM_CODE = {f"{name}.md" for name in ("cli", "reasons", "data", "config", "api-operations", "roles")}
"""Reference pages that a command or a test makes of the code: nobody has to write or to read them through."""
WORDS_IN_ALL = 50_000
"""What the hand-written documents may hold together. Where a page grows, another one gets shorter."""


@functools.cache
def made_tables() -> dict[str, list[str]]:
    """Document → the rows in it that are made of the code; a test beside the script that makes them compares the two."""
    found = {"docs/api.md": metric_reference.rows()}
    if (ROOT / "scheduler" / "extras" / "simulate").is_dir():
        rows = import_module("tests.extras.simulate.work.simulate_reference")
        found["docs/simulate.md"] = [*rows.key_rows(), *rows.setting_rows(), *rows.event_rows()]
    return found


def by_hand(path: Path) -> str:
    """A document without the rows that are made of the code."""
    made = set(made_tables().get(name_of(path), ()))
    return "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if line not in made)


def words_of(text: str) -> int:
    """The words of a document, without its blocks of code and the addresses of its links."""
    told = re.sub(r"\]\([^)]*\)", "]", re.sub(r"(?ms)^```.*?^```", "", text))
    return len(re.findall(r"\w[\w'’.,:%/-]*", told))


def test_the_documents_that_people_read_stay_few_words():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md"), *VIETNAMESE]
    counted = {name_of(path): words_of(by_hand(path)) for path in pages if path.name not in MADE_FROM_CODE}
    assert words_of("[one](two.md) three\n```sh\nfour\n```\nfive") == 3
    assert sum(counted.values()) <= WORDS_IN_ALL, sorted(counted.items(), key=lambda one: -one[1])[:10]


def test_the_readme_is_short():
    text = read("README.md")
    assert len(text.splitlines()) <= 150


def test_what_the_readme_says_is_there_and_is_not_there_is_so():
    text = read("README.md")
    assert f"{['', '', '', '', '', 'Five', 'Six', 'Seven'][len(Role)]} roles" in text
    assert {"rtp", "icecast", "snapcast", "fifo", "wavfile"} <= set(OUTPUT_KINDS)
    assert {"gtts", "piper", "espeak"} <= set(VOICE_ENGINES)
    lacking = [
        re.search(rf"### {head}\n\n(.+?)\n\n", text, re.DOTALL)
        for head in ("Chưa có trong bản này", "Not in this version")
    ]
    vietnamese, english = (found[1].split(";") for found in lacking)
    assert len(vietnamese) == len(english) == 3
    assert "sip" not in OUTPUT_KINDS, "a SIP line is there: the README says that it is not"
    assert [path for place in ("audio_assets", "scheduler", "deploy") for path in (ROOT / place).rglob("*.onnx")] == []


def test_a_decision_has_its_parts_and_at_most_40_lines():
    parts = ["Problem", "Constraints", "Solutions considered", "Decision", "Reasons", "Consequences"]
    texts = {path.name: path.read_text(encoding="utf-8") for path in DECISIONS}
    assert [name for name, text in texts.items() if len(text.splitlines()) > 40] == []
    assert [name for name, text in texts.items() if re.findall(r"(?m)^## (.+)$", text) != parts] == []
    numbered = {name: text for name, text in texts.items() if name != "TEMPLATE.md"}
    assert [name for name, text in numbered.items() if not re.match(rf"# {name[:4]}: ", text)] == []


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in DECISIONS if path.name != "TEMPLATE.md"]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_tests_a_decision_names_are_there():
    named = {
        (path.name, name)
        for path in DECISIONS
        for name in re.findall(r"`(tests/[\w/]+\.py)`", path.read_text(encoding="utf-8"))
    }
    assert [pair for pair in named if not (ROOT / pair[1]).is_file()] == []


def test_the_changelog_has_the_version_and_only_known_headings():
    text = read("CHANGELOG.md")
    assert re.search(rf"(?m)^## .*\b{re.escape(PROJECT['project']['version'])}\b", text)
    assert set(re.findall(r"(?m)^### (.+)$", text)) <= {
        "Security",
        "Removed",
        "Deprecated",
        "Added",
        "Changed",
        "Fixed",
    }


def test_every_layer_of_the_import_contract_stands_in_the_one_diagram():
    diagrams = re.findall(r"(?ms)^```mermaid\n(.*?)^```", read("docs/architecture.md"))
    assert len(diagrams) == 1
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    names = [name.strip() for layer in layers for name in layer.split("|")]
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", diagrams[0])] == []


def test_every_module_of_the_house_has_its_layer():
    """What the contract does not name may import whatever it likes; extras have contracts of their own."""
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {name.strip().partition(".")[2] for layer in layers for name in layer.split("|")}
    there = {
        path.stem for path in (ROOT / "scheduler").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert there - named == {"__init__", "extras"}


def test_every_installed_package_has_its_licence_line():
    locked = set(re.findall(r"(?m)^([\w.-]+)==", read("requirements.lock")))
    cells = re.findall(r"(?m)^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", read("THIRD_PARTY.md"))
    assert locked - {name.strip() for cell in cells for name in cell.split(",")} == set()


def test_every_carried_work_has_its_line_with_version_and_licence():
    text = read("THIRD_PARTY.md")
    carried = tomllib.loads(read("web/static/vendor/VENDOR.toml"))["package"]
    lines = [f"| {one['name']} | {one['version']} | {one['licence']} |" for one in carried]
    assert [line for line in lines if line not in text] == []


def test_the_pictures_of_the_readme_are_small_and_all_shown():
    pictures = sorted((ROOT / "docs" / "img").iterdir())
    readme = read("README.md")
    assert [picture.name for picture in pictures if f"](docs/img/{picture.name})" not in readme] == []
    assert len(pictures) > 3
    assert [picture.name for picture in pictures if not 10_000 < picture.stat().st_size < 200_000] == []


SAID_OTHERWISE = {"ngoặc kép", "bảy giờ rưỡi", "7h30", "line in"}
"""Quoted in the officers' pages, and nothing that the page shows."""


def page_text() -> str:
    """Every word that the page can show: templates, scripts, and the words of web and core."""
    files = [
        *TEMPLATES,
        *(path for place in PYTHON for path in ROOT.glob(place)),
        *SCRIPTS,
    ]
    files += [
        *WORDS,
        ROOT / "scheduler" / "core" / "air" / "output_words.py",
        ROOT / "scheduler" / "core" / "air" / "output_kinds.py",
        ROOT / "scheduler" / "commands" / "admin.py",
    ]
    return " ".join(" ".join(path.read_text(encoding="utf-8") for path in files).split())


def test_what_an_officer_is_told_to_press_or_read_is_what_the_page_shows():
    shown = page_text()
    pages = {
        path.name: {" ".join(quoted.split()) for quoted in re.findall(r"“([^”]+)”", path.read_text(encoding="utf-8"))}
        for path in OFFICERS
    }
    assert {name: len(told) for name, told in pages.items() if len(told) <= 15} == {}
    told = {(name, one) for name, words in pages.items() for one in words - SAID_OTHERWISE}
    assert {pair for pair in told if re.sub(r"\s*…$", "", pair[1]) not in shown} == set()


def test_the_map_of_the_code_is_one_page_with_one_diagram_that_fits_a_screen():
    page = read("docs/architecture.md")
    (diagram,) = re.findall(r"(?ms)^```mermaid\n(.*?)^```", page)
    assert len(page.splitlines()) <= 150
    assert len(re.findall(r"(?m)^ +\w+\[", diagram)) <= 14
