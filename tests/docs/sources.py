"""The syntax of the product's modules and of whoever else is looked through: a file is parsed and walked once.

Six tests ask one thing or another of the same thousand files. Nobody changes what is given.
"""

import ast
from functools import cache
from pathlib import Path


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of it."""
    return tuple(ast.walk(tree_of(path)))
