"""One card at the desk: how it stands, and what its issuer may do with it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.cancellation import Proposal, parse_ground
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.flows.cards.cancellations import correct_cancellation, propose_revocation
from service.flows.cards.card_desk import Standing, card_standing
from service.flows.cards.lifecycle import record_found, replace_card, revoke_card, void_number
from service.flows.errors import Refused
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, DeskForm, at_desk
from service.pages.office.bodies import body_names, ground_choices
from service.pages.office.once import once_a_form
from service.pages.office.typed import (
    MAX_FORM_BODY,
    MAX_FORM_WITH_FILE,
    card_number,
    day,
    form_values,
    handed,
    line,
    long,
    signed_in_first,
    unknown_act,
)
from service.pages.words import looks

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/cards"
_CARD: Final = PAGE + "/{number:str}"
_READERS: Final = (Permission.CHANGE_CARDS, Permission.PROPOSE, Permission.REVIEW)
MAY_CANCEL: Final = (Permission.CHANGE_CARDS, Permission.PROPOSE)


class NumberForm(DeskForm, frozen=True, kw_only=True):
    """Which card."""

    number: str = ""


class CardForm(DeskForm, frozen=True, kw_only=True):
    """The forms of a card's page: a new copy, a copy found, the number void."""

    act: str = ""
    reason: str = ""
    without_portrait: str = ""
    reported_by: str = ""
    sure: str = ""


class CancellationForm(DeskForm, frozen=True, kw_only=True):
    """The forms about a card's cancellation: to decide, to propose, to correct."""

    act: str = ""
    ground: str = ""
    reason: str = ""
    decided_by: str = ""
    decided_on: str = ""
    proposed_by: str = ""
    document: str = ""
    document_file: UploadFile | None = None


