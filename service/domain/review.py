"""What becomes of a person's work: score sheets, results, warnings, rewards and sanctions, and who keeps the record.

督§16, 督§17, 督§20, 督附2; 考§17, 考§18, 考§19, 考§20, 考附1. None of it changes a card: a failed result opens a case
(督§19(1), 考§21(1)), and a person decides: the cancellation, or a corrected result.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from service.domain.cancellation import Ground, parse_ground
from service.domain.errors import DomainError
from service.domain.forms import FormName, Item, ReviewForm
from service.domain.issuer import CENTRE, is_institution_code
from service.domain.kinds import CardKind
from service.domain.tidy import tidy_name


class RecordRefused(DomainError):
    """An entry the integrity record cannot take, with everything that speaks against it."""

    default_code = "record-refused"


class Grade(StrEnum):
    """What a sheet or an evaluation comes to (督§17, 考§18); the value is the regulation's word."""

    EXCELLENT = "优秀"
    PASSED = "合格"
    FAILED = "不合格"

    @property
    def en(self) -> str:
        """The grade in English."""
        return {Grade.EXCELLENT: "excellent", Grade.PASSED: "passed", Grade.FAILED: "failed"}[self]


class EntryKind(StrEnum):
    """What an entry of the integrity record is."""

    REVIEW = "review"
    EVALUATION = "evaluation"
    WARNING = "warning"
    REWARD = "reward"
    SANCTION = "sanction"

    @property
    def zh(self) -> str:
        """The kind's name."""
        return _KINDS_ZH[self]


_KINDS_ZH: Final = {
    EntryKind.REVIEW: "工作评议表",
    EntryKind.EVALUATION: "评议/年度考核结果",
    EntryKind.WARNING: "劝告",
    EntryKind.REWARD: "奖励",
    EntryKind.SANCTION: "处分",
}

WARNINGS: Final = {
    "考§20(1)": (
        "接受考核评价任务后，非不可抗力因素未按规定时间到达工作现场，且不及时告知聘用单位的",
        "came late without force majeure, and did not tell the institution in time",
    ),
    "考§20(2)": ("在考核评价过程中，未佩戴考评人员证卡", "did not wear the card"),
    "考§20(3)": ("在考核评价过程中，对考生使用不当言辞", "used improper language to candidates"),
    "考§20(4)": ("在考核评价过程中，做与工作无关的事情", "did what had nothing to do with the work"),
    "考§20(5)": (
        "其他违反考评人员管理有关规定，未造成较大影响的",
        "otherwise broke the rules for assessors, without greater effect",
    ),
}
"""The grounds of a warning (劝告), in the order of 考§20."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of an integrity record (诚信档案).

    ``article`` cites the form, rule or ground; ``body`` is who gives it, ``centre``, an institution's code or a
    district bureau's name; ``by`` the person who answers for it; ``note`` says what happened. A sheet has ``points``
    for each item, a sheet and an evaluation an ``outcome``. ``institution`` is where the work was done.
    """

    kind: EntryKind
    article: str
    on: date
    body: str
    by: str
    note: str = ""
    outcome: Grade | None = None
    points: tuple[int, ...] | None = None
    plan: str = ""
    occupation: str = ""
    institution: str | None = None

    def __post_init__(self) -> None:
        if not self.by.strip():
            raise RecordRefused("须写明填写或作出处理的人员", "an entry names the person who answers for it")
        if self.kind in _WITH_NOTE and not self.note.strip():
            raise RecordRefused(f"{self.kind.zh}须写明具体事由", f"a {self.kind} states what it is for")


_WITH_NOTE: Final = frozenset({EntryKind.WARNING, EntryKind.REWARD, EntryKind.SANCTION})


def sheet_of(kind: CardKind) -> FormName:
    """Name the sheet on which the work of such a holder is marked. 督§16, 考§17."""
    return FormName.ASSESSOR_REVIEW if kind.is_assessor else FormName.SUPERVISOR_REVIEW


def items_of(form: ReviewForm) -> tuple[Item, ...]:
    """List what a sheet marks, in the order of its rows. 督附2, 考附1."""
    return tuple(item for group in form.groups for item in group.items)


def steps_of(item: Item) -> tuple[int, ...]:
    """Return the only points an item admits where its own text says so, else nothing.

    The bands of 考附1 leave gaps (94–95 %, 2–3 %), so a person chooses the step.
    """
    steps = tuple(int(points) for points in re.findall(r"得\s*(\d+)\s*分", item.text))
    return (*steps, 0) if steps else ()


def check_points(form: ReviewForm, points: Sequence[int]) -> None:
    """Refuse points the sheet does not admit, all of them at once. Raises RecordRefused. 督附2, 考附1."""
    items = items_of(form)
    if len(points) != len(items):
        raise RecordRefused(
            f"{form.annex} 共 {len(items)} 项，填了 {len(points)} 项",
            f"{form.annex} has {len(items)} items, points are given for {len(points)}",
            code="sheet-items",
        )
    wrong = [
        (place, item, given)
        for place, (item, given) in enumerate(zip(items, points, strict=True), 1)
        if given not in (steps_of(item) or range(item.points + 1))
    ]
    if wrong:
        raise RecordRefused(
            "；".join(f"第 {place} 项 {given} 分，应为 {_admitted(item)}" for place, item, given in wrong),
            "; ".join(f"item {place} has {given} points, not {_admitted(item)}" for place, item, given in wrong),
            code="sheet-points",
        )


def _admitted(item: Item) -> str:
    return "/".join(map(str, steps_of(item))) or f"0–{item.points}"


