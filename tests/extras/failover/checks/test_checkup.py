"""What `loa doctor` says of the second machine."""

from click.testing import CliRunner

from scheduler.extras.failover.keys import PairConfig
from scheduler.extras.town.commands.link import link
from scheduler.extras.town.keys import TownConfig
from tests.cli.here import Here
from tests.services.station.test_checkup_links import told


class TestTheSecondMachine:
    def test_that_nobody_follows_is_told(self, opened):
        station = opened(PairConfig(machine="may-1", peer="may-2"))
        found = told(station, "Hai máy")
        assert found
        assert all(good is False for good, _ in found)

    def test_the_link_to_the_town_of_a_machine_without_the_air_rests_and_is_no_fault(self, opened, tmp_path):
        line = TownConfig(url="tls://loa.thixa.gov.vn:4222", ward_id="26734")
        alone, follows = opened(line), opened(line, PairConfig(machine="may-1", peer="may-2"))
        assert told(alone, "Thị xã") == [(False, "check_town_process")]
        assert told(follows, "Thị xã") == []
        for station, code, words in (
            (alone, 1, "không trả lời"),
            (follows, 0, "Máy này không giữ sóng nên bộ nối của nó nghỉ."),
        ):
            done = CliRunner().invoke(link, ["status"], obj=Here(tmp_path / "c.toml", None, "lan", opened=station))
            assert (done.exit_code, words in done.output) == (code, True), done.output
