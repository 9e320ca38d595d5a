"""Enter what a person's work came to, and decide on failed results (督§16, §17, §20; 考§17–§20)."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation

from service.api.bodies import CaseClosingRequest, EvaluationRequest, RemarkRequest, SheetRequest, WarningRequest
from service.api.once import once
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, LIST_REFUSALS, AnyRequest, Identity
from service.api.schemas import CaseBody, CasesBody, EnteredBody
from service.domain.access import Permission, Principal
from service.domain.card_number import CardNumber
from service.domain.review import EntryKind, case_ground, sheet_of
from service.flows.people.reviews import (
    Entered,
    Given,
    Work,
    close_case,
    enter_evaluation,
    enter_review,
    enter_reward_or_sanction,
    enter_warning,
    list_cases,
)
from service.flows.register import Register
from service.store.reviews import Case
from service.web.authentication import current_principal, needs


class ReviewController(Controller):
    """Entries by whoever keeps the record; a failed evaluation opens a case that the card's issuer decides."""

    tags = ("records",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.REVIEW)]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/cards/{number:str}/reviews",
        operation_id="enterReview",
        summary="Enter the review sheet of one job",
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def review(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[SheetRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> EnteredBody:
        """Enter 督附2 for a supervisor, 考附1 for an assessor; the points are summed and graded."""
        by = current_principal(request)
        work = Work(plan=data.plan, occupation=data.occupation, institution=data.institution)
        given = _given(by, data.on, data.by)
        form = sheet_of(number.kind)
        return _entered(enter_review(register, number, form, data.points, work=work, given=given, actor=by.actor))

    @post(
        "/api/v1/cards/{number:str}/evaluations",
        operation_id="enterEvaluation",
        summary="Enter a periodic or annual result",
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def evaluate(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[EvaluationRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> EnteredBody:
        """Enter the result; a failed one opens a case, and the card counts as before until its issuer decides."""
        by = current_principal(request)
        given = _given(by, data.on, data.by, data.note)
        return _entered(enter_evaluation(register, number, data.result, given, by.actor))

    @post(
        "/api/v1/cards/{number:str}/warnings",
        operation_id="enterWarning",
        summary="Enter a warning to an assessor",
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def warn(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[WarningRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> EnteredBody:
        """Enter a warning, which is never a status."""
        by = current_principal(request)
        given = _given(by, data.on, data.by, data.reason)
        return _entered(enter_warning(register, number, data.ground, given, by.actor))

    @post(
        "/api/v1/cards/{number:str}/rewards",
        operation_id="enterReward",
        summary="Enter a reward",
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def reward(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[RemarkRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> EnteredBody:
        """Enter a reward."""
        return _remark(register, number, EntryKind.REWARD, data, current_principal(request))

    @post(
        "/api/v1/cards/{number:str}/sanctions",
        operation_id="enterSanction",
        summary="Enter a sanction",
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def sanction(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[RemarkRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> EnteredBody:
        """Enter a sanction."""
        return _remark(register, number, EntryKind.SANCTION, data, current_principal(request))

    @get(
        "/api/v1/cases",
        operation_id="listCases",
        summary="Failed results to decide on",
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def cases(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> CasesBody:
        """List cases, decided ones too: the centre all, others those they decide on and those they have entered."""
        return CasesBody(tuple(map(_case, list_cases(register, body=current_principal(request).body))))

    @post(
        "/api/v1/cases/{identity:int}/closing",
        operation_id="closeCase",
        summary="Close a case without a cancellation",
        status_code=HTTPStatus.OK,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def close(
        self,
        identity: Identity,
        data: JSONBody[CaseClosingRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> CaseBody:
        """Close it: the card's issuer; anybody else's attempt is refused and journalled. The result stays on record."""
        by = current_principal(request)
        closed = close_case(register, identity, reason=data.reason, by=data.decided_by, body=by.body, actor=by.actor)
        return _case(closed)


def _given(by: Principal, on: date, person: str, note: str = "") -> Given:
    return Given(on=on, by=person, body=by.body, note=note, only_own=True)


def _remark(register: Register, number: CardNumber, kind: EntryKind, data: RemarkRequest, by: Principal) -> EnteredBody:
    given = _given(by, data.on, data.by, data.reason)
    return _entered(enter_reward_or_sanction(register, number, kind, given, by.actor))


def _entered(one: Entered) -> EnteredBody:
    entry = one.entry
    total = None if entry.points is None else sum(entry.points)
    return EnteredBody(one.id, entry.kind, entry.article, entry.outcome, total, one.case)


def _case(one: Case) -> CaseBody:
    closing = one.closing
    return CaseBody(
        id=one.id,
        number=one.number,
        kind=one.kind,
        ground=str(case_ground(one.kind)),
        on=one.entry.on,
        body=one.entry.body,
        by=one.entry.by,
        note=one.entry.note,
        issuer=one.issuer,
        open=one.is_open,
        cancelled_on=one.cancelled_on,
        closed_on=None if closing is None else closing.on,
        closed_by=None if closing is None else closing.by,
        answer=None if closing is None else closing.reason,
    )
