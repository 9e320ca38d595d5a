"""What to do about a refusal over HTTP: routes, and fields in backquotes."""

from __future__ import annotations

from typing import Final

from service.flows.remedies import Remedies

_NO_PORTRAIT: Final = (
    "可不带照片补发：POST /api/v1/cards/{number}/replacement，`without_portrait` 为 true",
    "or make a copy without it: POST /api/v1/cards/{number}/replacement with `without_portrait` true",
)

_ENTERED: Final = (
    "`institution` 须为已登记机构的代码，由系统管理人员登记",
    "`institution` is the code of an institution that whoever runs the service has entered",
)

HTTP_REMEDIES: Final[Remedies] = {
    "authority-unknown": (
        "名单见 GET /api/v1/authorities，由市职鉴中心列入",
        "the list is at GET /api/v1/authorities; the centre enters a new one",
    ),
    "engagement-external": (
        "聘为内督时 `as_internal` 为 true",
        "to engage one as internal set `as_internal` to true",
    ),
    "face-unfit": _NO_PORTRAIT,
    "institution-unknown": _ENTERED,
    "no-such-institution": _ENTERED,
    "occupation-new": (
        "确为新工种的，在 `new_job_types` 中列出",
        "where it is right, name it in `new_job_types`",
    ),
    "photo-missing": _NO_PORTRAIT,
    "reviewer-missing": ("统一指定用 `reviewed_by`", "`reviewed_by` names one for the batch"),
    "roster-several-lists": (
        "用 `roster_sheet` 指定",
        "name it in `roster_sheet`",
    ),
    "request-malformed": ("格式见 /schema/openapi.json", "its form is at /schema/openapi.json"),
    "route-unknown": ("全部地址见 /schema/openapi.json", "all routes are at /schema/openapi.json"),
}
