"""A fact put right under the same number: the new copy counts, the old one is dead, and the journal stands for both."""

from __future__ import annotations

import io
from datetime import date

import pytest
from msgspec import structs
from PIL import Image

from cardlayout.portrait import normalise
from service.domain.access import PERMISSIONS, Account, By, Principal, Role
from service.domain.amending import AmendedFact, OldCard
from service.domain.card_number import CardNumber
from service.domain.errors import DecisionRefused, IllegalTransition
from service.domain.verdict_words import Word
from service.flows.cards.amend import amend_card, card_mark, show_amendment
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.photos import photo_of_credential
from service.flows.errors import Refused
from service.flows.running.audit import audit
from service.store import amendments, people
from tests.flows.office import ACTOR, FACTORY, Office, applicant

AT_THE_MACHINE = By(ACTOR)
CENTRE = Principal(1, Account("zhoumin", Role.CENTRE), PERMISSIONS[Role.CENTRE])
WRONG = AmendmentRequest(
    reason="申报表录入错误", evidence="身份证复印件，2026-11-02 收", old_card=OldCard.RETURNED, name="欧阳明淇"
)


def other_photo() -> bytes:
    out, grey = io.BytesIO(), Image.linear_gradient("L").resize((600, 840))
    Image.merge("RGB", (grey, grey.rotate(180), Image.new("L", grey.size, 90))).save(out, "JPEG")
    return out.getvalue()


def test_the_new_copy_counts_and_the_old_one_is_replaced(office: Office) -> None:
    number = office.issue_one(applicant("standard", 1))
    before, old = office.card(number), office.text(number)
    made = amend_card(office.register, number, WRONG, AT_THE_MACHINE)
    after = office.card(number)
    assert after.name == "欧阳明淇"
    assert (after.number, after.issued_on, after.expires_on) == (number, before.issued_on, before.expires_on)
    assert office.verdict(old).verdict is Word.REPLACED
    assert office.check(number) is Word.VALID
    assert [(one.fact, one.before, one.after) for one in made.values] == [(AmendedFact.NAME, before.name, "欧阳明淇")]
    with office.register.database.read() as connection:
        assert amendments.of_card(connection, number) == (made,)
        person = people.get(connection, after.person)
        assert person is not None
        assert person.name == "欧阳明淇"
    (event,) = [event for event in office.events() if event.kind == "card-amended"]
    assert "欧阳" not in repr(event)
    assert (event.data["reason"], event.data["old_card"]) == ("申报表录入错误", "returned")
    assert audit(office.register).faults == ()


def test_photograph_and_job_type_are_put_right_too(office: Office) -> None:
    outcome = office.issue(applicant("standard", 1, occupations="茶艺帅"), new_job_types=("茶艺帅",))
    (issued,) = outcome.issued
    number = CardNumber(issued.number or "")
    request = AmendmentRequest(reason="错字", occupations="茶艺师", photo=other_photo())
    amend_card(office.register, number, request, AT_THE_MACHINE)
    (occupation,) = office.card(number).occupations
    assert occupation.name == "茶艺师"
    assert occupation.code == office.register.catalogue.code_of("茶艺师")
    assert photo_of_credential(office.register, office.text(number)) == normalise(other_photo())
    assert audit(office.register).faults == ()


def test_a_forged_amendment_is_found(office: Office) -> None:
    """The journal stands for what was and what is."""
    number = office.issue_one(applicant("standard", 1))
    amend_card(office.register, number, WRONG, AT_THE_MACHINE)
    with office.register.database.write() as connection:
        for rule in ("amendment_fixed",):
            table = " ON amendment" if connection.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER {rule}{table}")
        connection.exec_driver_sql("UPDATE amendment SET reason = '别的原因'")
    (fault,) = audit(office.register).faults
    assert (fault.code, fault.table) == ("row-differs", "amendment")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "欧阳明𬭎𰻞㊙"}, "name-characters"),
        ({"name": "欧阳明\U00030000"}, "face-unfit"),
        ({"name": None, "occupations": "焊工"}, "amend-job-type"),
        ({"name": None, "photo": b"no picture"}, "portrait-not-an-image"),
        ({"name": None}, "amend-nothing"),
        ({"seen": "0" * 16}, "card-changed"),
    ],
)
def test_what_the_issue_would_refuse_is_refused(lite: Office, changes: dict[str, object], code: str) -> None:
    number = lite.issue_one(applicant("standard", 1))
    before = lite.card(number)
    with pytest.raises((Refused, IllegalTransition)) as refused:
        amend_card(lite.register, number, structs.replace(WRONG, **changes), AT_THE_MACHINE)
    assert refused.value.code == code
    assert lite.card(number) == before, "nothing half done"
    assert lite.check(number) is Word.VALID


def test_two_people_do_not_amend_one_card_from_the_same_page(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    seen = card_mark(lite.card(number))
    amend_card(lite.register, number, structs.replace(WRONG, seen=seen), AT_THE_MACHINE)
    again = structs.replace(WRONG, seen=seen, name=None, work_unit="重庆市另一单位")
    with pytest.raises(Refused) as refused:
        amend_card(lite.register, number, again, AT_THE_MACHINE)
    assert refused.value.code == "card-changed"


def test_only_the_issuer_amends(lite: Office) -> None:
    number = lite.issue_one(applicant("internal", 1))
    for body in (FACTORY.code, "荣昌区人社局"):
        with pytest.raises(DecisionRefused):
            amend_card(lite.register, number, WRONG, By("user:other", body))
    assert lite.check(number) is Word.VALID


def test_what_an_amendment_does_is_shown_before(lite: Office) -> None:
    number = lite.issue_one(applicant("standard", 1))
    shown = show_amendment(lite.register, number, WRONG, CENTRE)
    names = [next(one.value for one in face.fields if one.name == "name") for face in (shown.now, shown.after)]
    assert names == [lite.card(number).name, "欧阳明淇"]
    assert lite.card(number).name == names[0], "nothing is changed"
    lite.move_to(date(2029, 12, 1))
    with pytest.raises(IllegalTransition) as refused:
        show_amendment(lite.register, number, WRONG, CENTRE)
    assert refused.value.code == "card-is-expired"
