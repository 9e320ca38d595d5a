"""Issue a batch: rows and photographs in, numbered and signed cards in the register (督§9, 考§12).

1. read the rows; 2. ask the register what it knows of the people; 3. plan: every refusal at once, by row, with its
article; 4. look at photographs and faces, before a number is spent; 5. one transaction: claim numbers, compose
claims, sign, store card, copy and journal, and the answer under its idempotency key. A dry run takes the same path
and rolls the transaction back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Connection

from cardlayout.portrait import PortraitError, normalise
from service.domain.application import Application, MalformedRow, RawRow, parse_row
from service.domain.application.parse import NOT_IN_CODE
from service.domain.batch import plan
from service.domain.card_number import CardNumber
from service.domain.eligibility import UNKNOWN, Known, Policy
from service.domain.errors import IllegalTransition
from service.domain.event import Event
from service.domain.fact import KEY_BYTES
from service.domain.issuer import CENTRE
from service.domain.people import ResidentId
from service.domain.problem import Problem
from service.flows.errors import Refused
from service.flows.issue.issuing import PreparedCard, draft_of, issue_prepared
from service.flows.issue.new_job_types import asked_about, known_job_types, questions
from service.flows.issue.outcome import IssuedRow, NotKept, Outcome, RefusedRow
from service.flows.issue.portraits import issuers_with_portraits, small_portrait
from service.flows.issue.trial_faces import date_problems, face_problems, narrowed_lines, trial_face
from service.flows.issue.whole_batch import check_key, check_reviewers
from service.flows.people.authorities import list_authorities
from service.flows.register import Register
from service.roster.errors import PhotosRefused
from service.roster.photo_files import PhotoFiles
from service.roster.photos import match_photos
from service.store import batches, cards, journal, people
from service.store.blobs import digest_of
from service.store.errors import Busy, Conflict, IdempotencyKeyReused

_ATTEMPTS: Final = 5
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the office asks for. ``actor`` is who asks; ``key`` makes a retry harmless.

    ``notice`` is the notice of the certification (认证通知) by which dates may lie further apart than is usual;
    ``new_job_types`` are those that stand in no catalogue and are confirmed to be what they are called.
    """

    rows: Sequence[RawRow]
    photos: PhotoFiles
    actor: str
    issuer: str | None = None
    issued_on: date | None = None
    reviewed_by: str | None = None
    notice: str | None = None
    dry_run: bool = False
    all_or_nothing: bool = False
    key: str | None = None
    new_job_types: tuple[str, ...] = ()


@dataclass(slots=True)
class _Portraits:
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


def issue_batch(register: Register, request: Request, progress: Progress | None = None) -> Outcome:
    """Issue all good rows or, with ``all_or_nothing``, none unless all are good.

    Raises Refused for an issuer that is not known, for an issue date on which the signing key no longer signs and for
    reviewers that were forgotten, and IdempotencyKeyReused for a key that came with another request.
    """
    issued_on = request.issued_on or register.effects.today()
    institutions = register.institutions()
    if request.issuer is not None and request.issuer != CENTRE and request.issuer not in institutions:
        raise Refused(
            "issuer-unknown",
            f"没有代码为 {request.issuer} 的机构；市职鉴中心写 {CENTRE}",
            f"no institution has the code {request.issuer}; the centre is {CENTRE}",
        )
    catalogue = known_job_types(register, request.new_job_types)
    rows = tuple(parse_row(row, catalogue) for row in request.rows)
    check_reviewers(rows, request.reviewed_by)
    policy = Policy(
        register.jurisdiction,
        institutions,
        issued_on,
        issuer=request.issuer,
        reviewer=request.reviewed_by,
        authorities=list_authorities(register),
        notice=request.notice,
        registered=_registered(register, rows),
    )
    portraits = _portraits(request.photos, rows, progress)
    for row, asked in questions(rows, catalogue).items():
        portraits.problems[row] = [*asked, *portraits.problems.get(row, ())]
    digest = _digest(request, portraits)
    if request.key is not None and (earlier := _earlier(register, request, digest)) is not None:
        return earlier
    check_key(register, issued_on)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _attempt(register, request, policy, rows, portraits, digest)
        except NotKept as looked_at:
            return looked_at.outcome
        except (Conflict, Busy, IllegalTransition) as error:
            # Somebody else was first with a person, a number or a former card: look again and plan anew.
            if isinstance(error, IdempotencyKeyReused) or attempt == _ATTEMPTS:
                raise
    raise AssertionError


