"""What the pages share on which a card is looked at before it is made: the photograph in the form, pictures, marks."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Generic, TypeVar

from litestar import Response, post
from litestar.datastructures import UploadFile

from service.domain.access import Permission
from service.flows.people.own_account import check_password_again
from service.pages.office.base import REFUSALS, Desk
from service.pages.office.typed import FormData, needs_first, text_of, unknown_act
from service.web.refusals import AnyRequest

Asked = TypeVar("Asked")
Shown = TypeVar("Shown")

MAX_FORM_WITH_PHOTO: Final = 24 * 1024 * 1024
"""A telephone's photograph, and one that stands in the form since it was looked at."""


def post_seen_first(path: str) -> post:
    """Make the route of a form with a photograph that is looked at before it is done."""
    return post(
        path,
        status_code=HTTPStatus.OK,
        guards=[needs_first(Permission.CHANGE_CARDS)],
        request_max_body_size=MAX_FORM_WITH_PHOTO,
        sync_to_thread=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFirst(Generic[Asked, Shown]):
    """A step that is shown before it is done: what a form asks for, what would come of it, and doing it.

    ``mark`` tells one outcome from another; ``context`` returns what the page is drawn with, also where
    nothing can be shown.
    """

    act: str
    template: str
    ask: Callable[[], Asked]
    look: Callable[[Asked], Shown]
    mark: Callable[[Shown], str]
    do: Callable[[Asked], Response[Any]]
    context: Callable[[Shown | None], dict[str, Any]]

    def answer(self, desk: Desk, request: AnyRequest, data: FormData) -> Response[Any]:
        """Show what would come of it, and do it where that was shown and the password stated again."""
        shown: Shown | None = None
        try:
            asked = self.ask()
            shown = self.look(asked)
            act = text_of(data, "act")
            if act not in {"look", self.act}:
                raise unknown_act()
            is_known = act == self.act and text_of(data, "shown") == self.mark(shown)
            if not is_known:
                changed: dict[str, Any] = {"has_changed": True} if act == self.act else {}
                return desk.show(self.template, **self.context(shown), **changed)
            check_password_again(desk.register, desk.principal, text_of(data, "password"))
            return self.do(asked)
        except REFUSALS as error:
            return desk.refuse(request, error, self.template, **self.context(shown))


def photo_of_form(data: FormData) -> bytes | None:
    """Return the photograph that was chosen, else the one that was looked at and stands in the form."""
    chosen: object = data.get("photo_file")
    if isinstance(chosen, UploadFile) and chosen.filename:
        chosen.file.seek(0)  # a form may be read twice
        return chosen.file.read()
    if text_of(data, "photo_back"):
        return None
    try:
        return base64.b64decode(text_of(data, "photo_kept"), validate=True) or None
    except binascii.Error:
        return None


def kept_in_form(photo: bytes | None) -> str:
    """Write a photograph as it stands in a form, '' for none."""
    return "" if photo is None else base64.b64encode(photo).decode()


def mark_of(*said: object) -> str:
    """Return what stands in the form for what was shown: whatever has been changed since is shown first."""
    return hashlib.sha256("\0".join(map(str, said)).encode()).hexdigest()[:32]


def webp_url(picture: bytes) -> str:
    """Return a picture as it goes into the page itself."""
    return "data:image/webp;base64," + base64.b64encode(picture).decode()
