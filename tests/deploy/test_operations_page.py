"""docs/operations.md and docs/vi/van-hanh-may.md on one bare system: installed, backed up, put back, taken back, upgraded.

The package is the built one in which only the Python and its libraries are those of the tests, so that apt itself puts it
in. The older release is the same under a lower number, on the databases that older releases really wrote.
"""

import re
import shlex

import pytest

from tests.conftest import noon_zone
from tests.deploy.machine import machine
from tests.deploy.pages import ROOT, Page
from tests.needs import needed

OLDER = "0.0.9"
MADE = """\
echo /srv/python/lib > /etc/ld.so.conf.d/00-of-the-tests.conf
ldconfig
dpkg-deb -R /srv/given/*.deb /srv/made
cd /srv/made/usr/lib/loa-phuong/.venv
ln -sf /srv/python/bin/{python} bin/python
ln -sf python bin/python3
ln -sf python bin/{python}
sed -i "s|^home = .*|home = /srv/python/bin|" pyvenv.cfg
echo /srv/libraries > lib/{python}/site-packages/of-the-tests.pth
cd /srv/made/DEBIAN
sed -i -E 's/python3 \\([^)]*\\), //g' control
number=$(sed -n 's/^Version: //p' control)
dpkg-deb -Zgzip -z1 -b /srv/made /srv/loa-phuong_${{number}}_$(dpkg --print-architecture).deb
sed -i 's/^Version: .*/Version: 0.0.9/' control
dpkg-deb -Zgzip -z1 -b /srv/made /srv/loa-phuong_0.0.9_$(dpkg --print-architecture).deb
mkdir -p /srv/source
rm -rf /var/lib/apt/lists/*
"""
"""No package is fetched there: apt would read the lists of all that could be, two seconds each time."""
EDITOR = '#!/bin/sh\nfor file; do :; done\nsed -i "2r /srv/typed" "$file"\n'
"""What `systemctl edit` opens: it writes what the test has laid ready."""
CONFIG = """
[station]
name = "Phường Mẫu"
time_zone = "{zone}"
[speech]
engines = ["espeak"]
[quiet_hours]
legal_basis = "QĐ 1/QĐ-UBND"
[[output]]
name = "loa"
kind = "wavfile"
counts = true
"""
NAMED = "loa-1a2b3c4d-20261126-023000.loabak"
OLD = """
import sqlite3
with sqlite3.connect("/var/lib/loa-phuong/loa.db") as made, open("/srv/old.sql", encoding="utf-8") as rows:
    made.executescript(rows.read())
"""


@pytest.fixture(scope="module")
def bare(deb, tmp_path_factory):
    """A bare system; packages of an older and of this release lie in /srv."""
    needed("apt", "script")
    with machine(tmp_path_factory.mktemp("bare") / "one", deb, script=MADE) as one:
        one.write("/usr/local/bin/editor", EDITOR)
        one.run("chmod +x /usr/local/bin/editor; mkdir -p /mnt")
        yield one


def test_a_station_is_installed_kept_put_back_and_upgraded_as_the_pages_say(bare):
    english, vietnamese = Page("docs/operations.md"), Page("docs/vi/van-hanh-may.md")
    _install(bare, english, vietnamese)
    _configure(bare, english, vietnamese)
    _air(bare, english)
    _keep(bare, english, vietnamese)
    _go_back(bare, english, vietnamese)
    _rows_of_old(bare, english)
    _ = [block.text() for block in english.under("In a container")]  # test_image.py runs them
    _ = [block.text() for block in english.under("By pip, pipx or uv")]  # tests/install/test_one_liners.py runs them
    assert english.left() == []
    assert vietnamese.left() == []


def _numbered(bare):
    return bare.run("ls /srv | sed -n 's/^loa-phuong_\\(.*\\).deb/\\1/p'").split()


def _install(bare, english, vietnamese):
    (_, this) = _numbered(bare)
    block, block_too = english.under("By Debian package")[0].text(), vietnamese.under("Cài")[0].text()
    assert re.sub(r" +#.*", "", block) == block_too
    make, install = block.replace("0.1.0_amd64", this).splitlines()
    assert make.split()[:2] == ["deploy/debian/make-deb", "--output"]
    told = bare.run(f"cd /srv/source\n{install}")
    assert re.search(r"http://\S+\?ma=\S+\n", told), "the page's address, with the link that makes the first user"
    assert "HỎNG" not in bare.until(english.inline("sudo loa doctor"), "a station with nothing to mend")


