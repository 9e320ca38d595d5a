from __future__ import annotations

from datetime import date

import pytest

from keys.errors import IllegalRotation
from keys.keyring import Purpose
from keys.rotation import active
from service.domain.access import By
from service.domain.application import RawRow
from service.domain.card_number import CardNumber
from service.domain.kinds import SkillLevel
from service.domain.occupation import Occupation
from service.domain.problem import Problem
from service.flows.cards.card_requests import VoidRequest
from service.flows.cards.lifecycle import void_number
from service.flows.errors import Refused
from service.flows.issue.number_series import list_series
from service.flows.issue.outcome import IssuedRow
from service.flows.keys.key_ceremony import retire_key
from service.flows.people.filing_requests import FilingRequest
from service.flows.people.institutions import file_jobs
from service.flows.running.audit import audit
from service.roster.photo_files import PhotoFiles
from service.store.errors import IdempotencyKeyReused
from tests.flows.damage import stored_blobs
from tests.flows.office import (
    ACTOR,
    FACTORY,
    KINDS,
    SCHOOL,
    Office,
    applicant,
    archive_of,
    codes_of,
    name_of,
    numbers_of,
    one_of_each,
    photo,
    photos_of,
)

NO_FONT_HAS = "王\U00031350"  # CJK extension H, for which the program brings no glyph


def stored(office: Office) -> tuple[object, ...]:
    """All that a batch could have left behind, but for photographs."""
    register = office.register
    found = audit(register)
    assert found.faults == ()
    return found.size, found.cards, list_series(register)


def test_numbers_are_given_in_row_order_per_series(office: Office) -> None:
    """督附3, 考附2: one series for each prefix, 0001 onwards, in the order of the rows."""
    rows = (
        applicant("external", 4, row=9),
        applicant("senior", 1, row=2),
        applicant("standard", 2, row=3),
        applicant("standard", 3, row=4),
        applicant("special_skill", 5, row=5),
        applicant("internal", 6, row=6),
        applicant("external", 7, row=7),
        applicant("internal", 8, row=8, institution=FACTORY.code),
    )
    outcome = office.issue(*rows)
    assert [(row.row, row.number, row.name) for row in outcome.issued] == [
        (2, "26310010001", name_of(1)),
        (3, "26310020001", name_of(2)),
        (4, "26310020002", name_of(3)),
        (5, "26310030001", name_of(5)),
        (6, "S500123260001", name_of(6)),
        (7, "R50260001", name_of(7)),
        (8, "Y500777260001", name_of(8)),
        (9, "R50260002", name_of(4)),
    ]
    assert outcome.refused == ()
    assert outcome.unused_photos == ()
    assert audit(office.register).faults == ()
    assert numbers_of(office.issue(*one_of_each(11))) == [
        "26310010002",
        "26310020003",
        "26310030002",
        "R50260003",
        "S500123260002",
    ]


def test_dry_run_finds_the_same_and_leaves_nothing(office: Office) -> None:
    rows = (*one_of_each(), applicant("external", 9, score=59), applicant("external", 10, name=NO_FONT_HAS))
    before = stored(office)
    trial = office.issue(*rows, photos=photos_of(*rows), dry_run=True)
    assert stored(office) == before
    assert stored_blobs(office.register.database) == {}
    assert trial.batch is None
    assert [row.number for row in trial.issued] == [None] * 5
    real = office.issue(*rows)
    assert (trial.refused, trial.warned) == (real.refused, real.warned)
    assert trial.issued == tuple(IssuedRow(row.row, None, row.name) for row in real.issued)
    assert real.issued[0].number == "26310010001"


def test_all_or_nothing_issues_nothing_beside_a_refused_row(office: Office) -> None:
    rows = (*one_of_each(), applicant("external", 9, score=59))
    before = stored(office)
    outcome = office.issue(*rows, all_or_nothing=True)
    assert (outcome.batch, outcome.issued, codes_of(outcome)) == (None, (), {10: ["score-below-pass"]})
    assert stored(office) == before
    assert len(office.issue(*rows[:-1], all_or_nothing=True).issued) == len(KINDS)


def test_retry_by_key_gives_the_same_answer(office: Office) -> None:
    rows = (*one_of_each(), applicant("external", 9, score=59))
    first = office.issue(*rows, key="2026-11")
    before = stored(office)
    texts = {row.number: row.name for row in first.issued}
    office.clock.advance(days=40)
    assert office.issue(*rows, key="2026-11") == first
    assert stored(office) == before
    assert {row.number: row.name for row in first.issued} == texts
    with pytest.raises(IdempotencyKeyReused) as refused:
        office.issue(*rows[:-1], key="2026-11")
    assert refused.value.code == "idempotency-key-reused"
    assert stored(office) == before


