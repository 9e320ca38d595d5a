"""Plan assessments, call their roll, and give records of it (督§13, §15, 督附1; 考§6, §14, §15)."""

from __future__ import annotations

import io
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter, SkipValidation

from service.api.assessment_bodies import (
    AssessmentBody,
    AssessmentsBody,
    AssessmentSummaryBody,
    MadeRecordBody,
    SignedRecordBody,
)
from service.api.once import once
from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import (
    CHANGE_REFUSALS,
    LIST_REFUSALS,
    MAX_ID,
    READ_REFUSALS,
    AnyRequest,
    Identity,
    InstitutionQuery,
)
from service.domain.access import Permission
from service.domain.access_record import Access, Act
from service.domain.forms import FormName
from service.domain.issuer import Institution
from service.flows.assessments.assessment_requests import (
    AssessmentRequest,
    CancelRequest,
    RecordRequest,
    RollCallRequest,
)
from service.flows.assessments.papers import draw_assessment_forms, draw_record
from service.flows.assessments.planning import cancel_assessment, plan_assessment
from service.flows.assessments.records import make_record, signed_record
from service.flows.assessments.roll_call import call_roll
from service.flows.assessments.view import AssessmentView, assessment_page, read_assessment
from service.flows.paging import MOST_ITEMS, PageRequest
from service.flows.people.access_records import record_access
from service.flows.register import Register
from service.flows.requests.fields import FORMS
from service.store.assessments import StoredAssessment
from service.web.authentication import current_principal, needs

MAX_PLAN_BYTES: Final = 256 * 1024
PDF: Final = "application/pdf"
Day = Annotated[date | None, QueryParameter(description=FORMS["day"].en)]
Form = Annotated[FormName, QueryParameter(description=FORMS["form"].en)]
Record = Annotated[int | None, QueryParameter(description=FORMS["record"].en, ge=1, le=MAX_ID)]


