"""Assessments (场次): who is to be there, and whether that is enough. 督§13, §15; 考§6, §14, §15."""

from service.domain.assessment.attendee import Attendee, ShownCard, Standing
from service.domain.assessment.compose import RULES, compose
from service.domain.assessment.model import ROLE_NAMES, Assessment, Declared, Job, Part, Role, Stage
from service.domain.assessment.planning import (
    AssessmentRefused,
    NewAssessment,
    NewPerson,
    check_plan,
    parse_job,
    parse_person,
    person_of,
    plan_refused,
)
from service.domain.assessment.ruling import Composition, Outcome, Ruling, Verdict

__all__ = [
    "ROLE_NAMES",
    "RULES",
    "Assessment",
    "AssessmentRefused",
    "Attendee",
    "Composition",
    "Declared",
    "Job",
    "NewAssessment",
    "NewPerson",
    "Outcome",
    "Part",
    "Role",
    "Ruling",
    "ShownCard",
    "Stage",
    "Standing",
    "Verdict",
    "check_plan",
    "compose",
    "parse_job",
    "parse_person",
    "person_of",
    "plan_refused",
]
