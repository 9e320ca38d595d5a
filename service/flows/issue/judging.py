"""Judge the rows of a batch before a number is spent: one function, for a batch that is issued and for one at work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from service.domain.application import Application, MalformedRow
from service.domain.application.parse import NOT_IN_CODE
from service.domain.batch import plan
from service.domain.card_number import CardNumber
from service.domain.card_text import CardText
from service.domain.eligibility import UNKNOWN, Known, Policy
from service.domain.issuer import CENTRE
from service.domain.people import ResidentId
from service.domain.problem import Problem
from service.flows.cards.wording import current_jurisdiction
from service.flows.errors import Refused
from service.flows.issue.issuing import PreparedCard, draft_of
from service.flows.issue.portraits import issuers_with_portraits, small_portrait
from service.flows.issue.trial_faces import date_problems, face_problems, faces_seen, narrowed_lines, trial_face
from service.flows.people.authorities import list_authorities
from service.flows.register import Register
from service.store import cards, people

Row: TypeAlias = Application | MalformedRow


@dataclass(slots=True)
class Portraits:
    """Normalised photographs by row, made once however often the batch is planned; ``problems`` refuse rows."""

    jpegs: dict[int, bytes] = field(default_factory=dict)
    problems: dict[int, list[Problem]] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    small: dict[int, bytes] = field(default_factory=dict)

    def for_code(self, row: int) -> bytes | None:
        """Return the small portrait that goes into the code; None for a photograph that was refused."""
        if row in self.jpegs and row not in self.small:
            self.small[row] = small_portrait(self.jpegs[row])
        return self.small.get(row)


@dataclass(frozen=True, slots=True)
class Judged:
    """Every row judged: the cards that can be issued, what refuses the others, and what a person should look at.

    ``text`` are the words with which each face was looked at.
    """

    prepared: list[PreparedCard]
    refused: dict[int, list[Problem]]
    warned: dict[int, list[Problem]]
    text: CardText


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for the whole batch, as the office states it."""

    issuer: str | None
    issued_on: date
    reviewed_by: str | None = None
    notice: str | None = None


def policy_for(register: Register, terms: Terms, rows: Sequence[Row]) -> Policy:
    """Return what the rows are judged by. Raises Refused for an issuer that is not known."""
    institutions = register.institutions()
    if terms.issuer is not None and terms.issuer != CENTRE and terms.issuer not in institutions:
        raise Refused(
            "issuer-unknown",
            f"没有代码为 {terms.issuer} 的机构；市职鉴中心写 {CENTRE}",
            f"no institution has the code {terms.issuer}; the centre is {CENTRE}",
        )
    return Policy(
        current_jurisdiction(register),
        institutions,
        terms.issued_on,
        issuer=terms.issuer,
        reviewer=terms.reviewed_by,
        authorities=list_authorities(register),
        notice=terms.notice,
        registered=_registered(register, rows),
    )


def judge(
    register: Register,
    policy: Policy,
    rows: Sequence[Row],
    portraits: Portraits,
    progress: Callable[[int], None] = lambda _: None,
) -> Judged:
    """Judge rows at once, with what the register knows of the people now; nothing is spent, signed or stored.

    ``progress`` is told how many cards have been looked at.
    """
    known = known_people(register, rows)
    planned = plan(rows, known, policy)
    refused = {refusal.row: [*refusal.problems] for refusal in planned.refused}
    of_these = {row.row for row in rows}
    for row, found in portraits.problems.items():
        if row in of_these:
            refused.setdefault(row, []).extend(found)
    warned = {one.row: [*one.problems] for one in planned.warnings}
    prepared: list[PreparedCard] = []
    with register.database.read() as connection:
        with_portraits = issuers_with_portraits(connection, {card.issuer for card in planned.accepted})
    for done, card in enumerate(planned.accepted):
        progress(done)
        row, of_person = card.application.row, known.get(card.application.resident_id, UNKNOWN)
        draft = draft_of(card)
        in_code = card.application.portrait_consent and card.issuer in with_portraits
        small = portraits.for_code(row) if in_code else None
        face = trial_face(register, policy, draft, portraits.jpegs.get(row, b""), small)
        problems = (
            *date_problems(card, of_person, register.effects.today()),
            *face_problems(register, face),
        )
        if problems:
            refused.setdefault(row, []).extend(problems)
            warned[row] = [one for one in warned.get(row, ()) if one.code != NOT_IN_CODE]  # no card, no code
        elif row not in refused:
            prepared.append(PreparedCard(card, draft, portraits.jpegs[row], of_person, small))
            warned.setdefault(row, []).extend((*faces_seen(face), *narrowed_lines(register, face)))
    return Judged(prepared, refused, warned, policy.jurisdiction.card)


def known_people(register: Register, rows: Iterable[Row]) -> Mapping[ResidentId, Known]:
    """Return what the register knows of the people of the rows."""
    by_blind = {register.blind.of(row.resident_id): row.resident_id for row in rows if row.resident_id is not None}
    with register.database.read() as connection:
        return {by_blind[blind]: known for blind, known in people.known(connection, by_blind).items()}


def _registered(register: Register, rows: Sequence[Row]) -> frozenset[CardNumber]:
    """Return those of the stated standard cards that the register has: it knows whose they are."""
    stated = {row.evidence.standard_card for row in rows if isinstance(row, Application)}
    with register.database.read() as connection:
        return cards.registered_of(connection, (number for number in stated if number is not None))
