"""The silent self-test on a real station: every output plays what nobody hears, and what fails is told."""

import wave

import numpy as np

from scheduler.kernel.errors import Refused
from scheduler.station_selftest import SelfTest
from tests.waiting import until

INAUDIBLE = 10 ** (-80 / 20)


def notes(station):
    rows = station.repos.store.rows("SELECT reason, note FROM journal WHERE kind = 'selftest' ORDER BY seq")
    return [row["reason"] for row in rows]


def test_every_output_plays_the_test_below_eighty_decibels_and_the_journal_has_it(loa_run, station, cast):
    running = loa_run().up(station)
    cast.approved(1.0)
    found = until(lambda: tested(station), "a test that nothing stood in the way of")
    outputs = [one for one in found if one.name == "outputs"]
    assert [(one.details["title"], one.reason) for one in outputs] == [("loa", "")]
    assert {one.name: one.reason for one in found} == dict.fromkeys(
        ("outputs", "voice", "database", "clips", "backup"), ""
    )
    assert notes(station) == ["selftest_good"]
    heard = b""
    for path in (running.config.data / "wav").rglob("*.wav"):
        with wave.open(str(path)) as file:
            heard += file.readframes(file.getnframes())
    samples = np.abs(np.frombuffer(heard, np.int16).astype(float)) / 32_768
    assert 0 < samples.max() <= INAUDIBLE
    assert station.services.output_tests.last() == {}  # nobody has heard a loudspeaker


def tested(station):
    try:
        return SelfTest(station).run()
    except Refused:
        return None
