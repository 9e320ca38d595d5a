"""The list of HR authorities in the register: whoever files, sends, proposes and evaluates is one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from service.domain.access import Account, By, Role
from service.domain.card_number import CardNumber
from service.domain.errors import AuthorityInvalid
from service.domain.issuer import Institution
from service.domain.review import Grade
from service.flows.cards.cancellations import list_proposals, propose_revocation
from service.flows.cards.card_requests import ProposalRequest
from service.flows.people.accounts import add_user, list_users
from service.flows.people.authorities import AuthorityRequest, add_authority, list_authorities
from service.flows.people.dispatching import DispatchRequest, list_dispatches, send
from service.flows.people.institutions import add_institution, list_institutions
from service.flows.people.reviews import EvaluationRequest, enter_evaluation
from service.flows.register import Register
from service.store import authorities
from service.store.engine import Database
from service.store.errors import AppendOnly
from service.store.schema import migrate
from tests.flows.office import ACTOR, AUTHORITIES, SCHOOL, Office, applicant
from tests.flows.test_upgrade import at_step

NOBODY = "渝北区人社局"
BUREAU = AUTHORITIES[0]
CENTRE_NAME = "重庆市职业技能鉴定指导中心"


def filed(register: Register, _number: CardNumber, body: str) -> None:
    add_institution(register, Institution("500555", "S", "某学校", body), ACTOR)


def hired(register: Register, _number: CardNumber, body: str) -> None:
    add_user(register, Account("bureau", Role.DISTRICT, district=body, person_name="俞北"), None, ACTOR)


def sent(register: Register, number: CardNumber, body: str) -> None:
    on = register.effects.today()
    send(register, number, DispatchRequest(institution=SCHOOL.code, on=on), By(ACTOR, body))


def proposed(register: Register, number: CardNumber, body: str) -> None:
    request = ProposalRequest(ground="督§19(9)", reason="被举报并经核实", proposed_by="王科长")
    propose_revocation(register, number, request, By(ACTOR, body))


def evaluated(register: Register, number: CardNumber, body: str) -> None:
    request = EvaluationRequest(result=Grade.PASSED, on=register.effects.today(), by="王科长")
    enter_evaluation(register, number, request, By(ACTOR, body))


@pytest.mark.parametrize("act", [filed, hired, sent, proposed, evaluated])
def test_who_acts_is_on_the_list(lite: Office, act: Callable[[Register, CardNumber, str], None]) -> None:
    """督§3, 督§4, 督§17, 督§19: an unknown one is refused with the nearest names, and nothing is entered."""
    number = lite.issue_one(applicant("external", 1))
    events = len(lite.events())
    with pytest.raises(AuthorityInvalid) as refused:
        act(lite.register, number, NOBODY)
    assert refused.value.code == "authority-unknown"
    assert BUREAU in refused.value.zh
    assert len(lite.events()) == events
    act(lite.register, number, BUREAU)
    assert len(lite.events()) == events + 1


def test_the_centre_is_known_by_the_name_the_rules_give_it(lite: Office) -> None:
    """督§4: 市职鉴中心."""
    number = lite.issue_one(applicant("external", 1))
    sent(lite.register, number, "市职鉴中心")
    proposed(lite.register, number, "市职鉴中心")
    request = EvaluationRequest(result=Grade.PASSED, on=lite.today, by="王科长")
    assert enter_evaluation(lite.register, number, request, By(ACTOR, CENTRE_NAME)).entry.body == "centre"
    assert [one.authority for one in list_dispatches(lite.register)] == [CENTRE_NAME]
    assert [one.proposal.body for one in list_proposals(lite.register)] == ["centre"]


def test_an_authority_is_kept_as_it_was_listed(lite: Office) -> None:
    add_authority(lite.register, AuthorityRequest("巴南区　人社局"), ACTOR)
    assert list_authorities(lite.register) == (CENTRE_NAME, *sorted((*AUTHORITIES, "巴南区人社局")))
    filed(lite.register, CardNumber("R50260001"), "巴南区 人社局")
    hired(lite.register, CardNumber("R50260001"), "巴南区 人社局")
    assert list_institutions(lite.register)[1].authority == "巴南区人社局"
    assert "巴南区人社局" in {one.account.district for one in list_users(lite.register)}
    with pytest.raises(AppendOnly), lite.register.database.write() as connection:
        connection.execute(text("UPDATE authority SET name = 'x'"))


def test_a_register_of_before_lists_whom_it_names(bare_database: Database) -> None:
    """督§4, 考§5: whoever files or has an account stays known after the upgrade; no institution becomes one."""
    at_step(bare_database, "0018")
    places = [("500123", "学校", "渝北区 人社局"), ("500124", "工厂", None), ("500125", "行会", CENTRE_NAME)]
    with bare_database.write() as connection:
        connection.execute(
            text("INSERT INTO meta (key, value) VALUES ('jurisdiction', :value)"),
            {"value": f'{{"centre": {{"zh": "{CENTRE_NAME}"}}}}'},
        )
        for code, name, authority in places:
            connection.execute(
                text(
                    "INSERT INTO institution (code, letter, name, authority, created_at)"
                    " VALUES (:code, 'S', :name, :authority, '2026-01-05 01:02:03')"
                ),
                {"code": code, "name": name, "authority": authority},
            )
        connection.execute(
            text(
                "INSERT INTO account (id, name, role, district, password, created_at)"
                " VALUES (1, 'b', 'district', '江北区人社局', 'x', '2026-01-05 01:02:03')"
            )
        )
    migrate(bare_database)
    with bare_database.read() as connection:
        assert authorities.all_of(connection) == ("江北区人社局", "渝北区人社局")
