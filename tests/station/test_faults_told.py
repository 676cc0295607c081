"""A real station: what happens to its processes is written down, shown and journalled without anybody asking."""

import os
import signal

from tests.station.conftest import alive
from tests.waiting import until


def test_a_playout_that_was_killed_stands_in_the_log_of_faults_in_the_journal_and_to_the_command(
    loa_run, station, tmp_path, config_path
):
    out = tmp_path / "told"
    text = config_path.read_text() + f'\n[faults]\ncommand = ["tee", "-a", "{out}"]\n'
    config_path.write_text(text)
    running = loa_run().up(station)
    killed = running.children()["playout"]
    os.kill(killed, signal.SIGKILL)
    until(lambda: not alive(killed), "the end of the killed process")

    def of_playout():
        return next((one for one in station.repos.faults.records() if one.fault.reason == "fault_process_died"), None)

    until(of_playout, "the fault")
    until(lambda: of_playout().ended, "its end")
    until(lambda: of_playout().told == {"journal": "over", "command": "over"}, "the word outside")
    rows = station.repos.store.rows("SELECT note FROM journal WHERE kind = 'fault' ORDER BY seq")
    notes = [row["note"] for row in rows if "fault_process_died" in row["note"]]
    assert [note.split()[0] for note in notes] == ["began", "over"]
    assert out.read_text().count('"reason": "fault_process_died"') == 2
    assert station.repos.journal.verify().whole
