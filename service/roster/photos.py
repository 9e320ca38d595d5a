"""Photos matched to the people of a roster by file name; what is ambiguous is refused, not guessed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service.domain.application import Application, MalformedRow
from service.domain.application.headings import HEADING_OF
from service.domain.problem import Problem
from service.domain.tidy import name_key
from service.roster.photo_files import ACCEPTED, PhotoFile, PhotoFiles

_IDENTITY_NUMBER: Final = re.compile("([0-9]{3})[0-9]{11}([0-9]{3}[0-9Xx])")


@dataclass(frozen=True, slots=True)
class PhotoMatches:
    """Each row's photo by spreadsheet row, the problem of each row that has none, and what nobody needed.

    ``unused`` are paths for people to read: identity numbers in them are masked.
    """

    by_row: Mapping[int, PhotoFile]
    problems: Mapping[int, Problem]
    unused: tuple[str, ...]


def match_photos(files: PhotoFiles, rows: Sequence[Application | MalformedRow]) -> PhotoMatches:
    """Find the photo of every application.

    By the 照片 cell, with or without its extension; where it is empty by identity number, else by name. Two files
    that fit, or two people of one name with nothing else to tell them apart, are a problem of the row. Malformed
    rows get no photo, but their names count, and what is theirs is not reported as unused.
    """
    index = _Index(files.photos)
    people = _people_by_name(rows)
    by_row: dict[int, PhotoFile] = {}
    problems: dict[int, Problem] = {}
    used: set[str] = set()
    for row in rows:
        found, shared = index.candidates(row), False
        if not found and not _asks_for(row):
            found = index.stems.get(_stem_key(row.name), ()) if row.name else ()
            shared = len(people[row.name]) > 1
        used |= {photo.path for photo in found}
        if isinstance(row, MalformedRow):
            continue
        match found:
            case [photo] if not shared:
                by_row[row.row] = photo
            case _:
                problems[row.row] = _problem(row, len(found))
    unused = [photo.path for photo in files.photos if photo.path not in used]
    return PhotoMatches(by_row, problems, tuple(_masked(path) for path in (*unused, *files.others)))


class _Index:
    """Photos by file name and by file name without extension, both folded."""

    def __init__(self, photos: Iterable[PhotoFile]) -> None:
        names: defaultdict[str, list[PhotoFile]] = defaultdict(list)
        stems: defaultdict[str, list[PhotoFile]] = defaultdict(list)
        for photo in photos:
            names[photo.name.casefold()].append(photo)
            stems[_stem_key(photo.name.rpartition(".")[0])].append(photo)
        self.names = {name: tuple(found) for name, found in names.items()}
        self.stems = {stem: tuple(found) for stem, found in stems.items()}

    def candidates(self, row: Application | MalformedRow) -> tuple[PhotoFile, ...]:
        """Return the photos that fit the 照片 cell, or else the identity number."""
        asked = _asks_for(row)
        if asked is not None:
            return self.names.get(asked.casefold()) or self.stems.get(_stem_key(asked), ())
        return () if row.resident_id is None else self.stems.get(_stem_key(row.resident_id), ())


def _asks_for(row: Application | MalformedRow) -> str | None:
    return row.photo if isinstance(row, Application) else None


def _stem_key(stem: str) -> str:
    return name_key(stem).casefold()


def _people_by_name(rows: Iterable[Application | MalformedRow]) -> Mapping[str, set[str]]:
    """Count the different people of each name; a row without a readable identity number is a person of its own."""
    people: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        people[row.name].add(str(row.resident_id) if row.resident_id is not None else f"row {row.row}")
    return people


def _problem(row: Application, found: int) -> Problem:
    if not found:
        photo = _masked(row.photo) if row.photo else None
        asked = f"“{photo}”" if photo else f"以身份证号或姓名命名的照片（{'、'.join(ACCEPTED)}）"
        return _worded("photo-missing", f"找不到{asked}", f"there is no photo {photo or 'named for this person'}")
    if found > 1:
        return _worded(
            "photo-ambiguous",
            f"有 {found} 个文件都可用，请在“照片”列写明文件名",
            f"{found} files fit: name one of them",
        )
    return _worded(
        "photo-name-shared",
        f"名单中有不止一位“{row.name}”，照片请以身份证号命名或填写“照片”列",
        f"more than one person is called {row.name!r}: name the file by identity number or in the photo column",
    )


def _masked(text: str) -> str:
    """Hide the identity number a file is named for."""
    return _IDENTITY_NUMBER.sub(r"\1***********\2", text)


def _worded(code: str, zh: str, en: str) -> Problem:
    return Problem(code, "photo", "", f"{HEADING_OF['photo'].zh}：{zh}", f"photo: {en}")
