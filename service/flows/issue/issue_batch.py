"""Issue a batch: rows and photographs in, numbered and signed cards in the register (督§9, 考§12).

1. read the rows; 2. ask the register what it knows of the people; 3. plan: every refusal at once, by row, with its
article; 4. look at photographs and faces, before a number is spent; 5. one transaction: claim numbers, compose
claims, sign, store card, copy and journal, and the answer under its idempotency key. A dry run takes the same path
and rolls the transaction back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import msgspec

from cardlayout.portrait import EARLIER_SPARE, PortraitError, normalise
from service.domain.application import Application, MalformedRow, RawRow, parse_row
from service.domain.eligibility import Policy
from service.domain.errors import IllegalTransition
from service.domain.problem import Problem
from service.flows.cards.wording import current_jurisdiction
from service.flows.issue.entering import Entry, enter_batch
from service.flows.issue.judging import Portraits, Terms, judge, policy_for
from service.flows.issue.new_job_types import known_job_types, questions
from service.flows.issue.normalising import in_turn, portrait_or_error
from service.flows.issue.outcome import NotKept, Outcome
from service.flows.issue.whole_batch import check_key, check_reviewers
from service.flows.register import Register
from service.roster.errors import PhotosRefused
from service.roster.photo_files import PhotoFile, PhotoFiles
from service.roster.photos import PhotoMatches, match_photos
from service.store import batches
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


def issue_batch(register: Register, request: Request, progress: Progress | None = None) -> Outcome:
    """Issue all good rows or, with ``all_or_nothing``, none unless all are good.

    Raises Refused for an issuer that is not known, for an issue date on which the signing key no longer signs and for
    reviewers that were forgotten, and IdempotencyKeyReused for a key that came with another request.
    """
    issued_on = request.issued_on or register.effects.today()
    catalogue = known_job_types(register, request.new_job_types)
    rows = tuple(parse_row(row, catalogue) for row in request.rows)
    check_reviewers(rows, request.reviewed_by)
    terms = Terms(issuer=request.issuer, issued_on=issued_on, reviewed_by=request.reviewed_by, notice=request.notice)
    policy = policy_for(register, terms, rows)
    matches = match_photos(request.photos, rows)
    digest = _digest(request, _came(matches.by_row))
    if request.key is not None and (earlier := _earlier(register, request, matches.by_row, digest)) is not None:
        return earlier
    portraits = _portraits(matches, progress)
    for row, asked in questions(rows, catalogue).items():
        portraits.problems[row] = [*asked, *portraits.problems.get(row, ())]
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
    portraits: Portraits,
    digest: bytes,
) -> Outcome:
    entry = Entry(
        actor=request.actor,
        key=request.key or register.effects.random_bytes(16).hex(),
        digest=digest,
        issuer=request.issuer,
        issued_on=policy.issued_on,
        reviewed_by=request.reviewed_by,
        notice=request.notice,
        dry_run=request.dry_run,
        all_or_nothing=request.all_or_nothing,
    )
    policy = replace(policy, jurisdiction=current_jurisdiction(register))
    judged = judge(register, policy, rows, portraits)
    with register.database.write() as connection:
        return enter_batch(register, connection, entry, rows, judged, portraits.unused)


def _portraits(matches: PhotoMatches, progress: Progress | None) -> Portraits:
    portraits = Portraits(unused=matches.unused)
    portraits.problems = {row: [problem] for row, problem in matches.problems.items()}

    def contents() -> Iterator[tuple[int, bytes]]:
        for row, photo in matches.by_row.items():
            try:
                yield row, photo.read()
            except PhotosRefused as error:
                portraits.problems[row] = [_against(error)]

    for done, (row, made) in enumerate(in_turn(portrait_or_error, contents()), 1):
        if isinstance(made, PortraitError):
            portraits.problems[row] = [_against(made)]
        else:
            portraits.jpegs[row] = made
        if progress is not None:
            progress(done, len(matches.by_row))
    return portraits


def _against(error: PortraitError | PhotosRefused) -> Problem:
    return Problem(error.code, "photo", "督附5", error.zh, error.en)


def _earlier(register: Register, request: Request, photos: Mapping[int, PhotoFile], digest: bytes) -> Outcome | None:
    with register.database.read() as connection:
        stored = batches.find(connection, actor=request.actor, key=request.key or "")
    if stored is None:
        return None
    if stored.request_hash != digest and stored.request_hash != _digest(request, _made_earlier(photos)):
        raise batches.key_reused(request.key or "")
    return None if stored.result is None else msgspec.convert(stored.result, type=Outcome)


def _came(photos: Mapping[int, PhotoFile]) -> list[tuple[int, str]]:
    """Return the SHA-256 of each row's photograph as it came, in hexadecimal digits; none of one that cannot be read.

    What is made of a photograph changes with the program, and a retry is the same request in the next version too.
    """
    came: list[tuple[int, str]] = []
    for row, photo in sorted(photos.items()):
        with suppress(PhotosRefused):
            came.append((row, hashlib.sha256(photo.read()).hexdigest()))
    return came


def _made_earlier(photos: Mapping[int, PhotoFile]) -> list[tuple[int, bytes]]:
    """Return what a batch was known by in earlier versions: the SHA-256 of each portrait as they made it."""
    made: list[tuple[int, bytes]] = []
    for row, photo in sorted(photos.items()):
        with suppress(PortraitError, PhotosRefused):
            made.append((row, digest_of(normalise(photo.read(), spare=EARLIER_SPARE))))
    return made


def _digest(request: Request, photos: Sequence[tuple[int, str | bytes]]) -> bytes:
    """Condense what was asked for: the same key with another roster is refused, not answered with the old cards."""
    content = msgspec.json.encode(
        (
            [(row.row, dict(row.cells)) for row in request.rows],
            photos,
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
