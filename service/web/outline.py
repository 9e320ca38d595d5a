"""What may be logged of an error: its kind, and where it was raised."""

from __future__ import annotations

import traceback
from collections.abc import Iterator


def outline(error: BaseException) -> Iterator[str]:
    """Return where an error and its causes were raised. Their messages may hold a name or a credential and stay out."""
    cause: BaseException | None = error
    while cause is not None:
        yield f"{type(cause).__module__}.{type(cause).__qualname__}"
        yield from (line.rstrip() for line in traceback.format_tb(cause.__traceback__))
        cause = cause.__cause__ or cause.__context__
