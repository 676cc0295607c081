"""Nobody goes past the one client: not by another library, and not by the standard library's own."""

import ast
from pathlib import Path

HOUSE = Path(__file__).parents[2]
CLIENTS = ("http.client", "urllib.request", "urllib3", "requests", "ftplib", "xmlrpc.client")


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def test_only_the_net_package_speaks_http_to_other_machines():
    files = [path for folder in ("scheduler", "audio_assets", "web") for path in (HOUSE / folder).rglob("*.py")]
    assert len(files) > 500
    found = {
        (str(path.relative_to(HOUSE)), name)
        for path in files
        if (HOUSE / "scheduler" / "kernel" / "net") not in path.parents
        for name in imported(path)
        if name.startswith(CLIENTS)
    }
    assert found == set()
