"""The Debian package: made here, looked into with dpkg, installed into a root of its own, and run from there.

Without the libraries, which are the network's: the station's own code runs on those of this environment.
"""

import hashlib
import os
import re
import shutil
import site
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.deploy.conftest import QUICK
from tests.deploy.machine import GROUND, shell_on_a_layer
from tests.needs import needed

ROOT = Path(__file__).parents[2]
DEBIAN = ROOT / "deploy" / "debian"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
SCRIPTS = ["postinst", "prerm", "postrm"]

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg-deb: not a Debian")


def done(*words, **named):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=240, check=False, **named)


@pytest.fixture(scope="module")
def unpacked(deb, tmp_path_factory):
    folder = tmp_path_factory.mktemp("root")
    assert done("dpkg-deb", "-x", deb, folder).returncode == 0
    return folder


def field(deb, name):
    return done("dpkg-deb", "-f", deb, name).stdout.strip()


def test_it_is_named_and_numbered_as_the_project(deb):
    assert field(deb, "Package") == "loa-phuong"
    assert field(deb, "Version") == VERSION
    assert deb.name == f"loa-phuong_{VERSION}_{field(deb, 'Architecture')}.deb"


def test_it_is_made_for_arm64_on_any_processor_and_for_none_that_it_does_not_know(tmp_path):
    options = ("--output", tmp_path, "--python", sys.executable, "--without-libraries", "--architecture")
    made = done(DEBIAN / "make-deb", *options, "arm64", env=os.environ | QUICK)
    assert made.returncode == 0, made.stderr
    assert field(tmp_path / f"loa-phuong_{VERSION}_arm64.deb", "Architecture") == "arm64"
    assert done(DEBIAN / "make-deb", *options, "armhf").returncode == 2


def test_every_library_of_the_lock_has_a_wheel_for_arm64_that_the_package_would_take(tmp_path):
    """What pip would fetch, by the names alone: nothing of it is downloaded."""
    (known,) = re.findall(r"for glibc in (.*); do", (DEBIAN / "make-deb").read_text(encoding="utf-8"))
    lock = [
        line for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines() if line[:1].isalpha()
    ]
    (tmp_path / "lock").write_text("\n".join(lock), encoding="utf-8")
    words = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--target", tmp_path, "--no-deps"]
    words += ["--only-binary", ":all:", "--python-version", "3.13", "--implementation", "cp", "-r", tmp_path / "lock"]
    words += [word for abi in ("cp313", "abi3", "none") for word in ("--abi", abi)]
    words += [word for glibc in known.split() for word in ("--platform", f"{glibc}_aarch64")]
    found = done(*words)
    assert found.returncode == 0, found.stderr


def test_it_wants_the_python_it_was_made_with_and_no_other(deb):
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    after = f"{sys.version_info[0]}.{sys.version_info[1] + 1}"
    wanted = field(deb, "Depends").split(", ")
    assert wanted[:2] == [f"python3 (>= {minor})", f"python3 (<< {after}~)"]


def test_a_person_s_configuration_outlives_an_upgrade(deb):
    control = done("dpkg-deb", "--ctrl-tarfile", deb).returncode
    assert control == 0
    assert done("dpkg-deb", "-I", deb, "conffiles").stdout == "/etc/loa-phuong/config.toml\n"


def test_it_holds_station_units_documents_and_nothing_of_the_place_it_was_made_in(unpacked):
    for name in ("usr/bin/loa", "usr/lib/systemd/system/loa.service", "usr/lib/systemd/system/loa-hub.service"):
        assert (unpacked / name).is_file()
    home, docs = unpacked / "usr/lib/loa-phuong", unpacked / "usr/share/doc/loa-phuong"
    assert not (unpacked / "opt").exists()
    assert (docs / "docs" / "operations.md").is_file()
    assert (home / "docs").readlink() == Path("../../share/doc/loa-phuong/docs")
    assert (home / "deploy" / "nats" / "nats-server.conf").is_file()
    assert (home / ".venv" / "bin" / "loa").read_text().startswith("#!/usr/lib/loa-phuong/.venv/bin/python")
    for unit in (unpacked / "usr/lib/systemd/system").iterdir():
        assert "/opt/" not in unit.read_text(encoding="utf-8"), unit
    (shown,) = (home / ".venv" / "lib").glob("python3*/site-packages/web/docs/index.md")
    assert shown.is_file(), "the page shows the documents itself"
    assert not list(unpacked.rglob("__pycache__")), "compiled at installation, by the Python that is there"
    for path in home.rglob("*"):
        if path.is_file() and path.suffix in {".py", ".cfg", ".pyc", ""} and path.stat().st_size < 1_000_000:
            assert b"/tmp/tmp." not in path.read_bytes(), path
    assert not list(home.rglob("direct_url.json"))


def test_everything_in_it_belongs_to_root_and_nothing_is_writable_by_others(deb):
    for line in done("dpkg-deb", "-c", deb).stdout.splitlines():
        mode, owner = line.split()[:2]
        assert owner == "root/root", line
        assert mode[0] == "l" or mode[8] != "w", line


