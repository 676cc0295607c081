"""How long a year of a busy ward takes to simulate: 20 campaigns, 4 airings a day each, clips of 30 to 60 s.

.venv/bin/python bench/simulate_year.py [days] [--profile]
"""

import cProfile
import json
import pstats
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from table import Figure, show

from scheduler.extras.simulate.work.reading import parse
from scheduler.extras.simulate.work.run import played
from scheduler.extras.simulate.work.telling import lines_of

CAMPAIGNS = 20
YEAR = 365
PROMISE = 40.0


def scenario(days: int) -> str:
    clips = {f"clip-{number}": 30 + 30 * number / (CAMPAIGNS - 1) for number in range(CAMPAIGNS)}
    campaigns = [
        {"clip": name, "per_day": 4, "windows": ["05:00-11:30", "13:30-21:00"], "min_gap_minutes": 5} for name in clips
    ]
    settings = {"quiet_hours": ["21:00-05:00", "11:30-13:30"], "min_gap_minutes": 1}
    return json.dumps(
        {"start": "2026-12-01", "days": days, "settings": settings, "clips": clips, "campaigns": campaigns}
    )


def main() -> None:
    numbers = [word for word in sys.argv[1:] if word.isdigit()]
    days = int(numbers[0]) if numbers else YEAR
    profile = cProfile.Profile()
    with tempfile.TemporaryDirectory() as folder:
        begun, worked = perf_counter(), process_time()
        if "--profile" in sys.argv:
            profile.enable()
        outcome = played(parse(scenario(days), is_toml=False), Path(folder))
        *lines, summary = lines_of(outcome)
        profile.disable()
        outcome.close()
        took, worked = perf_counter() - begun, process_time() - worked
    if "--profile" in sys.argv:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
    told = f"{days} days, {summary['airings']} airings, {len(lines)} lines, promises kept: {summary['kept']}"
    figures = [Figure(told, took, "s", PROMISE * days / YEAR), Figure("of these the processor worked", worked, "s")]
    show(f"Simulating {CAMPAIGNS} campaigns × 4 airings a day", figures)


if __name__ == "__main__":
    main()
