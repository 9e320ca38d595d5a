"""The service: one application object a process, made from settings and effects, and the server that runs it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Final

import uvicorn
from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.di import Provide

from service import effects as machine
from service.api.access_records import AccessController
from service.api.account import AccountController
from service.api.assessments import AssessmentController
from service.api.batches import BatchController
from service.api.cancellations import CancellationController
from service.api.cards import CardController
from service.api.docs import openapi_config
from service.api.documents import DocumentController
from service.api.duties import DutyController
from service.api.engagements import EngagementController
from service.api.health import HealthController
from service.api.institutions import AuthorityController, InstitutionController
from service.api.journal import JournalController
from service.api.lookups import LookupController
from service.api.metrics import MetricsController
from service.api.occupations import OccupationController
from service.api.people import PeopleController
from service.api.problems import answer
from service.api.publications import PublicationController
from service.api.records import RecordController
from service.api.requests import StrictRequest
from service.api.reviews import ReviewController
from service.api.sessions import SessionController
from service.api.staff import StaffController
from service.api.text_values import TEXT_DECODERS, TextValues
from service.api.verifications import VerificationController
from service.effects import Effects
from service.flows.register import Register, open_register
from service.keeper import keeping
from service.pages.checking import CheckedPage
from service.pages.docs import DocsPages
from service.pages.errors import answer_page, wants_page
from service.pages.files import AssetFiles, Shells
from service.pages.home import HomePage
from service.pages.lookups import LookupPage
from service.pages.office.access import AccessPage
from service.pages.office.account import AccountPage
from service.pages.office.assessments import AssessmentsPage
from service.pages.office.cards import CardsPage
from service.pages.office.front import OfficePage
from service.pages.office.issuing import IssuingPage
from service.pages.office.journal import JournalPage
from service.pages.office.people import PeoplePage
from service.pages.office.proposals import ProposalsPage
from service.pages.office.reviews import ReviewsPage
from service.pages.office.search import SearchPage
from service.pages.office.staffing import StaffingPage
from service.pages.rendering import remember_language
from service.pages.second_step import SecondStepPage
from service.pages.sign_in import SignInPage
from service.settings import Settings
from service.store.patience import SERVICE
from service.web.access_log import LOG_CONFIG
from service.web.admission import SlowRefusals
from service.web.connections import Limits, ServerConfig, Workers, room_for
from service.web.headers import add_headers
from service.web.refusals import AnyRequest
from service.web.visible_text import refuse_invisible

MAX_BODY_BYTES: Final = 16 * 1024
"""A credential has at most 2,500 digits; a body of this size still holds them with every character escaped."""


def create_app(settings: Settings, effects: Effects) -> Litestar:
    """Make the application. Its register is opened when it starts, with the vault, and closed when it ends.

    Which one it is stands in its state, as ``settings`` and ``effects``: once ended it may be started with another.
    """
    state = State({"settings": settings, "effects": effects}, deep_copy=False)

    async def pause(seconds: float) -> None:
        chosen: Effects = state.effects
        await chosen.pause(seconds)

    description = openapi_config()
    app = Litestar(
        route_handlers=[
            *(VerificationController, LookupController, PublicationController, HealthController),
            *(JournalController, AccessController, MetricsController),
            *(
                SessionController,
                AccountController,
                StaffController,
                CardController,
                CancellationController,
                RecordController,
            ),
            BatchController,
            *(EngagementController, ReviewController, DocumentController, AssessmentController, PeopleController),
            *(AuthorityController, InstitutionController, DutyController, OccupationController),
            *(HomePage, CheckedPage, LookupPage, SignInPage, SecondStepPage, Shells, AssetFiles, DocsPages),
            *(JournalPage, AccessPage, AccountPage),
            IssuingPage,
            *(OfficePage, SearchPage, PeoplePage, CardsPage, StaffingPage, AssessmentsPage, ProposalsPage, ReviewsPage),
        ],
        state=state,
        dependencies={"register": Provide(_register, sync_to_thread=False)},
        lifespan=[_hold_register],
        exception_handlers={Exception: _answer},
        before_send=[add_headers, remember_language, SlowRefusals(pause)],
        before_request=refuse_invisible,
        request_class=StrictRequest,
        request_max_body_size=MAX_BODY_BYTES,
        type_decoders=TEXT_DECODERS,
        plugins=[TextValues()],
        openapi_config=description,
        logging_config=None,  # errors are logged in service.web.refusals, without what the client sent
        debug=False,
    )
    description.routes = lambda: app.routes
    return app


def serve(settings: Settings, host: str, port: int, workers: int = 1, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
    """Run the service until it is told to stop, in ``workers`` processes, within limits for those who connect.

    ``settings`` hold the passphrase. Raises what opening the register raises, before anything listens.
    """
    with open_register(settings, machine.real()) as register:
        register.vault  # noqa: B018 - as in create_app
    config = ServerConfig(
        partial(_application, settings),
        room_for(limits),
        settings.trusted_proxies,
        host=host,
        port=port,
        workers=workers,
        log_config=LOG_CONFIG,
    )
    if workers > 1:
        Workers(config, sockets=[config.bind_socket()]).run()
        return
    with suppress(KeyboardInterrupt):  # raised again by the server after it has ended in good order
        uvicorn.Server(config).run()


def _application(settings: Settings) -> Litestar:
    """Make the application of one worker; what crosses to another process is the settings alone."""
    return create_app(settings, machine.real())


@asynccontextmanager
async def _hold_register(app: Litestar) -> AsyncGenerator[None]:
    with open_register(app.state.settings, app.state.effects) as register:
        register.vault  # noqa: B018 - a wrong passphrase stops the service here, not its first visitor
        register.database.patience = SERVICE
        app.state.register = register
        async with keeping(register):
            yield


def _answer(request: AnyRequest, error: Exception) -> Response[Any]:
    """Answer an address that is nobody's, or an error on the way to it: people with a page, programs with JSON."""
    return answer_page(request, error) if wants_page(request) else answer(request, error)


def _register(state: State) -> Register:
    register: Register = state.register
    return register
