"""One card at the desk: how it stands, and what its issuer may do with it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.printing import CopyOrigin
from service.domain.verdict_words import Word
from service.flows.cards.cancellations import correct_cancellation, propose_revocation
from service.flows.cards.card_desk import Standing, card_standing
from service.flows.cards.card_requests import (
    CorrectionRequest,
    FoundRequest,
    ProposalRequest,
    ReplacementRequest,
    RevocationRequest,
    VoidRequest,
)
from service.flows.cards.lifecycle import record_found, replace_card, revoke_card, void_number
from service.flows.errors import Refused
from service.flows.printing.queue import CopyLine, copy_to_print, print_log
from service.flows.register import Register
from service.flows.requests.reading import read_number, read_request
from service.pages.home import READ
from service.pages.office.again import ask_again
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import body_names, ground_choices
from service.pages.office.once import once_a_form
from service.pages.office.typed import (
    MAX_FORM_BODY,
    FormData,
    fields_of,
    form_values,
    post_with_document,
    text_of,
    unknown_act,
)
from service.pages.shown import moment
from service.pages.words import looks

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/cards"
_CARD: Final = PAGE + "/{number:str}"
_PAGE_OF: Final = {"replace": "office/replace.html", "void": "office/void.html"}
_READERS: Final = (Permission.CHANGE_CARDS, Permission.PROPOSE, Permission.REVIEW)
MAY_CANCEL: Final = (Permission.CHANGE_CARDS, Permission.PROPOSE)


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
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Lead to the card."""
        desk = at_desk(request, register, *_READERS, csrf=text_of(data, "csrf"))
        try:
            number = read_number(data)
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
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Replace it, void it, or note that a copy was found."""
        desk = at_desk(request, register, Permission.CHANGE_CARDS, csrf=text_of(data, "csrf"))
        card_standing(register, number, desk.principal)
        try:
            return _change(desk, number, data)
        except REFUSALS as error:
            act, shown = text_of(data, "act"), standing_of(desk, number)
            return desk.refuse(
                request, error, _PAGE_OF.get(act, "office/card.html"), **shown, form_values=form_values(act, data)
            )

    @route(_CARD + "/replace", http_method=READ, sync_to_thread=True)
    def replacing(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show what happens if the card is replaced, and the one button that does it."""
        desk = at_desk(request, register, Permission.CHANGE_CARDS)
        return desk.show(_PAGE_OF["replace"], **standing_of(desk, number), form_values=form_values())

    @route(_CARD + "/void", http_method=READ, sync_to_thread=True)
    def voiding(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show what happens if the card is voided, and the one button that does it."""
        desk = at_desk(request, register, Permission.CHANGE_CARDS)
        return desk.show(_PAGE_OF["void"], **standing_of(desk, number), form_values=form_values())

    @route(_CARD + "/cancellation", http_method=READ, sync_to_thread=True)
    def loss(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show how the qualification was lost, or the forms by which it is."""
        desk = at_desk(request, register, *MAY_CANCEL)
        return desk.show("office/cancellation.html", **standing_of(desk, number), form_values=form_values())

    @post_with_document(_CARD + "/cancellation")
    @ask_again
    @once_a_form
    def lose(
        self,
        number: FromPath[CardNumber],
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Decide, propose or correct."""
        desk = at_desk(request, register, *MAY_CANCEL, csrf=text_of(data, "csrf"))
        card_standing(register, number, desk.principal)
        try:
            return _cancel(desk, number, data)
        except REFUSALS as error:
            shown = standing_of(desk, number)
            return desk.refuse(
                request, error, "office/cancellation.html", **shown, form_values=form_values(text_of(data, "act"), data)
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
        "print_steps": print_log(desk.register, number),
        "print_moment": moment,
        "made": copy_made(desk, number),
        "may": _may(desk, told),
        "grounds": ground_choices(desk, told.card.kind),
        "today": desk.register.effects.today(),
    }


def copy_made(desk: Desk, number: CardNumber) -> CopyLine | None:
    """Return the copy that was made in place of another and waits to be printed, if there is one."""
    found = copy_to_print(desk.register, number)
    return None if found is None or found.origin is CopyOrigin.NEW else found


def _may(desk: Desk, told: Standing) -> frozenset[str]:
    """Name what one may do with the card as it stands: the forms that are shown."""
    by = desk.principal
    decides = told.decides and by.may(Permission.CHANGE_CARDS)
    in_question = told.decision is None and told.word.value not in {"revoked", "voided"}
    found = {
        "replace": decides and told.in_force,
        "amend": decides and told.word is Word.VALID,
        "renew": decides and told.in_force,
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


def _change(desk: Desk, number: CardNumber, data: FormData) -> Response[Any]:
    register, by, page = desk.register, desk.principal.by, f"{PAGE}/{number}"
    match text_of(data, "act"):
        case "replace":
            if copy_made(desk, number) is not None and not text_of(data, "anyway"):
                raise Refused(
                    "copy-not-printed",
                    f"{number} 上次新做的卡还没打印，打印那一张即可；确要再补发一次，请勾选后再按",
                    f"the last copy of {number} has not been printed: print that, or tick to make another",
                )
            replace_card(register, number, read_request(ReplacementRequest, data), by)
            return desk.go(page, done="replaced")
        case "found":
            record_found(register, number, read_request(FoundRequest, data), by)
            return desk.go(page, done="found")
        case "void":
            void_number(register, number, read_request(VoidRequest, data), by)
            return desk.go(page, done="voided")
        case _:
            raise unknown_act()


def _cancel(desk: Desk, number: CardNumber, data: FormData) -> Response[Any]:
    register, by, page = desk.register, desk.principal.by, f"{PAGE}/{number}/cancellation"
    match text_of(data, "act"):
        case "revoke":
            revoke_card(register, number, read_request(RevocationRequest, fields_of(data)), by)
            return desk.go(page, done="revoked")
        case "propose":
            made = propose_revocation(register, number, read_request(ProposalRequest, fields_of(data)), by)
            return desk.go(f"/office/proposals/{made}", done="proposed")
        case "correct":
            correct_cancellation(register, number, read_request(CorrectionRequest, fields_of(data)), by)
            return desk.go(page, done="corrected")
        case _:
            raise unknown_act()
