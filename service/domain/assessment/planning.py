"""An assessment as it is planned: what is to be assessed, and who is to be there in which role; all faults at once.

督§13, 督附1; 考§14, 考§15.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from service.domain.assessment.model import ROLE_NAMES, Assessment, Declared, Job, Part, Role
from service.domain.card_number import CardNumber
from service.domain.errors import DomainError
from service.domain.fitness import LEVEL_NAMES
from service.domain.kinds import SkillLevel
from service.domain.occupation import Catalogue, parse_occupation
from service.domain.people import ResidentId
from service.domain.problem import Problem
from service.domain.regulation import REVIEWED_LEVELS, UNRULED_LEVELS
from service.domain.tidy import is_name, name_key, number_typed, tidy, tidy_name
from service.domain.visible import invisible_character

MAX_TEXT: Final = 120  # characters, of a plan's name and of a place
MAX_JOBS: Final = 20
MAX_PEOPLE: Final = 200
MAX_CANDIDATES: Final = 9_999
_LEVELS: Final = {
    **{level.value: level for level in SkillLevel},
    "专项": SkillLevel.SPECIAL,
    "五级": SkillLevel.FIVE,
    "四级": SkillLevel.FOUR,
    "三级": SkillLevel.THREE,
    "二级": SkillLevel.TWO,
    "一级": SkillLevel.ONE,
    "特级": SkillLevel.TE,
    "首席": SkillLevel.SHOUXI,
}
_PARTS: Final = {
    **{part.value: part for part in Part},
    "理论": Part.THEORY,
    "技能": Part.SKILL,
    "综合评审": Part.REVIEW,
}
_COUNT: Final = re.compile("(?P<what>candidates|per-assessor|per-invigilator)=(?P<count>[1-9][0-9]{0,3})", re.ASCII)
_MACHINE: Final = frozenset({"machine", "机考"})


class AssessmentRefused(DomainError):
    """An assessment, or somebody's coming to one, cannot be entered as stated.

    Codes: assessment-plan (with all ``problems``), assessment-job, assessment-person, assessment-day,
    assessment-future, assessment-cancelled.
    """

    default_code = "assessment-plan"

    def __init__(self, zh: str, en: str, *, code: str | None = None, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(zh, en, code=code)
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody in a role: by card number, or by name where the role asks for no card.

    The identity number of who has no card tells namesakes apart (督§13).
    """

    role: Role
    number: CardNumber | None = None
    name: str = ""
    resident_id: ResidentId | None = None
    declared: Declared | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssessment:
    """An assessment to be entered. ``plan`` names the assessment plan (评价计划), ``place`` is where it is held."""

    assessment: Assessment
    plan: str
    place: str
    people: tuple[NewPerson, ...]


def check_plan(new: NewAssessment, today: date) -> None:
    """Refuse a plan that cannot be one; whether its people are enough is for ``compose``. Raises AssessmentRefused."""
    problems = tuple(_problems(new, today))
    if problems:
        raise plan_refused(problems)


def plan_refused(problems: tuple[Problem, ...]) -> AssessmentRefused:
    """Return everything that speaks against a plan."""
    return AssessmentRefused(
        "；".join(one.zh for one in problems), "; ".join(one.en for one in problems), problems=problems
    )


