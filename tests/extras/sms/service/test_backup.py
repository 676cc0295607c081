"""The gateway's password goes into a backup with a passphrase, and into no other."""

from dataclasses import replace

import pytest

from scheduler.config.loading import BackupConfig
from scheduler.extras.sms.keys import SmsConfig
from scheduler.station import Station
from tests.services.station.test_backups import names


@pytest.mark.parametrize("passphrase", ["", "mot cau dai de nho"])
def test_the_password_of_the_gateway_goes_only_into_a_sealed_backup(passphrase, config, clock, tmp_path):
    (tmp_path / "mk").write_text(passphrase)
    (tmp_path / "mk").chmod(0o600)
    (tmp_path / "sms-mat-khau").write_text("bi-mat")
    backup = BackupConfig(passphrase_file="mk" if passphrase else "")
    station = Station.open(replace(config, backup=backup).having(SmsConfig(password_file="sms-mat-khau")), clock)
    station.prepare()
    path = station.services.backups.make(station.repos.people.machine(clock.now()))
    held = names(path, passphrase) if passphrase else names(path)
    assert ("config/sms-mat-khau" in held) == bool(passphrase)
    assert b"bi-mat" not in path.read_bytes()
    station.close()
