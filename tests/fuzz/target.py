"""What a target of fuzzing is: a function of bytes, inputs to start from, and the mutations that fit them."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cardlayout.errors import LayoutError
from cardlayout.portrait import PortraitError
from keys.errors import KeysError
from service.domain.errors import DomainError
from service.flows.errors import Refused
from service.roster.errors import RosterError
from service.store.errors import StoreError
from tests.fuzz.mutators.raw import Mutator

_REFUSALS: Final = (DomainError, KeysError, LayoutError, PortraitError, Refused, RosterError, StoreError)
_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Target:
    """``run`` says in a few words what became of an input, the outcome first; it may raise a refusal and nothing else.

    An input is kept as a new starting point when one of its words, or the place it was refused at, is new.
    """

    run: Callable[[bytes], tuple[str, ...]]
    corpus: tuple[bytes, ...]
    mutators: tuple[Mutator, ...] = ()


Make = Callable[[Path, ExitStack], Target]
"""Makes a target in an empty folder; what it opens is closed with the stack."""


def code_of(error: Exception) -> str | None:
    """Return the permanent code of a refusal, which is meant for a person; None for a crash."""
    return error.code if isinstance(error, _REFUSALS) and _CODE.fullmatch(error.code) else None
