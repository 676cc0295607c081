"""How much of a bulletin is understood in the street: written, said, paced and rendered for horns, through a horn, an
echo and noise, as far as a machine can listen. docs/hearing.md says what that means and how to get the listener.

Run: python bench/intelligibility.py --ear FOLDER [--n 20] [--study pace|horn] (reckoned: 9 minutes on two free cores)
"""

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from hearing.listener import Listener, NoListenerError
from hearing.rounds import CLOSE, STREETS, Rounds, Scores, Street, Way
from hearing.scoring import difference, mean
from hearing.speech import bulletins, paced, rendered, spoken
from table import grid

SHARE, BITS = ("percent", "points"), ("plain", "more")
MEASURES = {
    "told": ("Bits a syllable", BITS),
    "told_numbers": ("Bits a syllable of numbers", BITS),
    "chosen": ("Digit told from five others, % of bulletins", SHARE),
    "written": ("Syllables written right, %", SHARE),
    "letters": ("Letters written right, %", SHARE),
    "like": ("ESTOI", BITS),
}
SHORT = tuple(street for street in STREETS if street.name not in {"horn, echo", "traffic 0"})
STUDY = (Street("traffic +6", "traffic", 6), Street("rain +6", "rain", 6))


def usual_ways():
    return [
        Way("said", lambda one: spoken(one.said)),
        Way("as written", lambda one: spoken(one.written)),
        Way("said + horn render", lambda one: rendered(spoken(one.said))),
        Way("paced", paced),
        Way("paced + horn render", lambda one: rendered(paced(one))),
        Way("said, slower", lambda one: spoken(one.said, speed=0.85)),
        Way("paced + render, twice", lambda one: rendered(paced(one)), times=2),
    ]


def pace_ways():
    """Which pace? Every figure of it alone against the plain reading."""
    return [Way("said", lambda one: spoken(one.said))] + [
        Way(f"speed {speed}", lambda one, speed=speed: spoken(one.said, speed=speed)) for speed in (0.7, 0.85, 1.15)
    ] + [
        Way(f"paced {speed}, numbers {slow}, pauses {pause}", lambda one, speed=speed, slow=slow, pause=pause: paced(
            one, speed=speed, number_speed=slow, phrase_pause_ms=pause, paced_pause_ms=round(2.5 * pause)))
        for speed, slow, pause in (
            (1.0, 1.0, 200), (1.0, 1.0, 350), (1.0, 1.0, 500), (0.95, 0.85, 350), (0.95, 0.75, 350), (0.85, 0.85, 350),
            (0.85, 0.75, 350),
        )
    ]  # fmt: skip


def horn_ways():
    """Which render? One figure changed at a time."""
    return [Way("said", lambda one: spoken(one.said))] + [
        Way(name, lambda one, figures=figures: rendered(spoken(one.said), **figures))
        for name, figures in {
            "as configured": {},
            "no presence": {"presence_db": 0},
            "presence 6": {"presence_db": 6},
            "no compression": {"ratio": 1},
            "ratio 4": {"ratio": 4},
            "from 450 Hz": {"low_hz": 450},
            "band only": {"presence_db": 0, "ratio": 1},
            "from 450 Hz, presence 6, ratio 4": {"low_hz": 450, "presence_db": 6, "ratio": 4},
        }.items()
    ]


def over(scores, name, streets):
    """One number a bulletin: its mean over those of `streets` where it was measured; nan where it was in none."""
    rows = np.array([getattr(scores[street.name], name) for street in streets], float)
    rows = rows[~np.isnan(rows).all(axis=1)]
    return rows.mean(axis=0) if len(rows) else np.full(rows.shape[1], np.nan)


def show(found, streets, noisy, base):
    for name, (title, (drawn, drawn_more)) in MEASURES.items():
        measured = [street for street in streets if mean(getattr(found[base][1][street.name], name)).n]
        if not measured:
            continue
        print(f"\n{title} [95 %]; last: the noisy streets together, and how much more than “{base}”\n")
        rows = []
        for way, (_, scores) in found.items():
            mine, theirs = over(scores, name, noisy), over(found[base][1], name, noisy)
            if np.isnan(mine).all():
                continue
            cells = [getattr(mean(getattr(scores[street.name], name)), drawn)() for street in measured]
            more = "" if way == base else getattr(difference(mine, theirs), drawn_more)()
            rows.append([way, *cells, getattr(mean(mine), drawn)(), more])
        grid(["", *(street.name for street in measured), "noisy", "more"], rows)


def kept_in(file):
    """What an earlier run with the same bulletins measured, by way."""
    if file is None or not file.exists():
        return {}
    rows = json.loads(file.read_text(encoding="utf-8"))
    return {
        way: (seconds, {name: Scores(**one) for name, one in found.items()}) for way, (seconds, found) in rows.items()
    }


def keep(file, found):
    if file is not None:
        rows = {
            way: (seconds, {name: asdict(one) for name, one in scores.items()})
            for way, (seconds, scores) in found.items()
        }
        file.write_text(json.dumps(rows), encoding="utf-8")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--ear", default=os.environ.get("LOA_EAR", "ear"), help="folder of the listener: lib/ and model/")
    ask.add_argument("--n", type=int, default=20, help="bulletins (default 20)")
    ask.add_argument(
        "--study", choices=("pace", "horn"), help="one figure changed at a time instead of the usual table"
    )
    ask.add_argument("--short", action="store_true", help="fewer streets and questions: half the time")
    ask.add_argument("--workers", type=int, default=2)
    ask.add_argument("--keep", type=Path, help="file of the scores: a run that was broken off goes on where it was")
    ask.add_argument("--nice", type=int, default=10)
    told = ask.parse_args()
    os.nice(told.nice)
    try:
        listener = Listener(told.ear, workers=told.workers)
    except NoListenerError as error:
        print(f"not measured: {error}")
        return
    started = time.perf_counter()
    ways = {"pace": pace_ways, "horn": horn_ways}.get(told.study, usual_ways)()
    streets = STUDY if told.study else SHORT if told.short else STREETS
    noisy = [street for street in streets if street.noise]
    closely = () if told.study else CLOSE[:1] if told.short else CLOSE
    rounds = Rounds(listener, bulletins(told.n), workers=told.workers, closely=closely,
                    told=lambda line: print(f"\r{line:70}", end="", file=sys.stderr, flush=True))  # fmt: skip
    found = kept_in(told.keep)
    for way in ways:
        if way.name not in found:
            found[way.name] = rounds.scores(way, streets)
            keep(told.keep, found)
    found = {way.name: found[way.name] for way in ways}
    print(f"{told.n} bulletins, {len(ways)} ways, {len(streets)} streets, {time.perf_counter() - started:.0f} s")
    print("Seconds: " + ", ".join(f"{way} {seconds:.1f}" for way, (seconds, _) in found.items()))
    show(found, streets, noisy, "said")


if __name__ == "__main__":
    main()
