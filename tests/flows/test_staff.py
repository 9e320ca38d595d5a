from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from keys.keyring import Purpose
from service.domain.access import By
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.fitness import Answer, Duty
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.cards.photos import photo_of_credential, photo_of_number
from service.flows.checking.staff import all_scans, check_number, read_scans, take_scans
from service.flows.paging import PageRequest
from service.flows.running.back_up import back_up
from service.store import copies
from service.store.scans import Scan
from tests.flows.office import ACTOR, NOON, SCHOOL, Office, applicant, photo, photos_of
from tests.flows.people_at_work import ACCOUNTS, enter, hire
from tests.flows.test_backup import restored
from tests.flows.test_verify_online import claims_of, sign

NOBODYS = CardNumber("R50269999")


def scan_of(place: int, number: str | None = None, copy_id: bytes | None = None, verdict: str = "valid") -> Scan:
    return Scan(
        nonce=place.to_bytes(16, "big"),
        number=number,
        copy=copy_id,
        verdict=verdict,
        verdict_now=None,
        place="500123",
        occupation=None,
        level=None,
        same_person=True,
        offline=True,
        scanned_at=NOON - timedelta(hours=2),
        as_of=NOON - timedelta(hours=3),
    )


def copy_of(office: Office, number: CardNumber) -> bytes:
    with office.register.database.read() as connection:
        found = copies.find_live(connection, number)
    assert found is not None
    return found.copy.copy_id


def told_of(office: Office, number: str | None, copy_id: bytes | None = None) -> str | None:
    """What is said of a scan that is handed in now."""
    who = enter(office, "gate", network=str(office.random.random())).principal
    nonce = office.random.getrandbits(100)
    ((taken, new),) = take_scans(office.register, who, [scan_of(nonce, number, copy_id)])
    assert new
    (kept,) = (one.scan for one in all_scans(office.register, NOON) if one.scan.nonce == taken.nonce)
    assert kept == taken
    return taken.verdict_now


def test_a_check_by_number_says_what_the_code_on_the_card_says(office: Office) -> None:
    number = office.issue_one(applicant("external", 1))
    by_number, by_code = check_number(office.register, number), office.verdict(office.text(number))
    assert by_number.verdict is by_code.verdict is Word.VALID
    assert by_number.card == by_code.card
    revoke_card(
        office.register, number, RevocationRequest(ground="督§19(4)", reason="收受财物", decided_by="王主任"), By(ACTOR)
    )
    assert check_number(office.register, number).verdict is Word.REVOKED
    assert check_number(office.register, number).card is not None


def test_a_number_that_no_card_has_is_unknown(lite: Office) -> None:
    told = check_number(lite.register, NOBODYS)
    assert (told.verdict, told.card) == (Word.UNKNOWN, None)


def test_a_check_by_number_tells_whether_the_card_is_good_for_the_duty(lite: Office) -> None:
    number = lite.issue_one(applicant("internal", 1))
    here, there = (check_number(lite.register, number, Duty(place)) for place in (SCHOOL.code, "500777"))
    assert here.fit_for_duty is not None
    assert there.fit_for_duty is not None
    assert (here.fit_for_duty.answer, there.fit_for_duty.answer) == (Answer.YES, Answer.NO)


