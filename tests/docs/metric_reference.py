"""The rows of the table of metrics in docs/api.md, read from where each number is made: `python tests/docs/metric_reference.py`.

A number that is made with `Number(name, what, …)` is found; what the page counts by itself is found by its histogram's family.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = (
    "scheduler/operations/numbers.py",
    "scheduler/services/station/*.py",
    "scheduler/extras/*/*.py",
    "web/metrics_text.py",
)


def rows() -> list[str]:
    """One row a metric, in the order of the alphabet."""
    return [f"| `{name}` | {what} |" for name, what in sorted(dict(_made()).items())]


def _made() -> Iterator[tuple[str, str]]:
    for path in sorted(path for place in PLACES for path in ROOT.glob(place)):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            node.targets[0].id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Name(id="Number" | "HistogramMetricFamily"),
                    args=[ast.Constant(value=name), what, *_],
                ):
                    yield str(name), str(named[what.id] if isinstance(what, ast.Name) else ast.literal_eval(what))


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows()) + "\n")
