"""The composition of an assessment, against the written cases and by the articles."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.assessment import (
    Assessment,
    Attendee,
    Declared,
    Job,
    Outcome,
    Part,
    Role,
    Stage,
    Verdict,
    compose,
    parse_job,
)
from service.domain.assessment.listed import parse_people, rows_of_lines
from service.domain.kinds import SkillLevel
from service.domain.occupation import Catalogue
from service.domain.verdict_words import Word
from tests.vectors.assessment_vectors import (
    LATE,
    MILLING,
    ON_THE_DOT,
    REVIEW,
    SKILLS,
    THEORY,
    assessor,
    enough,
    external,
    head,
    held,
    internal,
    leads,
    other,
    read,
    senior,
    shown,
)

CASES: list[Any] = json.loads((Path(__file__).parents[1] / "vectors" / "assessments.json").read_text("utf-8"))["cases"]


def outcome_of(
    rule: str, assessment: Assessment, people: list[Attendee], stage: Stage = Stage.ROLL_CALL
) -> Outcome | None:
    """Return the worst that a rule says."""
    worst_last = (Outcome.MET, Outcome.WARNING, Outcome.UNKNOWN, Outcome.SHORT)
    found = [one.outcome for one in compose(assessment, people, stage).rulings if one.rule == rule]
    return max(found, key=worst_last.index, default=None)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_written_case_has_its_verdict_and_its_sentences(case: Any) -> None:  # noqa: ANN401 - JSON
    told = compose(*read(case)).as_json()
    assert told == {"verdict": case["verdict"], "rulings": case["rulings"]}
    assert {one["rule"]: one["outcome"] for one in case["rulings"] if one["outcome"] != "met"} == case["not_met"]


def test_there_are_more_than_forty_written_cases_of_all_verdicts_and_outcomes() -> None:
    assert len(CASES) > 40
    assert {case["verdict"] for case in CASES} == set(Verdict)
    assert {one["outcome"] for case in CASES for one in case["rulings"]} == set(Outcome)


def test_three_assessors_for_each_job_type_and_level() -> None:
    """考§6."""
    people = enough()
    assert outcome_of("skill-assessors", held(), people) is Outcome.MET
    for gone in people[:3]:
        rest = [one for one in people if one is not gone]
        assert outcome_of("skill-assessors", held(), rest) is Outcome.SHORT


@pytest.mark.parametrize("level", [SkillLevel.TWO, SkillLevel.ONE])
def test_three_seniors_review_technicians_and_one_of_them_leads(level: SkillLevel) -> None:
    """考§14(4)."""
    assessment = held(replace(REVIEW, level=level))
    group = [leads(senior(1)), senior(2), senior(3)]
    assert outcome_of("review-group", assessment, group) is Outcome.MET
    assert outcome_of("review-leader", assessment, group) is Outcome.MET
    assert outcome_of("review-group", assessment, [*group[:2], assessor(3)]) is Outcome.SHORT
    assert outcome_of("review-leader", assessment, [senior(1), *group[1:], leads(assessor(4))]) is Outcome.SHORT


def test_two_assessors_mark_theory_papers_unless_a_machine_does() -> None:
    """考§14(5)."""
    assert outcome_of("theory-markers", held(THEORY), [assessor(1), assessor(2)]) is Outcome.MET
    assert outcome_of("theory-markers", held(THEORY), [assessor(1)]) is Outcome.SHORT
    assert outcome_of("theory-markers", held(replace(THEORY, machine_marked=True)), []) is None


def test_papers_are_marked_within_the_reach_of_the_grade() -> None:
    """考§3, 考§13(1): a special-skill assessor marks nothing of level 1, a standard one nothing above level 3."""
    for grade, level in (("3", SkillLevel.ONE), ("3", SkillLevel.FIVE), ("2", SkillLevel.TWO)):
        job = replace(THEORY, level=level)
        people = [assessor(1, grade=grade), assessor(2, grade=grade)]
        assert outcome_of("theory-markers", held(job), people) is Outcome.SHORT


def test_one_leads_and_not_two() -> None:
    """考§15, 考§14(4)."""
    assert outcome_of("leader", held(), [assessor(1)]) is Outcome.SHORT
    assert outcome_of("leader", held(), [leads(assessor(1))]) is Outcome.MET
    assert outcome_of("leader", held(), [leads(assessor(1)), leads(assessor(2))]) is Outcome.SHORT
    (told,) = (
        one
        for one in compose(held(), [leads(assessor(1)), leads(assessor(2))], Stage.ROLL_CALL).rulings
        if one.rule == "leader"
    )
    assert told.people == ("考评1", "考评2")
    assert "现有 2 名：考评1、考评2" in told.zh


@pytest.mark.parametrize(("first", "second"), list(permutations([role for role in Role if role.post is role], 2)))
def test_nobody_has_two_posts_by_person_and_not_by_card(first: Role, second: Role) -> None:
    """督§13, 考§15."""
    made = {
        Role.ASSESSOR: assessor(1),
        Role.INTERNAL: internal(),
        Role.EXTERNAL: external(),
        Role.ON_SITE_HEAD: head(),
        Role.INVIGILATOR: other(Role.INVIGILATOR, "p1", "甲"),
        Role.STAFF: other(Role.STAFF, "p1", "甲"),
    }
    one, same = (replace(made[role], person="p1") for role in (first, second))
    assert outcome_of("one-post-each", held(), [one, same]) is Outcome.SHORT
    assert outcome_of("one-post-each", held(), [one, replace(same, person="p2", name="乙")]) is None


def test_the_leader_is_one_of_the_assessors() -> None:
    """考§15."""
    assert outcome_of("one-post-each", held(), [leads(assessor(1)), assessor(1)]) is None


def test_the_third_visit_running_is_refused_and_one_supervisor_alone_warned_of() -> None:
    """督§15."""
    assert outcome_of("third-visit-running", held(), [external(running=2)]) is None
    assert outcome_of("third-visit-running", held(), [external(running=3)]) is Outcome.SHORT
    assert outcome_of("externals-together", held(), [external()]) is Outcome.WARNING
    assert outcome_of("externals-together", held(), [internal()]) is None


def test_internal_cards_count_at_their_issuer_only() -> None:
    """督§9."""
    assert outcome_of("internal-elsewhere", held(), [internal()]) is None
    assert outcome_of("internal-elsewhere", held(), [internal(issuer="500777")]) is Outcome.SHORT


def test_people_are_those_of_the_plan() -> None:
    """督附1(3)."""
    planned, extra = assessor(1), assessor(2, is_planned=False)
    assert outcome_of("as-planned", held(), [planned]) is Outcome.MET
    assert outcome_of("as-planned", held(), [replace(planned, came_at=None)]) is Outcome.SHORT
    assert outcome_of("as-planned", held(), [planned, extra]) is Outcome.SHORT
    assert outcome_of("as-planned", held(), [replace(planned, role=Role.LEADER)]) is Outcome.MET


def test_whoever_came_instead_in_another_role_is_not_as_planned() -> None:
    planned = assessor(1, came_at=None)
    came = replace(assessor(1, is_planned=False), role=Role.LEADER)
    assert outcome_of("as-planned", held(), [planned, came]) is Outcome.SHORT


@pytest.mark.parametrize("word", [word for word in Word if word is not Word.VALID])
def test_no_card_but_a_valid_one_makes_an_assessment_complete(word: Word) -> None:
    """考§14(1), 督§12(1)."""
    people = [leads(assessor(1)), assessor(2), shown(assessor(3), verdict=word), head(), internal()]
    told = compose(held(), people, Stage.ROLL_CALL).verdict
    assert told is (Verdict.UNKNOWN if word in {Word.STATUS_UNKNOWN, Word.UNKNOWN_KEY} else Verdict.SHORT)


def test_the_order_of_people_changes_no_verdict() -> None:
    for case in CASES:
        assessment, people, stage = read(case)
        Random(len(people)).shuffle(people)
        told = compose(assessment, people, stage)
        assert told.verdict.value == case["verdict"], case["name"]
        assert sorted((one.rule, one.outcome.value) for one in told.rulings) == sorted(
            (one["rule"], one["outcome"]) for one in case["rulings"]
        ), case["name"]


def test_a_good_card_more_never_makes_a_job_short() -> None:
    for job in (SKILLS, THEORY, REVIEW):
        people = [leads(senior(1)), senior(2), senior(3), head(), internal()]
        for _ in range(3):
            assert compose(held(job), people, Stage.ROLL_CALL).verdict is Verdict.COMPLETE
            people.append(senior(len(people) + 10))


def test_an_internal_supervisor_of_the_institution_is_there_half_an_hour_before() -> None:
    """督附1(1), 督附1(7)."""
    assert outcome_of("internal-supervisor", held(), [internal()]) is Outcome.MET
    assert outcome_of("internal-supervisor", held(), []) is Outcome.SHORT
    assert outcome_of("internal-in-time", held(), [internal(came_at=ON_THE_DOT)]) is Outcome.MET
    assert outcome_of("internal-in-time", held(), [internal(came_at=LATE)]) is Outcome.SHORT


def test_each_late_internal_supervisor_is_named() -> None:
    """督附1(1)."""
    people = [internal(), internal(52, came_at=LATE)]
    (told,) = (one for one in compose(held(), people, Stage.ROLL_CALL).rulings if one.rule == "internal-in-time")
    assert (told.outcome, told.people) == (Outcome.SHORT, ("内督52",))
    assert "迟到：内督52（08:31）" in told.zh


def test_an_external_supervisor_engaged_as_internal_one_counts_with_the_external_card() -> None:
    """督§14, 督附1: by a 责任书 on record; without one it is to be looked at."""
    engaged = replace(external(), role=Role.INTERNAL)
    assert outcome_of("internal-supervisor", held(), [engaged]) is Outcome.MET
    assert outcome_of("engaged-as-internal", held(), [engaged]) is Outcome.MET
    unknown = replace(engaged, is_on_record=False)
    assert outcome_of("internal-supervisor", held(), [unknown]) is Outcome.UNKNOWN
    assert outcome_of("engaged-as-internal", held(), [unknown]) is Outcome.UNKNOWN


def test_somebody_is_in_charge_at_the_site() -> None:
    """督附1(3)."""
    assert outcome_of("on-site-head", held(), [head()]) is Outcome.MET
    assert outcome_of("on-site-head", held(), [internal()]) is Outcome.SHORT


def test_who_declares_ties_stands_aside_and_who_declares_nothing_is_named() -> None:
    """督§12(4), 考§14(8)."""
    assert outcome_of("declared-ties", held(), [assessor(1, declared=Declared.TIES)]) is Outcome.SHORT
    assert outcome_of("no-declaration", held(), [assessor(1, declared=None)]) is Outcome.WARNING
    assert outcome_of("no-declaration", held(), [head()]) is None


def test_no_contract_and_no_dispatch_on_record_leave_it_open() -> None:
    """考§4, 考§16, 督§3."""
    assert outcome_of("engaged", held(), [assessor(1, is_on_record=False)]) is Outcome.UNKNOWN
    assert outcome_of("dispatched", held(), [external(is_on_record=False)]) is Outcome.UNKNOWN


def test_a_card_for_none_of_the_jobs_is_out_of_place() -> None:
    """考§3."""
    special = held(replace(SKILLS, level=SkillLevel.TWO))
    assert outcome_of("assessor-scope", special, [assessor(1)]) is Outcome.SHORT
    assert outcome_of("assessor-scope", special, [senior(1)]) is None


def test_ratios_of_the_national_standards_are_warned_of() -> None:
    """督附1(3)."""
    many = held(replace(SKILLS, candidates=31, per_assessor=10, per_invigilator=40))
    people = [assessor(1), assessor(2), assessor(3)]
    assert outcome_of("assessor-ratio", many, people) is Outcome.WARNING
    assert outcome_of("assessor-ratio", many, [*people, assessor(4)]) is None
    assert outcome_of("invigilator-ratio", many, people) is Outcome.WARNING


@given(
    st.sampled_from(list(SkillLevel)),
    st.sets(st.sampled_from(list(Part)), min_size=1),
    st.booleans(),
    st.tuples(*[st.none() | st.integers(1, 9999)] * 3),
)
def test_a_job_is_read_back_from_its_text_and_its_json(
    level: SkillLevel,
    parts: set[Part],
    machine: bool,  # noqa: FBT001 - hypothesis gives it by place
    counts: tuple[int | None, int | None, int | None],
) -> None:
    candidates, per_assessor, per_invigilator = counts
    job = Job(
        occupation=MILLING,
        level=level,
        parts=frozenset(parts),
        machine_marked=machine,
        candidates=candidates,
        per_assessor=per_assessor,
        per_invigilator=per_invigilator,
    )
    assert parse_job(job.as_text(), Catalogue({"6-18-01-02": "铣工"})) == job
    assert Job.of_json(job.as_json()) == job


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("考评组长 26310020001", (Role.LEADER, "26310020001", "", None)),
        ("内督\u3000s500123260001", (Role.INTERNAL, "S500123260001", "", None)),
        ("现场负责人 买买提江·阿不都拉", (Role.ON_SITE_HEAD, None, "买买提江·阿不都拉", None)),
        ("staff\t\t张三\t\t无", (Role.STAFF, None, "张三", Declared.CLEAR)),
        ("assessor,26310020001,,,有", (Role.ASSESSOR, "26310020001", "", Declared.TIES)),
        ("考评人员，２６３１００２０００１", (Role.ASSESSOR, "26310020001", "", None)),
    ],
)
def test_people_are_read_from_lines(line: str, expected: tuple[Role, str | None, str, Declared | None]) -> None:
    (one,) = parse_people(rows_of_lines(f"\n{line}\n\n"))
    assert (one.role, one.number, one.name, one.declared) == expected