def test_a_scan_handed_in_late_is_told_what_has_become_of_the_card(office: Office) -> None:
    hire(office, "gate")
    numbers = [office.issue_one(applicant("external", person)) for person in range(1, 5)]
    ids = [copy_of(office, number) for number in numbers]
    revoke_card(
        office.register,
        numbers[1],
        RevocationRequest(ground="督§19(4)", reason="收受财物", decided_by="王主任"),
        By(ACTOR),
    )
    replace_card(office.register, numbers[2], ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    void_number(office.register, numbers[3], VoidRequest(reason="印错"), By(ACTOR))
    told = [told_of(office, number, copy_id) for number, copy_id in zip(numbers, ids, strict=True)]
    assert told == ["valid", "revoked", "replaced", "voided"]
    assert told_of(office, numbers[2]) == "valid", "the card is good, and which copy it was is not known"
    assert told_of(office, numbers[2], copy_of(office, numbers[2])) == "valid"


def test_a_scan_of_what_the_register_does_not_know_is_told_so(lite: Office) -> None:
    hire(lite, "gate")
    number, other = (lite.issue_one(applicant("external", person)) for person in (1, 2))
    assert told_of(lite, None) is None
    assert told_of(lite, NOBODYS) == "unregistered"
    assert told_of(lite, number, b"nobodys!") == "unregistered"
    assert told_of(lite, number, copy_of(lite, other)) == "unregistered", "a copy of another card"


def test_an_expired_card_is_told_of_a_scan_that_comes_years_later(lite: Office) -> None:
    hire(lite, "gate")
    number = lite.issue_one(applicant("external", 1))
    copy_id = copy_of(lite, number)
    lite.clock.advance(days=3 * 366)
    assert told_of(lite, number, copy_id) == "expired"


def test_a_scan_that_comes_twice_is_kept_once_as_it_came_first(office: Office) -> None:
    hire(office, "gate")
    who = enter(office, "gate").principal
    first, other = scan_of(1), scan_of(2)
    assert [new for _, new in take_scans(office.register, who, [first, replace(first, verdict="revoked"), other])] == [
        True,
        False,
        True,
    ]
    assert [new for _, new in take_scans(office.register, who, [other, first])] == [False, False]
    assert [one.scan.verdict for one in all_scans(office.register, NOON)] == ["valid", "valid"]


def test_each_institution_sees_the_scans_of_its_own_staff_and_the_centre_and_auditors_see_all(office: Office) -> None:
    hire(office)
    for place, name in enumerate(("gate", "school", "factory", "centre"), 1):
        take_scans(office.register, enter(office, name).principal, [scan_of(place)])
    seen = {
        name: sorted(
            one.user for one in read_scans(office.register, enter(office, name).principal, NOON, PageRequest()).items
        )
        for name in ("centre", "auditor", "school", "factory")
    }
    everybody = ["centre", "factory", "gate", "school"]
    assert seen == {"centre": everybody, "auditor": everybody, "school": ["gate", "school"], "factory": ["factory"]}
    assert sorted(one.user for one in all_scans(office.register, NOON)) == everybody
    assert {one.institution for one in all_scans(office.register, NOON)} == {None, "500123", "500777"}
    assert all_scans(office.register, NOON + timedelta(seconds=1)) == ()


def test_the_photograph_of_a_card_is_that_which_is_printed(office: Office) -> None:
    row = applicant("external", 1)
    outcome = office.issue(row, photos=photos_of(row))
    number = CardNumber(outcome.issued[0].number or "")
    hire(office, "centre")
    centre = enter(office, "centre").principal
    assert photo_of_number(office.register, number, centre) == photo(0)
    assert photo_of_credential(office.register, office.text(number)) == photo(0)
    assert photo_of_number(office.register, NOBODYS, centre) is None


def test_only_a_genuine_code_shows_a_photograph(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    text = lite.text(number)
    altered = text[:-1] + str((int(text[-1]) + 1) % 10)
    for other in (
        "",
        number,
        text[:-40],
        altered,
        text + "0",
        text.replace("://", "://evil."),
        "https://zk.example.cn/1#",
    ):
        assert photo_of_credential(lite.register, other) is None, other


def test_a_copy_that_the_register_does_not_have_shows_no_photograph(lite: Office, tmp_path: Path) -> None:
    """Set back to a backup, the register has the key that signed the card, and nobody's card."""
    lite.issue_one(applicant("external", 1))
    back_up(lite.register, tmp_path / "register.zip")
    text = lite.text(lite.issue_one(applicant("external", 2)))
    assert photo_of_credential(lite.register, text) is not None
    url = f"sqlite:///{tmp_path}/there.db"
    with restored(lite, tmp_path / "register.zip", tmp_path / "there", url, void_ahead=20) as (other, _):
        assert photo_of_credential(other.register, text) is None


def test_a_code_that_borrows_the_id_of_another_copy_shows_no_photograph(lite: Office) -> None:
    """A genuine signature over other claims (a stolen key) must not show the face of whose copy it names."""
    number, other = (lite.issue_one(applicant("external", person)) for person in (1, 2))
    signer = lite.register.signer(Purpose.CARD)
    claims = claims_of(lite.text(number))
    assert photo_of_credential(lite.register, sign(lite, claims, signer)) is not None
    borrowed = replace(claims, copy_id=copy_of(lite, other))
    assert photo_of_credential(lite.register, sign(lite, borrowed, signer)) is None


@pytest.mark.parametrize("name", ACCOUNTS)
def test_scans_carry_the_institution_of_whoever_hands_them_in(lite: Office, name: str) -> None:
    hire(lite, name)
    take_scans(lite.register, enter(lite, name).principal, [scan_of(1)])
    (kept,) = all_scans(lite.register, NOON)
    assert (kept.user, kept.institution, kept.taken_at) == (name, ACCOUNTS[name].institution, NOON)
