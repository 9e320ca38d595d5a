"""Who recommended a card's holder: a column of its own since 0010, taken from what the rows had stated before."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from service.store.engine import Database
from service.store.errors import AppendOnly
from service.store.schema import check_current, migrate
from tests.flows.test_upgrade import at_step

BUREAU = "渝北区人力资源和社会保障局"
_NUMBERS = ("R50260001", "R50260002", "R50260003")
_PERSON = "INSERT INTO person (id, blind_index, id_sealed, name) VALUES (1, :index, :index, '王芳')"
_SERIES = "INSERT INTO series (prefix, scheme, last_no, top_no) VALUES ('R5026', 'external', 3, 3)"
_NUMBER = (
    "INSERT INTO number (number, prefix, sequence, state, set_at)"
    " VALUES (:number, 'R5026', :sequence, 'issued', '2026-01-05 01:02:03')"
)
_CARD = (
    "INSERT INTO card (number, person_id, kind, issuer, work_unit, name, issued_on, expires_on, status, status_on,"
    " application, created_at) VALUES (:number, 1, 'external', 'centre', '某某公司', '王芳', '2026-01-05',"
    " '2029-01-05', :status, :on, :application, '2026-01-05 01:02:03')"
)


def test_cards_of_before_keep_who_recommended_them(bare_database: Database) -> None:
    """督§4: also a cancelled card, and one that stated nothing."""
    at_step(bare_database, "0009")
    stated = f'{{"recommended_by": "{BUREAU}", "score": 88}}'
    cards = (("valid", None, stated), ("revoked", "2026-02-01", stated), ("valid", None, None))
    with bare_database.write() as connection:
        connection.execute(text(_PERSON), {"index": bytes(32)})
        connection.execute(text(_SERIES))
        for sequence, (number, (status, on, application)) in enumerate(zip(_NUMBERS, cards, strict=True), 1):
            connection.execute(text(_NUMBER), {"number": number, "sequence": sequence})
            facts = {"number": number, "status": status, "on": on, "application": application}
            connection.execute(text(_CARD), facts)
    migrate(bare_database)
    check_current(bare_database)
    with bare_database.read() as connection:
        kept = connection.execute(text("SELECT recommended_by FROM card ORDER BY number")).scalars().all()
    assert kept == [BUREAU, BUREAU, None]


@pytest.mark.parametrize("number", [_NUMBERS[0], _NUMBERS[2]])
def test_who_recommended_is_never_changed(bare_database: Database, number: str) -> None:
    """督§4: else a bureau could be given sight of whomever."""
    test_cards_of_before_keep_who_recommended_them(bare_database)
    with pytest.raises(AppendOnly), bare_database.write() as connection:
        connection.execute(text("UPDATE card SET recommended_by = 'x' WHERE number = :number"), {"number": number})
