"""How exactly does each way of playing start? Ours, a timer with paplay or aplay, APScheduler with pydub, Liquidsoap.

    python bench/onset/compare.py [--n 20] [--busy] [--desk] [--realtime] [--only KEY …] [--backend pulse|fifo-card]

All play the same burst at the same kind of instants on one private PulseAudio null sink; its monitor is captured and the
distance from each instant to the first frame of sound is the onset error. Then each plays sequences of three, for the
silence between items. `--backend fifo-card` needs no sound server: the bench itself is the sound card (ours only).
docs/performance.md says what each column means.
"""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from running import end_on_sigterm
from table import grid

from onset import clips, load, priority
from onset.null_sink import absent, null_sink
from onset.players import OURS, PLAYERS
from onset.rig import Rig, sequences, singles, spread, with_bench_on_path

SEQUENCES = 4
"""One sequence for so many single starts."""
FEWEST_SEQUENCES = 3
CARD_BUFFER = 0.06
HEADS = (
    "player", "n", "onset p50 ms", "p99 ms", "max ms", "missed", "between items ms (max)", "CPU % of a core", "RSS MB",
    "remark",
)  # fmt: skip


def between(heard):
    """The silence between items, for people."""
    if not len(heard.errors):
        return "-"
    if not len(heard.holes):
        return "0"
    return f"{sorted(heard.holes)[len(heard.holes) // 2]:.1f} ({heard.holes.max():.1f})"


def remarks(single, sequence, card):
    whole = clips.BURST * 1e3
    told = []
    if len(single.heard.sounding) and whole - single.heard.sounding.mean() > 2:
        told.append(f"{whole - single.heard.sounding.mean():.0f} of {whole:.0f} ms cut off")
    if single.heard.unexpected > 0:
        told.append(f"{single.heard.unexpected} sounds too many")
    if lost := single.heard.lost + sequence.heard.lost:
        told.append(f"capture lost frames {lost} times: not valid")
    if card:
        told.append(f"{single.underruns + sequence.underruns} underruns")
    return ", ".join(told)


def row(player, rig, n):
    name = player.name.replace("*", "")
    print(f"{name} …", file=sys.stderr, flush=True)
    single = rig.measure(player, singles(n))
    sequence = rig.measure(player, sequences(max(FEWEST_SEQUENCES, n // SEQUENCES)))
    if not len(single.heard.errors):
        print(f"{name} was not heard; its last words:\n{single.log[-800:]}", file=sys.stderr)
    middle, nearly_all, worst = (f"{value:.2f}" for value in spread(single.heard.errors))
    cost = (f"{single.cpu:.1f}", f"{single.rss:.0f}")
    missed = f"{single.heard.missed} of {n}"
    told = remarks(single, sequence, rig.card_buffer is not None)
    return (player.name, str(n), middle, nearly_all, worst, missed, between(sequence.heard), *cost, told)


def rows(players, rig, n):
    for player in players:
        gone = player.absent()
        if gone:
            yield (player.name, *[""] * (len(HEADS) - 2), f"not installed: {', '.join(gone)}")
        else:
            yield row(player, rig, n)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=20, help="starts of each player")
    parser.add_argument("--busy", action="store_true", help="a station under load and stress-ng beside it")
    parser.add_argument("--desk", action="store_true", help="the busiest desk beside it: streams and uploads")
    parser.add_argument(
        "--realtime", action="store_true", help="the players in real time too, on a machine that is busy"
    )
    parser.add_argument("--only", nargs="+", choices=[player.key for player in PLAYERS], metavar="KEY", default=None)
    parser.add_argument("--backend", choices=["pulse", "fifo-card"], default="pulse")
    return parser.parse_args()


def chosen(options):
    if options.backend == "fifo-card":
        return [player for player in PLAYERS if player.key == "loa"]
    return [
        player
        for player in PLAYERS
        if (options.only is None or player.key in options.only)
        and not (options.realtime and player.key == "loa-plain")  # a contradiction
    ]


def main():
    options = arguments()
    card = options.backend == "fifo-card"
    if not card and (gone := absent()):
        print(
            f"Onsets are measured on a private sound server: {', '.join(gone)} not installed (--backend fifo-card needs none)"
        )
        return 0
    end_on_sigterm()
    exact = priority.ask_for_realtime()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onset")))
        environment = dict(os.environ) if card else stack.enter_context(null_sink(folder))
        told = []
        if options.busy:
            log = stack.enter_context((folder / "load.log").open("wb"))
            told.append(stack.enter_context(load.office(folder, with_bench_on_path(environment))))
            told.append(stack.enter_context(load.burning(log, environment)))
        if options.desk:
            told.append(stack.enter_context(load.desk(folder, with_bench_on_path(environment))))
        wav = clips.write(folder / "burst.wav", clips.tone(clips.BURST))
        rig = Rig(
            folder, environment, wav, clips.as_mp3(wav), options.realtime and exact, CARD_BUFFER if card else None
        )
        table = list(rows(chosen(options), rig, options.n))
    beside = f"beside {' and '.join(told)}" if told else "nothing else started"
    what = "real time" if rig.realtime else f"ordinary priority (what {OURS} asks for itself excepted)"
    instrument = "real time" if exact else "ordinary priority: not exact under load"
    print(
        f"Onset error of {options.n} starts, {beside}; players: {what}; instrument: {instrument}; load {os.getloadavg()[0]:.1f}"
    )
    grid(HEADS, table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
