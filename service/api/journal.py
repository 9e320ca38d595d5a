"""The journal for auditors: its signed head, its entries, and proofs about its tree (RFC 9162 2.1)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import LIST_REFUSALS, MAX_ID, AnyRequest
from service.domain.access import Permission
from service.flows.paging import PageRequest
from service.flows.publishing.proofs import Consistency, Inclusion, prove_consistency, prove_entry
from service.flows.register import Register
from service.flows.requests.fields import FORMS
from service.flows.running.audit import SignedHead, signed_head
from service.flows.running.read_journal import MOST, Lines, read_lines
from service.web.authentication import needs

_COUNT: Final = 100

First = Annotated[int, QueryParameter(description=FORMS["first"].en, ge=0, le=MAX_ID)]
Count = Annotated[int | None, QueryParameter(description=FORMS["count"].en, ge=1, le=MOST)]
Seq = Annotated[int, QueryParameter(description=FORMS["seq"].en, ge=0, le=MAX_ID)]
Size = Annotated[int | None, QueryParameter(description=FORMS["size"].en, ge=1, le=MAX_ID)]
Earlier = Annotated[int, QueryParameter(description=FORMS["first"].en, ge=1, le=MAX_ID)]
Later = Annotated[int | None, QueryParameter(description=FORMS["second"].en, ge=1, le=MAX_ID)]


class JournalController(Controller):
    """What happened in the register, and the means to hold it to that."""

    path = "/api/v1/journal"
    tags = ("journal",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.READ_JOURNAL)]  # noqa: RUF012 - Litestar copies it

    @get(
        "/head",
        operation_id="getJournalHead",
        summary="The signed head",
        responses=documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE),
        sync_to_thread=True,
    )
    def head(self, register: NamedDependency[SkipValidation[Register]]) -> SignedHead:
        """Return size and root of the journal's tree, dated and signed, as ``zhengka audit head`` does."""
        return signed_head(register)

    @get(
        "/entries",
        operation_id="listJournalEntries",
        summary="Entries in order",
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def entries(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        first: First = 0,
        count: Count = None,
        limit: Limit = _COUNT,
        cursor: Cursor = None,
    ) -> Response[Lines]:
        """Return entries as they stand: a leaf of the tree is SHA-256 over a byte 0 and the UTF-8 of one.

        ``count`` is an older name of ``limit``.
        """
        lines, found = read_lines(register, first, PageRequest(limit=count or limit, cursor=cursor))
        return paged(request, lines, found)

    @get(
        "/proof",
        operation_id="proveJournalEntry",
        summary="Proof that an entry is in the journal",
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def proof(self, register: NamedDependency[SkipValidation[Register]], seq: Seq, size: Size = None) -> Inclusion:
        """Return the path from an entry's leaf to the root, now or at an earlier size (RFC 9162 2.1.3)."""
        return prove_entry(register, seq, size)

    @get(
        "/consistency",
        operation_id="proveJournalConsistency",
        summary="Proof that the journal has only grown",
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def consistency(
        self, register: NamedDependency[SkipValidation[Register]], first: Earlier, second: Later = None
    ) -> Consistency:
        """Return the proof that the journal of a later size begins with that of an earlier one (RFC 9162 2.1.4)."""
        return prove_consistency(register, first, second)
