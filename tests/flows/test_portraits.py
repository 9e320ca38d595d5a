from __future__ import annotations

import io

import pytest
from PIL import Image

from cardlayout.impose import Sheet
from cardlayout.render import Job
from keys.envelope import unpack
from service.demo.faces import portrait as face
from service.domain.access import By
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.credential import Claims, decode_claims, parse_text, webp_of
from service.domain.issuer import CENTRE, Institution
from service.domain.kinds import Sex
from service.domain.status_list import LIST_SIZE
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import ReplacementRequest
from service.flows.cards.lifecycle import replace_card
from service.flows.cards.print_cards import Printing, print_cards
from service.flows.checking.read_codes import read_codes
from service.flows.errors import Refused
from service.flows.issue.portraits import ON_BY_DEFAULT, portrait_switches, set_portrait_in_code, small_portrait
from service.flows.issue.signing import CardSigner, unsigned_credential
from service.flows.people.institutions import add_institution
from service.flows.running.audit import audit
from service.store import cards
from service.store.status_lists import Slot
from tests.flows.damage import lose_blobs
from tests.flows.office import ACTOR, FACTORY, KINDS, SCHOOL, Office, applicant, archive_of, photo, resident_id


def claims(office: Office, number: CardNumber) -> Claims:
    return decode_claims(unpack(parse_text(office.text(number)).envelope).payload)


def portrait(office: Office, number: CardNumber) -> bytes | None:
    return claims(office, number).portrait


@pytest.fixture
def on(lite: Office) -> Office:
    """An office whose centre and school have switched portraits on."""
    for issuer in (CENTRE, SCHOOL.code):
        set_portrait_in_code(lite.register, issuer, ACTOR, on=True)
    return lite


def test_the_code_shows_a_portrait_only_with_consent_and_the_issuers_switch(office: Office) -> None:
    assert not ON_BY_DEFAULT
    early = office.issue_one(applicant("standard", 1, portrait_consent="是"))
    set_portrait_in_code(office.register, CENTRE, ACTOR, on=True)
    agreed = office.issue_one(applicant("standard", 2, portrait_consent="是"))
    refused = office.issue_one(applicant("standard", 3, portrait_consent="否"))
    silent = office.issue_one(applicant("standard", 4))
    other = office.issue_one(applicant("internal", 5, portrait_consent="是"))
    numbers = (early, agreed, refused, silent, other)
    assert [portrait(office, number) is not None for number in numbers] == [False, True, False, False, False]
    assert {office.check(number) for number in numbers} == {Word.VALID}
    set_portrait_in_code(office.register, CENTRE, ACTOR, on=False)
    assert portrait(office, office.issue_one(applicant("standard", 6, portrait_consent="是"))) is None
    assert audit(office.register).faults == ()


def test_the_portrait_is_the_registered_photo_made_small(on: Office) -> None:
    number = on.issue_one(applicant("senior", 1, portrait_consent="yes"))
    inside = portrait(on, number)
    assert inside == small_portrait(photo())
    with Image.open(io.BytesIO(webp_of(inside or b""))) as picture:
        assert picture.size == (48, 64)


def test_consent_is_kept_with_the_card_as_stated(on: Office) -> None:
    agreed, silent = (
        on.issue_one(applicant("external", person, portrait_consent=answer))
        for person, answer in ((1, "是"), (2, None))
    )
    with on.register.database.read() as connection:
        stated = [record.application for n in (agreed, silent) if (record := cards.get(connection, n))]
    assert [(one or {}).get("portrait_consent") for one in stated] == [True, None]


def test_an_answer_that_is_neither_is_sent_back(on: Office) -> None:
    outcome = on.issue(applicant("external", 1, portrait_consent="口头同意"))
    (refused,) = outcome.refused
    assert [(p.field, p.code) for p in refused.problems] == [("portrait_consent", "answer-unknown")]


def test_a_switch_is_journalled_and_shown(office: Office) -> None:
    set_portrait_in_code(office.register, FACTORY.code, ACTOR, on=True)
    set_portrait_in_code(office.register, FACTORY.code, ACTOR, on=False)
    set_portrait_in_code(office.register, SCHOOL.code, ACTOR, on=True)
    told = [(e.subject, e.data["on"]) for e in office.events() if e.kind == "portrait-in-code-set"]
    assert told == [(FACTORY.code, True), (FACTORY.code, False), (SCHOOL.code, True)]
    shown = [(one.issuer, one.on) for one in portrait_switches(office.register)]
    assert shown == [(CENTRE, False), (SCHOOL.code, True), (FACTORY.code, False)]
    assert [one.name for one in portrait_switches(office.register, SCHOOL.code)] == [SCHOOL.name]


