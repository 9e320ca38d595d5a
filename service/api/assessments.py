"""Plan sessions of assessment, call their roll, and give records of it (督§13, §15, 督附1; 考§6, §14, §15)."""

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
    CallItem,
    CancelRequest,
    JobRequest,
    MadeRecordBody,
    PlannedRequest,
    RecordRequest,
    RollCallRequest,
    SessionBody,
    SessionRequest,
    SessionsBody,
    SessionSummaryBody,
    SignedRecordBody,
)
from service.api.once import once
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
from service.domain.occupation import parse_occupation
from service.domain.people import ResidentId
from service.domain.session import Job, NewPerson, NewSession, Session
from service.domain.tidy import tidy_name
from service.flows.assessments.session_papers import draw_record, draw_session_forms
from service.flows.assessments.session_records import make_record, signed_record
from service.flows.assessments.sessions import (
    Call,
    SessionView,
    call_roll,
    cancel_session,
    list_sessions,
    plan_session,
    read_session,
)
from service.flows.people.access_records import record_access
from service.flows.register import Register
from service.flows.requests.fields import FORMS
from service.store.assessments import StoredSession
from service.web.authentication import current_principal, needs

MAX_PLAN_BYTES: Final = 256 * 1024
PDF: Final = "application/pdf"
Day = Annotated[date | None, QueryParameter(description=FORMS["day"].en)]
Form = Annotated[FormName, QueryParameter(description=FORMS["form"].en)]
Record = Annotated[int | None, QueryParameter(description=FORMS["record"].en, ge=1, le=MAX_ID)]


