"""Losing a qualification (取消资格): the grounds, who decides, and which cards go.

The grounds are closed lists: 督§19(1)–(10) and 考§21(1)–(10), in the regulation's own words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from service.domain.errors import DecisionRefused, GroundInvalid
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind

SUPERVISOR_RULE: Final = "督§19"
ASSESSOR_RULE: Final = "考§21"


@dataclass(frozen=True, slots=True)
class Ground:
    """One item of a list of grounds; ``str`` gives its citation, ``督§19(4)``."""

    rule: str
    item: int
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.rule}({self.item})"

    def fits(self, kind: CardKind) -> bool:
        """Return whether the ground can take a card of this kind."""
        return self.rule == (ASSESSOR_RULE if kind.is_assessor else SUPERVISOR_RULE)


_SUPERVISOR_TEXTS: Final = (
    ("工作评议不合格的", "failed the performance review"),
    (
        "不服从委派单位或聘用机构工作管理，未经工作安排擅自参加或 1 年内无正当理由连续 3 次拒绝参加质量督导工作的",
        "supervised without being assigned, or refused three times running within a year without good reason",
    ),
    (
        "不尽职履责，致使鉴定评价现场秩序混乱、涉密信息泄露，引发舆情等",
        "neglected the duty, so that an assessment fell into disorder or confidential information leaked",
    ),
    (
        "弄虚作假，徇私舞弊等造成影响质量督导结果客观公正的",
        "falsified or showed favour, so that the result was not impartial",
    ),
    (
        "1 年内连续 2 次对督导现场产生的违规行为未纠正的",
        "left breaches at an assessment uncorrected twice running within a year",
    ),
    (
        "利用职权谋取私利或干扰被督导机构正常工作的",
        "used the office for private gain or disturbed the institution's work",
    ),
    (
        "利用职权包庇或打击报复他人，侵害他人合法权益的",
        "used the office to shield or retaliate, violating others' rights",
    ),
    ("违反廉洁纪律有关要求不当得利的", "gained improperly against the rules of integrity"),
    ("被举报并经核实的", "was reported, and the report was verified"),
    ("其它妨碍工作正常进行，并造成恶劣影响的", "otherwise obstructed the work, with serious effect"),
)
_ASSESSOR_TEXTS: Final = (
    ("年度考核不合格者", "failed the annual review"),
    ("考评资格申报者本人对申报信息作假", "falsified the own application"),
    (
        "不尽职履责，致使评价现场秩序混乱、涉密信息泄露，引发舆情等，造成不良社会影响的",
        "neglected the duty, so that an assessment fell into disorder or confidential information leaked",
    ),
    (
        "未按照标准答案或评分标准进行阅卷评分、考核评价，或因失职造成阅卷结果出现重大错误的",
        "marked against the key or the scale, or caused a grave error in marking by neglect",
    ),
    (
        "盗窃、损毁、偷换、违规涂改考生答卷或工件、考核评价成绩、考生信息材料、考场原始记录及其他有关材料，或在上述材料中弄虚作假的",
        "stole, damaged, swapped, altered or falsified papers, workpieces, results or records",
    ),
    ("非法出售、提供试题、答案的行为", "sold or passed on questions or answers"),
    (
        "未执行廉洁制度，接受可能影响考核评价工作公平、公正的礼品、礼金等",
        "accepted gifts or money that could affect the fairness of the assessment",
    ),
    ("不配合质量督导工作或不接受上级部门监督检查", "did not cooperate with supervision or refused inspection"),
    ("被举报，经核实，情形严重的", "was reported, the report was verified, and the case is grave"),
    (
        "其他违反考评人员管理有关规定的情况，造成恶劣影响的",
        "otherwise broke the rules for assessors, with serious effect",
    ),
)

GROUNDS: Final = {
    str(ground): ground
    for rule, texts in ((SUPERVISOR_RULE, _SUPERVISOR_TEXTS), (ASSESSOR_RULE, _ASSESSOR_TEXTS))
    for item, (zh, en) in enumerate(texts, start=1)
    for ground in (Ground(rule, item, zh, en),)
}
"""Every ground by its citation, in the order of the regulation."""

_TYPED: Final = str.maketrans("（）〔〕", "()()")


def parse_ground(text: str) -> Ground:
    """Find the ground a person cites; full-width brackets and spaces are taken. Raises GroundInvalid."""
    citation = re.sub(r"\s", "", text.translate(_TYPED))
    ground = GROUNDS.get(citation)
    if ground is None:
        raise GroundInvalid(
            f"“{text[:30]}”不是取消资格的情形，应写作 督§19(1)—督§19(10) 或 考§21(1)—考§21(10)",
            f"{text[:30]!r} is no ground of cancellation; write 督§19(1)-督§19(10) or 考§21(1)-考§21(10)",
        )
    return ground


_CITED: Final = re.compile(
    r"\s*(?P<ground>[督考]\s*§\s*[0-9]+\s*[(（〔]\s*[0-9]+\s*[)）〕])[\s：:，,；;、]*(?P<rest>.*)", re.DOTALL
)


def split_ground(text: str) -> tuple[Ground, str]:
    """Read a text that begins with the ground it cites; return the ground, and what else it says. Raises GroundInvalid.

    督§19, 考§21.
    """
    match = _CITED.fullmatch(text)
    return (parse_ground(text), "") if match is None else (parse_ground(match["ground"]), match["rest"].strip())


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that was handed in: its file's name and the SHA-256 by which it is kept."""

    name: str
    digest: bytes

    def as_json(self) -> Mapping[str, str]:
        """Return what the journal keeps of it."""
        return {"name": self.name, "sha256": self.digest.hex()}


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision to cancel a qualification.

    ``body`` is the deciding issuer, ``centre`` or an institution's code; ``decided_by`` the person who answers for
    it; ``reason`` free text, mandatory beside the ground; ``document`` the decision's number and ``attachment`` the
    document itself, if there is one. Raises DecisionRefused. 督§19, 考§21.
    """

    ground: Ground
    body: str
    decided_on: date
    decided_by: str
    reason: str
    document: str | None = None
    attachment: Attachment | None = None

    def __post_init__(self) -> None:
        if not self.decided_by.strip():
            raise DecisionRefused(
                "取消资格须写明作出决定的人员", "a cancellation names the person who decides", code="decision-person"
            )
        if not self.reason.strip():
            raise DecisionRefused(
                "取消资格须写明具体事由", "a cancellation states what happened", code="decision-reason"
            )
        if self.ground.rule == ASSESSOR_RULE and self.body != CENTRE:
            raise DecisionRefused(
                "考评人员资格由市职鉴中心取消（考§21）；其他单位可提出建议",
                "an assessor's qualification is cancelled by the centre (考§21); others may propose it",
                code="decision-body",
            )


def takes(decision: Decision, kind: CardKind, issuer: str) -> bool:
    """Return whether a decision takes a card of this kind and issuer away from its person.

    考§21 takes all the person's assessor cards; 督§19 takes the supervisor cards of the issuer that decides
    ("由颁发机构取消其资格"). 督§19, 考§21.
    """
    return decision.ground.fits(kind) and issuer == decision.body


def check_ground(ground: Ground, kind: CardKind) -> None:
    """Refuse a ground of the other rule. Raises GroundInvalid. 督§19, 考§21."""
    if not ground.fits(kind):
        rule = ASSESSOR_RULE if kind.is_assessor else SUPERVISOR_RULE
        raise GroundInvalid(
            f"{ground} 不适用于{kind.zh}，应引用 {rule} 的情形",
            f"{ground} does not apply to a {kind.en}; cite an item of {rule}",
            code="ground-other-rule",
        )


def check_entitled(body: str, issuer: str, kind: CardKind) -> None:
    """Refuse whoever is not the card's issuer: others may propose. Raises DecisionRefused. 督§19, 考§21."""
    if body == issuer:
        return
    if kind.is_assessor:
        raise DecisionRefused(
            "考评人员资格由市职鉴中心取消（考§21）；其他单位可提出建议",
            "an assessor's qualification is cancelled by the centre (考§21); others may propose it",
            code="decision-body",
        )
    raise DecisionRefused(
        "督导员资格由颁证机构取消（督§19）：外督由市职鉴中心，内督由颁证的鉴定评价机构；其他单位可提出建议",
        "the issuer cancels (督§19): the centre for external, the issuing institution for internal supervisors; "
        "others may propose it",
        code="decision-body",
    )