def test_its_sums_are_those_of_its_files(deb, unpacked, tmp_path):
    done("dpkg-deb", "-e", deb, tmp_path / "control")
    lines = (tmp_path / "control" / "md5sums").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 300
    for line in lines:
        told, name = line.split("  ", 1)
        assert hashlib.md5((unpacked / name).read_bytes(), usedforsecurity=False).hexdigest() == told, name


def test_lintian_finds_nothing_that_is_not_explained(deb):
    """Errors and warnings; what is overridden says why beside it."""
    needed("lintian")
    found = done("lintian", "--fail-on", "error,warning", "--display-level", ">=warning", deb)
    assert found.returncode == 0, found.stdout + found.stderr


def test_it_completes_words_in_bash(unpacked):
    file = unpacked / "usr" / "share" / "bash-completion" / "completions" / "loa"
    assert done("bash", "-n", file).returncode == 0
    program = Path(sys.executable).parent / "loa"
    text = file.read_text(encoding="utf-8").replace("/usr/lib/loa-phuong/.venv/bin/loa", str(program))
    asked = f"{text}\nCOMP_WORDS=(loa person l); COMP_CWORD=2; _loa_completion {program}; echo ${{COMPREPLY[@]}}"
    told = done("bash", "-c", asked, cwd=ROOT)
    assert told.stdout.strip() == "list", told.stderr


@pytest.mark.parametrize("name", [*SCRIPTS, "loa", "make-deb"])
def test_a_script_is_a_shell_script_without_a_fault_of_grammar(name):
    path = DEBIAN / name
    assert os.access(path, os.X_OK)
    assert path.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert done("sh", "-n", path).returncode == 0


def test_what_it_unpacks_runs(unpacked, tmp_path):
    libraries = os.pathsep.join(site.getsitepackages())
    python = unpacked / "usr" / "lib" / "loa-phuong" / ".venv" / "bin" / "python"
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


BARE = """\
mount -t tmpfs none run
mkdir -p srv/given
mount --rbind /dev dev
mount --bind "$2" srv/given
rm -rf var/lib/loa-phuong etc/loa-phuong opt/loa-phuong var/lib/man-db/auto-update
exec chroot . sh -e -c "$3"
"""
"""No systemd runs there."""
LIFE = """
install() { dpkg --force-depends --force-confold -i /srv/given/*.deb; }
there() { for path; do if [ -e "$path" ]; then echo "there $path"; else echo "gone $path"; fi; done; }
install
echo == installed
there /opt/loa-phuong/.venv/bin/loa /etc/systemd/system/multi-user.target.wants/loa.service
getent passwd loa | cut -d: -f6
find /usr/lib/loa-phuong/.venv/lib -path '*scheduler/__pycache__*' -name 'station.*' | wc -l
stat -c '%U:%G %a' /etc/loa-phuong/config.toml /var/lib/loa-phuong
/opt/loa-phuong/.venv/bin/loa --version
echo evidence > /var/lib/loa-phuong/loa.db
echo '[station]' > /etc/loa-phuong/config.toml
install
echo == upgraded
cat /var/lib/loa-phuong/loa.db /etc/loa-phuong/config.toml
dpkg --remove loa-phuong
echo == removed
there /usr/lib/loa-phuong /opt/loa-phuong /usr/bin/loa /var/lib/loa-phuong/loa.db /etc/loa-phuong/config.toml
dpkg --purge loa-phuong
echo == purged
there /var/lib/loa-phuong /etc/loa-phuong /etc/systemd/system/multi-user.target.wants/loa.service
getent passwd loa || echo nobody
"""


def test_it_is_installed_upgraded_removed_and_purged_with_its_own_scripts(deb, tmp_path):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(site.getsitepackages()), "LC_ALL": "C.UTF-8"}
    bare = [*shell_on_a_layer(tmp_path), GROUND + BARE, "sh", tmp_path / "over", deb.parent, LIFE]
    lived = done(*bare, env=environment)
    assert lived.returncode == 0, lived.stdout + lived.stderr
    first, installed, upgraded, removed, purged = re.split(r"== \w+\n", lived.stdout)
    assert "Loa Phuong starts with the machine" in first
    assert installed.splitlines()[:5] == [
        "there /opt/loa-phuong/.venv/bin/loa",
        "there /etc/systemd/system/multi-user.target.wants/loa.service",
        "/var/lib/loa-phuong",
        "1",
        "root:loa 640",
    ]
    assert f"loa, version {VERSION}" in installed
    assert upgraded.startswith("evidence\n[station]\n")
    assert removed.splitlines()[:5] == [
        "gone /usr/lib/loa-phuong",
        "gone /opt/loa-phuong",
        "gone /usr/bin/loa",
        "there /var/lib/loa-phuong/loa.db",
        "there /etc/loa-phuong/config.toml",
    ]
    assert purged.splitlines() == [
        "gone /var/lib/loa-phuong",
        "gone /etc/loa-phuong",
        "gone /etc/systemd/system/multi-user.target.wants/loa.service",
        "nobody",
    ]
