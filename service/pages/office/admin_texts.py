"""The words that are printed on cards: set by the centre, seen on specimens while they are typed, taken again."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.card_text import FIELD_WORDS, MAX_NOTICE, TEXT_FIELDS, CardText, Wording, changes, texts_of
from service.domain.kinds import CardKind
from service.flows.cards.card_text_requests import CardTextsRequest
from service.flows.cards.card_texts import CardTexts, check_words, narrowed_lines, read_texts, set_texts, tried
from service.flows.cards.preview import CardSide, preview, side_as_webp
from service.flows.cards.specimen import specimen_faces, specimen_kinds
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.admin import ADMIN
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.once import once_a_form
from service.pages.office.seen_first import webp_url
from service.pages.office.typed import FormData, form_values, text_of
from service.web.refusals import Absent, refusal_of

AnyRequest = Request[Any, Any, State]
TEXTS: Final = ADMIN + "/texts"
_KEEPERS: Final = (Permission.KEEP_BODIES, Permission.KEEP_MACHINE)
_TEMPLATE: Final = "office/admin_texts.html"
_GROUPS: Final = (
    ("supervisor", tuple(name for name in TEXT_FIELDS if name.startswith("supervisor_"))),
    ("assessor", tuple(name for name in TEXT_FIELDS if name.startswith("assessor_"))),
    ("labels", tuple(name for name in TEXT_FIELDS if name.startswith("label_"))),
    ("rest", ("check_at", "internal_notice", "date", "printer")),
)
Number = Annotated[int | None, QueryParameter(ge=0, le=2**31 - 1)]


class TextsPage(Controller):
    """What every card bears beside its holder's facts (督附4, 督附5)."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(TEXTS, http_method=READ, sync_to_thread=True)
    def page(
        self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]], again: Number = None
    ) -> Response[str]:
        """Show the words, and how they look; with ``again`` those of an earlier number, to be taken again."""
        desk = at_desk(request, register, *_KEEPERS)
        found = read_texts(register)
        chosen = found.now if again is None else _of(found, again)
        return desk.show(_TEMPLATE, **_context(desk, found, chosen))

    @post(TEXTS, status_code=HTTPStatus.OK, sync_to_thread=True)
    @once_a_form
    def set(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Set what was typed."""
        desk = at_desk(request, register, Permission.KEEP_BODIES, csrf=text_of(data, "csrf"))
        try:
            check_words(register, tried(register, _typed(data)))  # an empty field is one, and not left as it was
            set_texts(
                register,
                read_request(CardTextsRequest, {**data, "texts": _stated(register, data)}),
                desk.principal.actor,
            )
        except REFUSALS as error:
            return desk.refuse(request, error, _TEMPLATE, **_typed_context(desk, data))
        return desk.go(TEXTS, done="texts_set")

    @post(TEXTS + "/preview", status_code=HTTPStatus.OK, sync_to_thread=True)
    def preview(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[str]:
        """Draw the specimens with what is typed, and say what is wrong with it; nothing is stored."""
        desk = at_desk(request, register, Permission.KEEP_BODIES, csrf=text_of(data, "csrf"))
        return desk.show(_TEMPLATE, **_typed_context(desk, data, look=request))

    @route(TEXTS + "/{kind:str}/{side:str}", http_method=READ, sync_to_thread=True)
    def picture(
        self,
        kind: FromPath[str],
        side: FromPath[str],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        number: Number = None,
    ) -> Response[bytes]:
        """Return one side of a specimen, with today's words or those of a number."""
        at_desk(request, register, *_KEEPERS)
        kinds = {one.value: one for one in specimen_kinds(register)}
        sides = {f"{one.value}.png": one for one in CardSide}
        if kind not in kinds or side not in sides:
            raise Absent("route-unknown", "没有这个地址", "there is no such route")
        found = read_texts(register)
        text = (found.now if number is None else _of(found, number)).text
        face = specimen_faces(register, text)[CardKind(kind)]
        return Response(preview(face, register.fonts, sides[side]), media_type="image/png")


def _of(found: CardTexts, number: int) -> Wording:
    """Find words by their number. Raises Absent."""
    for one in found.history:
        if one.number == number:
            return one
    raise Absent("card-texts-unknown", f"没有第 {number} 版字样", f"words number {number} were never set")


def _typed(data: FormData) -> dict[str, str]:
    return {name: text_of(data, name) for name in TEXT_FIELDS if name in data}


def _stated(register: Register, data: FormData) -> dict[str, str]:
    """Return what is typed otherwise than in the words that are taken again; all that is typed where none are."""
    typed, again = _typed(data), text_of(data, "again")
    known = {str(one.number): texts_of(one.text) for one in read_texts(register).history}.get(again, {})
    return {name: said for name, said in typed.items() if known.get(name) != said}


def _typed_context(desk: Desk, data: FormData, look: AnyRequest | None = None) -> dict[str, Any]:
    """Return what the page shows with what was typed; to ``look`` at it, drawn as far as it can be, and what is wrong.

    The form was made up over the words that were set last then: ``seen`` stays, so that it is told of later ones.
    """
    register = desk.register
    found = read_texts(register)
    context = _context(desk, found, found.now, data)
    if look is None:
        return context
    try:
        text = tried(register, _typed(data))
        check_words(register, text)
    except REFUSALS as error:
        refused = refusal_of(look, error)
        return context | {"wrong": refused.zh if desk.language == "zh" else refused.en}
    return context | {"faces": _drawn(desk, text), "narrow": narrowed_lines(register, text), "is_tried": True}


def _drawn(desk: Desk, text: CardText) -> list[tuple[str, ...]]:
    fonts = desk.register.fonts
    return [
        (kind.value, _called(desk, kind), *(webp_url(side_as_webp(face, fonts, side)) for side in CardSide))
        for kind, face in specimen_faces(desk.register, text).items()
    ]


def _address(kind: CardKind, side: CardSide, wording: Wording) -> str:
    return f"{TEXTS}/{kind.value}/{side.value}.png?number={wording.number}"


def _called(desk: Desk, kind: CardKind) -> str:
    return kind.zh if desk.language == "zh" else kind.en


def _context(desk: Desk, found: CardTexts, chosen: Wording, data: FormData | None = None) -> dict[str, Any]:
    register = desk.register
    place = 0 if desk.language == "zh" else 1
    texts = texts_of(chosen.text)
    is_again = chosen is not found.now
    return {
        "faces": [
            (
                kind.value,
                _called(desk, kind),
                *(_address(kind, side, chosen) for side in CardSide),
            )
            for kind in specimen_kinds(register)
        ],
        "groups": [
            (group, [(name, FIELD_WORDS[name][place], texts[name]) for name in names]) for group, names in _GROUPS
        ],
        "may_set": desk.principal.may(Permission.KEEP_BODIES),
        "value": form_values("" if data is None else "set", data),
        "longest": MAX_NOTICE,
        "again": chosen.number if is_again else ("" if data is None else text_of(data, "again")),
        "seen": found.last if data is None else text_of(data, "seen"),
        "today": register.effects.today().isoformat(),
        "now": found.now,
        "planned": found.planned,
        "history": _history(found, place),
        "shown_by": found.shown_by,
        "wrong": "",
        "narrow": (),
        "is_tried": False,
        "jurisdiction": register.jurisdiction,
    }


def _history(found: CardTexts, place: int) -> list[tuple[Wording, list[tuple[str, str]]]]:
    """Return every wording, the last first, with what it put otherwise than the one before it."""
    before: Mapping[int, Wording] = dict(zip((one.number for one in found.history), found.history[1:], strict=False))
    return [
        (
            one,
            [(FIELD_WORDS[name][place], said) for name, said in changes(before[one.number].text, one.text).items()]
            if one.number in before
            else [],
        )
        for one in found.history
    ]
