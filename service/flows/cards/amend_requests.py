"""What is asked when a fact of a card is put right (勘误)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from service.domain.amending import OldCard
from service.flows.requests.fields import described
from service.flows.requests.types import MAX_PERSON, Reason, line


class AmendmentRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a card is to say, why, and where the old card is; what is not stated stays as it is.

    ``occupations`` are all the card's job types, one of them in another wording; ``new_job_type`` confirms a wording
    that stands in no catalogue. ``seen`` refuses the amendment where the card has been changed since.
    """

    reason: Reason
    old_card: Annotated[OldCard, described("old_card")] = OldCard.WITH_HOLDER
    name: Annotated[str, line("name", MAX_PERSON, min_length=1)] | None = None
    work_unit: Annotated[str, line("work_unit", 120, min_length=1)] | None = None
    occupations: Annotated[str, line("card_occupations", 125, min_length=1)] | None = None
    new_job_type: Annotated[bool, described("new_job_type")] = False
    photo: Annotated[bytes, described("photo")] | None = None
    evidence: Annotated[str, line("evidence", 200, min_length=1)] | None = None
    seen: Annotated[str, described("seen", pattern="^[0-9a-f]{16}$")] | None = None

    def __repr__(self) -> str:
        return f"<AmendmentRequest for {self.reason[:40]!r}>"
