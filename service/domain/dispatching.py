"""Sending external supervisors to institutions (委派): who may be sent where, and whom the rules keep away.

督§3, §4, §12(4), §15.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TypeAlias

from service.domain.card import Card, CardStatus
from service.domain.engagement import Warned
from service.domain.errors import DispatchRefused
from service.domain.issuer import Institution
from service.domain.kinds import CardKind
from service.domain.regulation import MAX_VISITS_RUNNING
from service.domain.tidy import tidy_name

Visit: TypeAlias = tuple[date, str]
"""A day, and the plan whose assessments are supervised on it (empty: none named). All days of a plan are one visit."""


def check_dispatch(card: Card, on: date, authority: str) -> None:
    """Refuse a card that is no external supervisor's in force on the day, and a dispatch by nobody. 督§3, 督§4.

    Raises DispatchRefused.
    """
    if card.kind is not CardKind.EXTERNAL:
        raise _refused(
            card,
            "dispatch-kind",
            f"{card.kind.zh}不由人社部门委派（督§3）",
            "only external supervisors are sent (督§3)",
        )
    if card.status is not CardStatus.VALID or not card.issued_on <= on <= card.expires_on:
        raise _refused(
            card,
            "dispatch-card",
            f"{on} 当日证卡无效，不能委派（督§3）",
            f"the card is not in force on {on} (督§3)",
        )
    if not authority.strip():
        raise _refused(card, "dispatch-authority", "须写明委派的人社部门（督§4）", "say which authority sends (督§4)")


def check_rotation(card: Card, visit: Visit, visits: Mapping[Visit, Collection[int]]) -> None:
    """Refuse a third visit running of one person at one institution. 督§15.

    ``visits`` are the institution's, each with the people sent (register's ids). They count in order of date, those
    of a day in order of the plans' names, and a plan of several days by its first; a visit entered late counts in its
    place. Raises DispatchRefused.
    """
    running, first, last = visits_running(card.person, visit, visits)
    if running > MAX_VISITS_RUNNING:
        raise _refused(
            card,
            "dispatch-third-running",
            f"同一名外督不得连续 3 次督导同一机构：{first[0]} 至 {last[0]} 连续 {running} 次（督§15）",
            f"nobody visits an institution three times running: {running} from {first[0]} to {last[0]} (督§15)",
        )


def visits_running(person: int, visit: Visit, visits: Mapping[Visit, Collection[int]]) -> tuple[int, Visit, Visit]:
    """Count the visits running, over all that an institution has, of which one person's is a part. 督§15.

    All days of one plan are one visit, on the first of them. Returns how many there are, the first and the last.
    """
    begins: dict[str, date] = {}
    for day, plan in sorted({*visits, visit}):
        if plan:
            begins.setdefault(plan, day)

    def whole(one: Visit) -> Visit:
        day, plan = one
        return begins.get(plan, day), plan

    sent = {whole(visit)} | {whole(one) for one, people in visits.items() if person in people}
    in_order = sorted({whole(visit), *map(whole, visits)})
    place = in_order.index(whole(visit))
    there = [one in sent for one in in_order]
    before = _run(reversed(there[:place]))
    after = _run(there[place + 1 :])
    return before + 1 + after, in_order[place - before], in_order[place + after]


def avoidance(held: Iterable[Card], to: Institution, *, engaged_there: bool) -> tuple[Warned, ...]:
    """Warn of an institution that employs or engages the person who is to supervise it (回避). 督§12(4).

    ``held`` are the person's cards.
    """
    employed = any(
        (one.in_house is True and one.institution == to.code) or tidy_name(one.work_unit) == tidy_name(to.name)
        for one in held
    )
    if not employed and not engaged_there:
        return ()
    return (
        Warned(
            "督§12(4)",
            f"该外督在“{to.name}”任职或受聘，应当回避",
            f"the supervisor works for {to.name} and should stand aside",
        ),
    )


def _run(there: Iterable[bool]) -> int:
    """Count how many hold from the first on."""
    count = 0
    for one in there:
        if not one:
            break
        count += 1
    return count


def _refused(card: Card, code: str, zh: str, en: str) -> DispatchRefused:
    return DispatchRefused(f"证卡 {card.number}：{zh}", f"card {card.number}: {en}", code=code)
