"""What is stated of an institution when it is entered, changed, closed, reopened or filed."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from service.domain.authority import MAX_NAME
from service.domain.kinds import SkillLevel
from service.flows.requests.fields import described
from service.flows.requests.types import Day, OccupationName, Reason, line, text

Letter = Annotated[str, described("letter", pattern="^[HYS]$", examples=["S"])]
InstitutionName = Annotated[str, line("institution_name", MAX_NAME, min_length=1)]
AuthorityName = Annotated[str, line("authority", MAX_NAME)]
PrintingUnit = Annotated[str, line("printing_unit", MAX_NAME)]
Area = Annotated[str, line("area", 120)]
Clearable = Literal["authority", "printing_unit", "area"]


class InstitutionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An institution to be entered: code and letter together name it."""

    code: Annotated[str, line("institution", 20, examples=["500123"])]
    letter: Letter
    name: InstitutionName
    authority: AuthorityName | None = None
    printing_unit: PrintingUnit | None = None
    area: Area | None = None


class InstitutionEdit(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes otherwise of an institution, from a day on (today), and why.

    What is not stated stays as it is; ``clear`` names what there is no longer.
    """

    reason: Reason
    on: Day | None = None
    name: InstitutionName | None = None
    letter: Letter | None = None
    authority: AuthorityName | None = None
    printing_unit: PrintingUnit | None = None
    area: Area | None = None
    clear: Annotated[list[Clearable], described("clear", max_length=3)] = []


class ClosingRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why an institution is closed, or reopened, and from which day on (today)."""

    reason: Reason
    on: Day | None = None


class FilingRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Job types and the levels at which an institution may assess them, from a day on (today).

    Without levels the job types are withdrawn. A reason is stated where one of them is filed already.
    """

    jobs: Annotated[list[OccupationName], described("filed_jobs", min_length=1, max_length=200)]
    levels: Annotated[list[SkillLevel], described("levels", max_length=8)] = []
    on: Day | None = None
    reason: Annotated[str, text("reason")] = ""
