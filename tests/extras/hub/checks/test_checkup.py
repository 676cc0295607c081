"""What `loa doctor` says of the hub."""

import re
from pathlib import Path

from scheduler.config.loading import BackupConfig
from scheduler.core.words.wording import REASONS
from scheduler.extras.hub.keys import HubConfig
from tests.services.station.test_checkup_links import beats, told

EXTRAS = Path(__file__).parents[4] / "scheduler" / "extras"
HUB, TOWN = EXTRAS / "hub", EXTRAS / "town"


class TestTheHub:
    def test_says_how_its_broker_stands_and_wants_its_backups_sealed(self, opened, clock):
        station = opened(HubConfig(url="tls://localhost:4222"))
        assert told(station, "Máy chủ tin") == [(False, "check_hub_process")]
        assert told(station, "Sao lưu") == [(False, "check_hub_backup_open")]
        beats(station, "hub", connected=False)
        assert told(station, "Máy chủ tin") == [(False, "check_line_broken")]
        beats(station, "hub", connected=True, reached_at=clock.now().isoformat())
        assert told(station, "Máy chủ tin") == [(True, "check_line_holds")]

    def test_tells_a_fault_in_a_hubs_words_with_and_without_a_line(self, opened, clock):
        station = opened(HubConfig(url="tls://localhost:4222"))
        now = clock.now().isoformat()
        for reason, is_connected, said in (
            ("link_turned_away", False, "hub_turned_away"),
            ("link_tls", False, "hub_tls"),
            ("hub_broker_full", True, "hub_broker_full"),
            ("disk_full", True, "disk_full"),
        ):
            beats(station, "hub", connected=is_connected, reached_at=now, reason=reason)
            assert told(station, "Máy chủ tin") == [(False, said)]

    def test_with_a_passphrase_has_sealed_backups(self, opened):
        station = opened(HubConfig(url="tls://localhost:4222"), backup=BackupConfig(passphrase_file="mk"))
        assert told(station, "Sao lưu") == []


def test_whatever_a_line_can_say_has_a_hubs_words():
    """A ward's would tell the town's own officer to ask the town."""
    places = [HUB / "work", HUB / "service", TOWN / "broker" / "client.py", TOWN / "broker" / "keys.py"]
    files = [file for place in places for file in (place.glob("*.py") if place.is_dir() else [place])]
    codes = {code for file in files for code in re.findall(r"\"(link_[a-z_]+)\"", file.read_text(encoding="utf-8"))}
    assert len(codes) > 10
    assert {code for code in codes if code.replace("link_", "hub_", 1) not in REASONS} == set()
