"""Who may do what: roles, what each is allowed, whose data it sees, and how long a sign-in lasts.

The centre and the institutions issue, district bureaus screen and propose, site staff
check at the door, auditors read, an administrator keeps accounts and machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service.domain.errors import DomainError
from service.domain.issuer import CENTRE, is_institution_code
from service.domain.tidy import is_name, tidy_name

MIN_PASSWORD: Final = 12  # characters; NIST SP 800-63B 3.1.1.2 asks for 8 or more, guesses here cost nothing to try
MAX_PASSWORD: Final = 256
MAX_PERSON_NAME: Final = 60
_USER_ACTOR: Final = "user:"
_NAME: Final = re.compile(r"[\w][\w.-]{1,31}")


class AccessInvalid(DomainError):
    """An account, a password or a token that cannot be.

    Codes: user-name, user-person-name, user-institution, user-district, password-short, password-name, token-scope.
    """

    default_code = "access-invalid"


class Role(StrEnum):
    """What somebody is here."""

    CENTRE = "centre"
    INSTITUTION = "institution"
    DISTRICT = "district"
    SITE_STAFF = "site-staff"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a role, or the scope of a token, lets somebody do."""

    CHECK = "check"  # by number, with the registered photograph; hand in the log of scans
    ISSUE = "issue"  # batches: an institution its own internal cards, the centre the others
    CHANGE_CARDS = "change-cards"  # of one's own: renew, replace, void, revoke
    PROPOSE = "propose"  # that a qualification be cancelled
    ENGAGE = "engage"  # at one's own institution; the centre at any
    DISPATCH = "dispatch"  # external supervisors, in the authority's own name
    READ_PEOPLE = "read-people"  # whose cards one issues, engages or has recommended: search and see their page
    REVIEW = "review"  # enter sheets, evaluations, warnings; close cases
    KEEP_BODIES = "keep-bodies"  # institutions and authorities: enter, change, close
    PLAN_ASSESSMENTS = "plan-assessments"  # at one's own institution; the centre at any
    READ_SCANS = "read-scans"
    READ_JOURNAL = "read-journal"
    READ_METRICS = "read-metrics"
    KEEP_ACCOUNTS = "keep-accounts"  # everybody's: make, name, disable, new passwords, sign-ins, tokens
    KEEP_GATES = "keep-gates"  # accounts and telephones of site staff, at one's own institution
    KEEP_MACHINE = "keep-machine"  # keys, backups, clock, lists, mirror; rules for all accounts
    KEEP_WEBHOOKS = "keep-webhooks"  # who is told of changes: an institution of its own cards, others of all

    @classmethod
    def _missing_(cls, value: object) -> Permission | None:
        """Read what tokens of before version 1.0 call ``plan-sessions``."""
        return cls.PLAN_ASSESSMENTS if value == "plan-sessions" else None


SECOND_FACTOR_ROLES: Final = frozenset({Role.CENTRE, Role.ADMINISTRATOR})
"""Who needs a second factor to sign in, until a register says otherwise: they reach everything."""

_ISSUER: Final = frozenset(
    {
        Permission.CHECK,
        Permission.ISSUE,
        Permission.CHANGE_CARDS,
        Permission.PROPOSE,
        Permission.ENGAGE,
        Permission.READ_PEOPLE,
        Permission.REVIEW,
        Permission.PLAN_ASSESSMENTS,
        Permission.READ_SCANS,
    }
)
PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.CENTRE: _ISSUER | {Permission.DISPATCH, Permission.KEEP_BODIES, Permission.KEEP_WEBHOOKS},
    Role.INSTITUTION: _ISSUER | {Permission.KEEP_GATES, Permission.KEEP_WEBHOOKS},
    Role.DISTRICT: frozenset(
        {Permission.CHECK, Permission.PROPOSE, Permission.DISPATCH, Permission.READ_PEOPLE, Permission.REVIEW}
    ),
    Role.SITE_STAFF: frozenset({Permission.CHECK}),
    Role.AUDITOR: frozenset({Permission.READ_SCANS, Permission.READ_JOURNAL}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.READ_METRICS,
            Permission.KEEP_ACCOUNTS,
            Permission.KEEP_GATES,
            Permission.KEEP_MACHINE,
            Permission.KEEP_WEBHOOKS,
        }
    ),
}
_OF_AN_INSTITUTION: Final = frozenset({Role.INSTITUTION, Role.SITE_STAFF})


@dataclass(frozen=True, slots=True)
class SessionTerm:
    """How long a sign-in lasts: without a request, and at most."""

    idle: timedelta
    longest: timedelta


_OFFICE: Final = SessionTerm(timedelta(minutes=30), timedelta(hours=12))  # a shared desk, a working day
_SITE: Final = SessionTerm(timedelta(hours=12), timedelta(hours=72))  # a gate is without a network for hours


def term_of(role: Role) -> SessionTerm:
    """Return how long a sign-in of a role lasts."""
    return _SITE if role is Role.SITE_STAFF else _OFFICE


