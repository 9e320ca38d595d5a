"""One card as a resource: read by who sees its holder, its text and its sheet for who prints it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.domain.access import Permission
from service.store import prints
from tests.api.staffed import Staffed, staffed_service

PARTS = ("", "/credential", "/card.pdf")


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed_service(tmp_path_factory.mktemp("card") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def school(staffed: Staffed) -> dict[str, str]:
    return staffed.token("school", Permission.READ_PEOPLE, Permission.ISSUE)


@pytest.fixture(scope="module")
def checks(staffed: Staffed) -> dict[str, str]:
    return staffed.token("centre", Permission.CHECK)


def printed(staffed: Staffed) -> int:
    with staffed.office.register.database.read() as connection:
        return len(prints.log_of(connection, (staffed.number,)))


def test_who_issues_reads_and_prints_it(staffed: Staffed) -> None:
    centre = staffed.token("centre", Permission.READ_PEOPLE, Permission.ISSUE)
    address = f"/api/v1/cards/{staffed.number}"
    card = staffed.client.get(address, headers=centre).json()
    assert (card["number"], len(card["copies"])) == (staffed.number, 1)
    assert staffed.client.get(f"{address}/credential", headers=centre).json() == {
        "number": staffed.number,
        "credential": staffed.text,
    }
    before = printed(staffed)
    drawn = staffed.client.get(f"{address}/card.pdf", headers=centre)
    assert drawn.content.startswith(b"%PDF")
    assert drawn.headers["content-disposition"] == f'attachment; filename="card-{staffed.number}.pdf"'
    assert printed(staffed) == before + 1


@pytest.mark.parametrize("part", PARTS)
def test_another_body_s_card_is_as_none(staffed: Staffed, school: dict[str, str], part: str) -> None:
    answers = [
        staffed.client.get(f"/api/v1/cards/{number}{part}", headers=school) for number in (staffed.number, "R50299999")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert [answer.json()["code"] for answer in answers] == ["no-such-card", "no-such-card"]


@pytest.mark.parametrize("part", PARTS)
def test_without_the_permission_it_is_forbidden(staffed: Staffed, checks: dict[str, str], part: str) -> None:
    assert staffed.client.get(f"/api/v1/cards/{staffed.number}{part}", headers=checks).status_code == 403
