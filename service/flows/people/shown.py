"""What a holder has shown to a body that wants to engage them: the card's code, or the whole identity number.

Card numbers run on; who merely writes one down knows nobody (个人信息保护法§13), and a contract has two sides (考§16).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from service.domain.card_number import CardNumber
from service.domain.people import ResidentId
from service.flows.checking.copy_shown import copy_of_credential
from service.flows.errors import Refused, no_such_card
from service.flows.register import Register
from service.store import cards, limits, people
from service.store.limits import Claim, Limit, Tell, unheard
from service.store.states import CopyState

TRIES: Final = Limit(10, timedelta(hours=1))
"""Identity numbers that one account may show and that are not the holder's: a birth date and a place leave few."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown, one of the two: the text of a card's QR code, or an 18-digit identity number."""

    credential: str = ""
    resident_id: str = ""

    @property
    def what(self) -> str:
        """Which of the two, for the journal."""
        return "credential" if self.credential.strip() else "resident-id"

    def __repr__(self) -> str:
        return "<Shown>"


def check_shown(register: Register, number: CardNumber, shown: Shown, actor: str, tell: Tell = unheard) -> None:
    """Refuse a number whose holder has shown neither the live card nor the own identity number.

    Raises Refused, ResidentIdInvalid, and LimitReached after TRIES identity numbers that are another's.
    """
    with register.database.read() as connection:
        record = cards.get(connection, number)
    if record is None:
        raise no_such_card(number)
    credential, typed = shown.credential.strip(), shown.resident_id.strip()
    if bool(credential) == bool(typed):
        raise Refused(
            "holder-not-shown",
            "只凭编号不能登记聘用：请扫描证卡二维码，或填写持证人的完整身份证号，二者填一项",
            "a number alone engages nobody: scan the code on the card, or state the holder's whole identity number; "
            "one of the two",
        )
    if credential:
        with register.database.read() as connection:
            found = copy_of_credential(register, connection, credential)
        fits = found is not None and found.card.number == number and found.copy.state is CopyState.LIVE
    else:
        fits = _is_holder(register, record.card.person, ResidentId.parse(typed), actor, tell)
    if not fits:
        raise Refused(
            "holder-mismatch",
            f"所出示的不是证卡 {number} 的现行证卡，也不是其持证人的身份证号",
            f"what was shown is neither the live card {number} nor its holder's identity number",
        )


def _is_holder(register: Register, person_id: int, stated: ResidentId, actor: str, tell: Tell) -> bool:
    """Compare with the holder's by the keyed index alone; a try that fails is counted, of one account."""
    claim = Claim(register.blind.of(f"holder {actor}"), TRIES)
    now = register.effects.now()
    with register.database.counters.read() as connection:
        (wait,) = limits.waits(connection, (claim,), now)
    if wait:
        raise limits.LimitReached(wait, TRIES)
    with register.database.read() as connection:
        person = people.get(connection, person_id)
    if person is not None and hmac.compare_digest(person.blind_index, register.blind.of(stated)):
        return True
    with register.database.counters.write() as connection:
        (left,) = limits.take(connection, (claim,), now)
    tell(left)
    return False
