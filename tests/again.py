"""What failed while thousands of tests shared two cores is run again by itself: `.ci/run` asks for it after `make test`.

A run of all tests that fails for one of them in some hundred thousand would hold up every change. So a few failed tests may show
that they hold: each alone, three times, each time. The same examples are drawn again (`LOA_DRAW`), so what fails by what it tries
fails here too. They are told by name at the end, for a test that fails beside others only is a fault as well, of the station or of
the test. A break of the run, a file that cannot be read and more than a few failures stay what they are.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.failures import failed_tests

__all__ = ["main"]

MOST = 3
"""Failed tests: more are no chance."""
TIMES = 3
FILE = Path(".venv/failed.txt")
"""Where `make test` tells what failed."""


def main(file: Path = FILE) -> int:
    """Exit code: 0 where each failed test holds in every run of its own."""
    names = failed_tests(file.read_text(encoding="utf-8")) if file.exists() else None
    if not names or len(names) > MOST:
        print("Not tried again: more than single tests failed." if names is None else f"{len(names)} tests failed.")
        return 1
    for _ in range(TIMES):
        for name in names:
            tried = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", name], env=_alone(), check=False
            )
            if tried.returncode != 0:
                return 1
    print(f"UNSTEADY: failed beside other tests and held {TIMES} times alone:", *names, sep="\n  ")
    return 0


def _alone() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_XDIST")}


if __name__ == "__main__":
    sys.exit(main())
