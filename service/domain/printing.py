"""A printed copy on its way to the holder: printed, checked, handed out; who prints for whom.

A copy is printed, the card that came out is scanned and its face compared, and it is handed out. A print that was
spoilt is made again from the same copy, with its reason (重打); a card that was lost or damaged afterwards gets a new
copy (补发). Copies of before the log was kept have no stage: they are taken as printed and handed out.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.errors import PrintStepRefused
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind


class CopyOrigin(StrEnum):
    """Why a copy was made: the first one of a card, or one in the place of another."""

    NEW = "new"
    RENEWED = "renewed"
    LOST = "lost"
    DAMAGED = "damaged"
    CORRECTED = "corrected"

    @property
    def is_urgent(self) -> bool:
        """Return True where the holder has had a card and is without one now: these are printed first."""
        return self in {CopyOrigin.LOST, CopyOrigin.DAMAGED, CopyOrigin.CORRECTED}


class CopyStage(StrEnum):
    """How far a copy is; one that was replaced, or whose card has ended, before it was handed out is withdrawn."""

    TO_PRINT = "to-print"
    PRINTED = "printed"
    CHECKED = "checked"
    HANDED_OUT = "handed-out"
    WITHDRAWN = "withdrawn"


class PrintStep(StrEnum):
    """What is done with a copy, one entry of the log each time."""

    PRINTED = "printed"
    CHECKED = "checked"
    HANDED_OUT = "handed-out"


class AgainReason(StrEnum):
    """Why a copy is printed again (重打)."""

    JAM = "jam"
    COLOUR = "colour"
    CUT = "cut"
    OTHER = "other"


class Delivery(StrEnum):
    """How a card gets to its holder."""

    SIGNED = "signed"
    POSTED = "posted"


WAITING: Final = (CopyStage.TO_PRINT, CopyStage.PRINTED, CopyStage.CHECKED)
"""The stages in which somebody has still something to do."""

_ORIGINS: Final[Mapping[ReplacementReason, CopyOrigin]] = {
    ReplacementReason.LOST: CopyOrigin.LOST,
    ReplacementReason.DAMAGED: CopyOrigin.DAMAGED,
    ReplacementReason.CORRECTED: CopyOrigin.CORRECTED,
}


def origin_of_first(predecessor: CardNumber | None) -> CopyOrigin:
    """Return why a card's first copy is made: the card is new, or follows another (换发)."""
    return CopyOrigin.NEW if predecessor is None else CopyOrigin.RENEWED


def origin_of_replacement(reason: ReplacementReason) -> CopyOrigin:
    """Return why a further copy is made (补发)."""
    return _ORIGINS[reason]


def issuer_of(number: CardNumber) -> str:
    """Return the issuer that a number stands for: an institution's code, or the centre (督§9, 考§12)."""
    return (number.institution if number.kind is CardKind.INTERNAL else None) or CENTRE


def is_printed_by(body: str, issuer: str, *, at_centre: bool) -> bool:
    """Return whether a body prints an issuer's cards: its own, and the centre those that an institution sends it."""
    return body == (CENTRE if at_centre else issuer)


def after_printing(number: CardNumber, stage: CopyStage | None, again: AgainReason | None) -> CopyStage:
    """Return the stage of a copy that is printed at the desk. Raises PrintStepRefused.

    Out of the queue it is printed without a reason; again with one, as long as its holder has not got it.
    """
    if stage is CopyStage.HANDED_OUT or stage is CopyStage.WITHDRAWN:
        gone = stage is CopyStage.WITHDRAWN
        raise PrintStepRefused(
            f"{number} 已{'停用' if gone else '发放'}，不能重打；{'' if gone else '卡丢了或坏了，请办理补发'}",
            f"{number} was {'withdrawn' if gone else 'handed out'} and is not printed again"
            + ("" if gone else ": if it is lost or damaged, make a new copy"),
            code=f"print-{stage.value}",
        )
    if stage is not CopyStage.TO_PRINT and again is None:
        raise PrintStepRefused(
            f"{number} 已经打印过；重打须说明原因",
            f"{number} has been printed: state why it is printed again",
            code="print-again-unexplained",
        )
    return CopyStage.PRINTED


def after_drawing(stage: CopyStage | None) -> CopyStage | None:
    """Return the stage of a copy drawn by a door that states no reason: what is with the holder stays there."""
    return stage if stage in {None, CopyStage.HANDED_OUT, CopyStage.WITHDRAWN} else CopyStage.PRINTED


def after_check(number: CardNumber, stage: CopyStage | None) -> CopyStage:
    """Return the stage of a copy whose print was scanned and compared. Raises PrintStepRefused."""
    if stage in {CopyStage.PRINTED, CopyStage.CHECKED}:
        return CopyStage.CHECKED
    zh, en = {
        None: ("是打印记录启用之前发的，不用校验", "is from before prints were logged and needs no check"),
        CopyStage.TO_PRINT: (
            "还没有打印记录，请先打印",
            "has not been printed yet: print it in the print room",
        ),
        CopyStage.HANDED_OUT: ("已经发放，不用再校验", "was handed out and needs no check"),
    }.get(stage, ("已停用，请把这张卡剪毁", "was withdrawn: destroy this card"))
    raise PrintStepRefused(f"{number} {zh}", f"{number} {en}", code=f"check-{stage or 'before'}")


def after_delivery(number: CardNumber, stage: CopyStage | None) -> CopyStage:
    """Return the stage of a copy that is handed out, once its print was checked. Raises PrintStepRefused."""
    if stage is CopyStage.CHECKED:
        return CopyStage.HANDED_OUT
    zh, en = {
        CopyStage.HANDED_OUT: ("已经发放过", "has been handed out"),
        CopyStage.WITHDRAWN: ("已停用，不能发放", "was withdrawn and is not handed out"),
        None: ("是打印记录启用之前发的", "is from before prints were logged"),
    }.get(stage, ("还没有扫码校验，不能发放", "has not been checked: scan the card that came out"))
    raise PrintStepRefused(f"{number} {zh}", f"{number} {en}", code=f"hand-out-{stage or 'before'}")


def sheets_needed(cards: int, places: int, start: int) -> int:
    """Return how many sheets so many cards take, of which the first begins at place ``start``, counted from 1."""
    return -(-(cards + start - 1) // places) if cards else 0
