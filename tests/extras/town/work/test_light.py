"""The conversation alone, with a light ward on the real broker: gaps, poison, a full disk, a full broker, pace, crowds."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import nats.errors
import nats.js.errors
import pytest

from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.client import JS_TIMEOUT, Broker, connect
from scheduler.extras.town.broker.setup import UP, ensure_streams
from scheduler.extras.town.work import Link
from scheduler.extras.town.work.outbox import IN_FLIGHT, Outbox, Pace
from scheduler.extras.town.work.ward import LinkState, inline, is_urgent
from scheduler.kernel.clock import SystemClock
from tests.extras.town.broker.servers import NatsServer, Own
from tests.extras.town.work.light import LightWard
from tests.needs import same_clock_everywhere

WARD, A_SECOND = "26734", 20
NEVER = (3000.0, 3600.0)
"""Looks at the log that need a reason."""


PATIENCE = 120.0
"""Seconds for what takes one: the machine may be busy."""


def within(coroutine):
    """Run it, and fail instead of hanging."""
    return asyncio.run(asyncio.wait_for(coroutine, 5 * PATIENCE))


async def until(true, seconds=PATIENCE):
    for _ in range(int(seconds / 0.01)):
        if found := true():
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come true")


def faulty(link, reason):
    """The fault of a link where it has this reason; what else there may be first (a slow answer) passes."""
    fault = link.state.fault
    return fault if fault is not None and fault.reason == reason else None


@pytest.fixture
def server(tmp_path):
    with NatsServer(tmp_path) as begun:
        yield begun


@asynccontextmanager
async def hub_of(server):
    client = await connect(
        Broker(server.url, server.hub_seed if server.wards is not None else None), name="hub", on_fault=lambda _: None
    )
    js = client.jetstream(timeout=PATIENCE)
    await ensure_streams(js)
    try:
        yield client, js
    finally:
        await client.close()


@asynccontextmanager
async def linked(server, ward, kind=Link, **told):
    stop = asyncio.Event()
    link = kind(
        ward, Broker(server.url, told.pop("seed", None), None, told.pop("inbox", "_INBOX")), SystemClock(), **told
    )
    task = asyncio.create_task(link.run(stop))
    try:
        yield link
    finally:
        stop.set()
        await asyncio.wait_for(task, PATIENCE)


class Deaf(Link):
    """It does not hear what is in `deaf_to` live."""

    deaf_to = frozenset()
    looks = 0
    """How often it has read the log to its end."""

    async def _catch_up(self, js, subject):
        await super()._catch_up(js, subject)
        self.looks += 1

    async def _heard(self, message):
        if message.data not in self.deaf_to:
            await super()._heard(message)


def urgent(text):
    told = {"priority": 1, "kind": "announcement", "act": "alert", "text": text}
    return json.dumps({"signed": json.dumps(told)}).encode()


def test_a_gap_is_seen_by_the_next_message_and_filled_in_order(server):
    class Missing(Deaf):
        deaf_to = frozenset({b"2", b"3"})

    async def story():
        ward = LightWard()
        async with hub_of(server) as (_, js), linked(server, ward, Missing, look_every=NEVER) as link:
            await until(lambda: link.looks)
            for text in (b"1", b"2", b"3"):
                await js.publish("dispatch.all", text)
            await until(lambda: ward.texts == [b"1"])
            await asyncio.sleep(0.5)
            assert ward.texts == [b"1"], "without a reason nobody looks"
            await js.publish("dispatch.all", b"4")
            await until(lambda: len(ward.texts) == 4)
            return ward.texts

    assert within(story()) == [b"1", b"2", b"3", b"4"]


def test_an_urgent_message_after_a_gap_does_not_wait_for_what_is_missing(server):
    text = urgent("xả lũ")

    class Missing(Deaf):
        deaf_to = frozenset({b"2"})

    async def story():
        ward = LightWard()
        async with (
            hub_of(server) as (_, js),
            linked(server, ward, Missing, look_every=NEVER, is_urgent=is_urgent) as link,
        ):
            await until(lambda: link.looks)
            for raw in (b"1", b"2", text):
                await js.publish("dispatch.all", raw)
            await until(lambda: len(ward.texts) == 3)
            return ward

    ward = within(story())
    assert [(raw, in_turn) for raw, _, _, in_turn in ward.taken] == [
        (b"1", True),
        (text, False),
        (b"2", True),
        (text, True),
    ]
    assert ward.cursors["dispatch.all"] == 3


@pytest.mark.parametrize(
    ("told", "is_so"),
    [
        ({"priority": 1, "kind": "announcement", "act": "alert"}, True),
        ({"priority": 3, "kind": "stop", "act": "alert"}, True),
        ({"priority": 3, "kind": "announcement", "act": "cancel"}, True),
        ({"priority": 2, "kind": "announcement", "act": "alert"}, False),
        ({"kind": "announcement"}, False),
    ],
)
def test_what_says_of_itself_that_it_cannot_wait(told, is_so):
    assert is_urgent(json.dumps({"signed": json.dumps(told)}).encode()) is is_so


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[]", b"{}", b'{"signed": 3}', b'{"signed": "[1]"}', b"[" * 100_000])
def test_what_cannot_be_read_is_not_urgent(raw):
    assert not is_urgent(raw)


def test_a_message_that_makes_the_ward_stumble_is_passed_by_and_holds_up_nobody(server, monkeypatch):
    monkeypatch.setattr("scheduler.extras.town.work.conversation.FAULT_WAIT", 0.05)

    async def story():
        ward = LightWard()
        ward.poison = {b"bad"}
        async with hub_of(server) as (_, js), linked(server, ward):
            for raw in (b"1", b"bad", b"2"):
                await js.publish("dispatch.all", raw)
            await until(lambda: b"2" in ward.texts)
            return ward

    ward = within(story())
    assert ward.texts == [b"1", b"2"]
    assert ward.cursors["dispatch.all"] == 3


def test_a_full_disk_at_the_ward_is_waited_for_and_nothing_is_lost(server, monkeypatch):
    monkeypatch.setattr("scheduler.extras.town.work.conversation.FAULT_WAIT", 0.05)

    async def story():
        ward, seen = LightWard(), set()
        async with hub_of(server) as (_, js), linked(server, ward) as link:
            await until(lambda: link.state.connected)
            ward.full = 6
            for raw in (b"1", b"2", b"3"):
                await js.publish("dispatch.all", raw)

            def done():
                seen.add(link.state.fault.reason if link.state.fault else "")
                return len(ward.texts) == 3

            await until(done)
            await until(lambda: link.state.fault is None)
            return ward, seen

    ward, seen = within(story())
    assert ward.texts == [b"1", b"2", b"3"]
    assert "link_ward_waits" in seen


def test_a_full_broker_is_said_and_loses_nothing(tmp_path):
    """UP has a small bound of its own; then it is given room."""

    async def story(server):
        ward = LightWard()
        async with hub_of(server) as (_, js):
            info = await js.stream_info(UP)
            info.config.max_bytes = 20_000
            await js.update_stream(info.config)
            for number in range(60):
                ward.owe("log", b"x" * 1000 + str(number).encode())
            async with linked(server, ward, messages_a_second=1000) as link:
                fault = await until(lambda: faulty(link, "link_broker_full"))
                waiting = len(ward.rows)
                info.config.max_bytes = -1
                await js.update_stream(info.config)
                await until(lambda: not ward.rows)
                await until(lambda: link.state.fault is None)
            up = (await js.stream_info(UP)).state.messages
            return fault, waiting, sorted(ward.told), up

    with NatsServer(tmp_path) as server:
        fault, waiting, told, up = within(story(server))
    assert fault.reason == "link_broker_full"
    assert waiting > 30
    assert told == list(range(1, 61))
    assert up == 60


def test_a_broker_whose_disk_is_full_is_the_same(tmp_path):
    async def story(server):
        ward = LightWard()
        async with hub_of(server):
            for _ in range(80):
                ward.owe("log", b"x" * 10_000)
            async with linked(server, ward, messages_a_second=1000) as link:
                return (await until(lambda: faulty(link, "link_broker_full"))).reason, len(ward.rows)

    with NatsServer(tmp_path, most_bytes=300_000) as server:
        reason, waiting = within(story(server))
    assert reason == "link_broker_full"
    assert waiting > 0


def test_a_row_that_the_broker_will_never_take_holds_up_nobody(server):
    async def story():
        ward = LightWard()
        ward.owe("log", b"first")
        ward.owe("log", b"x" * 1_500_000)
        ward.owe("log", b"last")
        async with hub_of(server) as (_, js), linked(server, ward) as link:
            await until(lambda: len(ward.told) == 2)
            fault = await until(lambda: faulty(link, "link_row_never"))
            return ward, fault, (await js.stream_info(UP)).state.messages

    ward, fault, up = within(story())
    assert sorted(ward.told) == [1, 3]
    assert list(ward.rows) == [2], "it stays where it is"
    assert (fault.reason, fault.details) == ("link_row_never", {"row": 2})
    assert up == 2


def test_what_waited_goes_up_in_order_and_not_faster_than_it_may(server):
    async def story():
        ward = LightWard()
        for number in range(150):
            ward.owe("asrun", str(number).encode())
        loop = asyncio.get_running_loop()
        async with hub_of(server) as (_, js):
            began = loop.time()
            async with linked(server, ward, messages_a_second=50):
                await until(lambda: not ward.rows)
            took = loop.time() - began
            found = [(await js.get_msg(UP, seq=number)).data for number in range(1, 151)]
            return took, found

    took, found = within(story())
    assert found == [str(number).encode() for number in range(150)]
    assert took > 1.5, "150 at 50 a second"


def test_a_broker_that_was_slow_for_a_while_is_told_no_more_in_a_second_than_any_other():
    """What waited for room while so much was under way has no second of its own behind it."""

    class Slow:
        """Its stream confirms nothing until it is free."""

        def __init__(self):
            self.at, self.free = [], asyncio.Event()

        async def publish(self, *_, **__):
            self.at.append(asyncio.get_running_loop().time())
            await self.free.wait()

    async def story():
        ward, js, loop = LightWard(), Slow(), asyncio.get_running_loop()
        for _ in range(IN_FLIGHT + A_SECOND + 1):
            ward.owe("asrun", b"x")
        pump = Outbox(ward, inline, LinkState(), Pace(A_SECOND, loop.time))
        turn = asyncio.create_task(pump.turn(js))
        await until(lambda: len(js.at) == IN_FLIGHT)
        await asyncio.sleep(1.1)
        js.free.set()
        freed = loop.time()
        await turn
        return js.at[-1] - freed

    assert within(story()) > 0.99


def test_acknowledgements_go_before_what_has_waited(server):
    async def story():
        ward = LightWard()
        for _ in range(300):
            ward.owe("asrun", b"old")
        async with hub_of(server) as (_, js), linked(server, ward, messages_a_second=1) as link:
            await until(lambda: link.state.connected)
            await js.publish("dispatch.all", b"new")
            await until(lambda: 301 in ward.told)
            return len(ward.rows)

    assert within(story()) > 100


def test_the_pace_is_kept_over_any_second():
    async def story():
        loop = asyncio.get_running_loop()
        pace, turns = Pace(30, loop.time), []
        for _ in range(75):
            await pace.turn()
            turns.append(loop.time())
        return turns

    turns = within(story())
    assert all(later - earlier > 0.99 for earlier, later in zip(turns, turns[30:], strict=False))


def test_a_subject_that_is_not_allowed_is_told_in_words(tmp_path):
    async def story(server, seed):
        ward = LightWard(subjects=("dispatch.all", "dispatch.group.other", "dispatch.ward.26734"))
        async with hub_of(server) as (_, js), linked(server, ward, seed=seed, inbox=f"_INBOX_w{WARD}") as link:
            told = list(await until(lambda: link.state.forbidden))  # the next look takes them out to ask again
            await js.publish("dispatch.all", b"1")
            await until(lambda: ward.texts == [b"1"])
            return told

    seed = keys.new_seed()
    with NatsServer(tmp_path, wards={WARD: Own(keys.public_of(seed))}) as server:
        assert "live.dispatch.group.other" in within(story(server, seed))[0]


def test_a_no_that_comes_while_the_next_subject_is_asked_for_is_not_forgotten(tmp_path):
    async def slowly(work):
        await asyncio.sleep(0.3)
        return work()

    async def story(server, seed):
        ward = LightWard(subjects=("dispatch.group.other", "dispatch.all"))
        told = {"seed": seed, "inbox": f"_INBOX_w{WARD}", "run": slowly}
        async with hub_of(server) as (_, js), linked(server, ward, **told) as link:
            await js.publish("dispatch.all", b"1")
            await until(lambda: ward.texts == [b"1"])
            await until(lambda: link.state.forbidden)

    seed = keys.new_seed()
    with NatsServer(tmp_path, wards={WARD: Own(keys.public_of(seed))}) as server:
        within(story(server, seed))


def test_a_revoked_ward_says_so_and_is_back_when_it_is_let_in_again(tmp_path):
    async def story(server, seed):
        ward = LightWard()
        async with hub_of(server) as (_, js), linked(server, ward, seed=seed, inbox=f"_INBOX_w{WARD}") as link:
            await until(lambda: link.state.connected)
            server.reload({})
            await until(lambda: not link.state.connected)
            await until(lambda: link.state.fault is not None and link.state.fault.reason == "link_turned_away")
            await js.publish("dispatch.all", b"meanwhile")
            server.reload({WARD: Own(keys.public_of(seed))})
            await until(lambda: ward.texts == [b"meanwhile"])
            await until(lambda: not ward.rows)
            await until(lambda: link.state.fault is None)

    seed = keys.new_seed()
    with NatsServer(tmp_path, wards={WARD: Own(keys.public_of(seed))}) as server:
        within(story(server, seed))


def test_the_hubs_clock_is_known_from_the_broker(server):
    same_clock_everywhere("the broker is a Go program and keeps the machine's clock")

    class Late(SystemClock):
        def now(self):
            from datetime import timedelta

            return super().now() - timedelta(hours=3)

    async def story():
        ward, stop = LightWard(), asyncio.Event()
        link = Link(ward, Broker(server.url), Late())
        async with hub_of(server):
            task = asyncio.create_task(link.run(stop))
            await until(lambda: link.now_of_hub() is not None)
            ahead, told = link.state.hub_ahead_seconds, link.now_of_hub()
            stop.set()
            await task
        return ahead, told, link.state.as_json()["clock_off_minutes"]

    ahead, told, minutes = within(story())
    assert abs(ahead - 3 * 3600) < 60
    assert minutes == 180
    assert isinstance(told, datetime)


def test_fifty_wards_in_one_process_lose_and_double_nothing_over_a_kill(server, monkeypatch):
    """Acceptance test 2 in small: a tenth is away, the broker is killed in mid-stream."""

    async def story():
        wards = [LightWard(str(number)) for number in range(1, 51)]
        stops = [asyncio.Event() for _ in wards]

        def begin(index):
            link = Link(wards[index], Broker(server.url), SystemClock())
            return asyncio.create_task(link.run(stops[index]))

        tasks = [begin(index) for index in range(45)]
        async with hub_of(server) as (hub, js):
            for number in range(30):
                if number == 10:
                    server.kill()
                    await asyncio.sleep(0.5)
                    server.start(wait=False)
                while True:
                    with suppress(nats.errors.Error, nats.js.errors.Error, TimeoutError):
                        if hub.is_connected:
                            headers = {"Nats-Msg-Id": str(number)}
                            await js.publish("dispatch.all", str(number).encode(), timeout=JS_TIMEOUT, headers=headers)
                            break
                    await asyncio.sleep(0.1)
            tasks += [begin(index) for index in range(45, 50)]
            await until(lambda: all(len(ward.texts) == 30 for ward in wards))
            await until(lambda: not any(ward.rows for ward in wards))
            messages = (await js.stream_info(UP)).state.messages
        for stop in stops:
            stop.set()
        await asyncio.gather(*tasks)
        return wards, messages

    wards, messages = within(story())
    assert all(ward.texts == [str(number).encode() for number in range(30)] for ward in wards)
    assert messages == 50 * 30


class OneAnswer:
    """A line whose only answer is what the log says of itself; `meanwhile` happens while the question is out."""

    def __init__(self, last, created="2026-11-26T10:00:00.000000001Z", meanwhile=lambda: None):
        self.told = {"created": created, "ts": "2026-11-26T11:00:00Z", "state": {"last_seq": last}}
        self.meanwhile = meanwhile

    async def request(self, *_, **__):
        self.meanwhile()
        return type("Answer", (), {"data": json.dumps(self.told).encode()})


def known_log(ward, *answers):
    """The cursors after the link has asked the log who it is."""

    async def story():
        link = Link(ward, Broker("nats://127.0.0.1:1"), SystemClock())
        link._cursors = {subject: ward.cursor(subject) for subject in ward.subjects}
        for told in answers:
            await link._know_log(told(link) if callable(told) else told)
        return link._cursors

    return within(story())


def test_the_same_log_leaves_every_cursor_where_it_is():
    ward = LightWard()
    ward.cursors = {"dispatch.all": 7}
    assert known_log(ward, OneAnswer(9), OneAnswer(9)) == {"dispatch.all": 7}


def test_a_message_heard_while_the_question_is_out_is_no_sign_of_another_log():
    ward = LightWard()
    ward.cursors = {"dispatch.all": 7}

    def told(link):
        return OneAnswer(7, meanwhile=lambda: link._cursors.update({"dispatch.all": 8}))

    assert known_log(ward, OneAnswer(7), told) == {"dispatch.all": 8}
    assert ward.cursors["dispatch.all"] == 7, "nothing was set back"


def test_a_log_that_lost_its_newest_messages_is_read_on_from_its_end():
    """A power cut at the hub: the same log, shorter than what this ward has read; its numbers are given again."""
    ward = LightWard(subjects=("dispatch.all", "dispatch.ward.26734"))
    ward.cursors = {"dispatch.all": 9, "dispatch.ward.26734": 2}
    assert known_log(ward, OneAnswer(5)) == {"dispatch.all": 5, "dispatch.ward.26734": 2}


def test_another_log_is_read_from_its_beginning_however_long_it_is():
    ward = LightWard()
    ward.cursors = {"dispatch.all": 7}
    later = "2026-11-27T10:00:00Z"
    assert known_log(ward, OneAnswer(9), OneAnswer(100, created=later)) == {"dispatch.all": 0}
    assert ward.cursors["dispatch.all"] == 0


def test_a_log_that_does_not_say_who_it_is_is_read_all_the_same():
    class Silent:
        async def request(self, *_, **__):
            raise TimeoutError

    ward = LightWard()
    ward.cursors = {"dispatch.all": 7}
    assert known_log(ward, Silent()) == {"dispatch.all": 7}


def test_a_number_that_the_log_gives_to_another_message_is_looked_at_again():
    """A power cut took the end of the log; it grew past this ward's cursor before the ward could ask."""

    def heard(raw, sequence, last):
        headers = {"Nats-Sequence": str(sequence), "Nats-Last-Sequence": str(last)}
        return type("Message", (), {"data": raw, "subject": "live.dispatch.all", "headers": headers})

    async def story():
        ward = LightWard()
        link = Link(ward, Broker("nats://127.0.0.1:1"), SystemClock())
        link._cursors = {"dispatch.all": 0}
        for number in (1, 2, 3):
            await link._heard(heard(b"old %d" % number, number, number - 1))
        await link._heard(heard(b"old 2", 2, 1))
        assert ward.cursors["dispatch.all"] == 3, "what was taken already is known again"
        await link._heard(heard(b"new 2", 2, 1))
        return ward.cursors["dispatch.all"], link._cursors["dispatch.all"], link._look.is_set()

    assert within(story()) == (1, 1, True)