def test_an_issuer_nobody_knows_has_no_switch(lite: Office) -> None:
    for ask in (
        lambda: set_portrait_in_code(lite.register, "999999", ACTOR, on=True),
        lambda: portrait_switches(lite.register, "999999"),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code == "issuer-unknown"


def test_a_replacement_keeps_the_portrait_while_consent_and_switch_stand(on: Office) -> None:
    number = on.issue_one(applicant("internal", 1, portrait_consent="是"))
    before = portrait(on, number)
    replace_card(on.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert before is not None
    assert portrait(on, number) == before
    set_portrait_in_code(on.register, SCHOOL.code, ACTOR, on=False)
    replace_card(on.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert portrait(on, number) is None
    set_portrait_in_code(on.register, SCHOOL.code, ACTOR, on=True)
    replace_card(on.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert portrait(on, number) == before


def test_withdrawn_consent_holds_for_every_later_copy(office: Office) -> None:
    set_portrait_in_code(office.register, CENTRE, ACTOR, on=True)
    number = office.issue_one(applicant("standard", 1, portrait_consent="是"))
    for without in (True, True, False):
        replace_card(
            office.register,
            number,
            ReplacementRequest(reason=ReplacementReason.DAMAGED, without_portrait=without),
            By(ACTOR),
        )
        assert portrait(office, number) is None
    withdrawn = [e for e in office.events() if e.kind == "portrait-consent-withdrawn"]
    assert [(e.subject, e.data["on"]) for e in withdrawn] == [(number, office.today.isoformat())]
    with office.register.database.read() as connection:
        record = cards.get(connection, number)
    stated = (record and record.application) or {}
    assert (stated["portrait_consent"], stated["portrait_consent_withdrawn_on"]) == (True, office.today.isoformat())
    assert audit(office.register).faults == ()


def test_withdrawing_consent_never_given_leaves_no_trace(on: Office) -> None:
    number = on.issue_one(applicant("standard", 1))
    replace_card(
        on.register, number, ReplacementRequest(reason=ReplacementReason.LOST, without_portrait=True), By(ACTOR)
    )
    assert "portrait-consent-withdrawn" not in {event.kind for event in on.events()}


def test_a_missing_photo_is_said_before_a_copy_is_spent(on: Office) -> None:
    number = on.issue_one(applicant("standard", 1, portrait_consent="是"))
    lose_blobs(on.register.database)
    before = on.events()
    with pytest.raises(Refused) as refused:
        replace_card(on.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert refused.value.code == "photo-missing"
    assert on.events() == before
    replace_card(
        on.register, number, ReplacementRequest(reason=ReplacementReason.LOST, without_portrait=True), By(ACTOR)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_is_never_longer_than_it_was_on_trial(on: Office, kind: str) -> None:
    number = on.issue_one(applicant(kind, 1, portrait_consent="是"))
    card, inside, signer = on.card(number), portrait(on, number), CardSigner.of(on.register)
    on_trial = len(unsigned_credential(card, inside))
    first, last = (len(signer.sign(card, Slot(*place), inside)) for place in ((1, 0), (65_535, LIST_SIZE - 1)))
    assert first <= on_trial == last <= first + 6


@pytest.mark.parametrize("sheet", Sheet)
def test_portraits_are_read_back_from_the_printed_page_byte_for_byte(on: Office, sheet: Sheet) -> None:
    rows = [
        applicant(kind, person, portrait_consent="是" if person % 2 else "否") for person, kind in enumerate(KINDS, 1)
    ]
    faces = {f"{resident_id(person)}.jpg": face(person, Sex.FEMALE, 25 + 5 * person) for person in range(1, 6)}
    outcome = on.issue(*rows, photos=archive_of(faces))
    numbers = [CardNumber(one.number or "") for one in outcome.issued]
    out = io.BytesIO()
    print_cards(on.register, Printing(numbers, Job("证卡", sheet)), out, actor=ACTOR)
    read = {}
    for text in read_codes(out.getvalue()):
        found = decode_claims(unpack(parse_text(text).envelope).payload)
        read[found.number] = found.portrait
    assert read == {number: portrait(on, number) for number in numbers}
    assert sum(one is not None for one in read.values()) == 3


def test_a_back_that_the_larger_code_leaves_no_room_on_is_refused_before_a_number_is_spent(on: Office) -> None:
    long_name = "重庆市某某职业技能培训学校有限公司第一分校两江新区"
    row = applicant("internal", 1, institution="500124", portrait_consent="是")
    photos = archive_of({f"{resident_id(1)}.jpg": face(9, Sex.MALE, 50)})
    other = archive_of({f"{resident_id(2)}.jpg": face(9, Sex.MALE, 50)})
    add_institution(on.register, Institution("500124", "S", long_name), ACTOR)
    set_portrait_in_code(on.register, "500124", ACTOR, on=True)
    (refused,) = on.issue(row, photos=photos).refused
    assert [(p.field, p.code) for p in refused.problems] == [("printer", "text-does-not-fit")]
    assert "照片入码同意" in refused.problems[0].zh
    assert on.issue_one(applicant("internal", 1, institution="500124")) == "S500124260001"
    set_portrait_in_code(on.register, "500124", ACTOR, on=False)
    (issued,) = on.issue(applicant("internal", 2, institution="500124", portrait_consent="是"), photos=other).issued
    set_portrait_in_code(on.register, "500124", ACTOR, on=True)
    number = CardNumber(issued.number or "")
    with pytest.raises(Refused, match="no room for a code with a portrait") as unfit:
        replace_card(on.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert unfit.value.code == "face-unfit"
    replace_card(
        on.register, number, ReplacementRequest(reason=ReplacementReason.LOST, without_portrait=True), By(ACTOR)
    )


def test_a_refused_photo_is_reported_once(on: Office) -> None:
    row = applicant("standard", 1, portrait_consent="是")
    grey = archive_of({f"{resident_id(1)}.jpg": photo(mode="L")})
    (refused,) = on.issue(row, photos=grey).refused
    assert [problem.code for problem in refused.problems] == ["portrait-not-colour"]


def test_a_person_is_asked_to_look_where_not_one_face_is_found_and_nothing_is_refused(lite: Office) -> None:
    """督附5. The photographs of other tests are slopes of colour."""
    rows = [applicant("external", person) for person in (1, 2)]
    photos = {f"{resident_id(1)}.jpg": photo(), f"{resident_id(2)}.jpg": face(2, Sex.FEMALE, 30)}
    outcome = lite.issue(*rows, photos=archive_of(photos))
    assert len(outcome.issued) == 2
    assert [(one.row, [problem.code for problem in one.problems]) for one in outcome.warned] == [
        (rows[0].row, ["photo-face-none"])
    ]
