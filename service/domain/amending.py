"""Put a fact of a live card right under the same number (勘误): what may be, and what never is.

A person may ask that what is kept of them be put right (个人信息保护法§46). What would make it another person's card,
or one of another kind, grade or job type, is no amendment: the card is voided and another issued.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import date
from enum import StrEnum
from typing import Final

from service.domain.card import Card, CardStatus, journaled
from service.domain.errors import IllegalTransition
from service.domain.event import Event
from service.domain.occupation import Occupation

MIN_LIKENESS: Final = 0.5
"""Of a job type's wordings, as difflib measures it: below, it is another job type and not another wording."""

_JOINED_BY: Final = "、"


class AmendedFact(StrEnum):
    """What of a card can be put right."""

    NAME = "name"
    WORK_UNIT = "work_unit"
    OCCUPATIONS = "occupations"
    PHOTO = "photo"


class OldCard(StrEnum):
    """Where the card is that the new copy takes the place of."""

    RETURNED = "returned"
    WITH_HOLDER = "with-holder"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class AmendedValue:
    """One fact, as it was and as it is; of a photograph the SHA-256 in hex, '' where there was none."""

    fact: AmendedFact
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """What a card is to say. ``photo`` is the SHA-256 of the new photograph, None where the present one stays."""

    name: str
    work_unit: str
    occupations: tuple[Occupation, ...]
    photo: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """An amendment as it was made: the facts, why, on what evidence, and where the old card is."""

    on: date
    values: tuple[AmendedValue, ...]
    reason: str
    evidence: str | None
    old_card: OldCard

    def value_of(self, fact: AmendedFact) -> AmendedValue | None:
        """Return what became of a fact, None where it stayed."""
        return next((one for one in self.values if one.fact is fact), None)


def check_amendable(card: Card, on: date) -> None:
    """Refuse to amend a card that is not in force; an expired one is renewed (督§10, 考§12).

    Raises IllegalTransition. 个人信息保护法§46.
    """
    if card.status is not CardStatus.VALID:
        raise _refused(card, f"card-is-{card.status}", "不是有效证卡，不能勘误", f"it is {card.status}, not in force")
    if on > card.expires_on:
        raise _refused(
            card,
            "card-is-expired",
            f"已于 {card.expires_on} 到期，须重新认证换发，不能勘误",
            f"it expired on {card.expires_on}: it can be renewed, not amended",
        )


def values_amended(card: Card, photo: bytes | None, wanted: Amended) -> tuple[AmendedValue, ...]:
    """List the facts that differ from the card's, ``photo`` being the present one's SHA-256. 个人信息保护法§46.

    Raises IllegalTransition where nothing differs, for more than one job type worded anew, and for a job type that is
    another one.
    """
    values = [
        AmendedValue(fact, before, after)
        for fact, before, after in (
            (AmendedFact.NAME, card.name, wanted.name),
            (AmendedFact.WORK_UNIT, card.work_unit, wanted.work_unit),
            (AmendedFact.OCCUPATIONS, _named(card.occupations), _named(wanted.occupations)),
            (AmendedFact.PHOTO, (photo or b"").hex(), (wanted.photo or photo or b"").hex()),
        )
        if before != after
    ]
    if not values:
        raise _refused(
            card, "amend-nothing", "各项与现在的相同，没有要改的", "all is as it is now: there is nothing to amend"
        )
    _check_wordings(card, wanted.occupations)
    changed_facts = {one.fact for one in values}
    if {AmendedFact.NAME, AmendedFact.PHOTO} <= changed_facts and photo and not set(card.name) & set(wanted.name):
        raise _refused(
            card,
            "amend-another-person",
            f"姓名“{card.name}”整个改为“{wanted.name}”，照片也换了，像是换了一个人；换人请作废后重新核发",
            f"the whole name {card.name!r} becomes {wanted.name!r} and the photograph changes too: for another person, "
            "void the card and issue anew",
        )
    return tuple(values)


def amend(card: Card, wanted: Amended, amendment: Amendment, copy_id: bytes) -> tuple[Card, Event]:
    """Put facts of a card right: number and dates stay, and it gets a new copy. The old one answers ``replaced``.

    The event names the facts and not what they say: their digests stand with the entry. Raises IllegalTransition.
    个人信息保护法§46.
    """
    check_amendable(card, amendment.on)
    if copy_id == card.copy_id:
        raise _refused(card, "copy-id-reused", "新副本须有新的副本号", "a new copy has a new copy id")
    renamed = dict(zip((o.scope for o in card.occupations), (o.scope for o in wanted.occupations), strict=True))
    after = changed(
        card,
        name=wanted.name,
        work_unit=wanted.work_unit,
        occupations=wanted.occupations,
        released=frozenset(renamed.get(scope, scope) for scope in card.released),
        copy_id=copy_id,
    )
    data = journaled(after) | {
        "on": amendment.on.isoformat(),
        "facts": [one.fact.value for one in amendment.values],
        "reason": amendment.reason,
        "old_card": amendment.old_card.value,
        "former_copy": card.copy_id.hex(),
    }
    if amendment.evidence is not None:
        data["evidence"] = amendment.evidence
    for before, now in zip(card.occupations, wanted.occupations, strict=True):
        if before != now:
            data["occupation"] = {"before": before.name, "name": now.name, "code": now.code}
    return after, Event("card-amended", card.number, data)


def _check_wordings(card: Card, wanted: Sequence[Occupation]) -> None:
    if len(wanted) != len(card.occupations):
        raise _refused(
            card,
            "amend-job-type",
            f"勘误不能增减职业（工种），应写全 {len(card.occupations)} 个；增减请作废后重新核发",
            f"an amendment states all {len(card.occupations)} job types of the card: to add or take away one, void it "
            "and issue anew",
        )
    worded = [(before, now) for before, now in zip(card.occupations, wanted, strict=True) if before != now]
    if len(worded) > 1:
        raise _refused(
            card,
            "amend-two-job-types",
            "一次勘误只改一个职业（工种）的写法，请分两次",
            "an amendment words one job type anew: make two of it",
        )
    for before, now in worded:
        if not is_same_job_type(before, now):
            raise _refused(
                card,
                "amend-job-type",
                f"“{now.name}”与“{before.name}”是不同的职业（工种），不是写法有误；请作废后重新核发",
                f"{now.name!r} is another job type than {before.name!r}, and not another wording: void the card and "
                "issue anew",
            )


def is_same_job_type(before: Occupation, now: Occupation) -> bool:
    """Return whether two wordings can mean one job type: not where the catalogue has the first as an occupation."""
    if before.code is not None:
        return now.code == before.code
    return difflib.SequenceMatcher(None, before.name, now.name, autojunk=False).ratio() >= MIN_LIKENESS


def _named(occupations: Sequence[Occupation]) -> str:
    return _JOINED_BY.join(one.name for one in occupations)


def _refused(card: Card, code: str, zh: str, en: str) -> IllegalTransition:
    return IllegalTransition(f"证卡 {card.number}：{zh}", f"card {card.number}: {en}", code=code)