class AssessmentController(Controller):
    """An institution plans its own sessions, its staff call the roll; the centre any, a district reads its own."""

    tags = ("sessions",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/sessions",
        operation_id="planSession",
        summary="Plan a session",
        guards=[needs(Permission.PLAN_SESSIONS)],
        request_max_body_size=MAX_PLAN_BYTES,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def plan(
        self, data: JSONBody[SessionRequest], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> SessionBody:
        """Enter a plan as it stands, and say whether its people are enough."""
        by = current_principal(request)
        new = NewSession(
            session=Session(data.institution, data.starts_at, tuple(_job(register, job) for job in data.jobs)),
            plan=data.plan,
            place=data.place,
            people=tuple(map(_person, data.people)),
        )
        identity = plan_session(register, new, replaces=data.replaces, body=by.body, actor=by.actor)
        return _session(read_session(register, identity, by))

    @get(
        "/api/v1/sessions",
        operation_id="listSessions",
        summary="Sessions",
        guards=[needs(Permission.CHECK, Permission.PLAN_SESSIONS)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def list(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        on: Day = None,
        institution: InstitutionQuery = None,
    ) -> SessionsBody:
        """List the sessions that one sees, on a day or on any, the latest first."""
        found = list_sessions(register, institution=institution, on=on, by=current_principal(request))
        return SessionsBody(tuple(_summary(held, place) for held, place in found))

    @get(
        "/api/v1/sessions/{identity:int}",
        operation_id="readSession",
        summary="A session with its people",
        guards=[needs(Permission.CHECK, Permission.PLAN_SESSIONS)],
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def read(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> SessionBody:
        """Return who is to be there, who has come, and what the rules say of both."""
        by = current_principal(request)
        view = read_session(register, identity, by)
        record_access(register, by.actor, Access(act=Act.ASSESSMENT, outcome=f"session:{identity}"))
        return _session(view)

    @post(
        "/api/v1/sessions/{identity:int}/cancellation",
        operation_id="cancelSession",
        summary="A session is not held",
        guards=[needs(Permission.PLAN_SESSIONS)],
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
    ) -> SessionSummaryBody:
        """Cancel a session, which keeps its record."""
        by = current_principal(request)
        read_session(register, identity, by)
        held = cancel_session(register, identity, reason=data.reason, body=by.body, actor=by.actor)
        return _summary(held, register.institutions()[held.session.institution])

    @post(
        "/api/v1/sessions/{identity:int}/roll-call",
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
    ) -> SessionBody:
        """Take down who has come, each once by the nonce, and say whether the people there are enough."""
        by = current_principal(request)
        return _session(call_roll(register, identity, [_call(one) for one in data.entries], by=by, actor=by.actor))

    @post(
        "/api/v1/sessions/{identity:int}/records",
        operation_id="makeRecord",
        summary="Record a roll-call",
        guards=[needs(Permission.PLAN_SESSIONS)],
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
        return MadeRecordBody(make_record(register, identity, made_by=data.made_by, by=by, actor=by.actor))

    @get(
        "/api/v1/sessions/{identity:int}/record",
        operation_id="getRollCallRecord",
        summary="The signed record of a roll-call",
        guards=[needs(Permission.CHECK, Permission.PLAN_SESSIONS)],
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
        "/api/v1/sessions/{identity:int}/record.pdf",
        operation_id="getRollCallRecordPdf",
        summary="The record of a roll-call, to print",
        guards=[needs(Permission.CHECK, Permission.PLAN_SESSIONS)],
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
        named = {"Content-Disposition": f'attachment; filename="session-{identity}.pdf"'}
        return Response(out.getvalue(), media_type=PDF, headers=named)

    @get(
        "/api/v1/sessions/{identity:int}/forms.pdf",
        operation_id="getSessionForms",
        summary="The forms that a session's people fill in",
        guards=[needs(Permission.CHECK, Permission.PLAN_SESSIONS)],
        media_type=PDF,
        responses=documented(*READ_REFUSALS, HTTPStatus.UNPROCESSABLE_ENTITY),
        sync_to_thread=True,
    )
    def forms(
        self, identity: Identity, form: Form, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[bytes]:
        """Return the forms of one kind, one for each who fills it in, as a PDF on A4."""
        out = io.BytesIO()
        draw_session_forms(register, identity, form, out, by=current_principal(request))
        named = {"Content-Disposition": f'attachment; filename="session-{identity}-forms.pdf"'}
        return Response(out.getvalue(), media_type=PDF, headers=named)


def _job(register: Register, job: JobRequest) -> Job:
    return Job(
        occupation=parse_occupation(job.occupation, register.catalogue),
        level=job.level,
        parts=frozenset(job.parts),
        machine_marked=job.machine_marked,
        candidates=job.candidates,
        per_assessor=job.per_assessor,
        per_invigilator=job.per_invigilator,
    )


def _person(one: PlannedRequest) -> NewPerson:
    return NewPerson(
        role=one.role,
        number=one.number,
        name=tidy_name(one.name),
        resident_id=None if one.resident_id is None else ResidentId.parse(one.resident_id),
        declared=one.declared,
    )


def _call(one: CallItem) -> Call:
    return Call(
        nonce=bytes.fromhex(one.nonce),
        role=one.role,
        came_at=one.came_at,
        person=one.person,
        number=one.number,
        copy=None if one.copy is None else bytes.fromhex(one.copy),
        name=one.name or "",
        verdict=one.verdict,
        is_holder=one.is_holder,
        declared=one.declared,
        offline=one.offline,
    )


def _summary(held: StoredSession, place: Institution) -> SessionSummaryBody:
    return msgspec.convert(_facts(held, place), SessionSummaryBody)


def _session(view: SessionView) -> SessionBody:
    more = {
        "people": [one.as_json() for one in view.called],
        "plan_check": view.plan_check.as_json(),
        "roll_call": view.roll_call.as_json(),
    }
    return msgspec.convert(_facts(view.held, view.place) | more, SessionBody)


def _facts(held: StoredSession, place: Institution) -> dict[str, Any]:
    return {
        "session": held.id,
        "institution_name": place.name,
        "plan": held.plan,
        "place": held.place,
        "on": held.session.on,
        "state": "planned" if held.cancelled_on is None else "cancelled",
        "cancelled_on": held.cancelled_on,
        "cancel_reason": held.cancel_reason,
        **held.session.as_json(),
    }
