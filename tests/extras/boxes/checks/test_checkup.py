"""What `loa doctor` says of the clusters of loudspeakers."""

from scheduler.extras.boxes.keys import ClusterConfig, MqttConfig
from tests.services.station.test_checkup_links import beats, told

CLUSTERS = MqttConfig(url="mqtt://127.0.0.1:1883"), ClusterConfig(id="17", name="Cụm 17")


class TestClusters:
    def test_that_nobody_speaks_with_are_told(self, opened):
        assert (False, "check_clusters_process") in told(opened(*CLUSTERS), "Cụm loa")

    def test_whose_server_is_away_are_told(self, opened):
        station = opened(*CLUSTERS)
        beats(station, "clusters", reason="disk_full")
        assert (False, "check_line_broken") in told(station, "Cụm loa")
        beats(station, "clusters", reason="")
        assert told(station, "Cụm loa") == [(True, "check_clusters_good")]
