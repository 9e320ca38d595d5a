from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.errors import HandNumberRefused
from service.domain.event import Event
from service.flows.cards.card_requests import VoidRequest
from service.flows.cards.lifecycle import void_number
from service.flows.issue.number_series import ReservationRequest, list_series, reserve_numbers
from service.flows.running.audit import audit
from service.store import journal, numbers
from tests.flows.office import ACTOR, FACTORY, NOON, Office, applicant, codes_of, make_office, numbers_of


def bring_to(office: Office, number: str) -> None:
    """Let the counter of the number's series stand at it, as after years of use."""
    with office.register.database.write() as connection:
        numbers.record_before(connection, [CardNumber(number)], NOON)
        journal.append_many(connection, NOON, ACTOR, (Event("facts-stated", "register", {"facts": 0}),))


def counters(office: Office) -> dict[str, int]:
    return {series.prefix: series.last_no for series in list_series(office.register)}


def test_full_series_refuses_its_rows_and_no_others(office: Office) -> None:
    """督附3, 考附2: at 9999 the next one is refused with an error that says so, and nothing changes."""
    bring_to(office, "26310029998")
    rows = (applicant("standard", 1), applicant("external", 2), applicant("standard", 3), applicant("senior", 4))
    outcome = office.issue(*rows)
    assert codes_of(outcome) == {2: ["series-exhausted"], 4: ["series-exhausted"]}
    assert numbers_of(outcome) == ["R50260001", "26310010001"]
    (problem,) = outcome.refused[0].problems
    assert problem.article == "考附2"
    assert "9999" in problem.zh
    assert "9999" in problem.en
    assert counters(office)["2631002"] == 9998

    last = office.issue(rows[2])
    assert numbers_of(last) == ["26310029999"]
    assert last.nearly_full == ("2631002",)
    assert codes_of(office.issue(applicant("standard", 5))) == {6: ["series-exhausted"]}
    assert counters(office) == {"2631001": 1, "2631002": 9999, "R5026": 1}
    assert audit(office.register).faults == ()


def test_full_series_leaves_an_all_or_nothing_batch_unissued(lite: Office) -> None:
    bring_to(lite, "R50269999")
    before = counters(lite)
    outcome = lite.issue(applicant("standard", 1), applicant("external", 2), all_or_nothing=True)
    assert (outcome.issued, codes_of(outcome)) == ((), {3: ["series-exhausted"]})
    assert outcome.refused[0].problems[0].article == "督附3"
    assert counters(lite) == before


def test_office_is_warned_from_ninety_per_cent_on(lite: Office) -> None:
    bring_to(lite, "R50268998")
    assert lite.issue(applicant("external", 1)).nearly_full == ()
    assert lite.issue(applicant("external", 2), applicant("standard", 3)).nearly_full == ("R5026",)


def test_high_number_assigned_by_hand_fills_no_series(lite: Office) -> None:
    by_hand = applicant("external", 1, number="R50269999", number_reason="市局批复")
    assert lite.issue(by_hand, applicant("external", 2)).nearly_full == ()


def test_number_is_assigned_by_hand_from_a_reserved_range(office: Office) -> None:
    """督附3: "或由证卡颁发机构统筹研究确定并赋码", with a stated reason; the counter passes such numbers over."""
    reserve_numbers(office.register, ReservationRequest("R5026", 2, 4, "留给巡查组"), By("office"))
    rows = (
        applicant("external", 1),
        applicant("external", 2, number="R50260003", number_reason="巡查组组长"),
        applicant("external", 3),
        applicant("external", 4, number="R50260009", number_reason="渝人社函〔2026〕9号"),
    )
    assert numbers_of(office.issue(*rows)) == ["R50260001", "R50260003", "R50260005", "R50260009"]
    reasons = {event.subject: event.data.get("number_reason") for event in office.events()}
    assert reasons["R50260003"] == "巡查组组长"
    assert reasons["R50260001"] is None
    others = [applicant("external", person) for person in range(5, 10)]
    assert numbers_of(office.issue(*others)) == [f"R5026{no:04d}" for no in (6, 7, 8, 10, 11)]
    assert audit(office.register).faults == ()


