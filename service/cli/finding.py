"""``search`` and ``person``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
import msgspec

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import refuse_existing, whole_file
from service.cli.params import OUT_FILE
from service.cli.register import opened
from service.domain.kinds import CardKind
from service.domain.search import MAX_MONTHS, CardState
from service.domain.sight import CENTRE_SIGHT
from service.flows.people.person import whole_person_of
from service.flows.people.person_file import Cancelled, HeldCard, PersonFile
from service.flows.people.search import FoundCard, saved_search, search
from service.flows.people.search_request import SearchRequest
from service.flows.requests.reading import card_number, read_request

LISTED: Final = 100
_STDIN: Final = "-"
_HEADINGS: Final = (
    *("证卡编号 number", "姓名 name", "类别 kind", "状态 state", "职业 job types", "工作单位 work unit"),
    "有效期至 until",
)


@command("search")
@click.argument("text", default="")
@click.option("--name", default="", help="姓名或其中一部分 a name, or a part of one.")
@click.option("--institution", help="机构代码 code of the institution.")
@click.option("--occupation", default="", help="职业（工种）名称的一部分或代码 job type.")
@click.option("--kind", type=click.Choice([kind.value for kind in CardKind]), help="类别 kind.")
@click.option("--state", type=click.Choice([state.value for state in CardState]), help="状态 state.")
@click.option(
    "--expiring", "expiring_months", type=click.IntRange(1, MAX_MONTHS), help="几个月内到期 expires within MONTHS."
)
@click.option("--limit", type=click.IntRange(1), default=LISTED, show_default=True, help="最多列出 list at most.")
@click.option("--out", type=OUT_FILE, help="全部另存为 xlsx all of it as a spreadsheet.")
@pass_context
def search_(context: Context, /, text: str, *, name: str, limit: int, out: Path | None, **options: object) -> None:
    """查询证卡 Search by number, name or identity number.

    TEXT 为编号（或开头几位）、姓名（或其中一部分）或身份证号；身份证号请写 - 并从标准输入给出，不留在命令历史里
    A number or its beginning, a part of a name, or an identity number, best given as - on standard input.
    """
    if out is not None:
        refuse_existing(out)
    typed = sys.stdin.readline() if text == _STDIN else text
    wanted = read_request(SearchRequest, {**options, "text": typed}).wanted
    if name:
        wanted = replace(wanted, name=name)
    with opened(context) as register:
        found = search(register, CENTRE_SIGHT, wanted, size=limit)
        book = None if out is None else saved_search(register, CENTRE_SIGHT, wanted, most=sys.maxsize)
    context.answer({"total": found.total, "cards": msgspec.to_builtins(found.cards, enc_hook=str)})
    context.table(_HEADINGS, [_row(card) for card in found.cards], wide=(4, 5))
    context.say(f"共 {found.total} 张 {found.total} in all")
    if found.total > len(found.cards):
        context.note(
            f"只列出前 {len(found.cards)} 张；--out 存下全部。",
            f"the first {len(found.cards)} are listed; --out saves them all.",
        )
    if out is not None and book is not None:
        with whole_file(out) as file:
            file.write(book)
        context.say(f"已写出 written: {out}")


@command("person")
@click.argument("number")
@pass_context
def person(context: Context, number: str) -> None:
    """持证人全部信息 Tell all that is held of a card's holder."""
    with opened(context) as register:
        told = whole_person_of(register, card_number(number), context.actor)
    context.answer(msgspec.to_builtins(told, enc_hook=str))
    context.say(f"{told.name}（{told.resident_id}）")
    for card in told.cards:
        _tell_card(context, card)
    _tell_work(context, told)
    context.table(
        ("序号 seq", "时间 at", "经办 actor", "证卡 card", "事项 event", "内容 detail"),
        [
            (str(one.seq), f"{one.at:%Y-%m-%d %H:%M}", one.by, one.number, f"{one.zh} {one.en}", one.detail)
            for one in told.journal
        ],
        wide=(4, 5),
    )


