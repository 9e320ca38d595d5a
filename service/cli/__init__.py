"""The command line: decode the words, call one flow, print the answer.

Exit 0: done. 1: refused; what and why is on standard error. 2: the words of the command are wrong.
"""

from __future__ import annotations

from service.cli.commands import main

__all__ = ["main"]
