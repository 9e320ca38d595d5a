"""What is stated of occupations that are added to the catalogue."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from service.flows.requests.fields import described
from service.flows.requests.types import line


class OccupationItem(Struct, frozen=True, forbid_unknown_fields=True):
    """A code and its name."""

    code: Annotated[str, line("occupation_code", 20, examples=["4-07-05-03"])]
    name: Annotated[str, line("occupation_name", 60, min_length=1, examples=["消防设施操作员"])]


class OccupationsRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Occupations to be added."""

    occupations: Annotated[list[OccupationItem], described("occupations", min_length=1, max_length=5000)]
