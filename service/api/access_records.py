"""The record of sign-ins and of who has read whose data, for auditors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.params import QueryParameter, SkipValidation
from msgspec import Struct

from service.api.problems import documented
from service.api.routes import LIST_REFUSALS, MAX_ID
from service.domain.access import Permission
from service.domain.access_record import Act
from service.flows.people.access_records import MOST, PAGE, seek_accesses
from service.flows.register import Register
from service.flows.requests.fields import FORMS
from service.flows.requests.types import is_instant
from service.store.access_records import StoredAccess
from service.web.authentication import needs

User = Annotated[str, QueryParameter(description=FORMS["user"].en, max_length=64)]
Number = Annotated[str, QueryParameter(description=FORMS["number"].en, max_length=20)]
ActQuery = Annotated[Act | None, QueryParameter(description=FORMS["act"].en)]
Since = Annotated[datetime | None, QueryParameter(description=FORMS["since"].en)]
Until = Annotated[datetime | None, QueryParameter(description=FORMS["until"].en)]
Before = Annotated[int | None, QueryParameter(description=FORMS["before"].en, ge=1, le=MAX_ID)]
Count = Annotated[int, QueryParameter(description=FORMS["count"].en, ge=1, le=MOST)]


class AccessBody(Struct, frozen=True):
    """A line of the record; ``actor`` as in the journal, empty for a name that is no account's."""

    id: int
    at: datetime
    actor: str
    person_name: str
    institution: str | None
    act: Act
    number: str | None
    ground: str
    outcome: str
    network: str


class AccessesBody(Struct, frozen=True):
    """Lines, the newest first; ``older`` goes on as ``before``, null at the end."""

    total: int
    records: tuple[AccessBody, ...]
    older: int | None


class AccessController(Controller):
    """Who signed in, and who read whose data, when and on what ground."""

    tags = ("journal",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.READ_JOURNAL)]  # noqa: RUF012 - Litestar copies it

    @get(
        "/api/v1/access-records",
        operation_id="listAccessRecords",
        summary="Who has read whose data",
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def records(
        self,
        register: NamedDependency[SkipValidation[Register]],
        user: User = "",
        number: Number = "",
        act: ActQuery = None,
        since: Since = None,
        until: Until = None,
        before: Before = None,
        count: Count = PAGE,
    ) -> AccessesBody:
        """Return what is recorded, in all or of an account, on a card, of an act, in a time."""
        for name, moment in (("since", since), ("until", until)):
            if moment is not None and not is_instant(moment):
                raise ValidationException(extra=[{"key": name, "message": "no moment"}])
        found = seek_accesses(
            register,
            user=user,
            number=number,
            act="" if act is None else act.value,
            since=since,
            until=until,
            before=before,
            most=count,
        )
        return AccessesBody(found.total, tuple(map(_body, found.lines)), found.older)


def _body(one: StoredAccess) -> AccessBody:
    access = one.access
    return AccessBody(
        one.id,
        one.at,
        one.actor,
        one.name,
        one.institution,
        access.act,
        access.number,
        access.ground,
        access.outcome,
        access.network,
    )
