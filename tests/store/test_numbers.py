from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, delete, select, update

from service.domain.card_number import CardNumber, Scheme
from service.domain.errors import CardNumberMalformed, HandNumberRefused, SeriesExhausted
from service.store import number_audit, numbers
from service.store.engine import Database
from service.store.errors import Conflict, NotFound, NumberStep, NumberTaken
from service.store.states import NumberState
from service.store.tables import number, series
from tests.store.issuing import NOW, issue_one

SENIOR, STANDARD, EXTERNAL, INTERNAL = "2331001", "2331002", "R5023", "S50012323"


def _claim(connection: Connection, prefix: str, wanted: int) -> list[int]:
    return [no.sequence for no in numbers.claim_many(connection, {prefix: wanted}, NOW)[prefix]]


def _by_hand(connection: Connection, *chosen: CardNumber) -> None:
    numbers.claim_many(connection, {}, NOW, dict.fromkeys(chosen, "按市中心批复"))


def _ledger(connection: Connection, prefix: str) -> dict[int, str]:
    rows = connection.execute(
        select(number.c.sequence, number.c.state).where(number.c.prefix == prefix).order_by(number.c.sequence)
    )
    return {row.sequence: row.state for row in rows}


def _numbers(prefix: str, sequences: Iterable[int]) -> list[CardNumber]:
    return [CardNumber.compose(prefix, sequence) for sequence in sequences]


def test_each_prefix_counts_from_one(database: Database) -> None:
    """督附3, 考附2: one counter a prefix, 0001 to 9999 in order."""
    with database.write() as connection:
        assert numbers.claim_many(connection, {STANDARD: 2, EXTERNAL: 1, INTERNAL: 1}, NOW) == {
            STANDARD: ("23310020001", "23310020002"),
            EXTERNAL: ("R50230001",),
            INTERNAL: ("S500123230001",),
        }
        assert _claim(connection, STANDARD, 3) == [3, 4, 5]
        assert [(one.prefix, one.scheme, one.last_no, one.used) for one in numbers.all_series(connection)] == [
            (STANDARD, Scheme.ASSESSOR, 5, 5),
            (EXTERNAL, Scheme.EXTERNAL, 1, 1),
            (INTERNAL, Scheme.INTERNAL, 1, 1),
        ]


def test_what_is_rolled_back_is_given_again(database: Database) -> None:
    with database.write() as connection:
        _claim(connection, STANDARD, 7)
        connection.rollback()
    with database.write() as connection:
        assert _claim(connection, STANDARD, 1) == [1]


def test_at_9999_the_next_is_refused_and_nothing_changes(database: Database) -> None:
    """督附3, 考附2: the sequence has four digits."""
    with database.write() as connection:
        _claim(connection, EXTERNAL, 9_998)
        with pytest.raises(SeriesExhausted):
            _claim(connection, EXTERNAL, 2)
        assert _claim(connection, EXTERNAL, 1) == [9_999]
        with pytest.raises(SeriesExhausted):
            _claim(connection, EXTERNAL, 1)
        with pytest.raises(SeriesExhausted):
            numbers.claim_many(connection, {EXTERNAL: 1, STANDARD: 1}, NOW)
        (one,) = [one for one in numbers.all_series(connection) if one.prefix == EXTERNAL]
        assert (one.last_no, one.issued) == (9_999, 9_999)


def test_the_counter_passes_over_reserved_and_hand_assigned_numbers(database: Database) -> None:
    """督附3: 或由证卡颁发机构统筹研究确定并赋码."""
    with database.write() as connection:
        _claim(connection, EXTERNAL, 1)
        numbers.reserve(connection, EXTERNAL, 3, 5, "外事活动", NOW)
        _by_hand(connection, CardNumber("R50230008"))
        assert _claim(connection, EXTERNAL, 1) == [2]
        assert _claim(connection, EXTERNAL, 3) == [6, 7, 9]
        assert _claim(connection, EXTERNAL, 2) == [10, 11]
        assert _ledger(connection, EXTERNAL) == dict.fromkeys(range(1, 12), "issued") | dict.fromkeys(
            range(3, 6), "reserved"
        )


def test_a_reserved_number_is_assigned_by_hand_once(database: Database) -> None:
    with database.write() as connection:
        numbers.reserve(connection, INTERNAL, 1, 2, "首批聘用", NOW)
        _by_hand(connection, CardNumber.compose(INTERNAL, 2))
        with pytest.raises(NumberTaken):
            _by_hand(connection, CardNumber.compose(INTERNAL, 2))
        assert _ledger(connection, INTERNAL) == {1: "reserved", 2: "issued"}
        assert _claim(connection, INTERNAL, 1) == [3]


def test_a_hand_assigned_number_and_the_counter_in_one_claim_do_not_meet(database: Database) -> None:
    with database.write() as connection:
        claimed = numbers.claim_many(connection, {EXTERNAL: 2}, NOW, {CardNumber("R50230001"): "按批复"})
    assert claimed == {EXTERNAL: ("R50230002", "R50230003")}


def test_an_issued_number_is_not_assigned_by_hand(database: Database) -> None:
    with database.write() as connection:
        _claim(connection, EXTERNAL, 1)
        with pytest.raises(NumberTaken):
            _by_hand(connection, CardNumber("R50230001"))


@pytest.mark.parametrize(("prefix", "first", "last"), [(EXTERNAL, 2, 4), (EXTERNAL, 9, 8), (EXTERNAL, 9_000, 10_000)])
def test_a_range_below_the_counter_or_out_of_order_is_not_reserved(
    database: Database, prefix: str, first: int, last: int
) -> None:
    with database.write() as connection:
        _claim(connection, EXTERNAL, 3)
        with pytest.raises(HandNumberRefused):
            numbers.reserve(connection, prefix, first, last, "外事活动", NOW)


