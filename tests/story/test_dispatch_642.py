"""From paper to loudspeaker: dispatch 642 of 13 March 2020, as an official could follow it.

The real text lies beside the checkout; without it the bundled sample with the same facts takes its place.
"""

import wave
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from scheduler.core.model import AnnouncementState, Boost, BoostKind
from scheduler.kernel.errors import Refused

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "samples" / "dispatch-642.txt"
SAMPLE = ROOT / "scheduler" / "samples" / "cong-van-mau.txt"
DAY = date(2026, 12, 2)


@pytest.fixture(params=[pytest.param(REAL, id="the_real_dispatch"), pytest.param(SAMPLE, id="the_bundled_sample")])
def paper(request):
    if not request.param.exists():
        pytest.skip("the real text is not beside this checkout")
    return request.param


def test_a_dispatch_becomes_a_proven_day_of_airtime(paper, station, lan, minh, clock):  # noqa: PLR0915 - a story is told whole
    services, programme = station.services, station.repos.programme

    # 1. The officer hands the paper in; its facts stand beside the text.
    dispatch_id, new = services.dispatches.import_dispatch(lan, paper.read_bytes(), paper.name)
    assert new
    kept = programme.dispatch(dispatch_id)
    assert kept.fields["phones"] == ["02373761666", "02373776559"]
    assert kept.fields["urls"] == ["https://dichvucong.thanhhoa.gov.vn"]
    assert kept.fields["frequency"][0]["increase"] is True
    assert any("without a number" in warning for warning in kept.fields["warnings"])
    for value, start, end in kept.excerpts["phones"]:
        assert value.replace(" ", "") in kept.text[start:end].replace(" ", "").replace(".", "")

    # The same paper handed in twice is one dispatch, and one button makes one pair of drafts.
    assert services.dispatches.import_dispatch(lan, paper.read_bytes(), "bản sao.txt") == (dispatch_id, False)
    made = services.dispatch_drafts.make(lan, dispatch_id)
    assert services.dispatch_drafts.make(lan, dispatch_id) == made
    announcement_id, campaign_id = made[0].announcement_id, made[0].campaign_id
    assert {one.campaign_id for one in made} == {campaign_id}  # its texts take turns: the order holds for all of them

    # 2. What will be said: the hotline digit by digit, no digit left for a voice to guess at.
    draft = programme.announcement(announcement_id)
    said = services.reading.spoken_form(draft.text)
    assert not any(letter.isdigit() for letter in said.text)
    assert said.unknown == ()

    # The speech is made, listened to, and handed to the leader.
    job = station.finish(services.announcements.make_speech(lan, announcement_id))
    assert job.state == "ready"
    clip = programme.clip(job.result)
    assert -17 <= clip.lufs <= -15
    with pytest.raises(Refused, match="not_heard"):
        services.announcements.submit(lan, announcement_id)
    services.announcements.heard(lan, announcement_id, clip.sha256)
    services.announcements.submit(lan, announcement_id)

    # 4. Nobody approves their own words; the leader approves the very sound.
    with pytest.raises(Refused):
        services.announcements.approve(lan, announcement_id, clip.sha256, heard=True)
    services.announcements.approve(minh, announcement_id, clip.sha256, heard=True)
    assert programme.announcement(announcement_id).state is AnnouncementState.APPROVED

    clips = [clip]
    for one in made[1:]:
        sound = station.finish(services.announcements.make_speech(lan, one.announcement_id)).result
        services.announcements.heard(lan, one.announcement_id, sound)
        services.announcements.submit(lan, one.announcement_id)
        services.announcements.approve(minh, one.announcement_id, sound, heard=True)
        clips.append(programme.clip(sound))

    # 5. The order says no number; the officer states it: twice a day becomes six times, spread over the windows.
    draft_campaign = programme.campaign(campaign_id)
    assert draft_campaign.boost.kind is BoostKind.FACTOR
    assert draft_campaign.boost.value > 1
    campaign = replace(draft_campaign, base=2, boost=Boost(BoostKind.FACTOR, 3))
    services.campaigns.save(lan, campaign)
    services.campaigns.start(lan, campaign_id)
    slots = station.repos.slots.of_day(DAY)
    assert len(slots) == 6
    gaps = [two.start - one.end for one, two in pairwise(slots)]
    assert min(gaps) >= campaign.min_gap

    # 6. The day goes by.
    playout = station.playout()
    playout.start()
    playout.run_stepped(clock, slots[-1].end + timedelta(minutes=1))
    playout.stop()

    # 7. The journal: each slot one row, at its second, whole, by whom, and the sum is what was measured.
    rows = station.repos.journal.of_day(DAY.isoformat())
    assert [row["outcome"] for row in rows] == ["played"] * 6
    assert {row["approver"] for row in rows} == {"Minh (minh)"}
    assert Counter(row["audio_sha256"] for row in rows) == {one.sha256: 6 // len(clips) for one in clips}
    assert services.ledger.of_dispatch(dispatch_id).days[DAY].ordered == 6
    assert {row["dispatch_number"] for row in rows} == {kept.number_symbol}
    assert station.repos.journal.verify().whole
    total = services.journal.airtime(minh, DAY, DAY)[DAY, kept.number_symbol]
    assert total.airings == 6
    assert total.played_ms / 1000 == pytest.approx(sum(slot.length.total_seconds() for slot in slots), abs=0.1)

    # And it was heard: each aired file holds the approved clip, sample by sample.
    masters = [station.repos.library.load(one.sha256) for one in clips]
    files = sorted((station.config.data / "wav").rglob("*.wav"))
    assert len(files) == 6
    for path in files:
        with wave.open(str(path)) as wav:
            heard = np.frombuffer(wav.readframes(wav.getnframes()), dtype=np.int16)
        assert any(heard.tobytes().find(master[1000:5000].tobytes()) > 0 for master in masters)
