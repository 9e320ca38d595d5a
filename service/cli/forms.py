"""``form``: the forms of the two rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import whole_file
from service.cli.params import DAY, OUT_FILE
from service.cli.register import opened
from service.domain.forms import FormName
from service.flows.assessments.forms import Occasion, draw_forms
from service.flows.assessments.papers import draw_assessment_forms
from service.flows.requests.reading import card_number


@command("form")
@click.argument("name", type=click.Choice([name.value for name in FormName]))
@click.option("--out", required=True, type=OUT_FILE, help="写入的 PDF file to write.")
@click.option("--card", "numbers", multiple=True, help="证卡编号，可重复：每人一张 card number, one form for each.")
@click.option("--institution", help="鉴定评价机构代码 code of the institution.")
@click.option("--plan", default="", help="评价计划名称 name of the assessment plan.")
@click.option("--on", type=DAY, help="评价日期 day of the assessment.")
@click.option("--place", default="", help="评价地点 where.")
@click.option("--occupation", default="", help="职业（工种）/等级 occupation and level.")
@click.option("--candidates", default="", help="人数 number of candidates.")
@click.option("--assessment", type=int, help="场次：为其人员各出一份 of an assessment: one for each of its people.")
@pass_context
def form(  # noqa: PLR0913, PLR0917 - one option a blank of the forms
    context: Context,
    name: str,
    out: Path,
    numbers: tuple[str, ...],
    institution: str | None,
    plan: str,
    on: date | None,
    place: str,
    occupation: str,
    candidates: str,
    assessment: int | None,
) -> None:
    """打印规程附表 Print a form of the rules, filled with what is known.

    督附1 督导情况反馈表，督附2、考附1 工作评议表，考附3 考场情况记录表（每名考评员一张）；A4，按实际大小打印。
    feedback form, review sheets, assessment record; A4, at actual size.
    """
    stated = (institution, plan, on, place, occupation, candidates)
    if assessment is not None and (numbers or any(stated)):
        raise click.UsageError("--assessment 已含其余各项 says all that the other options say")
    with opened(context) as register, whole_file(out) as file:
        if assessment is not None:
            count = draw_assessment_forms(register, assessment, FormName(name), file)
        else:
            cards = [card_number(number) for number in numbers]
            count = draw_forms(register, FormName(name), cards, Occasion(*stated), file)
    context.answer({"form": name, "forms": count, "file": str(out)})
    context.say(f"已写出 written: {out}（{name}，{count} 份 forms）")


COMMANDS: Final = (form,)
