"""The job types of one cell of a roster: how people part them, and which of them nobody has heard of yet.

What is parted by a mark (``、；;，,/`` or a line break, outside of brackets) is parted. By 和, spaces or numbering it
is parted only where each piece is a job type that is known: 印前处理和制作员 is one occupation, 电工和焊工 are two.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Final

from service.domain.occupation import Catalogue, Occupation, OccupationInvalid, parse_occupation, stated_code
from service.domain.problem import Problem
from service.domain.tidy import tidy_occupation

_MARKS: Final = re.compile(r"[、；;，,/／\r\n]")
_BRACKETS: Final = {"(": 1, "（": 1, "[": 1, "【": 1, ")": -1, "）": -1, "]": -1, "】": -1}
_NUMBERING: Final = re.compile(
    r"(?:^|(?<=[\s、；;,，/)）\u4e00-\u9fff]))(?:[(（]?[0-9０-９]{1,2}[)）.．、:：]|[①-⑳])(?=\s*[^\s0-9０-９])"
    r"|(?:^|(?<=[\s；;]))[一二三四五六七八九十]{1,2}[、.．](?=\s*\S)"
)
_JOINT: Final = re.compile(r"\s+|[和与及]")
_LEVEL: Final = "(?:[一二三四五]级|初级工?|中级工?|高级工?|特级技师|首席技师|高级技师|技师|特级|首席)"
_LEVEL_BESIDE: Final = re.compile(rf"^(?:{_LEVEL}[/／]?)+|（?(?:{_LEVEL}[/／]?)+）?$")
_MOST_PIECES: Final = 8  # of one part: more are no list of two job types
_LIKENESS: Final = 0.6


def parse_occupations(text: str, catalogue: Catalogue) -> tuple[Occupation, ...]:
    """Read the job types of one cell: each ``名称``, ``代码 名称`` or ``名称（代码）``, parted as people part them.

    A code that the catalogue does not have, or has under another name, is dropped; a name it has gets its code.
    How many there may be is for the rules to say. Raises OccupationInvalid.
    """
    occupations = tuple(parse_job_type(part, catalogue) for part in parts_of(text, catalogue))
    seen: set[str] = set()
    for occupation in occupations:
        if occupation.name in seen:
            raise OccupationInvalid(
                f"“{occupation.name}”写了两次，请删去一个",
                f"{occupation.name!r} is given twice: delete one",
                code="occupation-doubled",
            )
        seen.add(occupation.name)
    return occupations


def dropped_codes(text: str, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """List the codes of one cell that its job types go without, each with the name stated beside it."""
    stated = (stated_code(part) for part in parts_of(text, catalogue))
    return tuple((code, name) for code, name in stated if code and name and catalogue.name_of(code) != name)


def parts_of(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Part the text of one cell into those of its job types; none is empty."""
    if _is_known(text, catalogue):
        return (text,)
    if (unnumbered := _NUMBERING.sub("、", text)) != text:
        pieces = _parted(unnumbered, catalogue)
        if all(_is_known(piece, catalogue) for piece in pieces):
            return pieces
    return _parted(text, catalogue)


