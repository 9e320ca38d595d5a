"""What a credential says of its card: a deterministic CBOR map (RFC 8949 4.2), key by key.

====  =====================================================================  ========================
 -1   card number, text                                                      required
 -2   holder's name, text ≤ 60 bytes                                         required
 -3   1–2 job types: uint for a code (6-31-01-03 → 6310103), else text ≤ 60  assessors, and only they
 -4   copy id, 8 random bytes                                                required
 -5   [status list number, index]                                            required
 -6   issued on, days since 1970-01-01 (civil date in Asia/Shanghai)         required
 -7   last valid day, likewise; -6 ≤ -7 ≤ -6 + 3 years                       required
 -8   work unit, text ≤ 90 bytes                                             supervisors, optional
 -9   portrait (``credential.portrait``)                                     optional, with consent
====  =====================================================================  ========================

Kind, grade and issuer follow from the number. Any other key is refused: an addition is version 2.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar, cast

import cbor2

from service.domain.card_number import CardNumber
from service.domain.credential.errors import CredentialError
from service.domain.credential.portrait import check_bitstream
from service.domain.errors import CardNumberMalformed
from service.domain.regulation import MAX_OCCUPATIONS
from service.domain.shared import LIMITS
from service.domain.status_list import LIST_SIZE
from service.domain.validity import last_valid_day

CARD_AAD: Final = b"zhengka/card/1"
"""external_aad of a card's signature (RFC 9052 4.3): it counts for nothing else."""

MAX_NAME_BYTES: Final = LIMITS.name_bytes
MAX_OCCUPATION_BYTES: Final = LIMITS.occupation_bytes
MAX_WORK_UNIT_BYTES: Final = LIMITS.work_unit_bytes
COPY_ID_BYTES: Final = LIMITS.copy_id_bytes
MAX_STATUS_LIST: Final = 2**32 - 1

_NUMBER, _NAME, _OCCUPATIONS, _COPY_ID, _STATUS, _ISSUED_ON, _EXPIRES_ON, _WORK_UNIT, _PORTRAIT = range(-1, -10, -1)
_KEYS: Final = frozenset(range(-9, 0))
_EPOCH: Final = date(1970, 1, 1)
_MAX_DAYS: Final = (date.max - _EPOCH).days
_FIRST_CODE: Final = LIMITS.first_occupation_code  # 1-00-00-00
_LAST_CODE: Final = LIMITS.last_occupation_code  # the classification has eight major groups
_CODE: Final = re.compile(r"([1-8])-([0-9]{2})-([0-9]{2})-([0-9]{2})", re.ASCII)

