"""``assessment``: plan an assessment, check its people, call the roll, and record it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click
import msgspec
from rich.text import Text

from keys.keyring import KeyRecord
from service import effects
from service.cli.assessment_words import VERDICTS, moment_text, summary_of, tell_composition, tell_people, view_of
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import refuse_existing, whole_file
from service.cli.params import DAY, IN_FILE, INSTANT, OUT_FILE
from service.cli.register import opened
from service.domain.assessment import (
    ROLE_NAMES,
    NewPerson,
    Role,
    Verdict,
    parse_job,
    parse_person,
)
from service.domain.assessment.listed import PEOPLE_HEADINGS, parse_people
from service.flows.assessments.assessment_requests import (
    AssessmentRequest,
    CancelRequest,
    JobRequest,
    PlannedRequest,
    RecordRequest,
)
from service.flows.assessments.desk import calls_at_desk
from service.flows.assessments.papers import draw_record
from service.flows.assessments.planning import cancel_assessment, plan_assessment
from service.flows.assessments.records import assessment_of, make_record, signed_record, verify_record
from service.flows.assessments.roll_call import call_roll
from service.flows.assessments.view import list_assessments, read_assessment
from service.flows.errors import Refused
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.roster.errors import RosterError
from service.roster.reader import read_roster
from service.roster.table import write_table

_STANDARD_INPUT: Final = "-"


@click.group("assessment")
def assessment() -> None:
    """考评场次 Assessments: plan, check, roll-call, record."""


@command("people-template", assessment)
@click.argument("file", type=OUT_FILE)
@pass_context
def people_template(context: Context, file: Path) -> None:
    """写出空的人员表 Write an empty list of people, for --people."""
    refuse_existing(file)
    rows = [(names[0], *("" for _ in PEOPLE_HEADINGS[1:])) for names in ROLE_NAMES.values()]
    with whole_file(file) as out:
        out.write(write_table("人员", [one.zh for one in PEOPLE_HEADINGS], rows, effects.real().now()))
    context.answer({"file": str(file)})
    context.say(f"已写出 written: {file}")


@command("plan", assessment)
@click.option("--institution", required=True, help="机构代码 code of the institution.")
@click.option("--starts-at", required=True, type=INSTANT, help='开始时间 start, such as "2026-12-05 09:00".')
@click.option("--plan", required=True, help="评价计划名称 the assessment plan.")
@click.option("--place", required=True, help="评价地点 where.")
@click.option("--job", "jobs", multiple=True, required=True, help="职业/等级/内容 such as 铣工/3/theory,skill.")
@click.option("--person", "people", multiple=True, help="岗位=编号或姓名 such as assessor=26310020001.")
@click.option("--people", "people_file", type=IN_FILE, help="人员表 xlsx list of people.")
@click.option("--replaces", type=int, help="代替的场次 assessment that this one takes the place of.")
@pass_context
def plan(
    context: Context,
    /,
    *,
    jobs: tuple[str, ...],
    people: tuple[str, ...],
    people_file: Path | None,
    **options: object,
) -> None:
    """登记场次计划 Plan an assessment, and say whether its people are enough (考§6, 督§15).

    职业/等级/内容 可加 /machine（机考）、/candidates=30、/per-assessor=10、/per-invigilator=15。
    JOB/LEVEL/PARTS takes more: /machine for theory marked by one, and numbers of people.
    """
    listed = tuple(_listed(people_file)) if people_file is not None else ()
    who = [PlannedRequest.of(one) for one in (*map(parse_person, people), *listed)]
    with opened(context) as register:
        held = [JobRequest.of(parse_job(job, register.catalogue)) for job in jobs]
        request = read_request(AssessmentRequest, {**options, "jobs": held, "people": who})
        identity = plan_assessment(register, request, context.by())
        view = read_assessment(register, identity)
    context.answer({"assessment": identity, "plan_check": view.plan_check.as_json()})
    starts_at = moment_text(request.starts_at)
    context.say(f"已登记场次 {identity} planned：{view.place.name}，{starts_at}，{len(view.planned)} 人 people")
    tell_composition(context, view.plan_check)


@command("list", assessment)
@click.option("--institution", help="只列此机构 of this institution only.")
@click.option("--on", type=DAY, help="只列此日 on this day only.")
@pass_context
def list_(context: Context, institution: str | None, on: date | None) -> None:
    """列出场次 List assessments, the latest first."""
    with opened(context) as register:
        found = list_assessments(register, institution=institution, on=on)
    context.answer([summary_of(held) for held, _ in found])
    context.table(
        ("场次 id", "开始 starts", "机构 institution", "评价计划 plan", "地点 place", "备注 remarks"),
        [
            (
                str(held.id),
                moment_text(held.assessment.starts_at),
                place.name,
                held.plan,
                held.place,
                held.cancel_reason or "",
            )
            for held, place in found
        ],
        wide=(2, 3, 4, 5),
    )


@command("check", assessment)
@click.argument("assessment_id", metavar="ID", type=int)
@pass_context
def check(context: Context, assessment_id: int) -> None:
    """核对计划 Check a plan: who is to be there, and is that enough (考§6, 督§13)."""
    with opened(context) as register:
        view = read_assessment(register, assessment_id)
    context.answer(view_of(view))
    tell_people(context, view.planned)
    tell_composition(context, view.plan_check)


@command("roll-call", assessment)
@click.argument("assessment_id", metavar="ID", type=int)
@click.argument("who", nargs=-1)
@click.option(
    "--as", "role", type=click.Choice([role.value for role in Role]), help="计划外人员的岗位 of who is unplanned."
)
@click.option("--at", type=INSTANT, help="到场时间 when they came (default: now).")
@pass_context
def roll_call(
    context: Context, assessment_id: int, who: tuple[str, ...], role: str | None, at: datetime | None
) -> None:
    """点名 Call the roll, or tell who has come (督附1).

    WHO 为二维码文本、证卡编号或计划中的姓名，可多个；“-”从标准输入每行读一个，可接扫码枪。
    WHO are texts of QR codes, card numbers, or names of the plan; with "-" one a line, as from a hand-held scanner.
    """
    with opened(context) as register:
        view = read_assessment(register, assessment_id)
        texts = sys.stdin if who == (_STANDARD_INPUT,) else who
        moment = at or register.effects.now()
        calls = calls_at_desk(register, view, texts, role=None if role is None else Role(role), at=moment)
        if calls:
            view = call_roll(register, assessment_id, calls, context.by())
    context.answer(view_of(view))
    tell_people(context, view.called)
    tell_composition(context, view.roll_call)


@command("cancel", assessment)
@click.argument("assessment_id", metavar="ID", type=int)
@click.option("--reason", required=True, help="原因 why it is not held.")
@pass_context
def cancel(context: Context, /, assessment_id: int, **options: object) -> None:
    """取消场次 Note that an assessment is not held."""
    with opened(context) as register:
        held = cancel_assessment(register, assessment_id, read_request(CancelRequest, options), context.by())
    context.answer(summary_of(held))
    context.say(f"已取消场次 {assessment_id} cancelled")


@command("record", assessment)
@click.argument("assessment_id", metavar="ID", type=int)
@click.option("--by", "made_by", help="记录人：现在作记录 who answers for it: makes a record now.")
@click.option("--out", type=OUT_FILE, help="签名的记录 the signed record, JSON.")
@click.option("--pdf", type=OUT_FILE, help="打印用 the record to print.")
@pass_context
def record(context: Context, assessment_id: int, made_by: str | None, out: Path | None, pdf: Path | None) -> None:
    """点名记录 Record a roll-call, signed and dated (督附1).

    有 --by 则新作一份，否则取最新的一份。 With --by a new one is made; else the newest is given.
    """
    for file in (out, pdf):
        if file is not None:
            refuse_existing(file)
    with opened(context) as register:
        made = None
        if made_by is not None:
            request = read_request(RecordRequest, {"made_by": made_by})
            made = make_record(register, assessment_id, request, context.by())
        given = signed_record(register, assessment_id, made)
        if out is not None:
            with whole_file(out) as json_file:
                json_file.write(msgspec.json.encode(given))
        if pdf is not None:
            with whole_file(pdf) as pdf_file:
                draw_record(register, assessment_id, made, pdf_file)
    context.answer(
        {"assessment": assessment_id, "seq": given.proof.seq, "verdict": given.record["roll_call"]["verdict"]}
    )
    context.say(f"点名记录 record：日志第 {given.proof.seq} 条 journal entry，{given.record['made_at']}")
    for written in (out, pdf):
        if written is not None:
            context.say(f"已写出 written: {written}")


@command("verify", assessment)
@click.argument("file", type=IN_FILE)
@pass_context
def verify(context: Context, file: Path) -> None:
    """核对点名记录文件 Check a signed record against the published keys."""
    with opened(context) as register:
        found = verify_record(file.read_bytes(), _keys(register))
    told, held = found.record, assessment_of(found.record)
    context.answer({"seq": found.seq, "recorded_at": found.recorded_at.isoformat(), "record": told})
    context.say(
        f"记录无误 the record holds：{held['institution_name']}，{moment_text(held['starts_at'])}，"
        f"记入日志 entered {moment_text(found.recorded_at)}"
    )
    words, style = VERDICTS[Verdict(told["roll_call"]["verdict"])]
    context.say(Text(words, style))


COMMANDS: Final = (assessment,)


def _listed(file: Path) -> Sequence[NewPerson]:
    try:
        sheet = read_roster(file.read_bytes(), PEOPLE_HEADINGS)
    except RosterError as error:
        raise Refused(error.code, f"{file}：{error.zh}", f"{file}: {error.en}") from error
    return parse_people(sheet.open_rows)


def _keys(register: Register) -> tuple[KeyRecord, ...]:
    return register.trusted_keys().document.keys
