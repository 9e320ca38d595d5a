"""Make a large register: ``begin`` it, and let it ``grow`` once or more."""

from __future__ import annotations

from service.flows.publishing.publish import keep_current
from tests.bench.large_desks import add_desks, add_settings
from tests.bench.large_history import add_history
from tests.bench.large_register import Amounts, Grown, add_bodies, add_cards


def grow(grown: Grown, amounts: Amounts) -> None:
    """Add bodies and cards, to the cards of each day by the next their history, and what lies on the desks."""
    add_bodies(grown, amounts)
    before: list[str] = []
    for issued in add_cards(grown, amounts):
        add_history(grown, before, amounts.rare)
        before = [*map(str, issued)]
    add_history(grown, before, amounts.rare)
    add_desks(grown, amounts)
    add_settings(grown, amounts)
    keep_current(grown.office.register)
