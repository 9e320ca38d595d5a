"""What whoever signs in brings, and what everybody changes of the own account. None of it is ever shown."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from service.domain.visible import LINE_PATTERN
from service.flows.requests.fields import described


class SignInRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Name and password."""

    name: Annotated[str, described("user", min_length=1, max_length=64, pattern=LINE_PATTERN)]
    password: Annotated[str, described("password", min_length=1, max_length=256)]

    def __repr__(self) -> str:
        return "<SignInRequest>"


class CodeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A code of the telephone, or a recovery code."""

    code: Annotated[str, described("code", min_length=1, max_length=16, pattern=LINE_PATTERN)]

    def __repr__(self) -> str:
        return "<CodeRequest>"


class PasswordRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The present password and the one that is to be."""

    old: Annotated[str, described("password", min_length=1, max_length=256)]
    new: Annotated[str, described("password", min_length=1, max_length=256)]

    def __repr__(self) -> str:
        return "<PasswordRequest>"
