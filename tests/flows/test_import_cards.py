from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

from service.domain.access import By
from service.domain.application import Cell, RawRow
from service.domain.card import CardStatus, ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.journal import parse_entry
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest
from service.flows.cards.lifecycle import replace_card, revoke_card
from service.flows.cards.print_cards import card_text
from service.flows.cards.renew import renew_card
from service.flows.checking.lookup import lookup
from service.flows.checking.staff import check_number
from service.flows.checking.verify import verify_text
from service.flows.errors import Refused
from service.flows.issue.import_cards import Imported, import_cards
from service.flows.issue.number_series import list_series
from service.flows.running.audit import audit, export_journal
from service.flows.running.back_up import back_up
from service.flows.running.journal_mirror import set_mirror
from service.flows.running.restore_evidence import Later
from service.store import cancellations
from service.store.errors import NumberTaken, ScopeTaken
from tests.flows.office import ACTOR, SCHOOL, Office, applicant, codes_of, name_of, numbers_of, photo, resident_id
from tests.flows.test_renew import renewal
from tests.flows.test_restore import Day, restored


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


def test_a_number_with_another_letter_is_another_institution_s(lite: Office) -> None:
    """督附3: code and letter together name an institution; the school's letter is S."""
    imported = bring_in(lite, earlier(1, "Y500123250001", "内督", institution="500123"))
    assert codes(imported) == {2: ["institution-letter-other"]}
    assert "登记为 S" in imported.refused[0].problems[0].zh
    assert bring_in(lite, earlier(1, "S500123250001", "内督", institution="500123")).imported == ("S500123250001",)


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


def cancelled(person: int, number: str, /, **changes: Cell) -> RawRow:
    """An assessor's card that was cancelled before the system."""
    facts: dict[str, Cell] = {
        "occupations": "电工",
        "status": "已取消",
        "cancelled_on": date(2025, 6, 1),
        "cancelled_ground": "考§21（7） 收受礼金，渝职鉴发〔2025〕5号",
    }
    return earlier(person, number, "考评员", **{**facts, **changes})


def test_a_cancellation_from_before_the_system_bars_from_its_day(office: Office, tmp_path: Path) -> None:
    """考§21: 资格被取消之日起 3 年, and whoever looks is told."""
    number = CardNumber("25310020007")
    day = Day(office, tmp_path)
    set_mirror(office.register.database, office.register.effects, office.register.mirror, day.mirror, ACTOR)
    bring_in(office, cancelled(1, number), earlier(2, "R50250003"))
    card = office.card(number)
    assert (card.status, card.status_on) == (CardStatus.REVOKED, date(2025, 6, 1))
    found = lookup(office.register, number, name_of(1))
    assert found is not None
    assert found.verdict.verdict is Word.REVOKED
    assert check_number(office.register, number).verdict is Word.REVOKED
    with office.register.database.read() as connection:
        decision = cancellations.get(connection, number)
    assert decision is not None
    assert (str(decision.ground), decision.reason) == ("考§21(7)", "收受礼金，渝职鉴发〔2025〕5号")
    office.move_to(date(2028, 6, 20))
    again = {"certified_on": date(2028, 6, 10)}
    last_day = applicant("standard", 1, applied_on=date(2028, 6, 1), **again)
    assert codes_of(office.issue(last_day, dry_run=True)) == {2: ["barred"]}
    outcome = office.issue(applicant("standard", 1, applied_on=date(2028, 6, 2), **again), dry_run=True)
    assert not outcome.refused
    assert audit(office.register).faults == ()
    back_up(office.register, day.backup)
    with restored(day, f"sqlite:///{tmp_path}/there.db", Later(mirror=day.mirror)) as (other, _):
        assert check_number(other.register, number).verdict is Word.REVOKED
        assert codes_of(other.issue(last_day, dry_run=True)) == {2: ["barred"]}
        assert audit(other.register).faults == ()


def test_a_cancellation_brought_in_after_the_backup_is_replayed(lite: Office, tmp_path: Path) -> None:
    """考§21: a restore takes no cancellation back."""
    day = Day(lite, tmp_path)
    set_mirror(lite.register.database, lite.register.effects, lite.register.mirror, day.mirror, ACTOR)
    back_up(lite.register, day.backup)
    lite.clock.advance(hours=1)
    bring_in(lite, cancelled(1, "25310020007"))
    with restored(day, f"sqlite:///{tmp_path}/there.db", Later(mirror=day.mirror)) as (other, _):
        assert check_number(other.register, CardNumber("25310020007")).verdict is Word.REVOKED
        assert audit(other.register).faults == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"cancelled_on": None}, ["cell-missing"]),
        ({"cancelled_ground": None}, ["cell-missing"]),
        ({"cancelled_ground": "收受礼金"}, ["ground-unknown"]),
        ({"cancelled_ground": "督§19(4)"}, ["ground-other-rule"]),
        ({"status": None}, ["cancellation-contradicts", "cancellation-contradicts"]),
        ({"status": "有效", "cancelled_ground": None}, ["cancellation-contradicts"]),
        ({"status": "注销"}, ["status-unknown", "cancellation-contradicts", "cancellation-contradicts"]),
        ({"cancelled_on": date(2025, 2, 28)}, ["decision-before-issue"]),
        ({"cancelled_on": date(2026, 11, 3)}, ["date-after-today"]),
    ],
)
def test_a_cancellation_from_before_has_its_day_and_its_ground(
    lite: Office, changes: dict[str, Cell], expected: list[str]
) -> None:
    """督§19, 考§21: the ground is mandatory; decided not before the issue and not in the future."""
    assert codes(bring_in(lite, cancelled(1, "25310020007", **changes))) == {2: expected}


