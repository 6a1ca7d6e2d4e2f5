"""The program ``corridor``."""

from __future__ import annotations

import sys

from . import _native


def main() -> int:
    """Runs the command line and returns its exit code."""
    return _native.main(["corridor", *sys.argv[1:]])