def test_assessor_numbers_are_not_reserved(database: Database) -> None:
    """考附2 has no clause that would allow it."""
    with database.write() as connection, pytest.raises(HandNumberRefused):
        numbers.reserve(connection, STANDARD, 1, 2, "外事活动", NOW)


def test_ranges_do_not_overlap(database: Database) -> None:
    with database.write() as connection:
        numbers.reserve(connection, EXTERNAL, 5, 9, "外事活动", NOW)
    with pytest.raises(NumberTaken), database.write() as connection:
        numbers.reserve(connection, EXTERNAL, 8, 12, "外事活动", NOW)


def test_a_prefix_of_no_scheme_makes_no_series(database: Database) -> None:
    with database.write() as connection:
        with pytest.raises(CardNumberMalformed):
            _claim(connection, "X5023", 1)
        assert numbers.all_series(connection) == ()


def test_a_voided_number_is_never_used_again(database: Database) -> None:
    """督附3: a number that will not be used is voided with a reason."""
    one, two = _numbers(EXTERNAL, (1, 2))
    with database.write() as connection:
        _claim(connection, EXTERNAL, 2)
        numbers.void_many(connection, [two], "打印错误", NOW)
        assert _claim(connection, EXTERNAL, 1) == [3]
        assert _ledger(connection, EXTERNAL) == {1: "issued", 2: "voided", 3: "issued"}
        with pytest.raises(NumberTaken):
            _by_hand(connection, two)
    with pytest.raises(NumberStep), database.write() as connection:
        numbers.void_many(connection, [one, two], "打印错误", NOW)


def test_a_number_that_is_not_in_the_ledger_is_not_voided(database: Database) -> None:
    with pytest.raises(NotFound), database.write() as connection:
        numbers.void_many(connection, [CardNumber("R50230001")], "打印错误", NOW)


def test_cards_from_before_move_the_counter_and_leave_no_gap(database: Database) -> None:
    with database.write() as connection:
        numbers.reserve(connection, EXTERNAL, 4, 4, "外事活动", NOW)
        numbers.record_before(connection, _numbers(EXTERNAL, (2, 6)), NOW)
        assert _ledger(connection, EXTERNAL) == {
            1: "before",
            2: "before",
            3: "before",
            4: "reserved",
            5: "before",
            6: "before",
        }
        reasons = dict(iter(connection.execute(select(number.c.sequence, number.c.reason))))
        assert (reasons[2], reasons[3]) == (numbers.BEFORE_CARD, numbers.BEFORE_UNKNOWN)
        assert _claim(connection, EXTERNAL, 1) == [7]
        numbers.record_before(connection, _numbers(EXTERNAL, (3, 4)), NOW)  # a second file brings what the first lacked
        assert _ledger(connection, EXTERNAL)[4] == "before"
        with pytest.raises(NumberTaken):
            numbers.record_before(connection, _numbers(EXTERNAL, (7,)), NOW)
        assert _claim(connection, EXTERNAL, 1) == [8]


def test_the_audit_finds_a_gap_an_issued_number_without_card_and_a_card_without_number(database: Database) -> None:
    with database.write() as connection:
        issued = issue_one(connection, STANDARD)
        assert number_audit.audit(connection) == ()
        _claim(connection, EXTERNAL, 1)
        connection.execute(update(series).where(series.c.prefix == EXTERNAL).values(last_no=3, top_no=3))
        _drop_rule(connection, "number_steps")
        reserved = {"state": NumberState.RESERVED.value, "reason": "?"}
        connection.execute(update(number).where(number.c.number == str(issued.card.number)).values(reserved))
        assert number_audit.audit(connection) == (
            number_audit.Fault(STANDARD, (), (), (str(issued.card.number),)),
            number_audit.Fault(EXTERNAL, (2, 3), ("R50230001",), ()),
        )


def test_rows_are_never_deleted(database: Database) -> None:
    with database.write() as connection:
        _claim(connection, EXTERNAL, 1)
    with pytest.raises(Conflict), database.write() as connection:
        connection.execute(delete(number))


def test_threads_share_a_series_without_gap_or_double(database: Database) -> None:
    """督附3, 考附2: also where the series does not exist yet, and while others reserve and assign in it."""
    start = threading.Barrier(8)

    def claim(worker: int) -> list[str]:
        mine: list[str] = []
        if worker == 0:  # while the others wait: none of them has passed these
            with database.write() as connection:
                for first in (100, 200):
                    numbers.reserve(connection, EXTERNAL, first, first, "外事活动", NOW)
        start.wait()
        for place in range(6):
            with database.write() as connection:
                if worker == 0:
                    first = 300 + 100 * place
                    numbers.reserve(connection, EXTERNAL, first, first, "外事活动", NOW)
                claimed = numbers.claim_many(connection, {EXTERNAL: 1 + worker, INTERNAL: 1}, NOW)
            mine += [no for taken in claimed.values() for no in taken]
        return mine

    with ThreadPoolExecutor(8) as pool:
        taken = sorted(no for mine in pool.map(claim, range(8)) for no in mine)
    counted = 6 * sum(range(1, 9))
    passed_over = [first for first in range(100, 700, 100) if first < counted]
    free = [sequence for sequence in range(1, counted + len(passed_over) + 1) if sequence not in passed_over]
    assert taken == sorted([*_numbers(EXTERNAL, free), *_numbers(INTERNAL, range(1, 49))])
    with database.read() as connection:
        assert not any(fault.missing for fault in number_audit.audit(connection))


def _drop_rule(connection: Connection, rule: str) -> None:
    on = " ON number" if connection.dialect.name == "postgresql" else ""
    connection.exec_driver_sql(f"DROP TRIGGER {rule}{on}")
