"""Set the words that are printed on cards, and look at them before: whether all of it fits, drawn as it prints (督附5).

Cards that were entered keep theirs: see ``wording.text_at``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from cardlayout.check import FaceProblem, check, narrowed
from cardlayout.face import CardFace
from cardlayout.fonts import FontSet
from service.domain.card_text import (
    FIELD_WORDS,
    JURISDICTIONS_OWN,
    TEXT_FIELDS,
    CardText,
    Wording,
    changes,
    check_from,
    check_text,
    holding,
    texts_of,
    with_texts,
)
from service.domain.errors import CardTextInvalid
from service.domain.event import Event, Json
from service.domain.kinds import CardKind
from service.domain.tidy import tidy
from service.flows.cards.card_text_requests import CardTextsRequest
from service.flows.cards.specimen import demanding_faces, specimen_faces
from service.flows.errors import Refused
from service.flows.paging import ListOrder, Page, PageRequest, page_in
from service.flows.register import Register
from service.store import journal, wordings
from service.store.errors import WordingTaken


@dataclass(frozen=True, slots=True)
class CardTexts:
    """The words that hold today, those to come, and all that were ever set, the last first; 0 the jurisdiction's.

    ``last`` is the number that was set last, ``shown_by`` who set each, by the real name if it is known.
    """

    now: Wording
    planned: tuple[Wording, ...]
    history: tuple[Wording, ...]
    shown_by: Mapping[int, str]

    @property
    def last(self) -> int:
        """The number that was set last; 0 where none was."""
        return self.history[0].number


def read_texts(register: Register) -> CardTexts:
    """Return the words of cards and their history."""
    today = register.effects.today()
    with register.database.read() as connection:
        entered = wordings.entered(connection)
        names = wordings.setters(connection)
    own = Wording(JURISDICTIONS_OWN, register.jurisdiction.card)
    planned = tuple(sorted((one for one in entered if _begins(one) > today), key=_begins))
    return CardTexts(holding(own.text, entered, today), planned, (*reversed(entered), own), names)


def texts_page(register: Register, asked: PageRequest) -> tuple[Wording, Page[Wording]]:
    """Return the words that hold today, and a part of all that were ever set, the last first. Raises Refused."""
    found = read_texts(register)
    order = ListOrder[Wording]("card-texts", (int,), lambda one: (-one.number,))
    return found.now, page_in(register, asked, order, found.history)


def set_texts(register: Register, request: CardTextsRequest, actor: str) -> Wording:
    """Set words that cards bear from a day on, and return them. 督附5.

    Raises Refused for a text that is no field, a number that was never set, and what does not fit or has a character
    without a glyph, by field; CardTextInvalid for words that lack what is prescribed, and a day that is past;
    WordingTaken where somebody else was first.
    """
    today = register.effects.today()
    on = request.on or today
    check_from(on, today)
    stated = _stated(request.texts)
    with register.database.write() as connection:
        journal.head(connection, lock=True)  # cards that are being entered have their instant before this one
        now = register.effects.now()
        entered = wordings.entered(connection)
        last = entered[-1].number if entered else JURISDICTIONS_OWN
        if request.seen is not None and request.seen != last:
            raise _changed_since(last)
        before = holding(register.jurisdiction.card, entered, on).text
        base = before if request.again is None else _numbered(register, entered, request.again).text
        after = with_texts(base, stated)
        changed = changes(before, after)
        if not changed:
            raise CardTextInvalid("字样没有变化", "no text is changed", code="card-text-unchanged")
        check_words(register, after)
        new = Wording(last + 1, after, on, request.reason, actor, now)
        wordings.add(connection, new, now)
        was = texts_of(before)
        data: dict[str, Json] = {
            "on": on.isoformat(),
            "reason": request.reason,
            "texts": changed,
            "before": {name: was[name] for name in changed},
            **({} if request.again is None else {"again": request.again}),
        }
        journal.append_many(connection, now, actor, (Event("card-texts-set", f"card-texts:{new.number}", data),))
    return new


def check_words(register: Register, text: CardText) -> None:
    """Refuse words that lack what is prescribed, do not fit, or have a character without a glyph.

    Raises CardTextInvalid, naming every field.
    """
    check_text(text)
    found: dict[tuple[str, str], list[CardKind]] = {}
    for kind, face in demanding_faces(register, text).items():
        for one in _problems(face, register.fonts):
            found.setdefault(_blamed(kind, one), []).append(kind)
    if found:
        raise CardTextInvalid(
            "；".join(f"{zh}（{'、'.join(kind.zh for kind in kinds)}）" for (zh, _), kinds in found.items()),
            "; ".join(f"{en} ({', '.join(kind.en for kind in kinds)})" for (_, en), kinds in found.items()),
        )


def narrowed_lines(register: Register, text: CardText) -> tuple[tuple[str, int], ...]:
    """Return the lines of words that are printed narrower than their type, and how wide: per cent, 90 to 99."""
    faces = specimen_faces(register, text).values()
    return tuple(dict.fromkeys((line.text, line.percent) for face in faces for line in narrowed(face, register.fonts)))


def tried(register: Register, typed: Mapping[str, str]) -> CardText:
    """Return the words of today with some put otherwise, as somebody types them. Raises Refused for no text of them."""
    return with_texts(read_texts(register).now.text, _stated(typed))


def _stated(texts: Mapping[str, str]) -> dict[str, str]:
    """Tidy what is stated. Raises Refused for what is no text of a card."""
    if unknown := sorted(texts.keys() - set(TEXT_FIELDS)):
        raise Refused(
            "card-text-field",
            f"{'、'.join(unknown)} 不是证卡上的字样，可设：{'、'.join(TEXT_FIELDS)}",
            f"no text of a card: {', '.join(unknown)}; there are {', '.join(TEXT_FIELDS)}",
        )
    return {name: tidy(said) for name, said in texts.items()}


def _numbered(register: Register, entered: Iterable[Wording], number: int) -> Wording:
    own = Wording(JURISDICTIONS_OWN, register.jurisdiction.card)
    for one in (own, *entered):
        if one.number == number:
            return one
    raise Refused("card-texts-unknown", f"没有第 {number} 版字样", f"words number {number} were never set")


def _changed_since(last: int) -> WordingTaken:
    return WordingTaken(
        f"证卡字样已被他人改过，最后一版是第 {last} 版，请核对后再改",
        f"somebody else has set the words of cards: number {last} is the last, look at it and change again",
    )


def _begins(one: Wording) -> date:
    assert one.on is not None, "it was set"
    return one.on


_FACE_PARTS: Final = {
    "title": ("正面标题", "title of the front"),
    "back_title": ("反面标题", "title of the back"),
    "check_at": FIELD_WORDS["check_at"],
    "notices": FIELD_WORDS["internal_notice"],
    "printer": ("反面", "back"),
}


def _problems(face: CardFace, fonts: FontSet) -> Iterator[FaceProblem]:
    """Yield what is wrong with a face but for its portrait; of fields beside each other, those of the widest label."""
    found = [one for one in check(face, fonts) if one.field != "photo"]
    labels = {one.name: len(one.label) for one in face.fields}
    unfit = {one.field for one in found if one.code == "text-does-not-fit"} & labels.keys()
    widest = max((labels[name] for name in unfit), default=0)
    return (one for one in found if one.field not in unfit or labels[one.field] == widest)


def _blamed(kind: CardKind, problem: FaceProblem) -> tuple[str, str]:
    """Word a problem of a face as one of its words: beside a label stands what a holder may well be called."""
    if problem.field in _FACE_PARTS:
        zh, en = _FACE_PARTS[problem.field]
        return f"{zh}：{problem.zh}", f"{en}: {problem.en}"
    is_grade = problem.field == "kind" and kind.is_assessor
    zh, en = FIELD_WORDS["label_grade" if is_grade else f"label_{problem.field}"]
    if problem.code == "text-does-not-fit":
        return f"{zh}：过长，较长的内容排不下，请缩短", f"{en}: too long for what stands beside it, shorten it"
    return f"{zh}：{problem.zh}", f"{en}: {problem.en}"
