"""What `python -m tests.without` asks of its copy: a station that has run here runs there, and here again.

It is no test of its own, as it needs that copy: named outright, with LOA_TREE (the folder of the copy) and LOA_GONE (the
extras it lacks, with a blank between them). `test_taken_out` asks the same of this tree's own record.
"""

import os
from pathlib import Path

from scheduler.config.loading import Config
from tests.extras.lived import BY_NAME, filled, own_tables, ran, rows_of

TREE, GONE = Path(os.environ["LOA_TREE"]), [BY_NAME[name] for name in os.environ["LOA_GONE"].split()]


def test_a_station_goes_on_in_the_tree_without_it_and_in_this_one_again(station, lan, clock):
    """What was kept for an extra stays as it was, row for row, until the extra itself is back."""
    folder = station.config.folder
    station.close()
    here = ran(folder, clock)
    path = Config(folder=folder).data / "loa.db"
    tables = sorted({table for one in GONE for table in own_tables(one)})
    taken = filled(path, tables)
    assert bool(taken) == bool(tables)
    before = rows_of(path, tables)
    there = ran(folder, clock, tree=TREE)
    assert rows_of(path, tables) == before
    assert len(there[0]["commands"]) == len(here[0]["commands"]) - sum(len(one.commands) for one in GONE)
    assert ran(folder, clock) == here
