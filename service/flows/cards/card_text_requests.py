"""What is stated when the words that are printed on cards are set."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from service.domain.card_text import MAX_NOTICE, TEXT_FIELDS
from service.domain.visible import LINE_PATTERN
from service.flows.requests.fields import described
from service.flows.requests.types import Day, Reason

CardTextValue = Annotated[str, Meta(max_length=MAX_NOTICE, pattern=LINE_PATTERN)]


class CardTextsRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The texts that become otherwise, from a day on (today), and why.

    What is not stated stays as it is on that day. ``again`` takes the words of an earlier number as they were, 0 those
    of the jurisdiction. ``seen`` is the number that was set last when the change was made up: where somebody else has
    set words since, it is refused.
    """

    reason: Reason
    texts: Annotated[dict[str, CardTextValue], described("card_texts", max_length=len(TEXT_FIELDS))] = {}
    on: Annotated[Day, described("card_texts_on")] | None = None
    again: Annotated[int, described("card_texts_again", ge=0, le=2**31 - 1)] | None = None
    seen: Annotated[int, described("card_texts_seen", ge=0, le=2**31 - 1)] | None = None
