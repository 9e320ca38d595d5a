"""Accounts for the tests of signing in: made quickly, with passwords that only tests have."""

from __future__ import annotations

from typing import Final

from service.domain.access import Account, Role
from service.flows.accounts import add_user
from service.flows.sign_in import SignIn, sign_in
from tests.flows.office import ACTOR, CHEAP, FACTORY, SCHOOL, Office

PASSWORD: Final = "nine dragons rising"  # noqa: S105 - of made-up people
NETWORK: Final = "192.0.2.1"
ACCOUNTS: Final = {
    account.name: account
    for account in (
        Account("auditor", Role.AUDITOR),
        Account("boss", Role.ADMINISTRATOR),
        Account("centre", Role.CENTRE),
        Account("factory", Role.INSTITUTION, FACTORY.code),
        Account("gate", Role.SITE_STAFF, SCHOOL.code),
        Account("school", Role.INSTITUTION, SCHOOL.code),
        Account("yubei", Role.DISTRICT, district="渝北区人力资源和社会保障局"),
    )
}


def hire(office: Office, *names: str) -> None:
    """Make these accounts, or all."""
    for name in names or ACCOUNTS:
        add_user(office.register, ACCOUNTS[name], PASSWORD, ACTOR, CHEAP)


def enter(office: Office, name: str, password: str = PASSWORD, network: str = NETWORK) -> SignIn:
    """Sign in."""
    return sign_in(office.register, name, password, network, CHEAP)
