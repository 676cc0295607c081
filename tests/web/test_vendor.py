"""What the page and its tests carry of others: listed, licensed, unchanged or with how it was made."""

import hashlib
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "web" / "static" / "vendor", ROOT / "tests" / "vendor"]
PACKAGES = [
    pytest.param(folder, package, id=package["folder"])
    for folder in FOLDERS
    for package in tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))["package"]
]


@pytest.mark.parametrize(("folder", "package"), PACKAGES)
def test_every_file_is_as_it_was_listed(folder, package):
    place = folder / package["folder"]
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in place.iterdir()}
    assert found == package["files"]


@pytest.mark.parametrize(("folder", "package"), PACKAGES)
def test_every_package_names_its_version_licence_and_origin(folder, package):
    assert package["version"] in package["folder"]
    assert package["licence"] in {"0BSD", "OFL-1.1", "MPL-2.0"}
    assert package["url"].startswith("https://")
    assert package["integrity"].startswith("sha512-")
    assert any(name.startswith(("LICENSE", "OFL")) for name in package["files"])
    assert set(package.get("made", {})) <= set(package["files"])


@pytest.mark.parametrize("folder", FOLDERS, ids=["the page's", "the tests'"])
def test_nothing_lies_there_unlisted(folder):
    listed = {
        package["folder"] for package in tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))["package"]
    }
    assert {path.name for path in folder.iterdir()} == listed | {"VENDOR.toml"}


def test_the_fonts_of_the_stylesheet_are_all_there_and_all_used():
    css = (ROOT / "web" / "static" / "app.css").read_text(encoding="utf-8")
    for font in (ROOT / "web" / "static" / "vendor").glob("*/*.woff2"):
        assert f"url(vendor/{font.parent.name}/{font.name})" in css
    assert css.count("url(") == len(list((ROOT / "web" / "static" / "vendor").glob("*/*.woff2")))
