"""The page on which a card is renewed: the new certification, judged by the rules, and the card as it will be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody, SkipValidation

from service.domain.access import Permission
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.domain.validity import renewal_opens_on
from service.flows.cards.card_desk import card_standing
from service.flows.cards.card_requests import RenewalRequest
from service.flows.cards.preview import front_as_webp
from service.flows.cards.renew import RenewalShown, renew_card, show_renewal
from service.flows.people.own_account import asks_password_again
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, Desk, at_desk
from service.pages.office.cards import PAGE, standing_of
from service.pages.office.once import once_a_form
from service.pages.office.seen_first import SeenFirst, kept_in_form, mark_of, photo_of_form, post_seen_first, webp_url
from service.pages.office.typed import FormData, form_values, text_of

AnyRequest = Request[Any, Any, State]
_PAGE: Final = PAGE + "/{number:str}/renew"
_TEMPLATE: Final = "office/renew.html"
_SCORES: Final = {
    CardKind.SENIOR: ("theory_score", "skill_score", "review_score"),
    CardKind.STANDARD: ("theory_score", "skill_score"),
    CardKind.SPECIAL_SKILL: ("theory_score", "skill_score"),
}
_SUPERVISORS_SCORE: Final = ("score",)
_STATED: Final = ("applied_on", "certified_on", "reviewed_by")


class RenewPage(Controller):
    """It is there for the card's issuer; for others there is no such card."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(_PAGE, http_method=READ, sync_to_thread=True)
    def page(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show what a renewal needs."""
        desk = at_desk(request, register, Permission.CHANGE_CARDS)
        return desk.show(_TEMPLATE, **_context(desk, number, {}))

    @post_seen_first(_PAGE)
    @once_a_form
    def renew(
        self,
        number: FromPath[CardNumber],
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Judge the new certification and show the card; issue it once it has been shown."""
        desk = at_desk(request, register, Permission.CHANGE_CARDS, csrf=text_of(data, "csrf"))
        card = card_standing(register, number, desk.principal).card

        def renewed(asked: RenewalRequest) -> Response[Any]:
            new = renew_card(register, number, asked, desk.principal.by)
            return desk.go(f"{PAGE}/{new}", done="renewed")

        return SeenFirst(
            act="renew",
            template=_TEMPLATE,
            ask=lambda: _asked(card, data),
            look=lambda asked: show_renewal(register, number, asked, desk.principal.by),
            mark=lambda shown: _mark_of(data, shown),
            do=renewed,
            context=lambda shown: _context(desk, number, data, shown),
        ).answer(desk, request, data)


def _asked(card: Card, data: FormData) -> RenewalRequest:
    facts = {field: text_of(data, field).strip() for field in _scores(card) if text_of(data, field).strip()}
    unit = text_of(data, "work_unit").strip()
    if unit and unit != card.work_unit:
        facts["work_unit"] = unit
    stated = {field: text_of(data, field) for field in _STATED}
    return read_request(RenewalRequest, {**stated, "facts": facts, "photo": photo_of_form(data)})


def _scores(card: Card) -> tuple[str, ...]:
    return _SCORES.get(card.kind, _SUPERVISORS_SCORE)


def _context(
    desk: Desk, number: CardNumber, data: Mapping[str, Any], shown: RenewalShown | None = None
) -> dict[str, Any]:
    context = standing_of(desk, number)
    card: Card = context["card"]
    fonts = desk.register.fonts
    opens_on = renewal_opens_on(card.expires_on, desk.register.jurisdiction.renewal_months)
    is_new_photo = shown is not None and photo_of_form(dict(data)) is not None
    return context | {
        "scores": _scores(card),
        "opens_on": opens_on,
        "is_early": desk.register.effects.today() < opens_on,
        "typed": form_values("renew", dict(data)),
        "shown": shown,
        "warned": () if shown is None else shown.warned,
        "mark": None if shown is None else _mark_of(dict(data), shown),
        "kept_photo": kept_in_form(shown.face.portrait if shown is not None and is_new_photo else None),
        "front_after": None if shown is None else webp_url(front_as_webp(shown.face, fonts)),
        "asks_password": asks_password_again(desk.principal),
    }


def _mark_of(data: FormData, shown: RenewalShown) -> str:
    said = (
        text_of(data, field).strip() for field in (*_STATED, "theory_score", "skill_score", "review_score", "score")
    )
    return mark_of(*said, shown.face, shown.expires_on)