class CardsPage(Controller):
    """A card is there for its issuer and for who keeps the holder's record; for others there is none."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def choose(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show the form for a number."""
        return at_desk(request, register, *_READERS).show("office/cards.html", form_values=form_values())

    @post(PAGE, status_code=HTTPStatus.OK, sync_to_thread=True)
    def chosen(
        self,
        data: URLEncodedBody[NumberForm],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Lead to the card."""
        desk = at_desk(request, register, *_READERS, csrf=data.csrf)
        try:
            number = card_number(data.number)
            card_standing(register, number, desk.principal)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/cards.html", form_values=form_values("choose", data))
        return desk.go(f"{PAGE}/{number}")

    @route(_CARD, http_method=READ, sync_to_thread=True)
    def card(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show how the card stands, and the forms for its issuer."""
        desk = at_desk(request, register, *_READERS)
        return desk.show("office/card.html", **standing_of(desk, number), form_values=form_values())

    @post(_CARD, status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def change(
        self,
        number: FromPath[CardNumber],
        data: URLEncodedBody[CardForm],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Replace it, void it, or note that a copy was found."""
        desk = at_desk(request, register, Permission.CHANGE_CARDS, csrf=data.csrf)
        card_standing(register, number, desk.principal)
        try:
            return _change(desk, number, data)
        except REFUSALS as error:
            shown = standing_of(desk, number)
            return desk.refuse(request, error, "office/card.html", **shown, form_values=form_values(data.act, data))

    @route(_CARD + "/cancellation", http_method=READ, sync_to_thread=True)
    def loss(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show how the qualification was lost, or the forms by which it is."""
        desk = at_desk(request, register, *MAY_CANCEL)
        return desk.show("office/cancellation.html", **standing_of(desk, number), form_values=form_values())

    @post(
        _CARD + "/cancellation",
        status_code=HTTPStatus.OK,
        guards=[signed_in_first],
        request_max_body_size=MAX_FORM_WITH_FILE,
        sync_to_thread=True,
    )
    @once_a_form
    def lose(
        self,
        number: FromPath[CardNumber],
        data: MultipartBody[CancellationForm],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Decide, propose or correct."""
        desk = at_desk(request, register, *MAY_CANCEL, csrf=data.csrf)
        card_standing(register, number, desk.principal)
        try:
            return _cancel(desk, number, data)
        except REFUSALS as error:
            shown = standing_of(desk, number)
            return desk.refuse(
                request, error, "office/cancellation.html", **shown, form_values=form_values(data.act, data)
            )


def standing_of(desk: Desk, number: CardNumber) -> dict[str, Any]:
    """Gather what a page of a card shows of it. Raises Refused where it is not there for this body."""
    told = card_standing(desk.register, number, desk.principal)
    look = looks()[told.word.value]
    return {
        "standing": told,
        "card": told.card,
        "look": look,
        "word": look.zh if desk.language == "zh" else look.en,
        "named": body_names(desk),
        "may": _may(desk, told),
        "grounds": ground_choices(desk, told.card.kind),
        "today": desk.register.effects.today(),
    }


def _may(desk: Desk, told: Standing) -> frozenset[str]:
    """Name what one may do with the card as it stands: the forms that are shown."""
    by = desk.principal
    decides = told.decides and by.may(Permission.CHANGE_CARDS)
    in_question = told.decision is None and told.word.value not in {"revoked", "voided"}
    found = {
        "replace": decides and told.in_force,
        "void": decides and told.in_force,
        "found": decides and told.dead_copies > 0,
        "revoke": decides and in_question,
        "propose": by.may(Permission.PROPOSE) and in_question,
        "correct": decides and told.decision is not None and told.correction is None,
        "review": by.may(Permission.REVIEW) and bool(told.entries),
        "loss": any(map(by.may, MAY_CANCEL)),
        # A bureau keeps the record of external supervisors whose whole file is another's.
        "person": by.may(Permission.READ_PEOPLE) and by.account.district is None,
    }
    return frozenset(name for name, may in found.items() if may)


def _change(desk: Desk, number: CardNumber, data: CardForm) -> Response[Any]:
    by, page = desk.principal, f"{PAGE}/{number}"
    match data.act:
        case "replace":
            reason = _replacement_reason(data.reason)
            without = bool(data.without_portrait)
            replace_card(desk.register, number, reason, by.actor, without_portrait=without, body=by.body)
            return desk.go(page, done="replaced")
        case "found":
            record_found(desk.register, number, line(data.reported_by, 60), by.actor, body=by.body)
            return desk.go(page, done="found")
        case "void":
            if not data.sure:
                raise Refused("void-unsure", "请勾选确认：作废不能撤销", "tick the box: voiding cannot be undone")
            void_number(desk.register, number, long(data.reason), by.actor, body=by.body)
            return desk.go(page, done="voided")
        case _:
            raise unknown_act()


def _cancel(desk: Desk, number: CardNumber, data: CancellationForm) -> Response[Any]:
    by, page = desk.principal, f"{PAGE}/{number}/cancellation"
    file = handed(data.document_file)
    match data.act:
        case "revoke":
            revoke_card(
                desk.register,
                number,
                ground=data.ground,
                reason=long(data.reason),
                decided_by=line(data.decided_by, 60),
                decided_on=day(data.decided_on),
                document=line(data.document) or None,
                handed=file,
                body=by.body,
                actor=by.actor,
            )
            return desk.go(page, done="revoked")
        case "propose":
            made = propose(desk, number, data)
            return desk.go(f"/office/proposals/{made}", done="proposed")
        case "correct":
            correct_cancellation(
                desk.register,
                number,
                reason=long(data.reason),
                decided_by=line(data.decided_by, 60),
                document=line(data.document) or None,
                handed=file,
                body=by.body,
                actor=by.actor,
            )
            return desk.go(page, done="corrected")
        case _:
            raise unknown_act()


def propose(desk: Desk, number: CardNumber, data: CancellationForm) -> int:
    """Enter what was proposed, and give its id. Raises what the flow raises."""
    by = desk.principal
    proposal = Proposal(
        parse_ground(data.ground), by.body, line(data.proposed_by, 60), long(data.reason), line(data.document) or None
    )
    return propose_revocation(desk.register, number, proposal, by.actor, handed(data.document_file))


def _replacement_reason(text: str) -> ReplacementReason:
    try:
        return ReplacementReason(text)
    except ValueError:
        raise Refused("replacement-reason", "请选择补发原因", "choose why a new copy is made") from None
