"""What the routes about authorities and institutions answer with."""

from __future__ import annotations

from msgspec import Struct


class AuthorityBody(Struct, frozen=True):
    """An HR authority, by its name."""

    name: str


class AuthoritiesBody(Struct, frozen=True):
    """The HR authorities, the centre first."""

    authorities: tuple[AuthorityBody, ...]
