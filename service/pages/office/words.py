"""Words of the office's pages. They stand apart from those that every telephone downloads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from service.pages.words import Language, Text, texts

_FILES: Final = tuple(sorted(Path(__file__).parent.glob("texts*.json")))


def texts_in(file: Path) -> dict[str, Text]:
    """Read one file of texts."""
    return msgspec.json.decode(file.read_bytes(), type=dict[str, Text])


@cache
def office_texts() -> Mapping[str, Text]:
    """Return every text of the office by its key."""
    return {key: text for file in _FILES for key, text in texts_in(file).items()}


def office_speaker(language: Language) -> Callable[..., str]:
    """Return the function by which the office's templates speak: its own texts first, then those of all pages."""

    def say(key: str, **values: object) -> str:
        text = office_texts().get(key) or texts()[key]
        return (text.zh if language == "zh" else text.en).format(**values)

    return say
