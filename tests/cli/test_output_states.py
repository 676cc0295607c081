"""What the terminal says of the outputs: `loa run` as they open, `loa doctor` whether the station runs or not."""

from dataclasses import replace

import pytest

from scheduler.commands.output_states import output_findings, output_lines
from scheduler.config.loading import OutputConfig
from scheduler.services.air.output_states import counts_as_loudspeaker, outputs_seen, silent_zones
from scheduler.services.station.station_seen import seen_now
from scheduler.services.station.task_causes import of_the_air

REPORTED = {"name": "loa", "kind": "rtp", "state": "open", "device": "239.1.2.4:5006", "message": "", "dropped": 0}


@pytest.fixture
def beat(station):
    def write(*outputs):
        state = {"airings": [], "outputs": [REPORTED | one for one in outputs], "clock_trusted": True}
        station.repos.jobs.beat("playout", 1, station.clock.now(), state)

    return write


def test_run_says_of_each_output_its_own_kind_and_state(station):
    reported = [
        REPORTED,
        REPORTED | {"name": "mạng", "kind": "icecast", "device": "http://ice.example/loa"},
        REPORTED | {"name": "FM", "kind": "fifo", "state": "retrying", "message": "nobody reads"},
    ]
    lines = list(output_lines(outputs_seen(station.config, reported), ("all",)))
    assert lines == [
        "Đầu ra “loa”: mạng RTP (239.1.2.4:5006): đang mở. Chỉ biết đã gửi đi; không biết loa có nhận được hay không.",
        "Đầu ra “mạng”: máy chủ Icecast (http://ice.example/loa): đang mở. Không tính là loa.",
        "Đầu ra “FM”: ống dẫn (FIFO) (239.1.2.4:5006): CHƯA MỞ ĐƯỢC, trạm đang tự thử lại. nobody reads.",
    ]


def test_a_station_that_only_writes_files_is_told_so_and_is_well(station, beat):
    beat({"kind": "wavfile", "device": "data/wav"}, {"name": "ice", "kind": "icecast"})
    found = list(output_findings(station))
    assert [good for good, _, _ in found] == [None, None, None]
    assert found[-1][1] == "KHÔNG CÓ LOA NÀO KÊU"


def test_the_doctor_says_what_playout_reports_while_the_station_runs(station, beat):
    beat({}, {"name": "b", "state": "down", "message": "no route"}, {"name": "c", "kind": "snapcast"})
    assert [(good, what) for good, what, _ in output_findings(station)] == [
        (True, "Đầu ra loa"),
        (False, "Đầu ra b"),
        (True, "Đầu ra c"),
    ]


def test_the_doctor_names_an_open_output_whose_sound_goes_nowhere(station, beat):
    beat({"kind": "snapcast", "unheard": True, "message": "no Snapcast client is connected"})
    ((good, _, said),) = list(output_findings(station))
    assert good is False
    assert "đang mở, nhưng TIẾNG KHÔNG TỚI LOA NÀO" in said


def test_it_is_a_fault_and_a_task_of_the_station(station, beat):
    beat({"kind": "snapcast", "unheard": True, "message": "no Snapcast client is connected"})
    (told,) = seen_now(station.services).outputs
    assert (told.is_open, told.message) == (False, "no Snapcast client is connected")
    (task,) = [one for one in of_the_air(station.services.air.on_air(), station.config) if one.key == "output:loa"]
    assert (task.reason, task.details["output"]) == ("output_unheard", "loa")
    beat({"kind": "icecast", "unheard": True, "counts": False})
    assert seen_now(station.services).outputs[0].is_open


def test_a_server_that_is_asked_is_said_to_be_asked(config):
    told = [{"name": "a", "kind": "snapcast", "state": "open"}]
    for control in ("", "http://127.0.0.1:1780"):
        outputs = (OutputConfig("a", "snapcast", device="/run/snap", control=control),)
        (line,) = output_lines(outputs_seen(replace(config, outputs=outputs), told), ())
        assert ("không biết có loa nào" in line) == (not control)


def test_the_doctor_calls_nothing_open_that_playout_has_not_opened(station, beat, clock):
    beat({})
    clock.advance(60)
    assert all(good is None and "đang mở" not in said for good, _, said in output_findings(station))


@pytest.mark.parametrize(
    ("written", "kind", "counts"),
    [
        (None, "soundcard", True),
        (None, "wavfile", False),
        (None, "icecast", False),
        (True, "icecast", True),
        (True, "wavfile", False),  # of an auto: it was said of the card that is not there
        (False, "soundcard", False),
    ],
)
def test_what_is_written_goes_before_what_a_kind_usually_is(written, kind, counts):
    assert counts_as_loudspeaker(OutputConfig(kind="auto", counts=written), kind) is counts


def test_a_zone_that_no_loudspeaker_reaches_is_named(config):
    outputs = (OutputConfig("a", "soundcard", zones=("bac",)), OutputConfig("b", "wavfile", zones=("nam",)))
    config = replace(config, outputs=outputs)
    told = [{"name": "a", "kind": "soundcard", "state": "open"}, {"name": "b", "kind": "wavfile", "state": "open"}]
    assert silent_zones(config, told) == ("nam",)
    assert silent_zones(config, told[1:]) == ()  # the whole station is silent: that is another sentence
