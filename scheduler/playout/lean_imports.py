"""APScheduler, imported so that it does not bring asyncio along.

Before Python 3.14 it takes one function from there, which `inspect` has as well and which it takes from there since: 30
modules that an idle playout would carry for nothing. Imported before the rest of APScheduler.
"""

import importlib
import inspect
import sys
from contextlib import suppress
from types import ModuleType

_NAME = "asyncio"


def _import() -> None:
    if _NAME in sys.modules:
        return
    little = ModuleType(_NAME)
    little.iscoroutinefunction = inspect.iscoroutinefunction  # type: ignore[attr-defined]
    sys.modules[_NAME] = little
    try:
        with suppress(ImportError):  # one that needs more of it is given all of it
            importlib.import_module("apscheduler.util")
    finally:
        del sys.modules[_NAME]


_import()
