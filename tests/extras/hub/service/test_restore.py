"""A hub that is put back from its backup."""

from dataclasses import replace

from scheduler.config.loading import BackupConfig
from scheduler.core.model import Role
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.service.wards import NewWard
from scheduler.services.backup.restore import restore
from scheduler.station import Station
from tests.services.backup.test_backup_restore import PASSPHRASE


def test_a_hub_comes_back_with_its_wards_and_the_keys_they_trust(station, tmp_path, clock):
    (tmp_path / "mk").write_text(PASSPHRASE)
    (tmp_path / "mk").chmod(0o600)
    config = replace(station.written, backup=BackupConfig(passphrase_file="mk")).having(
        HubConfig(url="tls://localhost:4222")
    )
    hub = Station.open(config, clock)
    admin = hub.repos.people.add("hung", "Hùng", Role.ADMIN, "mat-khau-cua-hung", clock.now())
    hub.services.get(HubService).add_ward(admin, NewWard("26734", "Phường Mẫu", groups=("nong-thon",)))
    text, issuer = hub.services.get(HubService).conf.text(), hub.services.get(HubService).keys.current().public
    path = hub.services.backups.make(admin)
    tables = {
        name: hub.repos.store.rows(f"SELECT * FROM {name} ORDER BY 1")  # noqa: S608 - names of the schema
        for name in hub.repos.store.db.table_names()
        if name.startswith(("hub_", "area"))
    }
    hub.close()
    restore(path, tmp_path / "neu" / "data", PASSPHRASE)
    again = Station.open(replace(config, folder=tmp_path / "neu"), clock)
    assert again.services.get(HubService).conf.text() == text
    assert again.services.get(HubService).keys.current().public == issuer
    for name, rows in tables.items():
        assert again.repos.store.rows(f"SELECT * FROM {name} ORDER BY 1") == rows, name  # noqa: S608 - names of the schema
    assert [ward.name for ward in again.services.get(HubService).wards()] == ["Phường Mẫu"]
    again.close()
