"""What stands against a batch as a whole: one refusal, not one for each of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from keys.keyring import Purpose
from keys.rotation import active
from service.domain.application import Application, MalformedRow
from service.flows.errors import Refused
from service.flows.register import Register

_NAMED_ROWS: Final = 5


def check_key(register: Register, issued_on: date) -> None:
    """Refuse cards dated after the last day of the key that would sign them: offline they would be suspect.

    Raises Refused.
    """
    key = active(register.trusted_keys().document.keys, Purpose.CARD, register.effects.today())
    if issued_on > key.signs_until:
        raise Refused(
            "issued-on-after-key",
            f"核发日期 {issued_on} 晚于现用签发密钥的截止日 {key.signs_until}；请先更换密钥，或改用较早的日期",
            f"the issue date {issued_on} is after the last day of the signing key, {key.signs_until}: rotate the keys "
            "first, or choose an earlier date",
        )


def check_reviewers(rows: Sequence[Application | MalformedRow], reviewer: str | None) -> None:
    """Refuse a batch without a reviewer of which several rows name none: it was forgotten, once. 督§6, 考§7(1).

    Raises Refused.
    """
    lacking = [row.row for row in rows if isinstance(row, Application) and not row.reviewed_by]
    if reviewer is not None or len(lacking) < 2:
        return
    named = "、".join(map(str, lacking[:_NAMED_ROWS])) + ("……" if len(lacking) > _NAMED_ROWS else "")
    raise Refused(
        "reviewer-missing",
        f"{len(lacking)} 行（第 {named} 行）没有审核人，本批也没有统一指定；品行、健康、培训等表格不能体现的条件"
        "须由具名审核人确认（督§6、考§7(1)）：请统一指定，或逐行填写“审核人”",
        f"{len(lacking)} rows ({named}) name no reviewer, and none is named for the batch: conduct, health, training "
        "are confirmed by a named person (督§6, 考§7(1)); name one for the batch, or one in each row",
    )
