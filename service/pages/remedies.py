"""What to do about a refusal on a page: what a clerk can tick, or whom to ask."""

from __future__ import annotations

from typing import Final

from service.flows.remedies import Remedies, with_remedy
from service.web.refusals import Refusal

_ENTERED_BY: Final = (
    "请核对机构代码；尚未登记的，请系统管理人员登记",
    "look at the code; whoever runs the system enters an institution that is new",
)
_NO_PORTRAIT: Final = (
    "也可在补发时勾选“持证人撤回同意，新卡二维码不含照片”",
    "or make a new copy and tick “The holder withdraws consent: no portrait in the code”",
)

PAGE_REMEDIES: Final[Remedies] = {
    "authority-unknown": (
        "请核对名称；尚未列入的，请市职鉴中心或系统管理人员列入",
        "look at the name; the centre, or whoever runs the system, enters one that is new",
    ),
    "card-unconfirmed": (
        "请系统管理人员查清现状后确认",
        "ask whoever runs the system to find out how it stands and to confirm it",
    ),
    "clock-ahead": ("请系统管理人员核对时钟", "ask whoever runs the system to look at the clock"),
    "engagement-external": (
        "聘为内督请勾选“外督聘为内督（须签责任书，聘期 3 年为一届）”",
        "to engage one as internal tick “An external supervisor as an internal one (letter of duty, terms of 3 years)”",
    ),
    "face-unfit": _NO_PORTRAIT,
    "institution-unknown": _ENTERED_BY,
    "no-such-institution": _ENTERED_BY,
    "issuer-unknown": _ENTERED_BY,
    "occupation-new": (
        "确为新工种的，请在下方“确认新工种”中勾选",
        "where it is right, tick it under “New job types”",
    ),
    "photo-missing": _NO_PORTRAIT,
    "reviewer-missing": (
        "统一指定请填写“审核人”一栏",
        "to name one for the batch fill in “Reviewed by”",
    ),
    "roster-several-lists": (
        "在“用哪张工作表”一栏填写其名称",
        "write its name under “Which sheet”",
    ),
}


def on_page(refusal: Refusal) -> dict[str, str]:
    """Return what a template shows of a refusal."""
    zh, en = with_remedy(PAGE_REMEDIES, refusal.code, (refusal.zh, refusal.en), refusal.parameters)
    return {"zh": zh, "en": en, "code": refusal.code}