def _parted(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    marked = _merged(list(_at_marks(text)), catalogue)
    return tuple(piece for part in marked for piece in _at_joints(part, catalogue))


def new_job_types(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the names in one cell that nobody knows: a slip of the pen would be signed. 考§9.

    Known is what the catalogue has, or a card was issued for, and a trade stated with its occupation's code.
    """
    stated = (stated_code(part) for part in parts_of(text, catalogue))
    return tuple(
        name
        for code, name in stated
        if name and not catalogue.knows(name) and (code is None or catalogue.name_of(code) is None)
    )


def parse_job_type(part: str, catalogue: Catalogue) -> Occupation:
    """Read one job type, as ``parse_occupation`` does; one with a level beside its name is refused. 考§3."""
    occupation = parse_occupation(part, catalogue)
    if not catalogue.knows(occupation.name):
        bare = tidy_occupation(_LEVEL_BESIDE.sub("", occupation.name))
        if bare != occupation.name and catalogue.knows(bare):
            raise OccupationInvalid(
                f"“{occupation.name}”含有技能等级，职业工种只写“{bare}”；可考评的等级由证卡类别决定（考§3），"
                "本人证书的等级填在“证书等级”",
                f"{occupation.name!r} names a level: write {bare!r} alone; what levels a card covers follows from its "
                "kind (考§3), and the level of a certificate has its own column",
                code="occupation-with-level",
            )
    return occupation


def question_about(name: str, catalogue: Catalogue) -> Problem:
    """Word the question about a job type that nobody knows, with what it may have been meant for. 考§9."""
    zh = f"职业工种：“{name}”不在职业目录中，没有机构备案，也没有为它发过证卡；请核对名称"
    en = f"occupations: {name!r} is in no catalogue, in no filing and on no card: check the name"
    if traditional := [character for character in name if _is_traditional(character)]:
        zh += f"（“{''.join(traditional)}”疑为繁体字，请用简体字）"
        en += f" ({''.join(traditional)!r} looks like a traditional character: write the simplified one)"
    elif near := difflib.get_close_matches(name, catalogue.names.values(), 1, _LIKENESS):
        zh += f"（是否为“{near[0]}”？两个工种请用“、”分开）"
        en += f" (is it {near[0]!r}? Part two job types by 、)"
    return Problem("occupation-new", "occupations", "考§9", zh, en)


def _is_traditional(character: str) -> bool:
    """Return True for a character that GB 2312 lacks and Big5 has."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        try:
            return bool(character.encode("big5"))
        except UnicodeEncodeError:
            return False
    return False


def _is_known(text: str, catalogue: Catalogue) -> bool:
    code, name = stated_code(text)
    if code is None or not name:
        return catalogue.knows(name) or (code is not None and catalogue.name_of(code) is not None)
    return catalogue.name_of(code) == name or (catalogue.knows(name) and not catalogue.has_name(name))


def _at_marks(text: str) -> Iterator[str]:
    """Part a text at every mark outside of brackets; the marks stand between the parts."""
    start, depth = 0, 0
    for place, character in enumerate(text):
        depth = max(0, depth + _BRACKETS.get(character, 0))
        if not depth and _MARKS.match(character):
            yield from (text[start:place], character)
            start = place + 1
    yield text[start:]


def _merged(parts: list[str], catalogue: Catalogue) -> Iterator[str]:
    """Put together again what a mark parts in the name of an occupation (文学、艺术学研究人员)."""
    place = 0
    while place < len(parts):
        if place + 2 < len(parts) and _is_known("".join(parts[place : place + 3]), catalogue):
            yield "".join(parts[place : place + 3])
            place += 4
            continue
        if parts[place].strip():
            yield parts[place]
        place += 2


def _at_joints(part: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Part at 和, spaces and numbering, where each piece is known; into as few pieces as that takes."""
    pieces, joints, last = [], [], 0
    for joint in _JOINT.finditer(part):
        pieces.append(part[last : joint.start()])
        joints.append(joint[0])
        last = joint.end()
    pieces.append(part[last:])
    if len(pieces) > 2 * _MOST_PIECES:
        return (part,)
    best: list[tuple[str, ...] | None] = [None] * (len(pieces) + 1)
    best[0] = ()
    for end in range(1, len(pieces) + 1):
        for start in range(end):
            before = best[start]
            text = "".join(p + j for p, j in zip(pieces[start:end], [*joints[start : end - 1], ""], strict=True))
            if before is None or (text.strip() and not _is_known(text, catalogue)):
                continue
            found = (*before, text) if text.strip() else before
            known = best[end]
            if known is None or len(found) < len(known):
                best[end] = found
    found = best[-1] or (part,)
    bare = sum(not stated_code(piece)[1] for piece in found)  # a code, and beside it the name it may belong to
    return found if bare in {0, len(found)} else (part,)