def _configure(bare, english, vietnamese):
    config, web = CONFIG.format(zone=noon_zone()), vietnamese.under("Máy khác và điện thoại mở trang")[0]
    zones = english.under("Outputs and zones")[0].text({"192.168.1.10": "127.0.0.1"})
    bare.write("/etc/loa-phuong/config.toml", config + web.text() + zones)
    bare.page(english.under("By hand")[0])
    start, doctor = english.under("Start at boot")
    bare.run("systemctl stop loa")
    assert "http" in bare.until(start.text(), "the page's address in the log", "http")
    bare.until("systemctl is-active loa", "the unit of an installation by hand")
    bare.page(doctor)
    bare.run("groupadd --system gpio || true")
    _edit(bare, english.under("The amplifier's power")[0].text())
    assert "gpio" in bare.run("systemctl show loa -p SupplementaryGroups")


def _edit(bare, command):
    """`systemctl edit`, at a terminal; what is to be written stands behind the command."""
    bare.write("/srv/typed", "\n".join(re.split(r", (?:then )?", command.partition("# ")[2].strip())) + "\n")
    bare.run(f"script -qec {shlex.quote(command.partition('#')[0])} /dev/null")


def _air(bare, english):
    for login, role in (("lan", "editor"), ("minh", "approver")):
        bare.run(f"sudo loa person add {login} --name {login} --role {role}", answer="mat-khau-thu-1\n" * 2)
    words = "--title 'Thử khẩn' --text 'Mời bà con chú ý.'"
    number = bare.run(f"sudo loa --as lan announcement new {words}").split()[-1]
    bare.run(f"sudo loa --as lan announcement speak {number}")
    bare.run(f"sudo loa --as lan announcement submit {number} --heard --only-stored")
    bare.run(f"sudo loa --as minh announcement approve {number} --heard")
    bare.page(english.under("Emergencies (phát khẩn cấp)")[0], {"break-in 7": f"break-in {number}"})
    bare.until("sudo loa journal", "the emergency in the journal", "Thử khẩn")


def _keep(bare, english, vietnamese):
    """Backed up and put back, by the one page and by the other."""
    make, nightly, check, put_back = english.under("Backup")
    nightly_too, make_too, put_back_too = vietnamese.under("Sao lưu")
    bare.page(make)
    assert nightly.text() == nightly_too.text()
    bare.write("/etc/loa-phuong/config.toml", bare.run("cat /etc/loa-phuong/config.toml") + nightly.text())
    folder, edit, restart, again = make_too.text().splitlines()
    bare.run(folder)
    _edit(bare, edit)
    bare.run(restart)
    file = re.search(r"/mnt/sao-luu/(loa-\S+\.loabak)", bare.run(again))[1]
    assert "Bản sao lưu tốt" in bare.run(f"cd /mnt/sao-luu\n{check.text({NAMED: file})}")
    bare.run("sudo loa person add sau --name sau --role editor", answer="mat-khau-thu-1\n" * 2)
    assert put_back_too.text() == put_back.text()
    assert "nguyên vẹn" in bare.page(put_back, {NAMED: file}).casefold()
    told = bare.run("sudo loa person list; sudo loa journal")
    assert "sau" not in told.split(), "who came after the backup is in the folder that was set aside"
    assert "Thử khẩn" in told
    assert "HỎNG" not in bare.until("sudo loa doctor", "a station with nothing to mend")


def _go_back(bare, english, vietnamese):
    """To an older release and up again, each by a page."""
    older, this = _numbered(bare)
    (back,), (upgrade, back_too) = english.under("Back to an older release"), vietnamese.under("Nâng cấp, quay lại")
    lines, fewer = (
        {line.partition(" #")[0].strip() for line in block.text().splitlines()} for block in (back, back_too)
    )
    assert {line.replace("CŨ_amd64", "<older>") for line in fewer} < lines
    told = bare.run(f"cd /srv/source\n{back.text({'<older>': older})}", answer="y\n")
    assert "nguyên vẹn" in told.casefold()
    assert bare.run("dpkg-query -Wf '${Version}' loa-phuong") == OLDER
    assert "Thử khẩn" in bare.run("sudo loa journal")
    told = bare.run(f"cd /srv/source\n{upgrade.text({'MỚI_amd64': this})}", answer="y\n")
    assert "HỎNG" not in told
    assert bare.run("dpkg-query -Wf '${Version}' loa-phuong") != OLDER
    bare.run("systemctl is-active loa")


def _rows_of_old(bare, english):
    """A database that an older release really wrote is brought up at the first start, and its copy kept."""
    bare.run("systemctl stop loa; rm -rf /var/lib/loa-phuong/*")
    bare.write("/srv/old.sql", (ROOT / "tests" / "store" / "old" / "m022.sql").read_text(encoding="utf-8"))
    bare.write("/srv/old.py", OLD)
    bare.run("/opt/loa-phuong/.venv/bin/python /srv/old.py", user="loa")
    bare.run("systemctl start loa")
    assert "nguyên vẹn: 2 dòng" in bare.run("sudo loa journal --verify").casefold()
    bare.run(f"test -s /var/lib/loa-phuong/{english.inline('loa.db.before-m023_town')}")
