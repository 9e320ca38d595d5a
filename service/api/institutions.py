"""The list of HR authorities (督§4, 考§5)."""

from __future__ import annotations

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from service.api.body_schemas import AuthoritiesBody, AuthorityBody
from service.api.once import once
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, LIST_REFUSALS, AnyRequest
from service.domain.access import Permission
from service.flows.people.authorities import AuthorityRequest, add_authority, list_authorities
from service.flows.register import Register
from service.web.authentication import current_principal, needs


class AuthorityController(Controller):
    """The list of those who file, send, recommend, propose and evaluate; the centre keeps it."""

    tags = ("institutions",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/authorities",
        operation_id="addAuthority",
        summary="Enter an HR authority",
        guards=[needs(Permission.KEEP_BODIES)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def add(
        self,
        data: JSONBody[AuthorityRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> AuthorityBody:
        """Enter it; the centre is on the list from the start."""
        return AuthorityBody(add_authority(register, data, current_principal(request).actor))

    @get(
        "/api/v1/authorities",
        operation_id="listAuthorities",
        summary="The HR authorities",
        guards=[needs(Permission.READ_PEOPLE)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def authorities(self, register: NamedDependency[SkipValidation[Register]]) -> AuthoritiesBody:
        """List them, the centre first."""
        return AuthoritiesBody(tuple(map(AuthorityBody, list_authorities(register))))
