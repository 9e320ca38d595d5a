"""What travels from us, and the values that are their text wherever they stand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from service.domain.access import Role
from service.domain.kinds import CardKind
from service.domain.review import EntryKind, Grade
from service.domain.staffing import Staffed
from service.flows.people.sign_in import Awaits
from service.store.states import ProposalState


class NumbersBody(Struct, frozen=True):
    """The cards it concerned."""

    numbers: tuple[str, ...]


class WarnedBody(Struct, frozen=True):
    """What a person should look at; it refuses nothing."""

    article: str
    zh: str
    en: str


class EngagedBody(Struct, frozen=True):
    """A contract that was entered: its id and its last day."""

    id: int
    last_day: date
    warnings: tuple[WarnedBody, ...]


class EngagementBody(Struct, frozen=True):
    """A contract of a card's holder; ``ended_on`` is its last day where it has ended before its term."""

    id: int
    number: str
    name: str
    kind: CardKind
    institution: str
    first_day: date
    last_day: date
    as_internal: bool
    document: str | None
    ended_on: date | None
    end_reason: str | None


class EngagementsBody(Struct, frozen=True):
    """Contracts, the oldest first."""

    engagements: tuple[EngagementBody, ...]


class DispatchBody(Struct, frozen=True):
    """Who is sent where and when, and by whom."""

    id: int
    number: str
    name: str
    institution: str
    on: date
    authority: str
    plan: str | None
    withdrawn_on: date | None
    withdrawal_reason: str | None


class DispatchesBody(Struct, frozen=True):
    """Dispatches in order of date."""

    dispatches: tuple[DispatchBody, ...]


class DispatchedBody(Struct, frozen=True):
    """A dispatch that was entered."""

    id: int
    warnings: tuple[WarnedBody, ...]


class RequirementBody(Struct, frozen=True):
    """How many people an institution (code) or an authority has, of how many it needs; what the article asks."""

    subject: str
    article: str
    have: int
    need: int
    outcome: Staffed
    zh: str
    en: str


class StaffingBody(Struct, frozen=True):
    """Where people are short."""

    requirements: tuple[RequirementBody, ...]


class CredentialBody(Struct, frozen=True):
    """A card and the whole text of its code."""

    number: str
    credential: str


class NumberBody(Struct, frozen=True):
    """A card's number."""

    number: str


class FoundBody(Struct, frozen=True):
    """A card's number, and how many replaced copies of it there are."""

    number: str
    replaced_copies: int


class ExpiringCardBody(Struct, frozen=True):
    """A card that expires soon, and the day from which it can be renewed."""

    number: str
    name: str
    kind: CardKind
    occupations: tuple[str, ...]
    work_unit: str
    issuer: str
    expires_on: date
    renewal_opens_on: date


class ExpiringBody(Struct, frozen=True):
    """Cards that expire soon, the first to expire first."""

    cards: tuple[ExpiringCardBody, ...]


class EnteredBody(Struct, frozen=True):
    """What was entered in an integrity record; ``case`` says whether its issuer must now decide."""

    id: int
    what: EntryKind
    article: str
    outcome: Grade | None
    total: int | None
    case: bool


class CaseBody(Struct, frozen=True):
    """A failed result that the card's issuer decides on, and what became of it."""

    id: int
    number: str
    kind: CardKind
    ground: str
    on: date
    body: str
    by: str
    note: str
    issuer: str
    open: bool
    cancelled_on: date | None
    closed_on: date | None
    closed_by: str | None
    answer: str | None
    corrected_to: Grade | None


class CasesBody(Struct, frozen=True):
    """Cases, the oldest first."""

    cases: tuple[CaseBody, ...]


class ProposalBody(Struct, frozen=True):
    """A proposal and what became of it; ``answer`` says why it was declined."""

    id: int
    number: str
    ground: str
    body: str
    proposed_by: str
    reason: str
    document: str | None
    state: ProposalState
    entered_at: datetime
    closed_on: date | None
    closed_by: str | None
    answer: str | None


class ProposalsBody(Struct, frozen=True):
    """Proposals, the oldest first."""

    proposals: tuple[ProposalBody, ...]


class UserBody(Struct, frozen=True):
    """Who is signed in."""

    name: str
    role: Role
    institution: str | None
    institution_name: str | None
    person_name: str


class SignInBody(Struct, frozen=True):
    """The sign-in of this browser; all null where there is none. ``csrf`` goes into X-CSRF-Token.

    One that ``awaits`` a code or an enrolment opens nothing, and is nobody's until then.
    """

    user: UserBody | None
    csrf: str | None
    expires_at: datetime | None
    awaits: Awaits | None = None


class TakenScanBody(Struct, frozen=True):
    """What became of a scan: whether it was new, and what the register says of the card now."""

    nonce: str
    new: bool
    verdict_now: str | None


class TakenScansBody(Struct, frozen=True):
    """The answer to scans handed in, in their order."""

    scans: tuple[TakenScanBody, ...]


class LoggedScanBody(Struct, frozen=True):
    """A scan in the log."""

    nonce: str
    user: str
    institution: str | None
    taken_at: datetime
    scanned_at: datetime
    number: str | None
    verdict: str
    verdict_now: str | None
    place: str | None
    occupation: str | None
    level: str | None
    same_person: bool | None
    offline: bool
    as_of: datetime | None
    person_name: str


class LoggedScansBody(Struct, frozen=True):
    """Scans, the oldest first."""

    scans: tuple[LoggedScanBody, ...]


class HealthBody(Struct, frozen=True):
    """That the process answers."""

    status: Literal["ok"]


class ReadinessBody(Struct, frozen=True, omit_defaults=True):
    """That the service can do its work; ``clock`` is there only while the machine's clock must be confirmed."""

    status: Literal["ready"]
    clock: Literal["ahead"] | None = None


class AggregationBody(Struct, frozen=True):
    """The aggregation document: the addresses of all status lists (Token Status List 9.3)."""

    status_lists: tuple[str, ...]
