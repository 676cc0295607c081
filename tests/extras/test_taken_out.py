"""A station that has run with an extra runs without it and with it again, and every central place knows it only with it.

Without an extra is asked in a process of its own, where its line and the lines of those that lean on it are taken out of
the tuple before anything else is imported: as in a tree that never had them. One process tells everything.
"""

import sqlite3
from contextlib import closing

import pytest

from scheduler.config.loading import Config
from scheduler.features import folder_of, load
from scheduler.kernel.words import file_of, tables_of
from tests.extras.lived import BY_NAME, filled, own_tables, ran, rows_of
from tests.without import with_dependents


def parts_of(feature):
    """What the central places know by this extra's line."""
    processes = {one.name for one in feature.processes}
    return {
        "commands": set(feature.commands),
        "processes": processes,
        "processes that a fault names": processes,
        "processes that the page names": processes,
        "sections of the configuration": {one.name for one in feature.keys},
        "rights": set(feature.rights),
        "tables without an audit log": set(feature.unwatched),
        "sentences": sentences_of(feature),
        "pages": {load(where).name for where in feature.pages},
        "tabs": {tab.endpoint for tab in feature.tabs},
        "sections of the navigation": {one.word for one in feature.sections},
        "costly requests": set(feature.costly),
    }


def sentences_of(feature):
    folder = folder_of(feature)
    return set(tables_of(folder).get("reasons", {})) if file_of(folder).is_file() else set()


@pytest.fixture
def has_run(station, lan):
    """The folder of a station that has run with every extra, and what its places knew."""
    folder = station.config.folder
    station.close()
    return folder, ran(folder, station.clock)


def test_a_station_runs_without_each_extra_and_with_it_again(has_run, clock):
    """Its rows stay as they are, and each central place has lost just its parts; all extras come again at the end."""
    folder, (places, subjects, steps) = has_run
    path = Config(folder=folder).data / "loa.db"
    for name in BY_NAME:
        gone = [BY_NAME[one] for one in with_dependents(name)]
        tables = sorted({table for one in gone for table in own_tables(one)})
        taken = filled(path, tables)
        assert bool(taken) == bool(tables), name
        before = rows_of(path, tables)
        left, subjects_left, steps_left = ran(folder, clock, [one.name for one in gone])
        assert rows_of(path, tables) == before, name
        lost = {place: set(known) - set(left[place]) for place, known in places.items()}
        assert lost == {place: set().union(*(parts_of(one)[place] for one in gone)) for place in places}, name
        assert subjects - subjects_left == sum(len(one.operations) for one in gone), name
        assert steps_left == steps, "the steps of the schema are released, whatever extras there are"
        with closing(sqlite3.connect(path, isolation_level=None)) as conn:
            for table in taken:
                conn.execute(f"DELETE FROM {table}")  # noqa: S608
    assert ran(folder, clock) == [places, subjects, steps]
