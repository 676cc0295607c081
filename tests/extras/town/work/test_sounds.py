"""Sounds of the town at a real station: fetched beside everything else, urgent ones first, and words where none comes."""

import asyncio
import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import Priority
from scheduler.extras.town.broker.waiting import end_all
from scheduler.extras.town.rules.envelope import Clip
from scheduler.extras.town.service.town import TownService
from scheduler.extras.town.work.sounds import Sounds, Wanted, spread_seconds
from scheduler.extras.town.work.ward import LinkState
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused
from tests.extras.province.work.conftest import wav
from tests.extras.town.broker.servers import pause
from tests.extras.town.work.town_side import PATIENCE, now, wait_until


def clip_of(sounds, data, seconds=2.0):
    sha, path = sounds.add(data)
    return Clip(sha, len(data), seconds, sounds.url + path)


def test_a_planned_sound_comes_with_its_hash_and_the_worker_has_it(town, link, trust, station, sounds):
    trust(town)
    clip = clip_of(sounds, wav())
    link.up()
    town.issue(now(), priority=Priority.PRIORITY, clip=clip)
    row = wait_until(lambda: station.services.get(TownService).clips.rows.get(clip.sha256))
    wait_until(lambda: station.services.get(TownService).clips.rows.get(clip.sha256).state in {"arrived", "ready"})
    row = station.services.get(TownService).clips.rows.get(clip.sha256)
    assert station.finish(row.job_id).result
    wait_until(lambda: station.services.get(TownService).clips.ready(clip.sha256))
    assert sounds.asked[0][3].startswith("Loa U"), "the ward has said who it is"


def test_a_sound_that_breaks_off_is_gone_on_with(town, link, trust, station, sounds):
    """Acceptance test 11 with everything real but the page."""
    trust(town)
    clip = clip_of(sounds, wav(6.0))
    sounds.cut_after = clip.bytes * 4 // 10
    link.up()
    town.issue(now(), priority=Priority.PRIORITY, clip=clip)
    wait_until(lambda: (row := station.services.get(TownService).clips.rows.get(clip.sha256)) and row.state != "wanted")
    assert [status for *_, status in sounds.asked] == [200, 206]


def test_a_sound_of_another_hash_is_asked_for_once_more_and_then_reported(town, link, trust, station, sounds):
    trust(town)
    good = wav()
    clip = clip_of(sounds, good)
    sounds.sounds[f"/clips/{clip.sha256}.wav"] = good[:-1] + b"!"
    link.up()
    town.issue(now(), priority=Priority.PRIORITY, clip=clip)
    wait_until(lambda: (row := station.services.get(TownService).clips.rows.get(clip.sha256)) and row.state == "failed")
    assert [status for *_, status in sounds.asked] == [200, 200]
    told = wait_until(lambda: [body for _, _, body in town.up() if body.get("what") == "clip"])
    assert told[0]["reason"] == "town_clip_wrong"


def test_an_emergency_whose_sound_does_not_come_is_spoken_here(town, link, trust, station, sounds, inbox):
    """Acceptance test 12: the page is down, the broker is not."""
    trust(town)
    clip = clip_of(sounds, wav())
    sounds.down = True
    link.up()
    issued = town.issue(now(), priority=Priority.EMERGENCY, clip=clip, text="Hồ xả lũ, bà con sơ tán ngay.")
    slot_id = wait_until(lambda: inbox() and inbox()[0]["slot_id"], "its slot")
    slot = station.repos.slots.slot(slot_id)
    said = station.repos.programme.announcement(slot.announcement_id)
    assert "sơ tán" in said.text
    assert said.audio_sha256, "there is a sound, made by a voice of this machine"
    assert wait_until(lambda: town.acks(issued.id))[0] == "received"


def test_a_sound_larger_than_the_ward_takes_is_not_asked_for(town, link, trust, station, sounds):
    trust(town)
    clip = Clip("a" * 64, 400_000_000, 60.0, f"{sounds.url}/clips/{'a' * 64}.wav")
    link.up()
    town.issue(now(), priority=Priority.PRIORITY, clip=clip)
    wait_until(lambda: (row := station.services.get(TownService).clips.rows.get(clip.sha256)) and row.tries)
    assert station.services.get(TownService).clips.rows.get(clip.sha256).reason == "link_clip_too_big"
    assert sounds.asked == []


