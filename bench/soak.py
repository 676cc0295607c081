"""Does a long sound ever break? One tone through the engine for minutes while every core is at 100 %.

    python bench/soak.py [--minutes 1] [--busy] [--plain] [--backend pulse|fifo-card]

Counted at the null sink's monitor: milliseconds without the tone, jumps of its phase (a lost or repeated stretch), and
how far its phase moved altogether. `--busy` adds a station under load; `--plain` refuses the engine real-time priority.
"""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from onset import clips, load, priority
from onset.null_sink import absent, null_sink
from onset.players import PLAYERS
from onset.rig import Rig, with_bench_on_path
from running import end_on_sigterm
from table import Figure, show

PART = 10
"""Seconds of one part of the tone; they are played one after the other without a gap."""
CARD_BUFFER = 0.06
LEAST_HEARD = 0.99


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--busy", action="store_true", help="a station under load too")
    parser.add_argument("--plain", action="store_true", help="the engine is refused real-time priority")
    parser.add_argument("--backend", choices=["pulse", "fifo-card"], default="pulse")
    options = parser.parse_args()
    card = options.backend == "fifo-card"
    if not card and (gone := absent()):
        print(
            f"Drop-outs are counted on a private sound server: {', '.join(gone)} not installed (--backend fifo-card needs none)"
        )
        return 0
    player = next(player for player in PLAYERS if player.key == ("loa-plain" if options.plain else "loa"))
    parts = max(1, round(options.minutes * 60 / PART))
    end_on_sigterm()
    priority.ask_for_realtime()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onset")))
        environment = dict(os.environ) if card else stack.enter_context(null_sink(folder))
        log = stack.enter_context((folder / "load.log").open("wb"))
        beside = [stack.enter_context(load.burning(log, environment))]
        if options.busy:
            beside.append(stack.enter_context(load.office(folder, with_bench_on_path(environment))))
        wav = clips.write(folder / "tone.wav", clips.tone(PART))
        rig = Rig(folder, environment, wav, card_buffer=CARD_BUFFER if card else None)
        measured = rig.listen_to_tone(player, wav, parts, parts * PART)
    heard = measured.heard
    if heard.seconds < LEAST_HEARD * parts * PART:
        print(
            f"only {heard.seconds:.1f} of {parts * PART} s of tone were heard; the player's last words:\n{measured.log[-800:]}"
        )
    figures = [
        Figure("tone heard", heard.seconds, "s", parts * PART * LEAST_HEARD, more_is_better=True),
        Figure("dead", heard.dead_ms, "ms"),
        Figure("phase slips", heard.slips, ""),
        Figure("drift of the tone against the capture", heard.drift_ms, "ms"),
        Figure("CPU of the player", measured.cpu, "% core"),
        Figure("memory of the player", measured.rss, "MB"),
    ]
    if card:
        figures.append(Figure("underruns of the card", measured.underruns, ""))
    show(f"{parts * PART} s of tone beside {' and '.join(beside)}, load {os.getloadavg()[0]:.1f}", figures)
    if heard.dead_at:
        print("  dead at " + ", ".join(f"{second:.2f}" for second in heard.dead_at) + " s (the first ten)")
    if heard.lost:
        print(f"  the capture lost frames {heard.lost} times: dead and slips may be its own")
    return 0 if heard.seconds else 1


if __name__ == "__main__":
    sys.exit(main())
