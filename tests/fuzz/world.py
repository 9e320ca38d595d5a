"""The register that targets work on: the same bytes each time it is made, so that an input can be tried again."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from service.domain.card_number import CardNumber
from service.flows.register import Register
from tests.flows.office import Office, make_office, numbers_of, one_of_each


@dataclass(frozen=True, slots=True)
class World:
    """An office that has issued a card of each kind, and the texts of their QR codes."""

    office: Office
    numbers: tuple[CardNumber, ...]
    texts: tuple[str, ...]

    @property
    def register(self) -> Register:
        """Return the open register."""
        return self.office.register


def make_world(folder: Path, stack: ExitStack) -> World:
    """Set the register up and issue the cards."""
    data = folder / "data"
    office = make_office(data, f"sqlite:///{data / 'register.db'}")
    stack.callback(office.register.close)
    outcome = office.issue(*one_of_each())
    assert not outcome.refused, outcome.refused
    numbers = tuple(CardNumber(number) for number in numbers_of(outcome) if number is not None)
    return World(office, numbers, tuple(office.text(number) for number in numbers))
