"""Random days with power cuts, kills, steps of the clock and injected faults, and whether their judge sees what is false."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.config.loading import OutputConfig
from tests.examples import examples
from tests.faults.day import DAWN, Order
from tests.faults.happened import NAME, Telling
from tests.faults.heard import HEAD, micros
from tests.faults.lived_day import Day, Death, broken_after
from tests.faults.mishaps import CALM, DATABASE, MACHINE, OUTPUT, Mishap, mishaps_of, offset_at
from tests.faults.random_day import day_of

RUNS = examples(80, few=7)
"""`bench/faults.py` has as many as one wants."""
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
TWO = (OutputConfig(name="loa", kind="heard"), OutputConfig(name="cot", kind="heard"))


@pytest.mark.parametrize("seed", range(10_000, 10_000 + RUNS))
def test_a_day_of_cuts_steps_and_faults_keeps_every_promise(seed, template, memory):
    day = day_of(seed, template, memory / "day")
    assert broken_after(day) == []


def lived(template, folder, *mishaps, orders=(), outputs=TWO, without=()):
    """A whole day without a death, on two loudspeakers of one zone."""
    shutil.copytree(template.folder, folder, dirs_exist_ok=True)
    config = replace(template.config, folder=folder, outputs=outputs)
    day = Day(config, tuple(orders), without=without, mishaps=mishaps)
    assert day.live(Death())
    return day


@pytest.fixture(scope="module")
def troubled(template, tmp_path_factory):
    """One loudspeaker of two is away in the middle of the first airing; the clock runs ahead, comes back, is confirmed."""
    first = template.starts[0]
    away = Mishap("away", first + 0.2 * SECOND, 0.6, "cot")
    ahead = Mishap("ahead", first + 30 * MINUTE, 60.0, "", 7 * 3600.0)
    words = Order(ahead.end + MINUTE, "clock is right"), Order(ahead.end + 2 * MINUTE, "so it is right")
    return lived(template, tmp_path_factory.mktemp("troubled"), away, ahead, orders=words)


@pytest.fixture
def falsified(troubled, tmp_path):
    shutil.copytree(troubled.config.folder, tmp_path, dirs_exist_ok=True)
    return Day(replace(troubled.config, folder=tmp_path), mishaps=troubled.mishaps)


def rewrite(day, change, output="loa"):
    """Change what an output heard, record by record: `change` gives (kind, at, now, true, body), or None to leave it out."""
    for path in (day.config.data / "heard").glob(f"{output}-*.bin"):
        raw, at, kept = path.read_bytes(), 0, []
        while at < len(raw):
            kind, begun, now, true, size = HEAD.unpack_from(raw, at)
            body, at = raw[at + HEAD.size : at + HEAD.size + size], at + HEAD.size + size
            if changed := change(kind, begun, now, true, body):
                kept.append(HEAD.pack(*changed[:4], len(changed[4])) + changed[4])
        path.write_bytes(b"".join(kept))


def test_a_day_with_one_loudspeaker_away_and_a_clock_ahead_tells_both_and_breaks_nothing(troubled):
    assert broken_after(troubled) == []
    told = (troubled.config.folder / NAME).read_text()
    assert all(f'"{one}"' in told for one in ("away", "over away", "ahead", "over ahead", "confirmed"))


def test_the_judge_sees_an_output_that_is_told_ok_and_lost_the_second_half_of_everything(falsified):
    seen = {}

    def halved(kind, at, now, true, body):
        seen["blocks"] = 0 if kind == b"b" else seen.get("blocks", 0) + 1
        return None if kind == b"w" and seen["blocks"] > 20 else (kind, at, now, true, body)

    rewrite(falsified, halved, "cot")
    told = broken_after(falsified)
    assert any("cot is told ok with" in sentence for sentence in told)
    assert any("is told played, its loudspeakers were given" in sentence for sentence in told)


def test_the_judge_sees_a_loudspeaker_that_comes_back_to_what_it_has_sounded_already(falsified):
    first = falsified.mishaps[0]

    def again(kind, at, now, true, body):  # what came behind the fault is given the sound of before it
        if kind == b"w" and micros(first.end) <= true < micros(first.end + SECOND):
            return kind, at, now, true, bytes(body[::-1])
        return kind, at, now, true, body

    rewrite(falsified, again, "cot")
    assert any("are not its sound" in sentence for sentence in broken_after(falsified))


def test_the_judge_sees_sound_by_a_clock_that_has_lost_its_time(falsified):
    lost = micros(datetime(1970, 1, 1, 1, tzinfo=UTC)) - micros(DAWN)
    rewrite(falsified, lambda kind, at, now, true, body: (kind, at + lost, now + lost, true, body))
    assert any("a clock that had lost its time" in sentence for sentence in broken_after(falsified))


def test_the_judge_reads_gaps_by_the_true_clock(falsified):
    starts = []

    def closer(kind, at, now, true, body):
        """The wall clock of each airing as it was; in truth all came within seconds."""
        if kind == b"b":
            starts.append(true)
        return kind, at, now, micros(DAWN) + (true - starts[0]) // 60, body

    rewrite(falsified, closer)
    assert any(" s after " in sentence for sentence in broken_after(falsified))


def test_the_judge_sees_an_end_whose_cause_was_not_there(falsified):
    path = falsified.config.folder / NAME
    kept = [line for line in path.read_text().splitlines(keepends=True) if "away" not in line and "ahead" not in line]
    path.write_text("".join(kept))
    told = broken_after(falsified)
    assert any("ended for output_failed, and of what causes it nothing had happened" in sentence for sentence in told)
    assert any("ended for clock_step, and of what causes it nothing had happened" in sentence for sentence in told)


def test_the_judge_sees_an_order_that_was_acknowledged_and_is_lost(falsified):
    telling = Telling(falsified.config.folder)
    telling.tell(DAWN, "given", "20261202-n1-lost")
    telling.close()
    assert any("20261202-n1-lost was acknowledged" in sentence for sentence in broken_after(falsified))


def test_the_judge_sees_a_clock_that_mutes_although_people_have_confirmed_it(template, memory):
    at = template.starts[0] + 0.5 * SECOND
    lost = Mishap("lost time", at, 60.0, "", (datetime(1970, 1, 1, tzinfo=UTC) - at).total_seconds())
    day = lived(template, memory / "day", lost)
    assert broken_after(day) == []
    telling = Telling(day.config.folder)
    telling.tell(lost.end + MINUTE, "confirmed", "", DAWN)
    telling.close()
    assert any("was kept silent by a clock that people had confirmed" in sentence for sentence in broken_after(day))


def test_without_a_second_try_an_end_that_a_locked_database_did_not_take_is_lost_and_the_judge_sees_it(
    template, memory
):
    lock = Mishap("locked", template.starts[0] + 0.2 * SECOND, 20.0)
    without = ("scheduler.playout.unwritten.Unwritten.try_again",)
    told = broken_after(lived(template, memory / "day", lock, without=without))
    assert any("has no end" in sentence for sentence in told)
    assert broken_after(lived(template, memory / "whole", lock)) == []


# What is drawn


def test_every_kind_of_mishap_happens_and_every_day_ends_in_calm(template):
    import random

    drawn = [mishaps_of(random.Random(seed), template.starts, template.clips, 2) for seed in range(600)]
    kinds = {one.kind for day in drawn for one in day}
    assert kinds == {"nudged", "ahead", "behind", "lost time", *OUTPUT, *DATABASE, *MACHINE}
    assert 60 < sum(not day for day in drawn) < 180
    assert sum(len(day) > 2 for day in drawn) > 100
    for day in drawn:
        assert all(one.end <= CALM + SECOND for one in day if one.kind != "nudged")
        assert abs(offset_at(day, CALM + 2 * SECOND)) < 6 * SECOND


@pytest.mark.parametrize("kind", [*OUTPUT, *DATABASE, "no descriptors", "clip gone", "clip damaged", "no planner"])
def test_each_fault_is_really_made_and_undone_and_the_day_keeps_its_promises(kind, template, memory):
    what = "cot" if kind in OUTPUT else template.clips[0]
    one = Mishap(kind, template.starts[0] - 3 * SECOND, 400.0 if "clip" in kind else 60.0, what)
    day = lived(template, memory / "day", one)
    told = (day.config.folder / NAME).read_text()
    assert f'"{kind}"' in told
    assert f'"over {kind}"' in told
    assert broken_after(day) == []


def test_an_output_that_drops_only_the_first_half_second_of_an_airing_is_told_so(template, memory):
    one = Mishap("drops", template.starts[0] - 0.5 * SECOND, 1.0, "cot")
    assert broken_after(lived(template, memory / "day", one)) == []


@pytest.mark.parametrize("what", ["MemoryError", "OSError", "RuntimeError"])
def test_an_exception_is_really_thrown_inside_the_station(what, template, memory):
    one = Mishap("thrown", template.starts[0] + 0.2 * SECOND, 0.0, what, 5.0)
    day = lived(template, memory / "day", one)
    assert '"thrown"' in (day.config.folder / NAME).read_text()
    assert broken_after(day) == []
