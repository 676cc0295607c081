"""The Debian package: made here, looked into with dpkg, installed into a root of its own, and run from there.

Without the libraries, which are the network's: the station's own code runs on those of this environment.
"""

import hashlib
import os
import shutil
import site
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEBIAN = ROOT / "deploy" / "debian"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
SCRIPTS = ["postinst", "prerm", "postrm"]

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg-deb: not a Debian")


def done(*words, **named):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=240, check=False, **named)


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deb")
    made = done(DEBIAN / "make-deb", "--output", folder, "--python", sys.executable, "--without-libraries")
    assert made.returncode == 0, made.stderr
    (path,) = folder.glob("*.deb")
    return path


@pytest.fixture(scope="module")
def unpacked(package, tmp_path_factory):
    folder = tmp_path_factory.mktemp("root")
    assert done("dpkg-deb", "-x", package, folder).returncode == 0
    return folder


def field(package, name):
    return done("dpkg-deb", "-f", package, name).stdout.strip()


def test_it_is_named_and_numbered_as_the_project(package):
    assert field(package, "Package") == "loa-phuong"
    assert field(package, "Version") == VERSION
    assert package.name == f"loa-phuong_{VERSION}_{field(package, 'Architecture')}.deb"


def test_it_wants_the_python_it_was_made_with_and_no_other(package):
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    after = f"{sys.version_info[0]}.{sys.version_info[1] + 1}"
    wanted = field(package, "Depends").split(", ")
    assert wanted[:2] == [f"python3 (>= {minor})", f"python3 (<< {after}~)"]


def test_a_person_s_configuration_outlives_an_upgrade(package):
    control = done("dpkg-deb", "--ctrl-tarfile", package).returncode
    assert control == 0
    assert done("dpkg-deb", "-I", package, "conffiles").stdout == "/etc/loa-phuong/config.toml\n"


def test_it_holds_station_units_documents_and_nothing_of_the_place_it_was_made_in(unpacked):
    for name in ("usr/bin/loa", "usr/lib/systemd/system/loa.service", "usr/lib/systemd/system/loa-hub.service"):
        assert (unpacked / name).is_file()
    home = unpacked / "opt" / "loa-phuong"
    assert (home / "docs" / "operations.md").is_file()
    assert (home / "deploy" / "nats" / "nats-server.conf").is_file()
    assert (home / ".venv" / "bin" / "loa").read_text().startswith("#!/opt/loa-phuong/.venv/bin/python")
    for path in home.rglob("*"):
        if path.is_file() and path.suffix in {".py", ".cfg", ".pyc", ""} and path.stat().st_size < 1_000_000:
            assert b"/tmp/tmp." not in path.read_bytes(), path
    assert not list(home.rglob("direct_url.json"))


def test_everything_in_it_belongs_to_root_and_nothing_is_writable_by_others(package):
    for line in done("dpkg-deb", "-c", package).stdout.splitlines():
        mode, owner = line.split()[:2]
        assert owner == "root/root", line
        assert mode[0] == "l" or mode[8] != "w", line


def test_its_sums_are_those_of_its_files(package, unpacked, tmp_path):
    done("dpkg-deb", "-e", package, tmp_path / "control")
    lines = (tmp_path / "control" / "md5sums").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 300
    for line in lines:
        told, name = line.split("  ", 1)
        assert hashlib.md5((unpacked / name).read_bytes(), usedforsecurity=False).hexdigest() == told, name


@pytest.mark.parametrize("name", [*SCRIPTS, "loa", "make-deb"])
def test_a_script_is_a_shell_script_without_a_fault_of_grammar(name):
    path = DEBIAN / name
    assert os.access(path, os.X_OK)
    assert path.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert done("sh", "-n", path).returncode == 0


def test_what_it_unpacks_runs(unpacked, tmp_path):
    libraries = os.pathsep.join(site.getsitepackages())
    python = unpacked / "opt" / "loa-phuong" / ".venv" / "bin" / "python"
    environment = {"PYTHONPATH": libraries, "PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    told = done(python, "-m", "scheduler.cli", "--version", env=environment, cwd=tmp_path)
    assert told.stdout.strip() == f"loa, version {VERSION}", told.stderr
    where = done(python, "-c", "import scheduler; print(scheduler.__file__)", env=environment, cwd=tmp_path).stdout
    assert where.startswith(str(unpacked)), "it is the package that ran, not this source"
    (tmp_path / "config.toml").write_text(
        '[speech]\nengines = ["espeak"]\n[[output]]\nname = "a"\nkind = "null"\ncounts = true\n'
    )
    checked = done(python, "-m", "scheduler.cli", "doctor", env=environment, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "Nguyên vẹn" in checked.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="dpkg installs as root")
def test_dpkg_installs_upgrades_and_removes_it_and_spares_what_people_wrote(package, tmp_path):
    root = tmp_path / "system"
    for name in ("info", "updates", "triggers"):
        (root / "var" / "lib" / "dpkg" / name).mkdir(parents=True)
    for name in ("status", "available"):
        (root / "var" / "lib" / "dpkg" / name).touch()
    dpkg = ["dpkg", f"--root={root}", "--force-script-chrootless", "--force-depends", "--log=/dev/null"]
    installed = done(*dpkg, "-i", package)
    assert installed.returncode == 0, installed.stderr
    config = root / "etc" / "loa-phuong" / "config.toml"
    config.write_text('[station]\nname = "Đài phường Mẫu"\n')
    evidence = root / "var" / "lib" / "loa-phuong" / "loa.db"
    evidence.parent.mkdir(parents=True)
    evidence.write_text("evidence")
    again = done(*dpkg, "--force-confold", "-i", package)
    assert again.returncode == 0, again.stderr
    assert "Đài phường Mẫu" in config.read_text()
    assert done(*dpkg, "--remove", "loa-phuong").returncode == 0
    assert config.is_file()
    assert not (root / "usr" / "bin" / "loa").exists()
    purged = done(*dpkg, "--purge", "loa-phuong")
    assert purged.returncode == 0, purged.stderr
    assert not config.exists()
    assert evidence.read_text() == "evidence", "the journal is the ward's evidence"