def _attempt(
    register: Register,
    request: Request,
    policy: Policy,
    rows: Sequence[Application | MalformedRow],
    portraits: _Portraits,
    digest: bytes,
) -> Outcome:
    known = _known(register, rows)
    planned = plan(rows, known, policy)
    refused = {refusal.row: [*refusal.problems] for refusal in planned.refused}
    names = {row.row: row.name for row in rows}
    for row, found in portraits.problems.items():
        refused.setdefault(row, []).extend(found)
    warned = {one.row: [*one.problems] for one in planned.warnings}
    prepared: list[PreparedCard] = []
    with register.database.read() as connection:
        with_portraits = issuers_with_portraits(connection, {card.issuer for card in planned.accepted})
    for card in planned.accepted:
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
            warned.setdefault(row, []).extend(narrowed_lines(register, face))
    with register.database.write() as connection:
        stored = batches.begin(
            connection,
            actor=request.actor,
            key=request.key or register.effects.random_bytes(16).hex(),
            request_hash=digest,
            now=register.effects.now(),
            issued_on=policy.issued_on,
            commitment_key=register.effects.random_bytes(KEY_BYTES),
            issuer=request.issuer,
            reviewed_by=request.reviewed_by,
        )
        if stored.result is not None:
            return _decode(stored.result)
        issuing = issue_prepared(register, connection, stored.id, prepared, request.actor)
        for row, problem in issuing.refused:
            refused.setdefault(row, []).append(problem)
        nothing = request.all_or_nothing and refused
        outcome = Outcome(
            batch=None if request.dry_run or nothing else stored.id,
            issued=()
            if nothing
            else tuple(
                IssuedRow(row, None if request.dry_run else str(number), names[row]) for row, number in issuing.issued
            ),
            refused=tuple(RefusedRow(row, names[row], tuple(refused[row])) for row in sorted(refused)),
            warned=tuple(RefusedRow(row, names[row], tuple(notes)) for row, notes in sorted(warned.items()) if notes),
            nearly_full=issuing.nearly_full,
            unused_photos=portraits.unused,
            new_job_types=asked_about(rows),
        )
        if outcome.batch is None:
            raise NotKept(outcome)
        batches.finish(connection, stored.id, msgspec.to_builtins(outcome))
        _record(register, connection, request, outcome)
    return outcome


def _record(register: Register, connection: Connection, request: Request, outcome: Outcome) -> None:
    """Journal the batch and every refused application: a refusal is part of the record too (考§21(2))."""
    data: dict[str, int | str] = {
        "cards": len(outcome.issued),
        "refused": len(outcome.refused),
        "reviewed_by": request.reviewed_by or "",
    }
    if request.issuer is not None:
        data["issuer"] = request.issuer
    if request.notice is not None:
        data["notice"] = request.notice
    batch = str(outcome.batch)
    refusals = (
        Event("application-refused", batch, {"row": row.row, "reasons": [problem.code for problem in row.problems]})
        for row in outcome.refused
    )
    journal.append_many(
        connection, register.effects.now(), request.actor, (Event("batch-issued", batch, data), *refusals)
    )


def _known(register: Register, rows: Sequence[Application | MalformedRow]) -> Mapping[ResidentId, Known]:
    by_blind = {register.blind.of(row.resident_id): row.resident_id for row in rows if row.resident_id is not None}
    with register.database.read() as connection:
        return {by_blind[blind]: known for blind, known in people.known(connection, by_blind).items()}


def _registered(register: Register, rows: Sequence[Application | MalformedRow]) -> frozenset[CardNumber]:
    """Return those of the stated standard cards that the register has: it knows whose they are."""
    stated = {row.evidence.standard_card for row in rows if isinstance(row, Application)}
    with register.database.read() as connection:
        return cards.registered_of(connection, (number for number in stated if number is not None))


def _portraits(files: PhotoFiles, rows: Sequence[Application | MalformedRow], progress: Progress | None) -> _Portraits:
    matches = match_photos(files, rows)
    portraits = _Portraits(unused=matches.unused)
    portraits.problems = {row: [problem] for row, problem in matches.problems.items()}
    for done, (row, photo) in enumerate(matches.by_row.items(), 1):
        try:
            portraits.jpegs[row] = normalise(photo.read())
        except (PortraitError, PhotosRefused) as error:
            portraits.problems[row] = [Problem(error.code, "photo", "督附5", error.zh, error.en)]
        if progress is not None:
            progress(done, len(matches.by_row))
    return portraits


def _earlier(register: Register, request: Request, digest: bytes) -> Outcome | None:
    with register.database.read() as connection:
        stored = batches.find(connection, actor=request.actor, key=request.key or "")
    if stored is None:
        return None
    if stored.request_hash != digest:
        raise batches.key_reused(request.key or "")
    return None if stored.result is None else _decode(stored.result)


def _digest(request: Request, portraits: _Portraits) -> bytes:
    """Condense what was asked for: the same key with another roster is refused, not answered with the old cards."""
    content = msgspec.json.encode(
        (
            [(row.row, dict(row.cells)) for row in request.rows],
            [(row, digest_of(jpeg)) for row, jpeg in sorted(portraits.jpegs.items())],
            request.issuer,
            request.issued_on,
            request.reviewed_by,
            request.all_or_nothing,
            *([] if request.notice is None else [request.notice]),
            *([sorted(request.new_job_types)] if request.new_job_types else []),
        ),
        order="deterministic",
    )
    return hashlib.sha256(content).digest()


def _decode(result: object) -> Outcome:
    return msgspec.convert(result, type=Outcome)
