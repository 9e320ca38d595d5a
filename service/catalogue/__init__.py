"""The catalogue of national occupation codes that ships with the program."""

from __future__ import annotations

from functools import cache
from importlib import resources

from service.domain.occupation import Catalogue, parse_catalogue


@cache
def shipped() -> Catalogue:
    """Read ``occupations.json`` beside this file: common occupations only; a job type outside it has a name alone."""
    return parse_catalogue(resources.files(__name__).joinpath("occupations.json").read_bytes())
