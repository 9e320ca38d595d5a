"""A batch planned: which applications become cards, and everything that speaks against the others.

Planning is pure. It spends no number: numbers are claimed from the series, named here by prefix, in the transaction
that stores the cards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from service.domain import eligibility
from service.domain.application import Application, MalformedRow
from service.domain.card_number import CardNumber
from service.domain.eligibility import UNKNOWN, Case, Known, Policy
from service.domain.eligibility.case import refusal
from service.domain.eligibility.common import prefix_of
from service.domain.eligibility.one_application import Part, application_of, parts_of
from service.domain.eligibility.succession import superseded
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.people import ResidentId
from service.domain.problem import Problem
from service.domain.regulation import MAX_OCCUPATIONS
from service.domain.validity import expiry_for

Row: TypeAlias = Application | MalformedRow


@dataclass(frozen=True, slots=True)
class PlannedCard:
    """A card to be issued, complete but for its number.

    ``issuer`` is ``centre`` or an institution's code; ``hand_number`` is set where the number is assigned by
    hand, with its reason, else the next of series ``prefix`` is taken. ``supersedes`` lists the cards it takes
    over from and the scopes it takes, the latest first: that one is the predecessor. ``notice`` is the notice of the
    certification, of the row or else of the batch.
    """

    application: Application
    issuer: str
    prefix: str
    hand_number: CardNumber | None
    hand_reason: str | None
    issued_on: date
    expires_on: date
    supersedes: tuple[tuple[CardNumber, frozenset[str]], ...]
    reviewed_by: str
    notice: str | None = None

    @property
    def predecessor(self) -> CardNumber | None:
        """The latest of the cards it takes over from."""
        return self.supersedes[0][0] if self.supersedes else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that gets no card, with all its problems."""

    row: int
    name: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """A row a person should look at; whether it gets a card stands elsewhere."""

    row: int
    name: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole batch, each part in row order."""

    accepted: tuple[PlannedCard, ...]
    refused: tuple[Refusal, ...]
    warnings: tuple[Warned, ...]


def plan(rows: Sequence[Row], known: Mapping[ResidentId, Known], policy: Policy) -> Plan:
    """Decide every row of a batch at once.

    ``known`` holds the people the register has met, all others are new. Malformed rows are refused with what
    they had, and still count for doubles and job types. Nothing is raised for what a row may hold. 督§10, 考§9, 考§12.
    """
    accepted: list[PlannedCard] = []
    refused: list[Refusal] = []
    warned: list[Warned] = []
    across = _Across(rows, known)
    for row in sorted(rows, key=lambda row: row.row):
        if isinstance(row, MalformedRow):
            refused.append(Refusal(row.row, row.name, (*row.problems, *across.problems(row))))
            continue
        case = Case(row, known.get(row.resident_id, UNKNOWN), policy)
        problems = (*eligibility.refusals(case), *across.problems(row))
        if problems:
            refused.append(Refusal(row.row, row.name, problems))
        else:
            accepted.append(_planned(case))
        if notes := eligibility.warnings(case):
            warned.append(Warned(row.row, row.name, notes))
    return Plan(tuple(accepted), tuple(refused), tuple(warned))


def _planned(case: Case) -> PlannedCard:
    a, policy = case.application, case.policy
    prefix = prefix_of(case)
    reviewed_by = a.reviewed_by or policy.reviewer
    issuer = a.institution if a.kind is CardKind.INTERNAL else CENTRE
    assert prefix is not None, "the rules have let it pass"
    assert reviewed_by is not None, "the rules have let it pass"
    assert issuer is not None, "an internal supervisor's row is not read without its institution"
    return PlannedCard(
        application=a,
        issuer=issuer,
        prefix=prefix,
        hand_number=a.number,
        hand_reason=a.number_reason,
        issued_on=policy.issued_on,
        expires_on=expiry_for(a.kind, policy.issued_on, internal_term_months=policy.jurisdiction.internal_term_months),
        supersedes=superseded(case),
        reviewed_by=reviewed_by,
        notice=a.notice or policy.notice,
    )


def _read_name(row: Row) -> str | None:
    """Return the row's name, None where it could not be read and is shown as typed."""
    unread = isinstance(row, MalformedRow) and any(problem.field == "name" for problem in row.problems)
    return None if unread else row.name