class Wishes:
    """What a ward wants, in memory."""

    def __init__(self, *wanted):
        self.waiting = list(wanted)
        self.came, self.missed = [], []

    def wanted(self):
        return list(self.waiting)

    def arrived(self, sha256, path):
        self.came.append(sha256)
        self.waiting = [one for one in self.waiting if one.sha256 != sha256]

    def failed(self, sha256, refused):
        self.missed.append((sha256, refused.reason))
        self.waiting = [one for one in self.waiting if one.sha256 != sha256]


def run_sounds(airing_requests, fetch, done=lambda _: False, spread=timedelta(0), seconds=PATIENCE):
    """How the line stands when `done` says so of it, or after these seconds."""
    state = LinkState()

    async def story():
        loop = asyncio.get_running_loop()

        async def in_thread(work):
            await loop.run_in_executor(None, work)

        sounds = Sounds(airing_requests, fetch, state, SystemClock(), spread=spread, in_thread=in_thread)
        task = asyncio.create_task(sounds.run())
        end = loop.time() + seconds
        while loop.time() < end and not done(state):
            sounds.wake()
            await asyncio.sleep(0.02)
        await end_all([task])

    asyncio.run(story())
    return state


def test_an_urgent_sound_passes_a_slow_planned_one(tmp_path):
    order = []
    slow = Wanted("slow", 1, "u", urgent=False)
    airing_requests = Wishes(slow)

    def fetch(wanted):
        if wanted.sha256 == "slow":
            airing_requests.waiting.append(Wanted("urgent", 1, "u", urgent=True))
            wait_until(lambda: "urgent" in order, "the urgent one to pass")
        order.append(wanted.sha256)
        return tmp_path

    run_sounds(airing_requests, fetch, lambda _: len(airing_requests.came) == 2)
    assert order == ["urgent", "slow"]


def test_a_broken_line_is_tried_again_and_never_reported_as_the_sounds_own_fault(tmp_path):
    tries = []
    airing_requests = Wishes(Wanted("one", 1, "u", urgent=True))

    def fetch(_):
        tries.append(1)
        if len(tries) < 3:
            raise Refused("link_web_cut_off")
        return tmp_path

    state = run_sounds(airing_requests, fetch, lambda _: airing_requests.came)
    assert (airing_requests.came, airing_requests.missed) == (["one"], [])
    assert state.fault is None


def test_while_the_line_is_broken_the_heartbeat_says_so():
    airing_requests = Wishes(Wanted("one", 1, "u", urgent=True))

    def fetch(_):
        raise Refused("link_web_unreachable", host="hub")

    state = run_sounds(airing_requests, fetch, lambda state: state.fault)
    assert state.fault.reason == "link_web_unreachable"
    assert airing_requests.missed == []


def test_a_fault_that_nobody_has_thought_of_stops_no_other_sound(tmp_path):
    airing_requests = Wishes(Wanted("bad", 1, "u", urgent=True), Wanted("good", 1, "u", urgent=False))

    def fetch(wanted):
        if wanted.sha256 == "bad":
            pause(0.05)
            raise RuntimeError("nobody has thought of this")
        return tmp_path

    run_sounds(airing_requests, fetch, lambda _: airing_requests.came)
    assert airing_requests.came == ["good"]


def test_planned_sounds_are_not_asked_for_by_every_ward_at_once(tmp_path):
    airing_requests = Wishes(*(Wanted(str(number), 1, "u", urgent=False) for number in range(40)))
    run_sounds(airing_requests, lambda _: tmp_path, spread=timedelta(hours=10), seconds=0.6)
    assert len(airing_requests.came) < 5


@given(
    st.integers(-1000, 100_000),
    st.integers(0, 40_000),
    st.booleans(),
)
def test_a_sound_is_asked_for_before_half_of_the_time_is_over(left, most, urgent):
    moment = now()
    wanted = Wanted(hashlib.sha256(b"x").hexdigest(), 1, "u", urgent, moment + timedelta(seconds=left))
    seconds = spread_seconds(wanted, moment, timedelta(seconds=most))
    assert 0 <= seconds <= most
    assert seconds <= max(0, left * 0.5)
    assert not (urgent and seconds)


@pytest.mark.parametrize("until", [None])
def test_a_sound_without_an_end_is_spread_over_the_usual_time(until):
    assert spread_seconds(Wanted("a", 1, "u", urgent=False, until=until), now(), timedelta(minutes=10)) == 600
