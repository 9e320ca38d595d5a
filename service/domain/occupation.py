"""Occupations and job types (职业、工种), and the catalogue of national codes they are looked up in.

A job type's *name* is its identity: scopes, doubles and the limit of 考§9 go by it. The code of the national
classification (国家职业分类大典) stands beside it where the catalogue has it under this very name: a trade (工种)
within an occupation, or the name of an earlier edition, is kept and printed as stated, without the code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec

from service.domain.errors import DomainError
from service.domain.shared import LIMITS
from service.domain.tidy import tidy_occupation
from service.domain.visible import TextRefused, check_file, invisible_character, words_for

MAX_NAME_BYTES: Final = LIMITS.occupation_bytes  # of a job type that travels as text in the credential, UTF-8
_CODE: Final = re.compile(r"[1-8]-[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_STATED: Final = r"(?P<code>[0-9]-[0-9]{2}-[0-9]{2}-[0-9]{2}|[1-8][0-9]{6})"
_CODE_FIRST: Final = re.compile(rf"{_STATED}(?![0-9-])\s*(?P<name>.*)", re.ASCII | re.DOTALL)
_CODE_LAST: Final = re.compile(
    rf"(?P<name>.*?\S)\s*[(（\[【]?\s*(?<![0-9-]){_STATED}\s*[)）\]】]?", re.ASCII | re.DOTALL
)
_DIGITS: Final = str.maketrans("０１２３４５６７８９－‐‑–—―−", "0123456789-------")


class OccupationInvalid(DomainError):
    """A job type that cannot be read, or whose name is that of another occupation than its code's."""

    default_code = "occupation-invalid"


class CatalogueInvalid(DomainError):
    """The catalogue file cannot be used."""

    default_code = "catalogue-invalid"


@dataclass(frozen=True, slots=True)
class Occupation:
    """A job type: its tidy name, and its national code (``6-31-01-03``) where the catalogue has it."""

    name: str
    code: str | None = None

    @property
    def scope(self) -> str:
        """The scope an assessor's card holds for it."""
        return f"occupation:{self.name}"


class Catalogue:
    """Occupations by code and by name; a name that two codes bear has no code by itself. Raises CatalogueInvalid.

    ``job_types`` are names that stand in no catalogue and are known all the same: cards have been issued for them.
    """

    __slots__ = ("_codes", "_job_types", "_names")

    def __init__(self, names: Mapping[str, str], job_types: Collection[str] = ()) -> None:
        self._job_types = frozenset(job_types)
        self._names = {code: tidy_occupation(name) for code, name in names.items()}
        bearers = Counter(self._names.values())
        self._codes = {name: None if bearers[name] > 1 else code for code, name in self._names.items()}
        for code, name in self._names.items():
            if not _CODE.fullmatch(code):
                raise CatalogueInvalid(
                    f"职业编码“{code}”应为 6-31-01-03 的形式", f"{code!r} is not of the form 6-31-01-03"
                )
            if not name:
                raise CatalogueInvalid(f"编码 {code} 没有职业名称", f"code {code} has no name")

    def __len__(self) -> int:
        return len(self._names)

    @property
    def names(self) -> Mapping[str, str]:
        """All names by code."""
        return self._names

    def name_of(self, code: str) -> str | None:
        """Name of the occupation with this code, where known."""
        return self._names.get(code)

    def code_of(self, name: str) -> str | None:
        """Code of the occupation with this tidy name, where one alone bears it."""
        return self._codes.get(name)

    def has_name(self, name: str) -> bool:
        """Return True if an occupation bears this tidy name."""
        return name in self._codes

    def knows(self, name: str) -> bool:
        """Return True if this tidy name is an occupation's, or that of a job type known otherwise."""
        return name in self._codes or name in self._job_types

    def with_occupations(self, names: Mapping[str, str]) -> Catalogue:
        """Return this catalogue with further codes; what it has stays as it is."""
        return Catalogue({**names, **self._names}, self._job_types)

    def with_job_types(self, names: Collection[str]) -> Catalogue:
        """Return this catalogue, which knows further job types."""
        return Catalogue(self._names, self._job_types | frozenset(names)) if names else self


