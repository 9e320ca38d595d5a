"""Enter a print in the log of its copies, whichever door it came through."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from cardlayout.impose import Flip, Sheet, Slot
from cardlayout.render import Job
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.event import Event, Json
from service.domain.issuer import CENTRE
from service.domain.printing import AgainReason, CopyStage, PrintStep, after_drawing, after_printing
from service.flows.errors import Refused
from service.flows.register import Register
from service.store import journal, prints
from service.store.prints import PrintEntry

_KEY_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What one press of the button asks for: its key, the SHA-256 of the rest, and why once more."""

    key: str
    digest: bytes
    again: AgainReason | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A print as it was drawn: which copy each card shows, how it lies on the paper, and what asked for it."""

    copies: Mapping[CardNumber, bytes]
    job: Job
    request: Asked


def asked(register: Register, what: object, key: str = "", again: AgainReason | None = None) -> Asked:
    """Return what is asked under its key, or under one of its own where there is none to be sent again."""
    digest = hashlib.sha256(msgspec.json.encode(what, enc_hook=str, order="sorted")).digest()
    return Asked(key or register.effects.random_bytes(_KEY_BYTES).hex(), digest, again)


def paper_of(job: Job) -> dict[str, Any]:
    """Return what draws a job again, as JSON values."""
    return {
        "title": job.title,
        "sheet": job.sheet.value,
        "flip": job.flip.value,
        "slot": job.slot.value,
        "start": job.start,
        "front": list(job.offset_front),
        "back": list(job.offset_back),
    }


def job_on(paper: Mapping[str, Any]) -> Job:
    """Read what ``paper_of`` has written."""
    return Job(
        title=paper["title"],
        sheet=Sheet(paper["sheet"]),
        flip=Flip(paper["flip"]),
        start=paper["start"],
        offset_front=(paper["front"][0], paper["front"][1]),
        offset_back=(paper["back"][0], paper["back"][1]),
        slot=Slot(paper["slot"]),
    )


def drawn_unasked(register: Register, copies: Mapping[CardNumber, bytes], job: Job) -> Drawn:
    """Return a print that no button asked for: it is never sent again, and states no reason."""
    return Drawn(copies, job, asked(register, [sorted(copies), paper_of(job)]))


def enter_drawn(connection: Connection, register: Register, drawn: Drawn, by: By) -> None:
    """Enter a print that states no reason, as the command line and the interface make them.

    What its holder has already stays handed out. Raises Refused where a card got another copy while it was drawn.
    """
    stages = _locked(connection, drawn.copies)
    after = {number: after_drawing(stage) for number, (_, stage) in stages.items()}
    moved = {number: stage for number, stage in after.items() if stage is CopyStage.PRINTED}
    _enter(connection, register, drawn, moved, by)


def enter_printed(connection: Connection, register: Register, drawn: Drawn, by: By) -> int:
    """Enter a print at the desk, and return its job; the same request again changes nothing and finds its job.

    Raises PrintStepRefused for the first card that may not be printed, Refused where one got another copy meanwhile.
    """
    request = drawn.request
    before = prints.find_job(connection, by.actor, request.key, request.digest)
    if before is not None:
        return before
    stages = _locked(connection, drawn.copies)
    moved = {number: after_printing(number, stage, request.again) for number, (_, stage) in stages.items()}
    return _enter(connection, register, drawn, moved, by)


def _locked(
    connection: Connection, copies: Mapping[CardNumber, bytes]
) -> dict[CardNumber, tuple[bytes, CopyStage | None]]:
    stages = prints.lock_stages(connection, copies)
    changed = [number for number, copy_id in copies.items() if stages.get(number, (b"", None))[0] != copy_id]
    if changed:
        raise Refused(
            "copies-changed",
            f"这些证卡刚刚有了新的副本，请再打印一次：{'、'.join(changed)}",
            f"these cards have just got a new copy, print them once more: {', '.join(changed)}",
        )
    return stages


def _enter(
    connection: Connection, register: Register, drawn: Drawn, moved: Mapping[CardNumber, CopyStage], by: By
) -> int:
    copies, job, request = drawn.copies, drawn.job, drawn.request
    now, body = register.effects.now(), by.body or CENTRE
    identity, is_new = prints.begin_job(
        connection,
        actor=by.actor,
        key=request.key,
        request_hash=request.digest,
        body=body,
        paper=paper_of(job),
        now=now,
    )
    if not is_new:
        return identity
    times = prints.times_printed(connection, copies.values())
    prints.set_stage(connection, CopyStage.PRINTED, [copies[number] for number in moved])
    prints.enter(
        connection,
        [
            PrintEntry(
                copy_id=copy_id,
                number=number,
                step=PrintStep.PRINTED,
                at=now,
                actor=by.actor,
                body=body,
                job=identity,
                time=times.get(copy_id, 0) + 1,
                reason=request.again,
            )
            for number, copy_id in copies.items()
        ],
    )
    numbers = [str(number) for number in copies]
    data: dict[str, Json] = {"numbers": numbers, "sheet": job.sheet.value, "job": identity, "body": body}
    event = (
        Event("cards-printed", numbers[0], data)
        if request.again is None
        else Event("cards-reprinted", numbers[0], {**data, "reason": request.again.value})
    )
    journal.append_many(connection, now, by.actor, (event,))
    return identity