def grade_of(form: FormName, total: int) -> Grade:
    """Grade a sheet by its sum: of supervisors from 90 优秀, from 60 合格; of assessors from 60 合格. 督附2, 考附1."""
    if total < 60:  # the notes of both forms
        return Grade.FAILED
    excellent = form is FormName.SUPERVISOR_REVIEW and total >= 90
    return Grade.EXCELLENT if excellent else Grade.PASSED


def evaluation_article(kind: CardKind) -> str:
    """Cite the evaluation a holder goes through: the periodic one or the annual one. 督§17, 考§18."""
    return "考§18" if kind.is_assessor else "督§17"


def check_evaluation(kind: CardKind, result: Grade) -> None:
    """Refuse a result that the rule does not have: the annual review knows no 优秀. Raises RecordRefused. 考§18."""
    if kind.is_assessor and result is Grade.EXCELLENT:
        raise RecordRefused(
            "考评人员年度考核等级只有合格和不合格（考§18）",
            "an assessor's annual review is 合格 or 不合格 (考§18)",
            code="evaluation-result",
        )


def check_warning(kind: CardKind, text: str) -> str:
    """Find the ground of a warning; return its citation. Raises RecordRefused. 考§20."""
    citation = re.sub(r"\s", "", text.translate(str.maketrans("（）", "()")))
    if citation not in WARNINGS:
        raise RecordRefused(
            f"“{text[:30]}”不是劝告的情形，应写作 考§20(1)—考§20(5)",
            f"{text[:30]!r} is no ground of a warning; write 考§20(1)-考§20(5)",
            code="warning-ground",
        )
    if not kind.is_assessor:
        raise RecordRefused(
            f"劝告（考§20）只适用于考评人员，不适用于{kind.zh}",
            f"a warning (考§20) is for assessors, not for an {kind.en}",
            code="warning-kind",
        )
    return citation


def case_ground(kind: CardKind) -> Ground:
    """Return the ground of cancellation that a failed result can be; a person decides on it. 督§19(1), 考§21(1)."""
    return parse_ground("考§21(1)" if kind.is_assessor else "督§19(1)")


def opens_case(entry: Entry) -> bool:
    """Return whether a person must decide: after a failed evaluation or annual review, and a failed 督附2 sheet.

    督附2 is the 工作评议 of 督§16; 考附1 is not the annual review of 考§18. 督§16, 督§17, 督§19(1), 考§18, 考§21(1).
    """
    is_ground = entry.kind is EntryKind.EVALUATION or (
        entry.kind is EntryKind.REVIEW and entry.article == FormName.SUPERVISOR_REVIEW.value
    )
    return is_ground and entry.outcome is Grade.FAILED


def check_body(entry: EntryKind, kind: CardKind, issuer: str, body: str, *, engaged_as_internal: bool = False) -> None:
    """Refuse who may not enter this of such a holder. Raises RecordRefused.

    An external supervisor's record is kept by the HR authorities, an internal one's by the issuing institution
    (督§4, 督§20), which is so too for an external one whom it has engaged as internal (督§14). An assessor is reviewed,
    evaluated and warned by the institution that engages him (考§17, 考§18, 考§20), and rewards and sanctions are for
    the centre too (考§19). 督§4, 督§20, 考§17–§20.
    """
    is_institution = is_institution_code(body)
    if kind is CardKind.INTERNAL:
        allowed = body == issuer
    elif kind is CardKind.EXTERNAL:
        allowed = engaged_as_internal if is_institution else bool(body.strip())
    else:
        allowed = is_institution or (body == CENTRE and entry in {EntryKind.REWARD, EntryKind.SANCTION})
    if not allowed:
        zh, en = keepers_of(kind)
        raise RecordRefused(
            f"{kind.zh}的{_KINDS_ZH[entry]}由{zh}记载，不由 {body} 记载",
            f"{entry} of this holder is for {en} to enter, not for {body}",
            code="record-body",
        )


def not_its_record(entry: EntryKind, kind: CardKind) -> RecordRefused:
    """Report that the register knows of no contract by which a body would keep the record of such a holder. 考§17."""
    zh, en = keepers_of(kind)
    return RecordRefused(
        f"{kind.zh}的{_KINDS_ZH[entry]}由{zh}记载；登记库中没有本单位的聘用登记，请先登记聘用",
        f"{entry} of this holder is for {en} to enter; no engagement of yours is entered: enter it first",
        code="record-body",
    )


def may_read(kind: CardKind, issuer: str, keepers: Collection[str], body: str) -> bool:
    """Return whether a body reads what is recorded of such a holder: the centre all, others what they keep.

    ``keepers`` are the institutions that engage an assessor today; of an external supervisor the bureaus that have
    recommended, employ or have sent them, or have an institution on file that engages them, and that institution
    itself. 督§4, 督§14, 考§17.
    """
    if body in {CENTRE, issuer}:
        return True
    return kind is not CardKind.INTERNAL and not {body, tidy_name(body)}.isdisjoint(keepers)


def keepers_of(kind: CardKind) -> tuple[str, str]:
    """Return in two languages who keeps the record of such a holder. 督§4, 督§20, 考§17, 考§19."""
    match kind:
        case CardKind.EXTERNAL:
            return "市职鉴中心和区县人社部门（督§4）", "the centre and the district bureau (督§4)"
        case CardKind.INTERNAL:
            return "颁证的鉴定评价机构（督§4）", "the institution that issued the card (督§4)"
        case _:
            return "聘用的鉴定评价机构（考§17）", "the institution that engages the assessor (考§17)"
