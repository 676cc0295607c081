"""The written documents: links lead somewhere, decisions are short, button names are the page's, nothing is left out."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
OFFICERS = sorted((ROOT / "docs" / "vi").glob("*.md"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchor(heading: str) -> str:
    """The name a heading is linked by."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def headings(path: Path) -> set[str]:
    return {anchor(found) for found in re.findall(r"(?m)^#+ (.+)$", path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_every_link_between_documents_leads_somewhere(path):
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if re.match(r"https?:|mailto:", target):
            continue
        place, _, name = target.partition("#")
        found = (path.parent / place).resolve() if place else path
        if not found.exists() or (name and name not in headings(found)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_a_document_names_no_machine_of_ours(path):
    assert not re.search(r"/work/|/root/|/home/\w|/tmp/\w", path.read_text(encoding="utf-8"))


def test_documents_that_a_project_needs_are_there_and_the_readme_leads_to_them():
    readme = read("README.md")
    needed = ["CHANGELOG.md", "CONTRIBUTING.md", "THIRD_PARTY.md", "LICENSE", "docs/architecture.md", "docs/config.md"]
    needed += ["docs/cli.md", "docs/data.md", "docs/reasons.md", "docs/roles.md", "docs/operations.md"]
    needed += [path.relative_to(ROOT).as_posix() for path in OFFICERS]
    assert [name for name in needed if f"]({name})" not in readme] == []


@pytest.mark.parametrize("path", DECISIONS, ids=[path.name for path in DECISIONS])
def test_a_decision_has_its_parts_and_at_most_40_lines(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    parts = ["Problem", "Constraints", "Solutions considered", "Decision", "Reasons", "Consequences"]
    assert re.findall(r"(?m)^## (.+)$", text) == parts
    assert path.name == "TEMPLATE.md" or re.match(rf"# {path.name[:4]}: ", text)


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in DECISIONS if path.name != "TEMPLATE.md"]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=[path.name for path in DECISIONS])
def test_the_tests_a_document_names_are_there(path):
    named = re.findall(r"`(tests/[\w/]+\.py)`", path.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).is_file()] == []


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


def test_every_installed_package_has_its_licence_line():
    locked = set(re.findall(r"(?m)^([\w.-]+)==", read("requirements.lock")))
    cells = re.findall(r"(?m)^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", read("THIRD_PARTY.md"))
    assert locked - {name.strip() for cell in cells for name in cell.split(",")} == set()


def test_every_carried_work_has_its_line_with_version_and_licence():
    text = read("THIRD_PARTY.md")
    carried = tomllib.loads(read("web/static/vendor/VENDOR.toml"))["package"]
    lines = [f"| {one['name']} | {one['version']} | {one['licence']} |" for one in carried]
    assert [line for line in lines if line not in text] == []


def test_the_picture_of_the_readme_is_a_small_one():
    picture = ROOT / "docs" / "img" / "truc-tiep.png"
    assert "](docs/img/truc-tiep.png)" in read("README.md")
    assert 10_000 < picture.stat().st_size < 200_000


SAID_OTHERWISE = {"ngoặc kép", "bảy giờ rưỡi", "7h30", "line in"}
"""Quoted in the officers' pages, and nothing that the page shows."""


def page_text() -> str:
    """Every word that the page can show: templates, scripts, and the words of web and core."""
    files = [*(ROOT / "web").rglob("*.html"), *(ROOT / "web").glob("*.py"), *(ROOT / "web" / "static").glob("*.js")]
    files += [
        *(ROOT / "scheduler" / "core").glob("wording*.py"),
        ROOT / "scheduler" / "core" / "sms_words.py",
        ROOT / "scheduler" / "core" / "output_words.py",
        ROOT / "scheduler" / "commands" / "admin.py",
    ]
    return " ".join(" ".join(path.read_text(encoding="utf-8") for path in files).split())


@pytest.mark.parametrize("path", OFFICERS, ids=[path.name for path in OFFICERS])
def test_what_an_officer_is_told_to_press_or_read_is_what_the_page_shows(path):
    shown = page_text()
    told = {" ".join(quoted.split()) for quoted in re.findall(r"“([^”]+)”", path.read_text(encoding="utf-8"))}
    assert len(told) > 15
    strange = {one for one in told - SAID_OTHERWISE if re.sub(r"\s*…$", "", one) not in shown}
    assert strange == set()
