"""The shipped rules and every question of the dashboard are PromQL that Prometheus itself understands."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.needs import needed

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture
def faults_of():
    """What promtool says against a file of rules, or nothing."""
    needed("promtool")

    def check(file: Path) -> str:
        done = subprocess.run(["promtool", "check", "rules", file], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr if done.returncode else ""

    return check


def asked(file: Path, *expressions: str) -> Path:
    """A file of rules that asks each of these."""
    rules = [{"record": f"asked:{number}", "expr": one} for number, one in enumerate(expressions)]
    file.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": rules}]}))
    return file


def test_the_rules_are_good(faults_of):
    assert faults_of(DEPLOY / "prometheus" / "loa.rules.yml") == ""


def test_what_the_dashboard_asks_is_good(faults_of, tmp_path):
    board = json.loads((DEPLOY / "grafana" / "loa.json").read_text(encoding="utf-8"))
    written = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    filled = [re.sub(r"\$__\w+", "5m", one) for one in written]
    assert filled
    assert faults_of(asked(tmp_path / "asked.yml", *(re.sub(r"\$\{?\w+\}?", "any", one) for one in filled))) == ""


def test_what_is_no_promql_is_told(faults_of, tmp_path):
    assert "could not parse" in faults_of(asked(tmp_path / "asked.yml", "sum by (loa_on_air"))