def parse_job(text: str, catalogue: Catalogue) -> Job:
    """Read a job as people type it: ``铣工/3/theory,skill/machine/candidates=30``.

    Job type, level and parts, then, as far as stated: ``machine`` for theory that no person marks, ``candidates=N``,
    ``per-assessor=N``, ``per-invigilator=N``. Raises AssessmentRefused and OccupationInvalid.
    """
    occupation, level, parts, *more = (part.strip() for part in (*text.split("/"), "", ""))
    more = [part for part in more if part]
    named = [_PARTS.get(part.strip()) for part in re.split("[,，、]", parts)]
    counts = [_COUNT.fullmatch(part) for part in more if part not in _MACHINE]
    if level not in _LEVELS or None in named or None in counts:
        raise AssessmentRefused(
            f"考评项目“{text}”应写作 职业/等级/内容，如 铣工/3/theory,skill/candidates=30；"
            f"等级为 {'、'.join(SkillLevel)}，内容为 {'、'.join(Part)}",
            "a job is written JOB/LEVEL/PARTS, such as 铣工/3/theory,skill/candidates=30; "
            f"levels: {', '.join(SkillLevel)}; parts: {', '.join(Part)}; got {text!r}",
            code="assessment-job",
        )
    given = {found["what"]: int(found["count"]) for found in counts if found is not None}
    return Job(
        occupation=parse_occupation(occupation, catalogue),
        level=_LEVELS[level],
        parts=frozenset(part for part in named if part is not None),
        machine_marked=not _MACHINE.isdisjoint(more),
        candidates=given.get("candidates"),
        per_assessor=given.get("per-assessor"),
        per_invigilator=given.get("per-invigilator"),
    )


def parse_person(text: str) -> NewPerson:
    """Read somebody as people type it: ``assessor=26310020001``, ``考务人员=张三``. Raises AssessmentRefused."""
    role_text, _, who = (part.strip() for part in text.partition("="))
    return person_of(role_text, who, "", None, "")


def person_of(role_text: str, number_or_name: str, name: str, resident_id: str | None, declared: str) -> NewPerson:
    """Read somebody from texts: role, number or name, name, identity number, declaration. Raises AssessmentRefused."""
    role = _ROLES.get(tidy(role_text))
    if role is None:
        raise AssessmentRefused(
            f"岗位“{role_text}”应为 {'、'.join(names[0] for names in ROLE_NAMES.values())} 之一",
            f"{role_text!r} is no role: expected one of {', '.join(Role)}",
            code="assessment-person",
        )
    said = _DECLARED.get(tidy(declared))
    if said is None and tidy(declared):
        raise AssessmentRefused(
            f"回避声明“{declared}”应为 无 或 有",
            f"a declaration is clear or ties, got {declared!r}",
            code="assessment-person",
        )
    who = number_typed(number_or_name).upper()
    return NewPerson(
        role=role,
        number=CardNumber(who) if _looks_like_number(who) else None,
        name=tidy_name(name or ("" if _looks_like_number(who) else number_or_name)),
        resident_id=None if not resident_id else ResidentId.parse(resident_id),
        declared=said,
    )


_ROLES: Final = {
    **{role.value: role for role in Role},
    **{role.value.replace("_", "-"): role for role in Role},
    **{names[0]: role for role, names in ROLE_NAMES.items()},
    "组长": Role.LEADER,
    "考评员": Role.ASSESSOR,
    "监考": Role.INVIGILATOR,
    "考务": Role.STAFF,
    "内部质量督导员": Role.INTERNAL,
    "外部质量督导员": Role.EXTERNAL,
}
_DECLARED: Final = {"无": Declared.CLEAR, "有": Declared.TIES, "clear": Declared.CLEAR, "ties": Declared.TIES}


def _looks_like_number(text: str) -> bool:
    return sum(character.isdigit() for character in text) > 3


def _problems(new: NewAssessment, today: date) -> Iterator[Problem]:
    assessment = new.assessment
    if assessment.on < today:
        yield Problem(
            "assessment-past",
            "starts_at",
            "",
            f"场次日期 {assessment.on} 已过，请核对",
            f"the assessment's day, {assessment.on}, is over: check the date",
        )
    for field, text, zh in (("plan", new.plan, "评价计划名称"), ("place", new.place, "评价地点")):
        if not tidy(text) or len(text) > MAX_TEXT or invisible_character(text):
            yield Problem(
                "assessment-text",
                field,
                "督附1",
                f"{zh}应为 1—{MAX_TEXT} 字，不含控制字符",
                f"{field} has 1-{MAX_TEXT} characters, none of them invisible",
            )
    yield from _job_problems(assessment.jobs)
    if len(new.people) > MAX_PEOPLE:
        yield Problem(
            "assessment-people",
            "people",
            "",
            f"一个场次最多 {MAX_PEOPLE} 人，收到 {len(new.people)} 人",
            f"an assessment has {MAX_PEOPLE} people at most, got {len(new.people)}",
        )
    for place, one in enumerate(new.people, start=1):
        yield from _person_problems(place, one)
    yield from _doubled_people(new.people)