@pytest.mark.parametrize("taken", ["R50260001", "R50260005"])
def test_taken_number_is_refused_by_row(office: Office, taken: str) -> None:
    office.issue_one(applicant("external", 1))
    reserve_numbers(office.register, ReservationRequest("R5026", 5, 6, "预留"), By("office"))
    void_number(office.register, CardNumber("R50260005"), VoidRequest(reason="不再使用"), By("office"))
    outcome = office.issue(applicant("external", 2, number=taken, number_reason="指定"), applicant("external", 3))
    assert codes_of(outcome) == {3: ["number-taken"]}
    (problem,) = outcome.refused[0].problems
    assert (problem.field, problem.article) == ("number", "督附3")
    assert taken in problem.zh
    assert numbers_of(outcome) == ["R50260002"]


def test_hand_numbers_outside_the_rule_are_refused(lite: Office) -> None:
    outcome = lite.issue(
        applicant("standard", 1, number="26310020009", number_reason="指定"),
        applicant("external", 2, number="R50260009"),
        applicant("external", 3, number="R50250009", number_reason="指定"),
        applicant("external", 4, number="R50260008", number_reason="指定"),
        applicant("external", 5, number="R50260008", number_reason="指定"),
        applicant("internal", 6, number="S500123260002", number_reason="指定", institution=FACTORY.code),
    )
    assert codes_of(outcome) == {
        2: ["hand-number-assessor"],
        3: ["hand-number-reason"],
        4: ["hand-number-outside-series"],
        6: ["hand-number-doubled"],
        7: ["hand-number-outside-series"],
    }
    assert numbers_of(outcome) == ["R50260008"]


def test_ranges_are_reserved_above_the_counter_only(office: Office) -> None:
    office.issue_one(applicant("external", 1))
    reserve_numbers(office.register, ReservationRequest("S50012326", 1, 20, "本年度指定"), By("office"))
    refused = {
        ("R5026", 1, 3, "预留"): "reservation-range",
        ("R5026", 9, 8, "预留"): "reservation-range",
        ("R5026", 9990, 10000, "预留"): "reservation-range",
        ("2631002", 5, 6, "预留"): "hand-number-assessor",
        ("R5026", 5, 6, " "): "hand-number-reason",
    }
    for (prefix, first, last, reason), code in refused.items():
        with pytest.raises(HandNumberRefused) as error:
            reserve_numbers(office.register, ReservationRequest(prefix, first, last, reason), By("office"))
        assert error.value.code == code
    assert {series.prefix: series.reserved for series in list_series(office.register)} == {"R5026": 0, "S50012326": 20}
    assert [event.subject for event in office.events() if event.kind == "numbers-reserved"] == ["S50012326"]
    assert numbers_of(office.issue(applicant("internal", 2))) == ["S500123260021"]


def test_each_year_has_its_own_series(lite: Office) -> None:
    """督附3, 考附2: YY is the year of the issue date in Shanghai."""
    lite.clock.set_to(date(2026, 12, 31), hour=23)
    assert lite.issue_one(applicant("external", 1)) == "R50260001"
    lite.clock.advance(hours=1)
    assert lite.issue_one(applicant("external", 2)) == "R50270001"
    assert lite.issue_one(applicant("external", 3), issued_on=date(2026, 12, 31)) == "R50260002"


def test_other_province_numbers_supervisors_with_its_own_code(tmp_path: Path) -> None:
    """督附3 with GB/T 2260 code 36; no assessor code is known for Jiangxi, so its assessors are refused."""
    folder = tmp_path / "jiangxi"
    folder.mkdir()
    office = make_office(folder, f"sqlite:///{folder}/register.db", jurisdiction="jiangxi")
    outcome = office.issue(applicant("external", 1), applicant("standard", 2))
    assert numbers_of(outcome) == ["R36260001"]
    assert codes_of(outcome) == {3: ["scheme-missing"]}
    office.register.close()
