"""Issue a batch: rows and photographs in, numbered and signed cards in the register (督§9, 考§12).

1. read the rows; 2. ask the register what it knows of the people; 3. plan: every refusal at once, by row, with its
article; 4. look at photographs and faces, before a number is spent; 5. one transaction: claim numbers, compose
claims, sign, store card, copy and journal, and the answer under its idempotency key. A dry run takes the same path
and rolls the transaction back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Connection

from cardlayout.check import check, narrowed
from cardlayout.face import CardFace
from cardlayout.portrait import PortraitError, normalise
from keys.keyring import Purpose
from keys.rotation import active
from service.domain.application import Application, MalformedRow, RawRow, parse_row
from service.domain.batch import PlannedCard, plan
from service.domain.card import Card
from service.domain.eligibility import UNKNOWN, Known, Policy
from service.domain.eligibility.case import refusal
from service.domain.errors import IllegalTransition
from service.domain.event import Event
from service.domain.fact import KEY_BYTES
from service.domain.issuer import CENTRE
from service.domain.people import ResidentId
from service.domain.problem import Problem
from service.flows.cards.faces import face_of
from service.flows.errors import Refused
from service.flows.issue.issuing import PreparedCard, draft_of, issue_prepared
from service.flows.issue.portraits import issuers_with_portraits, small_portrait
from service.flows.issue.signing import unsigned_credential
from service.flows.register import Register
from service.roster.errors import PhotosRefused
from service.roster.photo_files import PhotoFiles
from service.roster.photos import match_photos
from service.store import batches, journal, people
from service.store.blobs import digest_of
from service.store.errors import Busy, Conflict, IdempotencyKeyReused

_ATTEMPTS: Final = 5
_LARGER_ZH: Final = "；二维码因含照片而较大，“照片入码同意”填“否”则为原尺寸"
_LARGER_EN: Final = "; the code is larger for the portrait in it, and of its usual size without portrait_consent"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the office asks for. ``actor`` is who asks; ``key`` makes a retry harmless."""

    rows: Sequence[RawRow]
    photos: PhotoFiles
    actor: str
    issuer: str | None = None
    issued_on: date | None = None
    reviewed_by: str | None = None
    dry_run: bool = False
    all_or_nothing: bool = False
    key: str | None = None


class IssuedRow(msgspec.Struct, frozen=True):
    """A row that got its card; ``number`` is None in a dry run, which spends none."""

    row: int
    number: str | None
    name: str


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that got none, and every reason."""

    row: int
    name: str
    problems: tuple[Problem, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a batch, the same for every retry with its key. ``batch`` is None where nothing was stored."""

    batch: int | None
    issued: tuple[IssuedRow, ...]
    refused: tuple[RefusedRow, ...]
    warned: tuple[RefusedRow, ...]
    nearly_full: tuple[str, ...] = ()
    unused_photos: tuple[str, ...] = ()


@dataclass(slots=True)
class _Portraits:
    """Normalised photographs by row, made once however often the batch is planned."""

    jpegs: dict[int, bytes] = field(default_factory=dict)
    problems: dict[int, Problem] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    small: dict[int, bytes] = field(default_factory=dict)

    def for_code(self, row: int) -> bytes | None:
        """Return the small portrait that goes into the code; None for a photograph that was refused."""
        if row in self.jpegs and row not in self.small:
            self.small[row] = small_portrait(self.jpegs[row])
        return self.small.get(row)


def issue_batch(register: Register, request: Request, progress: Progress | None = None) -> Outcome:
    """Issue all good rows or, with ``all_or_nothing``, none unless all are good.

    Raises Refused for an issuer that is not known and for an issue date on which the signing key no longer signs,
    and IdempotencyKeyReused for a key that came with another request.
    """
    issued_on = request.issued_on or register.effects.today()
    institutions = register.institutions()
    if request.issuer is not None and request.issuer != CENTRE and request.issuer not in institutions:
        raise Refused(
            "issuer-unknown",
            f"没有代码为 {request.issuer} 的机构；市职鉴中心写 {CENTRE}",
            f"no institution has the code {request.issuer}; the centre is {CENTRE}",
        )
    policy = Policy(register.jurisdiction, institutions, issued_on, request.issuer, request.reviewed_by)
    rows = tuple(parse_row(row, register.catalogue) for row in request.rows)
    portraits = _portraits(request.photos, rows, progress)
    digest = _digest(request, portraits)
    if request.key is not None and (earlier := _earlier(register, request, digest)) is not None:
        return earlier
    _check_key(register, issued_on)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _attempt(register, request, policy, rows, portraits, digest)
        except (Conflict, Busy, IllegalTransition) as error:
            # Somebody else was first with a person, a number or a former card: look again and plan anew.
            if isinstance(error, IdempotencyKeyReused) or attempt == _ATTEMPTS:
                raise
    raise AssertionError


