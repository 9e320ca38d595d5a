"""The states of what only the register knows: a number in the ledger, a printed copy."""

from __future__ import annotations

from enum import StrEnum


class NumberState(StrEnum):
    """What became of a number. Every number up to its series' counter has exactly one of these (督附3, 考附2)."""

    ISSUED = "issued"
    RESERVED = "reserved"
    VOIDED = "voided"
    BEFORE = "before"
    """From before the system: a card brought in by import, or a hole nobody can account for."""


class CopyState(StrEnum):
    """What a printed copy is: the card's current one or has been replaced (补发)."""

    LIVE = "live"
    REPLACED = "replaced"


class ProposalState(StrEnum):
    """What became of a proposal to cancel a qualification."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    DECLINED = "declined"
