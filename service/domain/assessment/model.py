"""An assessment (场次): one assessment at one place on one day, what is assessed, and who is to be there or has come.

Times are aware instants. What a value holds is what the rules of ``compose`` need, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from service.domain.event import Json
from service.domain.fitness import LEVEL_NAMES
from service.domain.kinds import CardKind, SkillLevel
from service.domain.occupation import Occupation
from service.domain.validity import civil_date


class Part(StrEnum):
    """What of an assessment is held: 理论知识考试, 技能考核, 综合评审 (考§11, §14)."""

    THEORY = "theory"
    SKILL = "skill"
    REVIEW = "review"


_PART_NAMES: Final[Mapping[Part, tuple[str, str]]] = {
    Part.THEORY: ("理论知识考试", "theory"),
    Part.SKILL: ("技能考核", "skills"),
    Part.REVIEW: ("综合评审", "review"),
}


class Role(StrEnum):
    """What somebody does at an assessment (督§13, 考§15)."""

    LEADER = "leader"
    ASSESSOR = "assessor"
    ON_SITE_HEAD = "on_site_head"
    INTERNAL = "internal"
    EXTERNAL = "external"
    INVIGILATOR = "invigilator"
    STAFF = "staff"

    @property
    def zh(self) -> str:
        """The regulation's word."""
        return ROLE_NAMES[self][0]

    @property
    def en(self) -> str:
        """The role's name in English."""
        return ROLE_NAMES[self][1]

    @property
    def post(self) -> Role:
        """The post it belongs to: who leads the assessors is one of them (考§15)."""
        return Role.ASSESSOR if self is Role.LEADER else self

    @property
    def kinds(self) -> frozenset[CardKind]:
        """The kinds of card that the role asks for; none where it asks for no card."""
        return _KINDS.get(self.post, frozenset())


ROLE_NAMES: Final[Mapping[Role, tuple[str, str]]] = {
    Role.LEADER: ("考评组长", "leader of the assessors"),
    Role.ASSESSOR: ("考评人员", "assessor"),
    Role.ON_SITE_HEAD: ("现场负责人", "on-site head"),
    Role.INTERNAL: ("内督", "internal supervisor"),
    Role.EXTERNAL: ("外督", "external supervisor"),
    Role.INVIGILATOR: ("监考人员", "invigilator"),
    Role.STAFF: ("考务人员", "exam staff"),
}
_KINDS: Final[Mapping[Role, frozenset[CardKind]]] = {
    Role.ASSESSOR: frozenset(kind for kind in CardKind if kind.is_assessor),
    Role.INTERNAL: frozenset({CardKind.INTERNAL, CardKind.EXTERNAL}),  # 督§14: an external one, if engaged as internal
    Role.EXTERNAL: frozenset({CardKind.EXTERNAL}),
}


class Declared(StrEnum):
    """What somebody has declared of ties to the candidates or the institution (回避, 督§12(4), 考§14(8))."""

    CLEAR = "clear"
    TIES = "ties"


class Stage(StrEnum):
    """What is looked at: a plan, or who has come."""

    PLAN = "plan"
    ROLL_CALL = "roll-call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job type at one level, and the parts of it that the assessment holds.

    ``machine_marked``: the theory is, and nobody marks it (考§14(5)). ``candidates``, and how many of them one assessor
    and one invigilator have at most by the national standard of the job type, are None where not stated.
    """

    occupation: Occupation
    level: SkillLevel
    parts: frozenset[Part]
    machine_marked: bool = False
    candidates: int | None = None
    per_assessor: int | None = None
    per_invigilator: int | None = None

    @property
    def is_marked_by_hand(self) -> bool:
        """Return whether assessors mark its theory papers."""
        return Part.THEORY in self.parts and not self.machine_marked

    @property
    def zh(self) -> str:
        """The job as a person reads it."""
        level, parts = LEVEL_NAMES[self.level][0], "、".join(_PART_NAMES[part][0] for part in self._in_order)
        machine = "（机考）" if self.machine_marked else ""
        candidates = "" if self.candidates is None else f"，{self.candidates} 人"
        return f"{self.occupation.name} {level}：{parts}{machine}{candidates}"

    @property
    def en(self) -> str:
        """The job in English."""
        level, parts = LEVEL_NAMES[self.level][1], ", ".join(_PART_NAMES[part][1] for part in self._in_order)
        machine = " (marked by a machine)" if self.machine_marked else ""
        candidates = "" if self.candidates is None else f"; candidates: {self.candidates}"
        return f"{self.occupation.name}, {level}: {parts}{machine}{candidates}"

    @property
    def _in_order(self) -> tuple[Part, ...]:
        return tuple(part for part in Part if part in self.parts)

    def as_text(self) -> str:
        """Write the job as people type it; ``parse_job`` reads it back."""
        counts = {
            "candidates": self.candidates,
            "per-assessor": self.per_assessor,
            "per-invigilator": self.per_invigilator,
        }
        parts = ",".join(self._in_order)
        more = [*(["machine"] if self.machine_marked else []), *(f"{k}={n}" for k, n in counts.items() if n)]
        return "/".join((self.occupation.name, self.level.value, parts, *more))

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Job:
        """Read a job that ``as_json`` wrote."""
        return cls(
            occupation=Occupation(told["occupation"], told["code"]),
            level=SkillLevel(told["level"]),
            parts=frozenset(map(Part, told["parts"])),
            machine_marked=told["machine_marked"],
            candidates=told["candidates"],
            per_assessor=told["per_assessor"],
            per_invigilator=told["per_invigilator"],
        )

    def as_json(self) -> dict[str, Json]:
        """Return the job as programs get it."""
        return {
            "occupation": self.occupation.name,
            "code": self.occupation.code,
            "level": self.level.value,
            "parts": [part.value for part in self._in_order],
            "machine_marked": self.machine_marked,
            "candidates": self.candidates,
            "per_assessor": self.per_assessor,
            "per_invigilator": self.per_invigilator,
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessment by an institution (code): when it starts, and its jobs."""

    institution: str
    starts_at: datetime
    jobs: tuple[Job, ...]

    @property
    def on(self) -> date:
        """Its day in Asia/Shanghai."""
        return civil_date(self.starts_at)

    def as_json(self) -> dict[str, Json]:
        """Return what the rules need of it, as programs get it; instants in RFC 3339, UTC."""
        return {
            "institution": self.institution,
            "starts_at": instant_text(self.starts_at),
            "jobs": [job.as_json() for job in self.jobs],
        }


def instant_text(at: datetime) -> str:
    """Write an instant in RFC 3339, UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
