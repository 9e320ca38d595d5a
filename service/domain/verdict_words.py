"""What a verdict says to a person: one sentence in Chinese and one in English for each word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from service.domain.card_view import CardView
from service.domain.check_facts import Doubt
from service.domain.fitness import Answer, FitForDuty
from service.domain.validity import SHANGHAI


class Word(StrEnum):
    """The answers to a check, in order of precedence: of several that apply, the first is given.

    UNKNOWN answers a number that no card has, when signed-in staff look it up; no scan gives it.
    """

    UNREADABLE = "unreadable"
    FORGED = "forged"
    UNKNOWN_KEY = "unknown_key"
    SUSPECT = "suspect"
    UNREGISTERED = "unregistered"
    REVOKED = "revoked"
    VOIDED = "voided"
    REPLACED = "replaced"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    STATUS_UNKNOWN = "status_unknown"
    VALID = "valid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Summary:
    """One sentence in two languages."""

    zh: str
    en: str


_TEXTS: Final[Mapping[Word, tuple[str, str]]] = {
    Word.UNREADABLE: (
        "读不出证卡内容：不是本系统的二维码，或二维码残缺。请重新扫描。",
        "This cannot be read as a card: another kind of code, or a damaged one. Scan again.",
    ),
    Word.FORGED: (
        "伪造：签名或网址与颁发机构不符，不是颁发机构签发的内容。",
        "Forged: the signature or the address is not the issuer's.",
    ),
    Word.UNKNOWN_KEY: (
        "签发密钥不为本验证端所知：离线验证请先更新；在线验证即为不是本系统签发。",
        "Signed with a key this checker does not know: offline, update first; online, it was never issued here.",
    ),
    Word.SUSPECT: (
        "存疑：签发密钥已报失或已停用，且没有登记可以证实，请联网核验。",
        "Suspect: signed with a key reported stolen or out of use, and no register vouches for it. Check online.",
    ),
    Word.UNREGISTERED: (
        "签名无误，但登记中没有这张证卡或这份副本，请报告颁发机构。",
        "The signature holds, but no such card or copy is registered. Report it to the issuer.",
    ),
    Word.REVOKED: ("持证人资格已被取消{on}。", "The qualification has been cancelled{on}."),
    Word.VOIDED: ("该证卡已作废{on}。", "The card has been voided{on}."),
    Word.REPLACED: (
        "这份副本已被补发的新证卡取代，请查验新证卡。",
        "This copy has been replaced by a new one. Ask for the new card.",
    ),
    Word.SUPERSEDED: (
        "该证卡已换发{on}，请查验新证卡。",
        "The card has been superseded by a renewed one{on}. Ask for the new card.",
    ),
    Word.EXPIRED: ("该证卡已于 {expires_on} 到期。", "The card expired at the end of {expires_on}."),
    Word.NOT_YET_VALID: ("该证卡自 {issued_on} 起有效，目前尚未生效。", "The card is valid from {issued_on}, not yet."),
    Word.STATUS_UNKNOWN: (
        "证卡为颁发机构签发且在有效期内，但手头的状态数据过旧或缺失，无法确认现状，请联网核验。",
        "Genuine and within its term, but the status data at hand is too old or missing. Check online.",
    ),
    Word.VALID: (
        "证卡有效（状态截至 {as_of}）。请核对持证人与照片。",
        "The card is valid (status as of {as_of}). Compare the holder with the photograph.",
    ),
    Word.UNKNOWN: ("没有这个编号的证卡。", "No card has this number."),
}
_OF_DOUBT: Final[Mapping[Doubt, tuple[str, str]]] = {
    Doubt.UNCONFIRMED: (
        "证卡为颁发机构签发，但登记库由备份恢复，这张证卡的现状尚待颁发机构确认，请向颁发机构查询。",
        "Genuine, but since the register was restored from a backup the issuer has not confirmed this card. Ask there.",
    ),
    Doubt.LOST: (
        "证卡为颁发机构签发，但其核发记录在恢复登记库时丢失，现状无法确认，请向颁发机构查询。",
        "Genuine, but its record was lost when the register was restored: its status cannot be told. Ask the issuer.",
    ),
}
"""What ``status_unknown`` says at the register, which is not to be asked again."""

_UNFIT: Final = {
    Answer.YES: ("", ""),
    Answer.NO: ("但不得在此执行所问工作。", " But it does not cover the work asked about."),
    Answer.UNKNOWN: ("能否在此执行所问工作，尚不能确定。", " Whether it covers the work asked about cannot be told."),
}


def summarise(
    word: Word, as_of: datetime, card: CardView | None, fit: FitForDuty | None, doubt: Doubt | None = None
) -> Summary:
    """Print a verdict in a sentence; dates are civil dates and times in Asia/Shanghai."""
    on = card.status_on if card is not None else None
    dates = {
        "as_of": as_of.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        "expires_on": "" if card is None else card.expires_on.isoformat(),
        "issued_on": "" if card is None else card.issued_on.isoformat(),
    }
    zh, en = _OF_DOUBT[doubt] if word is Word.STATUS_UNKNOWN and doubt is not None else _TEXTS[word]
    more_zh, more_en = ("", "") if fit is None else _UNFIT[fit.answer]
    return Summary(
        zh.format(on=f"（{on}）" if on else "", **dates) + more_zh,
        en.format(on=f" on {on}" if on else "", **dates) + more_en,
    )
