"""The forms of the two rules as data: every row, label and note, word for word (督附1, 督附2, 考附1, 考附3)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from service.domain.errors import DomainError
from service.domain.visible import TextRefused, check_file


class FormsInvalid(DomainError):
    """A file that does not hold the four forms."""

    default_code = "forms-invalid"


class FormName(StrEnum):
    """The forms, by the annex that shows them."""

    FEEDBACK = "督附1"
    SUPERVISOR_REVIEW = "督附2"
    ASSESSOR_REVIEW = "考附1"
    ASSESSMENT_RECORD = "考附3"


class _Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    annex: FormName
    mark: str
    title: str
    date: str
    notes: tuple[str, ...]


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One numbered row of 督附1, with what is to be looked at; ``items`` may be empty."""

    number: str
    topic: str
    items: tuple[str, ...]


class FeedbackForm(_Form, frozen=True, kw_only=True):
    """技能人才评价质量督导情况反馈表. 督附1, 督§12(2)."""

    above: tuple[str, ...]
    heading: tuple[str, str, str, str, str, str]
    topics: tuple[Topic, ...]
    signatures: tuple[str, str]


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is marked, and its most points."""

    text: str
    points: int


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Items under one heading of a review sheet."""

    group: str
    items: tuple[Item, ...]


class ReviewForm(_Form, frozen=True, kw_only=True):
    """A review sheet: 质量督导员工作评议表 or 考评人员工作评议表. 督附2, 考附1."""

    fields: tuple[str, ...]
    heading: tuple[str, str, str, str, str]
    groups: tuple[Group, ...]
    total: str
    signatures: tuple[str, ...]


class AssessmentRecordForm(_Form, frozen=True, kw_only=True):
    """技能考核考场情况记录表, one for each assessor. 考附3, 考§14(3)."""

    above: tuple[str, str]
    frame: str
    fields: tuple[str, str, str, str, str]
    record: str
    signature: str


class Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All four."""

    feedback: FeedbackForm
    supervisor_review: ReviewForm
    assessor_review: ReviewForm
    assessment_record: AssessmentRecordForm


def parse_forms(text: str | bytes) -> Forms:
    """Read the forms. Raises FormsInvalid."""
    try:
        forms = msgspec.json.decode(text, type=Forms)
        check_file(msgspec.to_builtins(forms), breaks=True)
    except TextRefused as error:
        raise FormsInvalid(error.zh, error.en) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormsInvalid("表格数据无法读取", f"the forms cannot be read: {error}") from error
    return forms
