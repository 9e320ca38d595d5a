"""``institution``: what is filed of the evaluation institutions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.params import DAY
from service.cli.register import opened
from service.domain.fitness import LEVEL_NAMES
from service.domain.issuer import Institution
from service.domain.kinds import SkillLevel
from service.flows.people.filing_requests import ClosingRequest, FilingRequest, InstitutionEdit, InstitutionRequest
from service.flows.people.institutions import (
    FiledInstitution,
    close_institution,
    edit_institution,
    enter_institution,
    file_jobs,
    find_institution,
    list_filed,
    reopen_institution,
)
from service.flows.requests.reading import read_request

Command = TypeVar("Command", bound=Callable[..., object])

_LETTER: Final = click.Choice(["H", "Y", "S"], case_sensitive=False)


def _facts(function: Command) -> Command:
    """Add the options of what an institution's record holds beside code, letter and name."""
    for option in (
        click.option("--area", help="地域范围 where it may assess."),
        click.option(
            "--printing-unit", help="印制单位，印在其内督证卡反面 on the back of its own cards (default: its name)."
        ),
        click.option("--authority", help="备案地人社部门 filing authority, one of the list."),
    ):
        function = option(function)
    return function


def _dated(*, reason: bool) -> Callable[[Command], Command]:
    """Add the options of a change: its day and its reason."""

    def add(function: Command) -> Command:
        told = "事由 why." if reason else "事由，变更已备案的须写明 why, where it is filed already."
        stated = click.option("--reason", required=True, help=told) if reason else click.option("--reason", help=told)
        for option in (
            click.option("--on", type=DAY, help="日期，不晚于今天 the day, today at the latest (default: today)."),
            stated,
        ):
            function = option(function)
        return function

    return add


@click.group("institution")
def institution() -> None:
    """鉴定评价机构 Evaluation institutions."""


@command("add", institution)
@click.argument("code")
@click.argument("letter", type=_LETTER)
@click.argument("name")
@_facts
@pass_context
def add(context: Context, /, **stated: object) -> None:
    """登记机构 Enter an institution: 6-digit CODE, LETTER, NAME.

    LETTER：H 行业部门，Y 用人单位，S 社会培训评价组织 industry body, employer, training organisation (督附3 表4).
    """
    request = read_request(InstitutionRequest, stated)
    with opened(context) as register:
        new = enter_institution(register, request, context.actor)
    context.answer(_as_json(FiledInstitution(new, {})))
    context.say(f"已登记 entered: {new.code} {new.letter} {new.name}")


@command("list", institution)
@click.argument("code", required=False)
@pass_context
def list_(context: Context, code: str | None) -> None:
    """列出机构 List institutions, or show one with what has changed: its CODE."""
    with opened(context) as register:
        found = list_filed(register) if code is None else (find_institution(register, code),)
    context.answer([_as_json(one) for one in found])
    context.table(
        ("代码 code", "类别 letter", "名称 name", "备案部门 authority", "备案范围 filed", "关闭 closed"),
        [
            (
                one.record.code,
                one.record.letter,
                one.record.name,
                one.record.authority or "",
                _jobs(one),
                f"{one.record.closed_on or ''}",
            )
            for one in found
        ],
        wide=(2, 3, 4),
    )
    changes = [change for one in found for change in one.changes]
    if changes:
        context.table(
            ("日期 on", "事项 fact", "现为 now", "事由 reason"),
            [(f"{one.on}", one.fact.zh, one.value or "", one.reason) for one in changes],
            wide=(2, 3),
        )


@command("edit", institution)
@click.argument("code")
@click.option("--name", help="机构名称 its name.")
@click.option("--letter", type=_LETTER, help="类别字母，发过内督证卡后不能改 not once it has issued cards.")
@_facts
@click.option(
    "--clear",
    multiple=True,
    type=click.Choice(["authority", "printing_unit", "area"]),
    help="不再有的项目 what there is no longer.",
)
@_dated(reason=True)
@pass_context
def edit(context: Context, /, code: str, **stated: object) -> None:
    """变更机构登记 Change what is filed of an institution; its cards keep what was printed (督附3, 督附5)."""
    request = read_request(InstitutionEdit, stated)
    with opened(context) as register:
        after = edit_institution(register, code, request, context.actor)
        found = find_institution(register, code)
    context.answer(_as_json(found))
    context.say(f"已变更 changed: {after.code} {after.letter} {after.name}")


@command("close", institution)
@click.argument("code")
@_dated(reason=True)
@pass_context
def close(context: Context, /, code: str, **stated: object) -> None:
    """关闭机构 Close an institution: it issues no cards and plans no assessments; its cards stay as they are."""
    request = read_request(ClosingRequest, stated)
    with opened(context) as register:
        closed = close_institution(register, code, request, context.actor)
    context.answer(_as_json(FiledInstitution(closed, {})))
    context.say(f"已关闭 closed: {closed.code} {closed.name}，{closed.closed_on} 起 from then on")


@command("reopen", institution)
@click.argument("code")
@_dated(reason=True)
@pass_context
def reopen(context: Context, /, code: str, **stated: object) -> None:
    """重新开放机构 Reopen an institution that was closed."""
    request = read_request(ClosingRequest, stated)
    with opened(context) as register:
        reopened = reopen_institution(register, code, request, context.actor)
    context.answer(_as_json(FiledInstitution(reopened, {})))
    context.say(f"已重新开放 reopened: {reopened.code} {reopened.name}")


@command("file", institution)
@click.argument("code")
@click.option("--job", "jobs", multiple=True, required=True, help="职业（工种），可重复 job type, again for each.")
@click.option(
    "--level", "levels", multiple=True, help="等级，可重复；不填则撤销 level, again for each; none: withdrawn."
)
@_dated(reason=False)
@pass_context
def file(context: Context, /, code: str, levels: tuple[str, ...], **stated: object) -> None:
    """备案职业（工种）和等级 File job types and levels (督§12(1)2, 考§6)."""
    several = [one for level in levels for one in level.replace("，", ",").split(",")]
    request = read_request(FilingRequest, {**stated, "levels": several})
    with opened(context) as register:
        found = file_jobs(register, code, request, context.actor)
    context.answer(_as_json(found))
    context.say(f"{code} 的备案范围 what is filed: {_jobs(found)}")


COMMANDS: Final = (institution,)


def _jobs(one: FiledInstitution) -> str:
    return "；".join(
        f"{name} {'、'.join(LEVEL_NAMES[level][0] for level in SkillLevel if level in levels)}"
        for name, levels in one.jobs.items()
    )


def _as_json(one: FiledInstitution) -> dict[str, object]:
    record: Institution = one.record
    return {
        "code": record.code,
        "letter": record.letter,
        "name": record.name,
        "authority": record.authority,
        "printing_unit": record.printing_unit,
        "area": record.area,
        "closed_on": None if record.closed_on is None else record.closed_on.isoformat(),
        "jobs": [
            {"occupation": name, "levels": [level.value for level in SkillLevel if level in levels]}
            for name, levels in one.jobs.items()
        ],
        "changes": [
            {"fact": change.fact.value, "value": change.value, "on": change.on.isoformat(), "reason": change.reason}
            for change in one.changes
        ],
    }
