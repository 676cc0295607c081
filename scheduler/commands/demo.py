"""`loa demo`: the whole way from a dispatch to a proven airing, on a stepped clock and a WAV output.

Real parts only: the reader, the voice, approval by a second person, planner, gate, engine and journal. No network, no
sound card, no waiting.
"""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.commands.base import Context, pass_context
from scheduler.commands.language import say
from scheduler.config.loading import Config, OutputConfig, QuietHoursConfig, SpeechConfig, StationConfig
from scheduler.core.model import Boost, BoostKind, Role, Slot
from scheduler.core.words.wording import OUTCOMES
from scheduler.kernel.clock import SteppedClock

if TYPE_CHECKING:
    from scheduler.station import Station

START = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
"""05:30 of 2 December 2026 in Việt Nam: before the first window."""
SAMPLE = "cong-van-mau.txt"


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), default=None, help="Where its data goes; default: a new folder."
)
@pass_context
def demo(context: Context, folder: Path | None) -> None:
    """From a sample dispatch to a proven airing in half a minute, on a stepped clock and a WAV output; needs no network
    and no sound card. It runs on settings of its own and touches no station.
    """
    del context  # the demo runs on defaults of its own, whatever stands in config.toml
    from scheduler.commands.reports import print_journal, print_plan, verify_text
    from scheduler.station import Station

    folder = folder or Path(tempfile.mkdtemp(prefix="loa-demo-"))
    clock = SteppedClock(START)
    station = Station.open(_config(folder), clock)
    station.prepare()
    try:
        _air_first_slot(station, clock)
        day = station.config.station.day_of(clock.now())
        say()
        print_plan(station, day, station.services.slots.of_day(day), station.services.slots.refusals(day))
        say()
        print_journal(station, day, station.services.journal.of_day(day))
        say(verify_text(station.services.proof.verify()))
        for path in sorted((station.config.data / "wav").rglob("*.wav")):
            say(f"Âm thanh đã ghi ra tệp: {path}")
    finally:
        station.close()


def _config(folder: Path) -> Config:
    return Config(
        folder=folder.resolve(),
        station=StationConfig(name="Đài truyền thanh phường (chạy thử)", data="."),
        quiet_hours=QuietHoursConfig(windows=("21:00-05:00", "11:30-13:30")),
        speech=SpeechConfig(engines=("espeak",)),
        outputs=(OutputConfig(name="wav", kind="wavfile"),),
    )


def _air_first_slot(station: "Station", clock: SteppedClock) -> None:
    services = station.services
    writer = station.services.people.by_login("bien-tap") or services.people.add(
        services.people.machine(), "bien-tap", "Cán bộ truyền thanh", Role.EDITOR, "chay-thu-1"
    )
    leader = station.services.people.by_login("lanh-dao") or services.people.add(
        services.people.machine(), "lanh-dao", "Lãnh đạo phường", Role.APPROVER, "chay-thu-2"
    )
    data = files("scheduler").joinpath("samples", SAMPLE).read_bytes()
    dispatch_id, _ = services.dispatches.import_dispatch(writer, data, SAMPLE)
    kept = station.services.dispatches.get(dispatch_id)
    say(f"1. Công văn {kept.number_symbol} ngày {kept.fields['date']}: {kept.fields['subject']}")
    made = services.dispatch_drafts.make(writer, dispatch_id)[0]
    announcement_id, campaign_id = made.announcement_id, made.campaign_id or 0
    say(f"2. Bản tin nháp: {station.services.announcements.get(announcement_id).title}")
    job = station.finish(services.announcements.make_speech(writer, announcement_id))
    clip = station.services.recordings.clip(job.result)
    say(f"3. Giọng đọc {clip.engine}/{clip.voice}: {clip.length.total_seconds():.1f} giây, {clip.lufs:.1f} LUFS")
    services.announcements.heard(writer, announcement_id, clip.sha256)
    services.announcements.submit(writer, announcement_id)
    services.submissions.approve(leader, announcement_id, clip.sha256, heard=True)
    say(f"4. Đã duyệt bởi {leader.name}, đúng âm thanh {clip.sha256[:12]}")
    campaign = replace(station.services.campaigns.get(campaign_id), base=2, boost=Boost(BoostKind.FACTOR, 3))
    services.campaigns.save(writer, campaign)
    services.campaigns.start(writer, campaign_id)
    say("5. Đợt phát: 2 lượt/ngày × 3")
    first = _first_slot(station, clock.now())
    playout = station.playout()
    playout.start()
    playout.run_stepped(clock, first.end + timedelta(seconds=5))
    playout.stop()
    outcome = station.services.slots.get(first.id).outcome
    say(f"6. Lượt đầu trên đồng hồ bước: {OUTCOMES[outcome] if outcome else 'chưa kết thúc'}")


def _first_slot(station: "Station", now: datetime) -> Slot:
    return station.services.slots.open_between(now, now + timedelta(days=1))[0]
