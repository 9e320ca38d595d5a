"""Processes that issue through the whole flow: what the kill test's harness starts, kills and starts again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import Final

from service.domain.application import RawRow
from service.roster.photo_files import PhotoFile, PhotoFiles
from tests.flows.office import Office, applicant, photo, settings_of
from tests.store.killing import JOBS

KIND_OF: Final = {
    "2631001": "senior",
    "2631002": "standard",
    "2631003": "special_skill",
    "R5026": "external",
    "S50012326": "internal",
}
"""Kind of the cards of each series."""

_PEOPLE_A_JOB: Final = 1_000
_PHOTO: Final = photo()  # made here, and image formats loaded with it, in the server that forks the workers


@dataclass(frozen=True, slots=True)
class DeskAt:
    """Opens a desk of the office with this data folder."""

    folder: Path

    def __call__(self, url: str) -> Desk:
        return Desk(self.folder, url)


class Desk:
    """One process's way to the register; its entropy is its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.office = Office(settings_of(folder, url), random=SystemRandom())
        self.office.open()

    def issue(self, key: str, wanted: Mapping[str, int]) -> tuple[str, ...]:
        """Issue so many cards of each series, each to a person of its own, and give their numbers in row order."""
        rows = tuple(_rows(key, wanted))
        files = tuple(PhotoFile(f"{row.cells['resident_id']}.jpg", lambda: _PHOTO) for row in rows)
        outcome = self.office.issue(*rows, photos=PhotoFiles(files), key=key)
        assert not outcome.refused, outcome.refused
        return tuple(row.number or "" for row in outcome.issued)

    def close(self) -> None:
        self.office.register.close()


def _rows(key: str, wanted: Mapping[str, int]) -> Iterator[RawRow]:
    _, worker, place = map(int, key.split("-"))
    person = (worker * JOBS + place) * _PEOPLE_A_JOB
    row = 2
    for prefix, count in wanted.items():
        for _ in range(count):
            yield applicant(KIND_OF[prefix], person, row=row)
            person, row = person + 1, row + 1
