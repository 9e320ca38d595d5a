"""Which role every route answers, as the running service does: the table that the manual prints.

    python -m tests.web.permissions --write

writes the table into the manual again; read the difference before you commit it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from service.domain.access import Role
from service.web.authentication import NotPermitted, NotSignedIn
from tests.api.staffed import Staffed, staffed_service

WHO: Final[Mapping[str, str | None]] = {
    "public": None,
    Role.CENTRE: "centre",
    Role.INSTITUTION: "school",
    Role.DISTRICT: "yubei",
    Role.SITE_STAFF: "gate",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "boss",
}
"""An account of each role, in the order of the table's columns; the public has none."""

MANUALS: Final = tuple(Path(__file__).parents[2] / "docs" / language / "permissions.md" for language in ("en", "zh"))
YES: Final = "✓"
_ENDS_SIGN_IN: Final = frozenset({"/sign-out", "/api/v1/session", "/api/v1/account/sessions"})
_NO_ADMISSION: Final = (NotSignedIn.code, NotPermitted.code)

ABSENT: Final[Mapping[str, str]] = {"number": "R50269999"}
"""What no register of the tests has, where it is not a large number."""

Operation = tuple[str, str]
Table = Mapping[Operation, tuple[bool, ...]]


def operations(app: Any) -> Iterator[Operation]:  # noqa: ANN401 - Litestar's application, whatever its state
    """Return every method and path template that the service answers, in order of the paths."""
    routes = (route for route in app.routes if isinstance(route, HTTPRoute))
    for route in sorted(routes, key=lambda one: one.path_format):
        for method in sorted(route.route_handler_map):
            if method not in {"OPTIONS", "HEAD"}:
                yield method, route.path_format


def is_let_in(answer: httpx.Response) -> bool:
    """Return False if the answer sends whoever asks to the sign-in, or says that he may not do this."""
    if answer.status_code == 303:
        return "/sign-in?" not in answer.headers["location"]
    return not (answer.status_code in {401, 403} and any(code in answer.text for code in _NO_ADMISSION))


def ask(client: TestClient[Any], operation: Operation, csrf: str, **objects: str) -> httpx.Response:
    """Send what any page or program could send, nothing but the token; what ``objects`` does not name is absent."""
    method, template = operation
    path = re.sub(r"\{(\w+)\}", lambda found: objects.get(found[1], ABSENT.get(found[1], "999999")), template)
    headers = {"X-CSRF-Token": csrf}
    if method == "GET":
        return client.get(path, headers=headers, follow_redirects=False)
    if path.startswith("/api/"):
        return client.request(method, path, headers=headers, follow_redirects=False)
    return client.request(method, path, data={"csrf": csrf}, headers=headers, follow_redirects=False)


def observe(staffed: Staffed) -> Table:
    """Request everything in the name of each role."""
    found: dict[Operation, list[bool]] = {one: [] for one in operations(staffed.client.app)}
    for name in WHO.values():
        client = staffed.browser()
        csrf = ""
        if name is not None:
            signed_in = client.post("/api/v1/session", json={"name": name, "password": "nine dragons rising"})
            csrf = signed_in.json()["csrf"]
        for operation, let_in in sorted(found.items(), key=lambda one: (one[0][1] in _ENDS_SIGN_IN, one[0])):
            is_public = bool(let_in) and let_in[0]
            let_in.append(is_public or is_let_in(ask(client, operation, csrf)))
    return {operation: tuple(let_in) for operation, let_in in found.items()}


def read_table(text: str) -> Table:
    """Read the table as the manual prints it."""
    rows = (line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| `"))
    return {
        (str(method), str(path)): tuple(cell.strip() == YES for cell in cells)
        for what, *cells in rows
        for method, path in [what.strip(" `").split(" ", 1)]
    }


def lines_of(table: Table) -> str:
    """Return the rows of the table, as the manual prints them."""
    return "".join(
        f"| `{method} {path}` | " + " | ".join(YES if one else "" for one in let_in) + " |\n"
        for (method, path), let_in in table.items()
    )


if __name__ == "__main__":
    with TemporaryDirectory() as folder, staffed_service(Path(folder) / "data") as running:
        rows = lines_of(observe(running))
    if "--write" in sys.argv:
        for manual in MANUALS:
            head = manual.read_text("utf-8").split("| `", 1)[0]
            manual.write_text(head + rows, "utf-8")
    else:
        sys.stdout.write(rows)
