"""The record of sign-ins and of who has read whose data, for auditors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import ValidationException
from litestar.params import QueryParameter, SkipValidation
from msgspec import Struct

from service.api.paging import Before, Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import LIST_REFUSALS, AnyRequest
from service.domain.access import Permission
from service.domain.access_record import Act
from service.flows.paging import PageRequest
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
Count = Annotated[int | None, QueryParameter(description=FORMS["count"].en, ge=1, le=MOST)]


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


class Sought(TypedDict):
    """Which lines are sought; what is empty restricts nothing."""

    user: str
    number: str
    act: str
    since: datetime | None
    until: datetime | None


def _sought(
    user: User = "", number: Number = "", act: ActQuery = None, since: Since = None, until: Until = None
) -> Sought:
    for name, moment in (("since", since), ("until", until)):
        if moment is not None and not is_instant(moment):
            raise ValidationException(extra=[{"key": name, "message": "no moment"}])
    return Sought(user=user, number=number, act="" if act is None else act.value, since=since, until=until)


class AccessController(Controller):
    """Who signed in, and who read whose data, when and on what ground."""

    tags = ("journal",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.READ_JOURNAL)]  # noqa: RUF012 - Litestar copies it

    @get(
        "/api/v1/access-records",
        operation_id="listAccessRecords",
        summary="Who has read whose data",
        dependencies={"sought": Provide(_sought, sync_to_thread=False)},
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def records(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        sought: NamedDependency[SkipValidation[Sought]],
        before: Before = None,
        count: Count = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> Response[AccessesBody]:
        """Return what is recorded, in all or of an account, on a card, of an act, in a time.

        ``count`` is an older name of ``limit``.
        """
        asked = PageRequest(limit=count or limit, cursor=cursor)
        found = seek_accesses(register, **sought, before=before, asked=asked)
        return paged(request, AccessesBody(found.total, tuple(map(_body, found.lines)), found.older), found.page)


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
