"""`loa …` as a person types it, in the test's own process."""

import sys

from scheduler import cli


def loa_of(path, monkeypatch, capsys):
    """A call of the command line on this configuration: its words in; exit code, output and error output back."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["loa", "--config", str(path), *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code or 0
        told = capsys.readouterr()
        return code, told.out, told.err

    return run
