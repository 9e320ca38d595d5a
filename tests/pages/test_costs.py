"""What a page or a command costs does not grow with the register: the same SQL statements, and a page of rows at most.

``tests.bench.pages`` measures the same pages in a register of 100,000 cards, and ``tests.bench.growth`` the commands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from litestar.testing import TestClient
from sqlalchemy import Engine, event

from service.cli.public_files import data_files
from service.flows.cards.renew import list_expiring
from service.flows.people.duties import list_duties
from service.flows.people.staffing import staffing
from service.flows.publishing.publish import keep_current
from service.flows.register import Register
from tests.api.applications import application
from tests.api.staffed import ORIGIN
from tests.bench.large import grow
from tests.bench.large_register import Amounts, begin
from tests.flows.office import SCHOOL
from tests.web.permissions import WHO, operations
from tests.web.walking import Page, Walker

pytestmark = pytest.mark.slow

FEW: Final = Amounts(cards=120, institutions=60, authorities=2, accounts=100, draft_rows=20, rare=2)
MORE: Final = Amounts(cards=240, institutions=70, authorities=2, accounts=200, draft_rows=40, rare=2)
MOST_BYTES: Final = 150_000
MOST_ROWS: Final = 200
A_PAGE: Final = 55
"""Rows by which a list grows until its page is full; without pages it would grow by more."""

NO_PAGES: Final = (
    ".png",
    ".jpg",
    ".pdf",
    ".xlsx",
    "/image",
    "/portrait",
    "/export",
    "/head",
    "/proof",
    "faces/{number}",
)
FURTHER: Final = ("/office/batches/3/roster",)
"""Of a batch without rows; the first that the walk comes to has some."""

NOT_WALKED: Final = {
    *("/office/admin", "/office/issue", "/office/issue/{identity}"),  # lead on to others
    "/office/admin/texts/{kind}/{side}",  # a picture
}
"""Addresses of the desk that are no page."""


COMMANDS: Final[dict[str, Callable[[Register], object]]] = {
    "staffing": staffing,
    "staffing --institution": lambda register: staffing(register, institution=SCHOOL.code),
    "expiring": lambda register: list_expiring(register, 3),
    "duties": list_duties,
    "duties --institution": lambda register: list_duties(register, body=SCHOOL.code),
    "publish": lambda register: [*data_files(register)],
    "serve, which signs status lists anew": keep_current,
}
"""What goes through all cards, by its command; not ``audit verify``, which reads numbers series by series."""

_SEVERAL: Final = re.compile(r"\?(?:, \?)+")
"""Values of a list: however many there are, it is one statement."""


@dataclass(frozen=True)
class Costs:
    """Each page as it was opened in the small register, and again in the grown one; and all routes of the desk.

    ``commands``: likewise the statements of each command, before and after.
    """

    commands: dict[str, tuple[Counter[str], Counter[str]]]
    before: dict[tuple[str, str], Page]
    after: dict[tuple[str, str], Page]
    routes: frozenset[str]


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> Costs:
    folder: Path = tmp_path_factory.mktemp("costs")
    grown = begin(folder, f"sqlite:///{folder / 'register.db'}")
    grow(grown, FEW)
    small = {name: _statements(grown.office.register, do) for name, do in COMMANDS.items()}
    before: dict[tuple[str, str], Page] = {}
    after: dict[tuple[str, str], Page] = {}
    with (
        application(grown.office.settings, grown.office.effects) as app,
        TestClient(app, base_url=ORIGIN) as client,
    ):
        for role, name in WHO.items():
            pages = Walker(client, name, kind=1, route=2).walk(FURTHER, pictures=False)
            before |= {(role, page.path): page for page in pages if page.is_html}
        grow(grown, MORE)
        for role, name in WHO.items():
            walker = Walker(client, name)
            after |= {(role, path): walker.open(path) for whose, path in before if whose == role}
        routes = frozenset(path for method, path in operations(app) if method == "GET")
    commands = {name: (small[name], _statements(grown.office.register, do)) for name, do in COMMANDS.items()}
    grown.office.register.close()
    return Costs(commands, before, after, routes)


def _statements(register: Register, do: Callable[[Register], object]) -> Counter[str]:
    """Return the statements that a command asks a warm register."""
    do(register)
    with _collected() as texts:
        do(register)
    return Counter(_SEVERAL.sub("?", text) for text in texts)


@contextmanager
def _collected() -> Generator[list[str]]:
    texts: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        texts.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield texts
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_no_command_asks_the_database_more_often_in_a_larger_register(costs: Costs) -> None:
    assert {name: after - before for name, (before, after) in costs.commands.items() if after - before} == {}


def test_no_page_asks_the_database_more_often_in_a_larger_register(costs: Costs) -> None:
    more = {
        which: Counter(costs.after[which].statements) - Counter(page.statements)
        for which, page in costs.before.items()
        if len(costs.after[which].statements) > len(page.statements)
    }
    assert more == {}


def test_no_list_grows_beyond_a_page_of_rows(costs: Costs) -> None:
    after = {which: (page.rows, len(page.answer.content)) for which, page in costs.after.items()}
    assert {which: found for which, found in after.items() if found[0] > MOST_ROWS or found[1] >= MOST_BYTES} == {}
    grown = {which: (page.rows, after[which][0]) for which, page in costs.before.items()}
    assert {which: rows for which, rows in grown.items() if rows[1] - rows[0] > A_PAGE} == {}


def test_every_page_of_the_desk_was_looked_at(costs: Costs) -> None:
    walked = {page.kind.partition("?")[0] for page in costs.before.values()}
    desk = {path for path in costs.routes if path.startswith("/office") and not path.endswith(NO_PAGES)}
    assert desk - walked == NOT_WALKED
