"""What stands in the form of a plan: ticked levels, chosen people, a spreadsheet, and when it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from litestar.datastructures import UploadFile

from service.domain.assessment import Declared, NewPerson, Part, Role
from service.domain.assessment.listed import PEOPLE_HEADINGS, parse_people
from service.domain.tidy import number_typed
from service.domain.validity import SHANGHAI
from service.flows.assessments.assessment_requests import JobRequest
from service.flows.assessments.choosing import Chosen, roles_of
from service.flows.errors import Refused
from service.flows.requests.reading import card_number, read_request
from service.pages.office.typed import FormData, document_of, text_of
from service.roster.errors import RosterError
from service.roster.reader import read_roster

OTHER_ROWS: Final = 6
MOST_FILED: Final = 80
WITHOUT_CARD: Final = (Role.ON_SITE_HEAD, Role.INVIGILATOR, Role.STAFF)
UNFILED: Final = "x"
"""The row of the form for a job type that is not filed."""

ROWS: Final = (*map(str, range(MOST_FILED)), UNFILED)
USUAL_PARTS: Final = (Part.THEORY, Part.SKILL)
"""What of a job type is held unless it is ticked otherwise."""


def jobs_in(data: FormData) -> Iterator[JobRequest]:
    """Read the ticked levels of each job type, with the parts of it that are held and what its standard asks for."""
    for at in ROWS:
        name = text_of(data, f"occupation_{at}").strip()
        for level in several(data, f"levels_{at}") if name else ():
            yield read_request(
                JobRequest,
                {
                    "occupation": name,
                    "level": level,
                    "parts": [part for part in Part if part.value in several(data, f"parts_{at}")],
                    "machine_marked": "yes" if text_of(data, f"machine_{at}") else "",
                    "candidates": text_of(data, f"candidates_{at}"),
                    "per_assessor": text_of(data, f"per_assessor_{at}"),
                    "per_invigilator": text_of(data, f"per_invigilator_{at}"),
                },
            )


def chosen_in(data: FormData) -> Iterator[Chosen]:
    """Read the ticked people with their roles, and those without cards by name."""
    for number in dict.fromkeys(several(data, "person")):
        wanted = card_number(number)
        role = _role(_last(data, f"role_{number}")) or roles_of(wanted.kind)[-1]
        yield Chosen(role, wanted, declared=_declared(_last(data, f"declared_{number}")))
    for at in range(OTHER_ROWS):
        name = text_of(data, f"other_name_{at}").strip()
        if name:
            role = _role(text_of(data, f"other_role_{at}")) or WITHOUT_CARD[0]
            yield Chosen(role, name=name, declared=_declared(text_of(data, f"other_declared_{at}")))


def people_in_file(file: object) -> tuple[NewPerson, ...]:
    """Read the people of a spreadsheet, none where no file was chosen. Raises Refused."""
    given = document_of(file) if isinstance(file, UploadFile) else None
    if given is None:
        return ()
    try:
        return parse_people(read_roster(given.content, PEOPLE_HEADINGS).open_rows)
    except RosterError as error:
        raise Refused(error.code, f"人员表：{error.zh}", f"list of people: {error.en}") from error


def several(data: Mapping[str, Any], field: str) -> list[str]:
    """Return every text that a form brings under a name."""
    found: object = data.get(field)
    if isinstance(found, str):
        return [found] if found else []
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _last(data: Mapping[str, Any], field: str) -> str:
    """Return the last text under a name: somebody may stand on the page twice, offered and found."""
    return next(reversed(several(data, field)), "")


def _role(typed: str) -> Role | None:
    return Role(typed) if typed in set(Role) else None


def _declared(typed: str) -> Declared | None:
    return Declared(typed) if typed in set(Declared) else None


def start_of(data: FormData) -> datetime | str:
    """Return when it starts; what cannot be read, as it was typed."""
    typed = number_typed(f"{text_of(data, 'on').strip()} {text_of(data, 'starts').strip()}")
    try:
        day, _, hour = typed.partition(" ")
        return datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), SHANGHAI)
    except ValueError:
        return typed
