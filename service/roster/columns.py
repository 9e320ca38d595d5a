"""How the roster's columns look in the files we write: widths, formats, drop-downs."""

from __future__ import annotations

from typing import Final

from service.domain.application.headings import HEADING_OF
from service.domain.kinds import CardKind
from service.roster.workbook import MAX_ROWS

ROSTER_SHEET: Final = "名单"
TEXT: Final = "@"
DATE: Final = "yyyy-mm-dd"
FORMAT_OF: Final = {
    **dict.fromkeys(
        (
            "resident_id",
            "institution",
            "standard_card",
            "number",
            "phone",
            "photo",
            "issued_number",
            "qualification_level",
        ),
        TEXT,
    ),
    **dict.fromkeys(("certified_on", "applied_on"), DATE),
}
"""Number format by field. Text keeps all 18 digits of an identity number and the leading zeros of codes."""

CHOICES: Final = {
    "kind": tuple(kind.zh for kind in CardKind),
    "qualification_level": ("1", "2", "3", "4", "5", "特级", "首席"),
    "title": ("高级", "中级", "初级"),
    "exception_article": ("考§7(2)4", "考§11"),
    "exception_kind": ("新职业", "紧缺职业", "地方传统特色", "乡村特色", "非物质文化遗产", "技艺传承与创新"),
    "exception_adjusts": ("证书", "年限", "考评次数", "证书、年限"),
    "hr_staff": ("是", "否"),
    "in_house": ("是", "否"),
    "portrait_consent": ("是", "否"),
}
"""Drop-down lists; what else the reader understands may still be typed, a warning asks back."""

_WIDTHS: Final = {"name": 10, "resident_id": 21, "kind": 22, "occupations": 30, "work_unit": 32, "problems": 60}
_DEFAULT_WIDTH: Final = 14
LAST_ROW: Final = MAX_ROWS - 1


def width_of(field: str | None) -> int:
    """Width of a column in characters."""
    return _WIDTHS.get(field or "", _DEFAULT_WIDTH)


def validation_of(field: str) -> dict[str, object] | None:
    """Drop-down of a column as XlsxWriter takes it, None where anything may be typed."""
    if field not in CHOICES:
        return None
    return {
        "validate": "list",
        "source": list(CHOICES[field]),
        "error_type": "warning",
        "error_title": HEADING_OF[field].zh,
        "error_message": "不在下拉列表中，仍要填写吗？",
    }
