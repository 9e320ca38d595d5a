"""``staffing``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from service import effects
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import refuse_existing, whole_file
from service.cli.params import OUT_FILE
from service.cli.register import opened
from service.domain.staffing import Staffed
from service.flows.people.staffing import staffing
from service.roster.table import write_table

_OUTCOMES: Final = {Staffed.MET: "达到 met", Staffed.SHORT: "不足 short", Staffed.UNKNOWN: "不明 unknown"}
_HEADINGS: Final = ("机构或部门 of", "条款 article", "现有 have", "应有 need", "结论 outcome", "说明 remarks")


@command("staffing")
@click.option("--institution", help="只看此机构 this institution only.")
@click.option("--authority", help="只看此备案部门及其机构 this filing authority and its institutions only.")
@click.option("--out", type=OUT_FILE, help="另存为 xlsx as a spreadsheet.")
@pass_context
def staffing_(context: Context, institution: str | None, authority: str | None, out: Path | None) -> None:
    """人员配备 Tell where people are short (督§5, 考§6).

    内督、考评人员、外督各有多少、应有多少 Internal supervisors, assessors and external ones: how many, of how many.
    """
    if out is not None:
        refuse_existing(out)
    with opened(context) as register:
        found = staffing(register, institution=institution, authority=authority)
    context.answer([one.as_json() for one in found])
    rows = [
        (one.subject, one.article, str(one.have), str(one.need), _OUTCOMES[one.outcome], f"{one.zh} {one.en}")
        for one in found
    ]
    context.table(_HEADINGS, rows, wide=(0, 5))
    if out is not None:
        with whole_file(out) as file:
            file.write(write_table("人员配备", _HEADINGS, rows, effects.real().now()))
        context.say(f"已写出 written: {out}")


COMMANDS: Final = (staffing_,)