@pytest.mark.parametrize("change", ["row", "photo", "issued_on", "all_or_nothing"])
def test_key_stands_for_everything_that_was_asked(lite: Office, change: str) -> None:
    rows = one_of_each()
    lite.issue(*rows, key="K")
    changed = {
        "row": lambda: lite.issue(*rows[:4], applicant("internal", 5, phone="023-1"), key="K"),
        "photo": lambda: lite.issue(*rows, photos=archive_of(dict(_files(rows, photo(9)))), key="K"),
        "issued_on": lambda: lite.issue(*rows, issued_on=date(2026, 11, 1), key="K"),
        "all_or_nothing": lambda: lite.issue(*rows, all_or_nothing=True, key="K"),
    }
    with pytest.raises(IdempotencyKeyReused):
        changed[change]()


def _files(rows: tuple[RawRow, ...], content: bytes) -> list[tuple[str, bytes]]:
    return [(f"{row.cells['resident_id']}.jpg", content) for row in rows]


def test_refused_rows_name_every_problem_at_once(lite: Office) -> None:
    """Rule, photograph and face are looked at whatever the others say."""
    rows = (
        applicant("standard", 1, theory_score=50, hr_staff="是"),
        applicant("external", 2, score=59),
        applicant("external", 3),
        applicant("external", 4),
        applicant("external", 5, name=NO_FONT_HAS),
        applicant("external", 6),
    )
    files = dict(_files(rows, photo()))
    files[f"{rows[0].cells['resident_id']}.jpg"] = photo(mode="L")  # grey
    del files[f"{rows[1].cells['resident_id']}.jpg"]
    files[f"{rows[2].cells['resident_id']}.jpg"] = photo(size=(290, 406))
    files[f"{rows[3].cells['resident_id']}.jpg"] = photo()[:2000]
    outcome = lite.issue(*rows, photos=archive_of(files | {"nobody.jpg": photo(), "read me.txt": b""}))
    assert codes_of(outcome) == {
        2: ["hr-staff", "score-below-pass", "portrait-not-colour"],
        3: ["score-below-pass", "photo-missing"],
        4: ["portrait-too-small"],
        5: ["portrait-damaged"],
        6: ["glyph-missing"],
    }
    assert numbers_of(outcome) == ["R50260001"]
    assert outcome.unused_photos == ("nobody.jpg", "read me.txt")
    articles = {problem.code: problem.article for row in outcome.refused for problem in row.problems}
    assert articles["portrait-not-colour"] == articles["glyph-missing"] == "督附5"
    assert all(problem.zh and problem.en for row in outcome.refused for problem in row.problems)


def test_character_no_font_has_is_refused_before_a_number_is_taken(office: Office) -> None:
    before = list_series(office.register)
    outcome = office.issue(applicant("external", 1, name=NO_FONT_HAS))
    (row,) = outcome.refused
    (problem,) = row.problems
    assert (row.row, problem.field, problem.code) == (2, "name", "glyph-missing")
    assert "U+31350" in problem.en
    assert list_series(office.register) == before
    assert office.issue_one(applicant("external", 2)) == "R50260001"


def test_names_that_most_programs_cannot_print_are_issued(lite: Office) -> None:
    names = ("䶮㛃", "王𠅤", "李𬭎", "阿卜杜热合曼·买买提依明")
    outcome = lite.issue(*(applicant("external", person, name=name) for person, name in enumerate(names, 1)))
    assert [row.name for row in outcome.issued] == list(names)


def test_a_job_type_that_nobody_knows_is_asked_about_once(office: Office) -> None:
    """考§9: a slip of the pen would be signed, and no assessment would ever match it."""
    first, second = (applicant("special_skill", person, occupations="陶艺制作") for person in (1, 2))
    assert codes_of(office.issue(first)) == {2: ["occupation-new"]}
    outcome = office.issue(first, new_job_types=["陶艺制作"])
    (number,) = numbers_of(outcome)
    assert outcome.new_job_types == ()
    assert codes_of(office.issue(second)) == {}, "a card was issued for it: it is known"
    assert office.card(CardNumber(number or "")).occupations == (Occupation("陶艺制作"),)


def test_the_job_type_of_a_voided_card_is_not_known(lite: Office) -> None:
    (number,) = numbers_of(
        lite.issue(applicant("special_skill", 1, occupations="陶艺制做"), new_job_types=["陶艺制做"])
    )
    void_number(lite.register, CardNumber(number or ""), VoidRequest(reason="工种写错"), By(ACTOR))
    assert codes_of(lite.issue(applicant("special_skill", 2, occupations="陶艺制做"))) == {3: ["occupation-new"]}


