from __future__ import annotations

from datetime import date

import pytest

from service.domain.access import By
from service.domain.application import Cell, RawRow
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest
from service.flows.cards.lifecycle import replace_card, revoke_card
from service.flows.cards.print_cards import card_text
from service.flows.checking.lookup import lookup
from service.flows.checking.verify import verify_text
from service.flows.errors import Refused
from service.flows.issue.import_cards import Imported, import_cards
from service.flows.issue.number_series import list_series
from service.flows.running.audit import audit
from service.store.errors import NumberTaken, ScopeTaken
from tests.flows.office import ACTOR, SCHOOL, Office, applicant, codes_of, name_of, numbers_of, resident_id


def earlier(person: int, number: str, /, kind: str = "外督", row: int | None = None, **changes: Cell) -> RawRow:
    cells: dict[str, Cell] = {
        "name": name_of(person),
        "resident_id": resident_id(person),
        "kind": kind,
        "work_unit": "重庆市某某局",
        "number": number,
        "issued_on": date(2025, 3, 1),
    } | changes
    return RawRow(row or person + 1, {field: cell for field, cell in cells.items() if cell is not None})


def bring_in(office: Office, *rows: RawRow) -> Imported:
    return import_cards(office.register, rows, ACTOR)


def codes(imported: Imported) -> dict[int, list[str]]:
    return {row.row: [problem.code for problem in row.problems] for row in imported.refused}


def test_cards_keep_their_numbers_and_the_counters_move_past_them(office: Office) -> None:
    rows = (
        earlier(1, "R50250003"),
        earlier(2, "S500123250002", "内督", institution=SCHOOL.code, expires_on=date(2027, 2, 28)),
        earlier(3, "25310020007", "考评员", occupations="电工、焊工"),
    )
    imported = bring_in(office, *rows)
    assert (imported.imported, imported.refused) == (("R50250003", "S500123250002", "25310020007"), ())
    assert {series.prefix: (series.last_no, series.before) for series in list_series(office.register)} == {
        "2531002": (7, 7),
        "R5025": (3, 3),
        "S50012325": (2, 2),
    }
    assert office.card(CardNumber("R50250003")).expires_on == date(2028, 3, 1)
    assert office.card(CardNumber("S500123250002")).expires_on == date(2027, 2, 28)
    assert audit(office.register).faults == ()
    found = lookup(office.register, "R50250003", name_of(1))
    assert found is not None
    assert found.verdict.verdict is Word.VALID
    late = office.issue(
        applicant("external", 9, certified_on=date(2025, 12, 1), applied_on=date(2025, 11, 1)),
        issued_on=date(2025, 12, 31),
    )
    assert numbers_of(late) == ["R50250004"]


def test_card_from_before_has_no_code_until_it_is_replaced(office: Office) -> None:
    number = CardNumber("R50250003")
    bring_in(office, earlier(1, number))
    with pytest.raises(Refused) as refused:
        card_text(office.register, number)
    assert refused.value.code == "no-live-copy"
    replace_card(office.register, number, ReplacementRequest(reason=ReplacementReason.DAMAGED), By(ACTOR))
    assert office.check(number) is Word.VALID
    assert audit(office.register).faults == ()


def test_card_from_before_is_known_when_the_person_applies(office: Office) -> None:
    bring_in(office, earlier(1, "R50250003"), earlier(2, "25310020007", "考评员", occupations="电工"))
    assert codes_of(office.issue(applicant("external", 1))) == {2: ["renewal-too-early"]}
    revoke_card(
        office.register,
        CardNumber("25310020007"),
        RevocationRequest(ground="考§21(2)", reason="作假", decided_by="王主任"),
        By(ACTOR),
    )
    assert codes_of(office.issue(applicant("standard", 2))) == {3: ["barred"]}
    assert audit(office.register).faults == ()


def test_nothing_is_brought_in_while_a_row_is_refused(office: Office) -> None:
    good = earlier(1, "R50250003")
    rows = (
        good,
        earlier(2, "R50250003"),
        earlier(3, "S500999250001", "内督", institution="500999"),
        earlier(4, "R50250009", "考评员", occupations="电工"),
        earlier(5, "R50240001"),
        earlier(6, "R50250010", expires_on=date(2030, 1, 1)),
        earlier(7, "R502500", issued_on=None),
        earlier(8, "R50250011", resident_id="500101198505171239"),
    )
    before = office.events()
    imported = bring_in(office, *rows)
    assert imported.imported == ()
    assert codes(imported) == {
        3: ["number-doubled"],
        4: ["institution-unknown"],
        5: ["card-kind"],
        6: ["card-year"],
        7: ["card-term"],
        8: ["card-number-malformed", "cell-missing"],
        9: ["resident-id-check-digit"],
    }
    assert all(problem.zh and problem.en for row in imported.refused for problem in row.problems)
    assert office.events() == before
    assert list_series(office.register) == ()
    assert bring_in(office, good).imported == ("R50250003",)


def test_number_the_register_has_issued_is_not_brought_in(office: Office) -> None:
    office.issue_one(applicant("external", 1))
    before = office.events()
    with pytest.raises(NumberTaken):
        bring_in(
            office,
            earlier(2, "R50260005", issued_on=date(2026, 3, 1)),
            earlier(3, "R50260001", issued_on=date(2026, 3, 1)),
        )
    assert office.events() == before
    assert [series.last_no for series in list_series(office.register)] == [1]


def test_person_has_one_live_card_for_a_scope_however_it_came(office: Office) -> None:
    office.issue_one(applicant("external", 1))
    with pytest.raises(ScopeTaken):
        bring_in(office, earlier(1, "R50250003"))
    with pytest.raises(ScopeTaken):
        bring_in(office, earlier(2, "R50250003"), earlier(2, "R50250004", row=4))
    assert audit(office.register).cards == 1


def test_list_may_be_brought_in_piece_by_piece(office: Office) -> None:
    """A number below the counter that was unknown may still get its card, once."""
    bring_in(office, earlier(1, "R50250005"))
    assert bring_in(office, earlier(2, "R50250002")).imported == ("R50250002",)
    with pytest.raises(NumberTaken):
        bring_in(office, earlier(3, "R50250002"))
    assert audit(office.register).faults == ()


def test_expired_card_from_before_may_be_brought_in_and_renewed(lite: Office) -> None:
    bring_in(lite, earlier(1, "R50230001", issued_on=date(2023, 2, 1)))
    new = lite.issue_one(applicant("external", 1))
    assert lite.card(new).predecessor == "R50230001"
    verdict = lookup(lite.register, "R50230001", name_of(1))
    assert verdict is not None
    assert verdict.verdict.verdict is Word.SUPERSEDED
    assert verify_text(lite.register, lite.text(new)).verdict is Word.VALID
