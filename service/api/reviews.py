"""Enter what a person's work came to, and decide on failed results (督§16, §17, §20; 考§17–§20)."""

from __future__ import annotations

from http import HTTPStatus

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation

from service.api.once import once
from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, LIST_REFUSALS, AnyRequest, Identity
from service.api.schemas import CaseBody, CasesBody, EnteredBody
from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.review import EntryKind, case_ground
from service.flows.paging import MOST_ITEMS, PageRequest
from service.flows.people.cases import CaseClosingRequest, case_page, close_case
from service.flows.people.reviews import (
    Entered,
    EvaluationRequest,
    RemarkRequest,
    SheetRequest,
    WarningRequest,
    enter_evaluation,
    enter_review,
    enter_reward_or_sanction,
    enter_warning,
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
        return _entered(enter_review(register, number, data, current_principal(request).by))

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
        return _entered(enter_evaluation(register, number, data, current_principal(request).by))

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
        return _entered(enter_warning(register, number, data, current_principal(request).by))

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
        by = current_principal(request).by
        return _entered(enter_reward_or_sanction(register, number, EntryKind.REWARD, data, by))

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
        by = current_principal(request).by
        return _entered(enter_reward_or_sanction(register, number, EntryKind.SANCTION, data, by))

    @get(
        "/api/v1/cases",
        operation_id="listCases",
        summary="Failed results to decide on",
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def cases(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[CasesBody]:
        """List cases, decided ones too: the centre all, others those they decide on and those they have entered."""
        found = case_page(register, current_principal(request).body, PageRequest(limit=limit, cursor=cursor))
        return paged(request, CasesBody(tuple(map(_case, found.items))), found)

    @post(
        "/api/v1/cases/{identity:int}/closing",
        operation_id="closeCase",
        summary="End a case with a corrected result",
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
        """Correct the result: the card's issuer; anybody else's attempt is refused and journalled."""
        return _case(close_case(register, identity, data, current_principal(request).by))


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
        corrected_to=None if closing is None else closing.corrected_to,
    )