@lru_cache(maxsize=8)
def parse_catalogue(text: str | bytes) -> Catalogue:
    """Read a catalogue from JSON, ``{"occupations": {code: name, …}, …}``. Raises CatalogueInvalid."""
    try:
        names = msgspec.json.decode(text, type=_CatalogueFile).occupations
        check_file(names, place="$.occupations")
    except TextRefused as error:
        raise CatalogueInvalid(error.zh, error.en) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogueInvalid(f"职业目录无效：{error}", f"catalogue file: {error}") from error
    return Catalogue(names)


def parse_occupation(text: str, catalogue: Catalogue) -> Occupation:
    """Read one job type, ``名称``, ``代码 名称`` or a code the catalogue knows. Raises OccupationInvalid."""
    code, name = stated_code(text)
    known_name = catalogue.name_of(code) if code else None
    if code and not name:
        if known_name is None:
            raise OccupationInvalid(
                f"职业目录中没有编码 {code}，请写明职业（工种）名称",
                f"the catalogue has no code {code}: write the job type's name",
                code="occupation-code-unknown",
            )
        name = known_name
    _check_name(name)
    if code is None or known_name == name:
        return Occupation(name, code or catalogue.code_of(name))
    if catalogue.has_name(name):
        raise _mismatch(code, name, known_name, catalogue.code_of(name))
    return Occupation(name)


@lru_cache(maxsize=8)
def extended_catalogue(text: str, added: str) -> Catalogue:
    """Read a catalogue and what was added to it, both from JSON. Raises CatalogueInvalid."""
    return parse_catalogue(text).with_occupations(parse_catalogue(added).names)


class _CatalogueFile(msgspec.Struct):
    occupations: dict[str, str]


def stated_code(text: str) -> tuple[str | None, str]:
    """Return the code that stands before or behind a job type's name, if any, and the tidy name; either may lack.

    ``6310103`` is ``6-31-01-03``.
    """
    typed = text.strip()
    folded = typed.translate(_DIGITS)
    match = _CODE_FIRST.fullmatch(folded) or _CODE_LAST.fullmatch(folded)
    if match is None:
        return None, tidy_occupation(text)
    # The name is cut from the text as typed: only the code may have its dashes and digits folded.
    return _dashed(match["code"]), tidy_occupation(typed[match.start("name") : match.end("name")])


def _dashed(code: str) -> str:
    return code if "-" in code else f"{code[0]}-{code[1:3]}-{code[3:5]}-{code[5:]}"


def _check_name(name: str) -> None:
    if character := invisible_character(name):
        raise OccupationInvalid(
            f"职业工种含有的 {words_for(character)[0]}",
            f"a job type holds {words_for(character)[1]}",
            code="text-invisible-character",
        )
    if not any(c.isalpha() for c in name):
        raise OccupationInvalid(
            f"“{name}”不是职业（工种）名称", f"{name!r} is no name of a job type", code="occupation-name"
        )
    if (size := len(name.encode())) > MAX_NAME_BYTES:
        raise OccupationInvalid(
            f"职业工种名称过长：UTF-8 编码 {size} 字节，最多 {MAX_NAME_BYTES} 字节（20 个汉字）",
            f"a job type's name has {size} bytes in UTF-8, at most {MAX_NAME_BYTES} fit the card's QR code",
            code="text-too-long",
        )


def _mismatch(code: str, name: str, known_name: str | None, known_code: str | None) -> OccupationInvalid:
    zh = f"职业目录中 {code} 是“{known_name}”" if known_name else f"职业目录中“{name}”的编码是 {known_code or '别的'}"
    en = f"the catalogue has {code} as {known_name!r}" if known_name else f"{name!r} has {known_code or 'other codes'}"
    return OccupationInvalid(
        f"编码 {code} 与名称“{name}”不一致：{zh}；请更正其中一项，或只写名称",
        f"code {code} and name {name!r} do not belong together: {en}; correct one, or write the name alone",
        code="occupation-code-mismatch",
    )
