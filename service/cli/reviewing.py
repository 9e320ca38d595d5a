"""``review``, ``evaluate``, ``warn``, ``reward``, ``sanction``, ``cases``: what is entered in the integrity record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import refuse_existing, whole_file
from service.cli.params import DAY, OUT_FILE
from service.cli.register import opened
from service.domain.access import By
from service.domain.forms import FormName
from service.domain.review import EntryKind, Grade, case_ground
from service.domain.tidy import number_typed
from service.flows.assessments.forms import card_with_form
from service.flows.people.cases import CaseClosingRequest, close_case, list_cases
from service.flows.people.reviews import (
    Entered,
    EvaluationRequest,
    RemarkRequest,
    SheetRequest,
    WarningRequest,
    enter_evaluation,
    enter_review,
    enter_reward_or_sanction,
    enter_warning,
)
from service.flows.requests.reading import card_number, read_request

_ON: Final = click.option("--on", required=True, type=DAY, help="日期 day.")
_BY: Final = click.option("--by", required=True, help="填写或作出处理的人员 who answers for it.")
_BODY: Final = click.option(
    "--body",
    help="评议单位：centre、机构代码或区县人社部门名称（考评人员写聘用机构） whose entry (default: the issuer).",
)


class _Points(click.ParamType[tuple[int, ...]]):
    """Points in the order of the sheet's rows, separated by commas."""

    name = "4,3,3,…"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Read whole numbers; full-width ones are taken."""
        text = number_typed(str(value))
        if not re.fullmatch(r"\s*[0-9]{1,3}(\s*[,、]\s*[0-9]{1,3})*\s*", text):
            self.fail(f"{value}：应为整数，逗号分隔 expected whole numbers with commas", param, ctx)
        return tuple(map(int, re.findall(r"[0-9]+", text)))


_POINTS: Final = _Points()


@command("review")
@click.argument("number")
@click.option(
    "--form",
    required=True,
    type=click.Choice([FormName.SUPERVISOR_REVIEW.value, FormName.ASSESSOR_REVIEW.value]),
    help="评议表 the sheet.",
)
@click.option("--points", required=True, type=_POINTS, help="各项得分，依表中顺序 points, in the order of the rows.")
@_ON
@_BY
@click.option("--plan", required=True, help="评价计划名称 name of the assessment plan.")
@click.option("--occupation", default="", help="职业（工种）/等级 occupation and level.")
@click.option("--institution", help="评价机构代码 code of the institution assessed at (default: the body).")
@_BODY
@click.option("--out", type=OUT_FILE, help="填好的评议表 PDF the filled sheet, to be signed.")
@pass_context
def review(
    context: Context, /, number: str, *, form: str, body: str | None, out: Path | None, **options: object
) -> None:
    """工作评议 Enter the review sheet of one job (督附2, 考附1)."""
    wanted, request = card_number(number), read_request(SheetRequest, options)
    if out is not None:
        refuse_existing(out)
    with opened(context) as register, nullcontext() if out is None else whole_file(out) as file:
        card_with_form(register, wanted, FormName(form))
        entered = enter_review(register, wanted, request, context.by(body), file)
    _answer(context, entered)
    grade = entered.entry.outcome
    total = sum(request.points)
    context.say(f"合计 {total} 分，{grade} total {total}: {grade.en if grade else ''}")
    _tell_case(context, entered)
    if out is not None:
        context.say(f"已写出，请签字 written, to be signed: {out}")


@command("evaluate")
@click.argument("number")
@click.option("--result", required=True, type=click.Choice([grade.value for grade in Grade]), help="结果 result.")
@_ON
@_BY
@_BODY
@click.option("--note", default="", help="说明 remark.")
@pass_context
def evaluate(context: Context, /, number: str, *, body: str | None, **options: object) -> None:
    """评议结果 Enter a periodic or annual result (督§17, 考§18).

    不合格的列入待决定事项，由颁发机构决定是否取消资格 A failed one opens a case that a person decides.
    """
    request = read_request(EvaluationRequest, options)
    with opened(context) as register:
        entered = enter_evaluation(register, card_number(number), request, context.by(body))
    _answer(context, entered)
    context.say(f"已记入诚信档案 entered: {request.result}（{entered.entry.article}）")
    _tell_case(context, entered)


@command("warn")
@click.argument("number")
@click.option("--ground", required=True, help="情形 an item of 考§20(1)–(5).")
@_ON
@_BY
@_BODY
@click.option("--reason", required=True, help="具体事由 what happened.")
@pass_context
def warn(context: Context, /, number: str, *, body: str | None, **options: object) -> None:
    """劝告 Enter a warning, which is never a status (考§20)."""
    request = read_request(WarningRequest, options)
    with opened(context) as register:
        entered = enter_warning(register, card_number(number), request, context.by(body))
    _answer(context, entered)
    context.say(f"已记入诚信档案，证卡状态不变 entered, the card counts as before: {entered.entry.article}")


@command("reward")
@click.argument("number")
@click.option("--what", "reason", required=True, help="奖励内容 what for.")
@_ON
@_BY
@_BODY
@pass_context
def reward(context: Context, /, number: str, *, body: str | None, **options: object) -> None:
    """奖励 Enter a reward (督§20, 考§19)."""
    _reward_or_sanction(context, number, EntryKind.REWARD, context.by(body), options)


@command("sanction")
@click.argument("number")
@click.option("--what", "reason", required=True, help="处分内容 what for.")
@_ON
@_BY
@_BODY
@pass_context
def sanction(context: Context, /, number: str, *, body: str | None, **options: object) -> None:
    """处分 Enter a sanction (督§20, 考§19)."""
    _reward_or_sanction(context, number, EntryKind.SANCTION, context.by(body), options)


@click.group("cases")
def cases() -> None:
    """待决定事项 Failed results for a person to decide on."""


@command("list", cases)
@click.option("--all", "everything", is_flag=True, help="包括已办结的 those decided too.")
@pass_context
def list_them(context: Context, *, everything: bool) -> None:
    """列出待决定事项 List the cases; a cancellation on the ground closes one: zhengka revoke."""
    with opened(context) as register:
        found = [case for case in list_cases(register) if everything or case.is_open]
    context.answer(
        [
            {
                "case": case.id,
                "number": str(case.number),
                "ground": str(case_ground(case.kind)),
                "on": case.entry.on.isoformat(),
                "body": case.entry.body,
                "open": case.is_open,
                "cancelled_on": None if case.cancelled_on is None else case.cancelled_on.isoformat(),
                "closed_on": None if case.closing is None else case.closing.on.isoformat(),
                "corrected_to": None if case.closing is None else case.closing.corrected_to,
            }
            for case in found
        ]
    )
    context.table(
        (
            "事项 case",
            "证卡编号 number",
            "可依据 ground",
            "结果日期 on",
            "评议单位 by",
            "决定单位 decides",
            "情况 state",
        ),
        [
            (
                str(case.id),
                str(case.number),
                str(case_ground(case.kind)),
                case.entry.on.isoformat(),
                case.entry.body,
                case.issuer,
                _state(is_open=case.is_open, cancelled=case.cancelled_on is not None),
            )
            for case in found
        ],
    )
    context.say(f"共 {len(found)} 项 {len(found)} in all")


@command("close", cases)
@click.argument("case", type=int)
@click.option("--result", help="更正后的结果：合格、优秀 the corrected result of an evaluation.")
@click.option("--points", type=_POINTS, help="督附2 更正后的各项得分 the corrected points of a sheet, in order.")
@click.option("--reason", required=True, help="理由 why the result was wrong.")
@click.option("--by", "decided_by", required=True, help="作出决定的人员 the person who decides.")
@click.option("--body", help="决定单位：centre 或机构代码 who decides (default: the card's issuer).")
@pass_context
def close(context: Context, /, case: int, *, body: str | None, **options: object) -> None:
    """办结 End a case with a corrected result; otherwise it ends with the cancellation (督§19(1), 考§21(1)).

    记录中保留原结果、更正后的结果和理由 The record keeps what it was, what it is, and why.
    """
    request = read_request(CaseClosingRequest, options)
    with opened(context) as register:
        closed = close_case(register, case, request, context.by(body))
    context.answer({"closed": closed.id, "number": str(closed.number)})
    corrected = closed.closing.corrected_to if closed.closing else None
    context.say(f"事项 {case} 已办结，结果更正为{corrected} ended with a corrected result")


def _reward_or_sanction(context: Context, number: str, kind: EntryKind, by: By, options: Mapping[str, object]) -> None:
    request = read_request(RemarkRequest, options)
    with opened(context) as register:
        entered = enter_reward_or_sanction(register, card_number(number), kind, request, by)
    _answer(context, entered)
    context.say(f"已记入诚信档案 entered: {kind.zh}（{entered.entry.article}）")


def _tell_case(context: Context, entered: Entered) -> None:
    if entered.case:
        context.say(
            f"已列入待决定事项 {entered.id}，证卡状态不变；由颁发机构决定是否取消资格 "
            f"case {entered.id} is open, the card counts as before until its issuer decides"
        )


def _answer(context: Context, entered: Entered) -> None:
    entry = entered.entry
    answer: dict[str, Any] = {"entry": entered.id, "what": entry.kind.value, "article": entry.article}
    if entry.outcome is not None:
        answer["outcome"] = entry.outcome.value
    if entry.points is not None:
        answer["total"] = sum(entry.points)
    context.answer({**answer, "case": entered.case})


def _state(*, is_open: bool, cancelled: bool) -> str:
    if is_open:
        return "待决定 open"
    return "已取消资格 cancelled" if cancelled else "已办结 closed"


COMMANDS: Final = (review, evaluate, warn, reward, sanction, cases)
