"""What `loa doctor` says of the second machine."""

from scheduler.extras.failover.keys import PairConfig
from tests.services.station.test_checkup_links import told


class TestTheSecondMachine:
    def test_that_nobody_follows_is_told(self, opened):
        station = opened(PairConfig(machine="may-1", peer="may-2"))
        found = told(station, "Hai máy")
        assert found
        assert all(good is False for good, _ in found)
