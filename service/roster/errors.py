"""What a roster or a set of photos is refused for as a whole.

::

    RosterError
    ├── WorkbookRefused    roster-not-xlsx, roster-encrypted, roster-macros, roster-zip-bomb, roster-damaged,
    │                      roster-several-lists, roster-sheet-unknown, roster-sheet-hidden, …
    ├── HeadingsRefused    headings-missing, heading-doubled, …: every problem of the heading row at once
    └── PhotosRefused      photos-not-zip, photos-path, photos-symlink, photos-too-large, …

Problems of single rows are no errors: they are values that go into the row report.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.problem import Problem


class RosterError(ValueError):
    """A file that cannot be used; ``code`` is permanent, ``zh`` and ``en`` are for people."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.zh = zh
        self.en = en


class WorkbookRefused(RosterError):
    """The file is no xlsx workbook, or one that is not safe to open."""


class HeadingsRefused(RosterError):
    """The heading row cannot be used; ``problems`` lists all that is wrong with it, the first gives the code."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            problems[0].code,
            "；".join(problem.zh for problem in problems),
            "; ".join(problem.en for problem in problems),
        )
        self.problems = tuple(problems)


class PhotosRefused(RosterError):
    """The folder or archive of photos cannot be used."""
