"""The issuing transaction: claim numbers, compose claims, sign, store cards, copies and journal (督附3, 考附2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from sqlalchemy import Connection

from keys.fields import NONCE_SIZE
from service.domain.application import Application
from service.domain.batch import PlannedCard
from service.domain.card import COPY_ID_BYTES, Card, CardStatus
from service.domain.card_number import CardNumber, Scheme, is_nearly_full
from service.domain.card_steps import issue, supersede
from service.domain.eligibility import UNKNOWN, Known
from service.domain.errors import SeriesRefused
from service.domain.event import Event
from service.domain.fact import KEY_BYTES
from service.domain.people import ResidentId
from service.domain.printing import origin_of_first
from service.domain.problem import Problem
from service.flows.issue.portraits import PORTRAIT_CONSENT
from service.flows.issue.signing import CardSigner
from service.flows.register import Register
from service.store import blobs, cards, copies, journal, numbers, people, status_lists
from service.store.blobs import Blob, digest_of
from service.store.cards import CardRecord
from service.store.copies import Copy
from service.store.errors import Conflict, NumberTaken
from service.store.people import Person
from service.store.tables import MediaType

ID_CONTEXT: Final = b"person/id/"  # with the blind index behind it: a sealed number cannot be moved to another person
PHONE_CONTEXT: Final = b"person/phone/"
_PROVISIONAL_SEQUENCE: Final = 9999  # as wide as any other
_ARTICLE: Final = {Scheme.ASSESSOR: "考附2", Scheme.EXTERNAL: "督附3", Scheme.INTERNAL: "督附3"}


@dataclass(frozen=True, slots=True)
class PreparedCard:
    """A planned card, its face checked: ``draft`` lacks number, person and copy; ``photo`` is the normalised JPEG.

    ``known`` is what the plan rests on, the person's cards as they were then; ``portrait`` goes into the code.
    """

    planned: PlannedCard
    draft: Card
    photo: bytes
    known: Known = UNKNOWN
    portrait: bytes | None = None


@dataclass(frozen=True, slots=True)
class Issuing:
    """What became of the prepared cards: (row, number) and (row, problem), and series that are nearly full."""

    issued: tuple[tuple[int, CardNumber], ...]
    refused: tuple[tuple[int, Problem], ...]
    nearly_full: tuple[str, ...]


def draft_of(planned: PlannedCard) -> Card:
    """Make the card as it will be, with the last number of its series standing in for the one not claimed yet."""
    application = planned.application
    return Card(
        number=planned.hand_number or CardNumber.compose(planned.prefix, _PROVISIONAL_SEQUENCE),
        kind=application.kind,
        person=0,
        name=application.name,
        issuer=planned.issuer,
        institution=application.institution,
        work_unit=application.work_unit,
        occupations=application.occupations,
        issued_on=planned.issued_on,
        expires_on=planned.expires_on,
        status=CardStatus.VALID,
        status_on=None,
        released=frozenset(),
        predecessor=planned.predecessor,
        copy_id=bytes(COPY_ID_BYTES),
        in_house=application.in_house,
    )


def issue_prepared(
    register: Register, connection: Connection, batch: int, prepared: Sequence[PreparedCard], actor: str
) -> Issuing:
    """Issue prepared cards inside a transaction that has begun their batch.

    A series that cannot give all its rows a number gives none, and those rows are refused; likewise a number
    assigned by hand that is taken. Raises what the store raises when somebody else was first with a person.
    """
    now, today = register.effects.now(), register.effects.today()
    person_ids = people.put_many(connection, (_person(register, one.planned.application) for one in prepared))
    # Cards are locked before series, as everywhere: a renewal and a replacement of one card must not wait in a circle.
    replaced: dict[CardNumber, Card] = cards.for_update(
        connection, [number for one in prepared for number, _ in one.planned.supersedes]
    )
    _check_unchanged(register, connection, prepared)
    claimed, refused = _claim(register, connection, prepared)
    ready = [one for one in prepared if one.planned.application.row in claimed]
    slots = status_lists.claim(connection, len(ready))
    signer = CardSigner.of(register)
    events: list[Event] = []
    records: list[CardRecord] = []
    new_copies: list[Copy] = []
    for one, slot in zip(ready, slots, strict=True):
        application = one.planned.application
        number = claimed[application.row]
        person = person_ids[register.blind.of(application.resident_id)]
        card = replace(one.draft, number=number, person=person, copy_id=register.effects.random_bytes(COPY_ID_BYTES))
        for former, scopes in one.planned.supersedes:
            replaced[former], event = supersede(replaced[former], scopes, number, card.issued_on)
            events.append(event)
        card, event = issue(card, number_reason=one.planned.hand_reason)
        events.append(event)
        records.append(
            CardRecord(
                card=card,
                applied_on=application.application_on,
                batch_id=batch,
                batch_row=application.row,
                photo=digest_of(one.photo),
                application=_as_stated(one.planned),
            )
        )
        new_copies.append(
            Copy(
                copy_id=card.copy_id,
                number=number,
                list_no=slot.list_no,
                list_index=slot.index,
                credential=signer.sign(card, slot, one.portrait),
                issued_at=now,
                origin=origin_of_first(card.predecessor),
            )
        )
    superseding = {number for one in ready for number, _ in one.planned.supersedes}
    cards.save_many(connection, (card for number, card in replaced.items() if number in superseding), today)
    blobs.put_many(connection, (Blob(one.photo, MediaType.JPEG) for one in ready))
    cards.insert_many(connection, records, now)
    copies.insert_many(connection, new_copies)
    journal.append_many(connection, now, actor, events)
    return Issuing(
        issued=tuple((one.planned.application.row, claimed[one.planned.application.row]) for one in ready),
        refused=tuple(sorted(refused.items(), key=lambda item: item[0])),
        nearly_full=_nearly_full(claimed[one.planned.application.row] for one in ready if not one.planned.hand_number),
    )


def _nearly_full(by_counter: Iterable[CardNumber]) -> tuple[str, ...]:
    """Name the series whose counter has come far; a number assigned by hand says nothing of it."""
    return tuple(sorted({number.prefix for number in by_counter if is_nearly_full(number.sequence)}))


def _claim(
    register: Register, connection: Connection, prepared: Sequence[PreparedCard]
) -> tuple[dict[int, CardNumber], dict[int, Problem]]:
    """Claim by series, in the order of the prefixes: hand-assigned numbers first, then the next of the counter."""
    now = register.effects.now()
    by_prefix: defaultdict[str, list[PlannedCard]] = defaultdict(list)
    for one in prepared:
        by_prefix[one.planned.prefix].append(one.planned)
    claimed: dict[int, CardNumber] = {}
    refused: dict[int, Problem] = {}
    for prefix in sorted(by_prefix):
        by_counter: list[int] = []
        for planned in by_prefix[prefix]:
            row = planned.application.row
            if planned.hand_number is None:
                by_counter.append(row)
                continue
            try:
                numbers.claim_many(connection, {}, now, {planned.hand_number: planned.hand_reason or ""})
                claimed[row] = planned.hand_number
            except NumberTaken as error:
                refused[row] = Problem(error.code, "number", "督附3", error.zh, error.en)
        if by_counter:
            try:
                taken = numbers.claim_many(connection, {prefix: len(by_counter)}, now)[prefix]
                claimed.update(zip(by_counter, taken, strict=True))
            except SeriesRefused as error:
                article = _ARTICLE[CardNumber.compose(prefix, 1).scheme]
                problem = Problem(error.code, "number", article, error.zh, error.en)
                refused.update(dict.fromkeys(by_counter, problem))
    return claimed, refused


def _check_unchanged(register: Register, connection: Connection, prepared: Sequence[PreparedCard]) -> None:
    """Refuse a plan that time has passed by: a card of the person issued or cancelled since (考§9, 考§21).

    The people are locked by now, and ``lifecycle.revoke_card`` locks them too. Raises Conflict.
    """
    planned_for = {register.blind.of(one.planned.application.resident_id): one.known for one in prepared}
    found = people.known(connection, planned_for)
    if any(found.get(blind, UNKNOWN) != known for blind, known in planned_for.items()):
        raise Conflict(
            "名单中有人员的证卡刚被他人办理，请重试", "somebody's cards have just been changed by others: try again"
        )


def _person(register: Register, application: Application) -> Person:
    return seal_person(register, application.resident_id, application.name, application.phone)


def seal_person(register: Register, resident_id: ResidentId, name: str, phone: str | None) -> Person:
    """Seal what only the office may read: identity number and telephone."""
    blind = register.blind.of(resident_id)
    return Person(
        blind_index=blind,
        id_sealed=register.cipher.seal(str(resident_id), ID_CONTEXT + blind, register.effects.random_bytes(NONCE_SIZE)),
        name=name,
        commitment_key=register.effects.random_bytes(KEY_BYTES),
        phone_sealed=None
        if phone is None
        else register.cipher.seal(phone, PHONE_CONTEXT + blind, register.effects.random_bytes(NONCE_SIZE)),
    )


def _as_stated(planned: PlannedCard) -> Mapping[str, object]:
    """Keep what the row stated and who confirmed it, without identity number and telephone."""
    application = planned.application
    evidence = application.evidence
    stated = {
        "recommended_by": application.recommended_by,
        "reviewed_by": planned.reviewed_by,
        "certified_on": application.certified_on,
        "notice": planned.notice,
        "score": application.score,
        "evidence": evidence if application.kind.is_assessor else None,
        PORTRAIT_CONSENT: application.portrait_consent or None,
    }
    kept: object = msgspec.to_builtins(
        {key: value for key, value in stated.items() if value is not None}, enc_hook=_number_as_text
    )
    assert isinstance(kept, dict)
    return kept


def _number_as_text(value: object) -> str:
    """Serialise a stated card number, which msgspec does not take for the text it is."""
    assert isinstance(value, CardNumber)
    return str(value)
