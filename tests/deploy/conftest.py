"""The Debian package, made once for all tests of a run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from tests.needs import needed
from tests.waiting import PATIENCE

MAKE = Path(__file__).parents[2] / "deploy" / "debian" / "make-deb"
QUICK = {"DPKG_DEB_COMPRESSOR_LEVEL": "0"}
"""A package that nobody downloads: packing it small was two thirds of making it."""


@pytest.fixture(scope="session")
def deb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of this source without the libraries, alone in its folder; the workers of one run share it."""
    needed("dpkg-deb")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "deb"
    with FileLock(f"{folder}.lock"):
        if not list(folder.glob("*.deb")):
            folder.mkdir(exist_ok=True)
            whose = os.environ | {"DEBFULLNAME": "Phòng CNTT", "DEBEMAIL": "cntt@example.com"} | QUICK
            options = ["--output", folder, "--python", sys.executable, "--without-libraries"]
            made = subprocess.run(
                [MAKE, *options], env=whose, capture_output=True, text=True, timeout=PATIENCE * 3, check=False
            )
            assert made.returncode == 0, made.stderr
    (package,) = folder.glob("*.deb")
    return package
