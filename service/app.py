"""The service: one application object a process, made from settings and effects, and the server that runs it."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import uvicorn
from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp

from service import effects as machine
from service.api.access_records import AccessController
from service.api.account import AccountController
from service.api.assessments import AssessmentController
from service.api.batch_photos import BatchPhotoController
from service.api.batches import BatchController
from service.api.cancellations import CancellationController
from service.api.card_resource import CardResourceController
from service.api.card_texts import CardTextsController
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
from service.api.reports import ReportController
from service.api.requests import StrictRequest
from service.api.reviews import ReviewController
from service.api.sessions import SessionController
from service.api.staff import StaffController
from service.api.text_values import TEXT_DECODERS, TextValues
from service.api.verifications import VerificationController
from service.api.webhooks import WebhookController
from service.effects import Effects
from service.flows.register import Register, open_register
from service.keeper import PAUSE_S, keeping
from service.pages.assets import compress_all
from service.pages.checking import CheckedPage
from service.pages.docs import DocsPages
from service.pages.errors import answer_page, wants_page
from service.pages.files import AssetFiles, Shells
from service.pages.home import HomePage
from service.pages.joining import JoiningPage
from service.pages.lookups import LookupPage
from service.pages.office.access import AccessPage
from service.pages.office.account import AccountPage
from service.pages.office.admin import AdminPage
from service.pages.office.admin_bodies import BodiesPage
from service.pages.office.admin_devices import DevicesPage
from service.pages.office.admin_occupations import OccupationsPage
from service.pages.office.admin_state import StatePage
from service.pages.office.admin_texts import TextsPage
from service.pages.office.admin_tokens import TokensPage
from service.pages.office.admin_users import UsersPage
from service.pages.office.admin_webhooks import WebhooksPage
from service.pages.office.amending import AmendPage
from service.pages.office.assessments import AssessmentsPage
from service.pages.office.batch_images import ImagesPage
from service.pages.office.batch_issue import IssuePage
from service.pages.office.batch_photos import PhotosPage
from service.pages.office.batch_roster import RosterPage
from service.pages.office.batch_rows import RowPage
from service.pages.office.batches import BatchesPage
from service.pages.office.card_pictures import CardPictures
from service.pages.office.cards import CardsPage
from service.pages.office.cropping import CropPage
from service.pages.office.front import OfficePage
from service.pages.office.journal import JournalPage
from service.pages.office.people import PeoplePage
from service.pages.office.planning import PlanPage
from service.pages.office.printing import PrintingPage
from service.pages.office.printing_steps import PrintingStepsPage
from service.pages.office.proposals import ProposalsPage
from service.pages.office.renewing import RenewPage
from service.pages.office.reports import ReportPage, ReportsPage
from service.pages.office.reviews import ReviewsPage
from service.pages.office.search import SearchPage
from service.pages.office.staffing import StaffingPage
from service.pages.office.watch import WatchPage
from service.pages.rendering import remember_language
from service.pages.second_step import SecondStepPage
from service.pages.sign_in import SignInPage
from service.settings import Settings, share_counters
from service.store.patience import SERVICE
from service.store.serving import in_service
from service.web.access_log import RequestLog, log_config
from service.web.admission import SlowRefusals
from service.web.connections import Limits, ServerConfig, Workers, room_for
from service.web.counting import count_requests
from service.web.exposition import exposed
from service.web.headers import add_headers
from service.web.observed import Observed
from service.web.refusals import AnyRequest
from service.web.visible_text import refuse_invisible

MAX_BODY_BYTES: Final = 16 * 1024
"""A credential has at most 2,500 digits; a body of this size still holds them with every character escaped."""


def create_app(settings: Settings, effects: Effects, keeper_pause_s: float = PAUSE_S) -> Litestar:
    """Make the application. Its register is opened when it starts, with the vault, and closed when it ends.

    Which one it is stands in its state, as ``settings`` and ``effects``: once ended it may be started with another.
    """
    state = State({"settings": settings, "effects": effects, "keeper_pause_s": keeper_pause_s}, deep_copy=False)

    async def pause(seconds: float) -> None:
        chosen: Effects = state.effects
        await chosen.pause(seconds)

    description = openapi_config()
    app = Litestar(
        route_handlers=[
            *(VerificationController, LookupController, PublicationController, HealthController),
            *(JournalController, AccessController, MetricsController, WebhookController),
            *(
                SessionController,
                AccountController,
                StaffController,
                CardController,
                CardResourceController,
                CancellationController,
                RecordController,
            ),
            BatchController,
            BatchPhotoController,
            ReportController,
            *(EngagementController, ReviewController, DocumentController, AssessmentController, PeopleController),
            *(AuthorityController, InstitutionController, DutyController, OccupationController, CardTextsController),
            *(HomePage, CheckedPage, LookupPage, SignInPage, SecondStepPage, Shells, AssetFiles, DocsPages),
            *(JournalPage, AccessPage, AccountPage),
            *(AdminPage, UsersPage, DevicesPage, JoiningPage, BodiesPage, OccupationsPage, TokensPage, StatePage),
            TextsPage,
            WebhooksPage,
            *(PrintingPage, PrintingStepsPage, ReportsPage, ReportPage, WatchPage),
            *(BatchesPage, RosterPage, RowPage, PhotosPage, ImagesPage, IssuePage),
            *(
                OfficePage,
                SearchPage,
                PeoplePage,
                CardsPage,
                *(CardPictures, AmendPage, RenewPage, CropPage, PlanPage),
                StaffingPage,
                AssessmentsPage,
                ProposalsPage,
                ReviewsPage,
            ),
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


def serve(
    settings: Settings,
    host: str,
    port: int,
    workers: int = 1,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    keeper_pause_s: float = PAUSE_S,
    effects: Callable[[], Effects] = machine.real,
    *,
    metrics: tuple[str, int] | None = None,
) -> None:
    """Run the service until it is told to stop, in ``workers`` processes, within limits for those who connect.

    ``settings`` hold the passphrase; each process makes ``effects`` of its own; ``metrics``: where what is measured is
    told, of all the processes. Raises what opening the register raises, before anything listens.
    """
    with open_register(settings, effects()) as register:
        register.vault  # noqa: B018 - as in create_app
    is_json = not sys.stderr.isatty()
    config = ServerConfig(
        partial(_application, settings, keeper_pause_s, effects, is_json=is_json),
        room_for(limits),
        settings.trusted_proxies,
        host=host,
        port=port,
        workers=workers,
        log_config=log_config(is_json=is_json),
    )
    with ExitStack() as held:
        if metrics is not None:
            held.enter_context(_measured(settings, effects(), *metrics, is_shared=workers > 1))
        if workers > 1:
            Workers(config, sockets=[config.bind_socket()]).run()
            return
        with suppress(KeyboardInterrupt):  # raised again by the server after it has ended in good order
            uvicorn.Server(config).run()


@contextmanager
def _measured(settings: Settings, effects: Effects, host: str, port: int, *, is_shared: bool) -> Generator[None]:
    """Serve at an address what is measured, while the block runs; ``is_shared``: of processes begun in it."""
    with ExitStack() as held:
        shared = None
        if is_shared:
            shared = Path(held.enter_context(TemporaryDirectory(prefix="zhengka-counters-")))
            share_counters(shared)
        register = held.enter_context(open_register(settings, effects))
        held.enter_context(exposed(host, port, register, shared))
        yield


def _application(
    settings: Settings, keeper_pause_s: float, make_effects: Callable[[], Effects], *, is_json: bool
) -> Observed:
    """Make the application of one worker; what crosses to another process is the settings and a function's name."""
    log = RequestLog(settings.trusted_proxies, is_json=is_json, also=count_requests)
    effects = make_effects()
    app: ASGIApp = create_app(settings, effects, keeper_pause_s)
    ends = [log.flush]
    if settings.is_traced:
        from service.web.tracing import traced  # noqa: PLC0415 - an extra, which is not installed everywhere

        app, end = traced(app)
        ends.append(end)
    gc.collect()
    gc.freeze()  # what a process has loaded stays: the collector need not go through it again and again
    return Observed(app, log.note, lambda: [end() for end in ends], effects.now, time.perf_counter)


@asynccontextmanager
async def _hold_register(app: Litestar) -> AsyncGenerator[None]:
    settings: Settings = app.state.settings
    with in_service(settings.database_url), open_register(settings, app.state.effects) as register:
        _ = (register.vault, register.token)  # a wrong passphrase stops the service here, not its first visitor
        register.database.patience = SERVICE
        app.state.register = register
        compress_all()
        async with keeping(register, app.state.keeper_pause_s):
            yield


def _answer(request: AnyRequest, error: Exception) -> Response[Any]:
    """Answer an address that is nobody's, or an error on the way to it: people with a page, programs with JSON."""
    return answer_page(request, error) if wants_page(request) else answer(request, error)


def _register(state: State) -> Register:
    register: Register = state.register
    return register
