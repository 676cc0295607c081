"""What no loudspeaker sounded is told to the province by no log."""

from dataclasses import replace

from scheduler.core.air.output_share import Hole
from scheduler.core.model import AiringOutcome
from scheduler.extras.province.rows import Outbox
from scheduler.extras.province.rules.uplink import Sender, play_logs
from tests.services.air.test_recorded import CARD, FILE, LONG, ONE_OF_TWO, RECORDED

SENDER = Sender("n", "Nguồn", "d", "Đích", "v", "V", {})


def test_the_province_gets_no_log_of_a_file_and_of_each_loudspeaker_its_own_length(ended, station):
    stalled = replace(CARD, name="rtp", kind="rtp", played_ms=8_750, holes=(Hole(5_000, LONG - 8_750),))
    ended(RECORDED, (AiringOutcome.PARTIAL, 8_750, (CARD, stalled, FILE)))
    (partial,), last = Outbox(station.repos.store).heard_after(0, 10)
    assert partial.seq == last, "that of the file was looked at before it"
    logs = {body["TenThietBi"]: body["ThoiLuong"] for _, body in play_logs(partial, SENDER)}
    assert logs == {"card": "00:01:00", "rtp": "00:00:09"}


def test_what_one_of_two_loudspeakers_sounded_is_told_of_that_one(ended, station):
    ended(ONE_OF_TWO)
    (one,), _ = Outbox(station.repos.store).heard_after(0, 10)
    logs = {body["TenThietBi"]: body["ThoiLuong"] for _, body in play_logs(one, SENDER)}
    assert logs == {"card": "00:01:00"}
