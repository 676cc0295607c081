"""Whether a loudspeaker of a Snapcast stream sounds, by what the server tells of its clients: every case that there is."""

from dataclasses import replace

import pytest

from scheduler.playout.outputs.snapcast_clients import SILENT_AFTER, Listeners
from scheduler.playout.outputs.snapcast_control import SnapcastClient, SnapcastGroup, SnapcastStatus, SnapcastStream

BAC = SnapcastClient("bac", "Bắc", is_connected=True, percent=80, is_muted=False, last_seen=1.0)
NAM = replace(BAC, id="nam", name="Nam")
LOA = SnapcastStream("loa", "pipe:///run/loa/snap.pcm?name=loa&mode=create")
TCP = SnapcastStream("loa2", "tcp://0.0.0.0:4953?name=loa2&mode=server")
META = SnapcastStream("cả hai", "meta:///nhạc/loa2?name=cả hai")
STREAMS = (LOA, TCP, META)


def status(*clients, stream="loa2", is_muted=False, streams=STREAMS):
    return SnapcastStatus("0.31.0", (SnapcastGroup("g", "", is_muted, stream, clients),), streams)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (status(BAC), ""),
        (status(), "is connected"),
        (status(replace(BAC, is_connected=False)), "is connected"),
        (status(replace(BAC, is_connected=False), NAM), ""),
        (status(replace(BAC, is_muted=True)), "muted"),
        (status(replace(BAC, percent=0)), "muted"),
        (status(BAC, is_muted=True), "muted"),
        (status(replace(BAC, is_muted=True), NAM), ""),
        (status(BAC, stream="loa"), "plays the stream cả hai, loa2"),
        (status(BAC, stream="cả hai"), ""),
        (status(BAC, stream="loa", streams=(LOA,)), ""),  # none is seen to be ours: any will do
        (status(BAC, stream="loa", streams=(TCP, replace(TCP, id="x"), LOA)), ""),
        (status(BAC, stream="loa", streams=(TCP, replace(TCP, id="x", uri="tcp://[::1"), LOA)), "plays the stream"),
    ],
)
def test_one_sounds_or_it_is_said_why_none_does(told, why):
    found = Listeners("tcp://127.0.0.1:4953").silence(told, 0.0)
    assert (why in found) if why else found == ""


def test_a_pipe_is_known_by_its_path_and_a_source_without_a_port_by_the_usual_one(tmp_path):
    link = tmp_path / "pipe"
    link.symlink_to("/run/loa/snap.pcm")
    assert "plays the stream loa" in Listeners(str(link)).silence(status(BAC), 0.0)
    usual = status(BAC, stream="loa", streams=(replace(TCP, uri="tcp://0.0.0.0?name=loa2"), LOA))
    assert "plays the stream loa2" in Listeners("tcp://h:4953").silence(usual, 0.0)


def test_a_client_whose_answers_stop_is_gone_and_one_that_never_moved_is_believed():
    listeners, at = Listeners("tcp://h:4953"), 0.0
    for at in range(100):
        assert listeners.silence(status(BAC), float(at)) == ""
    assert listeners.silence(status(replace(BAC, last_seen=2.0)), 100.0) == ""
    assert listeners.silence(status(replace(BAC, last_seen=2.0)), 100.0 + SILENT_AFTER) == ""
    assert "is connected" in listeners.silence(status(replace(BAC, last_seen=2.0)), 100.1 + SILENT_AFTER)
    assert listeners.silence(status(replace(BAC, last_seen=3.0)), 110.0) == ""
