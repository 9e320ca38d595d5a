"""The card of a row at work as it will print, but for its number, which it gets when it is issued."""

from __future__ import annotations

from cardlayout.face import CardFace
from service.domain.access import Principal
from service.domain.application import Application, parse_row
from service.domain.batch import PlannedCard
from service.domain.eligibility import UNKNOWN, Case
from service.domain.eligibility.common import prefix_of
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.validity import expiry_for
from service.flows.cards.preview import without_number
from service.flows.drafts.bench import portraits_of
from service.flows.drafts.opening import open_row, own_draft
from service.flows.errors import Refused
from service.flows.issue.issuing import draft_of
from service.flows.issue.judging import known_people, policy_for
from service.flows.issue.new_job_types import known_job_types
from service.flows.issue.trial_faces import trial_face
from service.flows.register import Register


def face_of_row(register: Register, principal: Principal, identity: int, row: int) -> CardFace:
    """Return what will be printed on the card of a row, whether it can be issued yet or not.

    Its number is "签发时编号" and it has no code; a photograph that is missing leaves the portrait empty. Raises
    Refused for a row of which too little can be read to draw a card.
    """
    with register.database.read() as connection:
        bench = open_row(register, connection, own_draft(connection, principal, identity), row)
        one = bench.row(row)
        portrait = portraits_of(connection, bench, [one]).get(row, b"")
    read = parse_row(one.content.raw(row), known_job_types(register, bench.draft.new_job_types))
    if not isinstance(read, Application):
        raise _no_face(row)
    policy = policy_for(register, bench.terms, [read])
    known = known_people(register, [read]).get(read.resident_id, UNKNOWN)
    prefix = prefix_of(Case(read, known, policy))
    issuer = read.institution if read.kind is CardKind.INTERNAL else CENTRE
    if prefix is None or issuer is None:
        raise _no_face(row)
    months = register.jurisdiction.internal_term_months
    planned = PlannedCard(
        application=read,
        issuer=issuer,
        prefix=prefix,
        hand_number=None,
        hand_reason=None,
        issued_on=policy.issued_on,
        expires_on=expiry_for(read.kind, policy.issued_on, internal_term_months=months),
        supersedes=(),
        reviewed_by="",
    )
    return without_number(trial_face(register, policy, draft_of(planned), portrait, None))


def _no_face(row: int) -> Refused:
    return Refused(
        "row-no-face",
        f"第 {row} 行还读不出卡面所需的内容，请先改正",
        f"row {row} cannot be read as a card yet: correct it first",
    )
