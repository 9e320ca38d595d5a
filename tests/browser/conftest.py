from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser.chromium import Watch, arguments, browsing, make_late, program
from tests.browser.desks import Desks, make_desks
from tests.browser.office import BrowserOffice, make_browser_office
from tests.browser.server import Server, free_port

expect.set_options(timeout=30_000)  # what a machine with other work to do may take; what never comes fails all the same

ANOTHER_CLOCK: Final = """(ahead) => {
  const Machine = Date
  globalThis.Date = class extends Machine {
    constructor(...given) { super(...(given.length === 0 ? [Machine.now() + ahead] : given)) }
    static now() { return Machine.now() + ahead }
  }
}"""
"""Sets the clock of a page."""

Opener = Callable[..., tuple[Page, Watch]]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright for one module: while it lives its event loop counts as running, and other tests run their own."""
    program()
    with browsing() as found:
        yield found


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> BrowserOffice:
    folder = tmp_path_factory.mktemp("office") / "data"
    return make_browser_office(folder, f"localhost:{free_port()}", datetime.now(UTC))


@pytest.fixture(scope="session")
def server(office: BrowserOffice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service on its port, for all tests that do not kill it."""
    port = int(office.host.partition(":")[2])
    started = Server(office.office.settings, port, tmp_path_factory.mktemp("server") / "log")
    started.start()
    yield started
    started.kill()


@pytest.fixture
def own_server(server: Server) -> Iterator[Server]:
    """The service, to be killed by the test; it is there again afterwards."""
    yield server
    if server.process is None:
        server.start()


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """The office's desks, for all tests that take cards, accounts and assessments of their own."""
    made = make_desks(tmp_path_factory.mktemp("desks") / "data", free_port())
    yield made
    made.server.kill()
    made.register.close()


@pytest.fixture(scope="module")
def browser(playwright: Playwright, pytestconfig: pytest.Config) -> Iterator[Browser]:
    found = playwright.chromium.launch(executable_path=program(), args=arguments())
    if pytestconfig.getoption("late"):
        make_late(found)
    yield found
    found.close()


@pytest.fixture
def opened(browser: Browser, server: Server) -> Iterator[Opener]:
    """Make pages, each in a context of its own, under watch, whose clock is the service's."""
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> tuple[Page, Watch]:  # noqa: ANN401 - whatever a context is made of
        context = browser.new_context(base_url=server.address, **({"locale": "zh-CN"} | options))
        contexts.append(context)
        if server.ahead:
            context.add_init_script(f"({ANOTHER_CLOCK})({server.ahead / timedelta(milliseconds=1):.0f})")
        watch = Watch(f"localhost:{server.port}")
        watch.over(context)
        return context.new_page(), watch

    yield open_page
    for context in contexts:
        context.close()