class _Across:
    """What only the whole batch shows: doubles, contradicting names, and the job types of a person."""

    __slots__ = ("_known", "_names", "_numbers", "_parts_of", "_rows", "_scopes")

    def __init__(self, rows: Iterable[Row], known: Mapping[ResidentId, Known]) -> None:
        self._known = known
        self._rows: defaultdict[ResidentId, list[Row]] = defaultdict(list)
        self._parts_of: dict[ResidentId, tuple[Part, ...]] = {}
        self._scopes: dict[tuple[ResidentId, str], int] = {}
        self._names: dict[ResidentId, tuple[str, int]] = {}
        self._numbers: dict[CardNumber, int] = {}
        for row in sorted(rows, key=lambda row: row.row):
            if row.resident_id is not None:
                self._note(row, row.resident_id)
            if isinstance(row, Application) and row.number is not None:
                self._numbers.setdefault(row.number, row.row)

    def _note(self, row: Row, person: ResidentId) -> None:
        if (name := _read_name(row)) is not None:
            self._names.setdefault(person, (name, row.row))
        for scope in row.scopes:
            self._scopes.setdefault((person, scope), row.row)
        self._rows[person].append(row)

    def problems(self, row: Row) -> Iterable[Problem]:
        """All that the rest of the batch says against a row."""
        if row.resident_id is not None:
            yield from self._doubled(row, row.resident_id)
            yield from self._contradicted(row, row.resident_id)
            yield from self._too_many(row, row.resident_id)
        if isinstance(row, Application) and row.number is not None and (first := self._numbers[row.number]) != row.row:
            yield refusal(
                "hand-number-doubled",
                "number",
                "督附3",
                f"{row.number} 已在第 {first} 行指定",
                f"{row.number} is assigned in row {first} already",
            )

    def _doubled(self, row: Row, person: ResidentId) -> Iterable[Problem]:
        """Refuse the later of two rows for one scope, whatever becomes of the earlier one. 督§10, 考§12."""
        earlier = sorted({first for scope in row.scopes if (first := self._scopes[person, scope]) != row.row})
        for first in earlier:
            yield refusal(
                "row-doubled",
                "",
                "考§12" if row.occupations else "督§10",
                f"与第 {first} 行是同一人、同一范围，请删去一行",
                f"the same person and scope as row {first}: delete one of them",
            )

    def _contradicted(self, row: Row, person: ResidentId) -> Iterable[Problem]:
        """Refuse the later of two names for one identity number: one of the rows is somebody else's."""
        name, first = self._names.get(person, (row.name, row.row))
        if _read_name(row) not in {None, name}:
            yield refusal(
                "name-contradicts-row",
                "name",
                "",
                f"与第 {first} 行身份证号相同而姓名不同（“{name}”），请核对",
                f"row {first} has the same identity number and the name {name!r}",
            )

    def _too_many(self, row: Row, person: ResidentId) -> Iterable[Problem]:
        """Limit a person to two job types an application: over all rows, and over what earlier batches have granted.

        All rows of that application are refused, since nobody can tell which two were meant. 考§9.
        """
        if not row.occupations:
            return
        parts = application_of(row.row, self._parts(person))
        rows = sorted(part.row for part in parts if part.row is not None)
        asked = frozenset[str]().union(*(part.job_types for part in parts if part.row is not None))
        granted = frozenset[str]().union(*(part.job_types for part in parts if part.row is None)) - asked
        if len(asked) + len(granted) > MAX_OCCUPATIONS:
            told = "、".join(map(str, rows))
            also = f"，另有同一次申报已发证的{'、'.join(sorted(granted))}" if granted else ""
            why = "（认证日期或申报日期相同的为同一次申报）" if granted or len(rows) > 1 else ""
            yield refusal(
                "too-many-occupations",
                "occupations",
                "考§9",
                f"每人每次申报不得超过 {MAX_OCCUPATIONS} 个工种，本批第 {told} 行共 {len(asked)} 个{also}{why}",
                f"{len(asked) + len(granted)} job types (rows {told}) with the same certification or application date: "
                f"at most {MAX_OCCUPATIONS} an application",
            )

    def _parts(self, person: ResidentId) -> tuple[Part, ...]:
        if person not in self._parts_of:
            self._parts_of[person] = parts_of(self._rows[person], self._known.get(person, UNKNOWN))
        return self._parts_of[person]
