"""The pure part: no I/O, no clock, no framework, no thread may be imported here. `now` is an argument.

import-linter enforces it (pyproject.toml, contract "core is pure").
"""
