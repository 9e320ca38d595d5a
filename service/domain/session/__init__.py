"""Sessions of assessment (场次): who is to be there, and whether that is enough. 督§13, §15; 考§6, §14, §15."""

from service.domain.session.compose import RULES, compose
from service.domain.session.model import (
    ROLE_NAMES,
    Attendee,
    Declared,
    Job,
    Part,
    Role,
    Session,
    ShownCard,
    Stage,
    Standing,
)
from service.domain.session.planning import (
    NewPerson,
    NewSession,
    SessionRefused,
    check_plan,
    parse_job,
    parse_person,
    person_of,
    plan_refused,
)
from service.domain.session.ruling import Composition, Outcome, Ruling, Verdict

__all__ = [
    "ROLE_NAMES",
    "RULES",
    "Attendee",
    "Composition",
    "Declared",
    "Job",
    "NewPerson",
    "NewSession",
    "Outcome",
    "Part",
    "Role",
    "Ruling",
    "Session",
    "SessionRefused",
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