def test_a_job_type_that_an_institution_has_filed_is_known(lite: Office) -> None:
    """考§6: it is assessed there."""
    filing = FilingRequest(jobs=["陶艺制作"], levels=[SkillLevel.SPECIAL])
    file_jobs(lite.register, SCHOOL.code, filing, ACTOR)
    assert codes_of(lite.issue(applicant("special_skill", 1, occupations="陶艺制作"))) == {}


def test_a_question_stands_beside_every_other_problem_of_the_row(lite: Office) -> None:
    outcome = lite.issue(applicant("standard", 1, occupations="电二", theory_score=10))
    assert codes_of(outcome) == {2: ["score-below-pass", "occupation-new"]}
    assert outcome.new_job_types == ("电二",)


def test_refusals_are_journaled_by_code_only(lite: Office) -> None:
    """考§21(2): that an application was refused is part of the record."""
    lite.issue(applicant("external", 1), applicant("external", 2, score=59))
    *_, batch, refused = lite.events()
    assert (batch.kind, batch.data["cards"], batch.data["refused"]) == ("batch-issued", 1, 1)
    assert (refused.kind, dict(refused.data)) == ("application-refused", {"row": 3, "reasons": ["score-below-pass"]})


def test_an_application_refused_before_a_card_exists_is_recorded_and_bars_nobody(lite: Office) -> None:
    """考§21(2): 申报信息作假, here years that cannot be; the bar follows a card's cancellation only."""
    false = applicant("standard", 1, occupation_years="45年")
    outcome = lite.issue(false)
    assert codes_of(outcome) == {2: ["years-impossible"]}
    recorded = [event for event in lite.events() if event.kind == "application-refused"]
    assert [(event.subject, dict(event.data)) for event in recorded] == [
        (str(outcome.batch), {"row": 2, "reasons": ["years-impossible"]})
    ]
    assert not lite.issue(applicant("standard", 1)).refused


def test_issuers_hold_to_their_own_cards(lite: Office) -> None:
    """督§9, 考§12: the centre issues all but internal cards, an institution its own internal ones."""
    rows = one_of_each()
    assert codes_of(lite.issue(*rows, issuer="centre", dry_run=True)) == {6: ["issuer-other-kind"]}
    by_school = lite.issue(*rows, issuer=SCHOOL.code, dry_run=True)
    assert [row.row for row in by_school.issued] == [6]
    assert codes_of(lite.issue(rows[4], issuer=FACTORY.code)) == {6: ["issuer-other-institution"]}
    with pytest.raises(Refused, match="no institution has the code 500999"):
        lite.issue(*rows, issuer="500999")


def test_batch_without_rows_or_photos_is_answered(lite: Office) -> None:
    assert lite.issue().issued == ()
    assert codes_of(lite.issue(applicant("external", 1), photos=PhotoFiles())) == {2: ["photo-missing"]}


def test_rows_the_reader_found_wrong_are_refused(lite: Office) -> None:
    wrong = Problem("cell-formula", "score", "", "公式", "a formula")
    row = applicant("external", 1, score=None)
    outcome = lite.issue(RawRow(row.row, row.cells, (wrong,)))
    assert codes_of(outcome) == {2: ["cell-formula"]}


def test_issue_date_after_the_key_may_sign_is_refused(lite: Office) -> None:
    """CONTRACT: a card needs an issue date not after its key's last day, or it would be suspect offline."""
    last = active(lite.register.trusted_keys().document.keys, Purpose.CARD, lite.today).signs_until
    before = stored(lite)
    for dry_run in (True, False):
        with pytest.raises(Refused) as refused:
            lite.issue(applicant("external", 1), issued_on=date.fromordinal(last.toordinal() + 1), dry_run=dry_run)
        assert refused.value.code == "issued-on-after-key"
        assert str(last) in refused.value.en
        assert str(last) in refused.value.zh
    assert stored(lite) == before
    recent = applicant("external", 1, certified_on=last, applied_on=last)
    assert lite.issue_one(recent, issued_on=last).startswith(f"R50{last:%y}")


def test_nothing_is_issued_without_a_signing_key(lite: Office) -> None:
    kid = active(lite.register.trusted_keys().document.keys, Purpose.CARD, lite.today).kid.hex()
    done = lite.issue(applicant("external", 1), key="K")
    retire_key(lite.register, kid, lite.root(), "office")
    before = stored(lite)
    with pytest.raises(IllegalRotation):
        lite.issue(applicant("external", 2))
    assert stored(lite) == before
    assert lite.issue(applicant("external", 1), key="K") == done