def is_over(role: Role, opened_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Return whether a sign-in has ended: too long without a request, or too old."""
    term = term_of(role)
    return now >= seen_at + term.idle or now >= opened_at + term.longest


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in; ``institution`` and ``district`` are there exactly where the role is of one.

    ``person_name`` is the real name of whoever it is; empty for accounts from before it was kept. Raises AccessInvalid.
    """

    name: str
    role: Role
    institution: str | None = None
    district: str | None = None
    person_name: str = ""

    def __post_init__(self) -> None:
        if not is_user_name(self.name) or self.name != user_key(self.name):
            raise AccessInvalid(
                f"用户名应为 2—32 个小写字母、汉字、数字或 . _ -，收到“{self.name[:40]}”",
                f"a user name has 2-32 small letters, Han characters, digits or . _ -, got {self.name[:40]!r}",
                code="user-name",
            )
        of_one = self.role in _OF_AN_INSTITUTION
        if of_one != (self.institution is not None) or (of_one and not is_institution_code(self.institution or "")):
            raise AccessInvalid(
                "机构和考点工作人员账户须注明机构代码，其他账户不得注明",
                "accounts of institutions and of site staff name an institution, others none",
                code="user-institution",
            )
        if (self.role is Role.DISTRICT) != bool(self.district):
            raise AccessInvalid(
                "区县人社部门账户须注明部门名称，其他账户不得注明",
                "accounts of district bureaus name the bureau, others none",
                code="user-district",
            )
        if self.person_name:
            check_person_name(self.person_name)

    @property
    def shown(self) -> str:
        """What pages call it: the real name with the account's in brackets, or the account's alone."""
        return with_person_name(self.name, self.person_name)


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: their name for the journal, and the body they act for.

    Without a body it is the one entitled to the act: so it is for whoever has the register's machine.
    """

    actor: str
    body: str | None = None

    @property
    def is_account(self) -> bool:
        """Return True for an account, which acts for its own body; whoever has the machine acts for any."""
        return user_of(self.actor) is not None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: an account, and what this way of asking lets it do."""

    account_id: int
    account: Account
    permissions: frozenset[Permission]

    def may(self, permission: Permission) -> bool:
        """Return whether this is allowed."""
        return permission in self.permissions

    @property
    def actor(self) -> str:
        """Name for the journal."""
        return actor_of(self.account.name)

    @property
    def body(self) -> str:
        """Body for which they decide and propose: the centre, an institution's code, a district bureau's name."""
        return self.account.institution or self.account.district or CENTRE

    @property
    def by(self) -> By:
        """Who acts, as flows take it."""
        return By(self.actor, self.body)

    @property
    def sees_institution(self) -> str | None:
        """Code of the one institution whose data this is; None: all of them. Each institution sees its own."""
        return self.account.institution


def actor_of(name: str) -> str:
    """Return what the journal calls the user with an account's name."""
    return _USER_ACTOR + name


def user_of(actor: str) -> str | None:
    """Return the account's name behind a journal's actor; None for whoever sat at the machine, and for ``system``."""
    return actor.removeprefix(_USER_ACTOR) if actor.startswith(_USER_ACTOR) else None


def with_person_name(shown: str, person_name: str) -> str:
    """Return a real name with the account's in brackets, as 王小明（wang）; without one, the account's alone."""
    return f"{person_name}（{shown}）" if person_name else shown


def check_person_name(person_name: str) -> None:
    """Refuse what is no person's name, or not in the form in which names are kept. Raises AccessInvalid."""
    if len(person_name) > MAX_PERSON_NAME or not is_name(person_name) or person_name != tidy_name(person_name):
        raise AccessInvalid(
            f"账户须有使用人的真实姓名，至多 {MAX_PERSON_NAME} 个字，收到“{person_name[:40]}”",
            f"an account has the real name of the person who uses it, {MAX_PERSON_NAME} characters at most; "
            f"got {person_name[:40]!r}",
            code="user-person-name",
        )


def user_key(name: str) -> str:
    """Bring a user name to the form in which it is kept and found."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def is_user_name(name: str) -> bool:
    """Return whether somebody can have this name; what else is typed is looked for nowhere."""
    return _NAME.fullmatch(name) is not None


def check_password(name: str, password: str) -> None:
    """Refuse a password that is guessed first. Raises AccessInvalid; it is not quoted."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AccessInvalid(
            f"密码应为 {MIN_PASSWORD}—{MAX_PASSWORD} 个字符",
            f"a password has {MIN_PASSWORD}-{MAX_PASSWORD} characters",
            code="password-short",
        )
    if name in password.casefold() or len(set(password)) < 5:
        raise AccessInvalid(
            "密码不得含用户名，也不得由少数几个字符重复而成",
            "a password holds neither the user name nor the same few characters over and over",
            code="password-name",
        )


def permissions_of_token(role: Role, scopes: frozenset[Permission]) -> frozenset[Permission]:
    """Return what a token may: never more than its account. Raises AccessInvalid for a scope the role has not."""
    beyond = scopes - PERMISSIONS[role]
    if beyond or not scopes:
        raise AccessInvalid(
            f"角色 {role} 的令牌权限应为 {'、'.join(sorted(PERMISSIONS[role]))} 中的一项或几项",
            f"a token of role {role} has one or more of {', '.join(sorted(PERMISSIONS[role]))}",
            code="token-scope",
        )
    return scopes
