"""sqlite-utils, imported so that it does not bring numpy along.

It looks for numpy to know more column types, which we never use: our schema is plain SQL. An idle page and an idle
worker would each carry 25 MB for that, and start a quarter of a second later. Imported before the rest of `store`.
"""

import importlib
import sys


def _import() -> None:
    if "numpy" in sys.modules:
        return
    sys.modules["numpy"] = None  # type: ignore[assignment]  # None makes the import fail, as on a machine without it
    try:
        importlib.import_module("sqlite_utils.db")
    finally:
        del sys.modules["numpy"]


_import()
