"""What is said to a person of the status lists in a bundle that are not used, or no longer of full use."""

from __future__ import annotations

from service.domain.shared import SHARED


def note_of(code: str, number: int) -> tuple[str, str]:
    """Return in Chinese and in English what a refusal of list ``number`` means; ``code`` is the refusal's."""
    zh, en = SHARED.status_list_notes[code]
    return zh.format(n=number), en.format(n=number)
