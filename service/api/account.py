"""The own account: the second step of signing in, another password, the second factor, signing out everywhere.

For people with a browser's sign-in alone: a program's token changes none of it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation
from msgspec import Struct

from service.api.problems import documented
from service.api.routes import AnyRequest
from service.api.schemas import SignInBody
from service.api.sessions import sign_in_body
from service.flows.errors import SignInRefused
from service.flows.people.own_account import change_password, owner_of, sign_out_everywhere
from service.flows.people.second_factor import begin_enrolment, confirm_enrolment, enrolment_of, state_of
from service.flows.people.sign_in import SignIn, find_waiting, finish_enrolment, give_code
from service.flows.people.sign_in_requests import CodeRequest, PasswordRequest
from service.flows.register import Register
from service.store.accounts import StoredAccount
from service.web.admission import network_of
from service.web.authentication import (
    COOKIE,
    NotSignedIn,
    check_own_page,
    no_cookie,
    session_cookie,
    signed_in_person,
)
from service.web.rate_headers import teller

_CODE: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_SIGNED_IN: Final = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


class EnrolmentBody(Struct, frozen=True):
    """What a telephone is to know: the secret in base32, and the address that a QR code says to it (otpauth)."""

    secret: str
    uri: str


class RecoveryCodesBody(Struct, frozen=True):
    """Recovery codes, told this once; the sign-in where one has been finished."""

    recovery_codes: tuple[str, ...]
    session: SignInBody | None


class FactorBody(Struct, frozen=True):
    """How the second factor of an account stands."""

    is_set: bool
    is_required: bool
    codes_left: int


class AccountController(Controller):
    """What people do with their own account."""

    tags = ("session",)
    security = [{"session": []}]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/session/code",
        operation_id="giveCode",
        summary="Finish signing in with a code",
        status_code=HTTPStatus.OK,
        responses=documented(*_CODE),
        sync_to_thread=True,
    )
    def code(
        self, data: JSONBody[CodeRequest], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[SignInBody]:
        """Take the code that a sign-in waits for; the sign-in goes on under a new id."""
        secret, _, _ = _waiting(request, register)
        made = give_code(register, secret, data.code, network_of(request, register), teller(request))
        return Response(sign_in_body(register, made), cookies=[session_cookie(made.secret)])

    @get(
        "/api/v1/session/enrolment",
        operation_id="getEnrolment",
        summary="What a sign-in that waits for an enrolment shows",
        responses=documented(*_SIGNED_IN),
        sync_to_thread=True,
    )
    def waiting(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> EnrolmentBody:
        """Return the secret that the telephone is to learn."""
        _, owner, _ = _waiting(request, register)
        found = enrolment_of(register, owner)
        if found is None:
            raise SignInRefused
        return EnrolmentBody(found.secret, found.uri)

    @post(
        "/api/v1/session/enrolment",
        operation_id="finishEnrolment",
        summary="Finish signing in with the first code of a telephone",
        status_code=HTTPStatus.OK,
        responses=documented(*_CODE),
        sync_to_thread=True,
    )
    def enrol(
        self, data: JSONBody[CodeRequest], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[RecoveryCodesBody]:
        """Let the second factor count, and sign in under a new id; with the recovery codes."""
        secret, _, _ = _waiting(request, register)
        made, codes = finish_enrolment(register, secret, data.code, network_of(request, register), teller(request))
        body = RecoveryCodesBody(codes, sign_in_body(register, made))
        return Response(body, cookies=[session_cookie(made.secret)])

    @post(
        "/api/v1/account/password",
        operation_id="changePassword",
        summary="Another password for the own account",
        status_code=HTTPStatus.OK,
        responses=documented(*_CODE),
        sync_to_thread=True,
    )
    def password(
        self, data: JSONBody[PasswordRequest], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[SignInBody]:
        """Change it: every other sign-in of the account ends, this one goes on under a new id."""
        by = signed_in_person(request, register)
        made = change_password(register, by, data, network_of(request, register), tell=teller(request))
        return Response(sign_in_body(register, made), cookies=[session_cookie(made.secret)])

    @delete(
        "/api/v1/account/sessions",
        operation_id="signOutEverywhere",
        summary="Sign out everywhere",
        responses=documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE),
        sync_to_thread=True,
    )
    def everywhere(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[None]:
        """End every sign-in of the account, in every browser."""
        sign_out_everywhere(register, signed_in_person(request, register))
        return Response(None, status_code=HTTPStatus.NO_CONTENT, cookies=[no_cookie()])

    @get(
        "/api/v1/account/second-factor",
        operation_id="getSecondFactor",
        summary="How the own second factor stands",
        responses=documented(*_SIGNED_IN),
        sync_to_thread=True,
    )
    def state(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> FactorBody:
        """Return whether there is one, whether there must be, and how many recovery codes are left."""
        by = signed_in_person(request, register)
        found = state_of(register, by.account_id, by.account.role)
        return FactorBody(found.is_set, found.is_required, found.codes_left)

    @post(
        "/api/v1/account/second-factor",
        operation_id="beginSecondFactor",
        summary="Begin to set a second factor up",
        status_code=HTTPStatus.OK,
        responses=documented(*_SIGNED_IN),
        sync_to_thread=True,
    )
    def begin(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> EnrolmentBody:
        """Make the secret that the telephone is to learn; it counts once a code of it is given."""
        begun = begin_enrolment(register, owner_of(register, signed_in_person(request, register)))
        return EnrolmentBody(begun.secret, begun.uri)

    @post(
        "/api/v1/account/second-factor/confirmation",
        operation_id="confirmSecondFactor",
        summary="Confirm a second factor with its first code",
        status_code=HTTPStatus.OK,
        responses=documented(*_CODE),
        sync_to_thread=True,
    )
    def confirm(
        self, data: JSONBody[CodeRequest], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> RecoveryCodesBody:
        """Let it count from now on; with the recovery codes."""
        owner = owner_of(register, signed_in_person(request, register))
        return RecoveryCodesBody(confirm_enrolment(register, owner, data.code, teller(request)), None)


def _waiting(request: AnyRequest, register: Register) -> tuple[str, StoredAccount, SignIn]:
    """Find the sign-in that waits for something. Raises NotSignedIn, CrossSite."""
    secret = request.cookies.get(COOKIE, "")
    found = find_waiting(register, secret)
    if found is None:
        raise NotSignedIn
    owner, waiting = found
    if request.method != "GET":
        check_own_page(request, waiting)
    return secret, owner, waiting
