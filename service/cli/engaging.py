"""``engage``, ``engagement`` and ``dispatch``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.params import DAY
from service.cli.register import opened
from service.domain.engagement import Warned
from service.flows.people.dispatching import (
    DispatchRequest,
    WithdrawalRequest,
    list_dispatches,
    send,
    withdraw_dispatch,
)
from service.flows.people.engagements import (
    EndRequest,
    EngagementRequest,
    end_engagement,
    engage,
    list_engagements,
)
from service.flows.requests.reading import card_number, read_request
from service.store.dispatches import StoredDispatch
from service.store.engagements import StoredEngagement


@command("engage")
@click.argument("number")
@click.option("--institution", required=True, help="机构代码 code of the institution.")
@click.option("--from", "first_day", required=True, type=DAY, help="聘期起日 first day.")
@click.option("--until", "last_day", type=DAY, help="聘期止日 last day (default: the card's, as internal three years).")
@click.option("--as-internal", is_flag=True, help="外督聘为内督 an external supervisor as internal one (督§14).")
@click.option("--credential", default="", help="证卡二维码的文字 text of the code on the card.")
@click.option("--resident-id", default="", help="持证人完整身份证号 the holder's whole identity number; - asks for it.")
@click.option("--document", help="聘用合同或责任书 the contract, or the 责任书.")
@pass_context
def engage_(context: Context, /, number: str, *, resident_id: str, **options: object) -> None:
    """聘用 Engage a card's holder at an institution (考§16, 督§14).

    须出示证卡（--credential）或身份证（--resident-id） The holder shows the card or the identity card.
    聘期在证卡有效期之内 The term lies within the card's.
    """
    if resident_id == "-":
        resident_id = click.prompt("身份证号 identity number", hide_input=True)
    wanted, request = card_number(number), read_request(EngagementRequest, {**options, "resident_id": resident_id})
    with opened(context) as register:
        made = engage(register, wanted, request, context.by())
    _warn(context, made.warnings)
    context.answer({"engagement": made.id, "until": made.until.isoformat(), "warnings": _warned(made.warnings)})
    context.say(f"已登记聘用 {made.id}：{wanted} 在 {request.institution}，至 {made.until} engaged to that day")


@click.group("engagement")
def engagement() -> None:
    """聘用登记 Engagements on record."""


@command("list", engagement)
@click.option("--institution", help="只列此机构 of this institution only.")
@pass_context
def list_engaged(context: Context, institution: str | None) -> None:
    """列出聘用 List engagements."""
    with opened(context) as register:
        found = list_engagements(register, institution)
    context.answer([_engagement(one) for one in found])
    context.table(
        ("序号 id", "证卡 card", "姓名 name", "机构 institution", "起 from", "止 until", "备注 remarks"),
        [
            (
                str(one.id),
                one.number,
                one.name,
                one.engagement.institution,
                one.engagement.since.isoformat(),
                (one.ended_on or one.engagement.until).isoformat(),
                "；".join(filter(None, ("聘为内督" if one.engagement.as_internal else "", one.end_reason or ""))),
            )
            for one in found
        ],
        wide=(6,),
    )


@command("end", engagement)
@click.argument("engagement_id", metavar="ID", type=int)
@click.option("--on", type=DAY, help="最后一日 its last day (default: today).")
@click.option("--reason", required=True, help="原因 why it ends.")
@pass_context
def end(context: Context, /, engagement_id: int, **options: object) -> None:
    """终止聘用 End an engagement before its term."""
    with opened(context) as register:
        ended = end_engagement(register, engagement_id, read_request(EndRequest, options), context.by())
    context.answer(_engagement(ended))
    context.say(f"已终止聘用 {ended.id}，最后一日 {ended.ended_on} ended, its last day")


@click.group("dispatch")
def dispatch() -> None:
    """外督委派 Dispatches of external supervisors."""


@command("add", dispatch)
@click.argument("number")
@click.option("--institution", required=True, help="机构代码 code of the institution.")
@click.option("--on", required=True, type=DAY, help="日期 the day.")
@click.option("--by", "authority", required=True, help="委派的人社部门 the authority that sends.")
@click.option("--plan", help="评价计划 the assessment plan.")
@pass_context
def add(context: Context, /, number: str, *, authority: str, **options: object) -> None:
    """委派 Send an external supervisor to an institution on a day (督§3, 督§4).

    不得连续三次 Never a third time running (督§15).
    """
    wanted, request = card_number(number), read_request(DispatchRequest, options)
    with opened(context) as register:
        sent = send(register, wanted, request, context.by(authority))
    _warn(context, sent.warnings)
    context.answer({"dispatch": sent.id, "warnings": _warned(sent.warnings)})
    context.say(f"已登记委派 {sent.id}：{wanted} 于 {request.on} 到 {request.institution} sent")


@command("list", dispatch)
@click.option("--institution", help="只列此机构 to this institution only.")
@pass_context
def list_sent(context: Context, institution: str | None) -> None:
    """列出委派 List dispatches."""
    with opened(context) as register:
        found = list_dispatches(register, institution)
    context.answer([_dispatch(one) for one in found])
    context.table(
        (
            "序号 id",
            "证卡 card",
            "姓名 name",
            "机构 institution",
            "日期 on",
            "委派部门 by",
            "计划 plan",
            "撤回 withdrawn",
        ),
        [
            (
                str(one.id),
                one.number,
                one.name,
                one.institution,
                one.on.isoformat(),
                one.authority,
                one.plan,
                one.withdrawal_reason or "",
            )
            for one in found
        ],
        wide=(5, 6, 7),
    )


@command("withdraw", dispatch)
@click.argument("dispatch_id", metavar="ID", type=int)
@click.option("--reason", required=True, help="原因 why it is withdrawn.")
@pass_context
def withdraw(context: Context, /, dispatch_id: int, **options: object) -> None:
    """撤回委派 Take a dispatch back."""
    with opened(context) as register:
        withdrawn = withdraw_dispatch(register, dispatch_id, read_request(WithdrawalRequest, options), context.by())
    context.answer(_dispatch(withdrawn))
    context.say(f"已撤回委派 {withdrawn.id}：{withdrawn.number}，{withdrawn.on} withdrawn")


COMMANDS: Final = (engage_, engagement, dispatch)


def _warn(context: Context, warnings: Iterable[Warned]) -> None:
    for one in warnings:
        context.note(f"请注意：{one.zh}（{one.article}）", f"mind: {one.en} ({one.article})")


def _warned(warnings: Iterable[Warned]) -> list[dict[str, str]]:
    return [{"article": one.article, "zh": one.zh, "en": one.en} for one in warnings]


def _engagement(one: StoredEngagement) -> dict[str, object]:
    new = one.engagement
    return {
        "engagement": one.id,
        "number": str(one.number),
        "name": one.name,
        "institution": new.institution,
        "since": new.since.isoformat(),
        "until": new.until.isoformat(),
        "as_internal": new.as_internal,
        "document": new.document,
        "ended_on": None if one.ended_on is None else one.ended_on.isoformat(),
        "end_reason": one.end_reason,
    }


def _dispatch(one: StoredDispatch) -> dict[str, object]:
    return {
        "dispatch": one.id,
        "number": str(one.number),
        "name": one.name,
        "institution": one.institution,
        "on": one.on.isoformat(),
        "authority": one.authority,
        "plan": one.plan or None,
        "withdrawn_on": None if one.withdrawn_on is None else one.withdrawn_on.isoformat(),
        "withdrawal_reason": one.withdrawal_reason,
    }
