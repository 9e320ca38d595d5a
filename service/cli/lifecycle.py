"""``renew``, ``replace``, ``amend``, ``void``, ``found`` and ``expiring``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from service import effects
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import refuse_existing, whole_file
from service.cli.params import DAY, IN_FILE, OUT_FILE
from service.cli.register import opened
from service.domain.amending import OldCard
from service.domain.card import ReplacementReason
from service.flows.cards.amend import amend_card
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.card_desk import cards_named_otherwise
from service.flows.cards.card_requests import FoundRequest, RenewalRequest, ReplacementRequest, VoidRequest
from service.flows.cards.lifecycle import record_found, replace_card, void_number
from service.flows.cards.renew import list_expiring, renew_card
from service.flows.requests.reading import card_number, read_request
from service.roster.table import write_table

_AMENDABLE: Final = frozenset({"name", "work_unit", "occupations"})
_SCORES: Final = ("theory_score", "skill_score", "review_score", "score")


@command("replace")
@click.argument("number")
@click.option(
    "--reason", required=True, type=click.Choice([reason.value for reason in ReplacementReason]), help="补发原因."
)
@click.option("--without-portrait", is_flag=True, help="持证人撤回同意，新卡二维码不含照片 no portrait in the code.")
@pass_context
def replace(context: Context, /, number: str, **options: object) -> None:
    """补发 Make a new copy of a lost or damaged card.

    编号和有效期不变，原卡即刻失效 Number and dates stay; the old copy stops being valid at once.
    """
    wanted, request = card_number(number), read_request(ReplacementRequest, options)
    with opened(context) as register:
        replace_card(register, wanted, request, context.by())
    context.answer({"replaced": str(wanted)})
    context.say(
        f"已补发 {wanted}，原卡二维码即刻失效；请打印新卡 the old copy's code no longer works, print the new one"
    )


@command("amend")
@click.argument("number")
@click.option(
    "--set",
    "stated",
    multiple=True,
    metavar="FIELD=VALUE",
    help="要改的项目 what is put right: name, work_unit, occupations.",
)
@click.option("--photo", type=IN_FILE, help="新照片 new photograph.")
@click.option("--reason", required=True, help="原因 why it was wrong.")
@click.option("--evidence", help="依据 what it rests on.")
@click.option(
    "--old-card",
    type=click.Choice([place.value for place in OldCard]),
    default=OldCard.WITH_HOLDER.value,
    show_default=True,
    help="旧卡在哪里 where the old card is.",
)
@click.option("--new-job-type", is_flag=True, help="确认职业目录中没有的写法 confirm a wording in no catalogue.")
@pass_context
def amend(context: Context, /, number: str, *, photo: Path | None, stated: tuple[str, ...], **options: object) -> None:
    """勘误 Put a fact of a card right under the same number.

    编号和有效期不变，旧卡即刻失效 Number and dates stay; the old copy stops being valid at once.
    换人、换类别、等级或职业不是勘误 Another person, kind, grade or job type is no amendment: void and issue.
    """
    facts = dict(stated_fields(stated))
    if unknown := facts.keys() - _AMENDABLE:
        raise click.BadParameter(
            f"{'、'.join(sorted(unknown))}：可改 may be set: {', '.join(sorted(_AMENDABLE))}", param_hint="--set"
        )
    wanted = card_number(number)
    new_photo = None if photo is None else photo.read_bytes()
    request = read_request(AmendmentRequest, {**options, **facts, "photo": new_photo})
    with opened(context) as register:
        made = amend_card(register, wanted, request, context.by())
        others = cards_named_otherwise(register, wanted)
    amended, to_amend = [one.fact.value for one in made.values], [str(one.number) for one in others]
    context.answer({"amended": str(wanted), "facts": amended, "other_cards_to_amend": to_amend})
    context.say(
        f"已勘误 {wanted}，旧卡二维码即刻失效；打印新卡 the old copy's code no longer works, to print the new one: "
        f"zhengka print {wanted} --out cards.pdf"
    )
    for one in others:
        context.say(
            f"此人另一张在用证卡 {one.number} 仍写“{one.name}”，请一并勘误 the holder's card {one.number} bears "
            f"another name: zhengka amend {one.number} --set name=..."
        )


@command("void")
@click.argument("number")
@click.option("--reason", required=True, help="原因 why the number will not be used.")
@pass_context
def void(context: Context, /, number: str, **options: object) -> None:
    """作废 Void a card issued by mistake, or a reserved number.

    作废的编号不再使用 The number is never used again.
    """
    wanted, request = card_number(number), read_request(VoidRequest, options)
    with opened(context) as register:
        void_number(register, wanted, request, context.by())
    context.answer({"voided": str(wanted)})
    context.say(f"已作废，编号不再使用 voided, never used again: {wanted}")


@command("found")
@click.argument("number")
@click.option("--reported-by", required=True, help="交回人 who brings it back.")
@pass_context
def found(context: Context, /, number: str, **options: object) -> None:
    """找回 Note that a lost card was found again.

    补发后找回的原卡仍为失效，应交回销毁 It stays replaced: destroy it.
    """
    wanted, request = card_number(number), read_request(FoundRequest, options)
    with opened(context) as register:
        dead = record_found(register, wanted, request, context.by())
    context.answer({"found": str(wanted), "replaced_copies": dead})
    context.say(f"已登记：{wanted} 的原卡仍为失效，请收回销毁 noted: it stays replaced, take it in and destroy it")


@command("renew")
@click.argument("number")
@click.option("--certified-on", type=DAY, required=True, help="新的认证日期 date of the new certification.")
@click.option("--applied-on", type=DAY, help="申报日期 date of the application (mandatory).")
@click.option("--theory-score", help="理论成绩 theory, assessors.")
@click.option("--skill-score", help="技能成绩 skill, assessors.")
@click.option("--review-score", help="综合评审成绩 review, seniors.")
@click.option("--score", help="认证成绩 score, supervisors.")
@click.option("--photo", type=IN_FILE, help="新照片 new photograph (default: the registered one).")
@click.option("--reviewed-by", required=True, help="审核人 who confirms what no record shows (督§6, 考§7).")
@click.option(
    "--set", "stated", multiple=True, metavar="FIELD=VALUE", help="重新填写的申报表项 a roster field stated anew."
)
@pass_context
def renew(context: Context, /, number: str, *, photo: Path | None, stated: tuple[str, ...], **options: object) -> None:
    """换发 Renew a card after a new certification.

    编号更新，原证卡被取代 New number; the former card is superseded.
    其余各项取自登记库 All else is what the register knows, and every rule of issuing holds.
    """
    facts = {field: options[field] for field in _SCORES if options[field] is not None}
    facts.update(stated_fields(stated))
    former = card_number(number)
    new_photo = None if photo is None else photo.read_bytes()
    request = read_request(RenewalRequest, {**options, "facts": facts, "photo": new_photo})
    with opened(context) as register:
        new = renew_card(register, former, request, context.by())
    context.answer({"renewed": str(former), "number": str(new)})
    context.say(f"已换发 renewed: {former} → {new}；打印 to print: zhengka print {new} --out cards.pdf")


@command("expiring")
@click.option("--months", type=int, default=6, show_default=True, help="今后几个月内到期 within so many months.")
@click.option("--issuer", help="颁发机构代码，市职鉴中心写 centre of one issuer.")
@click.option("--out", type=OUT_FILE, help="另存为 xlsx as a spreadsheet.")
@pass_context
def expiring(context: Context, months: int, issuer: str | None, out: Path | None) -> None:
    """即将到期 List the cards that expire in the next months.

    附可换发的起始日 With the day from which each can be renewed.
    """
    if out is not None:
        refuse_existing(out)
    with opened(context) as register:
        listed = list_expiring(register, months, issuer)
    context.answer(
        [
            {
                "number": str(one.card.number),
                "issuer": one.card.issuer,
                "name": one.card.name,
                "kind": one.card.kind.value,
                "expires_on": one.card.expires_on.isoformat(),
                "renewal_opens_on": one.renewal_opens_on.isoformat(),
            }
            for one in listed
        ]
    )
    rows = [
        (
            one.card.expires_on.isoformat(),
            str(one.card.number),
            one.card.name,
            one.card.kind.zh,
            "、".join(occupation.name for occupation in one.card.occupations),
            one.card.work_unit,
            one.issuer_name,
            one.renewal_opens_on.isoformat(),
        )
        for one in listed
    ]
    headings = ("有效期至", "证卡编号", "姓名", "类别", "职业工种", "工作单位", "颁发机构", "可换发自")
    context.table(headings, rows, wide=(5, 6))
    context.say(f"{months} 个月内到期 {len(rows)} 张 expire within {months} months: {len(rows)}")
    if out is not None:
        with whole_file(out) as file:
            file.write(write_table("即将到期", headings, rows, effects.real().now()))
        context.say(f"已写出 written: {out}")


def stated_fields(given: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield field and value of each ``--set FIELD=VALUE``. Raises BadParameter for one without an equals sign."""
    for one in given:
        field, equals, cell = one.partition("=")
        if not equals:
            raise click.BadParameter(f"{one}：应为 expected FIELD=VALUE", param_hint="--set")
        yield field, cell


COMMANDS: Final = (renew, replace, amend, void, found, expiring)
