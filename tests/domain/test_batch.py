from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.application import Application, MalformedRow, parse_row
from service.domain.batch import plan
from service.domain.card import CardStatus
from service.domain.eligibility import Known, KnownCard
from service.domain.issuer import CENTRE
from service.domain.occupation import Occupation
from tests.domain.applicants import (
    CATALOGUE,
    ISSUED_ON,
    ROWS,
    application,
    malformed,
    planned,
    policy,
    raw,
    refused_for,
    resident_id,
)
from tests.domain.sample_cards import card


def person(order: int) -> str:
    return str(resident_id(order=order))


def codes_by_row(*rows: Application | MalformedRow, of: Known | None = None) -> dict[int, list[str]]:
    return {refusal.row: [p.code for p in refusal.problems] for refusal in planned(*rows, of=of).refused}


@pytest.mark.parametrize(
    ("kind", "issuer", "prefix"),
    [
        ("senior", CENTRE, "2631001"),
        ("standard", CENTRE, "2631002"),
        ("special_skill", CENTRE, "2631003"),
        ("external", CENTRE, "R5026"),
        ("internal", "500123", "S50012326"),
    ],
)
def test_a_planned_card_names_its_series_and_its_term(kind: str, issuer: str, prefix: str) -> None:
    """督附3, 考附2, 督§10, 考§12: prefix by kind and year, three years to the same calendar day."""
    accepted = planned(application(kind)).accepted[0]
    assert (accepted.issuer, accepted.prefix, accepted.hand_number) == (issuer, prefix, None)
    assert (accepted.issued_on, accepted.expires_on) == (ISSUED_ON, date(2029, 11, 2))
    assert accepted.predecessor is None


def test_a_card_issued_on_29_february_ends_on_the_28th() -> None:
    """考§12: 民法典 202."""
    under = policy(issued_on=date(2028, 2, 29))
    recent = application("standard", certified_on=date(2028, 2, 10), applied_on=date(2028, 1, 10))
    accepted = planned(recent, under=under).accepted[0]
    assert (accepted.prefix, accepted.expires_on) == ("2831002", date(2031, 2, 28))


def test_a_number_assigned_by_hand_is_planned_with_its_reason() -> None:
    """督附3: 由证卡颁发机构统筹研究确定并赋码."""
    accepted = planned(application("external", number="R50260888", number_reason="届次统筹")).accepted[0]
    assert (accepted.hand_number, accepted.hand_reason) == ("R50260888", "届次统筹")


def test_one_number_is_assigned_once_in_a_batch() -> None:
    """督附3: the later row is refused."""
    by_hand = {"number": "R50260888", "number_reason": "届次统筹"}
    first = application("external", row=2, resident_id=person(1), **by_hand)
    second = application("external", row=3, resident_id=person(3), **by_hand)
    assert codes_by_row(first, second) == {3: ["hand-number-doubled"]}


def test_two_job_types_a_person_are_counted_over_all_rows() -> None:
    """考§9: all assessor rows of the person are refused, supervisors' and other people's are not."""
    rows = (
        application("standard", row=2, occupations="电工、焊工"),
        application("external", row=3),
        application("special_skill", row=4, occupations="车工"),
        application("standard", row=5, occupations="车工", resident_id=person(3), name="赵六"),
    )
    assert codes_by_row(*rows) == {2: ["too-many-occupations"], 4: ["too-many-occupations"]}
    message = planned(*rows).refused[0].problems[0]
    assert message.article == "考§9"
    assert "第 2、4 行共 3 个" in message.zh


def test_three_job_types_in_one_row_are_too_many() -> None:
    """考§9: 每人每次申报的工种不得超过 2 个."""
    assert refused_for(application("standard", occupations="电工、焊工、车工")) == ["too-many-occupations"]
    assert refused_for(application("standard", occupations="电工、焊工")) == []


def test_two_rows_of_one_job_type_each_are_allowed() -> None:
    """考§9: two rows, two job types."""
    assert refused_for(application("standard", row=2), application("standard", row=3, occupations="焊工")) == []


def test_job_types_of_rows_that_cannot_be_read_count() -> None:
    """考§9: the application is what was applied for."""
    bad = malformed("standard", row=2, occupations="电工、焊工", hr_staff=None)
    good = application("standard", row=3, occupations="车工")
    assert codes_by_row(bad, good) == {
        2: ["cell-missing", "too-many-occupations"],
        3: ["too-many-occupations"],
    }


@pytest.mark.parametrize(
    ("certified_on", "applied_on", "is_one"),
    [
        (date(2026, 10, 10), date(2026, 8, 1), True),  # the certification of the row
        (date(2026, 9, 20), date(2026, 9, 1), True),  # its application date
        (date(2026, 10, 10), None, True),
        (None, date(2026, 9, 1), True),
        (date(2026, 9, 20), date(2026, 8, 1), False),
        (None, None, False),  # from before the system
    ],
)
def test_job_types_granted_in_earlier_batches_count(
    certified_on: date | None, applied_on: date | None, *, is_one: bool
) -> None:
    """考§9: rows of one certification or one application date are one application, in however many batches."""
    granted = (Occupation("焊工"), Occupation("车工"))
    issued = card("26310020001", occupations=granted, name="王小明")
    voided = card("26310020001", occupations=granted, name="王小明", status=CardStatus.VOIDED, status_on=ISSUED_ON)
    row = application("standard")
    of = Known((KnownCard(issued, applied_on=applied_on, certified_on=certified_on),))
    assert refused_for(row, of=of) == (["too-many-occupations"] if is_one else [])
    assert refused_for(row, of=Known((KnownCard(voided, applied_on=applied_on, certified_on=certified_on),))) == []
    if is_one:
        assert "焊工、车工" in planned(row, of=of).refused[0].problems[0].zh or "车工、焊工" in (
            planned(row, of=of).refused[0].problems[0].zh
        )


