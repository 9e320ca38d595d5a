"""Whose accounts somebody may keep, and which of them may not be shut."""

from __future__ import annotations

from collections.abc import Iterable

from service.domain.access import Account, Permission, Principal, Role


def is_last_administrator(one: Account, enabled: Iterable[Account]) -> bool:
    """Return True if without this account nobody could keep accounts any more; ``enabled`` are those that sign in."""
    return one.role is Role.ADMINISTRATOR and not any(
        other.role is Role.ADMINISTRATOR and other.name != one.name for other in enabled
    )


def keeps(by: Principal, other: Account) -> bool:
    """Return True if somebody may keep an account: any, or those of site staff at the own institution."""
    if by.may(Permission.KEEP_ACCOUNTS):
        return True
    return (
        by.may(Permission.KEEP_GATES)
        and other.role is Role.SITE_STAFF
        and by.account.institution is not None
        and other.institution == by.account.institution
    )
