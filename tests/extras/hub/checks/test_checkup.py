"""What `loa doctor` says of the hub."""

from scheduler.config.loading import BackupConfig
from scheduler.extras.hub.keys import HubConfig
from tests.services.station.test_checkup_links import beats, told


class TestTheHub:
    def test_says_how_its_broker_stands_and_wants_its_backups_sealed(self, opened, clock):
        station = opened(HubConfig(url="tls://localhost:4222"))
        assert told(station, "Máy chủ tin") == [(False, "check_hub_process")]
        assert told(station, "Sao lưu") == [(False, "check_hub_backup_open")]
        beats(station, "hub", connected=False)
        assert told(station, "Máy chủ tin") == [(False, "check_line_broken")]
        beats(station, "hub", connected=True, reached_at=clock.now().isoformat())
        assert told(station, "Máy chủ tin") == [(True, "check_line_holds")]

    def test_with_a_passphrase_has_sealed_backups(self, opened):
        station = opened(HubConfig(url="tls://localhost:4222"), backup=BackupConfig(passphrase_file="mk"))
        assert told(station, "Sao lưu") == []
