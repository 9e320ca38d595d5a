"""What is due (督§5, §12(2), §14, §16; 考§6, §12, §16–§18)."""

from __future__ import annotations

from datetime import date

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from msgspec import Struct

from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import LIST_REFUSALS, AnyRequest, InstitutionQuery
from service.domain.access import Permission
from service.domain.duties import DutyKind
from service.domain.issuer import CENTRE
from service.flows.paging import MOST_ITEMS, PageRequest
from service.flows.people.duties import duty_page
from service.flows.register import Register
from service.web.authentication import current_principal, needs


class DutyBody(Struct, frozen=True):
    """What is due of a body; ``due_on`` is its last day, null where the rules name none; ``late``: the day is over."""

    kind: DutyKind
    article: str
    body: str
    due_on: date | None
    late: bool
    number: str | None
    name: str | None
    zh: str
    en: str


class DutiesBody(Struct, frozen=True):
    """What is due, the first to be done first."""

    duties: tuple[DutyBody, ...]


class DutyController(Controller):
    """What is due."""

    tags = ("people",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @get(
        "/api/v1/duties",
        operation_id="listDuties",
        summary="What is due",
        guards=[needs(Permission.READ_PEOPLE)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def duties(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        institution: InstitutionQuery = None,
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[DutiesBody]:
        """List what is due: an institution's or a bureau's own; the centre's own and all others', or of one of them."""
        body = current_principal(request).body
        asked = PageRequest(limit=limit, cursor=cursor)
        found = duty_page(register, institution if body == CENTRE else body, asked)
        today = register.effects.today()
        listed = DutiesBody(
            tuple(
                DutyBody(
                    kind=one.kind,
                    article=one.article,
                    body=one.body,
                    due_on=one.due_on,
                    late=one.is_late(today),
                    number=one.number or None,
                    name=one.name or None,
                    zh=one.zh,
                    en=one.en,
                )
                for one in found.items
            )
        )
        return paged(request, listed, found)
