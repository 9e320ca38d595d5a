"""Words and figures that Python and the browser's verifier share: ``shared.json``, beside this module.

``python -m tools.reference`` writes them for the browser (``pages/assets/verifier/shared.js``), and a test compares.
"""

from __future__ import annotations

import pkgutil
from typing import Final

import msgspec

Pair = tuple[str, str]
"""A text in Chinese and in English."""


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name in both languages."""

    zh: str
    en: str


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The most that is taken; bytes are of UTF-8, ``_s`` are seconds, ``instant`` is in seconds since 1970."""

    code_digits: int
    host_characters: int
    name_bytes: int
    occupation_bytes: int
    work_unit_bytes: int
    copy_id_bytes: int
    occupations: int
    portrait_width: int
    portrait_height: int
    portrait_bytes: int
    portrait_frame_head_bytes: int
    first_occupation_code: int
    last_occupation_code: int
    status_bits: int
    bundle_bytes: int
    status_list_entries: int
    status_list_ahead_s: int
    status_list_fresh_s: int
    instant: int


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many an assessment has at least, ``visits_running`` at most; their articles stand in ``regulation``."""

    skill_assessors: int
    review_seniors: int
    theory_markers: int
    visits_running: int
    external_supervisors: int
    internal_supervisors: int
    internal_arrives_minutes: int


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How text is folded; ``domain.tidy`` says what each is for.

    ``zero_width`` are code points and ranges in hexadecimal; each of ``radicals``, in rows, stands for the character of
    ``ideographs`` in its place (Unicode, EquivalentUnifiedIdeograph).
    """

    zero_width: tuple[str, ...]
    radicals: tuple[str, ...]
    ideographs: tuple[str, ...]
    dots: str
    dots_between_han: str


class Shared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file. ``verdicts`` are in order of precedence, ``levels`` from the lowest up."""

    verdicts: dict[str, Pair]
    fitness: dict[str, Pair]
    kinds: dict[str, Name]
    levels: dict[str, Pair]
    levels_of_grade: dict[str, tuple[str, ...]]
    unruled_levels: tuple[str, ...]
    status_list_notes: dict[str, Pair]
    assessment: Figures
    limits: Limits
    text: Text


SHARED: Final = msgspec.json.decode(pkgutil.get_data(__name__, "shared.json") or b"", type=Shared)
LIMITS: Final = SHARED.limits
