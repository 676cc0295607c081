"""Every block of every document is taken by a test, or says on its fence why it is not run.

Here stands which test takes which; that it takes each block of them, the test itself asks (`Page.left`).
"""

from tests.deploy.pages import ROOT, Page

TOML = "deploy/test_toml_blocks.py"
RUN_BY = {
    "README.md": {"": "docs/test_documents.py"},
    "deploy/raspberry.md": {"": "deploy/test_clusters_page.py"},
    "docs/api.md": {"": "deploy/test_ward_pages.py"},
    "docs/architecture.md": {"": "docs/test_documents.py"},
    "docs/cli.md": {"": "docs/test_cli.py"},
    "docs/clusters.md": {"": "deploy/test_clusters_page.py"},
    "docs/hub-operations.md": {"": "deploy/test_hub_page.py"},
    "docs/lexicon.md": {"": "deploy/test_ward_pages.py"},
    "docs/operations.md": {"": "deploy/test_operations_page.py"},
    "docs/outputs.md": {"toml": "playout/test_outputs_of.py", "ini": "deploy/test_ward_pages.py"},
    "docs/proof.md": {"": "deploy/test_loa_verify.py"},
    "docs/recipes.md": {"": "recipes/test_recipes.py"},
    "docs/security.md": {"toml": TOML, "caddy": "deploy/test_ward_pages.py"},
    "docs/settings.md": {"": "deploy/test_ward_pages.py", "toml": TOML},
    "docs/simulate.md": {"": "extras/simulate/work/test_documented.py"},
    "docs/vi/van-hanh-may.md": {"": "deploy/test_operations_page.py"},
}
"""Document → language → the test; "" stands for each language that is not named."""


def documents() -> list[str]:
    found = [*ROOT.glob("*.md"), *(ROOT / "deploy").rglob("*.md"), *(ROOT / "docs").rglob("*.md")]
    names = sorted(path.relative_to(ROOT).as_posix() for path in found)
    return [name for name in names if not name.startswith("docs/decisions/") and name != "CHANGELOG.md"]


def test_every_block_of_every_document_is_run_or_says_why_not():
    left = {
        f"{name}, {block.heading}: {block.language}"
        for name in documents()
        for block in Page(name).blocks
        if not block.not_run and not {block.language, ""} & set(RUN_BY.get(name, {"toml": TOML}))
    }
    assert left == set()


def test_who_is_said_to_run_a_document_names_it():
    there = set(documents())
    runs = [(name, test) for name, tests in RUN_BY.items() if name in there for test in tests.values()]
    wrong = []
    for name, test in runs:
        text = (ROOT / "tests" / test).read_text(encoding="utf-8")
        if name.rpartition("/")[2] not in text and test not in {TOML, "recipes/test_recipes.py", "docs/test_cli.py"}:
            wrong.append((name, test))
    assert wrong == []
