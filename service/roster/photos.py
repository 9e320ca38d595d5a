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
from service.domain.tidy import half_width, name_key, tidy
from service.roster.photo_files import ACCEPTED, PhotoFile, PhotoFiles

_IDENTITY_NUMBER: Final = re.compile("([0-9]{3})[0-9]{11}([0-9]{3}[0-9Xx])")
_NUMBER_IN: Final = re.compile("(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
_PARTED: Final = re.compile(r"[^\w·'’]+|[0-9_]+")
_WORDS_BESIDE: Final = re.compile(
    "^(?:照片|姓名|考评员|督导员)"
    "|(?:的|个人)?(?:[一二小大]?寸|电子|证件|登记|免冠|正面|彩色|标准|近期|本人)*"
    "(?:照片?|相片?|头像|图片)$"
)


@dataclass(frozen=True, slots=True)
class PhotoMatches:
    """Each row's photo by spreadsheet row, the problem of each row that has none, and what nobody needed.

    ``unused`` are paths for people to read: identity numbers in them are masked. ``likely`` are the photos of malformed
    rows, as far as one fits.
    """

    by_row: Mapping[int, PhotoFile]
    problems: Mapping[int, Problem]
    unused: tuple[str, ...]
    likely: Mapping[int, PhotoFile]


def match_photos(files: PhotoFiles, rows: Sequence[Application | MalformedRow]) -> PhotoMatches:
    """Find the photo of every application.

    By the 照片 cell, with or without its extension; where it is empty by the identity number that stands in the name
    of the file, else by the name, if it stands there alone (``03-张三``, ``张三（2寸）``). Two files that fit, or two
    people of one name with nothing else to tell them apart, are a problem of the row. Malformed rows get no photo, but
    their names count, and what is theirs is not reported as unused.
    """
    index = _Index(files.photos, rows)
    people = _people_by_name(rows)
    by_row: dict[int, PhotoFile] = {}
    problems: dict[int, Problem] = {}
    likely: dict[int, PhotoFile] = {}
    used: set[str] = set()
    for row in rows:
        found, shared = index.candidates(row), False
        if not found and not _asks_for(row):
            found = index.by_name.get(name_key(row.name), ()) if row.name else ()
            shared = len(people[row.name]) > 1
        used |= {photo.path for photo in found}
        if isinstance(row, MalformedRow):
            if len(found) == 1 and not shared:
                likely[row.row] = found[0]
            continue
        match found:
            case [photo] if not shared:
                named = index.names_in(photo)
                if not _asks_for(row) and named and name_key(row.name) not in named:
                    problems[row.row] = _contradiction(photo)
                else:
                    by_row[row.row] = photo
            case _:
                problems[row.row] = _problem(row, len(found))
    unused = [photo.path for photo in files.photos if photo.path not in used]
    return PhotoMatches(by_row, problems, tuple(_masked(path) for path in (*unused, *files.others)), likely)


class _Index:
    """Photos by file name, by file name without extension, and by the numbers and names that stand in it; all folded.

    A file whose name holds an identity number is found by that alone; one that holds the names of two people is
    neither's.
    """

    def __init__(self, photos: Iterable[PhotoFile], rows: Iterable[Application | MalformedRow]) -> None:
        self._people = {name_key(row.name): row.name for row in rows if row.name}
        names: defaultdict[str, list[PhotoFile]] = defaultdict(list)
        stems: defaultdict[str, list[PhotoFile]] = defaultdict(list)
        by_number: defaultdict[str, list[PhotoFile]] = defaultdict(list)
        by_name: defaultdict[str, list[PhotoFile]] = defaultdict(list)
        for photo in photos:
            names[photo.name.casefold()].append(photo)
            stems[_stem_key(_stem(photo))].append(photo)
            numbers = {number.upper() for number in _NUMBER_IN.findall(_stem(photo))}
            for number in numbers if len(numbers) == 1 else ():
                by_number[number].append(photo)
            people = self.names_in(photo)
            for name in people if len(people) == 1 and not numbers else ():
                by_name[name].append(photo)
        self.names, self.stems, self.by_number, self.by_name = (
            {key: tuple(found) for key, found in index.items()} for index in (names, stems, by_number, by_name)
        )

    def candidates(self, row: Application | MalformedRow) -> tuple[PhotoFile, ...]:
        """Return the photos that fit the 照片 cell, or else the identity number."""
        asked = _asks_for(row)
        if asked is not None:
            return self.names.get(asked.casefold()) or self.stems.get(_stem_key(asked), ())
        return () if row.resident_id is None else self.by_number.get(str(row.resident_id), ())

    def names_in(self, photo: PhotoFile) -> frozenset[str]:
        """Return the people of the roster whose names stand alone in a file's name, as keys."""
        stem = _stem(photo)
        words = {stem, *_PARTED.split(stem), *_PARTED.split(name_key(stem))}
        bare = {_WORDS_BESIDE.sub("", word) for word in words}
        return frozenset(key for word in words | bare if (key := name_key(word)) in self._people)


def _stem(photo: PhotoFile) -> str:
    return half_width(tidy(photo.name.rpartition(".")[0]))


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
        asked = f"“{photo}”" if photo else f"文件名含身份证号或姓名的照片（{'、'.join(ACCEPTED)}）"
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


def _contradiction(photo: PhotoFile) -> Problem:
    name = _masked(photo.name)
    return _worded(
        "photo-contradicts",
        f"文件“{name}”中的身份证号是本人的，姓名却是名单中另一个人的，请核对",
        f"the file {name!r} has this person's identity number and another's name: check it",
    )


def _worded(code: str, zh: str, en: str) -> Problem:
    return Problem(code, "photo", "", f"{HEADING_OF['photo'].zh}：{zh}", f"photo: {en}")
