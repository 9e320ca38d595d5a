"""The integrity record of a person (诚信档案), for whoever keeps it: 督§4, 督§20, 考§17, 考§19."""

from __future__ import annotations

from datetime import date

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from msgspec import Struct

from service.api.problems import documented
from service.api.routes import READ_REFUSALS, AnyRequest
from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.flows.people.record import record_for
from service.flows.register import Register
from service.web.authentication import NotPermitted, current_principal, needs


class KeeperBody(Struct, frozen=True):
    """Who keeps what is recorded of the holder of such a card."""

    kind: CardKind
    zh: str
    en: str


class EntryBody(Struct, frozen=True):
    """One entry; a sheet has the points of its rows and their sum."""

    on: date
    number: CardNumber
    what: str
    article: str
    outcome: str
    points: tuple[int, ...] | None
    total: int | None
    body: str
    by: str
    note: str


class RecordBody(Struct, frozen=True):
    """The record of a person, over the cards that one may read of, by day."""

    name: str
    cards: tuple[CardNumber, ...]
    keepers: tuple[KeeperBody, ...]
    entries: tuple[EntryBody, ...]


class RecordController(Controller):
    """What the register holds of a person's work."""

    tags = ("records",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @get(
        "/api/v1/cards/{number:str}/record",
        operation_id="getRecord",
        summary="The integrity record of a card's holder",
        guards=[needs(Permission.CHANGE_CARDS, Permission.PROPOSE)],
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def record(
        self,
        number: FromPath[CardNumber],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> RecordBody:
        """Return it to whoever decides or proposes: the centre all, others what they keep."""
        told = record_for(register, number, current_principal(request))
        if told is None:
            raise NotPermitted
        return RecordBody(
            told.name,
            tuple(card.number for card in told.cards),
            tuple(KeeperBody(kind, zh, en) for kind, (zh, en) in told.keepers),
            tuple(
                EntryBody(
                    line.on,
                    line.number,
                    line.what,
                    line.article,
                    line.outcome,
                    line.points,
                    line.total,
                    line.body,
                    line.by,
                    line.note,
                )
                for line in told.lines
            ),
        )
