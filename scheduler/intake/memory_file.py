"""A file that is nowhere on a disk: how bytes are handed to another process and back without a pipe to block on.

Where the system has none (it is Linux's), a temporary file without a name stands for it. What is in it is not known
here.
"""

import os
import tempfile
from typing import BinaryIO, cast

__all__ = ["memory_file"]


def memory_file(name: str) -> BinaryIO:
    """An empty file to write and read; gone when closed."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(name), "w+b")
    return cast("BinaryIO", tempfile.TemporaryFile())
