"""What travels over HTTP: the request and answer bodies, and the values that are their text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, TypeGuard

from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition
from msgspec import Meta, Struct

from service.domain.access import Role
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.fitness import Answer
from service.domain.kinds import CardKind, SkillLevel
from service.domain.staffing import Staffed
from service.domain.verdict import Outcome, Tone
from service.domain.verdict_words import Word
from service.store.states import ProposalState


@dataclass(frozen=True, slots=True)
class Form:
    """What a field of a request may hold, in words."""

    zh: str
    en: str


FORMS: Final[Mapping[str, Form]] = {
    "credential": Form("二维码中的全部文字", "the whole text of the QR code"),
    "place": Form("查验所在机构的 6 位代码", "the 6-digit code of the institution where the card is checked"),
    "occupation": Form(
        "职业（工种）名称或代码，至多 60 字", "the name or code of an occupation, 60 characters at most"
    ),
    "level": Form(f"{'、'.join(SkillLevel)} 之一", f"one of {', '.join(SkillLevel)}"),
    "number": Form(
        "证卡编号：R 加 8 位数字，H、Y 或 S 加 12 位数字，或 11 位数字",
        "a card number: R and 8 digits, H, Y or S and 12 digits, or 11 digits",
    ),
    "name": Form("持证人姓名，1 至 60 字", "the holder's full name, 1 to 60 characters"),
    "n": Form("状态列表的编号，从 1 起", "the number of a status list, from 1"),
    "user": Form("用户名", "the user name"),
    "password": Form("密码，至多 256 个字符", "the password, 256 characters at most"),
    "scans": Form("查验记录，1 至 200 条", "scans, 1 to 200"),
    "nonce": Form("32 位十六进制随机数", "32 hexadecimal digits, random"),
    "scanned_at": Form("查验时刻，RFC 3339，含时区", "when it was scanned, RFC 3339 with its time zone"),
    "copy": Form("证卡副本标识，16 位十六进制数", "the copy's id, 16 hexadecimal digits"),
    "verdict": Form(f"{'、'.join(Word)} 之一", f"one of {', '.join(Word)}"),
    "same_person": Form(
        "持证人与照片是否同一人，未核对则为 null", "whether the holder is the person in the photo; null: not asked"
    ),
    "offline": Form("是否离线查验", "whether it was checked offline"),
    "as_of": Form("所用状态数据的时刻", "the moment of the status data that was used"),
    "ground": Form("情形：督§19(1)—(10) 或 考§21(1)—(10)", "an item of 督§19(1)-(10) or 考§21(1)-(10)"),
    "institution": Form("机构的 6 位代码", "the 6-digit code of an institution"),
    "first_day": Form("聘期起日", "the first day of the term"),
    "last_day": Form("聘期止日，不填则到可聘的最后一日", "its last day; without it, the last that the rules allow"),
    "as_internal": Form("外督聘为内督（督§14）", "an external supervisor as internal one (督§14)"),
    "on": Form("委派的日期", "the day on which somebody is sent"),
    "plan": Form("评价计划，至多 120 字", "the assessment plan, 120 characters at most"),
    "authority": Form("备案地人社部门", "the filing HR authority"),
    "reason": Form(
        "事由或理由，1 至 2000 字；补发为 lost、damaged、corrected 之一",
        "what happened, or why; for a replacement lost, damaged or corrected",
    ),
    "decided_by": Form("作出决定的人员", "the person who decided"),
    "decided_on": Form("决定日期，不晚于今天", "date of the decision, today at the latest"),
    "proposed_by": Form("建议人", "the person who proposes"),
    "document": Form("文号", "the document's number"),
    "document_file": Form(
        "附件：文件名和 Base64 内容，PDF、JPEG 或 PNG，不超过 4 MB",
        "the document: file name and content in Base64, PDF, JPEG or PNG, 4 MB at most",
    ),
    "content": Form("文件内容，Base64", "the file's bytes in Base64"),
    "without_portrait": Form("持证人撤回照片入码的同意", "the holder withdraws the consent to a portrait in the code"),
    "certified_on": Form("新的认证日期", "date of the new certification"),
    "facts": Form(
        "重新填写的申报表项，如 theory_score、work_unit",
        "fields of a roster stated anew: the scores, and whatever has changed",
    ),
    "reviewed_by": Form("审核人", "who confirms what no record shows"),
    "photo": Form("新照片，Base64；不填则用已登记的照片", "a new photograph in Base64; else the registered one"),
    "identity": Form("建议的编号", "the proposal's number"),
    "since": Form(
        "自此时刻起上传的记录，RFC 3339，含时区", "scans handed in from this moment on, RFC 3339 with its time zone"
    ),
}
"""Every field of every request: for the description of the interface, and for what a refusal says."""

BODY_FORM: Final = Form("JSON 对象，各项见 /schema", "a JSON object with the fields described at /schema")


def _described(field: str, **limits: Any) -> Meta:  # noqa: ANN401 - what Meta takes
    return Meta(description=FORMS[field].en, **limits)


class VerificationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A check: what the QR code says, and the work the card is to be good for, as far as it is known."""

    credential: Annotated[str, _described("credential", examples=["https://zk.example.cn/1#0123456789"])]
    place: Annotated[str, _described("place", pattern="^[0-9]{6}$", examples=["500123"])] | None = None
    occupation: Annotated[str, _described("occupation", max_length=60, examples=["电工"])] | None = None
    level: Annotated[SkillLevel, _described("level")] | None = None


class LookupRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a lookup asks."""

    number: Annotated[CardNumber, _described("number")]
    name: Annotated[str, _described("name", min_length=1, max_length=60, examples=["欧阳娜娜"])]


class PhotoRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose photograph is asked for: the holder's of the card with this code."""

    credential: Annotated[str, _described("credential", examples=["https://zk.example.cn/1#0123456789"])]


class NumberCheckRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A check by number alone, for signed-in staff."""

    number: Annotated[CardNumber, _described("number")]
    place: Annotated[str, _described("place", pattern="^[0-9]{6}$", examples=["500123"])] | None = None
    occupation: Annotated[str, _described("occupation", max_length=60, examples=["电工"])] | None = None
    level: Annotated[SkillLevel, _described("level")] | None = None


class SignInRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Name and password."""

    name: Annotated[str, _described("user", min_length=1, max_length=64)]
    password: Annotated[str, _described("password", min_length=1, max_length=256)]

    def __repr__(self) -> str:
        return "<SignInRequest>"


_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)


def is_instant(moment: datetime) -> bool:
    """Tell whether a moment has its time zone, and is one that every database can keep."""
    return moment.tzinfo is not None and _EARLIEST <= moment < _LATEST


_Instant = Annotated[datetime, Meta(tz=True)]
_Nonce = Annotated[str, _described("nonce", pattern="^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])]
_CopyId = Annotated[str, _described("copy", pattern="^[0-9a-f]{16}$")]


class ScanItem(Struct, frozen=True, forbid_unknown_fields=True):
    """One scan at a gate; no name, no picture and not the credential."""

    nonce: _Nonce
    scanned_at: _Instant
    verdict: Annotated[Word, _described("verdict")]
    offline: bool
    number: CardNumber | None = None
    copy: _CopyId | None = None
    place: Annotated[str, _described("place", pattern="^[0-9]{6}$")] | None = None
    occupation: Annotated[str, _described("occupation", max_length=60, pattern=r"^[^\x00]*$")] | None = None
    level: SkillLevel | None = None
    same_person: bool | None = None
    as_of: _Instant | None = None

    def __post_init__(self) -> None:
        if not all(is_instant(moment) for moment in (self.scanned_at, self.as_of) if moment is not None):
            raise ValueError("a moment beyond what can be kept")


class ScansRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Scans to be kept."""

    scans: Annotated[tuple[ScanItem, ...], _described("scans", min_length=1, max_length=200)]


_Reason = Annotated[str, _described("reason", min_length=1, max_length=2000)]
_Person = Annotated[str, _described("decided_by", min_length=1, max_length=60)]
_DocumentNumber = Annotated[str, _described("document", max_length=120)]


class DocumentBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A document that is handed in."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    content: Annotated[bytes, _described("content")]


class RevocationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A decision to cancel a qualification, by the body the account is of."""

    ground: Annotated[str, _described("ground", max_length=40, examples=["考§21(7)"])]
    reason: _Reason
    decided_by: _Person
    decided_on: Annotated[date, _described("decided_on")] | None = None
    document: _DocumentNumber | None = None
    document_file: DocumentBody | None = None


class ProposalRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A proposal to cancel a qualification, by the body the account is of."""

    ground: Annotated[str, _described("ground", max_length=40, examples=["考§21(7)"])]
    reason: _Reason
    proposed_by: Annotated[str, _described("proposed_by", min_length=1, max_length=60)]
    document: _DocumentNumber | None = None
    document_file: DocumentBody | None = None


class DeclineRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a proposal is declined, and by whom."""

    reason: _Reason
    decided_by: _Person


class CorrectionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a cancellation was a mistake, and who says so."""

    reason: _Reason
    decided_by: _Person
    document: _DocumentNumber | None = None
    document_file: DocumentBody | None = None


class ReplacementRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a new copy is made."""

    reason: Annotated[ReplacementReason, _described("reason")]
    without_portrait: Annotated[bool, _described("without_portrait")] = False


class VoidRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a number will not be used."""

    reason: _Reason


class RenewalRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The new certification; everything else is what the register knows, unless it is among the facts."""

    certified_on: Annotated[date, _described("certified_on")]
    facts: Annotated[dict[str, str], _described("facts", max_length=40)]
    reviewed_by: Annotated[str, _described("reviewed_by", min_length=1, max_length=60)]
    photo: Annotated[bytes, _described("photo")] | None = None


REQUEST_BODIES: Final = (
    VerificationRequest, LookupRequest, PhotoRequest, NumberCheckRequest, SignInRequest, ScanItem, ScansRequest,
    DocumentBody, RevocationRequest, ProposalRequest, DeclineRequest, CorrectionRequest, ReplacementRequest,
    VoidRequest, RenewalRequest,
)  # fmt: skip
"""Bodies that refuse unknown fields."""


class NumbersBody(Struct, frozen=True):
    """The cards it concerned."""

    numbers: tuple[str, ...]


_Institution = Annotated[str, _described("institution", pattern="^[0-9]{6}$", examples=["500123"])]


class EngagementRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A contract of a card's holder with an institution; ``document`` names it, or the 责任书."""

    institution: _Institution
    first_day: Annotated[date, _described("first_day")]
    last_day: Annotated[date, _described("last_day")] | None = None
    as_internal: Annotated[bool, _described("as_internal")] = False
    document: Annotated[str, _described("document", max_length=120, pattern=r"^[^\x00]*$")] | None = None


class DispatchRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an external supervisor is sent, on which day, and for which plan."""

    institution: _Institution
    on: Annotated[date, _described("on")]
    plan: Annotated[str, _described("plan", max_length=120, pattern=r"^[^\x00]*$")] | None = None


class WarnedBody(Struct, frozen=True):
    """What a person should look at; it refuses nothing."""

    article: str
    zh: str
    en: str


class EngagedBody(Struct, frozen=True):
    """A contract that was entered: its id and its last day."""

    id: int
    last_day: date
    warnings: tuple[WarnedBody, ...]


class DispatchedBody(Struct, frozen=True):
    """A dispatch that was entered."""

    id: int
    warnings: tuple[WarnedBody, ...]


class RequirementBody(Struct, frozen=True):
    """How many people an institution (code) or an authority has, of how many it needs; what the article asks."""

    subject: str
    article: str
    have: int
    need: int
    outcome: Staffed
    zh: str
    en: str


class StaffingBody(Struct, frozen=True):
    """Where people are short."""

    requirements: tuple[RequirementBody, ...]


class NumberBody(Struct, frozen=True):
    """A card's number."""

    number: str


class ProposalBody(Struct, frozen=True):
    """A proposal and what became of it; ``answer`` says why it was declined."""

    id: int
    number: str
    ground: str
    body: str
    proposed_by: str
    reason: str
    document: str | None
    state: ProposalState
    entered_at: datetime
    closed_on: date | None
    closed_by: str | None
    answer: str | None


class ProposalsBody(Struct, frozen=True):
    """Proposals, the oldest first."""

    proposals: tuple[ProposalBody, ...]


class UserBody(Struct, frozen=True):
    """Who is signed in."""

    name: str
    role: Role
    institution: str | None
    institution_name: str | None


class SessionBody(Struct, frozen=True):
    """The sign-in of this browser; all null where there is none. ``csrf`` goes into X-CSRF-Token."""

    user: UserBody | None
    csrf: str | None
    expires_at: datetime | None


class TakenScanBody(Struct, frozen=True):
    """What became of a scan: whether it was new, and what the register says of the card now."""

    nonce: str
    new: bool
    verdict_now: str | None


class TakenScansBody(Struct, frozen=True):
    """The answer to scans handed in, in their order."""

    scans: tuple[TakenScanBody, ...]


class LoggedScanBody(Struct, frozen=True):
    """A scan in the log."""

    nonce: str
    user: str
    institution: str | None
    taken_at: datetime
    scanned_at: datetime
    number: str | None
    verdict: str
    verdict_now: str | None
    place: str | None
    occupation: str | None
    level: str | None
    same_person: bool | None
    offline: bool
    as_of: datetime | None


class LoggedScansBody(Struct, frozen=True):
    """Scans, the oldest first, at most 1,000; ask again from the last one's ``taken_at`` on."""

    scans: tuple[LoggedScanBody, ...]


class SummaryBody(Struct, frozen=True):
    """One sentence in two languages."""

    zh: str
    en: str


class CheckBody(Struct, frozen=True):
    """One thing that was looked at; ``detail`` is a permanent code, or dates."""

    name: str
    outcome: Outcome
    detail: str


class OccupationBody(Struct, frozen=True):
    """A job type; the code is of the national catalogue, where it has one."""

    name: str
    code: str | None


class CardBody(Struct, frozen=True):
    """A card, as whoever holds its QR code may see it. Dates are civil dates in Asia/Shanghai."""

    number: str
    name: str
    kind: CardKind
    kind_zh: str
    kind_en: str
    occupations: tuple[OccupationBody, ...]
    released: tuple[str, ...]
    issuer: str
    issuer_name: str | None
    work_unit: str | None
    issued_on: date
    expires_on: date
    status_on: date | None


class ReasonBody(Struct, frozen=True):
    """Why, with the article of the regulation."""

    article: str
    zh: str
    en: str


class FitForDutyBody(Struct, frozen=True):
    """Whether the card is good for the work that was asked about."""

    answer: Answer
    reasons: tuple[ReasonBody, ...]


class VerdictBody(Struct, frozen=True):
    """The answer to a check. ``card`` and ``fit_for_duty`` are null where there is nothing to vouch for."""

    verdict: Word
    summary: SummaryBody
    as_of: datetime
    tone: Tone
    checks: tuple[CheckBody, ...]
    card: CardBody | None
    fit_for_duty: FitForDutyBody | None


class PublicCardBody(Struct, frozen=True):
    """What anyone may know of a card; the name is masked. Dates are civil dates in Asia/Shanghai."""

    number: str
    name: str
    kind: CardKind
    kind_zh: str
    kind_en: str
    occupations: tuple[OccupationBody, ...]
    issuer_name: str | None
    issued_on: date
    expires_on: date
    status_on: date | None


class PublicAnswerBody(Struct, frozen=True):
    """The answer to a lookup."""

    verdict: Word
    summary: SummaryBody
    as_of: datetime
    card: PublicCardBody


class AggregationBody(Struct, frozen=True):
    """The aggregation document: the addresses of all status lists (Token Status List 9.3)."""

    status_lists: tuple[str, ...]


# What CardNumber accepts, for other programs: ECMA 262, which knows no re.ASCII and needs none here.
_CARD_NUMBER_PATTERN: Final = (
    "^(R[0-9]{4}|[HYS][0-9]{8}|[0-9]{6}[1-3])(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})$"
)


def _is_text_value(kind: Any) -> TypeGuard[type[CardNumber]]:  # noqa: ANN401 - any annotation
    return isinstance(kind, type) and issubclass(kind, CardNumber)


def _decode_text_value(kind: type[CardNumber], value: object) -> CardNumber:
    """Read a number as people type it: in full-width or small letters, with spaces around it."""
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {type(value).__name__}")
    return kind(unicodedata.normalize("NFKC", value).strip().upper())


TEXT_DECODERS: Final = ((_is_text_value, _decode_text_value),)
"""How a value that is its text is read, wherever it stands in a request."""


class TextValues(OpenAPISchemaPlugin):
    """How a value that is its text is described."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:  # noqa: ANN401 - any annotation
        """Say yes to such values only."""
        return _is_text_value(value)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: object) -> Schema:  # noqa: ARG002
        """Describe a card number by its three forms (督附3, 考附2)."""
        return Schema(
            type=OpenAPIType.STRING,
            pattern=_CARD_NUMBER_PATTERN,
            description=FORMS["number"].en,
            examples=["R50230001", "S500123230001", "22310010023"],
        )