def test_a_cancellation_from_before_takes_all_that_it_takes(lite: Office) -> None:
    """考§21: all of the person's assessor cards, in the list and in the register; 督§19: the issuer's."""
    gone = cancelled(1, "25310020007")
    other = earlier(1, "25310030004", "专项职业能力考核考评员", row=4, occupations="车工")
    assert codes(bring_in(lite, gone, other)) == {2: ["cancellation-incomplete"]}
    expired = earlier(1, "21310030004", "专项职业能力考核考评员", row=4, occupations="车工", issued_on=date(2021, 3, 1))
    assert bring_in(lite, expired, earlier(1, "R50250003", row=5), gone).refused == (), "expired, or no assessor's"
    bring_in(lite, earlier(2, "25310030009", "专项职业能力考核考评员", occupations="车工"))
    refused = bring_in(lite, cancelled(2, "25310020010"))
    assert codes(refused) == {3: ["cancellation-incomplete"]}
    assert "25310030009" in refused.refused[0].problems[0].zh


def test_dates_of_a_card_from_before_hang_together(lite: Office) -> None:
    """督附3: the number's year is the issue's, and that lies before today and after the holder's sixteenth birthday."""
    young = earlier(1, "R50900001", issued_on=date(1990, 12, 31))
    ahead = earlier(2, "R50260001", issued_on=date(2026, 11, 3))
    assert codes(bring_in(lite, young, ahead)) == {2: ["age-under-limit"], 3: ["date-after-today"]}


def test_a_mistyped_number_is_asked_about_before_it_uses_up_the_year(office: Office) -> None:
    """督附3, 考附2: moved by more than the cards brought and 50, a counter waits for its prefix to be confirmed."""
    before = office.events()
    typed = (
        earlier(1, "R50269990", issued_on=date(2026, 3, 1)),
        earlier(2, "R50260002", issued_on=date(2026, 3, 1)),
        earlier(3, "25310020053", "考评员", occupations="电工"),
    )
    for confirmed in ((), ("R5026",), ("2531002",)):
        with pytest.raises(Refused) as refused:
            import_cards(office.register, typed, ACTOR, confirmed)
        assert refused.value.code == "import-passes-numbers"
        assert ("R5026 现到 0000" in refused.value.zh) is ("R5026" not in confirmed)
        assert ("9988 个号" in refused.value.zh) is ("R5026" not in confirmed)
        assert ("不能补救（考附2）" in refused.value.zh) is ("2531002" not in confirmed)
    assert office.events() == before
    assert list_series(office.register) == ()
    import_cards(office.register, typed, ACTOR, ("R5026", "2531002"))
    assert {one.prefix: one.last_no for one in list_series(office.register)} == {"2531002": 53, "R5026": 9990}
    entries = [parse_entry(line) for line in export_journal(office.register)]
    assert [
        (entry.actor, entry.event.subject, entry.event.data)
        for entry in entries
        if entry.event.kind == "counter-move-confirmed"
    ] == [(ACTOR, "2531002", {"before": 0, "value": 53}), (ACTOR, "R5026", {"before": 0, "value": 9990})]


def test_renewal_of_a_card_from_before_says_what_the_register_lacks(lite: Office) -> None:
    """考§12, 督附5: the answers of the application first, then the photograph, by the name of what is to be stated."""
    bring_in(lite, earlier(1, "26310020001", "考评员", occupations="电工", issued_on=date(2026, 3, 1)))
    lite.move_to(date(2029, 1, 10))
    number, on = CardNumber("26310020001"), date(2029, 1, 5)
    stated = {"hr_staff": "否", "qualification_level": "三级", "occupation_years": "8"}
    for facts, code, field, zh in (
        ({}, "cell-missing", "hr_staff", "在职人社：未填写"),
        (stated, "photo-missing", "photo", "照片：登记库中没有持证人的照片，换发须提交新照片（督附5）"),
    ):
        with pytest.raises(Refused) as refused:
            renew_card(lite.register, number, renewal("standard", on, **facts), By(ACTOR))
        assert (refused.value.code, refused.value.parameters, refused.value.zh) == (code, {"field": field}, zh)
    given = structs.replace(renewal("standard", on, **stated), photo=photo(1))
    assert lite.card(renew_card(lite.register, number, given, By(ACTOR))).predecessor == number


def test_a_counter_may_pass_fifty_numbers_beside_those_of_its_cards(lite: Office) -> None:
    """督附3: the last one that is not asked about, and the first that is."""
    with pytest.raises(Refused):
        bring_in(lite, earlier(1, "R50250052"))
    assert bring_in(lite, earlier(1, "R50250051")).imported
    with pytest.raises(Refused):
        bring_in(lite, earlier(2, "R50250104"), earlier(3, "R50250030"))
    assert bring_in(lite, earlier(2, "R50250103"), earlier(3, "R50250030")).imported
