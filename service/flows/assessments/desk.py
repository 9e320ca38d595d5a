"""Roll-call at a desk: by the text of a code, by a card number, or by the name of somebody of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from service.domain.assessment import AssessmentRefused, Attendee, Role
from service.domain.card_number import CardNumber
from service.domain.errors import CardNumberMalformed
from service.domain.tidy import name_key
from service.domain.verdict_words import Word
from service.flows.assessments.roll_call import Call
from service.flows.assessments.view import AssessmentView
from service.flows.checking.verify import verify_text
from service.flows.register import Register


def calls_at_desk(
    register: Register, view: AssessmentView, texts: Iterable[str], *, role: Role | None, at: datetime
) -> tuple[Call, ...]:
    """Read who has come; ``role`` is that of whoever is not in the plan.

    A code is checked at once; a bare number is what somebody reads off a card, and vouches for nothing but the number.
    Raises AssessmentRefused for a text that is none of these, or somebody unplanned without a role.
    """
    return tuple(call for text in texts if text.strip() for call in _calls(register, view, text.strip(), role, at))


def _calls(register: Register, view: AssessmentView, text: str, role: Role | None, at: datetime) -> Iterator[Call]:
    nonce = register.effects.random_bytes(16)
    if text.lower().startswith(("http://", "https://")):
        verdict = verify_text(register, text, at=at)
        if verdict.card is None:
            raise AssessmentRefused(
                f"二维码不能用于点名：{verdict.summary.zh}",
                f"this code calls nobody: {verdict.summary.en}",
                code="assessment-person",
            )
        yield _of_card(view, nonce, verdict.card.number, verdict.verdict, role, at)
        return
    try:
        number = CardNumber(text.upper())
    except CardNumberMalformed:
        found = [one for one in view.planned if name_key(one.name) == name_key(text)]
        if len({one.person for one in found}) > 1:
            raise AssessmentRefused(
                f"计划中有多人名为“{text}”，请用证卡点名",
                f"the plan has more than one {text}: call them by card",
                code="assessment-person",
            ) from None
        if found:
            yield Call(nonce=nonce, role=found[0].role, came_at=at, person=found[0].person)
            return
        yield Call(nonce=nonce, role=_stated(role, text), came_at=at, name=text)
        return
    yield _of_card(view, nonce, number, None, role, at)


def _of_card(
    view: AssessmentView, nonce: bytes, number: CardNumber, word: Word | None, role: Role | None, at: datetime
) -> Call:
    planned = _with_number(view, number)
    if planned is None:
        return Call(nonce=nonce, role=_stated(role, number), came_at=at, number=number, verdict=word)
    return Call(nonce=nonce, role=planned.role, came_at=at, person=planned.person, number=number, verdict=word)


def _with_number(view: AssessmentView, number: CardNumber) -> Attendee | None:
    return next((one for one in view.planned if one.card is not None and one.card.number == number), None)


def _stated(role: Role | None, who: str) -> Role:
    if role is None:
        raise AssessmentRefused(
            f"“{who}”不在计划中，请注明岗位",
            f"{who} is not in the plan: say in which role",
            code="assessment-person",
        )
    return role