def _check_key(register: Register, issued_on: date) -> None:
    """Refuse cards dated after the last day of the key that would sign them: offline they would be suspect."""
    key = active(register.trusted_keys().document.keys, Purpose.CARD, register.effects.today())
    if issued_on > key.signs_until:
        raise Refused(
            "issued-on-after-key",
            f"核发日期 {issued_on} 晚于现用签发密钥的截止日 {key.signs_until}；请先更换密钥，或改用较早的日期",
            f"the issue date {issued_on} is after the last day of the signing key, {key.signs_until}: rotate the keys "
            "first, or choose an earlier date",
        )


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
    for row, problem in portraits.problems.items():
        refused.setdefault(row, []).append(problem)
    warned = {one.row: [*one.problems] for one in planned.warnings}
    prepared: list[PreparedCard] = []
    with register.database.read() as connection:
        with_portraits = issuers_with_portraits(connection, {card.issuer for card in planned.accepted})
    for card in planned.accepted:
        row, of_person = card.application.row, known.get(card.application.resident_id, UNKNOWN)
        draft = draft_of(card)
        in_code = card.application.portrait_consent and card.issuer in with_portraits
        small = portraits.for_code(row) if in_code else None
        face = _trial_face(register, policy, draft, portraits.jpegs.get(row, b""), small)
        problems = (
            *_date_problems(card, of_person, register.effects.today()),
            *_face_problems(register, face),
        )
        if problems:
            refused.setdefault(row, []).extend(problems)
        elif row not in refused:
            prepared.append(PreparedCard(card, draft, portraits.jpegs[row], of_person, small))
            warned.setdefault(row, []).extend(_narrowed_lines(register, face))
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
        )
        if outcome.batch is None:
            connection.rollback()
            return outcome
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


def _portraits(files: PhotoFiles, rows: Sequence[Application | MalformedRow], progress: Progress | None) -> _Portraits:
    matches = match_photos(files, rows)
    portraits = _Portraits(problems=dict(matches.problems), unused=matches.unused)
    for done, (row, photo) in enumerate(matches.by_row.items(), 1):
        try:
            portraits.jpegs[row] = normalise(photo.read())
        except (PortraitError, PhotosRefused) as error:
            portraits.problems[row] = Problem(error.code, "photo", "督附5", error.zh, error.en)
        if progress is not None:
            progress(done, len(matches.by_row))
    return portraits


def _date_problems(planned: PlannedCard, known: Known, today: date) -> Iterator[Problem]:
    """Refuse a card dated ahead that takes one of two job types from another card.

    That card would no longer count for it from today, and nobody's would until the new one takes effect. A card that
    is taken over whole stays valid until then. 考§12, 督§10.
    """
    if planned.issued_on <= today:
        return
    taken = dict(planned.supersedes)
    for held in (known_card.card for known_card in known.cards if known_card.card.number in taken):
        if taken[held.number] != held.live_scopes:
            yield refusal(
                "issue-date-ahead",
                "",
                "考§12" if held.kind.is_assessor else "督§10",
                f"核发日期 {planned.issued_on} 晚于今日 {today}，而证卡 {held.number} 只有部分职业（工种）转入新证；"
                "请于当日核发",
                f"dated {planned.issued_on}, after today {today}, but card {held.number} gives up only part of its job "
                "types: issue it on the day itself",
            )


def _trial_face(register: Register, policy: Policy, draft: Card, portrait: bytes, small: bytes | None) -> CardFace:
    """Compose the face of a card that has no number yet; its code has its size, and without a portrait the least."""
    issuer = policy.institutions.get(draft.issuer)
    return face_of(
        draft,
        register.jurisdiction,
        host=register.host,
        issuer_name=issuer.name if issuer else register.jurisdiction.centre.zh,
        portrait=portrait,
        credential=None if small is None else unsigned_credential(draft, small),
    )


def _face_problems(register: Register, face: CardFace) -> tuple[Problem, ...]:
    """Lay a card out on trial; a portrait that is missing has been refused already and is not reported twice."""
    found = (p for p in check(face, register.fonts) if face.portrait or p.field != "photo")
    return tuple(
        Problem(p.code, p.field, "督附5", f"{p.zh}{_LARGER_ZH}", f"{p.en}{_LARGER_EN}")
        if face.qr and p.field == "printer"
        else Problem(p.code, p.field, "督附5", p.zh, p.en)
        for p in found
    )


def _narrowed_lines(register: Register, face: CardFace) -> Iterator[Problem]:
    """Return which lines of a sound face are printed with narrower characters than 督附5 has them."""
    for line in narrowed(face, register.fonts):
        yield Problem(
            "text-narrowed",
            "",
            "督附5",
            f"“{line.text}”一行排不下，卡面上以 {line.percent} % 的字宽印制",
            f"the line {line.text!r} is printed at {line.percent} % of its width",
        )


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
        ),
        order="deterministic",
    )
    return hashlib.sha256(content).digest()


def _decode(result: object) -> Outcome:
    return msgspec.convert(result, type=Outcome)
