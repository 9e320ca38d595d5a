"""What the command line says of an assessment: its people, the verdict with its rulings, and the whole as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from rich.text import Text

from service.cli.context import Context
from service.domain.assessment import (
    Attendee,
    Composition,
    Outcome,
    Verdict,
)
from service.domain.assessment.people import word_of_card
from service.domain.validity import SHANGHAI
from service.flows.assessments.view import AssessmentView
from service.store.assessments import StoredAssessment

VERDICTS: Final = {
    Verdict.COMPLETE: ("人员齐备 complete", "bold green"),
    Verdict.UNKNOWN: ("待核实 cannot be told", "bold yellow"),
    Verdict.SHORT: ("人员不足 short", "bold red"),
}
_OUTCOMES: Final = {
    Outcome.MET: "符合 met",
    Outcome.WARNING: "提示 mind",
    Outcome.UNKNOWN: "待核实 unknown",
    Outcome.SHORT: "不符合 short",
}


def tell_people(context: Context, people: Sequence[Attendee]) -> None:
    """Print who is there, or is to be, with the card each has shown."""
    context.table(
        ("岗位 role", "姓名 name", "证卡 card", "计划 planned", "到场 came", "证卡状态 the card"),
        [tuple(_person(one)) for one in people],
    )


def _person(one: Attendee) -> Iterator[str]:
    yield f"{one.role.zh} {one.role.value}"
    yield one.name
    yield "" if one.card is None else one.card.number
    yield "是 yes" if one.is_planned else "否 no"
    yield "" if one.came_at is None else moment_text(one.came_at)
    yield "" if one.card is None else " ".join(word_of_card(one.card.verdict))


def tell_composition(context: Context, found: Composition) -> None:
    """Print the verdict, and what is behind it; what is met comes last."""
    in_order = sorted(found.rulings, key=lambda one: tuple(Outcome).index(one.outcome), reverse=True)
    context.table(
        ("条款 article", "结果 outcome", "说明 remarks"),
        [(one.article, _OUTCOMES[one.outcome], f"{one.zh} {one.en}") for one in in_order],
        wide=(2,),
    )
    words, style = VERDICTS[found.verdict]
    context.say(Text(words, style))


def summary_of(held: StoredAssessment) -> dict[str, object]:
    """Return an assessment without its people, for programs."""
    return {
        "assessment": held.id,
        "plan": held.plan,
        "place": held.place,
        "on": held.assessment.on.isoformat(),
        "cancelled_on": None if held.cancelled_on is None else held.cancelled_on.isoformat(),
        **held.assessment.as_json(),
    }


def view_of(view: AssessmentView) -> dict[str, object]:
    """Return an assessment with its people and both verdicts, for programs."""
    return {
        **summary_of(view.held),
        "people": [one.as_json() for one in view.called],
        "plan_check": view.plan_check.as_json(),
        "roll_call": view.roll_call.as_json(),
    }


def moment_text(at: datetime | str) -> str:
    """Write an instant, or the text of one, as people read it in Asia/Shanghai."""
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