def _job_problems(jobs: tuple[Job, ...]) -> Iterator[Problem]:
    if not 1 <= len(jobs) <= MAX_JOBS:
        yield Problem(
            "assessment-jobs",
            "jobs",
            "督附1",
            f"考评项目应为 1—{MAX_JOBS} 个，收到 {len(jobs)} 个",
            f"an assessment has 1-{MAX_JOBS} jobs, got {len(jobs)}",
        )
    seen: set[tuple[str, SkillLevel]] = set()
    for job in jobs:
        zh, en = (
            f"“{job.occupation.name}”{LEVEL_NAMES[job.level][0]}",
            f"{job.occupation.name}, {LEVEL_NAMES[job.level][1]}",
        )
        if (job.occupation.name, job.level) in seen:
            yield Problem(
                "assessment-job-doubled", "jobs", "", f"{zh}重复，请合为一项", f"{en} stands there twice: make them one"
            )
        seen.add((job.occupation.name, job.level))
        if not job.parts:
            yield Problem(
                "assessment-job-parts", "jobs", "考§11", f"{zh}：没有考评内容", f"{en}: nothing of it is assessed"
            )
        if Part.REVIEW in job.parts and job.level not in REVIEWED_LEVELS | UNRULED_LEVELS:
            yield Problem(
                "assessment-review-level",
                "jobs",
                "考§14(4)",
                f"{zh}：综合评审只对技师、高级技师进行（考§14(4)）",
                f"{en}: reviews are for technicians and senior technicians (考§14(4))",
            )
        if job.machine_marked and Part.THEORY not in job.parts:
            yield Problem(
                "assessment-machine",
                "jobs",
                "考§14(5)",
                f"{zh}：没有理论考试，不能注明机考（考§14(5)）",
                f"{en}: without theory there is nothing for a machine to mark (考§14(5))",
            )
        counts = (job.candidates, job.per_assessor, job.per_invigilator)
        if any(count is not None and not 1 <= count <= MAX_CANDIDATES for count in counts):
            yield Problem(
                "assessment-count",
                "jobs",
                "督附1",
                f"{zh}：人数应为 1—{MAX_CANDIDATES}",
                f"{en}: a number of people is 1-{MAX_CANDIDATES}",
            )


def _person_problems(place: int, one: NewPerson) -> Iterator[Problem]:
    if one.role.kinds and one.number is None:
        yield Problem(
            "assessment-number",
            "people",
            "考§14(1)" if one.role.post is Role.ASSESSOR else "督§12(1)",
            f"第 {place} 人（{one.role.zh}）：应填证卡编号",
            f"person {place} ({one.role.en}): the card number is needed",
        )
    elif one.number is None and (not one.name or not is_name(one.name) or len(one.name) > MAX_TEXT):
        yield Problem(
            "assessment-name",
            "people",
            "督附1",
            f"第 {place} 人（{one.role.zh}）：应填姓名或证卡编号",
            f"person {place} ({one.role.en}): the name, or a card number, is needed",
        )


def _doubled_people(people: tuple[NewPerson, ...]) -> Iterator[Problem]:
    seen: set[tuple[Role, str]] = set()
    for place, one in enumerate(people, start=1):
        who = (one.role, str(one.number or one.resident_id or name_key(one.name)))
        if who[1] and who in seen:
            shown = one.number or one.name
            yield Problem(
                "assessment-person-doubled",
                "people",
                "",
                f"第 {place} 人（{one.role.zh} {shown}）重复",
                f"person {place} ({one.role.en} {shown}) stands there twice",
            )
        seen.add(who)
