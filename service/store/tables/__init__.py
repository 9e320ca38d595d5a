"""The register's tables. Their constraints are the invariants: what they refuse cannot be stored by any path.

How a row may change once it stands is ruled by triggers, which the migrations make.
"""

from __future__ import annotations

from service.store.tables.access import access_record
from service.store.tables.accounts import (
    account,
    rate_limit,
    recovery_code,
    scan,
    second_factor,
    session,
    token,
)
from service.store.tables.answers import answer
from service.store.tables.assessments import assessment, assessment_person, roll_call, roll_call_record
from service.store.tables.base import DIGEST_BYTES, PUBLIC_KEY_BYTES, Instant, metadata
from service.store.tables.blobs import MediaType, blob, upload, upload_piece
from service.store.tables.bodies import authority, filed_job, institution_change
from service.store.tables.cards import batch, card, card_scope, institution, number, person, series
from service.store.tables.copies import copy, status_change, status_list, status_publication
from service.store.tables.decisions import cancellation, correction, proposal
from service.store.tables.record import journal, journal_head, key_document, key_record, meta
from service.store.tables.restored import lost_card, lost_copy, lost_place, unconfirmed
from service.store.tables.work import case_closing, dispatch, engagement, integrity

__all__ = [
    "DIGEST_BYTES",
    "PUBLIC_KEY_BYTES",
    "Instant",
    "MediaType",
    "access_record",
    "account",
    "answer",
    "assessment",
    "assessment_person",
    "authority",
    "batch",
    "blob",
    "cancellation",
    "card",
    "card_scope",
    "case_closing",
    "copy",
    "correction",
    "dispatch",
    "engagement",
    "filed_job",
    "institution",
    "institution_change",
    "integrity",
    "journal",
    "journal_head",
    "key_document",
    "key_record",
    "lost_card",
    "lost_copy",
    "lost_place",
    "meta",
    "metadata",
    "number",
    "person",
    "proposal",
    "rate_limit",
    "recovery_code",
    "roll_call",
    "roll_call_record",
    "scan",
    "second_factor",
    "series",
    "session",
    "status_change",
    "status_list",
    "status_publication",
    "token",
    "unconfirmed",
    "upload",
    "upload_piece",
]
