"""The facts that journal entries stand for: which rows are covered, and the digests of those that a step changed.

``coverage`` lists every covered table with its parts, and the tables that are not covered with the reason. Whatever
changes a row of a covered table says so with ``note``; ``store.journal`` attaches the digests of what was noted to
its entries, and a register's database commits no change that no entry stands for.

To cover a new table: one line in ``coverage.COVERED`` (or in ``EXEMPT``, with the reason), and ``note`` wherever its
rows are written. To add a column: nothing, where it may be NULL and is set when its row is made; if it changes later,
add it to the END of a changing part there.
"""

from __future__ import annotations

from service.store.facts.coverage import COVERED, EXEMPT, Coverage, Part
from service.store.facts.notes import UnstatedChange, note, pass_over
from service.store.facts.rows import Fact

__all__ = ["COVERED", "EXEMPT", "Coverage", "Fact", "Part", "UnstatedChange", "note", "pass_over"]