def check_issuer(body: str, issuer: str, kind: CardKind) -> None:
    """Refuse to let anybody but its issuer renew, replace or void a card. Raises DecisionRefused. 督§9, 考§12."""
    if body != issuer:
        article = "考§12" if kind.is_assessor else "督§9"
        raise DecisionRefused(
            f"证卡由颁发机构换发、补发和作废（{article}）",
            f"a card is renewed, replaced and voided by its issuer ({article})",
            code="decision-issuer",
        )


def check_decision(decision: Decision, kind: CardKind, issuer: str) -> None:
    """Refuse a decision on a card of this kind and issuer. Raises GroundInvalid, DecisionRefused. 督§19, 考§21."""
    check_ground(decision.ground, kind)
    check_entitled(decision.body, issuer, kind)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal (拟议) that a qualification be cancelled; it changes no card.

    ``body`` is who proposes: a district bureau's name, an institution's code or ``centre``; ``proposed_by`` the
    person who answers for it. The issuer decides on it or declines it. Raises DecisionRefused. 督§19, 考§21.
    """

    ground: Ground
    body: str
    proposed_by: str
    reason: str
    document: str | None = None
    attachment: Attachment | None = None

    def __post_init__(self) -> None:
        if not self.proposed_by.strip() or not self.body.strip():
            raise DecisionRefused(
                "建议取消资格须写明单位和人员", "a proposal names its body and a person", code="decision-person"
            )
        if not self.reason.strip():
            raise DecisionRefused(
                "建议取消资格须写明具体事由", "a proposal states what happened", code="decision-reason"
            )


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction (更正) of a mistaken cancellation, by the body that decided it.

    It is an entry of its own and takes nothing back: the cancelled card stays revoked, for its code has been shown
    as such, and the decision stands in the record with the correction beside it. It lifts the bar of 考§21, so that
    the person may apply at once. The new card needs a new certification like any other: on the old one it would
    count for more than the three years of 督§10 and 考§12. Raises DecisionRefused. 督§19, 考§21.
    """

    body: str
    corrected_on: date
    decided_by: str
    reason: str
    document: str | None = None
    attachment: Attachment | None = None

    def __post_init__(self) -> None:
        if not self.decided_by.strip():
            raise DecisionRefused(
                "更正须写明作出决定的人员", "a correction names the person who decides", code="decision-person"
            )
        if not self.reason.strip():
            raise DecisionRefused("更正须写明理由", "a correction states its reason", code="decision-reason")
