"""The HR authorities (人社部门): a list, so that who files, sends, recommends, proposes or evaluates is one of them.

The centre (市职鉴中心) is always one; the others, district bureaus for the most part, are entered. 督§4, 考§5.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

from service.domain.errors import AuthorityInvalid
from service.domain.issuer import CENTRE, is_institution_code
from service.domain.tidy import tidy_name

CENTRE_CALLED: Final = "市职鉴中心"  # what the two rules call the centre: 督§4, 考§5
MAX_NAME: Final = 60  # characters
_NEAREST: Final = 3
_ALIKE: Final = 0.5


def new_authority(name: str, known: Collection[str], centre: str) -> str:
    """Return a name in the form in which it is kept. Raises AuthorityInvalid for one that is none, or is listed."""
    tidied = tidy_name(name)
    if not any(character.isalpha() for character in tidied) or len(tidied) > MAX_NAME:
        raise AuthorityInvalid(
            f"人社部门名称应为 1—{MAX_NAME} 个字，收到“{tidied[:MAX_NAME]}”",
            f"an authority's name has 1-{MAX_NAME} characters, got {tidied[:MAX_NAME]!r}",
            code="authority-name",
        )
    if tidied in {tidy_name(centre), CENTRE, CENTRE_CALLED, *map(tidy_name, known)}:
        raise AuthorityInvalid(
            f"“{tidied}”已在人社部门名单中", f"{tidied!r} is on the list of authorities", code="authority-taken"
        )
    return tidied


def authority_called(name: str, known: Collection[str], centre: str) -> str:
    """Return the listed name of an authority, the centre by its own name, as 市职鉴中心 or ``centre``. 督§4, 考§5.

    Raises AuthorityInvalid for one that is not on the list, with the listed names that are nearest.
    """
    listed = {tidy_name(one): one for one in known} | dict.fromkeys((tidy_name(centre), CENTRE, CENTRE_CALLED), centre)
    found = listed.get(tidy_name(name))
    if found is None:
        near = nearest(name, (*known, centre))
        zh = f"，名单中相近的有：{'、'.join(near)}" if near else "，名单中没有相近的名称"
        en = f"; the nearest on it: {', '.join(near)}" if near else "; nothing on it is near"
        raise AuthorityInvalid(
            f"人社部门名单中没有“{name.strip()[:MAX_NAME]}”{zh}",
            f"{name.strip()[:MAX_NAME]!r} is not on the list of authorities{en}",
        )
    return found


def acting_body(name: str | None, known: Collection[str], centre: str) -> str:
    """Return who acts, as it is kept: ``centre``, an institution's code as it is, or a listed authority. 督§4, 考§5.

    Without a name it is the centre. Raises AuthorityInvalid.
    """
    if name is None or is_institution_code(name):
        return name or CENTRE
    found = authority_called(name, known, centre)
    return CENTRE if found == centre else found


def nearest(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Return which of some names are most like another, the nearest first, at most three."""
    return tuple(get_close_matches(tidy_name(name), sorted(known), n=_NEAREST, cutoff=_ALIKE))
