"""Around a cancellation (取消资格): propose it, decline what was proposed, correct what was a mistake (督§19, 考§21).

The decision itself is ``lifecycle.revoke_card``. The card's issuer decides: the centre, or for an internal card its
institution. Whoever else tries is refused, and the attempt is in the journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from service.domain.access import By
from service.domain.cancellation import Correction, Proposal, check_ground, parse_ground
from service.domain.card_number import CardNumber
from service.domain.card_steps import check_revocable, correct
from service.domain.event import Event, Json
from service.domain.issuer import CENTRE
from service.flows.cards.card_requests import CorrectionRequest, DeclineRequest, ProposalRequest
from service.flows.cards.documents import keep_document
from service.flows.cards.lifecycle import check_who_decides, of_locked_person, registered
from service.flows.errors import Refused
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.people.authorities import who_acts
from service.flows.people.record import readable_of
from service.flows.register import Register
from service.store import cancellations, card_lists, cards, journal, proposals
from service.store.proposals import StoredProposal
from service.store.states import ProposalState

_PROPOSALS: Final = ListOrder[StoredProposal]("proposals", (int,), lambda one: (one.id,))


def propose_revocation(register: Register, number: CardNumber, request: ProposalRequest, by: By) -> int:
    """Propose that a qualification be cancelled, for the card's issuer to decide; return the proposal's id.

    Nothing about the card changes. Raises Refused for a number or an institution that is not registered,
    AuthorityInvalid for a bureau that is not on the list, GroundInvalid, DecisionRefused without a person or a reason,
    and IllegalTransition for a card that could not be revoked any more.
    """
    now = register.effects.now()
    ground = parse_ground(request.ground)
    with register.database.read() as connection:
        body = who_acts(register, connection, by.body)
    proposal = Proposal(ground, body, request.proposed_by, request.reason, request.document)
    with register.database.read() as connection:
        card = registered(connection, number)
    check_ground(proposal.ground, card.kind)
    with register.database.write() as connection:
        card = of_locked_person(connection, number)
        check_revocable(card)
        proposal = replace(proposal, attachment=keep_document(connection, request.document_file))
        identity = proposals.add(connection, number, proposal, now)
        data: dict[str, Json] = {
            "proposal": identity,
            "ground": str(proposal.ground),
            "reason": proposal.reason,
            "body": proposal.body,
            "proposed_by": proposal.proposed_by,
        }
        if proposal.document is not None:
            data["document"] = proposal.document
        if proposal.attachment is not None:
            data["attachment"] = proposal.attachment.as_json()
        journal.append_many(connection, now, by.actor, (Event("revocation-proposed", number, data),))
    return identity


def decline_proposal(register: Register, identity: int, request: DeclineRequest, by: By) -> StoredProposal:
    """Decline a proposal, with a reason; the card stays as it is.

    Raises Refused for an unknown proposal, one that is answered, or without reason and person, and DecisionRefused
    for a body that is not the card's issuer.
    """
    today, now = register.effects.today(), register.effects.now()
    if not request.reason.strip() or not request.decided_by.strip():
        raise Refused("decline-reason", "不予采纳须写明理由和人员", "declining states a reason and a person")
    with register.database.read() as connection:
        proposed = _proposed(connection, identity)
    check_who_decides(register, proposed.number, by, {"act": "decline", "ground": str(proposed.proposal.ground)})
    with register.database.write() as connection:
        of_locked_person(connection, proposed.number)
        proposed = _proposed(connection, identity)
        if proposed.state is not ProposalState.PROPOSED:
            raise Refused("proposal-closed", "此建议已有结果，不能再作答复", "the proposal has been answered already")
        proposals.close(connection, identity, ProposalState.DECLINED, today, request.decided_by, request.reason)
        data: dict[str, Json] = {
            "proposal": identity,
            "body": proposed.issuer,
            "decided_by": request.decided_by,
            "reason": request.reason,
        }
        declined = Event("revocation-proposal-declined", proposed.number, data)
        journal.append_many(connection, now, by.actor, (declined,))
        return _proposed(connection, identity)


def correct_cancellation(
    register: Register, number: CardNumber, request: CorrectionRequest, by: By
) -> tuple[CardNumber, ...]:
    """Correct a mistaken cancellation by an entry of its own; return every card whose decision it corrects.

    The cards stay revoked, and the bar of 考§21 falls: see ``Correction``. One mistaken decision took all the
    person's cards of the issuer, so the correction is of all that were taken on the same day on the same ground.
    Raises Refused, DecisionRefused, IllegalTransition, AlreadyCorrected.
    """
    today, now = register.effects.today(), register.effects.now()
    check_who_decides(register, number, by, {"act": "correct"})
    with register.database.write() as connection:
        card = of_locked_person(connection, number)
        attachment = keep_document(connection, request.document_file)
        correction = Correction(card.issuer, today, request.decided_by, request.reason, request.document, attachment)
        decision = cancellations.get(connection, number)
        taken_with = tuple(
            one
            for one in cards.of_person(connection, card.person)
            if one.number == number
            or (
                decision is not None
                and one.status_on == card.status_on
                and cancellations.get(connection, one.number) == decision
                and cancellations.get_correction(connection, one.number) is None  # an earlier mistake of that day
            )
        )
        events = tuple(correct(one, correction) for one in taken_with)
        for one in taken_with:
            cancellations.record_correction(connection, one.number, correction, now)
        journal.append_many(connection, now, by.actor, events)
    return tuple(sorted(one.number for one in taken_with))


def find_proposal(register: Register, identity: int, *, body: str | None = None) -> StoredProposal:
    """Find a proposal by its id, named as for ``body`` in the list. Raises Refused where there is none."""
    with register.database.read() as connection:
        (found,) = _named_for(register, connection, (_proposed(connection, identity),), body)
    return found


def list_proposals(register: Register, *, body: str | None = None) -> tuple[StoredProposal, ...]:
    """List the proposals, the oldest first: for a body those it made and those it decides on, else all.

    Who has proposed reads the holder's name only where it keeps the record: a number alone tells nobody whose it is.
    """
    with register.database.read() as connection:
        return _named_for(register, connection, proposals.all_of(connection, body), body)


def proposal_page(register: Register, body: str, asked: PageRequest) -> Page[StoredProposal]:
    """Read a part of the proposals that a body made or decides on, the oldest first. Raises Refused."""
    part = part_of(register, asked, _PROPOSALS)
    with register.database.read() as connection:
        found, total = proposals.page(connection, body, part)
        named = _named_for(register, connection, found, body)
    return page_of(register, _PROPOSALS, part, named, total)


def proposals_at_desk(
    register: Register, body: str, *, only_open: bool, after: int = 0, size: int = 50
) -> tuple[tuple[StoredProposal, ...], int | None]:
    """Read a page of what ``list_proposals`` lists, by id, and the id to go on after, None at the end."""
    with register.database.read() as connection:
        found = proposals.next_of(connection, body, only_open=only_open, after=after, most=size + 1)
        page = _named_for(register, connection, found[:size], body)
    return page, page[-1].id if len(found) > size else None


def _named_for(
    register: Register, connection: Connection, found: Sequence[StoredProposal], body: str | None
) -> tuple[StoredProposal, ...]:
    """Return proposals as a body sees them: without the holder's name where the holder is not there for it. 督§4."""
    others = [] if body in {None, CENTRE} else [one.number for one in found if one.issuer != body]
    if not others:
        return tuple(found)
    held = card_lists.of_numbers(connection, others)
    readable = readable_of(connection, held.values(), body or CENTRE, register.effects.today())
    return tuple(replace(one, name="") if one.number in held.keys() - readable else one for one in found)


def _proposed(connection: Connection, identity: int) -> StoredProposal:
    found = proposals.get(connection, identity)
    if found is None:
        raise Refused("no-such-proposal", f"没有编号为 {identity} 的建议", f"there is no proposal {identity}")
    return found
