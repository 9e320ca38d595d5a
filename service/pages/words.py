"""Words and looks of the pages, shared with the scripts in the browser, which load the same two files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, Literal

import msgspec

from service.domain.fitness import Answer
from service.domain.verdict import Verdict
from service.domain.verdict_checks import Tone
from service.domain.verdict_words import Word
from service.pages.assets import shipped

Language = Literal["zh", "en"]
TEXTS: Final = "app/texts.json"
LOOKS: Final = "app/looks.json"


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in two languages."""

    zh: str
    en: str


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a verdict looks: colours (``style``), shape, one big word, and what to do: for staff, and for the public."""

    style: str
    icon: str
    zh: str
    en: str
    act_zh: str
    act_en: str
    public_zh: str
    public_en: str


@cache
def texts() -> Mapping[str, Text]:
    """Return every text by its key."""
    return msgspec.json.decode(shipped().files[TEXTS].body, type=dict[str, Text])


@cache
def looks() -> Mapping[str, Look]:
    """Return every look by its key: the verdicts' words, and three more for ``valid``."""
    return msgspec.json.decode(shipped().files[LOOKS].body, type=dict[str, Look])


def speaker(language: Language) -> Callable[..., str]:
    """Return the function by which templates speak a language: a key, and what fills its braces."""

    def say(key: str, **values: object) -> str:
        text = texts()[key]
        return (text.zh if language == "zh" else text.en).format(**values)

    return say


def look_of(verdict: Verdict) -> Look:
    """Choose the look of a verdict; a valid card that is not for the duty asked about is not shown as good."""
    if verdict.verdict is not Word.VALID:
        return looks()[verdict.verdict.value]
    fit = None if verdict.fit_for_duty is None else verdict.fit_for_duty.answer
    if fit is Answer.NO:
        return looks()["valid_unfit"]
    if verdict.tone is Tone.AMBER:
        return looks()["valid_unsure" if fit is Answer.UNKNOWN else "valid_stale"]
    return looks()["valid"]