def _row(card: FoundCard) -> tuple[str, ...]:
    return (
        str(card.number),
        card.name,
        card.kind.zh,
        card.state.zh,
        "、".join(card.occupations),
        card.work_unit,
        card.expires_on.isoformat(),
    )


def _tell_card(context: Context, card: HeldCard) -> None:
    context.say("")
    context.say(f"{card.number} {card.kind.zh} {card.state.zh} {card.issued_on}–{card.expires_on} {card.issuer_name}")
    for zh, value in (
        ("职业 job types", "、".join(card.occupations)),
        ("已转出 taken over", "、".join(card.released)),
        ("工作单位 work unit", card.work_unit),
        ("机构 institution", card.institution_name or ""),
        ("原证卡 predecessor", card.predecessor or ""),
        ("后续证卡 successors", "、".join(card.successors)),
        ("批次 batch", "" if card.batch is None else f"{card.batch} / {card.batch_row}"),
        ("副本 copies", "、".join(f"{one.issued_at:%Y-%m-%d} {one.state.value}" for one in card.copies)),
        *((f"{one.zh} {one.en}", one.value_zh) for one in card.stated),
    ):
        if value:
            context.say(f"  {zh}: {value}")
    if card.cancelled is not None:
        _tell_cancelled(context, card.cancelled)


def _tell_cancelled(context: Context, one: Cancelled) -> None:
    context.say(f"  取消资格 cancelled: {one.ground} {one.zh} {one.decided_on} {one.decided_by} {one.reason}")
    if one.document or one.attachment:
        context.say(f"  文件 document: {one.document or ''} {one.attachment or ''}".rstrip())
    if one.barred_until is not None:
        context.say(f"  不得申报至 barred until: {one.barred_until}")
    if one.corrected_on is not None:
        context.say(f"  更正 corrected: {one.corrected_on} {one.corrected_by} {one.correction_reason}")


def _tell_work(context: Context, told: PersonFile) -> None:
    context.say("")
    context.table(
        ("聘用 contract", "证卡 card", "机构 institution", "自 since", "至 until", "终止 ended"),
        [
            (
                str(one.id),
                str(one.number),
                one.institution_name,
                one.since.isoformat(),
                one.until.isoformat(),
                " ".join(filter(None, (str(one.ended_on or ""), one.end_reason))),
            )
            for one in told.contracts
        ],
        wide=(2, 5),
    )
    context.table(
        ("委派 dispatch", "证卡 card", "机构 institution", "日期 on", "委派单位 by", "计划 plan", "撤回 withdrawn"),
        [
            (
                str(one.id),
                str(one.number),
                one.institution_name,
                one.on.isoformat(),
                one.authority,
                one.plan,
                " ".join(filter(None, (str(one.withdrawn_on or ""), one.withdrawal_reason))),
            )
            for one in told.visits
        ],
        wide=(2, 4, 5, 6),
    )
    context.table(
        ("建议 proposal", "证卡 card", "依据 ground", "单位 body", "事由 reason", "结果 state", "答复 answer"),
        [
            (
                str(one.id),
                str(one.number),
                one.ground,
                one.body_name,
                one.reason,
                one.state.value,
                one.answer or "",
            )
            for one in told.proposals
        ],
        wide=(3, 4, 6),
    )
    context.table(
        ("日期 on", "证卡 card", "事项 what", "依据 article", "结果 outcome", "单位 body", "人员 by", "说明 note"),
        [
            (
                one.on.isoformat(),
                str(one.number),
                one.what,
                one.article,
                one.outcome if one.total is None else f"{one.total} {one.outcome}",
                one.body_name,
                one.by,
                one.note,
            )
            for one in told.record
        ],
        wide=(5, 7),
    )


COMMANDS: Final = (search_, person)
