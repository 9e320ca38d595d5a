"""The page on which a fact of a card is put right: now and then beside each other, and what will happen."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody, SkipValidation

from service.domain.access import Permission
from service.domain.amending import AmendedFact, AmendedValue, OldCard
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.flows.cards.amend import AmendmentShown, amend_card, card_mark, show_amendment
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.card_desk import card_standing
from service.flows.cards.faces import JOB_TYPES_JOINED_BY
from service.flows.cards.preview import compare
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
_PAGE: Final = PAGE + "/{number:str}/amend"
_TEMPLATE: Final = "office/amend.html"
_REASONS: Final = ("amend_reason_entry", "amend_reason_photo", "amend_reason_changed", "amend_reason_other")
_MORE_SEPARATOR: Final = "："


class AmendPage(Controller):
    """It is there for the card's issuer; for others there is no such card."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(_PAGE, http_method=READ, sync_to_thread=True)
    def page(
        self,
        number: FromPath[CardNumber],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        like: FromQuery[str] = "",
    ) -> Response[str]:
        """Show the card as it is, and what of it can be put right; with ``like``, the name of that card is filled in.

        That is another card of its holder: no name goes in an address.
        """
        desk = at_desk(request, register, Permission.CHANGE_CARDS)
        standing = card_standing(register, number, desk.principal)
        name = next((one.name for one in standing.named_otherwise if one.number == like), None)
        return desk.show(_TEMPLATE, **_context(desk, number, {} if name is None else {"name": name}))

    @post_seen_first(_PAGE)
    @once_a_form
    def amend(
        self,
        number: FromPath[CardNumber],
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Show what the amendment would do, and do it once it has been shown."""
        desk = at_desk(request, register, Permission.CHANGE_CARDS, csrf=text_of(data, "csrf"))
        card = card_standing(register, number, desk.principal).card

        def amended(asked: AmendmentRequest) -> Response[Any]:
            amend_card(register, number, asked, desk.principal.by)
            return desk.go(f"{PAGE}/{number}", done="amended")

        return SeenFirst(
            act="amend",
            template=_TEMPLATE,
            ask=lambda: _asked(card, data),
            look=lambda asked: show_amendment(register, number, asked, desk.principal),
            mark=_mark_of,
            do=amended,
            context=lambda shown: _context(desk, number, data, shown),
        ).answer(desk, request, data)


def _asked(card: Card, data: FormData) -> AmendmentRequest:
    """Read what is to be put right; what a field says that stands on the card already is not stated."""
    now = _now(card)
    stated = {name: text_of(data, name) for name in now if text_of(data, name).strip() != now[name]}
    more = text_of(data, "reason_more").strip()
    fields = {
        **stated,
        "reason": _MORE_SEPARATOR.join(part for part in (text_of(data, "reason"), more) if part),
        "evidence": text_of(data, "evidence"),
        "old_card": text_of(data, "old_card"),
        "new_job_type": text_of(data, "new_job_type"),
        "seen": text_of(data, "seen") or None,
        "photo": photo_of_form(data),
    }
    return read_request(AmendmentRequest, fields)


def _now(card: Card) -> dict[str, str]:
    names = JOB_TYPES_JOINED_BY.join(one.name for one in card.occupations)
    return {"name": card.name, "work_unit": card.work_unit} | ({"occupations": names} if names else {})


def _context(
    desk: Desk, number: CardNumber, data: Mapping[str, Any], shown: AmendmentShown | None = None
) -> dict[str, Any]:
    context = standing_of(desk, number)
    card: Card = context["card"]
    fronts = None if shown is None else compare(shown.now, shown.after, desk.register.fonts)
    return context | {
        "now": _now(card),
        "seen": card_mark(card),
        "typed": form_values("amend", dict(data)),
        "old_cards": [place.value for place in OldCard],
        "reasons": _REASONS,
        "shown": shown,
        "mark": None if shown is None else _mark_of(shown),
        "changes": () if shown is None else tuple(map(_change, shown.values)),
        "kept_photo": kept_in_form(None if shown is None else shown.photo),
        "front_now": None if fronts is None else webp_url(fronts.now),
        "front_after": None if fronts is None else webp_url(fronts.after),
        "asks_password": asks_password_again(desk.principal),
    }


def _change(value: AmendedValue) -> dict[str, Any]:
    is_photo = value.fact is AmendedFact.PHOTO
    before, after = ("", "") if is_photo else (value.before, value.after)
    return {
        "fact": value.fact.value,
        "is_photo": is_photo,
        "before": tuple(_pieces(before, after, of_after=False)),
        "after": tuple(_pieces(before, after, of_after=True)),
        "value": after,
    }


def _pieces(before: str, after: str, *, of_after: bool) -> Iterator[tuple[bool, str]]:
    """Cut a text where it differs from the other: (whether the piece differs, piece)."""
    for what, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(None, before, after).get_opcodes():
        piece = after[new_from:new_to] if of_after else before[old_from:old_to]
        if piece:
            yield what != "equal", piece


def _mark_of(shown: AmendmentShown) -> str:
    return mark_of(*shown.values)
