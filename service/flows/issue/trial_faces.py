"""Look at a card before a number is spent on it: its dates, and whether all of it fits its face (督附5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from cardlayout.check import check, narrowed
from cardlayout.face import CardFace
from cardlayout.portrait import count_faces
from service.domain.batch import PlannedCard
from service.domain.card import Card
from service.domain.eligibility import Known, Policy
from service.domain.eligibility.case import refusal
from service.domain.problem import Problem
from service.flows.cards.faces import Printed, face_of
from service.flows.issue.signing import unsigned_credential
from service.flows.register import Register

_LARGER_ZH: Final = "；二维码因含照片而较大，“照片入码同意”填“否”则为原尺寸"
_LARGER_EN: Final = "; the code is larger for the portrait in it, and of its usual size without portrait_consent"


def date_problems(planned: PlannedCard, known: Known, today: date) -> Iterator[Problem]:
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


def trial_face(register: Register, policy: Policy, draft: Card, portrait: bytes, small: bytes | None) -> CardFace:
    """Compose the face of a card that has no number yet; its code has its size, and without a portrait the least."""
    issuer = policy.institutions.get(draft.issuer)
    name, unit = (issuer.name, issuer.printed_by) if issuer else (policy.jurisdiction.centre.zh, None)
    printed = Printed(policy.jurisdiction.card, name, unit)
    credential = None if small is None else unsigned_credential(draft, small)
    return face_of(draft, printed, host=register.host, portrait=portrait, credential=credential)


def face_problems(register: Register, face: CardFace) -> tuple[Problem, ...]:
    """Lay a card out on trial; a portrait that is missing has been refused already and is not reported twice."""
    found = (p for p in check(face, register.fonts) if face.portrait or p.field != "photo")
    return tuple(
        Problem(p.code, p.field, "督附5", f"{p.zh}{_LARGER_ZH}", f"{p.en}{_LARGER_EN}")
        if face.qr and p.field == "printer"
        else Problem(p.code, p.field, "督附5", p.zh, p.en)
        for p in found
    )


def narrowed_lines(register: Register, face: CardFace) -> Iterator[Problem]:
    """Return which lines of a sound face are printed with narrower characters than 督附5 has them."""
    for line in narrowed(face, register.fonts):
        yield Problem(
            "text-narrowed",
            "",
            "督附5",
            f"“{line.text}”一行排不下，卡面上以 {line.percent} % 的字宽印制",
            f"the line {line.text!r} is printed at {line.percent} % of its width",
        )


def faces_seen(face: CardFace) -> Iterator[Problem]:
    """Yield a problem for each portrait in which not one face is found: to be looked at, never refused.

    Nothing is said where the package that looks for faces is not installed.
    """
    count = count_faces(face.portrait)
    if count is None or count == 1:
        return
    if count == 0:
        said = (
            "照片上没有找到正面的人脸，请看一看是不是本人、有没有放正",
            "no face was found in the photograph, seen from the front: look whether it shows the holder, upright",
        )
    else:
        said = (
            f"照片上找到 {count} 张人脸，请看一看裁剪的是不是本人",
            f"{count} faces were found in the photograph: look whether the holder's was cut out",
        )
    yield Problem("photo-face-none" if count == 0 else "photo-face-several", "photo", "督附5", *said)
