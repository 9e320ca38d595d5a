"""Accounts for the tests of signing in: made quickly, with passwords that only tests have."""

from __future__ import annotations

from typing import Final

from service.domain.access import Account, Role
from service.flows.people.accounts import add_user
from service.flows.people.second_factor import require_second_factor
from service.flows.people.sign_in import SignIn, sign_in
from tests.flows.office import ACTOR, CHEAP, FACTORY, SCHOOL, Office

PASSWORD: Final = "nine dragons rising"  # noqa: S105 - of made-up people
NETWORK: Final = "192.0.2.1"
ACCOUNTS: Final = {
    account.name: account
    for account in (
        Account("auditor", Role.AUDITOR, person_name="沈默"),
        Account("boss", Role.ADMINISTRATOR, person_name="管理"),
        Account("centre", Role.CENTRE, person_name="王小明"),
        Account("factory", Role.INSTITUTION, FACTORY.code, person_name="厂中仁"),
        Account("gate", Role.SITE_STAFF, SCHOOL.code, person_name="门小卫"),
        Account("school", Role.INSTITUTION, SCHOOL.code, person_name="习勤"),
        Account("yubei", Role.DISTRICT, district="渝北区人力资源和社会保障局", person_name="俞北"),
    )
}


def hire(office: Office, *names: str) -> None:
    """Make these accounts, or all; none needs a second factor, which has tests of its own."""
    require_second_factor(office.register, (), ACTOR)
    for name in names or ACCOUNTS:
        add_user(office.register, ACCOUNTS[name], PASSWORD, ACTOR)


def enter(office: Office, name: str, password: str = PASSWORD, network: str = NETWORK) -> SignIn:
    """Sign in."""
    return sign_in(office.register, name, password, network, CHEAP)