Typed = TypeVar("Typed")


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one card. Texts are brought to normal form C. Raises CredentialError for what no card can say.

    ``occupations`` holds what ``occupation_claim`` makes. Dates are civil dates in Asia/Shanghai, both inclusive.
    """

    number: CardNumber
    name: str
    occupations: tuple[int | str, ...]
    copy_id: bytes
    status_list: int
    status_index: int
    issued_on: date
    expires_on: date
    work_unit: str | None = None
    portrait: bytes | None = None

    def __post_init__(self) -> None:
        set_field = object.__setattr__  # the one moment at which a frozen value is still being made
        set_field(self, "name", _checked_text("name", self.name, MAX_NAME_BYTES))
        set_field(self, "occupations", tuple(map(_checked_occupation, self.occupations)))
        if self.work_unit is not None:
            set_field(self, "work_unit", _checked_text("work unit", self.work_unit, MAX_WORK_UNIT_BYTES))
        _check_kind(self)
        _check_status(self)
        _check_dates(self)
        if self.portrait is not None:
            check_bitstream(self.portrait)


def occupation_claim(code: str | None, name: str) -> int | str:
    """Choose how a job type travels: its national code as a number where there is one, else its name.

    Raises CredentialError for a code that is not of the form 6-31-01-03.
    """
    if code is None:
        return name
    match = _CODE.fullmatch(code)
    if match is None:
        raise CredentialError(
            f"职业编码“{code[:20]}”应为 6-31-01-03 的形式",
            f"occupation code {code[:20]!r} is not of the form 6-31-01-03",
            code="claim-occupations",
        )
    return int("".join(match.groups()))


def occupation_code(claim: int) -> str:
    """Write the national code of a numeric claim: 6310103 → 6-31-01-03. Raises CredentialError."""
    _checked_occupation(claim)
    digits = str(claim)
    return f"{digits[0]}-{digits[1:3]}-{digits[3:5]}-{digits[5:]}"


def encode_claims(claims: Claims) -> bytes:
    """Encode claims in their one form."""
    content: dict[int, object] = {
        _NUMBER: str(claims.number),
        _NAME: claims.name,
        _COPY_ID: claims.copy_id,
        _STATUS: [claims.status_list, claims.status_index],
        _ISSUED_ON: _days(claims.issued_on),
        _EXPIRES_ON: _days(claims.expires_on),
    }
    if claims.occupations:
        content[_OCCUPATIONS] = list(claims.occupations)
    if claims.work_unit is not None:
        content[_WORK_UNIT] = claims.work_unit
    if claims.portrait is not None:
        content[_PORTRAIT] = claims.portrait
    return cbor2.dumps(content, canonical=True)


def decode_claims(payload: bytes) -> Claims:
    """Read a payload whose signature holds: the inverse of ``encode_claims``. Raises CredentialError.

    Whatever a lenient CBOR parser lets through – doubled keys, other key orders, longer integers, indefinite
    lengths, tags, bytes after the end – does not encode to the same bytes again, and is refused for that.
    """
    content = _load(payload)
    claims = Claims(
        number=_number(_take(content, _NUMBER, str)),
        name=_received(_take(content, _NAME, str)),
        occupations=tuple(map(_occupation, _take(content, _OCCUPATIONS, list))) if _OCCUPATIONS in content else (),
        copy_id=_take(content, _COPY_ID, bytes),
        status_list=_status(content)[0],
        status_index=_status(content)[1],
        issued_on=_date(_take(content, _ISSUED_ON, int)),
        expires_on=_date(_take(content, _EXPIRES_ON, int)),
        work_unit=_received(_take(content, _WORK_UNIT, str)) if _WORK_UNIT in content else None,
        portrait=_take(content, _PORTRAIT, bytes) if _PORTRAIT in content else None,
    )
    if encode_claims(claims) != payload:
        raise CredentialError(
            "凭证内容的编码不合规范", "the claims are not in their one encoding", code="claims-not-canonical"
        )
    return claims


def _load(payload: bytes) -> dict[object, object]:
    try:
        content = cast("object", cbor2.loads(payload, max_depth=4))
    except cbor2.CBORDecodeError as error:
        raise CredentialError(
            "凭证内容无法解读", f"the payload is no CBOR: {error}", code="claims-malformed"
        ) from error
    if not isinstance(content, dict):
        raise CredentialError("凭证内容无法解读", "the payload is no CBOR map", code="claims-malformed")
    content = cast("dict[object, object]", content)
    if unknown := [key for key in content if key not in _KEYS]:
        raise CredentialError(
            "凭证含有本版本没有的内容，请更新程序",
            f"version 1 has no claim {str(unknown[0])[:20]}: update the program",
            code="claim-unknown",
        )
    return content


def _take(content: dict[object, object], key: int, kind: type[Typed]) -> Typed:
    if key not in content:
        raise CredentialError(f"凭证缺少第 {key} 项", f"claim {key} is missing", code="claim-missing")
    return _typed(key, content[key], kind)


def _typed(key: int, value: object, kind: type[Typed]) -> Typed:
    """Insist on the exact type: ``True`` is not 1, 20780.0 is not 20780."""
    if type(value) is not kind:
        raise CredentialError(
            f"凭证第 {key} 项的类型不符",
            f"claim {key} should be {kind.__name__}, is {type(value).__name__}",
            code="claim-type",
        )
    return value


def _number(text: str) -> CardNumber:
    try:
        return CardNumber(text)
    except CardNumberMalformed as error:
        raise CredentialError(error.zh, error.en, code="claim-number") from error


def _received(text: str) -> str:
    """Refuse what the signer would have normalised: two spellings of one name would be two credentials."""
    if not unicodedata.is_normalized("NFC", text):
        raise CredentialError("凭证中的文字未规范化", "a text is not in normal form C", code="claim-not-nfc")
    return text


def _occupation(item: object) -> int | str:
    return _received(item) if isinstance(item, str) else _typed(_OCCUPATIONS, item, int)


def _status(content: dict[object, object]) -> tuple[int, int]:
    reference = _take(content, _STATUS, list)
    if len(reference) != 2:
        raise CredentialError("凭证状态项应为两个数", "claim -5 should be [status list, index]", code="claim-type")
    return _typed(_STATUS, reference[0], int), _typed(_STATUS, reference[1], int)


def _date(days: int) -> date:
    if not 0 <= days <= _MAX_DAYS:
        raise _bad_dates(f"day {days} is no date from 1970 on")
    return _EPOCH + timedelta(days=days)


def _days(on: date) -> int:
    return (on - _EPOCH).days


def _checked_text(what: str, text: str, limit: int) -> str:
    text = unicodedata.normalize("NFC", text)
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        size = -1
    if not 0 < size <= limit:
        raise CredentialError(
            f"凭证中的文字应为 1—{limit} 字节（UTF-8），收到“{text[:20]!r}”",
            f"{what} should have 1-{limit} bytes of UTF-8, got {text[:20]!r} with {size}",
            code="claim-length",
        )
    return text


def _checked_occupation(claim: int | str) -> int | str:
    if isinstance(claim, str):
        return _checked_text("job type", claim, MAX_OCCUPATION_BYTES)
    if not _FIRST_CODE <= claim <= _LAST_CODE:
        raise CredentialError(
            f"职业编码 {claim} 超出范围",
            f"{claim} is no occupation code: 7 digits, first 1-8",
            code="claim-occupations",
        )
    return claim


def _check_kind(claims: Claims) -> None:
    """Hold the claims against the kind that the number states."""
    if len(claims.copy_id) != COPY_ID_BYTES:
        raise CredentialError(
            f"副本标识应为 {COPY_ID_BYTES} 字节", f"a copy id has {COPY_ID_BYTES} bytes", code="claim-length"
        )
    is_assessor = claims.number.kind.is_assessor
    if not (1 if is_assessor else 0) <= len(claims.occupations) <= (MAX_OCCUPATIONS if is_assessor else 0):
        raise CredentialError(
            f"考评员证应有 1—{MAX_OCCUPATIONS} 个职业（工种），督导员证没有",
            f"an assessor's card has 1-{MAX_OCCUPATIONS} job types, a supervisor's none; got {len(claims.occupations)}",
            code="claim-occupations",
        )
    if is_assessor and claims.work_unit is not None:
        raise CredentialError(
            "考评员凭证不含工作单位", "an assessor's credential has no work unit", code="claim-work-unit"
        )


def _check_status(claims: Claims) -> None:
    if not (1 <= claims.status_list <= MAX_STATUS_LIST and 0 <= claims.status_index < LIST_SIZE):
        raise CredentialError(
            "凭证状态项超出范围",
            f"status list {claims.status_list}, index {claims.status_index}: lists count from 1, "
            f"indices from 0 to {LIST_SIZE - 1}",
            code="claim-status",
        )


def _check_dates(claims: Claims) -> None:
    """Hold the dates against the longest term (督§10, 考§12)."""
    if claims.issued_on < _EPOCH:
        raise _bad_dates(f"issued on {claims.issued_on}, before 1970")
    try:
        latest = last_valid_day(claims.issued_on)
    except ValueError:  # beyond the year 9999
        raise _bad_dates(f"issued on {claims.issued_on}: no term ends in time") from None
    if not claims.issued_on <= claims.expires_on <= latest:
        raise _bad_dates(f"issued on {claims.issued_on}, valid to {claims.expires_on}, at most {latest}")


def _bad_dates(what: str) -> CredentialError:
    return CredentialError(f"凭证日期不合规定（{what}）", f"unusable dates: {what}", code="claim-dates")