class AssessmentController(Controller):
    """An institution plans its own assessments, its staff call the roll; the centre any, a district reads its own."""

    tags = ("assessments",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/assessments",
        operation_id="planAssessment",
        summary="Plan an assessment",
        guards=[needs(Permission.PLAN_ASSESSMENTS)],
        request_max_body_size=MAX_PLAN_BYTES,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def plan(
        self,
        data: JSONBody[AssessmentRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> AssessmentBody:
        """Enter a plan as it stands, and say whether its people are enough."""
        by = current_principal(request)
        identity = plan_assessment(register, data, by.by)
        return _assessment(read_assessment(register, identity, by))

    @get(
        "/api/v1/assessments",
        operation_id="listAssessments",
        summary="Assessments",
        guards=[needs(Permission.CHECK, Permission.PLAN_ASSESSMENTS)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def list(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        on: Day = None,
        institution: InstitutionQuery = None,
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[AssessmentsBody]:
        """List the assessments that one sees, on a day or on any, the latest first."""
        asked = PageRequest(limit=limit, cursor=cursor)
        found = assessment_page(register, current_principal(request), institution, on, asked)
        return paged(request, AssessmentsBody(tuple(_summary(held, place) for held, place in found.items)), found)

    @get(
        "/api/v1/assessments/{identity:int}",
        operation_id="readAssessment",
        summary="An assessment with its people",
        guards=[needs(Permission.CHECK, Permission.PLAN_ASSESSMENTS)],
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def read(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> AssessmentBody:
        """Return who is to be there, who has come, and what the rules say of both."""
        by = current_principal(request)
        view = read_assessment(register, identity, by)
        record_access(register, by.actor, Access(act=Act.ASSESSMENT, outcome=f"assessment:{identity}"))
        return _assessment(view)

    @post(
        "/api/v1/assessments/{identity:int}/cancellation",
        operation_id="cancelAssessment",
        summary="An assessment is not held",
        guards=[needs(Permission.PLAN_ASSESSMENTS)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def cancel(
        self,
        identity: Identity,
        data: JSONBody[CancelRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> AssessmentSummaryBody:
        """Cancel an assessment, which keeps its record."""
        by = current_principal(request)
        read_assessment(register, identity, by)
        held = cancel_assessment(register, identity, data, by.by)
        return _summary(held, register.institutions()[held.assessment.institution])

    @post(
        "/api/v1/assessments/{identity:int}/roll-call",
        operation_id="callRoll",
        summary="Who has come",
        guards=[needs(Permission.CHECK)],
        status_code=HTTPStatus.OK,
        request_max_body_size=MAX_PLAN_BYTES,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def call(
        self,
        identity: Identity,
        data: JSONBody[RollCallRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> AssessmentBody:
        """Take down who has come, each once by the nonce, and say whether the people there are enough."""
        by = current_principal(request)
        return _assessment(call_roll(register, identity, [one.call for one in data.entries], by))

    @post(
        "/api/v1/assessments/{identity:int}/records",
        operation_id="makeRecord",
        summary="Record a roll-call",
        guards=[needs(Permission.PLAN_ASSESSMENTS)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def make(
        self,
        identity: Identity,
        data: JSONBody[RecordRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> MadeRecordBody:
        """Record who has come by now; the digest goes into the journal."""
        by = current_principal(request)
        return MadeRecordBody(make_record(register, identity, data, by))

    @get(
        "/api/v1/assessments/{identity:int}/record",
        operation_id="getRollCallRecord",
        summary="The signed record of a roll-call",
        guards=[needs(Permission.CHECK, Permission.PLAN_ASSESSMENTS)],
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def record(
        self,
        identity: Identity,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        record: Record = None,
    ) -> SignedRecordBody:
        """Return the record, its journal entry, the entry's proof, and the signed head."""
        given = signed_record(register, identity, record, by=current_principal(request))
        return msgspec.convert(msgspec.to_builtins(given), SignedRecordBody)

    @get(
        "/api/v1/assessments/{identity:int}/record.pdf",
        operation_id="getRollCallRecordPdf",
        summary="The record of a roll-call, to print",
        guards=[needs(Permission.CHECK, Permission.PLAN_ASSESSMENTS)],
        media_type=PDF,
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def paper(
        self,
        identity: Identity,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        record: Record = None,
    ) -> Response[bytes]:
        """Return the record as a PDF on A4."""
        out = io.BytesIO()
        draw_record(register, identity, record, out, by=current_principal(request))
        named = {"Content-Disposition": f'attachment; filename="assessment-{identity}.pdf"'}
        return Response(out.getvalue(), media_type=PDF, headers=named)

    @get(
        "/api/v1/assessments/{identity:int}/forms.pdf",
        operation_id="getAssessmentForms",
        summary="The forms that an assessment's people fill in",
        guards=[needs(Permission.CHECK, Permission.PLAN_ASSESSMENTS)],
        media_type=PDF,
        responses=documented(*READ_REFUSALS, HTTPStatus.UNPROCESSABLE_ENTITY),
        sync_to_thread=True,
    )
    def forms(
        self, identity: Identity, form: Form, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[bytes]:
        """Return the forms of one kind, one for each who fills it in, as a PDF on A4."""
        out = io.BytesIO()
        draw_assessment_forms(register, identity, form, out, by=current_principal(request))
        named = {"Content-Disposition": f'attachment; filename="assessment-{identity}-forms.pdf"'}
        return Response(out.getvalue(), media_type=PDF, headers=named)


def _summary(held: StoredAssessment, place: Institution) -> AssessmentSummaryBody:
    return msgspec.convert(_facts(held, place), AssessmentSummaryBody)


def _assessment(view: AssessmentView) -> AssessmentBody:
    more = {
        "people": [one.as_json() for one in view.called],
        "plan_check": view.plan_check.as_json(),
        "roll_call": view.roll_call.as_json(),
    }
    return msgspec.convert(_facts(view.held, view.place) | more, AssessmentBody)


def _facts(held: StoredAssessment, place: Institution) -> dict[str, Any]:
    return {
        "assessment": held.id,
        "institution_name": place.name,
        "plan": held.plan,
        "place": held.place,
        "on": held.assessment.on,
        "state": "planned" if held.cancelled_on is None else "cancelled",
        "cancelled_on": held.cancelled_on,
        "cancel_reason": held.cancel_reason,
        **held.assessment.as_json(),
    }
