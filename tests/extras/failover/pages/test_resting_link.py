"""Từ cấp trên on the machine that follows: its link rests on purpose, and the page says what `loa link status` says."""

import pytest

from scheduler.extras.failover.keys import PairConfig
from scheduler.extras.town.keys import TownConfig
from tests.extras.failover.pages.test_pair import follows, station  # noqa: F401 - fixtures

RESTS = "Máy này không giữ sóng nên bộ nối của nó nghỉ."


@pytest.fixture
def config(config):
    pair = PairConfig(machine="may-2", peer="may-1", url="nats://127.0.0.1:1", peer_url="http://x")
    return config.having(pair, TownConfig(url="tls://loa.thixa.gov.vn:4222", ward_id="26734"))


@pytest.mark.parametrize("path", ["/cap-tren", "/cap-tren/tinh-hinh", "/cai-dat/cap-tren"])
def test_the_link_is_said_to_rest_whatever_it_last_said_of_itself(
    follows,  # noqa: F811 - the fixture above
    station,  # noqa: F811 - the fixture above
    client_of,
    minh,
    clock,
    path,
):
    station.repos.jobs.beat("link", 1, clock.now(), {"reason": "link_tls", "clock_off_minutes": 9})
    page = client_of(minh).get(path).text
    assert RESTS in page
    for told in ("Bộ nối không trả lời", "không an toàn", "lệch nhau"):
        assert told not in page
