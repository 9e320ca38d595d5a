"""HR authorities, and what is filed with them of the institutions (督§4, 督§12(1)2, 督附3, 考§5, 考§6)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation

from service.api.body_schemas import (
    AuthoritiesBody,
    AuthorityBody,
    ChangeBody,
    FiledJobBody,
    InstitutionBody,
    InstitutionsBody,
)
from service.api.once import once
from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, LIST_REFUSALS, AnyRequest
from service.domain.access import Permission
from service.domain.kinds import SkillLevel
from service.flows.paging import MOST_ITEMS, PageRequest
from service.flows.people.authorities import AuthorityRequest, add_authority, authority_page
from service.flows.people.filing_requests import ClosingRequest, FilingRequest, InstitutionEdit, InstitutionRequest
from service.flows.people.institutions import (
    FiledInstitution,
    close_institution,
    edit_institution,
    enter_institution,
    file_jobs,
    filed_page,
    find_institution,
    reopen_institution,
)
from service.flows.register import Register
from service.flows.requests.fields import FORMS
from service.web.authentication import current_principal, needs

Code = Annotated[str, PathParameter(description=FORMS["institution"].en, pattern="^[0-9]{6}$")]


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
    def authorities(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[AuthoritiesBody]:
        """List them, the centre first."""
        found = authority_page(register, PageRequest(limit=limit, cursor=cursor))
        return paged(request, AuthoritiesBody(tuple(map(AuthorityBody, found.items))), found)


class InstitutionController(Controller):
    """What is filed of the institutions; the centre keeps it, each change with its day and reason."""

    tags = ("institutions",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/institutions",
        operation_id="addInstitution",
        summary="Enter an institution",
        guards=[needs(Permission.KEEP_BODIES)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def add(
        self,
        data: JSONBody[InstitutionRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> InstitutionBody:
        """Enter it; code and letter together name it."""
        new = enter_institution(register, data, current_principal(request).actor)
        return _institution(find_institution(register, new.code))

    @get(
        "/api/v1/institutions",
        operation_id="listInstitutions",
        summary="The institutions",
        guards=[needs(Permission.READ_PEOPLE)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def institutions(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[InstitutionsBody]:
        """List them as they are filed today, the closed ones too."""
        found = filed_page(register, PageRequest(limit=limit, cursor=cursor))
        return paged(request, InstitutionsBody(tuple(map(_institution, found.items))), found)

    @get(
        "/api/v1/institutions/{code:str}",
        operation_id="getInstitution",
        summary="One institution",
        guards=[needs(Permission.READ_PEOPLE)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def institution(self, code: Code, register: NamedDependency[SkipValidation[Register]]) -> InstitutionBody:
        """Return it as it is filed today, with all that has changed."""
        return _institution(find_institution(register, code))

    @post(
        "/api/v1/institutions/{code:str}/edit",
        operation_id="editInstitution",
        summary="Change what is filed of an institution",
        status_code=HTTPStatus.OK,
        guards=[needs(Permission.KEEP_BODIES)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def edit(
        self,
        code: Code,
        data: JSONBody[InstitutionEdit],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> InstitutionBody:
        """Change it from a day on; its cards keep what was printed."""
        edit_institution(register, code, data, current_principal(request).actor)
        return _institution(find_institution(register, code))

    @post(
        "/api/v1/institutions/{code:str}/close",
        operation_id="closeInstitution",
        summary="Close an institution",
        status_code=HTTPStatus.OK,
        guards=[needs(Permission.KEEP_BODIES)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def close(
        self,
        code: Code,
        data: JSONBody[ClosingRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> InstitutionBody:
        """Close it: it issues no cards and plans no assessments; its cards stay as they are."""
        close_institution(register, code, data, current_principal(request).actor)
        return _institution(find_institution(register, code))

    @post(
        "/api/v1/institutions/{code:str}/reopen",
        operation_id="reopenInstitution",
        summary="Reopen an institution",
        status_code=HTTPStatus.OK,
        guards=[needs(Permission.KEEP_BODIES)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def reopen(
        self,
        code: Code,
        data: JSONBody[ClosingRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> InstitutionBody:
        """Reopen one that was closed."""
        reopen_institution(register, code, data, current_principal(request).actor)
        return _institution(find_institution(register, code))

    @post(
        "/api/v1/institutions/{code:str}/jobs",
        operation_id="fileJobs",
        summary="File job types of an institution",
        status_code=HTTPStatus.OK,
        guards=[needs(Permission.KEEP_BODIES)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def file(
        self,
        code: Code,
        data: JSONBody[FilingRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> InstitutionBody:
        """File job types with their levels, or withdraw them where no level is stated."""
        return _institution(file_jobs(register, code, data, current_principal(request).actor))


def _institution(one: FiledInstitution) -> InstitutionBody:
    record = one.record
    return InstitutionBody(
        code=record.code,
        letter=record.letter,
        name=record.name,
        authority=record.authority,
        printing_unit=record.printing_unit,
        area=record.area,
        closed_on=record.closed_on,
        jobs=tuple(
            FiledJobBody(name, tuple(level for level in SkillLevel if level in levels))
            for name, levels in one.jobs.items()
        ),
        changes=tuple(ChangeBody(change.fact, change.value, change.on, change.reason) for change in one.changes),
    )
