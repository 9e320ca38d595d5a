"""How the office's pages name bodies and list grounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from service.domain.cancellation import GROUNDS, Ground
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.pages.office.base import Desk


def body_names(desk: Desk) -> Callable[[str], str]:
    """Return the function by which a page names a body: the centre, an institution by its code, a bureau as it is."""
    centre = desk.register.jurisdiction.centre
    names = {CENTRE: centre.zh if desk.language == "zh" else centre.en} | {
        code: f"{one.name}（{code}）" if desk.language == "zh" else f"{one.name} ({code})"
        for code, one in desk.register.institutions().items()
    }

    def name(body: str) -> str:
        return names.get(body, body)

    return name


def place_choices(desk: Desk) -> tuple[tuple[str, str], ...]:
    """List the institutions, each with its name and code."""
    return tuple((code, f"{code} {one.name}") for code, one in sorted(desk.register.institutions().items()))


def ground_choices(desk: Desk, kind: CardKind | None = None) -> tuple[tuple[str, str], ...]:
    """List the grounds of cancellation that can take a card of a kind, or all, each with what it says."""
    return tuple(_choice(desk, one) for one in _grounds(kind))


def _grounds(kind: CardKind | None) -> Iterable[Ground]:
    return (one for one in GROUNDS.values() if kind is None or one.fits(kind))


def _choice(desk: Desk, ground: Ground) -> tuple[str, str]:
    return str(ground), f"{ground} {ground.zh if desk.language == 'zh' else ground.en}"