def test_two_applications_in_one_batch_are_two() -> None:
    """考§9: another certification and another application date; one more row of either makes them one."""
    first = application("standard", row=2, occupations="电工、焊工", related_basis="同属机电类")
    second = application("standard", row=3, occupations="车工", certified_on="2026-10-20", applied_on="2026-09-20")
    assert refused_for(first, second) == []
    between = application("standard", row=4, occupations="中式烹调师", applied_on="2026-09-20")
    assert set(codes_by_row(first, second, between)) == {2, 3, 4}, "of the certification of one, applied with the other"
    undated = malformed("standard", row=4, occupations="中式烹调师", certified_on="昨天")
    assert codes_by_row(first, second, undated)[2] == ["too-many-occupations"]


def test_the_later_of_two_rows_for_one_scope_is_refused_naming_the_earlier() -> None:
    """督§10, 考§12: whatever the order in which they come, and whatever becomes of the first."""
    first = application("external", row=2)
    second = application("external", row=7)
    assert codes_by_row(second, first) == {7: ["row-doubled"]}
    assert "第 2 行" in planned(first, second).refused[0].problems[0].zh
    failed = application("external", row=2, score=40)
    assert codes_by_row(failed, second) == {2: ["score-below-pass"], 7: ["row-doubled"]}
    unread = malformed("external", row=2, work_unit=None)
    assert codes_by_row(unread, second) == {2: ["cell-missing"], 7: ["row-doubled"]}


def test_two_grades_of_one_job_type_are_one_scope() -> None:
    """考§3: the higher grade covers the lower."""
    assert codes_by_row(application("standard", row=2), application("senior", row=3)) == {3: ["row-doubled"]}


def test_internal_cards_of_two_institutions_are_two_scopes() -> None:
    """督§9: an internal card counts inside its own issuer only."""
    other = application("internal", row=3, institution="500456")
    assert codes_by_row(application("internal", row=2), other) == {3: ["institution-unknown"]}


def test_one_identity_number_has_one_name() -> None:
    rows = (application("external", row=2), application("internal", row=3, name="王晓明"))
    assert codes_by_row(*rows) == {3: ["name-contradicts-row"]}


def test_a_name_that_could_not_be_read_contradicts_nobody() -> None:
    rows = (malformed("external", row=2, name="王小明1"), application("internal", row=3))
    assert codes_by_row(*rows) == {2: ["name-characters"]}


def test_everything_against_every_row_is_told_at_once_in_row_order() -> None:
    rows = (
        malformed("standard", row=9, name=None, hr_staff=None),
        application("external", row=4, score=10, reviewed_by=None, resident_id=person(3)),
        application("senior", row=2, resident_id=person(5)),
        application("internal", row=3, resident_id=person(7), institution="500999"),
    )
    result = planned(*rows)
    assert [accepted.application.row for accepted in result.accepted] == [2]
    assert codes_by_row(*rows) == {
        3: ["institution-unknown"],
        4: ["reviewer-missing", "score-below-pass"],
        9: ["cell-missing", "cell-missing"],
    }
    assert [refusal.row for refusal in result.refused] == [3, 4, 9]
    assert [(warned.row, [p.code for p in warned.problems]) for warned in result.warnings] == [
        (2, ["standard-card-not-in-register"])
    ]


def test_an_empty_batch_is_an_empty_plan() -> None:
    assert planned() == plan((), {}, policy())
    assert planned().accepted == ()


def rows_of(count: int) -> list[Application | MalformedRow]:
    kinds = list(ROWS)
    return [
        parse_row(
            raw(
                kinds[i % 5],
                row=i + 2,
                resident_id=str(resident_id(date(1970 + i % 20, 1 + i % 12, 1 + i // 20 % 28), i // 600 * 2 + 1)),
            ),
            CATALOGUE,
        )
        for i in range(count)
    ]


def test_every_row_of_ten_thousand_ends_in_a_card_or_a_refusal() -> None:
    result = plan(rows_of(10_000), {}, policy())
    assert len(result.accepted) + len(result.refused) == 10_000


@given(
    st.lists(
        st.tuples(st.sampled_from(list(ROWS)), st.integers(0, 2), st.sampled_from(["电工", "焊工", "电工、焊工"])),
        max_size=8,
    )
)
def test_every_row_ends_once_and_nobody_gets_two_cards_for_a_scope(choices: list[tuple[str, int, str]]) -> None:
    """督§10, 考§9, 考§12: over any mixture of rows."""
    rows = [
        application(kind, row=i + 2, resident_id=person(who * 2 + 1), occupations=jobs, name="王小明")
        for i, (kind, who, jobs) in enumerate(choices)
    ]
    result = planned(*rows)
    ends = [a.application.row for a in result.accepted] + [r.row for r in result.refused]
    assert sorted(ends) == [row.row for row in rows]
    held = [(a.application.resident_id, scope) for a in result.accepted for scope in a.application.scopes]
    assert len(held) == len(set(held))
    for who in {a.application.resident_id for a in result.accepted}:
        own = {s for person_id, s in held if person_id == who and s.startswith("occupation:")}
        assert len(own) <= 2


def test_the_plan_does_not_depend_on_the_order_of_arrival() -> None:
    rows = rows_of(60)
    shuffled = rows.copy()
    random.Random(7).shuffle(shuffled)
    assert plan(shuffled, {}, policy()) == plan(rows, {}, policy())
