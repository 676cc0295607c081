"""How well the loudspeakers of an airing are is said only where it was measured, cluster by cluster."""

from dataclasses import replace

import pytest

from scheduler.config.loading import OutputConfig
from scheduler.core.planning.outlook import OutlookKind

KINDS = ("soundcard", "soundcard", "soundcard")


@pytest.fixture
def config(config):
    outputs = (OutputConfig(name=f"Cụm {one}", kind="soundcard", zones=(f"khu {one}",)) for one in (1, 2, 3))
    return replace(config, outputs=tuple(outputs))


@pytest.fixture
def told(station, cast, clock):
    """What is said of an approved announcement while playout reports outputs of these kinds."""

    def by(kinds, **more):
        outputs = [
            {"name": f"Cụm {one}", "kind": kind, "state": "open", "message": "", "counts": True} | more
            for one, kind in enumerate(kinds, 1)
        ]
        station.repos.jobs.beat("playout", 1, clock.now(), {"outputs": outputs, "clock_trusted": True})
        return station.services.outlook.of(number)

    number = cast.approved()
    cast.planned(number)
    return by


def test_that_all_clusters_are_well_is_said_where_their_devices_take_the_sound(told):
    outlook = told(KINDS)
    assert (outlook.kind, outlook.where) == (OutlookKind.WILL_SOUND, "tất cả các loa (3 cụm, đang tốt)")
    assert "tất cả các loa (3 cụm, đang tốt)" in outlook.sentence


@pytest.mark.parametrize("kind", ["rtp", "wavfile", "snapcast"])
def test_of_one_cluster_that_is_only_sent_to_nothing_good_is_said(told, kind):
    outlook = told((*KINDS[:2], kind))
    assert (outlook.kind, outlook.where) == (OutlookKind.WILL_SOUND, "tất cả các loa (3 cụm)")


def test_while_something_is_missing_nothing_good_is_said(told):
    outlook = told(KINDS, state="retrying")
    assert (outlook.kind, outlook.where) == (OutlookKind.WONT_SOUND, "tất cả các loa (3 cụm)")
