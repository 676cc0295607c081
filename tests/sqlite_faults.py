"""Errors as SQLite raises them, with the number by which they are told apart."""

import sqlite3


def full():
    """The disk has no room."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


def failing(code):
    """As SQLite answers with a number."""
    error = sqlite3.OperationalError("as SQLite says")
    error.sqlite_errorcode = code
    return error
