"""What an assessment puts on paper: the record of its roll-call, and the forms that its people fill in.

督附1, 督附2, 考附1, 考附3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO, Final

from cardlayout.forms.draw import draw
from cardlayout.forms.model import Align, Cell, Form, Row, Table
from service.domain.access import Principal
from service.domain.assessment import ROLE_NAMES, Job, Role, ShownCard
from service.domain.assessment.people import word_of_card
from service.domain.fitness import LEVEL_NAMES
from service.domain.forms import FormName
from service.domain.validity import SHANGHAI
from service.flows.assessments.forms import Occasion, draw_each
from service.flows.assessments.records import SignedRecord, assessment_of, signed_record
from service.flows.assessments.view import AssessmentView, read_assessment
from service.flows.errors import Refused
from service.flows.register import Register

POSTS_OF_FORM: Final = {
    FormName.FEEDBACK: (Role.INTERNAL, Role.EXTERNAL),  # 督§12(2)
    FormName.SUPERVISOR_REVIEW: (Role.INTERNAL, Role.EXTERNAL),  # 督§16
    FormName.ASSESSOR_REVIEW: (Role.ASSESSOR,),  # 考§17
    FormName.ASSESSMENT_RECORD: (Role.ASSESSOR,),  # 考§14(3)
}
"""Whose forms they are, by post."""

_TITLE: Final = "鉴定评价场次点名记录"
_WIDTHS: Final = (26, 26, 36, 20, 20, 42)  # mm
_VERDICTS: Final = {"complete": "人员齐备", "short": "人员不足", "unknown": "待核实"}
_OUTCOMES: Final = {"met": "符合", "warning": "提示", "unknown": "待核实", "short": "不符合"}
_LEFT: Final = Align.LEFT
_SIGNED: Final = 24.0  # mm: room to sign


def draw_record(
    register: Register, identity: int, record: int | None, out: BinaryIO, *, by: Principal | None = None
) -> None:
    """Write an assessment's record as a PDF, the newest unless one is named.

    Raises Refused where there is none, LayoutError for a text that cannot be printed.
    """
    given = signed_record(register, identity, record, by=by)
    draw([_form(given)], _TITLE, register.fonts, out)


def draw_assessment_forms(
    register: Register, identity: int, name: FormName, out: BinaryIO, *, by: Principal | None = None
) -> int:
    """Write the forms of one kind for an assessment's people as a PDF, filled with what is known; return their number.

    Who has a form: those of the roll-call, or before it those of the plan, whose post is the form's. An assessor's
    names the jobs the card covers. Raises Refused for an assessment that is not there, not one's own, or in which
    nobody has such a form, LayoutError for a text that cannot be printed.
    """
    view = read_assessment(register, identity, by)
    wanted = tuple(
        (
            card.number,
            replace(_occasion(view, card if role.post is Role.ASSESSOR else None), as_internal=role is Role.INTERNAL),
        )
        for role, card in _fill_in(view)
        if role.post in POSTS_OF_FORM[name]
    )
    if not wanted:
        raise Refused(
            "form-of-nobody",
            f"场次 {identity} 没有填写 {name} 的人员",
            f"nobody of assessment {identity} fills in {name}",
        )
    return draw_each(register, name, wanted, out)


def forms_of(view: AssessmentView) -> frozenset[FormName]:
    """Return which forms somebody of an assessment fills in."""
    posts = {role.post for role, _ in _fill_in(view)}
    return frozenset(name for name, of in POSTS_OF_FORM.items() if posts.intersection(of))


def _fill_in(view: AssessmentView) -> Iterator[tuple[Role, ShownCard]]:
    """Return role and card of all who have come, or before the roll-call of the plan, with a card for the role."""
    for one in view.called:
        there = one.came_at is not None or not view.has_been_called
        if there and one.is_known and one.card is not None and one.card.kind in one.role.kinds:
            yield one.role, one.card


def _occasion(view: AssessmentView, card: ShownCard | None) -> Occasion:
    """Return what a form is about: all jobs, or with an assessor's card those it counts for."""
    held = view.held
    jobs = [job for job in held.assessment.jobs if card is None or card.is_of(job)] or list(held.assessment.jobs)
    counts = [job.candidates for job in jobs]
    return Occasion(
        held.assessment.institution,
        held.plan,
        held.assessment.on,
        held.place,
        "、".join(f"{job.occupation.name}/{LEVEL_NAMES[job.level][0]}" for job in jobs),
        str(sum(count or 0 for count in counts)) if None not in counts else "",
    )


def _form(given: SignedRecord) -> Form:
    told, assessment = given.record, assessment_of(given.record)
    people: list[dict[str, Any]] = told["people"]
    rulings: list[dict[str, Any]] = told["roll_call"]["rulings"]
    heading = ("岗位", "姓名", "证卡编号", "计划内", "到场时间", "证卡查验")
    rows = [
        Row(tuple(Cell(text, bold=True) for text in heading)),
        *(Row(tuple(Cell(text) for text in _person(one))) for one in people),
        Row(
            (
                Cell("结论", bold=True),
                Cell(_VERDICTS[told["roll_call"]["verdict"]], columns=5, align=_LEFT, bold=True),
            )
        ),
        Row((Cell("条款", bold=True), Cell("结果", bold=True), Cell("说明", columns=4, bold=True))),
        *(
            Row((Cell(one["article"]), Cell(_OUTCOMES[one["outcome"]]), Cell(one["zh"], columns=4, align=_LEFT)))
            for one in rulings
        ),
        Row(
            tuple(
                Cell(f"{who}签名：\n\n\n年    月    日", columns=2, align=_LEFT)
                for who in ("现场负责人", "考评组长", "内部质量督导员")
            ),
            _SIGNED,
        ),
    ]
    return Form(
        _TITLE,
        Table(_WIDTHS, tuple(rows), heading=1),
        above=(
            f"评价计划名称：{assessment['plan']}",
            f"评价机构名称：{assessment['institution_name']}（{assessment['institution']}）",
            f"评价地点：{assessment['place']}",
            f"开始时间：{_moment(assessment['starts_at'])}",
            *(f"考评项目：{Job.of_json(job).zh}" for job in assessment["jobs"]),
            f"记录人：{told['made_by']}    记录时间：{_moment(told['made_at'])}",
        ),
        below=tuple(_proof(given)),
    )


def _person(one: dict[str, Any]) -> Iterator[str]:
    yield ROLE_NAMES[Role(one["role"])][0]
    yield one["name"]
    yield "" if one["card"] is None else one["card"]["number"]
    yield "是" if one["is_planned"] else "否"
    yield "未到" if one["came_at"] is None else _moment(one["came_at"])[-5:]
    if one["card"] is None:
        yield "未出示证卡" if Role(one["role"]).kinds and one["came_at"] is not None else ""
    elif one["came_at"] is None:
        yield ""
    else:
        yield "不是持证人本人" if one["card"]["is_holder"] is False else word_of_card(one["card"]["verdict"])[0]


def _proof(given: SignedRecord) -> Iterator[str]:
    yield f"本记录的摘要已记入登记日志第 {given.proof.seq} 条，由日志签名证明，可用记录文件（JSON）核对。"
    yield f"日志共 {given.head.size} 条时的根：{given.head.root}"
    yield f"签名密钥 {given.head.kid}，签名时间 {_moment(given.head.at)}，登记地址 https://{given.head.host}/"


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
