"""Count what waits for somebody in each part of the office: for the menu, so one cheap query each."""

from __future__ import annotations

from collections.abc import Mapping

from service.domain.access import Permission, Principal
from service.flows.drafts.desk import count_at_work
from service.flows.printing.queue import waiting_counts
from service.flows.register import Register
from service.store import card_reports, proposals, reviews


def count_waiting(register: Register, principal: Principal) -> Mapping[str, int]:
    """Count what waits for the body of whoever asks, by the menu's entry; what they may not see to is not counted.

    ``decisions``: proposals and failed results that their body decides on (督§19, 考§21), and cards reported to it;
    ``printing``: copies to be printed, checked and handed out; ``batches``: those at work.
    """
    body = principal.body
    with register.database.read() as connection:
        proposed = proposals.count_open(connection, body) if principal.may(Permission.CHANGE_CARDS) else 0
        reported = card_reports.count_open(connection, body) if principal.may(Permission.CHANGE_CARDS) else 0
        failed = reviews.count_open(connection, body) if principal.may(Permission.REVIEW) else 0
    batches = count_at_work(register, principal) if principal.may(Permission.ISSUE) else 0
    printing = sum(waiting_counts(register, principal))
    return {"batches": batches, "decisions": proposed + failed + reported, "printing": printing}
